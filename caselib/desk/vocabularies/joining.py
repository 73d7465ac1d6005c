"""What merging would do, before it is done."""

from dataclasses import dataclass
from typing import Any

from caselib.core.errors import RuleBroken
from caselib.precedents.usage import NO_USE, Usage

from .kinds import Kind
from .picking import Picker, offer_at, picker_of


@dataclass(frozen=True, slots=True)
class MergeScreen:
    """`into`: the one that was chosen, None until then; `error`: why it cannot be."""

    kind: Kind
    row: Any
    into: Any | None
    picker: Picker
    usage: Usage
    into_usage: Usage
    error: str = ""


def merge_screen(kind: Kind, row: Any, *, into: str, wanted: str) -> MergeScreen:
    """The choice, and once something is chosen what will become of how many precedents. About 5 queries."""
    merge = kind.merge
    chosen = offer_at(merge.pick, into)
    key = merge.key_of(into) if into else None
    target = kind.listing.load([key]).get(key) if key else None
    error = ""
    if target is not None:
        try:
            merge.refuse(row, target)
        except RuleBroken as broken:
            error = broken.message
    elif into:
        error = "没有这一条，可能刚被删掉或合并。再选一次。"
    usage = kind.listing.usage([row.pk, *([target.pk] if target else [])])
    own = str(row.pk) if merge.pick == "matter" else row.name
    return MergeScreen(
        kind=kind,
        row=row,
        into=target,
        picker=picker_of(
            merge.pick, name="into", label="并入", chosen=[chosen] if chosen else [], wanted=wanted, without=[own]
        ),
        usage=usage.get(row.pk, NO_USE),
        into_usage=usage.get(target.pk, NO_USE) if target else NO_USE,
        error=error,
    )
