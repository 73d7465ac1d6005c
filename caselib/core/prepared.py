"""Queries that every page asks in the same words: composed once in each thread, asked with other keys each time.

Composing the SQL of a query with relations takes ten times as long as running it. Nothing is written by hand here: the
queryset is what it is, with all its conditions, and only the keys in its `IN (…)` are put in anew.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

# Places for keys in one composed query; more keys than these are asked the ordinary way.
WIDTH = 32
# Composed queries that a thread keeps: some for each kind of viewer and day.
KEPT = 256
# Stand for the keys while the SQL is composed; no row has such a key.
_NUMBERS = tuple(range(-(2**40) - WIDTH, -(2**40)))
_NAMES = tuple(f"\0key {number}" for number in range(WIDTH))

Rows = list[tuple[Any, ...]]


@dataclass(slots=True)
class _Composed:
    """`slots`: which parameter is which key."""

    sql: str
    params: list[Any]
    slots: list[tuple[int, int]]
    compiler: SQLCompiler
    converters: dict[int, Any]


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
    WIDTH; always the same for a name, as the type of its keys is.
    """
    if len(keys) > width:
        return list(build(keys))
    connection = connections["default"]
    at = (name, shape, bool(keys), id(connection))
    composed = _kept.composed.get(at)
    if composed is None:
        places = ((_NAMES if isinstance(keys[0], str) else _NUMBERS)[:width]) if keys else ()
        composed = _composed(build(places), places=places)
        if composed is None:
            return list(build(keys))
        _kept.composed[at] = composed
        if len(_kept.composed) > KEPT:
            _kept.composed.popitem(last=False)
    params = list(composed.params)
    for slot, number in composed.slots:
        params[slot] = keys[min(number, len(keys) - 1)]
    with connection.cursor() as cursor:
        rows = cursor.execute(composed.sql, params).fetchall()
    if composed.converters:
        rows = composed.compiler.apply_converters(rows, composed.converters)
    return [tuple(row) for row in rows]


def _composed(query: QuerySet[Any], *, places: Sequence[Any]) -> _Composed | None:
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
