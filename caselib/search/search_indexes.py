"""haystack's declaration of what is indexed. The document itself is made in `indexing`, for every way of writing."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from haystack import indexes

from caselib.precedents.models import Precedent
from caselib.search.engine.port import IndexDocument
from caselib.search.indexing import documents_of, eligible


class PrecedentIndex(indexes.SearchIndex, indexes.Indexable):
    text = indexes.CharField(document=True)
    theme = indexes.MultiValueField(faceted=False)
    department = indexes.MultiValueField(faceted=False)
    cause = indexes.MultiValueField(faceted=False)
    region = indexes.MultiValueField(faceted=False)
    policy_status = indexes.MultiValueField(faceted=False)
    result_type = indexes.MultiValueField(faceted=False)
    year = indexes.MultiValueField(faceted=False)
    published = indexes.FloatField()
    reuse_count = indexes.FloatField()

    def get_model(self) -> type[Precedent]:
        return Precedent

    def index_queryset(self, using: str | None = None) -> QuerySet[Precedent]:
        return eligible()

    def documents(self, objects: Iterable[Any]) -> Iterator[IndexDocument]:
        """The documents of those objects that belong into the index."""
        return documents_of([row.pk for row in objects])
