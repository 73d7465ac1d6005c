"""Causes and schemes of classes as editors keep them. Each write is atomic, audited, by compare-and-swap."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.audit.words import kept
from caselib.core.errors import NotVisible, RuleBroken
from caselib.core.marks import mark_vocabulary, vocabulary_turn
from caselib.core.words import changed, differs, line_checked, locked, name_checked, refuse_stale, refuse_used, word_key

from .models import Category, Cause, Scheme

CAUSE_LENGTH = 32
CLASS_LENGTH = 64
MOST_CLASSES = 50
MOST_VISITS = 99


@transaction.atomic
def cause_create(*, name: str, place: int | None = None, actor: Any | None) -> Cause:
    """Adds a cause. `place`: from 1, None for the last. Raises RuleBroken. Writes AuditEvent cause.saved."""
    vocabulary_turn()
    values = {"name": name_checked(name, most=CAUSE_LENGTH, label="名称")}
    _refuse_cause(values["name"], but=None)
    cause = Cause(position=0)
    _, after = changed(cause, values)
    cause.save()
    _put(cause, place)
    mark_vocabulary()
    record(Action.CAUSE_SAVED, cause, actor=actor, after=kept({**after, "place": cause.position + 1}))
    return cause


@transaction.atomic
def cause_edit(key: int, *, name: str, place: int | None = None, lock_version: int, actor: Any | None) -> Cause:
    """Renames a cause or moves it in the list. Saving what is there writes nothing.

    Raises RuleBroken, NotVisible, StaleState. Writes AuditEvent cause.saved; marks the vocabulary.
    """
    vocabulary_turn()
    cause = locked(Cause, key)
    values = {"name": name_checked(name, most=CAUSE_LENGTH, label="名称")}
    where = _order().index(cause.pk) + 1
    if not differs(cause, values) and place in (None, where):
        return cause
    refuse_stale(cause, lock_version)
    _refuse_cause(values["name"], but=cause.pk)
    before, after = changed(cause, values)
    cause.save()
    if place not in (None, where):
        _put(cause, place)
        before, after = {**before, "place": where}, {**after, "place": cause.position + 1}
    mark_vocabulary()
    record(Action.CAUSE_SAVED, cause, actor=actor, before=kept(before), after=kept(after))
    return cause


@transaction.atomic
def cause_switch(key: int, *, active: bool, lock_version: int, actor: Any | None) -> Cause:
    """Offers a cause, or not any more; where it is used it stays. Raises StaleState. Writes AuditEvent cause.saved."""
    cause = locked(Cause, key)
    if cause.is_active == active:
        return cause
    refuse_stale(cause, lock_version)
    before, after = changed(cause, {"is_active": active})
    cause.save()
    record(Action.CAUSE_SAVED, cause, actor=actor, before=kept(before), after=kept(after))
    return cause


@transaction.atomic
def cause_delete(key: int, *, lock_version: int, actor: Any | None) -> None:
    """Takes away a cause that no text names. Raises RuleBroken for one in use, StaleState."""
    cause = locked(Cause, key)
    refuse_stale(cause, lock_version)
    refuse_used(cause)
    record(Action.WORD_DELETED, cause, actor=actor, before=kept({"name": cause.name}))
    cause.delete()


def _order() -> list[int]:
    return list(Cause.objects.values_list("pk", flat=True))


def _put(cause: Cause, place: int | None) -> None:
    """Puts it there and numbers all of them anew, without touching what others have open."""
    keys = [key for key in _order() if key != cause.pk]
    at = len(keys) if place is None else min(max(1, place), len(keys) + 1) - 1
    keys.insert(at, cause.pk)
    cause.position = at
    Cause.objects.bulk_update([Cause(pk=key, position=number) for number, key in enumerate(keys)], ["position"])


def _refuse_cause(name: str, *, but: int | None) -> None:
    taken = next((other for other in Cause.objects.exclude(pk=but) if word_key(other.name) == word_key(name)), None)
    if taken is not None:
        raise RuleBroken(gettext("已经有原因“{taken}”。").format(taken=taken), code="name_taken", field="name")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFacts:
    """One class of a scheme. `key`: None for a new one; `min_visits`: so many visits suggest it, None for none do."""

    key: int | None = None
    name: str
    min_visits: int | None = None
    needs_reference: bool = False
    is_active: bool = True

    @property
    def values(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "min_visits": self.min_visits,
            "needs_reference": self.needs_reference,
            "is_active": self.is_active,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeFacts:
    """A scheme with all its classes in their order. One that is left out is taken away, if nothing was sorted into it."""

    name: str
    note: str = ""
    is_active: bool = True
    classes: Sequence[ClassFacts] = ()


@transaction.atomic
def scheme_create(facts: SchemeFacts, *, actor: Any | None) -> Scheme:
    """Adds a scheme with its classes. Raises RuleBroken. Writes AuditEvent scheme.saved."""
    vocabulary_turn()
    return _scheme_kept(Scheme(key=f"site_{secrets.token_hex(4)}"), facts, actor=actor)


@transaction.atomic
def scheme_edit(key: int, facts: SchemeFacts, *, lock_version: int, actor: Any | None) -> Scheme:
    """Changes a scheme and its classes. Saving what is there writes nothing.

    Raises RuleBroken, also for a class in use that was left out; NotVisible, StaleState. Writes AuditEvent scheme.saved.
    """
    vocabulary_turn()
    scheme = locked(Scheme, key)
    checked = _scheme_checked(facts)
    if _stored(scheme) == _wanted(checked):
        return scheme
    refuse_stale(scheme, lock_version)
    return _scheme_kept(scheme, facts, actor=actor)


def _scheme_kept(scheme: Scheme, facts: SchemeFacts, *, actor: Any | None) -> Scheme:
    facts = _scheme_checked(facts)
    taken = next(
        (other for other in Scheme.objects.exclude(pk=scheme.pk) if word_key(other.name) == word_key(facts.name)), None
    )
    if taken is not None:
        raise RuleBroken(gettext("已经有分类方案“{taken}”。").format(taken=taken), code="name_taken", field="name")
    before = _stored(scheme) if scheme.pk else {}
    changed(scheme, {"name": facts.name, "note": facts.note, "is_active": facts.is_active})
    scheme.save()
    _classes_kept(scheme, facts.classes)
    if before:
        mark_vocabulary()
    record(Action.SCHEME_SAVED, scheme, actor=actor, before=kept(before), after=kept(_wanted(facts)))
    return scheme


def _classes_kept(scheme: Scheme, classes: Sequence[ClassFacts]) -> None:
    present = {row.pk: row for row in scheme.categories.all()}
    keys = [each.key for each in classes if each.key is not None]
    if not set(keys) <= present.keys():
        raise NotVisible()
    for key in present.keys() - set(keys):
        refuse_used(present[key])
        present[key].delete()
    # Two that change names with each other would meet on the way.
    for key in keys:
        Category.objects.filter(pk=key).update(name=f"\ue000{key}")
    for position, each in enumerate(classes):
        row = present[each.key] if each.key is not None else Category(scheme=scheme)
        row.position = position
        for name, value in each.values.items():
            setattr(row, name, value)
        row.save()


def _scheme_checked(facts: SchemeFacts) -> SchemeFacts:
    if len(facts.classes) > MOST_CLASSES:
        raise RuleBroken(
            gettext("一个方案最多 {most_classes} 类。").format(most_classes=MOST_CLASSES),
            code="too_many",
            field="classes",
        )
    seen: set[str] = set()
    classes = []
    for number, each in enumerate(facts.classes, 1):
        name = name_checked(each.name, most=CLASS_LENGTH, label=f"第 {number} 类", field="classes")
        if word_key(name) in seen:
            raise RuleBroken(gettext("“{name}”写了两次。").format(name=name), code="class_twice", field="classes")
        seen.add(word_key(name))
        if each.min_visits is not None and not 1 <= each.min_visits <= MOST_VISITS:
            raise RuleBroken(
                gettext("“{name}”的跑动次数写 1 到 {most_visits}，或者空着。").format(
                    name=name, most_visits=MOST_VISITS
                ),
                code="bad_visits",
                field="classes",
            )
        classes.append(ClassFacts(key=each.key, **{**each.values, "name": name}))
    return SchemeFacts(
        name=name_checked(facts.name, most=CLASS_LENGTH, label="名称"),
        note=line_checked(facts.note, most=200, label="说明", field="note"),
        is_active=facts.is_active,
        classes=tuple(classes),
    )


def _wanted(facts: SchemeFacts) -> dict[str, Any]:
    classes = [each.values for each in facts.classes]
    return {"name": facts.name, "note": facts.note, "is_active": facts.is_active, "classes": classes}


def _stored(scheme: Scheme) -> dict[str, Any]:
    rows = scheme.categories.order_by("position", "pk")
    classes = [
        ClassFacts(
            name=row.name, min_visits=row.min_visits, needs_reference=row.needs_reference, is_active=row.is_active
        ).values
        for row in rows
    ]
    return {"name": scheme.name, "note": scheme.note, "is_active": scheme.is_active, "classes": classes}
