"""Whatever is sent, a program gets a problem with a stable code: never a page, never a fault, and nothing is half done."""

import datetime as dt

import pytest
import time_machine
from django.conf import settings
from django.test import Client as Http
from django.test import override_settings

from caselib.connect.api.problems import KINDS
from caselib.connect.clients.limits import call_taken
from caselib.connect.clients.services import client_switch, token_revoke
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.search.models import KnowledgeGap
from tests import factories

from .calls import problem, system

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 30, 2, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "body",
    [
        b" ",
        b"{",
        b"null",
        b"[]",
        b"[1]",
        b'"x"',
        b"1",
        b"{}{}",
        b'{"question": "a", "question": "b"}',
        b'{"question": NaN}',
        b'{"question": Infinity}',
        b'{"question": 1e999}',
        b'{"question": ' + b"9" * 5000 + b"}",
        b'{"question": "\xff\xfe"}',
        b'\xef\xbb\xbf{"question": "a"}',
        b'{"question": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"question": "\\u0000"}',
        b'{"question": "\x01"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"question": ' + b"[" * 21 + b"]" * 21 + b"}",
        b"\x00" * 100,
        "{'question': '单引号'}".encode(),
        '{"question": "GBK"}'.encode("utf-16"),
        "问题=x".encode("gbk"),
    ],
)
def test_hostile_json_is_refused_with_a_reason(body):
    answer = system().post("gaps", body)
    assert answer.status_code in (400, 422)
    problem(answer, answer.status_code, "bad_json" if answer.status_code == 400 else "invalid")
    assert not KnowledgeGap.objects.exists()


@pytest.mark.parametrize(
    "told", [{}, {"question": None}, {"question": 1}, {"question": {}}, {"question": "x", "more": 1}]
)
def test_json_of_another_shape_is_told_by_field(told):
    refused = problem(system().post("gaps", told), 422, "invalid")
    assert refused["errors"][0]["field"] in ("question", "more")


def test_brackets_inside_words_are_no_depth():
    assert system().post("gaps", {"question": "[[[[{{{{" * 20 + "怎么办\\"}).status_code == 201


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_another_content_type_is_refused(kind):
    refused = problem(system().post("gaps", b'{"question": "x"}', content_type=kind), 415, "not_json")
    assert "application/json" in refused["detail"]
    assert not KnowledgeGap.objects.exists()


def test_another_charset_is_refused_as_a_problem():
    answer = system().post("gaps", b'{"question": "x"}', content_type="application/json; charset=raw_unicode_escape")
    problem(answer, 400, "bad_request")
    assert not KnowledgeGap.objects.exists()


def test_unknown_and_repeated_parameters_are_refused_everywhere(index):
    caller = system()
    for path in (
        "search?q=a&Q=b",
        "search?q=a&q=b",
        "suggest?x=",
        "precedents/x?q=1",
        "policies?qq=1",
        "matters/x?%00=1",
    ):
        problem(caller.get(path), 422, "unknown_parameter")
    assert caller.get("search?q=a&theme=甲&theme=乙").status_code == 200


def test_methods_that_are_none_are_refused_as_problems():
    caller = system()
    token = {"Authorization": f"Bearer {caller.secret}"}
    for method in ("put", "delete", "patch", "post", "head", "options", "trace"):
        answer = getattr(Http(), method)("/api/v1/search", headers=token)
        assert answer.status_code == 405
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["Allow"] == "GET"
    problem(Http().get("/api/v1/tickets", headers=token), 405, "method_not_allowed")


def test_a_fault_of_the_program_is_a_problem_with_the_number_of_the_request(monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("caselib.connect.api.reading.policies_for_list", broken)
    caller = system()
    http = Http(raise_request_exception=False)
    answer = http.get("/api/v1/policies", headers={"Authorization": f"Bearer {caller.secret}"})
    told = problem(answer, 500, "server_error")
    assert told["instance"] == f"urn:request:{answer['X-Request-ID']}"
    assert "ZeroDivision" not in answer.content.decode()
    with override_settings(DEBUG=True):
        answer = http.get("/api/v1/policies", headers={"Authorization": f"Bearer {caller.secret}"})
        assert "ZeroDivision" not in answer.content.decode()


def test_an_unknown_host_is_a_problem_too():
    answer = Http(headers={"host": "evil.example"}).get("/api/v1/search")
    problem(answer, 400, "bad_request")
    assert "evil.example" not in answer.content.decode()


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic eDp5", "bearer  ", "Token x", "Bearer\tx", "Bearer 令牌", "Bearer " + "x" * 5000],
)
def test_no_token_and_odd_tokens_are_told_apart_by_their_codes(header):
    answer = Http().get("/api/v1/search", headers={"Authorization": header} if header else {})
    told = problem(answer, 401, answer.json()["code"])
    assert told["code"] in ("no_token", "unknown_token")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def refused(caller, code: str) -> None:
    for answer in (caller.get("search"), caller.post("gaps", {"question": "x"}), caller.get("precedents/x")):
        problem(answer, 401, code)


