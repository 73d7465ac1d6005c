"""The cover of a pack: what it is for, its lessons, how far the learner is, and what to beware of."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from caselib.core.answers import Answer
from caselib.core.due import Due, due_of
from caselib.core.errors import NotVisible
from caselib.orgs.scope import ViewerScope

from ..access import may_edit_pack, may_take_out
from ..choices import OPEN_VERSIONS, PackStatus
from ..models import Assignment, Enrolment, LessonProgress, LessonQuestion, Pack, PackVersion, Question
from ..pins import Pin, PinState, pins_of
from ..visibility import assignments_for, visible_pack
from .asked import is_sound
from .courses import Step, done_of, lessons_of, next_of, progress_for, steps_of, texts_by_lesson
from .rules import rules_told

# More of a kind are told by their number.
MOST_TOLD = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A lesson on the cover. `questions`: how many it asks; `pin`: of a case, what became of its precedent."""

    step: Step
    questions: int
    pin: Pin | None

    @property
    def is_stopped(self) -> bool:
        return self.pin is not None and self.pin.state is PinState.STOP

    @property
    def is_careful(self) -> bool:
        return self.pin is not None and self.pin.state is PinState.CARE


@dataclass(frozen=True, slots=True)
class PackScreen:
    """`version`: the one that is shown, None before the first was published. `following`: where the learner goes on."""

    pack: Pack
    version: PackVersion | None
    modules: tuple[tuple[str, tuple[Line, ...]], ...]
    enrolment: Enrolment | None
    assignment: Assignment | None
    due: Due | None
    done: int
    total: int
    minutes: int
    following: Step | None
    rules: tuple[str, ...]
    editing: Answer
    taking: Answer
    open_version: PackVersion | None
    broken: tuple[Question, ...]
    is_preview: bool

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for _, lines in self.modules for line in lines)

    @property
    def stopped(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_stopped)

    @property
    def unseen(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.step.is_hidden)

    @property
    def news(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.step.news)

    @property
    def is_archived(self) -> bool:
        return self.pack.status == PackStatus.ARCHIVED

    @property
    def may_begin(self) -> bool:
        return self.pack.status == PackStatus.PUBLISHED and not self.is_preview

    @property
    def is_done(self) -> bool:
        return self.total > 0 and self.done == self.total


def pack_for_page(scope: ViewerScope, code: str, *, preview: bool, on: dt.date) -> PackScreen:
    """The cover of a pack. `preview`: of the version that is worked on, for who writes it.

    Raises NotVisible, NotAllowed for a preview of who does not write. 8 queries for any number of lessons, 1 more for who writes.
    """
    pack = visible_pack(scope, code)
    editing = may_edit_pack(scope, pack)
    if preview:
        editing.require()
    opened = pack.versions.filter(state__in=OPEN_VERSIONS).first() if editing else None
    version = (opened or pack.live_version) if preview else pack.live_version
    if version is None and not editing:
        raise NotVisible()
    assignment = _assignment(scope, pack)
    enrolment = None if preview else Enrolment.objects.filter(pack=pack, user=scope.user_id).first()
    progress = progress_for(pack, scope.user_id) if enrolment else {}
    lines = _lines(pack, version, progress, scope, on=on) if version else ()
    steps = [line.step for line in lines]
    done, total = done_of(steps)
    return PackScreen(
        pack=pack,
        version=version,
        modules=_by_module(lines),
        enrolment=enrolment,
        assignment=assignment,
        due=due_of(assignment.due_on, on=on) if assignment else None,
        done=done,
        total=total,
        minutes=sum(step.lesson.minutes for step in steps),
        following=next_of(steps),
        rules=rules_told(version) if version else (),
        editing=editing,
        taking=may_take_out(scope, pack),
        open_version=opened,
        broken=broken_in(version) if editing and version else (),
        is_preview=preview,
    )


def _assignment(scope: ViewerScope, pack: Pack) -> Assignment | None:
    """What was given to the viewer of this pack, the one that is due first. 1 query."""
    rows = list(assignments_for(scope).filter(pack=pack))
    return min(rows, key=lambda row: (row.due_on is None, row.due_on or dt.date.max, -row.pk), default=None)


def _lines(
    pack: Pack, version: PackVersion, progress: Mapping[str, LessonProgress], scope: ViewerScope, *, on: dt.date
) -> tuple[Line, ...]:
    """4 queries."""
    lessons = lessons_of(version, scope, with_text=True)
    taken = {row.last_lesson for row in progress.values() if row.last_lesson}
    texts = texts_by_lesson(taken, version=version)
    pins = pins_of(lessons, scope, on=on)
    steps = steps_of(lessons, progress, sees_titles=bool(may_edit_pack(scope, pack)), texts=texts)
    return tuple(Line(step, len(texts.get(step.lesson.pk, ())), pins.get(step.lesson.pk)) for step in steps)


def _by_module(lines: Sequence[Line]) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    """(title, lessons) of each module that has any."""
    grouped = groupby(lines, key=lambda line: line.step.lesson.module)
    return tuple((module.title, tuple(held)) for module, held in grouped)


def broken_in(version: PackVersion) -> tuple[Question, ...]:
    """Questions of a version that nobody can answer: for who writes it. 1 query."""
    rows = LessonQuestion.objects.filter(lesson__version=version).select_related("text__question").order_by("pk")
    found = {row.text.question: None for row in rows if not is_sound(row.text)}
    return tuple(found)
