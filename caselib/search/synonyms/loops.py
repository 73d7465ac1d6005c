"""One-way words that lead back to where they began: 甲 => 乙 => 甲."""

from collections.abc import Iterable, Iterator

Edge = tuple[str, str]


def closing_edges(edges: Iterable[Edge], *, kept: frozenset[Edge] = frozenset()) -> dict[Edge, tuple[str, ...]]:
    """The edges to leave out so that no word leads back to itself, each with its circle (of a long one, both ends).

    `kept`: edges that must stay, and hold no circle by themselves; another edge of the circle is named in their place.
    One walk over all edges, whatever their order: 10,000 of them in one circle take some milliseconds.
    """
    leads: dict[str, list[str]] = {}
    for asked, found in edges:
        leads.setdefault(asked, []).append(found)
    closing: dict[Edge, tuple[str, ...]] = {}
    done: set[str] = set()
    for start in leads:
        if start not in done:
            _walk(start, leads, done=done, kept=kept, closing=closing)
    return closing


def _walk(
    start: str,
    leads: dict[str, list[str]],
    *,
    done: set[str],
    kept: frozenset[Edge],
    closing: dict[Edge, tuple[str, ...]],
) -> None:
    """Depth first from one word. Not recursive: a chain may be 10,000 words long."""
    path: list[str] = [start]
    place = {start: 0}
    waiting: list[Iterator[str]] = [iter(leads[start])]
    while path:
        for word in waiting[-1]:
            if word in place:
                closing[_to_blame(path, word, place[word], kept=kept)] = _shown(path, word, place[word])
            elif word not in done:
                place[word] = len(path)
                path.append(word)
                waiting.append(iter(leads.get(word, ())))
                break
        else:
            last = path.pop()
            waiting.pop()
            del place[last]
            done.add(last)


def _to_blame(path: list[str], word: str, begins: int, *, kept: frozenset[Edge]) -> Edge:
    """The edge that closes the circle, or the last before it that need not be kept."""
    closing = (path[-1], word)
    if closing not in kept:
        return closing
    around = zip(path[begins:], path[begins + 1 :], strict=False)
    return next((edge for edge in reversed(list(around)) if edge not in kept), closing)


def _shown(path: list[str], word: str, begins: int) -> tuple[str, ...]:
    # Whole circles of 10,000 words, one for each edge that closes one, would fill memory.
    if len(path) - begins <= 6:
        return (*path[begins:], word)
    return (*path[begins : begins + 3], "……", path[-1], word)
