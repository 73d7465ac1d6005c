"""Reads of the vocabularies for pages. They are public to everybody signed in."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext

from caselib.core.errors import NotVisible
from caselib.core.text import normalise

from .models import Cause, Matter, MatterTheme, Tag


@dataclass(frozen=True, slots=True)
class ThemeGroup:
    """A theme with matters of it."""

    theme: MatterTheme
    matters: tuple[Matter, ...]


def matters_by_theme(*, wanted: str = "") -> tuple[ThemeGroup, ...]:
    """The matters that are offered under their themes, or those whose name, alias or department holds `wanted`. 2 queries."""
    word = normalise(wanted).strip()
    groups: dict[int, list[Matter]] = {}
    for matter in Matter.objects.filter(is_active=True).order_by("name"):
        if not word or word in normalise(" ".join([matter.name, *matter.aliases, matter.department_kind])):
            groups.setdefault(matter.theme_id, []).append(matter)
    return tuple(
        ThemeGroup(theme, tuple(groups.get(theme.pk, ())))
        for theme in MatterTheme.objects.all()
        if theme.pk in groups or not word
    )


def matter_for_page(code: str) -> Matter:
    """The matter with that code, or the one that took its place. Raises NotVisible for an unknown code. 1 query."""
    matter = Matter.objects.select_related("theme", "merged_into__theme").filter(code=code).first()
    if matter is None:
        raise NotVisible()
    return matter.merged_into or matter


def matter_with_code(code: str) -> Matter:
    """The matter with that code of ours, or the only one with that 基本编码 or 实施编码, as other systems name it.

    Of a merged one the one that took its place. Raises NotVisible. 1 query.
    """
    word = normalise(code).strip()
    named = Q(code=word) | Q(basic_code=word.upper()) | Q(impl_code=word.upper())
    found = list(Matter.objects.select_related("theme", "merged_into__theme").filter(named)[:2]) if word else []
    if len(found) != 1:
        raise NotVisible(
            gettext("没有找到这个事项。代码要和“事项”里的一样；一个编码下有几个事项的，用事项自己的代码。")
        )
    return found[0].merged_into or found[0]


def causes_all() -> list[Cause]:
    return list(Cause.objects.all())


def tag_by_key(key: str) -> Tag:
    """The tag with that key, or the one that took its place. Raises NotVisible for none. 1 query."""
    found = None
    if key.isascii() and key.isdigit() and len(key) < 19:
        found = Tag.objects.select_related("merged_into").filter(pk=int(key)).first()
    if found is None:
        raise NotVisible()
    return found.merged_into or found


def tag_named(text: str) -> Tag | None:
    """The tag that is called so exactly, or the one that took its place; None for none. 1 query, none for what is too long."""
    if not 0 < len(text) <= Tag._meta.get_field("name").max_length:
        return None
    found = Tag.objects.select_related("merged_into").filter(name=text).first()
    return (found.merged_into or found) if found else None


def tags_with(keys: list[int]) -> dict[int, Tag]:
    """Those tags, by key. 1 query."""
    return Tag.objects.in_bulk(keys)
