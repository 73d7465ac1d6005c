"""What kind of line a line of a policy text is: 编 章 节 条 项 目, the heads 一、（一）1.（1）, 目录, 附件, a date.

Each line is looked at once, by patterns that are tied to its beginning and have no choice in how to match.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from caselib.core.text import chinese_int, clean, normalise

_NUM = r"(?:[0-9０-９]{1,4}|[零〇一二两三四五六七八九十百千]{1,9})"
_BLANK = r"[^\S\n]"
_ARTICLE = re.compile(
    rf"第{_BLANK}?({_NUM}){_BLANK}?条(?:{_BLANK}?之{_BLANK}?([0-9０-９]{{1,2}}|[一二三四五六七八九十]{{1,3}})(?![般定切律]))?"
)
_HEADING = re.compile(rf"第{_BLANK}?({_NUM}){_BLANK}?(分?编|章|节)")
# What stands behind 第三条 where a sentence only speaks of it: 第三条规定的, 第三条第二款, 第三条、第四条.
_SPEAKS_OF = re.compile(
    r"[、，。；：,;:至到和与及或的所中内之前后款项]|规定|第|以外|修改|删除|改为|增加|同时|[（(][一二三四五六七八九十\d]{1,3}[)）]"
)
_PARAGRAPH_NEXT = re.compile(rf"第{_BLANK}?{_NUM}{_BLANK}?[款项]")
_TITLE = re.compile(r"【([^【】\n]{1,60})】|[（(]([^（）()\n]{1,30})[）)](?=\s|$)")
_CHINESE_FIGURES = "[一二三四五六七八九十百]{1,4}"
_HEAD = re.compile(rf"({_CHINESE_FIGURES}){_BLANK}?[、．.]")
_SUBHEAD = re.compile(rf"[（(]{_BLANK}?({_CHINESE_FIGURES}){_BLANK}?[）)](?:{_BLANK}*[、．.])?")
_NUMBERED = re.compile(r"([0-9０-９]{1,3})(?:[、．]|\.(?![0-9]))")
_SUBNUMBERED = re.compile(rf"[（(]{_BLANK}?([0-9０-９]{{1,3}}){_BLANK}?[）)]")
_CONTENTS = re.compile(r"目\s{0,8}[录次]")
_BARE_CHAPTER = re.compile(r"[总附]\s{0,8}则")
_APPENDIX = re.compile(
    r"附[件表录]?\s?([0-9０-９]{1,2}|[一二三四五六七八九十]{1,2})?\s?(?:[:：]|$)|附[件表录]\s?[0-9０-９]{1,2}\s"
)
_DATE = re.compile(
    r"(?:[12][0-9]{3}|[１２][０-９]{3}|[一二][零〇○Ｏ0一二三四五六七八九]{3})\s?年\s?"
    r"(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})\s?月\s?(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})\s?日"
)
# A heading is a name, not a sentence.
_LONGEST_HEADING, _SENTENCE = 60, frozenset("。；！？")
_LINE_BREAKS = re.compile("[\u2028\u2029\x85\x0b\x0c]")


class Mark(StrEnum):
    """What a line begins with."""

    PART = "编"
    CHAPTER = "章"
    SECTION = "节"
    ARTICLE = "条"
    HEAD = "一、"
    SUBHEAD = "（一）"
    NUMBERED = "1."
    SUBNUMBERED = "（1）"
    CONTENTS = "目录"
    APPENDIX = "附件"
    DATE = "日期"
    NONE = ""


HEADINGS = (Mark.PART, Mark.CHAPTER, Mark.SECTION)
HEADS = (Mark.HEAD, Mark.SUBHEAD, Mark.NUMBERED, Mark.SUBNUMBERED)


@dataclass(frozen=True, slots=True)
class Line:
    """One line without blanks around it. `at`: its number in the text, from 1. `marker` as typed, without blanks inside;
    `number` in figures, `later` the figure behind 之; `title` in its brackets; `rest`: what stands behind."""

    at: int
    whole: str
    mark: Mark = Mark.NONE
    marker: str = ""
    number: int = 0
    later: int = 0
    title: str = ""
    rest: str = ""

    @property
    def key(self) -> tuple[Mark, int, int]:
        return self.mark, self.number, self.later


def lines_of(text: str) -> list[Line]:
    """The lines of a text that are not blank."""
    rows = clean(_LINE_BREAKS.sub("\n", text)).split("\n")
    return [read_line(row.strip(), at) for at, row in enumerate(rows, start=1) if row.strip()]


def read_line(row: str, at: int = 1) -> Line:
    """What a line is, by itself; `row` has no blanks around it."""
    first = row[:1]
    if first == "第":
        return _article(row, at) or _heading(row, at) or Line(at, row, rest=row)
    for mark, pattern in (
        (Mark.HEAD, _HEAD),
        (Mark.SUBHEAD, _SUBHEAD),
        (Mark.NUMBERED, _NUMBERED),
        (Mark.SUBNUMBERED, _SUBNUMBERED),
    ):
        if (match := pattern.match(row)) and (number := _int(match[1])):
            marker = re.sub(r"\s", "", match[0])
            return Line(at, row, mark, marker, number, rest=row[match.end() :].strip())
    if _CONTENTS.fullmatch(row):
        return Line(at, row, Mark.CONTENTS, rest=row)
    if _BARE_CHAPTER.fullmatch(row):
        return Line(at, row, Mark.CHAPTER, re.sub(r"\s", "", row))
    if first == "附" and len(row) <= _LONGEST_HEADING and _APPENDIX.match(row):
        return Line(at, row, Mark.APPENDIX, rest=row)
    if _DATE.fullmatch(row):
        return Line(at, row, Mark.DATE, rest=row)
    return Line(at, row, rest=row)


def _article(row: str, at: int) -> Line | None:
    match = _ARTICLE.match(row)
    number = _int(match[1]) if match else 0
    if not number:
        return None
    rest = row[match.end() :]
    title = _TITLE.match(rest.lstrip())
    if title and not (title[2] and _int(title[2])):
        rest = rest.lstrip()[title.end() :].strip()
        marker = re.sub(r"\s", "", match[0])
        return Line(at, row, Mark.ARTICLE, marker, number, _int(match[2] or ""), title[0], rest)
    if rest and not rest[0].isspace() and _SPEAKS_OF.match(rest):
        return None
    rest = rest.strip()
    if _PARAGRAPH_NEXT.match(rest):
        return None
    return Line(at, row, Mark.ARTICLE, re.sub(r"\s", "", match[0]), number, _int(match[2] or ""), rest=rest)


def _heading(row: str, at: int) -> Line | None:
    match = _HEADING.match(row)
    number = _int(match[1]) if match else 0
    if not number or len(row) > _LONGEST_HEADING or _SENTENCE & set(row):
        return None
    rest = row[match.end() :]
    if rest and not rest[0].isspace() and _SPEAKS_OF.match(rest):
        return None
    marker = re.sub(r"\s", "", match[0])
    return Line(at, row, Mark(match[2][-1]), marker, number, rest=rest.strip())


def is_name(row: str) -> bool:
    """Whether a line without a mark may be the name of a chapter, or of who signed: short, and no sentence."""
    return len(row) <= 30 and not (frozenset("。；！？，：,;:") & set(row))


def _int(text: str) -> int:
    return chinese_int(normalise(text)) or 0
