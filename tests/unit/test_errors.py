"""Errors of the domain become pages once for the whole site, and personal pages stay out of shared caches."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.html import escape

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core.errors import NotAllowed, NotVisible, RuleBroken, StaleState
from caselib.core.middleware import current_trace
from caselib.orgs.models import Role
from caselib.urls import handler403, handler404, handler500, urlpatterns  # noqa: F401 (the test's own address book)
from tests import factories

ERRORS = {
    "hidden": NotVisible(),
    "denied": NotAllowed("只有“<b>某局</b>”的编辑能改这个案例。"),
    "stale": StaleState("有人先改了这一版，您写的内容没有覆盖它。"),
    "broken": RuleBroken("还没有标题。", code="required", field="title"),
    "fault": ZeroDivisionError("a fault of the program"),
}


def failing(request: HttpRequest, name: str) -> HttpResponse:
    raise ERRORS[name]


@login_not_required
def traced(request: HttpRequest) -> HttpResponse:
    event = record(Action.REGION_SAVED, factories.region(), actor=None)
    return HttpResponse(f"{event.request_id} {event.ip}")


urlpatterns = [*urlpatterns, path("failing/<str:name>/", failing), path("traced/", traced)]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def viewer(client):
    client.force_login(factories.user(Role.WINDOW), backend="django.contrib.auth.backends.ModelBackend")
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(
    ("name", "status"), [("hidden", 404), ("denied", 403), ("stale", 409), ("broken", 422), ("fault", 500)]
)
def test_each_error_has_its_status_and_a_chinese_page(viewer, name, status):
    answer = viewer.get(f"/failing/{name}/")
    assert answer.status_code == status
    assert "<h1" in answer.content.decode()


@pytest.mark.parametrize("name", ["denied", "stale", "broken"])
def test_page_says_what_happened_escaped(viewer, name):
    assert escape(ERRORS[name].message) in viewer.get(f"/failing/{name}/").content.decode()


def test_address_with_a_nul_leads_nowhere(viewer):
    assert viewer.get("/failing/%00/").status_code == 404


def test_fault_of_the_program_shows_no_detail(viewer):
    text = viewer.get("/failing/fault/").content.decode()
    assert "ZeroDivisionError" not in text
    assert "a fault of the program" not in text


def test_personal_page_is_private_and_differs_from_its_fragment(viewer):
    answer = viewer.get("/failing/hidden/")
    assert answer["Cache-Control"] == "private, no-cache"
    assert "HX-Request" in answer["Vary"]
    assert viewer.get("/failing/hidden/", headers={"HX-Request": "true"})["Cache-Control"] == "private, no-store"


def test_every_answer_carries_the_id_under_which_the_trail_knows_it(client):
    answer = client.get("/traced/", REMOTE_ADDR="192.0.2.7")
    assert answer.content.decode() == f"{answer['X-Request-ID']} 192.0.2.7"
    assert client.get("/traced/")["X-Request-ID"] != answer["X-Request-ID"]


def test_trace_ends_with_its_request(client):
    client.get("/traced/")
    assert current_trace().request_id == ""


def test_page_asks_for_sign_in_and_comes_back(client):
    answer = client.get("/failing/hidden/")
    assert answer.status_code == 302
    assert answer["Location"].endswith("?next=/failing/hidden/")


def test_page_forbids_scripts_styles_and_frames_of_others(viewer):
    policy = viewer.get("/failing/hidden/")["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == directives["connect-src"] == "'self'"
    assert directives["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy


def test_answer_is_never_guessed_framed_or_referred(viewer):
    answer = viewer.get("/failing/hidden/")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
