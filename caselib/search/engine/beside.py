"""Analysing many documents with a second process beside this one: a rebuild on two cores takes two thirds of the time.

The second process is started afresh rather than forked: it inherits no connection of the database, no lock and no
thread. It only turns documents into tokens, and people who search meanwhile go first.
"""

import logging
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import chain, islice

from caselib.search.dictionary import NO_WORDS, Dictionary
from caselib.search.engine.port import IndexDocument
from caselib.search.engine.prepared import PreparedDocument, prepare, prepare_all

logger = logging.getLogger(__name__)

# Fewer than these are done before a second process has read its dictionary.
ALONE = 1_000
# Documents that go together; how many such chunks the other process has before it, and how many are kept: some 30 MB.
_CHUNK = 50
_MOST_SENT = 4
_MOST_WAITING = 16
_NICENESS = 5

_dictionary = NO_WORDS


@dataclass(slots=True)
class _Chunk:
    """What was sent, kept until it has come back: a process that dies loses nothing."""

    documents: list[IndexDocument]
    coming: Future[list[PreparedDocument]]


def prepare_beside(
    documents: Iterable[IndexDocument], *, dictionary: Dictionary, alone: int = ALONE
) -> Generator[PreparedDocument, None, None]:
    """Each document analysed, in the order given; the same as `prepare` for each.

    With more than `alone` documents and more than one core a second process takes part, which holds 120 MB of its own.
    """
    remaining = iter(documents)
    for document in islice(remaining, alone):
        yield prepare(document, dictionary=dictionary)
    first = next(remaining, None)
    if first is None:
        return
    remaining = chain([first], remaining)
    if _cores() < 2:
        for document in remaining:
            yield prepare(document, dictionary=dictionary)
        return
    beside = ProcessPoolExecutor(
        1, mp_context=multiprocessing.get_context("spawn"), initializer=_begin, initargs=(dictionary,)
    )
    try:
        yield from _shared(remaining, beside, dictionary)
    finally:
        beside.shutdown(cancel_futures=True)


def _shared(
    documents: Iterator[IndexDocument], beside: ProcessPoolExecutor, dictionary: Dictionary
) -> Iterator[PreparedDocument]:
    """What the other process has no room for is done here, so that neither waits for the other."""
    # In the order of the documents, whoever does them.
    waiting: deque[_Chunk] = deque()
    while chunk := list(islice(documents, _CHUNK)):
        if sum(not one.coming.done() for one in waiting) < _MOST_SENT:
            waiting.append(_Chunk(chunk, _sent(beside, chunk)))
        else:
            waiting.append(_Chunk(chunk, _done(prepare_all(chunk, dictionary=dictionary))))
        while waiting and (waiting[0].coming.done() or len(waiting) > _MOST_WAITING):
            yield from _received(waiting.popleft(), dictionary)
    for one in waiting:
        yield from _received(one, dictionary)


def _cores() -> int:
    """How many processes of this one's kind can run at once; a container may be given fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _done(prepared: list[PreparedDocument]) -> Future[list[PreparedDocument]]:
    here: Future[list[PreparedDocument]] = Future()
    here.set_result(prepared)
    return here


def _sent(beside: ProcessPoolExecutor, chunk: list[IndexDocument]) -> Future[list[PreparedDocument]]:
    try:
        return beside.submit(_prepared, chunk)
    except (BrokenProcessPool, OSError) as error:
        failed: Future[list[PreparedDocument]] = Future()
        failed.set_exception(BrokenProcessPool(str(error)))
        return failed


def _received(chunk: _Chunk, dictionary: Dictionary) -> list[PreparedDocument]:
    try:
        return chunk.coming.result()
    except BrokenProcessPool as error:
        logger.warning("the process beside the rebuild is gone, its documents are analysed here: %s", error)
        return prepare_all(chunk.documents, dictionary=dictionary)


def _begin(dictionary: Dictionary) -> None:
    """In the second process: what every chunk needs."""
    global _dictionary
    os.nice(_NICENESS)
    _dictionary = dictionary
    # A rebuild may be killed at any moment; nothing else would tell this process that nobody waits for it any more.
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _prepared(documents: list[IndexDocument]) -> list[PreparedDocument]:
    return prepare_all(documents, dictionary=_dictionary)
