"""An editor pastes a sentence with two citations that are known and one that is not, and sees the queue."""

import pytest

from .conftest import NARROW, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser
SENTENCE = "依据《市场主体登记管理条例》第三十三条、公司法第232条，并参照《没有的办法{n}》第五条办理。"


def check(page) -> None:
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def open_draft(visitor, number: int) -> None:
    """The citations of a precedent of the editor's own department, with a draft of it open."""
    page = visitor.page
    page.goto("/search/?q=执照")
    codes = [link.get_attribute("href").split("/p/")[1].split("/")[0] for link in page.locator("[data-open]").all()]
    for code in codes[number * 3 :]:
        if page.goto(f"/p/{code}/citations/").ok and page.get_by_role("button", name="开始修订").count():
            break
    page.get_by_role("button", name="开始修订").click()
    page.get_by_role("heading", name="粘贴一段话，找出引用").wait_for()


@pytest.mark.parametrize(("viewport", "number"), [(WIDE, 0), (NARROW, 1)], ids=["wide", "narrow"])
def test_a_pasted_sentence_becomes_citations_and_a_line_of_the_queue(visit, viewport, number):
    visitor = visit(viewport=viewport, username="editor")
    open_draft(visitor, number)
    page = visitor.page
    check(page)
    before = page.locator(".citeline").count()
    page.get_by_label("一段话", exact=True).fill(SENTENCE.format(n="甲乙"[number]))
    page.get_by_role("button", name="找出引用").click()
    found = page.locator("#found")
    found.wait_for()
    assert found.get_by_role("checkbox").count() == 2
    assert "库里没有这部政策" in found.inner_text()
    check(page)
    found.get_by_role("combobox").nth(1).select_option("compare")
    found.get_by_role("button", name="加上勾选的").click()
    page.get_by_text("1 条记到“未解决的引用”").wait_for()
    assert page.locator(".citeline").count() > before
    assert page.get_by_role("heading", name="参照").count()
    check(page)
    page.locator(".citeline summary").first.click()
    check(page)
    page.goto("/desk/citations/")
    line = page.locator("li", has_text=f"《没有的办法{'甲乙'[number]}》第五条").first
    line.locator("summary").click()
    check(page)
    line.get_by_label("指定是哪一条").fill("登记条例34")
    line.get_by_role("button", name="认一认").click()
    page.get_by_role("button", name="引用选定的").wait_for()
    check(page)
    page.get_by_role("button", name="引用选定的").click()
    page.get_by_text("件案例的草稿里引用了").wait_for()
    page.get_by_role("link", name="处理过的").click()
    assert "已引用：依据" in page.locator("#main").inner_text()
    check(page)


def test_a_clause_is_picked_with_the_keyboard(visit):
    visitor = visit(username="editor")
    open_draft(visitor, 2)
    page = visitor.page
    page.get_by_label("政策和条号").fill("登记管理条例33")
    page.get_by_role("option").first.wait_for()
    check(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("#found").wait_for()
    assert page.locator("#found").get_by_role("checkbox").first.is_checked()
    page.wait_for_function("document.activeElement.matches('#found button')")
    page.keyboard.press("Enter")
    page.locator(".toast").wait_for()
    assert "第三十三条" in " ".join(page.locator(".citeline").all_inner_texts())
