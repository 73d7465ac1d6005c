"""Reads what proposals are made from: the text that a lesson pins or the live one, and the precedents around it."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Case as When
from django.db.models import F, FilteredRelation, IntegerField, Q, Value
from django.db.models import When as Then

from caselib.catalog.models import Cause
from caselib.core.errors import NotVisible
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Citation, Kind, Precedent, Revision
from caselib.precedents.selectors import rows_of
from caselib.precedents.shown import Shown, holds_personal
from caselib.precedents.visibility import Audience
from caselib.search.similar import near_to

from ...choices import LessonKind
from ...models import Lesson
from ...pins import Pin, PinState, pin_of, text_of
from .aspects import proposals_of
from .case import Around, Case, case_of
from .made import Proposal
from .pairs import is_about, pairs_of

# A sample only shows what a ticket looks like.
_ASKED = (Kind.PRECEDENT, Kind.ROUTING_CARD)
# So many stand around one: nobody tells more apart.
MOST_AROUND = 16


@dataclass(frozen=True, slots=True)
class Proposed:
    """`pin`: the precedent with the text that was read and what became of it since; `revision`: that text, as it is stored; `cause`:
    key of the first cause, empty for none; `clauses`: names of the clauses that the text cites, by code."""

    pin: Pin
    revision: Revision
    proposals: tuple[Proposal, ...]
    cause: str = ""
    clauses: Mapping[str, str] = field(default_factory=dict)

    @property
    def precedent(self) -> Precedent:
        return self.pin.row.precedent


def proposals_for_page(
    code: str, *, scope: ViewerScope, on: dt.date, lesson: Lesson | None = None, beside: str = ""
) -> Proposed:
    """What may be asked about a precedent. `lesson`: whose pinned text is read where it pins this precedent; else the live one.
    `beside`: code of another that it is to be told from, empty for none; the question between the two comes first.

    Raises NotVisible for one that is off view or was never published. 6 queries for any size of the library, 1 or 2 more for a text
    that is looked through.
    """
    row = next(iter(rows_of(Precedent.objects.filter(code=code[:12], kind__in=_ASKED), scope, on=on)), None)
    if row is None:
        raise NotVisible()
    precedent = row.precedent
    pinned = lesson.revision if lesson is not None and lesson.precedent_id == precedent.pk else None
    revision = pinned or precedent.live_revision
    # A lesson that nobody stores: what may be shown of a pinned text is decided in one place.
    pin = pin_of(Lesson(kind=LessonKind.CASE, precedent=precedent, revision=revision), row)
    if pin.state is PinState.HIDDEN:
        raise NotVisible()
    # Citations are part of what is looked through; an ordinary text's are read together with those of the others.
    shown = (
        text_of(pin) if pin.is_looked_through else Shown(revision, [], tuple(tag.name for tag in revision.tags.all()))
    )
    near = tuple(near_to(precedent, shown.revision, scope=scope, tags=shown.tags))
    others = _others(precedent, shown.revision, near, scope, beside=beside)
    filed = _filed([revision, *(other.live_revision for other in others)])
    case = _case(precedent, shown.revision, filed, citations=shown.citations if pin.is_looked_through else None)
    around = _around(precedent, others, filed, near)
    causes = filed.causes.get(revision.pk, ())
    proposals = [*proposals_of(case, around), *pairs_of(case, around, beside=beside)]
    proposals.sort(key=lambda each: not (beside and is_about(each, beside)))
    clauses = {each.clause: each.name for each in case.citations if each.clause}
    return Proposed(pin, revision, tuple(proposals), str(causes[0].pk) if causes else "", clauses)


@dataclass(frozen=True, slots=True)
class _Filed:
    """What some texts cite and under which causes they stand, by key of the text; `library`: names of all causes that are in use."""

    citations: Mapping[int, Sequence[Citation]]
    causes: Mapping[int, Sequence[Cause]]
    library: Sequence[str]


def _filed(texts: Sequence[Revision]) -> _Filed:
    """2 queries for any number of texts."""
    keys = [text.pk for text in texts]
    citations: dict[int, list[Citation]] = {}
    cited = Citation.objects.filter(revision__in=keys).select_related("version__policy", "clause")
    for row in cited.order_by("position"):
        citations.setdefault(row.revision_id, []).append(row)
    under = FilteredRelation("revisions", condition=Q(revisions__in=keys))
    rows = Cause.objects.annotate(under=under).filter(Q(is_active=True) | Q(under__isnull=False))
    causes: dict[int, list[Cause]] = {}
    library: dict[int, str] = {}
    for cause in rows.annotate(text_id=F("under__pk")).order_by("position", "name"):
        if cause.is_active:
            library[cause.pk] = cause.name
        if cause.text_id is not None:
            causes.setdefault(cause.text_id, []).append(cause)
    return _Filed(citations, causes, list(library.values()))


def _case(precedent: Precedent, text: Revision, filed: _Filed, *, citations: Sequence[Citation] | None = None) -> Case:
    return case_of(
        precedent,
        text,
        citations=filed.citations.get(text.pk, ()) if citations is None else citations,
        causes=[cause.name for cause in filed.causes.get(text.pk, ())],
        matter=precedent.matter.name if precedent.matter else "",
    )


def _around(precedent: Precedent, rows: Sequence[Precedent], filed: _Filed, near: Collection[int]) -> Around:
    matter = precedent.matter.name if precedent.matter else ""
    others = tuple(_case(row, row.live_revision, filed) for row in rows)
    causes = [cause for other in others if other.matter == matter for cause in other.causes]
    return Around(
        others=others,
        causes=tuple(dict.fromkeys([*causes, *filed.library])),
        similar=frozenset(row.code for row in rows if row.pk in near),
    )


def _others(
    precedent: Precedent, text: Revision, similar: Sequence[int], scope: ViewerScope, *, beside: str
) -> list[Precedent]:
    """Those that name it or that it names, similar ones, and those of the same matter and theme, in this order. 1 query.

    Learners read what is asked: of a precedent that fewer people may read nothing is lent to another one's question.
    """
    named = [str(detour.get("target", "")) for detour in text.detours]
    number = precedent.number
    naming = Q(live_revision__detours__icontains=number) if number else Q(pk=None)
    alike = Q(pk__in=similar)
    chosen = Q(code=beside[:12]) if beside else Q(pk=None)
    same_matter = Q(matter=precedent.matter_id) if precedent.matter_id else Q(pk=None)
    same_theme = Q(theme=precedent.theme_id) if precedent.theme_id else Q(pk=None)
    closeness = When(
        Then(chosen | Q(number__in=[number for number in named if number]) | naming, then=Value(0)),
        Then(alike & same_matter, then=Value(1)),
        Then(alike, then=Value(2)),
        Then(same_matter, then=Value(3)),
        Then(same_theme, then=Value(4)),
        default=Value(9),
        output_field=IntegerField(),
    )
    open_to_all = Q(audience=Audience.LIBRARY)
    if precedent.audience != Audience.LIBRARY:
        open_to_all |= Q(audience=precedent.audience, owner_department=precedent.owner_department_id)
    found = Precedent.objects.visible_to(scope).findable().filter(open_to_all, ~holds_personal(), kind=Kind.PRECEDENT)
    found = found.exclude(pk=precedent.pk).annotate(closeness=closeness).filter(closeness__lt=9)
    ordered = found.select_related("live_revision", "matter").order_by("closeness", "-reuse_count", "pk")
    return list(ordered[:MOST_AROUND])
