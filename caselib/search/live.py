"""The engine of this site, as haystack's settings name it."""

from haystack import connections
from haystack.constants import DEFAULT_ALIAS

from caselib.search.engine.port import Engine


def live_engine() -> Engine:
    """The engine behind haystack's default connection."""
    return connections[DEFAULT_ALIAS].get_backend().engine
