"""Answers to a gap beside those of `services`: with words, by the precedent that was drafted from it, by a consultation."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import RuleBroken
from caselib.core.text import clean
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.search.models import KnowledgeGap
from caselib.search.questions import kept_note, kept_words

from .access import may_tend
from .services import gap_settled

State = KnowledgeGap.State
LONGEST_ANSWER = 2_000
LONGEST_BASIS = 500


@transaction.atomic
def gap_answer(
    gap: KnowledgeGap, *, words: str, basis: str, scope: ViewerScope, now: dt.datetime | None = None
) -> KnowledgeGap:
    """Answers with words, which are no precedent and say what they rest on. Both are masked.

    Raises RuleBroken where one of them is missing or too long, StaleState if somebody closed or took it first, NotAllowed.
    Writes AuditEvent gap.closed.
    """
    may_tend(scope).require()
    for field, text, longest, name in (
        ("answer", words, LONGEST_ANSWER, "答复"),
        ("basis", basis, LONGEST_BASIS, "依据"),
    ):
        if not clean(text).strip():
            raise RuleBroken(gettext("没有答复：还没有写{name}。").format(name=name), code="required", field=field)
        if len(text) > longest:
            raise RuleBroken(
                gettext("没有答复：{name}最多 {longest:,} 个字，现在 {count:,} 个。写的还在。").format(
                    name=name, longest=longest, count=len(text)
                ),
                code="too_long",
                field=field,
            )
    answer = {"answer": kept_words(words)[:LONGEST_ANSWER], "basis": kept_note(basis, longest=LONGEST_BASIS)}
    return gap_settled(gap, State.WORDS, scope=scope, now=now, **answer)


@transaction.atomic
def gap_concluded(
    gap: KnowledgeGap, *, words: str, basis: str, actor: User | None, now: dt.datetime | None = None
) -> KnowledgeGap | None:
    """Answers an open gap with the conclusion of a consultation (masked already), whoever took it; None where it is not open.

    What was joined into another answers there. Call it in the transaction of the conclusion. Writes AuditEvent gap.closed.
    """
    key = gap.joined_into_id or gap.pk
    closed = KnowledgeGap.objects.filter(pk=key, state=State.OPEN).update(
        state=State.WORDS,
        answer=words[:LONGEST_ANSWER],
        basis=basis[:LONGEST_BASIS],
        closed_at=now or clock.now(),
        closed_by=actor,
    )
    if not closed:
        return None
    found = KnowledgeGap.objects.get(pk=key)
    after = {"state": State.WORDS, "answer": found.answer, "basis": found.basis, "by": "consultation"}
    record(Action.GAP_CLOSED, found, actor=actor, before={"state": State.OPEN}, after=after)
    return found


def gaps_of_draft(precedent: Precedent) -> list[KnowledgeGap]:
    """The gaps that this precedent was begun from and does not answer yet, held until the transaction ends; a gap that was
    joined meanwhile is answered where it went. 1 query.

    Call it before the approval: who closes a gap holds it before the trail.
    """
    joined = KnowledgeGap.objects.filter(draft=precedent, joined_into__isnull=False).order_by()
    begun = Q(draft=precedent) | Q(pk__in=joined.values("joined_into"))
    waiting = Q(state__in=(State.OPEN, State.WORDS)) & begun
    return list(KnowledgeGap.objects.select_for_update().filter(waiting).order_by("pk"))


def gaps_answered(
    gaps: Sequence[KnowledgeGap], *, by: Precedent, actor: User | None, now: dt.datetime | None = None
) -> None:
    """Closes the gaps (of `gaps_of_draft`) as answered by the precedent that was just published. Writes AuditEvent gap.closed."""
    for gap in gaps:
        before = {"state": gap.state}
        gap.state, gap.answered_by, gap.closed_at, gap.closed_by = State.ANSWERED, by, now or clock.now(), actor
        gap.save(update_fields=["state", "answered_by", "closed_at", "closed_by"])
        record(Action.GAP_CLOSED, gap, actor=actor, before=before, after={"state": gap.state, "precedent": by.number})
