"""Policies named in a question: by number in any spelling, also slightly wrong, or by a short name, with its articles.

国办发二〇二二 5号, 国令439, 公司法32条, 《登记条例》第三十三条: each becomes the policy it means, and what is looked for
are the precedents that rest on it. A number that the library does not know is looked for as it stands as well.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from caselib.core.text import INSERTED_ARTICLE, article_refs, document_numbers
from caselib.policies.texts.missing import Missing, missing_names, missing_number
from caselib.policies.texts.names import PolicyTable, longest_name
from caselib.policies.texts.numbers import meant_by, without_issuer, written_numbers

# Whoever names more than these pasted a list; the first ones say what it is about.
_MOST = 6

_ARTICLE = re.compile(
    r"第?\s*(?:\d{1,4}|[零〇一二两三四五六七八九十百千]{1,9})\s*条"
    rf"(?:{INSERTED_ARTICLE})?"
    r"(?:\s*第?\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*款)?"
    r"(?:\s*第?\s*\(?\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*\)?\s*项)?"
)
# 国办发〔2022〕5号文 and 5号文件.
_TAIL = re.compile("(?:\\s*号?(?:文件|文(?![化书物旅体艺本章字凭])))?")


@dataclass(frozen=True, slots=True)
class Reference:
    """A policy named in the question. `codes`: what is meant, more than one where it is not clear.

    `typed` as it was written; `shown`: the number that is looked for instead, where the typed one is not known;
    `articles` in normal form; `name_words`: the text of a name, to be looked for as words too, faintly.
    """

    typed: str
    codes: tuple[str, ...]
    shown: str = ""
    articles: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    name_words: str = ""

    @property
    def is_guess(self) -> bool:
        return bool(self.shown)


@dataclass(frozen=True, slots=True)
class ReferenceReading:
    """`rest`: the question in normal form without what was read. `missing`: policies that the library does not hold."""

    rest: str
    references: tuple[Reference, ...] = ()
    missing: tuple[Missing, ...] = ()


@dataclass(slots=True)
class _Spot:
    start: int
    end: int
    reference: Reference | Missing


def read_references(text: str, *, table: PolicyTable, near: bool = True) -> ReferenceReading:
    """Reads the policies that a question in normal form names. `near`: whether a number may be slightly wrong."""
    spots = _numbers_in(text, table, near=near)
    taken = [(spot.start, spot.end) for spot in spots]
    spots += [spot for spot in _names_in(text, table) if all(spot.end <= a or spot.start >= b for a, b in taken)]
    taken = [(spot.start, spot.end) for spot in spots]
    # A library without policies would tell of each that it lacks it.
    missing = missing_names(text, known=tuple(table.names), taken=taken) if table.names else ()
    spots += [_Spot(each.start, each.end, each) for each in missing]
    spots = sorted(spots, key=lambda spot: spot.start)[:_MOST]
    if not spots:
        return ReferenceReading(text)
    articles = _articles_in(text, spots)
    read, lacking, cut = [], [], []
    for number, spot in enumerate(spots):
        mine = [found for found in articles if found[0] == number]
        refs = tuple(dict.fromkeys(ref for _, _, _, found in mine for ref in found))
        if isinstance(spot.reference, Reference):
            read.append(replace(spot.reference, articles=refs))
        else:
            # Its article leaves the words as well: the same number in another law says nothing.
            lacking.append(spot.reference)
        cut += [(spot.start, spot.end), *((start, end) for _, start, end, _ in mine)]
    return ReferenceReading(_without(text, cut), tuple(read), tuple(lacking))


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces, at = [], 0
    for start, end in sorted(spans):
        pieces.append(text[at:start])
        at = max(at, end)
    return " ".join([*pieces, text[at:]]).replace("《", " ").replace("》", " ").strip()


def _articles_in(text: str, spots: Sequence[_Spot]) -> list[tuple[int, int, int, list[str]]]:
    """(which spot, from, to, articles): an article belongs to the policy named before it, or to the first one."""
    found = []
    for match in _ARTICLE.finditer(text):
        if any(spot.start <= match.start() < spot.end for spot in spots):
            continue
        refs = article_refs(match[0] if match[0].lstrip().startswith("第") else f"第{match[0].strip()}")
        before = [number for number, spot in enumerate(spots) if spot.end <= match.start()]
        if refs:
            found.append((before[-1] if before else 0, match.start(), match.end(), refs))
    return found


def _numbers_in(text: str, table: PolicyTable, *, near: bool) -> list[_Spot]:
    spots = []
    for written in written_numbers(text)[: 3 * _MOST]:
        end = _TAIL.match(text, written.end).end()
        meant = meant_by(written, table.numbers, near=near)
        lacks = missing_number(written, text) if meant is None and table.titles else None
        if lacks:
            spots.append(_Spot(lacks.start, end, lacks))
        elif meant is None and not written.year:
            meant = meant_by(without_issuer(written), table.numbers, near=False)
        if meant is None:
            continue
        typed = text[meant.start : written.end].strip()
        exact = [key for number in meant.numbers if meant.is_exact for key in document_numbers(number.shown)]
        reference = Reference(
            typed,
            tuple(dict.fromkeys(number.policy for number in meant.numbers)),
            shown="" if meant.is_exact else "、".join(dict.fromkeys(number.shown for number in meant.numbers)),
            keys=tuple(dict.fromkeys((*document_numbers(typed), *exact))),
        )
        spots.append(_Spot(meant.start, end, reference))
    return spots


def _names_in(text: str, table: PolicyTable) -> list[_Spot]:
    """Names from left to right, the longest at each place."""
    if not table.names:
        return []
    spots, at = [], 0
    while at < len(text) and len(spots) < _MOST:
        name = longest_name(text, at, table)
        if not name:
            at += 1
            continue
        end = at + len(name)
        spots.append(_Spot(at, end, Reference(name, table.names[name], name_words=name)))
        at = end
    return spots
