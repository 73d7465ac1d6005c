"""Vectors of questions: remembered, bounded in time, and not asked for while the model fails.

The model runs in a thread beside, so that a search waits for it no longer than it may, whatever the model does. After a
failure nobody asks for a minute, then one question at a time does: a dead service costs one wait a minute.
"""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping

from . import health
from .port import Embedder, EmbeddingUnavailable, Vectors

REMEMBERED = 10_000
# Seconds without asking after a failure.
PAUSE = 60.0
# Questions that are with the model at once. More of them would wait for each other and all come too late.
_AT_ONCE = 8
# Seconds between looks whether another process has noted a failure that is over.
_LOOK = 60.0
TOO_SLOW = "语义模型超过 {seconds:g} 秒没有回答。检索照常按字词进行，一分钟后再试。"


class QuestionVectors:
    """The vectors of one process. Safe for threads."""

    def __init__(self) -> None:
        self._remembered: OrderedDict[tuple[str, str], Vectors] = OrderedDict()
        self._lock = threading.Lock()
        self._trial = threading.Lock()
        self._places = threading.BoundedSemaphore(_AT_ONCE)
        self._asked_again_at = 0.0
        self._failing = False
        self._looked_at = -_LOOK

    def of(self, text: str, *, embedder: Embedder, timeout: float) -> Vectors | None:
        """The vector of a prepared question; None when the model fails or takes longer than `timeout` seconds."""
        if (known := self._known(embedder.name, text)) is not None:
            return known
        if time.monotonic() < self._asked_again_at:
            return None
        if not self._failing:
            return self._ask(text, embedder=embedder, timeout=timeout)
        if not self._trial.acquire(blocking=False):
            return None
        try:
            return self._ask(text, embedder=embedder, timeout=timeout)
        finally:
            self._trial.release()

    def known(self, model: str) -> dict[str, Vectors]:
        """What is remembered of a model, by prepared question."""
        with self._lock:
            return {text: vector for (name, text), vector in self._remembered.items() if name == model}

    def learn(self, model: str, vectors: Mapping[str, Vectors]) -> None:
        """Remembers what was made elsewhere."""
        for text, vector in vectors.items():
            self._remember(model, text, vector)

    def _known(self, model: str, text: str) -> Vectors | None:
        with self._lock:
            if (found := self._remembered.get((model, text))) is not None:
                self._remembered.move_to_end((model, text))
            return found

    def _remember(self, model: str, text: str, vector: Vectors) -> None:
        with self._lock:
            self._remembered[model, text] = vector
            if len(self._remembered) > REMEMBERED:
                self._remembered.popitem(last=False)

    def _ask(self, text: str, *, embedder: Embedder, timeout: float) -> Vectors | None:
        if not self._places.acquire(blocking=False):
            return None
        failure: list[str] = []

        def ask() -> None:
            try:
                self._remember(embedder.name, text, embedder.query(text))
            except EmbeddingUnavailable as error:
                failure.append(error.message)
            finally:
                self._places.release()

        # A daemon: a service that never ends its answer must not keep the process from ending.
        thread = threading.Thread(target=ask, name="question-vector", daemon=True)
        thread.start()
        thread.join(timeout)
        vector = self._known(embedder.name, text)
        if vector is None:
            self._fail(failure[0] if failure else TOO_SLOW.format(seconds=timeout))
        else:
            self._succeed()
        return vector

    def _fail(self, error: str) -> None:
        self._failing = True
        self._asked_again_at = time.monotonic() + PAUSE
        health.note_failure(error)

    def _succeed(self) -> None:
        """What another process noted is over as well; looking for its note once a minute is enough."""
        now = time.monotonic()
        if self._failing or now - self._looked_at >= _LOOK:
            self._looked_at = now
            health.note_success()
        self._failing = False


_process = QuestionVectors()


def question_vectors() -> QuestionVectors:
    """Those of this process."""
    return _process


def forget() -> None:
    """Starts anew: nothing remembered, no failure noted. A forked process does it, whose locks may be held by nobody."""
    global _process
    _process = QuestionVectors()


os.register_at_fork(after_in_child=forget)
