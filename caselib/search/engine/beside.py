"""Analysing many documents with a second process beside this one: a third less work for this one where a core is free.

The second process is started afresh rather than forked: it inherits no connection of the database, no lock and no
thread. It only turns documents into tokens, and people who search meanwhile go first.
"""

import logging
import multiprocessing
import os
import threading
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice

from caselib.search.dictionary import NO_WORDS, Dictionary
from caselib.search.engine.port import IndexDocument
from caselib.search.engine.prepared import PreparedDocument, prepare, prepare_all

logger = logging.getLogger(__name__)

# Fewer than these are done before a second process has read its dictionary.
ALONE = 1_000
# Documents that go together, and how many such chunks are with the other process: one at work, the next ones at hand.
_CHUNK = 50
_MOST_SENT = 3
_NICENESS = 5

_Coming = Future[list[PreparedDocument]]
_dictionary = NO_WORDS


def prepare_beside(
    documents: Iterable[IndexDocument], *, dictionary: Dictionary, alone: int = ALONE
) -> Generator[PreparedDocument, None, None]:
    """Each document analysed as `prepare` does, once; in any order where there are more than `alone`.

    For these a second process takes part where there are two cores. It holds some 100 MB of its own.
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
    """What the other process has no room for is done here: on a busy machine, which gives it little, nobody waits for it."""
    # What was sent stays here until it has come back: a process that dies loses nothing.
    sent: dict[_Coming, list[IndexDocument]] = {}
    while chunk := list(islice(documents, _CHUNK)):
        for coming in [coming for coming in sent if coming.done()]:
            yield from _received(coming, sent.pop(coming), dictionary)
        if len(sent) < _MOST_SENT and (taken := _sent(beside, chunk)):
            sent[taken] = chunk
        else:
            yield from prepare_all(chunk, dictionary=dictionary)
    for coming, chunk in sent.items():
        yield from _received(coming, chunk, dictionary)


def _cores() -> int:
    """How many processes of this one's kind can run at once; a container may be given fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _sent(beside: ProcessPoolExecutor, chunk: list[IndexDocument]) -> _Coming | None:
    """What will come back; None where the other process is gone or cannot be started."""
    try:
        return beside.submit(_prepared, chunk)
    except (BrokenProcessPool, OSError):
        return None


def _received(coming: _Coming, chunk: list[IndexDocument], dictionary: Dictionary) -> list[PreparedDocument]:
    try:
        return coming.result()
    except BrokenProcessPool as error:
        logger.warning("the process beside the rebuild is gone, its documents are analysed here: %s", error)
        return prepare_all(chunk, dictionary=dictionary)


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
