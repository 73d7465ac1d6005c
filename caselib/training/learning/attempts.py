"""作答: a half-filled attempt saved, and one handed in. Nothing that somebody typed is ever written over unseen.

Looking at a lesson writes nothing: the form carries a stamp, and the row is made when something is saved. Of two windows the one that
saved first is the attempt; the other is told, keeps what was typed, and may go on into the same attempt.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.text import clean
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.search.questions import kept_words

from ..choices import AttemptState, PackStatus, QuestionKind
from ..insight.flowing import noted_after
from ..models import Attempt, Enrolment, Lesson, Pack, QuestionText, Response
from ..questions.kinds import LONGEST_ANSWER, given_checked, marked
from ..repeating.cards import cards_note
from .asked import Asked, Typed
from .marking import NOT_COUNTED, attempt_settle, attempts_counted
from .progress import enrolment_begin, progress_of, touched
from .rules import may_begin, seconds_between
from .stamps import Stamp

OTHER_WINDOW = "这一课在另一个窗口里也答着，并且先存了。这一页写的没有存，还在页面上。"
HANDED_IN = "这一课刚刚在另一个窗口里交了卷。这一页写的没有交，还在页面上。"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form sent. `typed`: by key of the text; `lock`: what it read, or last heard; `into`: the code of the attempt that it goes
    into, where that is not its own."""

    stamp: Stamp
    typed: Mapping[int, Typed]
    lock: int = 0
    into: str = ""


class StaleAttempt(StaleState):
    """Another window was first. `attempt`: the one that is open now, None where it was handed in."""

    def __init__(self, message: str, attempt: Attempt | None) -> None:
        super().__init__(message)
        self.attempt = attempt


@transaction.atomic
def attempt_save(
    sent: Sent,
    *,
    lesson: Lesson,
    pack: Pack,
    asked: Sequence[Asked],
    scope: ViewerScope,
    now: dt.datetime | None = None,
) -> Attempt:
    """Keeps what is answered so far. `asked`: the questions of the lesson, whose answers `sent` holds.

    One that was handed in already comes back as it is. Raises StaleAttempt where another window was first, RuleBroken for an answer
    that is too long and where no attempt may begin now. Writes Attempt, Response, LessonProgress; the first time Enrolment.
    """
    attempt = _held(sent, lesson=lesson, pack=pack, asked=asked, scope=scope, now=now or clock.now())
    if attempt.state == AttemptState.OPEN:
        _answers_keep(attempt, asked, sent.typed)
        _counted_up(attempt, saved_at=now or clock.now())
    return attempt


@transaction.atomic
def attempt_submit(
    sent: Sent,
    *,
    lesson: Lesson,
    pack: Pack,
    asked: Sequence[Asked],
    scope: ViewerScope,
    anyway: bool = False,
    now: dt.datetime | None = None,
) -> Attempt:
    """交卷. `anyway`: although something is not answered. Handed in again it stays as it was.

    Raises as `attempt_save`, and RuleBroken (`unanswered`, `nothing`). Writes as it does, AuditEvent training.attempt_submitted, and
    what `attempt_settle` writes.
    """
    now = now or clock.now()
    attempt = _held(sent, lesson=lesson, pack=pack, asked=asked, scope=scope, now=now)
    if attempt.state != AttemptState.OPEN:
        return attempt
    _answers_keep(attempt, asked, sent.typed)
    responses = {each.text_id: each for each in attempt.responses.all()}
    _require_answers(asked, responses, anyway=anyway)
    rows = [_marked(each, responses.get(each.text.pk), attempt, now=now) for each in asked]
    Response.objects.bulk_create([row for row in rows if row.pk is None])
    Response.objects.bulk_update([row for row in rows if row.pk], ["position", "score", "comment", "marked_at"])
    attempt.state, attempt.submitted_at = AttemptState.SUBMITTED, now
    attempt.seconds = seconds_between(attempt.started_at, now)
    attempt.save(update_fields=["state", "submitted_at", "seconds"])
    _counted_up(attempt, saved_at=now)
    attempts_counted(progress_of(attempt.enrolment, lesson, now=now), attempt)
    touched(attempt.enrolment, now=now)
    scored = [row for row in rows if row.score is not None]
    cards_note(scored, now=now)
    attempt_settle(attempt, now=now)
    # Behind the attempt: whatever goes wrong with a report to somebody else, no answer is lost.
    transaction.on_commit(partial(noted_after, scored, now=now), robust=True)
    actor = User.objects.get(pk=scope.user_id)
    after = {"pack": pack.code, "lesson": lesson.key, "attempt": attempt.number, "score": attempt.score}
    record(Action.ATTEMPT_SUBMITTED, attempt, actor=actor, after=after)
    return attempt


# --- whose it is, and whether it may be written in ---


def _held(
    sent: Sent, *, lesson: Lesson, pack: Pack, asked: Sequence[Asked], scope: ViewerScope, now: dt.datetime
) -> Attempt:
    """The attempt that the form goes into, held with its enrolment until the transaction ends."""
    enrolment = enrolment_begin(pack, scope=scope, now=now)
    rows = Attempt.objects.select_for_update().filter(enrolment=enrolment, lesson_key=lesson.key)
    attempts = list(rows.order_by("number"))
    for each in attempts:
        each.enrolment = enrolment
    own = next((each for each in attempts if each.code == sent.stamp.code), None)
    if own is not None and own.state != AttemptState.OPEN:
        return own
    opened = next((each for each in attempts if each.state == AttemptState.OPEN), None)
    if opened is None:
        return _begun(sent, attempts, enrolment, lesson=lesson, pack=pack, now=now)
    opened.lesson = lesson if opened.lesson_id == lesson.pk else opened.lesson
    is_known = opened.code in (sent.stamp.code, sent.into) and opened.lesson_id == lesson.pk
    is_read = is_known and opened.lock_version == sent.lock
    # An answer that was lost on the way is asked for again by sending the same once more.
    if is_read or (is_known and _is_kept(opened, asked, sent.typed)):
        return opened
    raise StaleAttempt(gettext(OTHER_WINDOW), opened)


