import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from caselib.search.outbox import drain


class Index:
    """The site's index folder in a test."""

    folder = Path(settings.HAYSTACK_CONNECTIONS["default"]["PATH"])

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def refresh(self) -> int:
        """Works off what the test's changes left to do, as the worker does."""
        return drain()


@pytest.fixture
def index(db) -> Iterator[Index]:
    """An empty index of this test alone, with that of the policies within it."""
    from caselib.search.live import live_engine, policy_engine

    made = Index()
    made.remove()
    live_engine().create()
    policy_engine().create()
    yield made
    made.remove()
