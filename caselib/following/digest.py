"""每日邮件提醒: one mail for each reader with what is new about the things that he follows, what his saved searches found, what
came of what he asked, and what waits for him.

What waits is told when there is more of it than at the last mail: the same heap every morning is a mail that nobody reads.

The mark of a reader moves in the transaction in which his mail is handed over. If that fails the mark goes back with it
and the next run tells the same: nothing is lost. If the program dies between the handing over and the commit, this one
reader gets this one mail twice, and nobody else.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse

from caselib.core import clock
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope, scope_of
from caselib.waiting import LABELS, counts_waiting

from .answers import Answer, answers_of
from .models import Reading, SearchNews
from .notices import Notice, notices_of
from .searches.selectors import SearchTold, searches_told
from .selectors import LOOKED_AT, keys_concerning
from .trail import newest_event

# As many as somebody reads in a mail; the rest is counted.
IN_A_MAIL = 30


@dataclass(frozen=True, slots=True)
class _Mail:
    """A mail that is due. `count`: how many notices are in it; `news`: keys of what it tells of saved searches;
    `answered`: when the newest answer in it was given."""

    subject: str
    text: str
    count: int
    news: tuple[int, ...] = ()
    answered: dt.datetime | None = None


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
        now, upto, waiting = clock.now(), newest_event(), counts_waiting(scope)
        mail = _mail(reading, scope, waiting)
        if dry_run:
            if mail:
                yield Sent(reading.user, mail.count, mail.text)
            continue
        try:
            sent = _sent(reading, mail, upto=upto, waiting=waiting, now=now)
        except (SMTPException, OSError) as error:
            yield Sent(reading.user, mail.count if mail else 0, "", error=str(error))
            continue
        if sent and mail:
            yield Sent(reading.user, mail.count, mail.text)


@transaction.atomic
def _sent(reading: Reading, mail: _Mail | None, *, upto: int, waiting: dict[str, int], now: dt.datetime) -> bool:
    """Moves the marks and hands the mail over; False where another run was faster. Raises what the mail server raises."""
    # An answer that is written while this runs is later than the newest one told.
    answered = mail.answered if mail and mail.answered else reading.mailed_at
    won = Reading.objects.filter(
        pk=reading.pk,
        digested_event=reading.digested_event,
        mailed_waiting=reading.mailed_waiting,
        mailed_at=reading.mailed_at,
    ).update(digested_event=upto, mailed_waiting=waiting, mailed_at=answered)
    if won and mail is not None and mail.news:
        won = SearchNews.objects.filter(pk__in=mail.news, mailed_at=None).update(mailed_at=now)
    if won and mail is not None:
        EmailMessage(mail.subject, mail.text, to=[reading.user.email]).send()
    return bool(won)


def _mail(reading: Reading, scope: ViewerScope, waiting: dict[str, int]) -> _Mail | None:
    """The mail, or None where there is nothing to tell."""
    if not scope.reads_content:
        return None
    keys = keys_concerning(reading.user_id, scope, after=reading.digested_event)
    notices = notices_of(keys[:LOOKED_AT], user=reading.user_id, scope=scope)
    has_more = any(count > reading.mailed_waiting.get(kind, 0) for kind, count in waiting.items())
    answers = [answer for answer in answers_of(scope, seen=reading.mailed_at) if answer.is_new]
    searches = searches_told(reading.user_id, scope, unmailed=True)
    if not notices and not has_more and not answers and not searches:
        return None
    count = len(notices) + max(0, len(keys) - LOOKED_AT) if notices else 0
    lines = [
        f"{reading.user}：",
        "",
        *_waiting_lines(waiting if has_more else {}),
        *_answer_lines(answers),
        *_search_lines(searches),
        *_lines(notices[:IN_A_MAIL], count),
        *_foot(),
    ]
    found = sum(told.count for told in searches)
    replies = sum(not answer.word for answer in answers)
    # The subject shows on locked screens and names nothing.
    told = [
        *[f"您关注的有 {count} 条新变化"] * bool(notices),
        *[f"您存的搜索有 {found} 件新的或改了的"] * bool(searches),
        *[f"您问的有 {replies} 条回音"] * bool(replies),
        *[f"培训有 {len(answers) - replies} 条提醒"] * (len(answers) > replies),
        *[f"有 {sum(waiting.values())} 件等您处理"] * has_more,
    ]
    news = tuple(key for each in searches for key in each.keys)
    answered = answers[0].at if answers else None
    return _Mail(f"案例库：{'，'.join(told)}", "\n".join(lines), count + found + len(answers), news, answered)


def _waiting_lines(waiting: dict[str, int]) -> Iterator[str]:
    """Numbers alone: what the texts are about stays inside."""
    told = [f"{LABELS[kind]} {count} 件" for kind, count in waiting.items() if count]
    if told:
        site = settings.CASELIB_SITE_URL
        yield f"等您处理：{'，'.join(told)}。{f'{site}/desk/' if site else '在案例库的“工作台”里看。'}"
        yield ""


def _answer_lines(answers: Sequence[Answer]) -> Iterator[str]:
    """That there is an answer, and where: what it says stays inside."""
    for answer in answers[:IN_A_MAIL]:
        yield f"{clock.day_of(answer.at):%Y-%m-%d} {answer.word or '有回音'}：{answer.title}"
        if settings.CASELIB_SITE_URL:
            yield f"    {settings.CASELIB_SITE_URL}{answer.address}"
    if len(answers) > IN_A_MAIL:
        yield f"……还有 {len(answers) - IN_A_MAIL} 条。"


def _search_lines(searches: Sequence[SearchTold]) -> Iterator[str]:
    site = settings.CASELIB_SITE_URL
    for told in searches[:IN_A_MAIL]:
        yield f"{clock.day_of(told.at):%Y-%m-%d} 存的搜索“{told.search.name}”：{told.count} 件新的或改了的"
        for found in told.found:
            yield f"    {found.word}：{found.title}"
        if told.more:
            yield f"    ……还有 {told.more} 件。"
        if site:
            yield f"    {site}{reverse('searches:list')}"


def _lines(notices: Sequence[Notice], count: int) -> Iterator[str]:
    site = settings.CASELIB_SITE_URL
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


def _foot() -> Iterator[str]:
    site = settings.CASELIB_SITE_URL
    yield ""
    yield f"全部在案例库的“我的关注”里看{f'：{site}/notices/' if site else '。'}"
    yield "不想再收：在同一页把每日邮件提醒的邮箱清空。案例供参考，不是依据。"
