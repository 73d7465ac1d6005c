"""A version of a policy that somebody is entering, kept at each step. Each write is atomic, audited, and refuses to
overwrite what another saved meanwhile; the caller keeps the loser's text."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import NotVisible, StaleState
from caselib.core.ids import ALPHABET, LENGTH, new_code
from caselib.core.personal_data import mask
from caselib.core.text import document_numbers
from caselib.orgs.models import User

from .models import Policy, PolicyVersion, VersionDraft
from .texts.pairing import title_key


def draft_at(code: str) -> VersionDraft:
    """The draft with its policy. Raises NotVisible for an unknown code. 1 query."""
    found = VersionDraft.objects.select_related("policy__region", "version__policy").filter(code=code).first()
    if found is None:
        raise NotVisible()
    return found


@transaction.atomic
def draft_start(
    facts: Mapping[str, str],
    *,
    policy: Policy | None,
    actor: User,
    code: str = "",
    now: dt.datetime | None = None,
) -> VersionDraft:
    """Begins a version of `policy`, or of a new policy where that is None.

    `code`: made when the form was shown, so that a button that is pressed twice makes one draft. Raises StaleState
    where that code belongs to somebody else. Writes VersionDraft, AuditEvent policy.draft_started.
    """
    code = code if _is_code(code) else new_code()
    draft, created = VersionDraft.objects.get_or_create(
        code=code,
        defaults={
            "policy": policy,
            "facts": dict(facts),
            "author": actor,
            "author_name": str(actor),
            "saved_at": now or clock.now(),
        },
    )
    if not created and draft.author_id != actor.pk:
        raise StaleState(gettext("这一页已经失效，没有另建草稿。回到录入台重新开始。"))
    if created:
        record(Action.POLICY_DRAFT_STARTED, draft, actor=actor, after={"title": mask(facts.get("title", ""))})
    return draft


def draft_facts_save(
    draft: VersionDraft, facts: Mapping[str, str], *, policy: Policy | None, lock_version: int, actor: User
) -> VersionDraft:
    """Keeps what was typed of the version. Raises and writes as `_saved` does."""
    return _saved(draft, "facts", lock_version=lock_version, actor=actor, facts=dict(facts), policy=policy)


def draft_text_save(
    draft: VersionDraft, text: str, *, warnings: Sequence[str], lock_version: int, actor: User
) -> VersionDraft:
    """Keeps the text with what was seen while it was read. Raises and writes as `_saved` does."""
    return _saved(draft, "text", lock_version=lock_version, actor=actor, text=text, warnings=list(warnings))


def draft_followed_save(
    draft: VersionDraft, followed: Mapping[str, Mapping[str, str]], *, lock_version: int, actor: User
) -> VersionDraft:
    """Adds decisions about where clauses live on (`succession.Decision`). Raises and writes as `_saved` does."""
    return _saved(draft, "clauses", lock_version=lock_version, actor=actor, followed={**draft.followed, **followed})


@transaction.atomic
def draft_discard(draft: VersionDraft, *, lock_version: int, actor: User) -> VersionDraft:
    """Puts a draft away; it stays in the database. Raises StaleState as `_saved` does, and nothing for a second time.

    Writes AuditEvent policy.draft_discarded.
    """
    if draft.discarded_at is not None:
        return draft
    now = clock.now()
    _swap(draft, lock_version=lock_version, saved_at=now, discarded_at=now)
    record(Action.POLICY_DRAFT_DISCARDED, draft, actor=actor, after={"title": mask(draft.facts.get("title", ""))})
    return draft


def draft_finished(draft: VersionDraft, version: PolicyVersion, *, lock_version: int) -> VersionDraft:
    """Notes what became of a draft. Call it in the transaction that made the version. Raises StaleState."""
    return _swap(draft, lock_version=lock_version, version=version, policy=version.policy, saved_at=clock.now())


@transaction.atomic
def _saved(draft: VersionDraft, step: str, *, lock_version: int, actor: User, **values: Any) -> VersionDraft:
    """Raises StaleState where somebody else saved, finished or discarded it first; nothing is written then.

    Writes VersionDraft, AuditEvent policy.draft_saved.
    """
    _swap(draft, lock_version=lock_version, saved_at=clock.now(), **values)
    record(Action.POLICY_DRAFT_SAVED, draft, actor=actor, after={"step": step})
    return draft


def _swap(draft: VersionDraft, *, lock_version: int, **values: Any) -> VersionDraft:
    rows = VersionDraft.objects.filter(pk=draft.pk, lock_version=lock_version, version=None, discarded_at=None)
    changed = rows.update(lock_version=F("lock_version") + 1, **values)
    draft.refresh_from_db()
    if changed:
        return draft
    if draft.version_id:
        raise StaleState(gettext("这份草稿已经录成版本，没有再改动。"))
    if draft.discarded_at:
        raise StaleState(gettext("这份草稿已经放弃，没有再改动。您写的还在这一页里。"))
    raise StaleState(gettext("有人先存了这份草稿，您写的一个字都没丢，还在这一页里。"))


@dataclass(frozen=True, slots=True)
class Rival:
    """An open draft of the same policy by somebody else."""

    draft: VersionDraft

    @property
    def message(self) -> str:
        return f"{self.draft.author_name}正在录入同一部政策"


def rivals_of(
    facts: Mapping[str, str], *, policy: Policy | None, draft: VersionDraft | None, user_id: int | None
) -> list[Rival]:
    """Open drafts of others that are about the same policy, number or title; newest first. 1 query."""
    numbers, title = set(document_numbers(facts.get("doc_number", ""))), title_key(facts.get("title", ""))
    found = []
    for other in drafts_open().exclude(pk=draft.pk if draft else None).exclude(author=user_id):
        if policy is not None or other.policy_id is not None:
            is_same = policy is not None and other.policy_id == policy.pk
        else:
            is_same = bool(numbers & set(document_numbers(other.facts.get("doc_number", "")))) or (
                bool(title) and title == title_key(other.facts.get("title", ""))
            )
        if is_same:
            found.append(Rival(other))
    return found


def drafts_open() -> Any:
    """The drafts that are neither finished nor discarded, newest first."""
    return VersionDraft.objects.filter(version=None, discarded_at=None).select_related("policy").defer("text")


def lock_open_drafts() -> None:
    """Holds every open draft until the transaction ends. 1 query."""
    rows = VersionDraft.objects.select_for_update().filter(version=None, discarded_at=None)
    list(rows.order_by("pk").values_list("pk", flat=True))


def _is_code(code: str) -> bool:
    return len(code) == LENGTH and set(code) <= set(ALPHABET)
