"""The index of one test, as the tests of search make it; and names for what a machine makes of one test."""

from collections import Counter

import pytest

from tests.search.conftest import index

__all__ = ["index"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Schemathesis makes one test for each operation and gives all of them one name: run in parallel, one would be run of twelve."""
    seen: Counter[str] = Counter()
    for item in items:
        seen[item.nodeid] += 1
        if seen[item.nodeid] > 1:
            item._nodeid = f"{item.nodeid}[{seen[item.nodeid]}]"
