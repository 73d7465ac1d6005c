"""One thing that waits, as a lane of the work desk shows it."""

from dataclasses import dataclass

from caselib.precedents.points import Due

# What a lane shows before it leads to its room.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Line:
    title: str
    address: str
    note: str = ""
    due: Due | None = None
