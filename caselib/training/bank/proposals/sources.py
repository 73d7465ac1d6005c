"""Reads what proposals are made from: the text that a lesson pins or the live one, and the precedents around it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Case as When
from django.db.models import IntegerField, Prefetch, Q, Value
from django.db.models import When as Then

from caselib.catalog.models import Cause
from caselib.core.errors import NotVisible
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Citation, Kind, Precedent, Revision
from caselib.precedents.shown import holds_personal
from caselib.precedents.visibility import Audience
from caselib.search.similar import similar_to

from ...choices import LessonKind
from ...models import Lesson
from ...pins import Pin, PinState, pins_of, text_of
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

    Raises NotVisible for one that is off view or was never published. 11 queries at most for any size of the library.
    """
    visible = Precedent.objects.visible_to(scope).select_related("live_revision")
    precedent = visible.filter(code=code[:12], kind__in=_ASKED).first()
    if precedent is None:
        raise NotVisible()
    pinned = lesson.revision if lesson is not None and lesson.precedent_id == precedent.pk else None
    revision = pinned or precedent.live_revision
    if revision is None:
        raise NotVisible()
    # A lesson that nobody stores: what may be shown of a pinned text is decided in one place.
    shown_by = Lesson(kind=LessonKind.CASE, precedent=precedent, revision=revision)
    pin = pins_of([shown_by], scope, on=on)[None]
    shown = text_of(pin)
    if pin.state is PinState.HIDDEN or shown is None:
        raise NotVisible()
    causes = list(revision.causes.order_by("position", "name"))
    matter = pin.row.precedent.matter
    case = case_of(
        precedent,
        shown.revision,
        citations=shown.citations,
        causes=[cause.name for cause in causes],
        matter=matter.name if matter else "",
    )
    around = _around(precedent, shown.revision, case, scope=scope, tags=shown.tags, beside=beside)
    proposals = [*proposals_of(case, around), *pairs_of(case, around, beside=beside)]
    proposals.sort(key=lambda each: not (beside and is_about(each, beside)))
    clauses = {each.clause: each.name for each in case.citations if each.clause}
    return Proposed(pin, revision, tuple(proposals), str(causes[0].pk) if causes else "", clauses)


def _around(
    precedent: Precedent, revision: Revision, case: Case, *, scope: ViewerScope, tags: Sequence[str], beside: str
) -> Around:
    similar = [each.row.pk for each in similar_to(precedent, revision, scope=scope, tags=tags)]
    rows = _others(precedent, case, similar, scope, beside=beside)
    others = tuple(
        case_of(
            row,
            row.live_revision,
            citations=row.live_revision.citations.all(),
            causes=[cause.name for cause in row.live_revision.causes.all()],
            matter=row.matter.name if row.matter else "",
        )
        for row in rows
    )
    near = [cause for other in others if other.matter == case.matter for cause in other.causes]
    library = Cause.objects.filter(is_active=True).order_by("position", "name").values_list("name", flat=True)
    return Around(
        others=others,
        causes=tuple(dict.fromkeys([*near, *library])),
        similar=frozenset(row.code for row in rows if row.pk in similar),
    )


def _others(
    precedent: Precedent, case: Case, similar: Sequence[int], scope: ViewerScope, *, beside: str
) -> list[Precedent]:
    """Those that name it or that it names, similar ones, and those of the same matter and theme, in this order. 3 queries.

    Learners read what is asked: of a precedent that fewer people may read nothing is lent to another one's question.
    """
    named = [str(detour.get("target", "")) for detour in case.detours]
    naming = Q(live_revision__detours__icontains=case.number) if case.number else Q(pk=None)
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
    cited = Citation.objects.select_related("version__policy", "clause").order_by("position")
    return list(
        found.select_related("live_revision", "matter")
        .prefetch_related("live_revision__causes", Prefetch("live_revision__citations", queryset=cited))
        .order_by("closeness", "-reuse_count", "pk")[:MOST_AROUND]
    )
