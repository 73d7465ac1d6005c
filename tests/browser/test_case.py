"""Search by case with keyboard and axe, wide and narrow; similar precedents on the page of one."""

import pytest

from .conftest import NARROW, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser
TICKET = (
    "【工单】您好，诉求人：李某，联系电话：13812345678。去报营业执照，窗口说这个地址上还有前一家企业的登记没有注销，"
    "前租户早就联系不上了，电话打不通，房东也找不到人。能不能先给我办？请尽快回复，谢谢。"
)


def wider_than_the_window(page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_a_ticket_is_pasted_understood_and_answered(visit, viewport):
    page = visit(viewport=viewport).page
    page.goto("/")
    page.get_by_role("link", name="粘贴整段工单").click()
    assert findings(page) == []
    page.get_by_label("工单、来信或聊天记录").fill(TICKET)
    page.get_by_role("button", name="查找", exact=True).last.click()
    page.get_by_role("heading", name="看出了什么").wait_for()
    assert page.url.endswith("/search/case/")
    assert page.get_by_label("工单、来信或聊天记录").input_value() == TICKET
    assert page.locator("[data-open]").count()
    assert findings(page) == []
    assert wider_than_the_window(page) <= 0


def test_a_fact_is_switched_off_with_the_keyboard(visit):
    page = visit().page
    page.goto("/search/case/")
    page.get_by_label("工单、来信或聊天记录").fill(TICKET)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="看出了什么").wait_for()
    fact = page.locator(".case__facts input[type=checkbox]").first
    value = fact.get_attribute("value")
    fact.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    page.wait_for_function(
        "value => !document.querySelector(`.case__facts input[value='${value}']`).checked", arg=value
    )
    assert page.get_by_label("工单、来信或聊天记录").input_value() == TICKET


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_similar_precedents_stand_below_the_answer_and_lead_to_each_other(visit, viewport):
    visitor = visit(viewport=viewport)
    visitor.search("前租户未注销致新商户办不了两证")
    visitor.open_first()
    page = visitor.page
    similar = page.get_by_role("region", name="相近的案例")
    assert similar.get_by_role("link").count() <= 5
    assert similar.bounding_box()["y"] > page.locator(".thirty").bounding_box()["y"]
    assert findings(page) == []
    assert wider_than_the_window(page) <= 0
    name = similar.get_by_role("link").first.inner_text()
    similar.get_by_role("link").first.click()
    page.get_by_role("heading", level=1, name=name).wait_for()
