"""Markdown to safe HTML. The only module that marks text as safe: everything passes through nh3 on the way out."""

import re
import xml.etree.ElementTree as etree
from collections.abc import Callable
from html import escape

import markdown
import nh3
from django.utils.safestring import SafeString, mark_safe

from .text import LIBRARY_NUMBER

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "h3", "h4", "h5", "a", "code", "pre", "hr",
        "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "th": {"align"}, "td": {"align"}, "ol": {"start"}}
# The one class that comes through: of a library number.
CLASSES = {"a": {"num"}}
SCHEMES = {"http", "https", "mailto"}
# Page sections start at h2, so a heading inside a text begins at h3.
HEADING_SHIFT = {"h1": "h3", "h2": "h4", "h3": "h5", "h4": "h5", "h5": "h5", "h6": "h5"}
# What people write without meaning any sign: #1 号楼, > 5 万元, 3*5, 2026. 年. A backslash before it keeps it.
_PLAIN = re.compile(
    r"^([ ]{0,3})(#(?=#{0,5}[^\s#])|>(?=[ ]*[0-9]))|^([ ]{0,3}[0-9]{3,})(\.)(?=\s)|([0-9A-Za-z)])(\*)(?=[0-9A-Za-z(])",
    re.MULTILINE,
)
# A list behind a line of text, which Markdown would take for more of that line.
_LIST = re.compile(r"^(?![ ]{0,3}(?:[-*+]|[0-9]+\.)[ ])(.*\S.*)\n(?=[ ]{0,3}(?:[-*+]|1\.)[ ])", re.MULTILINE)
# Ways to write HTML, code by indentation, headings by underlining and pictures: nobody means them, and plain text would change.
_LEFT_OUT = {"inlinePatterns": ("html", "image_link", "image_reference"), "preprocessors": ("html_block",)}
# A text without any of these is paragraphs and breaks, which takes a hundredth of the time.
_SIGNS = re.compile(r"[\\`*_\[\]<>&#|!]|^[ ]{0,3}(?:[-+]|[0-9]+\.)[ ]|^[ ]{0,3}[-=]{2,}|[ ]{2,}$", re.MULTILINE)
# Each opening sign is looked up to the end of the text: a text that is made of them would take minutes.
_MOST_OF_A_SIGN = 400
# A text that names more is a list of them, and stays text.
_MOST_NUMBERS = 100
_COSTLY = "[]`*_<&#!>|\\"
_BLOCKS_LEFT_OUT = ("code", "setextheader")


class _ShiftHeadings(markdown.treeprocessors.Treeprocessor):
    def run(self, root):
        for element in root.iter():
            element.tag = HEADING_SHIFT.get(element.tag, element.tag)


class _Numbers(markdown.inlinepatterns.InlineProcessor):
    """A library number (入库编号) becomes a link to its precedent, but not inside of another link or of code."""

    ANCESTOR_EXCLUDES = ("a",)

    def __init__(self, address: Callable[[str], str]) -> None:
        super().__init__(f"(?i){LIBRARY_NUMBER.pattern}")
        self.address = address

    def handleMatch(self, m, data):
        link = etree.Element("a", {"class": "num", "href": self.address(m[0])})
        link.text = markdown.util.AtomicString(m[0])
        return link, m.start(0), m.end(0)


def _paragraphs(text: str) -> SafeString:
    parts = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    lines = ("<br>\n".join(escape(line.strip()) for line in part.splitlines()) for part in parts)
    html = "\n".join(f"<p>{each}</p>" for each in lines)
    return mark_safe(nh3.clean(html, tags=TAGS, attributes={}))  # noqa: S308 (escaped and cleaned)


def _kept(match: re.Match[str]) -> str:
    before, sign = [part or "" for part in match.groups()[::2]], [part or "" for part in match.groups()[1::2]]
    return "".join(before) + "\\" + "".join(sign)


def to_html(text: str, *, number_address: Callable[[str], str] | None = None, links: bool = True) -> SafeString:
    """Renders Markdown as HTML that holds only the tags, attributes and address schemes listed above.

    HTML that somebody typed is shown as it was typed: x<y and y>z keeps its letters. A break is a break. `number_address`: where
    a library number leads; without it, numbers are text. `links`: False leaves of links only their words, for what is read where no
    link may lead.
    """
    numbers = len(re.findall(LIBRARY_NUMBER.pattern, text, re.IGNORECASE)) if number_address else 0
    has_number = 0 < numbers <= _MOST_NUMBERS
    if any(text.count(sign) > _MOST_OF_A_SIGN for sign in _COSTLY) or not (has_number or _SIGNS.search(text)):
        return _paragraphs(text)
    renderer = markdown.Markdown(extensions=["tables", "sane_lists", "nl2br"], output_format="html")
    for registry, names in _LEFT_OUT.items():
        for name in names:
            getattr(renderer, registry).deregister(name)
    for name in _BLOCKS_LEFT_OUT:
        renderer.parser.blockprocessors.deregister(name)
    renderer.treeprocessors.register(_ShiftHeadings(renderer), "shift-headings", 1)
    if number_address and has_number:
        renderer.inlinePatterns.register(_Numbers(number_address), "library-number", 75)
    html = renderer.convert(_LIST.sub(r"\1\n\n", _PLAIN.sub(_kept, text)))
    clean = nh3.clean(
        html,
        tags=TAGS if links else TAGS - {"a"},
        attributes=ATTRIBUTES if links else {},
        allowed_classes=CLASSES if links else {},
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )
    return mark_safe(clean)  # noqa: S308 (cleaned in the line above)
