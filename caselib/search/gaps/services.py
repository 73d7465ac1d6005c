"""Writes of knowledge gaps: filing with one click, and closing with a precedent or a reason."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.catalog.models import Matter
from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.core.text import clean, library_numbers
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.selectors import visible_precedent
from caselib.precedents.visibility import FINDABLE
from caselib.search.models import KnowledgeGap, KnowledgeGapFiling
from caselib.search.questions import kept_note, kept_question

from .access import may_file, may_tend

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
    """`is_new`: whether this filing counted; False where the same person had filed the open gap before."""

    gap: KnowledgeGap
    is_new: bool
    is_cut: bool


def gap_question(typed: str) -> GapQuestion:
    """What `gap_file` would store of this text; never fails. Where it is cut it ends with …"""
    kept = kept_question(typed)
    text = kept.text[:-1].rstrip() + "…" if kept.is_cut else kept.text
    return GapQuestion(text=text, key=kept.key, is_cut=kept.is_cut)


@transaction.atomic
def gap_file(
    question: str, *, scope: ViewerScope, matter: Matter | None = None, now: dt.datetime | None = None
) -> Filed:
    """Files the question, masked. The same open question is the same gap; a person counts once for each gap.

    Raises RuleBroken for no words and for more than 20,000 characters, NotAllowed for who is in no department.
    Writes KnowledgeGap, KnowledgeGapFiling, AuditEvent gap.filed; nothing where the same person filed it before.
    """
    may_file(scope).require()
    now = now or clock.now()
    if len(question) > MOST_TYPED:
        raise RuleBroken(
            f"问题太长了，最多 {MOST_TYPED} 个字。没有记下，把卡在哪儿写短些再记。", code="too_long", field="q"
        )
    asked = gap_question(question)
    if not asked.text:
        raise RuleBroken(
            "没有写问题，没有记下。先写群众要办什么、卡在哪儿，再点“记为知识缺口”。", code="empty", field="q"
        )
    # Twice, because an editor may close the gap between finding it and counting the filing.
    for _ in range(2):
        gap = _open_gap(asked, matter, now)
        _, is_new = KnowledgeGapFiling.objects.get_or_create(
            gap=gap, user_id=scope.user_id, defaults={"department_id": scope.home_department_id, "at": now}
        )
        if not is_new:
            return Filed(gap, is_new=False, is_cut=asked.is_cut)
        counted = KnowledgeGap.objects.filter(pk=gap.pk, state=KnowledgeGap.State.OPEN).update(
            times=F("times") + 1, last_filed_at=now
        )
        if counted:
            gap.refresh_from_db()
            actor = User.objects.get(pk=scope.user_id)
            record(Action.GAP_FILED, gap, actor=actor, after={"times": gap.times})
            return Filed(gap, is_new=True, is_cut=asked.is_cut)
        KnowledgeGapFiling.objects.filter(gap=gap, user_id=scope.user_id).delete()
    raise StaleState("同一个问题刚刚有人处理，没有记上。再点一次。")


def _open_gap(asked: GapQuestion, matter: Matter | None, now: dt.datetime) -> KnowledgeGap:
    """The open gap of that question, made where there is none. The database keeps two from being made at once."""
    gap, _ = KnowledgeGap.objects.get_or_create(
        question_key=asked.key,
        state=KnowledgeGap.State.OPEN,
        defaults={"question": asked.text, "matter": matter, "filed_at": now, "last_filed_at": now},
    )
    return gap


@transaction.atomic
def gap_close(
    gap: KnowledgeGap, *, scope: ViewerScope, number: str = "", reason: str = "", now: dt.datetime | None = None
) -> KnowledgeGap:
    """Closes an open gap: answered by the precedent with that library number, or without one declined with a reason.

    The reason is masked. Raises RuleBroken for neither, both or an unusable one; StaleState if somebody closed it first; NotAllowed.
    Writes AuditEvent gap.closed.
    """
    may_tend(scope).require()
    reason = " ".join(clean(reason).split())
    precedent = _answer(number, scope) if number.strip() else None
    if precedent is None and not reason:
        raise RuleBroken("没有处理：写上能照着办的案例编号，或者写明为什么不收。", code="no_answer", field="number")
    if len(reason) > LONGEST_REASON:
        raise RuleBroken(
            f"没有处理：理由最多 {LONGEST_REASON} 个字，现在 {len(reason)} 个。", code="too_long", field="reason"
        )
    reason = kept_note(reason, longest=LONGEST_REASON)
    state = KnowledgeGap.State.ANSWERED if precedent else KnowledgeGap.State.DECLINED
    closed = KnowledgeGap.objects.filter(pk=gap.pk, state=KnowledgeGap.State.OPEN).update(
        state=state, answered_by=precedent, reason=reason, closed_at=now or clock.now(), closed_by=scope.user_id
    )
    if not closed:
        raise StaleState(STALE)
    gap.refresh_from_db()
    after = {"state": state, "precedent": precedent.number if precedent else "", "reason": reason}
    record(Action.GAP_CLOSED, gap, actor=gap.closed_by, before={"state": KnowledgeGap.State.OPEN}, after=after)
    return gap


def _answer(number: str, scope: ViewerScope) -> Precedent:
    """The precedent of that library number, in any spelling of it, if people may follow it."""
    found = library_numbers(number)
    if len(found) != 1:
        raise RuleBroken("没有处理：案例编号要写全，比如 310109-2026-D03-0023。", code="bad_number", field="number")
    try:
        precedent = visible_precedent(scope, number=found[0])
    except NotVisible as error:
        raise RuleBroken(
            f"没有处理：没有找到编号 {found[0]} 的案例，看看有没有抄错。", code="unknown_number", field="number"
        ) from error
    if precedent.status not in FINDABLE:
        raise RuleBroken("没有处理：这个案例没有发布或者已经出库，不能照着办。", code="not_in_use", field="number")
    return precedent


def gaps_moved(matter: Matter, *, into: Matter) -> None:
    """Puts the gaps of one matter under the one that took its place. Call it in the transaction of the merge."""
    KnowledgeGap.objects.filter(matter=matter).update(matter=into)
