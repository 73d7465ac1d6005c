"""A citizen waits: a ticket is pasted, read, registered; an editor analyses and archives it. At every width, without a finding."""

import pytest

from .conftest import NARROW, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser
TEXT = """工单编号：HK-{}
来源系统：综窗平台
市民2026年3月12日来电，跑了三趟要办执照，上家没注销，不予受理，电话13800138000。
2026年3月13日 综合窗口：联系出租方，电话13900139000。"""
ROWS = "来源系统\t来源编号\t受理日期\t原文\n综窗\t{0}-1\t2026-03-12\t上家没注销\n综窗\t\t2026-03-12\t没有编号\n"


def registered(page, number: str) -> None:
    page.goto("/desk/tickets/")
    page.get_by_role("link", name="登记工单").click()
    page.get_by_label("原文").fill(TEXT.format(number))
    page.get_by_role("button", name="识别").click()
    page.get_by_role("status").filter(has_text="认出").wait_for()
    assert page.get_by_label("跑动次数").input_value() == "3"
    page.get_by_role("button", name="登记").first.click()
    page.locator("h1", has_text="执照").wait_for()


def test_the_window_registers_and_an_editor_takes_it_round_the_loop(visit):
    window = visit(username="window").page
    registered(window, "10001")
    assert "13800138000" not in window.content()
    assert "13900139000" not in window.content()
    window.get_by_role("button", name="显示原文").click()
    window.get_by_text("13800138000").wait_for()
    address = window.url.removesuffix("text/")
    page = visit(username="editor").page
    page.goto(address)
    page.get_by_role("button", name="归档").click()
    page.get_by_text("没有归档，还缺：分析研判（原因）、跟踪评估（成效）").wait_for()
    page.get_by_label("第三方占用(前租户)").check()
    page.get_by_label("为什么没办成").fill("前租户没有注销")
    page.get_by_role("button", name="存下研判").click()
    page.get_by_label("后来怎样").fill("办成了")
    page.get_by_role("button", name="存下评估").click()
    page.get_by_text("归档后不能再改").wait_for()
    page.get_by_role("button", name="归档").click()
    page.locator(".tag", has_text="备案归档").wait_for()
    assert page.get_by_role("link", name="改", exact=True).count() == 0


def test_rows_are_pasted_looked_at_and_imported(visit):
    page = visit(username="editor").page
    page.goto("/desk/tickets/import/")
    page.get_by_label("或者粘贴").fill(ROWS.format("P"))
    page.get_by_role("button", name="看一看").click()
    page.get_by_text("没有来源编号").wait_for()
    page.get_by_role("button", name="导入 1 件").click()
    page.get_by_text("登记了 1 件工单").wait_for()
    # The row without a number was told and not brought in.
    assert page.get_by_text("没有编号").count() == 0


@pytest.mark.parametrize(("viewport", "number"), [(WIDE, "20001"), (NARROW, "20002")], ids=["wide", "narrow"])
def test_no_page_of_tickets_has_a_finding_or_is_cut_off(visit, viewport, number):
    page = visit(viewport=viewport, username="editor").page
    registered(page, number)
    ticket = page.url
    broken = {}

    def look(name: str) -> None:
        if found := findings(page):
            broken[name] = found
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], name

    look("ticket")
    page.get_by_role("button", name="显示原文").click()
    page.get_by_text("13800138000").wait_for()
    look("text")
    for name in (ticket, f"{ticket}edit/", "/desk/tickets/", "/desk/tickets/new/", "/desk/tickets/import/"):
        page.goto(name)
        look(name)
    page.get_by_label("或者粘贴").fill(ROWS.format(number))
    page.get_by_role("button", name="看一看").click()
    page.get_by_text("没有来源编号").wait_for()
    look("preview")
    assert broken == {}
