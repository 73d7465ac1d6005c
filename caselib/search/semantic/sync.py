"""Keeps the vectors in step with the published texts: an outbox of its own beside the index's.

What the index writes is followed in the same drain: rows of texts that are no longer published go at once, without any
model, and precedents that lack a vector are marked. Making vectors takes long and waits for an idle moment. A mark is
done only after its rows are on the disk, so whatever dies in between is done again.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from django.conf import settings
from django.db import DatabaseError

from caselib.core.marks import mark_dirty, mark_done, mark_failed, pending
from caselib.search.background import Errand
from caselib.search.indexing import eligible

from . import health
from .chosen import embedder, store
from .passages import BATCH, TOPIC, digest_of, digests_of, passages_of
from .port import Embedder, EmbeddingUnavailable, Vectors
from .snapshot import ObjectRows, Snapshot
from .store import VectorStore, quantised

# Precedents that are written at once: what a kill costs to do again, and how often the store is written.
_AT_ONCE = 16
# More than these wait for a worker; a web process that does them all would be slow for everybody.
INLINE_PRECEDENTS = 20

OTHER_VECTORS = "语义模型给出的向量和库里已有的长度不同，已从头计算；如果反复出现，请检查 EMBEDDING_URL 指的服务。"

logger = logging.getLogger(__name__)


def follow(object_ids: Iterable[int]) -> None:
    """Drops the vectors of texts that are not published any more, and marks the precedents that lack some.

    For whoever writes the index, before it notes that the objects are done. Needs no model, and never fails for the
    store's sake: the marks stay then. Nothing where this site keeps no vectors. Writes DirtyMark; 2 queries for 500.
    """
    if not store().snapshot().model:
        return
    wanted = sorted(set(object_ids))
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        try:
            with store().turn():
                lacking = _drop_outdated(store(), batch)
        except OSError:
            logger.exception("vectors not updated, marks kept")
            lacking = batch
        mark_dirty(TOPIC, lacking)


def _drop_outdated(vectors: VectorStore, object_ids: list[int]) -> list[int]:
    """Drops what is not current of these objects and returns those that lack something. The caller is inside `turn`."""
    texts = passages_of(object_ids)
    snapshot = vectors.snapshot()
    shortened: dict[int, ObjectRows] = {}
    lacking, gone = [], []
    for pk in object_ids:
        wanted = digests_of(texts.get(pk, ()))
        own = snapshot.rows_of(pk)
        held = frozenset(own.digests.tolist()) if own else frozenset()
        if wanted - held:
            lacking.append(pk)
        if own and not wanted & held:
            gone.append(pk)
        elif own and held - wanted:
            kept = np.isin(own.digests, np.fromiter(wanted, np.uint64))
            shortened[pk] = ObjectRows(own.digests[kept], own.rows[kept])
    if shortened or gone:
        vectors.write(shortened, removed=gone)
    return lacking


def is_pending() -> bool:
    """Whether a worker with this site's model has vectors to make."""
    model = embedder()
    return model is not None and (store().snapshot().model != model.name or pending(TOPIC).exists())


def sync(*, interrupted: Callable[[], bool] = lambda: False) -> int:
    """Makes the vectors of some marked precedents and returns of how many. 0 without a model or without marks.

    `interrupted`: asked after each piece of work, some 0.1 seconds; what was made until then is kept.

    Raises EmbeddingUnavailable when the model fails and OSError when the store cannot be written; the marks stay, with
    the reason. Writes DirtyMark.
    """
    model = embedder()
    if model is None:
        return 0
    if store().snapshot().model != model.name:
        _begin(model)
    seen = dict(pending(TOPIC).values_list("object_id", "wanted")[:_AT_ONCE])
    if not seen:
        return 0
    texts = passages_of(seen)
    work = _Work(model, store().snapshot())
    failure: EmbeddingUnavailable | None = None
    try:
        work.make(texts, interrupted)
    except EmbeddingUnavailable as error:
        failure = error
    done = [pk for pk in seen if work.has_all(texts.get(pk, ()))]
    if not _write(model, work, texts, removed=[pk for pk in seen if pk not in texts]):
        _begin(model)
        raise EmbeddingUnavailable(OTHER_VECTORS)
    mark_done(TOPIC, {pk: seen[pk] for pk in done})
    if failure:
        health.note_failure(failure.message)
        mark_failed(TOPIC, sorted(seen.keys() - set(done)), failure.message)
        raise failure
    if work.made:
        health.note_success()
    return len(done)


def fill(report: Callable[[int, int], None] | None = None, *, interrupted: Callable[[], bool] = lambda: False) -> int:
    """Makes all vectors that are missing, after comparing the store with every published text.

    `report` is told how many precedents are done, of how many. `interrupted`: as in `sync`. Returns how many were worked
    on. Hours for a large library.

    Raises what `sync` raises.
    """
    model = embedder()
    if model is None:
        return 0
    before = store().snapshot()
    if before.model != model.name or before.dimensions not in {0, len(model.query("营业执照"))}:
        _begin(model)
    else:
        repair(drift())
    done, waiting = 0, pending(TOPIC).count()
    while pending(TOPIC).exists() and not interrupted():
        done += sync(interrupted=interrupted)
        if report:
            report(done, max(waiting, done))
    return done


