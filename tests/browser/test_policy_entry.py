"""A new version of a law from pasted text to the tasks of the owners, at both widths, without a finding of axe."""

import os
from pathlib import Path

import pytest

from .conftest import NARROW, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser
# Laws of the starter library that one precedent relies on, with a text in which its article lives on, or is gone.
INSURANCE = """社会保险经办条例
第一章　总则
第一条　为了规范社会保险经办，优化社会保险服务，制定本条例。
第二条　经办机构要及时、完整、准确记录登记、缴费、待遇、个人账户等信息。
第二章　社会保险待遇核定和支付
第三条　失业保险关系随跨统筹地区就业转移：
（一）职工本人申请；
（三）新单位申请。
第五条　申领失业金、职业培训等补贴，自收到申请起 10 个工作日办完；领失业金期间由基金缴纳医疗保险费。"""
CHEMICALS = """中华人民共和国危险化学品安全法
第一章　总则
第一条　为了加强危险化学品的安全管理，制定本法。
第二条　经营须许可；不得向未经许可的企业采购。
第二章　经营安全
第三条　经营企业应当具备下列条件：
（一）有场所；
（三）有设备。
第五条　以上自公布之日起施行。"""


def shot(page, name: str) -> None:
    """A picture to look at, where a folder for it is named."""
    if folder := os.environ.get("CASELIB_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


class Looking:
    """Each page is looked at as it is reached."""

    def __init__(self, page, width: int) -> None:
        self.page, self.width = page, width
        self.broken: dict[str, list[str]] = {}

    def at(self, name: str) -> None:
        shot(self.page, f"{name}-{self.width}")
        found = findings(self.page)
        if self.page.evaluate("document.documentElement.scrollWidth") > self.width:
            found.append("wider than the window")
        if found:
            self.broken[name] = found


@pytest.mark.parametrize(
    ("viewport", "title", "text", "start"),
    [
        (WIDE, "社会保险经办条例", INSURANCE, "2031年1月1日"),
        (NARROW, "中华人民共和国危险化学品安全法", CHEMICALS, "２０３１．１．１"),
    ],
    ids=["wide", "narrow"],
)
def test_a_new_version_from_text_to_tasks(visit, viewport, title, text, start):
    page = visit(viewport=viewport, username="editor").page
    look = Looking(page, viewport["width"])
    page.goto(f"/desk/policies/?q={title}")
    look.at("1-desk")
    page.get_by_role("link", name="录入新版本").first.click()
    page.locator("#f-label").fill("2031修正")
    page.locator("#f-effective_from").fill("明年")
    page.get_by_role("button", name="存下，去贴文本").click()
    look.at("2-facts-refused")
    page.locator("#f-effective_from").fill(start)
    page.get_by_role("button", name="存下，去贴文本").click()
    page.wait_for_url("**/text/")
    look.at("3-text-empty")
    page.locator("#f-text").fill(text)
    page.get_by_role("button", name="存下，再拆一遍").click()
    page.get_by_text("2 处要看一看").wait_for()
    look.at("4-text-split")
    page.get_by_role("link", name="第 9 行").first.click()
    chosen = page.evaluate(
        "(({ value, selectionStart: a, selectionEnd: b }) => value.slice(a, b))(document.activeElement)"
    )
    assert chosen.startswith("第五条")
    page.get_by_role("button", name="存下，下一步").click()
    page.wait_for_url("**/clauses/")
    look.at("5-clauses")
    page.get_by_role("button", name="全部接受建议").click()
    page.wait_for_url("**/impact/")
    look.at("6-impact")
    if page.locator("#f-lost").count():
        page.locator("#f-lost").check()
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/policies/**")
    assert "1 个部门的 1 件案例开了待复核" in page.locator(".toast").inner_text()
    look.at("7-policy")
    page.get_by_role("link", name="看依据").click()
    look.at("8-status")
    assert look.broken == {}


def test_what_changed_is_marked_and_a_clause_is_given_another_home(visit):
    page = visit(username="editor").page
    look = Looking(page, WIDE["width"])
    for label, start, text in (
        ("甲", "2031-01-01", INSURANCE),
        ("乙", "2032-01-01", INSURANCE.replace("10 个", "5 个")),
    ):
        page.goto("/desk/policies/?q=化妆品监督管理条例")
        page.get_by_role("link", name="录入新版本").first.click()
        page.locator("#f-label").fill(label)
        page.locator("#f-effective_from").fill(start)
        page.get_by_role("button", name="存下，去贴文本").click()
        page.locator("#f-text").fill(text)
        page.get_by_role("button", name="存下，再拆一遍").click()
        page.get_by_role("button", name="存下，下一步").click()
        page.wait_for_url("**/clauses/")
        if label == "甲":
            page.get_by_role("button", name="全部接受建议").click()
            page.locator("#f-lost").check()
            page.get_by_role("button", name="保存", exact=True).click()
    look.at("12-marks")
    assert page.locator("del").all_inner_texts() == ["10"]
    page.get_by_label("由别的条承接").check()
    page.get_by_label("由哪一条承接（第五条）").fill("第九条")
    page.get_by_role("button", name="确认这一页的 1 条").click()
    look.at("13-clauses-refused")
    assert page.get_by_label("由哪一条承接（第五条）").input_value() == "第九条"
    assert look.broken == {}


@pytest.mark.parametrize(("viewport", "day"), [(WIDE, "2031-01-01"), (NARROW, "2031-02-01")], ids=["wide", "narrow"])
def test_force_is_taken_away_only_after_the_impact_was_seen(visit, viewport, day):
    page = visit(viewport=viewport, username="editor").page
    look = Looking(page, viewport["width"])
    page.goto("/desk/policies/?q=社会救助暂行办法")
    page.get_by_role("link", name="核对、写时效").first.click()
    page.locator("#f-status").select_option(label="已废止")
    page.locator("#f-from_on").fill(day)
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_text("还没有保存").wait_for()
    look.at("9-status-impact")
    page.get_by_role("button", name="确认保存").click()
    assert "记下了：已废止" in page.locator(".toast").inner_text()
    look.at("14-status-saved")
    page.goto(page.url.partition("status/")[0] + "relations/?q=救助")
    look.at("10-relations")
    page.goto("/desk/policies/new/")
    look.at("11-new")
    assert look.broken == {}
