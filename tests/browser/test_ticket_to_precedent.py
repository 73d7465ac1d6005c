"""The whole way: a ticket is registered, an editor makes a draft of it, somebody else approves it, a clerk finds it."""

import re

import pytest

from .conftest import NARROW, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser
PHONE = "13800138000"
TEXT = """工单编号：HK-{number}
来源系统：综窗平台
市民2026年3月12日来窗口，跑了三趟要办食品摊贩备案，说“摊位号和执照对不上，到底听谁的”。上家没注销，不予受理，电话{phone}。
2026年3月13日 综合窗口：请市场所和街道一起到现场核对。
2026年3月14日 市场所：现场核对后当天办结。"""
FILLED = {
    "title": "摊位号和执照对不上的食品摊贩备案",
    "gist": "市场所和街道一起到现场核对摊位，按现场的摊位号备案。",
    "matter_note": "食品摊贩备案",
    "blocker": "摊位号和执照上的地址对不上",
    "resolution": "市场所牵头，约街道当天到现场核对，按核对结果备案，不用市民再跑。",
    "lead_org": "市场监督管理所",
    "who_can_decide": "市场所所长",
    "evaluation": "当天办结，没有再来。",
}


def looked(page, width: int, name: str) -> None:
    assert findings(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def filled(page) -> None:
    """What the ticket did not say, typed as an editor would."""
    for name, words in (FILLED | {"applies_when": "摊位现场找得到？", "not_when": "摊位已经拆除？"}).items():
        page.locator(f"[name={name}]:not([type=hidden])").first.fill(words)


@pytest.mark.parametrize(("viewport", "number"), [(WIDE, "30001"), (NARROW, "30002")], ids=["wide", "narrow"])
def test_from_a_ticket_to_a_precedent_that_is_found(visit, viewport, number):
    width = viewport["width"]
    page = visit(viewport=viewport, username="editor").page
    page.goto("/desk/tickets/new/")
    page.get_by_label("原文").fill(TEXT.format(number=number, phone=PHONE))
    page.get_by_role("button", name="识别").click()
    page.get_by_role("status").filter(has_text="认出").wait_for()
    page.get_by_role("button", name="登记").first.click()
    page.get_by_role("link", name="从工单生成草稿").click()
    looked(page, width, "from ticket")
    page.get_by_role("button", name="生成草稿").click()
    page.locator("form[data-draft]").wait_for()
    assert PHONE not in page.content()
    assert "到底听谁的" in page.content()
    # Names of the vocabularies are offered while somebody types, by initials too.
    page.locator("[name=lead_org]:not([type=hidden])").first.press_sequentially("scjd", delay=30)
    page.locator("#offers option[value*=市场监督]").first.wait_for(state="attached")
    filled(page)
    page.get_by_text(re.compile("已保存 ")).first.wait_for()
    looked(page, width, "draft")
    page.get_by_role("button", name="提交审核").first.click()
    page.get_by_text("待审核").first.wait_for()
    looked(page, width, "submitted")

    reviewer = visit(viewport=viewport, username="reviewer").page
    reviewer.goto("/desk/")
    looked(reviewer, width, "work desk")
    reviewer.get_by_role("link", name=FILLED["title"]).first.click()
    reviewer.get_by_label("理由").fill("核对过现场记录，可以入库。")
    looked(reviewer, width, "review")
    reviewer.get_by_role("button", name="通过，发布").click()
    reviewer.get_by_text(re.compile(r"\d{6}-\d{4}-\w+-\d{4}")).first.wait_for()

    clerk = visit(viewport=viewport, username="window").page
    clerk.goto("/search/?q=摊位号和执照对不上")
    clerk.locator("[data-hit] a", has_text="摊位号和执照对不上").first.click()
    clerk.get_by_text("市场所牵头，约街道当天到现场核对").wait_for()
    assert PHONE not in clerk.content()
    looked(clerk, width, "precedent")
    clerk.get_by_role("link", name="所有版本").click()
    looked(clerk, width, "history")
