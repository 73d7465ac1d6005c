"""The files of the suggestions, in a folder beside the index: written by whoever works off the outbox, mapped by readers.

PATH/suggestions/current    names the files that hold now; replaced in one step, so readers only look at it
    titles-….arr            the titles of the whole library, made anew now and then
    changes-….arr           the titles of what changed since; they take the place of those in the first
    names-….arr             matters, policies, tags, and questions that were asked before

All of it is a cache. What is missing or damaged gives no suggestions, never an error; the next writing makes it anew.
"""

import itertools
import json
import logging
import os
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from django.conf import settings

from caselib.core import clock
from caselib.search.engine.port import IndexUnavailable
from caselib.search.engine.whoosh.store import IndexStore, Stamp, writing
from caselib.search.engine.whoosh.writer import sync

from .part import FORMAT, Names, Part, entries, pack
from .sources import Kind, as_json, from_json, is_vouched, merged, questions, tag_vouchers, titles, vocabulary

logger = logging.getLogger(__name__)

# More changed titles than these, and all titles are written anew: 2 s for 100,000.
MOST_CHANGES = 1_000
# Seconds after which past questions are counted again, and what tags lead to: that reads the search log and the library.
COUNTS_KEPT = 3600
_PATIENCE = 10.0
_BROKEN = (OSError, ValueError, KeyError, TypeError, IndexError)
_serial = itertools.count()


@dataclass(frozen=True, slots=True)
class _State:
    """What `current` says. `keys`: what changed since `titles` was made. `is_behind`: more changed than is in `changes`."""

    format: int = FORMAT
    titles: str = ""
    changes: str = ""
    names: str = ""
    keys: list[int] = field(default_factory=list)
    is_behind: bool = False

    @property
    def files(self) -> set[str]:
        return {self.titles, self.changes, self.names}


