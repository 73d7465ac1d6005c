"""Eight people check the same precedent in the same moment: one check is written, the others are told."""

import pytest

from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.keeping import precedent_doubt
from caselib.precedents.models import Precedent, Verification
from caselib.precedents.verifying import check_noted
from tests import factories
from tests.services.tasks_of_law import House, told

from .test_transitions import THREADS, all_at_once, shared_database

__all__ = ["shared_database"]


@pytest.fixture
def house(shared_database) -> House:
    owner = factories.department()
    precedent = factories.published(owner=owner)
    precedent_doubt(precedent, reason="有人说不对", actor=None)
    return House(owner, precedent, None, None, None)


def test_eight_checks_of_eight_people_write_one(house):
    people = [house.person(Role.REVIEWER) for _ in range(THREADS)]
    scopes = [scope_of(person) for person in people]
    form = told(house, "holds", note="对照过")

    def check(number: int) -> None:
        check_noted(Precedent.objects.get(pk=house.precedent.pk), form, scope=scopes[number], by=people[number])

    assert all_at_once(check) == {"won": 1, "StaleState": THREADS - 1}
    assert Verification.objects.count() == 1


def test_eight_clicks_of_one_person_write_one_and_none_is_an_error(house):
    person = house.person(Role.REVIEWER)
    scope, form = scope_of(person), told(house, "no_longer", note="不准了")

    def click(number: int) -> None:
        check_noted(Precedent.objects.get(pk=house.precedent.pk), form, scope=scope, by=person)

    assert all_at_once(click) == {"won": THREADS}
    assert Verification.objects.count() == 1
