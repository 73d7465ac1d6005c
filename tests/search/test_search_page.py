import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from caselib.orgs.models import Role
from tests import factories

from .test_results import HOSTILE

ADDRESS = reverse("search:results")


@pytest.fixture
def clerk(index, client):
    client.force_login(factories.user(Role.WINDOW), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_whoever_is_not_signed_in_is_sent_to_sign_in(index, client):
    assert client.get(ADDRESS, {"q": "执照"}).status_code == 302


def test_the_page_shows_what_is_found_with_marks(index, clerk):
    factories.published(title="补办营业执照")
    index.refresh()
    page = clerk.get(ADDRESS, {"q": "营业执照"})
    assert page.status_code == 200
    assert "补办<mark>营业执照</mark>" in page.content.decode()


def test_markup_of_question_and_text_is_escaped(index, clerk):
    factories.published(title="<img src=x onerror=alert(1)>注销", gist="<script>注销</script>")
    index.refresh()
    page = clerk.get(ADDRESS, {"q": "注销<script>alert(2)</script>"}).content.decode()
    assert "<img src=x" not in page
    assert "<script>注销" not in page
    assert "<script>alert(2)" not in page


def test_htmx_gets_the_list_without_the_frame(index, clerk):
    factories.published(title="补办营业执照")
    index.refresh()
    fragment = clerk.get(ADDRESS, {"q": "执照"}, headers={"HX-Request": "true"}).content.decode()
    assert "补办" in fragment
    assert "<html" not in fragment
    restored = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in clerk.get(ADDRESS, {"q": "执照"}, headers=restored).content.decode()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_input_is_answered(index, clerk, text):
    factories.published(title="注销营业执照")
    index.refresh()
    # As bytes, for a browser can send what is no text.
    text = text.encode("utf-8", "surrogatepass")
    for asked in ({"q": text}, {"q": "执照", "theme": text, "sort": text, "page": text}, {"q": text, "year": text}):
        assert clerk.get(ADDRESS, asked).status_code == 200


def test_a_page_too_far_shows_the_last_one(index, clerk):
    factories.published(title="补办营业执照")
    index.refresh()
    assert "补办" in clerk.get(ADDRESS, {"q": "执照", "page": "9999"}).content.decode()


def test_an_index_that_cannot_be_read_is_told_and_titles_are_searched(index, clerk):
    factories.published(title="补办营业执照")
    index.remove()
    page = clerk.get(ADDRESS, {"q": "营业执照"})
    assert page.status_code == 200
    assert "暂用标题匹配" in page.content.decode()
    assert "补办" in page.content.decode()


@pytest.mark.parametrize("year", ["0000", "0001", "9999", "2", "２０２６", "执" * 20_000])
def test_without_an_index_a_year_that_is_none_finds_nothing(index, clerk, year):
    published = factories.published(title="补办营业执照").published_at
    index.remove()
    for chosen, holds in ((year, False), (str(published.year), True)):
        page = clerk.get(ADDRESS, {"q": "营业执照", "year": chosen})
        assert page.status_code == 200
        assert ("补办" in page.content.decode()) == holds


def test_number_of_queries_of_the_page_is_the_same_for_two_and_twenty_rows(index, clerk):
    cited = factories.clause()
    counts = []
    for rows in (2, 18):
        for number in range(rows):
            factories.published(title=f"补办营业执照{rows}-{number}", citations=(factories.citation(cited),))
        index.refresh()
        clerk.get(ADDRESS, {"q": "执照"})
        with CaptureQueriesContext(connection) as seen:
            assert clerk.get(ADDRESS, {"q": "执照"}).content.decode().count("data-hit>") == sum(
                (2, 18)[: len(counts) + 1]
            )
        counts.append(len(seen))
    assert counts[0] == counts[1]
