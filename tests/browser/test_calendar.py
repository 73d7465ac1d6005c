"""A notice is pasted, looked at and entered, and a due date moves; taken back, it moves back. At both widths, without a finding."""

import datetime as dt
import re

import pytest

from caselib.core.workdays import Calendar

from .conftest import NARROW, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser


def due_days(page) -> list[str]:
    page.goto("/desk/verify/")
    return [each.get_attribute("datetime") for each in page.locator(".due time").all()]


def cut_off(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_pasted_notice_moves_a_due_date_and_back(visit, viewport):
    page = visit(viewport=viewport, username="manager").page
    before = due_days(page)
    assert before, "the starter library has points to check"
    due = dt.date.fromisoformat(before[0])
    # The working day before the last day of the term.
    day = Calendar().before_working_days(due, 1)
    page.goto("/desk/calendar/")
    assert (findings(page), cut_off(page)) == ([], False)
    page.get_by_role("link", name="粘贴通知", exact=True).click()
    assert findings(page) == []
    page.get_by_label("哪一年").select_option(str(day.year))
    weekday = "一二三四五六日"[day.weekday()]
    page.get_by_label("通知原文").fill(
        f"停电检修：{day.month}月{day.day}日（星期{weekday}）放假，共1天。另行安排的日子再通知。"
    )
    page.get_by_role("button", name="看一看").click()
    page.get_by_role("heading", name="读出来的").wait_for()
    assert page.get_by_role("checkbox", name=re.compile(day.isoformat())).is_checked()
    assert page.get_by_text("现在按上班算").count() == 1
    assert (findings(page), cut_off(page)) == ([], False)
    page.get_by_role("button", name="录入", exact=True).click()
    page.get_by_text("录好了 1 天").wait_for()
    page.locator("td.is-own").wait_for()
    assert (findings(page), cut_off(page)) == ([], False)
    room = page.url
    moved = dt.date.fromisoformat(due_days(page)[0])
    assert moved == Calendar({day: (False, "")}).after_working_days(due, 1)
    page.goto(room)
    page.get_by_role("button", name="撤回这一次").click()
    page.get_by_text("撤回了 1 天").wait_for()
    assert due_days(page) == before


def test_the_form_of_one_day_and_who_only_reads(visit):
    page = visit(viewport=NARROW, username="manager").page
    page.goto("/desk/calendar/day/")
    page.get_by_role("button", name="录入").click()
    page.get_by_role("alert").get_by_text("选放假还是上班。").wait_for()
    assert (findings(page), cut_off(page)) == ([], False)
    reader = visit(username="window").page
    reader.goto("/desk/")
    reader.get_by_role("link", name="工作日历").click()
    reader.get_by_role("heading", name="工作日历").wait_for()
    assert reader.get_by_role("link", name="录一天").count() == 0
    assert findings(reader) == []


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_ticket_is_settled_and_people_are_told_in_time(visit, viewport):
    page = visit(viewport=viewport, username="editor").page
    page.goto("/desk/tickets/new/")
    page.get_by_label("原文").fill("群众说铺位上一家没有注销，跑了三趟。")
    page.get_by_role("button", name="登记").first.click()
    page.get_by_role("heading", name="办结和反馈").wait_for()
    page.get_by_role("button", name="存下", exact=True).click()
    page.get_by_text("剩 1 个工作日").wait_for()
    assert (findings(page), cut_off(page)) == ([], False)
    page.get_by_role("button", name="当事人和窗口都反馈了").click()
    page.get_by_text("按时反馈").wait_for()
    page.goto("/desk/tickets/?feedback=in_time")
    page.get_by_text("按时反馈", exact=True).first.wait_for()
    assert (findings(page), cut_off(page)) == ([], False)