def test_tokens_that_are_over_open_nothing():
    caller = system(days=1)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=2)):
        refused(caller, "token_expired")
    client, administrator = caller.client, factories.user(Role.DEPARTMENT_ADMIN, within=caller.client.department)
    client_switch(client, scope=scope_of(administrator), active=False)
    refused(caller, "client_off")
    client_switch(client, scope=scope_of(administrator), active=True)
    type(client.department).objects.filter(pk=client.department_id).update(is_active=False)
    refused(caller, "department_closed")
    type(client.department).objects.filter(pk=client.department_id).update(is_active=True)
    assert caller.get("matters").status_code == 200
    token_revoke(client.tokens.get(), scope=scope_of(administrator))
    refused(caller, "token_revoked")


def test_a_system_that_calls_too_fast_is_told_when_to_come_again():
    caller = system(per_minute=5)
    with time_machine.travel(NOW, tick=False) as clock:
        for left in (4, 3, 2, 1, 0):
            answer = caller.get("matters")
            assert (answer.status_code, answer["RateLimit-Remaining"]) == (200, str(left))
            assert answer["RateLimit-Limit"] == "5"
        answer = caller.get("matters")
        problem(answer, 429, "rate_limited")
        assert (answer["Retry-After"], answer["RateLimit-Reset"]) == ("12", "60")
        clock.shift(12)
        assert caller.get("matters").status_code == 200
        assert caller.get("matters").status_code == 429
        assert system(per_minute=5, within=caller.client.department).get("matters").status_code == 200


def test_a_refused_call_does_nothing_and_costs_two_queries_at_most(django_assert_max_num_queries):
    caller = system(per_minute=1)
    with time_machine.travel(NOW, tick=False):
        caller.get("matters")
        with django_assert_max_num_queries(2):
            problem(caller.post("gaps", {"question": "x"}), 429, "rate_limited")
    assert not KnowledgeGap.objects.exists()


def test_ten_thousand_calls_in_a_minute_let_through_what_is_allowed_and_a_clock_set_back_locks_nobody_out():
    client, at = system(per_minute=600).client, NOW.timestamp()
    through = [not call_taken(client, at=at + n * 60 / 10_000).is_spent for n in range(10_000)]
    assert 1_190 <= sum(through) <= 1_200
    assert call_taken(client, at=at + 59.99).is_spent
    # An hour back: the bucket is empty, as after a burst, and fills again.
    assert call_taken(client, at=at - 3600).is_spent
    assert not call_taken(client, at=at - 3599).is_spent
    for kept in (b"", b"x", b"\xff" * 8, b"\x00" * 8):
        (settings.CASELIB_DATA_DIR / "limits" / client.code).write_bytes(kept)
        assert not call_taken(client, at=at + 7200).is_spent


def test_a_count_that_cannot_be_kept_lets_the_call_in(monkeypatch, caplog):
    monkeypatch.setattr("os.pwrite", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
    caller = system(per_minute=1)
    assert [caller.get("matters").status_code for _ in range(2)] == [200, 200]
    assert "not counted" in caplog.text


def test_codes_of_problems_are_never_taken_away():
    assert {code: kind.status for code, kind in KINDS.items()} == {
        "bad_request": 400, "bad_json": 400, "no_token": 401, "unknown_token": 401, "token_expired": 401,
        "token_revoked": 401, "client_off": 401, "department_closed": 401, "deed_not_granted": 403, "not_allowed": 403,
        "not_found": 404, "method_not_allowed": 405, "already_there": 409, "stale": 409, "key_used": 409,
        "too_large": 413, "not_json": 415, "invalid": 422, "unknown_parameter": 422, "rule_broken": 422,
        "rate_limited": 429, "server_error": 500, "unavailable": 503,
    }  # fmt: skip
