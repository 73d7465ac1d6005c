"""One lesson as a learner reads it, decides in it, or looks back at it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import QuerySet
from django.utils.translation import gettext

from caselib.core.answers import ALLOWED, Answer
from caselib.core.errors import NotVisible
from caselib.orgs.scope import ViewerScope

from ..access import may_edit_pack
from ..choices import OPEN_VERSIONS, AttemptState, PackStatus, VersionState
from ..models import Attempt, Lesson, LessonProgress, Pack, PackVersion
from ..pins import Pin, PinState, pins_of
from ..visibility import visible_pack
from .asked import Asked, Typed, asked_in
from .courses import HIDDEN_TITLE, Step, lessons_of, news_of, next_of, progress_for, steps_of, texts_by_lesson
from .drawn import FormQuestion, form_of
from .rules import are_answers_shown, may_begin, rules_told
from .shown_case import Facts, ShownCase, case_of, facts_of
from .stamps import Stamp, new_stamp

# How many lessons stand beside the one that is read.
AROUND = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where a lesson stands. `near`: those around it; `steps`: all of them; `number` is 0 for one that is in the version no more."""

    number: int
    steps: tuple[Step, ...]
    news: str = ""

    @property
    def near(self) -> tuple[Step, ...]:
        at = max(self.number - 1, 0)
        first = max(0, min(at - AROUND, len(self.steps) - 2 * AROUND - 1))
        return self.steps[first : first + 2 * AROUND + 1]

    @property
    def following(self) -> Step | None:
        return next_of(self.steps, self.number)

    @property
    def before(self) -> Step | None:
        return self.steps[self.number - 2] if self.number > 1 else None

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)


@dataclass(frozen=True, slots=True)
class Answering:
    """The form. `attempt`: the one that goes on, None for a new one; `is_older`: whether it goes on in a version before the live one;
    `answered`: how many answers of it are kept."""

    stamp: Stamp
    questions: tuple[FormQuestion, ...]
    broken: tuple[int, ...]
    unseen: tuple[int, ...]
    rules: tuple[str, ...]
    attempt: Attempt | None
    is_older: bool
    answered: int
    lock: int


@dataclass(frozen=True, slots=True)
class LessonScreen:
    """`facts`: what the learner decides from, where the precedent is not open yet; `case`: the precedent, where it is. `beginning`: whether
    a new attempt may begin; `last`: the attempt that was handed in last. `answering` is None where there is nothing to answer now."""

    pack: Pack
    lesson: Lesson
    title: str
    place: Place
    pin: Pin | None
    asked: tuple[Asked, ...]
    answering: Answering | None
    facts: Facts | None
    case: ShownCase | None
    beginning: Answer
    last: Attempt | None
    progress: LessonProgress | None
    may_edit: bool
    is_preview: bool = False

    @property
    def version(self) -> PackVersion:
        return self.lesson.version

    @property
    def best(self) -> int | None:
        return self.progress.best if self.progress else None

    @property
    def is_done(self) -> bool:
        return self.progress is not None and self.progress.done_at is not None

    @property
    def is_hidden(self) -> bool:
        return self.pin is not None and self.pin.state is PinState.HIDDEN

    @property
    def is_stopped(self) -> bool:
        return self.pin is not None and self.pin.state is PinState.STOP

    @property
    def askable(self) -> bool:
        return any(each.is_ok for each in self.asked)

    @property
    def has_broken(self) -> bool:
        return any(each.is_broken for each in self.asked)

    @property
    def is_passed(self) -> bool:
        return self.best is not None and self.best >= self.version.pass_mark


@dataclass(frozen=True, slots=True)
class Opened:
    """What an address leads to. `opened`: the attempt that goes on; its lesson is the one that is shown."""

    pack: Pack
    lesson: Lesson
    attempts: tuple[Attempt, ...]
    opened: Attempt | None
    is_preview: bool

    @property
    def handed(self) -> list[Attempt]:
        """Those that were handed in, by number."""
        return [each for each in self.attempts if each.state != AttemptState.OPEN]


