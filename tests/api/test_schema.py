"""The answers are what the OpenAPI document says, whatever a machine thinks of to send."""

import datetime as dt
from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client as Http
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from caselib.connect.api.describing import described
from caselib.connect.api.outside import VERSION
from tests import factories

from .calls import System, system

pytestmark = pytest.mark.django_db
# Nothing that a program may rely on is left out: status, type, shape and headers of every answer.
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.unsupported_method,
    checks.allow_header_conformance,
]
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.fixture(autouse=True)
def connection_kept() -> Iterator[None]:
    """A server closes its connections between requests; here that is the one of the test, as `django.test.Client` knows."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def caller(index) -> System:
    """With something behind each kind of address."""
    found = factories.clause(33, effective_from=dt.date(2020, 1, 1))
    precedent = factories.published(title="前租户没有注销", citations=(factories.citation(found),))
    index.refresh()
    made = system(per_minute=6_000)
    made.known = {
        "precedents": precedent.code,
        "policies": found.version.policy.code,
        "clauses": found.code,
        "matters": precedent.live_revision.matter.code if precedent.live_revision.matter else factories.matter().code,
    }
    return made


SETTINGS = settings(
    max_examples=8,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
OPERATIONS = [each["operationId"] for ways in described()["paths"].values() for each in ways.values()]


def asked():
    """A test of one operation, to be given the cases that a machine thinks of."""

    def test(case, caller):
        headers = {"Authorization": f"Bearer {caller.secret}"}
        response = case.call_and_validate(headers=headers, checks=CHECKS)
        assert response.status_code < 500
        if case.path_parameters and case.method in ("GET", "POST"):
            # The same with an address behind which something is.
            kind = case.path.removeprefix("/api/v1/").split("/")[0]
            case.path_parameters = dict.fromkeys(case.path_parameters, caller.known[kind])
            assert case.call_and_validate(headers=headers, checks=CHECKS).status_code != 404

    return test


# Made of one function they would all have one name, and run in parallel only one of twelve would be run.
for name in OPERATIONS:
    made = schema.include(operation_id=name).parametrize()(SETTINGS(asked()))
    globals()[f"test_every_answer_of_{name}_is_what_the_document_says"] = made


def test_the_document_says_its_version_and_every_answer_does():
    document = Http().get("/api/v1/openapi.json").json()
    assert document == described()
    assert document["info"]["version"] == VERSION
    for path in ("/api/v1/openapi.json", "/api/v1/docs/", "/api/v1/search", "/api/v1/nothing"):
        assert Http().get(path)["Caselib-Api-Version"] == VERSION


def test_every_operation_asks_for_a_token_and_tells_its_refusals():
    for path, operations in described()["paths"].items():
        for method, operation in operations.items():
            assert operation["security"] == [{"token": []}], path
            told = set(operation["responses"])
            assert {"400", "401", "403", "404", "422", "429"} <= told
            assert ("304" in told) == (method == "get")
            assert ("415" in told) == (method == "post")
            assert operation["summary"]
            assert operation["description"].endswith("。")


def test_members_of_answers_are_only_ever_added():
    """A list to add to: who takes a name out of it breaks a system in some hall."""
    shapes = described()["components"]["schemas"]
    names = {name: sorted(shape.get("properties", ())) for name, shape in shapes.items()}
    for shape, members in PROMISED.items():
        assert set(members.split()) <= set(names[shape]), shape
        required = set(shapes[shape].get("required", ()))
        assert set(members.split()) <= required | {"rule", "field", "errors"}, shape


PROMISED = {
    "SearchAnswer": "schema query fits notes total page pages next results",
    "Found": "code number title gist kind tier matter lead_org uses signal place snippet why against url",
    "Signal": "code label reasons",
    "SuggestAnswer": "schema suggestions",
    "Suggestion": "kind label text code",
    "PrecedentAnswer": """schema id code number version kind tier status audience published_on reverify_due_on department
        signal uses content url""",
    "Content": "title gist problem resolution script applies_when not_when materials handling_steps citations tags",
    "PolicyAnswer": """schema policy short_titles issuer level region issued_on official_url unsure version validity
        versions clauses""",
    "ClauseAnswer": "schema policy on version validity clauses why",
    "ClauseText": "code ref label text gist verified repealed repealed_from",
    "PoliciesAnswer": "schema total page pages next policies",
    "MattersAnswer": "schema total page pages next matters",
    "MatterAnswer": "schema matter materials total page pages next precedents",
    "TicketAnswer": "schema code created source_system source_number received_on stage url",
    "ReuseAnswer": "schema precedent outcome label at",
    "GapAnswer": "schema question created times cut",
    "EmbedTicketAnswer": "schema ticket expires_at url",
    "Problem": "type title status detail instance code",
}
