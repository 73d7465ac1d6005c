"""Two counters cannot follow a precedent at the same point: the signal turns, the owner answers, and the reporter reads it."""

import pytest

from .conftest import NARROW, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser
NUMBER = "310109-2026-D18-0001"
SIZES = pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])


def opened(visit, username: str, **options):
    page = visit(username=username, **options).page
    page.goto(f"/n/{NUMBER}/")
    return page


def fails(page, why: str) -> None:
    """The check list fails on its first condition, which 照办未成 takes over."""
    page.locator("label:has(input[name=y1][value=bad])").click()
    page.locator(".reuse__how summary", has_text="照办未成").click()
    form = page.locator(".reuse__how[open] form")
    assert form.get_by_label("卡在哪一处").input_value() == "applies_when:1"
    form.get_by_label("卡在哪里、为什么").fill(why)
    form.get_by_role("button", name="记下：照办未成").click()
    page.wait_for_url("**#reuse")
    assert "记下了：照办未成" in page.locator(".toast").inner_text()


def test_two_failures_at_one_point_turn_the_signal_and_the_answer_comes_back(visit):
    first = opened(visit, "window")
    assert "可用" in first.locator(".signalbar__word").inner_text()
    fails(first, "系统里没有再次申请的入口")
    assert "可用" in first.locator(".signalbar__word").inner_text()
    second = opened(visit, "window-changning", viewport=NARROW)
    fails(second, "也找不到入口")
    assert "慎用" in second.locator(".signalbar__word").inner_text()
    assert "适用条件第 1 条：两次照办未成" in second.locator(".signalbar").inner_text()

    # One of them says so in words as well, to get an answer.
    first.locator(".thirty .flag summary").first.click()
    first.get_by_role("link", name="说不清").first.click()
    first.wait_for_url("**/report/**")
    assert first.get_by_label("哪一节").input_value() == "fits"
    assert findings(first) == []
    first.get_by_label("说明", exact=True).fill("第一条没说从哪里进")
    first.get_by_role("button", name="报给归口部门").click()
    first.wait_for_url("**/p/*/")
    assert "5 个工作日内答复" in first.locator(".toast").inner_text()

    editor = visit(username="editor").page
    editor.goto("/desk/")
    editor.locator("a[href^='/desk/reports/']").first.click()
    editor.goto("/desk/reports/?kind=unclear")
    editor.locator(".list__main a").first.click()
    assert "第一条没说从哪里进" in editor.locator("main").inner_text()
    assert findings(editor) == []
    editor.get_by_label("为什么不改").fill("入口在一网通办排水许可一栏，口径里写着")
    editor.get_by_role("button", name="答复不改").click()
    editor.wait_for_url("**/desk/reports/")

    first.goto("/reuse/mine/")
    assert "不改：入口在一网通办排水许可一栏，口径里写着" in first.locator("main").inner_text()
    assert findings(first) == []


def test_without_script_what_was_different_is_asked_and_kept(visit):
    page = opened(visit, "window", java_script_enabled=False)
    page.locator(".reuse__how summary", has_text="变通办成").click()
    form = page.locator(".reuse__how[open] form")
    form.get_by_label("办件编号（可不填）").fill("12")
    form.get_by_label("改了哪里").fill("用承诺书代替了证明")
    form.get_by_role("button", name="记下：变通办成").click()
    assert "没有登记，您写的都在" in page.locator("main").inner_text()
    assert page.get_by_label("改了哪里").input_value() == "用承诺书代替了证明"
    page.get_by_label("办件编号（可不填）").fill("沪水 2026-0001-77")
    page.get_by_role("button", name="记下：变通办成").click()
    page.wait_for_url("**#reuse")
    page.get_by_role("button", name="撤销").click()
    assert "撤销了：变通办成" in page.locator(".toast").inner_text()


def test_who_writes_the_text_mends_it_at_the_section(visit):
    page = opened(visit, "editor")
    page.locator("button[name=section][value=script]").click()
    page.wait_for_url("**/desk/write/*/#f-script")
    assert page.locator("#f-script").is_visible()


@SIZES
def test_no_page_of_uses_and_reports_has_a_finding_or_is_cut_off(visit, viewport):
    page = opened(visit, "window", viewport=viewport)
    code = page.url.rstrip("/").rsplit("/", 1)[1]
    editor = visit(username="editor", viewport=viewport).page
    broken = {}
    asked = [(page, f"/p/{code}/"), (page, f"/reuse/{code}/how/?outcome=failed"), (page, "/reuse/mine/")]
    asked += [(page, f"/reuse/{code}/report/?section=steps&kind=wrong"), (page, f"/reuse/{code}/")]
    asked += [(editor, f"/reuse/{code}/"), (editor, "/desk/reports/"), (editor, f"/p/{code}/")]
    asked += [(editor, "/desk/reports/?state=answered")]
    for reader, address in asked:
        reader.goto(address)
        if found := findings(reader):
            broken[address] = found
        assert reader.evaluate("document.documentElement.scrollWidth") <= viewport["width"], address
    page.goto(f"/p/{code}/")
    page.locator(".reuse__how summary").nth(2).click()
    page.locator(".thirty .flag summary").first.click()
    assert (findings(page), broken) == ([], {})