@dataclass(frozen=True, slots=True)
class Stood:
    """What was typed and stands in the form again. `stamp`, `lock`: what the form goes on with, None for those of the attempt."""

    typed: Mapping[int, Typed]
    stamp: Stamp | None = None
    lock: int | None = None


def lesson_opened(scope: ViewerScope, code: str, key: str, *, preview: bool = False) -> Opened:
    """The lesson at an address: of the attempt that goes on, else of the live version, in a preview of the open one.

    Raises NotVisible. 3 queries, 1 more where an attempt goes on.
    """
    pack = visible_pack(scope, code)
    if preview:
        return Opened(pack, _lesson(_open_version(scope, pack), key), (), None, is_preview=True)
    rows = Attempt.objects.filter(enrolment__pack=pack, enrolment__user=scope.user_id, lesson_key=key)
    attempts = tuple(rows.order_by("number"))
    opened = next((each for each in attempts if each.state == AttemptState.OPEN), None)
    if opened is not None:
        lesson = _loaded(Lesson.objects.filter(pk=opened.lesson_id)).get()
        opened.lesson = lesson
        return Opened(pack, lesson, attempts, opened, is_preview=False)
    if pack.live_version is None or pack.status == PackStatus.DRAFT:
        raise NotVisible()
    return Opened(pack, _lesson(pack.live_version, key), attempts, None, is_preview=False)


def _open_version(scope: ViewerScope, pack: Pack) -> PackVersion:
    """The version that is worked on, failing that the live one. Raises NotAllowed for who does not write the pack."""
    may_edit_pack(scope, pack).require()
    version = pack.versions.filter(state__in=OPEN_VERSIONS).first() or pack.live_version
    if version is None:
        raise NotVisible()
    return version


def _lesson(version: PackVersion, key: str) -> Lesson:
    found = _loaded(version.lessons.filter(key=key)).first()
    if found is None:
        raise NotVisible()
    found.version = version
    return found


def _loaded(rows: QuerySet[Lesson]) -> QuerySet[Lesson]:
    return rows.select_related("version", "precedent", "revision__matter")


def lesson_of_stamp(pack: Pack, key: str, stamp: Stamp) -> Lesson:
    """The lesson that a form was drawn of: of this pack, and of a version that learners take or took.

    Raises NotVisible for any other. 1 query.
    """
    taken = (VersionState.PUBLISHED, VersionState.SUPERSEDED)
    rows = Lesson.objects.filter(pk=stamp.lesson, key=key, version__pack=pack, version__state__in=taken)
    found = _loaded(rows).first()
    if found is None:
        raise NotVisible()
    return found


def lesson_for_page(
    scope: ViewerScope,
    opened: Opened,
    *,
    again: bool,
    now: dt.datetime,
    on: dt.date,
    stood: Stood | None = None,
) -> LessonScreen:
    """The page. `again`: whether the learner wants to answer once more; `stood`: what stands in the form again.

    At most 9 queries beside those of `lesson_opened`, for an ordinary text 6.
    """
    pack, lesson = opened.pack, opened.lesson
    pin = pins_of([lesson], scope, on=on).get(lesson.pk)
    is_hidden = pin is not None and pin.state is PinState.HIDDEN
    asked = asked_in(lesson, scope, on=on, is_hidden=is_hidden)
    beginning, handed = _beginning(opened, now=now), opened.handed
    place, progress = _place(scope, opened)
    wants = opened.opened is not None or stood is not None or (beginning and (again or not handed))
    is_asked = wants and _is_asked(opened, asked, is_hidden=is_hidden)
    answering = _answering(scope, opened, asked, now=now, stood=stood) if is_asked else None
    is_open = _is_case_open(opened, asked, answering, handed)
    may_edit = bool(may_edit_pack(scope, pack))
    return LessonScreen(
        pack=pack,
        lesson=lesson,
        title=gettext(HIDDEN_TITLE) if is_hidden and not may_edit else lesson.title,
        place=place,
        pin=pin,
        asked=asked,
        answering=answering,
        facts=facts_of(pin) if pin is not None and not is_open else None,
        case=case_of(pin, scope, on=on) if pin is not None and is_open else None,
        beginning=beginning,
        last=handed[-1] if handed else None,
        progress=progress,
        may_edit=may_edit,
        is_preview=opened.is_preview,
    )