class Reading:
    """What suggestions are read from, as of one writing. Never changes, so threads share it."""

    def __init__(self, folder: Path, state: _State) -> None:
        self.state = state
        self.titles, self.changes = Part(folder / state.titles), Part(folder / state.changes)
        self.names_part = Part(folder / state.names)
        self.names = from_json(self.names_part.about["names"])
        if len(self.names) != len(self.names_part):
            raise ValueError("the names do not belong to their arrays")

    @cached_property
    def unchanged(self) -> np.ndarray | None:
        """Which of `titles` hold still; None for all."""
        replaced = self.titles.numbers_of(self.state.keys) if self.state.keys else ()
        if not len(replaced):
            return None
        mask = np.ones(len(self.titles), bool)
        mask[replaced] = False
        return mask

    def told(self, tokens: frozenset[str]) -> np.ndarray:
        """Which of `names` are told to these audiences."""
        mask, numbers, audiences = self._vouched
        mask = mask.copy()
        mask[numbers[np.isin(audiences, [at for at, token in enumerate(self._tokens) if token in tokens])]] = True
        return mask

    @cached_property
    def _tokens(self) -> list[str]:
        return sorted({token for name in self.names for token in name.vouchers or ()})

    @cached_property
    def _vouched(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(which names everybody is told; then by pairs: a name, an audience that is told it)."""
        place = {token: at for at, token in enumerate(self._tokens)}
        pairs = [(number, place[token]) for number, name in enumerate(self.names) for token in name.vouchers or ()]
        numbers, audiences = np.array(pairs, np.intp).reshape(-1, 2).T
        return np.array([name.vouchers is None for name in self.names], bool), numbers, audiences

    def tells(self, names: Names, keys: Collection[int]) -> bool:
        """Whether the titles of these precedents are written down as they are in `names`."""
        now, changed = entries(names), frozenset(self.state.keys)
        return all((self.changes if key in changed else self.titles).written(key) == now.get(key) for key in keys)


def _store() -> IndexStore:
    return IndexStore(Path(settings.HAYSTACK_CONNECTIONS["default"]["PATH"]) / "suggestions")


_readings: dict[Path, tuple[Stamp, Reading | None]] = {}


def reading() -> Reading | None:
    """The latest writing, or None where there is none that can be read. One system call when nothing has changed."""
    store = _store()
    try:
        stamp = store.stamp()
    except IndexUnavailable:
        return None
    seen = _readings.get(store.root)
    if seen is None or seen[0] != stamp:
        seen = _readings[store.root] = (stamp, _opened(store))
    return seen[1]


def _opened(store: IndexStore) -> Reading | None:
    for _ in range(3):
        try:
            return Reading(store.root, _state(store))
        except FileNotFoundError:
            # A writer removed the old files between the two steps: look again.
            continue
        except _BROKEN as error:
            logger.warning("suggestions cannot be read: %s", error)
            return None
    return None


def _state(store: IndexStore) -> _State:
    state = _State(**json.loads((store.root / "current").read_text(encoding="utf-8")))
    if state.format != FORMAT:
        raise ValueError("the suggestions are written in another format")
    return state


def follow(keys: Collection[int]) -> None:
    """Takes the titles of changed precedents, and what their tags lead to, anew from the database. 2 to 7 queries.

    Without any keys, all names. Called before the marks of the outbox are done, so that nothing is lost when the process
    dies. Raises `IndexBusy` and `IndexNotWritten`.
    """
    store = _store()
    with store.lock(wait=_PATIENCE), writing():
        read = _readable(store)
        if read is None:
            _write_all(store)
            return
        state = read.state
        changed = sorted({*state.keys, *keys})
        if state.is_behind or len(changed) > MOST_CHANGES:
            # A large import comes in many steps: `settle` reads the library once, behind the last of them.
            _point(store, _State(**{**_as_dict(state), "is_behind": True}))
            return
        # Most edits change nothing that is offered while typing, and whoever pressed the button waits for this.
        fresh = {}
        if keys and not read.tells(titles(keys), keys):
            fresh |= {"changes": _write(store, "changes", titles(changed)), "keys": changed}
        if not (keys and is_vouched(tag_vouchers(keys), read.names_part.about["tags"], read=keys)):
            fresh["names"] = _write_names(store, state, keys=keys)
        if fresh:
            _point(store, _State(**{**_as_dict(state), **fresh}))


def settle() -> None:
    """Makes all of it anew where something is missing or too much changed, and counts again in time.

    For the end of work on the outbox and for idle moments: a few system calls when nothing is to be done.
    """
    store = _store()
    if not _is_due(store):
        return
    with store.lock(wait=_PATIENCE), writing():
        read = _readable(store)
        if read is None or read.state.is_behind:
            _write_all(store)
        else:
            _point(store, _State(**{**_as_dict(read.state), "names": _write_names(store, read.state)}))


def rebuild() -> None:
    """Makes all of it anew from the database."""
    store = _store()
    with store.lock(wait=_PATIENCE), writing():
        _write_all(store)


def _is_due(store: IndexStore) -> bool:
    read = _readable(store)
    return read is None or read.state.is_behind or _is_old(read.names_part)


def _is_old(names: Part) -> bool:
    return not 0 <= clock.now().timestamp() - names.about["counted_at"] < COUNTS_KEPT


def _readable(store: IndexStore) -> Reading | None:
    """What holds now; None where it cannot be read and has to be made anew."""
    read = reading()
    # What this process has open it can read after the files are gone; others cannot.
    return read if read and all((store.root / name).is_file() for name in read.state.files) else None


def _write_all(store: IndexStore) -> None:
    store.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    state = _State(
        titles=_write(store, "titles", titles()),
        changes=_write(store, "changes", titles([])),
        names=_write_names(store, None),
    )
    _point(store, state)


def _write_names(store: IndexStore, state: _State | None, *, keys: Collection[int] = ()) -> str:
    """Vocabulary as it is now; questions and what tags lead to as they were counted, while that is not long ago.

    `keys`: precedents that changed.
    """
    before = Part(store.root / state.names) if state else None
    if before is None or _is_old(before):
        counted_at, asked, tags = clock.now().timestamp(), questions(now=clock.now()), tag_vouchers()
    else:
        counted_at, tags = before.about["counted_at"], before.about["tags"]
        asked = [name for name in from_json(before.about["names"]) if name.kind == Kind.QUESTION]
        if keys:
            tags = merged(tag_vouchers(keys), tags, read=keys)
    # A short name is nearer to what was typed than a long one that begins alike; questions come the commonest first.
    names = [*asked, *sorted(vocabulary(tags), key=lambda name: (len(name.text), name.text))]
    packed = Names(
        texts=[name.text for name in names],
        keys=range(len(names)),
        worth=[0.0] * len(names),
        audiences=[""] * len(names),
    )
    return _write(store, "names", packed, about={"names": as_json(names), "counted_at": counted_at, "tags": tags})


def _write(store: IndexStore, kind: str, names: Names, *, about: dict | None = None) -> str:
    """Writes a part under a name that was never used, and returns the name."""
    path = store.root / f"{kind}-{os.getpid():x}-{time.time_ns():x}-{next(_serial)}.arr"
    with path.open("wb") as file:
        file.writelines(pack(names, about=about or {}))
    sync(path)
    return path.name


def _point(store: IndexStore, state: _State) -> None:
    """Makes these the files that hold, in one step, and removes the others. Readers keep what they opened."""
    fresh = store.root / f"current.{os.getpid()}"
    fresh.write_text(json.dumps(_as_dict(state)), encoding="utf-8")
    sync(fresh)
    os.replace(fresh, store.root / "current")
    for path in store.root.glob("*.arr"):
        if path.name not in state.files:
            path.unlink(missing_ok=True)


def _as_dict(state: _State) -> dict:
    return {name: getattr(state, name) for name in _State.__slots__}
