"""The precedents of the library that the ids of a file name, with the text that a row would be laid on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from caselib.precedents.content import RevisionContent, content_of
from caselib.precedents.models import OPEN_STATES, Precedent, Revision
from caselib.precedents.visibility import PrecedentStatus

_BATCH = 500


@dataclass(slots=True)
class Existing:
    """A precedent that has the id already. `open_revision`: a text that somebody is at work on."""

    precedent: Precedent
    open_revision: Revision | None

    @property
    def is_open(self) -> bool:
        return self.open_revision is not None

    @property
    def refusal(self) -> str:
        """Why no row may touch it, or empty."""
        if self.precedent.status == PrecedentStatus.RETIRED:
            return "这个案例已经出库，不再修订。要用就换一个编号新建。"
        if self.precedent.status == PrecedentStatus.WITHHELD:
            return "这个案例因个人信息下架了，先处理好再导入。"
        if self.open_revision is None and self.precedent.live_revision is None:
            return "这个案例的草稿撤回了或没有通过，不能用导入接着改。"
        return ""

    @property
    def content(self) -> RevisionContent:
        """The text at work, else the live one. 5 queries."""
        return content_of(self.open_revision or self.precedent.live_revision)


def existing_by_id(ids: Sequence[str]) -> dict[str, Existing]:
    """Those whose id in another system, or else number, is one of these. 4 queries for each 500 ids."""
    found: dict[str, Existing] = {}
    for start in range(0, len(ids), _BATCH):
        part = ids[start : start + _BATCH]
        found |= {row.precedent.number: row for row in _rows(number__in=part)}
        found |= {row.precedent.external_id: row for row in _rows(external_id__in=part)}
    return found


def _rows(**lookup: Sequence[str]) -> Iterator[Existing]:
    at_work = Revision.objects.filter(state__in=OPEN_STATES).select_related("matter", "theme", "region")
    related = ("owner_department", *(f"live_revision__{name}" for name in ("matter", "theme", "region")))
    rows = Precedent.objects.filter(**lookup).select_related(*related)
    for row in rows.prefetch_related(Prefetch("revisions", queryset=at_work, to_attr="at_work")):
        yield Existing(row, row.at_work[0] if row.at_work else None)
