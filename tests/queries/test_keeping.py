"""The pages that keep precedents clean ask the database a fixed number of times."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.attaching import attachment_add
from caselib.precedents.content import Material
from caselib.precedents.models import Revision
from caselib.precedents.overrides import override_ask
from caselib.precedents.rescan import scan
from caselib.waiting import counts_waiting
from tests import factories
from tests.services.clean_house import PHONE, PNG, Home, gate, hit_of
from tests.web.test_keeping import with_picture

__all__ = ["gate"]
pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 7, 1, 2, tzinfo=dt.UTC)


def queries(user, address: str) -> int:
    client = Client()
    client.force_login(user)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def with_claims(count: int) -> Home:
    owner = factories.department()
    author = factories.user(Role.EDITOR, within=owner)
    for _ in range(count):
        made = Home(owner, factories.published(owner=owner))
        made.draft(editor=author, script=f"请打 {PHONE}。")
        override_ask(made.precedent, hit_of(made), claim="公布的", actor=author)
    return made


def test_the_desk_of_claims_takes_the_same_for_two_and_for_twenty():
    few, many = with_claims(2), with_claims(20)
    count = queries(few.person(Role.REVIEWER), "/desk/keep/overrides/")
    assert queries(many.person(Role.REVIEWER), "/desk/keep/overrides/") == count
    assert count <= 15


def test_what_waits_is_counted_in_one_query_and_in_none_for_who_decides_nothing(django_assert_num_queries):
    made = with_claims(3)
    reviewer, reader = scope_of(made.person(Role.REVIEWER)), scope_of(made.person(Role.WINDOW))
    with django_assert_num_queries(1):
        assert counts_waiting(reviewer).get("overrides", 0) == 3
    with django_assert_num_queries(0):
        assert counts_waiting(reader).get("overrides", 0) == 0


def test_the_page_of_attachments_takes_the_same_for_two_and_for_twenty(gate):
    pages = []
    for count in (2, 20):
        owner = factories.department()
        made = Home(owner, factories.published(owner=owner))
        editor = made.person(Role.EDITOR)
        made.draft(editor=editor, materials=tuple(Material(f"材料{n}") for n in range(count)))
        for number in range(count):
            attachment_add(made.precedent, PNG + bytes([number]), f"{number}.png", actor=editor)
        pages.append(queries(editor, f"/desk/keep/{made.precedent.code}/attach/"))
    assert pages[0] == pages[1]


def test_a_page_with_pictures_takes_no_query_more(gate):
    made, _ = with_picture()
    plain = factories.published(owner=made.owner, materials=(Material("营业执照"),))
    reader = made.person(Role.WINDOW)
    address = "/p/{}/".format
    assert queries(reader, address(made.precedent.code)) == queries(reader, address(plain.code))


def test_an_ordinary_page_is_not_looked_through(monkeypatch):
    from caselib.core.personal_data import scanning

    made = Home(owner := factories.department(), factories.published(owner=owner))
    reader = made.person(Role.WINDOW)
    monkeypatch.setattr(scanning, "read", lambda text: pytest.fail("looked through"))
    queries(reader, f"/p/{made.precedent.code}/")


def test_a_scan_takes_the_same_for_two_and_for_forty():
    counts = []
    for size in (2, 40):
        keys = [factories.published().pk for _ in range(size)]
        Revision.objects.filter(live_for__in=keys).update(script=PHONE)
        with CaptureQueriesContext(connection) as captured:
            assert scan(now=NOW, keys=keys).opened == size
        counts.append(len(captured))
    assert counts[0] == counts[1]
