"""Two texts of a precedent side by side: section by section, in a changed one by paragraphs, in a changed paragraph by characters."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from caselib.core.diff import Change, Mark, ParagraphPair, paragraph_pairs

from .content import LABELS, RevisionContent
from .sections import ORDER, Section, sections_of

# Sections that are one sentence or one paragraph: their changes count by places, those of others by entries.
_PROSE = frozenset({"title", "gist", "problem", "blocker", "resolution", "script", "lasting_rule", "assessment",
                    "evaluation", "matter_note", "why_another"})  # fmt: skip


class LineChange(StrEnum):
    KEPT = "kept"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph or an entry; `marks` hold both texts where it changed."""

    change: LineChange
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class SectionChange:
    """A section in which something changed. `words`: how much, as the page says it."""

    field: str
    label: str
    lines: tuple[Line, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Compared:
    """`changed` and `same` in the order in which a text is written."""

    changed: tuple[SectionChange, ...]
    same: tuple[Section, ...]

    @property
    def same_names(self) -> str:
        return "、".join(section.label for section in self.same)


def compared(old: Iterable[Section], new: Iterable[Section]) -> Compared:
    """What changed from one text to the other. No query; time is bounded by the lengths alone."""
    before, after = ({section.field: section for section in sections} for sections in (old, new))
    fields = [name for name in ORDER if name in before or name in after]
    changed: list[SectionChange] = []
    same: list[Section] = []
    for name in fields:
        was, now = before.get(name), after.get(name)
        if was is not None and now is not None and was.lines == now.lines:
            same.append(now)
        else:
            changed.append(_change(name, was.lines if was else (), now.lines if now else ()))
    return Compared(tuple(changed), tuple(same))


def contents_compared(old: RevisionContent, new: RevisionContent) -> Compared:
    return compared(sections_of(old), sections_of(new))


def sections_seen(seen: Mapping[str, Sequence[str]]) -> tuple[Section, ...]:
    """The sections that a decision kept of what was read (`ReviewDecision.content_seen`)."""
    kept = ((name, seen[name]) for name in ORDER if seen.get(name))
    return tuple(Section(name, LABELS.get(name, name), tuple(map(str, lines))) for name, lines in kept)


def _change(name: str, old: Sequence[str], new: Sequence[str]) -> SectionChange:
    if old and new:
        pairs = paragraph_pairs("\n".join(old), "\n".join(new))
    else:
        change = Change.REMOVED if old else Change.ADDED
        pairs = tuple(
            ParagraphPair(line if old else None, None if old else line, (Mark(change, line),)) for line in old or new
        )
    lines = tuple(_line(pair) for pair in pairs)
    return SectionChange(name, LABELS.get(name, name), lines, _words(name, lines, old, new))


def _line(pair: ParagraphPair) -> Line:
    if pair.old is None:
        return Line(LineChange.ADDED, pair.marks)
    if pair.new is None:
        return Line(LineChange.REMOVED, pair.marks)
    return Line(LineChange.KEPT if pair.old == pair.new else LineChange.CHANGED, pair.marks)


def _words(name: str, lines: Sequence[Line], old: Sequence[str], new: Sequence[str]) -> str:
    if not old:
        return "新写的一节"
    if not new:
        return "整节删去"
    counts = Counter(line.change for line in lines)
    unit = "段" if name in _PROSE else "条"
    if name in _PROSE and len(lines) == 1:
        return f"改 {_places(lines[0].marks)} 处"
    named = {LineChange.ADDED: "加", LineChange.CHANGED: "改", LineChange.REMOVED: "删"}
    return (
        "，".join(f"{word} {counts[change]} {unit}" for change, word in named.items() if counts[change]) or "分段改了"
    )


def _places(marks: Sequence[Mark]) -> int:
    """How many stretches differ; what went and what came in its place are one."""
    return sum(
        mark.change is not Change.KEPT and (index == 0 or marks[index - 1].change is Change.KEPT)
        for index, mark in enumerate(marks)
    )
