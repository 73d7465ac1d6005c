"""What pages note for the log, waiting in memory to be written down by a thread of this process."""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import Error

from caselib.core.jotting import CAPACITY, Jottings

logger = logging.getLogger(__name__)

# Seconds to gather notes for one write.
GATHER = 1.0
# A click may be written by another process than its question, which may come a moment later.
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was typed. `token` names the row until a result is opened; `thread` joins those of one sitting."""

    token: str
    thread: str
    typed: str
    at: dt.datetime
    total: int
    fits: bool
    page: int = 1
    narrowed: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A result that was opened from the question `token`; `rank` counts from 1."""

    token: str
    precedent_id: int
    rank: int
    tries: int = 0


class Notes(Jottings[Asked | Opened]):
    """The queue of the log. A click whose question is not written yet waits for it a few times."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        super().__init__("search-log", _written, capacity=capacity)

    def clear(self) -> None:
        """Forgets what waits."""
        self.taken()

    def flush(self) -> int:
        """Writes down what waits, in the calling thread. Returns how many notes were written.

        What the database refuses is lost and logged: nobody's page hangs on it.
        """
        notes = self.taken()
        if not notes:
            return 0
        try:
            early = _written(notes)
        except Error:
            logger.warning("%d notes of the search log were lost.", len(notes), exc_info=True)
            return 0
        for note in early:
            if note.tries < _TRIES:
                self.put(replace(note, tries=note.tries + 1))
        return len(notes) - len(early)

    def _pause(self) -> float:
        return GATHER


def _written(notes: Sequence[Asked | Opened]) -> list[Opened]:
    from caselib.search.log.services import notes_write

    return notes_write(notes)


notes = Notes()
