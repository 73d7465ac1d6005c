"""What every test starts with."""

from collections.abc import Iterator

import pytest

from caselib.search import synonyms


@pytest.fixture(autouse=True)
def words_of_the_product() -> Iterator[None]:
    """The groups that come with the product, without a look into the database, until the test changes them."""
    synonyms.hold(synonyms.built_in())
    yield
    synonyms.hold(synonyms.built_in())
