"""What pages jot down without writing: a bounded queue in memory that a thread of the process empties after the page has gone.

Reading writes nothing and waits for nothing (docs/decisions.md). What finds the queue full is lost.
"""

import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from django.conf import settings
from django.db import Error, connection

logger = logging.getLogger(__name__)

# More than this waits for nobody: the newest are left out.
CAPACITY = 1000
# Seconds to gather jottings for one write.
GATHER = 1.0

Jotting = TypeVar("Jotting")


class Jottings(Generic[Jotting]):
    """A queue and the thread that hands what gathered in it to `write`. `name`: of the thread, and in the log."""

    def __init__(self, name: str, write: Callable[[Sequence[Jotting]], None], *, capacity: int = CAPACITY) -> None:
        self._name, self._write = name, write
        self._waiting: queue.Queue[Jotting] = queue.Queue(capacity)
        self._awake = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._process = 0

    def put(self, jotting: Jotting) -> None:
        """Takes one; what finds the queue full is lost. Never waits."""
        try:
            self._waiting.put_nowait(jotting)
        except queue.Full:
            return
        if settings.CASELIB_SEARCH_LOG_BACKGROUND:
            self._ensure_thread()
            self._awake.set()

    def taken(self) -> list[Jotting]:
        """What waits, which waits no longer."""
        taken: list[Jotting] = []
        while len(taken) < CAPACITY:
            try:
                taken.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return taken

    def flush(self) -> int:
        """Writes down what waits, in the calling thread; returns how much. What the database refuses is lost and logged."""
        taken = self.taken()
        if not taken:
            return 0
        try:
            self._write(taken)
        except Error:
            logger.warning("%d jottings of %s were lost.", len(taken), self._name, exc_info=True)
            return 0
        return len(taken)

    def _pause(self) -> float:
        return GATHER

    def _ensure_thread(self) -> None:
        # A worker that was forked has the object of its parent, but not its thread.
        if self._thread is not None and self._process == os.getpid() and self._thread.is_alive():
            return
        with self._starting:
            if self._thread is None or self._process != os.getpid() or not self._thread.is_alive():
                self._process = os.getpid()
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._awake.wait()
            time.sleep(self._pause())
            self._awake.clear()
            self.flush()
            # The next one may come in an hour; the server would have ended the connection by then.
            connection.close()
