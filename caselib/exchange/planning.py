"""What would become of each row of a file in the library as it stands: created, updated, unchanged or refused, and why.

Nothing is written. Rows become drafts of one department; a precedent that is there already gets a draft of a revision.
"""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from caselib.core.errors import RuleBroken
from caselib.core.personal_data import Kind as Personal
from caselib.core.personal_data import find, mask
from caselib.orgs.models import Department
from caselib.orgs.scope import ViewerScope
from caselib.precedents.access import may_edit
from caselib.precedents.content import RevisionContent, checked, digest
from caselib.precedents.models import Precedent
from caselib.precedents.privacy import hits_of
from caselib.precedents.sections import with_texts

from .columns import heading_of
from .existing import Existing, existing_by_id
from .imports import content_for, kept_apart
from .incoming import Read, read_raw
from .jsonlines import LineError, Row, refuse_twice
from .matching import Vocabulary, key_of
from .merging import merged_with
from .models import ImportRow

TAKEN = "编号已被使用。换一个编号再导入。"
# Each of them is a draft of its own, with its own trail.
MOST_UPDATED = 500
_Kind = ImportRow.Kind
_EMPTY: dict[str, Any] = {
    part.name: part.default for part in dataclasses.fields(RevisionContent) if part.default is not dataclasses.MISSING
}
_MOST_PROBLEMS = 12
_NO_IDS = frozenset({Personal.CITIZEN_ID, Personal.MOBILE})


@dataclass(frozen=True, slots=True)
class Ways:
    """How a file is to be taken: whose drafts, where a row holds that names no region, whether personal data is replaced."""

    department: Department
    region_name: str = ""
    is_masked: bool = False


