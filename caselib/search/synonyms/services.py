"""Writes of the words: one group at a time or a whole file. Atomic, audited, one writer after the other."""

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import masked, record
from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.core.text import clean
from caselib.search.models import SynonymGroup, SynonymState
from caselib.search.outbox import follow_words
from caselib.search.policies import keeping as policies
from caselib.search.questions import kept_note

from .checking import GroupProblem, GroupRefused, problems_of
from .files import ImportPlan, plan_of
from .groups import Group
from .parsing import words_of
from .site import SiteGroup, forget, key_of_row, load_groups

NOTE_LENGTH = 200
STALE = "您打开之后，这一组词有人先改了。您写的都在下面，没有丢；对照现在的词再存一次。"
STALE_PLAN = "预检之后词表有人改过，结果和刚才看到的不一样，什么都没有写。下面是重新预检的结果，看过再确认。"
_BATCH = 500


def _locked() -> SynonymState:
    """The row that every writer holds: between reading the groups and writing one nobody else writes another."""
    state, _ = SynonymState.objects.select_for_update().get_or_create(id=1, defaults={"token": ""})
    return state


def _changed(state: SynonymState) -> None:
    state.token = secrets.token_hex(8)
    state.save(update_fields=["token"])
    # At once for what this transaction still asks; after the commit for whoever looked in between.
    forget()
    transaction.on_commit(_after_commit)


def _after_commit() -> None:
    forget()
    follow_words()
    policies.drain_after_commit()


def _find(groups: Sequence[SiteGroup], key: str) -> SiteGroup:
    found = next((row for row in groups if row.key == key), None)
    if found is None:
        raise NotVisible(gettext("没有这一组词，可能已随新版本换掉了。回同义词列表看看。"))
    return found


def problems_now(words: Sequence[str], *, one_way: bool, key: str) -> tuple[GroupProblem, ...]:
    """What would keep these words from being saved at this moment. 1 query."""
    return problems_of(words, one_way=one_way, key=key, groups=load_groups())


@transaction.atomic
def group_save(
    *,
    key: str,
    words: str,
    one_way: bool,
    note: str = "",
    lock_version: int = 0,
    actor: Any | None,
    now: dt.datetime | None = None,
) -> str:
    """Creates a group (empty `key`) or changes one, and returns its key. Saving what is there already changes nothing.

    `words`: as typed, between commas or line breaks; the note is masked. Raises GroupRefused, RuleBroken for a note that is too long,
    NotVisible, StaleState. Writes SynonymGroup, AuditEvent synonym.saved; takes effect with the next question.
    """
    state = _locked()
    groups = load_groups()
    typed = words_of(words)
    before = _find(groups, key) if key else None
    if before is not None and before.lock_version != lock_version:
        raise StaleState(STALE)
    problems = problems_of(typed, one_way=one_way, key=key, groups=groups)
    if problems:
        raise GroupRefused(problems)
    note = " ".join(clean(note).split())
    if len(note) > NOTE_LENGTH:
        raise RuleBroken(
            gettext("说明太长，最多 {note_length} 个字。").format(note_length=NOTE_LENGTH),
            code="note_too_long",
            field="note",
        )
    note = kept_note(note, longest=NOTE_LENGTH)
    wanted = Group(typed, one_way=one_way)
    if before is not None and before.group == wanted and before.note == note:
        return before.key
    row = _row_of(before)
    row.words, row.is_one_way, row.note = list(wanted.words), one_way, note
    _write(row, before, action=Action.SYNONYMS_SAVED, actor=actor, now=now)
    _changed(state)
    return key_of_row(row.pk, row.built_in_key)