def _begun(
    sent: Sent, attempts: Sequence[Attempt], enrolment: Enrolment, *, lesson: Lesson, pack: Pack, now: dt.datetime
) -> Attempt:
    if len(attempts) >= sent.stamp.number:
        raise StaleAttempt(gettext(HANDED_IN), None)
    # Who had the questions open when the pack was archived still hands them in.
    was_open = pack.status == PackStatus.ARCHIVED and pack.archived_at and sent.stamp.started_at < pack.archived_at
    may = may_begin(pack, lesson.version, attempts, now=now)
    if not may and not was_open:
        raise RuleBroken(
            gettext("没有存：{reason}写的还在页面上。").format(reason=may.reason), code="not_now", field=""
        )
    progress_of(enrolment, lesson, now=now)
    return Attempt.objects.create(
        code=sent.stamp.code,
        enrolment=enrolment,
        lesson=lesson,
        lesson_key=lesson.key,
        number=len(attempts) + 1,
        started_at=min(sent.stamp.started_at, now),
        saved_at=now,
    )


def _counted_up(attempt: Attempt, *, saved_at: dt.datetime) -> None:
    Attempt.objects.filter(pk=attempt.pk).update(lock_version=F("lock_version") + 1, saved_at=saved_at)
    attempt.lock_version += 1


# --- what was answered ---


def kept(text: QuestionText, typed: Typed, *, number: int) -> dict[str, Any]:
    """An answer as it is stored: personal data masked. Raises RuleBroken for more than 2,000 characters. No query."""
    if text.kind != QuestionKind.SHORT:
        return given_checked(text.kind, typed.given)
    words = clean(str(typed.given.get("text", "")))
    if len(words) > LONGEST_ANSWER:
        raise RuleBroken(
            gettext("没有存：第 {number} 题最多写 {longest:,} 个字，现在 {count:,} 个。写的还在页面上。").format(
                number=number, longest=LONGEST_ANSWER, count=len(words)
            ),
            code="too_long",
            field=f"q{text.pk}",
        )
    return given_checked(text.kind, {"text": kept_words(words)})


def _answers(asked: Sequence[Asked], typed: Mapping[int, Typed]) -> dict[int, dict[str, Any]]:
    """What is stored, by key of the text; empty answers left out."""
    found = {
        each.text.pk: kept(each.text, typed[each.text.pk], number=each.number)
        for each in asked
        if each.text.pk in typed
    }
    return {key: given for key, given in found.items() if any(given.values())}


def _answers_keep(attempt: Attempt, asked: Sequence[Asked], typed: Mapping[int, Typed]) -> None:
    """Stores what was answered, and takes away what was answered no more. What the form did not show stays."""
    answers = _answers(asked, typed)
    before = {each.text_id: each for each in attempt.responses.all()}
    gone = [each.pk for key, each in before.items() if key in typed and key not in answers]
    if gone:
        Response.objects.filter(pk__in=gone).delete()
    places = {each.text.pk: each.number - 1 for each in asked}
    Response.objects.bulk_create(
        Response(attempt=attempt, text_id=key, position=places[key], given=given)
        for key, given in answers.items()
        if key not in before
    )
    changed = [each for key, each in before.items() if key in answers and each.given != answers[key]]
    for each in changed:
        each.given = answers[each.text_id]
    Response.objects.bulk_update(changed, ["given"])


def _is_kept(attempt: Attempt, asked: Sequence[Asked], typed: Mapping[int, Typed]) -> bool:
    """Whether the attempt holds just these answers already."""
    held = {each.text_id: each.given for each in attempt.responses.all() if each.text_id in typed}
    return held == _answers(asked, typed)


def _require_answers(asked: Sequence[Asked], responses: Mapping[int, Response], *, anyway: bool) -> None:
    counted = [each for each in asked if each.is_ok or (not each.is_broken and each.text.pk in responses)]
    if not counted:
        raise RuleBroken(gettext("没有交：这一课的题现在都答不了，也没有答过。不用交，成绩不受影响。"), code="nothing")
    left = [each for each in counted if each.text.pk not in responses]
    if left and not anyway:
        numbers = "、".join(str(each.number) for each in left[:10])
        raise RuleBroken(
            gettext("还没有交：第 {numbers} 题没有答全。答完再交，或者勾上“空着的不答了”。答过的都在。").format(
                numbers=numbers
            ),
            code="unanswered",
            field=f"q{left[0].text.pk}",
        )


def _marked(each: Asked, response: Response | None, attempt: Attempt, *, now: dt.datetime) -> Response:
    """The response with what the site marks by itself, not stored yet."""
    is_answered = response is not None
    response = response or Response(attempt=attempt, text=each.text)
    # Read already: whoever looks at the answer further on asks for no text of it.
    response.text, response.position = each.text, each.number - 1
    if each.is_broken or (not each.is_ok and not is_answered):
        response.comment, response.marked_at = NOT_COUNTED, now
        return response
    response.score = marked(each.text.kind, each.text.body, response.given).score
    response.marked_at = now if response.score is not None else None
    return response
