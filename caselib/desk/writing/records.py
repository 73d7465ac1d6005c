"""The records of a form: steps, papers, papers that may come later, other ways, sources, figures, bounds."""

import dataclasses
import re
from collections.abc import Iterator, Sequence
from typing import Any

from caselib.core.pasted import tidy, tidy_line
from caselib.precedents.content import (
    LIST_LENGTH,
    RECORDS,
    Flexibility,
    Outcome,
)

from .plan import label_of
from .reading import ENTRY_LENGTH, Typing, same, too_long, whole_number

LISTS = RECORDS
SINGLES: dict[str, type] = {"flexibility": Flexibility, "outcome": Outcome}
# The part without which a record is none, filled with nothing where only other parts were typed.
_EMPTY = {"handling_steps": {"what": ""}, "materials": {"name": ""}, "deferred_material": {"item": ""},
          "alternatives": {"wanted": "", "instead": ""},
          "detours": {"condition": ""}, "entrances": {"label": ""}, "sources": {"name": ""}}  # fmt: skip
_LONG = {"what", "correct_sample", "common_mistake", "basis", "still_mandatory"}
_YES, _NO = "1", "0"
_FIRST_DAY, _LAST_DAY = -9_999, 99_999


def lists(form: Typing) -> dict[str, Any]:
    """Every list of records that is in the form."""
    found: dict[str, Any] = {}
    for name in LISTS:
        numbers = _numbers(form, name)
        if not numbers and name not in form.form:
            continue
        rows = tuple(row for number in numbers[: LIST_LENGTH + 1] if (row := _row(form, name, number)) is not None)
        if len(rows) > LIST_LENGTH:
            form.problems[name] = f"“{label_of(name)}”最多 {LIST_LENGTH} 条，没有改。合并或删去一些再存。"
        else:
            found[name] = rows
    return found


def _numbers(form: Typing, name: str) -> list[int]:
    """The numbers of the records in the form, in their order."""
    parts = "|".join(part.name for part in dataclasses.fields(LISTS[name]))
    shape = re.compile(rf"{name}-([0-9]{{1,6}})-(?:{parts})")
    return sorted({int(match[1]) for key in form.form.typed if (match := shape.fullmatch(key))})


def _row(form: Typing, name: str, number: int) -> Any | None:
    """The record of that number, None for an empty one. What of it is not in the form is as it was."""
    stored = getattr(form.current, name)
    before = stored[number] if number < len(stored) else LISTS[name](**_EMPTY[name])
    row = _filled(form, f"{name}-{number}", before)
    return row if (row == before and number < len(stored)) or _says_something(row) else None


def _says_something(row: Any) -> bool:
    return any(isinstance(value, str) and value for value in dataclasses.astuple(row))


def _filled(form: Typing, prefix: str, before: Any) -> Any:
    changes = {}
    for part in dataclasses.fields(before):
        name = f"{prefix}-{part.name}"
        if name in form.form:
            changes[part.name] = _part(form, name, part.name, getattr(before, part.name))
    return dataclasses.replace(before, **changes)


def _part(form: Typing, name: str, part: str, before: Any) -> Any:
    """The value of one input, or the one from before where it breaks a rule."""
    if part in ("required", "deferrable"):
        return _YES in form.form.all(name)
    typed = form.form.last(name)
    if part == "supplied":
        return {_YES: True, _NO: False}.get(typed.strip())
    if part == "day":
        return _day(form, name, typed, before)
    if same(typed, before):
        return before
    value = (tidy if part in _LONG else tidy_line)(typed)
    if len(value) <= ENTRY_LENGTH:
        return value
    form.problems[name] = too_long(label_of(name.partition("-")[0]), len(value), ENTRY_LENGTH)
    return before


def _day(form: Typing, name: str, typed: str, before: int | None) -> int | None:
    """People count the day on which it was reported as the first."""
    text = typed.strip().removeprefix("第").removesuffix("天")
    number, problem = whole_number(text, least=_FIRST_DAY, most=_LAST_DAY)
    if problem:
        form.problems[name] = f"第几天写数字，反映当天是第 1 天；“{text.strip()[:20]}”没有存。"
        return before
    return None if number is None else number - 1


def singles(form: Typing) -> dict[str, Any]:
    """The figures and the bounds, where any part of them is in the form. Nothing in any part is no record."""
    found: dict[str, Any] = {}
    for name, kind in SINGLES.items():
        if any(f"{name}-{part.name}" in form.form for part in dataclasses.fields(kind)):
            before = getattr(form.current, name)
            record = _filled(form, name, before or kind())
            found[name] = record if record == before or _says_something(record) else None
    return found


def typed_list(name: str, rows: Sequence[Any]) -> dict[str, list[str]]:
    """The inputs of a list of records."""
    return {key: value for number, row in enumerate(rows) for key, value in _typed(f"{name}-{number}", row)}


def typed_single(name: str, record: Any | None) -> dict[str, list[str]]:
    """The inputs of one record, empty where there is none."""
    return dict(_typed(name, record or SINGLES[name]()))


def _typed(prefix: str, row: Any) -> Iterator[tuple[str, list[str]]]:
    for part in dataclasses.fields(row):
        value = getattr(row, part.name)
        key = f"{prefix}-{part.name}"
        if part.name in ("required", "deferrable"):
            yield key, ["", _YES] if value else [""]
        elif part.name == "supplied":
            yield key, [{None: "", True: _YES, False: _NO}[value]]
        elif part.name == "day":
            yield key, ["" if value is None else str(value + 1)]
        else:
            yield key, [value]
