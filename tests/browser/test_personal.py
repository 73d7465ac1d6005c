"""我的案例: a star, a folder that is shared, the colleague who sees it, and a saved search that tells of a new precedent once."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import NARROW, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser
QUESTION = "食品经营许可地址变更"
# By the system, with the library's own rules; the index is worked off by the same process.
PUBLISH = """
import dataclasses
from caselib.core import clock
from caselib.orgs.models import User
from caselib.precedents.bulk import NewPrecedent, precedents_import
from caselib.precedents.content import content_of
from caselib.precedents.models import Precedent
from caselib.search.outbox import drain
from caselib.following.searches.checking import searches_check
model = Precedent.objects.filter(status="published", kind="precedent").first()
content = dataclasses.replace(content_of(model.live_revision), title="{title}", gist="{title}。")
precedents_import([NewPrecedent(content, model.owner_department)], publish=True, actor=None, now=clock.now())
drain()
list(searches_check())
"""
CHECK = "from caselib.following.searches.checking import searches_check\nlist(searches_check())\n"


def clean(page, viewport) -> None:
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.usefixtures("nothing_told")
@pytest.mark.parametrize(
    ("viewport", "username", "colleague"),
    [(WIDE, "window", "trainer"), (NARROW, "editor", "reviewer")],
    ids=["wide", "narrow"],
)
def test_from_the_star_to_the_shared_folder_and_the_new_precedent_told_once(visit, deed, viewport, username, colleague):
    visitor = visit(viewport=viewport, username=username)
    page = visitor.page
    visitor.search("营业执照")
    clean(page, viewport)
    visitor.open_first()
    title = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("button", name="收藏", exact=True).click()
    expect(page.get_by_role("button", name=re.compile("已收藏"))).to_be_visible()
    page.locator("#keep > summary").press("Enter")
    page.get_by_label("我的笔记").fill("先打 13800138000 问")
    clean(page, viewport)
    page.get_by_role("button", name="存笔记").click()
    expect(page.get_by_role("status").filter(has_text="里面像有个人信息（手机号）")).to_be_visible()
    page.locator("#keep > summary").press("Enter")
    expect(page.locator("#keep-pii")).to_have_text("有个人信息（手机号），只您看得到；建议删。")
    clean(page, viewport)

    page.get_by_role("link", name="放进资料夹").click()
    clean(page, viewport)
    folder = f"常用的 {viewport['width']}"
    page.get_by_label("名称").fill(folder)
    page.get_by_label("备注").fill("先看这件")
    page.get_by_role("button", name="建一个放进去").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(folder)
    clean(page, viewport)
    page.get_by_label("谁看得到").select_option(index=1)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("共享", exact=False).first).to_be_visible()
    for address in ("/mine/", "/mine/notes/", "/mine/recent/", "/mine/folders/", "/mine/searches/"):
        page.goto(address)
        clean(page, viewport)

    other = visit(viewport=viewport, username=colleague).page
    other.goto("/mine/folders/")
    other.get_by_role("link", name=folder).click()
    expect(other.get_by_text("先看这件", exact=True)).to_be_visible()
    expect(other.get_by_role("link", name=title).first).to_be_visible()
    other.goto("/mine/notes/")
    assert "13800138000" not in other.content()

    visitor.search(QUESTION)
    page.get_by_role("link", name="存为搜索").click()
    clean(page, viewport)
    page.get_by_label("多久告诉一次").select_option("at_once")
    page.get_by_role("button", name="存", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="存好了")).to_be_visible()
    new = f"{QUESTION}后原证怎么处理之{viewport['width']}"
    deed(PUBLISH.format(title=new))
    page.goto("/notices/")
    # What waits on the desk of an editor is counted beside it.
    unread = page.locator(".topbar a[href='/notices/'] .count")
    expect(unread.first).to_contain_text("1")
    expect(page.get_by_role("link", name=new)).to_be_visible()
    clean(page, viewport)
    page.get_by_role("button", name="全部标为已读").click()
    expect(page.get_by_role("link", name=new)).to_have_count(0)
    deed(CHECK)
    page.reload()
    expect(page.get_by_role("link", name=new)).to_have_count(0)
    expect(unread).to_have_count(0)


def test_without_script_star_note_and_folder_work_the_same(visit):
    visitor = visit(username="trainer", java_script_enabled=False)
    page = visitor.page
    page.goto("/search/?q=营业执照")
    page.get_by_role("button", name="收藏", exact=True).first.click()
    expect(page.get_by_role("button", name="取消收藏")).to_have_count(1)
    page.goto("/mine/")
    page.get_by_role("button", name=re.compile("取消收藏")).click()
    expect(page.get_by_text("还没有收藏")).to_be_visible()
    page.goto("/mine/folders/")
    page.get_by_label("名称").fill("没有脚本")
    page.get_by_role("button", name="建", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("没有脚本")
