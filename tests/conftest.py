"""What every test starts with."""

from collections.abc import Iterator

import pytest

from caselib.connect.clients import refusing
from caselib.core import workdays
from caselib.following import unread
from caselib.search import synonyms


@pytest.fixture(autouse=True)
def words_of_the_product() -> Iterator[None]:
    """The groups that come with the product, without a look into the database, until the test changes them."""
    synonyms.hold(synonyms.built_in())
    yield
    synonyms.hold(synonyms.built_in())


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    """Keys of rows come again from test to test, and what a process counted stands under them."""
    unread.forget()
    refusing.refusals_forget()


@pytest.fixture(autouse=True)
def days_of_the_library() -> Iterator[None]:
    """The calendar that comes with the product, without a look into the database, until the test changes it."""
    workdays.hold(workdays.Calendar())
    yield
    workdays.hold(workdays.Calendar())
