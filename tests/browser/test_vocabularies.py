"""The room of vocabularies in a browser: the picker by keyboard and without script, forms, no finding, nothing cut off."""

import pytest

from .conftest import NARROW, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser
ROOM = "/desk/words/"
PAGES = ("", "matters/", "matters/new/", "matters/1/", "matters/1/merge/?into=2", "matters/import/", "schemes/", "schemes/2/",
         "tags/", "tags/1/", "departments/new/", "regions/", "causes/1/")  # fmt: skip


def test_a_region_is_picked_by_initials_and_keyboard_and_a_text_that_was_not_chosen_goes(visit):
    page = visit(username="manager").page
    page.goto(f"{ROOM}departments/new/")
    box = page.get_by_role("combobox", name="所在区划")
    box.press_sequentially("shhkq")
    page.get_by_role("option").first.wait_for()
    assert box.get_attribute("aria-expanded") == "true"
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant")
    box.press("Enter")
    assert box.input_value() == "上海市虹口区"
    box.press_sequentially("别的")
    page.get_by_label("简称").focus()
    assert box.input_value() == "上海市虹口区"
    page.get_by_label("名称").fill("试用局")
    page.get_by_label("代码").fill("t01")
    page.get_by_role("main").get_by_role("button", name="保存").last.click()
    page.get_by_role("heading", name="试用局").wait_for()
    assert "上海市虹口区" in page.get_by_role("main").inner_text()


def test_a_region_is_picked_without_script(visit):
    page = visit(username="manager", java_script_enabled=False).page
    page.goto(f"{ROOM}departments/new/")
    page.get_by_label("名称").fill("无脚本局")
    page.locator("[name=region_q]").fill("hongkou")
    page.locator("[name=find]").click()
    assert page.get_by_label("名称").input_value() == "无脚本局"
    page.locator("[name=region]").select_option(label="上海市虹口区（310109）")
    page.get_by_label("代码").fill("t02")
    page.get_by_role("main").get_by_role("button", name="保存").last.click()
    page.get_by_role("heading", name="无脚本局").wait_for()


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_page_of_the_room_has_a_finding_or_is_cut_off(visit, viewport):
    page = visit(viewport=viewport, username="manager").page
    broken = {}
    for address in PAGES:
        page.goto(f"{ROOM}{address}")
        if found := findings(page):
            broken[address] = found
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert broken == {}
