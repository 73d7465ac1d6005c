"""Writes of tickets. Each is atomic and leaves one event that holds nothing of what the ticket says; none asks permission."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.catalog.models import Cause
from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.core.ids import is_code, new_code
from caselib.orgs.models import User

from .drafting import DraftFacts, draft_facts, title_of
from .entry import TicketFacts
from .models import ENTRY_LENGTH, TITLE_LENGTH, WORDS_LENGTH, Stage, Ticket, TicketEntry, TicketStep, source_key
from .neutral import Neutraliser
from .reading import entries_in, text_of
from .sealing import seal

MOST_ENTRIES = 100
NO_FEEDBACK = "反馈（当事人和窗口）"
STALE = "有人先改了这件工单，您写的一个字都没丢，还在这一页里。"
ALREADY_THERE = "这个来源系统和编号的工单已经登记过，没有再登记一件。您填的都还在；编号抄错了就改，没错就去看那一件。"
_FIELDS = (
    "department", "source_system", "source_number", "channel", "received_on", "requester_type", "visits", "failed_stage",
    "matter", "promised_days", "actual_days", "is_supervised",
)  # fmt: skip


@transaction.atomic
def ticket_register(facts: TicketFacts, *, actor: User, code: str = "", now: dt.datetime | None = None) -> Ticket:
    """受理登记. 经过 is read from lines of the text that begin with a day; a missing title is made from the text.

    `code`: made when the form was shown, so that a button that is pressed twice makes one ticket. Raises RuleBroken
    (field source_number) where the source's number is registered already, StaleState for a code of somebody else.
    Writes Ticket, TicketEntry, TicketStep, AuditEvent ticket.registered.
    """
    code = code if is_code(code) else new_code()
    if before := _made_before(code, actor):
        return before
    ticket = ticket_of(facts, code=code, actor=actor, now=now or clock.now())
    try:
        with transaction.atomic():
            ticket.save(force_insert=True)
    except IntegrityError:
        # Another press of the same button, or another who registered the same number, was a moment faster.
        if before := _made_before(code, actor):
            return before
        raise RuleBroken(ALREADY_THERE, code="already_there", field="source_number") from None
    TicketEntry.objects.bulk_create(entries_of(ticket, facts.text))
    TicketStep.objects.bulk_create([first_step(ticket, actor)])
    record(Action.TICKET_REGISTERED, ticket, actor=actor, after={"department": facts.department.name})
    return ticket


def _made_before(code: str, actor: User) -> Ticket | None:
    """The ticket that this form made already. Raises StaleState where the code belongs to somebody else's."""
    before = Ticket.objects.filter(code=code).first()
    if before is not None and before.registered_by_id != actor.pk:
        raise StaleState(gettext("这一页已经失效，没有登记。回到工单重新开始，您填的还在这一页里。"))
    return before


def ticket_of(facts: TicketFacts, *, code: str, actor: User, now: dt.datetime) -> Ticket:
    """The row, not stored: text sealed, title and words of the matter without personal data."""
    neutral = Neutraliser(facts.received_on)
    ticket = Ticket(code=code, registered_by=actor, registered_at=now, sealed_text=seal(facts.text))
    ticket.source_key = source_key(facts.source_system, facts.source_number)
    for name in _FIELDS:
        setattr(ticket, name, getattr(facts, name))
    ticket.title = _title(facts, neutral)
    ticket.matter_words = _open_words(neutral, facts.matter_words, Ticket, "matter_words")
    return ticket


def entries_of(ticket: Ticket, text: str) -> list[TicketEntry]:
    """The rows of 经过 that stand in the text, not stored."""
    neutral = Neutraliser(ticket.received_on)
    return [
        TicketEntry(
            ticket=ticket, day=entry.day, who=_open_words(neutral, entry.who, TicketEntry, "who", is_role=True),
            sealed_what=seal(entry.what), position=place,
        )
        for place, entry in enumerate(entries_in(text, received_on=ticket.received_on))
    ]  # fmt: skip


def first_step(ticket: Ticket, actor: User) -> TicketStep:
    return TicketStep(ticket=ticket, stage=Stage.REGISTERED, at=ticket.registered_at, by=actor, by_name=str(actor)[:64])


@transaction.atomic
def ticket_save(ticket: Ticket, facts: TicketFacts, *, lock_version: int, actor: User) -> Ticket:
    """Changes the facts, and the text where `facts` holds one. Raises StaleState where somebody else saved or archived it
    first, RuleBroken where the source's number belongs to another ticket. Writes AuditEvent ticket.saved."""
    anew = ticket_of(facts, code=ticket.code, actor=actor, now=ticket.registered_at)
    # Nobody reads what was there to make a title of it.
    anew.title = anew.title if facts.title or facts.text else ticket.title
    names = (*_FIELDS, "source_key", "title", "matter_words")
    changed = [name for name in names if getattr(anew, name) != getattr(ticket, name)]
    values: dict[str, Any] = {name: getattr(anew, name) for name in names}
    if facts.text:
        values["sealed_text"] = anew.sealed_text
        changed.append("text")
    try:
        with transaction.atomic():
            ticket_swap(ticket, lock_version=lock_version, **values)
    except IntegrityError:
        raise RuleBroken(ALREADY_THERE, code="already_there", field="source_number") from None
    record(Action.TICKET_SAVED, ticket, actor=actor, after={"fields": sorted(set(changed) - {"source_key"})})
    return ticket


