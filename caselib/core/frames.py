"""Pieces of HTML with places to fill: what `format_html` promises, read once and filled at a quarter of its cost.

A page of results fills three hundred of them. A frame is a constant of the source: `tests/contracts` refuses any other,
so that nothing which was typed or stored is ever read as HTML.
"""

from collections.abc import Iterable
from html import escape
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString

NOTHING = SafeString("")


def escaped(value: object) -> str:
    """The text of a value as it may stand in HTML, in an attribute as well; what is HTML already stays as it is."""
    if isinstance(value, Promise) or not hasattr(value, "__html__"):
        return escape(str(value))
    return value.__html__()


def _escaped_all(parts: Iterable[Any]) -> list[str]:
    # Nearly all parts are one of the two that are told apart here, which need no closer look.
    return [
        part if (kind := type(part)) is SafeString else escape(part) if kind is str else escaped(part) for part in parts
    ]


class Frame:
    """HTML with a `{}` for each part; called with the parts, which are escaped."""

    __slots__ = ("_fill",)

    def __init__(self, html: str) -> None:
        self._fill = html.format

    def __call__(self, *parts: Any) -> SafeString:
        return SafeString(self._fill(*_escaped_all(parts)))

    def each(self, rows: Iterable[Iterable[Any]]) -> SafeString:
        """Filled once for the parts of each row, one behind the other."""
        fill = self._fill
        return SafeString("".join([fill(*_escaped_all(row)) for row in rows]))


def joined(pieces: Iterable[Any]) -> SafeString:
    """One behind the other; what is no HTML is escaped."""
    return SafeString("".join(_escaped_all(pieces)))
