"""The queue, the page of a text and the history ask the database a fixed number of times."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.orgs.models import Role
from caselib.precedents.commenting import comment_add
from caselib.precedents.content import HandlingStep, Material
from caselib.precedents.keeping import precedent_verify
from caselib.precedents.sections import ORDER
from tests import factories
from tests.search.conftest import index  # noqa: F401 - the fixture is used by name
from tests.services.texts_in_review import House

pytestmark = pytest.mark.django_db


def queries(user, address: str) -> int:
    client = Client()
    client.force_login(user)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_queue_takes_the_same_for_two_and_for_twenty():
    few, many = House(), House()
    for house, count in ((few, 2), (many, 20)):
        for _ in range(count):
            house.submitted(citations=(factories.citation(factories.clause()),), matter=factories.matter())
    count = queries(few.reviewer, "/desk/review/")
    assert queries(many.reviewer, "/desk/review/") == count
    assert count <= 14


# An index of its own: what another test left in the folder would be found as similar by one of the two.
@pytest.mark.usefixtures("index")
def test_the_page_of_a_text_takes_the_same_for_two_and_for_twenty_of_everything():
    counts = []
    for number in (2, 20):
        house = House()
        clauses = [factories.clause() for _ in range(number)]
        precedent = house.published(citations=(factories.citation(clauses[0]),))
        revision = house.changed(
            precedent,
            handling_steps=tuple(HandlingStep(f"第{n}步") for n in range(number)),
            materials=tuple(Material(f"第{n}件") for n in range(number)),
            citations=tuple(factories.citation(clause) for clause in clauses),
            causes=tuple(factories.cause(f"原因{n}") for n in range(number)),
            problem="\n".join(f"第{n}段" for n in range(number)),
        )
        for section in ORDER[:number]:
            comment_add(
                revision, section=section, text="写清", reviewer=house.second, digest_seen=revision.content_digest
            )
        counts.append(queries(house.reviewer, f"/desk/review/{precedent.code}/"))
    assert counts[0] == counts[1]
    assert counts[0] <= 36


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.WINDOW])
def test_the_history_takes_the_same_for_two_and_for_eight_texts(role):
    counts = []
    for number in (2, 8):
        house = House()
        clause = factories.clause()
        precedent = house.published(citations=(factories.citation(clause),))
        for turn in range(number - 1):
            house.approve(house.changed(precedent, gist=f"第{turn}次改"), significance="minor")
            precedent.refresh_from_db()
            precedent_verify(precedent, by=house.reviewer, note="对过")
        counts.append(queries(house.person(role), f"/desk/review/history/{precedent.code}/"))
    assert counts[0] == counts[1]
    assert counts[0] <= 13
