"""The panel: what a search finds, at most five, each with what is needed within thirty seconds."""

import datetime as dt
from dataclasses import dataclass

from caselib.connect.showing import line_outgoing
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.selectors import rows_of
from caselib.precedents.signal import Word
from caselib.search.deep import MattersAsked
from caselib.search.fields import MATTER
from caselib.search.results import ResultsPage
from caselib.search.rows import ResultRow
from caselib.search.selectors import results_for_page

MOST = 5


@dataclass(frozen=True, slots=True)
class PanelHit:
    """One precedent in the panel. `script`: 口径, empty where there is none or it must not be said."""

    row: ResultRow
    script: str = ""
    is_sample: bool = False

    @property
    def is_stopped(self) -> bool:
        return self.row.signal.word is Word.STOP and not self.is_sample


@dataclass(frozen=True, slots=True)
class Panel:
    """`notes`: sentences for the person; `matters`: names that it is narrowed to, `is_fixed` where that cannot be taken off."""

    results: ResultsPage
    hits: tuple[PanelHit, ...]
    matters: tuple[str, ...]
    is_fixed: bool
    notes: tuple[str, ...]

    @property
    def more(self) -> int:
        return max(0, self.results.total - len(self.hits))


def panel_for(scope: ViewerScope, *, text: str, asked: MattersAsked, only: str = "", on: dt.date) -> Panel:
    """What this viewer finds. `only`: the one matter that may be searched, whatever was asked for. 5 queries, 6 with open
    points, whatever is found."""
    names = (only,) if only else asked.names
    results = results_for_page(scope=scope, text=text, filters={MATTER: names}, per_page=MOST)
    keys = [row.pk for row in results.rows]
    seen = {row.precedent.pk: row for row in rows_of(Precedent.objects.filter(pk__in=keys), scope, on=on)}
    hits = []
    for row in results.rows:
        found = seen.get(row.pk)
        if found is None:
            continue
        stopped = row.signal.word is Word.STOP
        script = "" if stopped else line_outgoing(found.revision.script, precedent=found.precedent)
        hits.append(PanelHit(row, script, found.is_sample))
    notes = (*(() if only else asked.notes), *results.notes)
    return Panel(results, tuple(hits), tuple(names), bool(only), notes)
