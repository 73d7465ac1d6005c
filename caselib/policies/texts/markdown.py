"""Markdown without its marks, line by line; a line that has none stays as it is."""

import re

_HEADING = re.compile(r"\s{0,3}#{1,6}\s+")
_QUOTE = re.compile(r"\s{0,3}(?:>\s?){1,9}")
_BULLET = re.compile(r"\s{0,12}[-*+]\s+")
_RULE = re.compile(r"\s{0,3}(?:[-*_]\s{0,3}){3,80}")
_TABLE_RULE = re.compile(r"[\s|:-]{3,400}")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,2000})\1")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,500})\]\([^()\s]{0,2000}\)")
_CODE = re.compile(r"`([^`\n]{1,500})`")
_FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|>~-])")


def plain_of_markdown(text: str) -> str:
    """The text without marks. A number before a point stays: 1. is the mark of an item in a policy as well."""
    return "\n".join(_plain_line(line) for line in text.replace("\r\n", "\n").split("\n") if not _FENCE.match(line))


def _plain_line(line: str) -> str:
    if _RULE.fullmatch(line) or ("|" in line and _TABLE_RULE.fullmatch(line)):
        return ""
    line = _QUOTE.sub("", line, count=1) if _QUOTE.match(line) else line
    for mark in (_HEADING, _BULLET):
        if found := mark.match(line):
            line = line[found.end() :]
    if line.lstrip().startswith("|"):
        line = "\t".join(cell.strip() for cell in line.strip().strip("|").split("|"))
    line = _CODE.sub(r"\1", _LINK.sub(r"\1", _STRONG.sub(r"\2", line)))
    return _ESCAPE.sub(r"\1", line)
