"""The way of a clerk: sign in, ask, read, look up the clause, come back, use it."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import NARROW, WIDE

pytestmark = pytest.mark.browser
QUESTION = "之前租铺子的人没销照，我办不了执照"
TITLE = "前租户未注销致新商户办不了两证"


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_from_the_question_to_the_clause_and_back(visit, viewport):
    visitor = visit(viewport=viewport)
    page = visitor.page
    visitor.search(QUESTION)
    first = page.locator("[data-hit]").first
    expect(first).to_contain_text(TITLE)
    visitor.open_first()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.get_by_role("heading", name="口径")).to_be_visible()

    clause = page.locator("#basis .cite__no").first
    label = clause.inner_text()
    clause.click()
    page.wait_for_url(re.compile(r"/policies/.*#c-"))
    target = page.locator(":target")
    expect(target).to_contain_text(label)
    expect(target).to_be_in_viewport()
    expect(target.get_by_role("link", name=TITLE)).to_be_visible()

    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    page.go_back()
    expect(page.locator("[data-hit]").first).to_contain_text(TITLE)


def test_the_keyboard_alone_leads_to_the_sentence_to_say(visit):
    visitor = visit(permissions=["clipboard-read", "clipboard-write"])
    page = visitor.page
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-open]").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-open]").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/**")
    page.keyboard.press("c")
    expect(page.get_by_role("status").filter(has_text="口径已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#say-text").inner_text()


def test_single_keys_can_be_listed_and_switched_off(visit):
    page = visit().page
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="按键一览")
    expect(dialog).to_be_visible()
    dialog.get_by_label("不用单键").check()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).not_to_be_focused()


def test_a_precedent_with_a_doubtful_point_gets_no_green_verdict(visit):
    visitor = visit()
    page = visitor.page
    visitor.search(QUESTION)
    visitor.open_first()
    good = page.locator(".ask .y input")
    for at in range(good.count()):
        good.nth(at).check(force=True)
    expect(page.locator(".verdict--wary")).to_be_visible()
    expect(page.locator("[data-verdict]")).to_have_text("慎用 7 条都符合，但先看慎用的原因。")


def test_the_check_list_says_whether_the_precedent_fits(visit):
    visitor = visit()
    page = visitor.page
    visitor.search("前家食品许可未注销且人联系不上")
    visitor.open_first()
    spoken = page.locator("[data-verdict]")
    expect(page.locator(".verdict--blank")).to_be_visible()
    good = page.locator(".ask .y input")
    for at in range(good.count()):
        good.nth(at).check(force=True)
    expect(page.locator(".verdict--ok")).to_be_visible()
    expect(spoken).to_have_text(f"能用 {good.count()} 条都符合，可以这么办。")
    page.locator(".ask .u input").first.check(force=True)
    expect(page.locator(".verdict--care")).to_be_visible()
    page.locator(".ask .n input").last.check(force=True)
    expect(page.locator(".verdict--stop")).to_be_visible()
    expect(spoken).to_contain_text("1 条不符合。")
    page.get_by_role("button", name="重来").click()
    expect(page.locator(".verdict--blank")).to_be_visible()


def test_a_paper_that_was_brought_leaves_the_slip(visit):
    visitor = visit()
    page = visitor.page
    visitor.search(QUESTION)
    visitor.open_first()
    papers = page.locator("[data-paper]")
    lines = page.locator(".slip ol > li")
    expect(lines.first).to_be_visible()
    papers.first.check()
    expect(lines.first).to_be_hidden()
    for at in range(papers.count()):
        papers.nth(at).check()
    expect(page.get_by_text("材料齐了。")).to_be_visible()


def test_a_use_is_recorded_with_one_click_and_taken_back(visit):
    visitor = visit()
    page = visitor.page
    visitor.search("股东失联多年企业无法通知其办注销")
    visitor.open_first()
    page.get_by_role("button", name="照此办成").click()
    expect(page.get_by_text("记下了：照此办成")).to_be_visible()
    expect(page.get_by_role("button", name="照此办成")).to_contain_text("1")
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_text("撤销了：照此办成")).to_be_visible()
    expect(page.get_by_role("button", name="照此办成")).to_contain_text("0")


def test_ticking_a_filter_narrows_the_results_and_a_chip_takes_it_off(visit):
    visitor = visit()
    page = visitor.page
    visitor.search("执照")
    everything = page.locator("#results .num").first.inner_text()
    page.locator(".facets .opt input").first.check()
    page.wait_for_url("**theme=**")
    chip = page.locator(".chip").first
    expect(chip).to_be_visible()
    chip.click()
    page.wait_for_url(re.compile(r"/search/\?(?!.*theme=)"))
    expect(page.locator(".chip")).to_have_count(0)
    assert everything in page.locator("#results").inner_text()


def test_filters_are_folded_where_there_is_little_room(visit):
    visitor = visit(viewport=NARROW)
    page = visitor.page
    visitor.search("执照")
    expect(page.locator(".facets")).to_be_hidden()
    page.locator(".facetsheet > summary").click()
    expect(page.locator(".facets")).to_be_visible()


def test_a_list_is_narrowed_while_typing(visit):
    page = visit().page
    page.goto("/matters/")
    everything = page.locator("[data-words]:visible").count()
    page.get_by_role("searchbox", name="按事项名、俗称或部门找").fill("办执照")
    expect(page.get_by_role("link", name=re.compile("企业设立登记"))).to_be_visible()
    assert 0 < page.locator("[data-words]:visible").count() < everything
    page.get_by_role("searchbox", name="按事项名、俗称或部门找").fill("没有这个事项")
    expect(page.get_by_text("没有对上的，换个词试试。")).to_be_visible()


def test_everything_that_matters_works_without_script(visit):
    visitor = visit(java_script_enabled=False)
    page = visitor.page
    visitor.search(QUESTION)
    page.locator(".facets .opt input").first.check()
    page.get_by_role("button", name="按所选筛选").click()
    expect(page.locator(".chip").first).to_be_visible()
    visitor.search(QUESTION)
    visitor.open_first()
    good = page.locator(".ask .y input")
    for at in range(good.count()):
        good.nth(at).check(force=True)
    page.get_by_role("button", name="看结论").click()
    expect(page.locator(".verdict--wary")).to_be_visible()
    page.locator("[data-paper]").first.check()
    expect(page.locator(".slip ol > li").first).to_be_hidden()
    expect(page.get_by_role("button", name="复制口径")).to_be_hidden()
    page.goto("/matters/?q=办执照")
    expect(page.get_by_role("link", name=re.compile("企业设立登记"))).to_be_visible()


def test_a_precedent_prints_on_one_sheet(visit):
    visitor = visit()
    visitor.search(QUESTION)
    visitor.open_first()
    sheet = visitor.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", sheet)) == 1


def test_leaving_closes_the_pages(visit):
    page = visit().page
    page.locator(".topbar__wide").get_by_role("button", name="退出").click()
    page.wait_for_url("**/account/sign-in/**")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录案例库")
