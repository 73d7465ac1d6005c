"""每日邮件提醒: one mail for each reader with what is new about the things that he follows.

The mark of a reader moves in the transaction in which his mail is handed over. If that fails the mark goes back with it
and the next run tells the same: nothing is lost. If the program dies between the handing over and the commit, this one
reader gets this one mail twice, and nobody else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from caselib.core import clock
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope, scope_of

from .models import Reading
from .notices import Notice, notices_of
from .selectors import LOOKED_AT, keys_concerning
from .trail import newest_event

# As many as somebody reads in a mail; the rest is counted.
IN_A_MAIL = 30


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one reader's mail. `error`: why it could not be handed over, empty where it was or would be."""

    user: User
    count: int
    text: str
    error: str = ""


def digests_send(*, dry_run: bool = False) -> Iterator[Sent]:
    """Sends one mail to each reader with an address for whom something is new, and moves his mark; yields each as it goes.

    A reader for whom nothing is new gets none and is not yielded. With `dry_run` nothing is sent or written. A failing
    mail server is told of in what is yielded; the other readers get theirs.
    """
    readings = Reading.objects.filter(user__is_active=True).exclude(user__email="").select_related("user")
    for reading in readings.order_by("pk"):
        scope = scope_of(reading.user)
        upto = newest_event()
        message = _message(reading, scope)
        if dry_run:
            if message:
                yield Sent(reading.user, message[0], message[1])
            continue
        try:
            sent = _sent(reading, message, upto=upto)
        except (SMTPException, OSError) as error:
            yield Sent(reading.user, message[0] if message else 0, "", error=str(error))
            continue
        if sent and message:
            yield Sent(reading.user, *message)


@transaction.atomic
def _sent(reading: Reading, message: tuple[int, str] | None, *, upto: int) -> bool:
    """Moves the mark and hands the mail over; False where another run was faster. Raises what the mail server raises."""
    won = Reading.objects.filter(pk=reading.pk, digested_event=reading.digested_event).update(digested_event=upto)
    if won and message is not None:
        count, text = message
        # What was seen on the way is in the text; the subject shows on locked screens and names nothing.
        mail = EmailMessage(f"案例库：您关注的有 {count} 条新变化", text, to=[reading.user.email])
        mail.send()
    return bool(won)


def _message(reading: Reading, scope: ViewerScope) -> tuple[int, str] | None:
    """(how many notices, the text of the mail), or None where there is nothing to tell."""
    if not scope.reads_content:
        return None
    keys = keys_concerning(reading.user_id, scope, after=reading.digested_event)
    notices = notices_of(keys[:LOOKED_AT], user=reading.user_id, scope=scope)
    if not notices:
        return None
    count = len(notices) + max(0, len(keys) - LOOKED_AT)
    return count, "\n".join(_lines(reading.user, notices[:IN_A_MAIL], count))


def _lines(user: User, notices: Sequence[Notice], count: int) -> Iterator[str]:
    site = settings.CASELIB_SITE_URL
    yield f"{user}："
    yield ""
    for notice in notices:
        # Of a precedent the title alone: what was said about it stays inside.
        note = f"（{notice.note}）" if notice.note and not notice.is_precedent else ""
        yield f"{clock.day_of(notice.at):%Y-%m-%d} {notice.word}：{notice.what.label}{note}"
        if notice.about:
            yield f"    {'；'.join(link.label for link in notice.about)}"
        if site:
            yield f"    {site}{notice.what.address}"
    if count > len(notices):
        yield f"……还有 {count - len(notices)} 条。"
    yield ""
    yield f"全部在案例库的“我的关注”里看{f'：{site}/notices/' if site else '。'}"
    yield "不想再收：在同一页把每日邮件提醒的邮箱清空。案例供参考，不是依据。"
