"""What nobody means well with: never a failure, nothing of it in the page but as text, in bounded time."""

import random
import time

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from caselib.core.personal_data import mask
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.search.questions import kept_question
from caselib.search.selectors import results_for_page
from caselib.search.suggestions.selectors import suggestions_for
from tests import factories

from .conftest import Index
from .hostile import CANARY, MARKUP, MEGABYTE, SYNTAX, bomb, hostile_texts, in_an_address, injected

# The machine may do something else at the same time; the figures are those of `python -m tests.search.hostile`.
PATIENCE = 5.0
# The same examples each time; the library is the same for all of them.
STEADY = rules(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ANY_TEXT = st.text(alphabet=st.characters(), max_size=200)


@pytest.fixture
def library(index: Index):
    """A few precedents, one with markup of its own, and a clerk who reads them."""
    factories.published()
    factories.published(title=f'营业执照<{CANARY}>怎么办" {CANARY}=1', gist=f"执照<img src=x {CANARY}=1>没销")
    index.refresh()
    return factories.user(Role.WINDOW)


@pytest.fixture
def client(library) -> Client:
    client = Client()
    client.force_login(library)
    return client


def quick(deed) -> bool:
    """Whether a deed is done in time."""
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began < PATIENCE


def shown(client: Client, text: str) -> str:
    page = client.get("/search/", QUERY_STRING=f"q={in_an_address(text)}")
    assert page.status_code == 200
    return page.content.decode()


@STEADY
@given(ANY_TEXT)
def test_any_text_gets_a_page_of_results_and_suggestions(library, text):
    scope = scope_of(library)
    page = results_for_page(scope=scope, text=text)
    assert len(page.rows) <= min(page.total, page.page.per_page)
    assert all(group.suggestions for group in suggestions_for(scope, text))


def test_hostile_texts_are_answered_in_bounded_time(library):
    scope = scope_of(library)
    for text in hostile_texts(300, seed=7):
        assert quick(lambda text=text: results_for_page(scope=scope, text=text))
        assert quick(lambda text=text: suggestions_for(scope, text))


@pytest.mark.parametrize("text", [*MARKUP, *SYNTAX])
def test_what_was_typed_is_in_the_page_as_text_only(client, text):
    assert injected(shown(client, f"{text} 营业执照 {text}")) == []
    assert injected(shown(client, text)) == []


def test_stored_markup_is_text_in_results_and_suggestions(client):
    page = shown(client, "营业执照")
    assert f"&lt;<mark>{CANARY}</mark>" in page or f"&lt;{CANARY}&gt;" in page
    assert injected(page) == []
    offered = client.get("/search/suggest", {"q": "营业执照"}).content.decode()
    assert CANARY in offered
    assert injected(offered) == []


def test_hostile_texts_get_pages_in_which_they_are_text(client):
    for text in hostile_texts(120, seed=11):
        assert injected(shown(client, text)) == []
        offered = client.get("/search/suggest", QUERY_STRING=f"q={in_an_address(text)}")
        assert offered.status_code == 200
        assert injected(offered.content.decode()) == []


def test_hostile_texts_are_filed_as_gaps_or_refused_with_a_reason(client):
    for text in hostile_texts(60, seed=13):
        sent = f"q={in_an_address(text[:30_000])}"
        answer = client.post("/search/gaps/file/", sent, content_type="application/x-www-form-urlencoded", follow=True)
        assert answer.status_code in {200, 422}
        assert injected(answer.content.decode()) == []


@pytest.mark.parametrize("name", ["page", "sort", "typed", "theme", "year", "department", "literal"])
def test_other_parameters_of_the_page_are_as_harmless(client, name):
    for text in ("<", *MARKUP[:4], *SYNTAX[:6], "\ud800", "9" * 5000, "-1", "\x00", "１", "٣", "²"):
        page = client.get("/search/", QUERY_STRING=f"q={in_an_address('营业执照')}&{name}={in_an_address(text)}")
        assert page.status_code == 200
        assert injected(page.content.decode()) == []


@pytest.mark.parametrize(
    "piece",
    [
        "第三十三条",
        "第",
        "十",
        "[2022",
        "国令",
        "1 ",
        "1-",
        "a'",
        "1弄1号",
        "微信",
        "张某",
        "①a",
        "没有",
        "e\u0301\u0316",
        "\ufdfa",
        "{{",
        "<b>",
    ],
)
def test_a_megabyte_costs_no_more_than_what_is_read_of_it(library, client, piece):
    text = piece * (MEGABYTE // len(piece))
    assert quick(lambda: results_for_page(scope=scope_of(library), text=text))
    assert quick(lambda: kept_question(text))
    assert len(shown(client, text)) < 400_000


def test_masking_takes_time_in_proportion_whatever_almost_matches():
    for seed in range(40):
        text = bomb(random.Random(seed), length=4000)  # noqa: S311 (nothing is kept secret with it)
        assert quick(lambda text=text: mask(text))


def test_what_is_injected_would_be_seen():
    assert injected(f"<p>{MARKUP[0]}</p>") == [f"<{CANARY}>"]
    assert injected(f'<input value="" {CANARY}=1>') == [f"<input {CANARY}>"]
    assert injected('<a href=" javascript:x">') == ["<a href>"]
    assert injected("<p>&lt;b onclick=1&gt;</p>") == []
