"""Decisions about a submitted text: sent back, turned down, or approved and thereby published."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.marks import mark_dirty
from caselib.core.personal_data import Severity, mask
from caselib.core.text import clean
from caselib.orgs.models import User

from . import workflow
from .content import RevisionContent, content_of
from .keeping import precedent_retire
from .models import Precedent, ResultType, ReviewDecision, Revision, RevisionState, Significance, Tier
from .numbers import next_numbers
from .privacy import Hit, hits_of, refuse_personal
from .sections import sections_of
from .services import REVERIFY_AFTER, TOPIC, browse_columns, name_of, refuse_retired, set_status
from .visibility import FINDABLE, PrecedentStatus
from .withholding import CLEARED, status_on_view
from .workflow import Deed

Verdict = ReviewDecision.Verdict
COMMENT_LENGTH = ReviewDecision._meta.get_field("comment").max_length
# A substantial change asks for a fresh check against what the text cites: by then.
REVERIFY_SOON = dt.timedelta(days=30)


@transaction.atomic
def revision_return(
    revision: Revision,
    *,
    lock_version: int,
    reviewer: User,
    digest_seen: str,
    comment: str,
    now: dt.datetime | None = None,
) -> Revision:
    """Asks the author for changes; the same decision again changes nothing.

    Raises RuleBroken without a comment and StaleState like `revision_approve`. Writes ReviewDecision, AuditEvent.
    """
    if _is_again(revision, Deed.RETURN, lock_version, reviewer, digest_seen):
        return revision
    return _decide(revision, Deed.RETURN, lock_version, reviewer, comment, now or clock.now())


@transaction.atomic
def revision_reject(
    revision: Revision,
    *,
    lock_version: int,
    reviewer: User,
    digest_seen: str,
    comment: str,
    now: dt.datetime | None = None,
) -> Revision:
    """Turns the text down for good; the same decision again changes nothing.

    Raises RuleBroken without a comment and StaleState like `revision_approve`. Writes ReviewDecision, AuditEvent.
    """
    if _is_again(revision, Deed.REJECT, lock_version, reviewer, digest_seen):
        return revision
    return _decide(revision, Deed.REJECT, lock_version, reviewer, comment, now or clock.now())


@transaction.atomic
def revision_approve(
    revision: Revision,
    *,
    lock_version: int,
    reviewer: User,
    digest_seen: str,
    comment: str,
    significance: str = Significance.SUBSTANTIAL,
    warnings_seen: str = "",
    now: dt.datetime | None = None,
) -> Precedent:
    """Approves the text that was read and makes it the live one, with a permanent number at the first time.

    `significance`: what the reviewer takes the change for; the first text of a precedent is always the first. A small
    change moves no date and tells nobody; a substantial one is to be verified within `REVERIFY_SOON`. Open points stay
    open until somebody verifies the new text against them. The precedent that the text names as superseded goes out of use.
    `warnings_seen`: `warnings_mark` of what the privacy gate warned of and the reviewer looked at, empty for nothing.
    The same decision again changes nothing and returns what the first one made.

    Raises RuleBroken when the reviewer wrote or edited it, it holds personal data, warnings were not looked at, or the
    precedent was retired, or withheld after the text was submitted; StaleState when the text is not the one that was
    read or somebody decided first.
    Writes ReviewDecision, AuditEvent precedent.revision_approved; marks the index dirty.
    """
    now = now or clock.now()
    if _is_again(revision, Deed.APPROVE, lock_version, reviewer, digest_seen):
        return Precedent.objects.get(pk=revision.precedent_id)
    significance = _significance(revision, significance)
    content = content_of(revision)
    refuse_personal(content, precedent=revision.precedent)
    told = {"significance": str(significance)} | _warned(content, revision.precedent, seen=warnings_seen)
    _decide(revision, Deed.APPROVE, lock_version, reviewer, comment, now, significance=significance, told=told)
    precedent = _published(revision, significance=significance, now=now)
    if content.supersedes is not None:
        _retire_superseded(content.supersedes, precedent, reviewer=reviewer)
    mark_dirty(TOPIC, [precedent.pk])
    return precedent


def warnings_among(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """What does not stop a text and a person has to look at; what two people let through is not asked about again."""
    return tuple(hit for hit in hits if hit.finding.severity == Severity.WARN and not hit.is_allowed)


def warnings_mark(hits: Iterable[Hit]) -> str:
    """What stands for the warnings among these: it differs when one comes or goes. Empty without any."""
    marks = sorted(f"{hit.place.field} {hit.finding.kind.value} {hit.mark}" for hit in warnings_among(hits))
    return hashlib.sha256("\n".join(marks).encode()).hexdigest() if marks else ""


def _warned(content: RevisionContent, precedent: Precedent, *, seen: str) -> dict[str, Any]:
    """What the event says of warnings that the reviewer looked at: how many of which kind, never the words."""
    warned = warnings_among(hits_of(content, precedent=precedent))
    if warned and not seen:
        message = f"个人信息有 {len(warned)} 处提醒，看过、认不出是谁，打上勾再通过；认得出就退回让作者改。"
        raise RuleBroken(message, code="warnings_unseen", field="warnings")
    if seen != warnings_mark(warned):
        raise StaleState(gettext("个人信息的提醒和您看的时候不一样了，没有作出决定。重新看一遍再定。"))
    return {"warnings_seen": dict(Counter(hit.finding.kind.value for hit in warned))} if warned else {}


def _significance(revision: Revision, wanted: str) -> Significance:
    """Raises RuleBroken for what is none; the first text that is published is always the first."""
    if revision.precedent.live_revision_id is None:
        return Significance.FIRST
    if wanted not in (Significance.MINOR, Significance.SUBSTANTIAL):
        raise RuleBroken(gettext("选一个：小改还是实质改动。"), code="required", field="significance")
    return Significance(wanted)


def _published(revision: Revision, *, significance: Significance, now: dt.datetime) -> Precedent:
    """The precedent with this text in the place of the one that was live. Raises RuleBroken when it was retired."""
    found = Precedent.objects.select_for_update(of=("self",)).select_related("live_revision")
    precedent = found.get(pk=revision.precedent_id)
    refuse_retired(precedent)
    _refuse_older_than_withheld(precedent, revision)
    if (old := precedent.live_revision) is not None:
        workflow.apply(old, Deed.SUPERSEDE, lock_version=old.lock_version)
    _make_live(precedent, revision, significance=significance, now=now)
    return precedent


def is_older_than_withheld(precedent: Precedent, revision: Revision) -> bool:
    """Whether the precedent was taken off view after this text was submitted: it was not written to mend what was found."""
    at, submitted_at = precedent.withheld_at, revision.submitted_at
    return at is not None and submitted_at is not None and submitted_at <= at


def _refuse_older_than_withheld(precedent: Precedent, revision: Revision) -> None:
    if is_older_than_withheld(precedent, revision):
        message = "这一版提交以后，案例被紧急下架了，没有通过。先退回，作者改掉下架的原因、再提交，通过后重新上架。"
        raise RuleBroken(message, code="withheld", field="verdict")


def _make_live(precedent: Precedent, revision: Revision, *, significance: Significance, now: dt.datetime) -> None:
    today = clock.day_of(now)
    precedent.live_revision = revision
    if precedent.number is None:
        precedent.number = next_numbers(precedent.owner_department, year=today.year, count=1)[0]
    precedent.status = status_on_view(precedent, on=today)
    precedent.published_at = precedent.published_at or now
    # A typo set right must not make an old text look fresh.
    if significance is not Significance.MINOR:
        precedent.changed_at = now
        precedent.reverify_due_on = today + (REVERIFY_AFTER if significance is Significance.FIRST else REVERIFY_SOON)
    if revision.result_type == ResultType.UNSOLVED:
        # What nobody could solve is no example, whoever conferred it before.
        precedent.tier, precedent.tier_conferred_by, precedent.tier_conferred_on = Tier.REFERENCE, "", None
    precedent.lock_version += 1
    for name, value in (browse_columns(revision) | CLEARED).items():
        setattr(precedent, name, value)
    precedent.save()


def _retire_superseded(superseded: Precedent, successor: Precedent, *, reviewer: User) -> None:
    """Takes the other one out of use, unless somebody did already."""
    if Precedent.objects.filter(pk=superseded.pk, status__in=FINDABLE).exists():
        reason = f"由 {successor.number} 代替。"
        precedent_retire(superseded, reason=reason, actor=reviewer, successor=successor)


def _is_again(revision: Revision, deed: Deed, lock_version: int, reviewer: User, digest_seen: str) -> bool:
    """Whether the reviewer has decided just this about this text already: the second of two clicks.

    Who decides about one precedent waits for each other here. Raises RuleBroken when the reviewer wrote or edited the
    text, StaleState when it is not the one that was read any more, saying what became of it. 2 queries, 3 when it moved.
    """
    Precedent.objects.select_for_update(of=("self",)).only("pk").get(pk=revision.precedent_id)
    found = Revision.objects.get(pk=revision.pk)
    if reviewer.pk in (found.author_id, found.last_editor_id):
        raise RuleBroken(gettext("这一版是您写的或改的，要由另一个人审核。"), code="four_eyes", field="reviewer")
    if found.lock_version != lock_version or revision.lock_version != lock_version:
        last = found.decisions.last()
        if last is not None and _is_repeat(found, last, deed, lock_version, reviewer, digest_seen):
            return True
        raise StaleState(what_became_of(found, last))
    if digest_seen != found.content_digest:
        raise StaleState(gettext("您看的不是最新的文字，没有作出决定。重新打开看一遍再定。"))
    return False


def _is_repeat(
    found: Revision, last: ReviewDecision, deed: Deed, lock_version: int, reviewer: User, digest_seen: str
) -> bool:
    said = (last.reviewer_id, last.verdict, last.digest_seen)
    if said != (reviewer.pk, _DECISIONS[deed][0], digest_seen):
        return False
    # A text is approved once; one that was sent back may have come again, and then it is another decision.
    return deed is Deed.APPROVE or found.lock_version == lock_version + 1


def what_became_of(revision: Revision, last: ReviewDecision | None) -> str:
    """Why a decision comes too late, for who wanted to take it. `last`: the last decision about the text, if any."""
    state = RevisionState(revision.state)
    if state is RevisionState.SUBMITTED:
        return "您看的时候作者撤回改过，又提交了一次。没有作出决定，重新看一遍再定。"
    if state is RevisionState.DRAFT or last is None:
        return "作者把这一版撤回去了。没有作出决定，等他再提交。"
    if state is RevisionState.WITHDRAWN:
        return "作者不要这一版了。没有作出决定。"
    at = timezone.localtime(last.at)
    return f"{last.reviewer_name} {at:%m-%d %H:%M} 已经定了：{Verdict(last.verdict).label}。"


_DECISIONS = {
    Deed.APPROVE: (Verdict.APPROVE, Action.REVISION_APPROVED),
    Deed.RETURN: (Verdict.RETURN, Action.REVISION_RETURNED),
    Deed.REJECT: (Verdict.REJECT, Action.REVISION_REJECTED),
}


def _decide(
    revision: Revision,
    deed: Deed,
    lock_version: int,
    reviewer: User,
    comment: str,
    now: dt.datetime,
    *,
    significance: str = "",
    told: dict[str, Any] | None = None,
) -> Revision:
    """One decision after `_is_again`: compare-and-swap, ReviewDecision, AuditEvent. `told`: what the event says besides."""
    comment = _comment(comment)
    changes: dict[str, Any] = {"decided_at": now}
    if deed is Deed.APPROVE:
        changes["approved_by"] = reviewer
    workflow.apply(revision, deed, lock_version=lock_version, **changes)
    verdict, action = _DECISIONS[deed]
    ReviewDecision.objects.create(
        revision=revision,
        reviewer=reviewer,
        reviewer_name=name_of(reviewer),
        verdict=verdict,
        comment=comment,
        digest_seen=revision.content_digest,
        content_seen={section.field: section.lines for section in sections_of(content_of(revision))},
        significance=significance,
        at=now,
    )
    if revision.state in (RevisionState.CHANGES_REQUESTED, RevisionState.REJECTED):
        set_status(revision.precedent, PrecedentStatus.DRAFT, only_from=(PrecedentStatus.IN_REVIEW,))
    record(
        action, revision, actor=reviewer, after={"digest": revision.content_digest, "comment": comment} | (told or {})
    )
    return revision


def _comment(text: str) -> str:
    """Why, as it is stored, without personal data. Raises RuleBroken when it is missing or too long."""
    comment = mask(clean(text).strip())
    if not comment:
        raise RuleBroken(gettext("写一句为什么，作者和以后的人才知道。"), code="required", field="comment")
    if len(comment) > COMMENT_LENGTH:
        message = f"理由最多 {COMMENT_LENGTH} 字，现在 {len(comment)} 字。"
        raise RuleBroken(message, code="too_long", field="comment")
    return comment
