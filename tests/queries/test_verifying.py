"""The desk, the page of a check and the list of impact ask the database a fixed number of times."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.following.services import follow
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.keeping import precedent_doubt
from tests.services.tasks_of_law import House, house_with_task

pytestmark = pytest.mark.django_db


def queries(house: House, address: str, role: Role = Role.EDITOR) -> int:
    client = Client()
    client.force_login(house.person(role))
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_desk_takes_the_same_for_two_and_for_two_hundred():
    few, many = house_with_task(count=2), house_with_task(count=200)
    count = queries(few, "/desk/verify/")
    assert queries(many, "/desk/verify/") == count
    # Session, account, memberships, the count in the frame, and the desk's own.
    assert count <= 13


def test_the_page_of_a_check_takes_the_same_for_one_and_for_twenty_points():
    few, many = house_with_task(), house_with_task()
    for n in range(20):
        precedent_doubt(many.precedent, reason=f"第 {n} 点", actor=None)
    count = queries(few, f"/p/{few.precedent.code}/verify/")
    assert queries(many, f"/p/{many.precedent.code}/verify/") == count
    assert count <= 14


def test_the_list_of_impact_takes_the_same_for_two_and_for_forty():
    few, many = house_with_task(count=2), house_with_task(count=40)
    count = queries(few, f"/policies/{few.of.code}/impact/?v=1")
    assert queries(many, f"/policies/{many.of.code}/impact/?v=1") == count
    assert count <= 14


def test_the_frame_counts_what_waits_along_with_what_is_followed():
    house = house_with_task(count=2)
    reviewer, reader = house.person(Role.REVIEWER), house.person(Role.WINDOW)
    pages = {}
    for person in (reviewer, reader):
        follow(person, house.of, scope=scope_of(person))
        client = Client()
        client.force_login(person)
        with CaptureQueriesContext(connection) as captured:
            page = client.get("/matters/").content.decode()
        pages[person] = (len(captured), re.findall(r"工作台 <span class=\"count\">(\d+)<", page))
    assert pages[reviewer] == (pages[reader][0], ["2", "2"])
    assert pages[reader][1] == []


def test_the_frame_asks_once_for_who_checks_and_never_for_who_does_not():
    house = house_with_task(count=2)
    asked = queries(house, "/matters/", Role.REVIEWER)
    assert asked == queries(house, "/matters/", Role.WINDOW) + 1
