"""Reads for the page of what a draft cites, and for the queue of what nobody could find yet."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Min, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext

from caselib.core.errors import NotVisible
from caselib.core.paging import PageInfo, page_info
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope
from caselib.policies.models import Verified
from caselib.policies.validity import Validity, status_columns, status_from, validity_of

from .access import may_edit
from .citation_edits import open_draft
from .citing import Proposal, Read, read_all
from .models import Citation, Precedent, Relation, Revision, RevisionState, UnresolvedCitation

# Precedents that a line of the queue names; the rest is a number.
MOST_NAMED = 5
PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class CitationLine:
    """One citation as editors see it. `position` names it within one saved text."""

    citation: Citation
    validity: Validity

    @property
    def position(self) -> int:
        return self.citation.position

    @property
    def label(self) -> str:
        clause = self.citation.clause
        return self.citation.locator or (clause.label if clause else "整份文件")

    @property
    def title(self) -> str:
        return self.citation.version.title or self.citation.version.policy.title

    @property
    def is_unsure(self) -> bool:
        clause = self.citation.clause
        return clause is not None and clause.verified != Verified.TEXT


@dataclass(frozen=True, slots=True)
class CitationsPage:
    """`revision`: the open draft, or the live text where there is none. `groups`: by relation, in the order of Relation."""

    precedent: Precedent
    revision: Revision
    groups: tuple[tuple[Relation, tuple[CitationLine, ...]], ...]
    waiting: int

    @property
    def is_open(self) -> bool:
        """Whether something can be saved: what waits for a review is frozen."""
        return self.revision.state in (RevisionState.DRAFT, RevisionState.CHANGES_REQUESTED)

    @property
    def is_in_review(self) -> bool:
        return self.revision.state == RevisionState.SUBMITTED

    @property
    def can_start(self) -> bool:
        return self.revision.state == RevisionState.APPROVED and self.precedent.status != "retired"

    @property
    def count(self) -> int:
        return sum(len(lines) for _, lines in self.groups)

    @property
    def happened_on(self) -> dt.date | None:
        """The day of the case, for citing the text of that time."""
        return self.revision.occurred_on


def precedent_to_edit(scope: ViewerScope, code: str) -> Precedent:
    """Raises NotVisible for what the viewer may not see, NotAllowed for whom the department does not let edit. 1 query."""
    visible = Precedent.objects.visible_to(scope).select_related("owner_department", "live_revision")
    precedent = visible.filter(code=code).first()
    if precedent is None:
        raise NotVisible()
    may_edit(scope, precedent).require()
    return precedent


def citations_for_edit(precedent: Precedent, *, on: dt.date) -> CitationsPage:
    """What the open draft cites. Raises NotVisible where there is neither draft nor live text. 3 queries, any number."""
    revision = open_draft(precedent) or precedent.live_revision or precedent.revisions.last()
    if revision is None:
        raise NotVisible()
    rows = revision.citations.select_related("version__policy__region", "clause")
    lines: dict[Relation, list[CitationLine]] = {relation: [] for relation in Relation}
    for citation in rows.annotate(**status_columns(on, policy="version__policy")).order_by("position"):
        status = status_from(citation.day_status, citation.day_verified)
        line = CitationLine(citation, validity_of(citation.version, on=on, status=status))
        lines[Relation(citation.relation)].append(line)
    return CitationsPage(
        precedent=precedent,
        revision=revision,
        groups=tuple((relation, tuple(found)) for relation, found in lines.items() if found),
        waiting=UnresolvedCitation.objects.filter(revision__precedent=precedent, closed_at=None).count(),
    )


@dataclass(frozen=True, slots=True)
class QueueGroup:
    """The same words in one precedent or several. `key`: of one of the entries, names the group.

    `entries`: the first ones; `read`: what the words mean today.
    """

    words: str
    count: int
    entries: tuple[UnresolvedCitation, ...]
    read: Read

    @property
    def key(self) -> int:
        return self.entries[0].pk

    @property
    def more(self) -> int:
        return self.count - len(self.entries)

    @property
    def found(self) -> tuple[Proposal, ...]:
        """What is found now although it was not when the words came in."""
        return self.read.proposals

    @property
    def choices(self) -> tuple[Proposal, ...]:
        return tuple(choice for each in self.read.unresolved for choice in each.choices)

    @property
    def why(self) -> str:
        """The reason as it is today, which may be another one than at first."""
        now = [each.why for each in self.read.unresolved]
        return UnresolvedCitation.Why(now[0] if now else self.entries[0].why).label

    @property
    def hint(self) -> str:
        now = [each.hint for each in self.read.unresolved]
        return now[0] if now else self.entries[0].hint


@dataclass(frozen=True, slots=True)
class QueuePage:
    """`groups` of what is open, `closed` otherwise; `page` counts groups, or entries."""

    groups: tuple[QueueGroup, ...]
    closed: tuple[UnresolvedCitation, ...]
    page: PageInfo
    is_open: bool


def entries_of(scope: ViewerScope) -> QuerySet[UnresolvedCitation]:
    """The entries that the viewer looks after: of precedents of the departments in which the viewer edits."""
    own = scope.departments_with(Role.EDITOR, Role.DEPARTMENT_ADMIN)
    precedents = Precedent.objects.visible_to(scope).filter(owner_department__in=own)
    return UnresolvedCitation.objects.filter(revision__precedent__in=precedents)


def queue_for_desk(scope: ViewerScope, *, closed: bool, page: object, on: dt.date) -> QueuePage:
    """One page of the queue, the most frequent words first. Writes nothing. 8 queries for any number of entries."""
    if closed:
        return _closed_page(scope, page)
    entries = entries_of(scope).filter(closed_at=None)
    words = entries.order_by().values("words").annotate(count=Count("pk"), since=Min("opened_at"))
    info = page_info(page, total=entries.order_by().values("words").distinct().count(), per_page=PER_PAGE)
    chosen = list(words.order_by("-count", "since", "words")[info.offset : info.offset + info.per_page])
    shown = _first_entries(entries, [row["words"] for row in chosen])
    reads = read_all([row["words"] for row in chosen], on=on)
    groups = [
        QueueGroup(words=row["words"], count=row["count"], entries=tuple(shown[row["words"]]), read=read)
        for row, read in zip(chosen, reads, strict=True)
        if row["words"] in shown
    ]
    return QueuePage(groups=tuple(groups), closed=(), page=info, is_open=True)


def _first_entries(entries: QuerySet[UnresolvedCitation], words: Sequence[str]) -> dict[str, list[UnresolvedCitation]]:
    place = Window(RowNumber(), partition_by=F("words"), order_by=["opened_at", "pk"])
    first = entries.filter(words__in=words).annotate(place=place).filter(place__lte=MOST_NAMED)
    found: dict[str, list[UnresolvedCitation]] = {}
    for entry in first.select_related("revision__precedent").order_by("opened_at", "pk"):
        found.setdefault(entry.words, []).append(entry)
    return found


def _closed_page(scope: ViewerScope, page: object) -> QueuePage:
    entries = entries_of(scope).exclude(closed_at=None)
    info = page_info(page, total=entries.count(), per_page=PER_PAGE)
    rows = entries.select_related("revision__precedent").order_by("-closed_at", "-pk")
    return QueuePage((), tuple(rows[info.offset : info.offset + info.per_page]), info, is_open=False)


def group_of(scope: ViewerScope, key: int) -> list[UnresolvedCitation]:
    """The open entries with the same words as that one. Raises NotVisible for one that the viewer does not look after,
    and for one that was settled: a second click finds nothing to do. 2 queries."""
    entries = entries_of(scope).filter(closed_at=None)
    words = entries.filter(pk=key).values_list("words", flat=True).first()
    if words is None:
        raise NotVisible(gettext("没有找到这条引用，或者刚刚有人处理过了。回到列表看看。"))
    return list(entries.filter(words=words).select_related("revision__precedent__owner_department"))
