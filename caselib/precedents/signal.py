"""可用 / 慎用 / 停用: may this precedent be followed today, why, and which point is doubtful. Computed when read.

Only dated facts count that a person entered: versions that ended, points that were marked. Nothing is read off texts.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q

from .models import Citation, Doubt, Precedent, Relation
from .visibility import PrecedentStatus


class Word(StrEnum):
    OK = "ok"
    CARE = "care"
    STOP = "stop"


LABELS = {Word.OK: "可用", Word.CARE: "慎用", Word.STOP: "停用"}

# A rule that was only compared with, told apart or named as a conflict may end without touching the precedent.
CARRYING = frozenset({Relation.BASIS, Relation.EXPLAINS, Relation.EXCEPTION})


@dataclass(frozen=True, slots=True)
class Signal:
    """`word` with the reasons, each a full sentence that names its point; an `ok` without any says that none is known."""

    word: Word
    reasons: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return LABELS[self.word]


def q_changes_signal(on: dt.date) -> Q:
    """The condition on Citation for those that take 可用 away on a day: the others need not be loaded for a list."""
    return Q(relation__in=CARRYING) & (Q(version__effective_to__lte=on) | Q(version__effective_from__gt=on))


def signal_of(precedent: Precedent, *, citations: Iterable[Citation], doubts: Sequence[Doubt], on: dt.date) -> Signal:
    """The signal of a precedent on a day. Pass rows with `version__policy` and `clause` loaded: it makes no query."""
    if precedent.status == PrecedentStatus.RETIRED:
        return Signal(Word.STOP, (f"已出库：{precedent.retired_reason}",))
    reasons = [doubt.reason for doubt in doubts]
    for citation in citations:
        version = citation.version
        if citation.relation in CARRYING and (version.ended_by(on) or version.begins_after(on)):
            point = f"{version}{citation.clause.label if citation.clause else citation.locator}"
            reasons.append(validity_reason(point, begins=version.effective_from, ends=version.effective_to, on=on))
    return signal_from(reasons, due_on=precedent.reverify_due_on, on=on)


def signal_from(reasons: Iterable[str], *, due_on: dt.date | None, on: dt.date) -> Signal:
    """The signal of a precedent in use for these reasons, and for its day of review if that has passed."""
    reasons = list(dict.fromkeys(reasons))
    if due_on and due_on < on:
        reasons.append(f"复核日 {due_on:%Y-%m-%d} 已过，还没有人复核。")
    return Signal(Word.CARE, tuple(reasons)) if reasons else Signal(Word.OK)


def validity_reason(point: str, *, begins: dt.date | None, ends: dt.date | None, on: dt.date) -> str:
    """Why a version that does not apply on the day takes 可用 away. `ends` is the first day it no longer applied."""
    if ends is not None and ends <= on:
        last = ends - dt.timedelta(days=1)
        return f"所引{point}适用到 {last:%Y-%m-%d} 为止，要对照现行文本。"
    return f"所引{point}自 {begins:%Y-%m-%d} 起才施行。"
