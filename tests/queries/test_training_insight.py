"""The pages of coverage ask the database as often for many precedents, lessons and answers as for few."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.orgs.models import Role
from caselib.precedents.models import ResultType
from tests import factories, training_rows
from tests.search.conftest import index
from tests.services.missed import answered

__all__ = ["index"]
pytestmark = pytest.mark.django_db
MOST = 12


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("address", ["", "?of=bare", "?of=hard", "teach/?like={code}"])
def test_many_cost_as_much_as_few(index, address):
    client = Client()
    client.force_login(factories.user(Role.TRAINER))
    one = factories.published(matter=factories.matter())
    counts = []
    for more in (1, 4):
        pack = training_rows.pack()
        version = training_rows.open_version(pack)
        for number in range(more):
            other = factories.published(
                matter=factories.matter(f"事项{more}{number}"), result_type=ResultType.GUIDANCE, audience="library"
            )
            factories.published(matter=one.matter, result_type=ResultType.GUIDANCE)
            question = training_rows.question(precedent=other)
            training_rows.asked(training_rows.case(version, other), question)
            answered(question.latest, wrong=5, right=0)
        training_rows.publish(pack)
        index.refresh()
        counts.append(queries(client, "/training/map/" + address.format(code=one.code)))
    assert counts[0] == counts[1] <= MOST, counts
