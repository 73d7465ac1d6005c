"""What stands below an article: 款 by counting paragraphs, 项 and 目 by their marks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from caselib.core.text import chinese_numeral

from .lines import Line, Mark, read_line

# Amounts by tonnage or rank, each on a line.
_MOST_BETWEEN = 20
_ITEM_MARKS = (Mark.SUBHEAD, Mark.SUBNUMBERED, Mark.NUMBERED)


@dataclass(frozen=True, slots=True)
class Below:
    """The article or a part of it; `level` is one of article, paragraph, item, subitem."""

    level: str
    label: str
    ref: str
    text: str
    line: int
    marker: str = ""
    title: str = ""


@dataclass(slots=True)
class _Node:
    """`lines`: all of its lines and of what is below it; of an item without its own marker in the first."""

    number: int
    marker: str
    at: int
    lines: list[str]
    below: list["_Node"] = field(default_factory=list)


def article_pieces(lines: Sequence[Line]) -> Iterator[Below]:
    """The article, then its paragraphs if there is more than one, each followed by its items and theirs.

    `lines`: the first holds the article's mark, the others follow it in the text.
    """
    first, *others = lines
    # What stands behind 第三条 on its line may be an item too.
    body = [_own(first), *others] if first.rest else others
    ref = f"{first.number}-{first.later}" if first.later else str(first.number)
    text = "\n".join(line.whole for line in body)
    yield Below("article", first.marker, ref, text, first.at, first.marker, first.title)
    paragraphs = _paragraphs(body)
    is_only = len(paragraphs) == 1
    for number, paragraph in enumerate(paragraphs, start=1):
        label, place = first.marker, f"{ref}/{number}"
        if not is_only:
            label += f"第{chinese_numeral(number)}款"
            yield Below("paragraph", label, place, "\n".join(paragraph.lines), paragraph.at)
        for item in paragraph.below:
            named, at = f"{label}第{item.marker.rstrip('、．.')}项", f"{place}/{item.number}"
            yield Below("item", named, at, "\n".join(item.lines), item.at, item.marker)
            for sub in item.below:
                inner = f"{named}第{sub.number}目"
                yield Below("subitem", inner, f"{at}/{sub.number}", "\n".join(sub.lines), sub.at, sub.marker)


def _own(first: Line) -> Line:
    again = read_line(first.rest, first.at)
    return again if again.mark in _ITEM_MARKS else Line(first.at, first.rest, rest=first.rest)


def _paragraphs(lines: Sequence[Line]) -> list[_Node]:
    """Paragraphs with their items: a line with an item's mark goes to the paragraph above, any other begins one.

    What stands between an item and the next one of its count belongs to the first.
    """
    found: list[_Node] = []
    for line in lines:
        if line.mark not in _ITEM_MARKS:
            found.append(_Node(line.number, "", line.at, [line.whole]))
            continue
        _take_back(found, line)
        if not found:
            found.append(_Node(0, "", line.at, []))
        paragraph = found[-1]
        paragraph.lines.append(line.whole)
        items = paragraph.below
        node = _Node(line.number, line.marker, line.at, [line.rest])
        # 1. below （一） is a part of it; without any （一） it is an item itself.
        if (
            items
            and line.mark is not Mark.SUBHEAD
            and items[-1].marker[:1] in "（("
            and line.mark is not _kind(items[-1])
        ):
            items[-1].lines.append(line.whole)
            items[-1].below.append(node)
        else:
            items.append(node)
    return found


def _take_back(found: list[_Node], line: Line) -> None:
    """Gives the plain paragraphs above a line to the item, and its part, that the line counts on from."""
    plain = next((count for count, node in enumerate(reversed(found[-_MOST_BETWEEN:])) if node.below), 0)
    if not plain:
        return
    above = found[-plain - 1]
    item = above.below[-1]
    counting = [node for node in (item, *item.below[-1:]) if _kind(node) is line.mark]
    if line.number not in {node.number + 1 for node in counting}:
        return
    for node in found[-plain:]:
        for owner in (above, item, *item.below[-1:]):
            owner.lines.extend(node.lines)
    del found[-plain:]


def _kind(node: _Node) -> Mark:
    if node.marker[:1] not in "（(":
        return Mark.NUMBERED
    inner = node.marker.strip("（()）、．.")
    return Mark.SUBNUMBERED if inner.isdigit() else Mark.SUBHEAD
