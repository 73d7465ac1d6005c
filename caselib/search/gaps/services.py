"""Writes of knowledge gaps: filing with one click, and closing with a precedent or a reason."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.catalog.models import Matter
from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.core.text import clean, library_numbers
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.orgs.services import user_asked
from caselib.precedents.models import Precedent
from caselib.precedents.selectors import visible_precedent
from caselib.precedents.visibility import FINDABLE
from caselib.search.models import KnowledgeGap, KnowledgeGapFiling, Urgency
from caselib.search.questions import kept_note, kept_question
from caselib.search.urgency import due_on, is_more_urgent, urgency_of

from .access import may_file, may_tend
from .meaning import matters_meant

# As much as search by case takes; more is no question.
MOST_TYPED = 20_000
LONGEST_REASON = 300
STALE = "这条知识缺口刚刚有人处理过了。没有改动它，刷新看看。"


@dataclass(frozen=True, slots=True)
class GapQuestion:
    """What would be stored of a question: `text` at most 300 characters, without personal data; empty for no words.

    `key`: by which the same questions are one gap.
    """

    text: str
    key: str
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Filed:
    """`is_new`: whether this filing counted; False where the same person had filed the open gap before. `is_hurried`: whether
    that person only said now that it is more urgent."""

    gap: KnowledgeGap
    is_new: bool
    is_cut: bool
    is_hurried: bool = False


def gap_question(typed: str) -> GapQuestion:
    """What `gap_file` would store of this text; never fails. Where it is cut it ends with …"""
    kept = kept_question(typed)
    text = kept.text[:-1].rstrip() + "…" if kept.is_cut else kept.text
    return GapQuestion(text=text, key=kept.key, is_cut=kept.is_cut)


@transaction.atomic
def gap_file(
    question: str,
    *,
    scope: ViewerScope,
    matter: Matter | None = None,
    urgency: str = Urgency.NORMAL,
    now: dt.datetime | None = None,
) -> Filed:
    """Files the question, masked. The same open question is the same gap; a person counts once for each gap.

    `matter`: the one that was picked; without one a new gap gets the one that the question names, if any. `urgency`: normal,
    soon or waiting; the most urgent filing says by when the gap is due. Who files again only makes it more urgent.

    Raises RuleBroken for no words and for more than 20,000 characters, NotAllowed for who is in no department.
    Writes KnowledgeGap, KnowledgeGapFiling, AuditEvent gap.filed; nothing where the same person filed it as urgently before.
    """
    may_file(scope).require()
    now, urgency = now or clock.now(), urgency_of(urgency)
    asked = _asked(question)
    # Twice, because an editor may close the gap between finding it and holding it.
    for _ in range(2):
        gap = KnowledgeGap.objects.select_for_update().get(pk=_open_gap(asked, matter, urgency, now).pk)
        if gap.state == KnowledgeGap.State.OPEN:
            break
    else:
        raise StaleState(gettext("同一个问题刚刚有人处理，没有记上。再点一次。"))
    return _filed(gap, asked, scope=scope, matter=matter, urgency=urgency, now=now)


def _filed(
    gap: KnowledgeGap,
    asked: GapQuestion,
    *,
    scope: ViewerScope,
    matter: Matter | None,
    urgency: Urgency,
    now: dt.datetime,
) -> Filed:
    """Counts a filing of an open gap that the caller holds."""
    before = KnowledgeGapFiling.objects.filter(of_group(gap), user=scope.user_id).first()
    if before is None:
        KnowledgeGapFiling.objects.create(
            gap=gap,
            user_id=scope.user_id,
            department_id=scope.home_department_id,
            question="" if asked.text == gap.question else asked.text,
            urgency=urgency,
            at=now,
        )
        gap.times, gap.last_filed_at = gap.times + 1, now
        user_asked(scope.user_id)
    elif is_more_urgent(urgency, before.urgency):
        KnowledgeGapFiling.objects.filter(pk=before.pk).update(urgency=urgency)
    else:
        return Filed(gap, is_new=False, is_cut=asked.is_cut)
    _counted(gap, matter, urgency, now)
    after = {"times": gap.times, "urgency": str(urgency)}
    record(Action.GAP_FILED, gap, actor=User.objects.get(pk=scope.user_id), after=after)
    return Filed(gap, is_new=before is None, is_cut=asked.is_cut, is_hurried=before is not None)


def _asked(question: str) -> GapQuestion:
    if len(question) > MOST_TYPED:
        raise RuleBroken(
            gettext("问题太长了，最多 {most_typed} 个字。没有记下，把卡在哪儿写短些再记。").format(
                most_typed=MOST_TYPED
            ),
            code="too_long",
            field="q",
        )
    asked = gap_question(question)
    if not asked.text:
        raise RuleBroken(
            gettext("没有写问题，没有记下。先写群众要办什么、卡在哪儿，再点“记为知识缺口”。"), code="empty", field="q"
        )
    return asked


def of_group(gap: KnowledgeGap) -> Q:
    """Filings of the gap and of those that were joined into it."""
    return Q(gap=gap) | Q(gap__joined_into=gap)


def _counted(gap: KnowledgeGap, matter: Matter | None, urgency: Urgency, now: dt.datetime) -> None:
    """Stores what a filing changes of its gap, which the caller holds."""
    if is_more_urgent(urgency, gap.urgency):
        gap.urgency = urgency
    due = due_on(urgency, asked_at=now)
    gap.due_on = min(gap.due_on, due) if gap.due_on else due
    gap.matter = gap.matter or matter
    gap.save(update_fields=["times", "last_filed_at", "urgency", "due_on", "matter"])


def _open_gap(asked: GapQuestion, matter: Matter | None, urgency: Urgency, now: dt.datetime) -> KnowledgeGap:
    """The open gap of that question or the one that it was joined into, made where there is none. The database keeps two
    from being made at once."""
    rows = KnowledgeGap.objects.filter(question_key=asked.key)
    if found := rows.filter(state=KnowledgeGap.State.OPEN).first():
        return found
    joined = rows.filter(state=KnowledgeGap.State.JOINED, joined_into__state=KnowledgeGap.State.OPEN)
    if found := joined.select_related("joined_into").first():
        return found.joined_into
    gap, _ = KnowledgeGap.objects.get_or_create(
        question_key=asked.key,
        state=KnowledgeGap.State.OPEN,
        defaults={
            "question": asked.text,
            "matter": matter or matters_meant([asked.text])[0],
            "urgency": urgency,
            "filed_at": now,
            "last_filed_at": now,
        },
    )
    return gap


@transaction.atomic
def gap_close(
    gap: KnowledgeGap, *, scope: ViewerScope, number: str = "", reason: str = "", now: dt.datetime | None = None
) -> KnowledgeGap:
    """Closes an open gap: answered by the precedent with that library number, or without one declined with a reason.

    The reason is masked. Raises RuleBroken for neither or an unusable one; StaleState if somebody closed or took it first; NotAllowed.
    Writes AuditEvent gap.closed.
    """
    may_tend(scope).require()
    reason = " ".join(clean(reason).split())
    precedent = _answer(number, scope) if number.strip() else None
    if precedent is None and not reason:
        raise RuleBroken(
            gettext("没有处理：写上能照着办的案例编号，或者写明为什么不收。"), code="no_answer", field="number"
        )
    if len(reason) > LONGEST_REASON:
        raise RuleBroken(
            gettext("没有处理：理由最多 {longest_reason} 个字，现在 {count} 个。").format(
                longest_reason=LONGEST_REASON, count=len(reason)
            ),
            code="too_long",
            field="reason",
        )
    reason = kept_note(reason, longest=LONGEST_REASON)
    state = KnowledgeGap.State.ANSWERED if precedent else KnowledgeGap.State.DECLINED
    return gap_settled(gap, state, scope=scope, now=now, answered_by=precedent, reason=reason)


def gap_settled(
    gap: KnowledgeGap, state: KnowledgeGap.State, *, scope: ViewerScope, now: dt.datetime | None, **values: Any
) -> KnowledgeGap:
    """Closes an open gap that nobody else took, by compare-and-swap. Part of the deeds that close.

    Raises StaleState with what became of it. Writes AuditEvent gap.closed.
    """
    free = Q(taken_by=None) | Q(taken_by=scope.user_id)
    closed = KnowledgeGap.objects.filter(free, pk=gap.pk, state=KnowledgeGap.State.OPEN).update(
        state=state, closed_at=now or clock.now(), closed_by=scope.user_id, **values
    )
    gap.refresh_from_db()
    if not closed:
        raise StaleState(why_stale(gap))
    precedent = gap.answered_by
    after = {"state": state, "precedent": precedent.number if precedent else "", "reason": gap.reason}
    after |= {"answer": gap.answer, "basis": gap.basis} if gap.answer else {}
    record(Action.GAP_CLOSED, gap, actor=gap.closed_by, before={"state": KnowledgeGap.State.OPEN}, after=after)
    return gap


def why_stale(gap: KnowledgeGap) -> str:
    """Why an editor comes too late, for who wanted to work on it."""
    if gap.state == KnowledgeGap.State.OPEN:
        return f"{gap.taken_by_name} 正在处理这一条，没有改动。先和他说一声，等他放手再来。"
    return STALE


def _answer(number: str, scope: ViewerScope) -> Precedent:
    """The precedent of that library number, in any spelling of it, if people may follow it."""
    found = library_numbers(number)
    if len(found) != 1:
        raise RuleBroken(
            gettext("没有处理：案例编号要写全，比如 310109-2026-D03-0023。"), code="bad_number", field="number"
        )
    try:
        precedent = visible_precedent(scope, number=found[0])
    except NotVisible as error:
        raise RuleBroken(
            gettext("没有处理：没有找到编号 {found} 的案例，看看有没有抄错。").format(found=found[0]),
            code="unknown_number",
            field="number",
        ) from error
    # Held, so that it does not go out of use meanwhile; before the gap, as everybody does.
    held = Precedent.objects.select_for_update(of=("self",)).get(pk=precedent.pk)
    if held.status not in FINDABLE:
        raise RuleBroken(
            gettext("没有处理：这个案例没有发布或者已经出库，不能照着办。"), code="not_in_use", field="number"
        )
    return held


def gaps_moved(matter: Matter, *, into: Matter) -> None:
    """Puts the gaps of one matter under the one that took its place. Call it in the transaction of the merge."""
    KnowledgeGap.objects.filter(matter=matter).update(matter=into)
