"""From a clerk's question to the editor's desk: logged without delay, listed, kept as a question, tried."""

import pytest

from .conftest import NARROW, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser
QUESTION = "注销个体户要先清税吗"
PAGES = tuple(f"/search/tuning/{rest}" for rest in ("", "?tab=low", "questions/", "questions/add/", "trial/"))


def test_what_a_clerk_asks_reaches_the_desk_and_becomes_a_question_to_try_changes_on(visit):
    clerk = visit()
    clerk.search(QUESTION)
    clerk.open_first()
    assert "from=" in clerk.page.url
    title = clerk.page.locator("h1").inner_text()
    page = visit(username="editor").page
    row = page.locator("li", has_text=QUESTION)
    # A thread writes it down about a second later.
    for _ in range(20):
        page.goto("/search/tuning/")
        if row.count():
            break
        page.wait_for_timeout(500)
    assert "打开 1 次" in row.inner_text()
    row.get_by_role("link", name="加成考题").click()
    assert page.get_by_label("问题", exact=True).input_value() == QUESTION
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/search/tuning/questions/")
    assert title[:20] in page.locator("li", has_text=QUESTION).inner_text()
    page.goto("/search/tuning/trial/")
    page.get_by_label("相邻两字").fill("0.2")
    page.locator("form[action$='/weights/']").get_by_role("button", name="试算").click()
    page.locator("#found").wait_for()
    assert "1 道考题" in page.locator("#found").inner_text()


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_page_of_the_desk_has_a_finding_or_is_cut_off(visit, viewport):
    page = visit(viewport=viewport, username="editor").page
    broken = {}
    for address in PAGES:
        page.goto(address)
        if found := findings(page):
            broken[address] = found
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert broken == {}
