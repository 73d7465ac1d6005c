"""What the work desk and the number in the header cost, with little and with much to do."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from caselib.orgs.models import Role
from caselib.orgs.services import membership_grant
from caselib.precedents.keeping import precedent_doubt
from caselib.precedents.services import revision_submit
from tests import factories

pytestmark = pytest.mark.django_db
MOST = 20


def work(department, person, count: int) -> None:
    for number in range(count):
        factories.draft(owner=department, author=person)
        other = factories.user(Role.EDITOR, within=department)
        revision = factories.draft(owner=department, author=other)
        revision_submit(revision, lock_version=revision.lock_version, actor=other)
        precedent_doubt(factories.published(owner=department), reason=f"条例改了{number}", actor=None)


def test_much_to_do_costs_no_more_queries_than_little(client):
    department = factories.department()
    person = factories.user(Role.EDITOR, within=department)
    membership_grant(user=person, department=department, role=Role.REVIEWER, actor=None)
    client.force_login(person)
    counts = []
    for count in (2, 20):
        work(department, person, count)
        client.get("/desk/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/desk/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= MOST
