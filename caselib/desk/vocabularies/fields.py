"""Fields of the forms of this room, as values that a template draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from caselib.core.text import clean

from .picking import Picker

LINE, TEXT, SELECT, CHECK, PICK = "line", "text", "select", "check", "pick"


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `kind`: line, text (one entry a line), select, check, pick; `fixed`: it is shown and cannot be changed."""

    name: str
    label: str
    kind: str = LINE
    value: str = ""
    options: Sequence[Option] = ()
    blank: str = ""
    hint: str = ""
    error: str = ""
    need: bool = False
    fixed: bool = False
    picker: Picker | None = field(default=None)

    @property
    def shown(self) -> str:
        """What it says where it cannot be changed."""
        if self.kind == SELECT:
            return next((option.label for option in self.options if option.is_chosen and option.value), "")
        if self.kind == CHECK:
            return "是" if self.value else "否"
        if self.picker is not None:
            return self.picker.shown
        return "、".join(self.value.splitlines())


def options(of: Sequence[tuple[str, str]], chosen: str) -> tuple[Option, ...]:
    return tuple(Option(value, label, value == chosen) for value, label in of)


def with_errors(fields: Sequence[Field], errors: Mapping[str, str]) -> tuple[Field, ...]:
    return tuple(replace(each, error=errors.get(each.name, "")) for each in fields)


def typed_from(posted: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """What was typed, by name of the field, without what nobody typed on purpose."""
    return {name: clean(posted.get(name, "")) for name in names}


def lines_of(text: str) -> list[str]:
    """The entries of a field with one entry a line; commas part them as well."""
    for mark in "，、；;,":
        text = text.replace(mark, "\n")
    return [line.strip() for line in text.splitlines() if line.strip()]
