"""Entries that editors keep (matters, tags, departments …): what a name may be, when two are one, who saves first.

What is refused is told with the field it stands in. Nothing here is written; services of the vocabularies do that.
"""

import unicodedata
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext

from .errors import NotVisible, RuleBroken, StaleState
from .personal_data import Severity, find
from .text import clean, normalise

STALE = "您打开之后，有人先改了这一条。您写的都在下面，没有丢；对照现在的内容再存一次。"
# Numbers of persons have at least so many figures; most names have none, and are not looked through for them.
_FIGURES = 7
# As many as a form shows without becoming unreadable.
MOST_NAMES = 50


def word_key(name: str) -> str:
    """What makes two names the same: width, case, blanks and traditional characters make no difference."""
    return "".join(normalise(name).split())


def one_line(text: str) -> str:
    """The text as one line without what nobody typed on purpose."""
    return " ".join(clean(text).split())


def name_checked(text: str, *, most: int, label: str, field: str = "name") -> str:
    """The name as it is stored. Raises RuleBroken for an empty one, one too long, and one without any letter or figure."""
    name = one_line(text)
    if not name:
        raise RuleBroken(gettext("“{label}”还没写。").format(label=label), code="required", field=field)
    if len(name) > most:
        raise RuleBroken(
            gettext("“{label}”有 {count} 个字，最多 {most} 个。").format(label=label, count=len(name), most=most),
            code="too_long",
            field=field,
        )
    if not any(character.isalnum() for character in name):
        raise RuleBroken(
            gettext("“{label}”里要有字，不能只有符号。").format(label=label), code="no_letters", field=field
        )
    _refuse_personal(name, label=label, field=field)
    return name


def line_checked(text: str, *, most: int, label: str, field: str) -> str:
    """A line that may be empty. Raises RuleBroken for one that is too long."""
    line = one_line(text)
    if len(line) > most:
        raise RuleBroken(
            gettext("“{label}”有 {count} 个字，最多 {most} 个。").format(label=label, count=len(line), most=most),
            code="too_long",
            field=field,
        )
    _refuse_personal(line, label=label, field=field)
    return line


def _refuse_personal(text: str, *, label: str, field: str) -> None:
    """Everybody reads these words, in lists and in the search: nobody's number stands among them."""
    if sum(map(str.isdigit, text)) < _FIGURES and "@" not in text:
        return
    found = next((finding for finding in find(text) if finding.severity == Severity.BLOCK), None)
    if found is not None:
        raise RuleBroken(
            gettext("“{label}”里有{label2}，人人都看得到，没有存。去掉再存。").format(
                label=label, label2=found.kind.label
            ),
            code="personal_data",
            field=field,
        )


def names_checked(lines: Iterable[str], *, most: int, label: str, field: str) -> list[str]:
    """Names without repeats, the first writing of each. Raises RuleBroken as `name_checked`, and for more than 50."""
    found: dict[str, str] = {}
    for line in lines:
        if one_line(line):
            name = name_checked(line, most=most, label=label, field=field)
            found.setdefault(word_key(name), name)
    if len(found) > MOST_NAMES:
        raise RuleBroken(
            gettext("“{label}”有 {count} 个，最多 {most_names} 个。").format(
                label=label, count=len(found), most_names=MOST_NAMES
            ),
            code="too_many",
            field=field,
        )
    return list(found.values())


def code_checked(text: str, *, lengths: Iterable[int], label: str, field: str, digits: bool = False) -> str:
    """A published code, in half-width capitals; empty stays empty. Its parts are not read.

    Raises RuleBroken for another length or another character.
    """
    code = "".join(unicodedata.normalize("NFKC", clean(text)).split()).upper()
    allowed = sorted(lengths)
    if not code:
        return ""
    if not code.isascii() or not (code.isdigit() if digits else code.isalnum()):
        what = "数字" if digits else "数字和字母"
        raise RuleBroken(
            gettext("“{label}”里只能有{what}，没有存。对照文件再抄一遍。").format(label=label, what=what),
            code="bad_code",
            field=field,
        )
    if len(code) not in allowed:
        wanted = f"{allowed[0]}" if len(allowed) == 1 else f"{allowed[0]} 到 {allowed[-1]}"
        raise RuleBroken(
            gettext("“{label}”是 {wanted} 位，您写了 {count} 位。").format(label=label, wanted=wanted, count=len(code)),
            code="bad_code",
            field=field,
        )
    return code


def locked(model: type[models.Model], key: int) -> Any:
    """The row, held until the transaction ends. Raises NotVisible. 1 query."""
    row = model._default_manager.select_for_update().filter(pk=key).first()
    if row is None:
        raise NotVisible()
    return row


def refuse_stale(row: Any, lock_version: int) -> None:
    """Raises StaleState when somebody saved since that version was read."""
    if row.lock_version != lock_version:
        raise StaleState(STALE)


def differs(row: models.Model, wanted: dict[str, Any]) -> bool:
    """Whether saving these values would change anything."""
    return any(getattr(row, name) != value for name, value in wanted.items())


def changed(row: Any, wanted: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Sets the values and counts the version up, without saving. Returns what changed, before and after, for the trail."""
    names = [name for name, value in wanted.items() if row.pk is None or getattr(row, name) != value]
    before = {} if row.pk is None else {name: _plain(getattr(row, name)) for name in names}
    for name, value in wanted.items():
        setattr(row, name, value)
    row.lock_version += 1
    return before, {name: _plain(wanted[name]) for name in names}


def refuse_used(row: models.Model) -> None:
    """Raises RuleBroken when anything at all points to the row, many-to-many links included. 1 query for each relation.

    Django would take such links away silently with the row.
    """
    for relation in row._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or relation.many_to_many:
            continue
        if relation.related_model._base_manager.filter(**{relation.field.name: row.pk}).exists():
            raise RuleBroken(
                gettext("“{row}”还在用，没有删。不想再用它，就停用：用着的地方不变，新写的不再给选。").format(row=row),
                code="in_use",
            )


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, models.Model) else value
