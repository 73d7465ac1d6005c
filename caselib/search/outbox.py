"""Keeps the index in step with the database: works off the marks that changes leave, recomputing from the database.

One writer at a time. A mark is done only after its commit is on the disk, so whatever dies in between is done again.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import QuerySet

from caselib.core import prepared
from caselib.core.marks import VOCABULARY, mark_done, mark_failed, pending
from caselib.core.models import DirtyMark
from caselib.precedents.services import TOPIC
from caselib.search.analysis import fingerprint
from caselib.search.background import Errand
from caselib.search.contrasts import contrasted, matters_touched, still_of
from caselib.search.engine.port import Engine, EngineError, EngineQuery, IndexDocument, IndexUnavailable
from caselib.search.engine.prepared import digest_of
from caselib.search.fields import CONTRAST, MATTER, TEACH
from caselib.search.indexing import all_documents, documents_of, eligible, key_of, pk_of
from caselib.search.library_words import library_dictionary
from caselib.search.live import live_engine
from caselib.search.semantic import sync as vectors
from caselib.search.suggestions import store as suggestions

logger = logging.getLogger(__name__)
_tidying = Errand("tidying")

BATCH = 500
# More than were ever in contrast in the matters of one batch.
_MOST_FLAGGED = 20_000
# A library of this size is indexed anew within a second: the web process then does it without being asked.
SMALL_LIBRARY = 200
# A person waits for this; whoever holds the turn works off the new mark as well.
INLINE_PATIENCE = 2.0
# Seconds without a commit after which a web process merges segments, and of how many documents.
TIDY_AFTER = 0.5
TIDY_BESIDE = 512
WORDS_NOTE = "本库的名称或同义词变了，检索索引还在用旧词典，新词暂按字组查找。请管理员运行 manage.py search_rebuild。"


def drain(*, patience: float = 10.0) -> int:
    """Works off all marks and returns how many.

    `patience`: seconds to wait for another process that does the same.

    Raises `EngineError` when the index cannot be written; the marks stay, with the reason. Writes DirtyMark.
    """
    engine = live_engine()
    worked = 0
    # Held over reading and writing: a second process that read the database earlier must not write later.
    with engine.turn(patience=patience):
        while seen := _pending(TOPIC):
            try:
                _apply(seen)
            except EngineError as error:
                _note_failure(list(seen), error)
                raise
            vectors.follow(seen)
            mark_done(TOPIC, seen)
            worked += len(seen)
    if worked > BATCH:
        _refresh_statistics()
    _follow_vocabulary()
    suggestions.settle()
    return worked


def is_pending() -> bool:
    """Whether there is anything to work off."""
    return bool(_pending(TOPIC, most=1) or _pending(VOCABULARY, most=1))


def _pending(topic: str, *, most: int = BATCH) -> dict[int, int]:
    """The oldest marks that nobody has worked off: {object_id: wanted}. 1 query."""

    def build(topic: str) -> QuerySet:
        return pending(topic).values_list("object_id", "wanted")[:most]

    return dict(prepared.values_of("pending", topic, shape=most, build=build))


def _follow_vocabulary() -> None:
    """Writes anew what is indexed under a name that changed. Reads the whole library, and only after such a change."""
    if seen := _pending(VOCABULARY):
        repair(drift())
        suggestions.follow([])
        mark_done(VOCABULARY, seen)


def _apply(object_ids: Collection[int]) -> None:
    apart, beside = _beside(object_ids)
    wanted = [*object_ids, *beside]
    upserts = list(documents_of(wanted, apart=apart))
    present = {document.key for document in upserts}
    deletes = [key for key in map(key_of, wanted) if key not in present]
    live_engine().write(upserts=upserts, deletes=deletes)
    suggestions.follow(object_ids)


def _beside(object_ids: Collection[int]) -> tuple[frozenset[int], list[int]]:
    """(which precedents of the matters touched are in contrast now, which others the index has wrong since).

    They go into the same commit: a mark of their own would leave the pair half told in between. 3 queries, 4 where one is not in
    contrast any more; 1 where no matter is touched.
    """
    matters = matters_touched(object_ids)
    if not matters:
        return frozenset(), []
    apart = contrasted(matters)
    asked = {MATTER: frozenset(matters.values()), TEACH: frozenset({CONTRAST})}
    hits = live_engine().search(EngineQuery(filters=asked, limit=_MOST_FLAGGED)).hits
    flagged = {pk for hit in hits if (pk := pk_of(hit.key)) is not None}
    changed = (apart - flagged) | still_of(flagged - apart, matters)
    return apart, sorted(changed - set(object_ids))


def _note_failure(object_ids: list[int], error: EngineError) -> None:
    try:
        mark_failed(TOPIC, object_ids, error.message)
    except DatabaseError:
        # The disk that is full for the index may be full for the database: the marks are pending all the same.
        logger.exception("could not note why the index was not written")


def drain_after_commit() -> None:
    """What the web process does after a change, when no worker runs beside it. Never fails: the mark is kept.

    A small library whose index is missing or damaged is indexed anew.
    """
    # Each mark of a transaction calls this after the commit; the first call works off all of them.
    if not settings.CASELIB_INDEX_INLINE or not is_pending():
        return
    try:
        names_changed = bool(_pending(VOCABULARY, most=1))
        try:
            drain(patience=INLINE_PATIENCE)
        except IndexUnavailable:
            if eligible().count() > SMALL_LIBRARY:
                raise
            rebuild()
            drain(patience=INLINE_PATIENCE)
    except EngineError as error:
        logger.warning("index not updated, marks kept: %s", error.message)
    else:
        if names_changed:
            follow_words()
    _tidy_after_commit()
    vectors.sync_after_commit()


def _tidy_after_commit() -> None:
    """Merges what small commits left behind, as the worker does: when no more come, in a thread beside."""
    engine = live_engine()
    try:
        if engine.is_untidy(limit=TIDY_BESIDE):
            _tidying.begin(partial(_tidy_quietly, engine))
    except EngineError as error:
        logger.warning("index not tidied: %s", error.message)


def _tidy_quietly(engine: Engine) -> None:
    try:
        # While changes go on coming, whoever makes the next one would wait for this.
        seen = None
        while seen is not engine.snapshot():
            seen = engine.snapshot()
            time.sleep(TIDY_AFTER)
        while engine.tidy(limit=TIDY_BESIDE):
            pass
    except EngineError as error:
        logger.warning("index not tidied: %s", error.message)


def follow_words() -> None:
    """What the web process does after words changed: a small library is indexed anew with them. Never fails.

    A larger one keeps the dictionary of its index until somebody runs search_rebuild: see `dictionary_is_behind`.
    """
    if not settings.CASELIB_INDEX_INLINE or eligible().count() > SMALL_LIBRARY:
        return
    try:
        if dictionary_is_behind():
            rebuild()
    except EngineError as error:
        logger.warning("index keeps its old dictionary: %s", error.message)


def rebuild(report: Callable[[int], None] | None = None) -> int:
    """Builds the index beside the live one and switches, while people go on searching and writing.

    `report` is told the number of documents done. Returns how many documents the new index got from the library.
    """
    engine = live_engine()
    with engine.rebuild(dictionary=library_dictionary()) as building:
        # Read before the rows: a change after this raises `wanted` and is caught up before the switch.
        before = dict(DirtyMark.objects.filter(topic=TOPIC).values_list("object_id", "wanted"))
        behind = list(pending(TOPIC).values_list("object_id", flat=True))
        apart = contrasted()
        added = building.add(_counted(all_documents(apart=apart), report))

        def changed_meanwhile() -> tuple[list[IndexDocument], list[str]]:
            marks = DirtyMark.objects.filter(topic=TOPIC).values_list("object_id", "wanted")
            changed = [object_id for object_id, wanted in marks if before.get(object_id) != wanted]
            # Whoever changed may have been the other one of a pair.
            now = contrasted() if changed else apart
            wanted = sorted({*changed, *(now ^ apart)})
            upserts = list(documents_of(wanted, apart=now))
            present = {document.key for document in upserts}
            return upserts, [key for key in map(key_of, wanted) if key not in present]

        building.switch(expected=added, catch_up=changed_meanwhile)
    suggestions.rebuild()
    vectors.follow(behind)
    # Every row was read after its mark: what was wanted then is in the new index.
    mark_done(TOPIC, before)
    _refresh_statistics()
    return added


def _refresh_statistics() -> None:
    """Tells SQLite how large the tables have become.

    Without statistics it takes the index on the status for the query that decides about candidates, and reads the whole
    library for 20 rows. PostgreSQL keeps its own. The limit keeps it to some milliseconds.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("ANALYZE")


