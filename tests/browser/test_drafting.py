"""Nobody loses a word: network, sign-in, tabs, reload. At both widths without a finding of axe."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import NARROW, PASSWORD, WIDE
from .test_access import findings
from .test_policy_entry import Looking, shot

pytestmark = pytest.mark.browser
MAKE = """
from caselib.orgs.models import Membership, User
from caselib.precedents.content import RevisionContent
from caselib.precedents.models import Precedent
from caselib.precedents.services import precedent_create
editor = User.objects.get(username="editor")
home = Membership.objects.filter(user=editor, role="editor").first().department
content = RevisionContent(title="前租户未注销致新商户办不了执照，再写一件", problem="开始的话")
made = precedent_create(content, owner_department=home, author=editor)
Precedent.objects.filter(pk=made.precedent_id).update(code="{code}")
"""
SAVED = re.compile(r"^\s*已保存 \d\d:\d\d:\d\d\s*$")
HELD = "JSON.stringify(Object.keys(localStorage).filter((key) => key.startsWith('caselib.draft:')))"


@pytest.fixture
def draft(deed, request) -> str:
    """The address of a draft of the editor's department."""
    code = "T" + format(abs(hash(request.node.name)) % 10**9, "09d")
    deed(MAKE.format(code=code))
    return f"/desk/write/{code}/"


def said(page):
    return page.locator("[data-saved]").first


def typed(page, words: str, field: str = "problem") -> None:
    page.locator(f"#f-{field}").fill(words)


def wait_saved(page) -> None:
    expect(said(page)).to_have_text(SAVED, timeout=20_000)


def text_on_server(visitor, draft: str, field: str = "problem") -> str:
    """What a page drawn anew holds."""
    page = visitor.context.new_page()
    page.goto(draft)
    words = page.locator(f"#f-{field}").evaluate("(field) => field.defaultValue")
    page.close()
    return words


def forgive(visitor, *reasons: str) -> None:
    """Complaints of the browser about what the test did on purpose."""
    visitor.complaints[:] = [each for each in visitor.complaints if not any(reason in each for reason in reasons)]


def test_what_is_typed_is_saved_and_said_to_be_with_the_time(visit, draft):
    visitor = visit(username="editor")
    page = visitor.page
    page.goto(draft)
    typed(page, "写了一句，等着")
    wait_saved(page)
    assert text_on_server(visitor, draft) == "写了一句，等着"
    assert page.evaluate(HELD) == "[]"


def test_without_network_the_words_stay_here_and_come_back_after_a_reload(visit, draft):
    visitor = visit(username="editor")
    page = visitor.page
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(draft)
    page.locator("#f-problem").click()
    page.reload()
    assert asked == []
    page.locator("#f-problem").click()
    page.route("**/autosave/", lambda route: route.abort())
    typed(page, "断网时写的")
    expect(said(page)).to_contain_text("没保存到服务器，本机留了一份")
    shot(page, "21-offline")
    assert page.evaluate(HELD) != "[]"
    page.unroute("**/autosave/")
    # Nothing may go out with the page that is left.
    page.route("**/autosave/", lambda route: route.abort())
    page.reload()
    assert asked == ["beforeunload"]
    page.unroute("**/autosave/")
    banner = page.locator('[data-notice="copy"]')
    assert "本机有一份没存上的文字" in banner.inner_text()
    banner.get_by_role("button", name="比一比").click()
    assert "断网时写的" in page.locator(".sib").first.inner_text()
    assert "开始的话" in page.locator(".sib").first.inner_text()
    shot(page, "22-copy")
    assert findings(page) == []
    banner.get_by_role("button", name="用它").click()
    wait_saved(page)
    assert text_on_server(visitor, draft) == "断网时写的"
    assert page.evaluate(HELD) == "[]"
    forgive(visitor, "ERR_FAILED")


def test_when_the_network_is_back_it_is_saved_without_a_click(visit, draft):
    visitor = visit(username="editor")
    page = visitor.page
    page.goto(draft)
    page.route("**/autosave/", lambda route: route.abort())
    typed(page, "断网时写的")
    expect(said(page)).to_contain_text("没保存到服务器")
    page.unroute("**/autosave/")
    wait_saved(page)
    assert text_on_server(visitor, draft) == "断网时写的"
    forgive(visitor, "ERR_FAILED")


