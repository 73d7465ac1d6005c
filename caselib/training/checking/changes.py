"""跟着案例改课: the lessons whose precedent is not what it was, with the difference, what it means and what can be done."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext

from caselib.core.answers import Answer
from caselib.core.paging import PageInfo, page_info
from caselib.orgs.scope import ViewerScope
from caselib.precedents.comparing import Compared
from caselib.precedents.models import Precedent
from caselib.precedents.points import Choice

from ..access import may_edit_pack
from ..choices import OPEN_VERSIONS, LessonKind, PackStatus, VersionState
from ..models import Lesson, LessonQuestion, Pack, PackEditor, PackVersion, QuestionText
from ..pins import Pin, PinState, pins_of
from ..telling import codes_named
from ..waiting import packs_kept, points_of, q_changed, q_seen_to
from .two_texts import compared_with_live

PER_PAGE = 10
# A stem as the list shows it.
_STEM = 80


@dataclass(frozen=True, slots=True)
class LookAgain:
    """A question that was written against another text than the live one. `stem` is empty where it names a further precedent."""

    text: QuestionText
    stem: str


@dataclass(frozen=True, slots=True)
class ChangedLesson:
    """`what`: from the pinned to the live text, None where that is the same or hidden; `reasons`: why it is here, as sentences;
    `questions`: to be looked at again. `is_live`: whether learners take it now. `is_adopted`: whether the open version has the newest
    text already; `may_adopt`: whether it could. `successor`: number of what took the place of the precedent, for who
    may see that."""

    lesson: Lesson
    pin: Pin
    what: Compared | None
    reasons: tuple[str, ...]
    questions: tuple[LookAgain, ...]
    is_live: bool
    is_adopted: bool
    may_adopt: bool
    successor: str

    @property
    def word(self) -> str:
        return "stop" if self.pin.state in (PinState.STOP, PinState.HIDDEN) else "care"

    @property
    def is_with_others(self) -> bool:
        """Whether somebody else looks at the precedent, and the trainer has nothing to take over."""
        return self.pin.state in (PinState.CARE, PinState.CURRENT)

    @property
    def label(self) -> str:
        return gettext("案例待复核") if self.pin.state is PinState.CURRENT else gettext(self.pin.label)


@dataclass(frozen=True, slots=True)
class PackChanges:
    """The changed lessons of a pack on this page. `open`: the version that is being written or checked, or None."""

    pack: Pack
    title: str
    open: PackVersion | None
    lessons: tuple[ChangedLesson, ...]
    editing: Answer

    @property
    def is_waiting(self) -> bool:
        return self.open is not None and self.open.state == VersionState.SUBMITTED

    @property
    def may_adopt(self) -> bool:
        return not self.is_waiting and any(each.may_adopt for each in self.lessons)

    @property
    def adoptable(self) -> int:
        return sum(each.may_adopt for each in self.lessons)


@dataclass(frozen=True, slots=True)
class ChangesScreen:
    packs: tuple[PackChanges, ...]
    page: PageInfo
    choices: tuple[Choice, ...]

    @property
    def is_filtered(self) -> bool:
        return any(choice.is_on for choice in self.choices)


def changes_for_page(scope: ViewerScope, *, pack: str = "", page: object, on: dt.date) -> ChangesScreen:
    """One page of the changed lessons of the packs that the viewer may write. `pack`: a code; any other filters nothing.
    8 queries for any number."""
    rows = changed_lessons(scope, on=on)
    choices = _choices(rows, pack)
    is_filtered = any(choice.is_on for choice in choices)
    if is_filtered:
        rows = rows.filter(version__pack__code=pack)
    total = sum(choice.count for choice in choices if choice.is_on or not is_filtered)
    info = page_info(page, total=total, per_page=PER_PAGE)
    lessons = list(_ordered(rows, scope, on=on)[info.offset : info.offset + info.per_page])
    pins = pins_of(lessons, scope, on=on)
    compared = compared_with_live(pins.values())
    questions = _questions(lessons, pins)
    groups = []
    for _, found in groupby(lessons, key=lambda lesson: lesson.version.pack_id):
        rows_here = list(found)
        here = tuple(_changed(each, pins[each.pk], compared.get(each.pk), questions[each.pk]) for each in rows_here)
        groups.append(_pack(rows_here[0], here, scope))
    return ChangesScreen(tuple(groups), info, choices)


def changed_lessons(scope: ViewerScope, *, on: dt.date) -> QuerySet[Lesson]:
    """Of published packs as `waiting.lessons_waiting`; of open versions what learners do not take yet: new lessons, and those that
    stand on another precedent than before."""
    live = Q(version=F("version__pack__live_version"), version__pack__status=PackStatus.PUBLISHED) & ~q_seen_to(on)
    taken = Lesson.objects.filter(
        version=OuterRef("version__pack__live_version"), key=OuterRef("key"), precedent=OuterRef("precedent")
    )
    begun = Q(version__state__in=OPEN_VERSIONS) & ~Exists(taken) & ~Q(version__pack__status=PackStatus.ARCHIVED)
    return Lesson.objects.filter(packs_kept(scope, "version__pack"), live | begun, q_changed(on), kind=LessonKind.CASE)


def _choices(rows: QuerySet[Lesson], wanted: str) -> tuple[Choice, ...]:
    """The packs with changed lessons. A pack may stand there with its live and with its open version."""
    counted = rows.order_by().values_list("version__pack__code").annotate(count=Count("pk"))
    titles = PackVersion.objects.filter(pack__code=OuterRef("version__pack__code")).order_by("-number").values("title")
    named = counted.annotate(name=Subquery(titles[:1])).order_by("-count", "version__pack__code")
    return tuple(Choice(code, name, count, code == wanted) for code, count, name in named)


def _ordered(rows: QuerySet[Lesson], scope: ViewerScope, *, on: dt.date) -> QuerySet[Lesson]:
    there = Lesson.objects.filter(
        key=OuterRef("key"), version__pack=OuterRef("version__pack"), version__state__in=OPEN_VERSIONS
    )
    opened = PackVersion.objects.filter(pack=OuterRef("version__pack"), state__in=OPEN_VERSIONS)
    writes = PackEditor.objects.filter(pack=OuterRef("version__pack"), user=scope.user_id or 0)
    seen = Precedent.objects.visible_to(scope).filter(pk=OuterRef("precedent__replaced_by"))
    return (
        rows.select_related("revision", "version__pack__owner_department", "precedent")
        .annotate(
            is_adopted=Exists(there.filter(revision=F("precedent__live_revision"))),
            point=Subquery(points_of(on).values("reason")[:1]),
            open_number=Subquery(opened.values("number")),
            open_state=Subquery(opened.values("state")),
            is_coeditor=Exists(writes),
            successor=Subquery(seen.values("number")[:1]),
        )
        .order_by("version__pack", "version__number", "module__position", "position", "pk")
    )


def _pack(first: Lesson, lessons: tuple[ChangedLesson, ...], scope: ViewerScope) -> PackChanges:
    pack = first.version.pack
    pack.is_coeditor = first.is_coeditor
    opened = None
    if first.open_number is not None:
        opened = PackVersion(pack=pack, number=first.open_number, state=first.open_state)
    return PackChanges(pack, first.version.title, opened, lessons, may_edit_pack(scope, pack))


def _questions(lessons: Collection[Lesson], pins: Mapping[int, Pin]) -> dict[int, list[LookAgain]]:
    """Questions of these lessons that were written against another text of the precedent than the live one. 1 query."""
    found: dict[int, list[LookAgain]] = defaultdict(list)
    newer = [lesson.pk for lesson in lessons if pins[lesson.pk].row is not None and pins[lesson.pk].is_newer]
    rows = LessonQuestion.objects.filter(lesson__in=newer, text__question__precedent=F("lesson__precedent"))
    rows = rows.exclude(text__revision=F("lesson__precedent__live_revision"))
    for row in rows.select_related("text__question", "text__revision").order_by("lesson", "position", "pk"):
        found[row.lesson_id].append(LookAgain(row.text, _stem(row.text)))
    return found


def _stem(text: QuestionText) -> str:
    # Emphasis is of no use in a line of a list.
    line = " ".join(text.stem.replace("**", "").split())
    return "" if codes_named(text) else line if len(line) <= _STEM else f"{line[: _STEM - 1]}…"


def _changed(lesson: Lesson, pin: Pin, what: Compared | None, questions: list[LookAgain]) -> ChangedLesson:
    is_live = lesson.version.state == VersionState.PUBLISHED
    is_newer = pin.row is not None and pin.is_newer
    return ChangedLesson(
        lesson=lesson,
        pin=pin,
        what=what,
        reasons=_reasons(lesson, pin),
        questions=tuple(questions),
        is_live=is_live,
        is_adopted=is_newer and is_live and lesson.is_adopted,
        may_adopt=is_newer and pin.state is not PinState.STOP and not (is_live and lesson.is_adopted),
        successor=lesson.successor or "",
    )


def _reasons(lesson: Lesson, pin: Pin) -> tuple[str, ...]:
    if pin.state is PinState.HIDDEN:
        return (gettext("案例下架了，或者不再给您看。学员也看不到这一课的案例，换一件或去掉这一课。"),)
    return pin.reasons or ((lesson.point,) if lesson.point else ())
