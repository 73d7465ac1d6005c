"""The embedded engine: Whoosh's files and lock, written by array and scored by numpy. See the port for its promises."""

import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from itertools import chain, islice
from pathlib import Path

import numpy as np
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex

from caselib.search.analysis import fingerprint
from caselib.search.dictionary import NO_WORDS, Dictionary
from caselib.search.engine.beside import prepare_beside
from caselib.search.engine.port import (
    EngineQuery,
    EngineResult,
    IndexDocument,
    IndexNotWritten,
    IndexUnavailable,
)
from caselib.search.engine.prepared import PreparedDocument, prepare_all

from .executor import execute
from .merging import FAN, INLINE_DOCUMENTS, INLINE_FAN, to_merge
from .scoring import view_of
from .segment import term_hash
from .snapshot import INDEX_NAME, Snapshot, open_snapshot
from .store import DAMAGED, IndexStore, Stamp, writing
from .writer import ArraySegmentWriter, schema

# Seconds that a writer waits for the one before it.
PATIENCE = 10.0
# Documents in one segment of a rebuild: 10,000 precedents take some 500 MB while they are sorted.
SEGMENT_DOCUMENTS = 10_000
# Documents that an idle moment may rewrite.
TIDY_DOCUMENTS = 10 * SEGMENT_DOCUMENTS
_INCOMPLETE = "新索引应有 {expected} 条，实际 {actual} 条，没有启用；仍使用原来的索引。"

_snapshots: dict[Path, tuple[Stamp, Snapshot]] = {}
_refreshing = threading.Lock()


class WhooshEngine:
    """An index in a folder. Cheap to make; all engines of a process on one folder share what they have read."""

    def __init__(self, root: Path | str, *, patience: float = PATIENCE) -> None:
        self.store = IndexStore(Path(root))
        self.patience = patience

    def snapshot(self) -> Snapshot:
        """The latest commit; one system call when nothing has changed."""
        stamp = self.store.stamp()
        root = self.store.root
        seen = _snapshots.get(root)
        if seen is None or seen[0] != stamp:
            with _refreshing:
                seen = _snapshots.get(root)
                if seen is None or seen[0] != stamp:
                    seen = _snapshots[root] = (stamp, open_snapshot(self.store))
        return seen[1]

    def search(self, query: EngineQuery) -> EngineResult:
        snapshot = self.snapshot()
        try:
            return execute(snapshot, query)
        except (IndexError, ValueError, UnicodeDecodeError) as error:
            # Numbers that point outside of their arrays: the files were damaged after they were opened.
            raise IndexUnavailable(DAMAGED) from error

    def count(self) -> int:
        return self.snapshot().count

    def frequencies(
        self, terms: Sequence[tuple[str, str]], *, filters: Mapping[str, frozenset[str]]
    ) -> tuple[list[int], int]:
        snapshot = self.snapshot()
        hashes = np.array([term_hash(field, token) for field, token in terms], np.uint64)
        try:
            views = [view_of(leaf, filters) for leaf in snapshot.leaves]
            counts = sum((view.frequencies(*view.leaf.data.find(hashes)) for view in views), np.zeros(len(terms), int))
        except (IndexError, ValueError) as error:
            raise IndexUnavailable(DAMAGED) from error
        return counts.tolist(), sum(view.count for view in views)

    def fingerprint(self) -> str:
        return self.snapshot().fingerprint

    def dictionary(self) -> Dictionary:
        return self.snapshot().dictionary

    def digests(self) -> Iterator[tuple[str, int]]:
        for leaf in self.snapshot().leaves:
            documents = range(leaf.data.count) if leaf.alive is None else leaf.alive.nonzero()[0]
            yield from zip(leaf.data.keys(documents), leaf.data.digest[documents].tolist(), strict=True)

    def exists(self) -> bool:
        """Whether there is an index that can be read."""
        try:
            self.snapshot()
        except IndexUnavailable:
            return False
        return True

    def create(self) -> None:
        """Starts an empty index where none can be read. What was there stays until the new one is live."""
        with self.store.lock(wait=self.patience):
            if not self.exists():
                folder = self._new_generation()
                self.store.point_to(folder)
                self.store.drop_others(folder)

    def write(self, *, upserts: Iterable[IndexDocument] = (), deletes: Iterable[str] = ()) -> None:
        documents = list(upserts)
        words = self.dictionary()
        with writing():
            prepared = prepare_all(documents, dictionary=words)
        with self.store.lock(wait=self.patience):
            snapshot = open_snapshot(self.store)
            with writing():
                # An index with other words went live meanwhile.
                if snapshot.dictionary != words:
                    prepared = prepare_all(documents, dictionary=snapshot.dictionary)
                commit(snapshot, upserts=prepared, deletes=deletes)
                # Also when there was nothing to write: whoever wrote it may have died before telling.
                self.store.tell_of_commit(snapshot.folder)

    def is_untidy(self, *, limit: int = TIDY_DOCUMENTS) -> bool:
        """Whether `tidy` would find something to do. Raises `IndexUnavailable`."""
        return bool(to_merge(self.snapshot().leaves, limit=limit))

    def tidy(self, *, limit: int = TIDY_DOCUMENTS) -> bool:
        """Merges one class of segments, for an idle moment. Returns whether there was something to do.

        `limit`: documents that may be rewritten.
        """
        if not self.is_untidy(limit=limit):
            return False
        with self.store.lock(wait=self.patience):
            snapshot = open_snapshot(self.store)
            with writing():
                done = commit(snapshot, upserts=(), deletes=(), merge_limit=limit, fan=FAN)
                if done:
                    self.store.tell_of_commit(snapshot.folder)
                return done

    @contextmanager
    def rebuild(self, *, dictionary: Dictionary = NO_WORDS) -> "Iterator[WhooshRebuild]":
        with self.store.lock("rebuild", wait=0.1):
            with writing():
                folder = self._new_generation(dictionary)
            building = WhooshRebuild(self, folder, dictionary=dictionary)
            try:
                yield building
            finally:
                if not building.switched:
                    shutil.rmtree(folder, ignore_errors=True)

    def turn(self, *, patience: float = PATIENCE) -> AbstractContextManager[None]:
        return self.store.lock("turn", wait=patience)

    def _new_generation(self, dictionary: Dictionary = NO_WORDS) -> Path:
        folder = self.store.new_generation()
        try:
            self.store.describe(folder, fingerprint=fingerprint(dictionary), dictionary=dictionary)
            FileIndex.create(FileStorage(str(folder)), schema(), INDEX_NAME)
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return folder


