"""What the form of a lesson sent, and the form once more for who was refused: nothing that was typed goes away."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from caselib.core.errors import DomainError
from caselib.core.personal_data import mask
from caselib.orgs.scope import ViewerScope

from ..choices import QuestionKind
from ..models import Lesson, Pack
from ..pins import PinState, pins_of
from ..visibility import visible_pack
from .asked import Asked, asked_in, read_typed
from .attempts import Sent, StaleAttempt
from .lesson_page import LessonScreen, Opened, Stood, lesson_for_page, lesson_of_stamp, lesson_opened
from .stamps import stamp_of


@dataclass(frozen=True, slots=True)
class Posted:
    """A form that was sent, with the lesson that it was drawn of. `is_masked`: whether a short answer is stored with something masked."""

    pack: Pack
    lesson: Lesson
    asked: tuple[Asked, ...]
    sent: Sent
    is_preview: bool = False

    def within(self, scope: ViewerScope) -> dict[str, Any]:
        """What the services of attempts are given beside the form."""
        return {"lesson": self.lesson, "pack": self.pack, "asked": self.asked, "scope": scope}

    @property
    def is_masked(self) -> bool:
        return any(mask(words) != words for _, words in self.words)

    @property
    def words(self) -> tuple[tuple[int, str], ...]:
        """(number of the question, what was written) of each short answer."""
        short = [each for each in self.asked if each.text.kind == QuestionKind.SHORT]
        written = [(each.number, self.sent.typed.get(each.text.pk)) for each in short]
        return tuple((number, typed.given["text"]) for number, typed in written if typed and typed.is_answered)


def posted_of(
    scope: ViewerScope, code: str, key: str, posted: QueryDict, *, on: dt.date, opened: Opened | None = None
) -> Posted:
    """Reads a form. `opened`: of a preview. Raises NotVisible for a forged stamp and for a lesson that is none of the pack's."""
    stamp = stamp_of(posted.get("stamp", ""), user=scope.user_id)
    pack = opened.pack if opened else visible_pack(scope, code)
    lesson = opened.lesson if opened else lesson_of_stamp(pack, key, stamp)
    pin = pins_of([lesson], scope, on=on).get(lesson.pk)
    asked = asked_in(lesson, scope, on=on, is_hidden=pin is not None and pin.state is PinState.HIDDEN)
    typed = read_typed(asked, dict(posted.lists()), seed=stamp.code)
    sent = Sent(stamp, typed, lock=_number(posted.get("lock", "")), into=posted.get("into", "")[:12])
    return Posted(pack, lesson, asked, sent, is_preview=opened is not None)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


def stood_again(
    scope: ViewerScope, posted: Posted, error: DomainError, *, now: dt.datetime, on: dt.date
) -> tuple[LessonScreen, tuple[tuple[int, str], ...]]:
    """(the page with what was typed in its form; short answers that have no place in it, by the number of their question).

    After a StaleAttempt the form goes on into the attempt that is open now, so that sending it again is a decision.
    """
    opened = lesson_opened(scope, posted.pack.code, posted.lesson.key, preview=posted.is_preview)
    is_stale = isinstance(error, StaleAttempt)
    stamp, lock = (None, None) if is_stale else (posted.sent.stamp, posted.sent.lock)
    stood = Stood(posted.sent.typed, stamp, lock)
    screen = lesson_for_page(scope, opened, again=True, now=now, on=on, stood=stood)
    shown = {each.asked.number for each in screen.answering.questions} if screen.answering else set()
    return screen, tuple(each for each in posted.words if each[0] not in shown)
