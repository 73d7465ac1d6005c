"""Automatic numbers of a .docx (第一条, （一）, 1.), counted as Word counts them. They stand nowhere in its text."""

import re
from dataclasses import dataclass, field

from docx.document import Document as Opened
from docx.oxml.ns import qn
from lxml import etree

from caselib.core.text import chinese_numeral

_VALUE = qn("w:val")
_PLACE = re.compile(r"%([1-9])")
_CHINESE = frozenset(
    {
        "chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand",
        "japaneseCounting", "ideographTraditional", "koreanCounting",
    }
)  # fmt: skip
_PLAIN = frozenset({"decimal", "decimalFullWidth", "decimalHalfWidth", "decimalZero", "ordinal"})
# A style is based on another, that one on a third; a ring of them must not hold us.
_MOST_STYLES = 20
_LARGEST = 9_999


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    form: str
    pattern: str


@dataclass(slots=True)
class _List:
    """The levels of one list and how far it has counted; lists of one abstract number count on together."""

    abstract: str
    levels: dict[int, _Level]
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts the numbers of a document's paragraphs, which have to be asked for in order. `lost`: how many it could not
    write."""

    def __init__(self, document: Opened) -> None:
        self.lost = 0
        self._counted: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()
        self._lists = _lists(document)
        self._styles = {style.get(qn("w:styleId")): style for style in document.styles.element.iter(qn("w:style"))}

    def marker(self, paragraph: etree._Element) -> str:
        """The number of a paragraph, or empty; a bullet is none."""
        number, level = self._number_of(paragraph)
        if not number or number == "0":
            return ""
        found = self._lists.get(number)
        if found is None or level not in found.levels:
            self.lost += 1
            return ""
        counted = self._count(number, found, level)
        form = found.levels[level].form
        if form in ("bullet", "none"):
            return ""
        return self._written(found, level, counted)

    def _count(self, number: str, found: _List, level: int) -> dict[int, int]:
        counted = self._counted.setdefault(found.abstract, {})
        if number not in self._begun:
            self._begun.add(number)
            for place in found.starts:
                counted.pop(place, None)
        start = found.starts.get(level, found.levels[level].start)
        counted[level] = min(counted[level] + 1, _LARGEST) if level in counted else start
        for deeper in [place for place in counted if place > level]:
            del counted[deeper]
        return counted

    def _written(self, found: _List, level: int, counted: dict[int, int]) -> str:
        parts: list[str] = []

        def figure(match: re.Match[str]) -> str:
            place = int(match[1]) - 1
            form = found.levels.get(place)
            value = counted.get(place, form.start if form else 1)
            parts.append(_figure(value, form.form if form else "decimal"))
            return parts[-1]

        written = _PLACE.sub(figure, found.levels[level].pattern)
        if not all(parts):
            self.lost += 1
            return ""
        return written + ("　" if written.endswith(("条", "章", "节", "编")) else "")

    def _number_of(self, paragraph: etree._Element) -> tuple[str, int]:
        """(id of the list, level) from the paragraph, else from its style and those that it is based on."""
        properties = paragraph.find(qn("w:pPr"))
        if properties is None:
            return "", 0
        own = properties.find(qn("w:numPr"))
        number, level = _of(own, "numId"), _of(own, "ilvl")
        style = self._styles.get(_of(properties, "pStyle"))
        for _ in range(_MOST_STYLES):
            if style is None or number:
                break
            theirs = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            number, level = _of(theirs, "numId"), level or _of(theirs, "ilvl")
            style = self._styles.get(_of(style, "basedOn"))
        return number, _int(level, 0)


def _lists(document: Opened) -> dict[str, _List]:
    part = next((rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/numbering")), None)
    if part is None:
        return {}
    abstracts = {each.get(qn("w:abstractNumId")): each for each in part.element.iter(qn("w:abstractNum"))}
    lists: dict[str, _List] = {}
    for each in part.element.iter(qn("w:num")):
        name = _of(each, "abstractNumId")
        if name not in abstracts:
            continue
        levels = {_int(level.get(qn("w:ilvl")), 0): _level(level) for level in abstracts[name].iter(qn("w:lvl"))}
        starts = {}
        for change in each.iter(qn("w:lvlOverride")):
            place = _int(change.get(qn("w:ilvl")), 0)
            if start := _of(change, "startOverride"):
                starts[place] = _int(start, 1)
            if (own := change.find(qn("w:lvl"))) is not None:
                levels[place] = _level(own)
        lists[each.get(qn("w:numId"))] = _List(name, levels, starts)
    return lists


def _level(level: etree._Element) -> _Level:
    return _Level(_int(_of(level, "start"), 1), _of(level, "numFmt") or "decimal", _of(level, "lvlText"))


def _of(element: etree._Element | None, name: str) -> str:
    found = element.find(qn(f"w:{name}")) if element is not None else None
    return (found.get(_VALUE) or "") if found is not None else ""


def _int(text: str | None, default: int) -> int:
    return min(int(text), _LARGEST) if text and text.isascii() and text.isdigit() and len(text) < 9 else default


def _figure(value: int, form: str) -> str:
    """A number in one of Word's forms; empty for a form that policies are not numbered in."""
    if form in _PLAIN:
        return str(value)
    if form in _CHINESE:
        return chinese_numeral(value) or "零"
    if form == "ideographDigital":
        return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(value))
    if form in ("lowerLetter", "upperLetter") and 1 <= value <= 26:
        return chr((ord("a") if form == "lowerLetter" else ord("A")) + value - 1)
    if form.startswith("decimalEnclosedCircle") and 1 <= value <= 20:
        return chr(0x2460 + value - 1)
    return ""