def _is_asked(opened: Opened, asked: Sequence[Asked], *, is_hidden: bool) -> bool:
    """Whether there is something to answer, or an attempt to be handed in whose questions went off view meanwhile."""
    return any(each.is_ok for each in asked) or (opened.opened is not None and is_hidden)


def _beginning(opened: Opened, *, now: dt.datetime) -> Answer:
    if opened.is_preview:
        return ALLOWED
    return may_begin(opened.pack, opened.lesson.version, opened.attempts, now=now)


def _place(scope: ViewerScope, opened: Opened) -> tuple[Place, LessonProgress | None]:
    """(where the lesson stands, its progress). 2 queries, 1 more where the lesson was done in another version."""
    pack, lesson = opened.pack, opened.lesson
    progress = {} if opened.is_preview else progress_for(pack, scope.user_id)
    version = lesson.version if opened.is_preview or pack.live_version is None else pack.live_version
    steps = steps_of(lessons_of(version, scope), progress, sees_titles=bool(may_edit_pack(scope, pack)))
    number = next((step.number for step in steps if step.lesson.key == lesson.key), 0)
    own, news = progress.get(lesson.key), ""
    if own is not None and own.done_at is not None and own.last_lesson != lesson.pk:
        news = news_of(lesson, own, texts_by_lesson([lesson.pk, own.last_lesson or 0]))
    return Place(number, steps, news), own


def _is_case_open(
    opened: Opened, asked: Sequence[Asked], answering: Answering | None, handed: Sequence[Attempt]
) -> bool:
    """Whether the precedent may be on the page: not before the learner decided, nor while it would give the answers away."""
    if not opened.lesson.hides or not any(each.is_ok for each in asked):
        return True
    if answering is not None or opened.is_preview:
        return False
    return bool(handed) and are_answers_shown(opened.lesson.version, handed)


def _answering(
    scope: ViewerScope, opened: Opened, asked: Sequence[Asked], *, now: dt.datetime, stood: Stood | None
) -> Answering:
    """The form with what is kept of the attempt that goes on, or what was typed. 1 query where an attempt goes on."""
    attempt, lesson = opened.opened, opened.lesson
    kept = {row.text_id: Typed(row.given) for row in attempt.responses.all()} if attempt else {}
    stood = stood or Stood(kept)
    lock = stood.lock if stood.lock is not None else (attempt.lock_version if attempt else 0)
    stamp = stood.stamp or _stamp(scope, opened, now=now)
    return Answering(
        stamp=stamp,
        questions=form_of(asked, stood.typed, seed=stamp.code),
        broken=tuple(each.number for each in asked if each.is_broken),
        unseen=tuple(each.number for each in asked if not each.is_ok and not each.is_broken),
        rules=rules_told(lesson.version),
        attempt=attempt,
        is_older=not opened.is_preview and lesson.version_id != opened.pack.live_version_id,
        answered=len(kept),
        lock=lock,
    )


def _stamp(scope: ViewerScope, opened: Opened, *, now: dt.datetime) -> Stamp:
    """Of the attempt that goes on, else a new one."""
    attempt = opened.opened
    number = len(opened.attempts) + (attempt is None)
    made = new_stamp(lesson=opened.lesson.pk, user=scope.user_id or 0, number=number, now=now)
    return replace(made, code=attempt.code, started_at=attempt.started_at) if attempt else made
