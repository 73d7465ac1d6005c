"""Writes of precedents: from the first draft to retirement. Each is atomic and audited; none asks who may do it.

Callers ask `access` first; a rule that must hold whoever calls (four eyes, one open revision) is kept here and in the
database.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.catalog.services import tags_named
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.marks import mark_dirty
from caselib.core.personal_data import mask
from caselib.orgs.models import Department, User

from . import workflow
from .content import LABELS, RevisionContent, checked, columns, content_of, missing_for_submission
from .models import (
    OPEN_STATES,
    Citation,
    Kind,
    Precedent,
    ReviewDecision,
    Revision,
    RevisionState,
    Tier,
)
from .numbers import next_numbers
from .visibility import Audience, PrecedentStatus
from .workflow import Deed

# The topic of core.marks under which the search index listens.
TOPIC = "precedent"
REVERIFY_AFTER = dt.timedelta(days=365)
SYSTEM_NAME = "系统"


def name_of(user: User | None) -> str:
    """How an account stands in the record of a deed; the system's name without one."""
    return str(user) if user is not None else SYSTEM_NAME


@transaction.atomic
def precedent_create(
    content: RevisionContent,
    *,
    owner_department: Department,
    author: User | None,
    external_id: str | None = None,
    audience: str = Audience.LIBRARY,
    kind: str = Kind.PRECEDENT,
    tier: str = Tier.REFERENCE,
) -> Revision:
    """Starts a precedent with its first draft, which is returned.

    Raises RuleBroken for a taken external id or content that does not hold. Writes AuditEvent precedent.created.
    """
    content = checked(content)
    if external_id and Precedent.objects.filter(external_id=external_id).exists():
        raise RuleBroken(f"编号“{external_id}”已经导入过了。", code="external_id_taken", field="id")
    precedent = Precedent.objects.create(
        owner_department=owner_department,
        external_id=external_id or None,
        audience=audience,
        kind=kind,
        tier=tier,
        **browse_columns(content),
    )
    revision = _revision_create(precedent, content, author=author)
    record(Action.PRECEDENT_CREATED, precedent, actor=author, after={"title": mask(content.title)})
    return revision


@transaction.atomic
def revision_start(precedent: Precedent, *, author: User) -> Revision:
    """Opens a draft that begins as a copy of the live text.

    Raises RuleBroken when there is no live text or it was retired, StaleState when somebody else has a draft open.
    Writes AuditEvent precedent.revision_started.
    """
    # Two who start together wait for each other, and the second finds the draft of the first.
    precedent = Precedent.objects.select_for_update(of=("self",)).select_related("live_revision").get(pk=precedent.pk)
    if precedent.live_revision is None:
        raise RuleBroken("这个案例还没有发布，直接改它的草稿。", code="not_published", field="status")
    refuse_retired(precedent)
    if precedent.revisions.filter(state__in=OPEN_STATES).exists():
        raise StaleState("这个案例已经有一份没写完的修订，先看那一份。")
    revision = _revision_create(precedent, content_of(precedent.live_revision), author=author)
    record(Action.REVISION_STARTED, precedent, actor=author, after={"revision": revision.number})
    return revision


@transaction.atomic
def revision_save(revision: Revision, content: RevisionContent, *, lock_version: int, editor: User) -> Revision:
    """Stores a new text of an open draft.

    Raises StaleState when somebody saved or submitted since `lock_version` was read; nothing of theirs is overwritten.
    Writes AuditEvent precedent.revision_saved.
    """
    content = checked(content)
    before = revision.content_digest
    workflow.apply(revision, Deed.SAVE, lock_version=lock_version, last_editor=editor, **columns(content))
    _store_rows(revision, content, actor=editor)
    if revision.precedent.live_revision_id is None:
        Precedent.objects.filter(pk=revision.precedent_id).update(**browse_columns(content))
    record(
        Action.REVISION_SAVED,
        revision,
        actor=editor,
        before={"digest": before},
        after={"digest": revision.content_digest},
    )
    return revision


@transaction.atomic
def revision_submit(revision: Revision, *, lock_version: int, actor: User, now: dt.datetime | None = None) -> Revision:
    """Freezes the draft and asks for a review.

    Raises RuleBroken naming what is missing, StaleState when it changed meanwhile. Writes AuditEvent.
    """
    missing = missing_for_submission(content_of(revision))
    if missing:
        names = "、".join(LABELS.get(name, name) for name in missing)
        raise RuleBroken(f"还缺：{names}。写好的内容都在，补上再提交。", code="incomplete", field=missing[0])
    refuse_retired(revision.precedent)
    workflow.apply(revision, Deed.SUBMIT, lock_version=lock_version, submitted_at=now or clock.now())
    set_status(revision.precedent, PrecedentStatus.IN_REVIEW, only_from=(PrecedentStatus.DRAFT,))
    record(Action.REVISION_SUBMITTED, revision, actor=actor, after={"digest": revision.content_digest})
    return revision


