"""The list below a search box: keyboard, mouse, input methods, and that it stands in nobody's way."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import NARROW, WIDE

pytestmark = pytest.mark.browser
SMALLEST = {"width": 320, "height": 640}


def box(page: Page):
    return page.locator("[data-search][role=combobox]")


def options(page: Page):
    return page.locator(".suggest").get_by_role("option")


def offer(page: Page, words: str) -> None:
    """Types, and waits for the list."""
    box(page).click()
    page.keyboard.type(words)
    expect(options(page).first).to_be_visible()


def picked(page: Page) -> str:
    """The option that a screen reader is told, which is the one that looks chosen."""
    identifier = box(page).get_attribute("aria-activedescendant")
    if identifier is None:
        expect(page.locator("[role=option][aria-selected=true]")).to_have_count(0)
        return ""
    expect(page.locator("[role=option][aria-selected=true]")).to_have_id(identifier)
    return page.locator(f"#{identifier}").inner_text()


def test_arrows_walk_through_the_list_and_back_into_the_box(visit):
    page = visit().page
    offer(page, "营业zz")
    expect(box(page)).to_have_attribute("aria-expanded", "true")
    count = options(page).count()
    assert 1 < count <= 8
    assert picked(page) == ""
    page.keyboard.press("ArrowDown")
    assert picked(page) == options(page).first.inner_text()
    page.keyboard.press("ArrowUp")
    assert picked(page) == ""
    page.keyboard.press("ArrowUp")
    assert picked(page) == options(page).last.inner_text()
    expect(box(page)).to_be_focused()
    expect(box(page)).to_have_value("营业zz")


def test_enter_opens_what_is_chosen(visit):
    page = visit().page
    offer(page, "前租户未注销")
    page.keyboard.press("ArrowDown")
    title = picked(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/**")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_enter_without_a_choice_searches_what_was_typed(visit):
    page = visit().page
    offer(page, "营业执照")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=%E8%90%A5%E4%B8%9A%E6%89%A7%E7%85%A7")
    expect(options(page)).to_have_count(0)


def test_escape_closes_the_list_and_keeps_the_words(visit):
    page = visit().page
    offer(page, "营业")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(options(page)).to_have_count(0)
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    expect(box(page)).to_have_value("营业")
    assert box(page).get_attribute("aria-activedescendant") is None


def test_leaving_the_box_closes_the_list(visit):
    page = visit().page
    offer(page, "营业")
    page.keyboard.press("Tab")
    expect(options(page)).to_have_count(0)


def test_a_matter_opens_its_page_and_a_tag_is_searched_for(visit):
    page = visit().page
    offer(page, "企业设立登记")
    page.get_by_role("group", name="事项").get_by_role("option").first.click()
    page.wait_for_url("**/matters/*/")
    tag = page.evaluate(
        "fetch('/').then(answer => answer.text()).then(text => text.match(/class=\"chip chip--add\"[^>]*>([^<]+)</)[1])"
    )
    offer(page, tag)
    page.get_by_role("group", name="标签").get_by_role("option", name=tag, exact=True).click()
    page.wait_for_url("**/search/?q=**")
    expect(box(page)).to_have_value(tag)


def test_an_input_method_asks_nothing_and_keeps_its_enter(visit):
    visitor = visit()
    page = visitor.page
    sent = []
    page.on("request", lambda request: sent.append(request.url) if "suggest" in request.url else None)
    box(page).click()
    typing = visitor.context.new_cdp_session(page)
    for words in ("y", "yi", "ying"):
        typing.send(
            "Input.imeSetComposition", {"text": words, "selectionStart": len(words), "selectionEnd": len(words)}
        )
        page.wait_for_timeout(160)
    assert sent == []
    typing.send("Input.insertText", {"text": "营业"})
    expect(options(page).first).to_be_visible()
    assert len(sent) == 1
    # What follows is composed while the list is still known: Enter takes the word and does not leave the page.
    page.keyboard.press("ArrowDown")
    typing.send("Input.imeSetComposition", {"text": "zhi", "selectionStart": 3, "selectionEnd": 3})
    expect(options(page)).to_have_count(0)
    here = page.url
    box(page).dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    page.wait_for_timeout(100)
    assert page.url == here


def test_fast_typing_asks_once(visit):
    page = visit().page
    sent = []
    page.on("request", lambda request: sent.append(request.url) if "suggest" in request.url else None)
    offer(page, "yingyezhizhao")
    assert len(sent) == 1


def test_an_answer_that_comes_late_is_not_shown(visit):
    page = visit().page
    page.route(re.compile(r"suggest\?q=%E8%90%A5$"), lambda route: (page.wait_for_timeout(600), route.continue_()))
    box(page).click()
    page.keyboard.type("营")
    page.wait_for_timeout(200)
    page.keyboard.press("Backspace")
    page.wait_for_timeout(900)
    expect(options(page)).to_have_count(0)


def test_arrows_still_walk_through_results_while_nothing_is_offered(visit):
    visitor = visit()
    visitor.search("营业执照")
    page = visitor.page
    box(page).focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-open]").first).to_be_focused()


def test_a_session_that_ended_offers_nothing(visit):
    visitor = visit()
    page = visitor.page
    visitor.context.clear_cookies()
    box(page).click()
    with page.expect_response("**/sign-in/**"):
        page.keyboard.type("营业")
    page.wait_for_timeout(100)
    expect(page.locator(".suggest")).to_be_hidden()
    assert "登录" not in page.locator(".sbox").inner_text()


@pytest.mark.parametrize("viewport", [WIDE, NARROW, SMALLEST], ids=["wide", "narrow", "smallest"])
@pytest.mark.parametrize("address", ["/", "/search/?q=执照"])
def test_the_list_covers_no_button_and_has_no_finding(visit, viewport, address):
    page = visit(viewport=viewport).page
    page.goto(address)
    box(page).fill("")
    offer(page, "营业")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    button = page.locator(".sbox button").bounding_box()
    shown = page.locator(".suggest").bounding_box()
    assert shown["y"] >= button["y"] + button["height"]
    assert shown["x"] >= 0
    assert shown["x"] + shown["width"] <= viewport["width"]
    findings = [
        f"{found['id']}: {node['html'][:120]}"
        for found in Axe().run(page).response["violations"]
        for node in found["nodes"]
    ]
    assert findings == []


def test_without_script_there_is_a_plain_search_box(visit):
    page = visit(java_script_enabled=False).page
    expect(page.get_by_role("searchbox")).to_be_visible()
    expect(page.get_by_role("combobox")).to_have_count(0)
    expect(page.get_by_role("listbox")).to_have_count(0)
