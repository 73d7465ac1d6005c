"""Reads of precedents for pages: rows of a list with their signal, and one precedent with all that its page shows.

Every function takes the viewer's scope and returns only what that viewer may read.
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from caselib.catalog.models import Matter
from caselib.core import prepared
from caselib.core.errors import NotVisible
from caselib.core.paging import PageInfo, page_info
from caselib.orgs.scope import ViewerScope
from caselib.policies.models import Clause, PolicyVersion, Verified
from caselib.policies.validity import Validity, status_columns, status_from, validity_of

from .access import may_edit
from .models import Citation, Doubt, Kind, Precedent, Relation, Revision
from .past import File, HistoryEntry, OpenPoint, OpenText, Past, past_of
from .place import Place, place_of, region_of
from .shown import as_shown, holds_personal, in_list, is_doubtful
from .signal import Signal, Word, signal_of, standing_of, troubles_of
from .troubled import Troubled, troubled_citations
from .visibility import FINDABLE, PrecedentStatus

# What a list needs of a precedent besides its own columns.
ROW_RELATIONS = ("live_revision", "matter", "theme", "region", "owner_department")

# What only shows how such a case looks: nobody follows it, so that no signal says whether one may.
SAMPLES = frozenset({Kind.CAUSE_SAMPLE, Kind.INTAKE_SAMPLE})


@dataclass(frozen=True, slots=True)
class PrecedentRow:
    """One precedent in a list. `revision` is the live text."""

    precedent: Precedent
    revision: Revision
    signal: Signal
    place: Place | None

    @property
    def is_sample(self) -> bool:
        return self.precedent.kind in SAMPLES


def rows_of(
    precedents: QuerySet[Precedent], scope: ViewerScope, *, on: dt.date, every_point: bool = False
) -> list[PrecedentRow]:
    """The published precedents of a query as rows, in its order, those that the viewer may not see left out. 2 queries.

    Of several open points the signal names the first; with `every_point` all, as the page does, by 1 query more: for texts
    that leave the site and are read without the page.
    """
    open_points = Doubt.objects.told().filter(precedent=OuterRef("pk")).order_by("opened_at", "pk")
    visible = precedents.visible_to(scope).filter(live_revision__isnull=False).select_related(*ROW_RELATIONS)
    found = list(visible.annotate(open_point=Subquery(open_points.values("reason")[:1]), is_personal=holds_personal()))
    troubles = troubles_of([row.live_revision_id for row in found], on=on, region_ids=scope.region_ids)
    points = _points_of(found) if every_point else {row.pk: [row.open_point] for row in found if row.open_point}
    return [
        PrecedentRow(
            precedent=precedent,
            revision=in_list(precedent.live_revision) if precedent.is_personal else precedent.live_revision,
            signal=signal_of(
                standing_of(precedent),
                troubles=troubles.get(precedent.live_revision_id, ()),
                doubts=tuple(points.get(precedent.pk, ())),
                on=on,
            ),
            place=place_of(precedent.region, scope),
        )
        for precedent in found
    ]


def _points_of(found: Sequence[Precedent]) -> dict[int, list[str]]:
    """Open points by precedent, in the order in which they were opened. 1 query."""
    points: dict[int, list[str]] = {}
    told = Doubt.objects.told().filter(precedent__in=[row.pk for row in found]).order_by("opened_at", "pk")
    for key, reason in told.values_list("precedent", "reason"):
        points.setdefault(key, []).append(reason)
    return points


@dataclass(frozen=True, slots=True)
class CitedClause:
    """One clause of a citation, or an article that is only named, or the document as a whole (both empty)."""

    clause: Clause | None
    locator: str
    note: str
    is_verified: bool

    @property
    def is_unsure(self) -> bool:
        """Whether nobody checked the citation, or what the clause says, against the text."""
        return not self.is_verified or (self.clause is not None and self.clause.verified != Verified.TEXT)


@dataclass(frozen=True, slots=True)
class CitedDocument:
    """`region`: where alone it holds, empty for the whole country; `is_here`: whether the viewer's hall is there."""

    version: PolicyVersion
    validity: Validity
    clauses: tuple[CitedClause, ...]
    region: str = ""
    is_here: bool = True