def test_an_answer_that_was_lost_makes_nobody_a_rival_of_himself(visit, draft):
    visitor = visit(username="editor")
    page = visitor.page
    page.goto(draft)

    def lose(route) -> None:
        route.fetch()
        route.abort()

    page.route("**/autosave/", lose, times=1)
    typed(page, "存上了，答复丢了")
    expect(said(page)).to_contain_text("没保存到服务器")
    typed(page, "存上了，答复丢了，又写")
    wait_saved(page)
    assert text_on_server(visitor, draft) == "存上了，答复丢了，又写"
    assert page.locator('[data-notice="beside"]').count() == 0
    forgive(visitor, "ERR_FAILED")


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_two_tabs_show_both_texts_and_neither_is_lost(visit, draft, viewport):
    visitor = visit(username="editor", viewport=viewport)
    one, two = visitor.page, visitor.context.new_page()
    for page in (one, two):
        page.goto(draft)
    typed(one, "第一个窗口写的话")
    wait_saved(one)
    typed(two, "第二个窗口写的话")
    banner = two.locator('[data-notice="beside"]')
    banner.wait_for()
    assert "有人先改了" in banner.inner_text()
    assert "您在另一个窗口" in banner.inner_text()
    look = Looking(two, viewport["width"])
    look.at("23-sibling-told")
    two.goto(draft + "siblings/")
    sides = two.locator(".sides").first.inner_text()
    assert "一个窗口" in sides
    assert "二个窗口" in sides
    look.at("24-siblings")
    two.get_by_role("link", name="不要这一份").click()
    look.at("25-siblings-drop")
    two.get_by_role("link", name="留着").click()
    two.get_by_role("button", name=re.compile("用我写的.*问题描述")).click()
    assert "草稿已经存好" in two.locator(".toast").inner_text()
    look.at("26-siblings-done")
    assert text_on_server(visitor, draft) == "第二个窗口写的话"
    assert look.broken == {}


def test_who_is_signed_out_meanwhile_signs_in_again_and_goes_on(visit, draft):
    visitor = visit(username="editor")
    page, other = visitor.page, visitor.context.new_page()
    page.goto(draft)
    other.goto("/")
    other.locator(".topbar__wide").get_by_role("button", name="退出").click()
    typed(page, "登录过期时写的")
    banner = page.locator('[data-notice="account"]')
    banner.wait_for()
    assert "登录过期了" in banner.inner_text()
    assert "没保存到服务器" in said(page).inner_text()
    assert findings(page) == []
    shot(page, "27-signed-out")
    with visitor.context.expect_page() as opened:
        banner.get_by_role("link", name="去登录").click()
    again = opened.value
    again.get_by_label("账号").fill("editor")
    again.get_by_label("密码").fill(PASSWORD)
    again.get_by_role("button", name="登录").click()
    wait_saved(page)
    assert page.locator('[data-notice="account"]').count() == 0
    assert text_on_server(visitor, draft) == "登录过期时写的"
    assert page.evaluate(HELD) == "[]"
    forgive(visitor, "401", "403")


def test_nothing_goes_out_under_the_name_of_the_next_person(visit, draft):
    visitor = visit(username="editor")
    page, other = visitor.page, visitor.context.new_page()
    page.goto(draft)
    other.goto("/")
    other.locator(".topbar__wide").get_by_role("button", name="退出").click()
    for label, words in (("账号", "manager"), ("密码", PASSWORD)):
        other.get_by_label(label).fill(words)
    other.get_by_role("button", name="登录").click()
    typed(page, "前一个人写的")
    banner = page.locator('[data-notice="account"]')
    banner.wait_for()
    assert "登录的不是您" in banner.inner_text()
    other.goto(draft)
    assert other.locator('[data-notice="copy"]').count() == 0
    assert other.locator("#f-problem").input_value() == "开始的话"
    forgive(visitor, "409", "403")


def test_a_button_waits_for_the_save_and_loses_nothing_without_sign_in(visit, draft):
    visitor = visit(username="editor")
    page = visitor.page
    page.goto(draft)
    visitor.context.clear_cookies()
    typed(page, "点按钮之前写的")
    page.locator('button[name=add][value="applies_when"]').click()
    page.locator('[data-notice="account"]').wait_for()
    assert page.url.endswith(draft)
    assert page.locator("#f-problem").input_value() == "点按钮之前写的"
    forgive(visitor, "401", "403")


def test_a_row_that_is_added_has_the_caret_and_the_words_stay(visit, draft):
    visitor = visit(username="editor")
    page = visitor.page
    page.goto(draft)
    typed(page, "加行之前写的")
    page.locator('button[name=add][value="applies_when"]').click()
    page.wait_for_url("**add=applies_when**")
    expect(page.locator(":focus")).to_have_attribute("name", "applies_when")
    assert page.locator("#f-problem").input_value() == "加行之前写的"
    page.keyboard.type("前租户联系得上")
    wait_saved(page)


