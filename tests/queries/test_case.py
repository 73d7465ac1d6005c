"""Search by case asks the database as often for two as for twenty precedents, and for a line as for a whole file."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.orgs.models import Role
from caselib.precedents.keeping import precedent_doubt
from tests import factories
from tests.search.conftest import index

__all__ = ["index"]
pytestmark = pytest.mark.django_db
LINE = "前租户没有注销，营业执照办不了"


def test_the_page_asks_the_same_for_two_and_for_twenty(index):
    client = Client()
    client.force_login(factories.user(Role.WINDOW))
    owner = factories.department()
    counts = []
    for count in (2, 18):
        for number in range(count):
            citation = factories.citation(factories.clause())
            precedent_doubt(factories.published(owner=owner, citations=(citation,)), reason=f"{number}", actor=None)
        index.refresh()
        for text in (LINE, f"{LINE}。第三十三条，国办发〔2022〕5号，上海。" * 300):
            # What is known of policies and places is read once after a change.
            client.post("/search/case/", {"text": text})
            with CaptureQueriesContext(connection) as captured:
                page = client.post("/search/case/", {"text": text})
            assert page.context["case"].results.total >= count
            counts.append(len(captured))
    assert len(set(counts)) == 1
    # Session, account and memberships; then what the library knows, twice, and three for the rows.
    assert counts[0] <= 9
