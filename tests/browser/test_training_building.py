"""A trainer builds a pack: from search, in order by keyboard and by dragging, with a note between, on a desk and on a phone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import NARROW, WIDE
from .test_personal import clean

pytestmark = pytest.mark.browser


def titles(page: Page) -> list[str]:
    return page.locator("[data-lesson]").evaluate_all("rows => rows.map(row => row.dataset.title)")


def dragged(page: Page, onto: Locator) -> None:
    """Takes the first lesson by its grip to the lower edge of something, as a hand does: press, begin to move, and go there."""
    page.locator("[data-grip]").first.hover()
    page.mouse.down()
    page.mouse.move(*page.evaluate("[innerWidth / 2, innerHeight / 2]"), steps=3)
    onto.scroll_into_view_if_needed()
    box = onto.bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + box["height"] - 4, steps=3)
    page.mouse.up()


def begun(page: Page, title: str, viewport) -> None:
    """A new pack with what a search finds."""
    page.goto("/training/make/")
    clean(page, viewport)
    page.get_by_role("link", name="新建培训包").click()
    clean(page, viewport)
    page.get_by_label("名称").fill(title)
    page.get_by_role("button", name="建好，去加案例").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("加案例")
    page.get_by_label("群众怎么说").fill("前租户没有注销，办不了执照")
    page.get_by_role("button", name="找", exact=True).click()
    boxes = page.locator("input[name=codes]")
    for n in range(3):
        boxes.nth(n).check()
    clean(page, viewport)
    page.get_by_role("button", name="加进培训包").click()
    expect(page.get_by_role("status").filter(has_text="加了 3 课")).to_be_visible()
    expect(page.get_by_text("已在包里")).to_have_count(3)
    page.get_by_role("link", name="加好了，回培训包").click()


def test_a_pack_from_search_ordered_by_keyboard_and_by_dragging(visit):
    page = visit(viewport=WIDE, username="trainer").page
    begun(page, "前租户专题", WIDE)
    one, two, three = titles(page)
    clean(page, WIDE)

    # By keyboard: the button keeps the focus, and the place is told.
    up = page.locator("[data-lesson]").nth(2).get_by_role("button", name=re.compile("^上移"))
    up.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="现在是第 2 课，共 3 课")).to_be_visible()
    assert titles(page) == [one, three, two]
    assert page.evaluate("document.activeElement.textContent").startswith("上移")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="现在是第 1 课，共 3 课")).to_be_visible()
    assert titles(page) == [three, one, two]

    # By dragging: behind the last one.
    dragged(page, page.locator("[data-lesson]").last)
    expect(page.get_by_role("status").filter(has_text="现在是第 3 课，共 3 课")).to_be_visible()
    assert titles(page) == [one, two, three]
    page.reload()
    assert titles(page) == [one, two, three]

    page.get_by_label("单元名称").fill("练习")
    page.get_by_role("button", name="加单元").click()
    dragged(page, page.locator("[data-module]").last)
    expect(page.get_by_role("status").filter(has_text="现在是第 3 课，共 3 课")).to_be_visible()
    assert page.locator("[data-module]").last.locator("[data-lesson]").count() == 1
    clean(page, WIDE)

    # Deleted by mistake, and back.
    page.locator("[data-lesson]").first.get_by_role("button", name=re.compile("^删")).click()
    expect(page.get_by_text("刚删的")).to_be_visible()
    clean(page, WIDE)
    page.get_by_role("button", name=re.compile("^放回来")).click()
    expect(page.locator("[data-lesson]")).to_have_count(3)
    assert titles(page) == [two, three, one]


def test_a_note_between_and_a_place_from_a_list_without_script_on_a_phone(visit):
    page = visit(viewport=NARROW, username="trainer", java_script_enabled=False).page
    page.goto("/training/make/new/")
    page.get_by_label("名称").fill("不用脚本")
    page.get_by_role("button", name="建好，去加案例").click()
    page.get_by_label("群众怎么说").fill("容缺受理")
    page.get_by_role("button", name="找", exact=True).click()
    page.locator("input[name=codes]").first.check()
    page.get_by_role("button", name="加进培训包").click()
    page.get_by_role("link", name="加好了，回培训包").click()
    page.get_by_label("标题", exact=True).fill("容缺不是不要")
    page.get_by_role("button", name="加讲解").click()
    page.get_by_label("讲什么").fill("先受理，**后补**。")
    page.get_by_role("button", name="预览").click()
    expect(page.locator("#preview strong")).to_have_text("后补")
    page.get_by_role("button", name="存", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="存好了")).to_be_visible()
    page.get_by_role("link", name="回培训包").click()
    page.locator("[data-lesson]").last.get_by_role("link", name=re.compile("^移到")).click()
    page.get_by_label("移到", exact=True).select_option(index=1)
    page.get_by_role("button", name="移过去").click()
    assert page.locator(".makerow__what > a").all_text_contents()[0].endswith("容缺不是不要")


def test_every_page_of_the_room_is_fit_for_a_phone_and_a_screen_reader(visit):
    page = visit(viewport=NARROW, username="trainer").page
    begun(page, "窄屏的包", NARROW)
    clean(page, NARROW)
    address = page.url.split("?")[0]
    page.locator("[data-lesson]").first.get_by_role("link", name=re.compile("^移到")).click()
    clean(page, NARROW)
    page.locator(".makerow__what > a").first.click()
    clean(page, NARROW)
    for name in ("settings/", "people/", "add/?way=numbers", "add/?way=folder"):
        page.goto(address + name)
        assert page.locator("h1").count() == 1, name
        clean(page, NARROW)
