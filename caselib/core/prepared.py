"""Queries that every page asks in the same words: composed once in each thread, asked with other keys each time.

Composing the SQL of a query with relations takes ten times as long as running it. Nothing is written by hand here: the
queryset is what it is, with all its conditions, and only the keys that it asks for are put in anew.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler

# Places for keys in one composed query; more keys than these are asked the ordinary way.
WIDTH = 32
# Composed queries that a thread keeps: some for each kind of viewer and day.
KEPT = 256
# Stand for the keys while the SQL is composed; no row has such a key.
_PLACES = tuple(range(-(2**40) - WIDTH, -(2**40)))
_TEXT_PLACE = "\ue000 the text numbered "

Rows = list[tuple[Any, ...]]
Key = int | str


@dataclass(slots=True)
class _Composed:
    """`slots`: which parameter is which key. `make`: one instance of the model from a row."""

    sql: str
    params: list[Any]
    slots: list[tuple[int, int]]
    compiler: SQLCompiler
    converters: dict[int, Any]
    make: Callable[[Sequence[Any]], Any] | None = None

    def rows(self, keys: Sequence[Key]) -> Rows:
        params = list(self.params)
        for slot, number in self.slots:
            params[slot] = keys[min(number, len(keys) - 1)]
        with self.compiler.connection.cursor() as cursor:
            rows = cursor.execute(self.sql, params).fetchall()
        if self.converters:
            rows = self.compiler.apply_converters(rows, self.converters)
        return [tuple(row) for row in rows]


class _Kept(threading.local):
    # A compiler belongs to its connection, and a connection to its thread.
    def __init__(self) -> None:
        self.composed: OrderedDict[Hashable, _Composed] = OrderedDict()


_kept = _Kept()


def rows_of(
    name: str,
    keys: Sequence[int] | Sequence[str],
    *,
    shape: Hashable,
    build: Callable[[Sequence[Any]], QuerySet[Any]],
    width: int = WIDTH,
) -> Rows:
    """What `build(keys).values_list(…)` gives. 1 query.

    `build` must use the keys in `__in` conditions alone. `name` with `shape`: all that the queryset depends on beside the
    keys; leave nothing out, or one viewer is answered with the conditions of another. `width`: places for keys, at most
    WIDTH; always the same for a name.
    """
    if len(keys) > width:
        return list(build(keys))
    places = _places([type(keys[0])] * width) if keys else []
    composed = _composed_once((name, shape, *map(type, keys[:1])), lambda: build(places), places)
    return list(build(keys)) if composed is None else composed.rows(keys)


def values_of(name: str, *keys: Key, shape: Hashable, build: Callable[..., QuerySet[Any]]) -> Rows:
    """What `build(*keys).values_list(…)` gives, the keys being what they are in the order given. 1 query.

    `build` must hand each key to the database as it is, in any condition; `name` and `shape` as with `rows_of`.
    """
    composed = _composed_for(name, keys, shape, build)
    return list(build(*keys)) if composed is None else composed.rows(keys)


def objects_of(name: str, *keys: Key, shape: Hashable, build: Callable[..., QuerySet[Any]]) -> list[Any]:
    """The same for instances, with what `build` loads along by `select_related`. 1 query."""
    composed = _composed_for(name, keys, shape, build)
    if composed is None:
        return list(build(*keys))
    composed.make = composed.make or _maker(composed.compiler)
    return list(map(composed.make, composed.rows(keys)))


def remember(instance: Model, name: str, rows: Sequence[Any]) -> None:
    """Leaves rows of a relation with their instance as `prefetch_related` does, so that `.all()` asks no more."""
    kept = getattr(instance, name).all()
    kept._result_cache, kept._prefetch_done = list(rows), True
    instance.__dict__.setdefault("_prefetched_objects_cache", {})[name] = kept


def _composed_for(
    name: str, keys: Sequence[Key], shape: Hashable, build: Callable[..., QuerySet[Any]]
) -> _Composed | None:
    kinds = tuple(map(type, keys))
    places = _places(kinds)
    return _composed_once((name, shape, kinds), lambda: build(*places), places)


def _places(kinds: Sequence[type]) -> list[Key]:
    return [_PLACES[number] if kind is int else f"{_TEXT_PLACE}{number}" for number, kind in enumerate(kinds)]


def _composed_once(at: Hashable, query: Callable[[], QuerySet[Any]], places: Sequence[Key]) -> _Composed | None:
    at = (at, id(connections["default"]))
    composed = _kept.composed.get(at)
    if composed is None:
        composed = _composed(query(), places)
        if composed is not None:
            _kept.composed[at] = composed
            if len(_kept.composed) > KEPT:
                _kept.composed.popitem(last=False)
    else:
        # What everybody asks stays when many kinds of viewers come and go.
        _kept.composed.move_to_end(at)
    return composed


def _composed(query: QuerySet[Any], places: Sequence[Key]) -> _Composed | None:
    """The SQL of a queryset; None where it can find nothing, and where its keys are not found in it again."""
    compiler = query.query.get_compiler(using="default")
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    numbers = {place: number for number, place in enumerate(places)}
    slots = [
        (slot, numbers[value]) for slot, value in enumerate(params) if type(value) in (int, str) and value in numbers
    ]
    if len({number for _, number in slots}) != len(places):
        return None
    columns = [expression for expression, *_ in compiler.select[0 : compiler.col_count]]
    return _Composed(sql, list(params), slots, compiler, compiler.get_converters(columns))


def _maker(compiler: SQLCompiler) -> Callable[[Sequence[Any]], Any]:
    """What Django's own iteration over a queryset does with each row, its preparations done once."""
    chosen = compiler.klass_info
    model, columns = chosen["model"], chosen["select_fields"]
    start, stop = columns[0], columns[-1] + 1
    names = [compiler.select[column][0].target.attname for column in columns]
    populators = get_related_populators(chosen, compiler.select, "default")
    annotations = tuple(compiler.annotation_col_map.items())

    def make(row: Sequence[Any]) -> Any:
        made = model.from_db("default", names, row[start:stop])
        for populator in populators:
            populator.populate(row, made)
        for name, column in annotations:
            setattr(made, name, row[column])
        return made

    return make
