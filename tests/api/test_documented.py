"""What the page and docs/api.md show works as it stands there."""

import json
import re
import shlex
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client as Http

from caselib.connect.api.describing import described
from caselib.connect.api.examples import EXAMPLES
from caselib.connect.api.problems import KINDS
from tests import factories

from .calls import System, system

pytestmark = pytest.mark.django_db
DOCS = (Path(__file__).resolve().parents[2] / "docs/api.md").read_text(encoding="utf-8")
# Each block of a shell in which curl stands.
CALLS = [
    block.replace("\\\n", " ").strip() for block in re.findall(r"```sh\n(.*?)```", DOCS, re.DOTALL) if "curl" in block
]


@pytest.fixture
def known(index) -> dict[str, str]:
    """Codes of what is there, by the kind in the address."""
    clause = factories.clause(33, effective_from="2020-01-01", title="登记管理条例")
    precedent = factories.published(title="前租户没注销", matter=factories.matter("企业设立登记"))
    index.refresh()
    policy = clause.version.policy.code
    return {
        "precedents": precedent.code,
        "policies": policy,
        "clauses": clause.code,
        "matters": factories.matter().code,
    }


def called(command: str, caller: System, known: dict[str, str]):
    """The answer to a call as curl makes it."""
    words = shlex.split(command.replace("$TOKEN", caller.secret))
    assert words.pop(0) == "curl"
    headers, body, address = {}, None, ""
    while words:
        word = words.pop(0)
        if word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = words.pop(0)
        elif word in ("-i", "-s"):
            continue
        else:
            address = word
    parts = urlsplit(address)
    kind = parts.path.removeprefix("/api/v1/").split("/")[0]
    path = parts.path.replace("{code}", known.get(kind, ""))
    assert path.startswith("/api/v1/")
    if body is None:
        return Http().get(path, dict(parse_qsl(parts.query)), headers=headers)
    kind = headers.pop("Content-Type")
    return Http().post(path, body.encode(), content_type=kind, headers=headers)


@pytest.mark.parametrize("command", CALLS, ids=[str(n) for n in range(len(CALLS))])
def test_each_call_of_the_documentation_is_answered(command, known):
    answer = called(command, system(), known)
    assert answer.status_code in (200, 201), answer.content.decode()


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_example_of_the_page_is_answered_with_something(name, known):
    caller = system()
    answer = called(EXAMPLES[name].curl("http://testserver/"), caller, known)
    assert answer.status_code in (200, 201), answer.content.decode()
    told = answer.json()
    lists = [told[each] for each in ("results", "clauses", "policies", "matters") if each in told]
    assert all(lists)


def test_every_operation_has_an_example_and_stands_in_the_documentation():
    operations = {each["operationId"]: path for path, ways in described()["paths"].items() for each in ways.values()}
    assert set(EXAMPLES) == set(operations)
    for path in operations.values():
        assert f"`{path}`" in DOCS, path
    for code in KINDS:
        assert f"`{code}`" in DOCS, code


def test_the_page_explains_every_operation_and_code_without_a_sign_in_and_without_a_foreign_host():
    answer = Http().get("/api/v1/docs/")
    shown = answer.content.decode()
    assert answer.status_code == 200
    for name in EXAMPLES:
        assert f'id="op-{name}"' in shown
    for code in KINDS:
        assert f'<tr id="{code}">' in shown
    assert "<script>" not in shown
    assert not re.search(r'(?:src|href)="(?:https?:)?//', shown)
    assert json.loads(Http().get("/api/v1/openapi.json").content)["info"]["title"] == "案例库接口"
