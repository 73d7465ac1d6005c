"""A system asks for a ticket with its token, and the address that it gets shows the panel: as long and as far as the token goes."""

import datetime as dt

import pytest
import time_machine
from django.test import Client as Http

from caselib.connect.clients.models import Client, Deed, Token
from caselib.core import clock
from tests import factories

from .calls import problem, system

pytestmark = pytest.mark.django_db
PATH = "embed-tickets"


def test_the_address_that_a_system_gets_shows_the_panel(index):
    factories.published(title="前租户没有注销")
    index.refresh()
    answer = system(Deed.EMBED).post(PATH, {})
    told = answer.json()
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "private, no-cache"
    assert told["schema"] == "caselib.embed-ticket/1"
    assert told["url"] == f"http://testserver/embed/search?t={told['ticket'].replace(':', '%3A')}"
    page = Http().get(told["url"] + "&q=前租户").content.decode()
    assert "没有注销" in page


def test_a_ticket_of_one_matter_searches_in_no_other(index):
    wanted, other = factories.matter("企业设立登记"), factories.matter("食品经营许可")
    factories.published(title="前租户没有注销", matter=other)
    index.refresh()
    url = system(Deed.EMBED).post(PATH, {"matter": wanted.code}).json()["url"]
    page = Http().get(f"{url}&q=前租户&matter={other.code}").content.decode()
    assert "没有注销" not in page
    problem(system(Deed.EMBED).post(PATH, {"matter": "nosuch"}), 404, "not_found")
    problem(system(Deed.EMBED).post(PATH, {"matter": ["x"]}), 422, "invalid")
    problem(system(Deed.EMBED).post(PATH, {"mater": wanted.code}), 422, "invalid")
    problem(Http().get(f"/api/v1/{PATH}"), 405, "method_not_allowed")


def test_a_ticket_lasts_eight_hours_and_never_longer_than_its_token():
    caller = system(Deed.EMBED)
    now = clock.now().replace(microsecond=0)
    with time_machine.travel(now, tick=False):
        assert dt.datetime.fromisoformat(caller.post(PATH, {}).json()["expires_at"]) == now + dt.timedelta(hours=8)
        Token.objects.update(expires_at=now + dt.timedelta(hours=2))
        told = caller.post(PATH, {}).json()
        assert dt.datetime.fromisoformat(told["expires_at"]) == now + dt.timedelta(hours=2)
    with time_machine.travel(now + dt.timedelta(hours=2), tick=False):
        assert Http().get(told["url"]).status_code == 403


def test_who_may_not_have_a_ticket_is_told_why():
    problem(system(*(set(Deed) - {Deed.EMBED})).post(PATH, {}), 403, "deed_not_granted")
    problem(Http().post(f"/api/v1/{PATH}", b"{}", content_type="application/json"), 401, "no_token")
    caller = system(Deed.EMBED)
    told = caller.post(PATH, {}).json()
    # The secret opens the API, the ticket the panel: neither is good for the other.
    caller.secret, secret = told["ticket"], caller.secret
    problem(caller.post(PATH, {}), 401, "unknown_token")
    assert Http().get("/embed/search", {"t": secret}).status_code == 403
    caller.secret = secret
    Client.objects.update(is_blocked=True)
    problem(caller.post(PATH, {}), 401, "client_off")
    assert Http().get(told["url"]).status_code == 403


def test_what_may_stand_behind_the_question_mark_is_known_of_every_operation():
    """The name of an address and that of its operation are one, or its parameters would all be refused."""
    from caselib.connect.api.api import _parameters
    from caselib.connect.api.urls import urlpatterns

    names = {pattern.name for pattern in urlpatterns} - {"openapi", "docs", "nothing"}
    assert {name for name, _ in _parameters()} == names