@dataclass(slots=True)
class RowPlan:
    """One row. `content` is there for what is created and updated; `apart`: what a precedent has beside its text.

    `problems` are (place, sentence).
    """

    line: int
    kind: str = _Kind.REFUSED
    external_id: str = ""
    title: str = ""
    apart: dict[str, str] = field(default_factory=dict)
    content: RevisionContent | None = None
    precedent: Precedent | None = None
    problems: list[tuple[str, str]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    is_personal: bool = False

    @property
    def outcome(self) -> str:
        """Equal for equal outcomes: what the confirmation compares."""
        text = digest(self.content) if self.content else ""
        base = f"{self.precedent.live_revision_id}:{self.precedent.lock_version}" if self.precedent else ""
        return hashlib.sha256(f"{self.kind}|{text}|{base}".encode()).hexdigest()


def plan_rows(
    raws: Sequence[dict[str, Any]],
    *,
    ways: Ways,
    scope: ViewerScope,
    on: dt.date,
    refused_for_persons: Collection[int] | None = None,
) -> list[RowPlan]:
    """The plan of rows as `incoming` read them, in their order.

    `refused_for_persons`: lines that the gate refused before; then it is not asked again, which takes most of the time.
    A handful of queries, some for each 500 rows, and some for each row that updates a precedent.
    """
    vocabulary = Vocabulary.load(on=on)
    reads = [read_raw(raw) for raw in raws]
    existing = existing_by_id([read.row.id for read in reads if read.row])
    first_line: dict[str, int] = {}
    updated = 0
    plans: list[RowPlan] = []
    for read in reads:
        plan = _planned(read, vocabulary, ways, first_line)
        if plan.content is not None:
            _placed(plan, read.row, existing.get(plan.external_id), scope)
        if plan.content is not None:
            _gated(plan, refused_for_persons)
        if plan.kind == _Kind.UPDATED:
            updated += 1
            if updated > MOST_UPDATED:
                _refuse(plan, "", f"一次最多修订 {MOST_UPDATED} 个已有的案例。先导入这些，其余的再传一次。")
        plans.append(plan)
    return plans


def _planned(read: Read, vocabulary: Vocabulary, ways: Ways, first_line: dict[str, int]) -> RowPlan:
    """The row as a new text, or with all that is wrong with it."""
    plan = RowPlan(line=read.line, problems=list(read.problems), remarks=list(read.remarks))
    row = read.row
    if row is None:
        return plan
    plan.external_id, plan.title = row.id, row.title
    try:
        refuse_twice(row, first_line)
        content = content_for(row, vocabulary, plan.remarks.append)
    except LineError as error:
        plan.problems.append((heading_of("id"), str(error)))
        return plan
    except RuleBroken as error:
        plan.problems.append((heading_of(error.field), error.message))
        return plan
    if any(found.kind in _NO_IDS for found in find(row.id)):
        plan.problems.append((heading_of("id"), "编号像是身份证号或手机号。换一个认不出人的编号。"))
    if not content.region and ways.region_name and not row.district:
        content = dataclasses.replace(content, region=vocabulary.regions.get(key_of(ways.region_name)))
    content, wrong = _checked(_masked(content) if ways.is_masked else content)
    plan.problems += wrong
    plan.kind = _Kind.CREATED
    plan.apart = kept_apart(row)
    plan.content = content
    if plan.problems:
        _refuse(plan)
    return plan


def _masked(content: RevisionContent) -> RevisionContent:
    """The text with every piece of personal data replaced, whatever anybody let through. No query."""
    return with_texts(content, lambda place: mask(place.text))


def _checked(content: RevisionContent) -> tuple[RevisionContent, list[tuple[str, str]]]:
    """The tidied text, with everything that does not hold and not only the first."""
    wrong: list[tuple[str, str]] = []
    while len(wrong) < _MOST_PROBLEMS:
        try:
            return checked(content), wrong
        except RuleBroken as error:
            wrong.append((heading_of(error.field), error.message))
            if error.field not in _EMPTY:
                break
            content = dataclasses.replace(content, **{error.field: _EMPTY[error.field]})
    return content, wrong


def _placed(plan: RowPlan, row: Row, found: Existing | None, scope: ViewerScope) -> None:
    """What the row is to a precedent that has its id already."""
    if found is None:
        return
    # Whoever may not edit it learns no more than that the id is in use.
    if not may_edit(scope, found.precedent):
        _refuse(plan, heading_of("id"), TAKEN)
        return
    if reason := found.refusal:
        _refuse(plan, heading_of("id"), reason)
        return
    base = found.content
    content, changes = merged_with(base, row, plan.content, precedent=found.precedent)
    content, wrong = _checked(content)
    if wrong:
        plan.problems += wrong
        _refuse(plan)
    elif not changes or digest(content) == digest(dataclasses.replace(base, supersedes=None)):
        plan.kind, plan.content = _Kind.UNCHANGED, None
    elif found.is_open:
        _refuse(plan, heading_of("id"), "这个案例有一份没写完或在审的修订，先办完那一份再导入。")
    else:
        plan.kind, plan.content, plan.precedent, plan.changes = _Kind.UPDATED, content, found.precedent, changes


def _gated(plan: RowPlan, refused_before: Collection[int] | None) -> None:
    """Refuses a text that holds personal data nobody let through."""
    if refused_before is not None:
        if plan.line in refused_before:
            plan.is_personal = True
            _refuse(plan)
        return
    told: dict[tuple[str, str], None] = {}
    for hit in hits_of(plan.content, precedent=plan.precedent):
        if hit.blocks:
            told[heading_of(hit.place.field), f"{hit.place.label}里有{hit.finding.kind.label}。"] = None
    if told:
        plan.is_personal = True
        plan.problems += told
        _refuse(plan)


def _refuse(plan: RowPlan, place: str | None = None, words: str = "") -> None:
    if place is not None:
        plan.problems.append((place, words))
    plan.kind, plan.content, plan.precedent, plan.changes = _Kind.REFUSED, None, None, []


def plan_digest(plans: Iterable[tuple[int, str]]) -> str:
    """One value for (line, outcome) of all rows."""
    found = hashlib.sha256()
    for line, outcome in plans:
        found.update(f"{line}:{outcome}\n".encode())
    return found.hexdigest()


def outcomes(plans: Iterable[RowPlan]) -> Iterator[tuple[int, str]]:
    """What `plan_digest` takes."""
    return ((plan.line, plan.outcome) for plan in plans)