def _counted(documents: Iterable[IndexDocument], report: Callable[[int], None] | None) -> Iterable[IndexDocument]:
    for number, document in enumerate(documents, 1):
        yield document
        if report and number % 500 == 0:
            report(number)


def is_outdated() -> bool:
    """Whether the index is missing, damaged, or was made with another dictionary or other rules."""
    try:
        return live_engine().fingerprint() != fingerprint()
    except IndexUnavailable:
        return True


def dictionary_is_behind() -> bool:
    """Whether the library's names would make another dictionary than the one the index was built with.

    Raises `IndexUnavailable` without an index. Reads all names; not for a question.
    """
    return live_engine().dictionary() != library_dictionary()


@dataclass(frozen=True, slots=True)
class Drift:
    """Keys of documents by what is wrong with them; all empty when index and database agree."""

    missing: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return len(self.missing) + len(self.stale) + len(self.surplus)


def drift() -> Drift:
    """Compares every document with the database. Reads the whole library, without analysing it."""
    indexed = dict(live_engine().digests())
    expected = {document.key: digest_of(document) for document in all_documents()}
    return Drift(
        missing=tuple(sorted(expected.keys() - indexed.keys())),
        stale=tuple(sorted(key for key, digest in expected.items() if indexed.get(key, digest) != digest)),
        surplus=tuple(sorted(indexed.keys() - expected.keys())),
    )


def repair(found: Drift) -> None:
    """Writes what differs anew from the database."""
    engine = live_engine()
    keys = [*found.missing, *found.stale, *found.surplus]
    with engine.turn():
        pks = [pk for key in keys if (pk := pk_of(key)) is not None]
        upserts = list(documents_of(pks))
        present = {document.key for document in upserts}
        engine.write(upserts=upserts, deletes=[key for key in keys if key not in present])
        vectors.follow(pks)
