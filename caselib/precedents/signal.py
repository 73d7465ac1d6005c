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
        if citation.relation not in CARRYING:
            continue
        point = f"{citation.version}{citation.clause.label if citation.clause else citation.locator}"
        if citation.version.ended_by(on):
            last = citation.version.last_day
            reasons.append(f"所引{point}适用到 {last:%Y-%m-%d} 为止，要对照现行文本。")
        elif citation.version.begins_after(on):
            reasons.append(f"所引{point}自 {citation.version.effective_from:%Y-%m-%d} 起才施行。")
    if precedent.reverify_due_on and precedent.reverify_due_on < on:
        reasons.append(f"复核日 {precedent.reverify_due_on:%Y-%m-%d} 已过，还没有人复核。")
    return Signal(Word.CARE, tuple(dict.fromkeys(reasons))) if reasons else Signal(Word.OK)
