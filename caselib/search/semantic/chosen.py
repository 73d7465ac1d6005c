"""Which model this site uses, as its settings say, and where it keeps the vectors."""

import functools
import os
from pathlib import Path

from django.conf import settings

from . import nano
from .http import HttpEmbedder
from .port import Embedder
from .store import VectorStore


def embedder() -> Embedder | None:
    """The model of this site: the service of EMBEDDING_URL, else the one that is installed, else none.

    CASELIB_EMBEDDING=off: none. Cheap: nothing is loaded or asked here.
    """
    if settings.CASELIB_EMBEDDING == "off":
        return None
    if settings.EMBEDDING_URL:
        return _service(
            settings.EMBEDDING_URL,
            settings.EMBEDDING_MODEL,
            settings.EMBEDDING_KEY,
            settings.EMBEDDING_TIMEOUT,
            settings.EMBEDDING_QUERY_PREFIX,
            settings.EMBEDDING_PASSAGE_PREFIX,
        )
    return _bundled()


@functools.lru_cache(maxsize=4)
def _service(url: str, model: str, key: str, timeout: float, query_prefix: str, passage_prefix: str) -> Embedder:
    return HttpEmbedder(
        url, model=model, key=key, timeout=timeout, query_prefix=query_prefix, passage_prefix=passage_prefix
    )


@functools.cache
def _bundled() -> Embedder | None:
    return nano.NanoEmbedder() if nano.is_installed() else None


def store() -> VectorStore:
    """Where this site keeps its vectors."""
    return _store(settings.CASELIB_DATA_DIR / "vectors")


@functools.cache
def _store(folder: Path) -> VectorStore:
    return VectorStore(folder)


# Another thread of the parent may have been reading: its lock would stay held in the child.
os.register_at_fork(after_in_child=_store.cache_clear)