@transaction.atomic
def group_switch(
    *, key: str, active: bool, lock_version: int, actor: Any | None, now: dt.datetime | None = None
) -> SiteGroup:
    """Switches a group off or on; nothing is deleted. Returns it as it was before. Twice the same changes nothing.

    Raises NotVisible, StaleState; GroupRefused when one of its words stands elsewhere by now.
    Writes SynonymGroup, AuditEvent synonym.switched.
    """
    state = _locked()
    groups = load_groups()
    before = _find(groups, key)
    if before.is_active == active:
        return before
    if before.lock_version != lock_version:
        raise StaleState(STALE)
    problems = problems_of(before.group.words, one_way=before.group.one_way, key=key, groups=groups) if active else ()
    if problems:
        raise GroupRefused(problems)
    row = _row_of(before)
    row.is_active = active
    _write(row, before, action=Action.SYNONYMS_SWITCHED, actor=actor, now=now)
    _changed(state)
    return before


def _row_of(before: SiteGroup | None) -> SynonymGroup:
    """The row of a group; a new one for a new group, and for one of the product that nobody touched so far."""
    if before is None:
        return SynonymGroup(origin=SynonymGroup.Origin.SITE)
    if before.pk is not None:
        return SynonymGroup.objects.get(pk=before.pk)
    return SynonymGroup(
        words=list(before.group.words),
        is_one_way=before.group.one_way,
        origin=SynonymGroup.Origin.BUILT_IN,
        built_in_key=before.key,
    )


def _write(
    row: SynonymGroup, before: SiteGroup | None, *, action: Action, actor: Any | None, now: dt.datetime | None
) -> None:
    row.changed_by, row.changed_at = actor, now or clock.now()
    row.lock_version += 1
    row.save()
    after = {"words": row.words, "one_way": row.is_one_way, "active": row.is_active, "note": row.note}
    record(action, row, actor=actor, before=masked(_facts(before)) if before else {}, after=masked(after))


def _facts(row: SiteGroup) -> dict[str, Any]:
    return {
        "words": list(row.group.words),
        "one_way": row.group.one_way,
        "active": row.is_active,
        "note": row.note,
    }


@transaction.atomic
def groups_import(text: str, *, digest: str, actor: Any | None, now: dt.datetime | None = None) -> ImportPlan:
    """Carries out what the dry run of this text showed, and nothing else. Returns it.

    Raises StaleState when the groups changed since, so that something else would come of it.
    Writes SynonymGroup, one AuditEvent synonym.imported with every line; 10,000 groups in some 2 s.
    """
    state = _locked()
    groups = load_groups()
    plan = plan_of(text, groups)
    if plan.digest != digest:
        raise StaleState(STALE_PLAN)
    if not plan.writes:
        return plan
    now = now or clock.now()
    fresh = [
        SynonymGroup(
            words=list(entry.group.words),
            is_one_way=entry.group.one_way,
            changed_by=actor,
            changed_at=now,
            lock_version=1,
        )
        for entry in plan.added
    ]
    SynonymGroup.objects.bulk_create([*fresh, *_changed_rows(plan, actor=actor, now=now)], batch_size=_BATCH)
    record(
        Action.SYNONYMS_IMPORTED,
        state,
        actor=actor,
        before=masked({"changed": [change.before.group.line for change in plan.changed]}),
        after=masked(
            {
                "added": [entry.group.line for entry in plan.added],
                "changed": [change.after.line for change in plan.changed],
                "refused": len(plan.refused),
            }
        ),
    )
    _changed(state)
    return plan


def _changed_rows(plan: ImportPlan, *, actor: Any | None, now: dt.datetime) -> list[SynonymGroup]:
    """Writes the rows that exist, and returns those that are to be made for groups of the product."""
    present = {row.pk: row for row in SynonymGroup.objects.all()} if plan.changed else {}
    updated, made = [], []
    for change in plan.changed:
        row = present.get(change.before.pk) or _row_of(change.before)
        row.words, row.changed_by, row.changed_at = list(change.after.words), actor, now
        row.lock_version += 1
        (updated if row.pk else made).append(row)
    fields = ["words", "changed_by", "changed_at", "lock_version"]
    SynonymGroup.objects.bulk_update(updated, fields, batch_size=200)
    return made
