"""The page from which a pack is taken out for a learning platform."""

import datetime as dt
from dataclasses import dataclass

from caselib.orgs.scope import ViewerScope

from ..choices import PackStatus, QuestionKind
from ..models import LessonQuestion, Pack, PackVersion
from ..pins import Pin, PinState, pins_of


@dataclass(frozen=True, slots=True)
class ScormScreen:
    """`version` is None for a pack that is not published. `cares`: pins that are not as they were; `hidden`: how many are off view;
    `typed`: how many questions ask for words, which no platform is sent."""

    pack: Pack
    version: PackVersion | None
    lessons: int
    questions: int
    typed: int
    cares: tuple[Pin, ...]
    hidden: int


def scorm_for_page(pack: Pack, scope: ViewerScope, *, on: dt.date) -> ScormScreen:
    """4 queries for any number of lessons; none for a pack that is not published."""
    version = pack.live_version if pack.status == PackStatus.PUBLISHED else None
    if version is None:
        return ScormScreen(pack, None, 0, 0, 0, (), 0)
    lessons = list(version.lessons.select_related("revision").order_by("module__position", "position", "pk"))
    kinds = list(LessonQuestion.objects.filter(lesson__version=version).order_by().values_list("text__kind", flat=True))
    pins = pins_of(lessons, scope, on=on).values()
    return ScormScreen(
        pack=pack,
        version=version,
        lessons=len(lessons),
        questions=len(kinds),
        typed=kinds.count(QuestionKind.SHORT),
        cares=tuple(pin for pin in pins if pin.state not in (PinState.CURRENT, PinState.HIDDEN)),
        hidden=sum(pin.state is PinState.HIDDEN for pin in pins),
    )
