"""Writes of the vocabularies. Each is idempotent by name, atomic, and leaves an audit event when something changed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import masked, record
from caselib.core.errors import RuleBroken
from caselib.core.marks import mark_vocabulary

from .models import Category, Cause, Matter, MatterTheme, Scheme, Tag


def _save(row: models.Model, wanted: dict[str, Any], *, action: Action, actor: Any | None) -> None:
    """Writes the row and its event if it is new or one of the values differs; a change marks the vocabulary.

    So does a new matter, which is offered while typing; other new rows nothing is found under yet.
    """
    if row.pk and all(getattr(row, key) == value for key, value in wanted.items()):
        return
    before = (
        {key: getattr(row, key) for key in wanted if not isinstance(getattr(row, key), models.Model)} if row.pk else {}
    )
    if row.pk or isinstance(row, Matter):
        mark_vocabulary()
    for key, value in wanted.items():
        setattr(row, key, value)
    row.save()
    after = {key: value for key, value in wanted.items() if not isinstance(value, models.Model)}
    record(action, row, actor=actor, before=masked(before), after=masked(after))


@transaction.atomic
def theme_save(*, name: str, position: int, actor: Any | None) -> MatterTheme:
    """Creates or updates the theme of that name."""
    theme = MatterTheme.objects.filter(name=name).first() or MatterTheme(name=name)
    _save(theme, {"position": position}, action=Action.MATTER_SAVED, actor=actor)
    return theme


@transaction.atomic
def matter_save(
    *,
    name: str,
    theme: MatterTheme,
    department_kind: str = "",
    aliases: Sequence[str] = (),
    audience: str = "",
    materials: Sequence[str] = (),
    basic_code: str = "",
    actor: Any | None,
) -> Matter:
    """Creates or updates the matter of that name. Raises RuleBroken for an audience that is none."""
    if audience not in Matter.Audience.values:
        raise RuleBroken(
            gettext("“{audience}”不是服务对象。").format(audience=audience), code="unknown_audience", field="audience"
        )
    matter = Matter.objects.filter(name=name).first() or Matter(name=name)
    wanted = {
        "theme": theme,
        "department_kind": department_kind,
        "aliases": list(aliases),
        "audience": audience,
        "materials": list(materials),
        "basic_code": basic_code,
    }
    _save(matter, wanted, action=Action.MATTER_SAVED, actor=actor)
    return matter


@transaction.atomic
def cause_save(*, name: str, position: int, actor: Any | None) -> Cause:
    """Creates or updates the cause of that name."""
    cause = Cause.objects.filter(name=name).first() or Cause(name=name)
    _save(cause, {"position": position}, action=Action.CAUSE_SAVED, actor=actor)
    return cause


@transaction.atomic
def scheme_save(
    *, key: str, name: str, is_active: bool, note: str = "", categories: Sequence[str] = (), actor: Any | None
) -> Scheme:
    """Creates or updates a scheme and adds the classes that it lacks; classes are never taken away here."""
    scheme = Scheme.objects.filter(key=key).first() or Scheme(key=key)
    _save(scheme, {"name": name, "is_active": is_active, "note": note}, action=Action.SCHEME_SAVED, actor=actor)
    present = set(scheme.categories.values_list("name", flat=True))
    for position, category in enumerate(categories):
        if category not in present:
            Category.objects.create(scheme=scheme, name=category, position=position)
    return scheme


def scheme_hints_set(key: str, hints: Mapping[str, Mapping[str, Any]]) -> None:
    """Sets what suggests the classes of a scheme and what they need, by name. Call it in the transaction that made them."""
    for name, values in hints.items():
        Category.objects.filter(scheme__key=key, name=name).update(**values)


def tags_named(names: Iterable[str], *, actor: Any | None) -> list[Tag]:
    """The tags of these names, made where they are missing; a merged one is replaced by its successor.

    1 query when all exist. Writes AuditEvent tag.saved for each new one.
    """
    wanted = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    present = {tag.name: tag for tag in Tag.objects.filter(name__in=wanted).select_related("merged_into")}
    tags: dict[int, Tag] = {}
    for name in wanted:
        tag = present.get(name)
        if tag is None:
            if len(name) > 32:
                raise RuleBroken(
                    gettext("标签“{name}……”太长，最多 32 个字。").format(name=name[:32]),
                    code="tag_too_long",
                    field="tags",
                )
            tag = Tag.objects.create(name=name)
            record(Action.TAG_SAVED, tag, actor=actor, after=masked({"name": name}))
        tag = tag.merged_into or tag
        tags[tag.pk] = tag
    return list(tags.values())
