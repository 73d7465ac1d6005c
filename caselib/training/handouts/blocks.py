"""Markdown as blocks of marked words, for what is no page: the reading is that of `core.markdown`, and nothing else reads it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import html

from caselib.core.markdown import to_html
from caselib.core.word_out import printable


@dataclass(frozen=True, slots=True)
class Span:
    text: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """`kind`: text, heading, bullet, number, quote, code, rule or table. `level`: of a list, from 0; `mark`: the number that a
    line of a numbered list has. `rows`: of a table, each a row of cells; the first is its head. Links are text with their
    address behind it.
    """

    kind: str
    spans: tuple[Span, ...] = ()
    level: int = 0
    mark: str = ""
    rows: tuple[tuple[tuple[Span, ...], ...], ...] = ()

    @property
    def words(self) -> str:
        return "".join(span.text for span in self.spans)


_BOLD, _ITALIC, _HEADINGS = {"strong", "th"}, {"em"}, {"h3", "h4", "h5"}
_DEEPEST = 4


def blocks_of(text: str) -> tuple[Block, ...]:
    """The blocks of a text in its order, empty ones left out. Never fails."""
    drawn = to_html(printable(text))
    if not drawn.strip():
        return ()
    root = html.fragment_fromstring(drawn, create_parent="div")
    found = _blocks(root, kind="text", level=0)
    return tuple(block for block in found if block.kind in ("rule", "table") or block.words.strip())


def plain_of(text: str) -> str:
    """The same as lines without any mark."""
    return "\n".join(line for block in blocks_of(text) for line in _lines(block) if line)


def _lines(block: Block) -> Iterator[str]:
    if block.kind == "table":
        yield from (" | ".join("".join(span.text for span in cell) for cell in row) for row in block.rows)
    elif block.kind == "bullet":
        yield f"· {block.words}"
    elif block.kind == "number":
        yield f"{block.mark} {block.words}"
    elif block.kind != "rule":
        yield from block.words.split("\n")


def _blocks(parent: html.HtmlElement, *, kind: str, level: int) -> Iterator[Block]:
    """What stands in an element that holds blocks; loose words between them are a block of that kind."""
    loose: list[Span] = _words(parent.text)
    for child in parent:
        if child.tag not in _OF_A_LINE:
            yield Block(kind, _trimmed(loose), level)
            loose = []
            yield from _block(child, kind=kind, level=level)
        else:
            loose += _spans(child)
        loose += _words(child.tail)
    yield Block(kind, _trimmed(loose), level)


_OF_A_LINE = {"strong", "em", "a", "code", "br"}


def _block(element: html.HtmlElement, *, kind: str, level: int) -> Iterator[Block]:
    tag = element.tag
    if tag in ("ul", "ol"):
        yield from _list(element, level=level)
    elif tag == "blockquote":
        yield from _blocks(element, kind="quote", level=level)
    elif tag == "table":
        rows = (tuple(_trimmed(_inside(cell)) for cell in row) for row in element.iter("tr"))
        yield Block("table", rows=tuple(row for row in rows if row))
    elif tag == "hr":
        yield Block("rule")
    elif tag == "pre":
        yield Block("code", (Span(element.text_content().strip("\n")),))
    else:
        yield Block("heading" if tag in _HEADINGS else kind, _trimmed(_inside(element)), level)


def _list(element: html.HtmlElement, *, level: int) -> Iterator[Block]:
    """Each line a block; what stands below a line is deeper by one."""
    is_numbered, start = element.tag == "ol", element.get("start", "1")
    number = int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 1
    deeper = min(level + 1, _DEEPEST)
    for item in element.iterchildren("li"):
        is_first = True
        for block in _blocks(item, kind="text", level=deeper):
            if block.kind == "text" and not block.words.strip():
                continue
            if is_first and block.kind == "text":
                mark = f"{number}." if is_numbered else ""
                yield Block("number" if is_numbered else "bullet", block.spans, level, mark)
            else:
                yield block
            is_first = False
        number += 1


def _inside(element: html.HtmlElement) -> list[Span]:
    """The words of an element with what they are marked as."""
    bold, italic = element.tag in _BOLD, element.tag in _ITALIC
    found = [] if element.text is None else _words(element.text)
    for child in element:
        found += _spans(child)
        found += _words(child.tail)
    return [Span(span.text, span.bold or bold, span.italic or italic) for span in found]


def _spans(element: html.HtmlElement) -> list[Span]:
    if element.tag == "br":
        return [Span("\n")]
    found = _inside(element)
    address = element.get("href", "") if element.tag == "a" else ""
    words = "".join(span.text for span in found)
    if address and address.removeprefix("mailto:") != words:
        found.append(Span(f"（{address}）"))
    return found


def _words(text: str | None) -> list[Span]:
    """Line breaks of the source are none of the text: a break that is meant is an element."""
    plain = (text or "").replace("\n", "")
    return [Span(plain)] if plain else []


def _trimmed(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Without the break that stands first or last; neighbours of one look joined."""
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if last and (last.bold, last.italic) == (span.bold, span.italic):
            joined[-1] = Span(last.text + span.text, span.bold, span.italic)
        else:
            joined.append(span)
    if joined:
        joined[0] = Span(joined[0].text.lstrip(), joined[0].bold, joined[0].italic)
        joined[-1] = Span(joined[-1].text.rstrip(), joined[-1].bold, joined[-1].italic)
    return tuple(span for span in joined if span.text)
