"""The engine behind haystack: its query sets and commands work, without its query strings and its way of writing.

haystack's own Whoosh backend opens the index for every search, joins words with AND, returns nothing for `all()` with a
Chinese analyser, swallows a delete under lock and empties the index before it is rebuilt; of it only the frame is kept.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from haystack.backends import BaseEngine, BaseSearchQuery, log_query
from haystack.backends.whoosh_backend import WhooshSearchBackend
from haystack.exceptions import SearchBackendError
from haystack.models import SearchResult
from haystack.utils import get_identifier
from haystack.utils.app_loading import haystack_get_model

from caselib.search.engine.port import EngineQuery, EngineResult
from caselib.search.understanding import understand

from .engine import WhooshEngine

# What haystack asks for when it means all rows.
_ALL = 1_000_000
# An empty set of values lets nothing pass.
_NOTHING = EngineQuery(filters={"year": frozenset()})


class CaselibWhooshBackend(WhooshSearchBackend):
    """haystack's methods on our engine. Every error is raised: nothing is swallowed."""

    def __init__(self, connection_alias: str, **connection_options: Any) -> None:
        super().__init__(connection_alias, **connection_options)
        if self.silently_fail:
            raise ImproperlyConfigured("SILENTLY_FAIL must be False: a swallowed delete leaves a text searchable.")
        self.engine = WhooshEngine(self.path)

    def setup(self) -> None:
        """Starts an empty index where there is none, as haystack's commands expect."""
        self.engine.create()
        self.setup_complete = True

    def update(self, index: Any, iterable: Iterable[Any], commit: bool = True) -> None:
        if not self.engine.exists():
            self.setup()
        objects = list(iterable)
        documents = list(index.documents(objects))
        present = {document.key for document in documents}
        gone = [key for key in map(get_identifier, objects) if key not in present]
        self.engine.write(upserts=documents, deletes=gone)

    def remove(self, obj_or_string: Any, commit: bool = True) -> None:
        self.engine.write(deletes=[get_identifier(obj_or_string)])

    def clear(self, models: Iterable[Any] | None = None, commit: bool = True) -> None:
        """Empties the index, in one switch to a new one."""
        if models is not None and not self._has_indexed(models):
            return
        with self.engine.rebuild() as building:
            building.switch(expected=0)

    def delete_index(self) -> None:
        self.clear()

    def optimize(self) -> None:
        while self.engine.tidy():
            pass

    def _has_indexed(self, models: Iterable[Any]) -> bool:
        from haystack import connections

        indexed = connections[self.connection_alias].get_unified_index().get_indexed_models()
        return any(model in indexed for model in models)

    def search_structured(self, query: EngineQuery) -> EngineResult:
        """The way in for our own pages: no query string, no result objects."""
        return self.engine.search(query)

    @log_query
    def search(self, query: EngineQuery, **options: Any) -> dict[str, Any]:  # type: ignore[override]
        """Answers haystack's query set. `query` comes from `CaselibSearchQuery.build_query`."""
        if not isinstance(query, EngineQuery):
            raise SearchBackendError("Raw query strings are not searched; use filter(content=...).")
        models = options.get("models")
        if models and not self._has_indexed(models):
            return {"results": [], "hits": 0}
        start = options.get("start_offset") or 0
        end = options.get("end_offset")
        result = self.engine.search(
            EngineQuery(
                groups=query.groups,
                filters=query.filters,
                facets=tuple(options.get("facets") or ()),
                sort=_sort_number(options.get("sort_by") or ()),
                offset=start,
                limit=max(0, (_ALL if end is None else end) - start),
            )
        )
        return self._answer(result, options.get("result_class") or SearchResult)

    def _answer(self, result: EngineResult, result_class: type) -> dict[str, Any]:
        rows = []
        for hit in result.hits:
            app_label, model_name, pk = hit.key.split(".", 2)
            if haystack_get_model(app_label, model_name):
                rows.append(result_class(app_label, model_name, pk, hit.score, id=hit.key))
        fields = {
            name: sorted(counts.items(), key=lambda item: (-item[1], item[0])) for name, counts in result.facets.items()
        }
        facets: Mapping[str, Any] = {"fields": fields, "dates": {}, "queries": {}} if fields else {}
        return {"results": rows, "hits": result.total, "facets": facets, "spelling_suggestion": None}

    def more_like_this(self, model_instance: Any, *args: Any, **options: Any) -> dict[str, Any]:
        # Whoosh's own leaks rows past filters.
        raise SearchBackendError("more_like_this is not offered by this engine.")


def _sort_number(order_by: Iterable[str]) -> str:
    """The number to sort by. haystack hands field names, with a minus for highest first."""
    for name in order_by:
        if not name.startswith("-"):
            raise SearchBackendError(f"Only descending order is kept in the index: -{name}.")
        return name[1:]
    return ""


class CaselibSearchQuery(BaseSearchQuery):
    """Turns haystack's filters into the engine's query. There is no query string to inject anything into."""

    def build_query(self) -> EngineQuery:  # type: ignore[override]
        words: list[str] = []
        filters: dict[str, frozenset[str]] = {}
        self._read(self.query_filter, words, filters)
        question = understand(" ".join(words))
        if question.has_no_words:
            return _NOTHING
        return EngineQuery(groups=question.groups, filters=filters)

    def _read(self, node: Any, words: list[str], filters: dict[str, frozenset[str]]) -> None:
        if node.negated or (node.connector == "OR" and len(node.children) > 1):
            raise SearchBackendError("exclude() and OR are not offered by this engine; filter in the database.")
        for child in node.children:
            if not isinstance(child, tuple):
                self._read(child, words, filters)
                continue
            expression, value = child
            field, kind = node.split_expression(expression)
            if field == "content":
                words.append(str(getattr(value, "query_string", value)))
            elif kind in ("exact", "content", "in"):
                wanted = [value] if isinstance(value, str | int) else value
                chosen = frozenset(str(getattr(entry, "query_string", entry)) for entry in wanted)
                filters[field] = filters[field] & chosen if field in filters else chosen
            else:
                raise SearchBackendError(f"{kind} is not offered by this engine.")


class CaselibWhooshEngine(BaseEngine):
    backend = CaselibWhooshBackend
    query = CaselibSearchQuery
