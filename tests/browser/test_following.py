"""Following a policy: one click, a number in the header when it changes, the notice, and read."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import NARROW, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser
TITLE = "中华人民共和国网络安全法"
# By the system: nobody is told of the own deeds.
CHANGE = """
import datetime as dt
from caselib.policies.models import Policy
from caselib.policies.standing import StatusFacts, status_fact_confirm
policy = Policy.objects.get(title="{title}")
status_fact_confirm(policy, StatusFacts(status="amended", from_on=dt.date(2026, 1, {day})), actor=None)
"""


@pytest.mark.usefixtures("nothing_told")
@pytest.mark.parametrize(
    ("viewport", "username", "day"), [(WIDE, "window", 1), (NARROW, "trainer", 2)], ids=["wide", "narrow"]
)
def test_from_the_button_to_the_notice_and_read(visit, deed, viewport, username, day):
    page = visit(viewport=viewport, username=username).page
    page.goto("/notices/")
    expect(page.get_by_text("还没有关注什么")).to_be_visible()
    assert findings(page) == []

    page.goto("/policies/")
    page.get_by_role("link", name=TITLE, exact=True).first.click()
    page.get_by_role("button", name="关注", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="关注了")).to_be_visible()
    expect(page.get_by_role("button", name="取消关注")).to_be_visible()
    assert findings(page) == []

    deed(CHANGE.format(title=TITLE, day=day))
    page.reload()
    expect(page.locator(".topbar .count:visible")).to_contain_text("1")
    if viewport == NARROW:
        page.locator(".menu > summary").click()
    assert findings(page) == []
    page.locator(".topbar").get_by_role("link", name="关注 1 条未读").click()
    page.wait_for_url("**/notices/")
    notice = page.locator(".notice--new")
    expect(notice).to_contain_text("时效：已被修改")
    expect(notice).to_contain_text(f"2026-01-0{day} 起")
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]

    notice.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)
    page.go_back()
    page.get_by_role("button", name="全部标为已读").press("Enter")
    expect(page.get_by_text("都读过了")).to_be_visible()
    # Who makes training has a number of the desk besides.
    expect(page.locator(".topbar a[href='/notices/'] .count")).to_have_count(0)
    expect(page.locator(".notice--new")).to_have_count(0)
    assert findings(page) == []

    page.get_by_role("button", name=re.compile(f"^取消关注 ?{TITLE}$")).click()
    expect(page.get_by_text("还没有关注什么")).to_be_visible()


def test_without_script_the_button_works_the_same(visit):
    page = visit(username="editor", java_script_enabled=False).page
    page.goto("/matters/")
    page.locator(".matterlist a").first.click()
    page.get_by_role("button", name="关注", exact=True).click()
    expect(page.get_by_text("已关注")).to_be_visible()
    page.get_by_role("button", name="取消关注").click()
    expect(page.get_by_role("button", name="关注", exact=True)).to_be_visible()


def test_a_wrong_address_is_announced_and_can_be_mended(visit):
    visitor = visit(username="reviewer")
    page = visitor.page
    page.goto("/notices/")
    page.get_by_label("邮箱").fill("没有地址")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("不是一个邮箱地址")
    assert findings(page) == []
    # The browser's console tells of the answer 422 as of an error.
    assert all("422" in complaint for complaint in visitor.complaints)
    visitor.complaints.clear()
    page.get_by_label("邮箱").fill("reviewer@example.org")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").filter(has_text="reviewer@example.org")).to_be_visible()