@transaction.atomic
def ticket_entry_add(ticket: Ticket, *, day: dt.date, who: str, what: str, actor: User) -> TicketEntry:
    """Adds a day to 经过; `who` as a role. Raises RuleBroken for no words, too many, or a ticket that is archived.

    Writes TicketEntry, AuditEvent ticket.entries_saved.
    """
    what = text_of(what)
    if not what:
        raise RuleBroken(gettext("没有记下：写这一天做了什么。"), code="empty", field="what")
    if len(what) > ENTRY_LENGTH:
        raise RuleBroken(
            gettext("没有记下：最多 {entry_length:,} 个字，现在 {count:,} 个。").format(
                entry_length=ENTRY_LENGTH, count=len(what)
            ),
            code="too_long",
            field="what",
        )
    _lock_open(ticket)
    count = ticket.entries.count()
    if count >= MOST_ENTRIES:
        raise RuleBroken(
            gettext("没有记下：经过最多 {most_entries} 条。").format(most_entries=MOST_ENTRIES),
            code="too_many",
            field="what",
        )
    neutral = Neutraliser(ticket.received_on)
    who = _open_words(neutral, who, TicketEntry, "who", is_role=True)
    entry = TicketEntry.objects.create(ticket=ticket, day=day, who=who, sealed_what=seal(what), position=count)
    record(Action.TICKET_ENTRIES_SAVED, ticket, actor=actor, after={"entries": count + 1})
    return entry


@transaction.atomic
def ticket_entry_remove(ticket: Ticket, key: int, *, actor: User) -> None:
    """Takes a day out of 经过; nothing for one that is gone already. Raises RuleBroken for a ticket that is archived.

    Writes AuditEvent ticket.entries_saved.
    """
    _lock_open(ticket)
    deleted, _ = ticket.entries.filter(pk=key).delete()
    if deleted:
        record(Action.TICKET_ENTRIES_SAVED, ticket, actor=actor, after={"entries": ticket.entries.count()})


@transaction.atomic
def ticket_analyse(ticket: Ticket, *, causes: Sequence[Cause], words: str, lock_version: int, actor: User) -> Ticket:
    """分析研判: why it could not be done, in causes and words. May be said anew until the ticket is archived.

    Raises RuleBroken without a cause or words, StaleState. Writes TicketStep, AuditEvent ticket.analysed.
    """
    words = _words(words, "写一写为什么没办成，卡在哪条规定、哪个环节。")
    if not causes:
        raise RuleBroken(gettext("没有保存：至少选一个原因。您写的还在。"), code="no_cause", field="causes")
    stage = Stage.ANALYSED if ticket.stage == Stage.REGISTERED else ticket.stage
    ticket_swap(ticket, lock_version=lock_version, stage=stage)
    ticket.causes.set(causes)
    _step(ticket, Stage.ANALYSED, words, actor)
    record(Action.TICKET_ANALYSED, ticket, actor=actor, after={"causes": [cause.name for cause in causes]})
    return ticket


@transaction.atomic
def ticket_evaluate(ticket: Ticket, *, words: str, lock_version: int, actor: User) -> Ticket:
    """跟踪评估: what came of it. Raises RuleBroken without words or before the analysis, StaleState.

    Writes TicketStep, AuditEvent ticket.evaluated.
    """
    words = _words(words, "写一写后来怎样：办成没有，群众满意不满意，还会不会再出。")
    if ticket.stage == Stage.REGISTERED:
        raise RuleBroken(
            gettext("没有保存：还没有分析研判。先写原因，再评估。您写的还在。"), code="no_analysis", field="words"
        )
    ticket_swap(ticket, lock_version=lock_version, stage=Stage.EVALUATED)
    _step(ticket, Stage.EVALUATED, words, actor)
    record(Action.TICKET_EVALUATED, ticket, actor=actor)
    return ticket


def missing_for_archive(ticket: Ticket) -> list[str]:
    """What an archived ticket must have and this one has not, in words (B1). 2 queries."""
    with_words = set(ticket.steps.exclude(sealed_words="").values_list("stage", flat=True))
    missing = []
    if Stage.ANALYSED not in with_words or not ticket.causes.exists():
        missing.append("分析研判（原因）")
    if Stage.EVALUATED not in with_words:
        missing.append("跟踪评估（成效）")
    if ticket.settled_at and not ticket.fed_back_at:
        missing.append(NO_FEEDBACK)
    return missing


