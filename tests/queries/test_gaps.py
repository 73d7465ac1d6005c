"""The desk of gaps asks the database as often for two as for twenty."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.search.gaps.services import gap_close, gap_file
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", ["open", "answered"])
def test_twenty_gaps_cost_as_much_as_two(state):
    editor = factories.user(Role.EDITOR)
    client = Client()
    client.force_login(editor)
    clerks = [scope_of(factories.user(Role.WINDOW)) for _ in range(3)]
    counts = []
    for first, last in ((0, 2), (2, 20)):
        for number in range(first, last):
            for clerk in clerks:
                gap = gap_file(f"第{number}件查不到的事", scope=clerk, matter=factories.matter(f"事项{number}")).gap
            if state == "answered":
                gap_close(gap, scope=scope_of(editor), number=factories.published().number)
        with CaptureQueriesContext(connection) as captured:
            page = client.get("/search/gaps/", {"state": state}).content.decode()
        assert page.count("查不到的事</a>") == last
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[1] <= 9
