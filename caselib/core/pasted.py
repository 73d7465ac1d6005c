"""What a paste from Word, WPS or a table brings along and nobody meant to write."""

import html
import re

from .text import clean

# Markup is only taken for markup where it says who made it: somebody may well write about <3 or x<y.
_MADE_BY_WORD = re.compile(r"<o:p|</?w:|</?st1:|mso-|\bMso[A-Z]\w+|<!--\[if|<!--StartFragment", re.IGNORECASE)
_HIDDEN = ("style", "script", "xml", "head")
_BREAK = re.compile(r"<br\b[^<>]{0,500}>|</(?:p|div|li|tr|h[1-6]|table)\s*>", re.IGNORECASE)
_CELL = re.compile(r"</(?:td|th)\s*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][\w:-]*(?:\s[^<>]{0,5000})?/?>")
# Symbol and Wingdings have their signs in the private area; the first is what Word writes for a bullet.
_BULLETS = "\uf0b7\uf0a7\uf0d8\uf0fc\uf0a8\uf06c\uf075\uf0be\uf02d·•●○■□◆◇▪▫‣⁃◦"
_BULLET = re.compile(rf"[ \t\u3000\u00a0]*[{_BULLETS}][ \t\u3000\u00a0]*")
# Where Word puts the signs of Symbol and Wingdings; the rest of the private area holds rare characters of names.
_PRIVATE = re.compile("[\uf020-\uf0ff]")
_EDGE = re.compile(r"^[\t\u3000\u00a0]+|[ \t\u3000\u00a0]+$", re.MULTILINE)
# More than one blank line says no more than one.
_GAP = re.compile(r"\n{3,}")
_NUMBERED = re.compile(r"\s*(?:[（(]\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*[)）]|\d{1,2}[．、)）]|\d{1,2}\.(?!\d)"
                       r"|[一二三四五六七八九十]{1,3}、|[①-⑳]|-(?=\s))\s*")  # fmt: skip


def tidy(text: str) -> str:
    """A long text without Word's markup, with `- ` for its bullets and a wide blank for the tabs of a table.

    Lines stay lines, and what was typed by hand stays as it is. One pass over the text.
    """
    text = without_markup(clean(text))
    lines = (_BULLET.sub("- ", line, count=1) if _BULLET.match(line) else line for line in text.split("\n"))
    text = _PRIVATE.sub("", _EDGE.sub("", "\n".join(lines)))
    return _GAP.sub("\n\n", text.replace("\u00a0", " ").replace("\t", "\u3000")).strip()


def tidy_line(text: str) -> str:
    """The same for what is one line: breaks and tabs become a blank, a bullet before it goes."""
    return " ".join(tidy(text).removeprefix("- ").split())


def tidy_entries(text: str) -> list[str]:
    """A pasted list as its entries: a line each, without bullets and, where there are several, without numbers.

    Empty lines are no entries. A single line keeps its number: it may be part of what was meant.
    """
    lines = [line for line in (tidy_line(part) for part in tidy(text).split("\n")) if line]
    return [_NUMBERED.sub("", line, count=1) or line for line in lines] if len(lines) > 1 else lines


def without_markup(text: str) -> str:
    """The text of markup that Word made; any other text as it is."""
    if "<" not in text or not _MADE_BY_WORD.search(text):
        return text
    text = _cut(_cut(text, "<!--", "-->"), "<![", "]>")
    for name in _HIDDEN:
        text = _cut(text, f"<{name}", f"</{name}>")
    text = _CELL.sub("\t", _BREAK.sub("\n", text))
    return html.unescape(_TAG.sub("", text))


def _cut(text: str, opening: str, closing: str) -> str:
    """The text without what stands between the two and without them. What is never closed stays. One pass."""
    kept, at, lower = [], 0, text.lower()
    while (start := lower.find(opening, at)) >= 0 and (end := lower.find(closing, start)) >= 0:
        kept.append(text[at:start])
        at = end + len(closing)
    return "".join([*kept, text[at:]])
