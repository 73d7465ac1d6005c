"""What the page of hand-outs shows: what would go out, and what would not."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count

from caselib.orgs.scope import ViewerScope
from caselib.precedents.privacy import outgoing_text

from ..access import may_edit_pack
from ..choices import LessonKind
from ..models import Lesson, LessonQuestion
from ..pins import LABELS, Pin, PinState, pins_of
from ..telling import texts_unseen
from .choosing import Choice

# More of them are counted and not named.
MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A lesson of which only its place goes out. `title`: for who may edit the pack, else empty."""

    number: int
    title: str


@dataclass(frozen=True, slots=True)
class ModuleLine:
    key: str
    title: str
    lessons: int


@dataclass(frozen=True, slots=True)
class HandoutsPage:
    """`states`: (word, label, count) of what lessons pin that is not as it was; `unasked`: questions that are not printed."""

    choice: Choice
    modules: tuple[ModuleLine, ...]
    lessons: int
    questions: int
    unasked: int
    hidden: tuple[LeftOut, ...]
    states: tuple[tuple[str, str, int], ...]

    @property
    def hidden_rest(self) -> int:
        return max(0, len(self.hidden) - MOST_NAMED)

    @property
    def hidden_named(self) -> tuple[LeftOut, ...]:
        return self.hidden[:MOST_NAMED]


def handouts_for_page(scope: ViewerScope, choice: Choice, *, on: dt.date) -> HandoutsPage:
    """6 queries for any number of lessons."""
    version = choice.version
    modules = list(version.modules.order_by("position", "pk"))
    rows = (
        Lesson.objects.filter(version=version).select_related("revision").order_by("module__position", "position", "pk")
    )
    lessons = list(rows.annotate(count=Count("asked")))
    pins = pins_of(lessons, scope, on=on)
    may_edit = bool(may_edit_pack(scope, choice.pack))
    hidden = {lesson.pk for lesson in lessons if lesson.kind == LessonKind.CASE and _is_hidden(pins.get(lesson.pk))}
    asked = LessonQuestion.objects.filter(lesson__version=version).exclude(lesson__in=hidden)
    texts = [row.text for row in asked.select_related("text__question")]
    unseen = texts_unseen(texts, scope)
    return HandoutsPage(
        choice=choice,
        modules=tuple(
            ModuleLine(
                each.key, outgoing_text(each.title, decided={}), sum(row.module_id == each.pk for row in lessons)
            )
            for each in modules
        ),
        lessons=len(lessons),
        questions=sum(lesson.count for lesson in lessons if lesson.pk not in hidden),
        unasked=sum(text.pk in unseen for text in texts),
        hidden=tuple(
            LeftOut(number, lesson.title if may_edit else "")
            for number, lesson in enumerate(lessons, 1)
            if lesson.pk in hidden
        ),
        states=_states(pin.state for pin in pins.values()),
    )


def _is_hidden(pin: Pin | None) -> bool:
    return pin is None or pin.state is PinState.HIDDEN


def _states(states) -> tuple[tuple[str, str, int], ...]:
    counted = list(states)
    named = ((PinState.STOP, "stop"), (PinState.CARE, "care"), (PinState.NEWER, "care"))
    return tuple((word, LABELS[state], counted.count(state)) for state, word in named if state in counted)