def commit(
    snapshot: Snapshot,
    *,
    upserts: Iterable[PreparedDocument],
    deletes: Iterable[str],
    merge_limit: int = INLINE_DOCUMENTS,
    fan: int = INLINE_FAN,
) -> bool:
    """Writes one commit on top of a snapshot. Returns False, and writes nothing, when there is nothing to change.

    The caller holds the writer's lock, and tells the readers.
    """
    fresh = {document.key: document for document in upserts}
    located = [found for key in {*fresh, *deletes} if (found := snapshot.locate(key))]
    if not fresh and not located and not to_merge(snapshot.leaves, limit=merge_limit, fan=fan):
        return False
    writer = ArraySegmentWriter(FileIndex(FileStorage(str(snapshot.folder)), indexname=INDEX_NAME))
    segments = {segment.segment_id(): segment for segment in writer.segments}
    for data, number in located:
        segments[data.segment_id].delete_document(number)
    for document in fresh.values():
        writer.add(document)
    merging = to_merge(writer.segments, limit=merge_limit, fan=fan)
    by_id = {leaf.data.segment_id: leaf.data for leaf in snapshot.leaves}
    for segment in merging:
        writer.absorb(segment, by_id[segment.segment_id()])
    dropped = {segment.segment_id() for segment in merging}
    # What a commit that fails leaves behind is cleared away by the next one.
    writer.commit(
        mergetype=lambda _, current: [
            segment for segment in current if segment.segment_id() not in dropped and segment.doc_count()
        ]
    )
    return True


class WhooshRebuild:
    """See `port.Rebuild`."""

    def __init__(self, engine: WhooshEngine, folder: Path, *, dictionary: Dictionary = NO_WORDS) -> None:
        self._engine = engine
        self._folder = folder
        self._dictionary = dictionary
        self.switched = False

    def _snapshot(self) -> Snapshot:
        return open_snapshot(_Fixed(self._engine.store.root, self._folder))

    def add(self, documents: Iterable[IndexDocument]) -> int:
        remaining = prepare_beside(documents, dictionary=self._dictionary)
        added = 0
        with writing(), closing(remaining):
            # Straight from analysis into the arrays of the writer: a list of prepared documents takes ten times as much.
            for first in remaining:
                writer = ArraySegmentWriter(FileIndex(FileStorage(str(self._folder)), indexname=INDEX_NAME))
                for prepared in chain([first], islice(remaining, SEGMENT_DOCUMENTS - 1)):
                    writer.add(prepared)
                    added += 1
                writer.commit(mergetype=lambda _, segments: segments)
        return added

    def switch(
        self, *, expected: int, catch_up: Callable[[], tuple[Iterable[IndexDocument], Iterable[str]]] | None = None
    ) -> None:
        actual = self._snapshot().count
        if actual != expected:
            raise IndexNotWritten(_INCOMPLETE.format(expected=expected, actual=actual))
        store = self._engine.store
        with store.lock(wait=self._engine.patience):
            if catch_up is not None:
                upserts, deletes = catch_up()
                with writing():
                    prepared = prepare_all(upserts, dictionary=self._dictionary)
                    commit(self._snapshot(), upserts=prepared, deletes=deletes)
            with writing():
                store.point_to(self._folder)
            self.switched = True
            store.drop_others(self._folder)


class _Fixed(IndexStore):
    """The store as it would be with another generation live: how an index that is being built reads itself."""

    def __init__(self, root: Path, folder: Path) -> None:
        super().__init__(root)
        self._folder = folder

    def live(self) -> Path:
        return self._folder
