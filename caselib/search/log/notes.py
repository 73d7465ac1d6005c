"""What pages note for the log, waiting in memory to be written down by a thread of this process."""

import datetime as dt
import logging
import os
import queue
import threading
import time
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import Error, connection

logger = logging.getLogger(__name__)

# More than this waits for nobody: the newest notes are left out.
CAPACITY = 1000
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


class Notes:
    """A bounded queue and the thread that empties it into the database."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._waiting: queue.Queue[Asked | Opened] = queue.Queue(capacity)
        self._awake = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._process = 0

    def put(self, note: Asked | Opened) -> None:
        """Takes a note; one that finds the queue full is lost. Never waits."""
        try:
            self._waiting.put_nowait(note)
        except queue.Full:
            return
        if settings.CASELIB_SEARCH_LOG_BACKGROUND:
            self._ensure_thread()
            self._awake.set()

    def clear(self) -> None:
        """Forgets what waits."""
        self._taken()

    def flush(self) -> int:
        """Writes down what waits, in the calling thread. Returns how many notes were written.

        What the database refuses is lost and logged: nobody's page hangs on it.
        """
        from caselib.search.log.services import notes_write

        notes = self._taken()
        if not notes:
            return 0
        try:
            early = notes_write(notes)
        except Error:
            logger.warning("%d notes of the search log were lost.", len(notes), exc_info=True)
            return 0
        for note in early:
            if note.tries < _TRIES:
                self.put(replace(note, tries=note.tries + 1))
        return len(notes) - len(early)

    def _taken(self) -> list[Asked | Opened]:
        taken: list[Asked | Opened] = []
        try:
            while len(taken) < CAPACITY:
                taken.append(self._waiting.get_nowait())
        except queue.Empty:
            return taken
        return taken

    def _ensure_thread(self) -> None:
        # A worker that was forked has the object of its parent, but not its thread.
        if self._thread is not None and self._process == os.getpid() and self._thread.is_alive():
            return
        with self._starting:
            if self._thread is None or self._process != os.getpid() or not self._thread.is_alive():
                self._process = os.getpid()
                self._thread = threading.Thread(target=self._run, name="search-log", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._awake.wait()
            time.sleep(GATHER)
            self._awake.clear()
            self.flush()
            # The next note may come in an hour; the server would have ended the connection by then.
            connection.close()


notes = Notes()
