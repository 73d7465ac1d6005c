"""The policies that answer a question, for page and command alike. Policies are public to everybody who reads content."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from caselib.core import clock
from caselib.core.paging import PER_PAGE, PageInfo, page_info
from caselib.orgs.scope import ViewerScope
from caselib.search.analysis import fingerprint
from caselib.search.engine.port import IndexUnavailable
from caselib.search.live import policy_engine
from caselib.search.selectors import OUTDATED_NOTE
from caselib.search.understanding import Question
from caselib.search.understanding.asking import steps_of
from caselib.search.understanding.knowledge import known
from caselib.search.understanding.told import Told, told_of

from .asking import PolicyQuestion, engine_query, read_policy_question
from .grouping import Ranked, ranked
from .rows import PolicyRow, rows_of

UNREADABLE_NOTE = "政策检索的索引读不了，暂按名称和文号匹配，条文没有查。请管理员运行 manage.py search_rebuild。"
# Words of a question that are looked for in names where the index cannot be read.
_FALLBACK_WORDS = 6


@dataclass(frozen=True, slots=True)
class PoliciesPage:
    """`query` as it was understood; `notes` are sentences for the person; `page.total` counts policies, not clauses.

    `also`, `literal`, `told` and `from_index` as in `ResultsPage`.
    """

    query: str
    rows: tuple[PolicyRow, ...]
    page: PageInfo
    notes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    literal: bool = False
    from_index: bool = True
    told: Told = field(default_factory=Told)


def policies_for_page(
    *,
    scope: ViewerScope,
    text: str,
    page: object = 1,
    per_page: int = PER_PAGE,
    literal: bool = False,
    typed: Sequence[str] = (),
) -> PoliciesPage:
    """One page of the policies that a question finds; nothing for whoever reads no content.

    Never fails for what was typed, nor for a missing or damaged index: then names and numbers in the database are
    compared, with a note. `page`, `literal` and `typed` as in `results_for_page`. At most 7 queries for any number of rows,
    9 where articles are named.
    """
    if not scope.reads_content:
        return PoliciesPage("", (), page_info(1, total=0, per_page=per_page))
    steps = steps_of(typed)
    asked = read_policy_question(text, expand=not literal, typed=steps)
    question, on = asked.question, clock.today()
    found, notes, from_index = _candidates(asked, scope, on=on)
    info = page_info(page, total=len(found), per_page=per_page)
    rows = rows_of(found[info.offset : info.offset + per_page], scope=scope, asked=asked, on=on)
    return PoliciesPage(
        query=question.text,
        rows=rows,
        page=info,
        notes=(*question.notes, *notes),
        also=asked.also if from_index else (),
        literal=literal,
        from_index=from_index,
        told=told_of(_told_here(question), typed=steps),
    )


def _candidates(
    asked: PolicyQuestion, scope: ViewerScope, *, on: dt.date
) -> tuple[tuple[Ranked, ...], tuple[str, ...], bool]:
    """(policies in rank order, notes, whether the index answered)."""
    if not asked.groups:
        return (), (), True
    engine = policy_engine()
    try:
        notes = () if engine.fingerprint() == fingerprint() else (OUTDATED_NOTE,)
        return ranked(engine.search(engine_query(asked, scope)), named=asked.named, on=on), notes, True
    except IndexUnavailable:
        return _from_database(asked), (UNREADABLE_NOTE,), False


def _from_database(asked: PolicyQuestion) -> tuple[Ranked, ...]:
    """The policies that are named, then those whose names hold words of the question, those with more of it first."""
    words = [mark for mark in asked.question.marks if len(mark) > 1][:_FALLBACK_WORDS]
    worth: dict[str, int] = {}
    for name, codes in known().policies.names.items():
        held = sum(len(word) for word in words if word in name)
        for code in codes if held else ():
            worth[code] = max(worth.get(code, 0), held)
    for place, code in enumerate(reversed(asked.named), 1):
        worth[code] = 1000 * place
    ordered = sorted(worth, key=lambda code: (-worth[code], code))
    return tuple(Ranked(code, float(worth[code])) for code in ordered)


def _told_here(question: Question) -> Question:
    """Without the policies that are named as they are typed: they stand below as the first results."""
    return replace(question, policies=tuple(policy for policy in question.policies if policy.typed))
