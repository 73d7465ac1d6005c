"""A whole file of words: read it, show what it would do, write the words of the site out as the same file.

A file adds and changes groups; it takes none away. What is missing from it stays as it is.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext

from caselib.core.errors import RuleBroken

from .checking import edges_of
from .groups import MOST_GROUPS, Group
from .loops import closing_edges
from .parsing import Entry, Problem, circle_reason, read
from .site import SiteGroup

LARGEST_FILE = 5 * 1024 * 1024
FILE_NAME = "synonyms.txt"
_HEAD = (
    "# 同义词：一行一组，词之间用逗号，第一个是首选的说法，一个词只在一组里。",
    "# 单向：甲 => 乙，查“甲”时也找“乙”，查“乙”时不找“甲”。# 后面是说明，导入时不读。",
)


def text_of(data: bytes) -> str:
    """The text of a file in UTF-8, GB18030 or UTF-16 with a mark. Raises RuleBroken for what is none, or too large."""
    if len(data) > LARGEST_FILE:
        raise _bad(f"文件超过 {LARGEST_FILE // 1024 // 1024} MB，没有读。分成几个文件导入。", code="file_too_large")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text or data[:4] == b"PK\x03\x04":
            break
        return text
    raise _bad("这不是文本文件，什么都没有读。在表格或文档里另存为“.txt”（UTF-8）再导入。", code="not_text")


def _bad(message: str, *, code: str) -> RuleBroken:
    return RuleBroken(message, code=code, field="file")


@dataclass(frozen=True, slots=True)
class Change:
    """A group that a file changes. `line` counts from 1."""

    line: int
    before: SiteGroup
    after: Group


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a file would do. `unchanged`: how many groups are there already; `off`: lines of groups that are switched off,
    which stay so; `refused`: lines that are left out, wholly or partly, with the reason."""

    added: tuple[Entry, ...]
    changed: tuple[Change, ...]
    unchanged: int
    off: tuple[Entry, ...]
    refused: tuple[Problem, ...]

    @property
    def writes(self) -> int:
        return len(self.added) + len(self.changed)

    @property
    def digest(self) -> str:
        """Differs when something else would be written."""
        lines = [entry.group.line for entry in self.added]
        lines += [f"{change.before.key} {change.before.group.line} -> {change.after.line}" for change in self.changed]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:24]


@dataclass(slots=True)
class _Planner:
    """`same`: the group that a line is about, by place of the line. `refused`: places that are left out."""

    entries: Sequence[Entry]
    groups: Sequence[SiteGroup]
    problems: list[Problem]
    same: dict[int, SiteGroup] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)

    def find_same(self) -> None:
        """A line is about the group with the same first word, or with the very same words; of two, one in use."""
        by_label: dict[tuple[bool, str], SiteGroup] = {}
        by_words: dict[frozenset[str], SiteGroup] = {}
        for row in sorted(self.groups, key=lambda row: row.is_active):
            by_label[row.group.one_way, row.group.label] = row
            if not row.group.one_way:
                by_words[frozenset(row.group.words)] = row
        taken: set[str] = set()
        for place, entry in enumerate(self.entries):
            group = entry.group
            row = by_label.get((group.one_way, group.label))
            if row is None and not group.one_way:
                row = by_words.get(frozenset(group.words))
            if row is not None and row.key not in taken:
                taken.add(row.key)
                self.same[place] = row

    def refuse_taken_words(self) -> None:
        """Leaves out lines with a word of a group that stays as it is; a group whose line is left out stays as well."""
        touched = {row.key for place, row in self.same.items() if row.is_active}
        line_of = {
            word: place
            for place, entry in enumerate(self.entries)
            if not entry.group.one_way and not self._is_off(place)
            for word in entry.group.words
        }
        waiting = [row for row in self.groups if row.is_active and row.key not in touched and not row.group.one_way]
        while waiting:
            row = waiting.pop()
            for word in row.group.words:
                place = line_of.get(word)
                about = self.same.get(place) if place is not None else None
                if place is None or place in self.refused or (about is not None and about.key == row.key):
                    continue
                self.refused.add(place)
                reason = f"“{word}”已在“{row.group.label}”一组里，一个词只能在一组；这一行没有读。"
                self.problems.append(Problem(self.entries[place].line, reason))
                if about is not None and about.is_active:
                    waiting.append(about)

    def without_loops(self, place: int, closing: dict[tuple[str, str], tuple[str, ...]]) -> Group | None:
        """The group of a line without the words that lead back to it; None when nothing is left."""
        entry = self.entries[place]
        bad = [edge for edge in edges_of([entry.group]) if edge in closing]
        self.problems += [Problem(entry.line, circle_reason(edge, closing[edge])) for edge in bad]
        left = tuple(word for word in entry.group.words if (entry.group.label, word) not in bad)
        return Group(left, one_way=entry.group.one_way) if len(left) > 1 else None

    def closing(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """The steps of the file that would lead a word back to itself, with what stays in the site."""
        used = [place for place in range(len(self.entries)) if place not in self.refused and not self._is_off(place)]
        replaced = {self.same[place].key for place in used if place in self.same}
        kept = edges_of(row.group for row in self.groups if row.is_active and row.key not in replaced)
        mine = edges_of(self.entries[place].group for place in used)
        return closing_edges([*kept, *mine], kept=frozenset(kept))

    def _is_off(self, place: int) -> bool:
        return place in self.same and not self.same[place].is_active


def plan_of(text: str, groups: Sequence[SiteGroup]) -> ImportPlan:
    """What a file would do to the groups of the site; writes nothing. Never fails, whatever the text. 10,000 lines in 1 s."""
    entries, problems = read(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    planner = _Planner(entries, groups, problems)
    planner.find_same()
    planner.refuse_taken_words()
    closing = planner.closing()
    added: list[Entry] = []
    changed: list[Change] = []
    off: list[Entry] = []
    unchanged = 0
    for place, entry in enumerate(entries):
        row = planner.same.get(place)
        if place in planner.refused:
            continue
        if row is not None and not row.is_active:
            off.append(entry)
            continue
        group = planner.without_loops(place, closing)
        if group is None:
            continue
        if row is None:
            added.append(Entry(entry.line, group))
        elif row.group.label == group.label and set(row.group.words) == set(group.words):
            unchanged += 1
        else:
            changed.append(Change(entry.line, row, group))
    room = max(0, MOST_GROUPS - len(groups))
    problems += [
        Problem(entry.line, gettext("全站最多 {most_groups} 组，这一行加不下。").format(most_groups=MOST_GROUPS))
        for entry in added[room:]
    ]
    refused = tuple(sorted(problems, key=lambda problem: problem.line))
    return ImportPlan(tuple(added[:room]), tuple(changed), unchanged, tuple(off), refused)


def file_of(groups: Iterable[SiteGroup]) -> str:
    """The groups as a file that reads back as the same; those that are switched off stand there as comments."""
    oldest_first = sorted(groups, key=lambda row: row.pk or 0)
    lines = [*_HEAD]
    for row in oldest_first:
        note = f"  # {row.note}" if row.note else ""
        lines.append(f"{'' if row.is_active else '# 停用：'}{row.group.line}{note}")
    return "\n".join(lines) + "\n"
