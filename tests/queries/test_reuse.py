"""Uses and reports: their pages ask the database a fixed number of times."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.core import clock
from caselib.orgs.models import Role, User
from caselib.orgs.scope import scope_of
from caselib.reuse.reports.answering import report_decline
from caselib.reuse.reports.selectors import answers_for
from tests import factories
from tests.services.reporting import clerk, failed, own, reported

pytestmark = pytest.mark.django_db


def queries(user: User, address: str) -> int:
    client = Client()
    client.force_login(user)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def house(count: int):
    """A department with so many reports, and one precedent with so many uses and words."""
    owner = factories.department()
    for _ in range(count):
        reported(factories.published(owner=owner))
    precedent = factories.published(owner=owner)
    for _ in range(count):
        failed(precedent, note="联系不上")
    return precedent


def test_the_desk_and_one_report_take_the_same_for_two_and_for_twenty():
    few, many = house(2), house(20)
    counts = [queries(own(each, Role.EDITOR), "/desk/reports/") for each in (few, many)]
    assert counts[0] == counts[1] <= 14
    counts = [queries(own(each, Role.EDITOR), f"/desk/reports/{each.reports.get().pk}/") for each in (few, many)]
    assert counts[0] == counts[1] <= 24


def test_who_used_it_takes_the_same_for_two_and_for_twenty():
    few, many = house(2), house(20)
    for role, most in ((Role.EDITOR, 10), (Role.WINDOW, 7)):
        counts = [queries(own(each, role), f"/reuse/{each.code}/") for each in (few, many)]
        assert counts[0] == counts[1] <= most


def test_ones_own_reports_take_the_same_for_two_and_for_twenty():
    counts, told = [], []
    for count in (2, 20):
        person = factories.user(Role.WINDOW)
        for _ in range(count):
            found = reported(factories.published(), scope=scope_of(person)).report
            report_decline(found, by=own(found.precedent, Role.EDITOR), reason="没有写反", now=clock.now())
        counts.append(queries(person, "/reuse/mine/"))
        scope = scope_of(person)
        with CaptureQueriesContext(connection) as captured:
            assert len(answers_for(scope)) == count
        told.append(len(captured))
    assert counts[0] == counts[1] <= 10
    assert told[0] == told[1] <= 4


def test_the_page_of_a_precedent_pays_nothing_for_flags_and_uses():
    few, many = house(2), house(20)
    person = factories.user(Role.WINDOW)
    assert queries(person, f"/p/{few.code}/") == queries(person, f"/p/{many.code}/") <= 12
    assert queries(person, f"/reuse/{few.code}/how/?outcome=failed") <= 7
    assert queries(person, f"/reuse/{few.code}/report/?section=fits&kind=wrong") <= 11


def test_answers_for_nobody_ask_nothing():
    scope = clerk()
    with CaptureQueriesContext(connection) as captured:
        assert answers_for(scope) == ()
    assert len(captured) == 1
