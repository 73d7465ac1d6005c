"""The index of one test, as the tests of search make it."""

from tests.search.conftest import index

__all__ = ["index"]