def test_a_basis_is_added_in_place_and_the_next_save_is_no_rival(visit, draft):
    visitor = visit(username="editor")
    page = visitor.page
    page.goto(draft)
    box = page.locator("#f-cite")
    box.fill("登记条例33")
    page.locator("#f-cite-suggest [role=option]").first.wait_for()
    box.press("ArrowDown")
    box.press("Enter")
    assert box.input_value().startswith("《")
    assert page.url.endswith(draft)
    page.locator("[data-cite-add]").click()
    page.locator("[data-cited] .list__main").first.wait_for()
    shot(page, "28-cited")
    typed(page, "加了依据以后接着写")
    wait_saved(page)
    assert page.locator('[data-notice="beside"]').count() == 0
    assert text_on_server(visitor, draft) == "加了依据以后接着写"


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_form_has_no_finding_while_it_is_written(visit, draft, viewport):
    visitor = visit(username="editor", viewport=viewport)
    page = visitor.page
    look = Looking(page, viewport["width"])
    page.goto(draft)
    typed(page, "同一铺位上前租户没有注销，新商户办不了营业执照")
    typed(page, "住所被前租户的登记占用", "blocker")
    typed(page, "很多次", "visits") if page.locator("#f-visits").is_visible() else None
    expect(said(page)).to_have_text(re.compile(r"^\s*(已保存|\d\d:)"))
    page.wait_for_timeout(500)
    look.at("29-form")
    page.goto(draft + "beside/")
    look.at("30-beside")
    assert look.broken == {}


def test_copies_of_other_people_are_not_shown_and_old_ones_go(visit, draft):
    visitor = visit(username="editor")
    page = visitor.page
    page.goto(draft)
    code = draft.split("/")[-2]
    page.evaluate(
        """(code) => {
          const copy = (at) => JSON.stringify({ at, seen: {}, fields: [["problem", "别人没存上的话"]] });
          localStorage.setItem(`caselib.draft:999999:${code}:w`, copy(Date.now()));
          localStorage.setItem(`caselib.draft:999999:other:w`, copy(Date.now() - 15 * 86400e3));
        }""",
        code,
    )
    page.reload()
    expect(page.locator("#f-problem")).to_have_value("开始的话")
    assert page.locator('[data-notice="copy"]').count() == 0
    assert "别人没存上的话" not in page.content()
    assert page.evaluate(HELD) == f'["caselib.draft:999999:{code}:w"]'


def test_a_copy_that_was_overtaken_is_kept_beside_and_overwrites_nothing(visit, draft):
    visitor = visit(username="editor")
    page, other = visitor.page, visitor.context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(draft)
    page.route("**/autosave/", lambda route: route.abort())
    typed(page, "断网时写的")
    expect(said(page)).to_contain_text("没保存到服务器")
    other.goto(draft)
    other.get_by_role("button", name="不要").click()
    typed(other, "这时别处存的")
    wait_saved(other)
    page.reload()
    page.unroute("**/autosave/")
    page.locator('[data-notice="copy"]').get_by_role("button", name="用它").click()
    page.locator('[data-notice="beside"]').wait_for()
    assert text_on_server(visitor, draft) == "这时别处存的"
    page.goto(draft + "siblings/")
    assert "断网时写的" in page.locator(".sides").first.inner_text().replace("\n", "").replace("新增：", "")
    forgive(visitor, "ERR_FAILED")


def test_names_of_the_vocabularies_are_offered_by_the_letters_that_are_typed(visit, draft):
    visitor = visit(username="editor")
    page = visitor.page
    asked: list[str] = []

    def drawn(route) -> None:
        answer = route.fetch()
        page_text = re.sub(r' data-offers="[^"]*"', "", answer.text())
        route.fulfill(
            response=answer, body=page_text.replace(" data-draft ", ' data-draft data-offers="/desk/offers/" ', 1)
        )

    def offered(route) -> None:
        asked.append(route.request.url)
        route.fulfill(json=[{"value": "7", "label": "企业设立登记", "hint": "企业开办"}])

    page.route(f"**{draft}", drawn)
    page.route("**/desk/offers/**", offered)
    page.goto(draft)
    page.locator("#f-matter").press_sequentially("qysl")
    option = page.locator("#offers option")
    expect(option).to_have_attribute("value", "企业设立登记")
    expect(option).to_have_attribute("label", "qysl：企业设立登记 · 企业开办")
    page.locator("#f-tags").fill("注销、企业")
    expect(option).to_have_attribute("value", "注销、企业设立登记")
    assert "kind=matter" in asked[0]
    assert "kind=tag" in asked[-1]
    page.unroute(f"**{draft}")
