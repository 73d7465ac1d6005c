"""Where a text did not carry: a condition, a step or a paper of it, by its place and by its words.

A place is written "applies_when:2", counted from 1 in the text that was read. The words have a mark of their own, so that a
condition which moved, or stands unchanged in the next text, is still the same one.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext, gettext_noop

from caselib.core.errors import RuleBroken
from caselib.core.text import normalise
from caselib.precedents.models import Revision

# Name in the value: the column of a text, how it is called, the key of its words where an entry is a record.
_LISTS = {
    "applies_when": ("applies_when", gettext_noop("适用条件第 {number} 条"), ""),
    "not_when": ("not_when", gettext_noop("不适用情形第 {number} 条"), ""),
    "steps": ("handling_steps", gettext_noop("步骤第 {number} 条"), "what"),
    "materials": ("materials", gettext_noop("材料第 {number} 条"), "name"),
}
# What may differ, and what may fail.
CONDITIONS = ("applies_when", "not_when")
EVERYTHING = tuple(_LISTS)
# As much of the words as a choice shows.
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Point:
    """`value` as it is sent and stored, `words` as they stand in the text, `mark` what stands for them."""

    value: str
    words: str

    @property
    def list_name(self) -> str:
        return self.value.partition(":")[0]

    @property
    def place(self) -> str:
        """适用条件第 2 条."""
        return place_words(self.value)

    @property
    def label(self) -> str:
        """The place with the beginning of its words, for a choice."""
        words = self.words if len(self.words) <= _SHOWN else f"{self.words[: _SHOWN - 1]}…"
        return f"{self.place}：{words}"

    @property
    def mark(self) -> str:
        plain = "".join(character for character in normalise(self.words) if character.isalnum())
        return hashlib.sha256(f"{self.list_name}:{plain}".encode()).hexdigest()[:32]


def points_of(revision: Revision, *lists: str) -> tuple[Point, ...]:
    """The points of a text in these lists, all of them by default. No query."""
    return tuple(point for name in lists or EVERYTHING for point in _points(revision, name))


def _points(revision: Revision, name: str) -> Iterator[Point]:
    column, _, key = _LISTS[name]
    for number, entry in enumerate(getattr(revision, column), 1):
        yield Point(f"{name}:{number}", entry.get(key, "") if key else entry)


def point_at(revision: Revision, typed: str) -> Point | None:
    """The point that this value names in a text; None for none. Raises RuleBroken for one that the text does not have."""
    wanted = typed.strip()
    if not wanted:
        return None
    found = next((point for point in points_of(revision) if point.value == wanted), None)
    if found is None:
        raise RuleBroken(gettext("这一版里没有您选的那一处。重新选一处。"), code="unknown_point", field="point")
    return found


def point_marked(revision: Revision, mark: str) -> Point | None:
    """The first point of a text with these words; None where they are gone. No query."""
    return next((point for point in points_of(revision) if point.mark == mark), None) if mark else None


@cache
def _names() -> dict[str, str]:
    return {name: label for name, (_, label, _) in _LISTS.items()}


def place_words(value: str) -> str:
    """适用条件第 2 条 for "applies_when:2"; empty for none."""
    name, _, number = value.partition(":")
    return gettext(_names()[name]).format(number=number) if name in _names() else ""