def sync_after_commit() -> None:
    """What the web process does after a change where it does the worker's work: few vectors, in a thread beside.

    Never fails, and nobody waits for it. Nothing before the store was begun by a worker or a rebuild.
    """
    model = embedder()
    if model is None or not settings.CASELIB_INDEX_INLINE or store().snapshot().model != model.name:
        return
    if 0 < pending(TOPIC).count() <= INLINE_PRECEDENTS:
        in_background(_sync_quietly)


def _sync_quietly() -> None:
    try:
        while sync():
            pass
    except EmbeddingUnavailable as error:
        logger.warning("vectors not made, marks kept: %s", error.message)
    except (OSError, DatabaseError):
        logger.exception("vectors not made, marks kept")


in_background = Errand("vectors").begin


@dataclass(frozen=True, slots=True)
class VectorDrift:
    """Keys of precedents by what is wrong with their vectors; all empty when store and database agree.

    What is marked already is work to do, not drift.
    """

    missing: tuple[int, ...] = ()
    stale: tuple[int, ...] = ()
    surplus: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        return len(self.missing) + len(self.stale) + len(self.surplus)


def drift() -> VectorDrift:
    """Compares the vectors with every published text, by digest. Reads the whole library; asks no model.

    Empty where this site keeps no vectors.
    """
    snapshot = store().snapshot()
    if not snapshot.model:
        return VectorDrift()
    marked = set(pending(TOPIC).values_list("object_id", flat=True))
    held = {pk: hash(digests) for pk, digests in snapshot.digests()}
    expected = list(eligible().order_by("pk").values_list("pk", flat=True))
    missing, stale = [], []
    for start in range(0, len(expected), BATCH):
        for pk, texts in passages_of(expected[start : start + BATCH]).items():
            if pk not in held and texts and pk not in marked:
                missing.append(pk)
            elif pk in held and held[pk] != hash(digests_of(texts)) and pk not in marked:
                stale.append(pk)
    surplus = sorted(held.keys() - set(expected))
    return VectorDrift(tuple(missing), tuple(stale), tuple(surplus))


def repair(found: VectorDrift) -> None:
    """Drops what should not be there and marks what is missing."""
    follow([*found.missing, *found.stale, *found.surplus])


def _begin(model: Embedder) -> None:
    """Empties the store for another model and marks the whole library. Marks first: a kill in between repeats it."""
    mark_dirty(TOPIC, list(eligible().order_by("pk").values_list("pk", flat=True)))
    with store().turn():
        store().start(model.name)


class _Work:
    """Rows by the digest of their text: those that are stored already, and those that are made."""

    def __init__(self, model: Embedder, snapshot: Snapshot) -> None:
        self._model = model
        self._snapshot = snapshot
        self._rows: dict[int, np.ndarray] = {}
        self.made = 0

    def make(self, texts: Mapping[int, tuple[str, ...]], interrupted: Callable[[], bool]) -> None:
        """Makes what is missing, the oldest precedent first, until it is interrupted. Raises EmbeddingUnavailable."""
        for pk in texts:
            if own := self._snapshot.rows_of(pk):
                self._rows.update(zip(own.digests.tolist(), own.rows, strict=True))
        missing = {int(digest_of(text)): text for passages in texts.values() for text in passages}
        wanted = [(digest, text) for digest, text in missing.items() if digest not in self._rows]
        for start in range(0, len(wanted), self._model.at_once):
            piece = wanted[start : start + self._model.at_once]
            vectors: Vectors = self._model.passages([text for _, text in piece])
            self._rows.update(zip((digest for digest, _ in piece), quantised(vectors), strict=True))
            self.made += len(piece)
            if interrupted():
                return

    def has_all(self, texts: Iterable[str]) -> bool:
        return digests_of(texts) <= self._rows.keys()

    def rows_for(self, texts: Iterable[str]) -> ObjectRows | None:
        """What there is for these texts; None for nothing."""
        held = [digest for digest in map(int, map(digest_of, texts)) if digest in self._rows]
        if not held:
            return None
        return ObjectRows(np.array(held, np.uint64), np.stack([self._rows[digest] for digest in held]))


def _write(model: Embedder, work: _Work, texts: Mapping[int, tuple[str, ...]], *, removed: list[int]) -> bool:
    """Writes what was made, as far as the texts are still published. False, and nothing written, for a store of
    other vectors."""
    with store().turn():
        # Read again inside: what was withdrawn while the model worked must not come back.
        current = passages_of(texts)
        changes = {pk: rows for pk, passages in current.items() if (rows := work.rows_for(passages))}
        snapshot = store().snapshot()
        widths = {entry.rows.shape[1] for entry in changes.values()} | ({snapshot.dimensions} - {0})
        if snapshot.model != model.name or len(widths) > 1:
            # Another process began anew, or the service got another model under the same name.
            return False
        store().write(changes, removed=[*removed, *(pk for pk in texts if pk not in current)])
        return True
