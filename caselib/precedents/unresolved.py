"""未解决的引用: writes of the queue of cited words that were not found. Only the words that cite are kept, masked."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import masked, record, record_many
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.personal_data import mask
from caselib.core.text import clean
from caselib.orgs.models import User

from .citing import Unresolved
from .models import Revision, UnresolvedCitation
from .services import name_of

WORDS_LENGTH = 300
REASON_LENGTH = 200
STALE = "这条引用刚刚有人处理过了。没有改动它，刷新看看。"


def kept_words(words: str) -> str:
    """Cited words as they may be written down: one line, masked, at most 300 characters."""
    return mask(" ".join(clean(words[: 2 * WORDS_LENGTH]).split()))[:WORDS_LENGTH].strip()


@transaction.atomic
def citations_queue(
    revision: Revision,
    left: Iterable[Unresolved],
    *,
    actor: User | None,
    reopens: bool = True,
    now: dt.datetime | None = None,
) -> int:
    """Opens an entry for each that the precedent has none open for; returns how many.

    `reopens`: whether words that somebody settled before may wait again; a nightly job leaves them settled.
    Writes UnresolvedCitation and one AuditEvent citation.queued for each. 2 queries where there is nothing new.
    """
    wanted = {words: each for each in left if (words := kept_words(each.words))}
    if not wanted:
        return 0
    # Two who queue the same words wait for each other here.
    Revision.objects.select_for_update().get(pk=revision.pk)
    there = UnresolvedCitation.objects.filter(revision__precedent=revision.precedent_id, words__in=wanted)
    if reopens:
        there = there.filter(closed_at=None)
    known = set(there.values_list("words", flat=True))
    opened = [
        UnresolvedCitation(
            revision=revision,
            words=words,
            why=each.why,
            hint=each.hint,
            opened_at=now or clock.now(),
            opened_by_name=name_of(actor),
        )
        for words, each in wanted.items()
        if words not in known
    ]
    opened = UnresolvedCitation.objects.bulk_create(opened)
    told = [{"words": entry.words, "why": entry.why} for entry in opened]
    record_many(Action.CITATION_QUEUED, opened, actor=actor, after=told)
    return len(opened)


@transaction.atomic
def citations_dismiss(entries: Sequence[UnresolvedCitation], *, reason: str, actor: User) -> int:
    """Closes entries without a citation, with the reason (masked); returns how many.

    Raises RuleBroken without a reason, StaleState if somebody closed all of them first. Writes AuditEvent citation.settled.
    """
    reason = " ".join(clean(reason).split())
    if not reason:
        raise RuleBroken(gettext("没有处理：写一句为什么不用引用。"), code="required", field="reason")
    if len(reason) > REASON_LENGTH:
        raise RuleBroken(
            gettext("没有处理：理由最多 {reason_length} 个字。").format(reason_length=REASON_LENGTH),
            code="too_long",
            field="reason",
        )
    closed = [entry for entry in entries if _closed(entry, f"不用引用：{mask(reason)}", actor)]
    if not closed:
        raise StaleState(STALE)
    return len(closed)


def citation_settled(entry: UnresolvedCitation, *, how: str, actor: User) -> None:
    """Closes one entry in the transaction of the deed that settled it.

    Raises StaleState if somebody closed it first. Writes AuditEvent citation.settled.
    """
    if not _closed(entry, how, actor):
        raise StaleState(STALE)


def _closed(entry: UnresolvedCitation, how: str, actor: User) -> bool:
    how = how[:WORDS_LENGTH]
    won = UnresolvedCitation.objects.filter(pk=entry.pk, closed_at=None).update(
        closed_at=clock.now(), closed_by_name=name_of(actor), closed_how=how
    )
    if won:
        record(Action.CITATION_SETTLED, entry, actor=actor, after=masked({"words": entry.words, "how": how}))
    return bool(won)
