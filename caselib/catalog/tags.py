"""Tags as editors keep them: names, synonyms, merging. Each write is atomic, audited, by compare-and-swap."""

from collections import defaultdict
from collections.abc import Sequence
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
    differs,
    locked,
    name_checked,
    names_checked,
    refuse_stale,
    refuse_used,
    word_key,
)

from .models import Tag

NAME_LENGTH = 32


@transaction.atomic
def tag_create(*, name: str, synonyms: Sequence[str] = (), actor: Any | None) -> Tag:
    """Adds a tag. Raises RuleBroken, also for a name or synonym that is taken. Writes AuditEvent tag.saved."""
    vocabulary_turn()
    values = _checked(name, synonyms)
    _refuse_taken(values, but=None)
    tag = Tag()
    _, after = changed(tag, values)
    tag.save()
    record(Action.TAG_SAVED, tag, actor=actor, after=kept(after))
    return tag


@transaction.atomic
def tag_edit(key: int, *, name: str, synonyms: Sequence[str], lock_version: int, actor: Any | None) -> Tag:
    """Renames a tag or changes its synonyms; a name that goes becomes a synonym. Saving what is there writes nothing.

    Raises RuleBroken, NotVisible, StaleState. Writes AuditEvent tag.saved; marks the vocabulary.
    """
    vocabulary_turn()
    tag = locked(Tag, key)
    values = _checked(name, synonyms)
    if tag.merged_into_id is not None:
        raise RuleBroken(gettext("“{tag}”已经并入别的标签，不再改它。").format(tag=tag), code="merged", field="name")
    known = {word_key(word) for word in (values["name"], *values["synonyms"])}
    if word_key(tag.name) not in known:
        values["synonyms"].append(tag.name)
    if not differs(tag, values):
        return tag
    refuse_stale(tag, lock_version)
    _refuse_taken(values, but=tag)
    before, after = changed(tag, values)
    tag.save()
    mark_vocabulary()
    record(Action.TAG_SAVED, tag, actor=actor, before=kept(before), after=kept(after))
    return tag


@transaction.atomic
def tag_merge(key: int, *, into: int, lock_version: int, actor: Any | None) -> tuple[Tag, Tag]:
    """Has one tag take the place of another, whose row stays and leads to it. Returns (the merged one, its successor).

    A successor that was merged itself stands for the one it went into, and what was merged into the first follows: no
    chain has more than one link. Raises RuleBroken for itself or a loop, StaleState. Writes AuditEvents; marks the
    vocabulary. The texts that carry it are moved by `precedents.resorting`.
    """
    vocabulary_turn()
    tag, successor = (locked(Tag, one) for one in (key, into))
    if successor.merged_into_id is not None:
        successor = locked(Tag, successor.merged_into_id)
    refuse_stale(tag, lock_version)
    refuse_merge(tag, successor)
    names = [*successor.synonyms, tag.name, *tag.synonyms]
    synonyms = {word_key(name): name for name in reversed(names) if word_key(name) != word_key(successor.name)}
    Tag.objects.filter(merged_into=tag).update(merged_into=successor)
    before, after = changed(tag, {"merged_into": successor, "synonyms": []})
    tag.save()
    record(Action.TAG_MERGED, tag, actor=actor, before=kept(before), after=kept(after))
    before, after = changed(successor, {"synonyms": list(reversed(synonyms.values()))})
    successor.save()
    record(Action.TAG_SAVED, successor, actor=actor, before=kept(before), after=kept(after))
    mark_vocabulary()
    return tag, successor


def refuse_merge(tag: Tag, successor: Tag) -> None:
    """Raises RuleBroken for what cannot be merged: twice, or into itself."""
    if tag.merged_into_id is not None:
        raise RuleBroken(gettext("“{tag}”已经并过了。").format(tag=tag), code="merged", field="into")
    if tag.pk == successor.pk:
        raise RuleBroken(gettext("不能并入它自己。选另一个标签。"), code="merged_into_itself", field="into")


@transaction.atomic
def tag_delete(key: int, *, lock_version: int, actor: Any | None) -> None:
    """Takes away a tag that no text carries or ever carried. Raises RuleBroken for one in use, StaleState."""
    vocabulary_turn()
    tag = locked(Tag, key)
    refuse_stale(tag, lock_version)
    refuse_used(tag)
    record(Action.WORD_DELETED, tag, actor=actor, before=kept({"name": tag.name, "synonyms": tag.synonyms}))
    tag.delete()
    mark_vocabulary()


def twins() -> dict[int, tuple[str, ...]]:
    """By key of a tag that is in use: the names of those that differ from it by width, case or blanks alone. 1 query."""
    by_word: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for pk, name in Tag.objects.filter(merged_into=None).values_list("pk", "name"):
        by_word[word_key(name)].append((pk, name))
    return {
        pk: tuple(name for other, name in rows if other != pk)
        for rows in by_word.values()
        if len(rows) > 1
        for pk, _ in rows
    }


def _checked(name: str, synonyms: Sequence[str]) -> dict[str, Any]:
    checked = name_checked(name, most=NAME_LENGTH, label="名称")
    words = names_checked(synonyms, most=NAME_LENGTH, label="同义说法", field="synonyms")
    return {"name": checked, "synonyms": [word for word in words if word_key(word) != word_key(checked)]}


def _refuse_taken(values: dict[str, Any], *, but: Tag | None) -> None:
    """A tag that keeps its name may have a twin already: it is pointed out, and merging mends it."""
    synonyms = {word_key(word): word for word in values["synonyms"]}
    is_renamed = but is None or word_key(but.name) != word_key(values["name"])
    rows = Tag.objects.exclude(pk=but.pk if but else None).values_list("name", "synonyms", "merged_into__name")
    for name, words, successor in rows:
        key = word_key(name)
        if key == word_key(values["name"]) and (is_renamed or name == values["name"]):
            told = (
                f"它并入了“{successor}”，用那一个。"
                if successor
                else "名称不分全角半角、大小写、空格。用它，或者合并。"
            )
            raise RuleBroken(
                gettext("已经有标签“{name}”。{told}").format(name=name, told=told), code="name_taken", field="name"
            )
        taken = [synonyms[each] for each in (key, *map(word_key, words)) if each in synonyms]
        if taken and not successor:
            raise RuleBroken(
                gettext("“{taken}”已经在标签“{name}”那里。是同一个意思就合并。").format(taken=taken[0], name=name),
                code="synonym_taken",
                field="synonyms",
            )