@transaction.atomic
def ticket_archive(
    ticket: Ticket, *, lock_version: int, actor: User, words: str = "", now: dt.datetime | None = None
) -> Ticket:
    """备案归档: nothing is changed any more, and the days until its content is deleted begin to count.

    Raises RuleBroken naming what is missing, StaleState. Writes TicketStep, AuditEvent ticket.archived.
    """
    if missing := missing_for_archive(ticket):
        raise RuleBroken(
            gettext("没有归档，还缺：{names}。补上再归档。").format(names="、".join(missing)),
            code="incomplete",
            field="archive",
        )
    now = now or clock.now()
    ticket_swap(ticket, lock_version=lock_version, stage=Stage.ARCHIVED, archived_at=now)
    _step(ticket, Stage.ARCHIVED, text_of(words)[:WORDS_LENGTH], actor)
    record(Action.TICKET_ARCHIVED, ticket, actor=actor)
    return ticket


@transaction.atomic
def ticket_text_shown(ticket: Ticket, *, actor: User) -> str:
    """The text, for somebody who asked to see it. Raises SealedForGood, and then records nothing.

    Writes AuditEvent ticket.text_shown (GB/T 22239-2019: views of source tickets).
    """
    text = ticket.text
    record(Action.TICKET_TEXT_SHOWN, ticket, actor=actor)
    return text


@transaction.atomic
def ticket_take(ticket: Ticket, *, actor: User, on: dt.date) -> DraftFacts:
    """What a draft may begin with (`drafting.draft_facts`), for an editor who writes one from this ticket.

    Raises SealedForGood, NotVisible where its content was deleted. Writes Ticket.drafted_at, AuditEvent ticket.drafted.
    """
    if ticket.pruned_at:
        raise NotVisible(gettext("来源工单已按期删除，没有内容可以用。"))
    facts = draft_facts(ticket, ticket.entries.all(), on=on)
    ticket.drafted_at = ticket.drafted_at or clock.now()
    Ticket.objects.filter(pk=ticket.pk).update(drafted_at=ticket.drafted_at)
    record(Action.TICKET_DRAFTED, ticket, actor=actor, after={"replaced": len(facts.replaced)})
    return facts


def ticket_swap(ticket: Ticket, *, lock_version: int, **values: Any) -> None:
    """Compare-and-swap, a part of what is recorded; archived and emptied tickets are not written. Raises StaleState."""
    open_rows = Ticket.objects.filter(~Q(stage=Stage.ARCHIVED), pk=ticket.pk, lock_version=lock_version)
    changed = open_rows.update(lock_version=F("lock_version") + 1, **values)
    ticket.refresh_from_db()
    if changed:
        return
    if ticket.is_archived:
        raise StaleState(gettext("这件工单已经归档，没有再改动。您写的还在这一页里。"))
    raise StaleState(STALE)


def _lock_open(ticket: Ticket) -> None:
    stage = Ticket.objects.select_for_update().values_list("stage", flat=True).get(pk=ticket.pk)
    if stage == Stage.ARCHIVED:
        raise RuleBroken(gettext("这件工单已经归档，经过没有改动。"), code="archived", field="what")


def _step(ticket: Ticket, stage: Stage, words: str, actor: User) -> None:
    values = {"at": clock.now(), "by": actor, "by_name": str(actor)[:64], "sealed_words": seal(words)}
    TicketStep.objects.update_or_create(ticket=ticket, stage=stage, defaults=values)


def _words(typed: str, wanted: str) -> str:
    words = text_of(typed)
    if not words:
        raise RuleBroken(gettext("没有保存：{wanted}").format(wanted=wanted), code="empty", field="words")
    if len(words) > WORDS_LENGTH:
        raise RuleBroken(
            gettext("没有保存：最多 {words_length:,} 个字，现在 {count:,} 个。您写的还在。").format(
                words_length=WORDS_LENGTH, count=len(words)
            ),
            code="too_long",
            field="words",
        )
    return words


def _title(facts: TicketFacts, neutral: Neutraliser) -> str:
    """The title that was typed, else the beginning of the problem; without personal data either way."""
    if facts.title:
        return _open_words(neutral, facts.title, Ticket, "title")
    if not facts.text:
        return ""
    return title_of(facts.text, received_on=facts.received_on)[:TITLE_LENGTH]


def _open_words(neutral: Neutraliser, text: str, model: type, field: str, *, is_role: bool = False) -> str:
    """Words that are stored in the open: without personal data, and no longer than their column."""
    words = neutral.role(text, where="") if is_role else neutral.of(text, where="")
    return words[: model._meta.get_field(field).max_length]
