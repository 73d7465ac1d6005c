"""Matters as editors keep them: one at a time, each save by compare-and-swap, atomic and audited.

A name that went stays as an alias, so that who knew it still finds the matter. None asks who may do it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.audit.words import kept
from caselib.core.errors import RuleBroken
from caselib.core.marks import mark_vocabulary, vocabulary_turn
from caselib.core.words import (
    changed,
    code_checked,
    differs,
    line_checked,
    locked,
    name_checked,
    names_checked,
    refuse_stale,
    refuse_used,
    word_key,
)

from .models import Matter, MatterTheme

NAME_LENGTH = 64
MATERIAL_LENGTH = 100
# GB/T 39554.1-2020: 基本编码 and 实施编码. Only their lengths and characters are checked; their parts are not read.
BASIC_CODE, IMPL_CODE = 12, 31


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterFacts:
    """What an editor says of a matter, as typed."""

    name: str
    theme: MatterTheme | None
    department_kind: str = ""
    aliases: Sequence[str] = ()
    audience: str = ""
    materials: Sequence[str] = ()
    basic_code: str = ""
    impl_code: str = ""
    key_matter: str = ""
    key_batch: str = ""


def facts_checked(facts: MatterFacts) -> dict[str, Any]:
    """The columns of these facts. Raises RuleBroken naming the field that does not hold. No query."""
    if facts.theme is None:
        raise RuleBroken(gettext("“主题”还没选。"), code="required", field="theme")
    if facts.audience not in Matter.Audience.values:
        raise RuleBroken(
            gettext("“{value}”不是服务对象。").format(value=facts.audience[:20]),
            code="unknown_audience",
            field="audience",
        )
    if facts.key_matter not in Matter.KeyMatter.values:
        raise RuleBroken(gettext("重点事项只分国家和本市。"), code="unknown_key_matter", field="key_matter")
    batch = line_checked(facts.key_batch, most=32, label="批次", field="key_batch")
    if batch and not facts.key_matter:
        raise RuleBroken(gettext("写了批次，没选是哪一级的重点事项。"), code="batch_alone", field="key_matter")
    name = name_checked(facts.name, most=NAME_LENGTH, label="名称")
    aliases = names_checked(facts.aliases, most=NAME_LENGTH, label="别名", field="aliases")
    return {
        "name": name,
        "theme": facts.theme,
        "department_kind": line_checked(facts.department_kind, most=64, label="哪类部门办", field="department_kind"),
        "aliases": [alias for alias in aliases if word_key(alias) != word_key(name)],
        "audience": facts.audience,
        "materials": names_checked(facts.materials, most=MATERIAL_LENGTH, label="材料", field="materials"),
        "basic_code": code_checked(facts.basic_code, lengths=[BASIC_CODE], label="基本编码", field="basic_code"),
        "impl_code": code_checked(facts.impl_code, lengths=[IMPL_CODE], label="实施编码", field="impl_code"),
        "key_matter": facts.key_matter,
        "key_batch": batch,
    }


@transaction.atomic
def matter_create(facts: MatterFacts, *, actor: Any | None) -> Matter:
    """Adds a matter. Raises RuleBroken, also for a name or code that is taken. Writes AuditEvent matter.saved."""
    vocabulary_turn()
    values = facts_checked(facts)
    refuse_taken(values, but=None)
    matter = Matter()
    _, after = changed(matter, values)
    matter.save()
    mark_vocabulary()
    record(Action.MATTER_SAVED, matter, actor=actor, after=kept(after))
    return matter


@transaction.atomic
def matter_edit(key: int, facts: MatterFacts, *, lock_version: int, actor: Any | None) -> Matter:
    """Changes a matter; its code stays, a name that goes becomes an alias. Saving what is there writes nothing.

    Raises RuleBroken, NotVisible, StaleState. Writes AuditEvent matter.saved; marks the vocabulary.
    """
    vocabulary_turn()
    matter = locked(Matter, key)
    values = facts_checked(facts)
    if matter.merged_into_id is not None:
        raise RuleBroken(
            gettext("“{matter}”已经并入别的事项，不再改它。改并入的那一个。").format(matter=matter),
            code="merged",
            field="name",
        )
    values["aliases"] = with_old_name(values["aliases"], old=matter.name, new=values["name"])
    return _kept(matter, values, lock_version=lock_version, actor=actor)


@transaction.atomic
def matter_aliases_set(key: int, aliases: Sequence[str], *, lock_version: int, actor: Any | None) -> Matter:
    """Changes the other names of a matter and nothing else. As `matter_edit`."""
    vocabulary_turn()
    matter = locked(Matter, key)
    checked = names_checked(aliases, most=NAME_LENGTH, label="别名", field="aliases")
    wanted = [alias for alias in checked if word_key(alias) != word_key(matter.name)]
    return _kept(matter, {"name": matter.name, "aliases": wanted}, lock_version=lock_version, actor=actor)


@transaction.atomic
def matter_switch(key: int, *, active: bool, lock_version: int, actor: Any | None) -> Matter:
    """Offers a matter, or not any more; where it is used it stays. Raises RuleBroken for a merged one, StaleState.

    Writes AuditEvent matter.saved; marks the vocabulary.
    """
    matter = locked(Matter, key)
    if active and matter.merged_into_id is not None:
        raise RuleBroken(gettext("“{matter}”已经并入别的事项，不再启用。").format(matter=matter), code="merged")
    return _kept(matter, {"is_active": active}, lock_version=lock_version, actor=actor)


@transaction.atomic
def matter_merge(key: int, *, into: int, lock_version: int, actor: Any | None) -> tuple[Matter, Matter]:
    """Has one matter take the place of another, which keeps its row and code. Returns (the merged one, its successor).

    A successor that was merged itself stands for the one it went into, and what was merged into the first follows.
    What is said of precedents is moved by `precedents.resorting`. Raises RuleBroken for itself, StaleState. Writes
    AuditEvents matter.merged, matter.saved; marks the vocabulary.
    """
    vocabulary_turn()
    matter, successor = (locked(Matter, one) for one in (key, into))
    if successor.merged_into_id is not None:
        successor = locked(Matter, successor.merged_into_id)
    refuse_stale(matter, lock_version)
    refuse_merge(matter, successor)
    names = [*successor.aliases, matter.name, *matter.aliases]
    aliases = {word_key(name): name for name in reversed(names) if word_key(name) != word_key(successor.name)}
    Matter.objects.filter(merged_into=matter).update(merged_into=successor)
    before, after = changed(matter, {"merged_into": successor, "is_active": False})
    matter.save()
    record(Action.MATTER_MERGED, matter, actor=actor, before=kept(before), after=kept(after))
    before, after = changed(successor, {"aliases": list(reversed(aliases.values()))})
    successor.save()
    record(Action.MATTER_SAVED, successor, actor=actor, before=kept(before), after=kept(after))
    mark_vocabulary()
    return matter, successor


def refuse_merge(matter: Matter, successor: Matter) -> None:
    """Raises RuleBroken for what cannot be merged: twice, into itself, into one that is not offered."""
    if matter.merged_into_id is not None:
        raise RuleBroken(gettext("“{matter}”已经并过了。").format(matter=matter), code="merged", field="into")
    if matter.pk == successor.pk:
        raise RuleBroken(gettext("不能并入它自己。选另一个事项。"), code="merged_into_itself", field="into")
    if not successor.is_active:
        raise RuleBroken(
            gettext("“{successor}”停用着，不能并进去。先启用它，或选别的。").format(successor=successor),
            code="not_active",
            field="into",
        )


@transaction.atomic
def matter_delete(key: int, *, lock_version: int, actor: Any | None) -> None:
    """Takes away a matter that nothing points to. Raises RuleBroken for one in use, StaleState.

    Writes AuditEvent word.deleted; marks the vocabulary.
    """
    vocabulary_turn()
    matter = locked(Matter, key)
    refuse_stale(matter, lock_version)
    refuse_used(matter)
    record(Action.WORD_DELETED, matter, actor=actor, before=kept({"name": matter.name, "aliases": matter.aliases}))
    matter.delete()
    mark_vocabulary()


def with_old_name(aliases: Sequence[str], *, old: str, new: str) -> list[str]:
    """The aliases with a name that goes. One that differs by width or case alone was no other name."""
    kept = [alias for alias in aliases if word_key(alias) != word_key(new)]
    known = {word_key(name) for name in (new, *kept)}
    return kept if word_key(old) in known else [*kept, old]


def refuse_taken(values: dict[str, Any], *, but: int | None) -> None:
    """Raises RuleBroken for a name that another matter has, however it is written, and for a code that is taken. 1 query."""
    aliases = {word_key(alias): alias for alias in values["aliases"]}
    rows = Matter.objects.exclude(pk=but).values_list("name", "impl_code", "merged_into__name")
    for name, impl_code, successor in rows:
        if word_key(name) == word_key(values["name"]):
            told = f"它并入了“{successor}”，用那一个。" if successor else "名称不分全角半角、大小写。改名，或者去合并。"
            raise RuleBroken(
                gettext("已经有事项“{name}”。{told}").format(name=name, told=told), code="name_taken", field="name"
            )
        if word_key(name) in aliases and not successor:
            raise RuleBroken(
                gettext("“{aliases}”是另一个事项的名称，不能当别名。是同一件事就合并。").format(
                    aliases=aliases[word_key(name)]
                ),
                code="alias_taken",
                field="aliases",
            )
        if impl_code and impl_code == values.get("impl_code"):
            raise RuleBroken(
                gettext("这个实施编码是“{name}”的。").format(name=name), code="code_taken", field="impl_code"
            )


def _kept(matter: Matter, values: dict[str, Any], *, lock_version: int, actor: Any | None) -> Matter:
    if not differs(matter, values):
        return matter
    refuse_stale(matter, lock_version)
    if "name" in values:
        refuse_taken(values, but=matter.pk)
    before, after = changed(matter, values)
    matter.save()
    mark_vocabulary()
    record(Action.MATTER_SAVED, matter, actor=actor, before=kept(before), after=kept(after))
    return matter
