"""一次告知单: what of the papers is missing, what may come later, where to hand it in. Pure (rows B3, D3, D5)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_LATER = "可以后补，以窗口告知的期限为准。"
_LATER_BY = "可以后补，期限：{deadline}。"
_LATER_OR = "逾期：{consequence}。"


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One paper. `number`: its place in the list of papers, 0 for one that stands in the record of 容缺 alone.

    `later`: that it may come later, until when, and what follows if not; empty where it may not."""

    number: int
    name: str
    sample: str = ""
    mistake: str = ""
    later: str = ""
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Slip:
    """`missing`: what has to be brought; `brought`: how many papers are there already."""

    missing: tuple[SlipLine, ...]
    brought: int


def slip_lines(materials: Sequence[Mapping[str, Any]], deferred: Sequence[Mapping[str, Any]]) -> tuple[SlipLine, ...]:
    """Every paper as a line, from what a revision stores; papers that only the record of 容缺 names come last."""
    lines = []
    told: set[int] = set()
    for number, paper in enumerate(materials, start=1):
        name = paper.get("name", "")
        at = next((at for at, record in enumerate(deferred) if _same_paper(name, record.get("item", ""))), -1)
        if at >= 0:
            told.add(at)
        lines.append(
            SlipLine(
                number=number,
                name=name,
                sample=_open(paper.get("correct_sample", "")),
                mistake=_open(paper.get("common_mistake", "")),
                later=_later(deferred[at]) if at >= 0 else _LATER if paper.get("deferrable") else "",
                is_optional=not paper.get("required", True),
            )
        )
    rest = (record for at, record in enumerate(deferred) if at not in told and record.get("item"))
    return (*lines, *(SlipLine(0, record["item"], later=_later(record)) for record in rest))


def slip_of(lines: Sequence[SlipLine], *, have: Collection[int]) -> Slip:
    """What is missing where the papers of these numbers are there. Numbers that are none count for nothing."""
    missing = tuple(line for line in lines if line.number not in have or not line.number)
    return Slip(missing, len(lines) - len(missing))


def _same_paper(name: str, item: str) -> bool:
    return bool(name and item) and (name in item or item in name)


def _open(sentence: str) -> str:
    """Without the mark at its end, which the slip sets itself."""
    return sentence.rstrip("。；; ")


def _later(record: Mapping[str, Any]) -> str:
    deadline, consequence = (_open(str(record.get(part, ""))) for part in ("deadline", "consequence"))
    words = _LATER_BY.format(deadline=deadline) if deadline else _LATER
    return words + (_LATER_OR.format(consequence=consequence) if consequence else "")