@dataclass(frozen=True, slots=True)
class CitationGroup:
    """The documents that stand in one relation to the precedent; `bears` where it carries the precedent."""

    relation: Relation
    documents: tuple[CitedDocument, ...]

    @property
    def bears(self) -> bool:
        return self.relation in (Relation.BASIS, Relation.EXPLAINS)

    @property
    def all_unsure(self) -> bool:
        """Whether one line says for several clauses what a mark on each would repeat."""
        cited = [clause for document in self.documents for clause in document.clauses]
        return len(cited) > 1 and all(clause.is_unsure for clause in cited)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that a revision is sorted under. A category is (scheme, class); a matter is (name, code)."""

    causes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    categories: tuple[tuple[str, str], ...] = ()
    matters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PrecedentPage:
    """One precedent as its page shows it. `revision` is the live text, before publication the last draft; `draft`: the open one."""

    precedent: Precedent
    revision: Revision
    signal: Signal
    place: Place | None
    citations: tuple[CitationGroup, ...]
    cited: int
    words: Vocabulary
    doubts: tuple[OpenPoint, ...]
    history: tuple[HistoryEntry, ...]
    verified_on: dt.date | None
    successor: Precedent | None
    is_draft: bool
    may_edit: bool
    draft: OpenText | None = None
    files: tuple[File, ...] = ()

    @property
    def unverified(self) -> frozenset[str]:
        return frozenset(self.revision.unverified)

    @property
    def level(self) -> str:
        """适用层级 as the page says it, or empty where the source does not say."""
        return self.revision.get_admin_level_display() if self.revision.admin_level else ""

    @property
    def is_in_use(self) -> bool:
        return self.precedent.status in FINDABLE

    @property
    def is_sample(self) -> bool:
        return self.precedent.kind in SAMPLES

    @property
    def is_retired(self) -> bool:
        return self.precedent.status == PrecedentStatus.RETIRED and not self.is_draft

    @property
    def is_withheld(self) -> bool:
        return self.precedent.status == PrecedentStatus.WITHHELD

    @property
    def takes_reuse(self) -> bool:
        """Whether it can be noted how following it went: only of a precedent in use."""
        return self.is_in_use and self.precedent.kind == Kind.PRECEDENT and not self.is_draft

    @property
    def verdict(self) -> str:
        """What may be concluded once every condition holds: ok, care, or empty where nobody may follow it."""
        return str(self.signal.word) if self.takes_reuse and self.signal.word is not Word.STOP else ""

    @property
    def basis(self) -> int:
        """How many documents the precedent rests on."""
        return sum(len(group.documents) for group in self.citations if group.bears)


def precedent_for_page(scope: ViewerScope, *, on: dt.date, **lookup: str) -> PrecedentPage:
    """The precedent with that `code` or `number`.

    Raises NotVisible for what is not there and for what is hidden. 4 queries, 1 more for a draft, 1 where personal data was found.
    """
    found = _shown(scope, **lookup)
    revision = found.live_revision or found.revisions.select_related("matter", "theme", "region").last()
    if revision is None:
        raise NotVisible()
    return page_of(found, revision, scope=scope, on=on, is_draft=found.live_revision_id is None)


def page_of(found: Precedent, revision: Revision, *, scope: ViewerScope, on: dt.date, is_draft: bool) -> PrecedentPage:
    """A text of a precedent as its page shows it. `is_draft`: for who writes it, so that nobody takes it for published. 3 queries."""
    citations = prepared.objects_of("citations", revision.pk, shape=on, build=lambda pk: _citations(pk, on))
    troubles = _troubles(found, revision, scope, on=on)
    past = past_of(found.pk, revision.pk)
    words = _vocabulary(past)
    if is_doubtful(found, past.points):
        masked = as_shown(found, revision, citations=citations, tags=words.tags)
        revision, citations, words = masked.revision, masked.citations, dataclasses.replace(words, tags=masked.tags)
    return PrecedentPage(
        precedent=found,
        revision=revision,
        signal=signal_of(standing_of(found), troubles=troubles, doubts=past.points, on=on),
        place=place_of(revision.region, scope),
        citations=_grouped(citations, scope, on=on),
        cited=len(citations),
        words=words,
        doubts=past.points,
        history=past.entries,
        verified_on=past.checked.get(revision.pk),
        successor=_successor(found, scope),
        is_draft=is_draft,
        may_edit=bool(may_edit(scope, found)),
        draft=past.draft,
        files=past.files,
    )


def _troubles(found: Precedent, revision: Revision, scope: ViewerScope, *, on: dt.date) -> list[Troubled]:
    """What speaks against the citations. 1 query; none for what is stopped whatever it cites."""
    if found.status in (PrecedentStatus.RETIRED, PrecedentStatus.WITHHELD):
        return []
    rows = prepared.values_of(
        "troubled",
        revision.pk,
        shape=(on, scope.region_ids),
        build=lambda pk: troubled_citations([pk], on=on, region_ids=scope.region_ids),
    )
    return [Troubled(*row) for row in rows]


def _shown(scope: ViewerScope, **lookup: str) -> Precedent:
    related = (
        "owner_department",
        "live_revision__matter",
        "live_revision__theme",
        "live_revision__region",
        "replaced_by__live_revision",
    )
    follows = Precedent.objects.visible_to(scope).filter(pk=OuterRef("replaced_by"))
    ((field, value),) = lookup.items()

    def build(wanted: str) -> QuerySet[Precedent]:
        return (
            Precedent.objects.select_related(*related)
            .visible_to(scope)
            .filter(**{field: wanted})
            .annotate(sees_successor=Exists(follows))
            .order_by()
        )

    found = prepared.objects_of(f"precedent by {field}", value, shape=scope.shape, build=build)
    if not found:
        raise NotVisible()
    return found[0]


def _citations(revision: int, on: dt.date) -> QuerySet[Citation]:
    """With the status of the document on that day, as `day_status` and `day_verified`."""
    cited = Citation.objects.filter(revision=revision).select_related("version__policy__region", "clause")
    return cited.annotate(**status_columns(on, policy="version__policy")).order_by("position")


def _grouped(citations: list[Citation], scope: ViewerScope, *, on: dt.date) -> tuple[CitationGroup, ...]:
    """Citations by relation, in it by version, in it by clause; each kept in the order in which it was written."""
    by_relation: dict[str, dict[PolicyVersion, list[CitedClause]]] = {}
    validity: dict[PolicyVersion, Validity] = {}
    for citation in citations:
        status = status_from(citation.day_status, citation.day_verified)
        validity[citation.version] = validity_of(citation.version, on=on, status=status)
        documents = by_relation.setdefault(citation.relation, {})
        entry = CitedClause(citation.clause, citation.locator, citation.note, citation.is_verified)
        entries = documents.setdefault(citation.version, [])
        if entry not in entries:
            entries.append(entry)
    order = [relation for relation in Relation if relation in by_relation]
    return tuple(
        CitationGroup(
            relation,
            tuple(
                CitedDocument(version, validity[version], tuple(clauses), *region_of(version.policy, scope))
                for version, clauses in by_relation[relation].items()
            ),
        )
        for relation in order
    )


def citations_of_text(revision: Revision, scope: ViewerScope, *, on: dt.date) -> tuple[CitationGroup, ...]:
    """What any text cites, published or not, with its validity on that day. The caller asked who may see it. 1 query."""
    return _grouped(list(_citations(revision.pk, on)), scope, on=on)


def _vocabulary(past: Past) -> Vocabulary:
    """No query."""
    return Vocabulary(
        causes=tuple(name for name, _ in past.named["cause"]),
        tags=tuple(name for name, _ in past.named["tag"]),
        categories=tuple((scheme, name) for name, scheme in past.named["category"]),
        matters=tuple(past.named["matter"]),
    )


def _successor(precedent: Precedent, scope: ViewerScope) -> Precedent | None:
    """What took its place, where the viewer may see that. No query where it came along, else 1."""
    if precedent.replaced_by_id is None:
        return None
    if hasattr(precedent, "sees_successor"):
        return precedent.replaced_by if precedent.sees_successor else None
    visible = Precedent.objects.visible_to(scope).filter(pk=precedent.replaced_by_id)
    return visible.select_related("live_revision").first()


@dataclass(frozen=True, slots=True)
class MatterRows:
    rows: tuple[PrecedentRow, ...]
    page: PageInfo


def rows_for_matter(matter: Matter, scope: ViewerScope, *, page: object, on: dt.date) -> MatterRows:
    """One page of the findable precedents of a matter, most used first. 5 queries."""
    found = Precedent.objects.visible_to(scope).findable().filter(matter=matter)
    info = page_info(page, total=found.count())
    ordered = found.order_by("-reuse_count", "-published_at", "-pk").values_list("pk", flat=True)
    keys = list(ordered[info.offset : info.offset + info.per_page])
    rows = {row.precedent.pk: row for row in rows_of(Precedent.objects.filter(pk__in=keys), scope, on=on)}
    return MatterRows(tuple(rows[pk] for pk in keys if pk in rows), info)


def visible_precedent(scope: ViewerScope, **lookup: str) -> Precedent:
    """The bare precedent with that `code` or `number`. Raises NotVisible for what is not there or hidden. 1 query."""
    return Precedent.objects.get_visible(scope, **lookup)