@transaction.atomic
def revision_withdraw(revision: Revision, *, lock_version: int, actor: User) -> Revision:
    """Takes a submitted text back to the draft, or discards a draft. Writes AuditEvent precedent.revision_withdrawn."""
    workflow.apply(revision, Deed.WITHDRAW, lock_version=lock_version)
    set_status(revision.precedent, PrecedentStatus.DRAFT, only_from=(PrecedentStatus.IN_REVIEW,))
    record(Action.REVISION_WITHDRAWN, revision, actor=actor)
    return revision


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
    comment: str = "",
    now: dt.datetime | None = None,
) -> Precedent:
    """Approves the text that was read and makes it the live one, with a permanent number at the first time.

    Open points stay open until somebody verifies the new text against them.

    Raises RuleBroken when the reviewer wrote or edited it or the precedent was retired, StaleState when the text is not
    the one that was read or somebody decided first. Writes ReviewDecision, AuditEvent precedent.revision_approved; marks the index dirty.
    """
    now = now or clock.now()
    _decide(revision, Deed.APPROVE, lock_version, reviewer, digest_seen, comment, now)
    precedent = (
        Precedent.objects.select_for_update(of=("self",)).select_related("live_revision").get(pk=revision.precedent_id)
    )
    refuse_retired(precedent)
    if precedent.live_revision is not None:
        old = precedent.live_revision
        workflow.apply(old, Deed.SUPERSEDE, lock_version=old.lock_version)
    precedent.live_revision = revision
    if precedent.number is None:
        precedent.number = next_numbers(precedent.owner_department, year=clock.day_of(now).year, count=1)[0]
    has_open_points = precedent.doubts.due(on=clock.day_of(now)).exists()
    precedent.status = PrecedentStatus.NEEDS_REVERIFICATION if has_open_points else PrecedentStatus.PUBLISHED
    precedent.published_at = precedent.published_at or now
    precedent.changed_at = now
    precedent.reverify_due_on = clock.day_of(now) + REVERIFY_AFTER
    precedent.lock_version += 1
    for name, value in browse_columns(revision).items():
        setattr(precedent, name, value)
    precedent.save()
    mark_dirty(TOPIC, [precedent.pk])
    return precedent


def precedent_reuse_counted(precedent: Precedent, *, by: int) -> None:
    """Adds `by` (+1 or -1) to how often it was used with success. Call it in the transaction of the record.

    Marks the index dirty.
    """
    Precedent.objects.filter(pk=precedent.pk).update(reuse_count=F("reuse_count") + by)
    mark_dirty(TOPIC, [precedent.pk])


def refuse_retired(precedent: Precedent) -> None:
    """Raises RuleBroken for a precedent that was taken out of use: read from the database, whatever the caller holds."""
    if Precedent.objects.filter(pk=precedent.pk, status=PrecedentStatus.RETIRED).exists():
        raise RuleBroken("这个案例已经出库，不再修订和复核。要用就新建一个。", code="retired", field="status")


def browse_columns(source: RevisionContent | Revision) -> dict[str, Any]:
    """The columns that Precedent copies from its text."""
    return {name: getattr(source, name) for name in ("matter", "theme", "region", "admin_level", "applies_until")}


def citations_of(revision: Revision, content: RevisionContent) -> Iterable[Citation]:
    """The Citation rows of a content, not stored yet."""
    for position, spec in enumerate(content.citations):
        yield Citation(
            revision=revision,
            position=position,
            version=spec.version,
            clause=spec.clause,
            locator=spec.locator,
            relation=spec.relation,
            note=spec.note,
            is_verified=spec.is_verified,
        )


def _revision_create(precedent: Precedent, content: RevisionContent, *, author: User | None) -> Revision:
    last = precedent.revisions.aggregate(last=Max("number"))["last"] or 0
    revision = Revision.objects.create(
        precedent=precedent,
        number=last + 1,
        author=author,
        author_name=name_of(author),
        last_editor=author,
        **columns(content),
    )
    _store_rows(revision, content, actor=author)
    return revision


def _store_rows(revision: Revision, content: RevisionContent, *, actor: User | None) -> None:
    revision.more_matters.set(content.more_matters)
    revision.causes.set(content.causes)
    revision.categories.set(content.categories)
    revision.tags.set(tags_named(content.tags, actor=actor))
    revision.citations.all().delete()
    Citation.objects.bulk_create(citations_of(revision, content))


def set_status(precedent: Precedent, status: PrecedentStatus, *, only_from: tuple[PrecedentStatus, ...]) -> None:
    """Moves what readers see, where it still is what the caller takes it for; else nothing happens."""
    won = Precedent.objects.filter(pk=precedent.pk, status__in=only_from).update(
        status=status, lock_version=F("lock_version") + 1
    )
    if won:
        precedent.status = status
        precedent.lock_version += 1


_DECISIONS = {
    Deed.APPROVE: (ReviewDecision.Verdict.APPROVE, Action.REVISION_APPROVED),
    Deed.RETURN: (ReviewDecision.Verdict.RETURN, Action.REVISION_RETURNED),
    Deed.REJECT: (ReviewDecision.Verdict.REJECT, Action.REVISION_REJECTED),
}


def _decide(
    revision: Revision, deed: Deed, lock_version: int, reviewer: User, digest_seen: str, comment: str, now: dt.datetime
) -> Revision:
    """One decision of a reviewer: guard of four eyes, compare-and-swap, ReviewDecision, AuditEvent."""
    if reviewer.pk in (revision.author_id, revision.last_editor_id):
        raise RuleBroken("这一版是您写的或改的，要由另一个人审核。", code="four_eyes", field="reviewer")
    if deed is not Deed.APPROVE and not comment.strip():
        raise RuleBroken("写一句为什么，作者才知道怎么改。", code="required", field="comment")
    if digest_seen != revision.content_digest:
        raise StaleState("您看的不是最新的文字，没有作出决定。重新打开看一遍再定。")
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
        comment=comment.strip(),
        digest_seen=digest_seen,
        at=now,
    )
    if revision.state in (RevisionState.CHANGES_REQUESTED, RevisionState.REJECTED):
        set_status(revision.precedent, PrecedentStatus.DRAFT, only_from=(PrecedentStatus.IN_REVIEW,))
    record(action, revision, actor=reviewer, after={"digest": digest_seen, "comment": mask(comment.strip())})
    return revision
