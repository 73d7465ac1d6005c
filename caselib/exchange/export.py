"""Precedents leave the library: which, in which form, written down in the trail before the first byte is sent.

Live texts alone, each through the gate of privacy, no person's name, and nothing that the viewer may not see now.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Prefetch
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core.errors import NotVisible, RuleBroken
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.policies.validity import status_columns, status_from, validity_of
from caselib.precedents.content import RevisionContent, content_of
from caselib.precedents.models import Citation, Precedent, Relation
from caselib.precedents.privacy import outgoing
from caselib.precedents.selectors import SAMPLES, PrecedentRow, precedent_for_page, rows_of
from caselib.precedents.visibility import READABLE
from caselib.reuse.models import SUCCESSES, ReuseRecord

from .jsonlines import SCHEMA
from .record import record_of
from .selection import MOST_ROWS, MOST_WORD, Selected, Selection, select

WORD, SHEET, LINES = "docx", "xlsx", "jsonl"
FORMS = {WORD: "Word", SHEET: "Excel", LINES: "JSON Lines"}
_MOST = {WORD: MOST_WORD, SHEET: MOST_ROWS, LINES: MOST_ROWS}
_BATCH = 100
_SAMPLE = "样例，不要照办"


@dataclass(frozen=True, slots=True)
class Basis:
    """One citation as words: 依据, the document with its clause, and whether it applies today."""

    relation: str
    text: str
    validity: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Leaving:
    """One precedent as it leaves. `content` passed the gate; `uses` and `worked` are records of reuse that stand."""

    precedent: Precedent
    version: int
    signal: str
    reasons: tuple[str, ...]
    content: RevisionContent
    basis: tuple[Basis, ...]
    uses: int
    worked: int
    # Word of the signal, or `sample`.
    signal_code: str = ""

    @property
    def id(self) -> str:
        """Under which it is imported again."""
        return self.precedent.external_id or self.precedent.number or self.precedent.code


@dataclass(frozen=True, slots=True)
class Export:
    """What is to be sent. `told` says what was left out, empty where nothing was."""

    form: str
    selected: Selected
    scope: ViewerScope
    on: dt.date

    @property
    def count(self) -> int:
        return len(self.selected.keys)


@transaction.atomic
def export_begin(selection: Selection, *, form: str, scope: ViewerScope, actor: User, on: dt.date) -> Export:
    """Decides what is sent, and writes it down: who, which selection in words, how many, in which form.

    Raises RuleBroken for an unknown form (`form`), an empty selection or one that is too large (`what`).
    Writes AuditEvent precedent.exported.
    """
    if form not in FORMS:
        raise RuleBroken(gettext("选一种格式再导出。"), code="unknown", field="form")
    most = _MOST[form]
    selected = select(selection, scope=scope, most=most)
    if selected.is_cut:
        raise RuleBroken(
            gettext("选中的超过 {most} 件，{forms} 一次最多导出 {most} 件，什么都没有导出。加上条件分几次导。").format(
                most=most, forms=FORMS[form]
            ),
            code="too_many",
            field="what",
        )
    after = {"selection": selected.words, "count": len(selected.keys), "form": FORMS[form]}
    record(Action.PRECEDENTS_EXPORTED, actor, actor=actor, after=after)
    return Export(form, selected, scope, on)


def leaving(export: Export) -> Iterator[Leaving]:
    """The precedents in the order of the selection, a hundred at a time; what vanished meanwhile is left out.

    A dozen queries for each hundred.
    """
    keys = export.selected.keys
    for start in range(0, len(keys), _BATCH):
        yield from _some(keys[start : start + _BATCH], export.scope, on=export.on)


def leaving_one(scope: ViewerScope, *, on: dt.date, **lookup: str) -> Leaving:
    """One precedent as it leaves, by `code` or `number`: with the signal of its page, without its basis in words.

    Raises NotVisible for what is hidden and what is only drafted. 12 queries.
    """
    page = precedent_for_page(scope, on=on, **lookup)
    precedent = page.precedent
    if page.is_draft or precedent.status not in READABLE:
        raise NotVisible()
    counts = _uses([precedent.pk])[precedent.pk]
    is_sample = precedent.kind in SAMPLES
    return Leaving(
        precedent=precedent,
        version=precedent.live_revision.number,
        signal=_SAMPLE if is_sample else page.signal.label,
        reasons=page.signal.reasons,
        content=outgoing(content_of(precedent.live_revision), precedent=precedent),
        basis=(),
        uses=sum(counts.values()),
        worked=sum(counts.get(outcome, 0) for outcome in SUCCESSES),
        signal_code="sample" if is_sample else str(page.signal.word),
    )


def _some(keys: Sequence[int], scope: ViewerScope, *, on: dt.date) -> Iterator[Leaving]:
    cited = Citation.objects.select_related("version__policy", "clause").order_by("position")
    cited = cited.annotate(**status_columns(on, policy="version__policy"))
    wanted = Precedent.objects.filter(pk__in=keys, status__in=READABLE).prefetch_related(
        *(f"live_revision__{name}" for name in ("more_matters", "causes", "categories__scheme", "tags")),
        Prefetch("live_revision__citations", queryset=cited),
        "live_revision__matter",
        "live_revision__theme",
        "live_revision__region",
    )
    rows = {row.precedent.pk: row for row in rows_of(wanted, scope, on=on, every_point=True)}
    counts = _uses(keys)
    for key in keys:
        if key in rows:
            yield _leaving(rows[key], counts[key], on=on)


def _leaving(row: PrecedentRow, counts: dict[str, int], *, on: dt.date) -> Leaving:
    content = outgoing(content_of(row.revision), precedent=row.precedent)
    cited = zip(content.citations, row.revision.citations.all(), strict=True)
    return Leaving(
        precedent=row.precedent,
        version=row.revision.number,
        signal=_SAMPLE if row.is_sample else row.signal.label,
        reasons=row.signal.reasons,
        content=content,
        basis=tuple(
            Basis(
                relation=Relation(spec.relation).label,
                text=f"{spec.version} {spec.clause.label if spec.clause else ''}{spec.locator}".strip(),
                validity=_validity(stored, on),
                note=spec.note,
            )
            for spec, stored in cited
        ),
        uses=sum(counts.values()),
        worked=sum(counts.get(outcome, 0) for outcome in SUCCESSES),
        signal_code="sample" if row.is_sample else str(row.signal.word),
    )


def _validity(citation: Citation, on: dt.date) -> str:
    status = status_from(citation.day_status, citation.day_verified)
    found = validity_of(citation.version, on=on, status=status)
    return found.label if found.is_verified and citation.is_verified else f"{found.label}（待核）"


def _uses(keys: Sequence[int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = ReuseRecord.objects.filter(precedent__in=keys, undone_at=None).order_by()
    for key, outcome, count in rows.values_list("precedent", "outcome").annotate(count=Count("pk")):
        found[key][outcome] = count
    return found


def json_lines(export: Export) -> Iterator[bytes]:
    """One object a line, as docs/precedent-schema.md lays down."""
    for each in leaving(export):
        yield json.dumps(line_of(each, on=export.on), ensure_ascii=False).encode() + b"\n"


def line_of(each: Leaving, *, on: dt.date) -> dict[str, object]:
    """The object of docs/precedent-schema.md. No query."""
    precedent, owner = each.precedent, each.precedent.owner_department
    return {
        "schema": SCHEMA,
        "id": each.id,
        "number": precedent.number,
        "version": each.version,
        "kind": precedent.kind,
        "tier": precedent.tier,
        "status": precedent.status,
        "audience": precedent.audience,
        "published_on": precedent.published_at.date().isoformat() if precedent.published_at else None,
        "reverify_due_on": precedent.reverify_due_on.isoformat() if precedent.reverify_due_on else None,
        "department": {"name": owner.name, "code": owner.code},
        "signal": {"word": each.signal, "reasons": list(each.reasons), "on": on.isoformat()},
        "uses": {"recorded": each.uses, "worked": each.worked},
        "content": record_of(each.content),
    }
