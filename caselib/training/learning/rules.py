"""When somebody may answer again, and when the answers are shown: as the version of the attempt says."""

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext

from caselib.core.answers import ALLOWED, Answer, Denied

from ..choices import AnswersShown, AttemptState, PackStatus
from ..models import Attempt, Pack, PackVersion

# Nobody sits over one lesson for longer; who comes back the next day did not learn all night.
LONGEST_SECONDS = 4 * 3600


def may_begin(pack: Pack, version: PackVersion, attempts: Sequence[Attempt], *, now: dt.datetime) -> Answer:
    """Whether a new attempt may begin. `attempts`: all of the learner at this lesson, by number. No query."""
    if pack.status == PackStatus.ARCHIVED:
        return Denied(gettext("培训包已经归档，不能再答新的一次。以前的成绩都在。"))
    handed = [each for each in attempts if each.state != AttemptState.OPEN]
    if not handed:
        return ALLOWED
    last = handed[-1]
    if last.state == AttemptState.SUBMITTED:
        return Denied(gettext("上一次还有简答没有评分，评完才能再答。"))
    if version.most_attempts and len(handed) >= version.most_attempts:
        return Denied(
            gettext("这一课最多答 {most} 次，已经答完了。成绩取最好的一次。").format(most=version.most_attempts)
        )
    if (again := again_at(version, last)) is not None and again > now:
        return Denied(told_wait(again, now=now))
    return ALLOWED


def again_at(version: PackVersion, last: Attempt) -> dt.datetime | None:
    """When the wait after an attempt is over, None without one."""
    if not version.wait_minutes or last.submitted_at is None:
        return None
    return last.submitted_at + dt.timedelta(minutes=version.wait_minutes)


def told_wait(again: dt.datetime, *, now: dt.datetime) -> str:
    minutes = -int((now - again).total_seconds() // 60)
    local, today = timezone.localtime(again), timezone.localtime(now)
    at = f"{local:%H:%M}" if local.date() == today.date() else f"{local.month}月{local.day}日 {local:%H:%M}"
    return gettext("还要等 {minutes} 分钟，{at} 以后可以再答。").format(minutes=minutes, at=at)


def are_answers_shown(version: PackVersion, attempts: Sequence[Attempt]) -> bool:
    """Whether the learner may see what would have been right. `attempts`: all of them at this lesson. No query."""
    if version.answers_shown == AnswersShown.EACH:
        return True
    handed = [each for each in attempts if each.state != AttemptState.OPEN]
    if any(each.score is not None and each.score >= version.pass_mark for each in handed):
        return True
    is_marked = all(each.state == AttemptState.MARKED for each in handed)
    return bool(version.most_attempts) and len(handed) >= version.most_attempts and is_marked


def seconds_between(started_at: dt.datetime, submitted_at: dt.datetime) -> int:
    """How long it took, in whole seconds: never less than none nor more than four hours."""
    return max(0, min(LONGEST_SECONDS, int((submitted_at - started_at).total_seconds())))


def rules_told(version: PackVersion) -> tuple[str, ...]:
    """The rules of a version in words, as stand above the questions."""
    most = version.most_attempts
    told = [
        gettext("{pass_mark} 分合格").format(pass_mark=version.pass_mark),
        gettext("最多答 {most} 次").format(most=most) if most else gettext("不限次"),
    ]
    if version.wait_minutes:
        told.append(gettext("两次之间隔 {minutes} 分钟").format(minutes=version.wait_minutes))
    return tuple(told)
