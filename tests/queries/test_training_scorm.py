"""Taking a pack out asks the database as often for many lessons as for few."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.orgs.models import Role
from tests import factories, training_rows

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("method", "most"), [("get", 12), ("post", 28)])
def test_many_lessons_cost_as_much_as_few(method, most):
    counts = []
    for lessons in (1, 4):
        pack = training_rows.published_pack(lessons=lessons)
        client = Client()
        client.force_login(factories.user(Role.TRAINER, within=pack.owner_department))
        client.get(f"/training/scorm/{pack.code}/")
        with CaptureQueriesContext(connection) as captured:
            assert getattr(client, method)(f"/training/scorm/{pack.code}/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= most, counts
