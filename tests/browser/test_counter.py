"""At the counter: from the question to the sentence by keyboard alone, the check list, the slip, and paper."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import NARROW, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser
QUESTION = "之前租铺子的人没销照，我办不了执照"
TITLE = "前租户未注销致新商户办不了两证"
ABNORMAL = "前租户在经营异常名录、被立案调查或股权被冻结"
COPY = ["clipboard-read", "clipboard-write"]


def ask(page: Page) -> None:
    """From the search box to the first result: type, Enter, Enter."""
    page.keyboard.press("/")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    page.locator("[data-hit]").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/**")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)


def copied(page: Page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_by_keyboard_alone_from_the_question_to_the_slip_the_sentence_and_the_record(visit, viewport):
    page = visit(viewport=viewport, permissions=COPY).page
    ask(page)
    # No click, and nothing to scroll: the sentence is on the screen.
    expect(page.locator("#say-text")).to_be_in_viewport(ratio=1)

    verdict = page.locator("[data-verdict]")
    page.keyboard.press("q")
    for at in range(7):
        expect(page.locator("[data-question]").nth(at).locator("input").first).to_be_focused()
        page.keyboard.press("y")
    expect(verdict).to_have_text("慎用 7 条都符合，但先看慎用的原因。")
    expect(page.locator("[data-verdict-box]")).to_be_focused()

    # The first paper is there, the second is not.
    # Flags and links of other sections stand between.
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "m1":
            break
    expect(page.locator("#m1")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("m")
    expect(page.get_by_role("status").filter(has_text="告知单已复制")).to_be_visible()
    slip = copied(page)
    assert "1. 新商户住所（经营场所）使用文件" in slip and "承诺书" not in slip
    assert "租赁合同写明铺位号" in slip and "案例不是依据" in slip
    page.keyboard.press("c")
    expect(page.get_by_role("status").filter(has_text="口径已复制")).to_be_visible()
    assert copied(page) == page.locator("#say-text").inner_text()
    assert findings(page) == []

    # The use is counted once, and the undo takes it out again.
    count = page.locator("#reuse button[value=worked] .num")
    before = int(count.inner_text())
    page.keyboard.press("1")
    expect(page.get_by_text("记下了：照此办成")).to_be_visible()
    expect(count).to_have_text(str(before + 1))
    page.locator("#reuse").get_by_role("button", name="撤销").press("Enter")
    expect(page.get_by_text("撤销了：照此办成")).to_be_visible()
    expect(count).to_have_text(str(before))


def test_a_condition_that_fails_is_named_with_where_to_go_and_answers_survive(visit):
    visitor = visit()
    page = visitor.page
    visitor.search(QUESTION)
    visitor.open_first()
    box = page.locator("[data-verdict-box]")
    page.get_by_role("radiogroup", name=re.compile("^前租户联系不上")).get_by_label("有", exact=True).check(force=True)
    page.get_by_role("radiogroup", name=ABNORMAL).get_by_label("不清楚").check(force=True)
    expect(box).to_contain_text("7 条里符合 0 条，1 条不符合。")
    expect(box).to_contain_text(re.compile("不符合：“前租户联系不上.*答了“有”"))
    expect(box).to_contain_text(f"要问清：{ABNORMAL}")
    way = box.get_by_role("link", name="前家食品许可未注销且人联系不上")
    expect(way).to_be_visible()
    page.reload()
    expect(box).to_contain_text(f"要问清：{ABNORMAL}")
    way.click()
    page.wait_for_url("**/p/**")
    expect(page.get_by_role("heading", level=1)).to_have_text("前家食品许可未注销且人联系不上")
    # Another precedent has answers of its own.
    expect(page.locator("[data-verdict]")).to_contain_text("都问一遍，再下结论。")
    page.go_back()
    expect(box).to_contain_text("1 条不符合。")
    page.get_by_role("button", name="重来").click()
    expect(page.locator("[data-verdict]")).to_have_text("先问完 7 条都问一遍，再下结论。")
    kept = page.evaluate("JSON.stringify(sessionStorage)")
    assert "异常名录" not in kept and "租户" not in kept


def test_without_script_the_server_says_the_same_and_prints_the_slip(visit):
    visitor = visit(java_script_enabled=False)
    page = visitor.page
    visitor.search(QUESTION)
    visitor.open_first()
    for group in page.get_by_role("radiogroup").all():
        group.locator(".y input").check(force=True)
    page.get_by_role("radiogroup", name=ABNORMAL).locator(".n input").check(force=True)
    page.get_by_role("button", name="看结论").click()
    page.wait_for_url("**#verdict")
    expect(page.locator("#verdict")).to_contain_text("不能照办 7 条里符合 6 条，1 条不符合。")
    expect(page.locator("#verdict")).to_contain_text(f"不符合：“{ABNORMAL}”答了“有”")
    page.locator("#m1").check()
    page.get_by_role("button", name="只打印告知单").click()
    page.wait_for_url("**/slip/?have=1")
    expect(page.locator("#slip-text")).to_contain_text("新商户住所（经营场所）使用文件")
    expect(page.locator("#slip-text")).not_to_contain_text("承诺书")


def test_a_yes_of_the_server_does_not_stand_beside_another_answer(visit):
    visitor = visit(java_script_enabled=False)
    page = visitor.page
    visitor.search(QUESTION)
    visitor.open_first()
    for group in page.get_by_role("radiogroup").all():
        group.locator(".y input").check(force=True)
    page.get_by_role("button", name="看结论").click()
    page.wait_for_url("**#verdict")
    expect(page.locator("#verdict")).to_contain_text("7 条都符合")
    page.get_by_role("radiogroup").first.locator(".n input").check(force=True)
    expect(page.locator("#verdict")).to_be_hidden()


def test_keys_can_be_switched_off(visit):
    visitor = visit()
    page = visitor.page
    visitor.search(QUESTION)
    visitor.open_first()
    page.keyboard.press("?")
    page.get_by_role("dialog", name="按键一览").get_by_label("不用单键").check()
    page.keyboard.press("Escape")
    address = page.url
    page.locator("[data-question] input").first.focus()
    for key in "qynufhsm1":
        page.keyboard.press(key)
    assert page.url == address
    assert page.locator("[data-question] input:checked").count() == 0


@pytest.mark.parametrize("width", [320, 390, 720])
def test_nothing_is_cut_off_and_the_slip_has_no_finding(visit, width):
    visitor = visit(viewport={"width": width, "height": 800})
    page = visitor.page
    visitor.search(QUESTION)
    visitor.open_first()
    page.get_by_role("radiogroup").first.locator(".n input").check(force=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(page.url.partition("?")[0] + "slip/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert findings(page) == []


def pages_of(sheet: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", sheet))


def test_the_longest_precedents_of_the_starter_library_print_on_one_sheet_and_so_does_a_slip(visit):
    page = visit().page
    codes: dict[str, None] = {}
    for number in range(1, 20):
        page.goto(f"/search/?q=&page={number}")
        found = [link.get_attribute("href") for link in page.locator("[data-open]").all()]
        if not set(found) - set(codes):
            break
        codes |= dict.fromkeys(found)
    assert len(codes) == 87
    # A sheet takes most of a second: those with the most on it stand for the rest.
    longest = sorted(codes, key=lambda address: len(page.request.get(address).text()), reverse=True)[:20]
    longer = []
    for address in longest:
        page.goto(address)
        if pages_of(page.pdf(prefer_css_page_size=True)) != 1:
            longer.append(address)
    page.goto(next(iter(codes)).partition("?")[0] + "slip/")
    assert pages_of(page.pdf(prefer_css_page_size=True)) == 1
    assert longer == []
