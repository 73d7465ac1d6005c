"""From the desk of what waits to a signal that turns: a reviewer reads two clauses side by side and says that it holds."""

import pytest

from .conftest import NARROW, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser
DESK = "/desk/verify/?kind=policy"


def waiting(page) -> int:
    return int(page.locator(".nav .count").first.inner_text().split()[0])


def test_a_reviewer_checks_a_point_with_two_clauses_and_the_signal_turns(visit):
    page = visit(username="reviewer").page
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="工作台").click()
    page.get_by_role("navigation", name="去哪里做").get_by_role("link", name="待复核").click()
    page.get_by_label("来由").select_option("policy")
    page.get_by_role("button", name="筛选").click()
    page.wait_for_url("**/desk/verify/?kind=policy*")
    before = waiting(page)
    row = page.locator("li", has=page.locator(".points__moved")).first
    row.locator(".list__main a").click()
    page.wait_for_url("**/verify/")
    assert "慎用" in page.locator(".doc-head").inner_text()
    sides = page.locator(".cmp").first.locator("> div")
    assert sides.count() == 2
    assert "原来" in sides.nth(0).inner_text() and "现在" in sides.nth(1).inner_text()
    page.get_by_label("仍然适用").check()
    page.get_by_label("说明").fill("对照过新条，意思没变")
    page.get_by_role("button", name="记下结论").click()
    page.wait_for_url("**/p/*/")
    assert "信号现在是“可用”" in page.locator(".toast").inner_text()
    assert "可用" in page.locator(".signalbar__word").inner_text()
    assert "复核：仍然适用" in page.locator("#hist").inner_text()
    assert waiting(page) == before - 1


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_page_of_a_check_has_a_finding_or_is_cut_off(visit, viewport):
    page = visit(viewport=viewport, username="manager").page
    editor = visit(viewport=viewport, username="editor").page
    page.goto("/desk/verify/")
    editor.goto(DESK)
    check = editor.locator(".list__main a").first.get_attribute("href")
    editor.goto("/policies/")
    policy = editor.locator("a[href^='/policies/']", has_text="市场主体登记管理条例").first.get_attribute("href")
    broken = {}
    for address in (DESK, "/desk/verify/?kind=policy&policy=x", check, policy, f"{policy}impact/"):
        editor.goto(address)
        if found := findings(editor):
            broken[address] = found
        assert editor.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert findings(page) == []
    assert broken == {}
