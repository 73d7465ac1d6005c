"""The way of a clerk who knows the rule: 登记条例33 in the box, the tab of policies, the clause, and back."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from .conftest import NARROW, WIDE

pytestmark = pytest.mark.browser
QUESTION = "登记条例33"
CLAUSE = "第三十三条"


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_from_the_number_of_an_article_to_the_clause_and_back(visit, viewport):
    visitor = visit(viewport=viewport)
    page = visitor.page
    visitor.search(QUESTION)
    tabs = page.get_by_role("navigation", name="在哪里找")
    tabs.get_by_role("link", name="政策").click()
    page.wait_for_url("**/search/?*in=policies*")
    expect(page.locator("[data-search]")).to_have_value(QUESTION)
    first = page.locator("[data-hit]").first
    expect(first.get_by_role("heading")).to_have_text("中华人民共和国市场主体登记管理条例")
    first.get_by_role("link", name=CLAUSE, exact=True).click()
    page.wait_for_url(re.compile(r"/policies/.*#c-"))
    expect(page.locator(":target")).to_contain_text("简易注销")
    expect(page.locator(":target")).to_be_in_viewport()
    page.go_back()
    expect(page.locator("[data-hit]").first).to_contain_text(CLAUSE)
    page.go_back()
    expect(tabs.get_by_role("link", name="案例")).to_have_attribute("aria-current", "page")


def test_what_is_asked_next_stays_among_the_policies(visit):
    page = visit().page
    page.goto(f"/search/?in=policies&q={QUESTION}")
    page.locator("[data-search]").fill("歇业备案最长三年")
    page.locator("[data-search]").press("Enter")
    page.wait_for_url("**in=policies*")
    expect(page.locator("[data-hit]").first).to_contain_text("第三十条")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_policies_have_no_finding_of_axe_and_are_not_cut_off(visit, viewport):
    page = visit(viewport=viewport).page
    for question in (QUESTION, "公司法183", "容缺受理", "zzzzqqqq", ""):
        page.goto(f"/search/?in=policies&q={question}")
        found = Axe().run(page).response["violations"]
        assert [(finding["id"], finding["nodes"][0]["html"][:120]) for finding in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
