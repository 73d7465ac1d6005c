"""Writes of precedents: from the first draft to retirement. Each is atomic and audited; none asks who may do it.

Callers ask `access` first; a rule that must hold whoever calls (four eyes, one open revision) is kept here and in the
database.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.catalog.services import tags_named
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.marks import mark_dirty
from caselib.core.personal_data import mask
from caselib.core.text import clean
from caselib.orgs.models import Department, User

from . import workflow
from .completeness import missing_for_submission
from .content import LABELS, RevisionContent, checked, columns, content_of
from .models import (
    OPEN_STATES,
    Citation,
    Kind,
    Precedent,
    Revision,
    Tier,
)
from .privacy import refuse_personal
from .visibility import Audience, PrecedentStatus
from .workflow import Deed

# The topic of core.marks under which the search index listens.
TOPIC = "precedent"
REVERIFY_AFTER = dt.timedelta(days=365)
SYSTEM_NAME = "系统"
NOTE_LENGTH = 500
# How 为什么改 begins where an earlier text was brought back, until its author says more.
RESTORED = "恢复第 "
# 典型案例 that came in from elsewhere: who conferred it has to be looked up.
UNKNOWN_CONFERRER = "待核"


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
    origin_ticket: str = "",
) -> Revision:
    """Starts a precedent with its first draft, which is returned. `origin_ticket`: code of the ticket that it comes from.

    Raises RuleBroken for a taken external id or content that does not hold. Writes AuditEvent precedent.created.
    """
    content = checked(content)
    if external_id and Precedent.objects.filter(external_id=external_id).exists():
        raise RuleBroken(
            gettext("编号“{external_id}”已经导入过了。").format(external_id=external_id),
            code="external_id_taken",
            field="id",
        )
    precedent = Precedent.objects.create(
        owner_department=owner_department,
        external_id=external_id or None,
        audience=audience,
        kind=kind,
        tier=tier,
        tier_conferred_by=UNKNOWN_CONFERRER if tier == Tier.EXEMPLARY else "",
        origin_ticket=origin_ticket,
        **browse_columns(content),
    )
    revision = _revision_create(precedent, content, author=author)
    record(Action.PRECEDENT_CREATED, precedent, actor=author, after={"title": mask(content.title)})
    return revision


@transaction.atomic
def revision_start(precedent: Precedent, *, author: User, like: Revision | None = None) -> Revision:
    """Opens a draft that begins as a copy of the live text, or of an earlier one with `like`.

    What was never published begins again where its last text was turned down or given up.
    Raises RuleBroken when its first draft is still open, it was retired, or `like` is of another precedent; StaleState when
    somebody else has a revision open. Writes AuditEvent precedent.revision_started.
    """
    # Two who start together wait for each other, and the second finds the draft of the first.
    precedent = Precedent.objects.select_for_update(of=("self",)).select_related("live_revision").get(pk=precedent.pk)
    live = precedent.live_revision
    is_open = precedent.revisions.filter(state__in=OPEN_STATES).exists()
    if live is None and is_open:
        raise RuleBroken(gettext("这个案例还没有发布，直接改它的草稿。"), code="not_published", field="status")
    refuse_retired(precedent)
    if is_open:
        raise StaleState(gettext("这个案例已经有一份没写完的修订，先看那一份。"))
    model = like or live or precedent.revisions.order_by("number").last()
    if model.precedent_id != precedent.pk:
        raise RuleBroken(gettext("这一版是另一个案例的，不能拿来恢复。"), code="other_precedent", field="revision")
    content = content_of(model)
    if live is not None:
        # What it took the place of is done; the text that comes back must not do it again.
        content = dataclasses.replace(content, supersedes=None)
    note = f"{RESTORED}{like.number} 版的文字" if like else ""
    revision = _revision_create(precedent, content, author=author, change_note=note)
    after = {"revision": revision.number} | ({"restores": like.number} if like else {})
    record(Action.REVISION_STARTED, precedent, actor=author, after=after)
    return revision


@transaction.atomic
def revision_save(
    revision: Revision,
    content: RevisionContent,
    *,
    lock_version: int,
    editor: User,
    change_note: str | None = None,
) -> Revision:
    """Stores a new text of an open draft. `change_note`: why it is changed; None leaves it as it is.

    Raises StaleState when somebody saved or submitted since `lock_version` was read; nothing of theirs is overwritten.
    Writes AuditEvent precedent.revision_saved.
    """
    content = checked(content)
    before = revision.content_digest
    values = columns(content) | ({} if change_note is None else {"change_note": checked_note(change_note)})
    workflow.apply(
        revision,
        Deed.SAVE,
        lock_version=lock_version,
        last_editor=editor,
        last_editor_name=name_of(editor),
        saved_at=clock.now(),
        **values,
    )
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

    Raises RuleBroken naming what is missing or where personal data stands, StaleState when it changed meanwhile.
    Writes AuditEvent precedent.revision_submitted.
    """
    content = content_of(revision)
    missing = missing_for_submission(content)
    if missing:
        names = "、".join(LABELS.get(name, name) for name in missing)
        raise RuleBroken(
            gettext("还缺：{names}。写好的内容都在，补上再提交。").format(names=names),
            code="incomplete",
            field=missing[0],
        )
    refuse_retired(revision.precedent)
    refuse_personal(content, precedent=revision.precedent)
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


def precedent_reuse_counted(precedent: Precedent, *, by: int) -> None:
    """Adds `by` (+1 or -1) to how often it was used with success. Call it in the transaction of the record.

    Marks the index dirty.
    """
    Precedent.objects.filter(pk=precedent.pk).update(reuse_count=F("reuse_count") + by)
    mark_dirty(TOPIC, [precedent.pk])


def refuse_retired(precedent: Precedent) -> None:
    """Raises RuleBroken for a precedent that was taken out of use: read from the database, whatever the caller holds."""
    if Precedent.objects.filter(pk=precedent.pk, status=PrecedentStatus.RETIRED).exists():
        raise RuleBroken(gettext("这个案例已经出库，不再修订和复核。要用就新建一个。"), code="retired", field="status")


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


def checked_note(text: str) -> str:
    """为什么改 as it is stored: one paragraph without personal data. Raises RuleBroken when it is too long."""
    note = mask(" ".join(clean(text).split()))
    if len(note) > NOTE_LENGTH:
        raise RuleBroken(
            gettext("说明最多 {note_length} 字，现在 {count} 字。").format(note_length=NOTE_LENGTH, count=len(note)),
            code="too_long",
            field="change_note",
        )
    return note


def _revision_create(
    precedent: Precedent, content: RevisionContent, *, author: User | None, change_note: str = ""
) -> Revision:
    last = precedent.revisions.aggregate(last=Max("number"))["last"] or 0
    revision = Revision.objects.create(
        precedent=precedent,
        number=last + 1,
        author=author,
        author_name=name_of(author),
        last_editor=author,
        last_editor_name=name_of(author),
        change_note=change_note,
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
