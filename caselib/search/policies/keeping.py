"""Keeps the index of policies in step with the database, as `caselib.search.outbox` does with that of precedents.

A policy is marked by whatever changes it, and looked at with all its versions and clauses: what is in the index as it
should be is not written again. A mark is done only after its commit is on the disk.
"""

import logging
from collections.abc import Callable, Collection, Iterable

from django.conf import settings
from django.db import DatabaseError

from caselib.core.marks import mark_done, mark_failed, pending
from caselib.core.models import DirtyMark
from caselib.policies.marks import TOPIC
from caselib.policies.models import Policy
from caselib.search import outbox
from caselib.search.analysis import fingerprint
from caselib.search.engine.port import EngineError, IndexDocument, IndexUnavailable
from caselib.search.engine.prepared import digest_of
from caselib.search.live import live_dictionary, policy_engine
from caselib.search.outbox import INLINE_PATIENCE, SMALL_LIBRARY, Drift

from .documents import BATCH, all_documents, documents_of, pks_of

logger = logging.getLogger(__name__)


def drain(*, patience: float = 10.0) -> int:
    """Works off all marks of policies and returns how many. `patience`: seconds to wait for another process.

    Raises `EngineError` when the index cannot be written; the marks stay, with the reason. Writes DirtyMark.
    """
    worked = 0
    # Held over reading and writing: a second process that read the database earlier must not write later.
    with policy_engine().turn(patience=patience):
        while seen := dict(pending(TOPIC).values_list("object_id", "wanted")[:BATCH]):
            try:
                _apply(seen)
            except EngineError as error:
                _note_failure(list(seen), error)
                raise
            mark_done(TOPIC, seen)
            worked += len(seen)
    return worked


def is_pending() -> bool:
    """Whether there is anything to work off."""
    return pending(TOPIC).exists()


def is_outdated() -> bool:
    """Whether the index is missing, damaged, or was made with other words than the questions are read with."""
    try:
        return policy_engine().fingerprint() != fingerprint()
    except IndexUnavailable:
        return True


def drain_after_commit() -> None:
    """What the web process does after a change of a policy, when no worker runs beside it. Never fails: marks are kept.

    A small library whose index is missing, damaged or made with other words is indexed anew.
    """
    if not settings.CASELIB_INDEX_INLINE:
        return
    try:
        if Policy.objects.count() <= SMALL_LIBRARY and is_outdated():
            rebuild()
        if is_pending():
            drain(patience=INLINE_PATIENCE)
    except EngineError as error:
        logger.warning("index of policies not updated, marks kept: %s", error.message)


def follow_names() -> None:
    """What the web process does after names changed: both indexes, for this one is read with the words of the other."""
    outbox.drain_after_commit()
    drain_after_commit()


def rebuild(report: Callable[[int], None] | None = None) -> int:
    """Builds the index beside the live one and switches, while people go on searching and writing.

    It is read with the words of the precedents' index, as questions are: build that one first. `report` is told the
    number of documents done. Returns how many documents the new index got.
    """
    engine = policy_engine()
    with engine.rebuild(dictionary=live_dictionary()) as building:
        # Read before the rows: a change after this raises `wanted` and is caught up before the switch.
        before = dict(DirtyMark.objects.filter(topic=TOPIC).values_list("object_id", "wanted"))
        added = building.add(_counted(all_documents(), report))

        def changed_meanwhile() -> tuple[list[IndexDocument], list[str]]:
            now = DirtyMark.objects.filter(topic=TOPIC).values_list("object_id", "wanted")
            # Rows of policies are never deleted, nor are clauses: there is nothing to take out.
            return list(documents_of([pk for pk, wanted in now if before.get(pk) != wanted])), []

        building.switch(expected=added, catch_up=changed_meanwhile)
    # Every row was read after its mark: what was wanted then is in the new index.
    mark_done(TOPIC, before)
    return added


def drift() -> Drift:
    """Compares every document with the database. Reads all policies, without analysing them."""
    return _compared(dict(policy_engine().digests()), all_documents())


def repair(found: Drift) -> None:
    """Writes anew the policies in which something differs."""
    with policy_engine().turn():
        _apply({pks_of(key)[0] for key in (*found.missing, *found.stale, *found.surplus)})


def _apply(policies: Collection[int]) -> None:
    """Brings the documents of these policies up to the database. The caller holds the turn."""
    engine = policy_engine()
    indexed = {key: digest for key, digest in engine.digests() if pks_of(key)[0] in policies}
    documents = {document.key: document for document in documents_of(sorted(policies))}
    found = _compared(indexed, documents.values())
    engine.write(upserts=[documents[key] for key in (*found.missing, *found.stale)], deletes=found.surplus)


def _compared(indexed: dict[str, int], documents: Iterable[IndexDocument]) -> Drift:
    expected = {document.key: digest_of(document) for document in documents}
    return Drift(
        missing=tuple(sorted(expected.keys() - indexed.keys())),
        stale=tuple(sorted(key for key, digest in expected.items() if indexed.get(key, digest) != digest)),
        surplus=tuple(sorted(indexed.keys() - expected.keys())),
    )


def _counted(documents: Iterable[IndexDocument], report: Callable[[int], None] | None) -> Iterable[IndexDocument]:
    for number, document in enumerate(documents, 1):
        yield document
        if report and number % 500 == 0:
            report(number)


def _note_failure(policies: list[int], error: EngineError) -> None:
    try:
        mark_failed(TOPIC, policies, error.message)
    except DatabaseError:
        # The disk that is full for the index may be full for the database: the marks are pending all the same.
        logger.exception("could not note why the index of policies was not written")
