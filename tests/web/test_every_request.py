"""What every request reads is composed once and read anew each time: any change holds with the next request."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.orgs.models import Membership, Role
from caselib.orgs.sessions import SessionStore
from tests import factories

pytestmark = pytest.mark.django_db

PAGE = "/search/?q=注销"


@pytest.fixture
def clerk():
    return factories.user(Role.WINDOW)


@pytest.fixture
def client(clerk):
    client = Client()
    client.force_login(clerk)
    assert client.get(PAGE).status_code == 200
    return client


def test_an_account_that_is_closed_is_out_with_the_next_request(client, clerk):
    type(clerk).objects.filter(pk=clerk.pk).update(is_active=False)
    assert client.get(PAGE).status_code == 302


def test_a_session_that_was_ended_elsewhere_is_out_with_the_next_request(client):
    Session.objects.all().delete()
    assert client.get(PAGE).status_code == 302


def test_a_session_that_ran_out_is_over(client):
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=13)):
        assert client.get(PAGE).status_code == 302


def test_a_session_that_ran_out_is_not_written_again_under_its_key(client):
    store = SessionStore(client.session.session_key)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=13)):
        store["x"] = 1
        assert store.session_key is None


def test_a_changed_password_ends_the_sessions_of_others(client, clerk):
    clerk.set_password("another-long-password")
    clerk.save()
    assert client.get(PAGE).status_code == 302


def test_a_role_that_is_given_or_taken_holds_with_the_next_request(client, clerk):
    assert ">写案例</a>" not in client.get(PAGE).content.decode()
    membership = Membership.objects.get(user=clerk)
    Membership.objects.filter(pk=membership.pk).update(role=Role.EDITOR)
    assert ">写案例</a>" in client.get(PAGE).content.decode()
    Membership.objects.filter(pk=membership.pk).update(role=Role.SYSTEM_ADMIN)
    page = client.get(PAGE).content.decode()
    assert ">写案例</a>" not in page
    assert "这个账号只做管理。" in page


def test_contrast_and_name_of_one_account_do_not_show_on_the_page_of_another(client, clerk):
    other = factories.user(Role.WINDOW)
    type(other).objects.filter(pk=other.pk).update(high_contrast=True, display_name="乙窗口")
    second = Client()
    second.force_login(other)
    assert 'data-contrast="more"' in second.get(PAGE).content.decode()
    page = client.get(PAGE).content.decode()
    assert "data-contrast" not in page
    assert "乙窗口" not in page


def test_an_account_is_read_by_its_key_as_any_other_way(clerk):
    accounts = get_user_model().objects
    with CaptureQueriesContext(connection) as queries:
        found = accounts.get(pk=clerk.pk)
    assert len(queries) == 1
    by_name = accounts.get(username=clerk.username)
    assert {**vars(found), "_state": None} == {**vars(by_name), "_state": None}
    assert not found._state.adding
    with pytest.raises(accounts.model.DoesNotExist):
        accounts.get(pk=clerk.pk + 1000)


def test_a_page_asks_no_more_queries_for_a_viewer_of_more_roles(client, clerk):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        return len(queries)

    first, *departments = [factories.department() for _ in range(4)]
    client.get(PAGE)  # reads the names of the library anew
    fewest = asked()
    Membership.objects.create(user=clerk, department=first, role=Role.EDITOR)
    few = asked()
    # What waits for a check is counted for who checks, and for nobody else.
    assert few == fewest + 1
    for department in departments:
        Membership.objects.create(user=clerk, department=department, role=Role.EDITOR)
    assert asked() == few
