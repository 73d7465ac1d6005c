"""Deep links: another system names a matter by whatever it knows it by, and the results are narrowed to it."""

import pytest
from django.urls import reverse

from caselib.catalog.models import Matter
from caselib.orgs.models import Role
from tests import factories

ADDRESS = reverse("search:results")
BASIC, IMPLEMENTING = "000131002000", "11310109MB2F30574E4000131002000"


@pytest.fixture
def clerk(index, client):
    client.force_login(factories.user(Role.WINDOW), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def library(index):
    wanted = factories.matter("企业设立登记", basic_code=BASIC)
    Matter.objects.filter(pk=wanted.pk).update(impl_code=IMPLEMENTING)
    other = factories.matter("食品经营许可")
    factories.published(title="设立时住所被占用", matter=wanted)
    factories.published(title="连带要设立的住所", matter=other, more_matters=(wanted,))
    factories.published(title="许可的住所", matter=other)
    index.refresh()
    return wanted


def shown(page) -> list[str]:
    text = page.content.decode().replace("<mark>", "").replace("</mark>", "")
    return [title for title in ("设立时住所被占用", "连带要设立的住所", "许可的住所") if title in text]


@pytest.mark.parametrize(
    "code",
    [
        BASIC,
        IMPLEMENTING,
        IMPLEMENTING.lower(),
        "000131-002 000",
        "".join(chr(ord(figure) + 0xFEE0) for figure in BASIC),
        "企业设立登记",
        "own",
    ],
)
def test_a_matter_by_any_of_its_codes_narrows_the_results(clerk, library, code):
    code = library.code if code == "own" else code
    page = clerk.get(ADDRESS, {"q": "住所", "matter": code}, follow=True)
    assert shown(page) == ["设立时住所被占用", "连带要设立的住所"]
    assert "企业设立登记 " in page.content.decode()


def test_a_code_leads_to_the_address_by_name_once(clerk, library):
    page = clerk.get(ADDRESS, {"q": "住所", "matter": BASIC, "sort": "newest"})
    assert page.status_code == 302
    again = clerk.get(page["Location"])
    assert (again.status_code, "sort=newest" in page["Location"]) == (200, True)


def test_without_a_question_all_of_the_matter_is_shown(clerk, library):
    assert len(shown(clerk.get(ADDRESS, {"matter": BASIC}, follow=True))) == 2


def test_an_unknown_code_says_so_and_searches_all(clerk, library):
    page = clerk.get(ADDRESS, {"q": "住所", "matter": "999999999999"})
    assert page.status_code == 200
    assert len(shown(page)) == 3
    assert "没有名称或编码是“999999999999”的事项" in page.content.decode()


def test_a_matter_that_was_merged_stands_for_what_took_its_place(clerk, library):
    factories.matter("开公司登记", basic_code="000131009000")
    Matter.objects.filter(name="开公司登记").update(is_active=False, merged_into=library)
    page = clerk.get(ADDRESS, {"q": "住所", "matter": "000131009000"}, follow=True)
    assert len(shown(page)) == 2


@pytest.mark.parametrize("value", ["", "\x00", "a" * 2_000, "<script>", "\U0001f600", "%", "-", "﷐"])
def test_whatever_stands_for_a_matter_is_answered(clerk, library, value):
    page = clerk.get(ADDRESS, {"q": "住所", "matter": [value] * 30}, follow=True)
    assert page.status_code == 200
    assert "<script>" not in page.content.decode().replace('<script src="', "")


def test_the_filter_is_taken_off_by_its_chip(clerk, library):
    page = clerk.get(ADDRESS, {"q": "住所", "matter": BASIC}, follow=True).content.decode()
    assert '<a class="chip" href="?q=%E4%BD%8F%E6%89%80"' in page


def test_without_an_index_the_database_narrows_as_well(clerk, library, index):
    index.remove()
    page = clerk.get(ADDRESS, {"q": "住所", "matter": BASIC}, follow=True)
    assert shown(page) == ["设立时住所被占用", "连带要设立的住所"]


def test_a_number_leads_to_its_precedent(clerk, library):
    precedent = factories.published()
    assert clerk.get(reverse("pages:by_number", args=[precedent.number]), follow=True).status_code == 200
