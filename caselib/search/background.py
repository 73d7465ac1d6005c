"""Work that nobody waits for, in a thread of the web process: for sites where no worker runs beside it."""

import os
import threading
from collections.abc import Callable

from django.db import connection


class Errand:
    """One kind of work, done in at most one thread of a process, which keeps no process alive."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._renew()
        # The thread that holds the lock does not live on in a forked process.
        os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        self._busy = threading.Lock()

    def begin(self, work: Callable[[], None]) -> None:
        """Does the work beside; while one works, that one does this as well."""
        busy = self._busy
        if not busy.acquire(blocking=False):
            return

        def run() -> None:
            try:
                work()
            finally:
                busy.release()
                connection.close()

        threading.Thread(target=run, name=self._name, daemon=True).start()
