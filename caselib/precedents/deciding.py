"""Decisions about a submitted text: sent back, turned down, or approved and thereby published."""

import datetime as dt
from typing import Any

from django.db import transaction

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.marks import mark_dirty
from caselib.core.personal_data import mask
from caselib.core.text import clean
from caselib.orgs.models import User

from . import workflow
from .content import content_of
from .keeping import precedent_retire
from .models import Precedent, ResultType, ReviewDecision, Revision, RevisionState, Significance, Tier
from .numbers import next_numbers
from .privacy import refuse_personal
from .sections import sections_of
from .services import REVERIFY_AFTER, TOPIC, browse_columns, name_of, refuse_retired, set_status
from .visibility import FINDABLE, PrecedentStatus
from .withholding import CLEARED, status_on_view
from .workflow import Deed

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
    """Asks the author for changes. Raises RuleBroken without a comment. Writes ReviewDecision, AuditEvent."""
    return _decide(revision, Deed.RETURN, lock_version, reviewer, digest_seen, comment, now or clock.now())


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
    """Turns the text down for good. Raises RuleBroken without a comment. Writes ReviewDecision, AuditEvent."""
    return _decide(revision, Deed.REJECT, lock_version, reviewer, digest_seen, comment, now or clock.now())


@transaction.atomic
def revision_approve(
    revision: Revision,
    *,
    lock_version: int,
    reviewer: User,
    digest_seen: str,
    comment: str,
    significance: str = Significance.SUBSTANTIAL,
    now: dt.datetime | None = None,
) -> Precedent:
    """Approves the text that was read and makes it the live one, with a permanent number at the first time.

    `significance`: what the reviewer takes the change for; the first text of a precedent is always the first. A small
    change moves no date and tells nobody; a substantial one is to be verified within `REVERIFY_SOON`. Open points stay
    open until somebody verifies the new text against them. The precedent that the text names as superseded goes out of use.

    Raises RuleBroken when the reviewer wrote or edited it, it holds personal data or the precedent was retired, StaleState
    when the text is not the one that was read or somebody decided first.
    Writes ReviewDecision, AuditEvent precedent.revision_approved; marks the index dirty.
    """
    now = now or clock.now()
    significance = _significance(revision, significance)
    content = content_of(revision)
    refuse_personal(content, precedent=revision.precedent)
    _decide(revision, Deed.APPROVE, lock_version, reviewer, digest_seen, comment, now, significance=significance)
    precedent = (
        Precedent.objects.select_for_update(of=("self",)).select_related("live_revision").get(pk=revision.precedent_id)
    )
    refuse_retired(precedent)
    if precedent.live_revision is not None:
        old = precedent.live_revision
        workflow.apply(old, Deed.SUPERSEDE, lock_version=old.lock_version)
    _make_live(precedent, revision, significance=significance, now=now)
    if content.supersedes is not None:
        _retire_superseded(content.supersedes, precedent, reviewer=reviewer)
    mark_dirty(TOPIC, [precedent.pk])
    return precedent


def _significance(revision: Revision, wanted: str) -> Significance:
    """Raises RuleBroken for what is none; the first text that is published is always the first."""
    if revision.precedent.live_revision_id is None:
        return Significance.FIRST
    if wanted not in (Significance.MINOR, Significance.SUBSTANTIAL):
        raise RuleBroken("选一个：小改还是实质改动。", code="required", field="significance")
    return Significance(wanted)


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


_DECISIONS = {
    Deed.APPROVE: (ReviewDecision.Verdict.APPROVE, Action.REVISION_APPROVED),
    Deed.RETURN: (ReviewDecision.Verdict.RETURN, Action.REVISION_RETURNED),
    Deed.REJECT: (ReviewDecision.Verdict.REJECT, Action.REVISION_REJECTED),
}


def _decide(
    revision: Revision,
    deed: Deed,
    lock_version: int,
    reviewer: User,
    digest_seen: str,
    comment: str,
    now: dt.datetime,
    *,
    significance: str = "",
) -> Revision:
    """One decision of a reviewer: guard of four eyes, compare-and-swap, ReviewDecision, AuditEvent."""
    if reviewer.pk in (revision.author_id, revision.last_editor_id):
        raise RuleBroken("这一版是您写的或改的，要由另一个人审核。", code="four_eyes", field="reviewer")
    if not comment.strip():
        raise RuleBroken("写一句为什么，作者和以后的人才知道。", code="required", field="comment")
    if digest_seen != revision.content_digest:
        raise StaleState("您看的不是最新的文字，没有作出决定。重新打开看一遍再定。")
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
        digest_seen=digest_seen,
        content_seen={section.field: section.lines for section in sections_of(content_of(revision))},
        significance=significance,
        at=now,
    )
    if revision.state in (RevisionState.CHANGES_REQUESTED, RevisionState.REJECTED):
        set_status(revision.precedent, PrecedentStatus.DRAFT, only_from=(PrecedentStatus.IN_REVIEW,))
    after = {"digest": digest_seen, "comment": comment} | ({"significance": str(significance)} if significance else {})
    record(action, revision, actor=reviewer, after=after)
    return revision


def _comment(text: str) -> str:
    """What a reviewer wrote as it is stored, without personal data. Raises RuleBroken when it is too long."""
    comment = mask(clean(text).strip())
    if len(comment) > COMMENT_LENGTH:
        message = f"意见最多 {COMMENT_LENGTH} 字，现在 {len(comment)} 字。"
        raise RuleBroken(message, code="too_long", field="comment")
    return comment
