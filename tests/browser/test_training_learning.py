"""A learner takes a pack: decides a case before it opens, in a wide window and on a phone, by keyboard where steps are put in order,
loses the connection and the sign-in meanwhile, marks the own words, and passes. The same without script."""

import pytest
from playwright.sync_api import expect

from .conftest import NARROW, PASSWORD, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser
SEED = """
from caselib.orgs.models import User
from caselib.precedents.models import Precedent
from caselib.training.choices import QuestionKind
import itertools
from tests import factories, training_rows as rows
# Each process of the site counts from the beginning.
factories._serial = itertools.count(1000 * User.objects.count())
trainer = User.objects.get(username="trainer")
home = trainer.memberships.first().department
pack = rows.pack(owner=home, author=trainer, title="{title}", goal="当场定得下来。", pass_mark=60)
version = rows.open_version(pack)
rows.note(version, title="先看这一课")
precedent = Precedent.objects.filter(status="published", kind="precedent", audience="library").order_by("pk").first()
lesson = rows.case(version, precedent, title="先定，再对照")
kinds = [(QuestionKind.SINGLE, None), (QuestionKind.ORDER, rows.ORDER), (QuestionKind.MATCH, rows.MATCH), (QuestionKind.SHORT, None)]
rows.asked(lesson, *[rows.question(kind, body, precedent=precedent) for kind, body in kinds])
rows.publish(pack)
"""
RIGHT_ORDER = ["核对主件", "远程核验", "补验原件"]


def clean(page, viewport) -> None:
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def forgive(visitor, *expected: str) -> None:
    """What the network was made to say on purpose."""
    visitor.complaints[:] = [each for each in visitor.complaints if not any(words in each for words in expected)]


def taught(deed, name: str) -> str:
    title = f"容缺受理{name}"
    deed(SEED.format(title=title))
    return title


def put_in_order(page) -> None:
    """By keyboard alone: each step is moved up until it stands where it should."""
    steps = page.locator("[data-item]")
    for place, words in enumerate(RIGHT_ORDER):
        for _ in range(3):
            at = next(n for n in range(3) if words in steps.nth(n).inner_text())
            if at == place:
                break
            steps.nth(at).locator("[data-up]").focus()
            page.keyboard.press("Enter")
            # The focus stays with the step that moved.
            expect(steps.nth(at - 1).locator("[data-up]")).to_be_focused()
    if page.get_by_role("button", name="就排成这样").is_visible():
        page.get_by_role("button", name="就排成这样").press("Enter")
    expect(page.locator("[data-order]")).to_have_attribute("data-placed", "")


@pytest.mark.parametrize(("viewport", "name"), [(WIDE, "宽"), (NARROW, "窄")], ids=["wide", "narrow"])
def test_a_learner_decides_before_the_case_opens_and_passes(visit, deed, viewport, name):
    title = taught(deed, name)
    visitor = visit(viewport=viewport)
    page = visitor.page
    page.goto("/training/")
    clean(page, viewport)
    page.get_by_role("link", name=title).click()
    clean(page, viewport)
    page.get_by_role("button", name="开始学").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("先看这一课")
    clean(page, viewport)
    page.get_by_role("button", name="学完了").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("先定，再对照")
    clean(page, viewport)
    expect(page.get_by_text("案例里怎么办的")).to_have_count(0)

    page.get_by_label("先帮前租户注销").check()
    saved = page.locator("[data-saved]")
    expect(saved).to_contain_text("已存", timeout=10_000)
    page.context.set_offline(True)
    put_in_order(page)
    expect(saved).to_contain_text("连不上", timeout=10_000)
    page.context.set_offline(False)
    expect(saved).to_contain_text("已存", timeout=15_000)
    forgive(visitor, "ERR_INTERNET_DISCONNECTED")
    page.get_by_label("优化营商环境条例").select_option(label="第二十四条")
    page.get_by_label("行政许可法").select_option(label="第三十二条")
    page.get_by_label("第 4 题，您写的").fill("三天内补来")
    expect(saved).to_contain_text("已存", timeout=10_000)
    clean(page, viewport)
    # Another visit: what was answered is there.
    page.goto("/training/")
    page.get_by_role("link", name=title).click()
    page.get_by_role("button", name="接着学第 2 课").click()
    expect(page.get_by_label("第 4 题，您写的")).to_have_value("三天内补来")
    assert [each.split("\n")[1] for each in page.locator("[data-item]").all_inner_texts()] == RIGHT_ORDER

    page.get_by_role("button", name="我定了，对照案例").click()
    expect(page.get_by_role("heading", name="案例里怎么办的")).to_be_visible()
    clean(page, viewport)
    page.get_by_label("说了期限").check()
    page.get_by_role("button", name="差一点，按打勾的算").click()
    expect(page.get_by_text("87 分")).to_be_visible()
    expect(page.get_by_text("全部合格")).to_be_visible()
    clean(page, viewport)


def test_a_sign_in_that_is_lost_is_told_and_nothing_goes_away(visit, deed):
    title = taught(deed, "断")
    visitor = visit()
    page = visitor.page
    page.goto("/training/")
    page.get_by_role("link", name=title).click()
    page.get_by_role("link", name="先定，再对照").click()
    page.get_by_label("第 4 题，您写的").fill("第一句")
    saved = page.locator("[data-saved]")
    expect(saved).to_contain_text("已存", timeout=10_000)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.get_by_label("第 4 题，您写的").fill("第一句，第二句")
    expect(page.get_by_text("登录过期了")).to_be_visible(timeout=10_000)
    expect(page.get_by_label("第 4 题，您写的")).to_have_value("第一句，第二句")
    page.context.add_cookies(cookies)
    expect(saved).to_contain_text("已存", timeout=15_000)
    expect(page.get_by_text("登录过期了")).to_have_count(0)
    # A second window is told, and may decide.
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("第 4 题，您写的").fill("另一个窗口")
    expect(other.locator("[data-saved]")).to_contain_text("已存", timeout=10_000)
    page.get_by_label("第 4 题，您写的").fill("这一个窗口")
    expect(page.get_by_text("另一个窗口先了一步")).to_be_visible(timeout=10_000)
    page.get_by_role("button", name="用这一页的").click()
    expect(saved).to_contain_text("已存", timeout=10_000)
    other.reload()
    expect(other.get_by_label("第 4 题，您写的")).to_have_value("这一个窗口")
    forgive(visitor, "status of 401", "status of 403", "status of 409")


def test_without_script_places_are_chosen_and_a_button_saves(visit, deed):
    title = taught(deed, "无脚本")
    page = visit(java_script_enabled=False, signed_in=False).page
    page.goto("/account/sign-in/")
    page.get_by_label("账号").fill("window")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.goto("/training/")
    page.get_by_role("link", name=title).click()
    page.get_by_role("link", name="先定，再对照").click()
    page.get_by_label("先帮前租户注销").check()
    for place, words in enumerate(RIGHT_ORDER, 1):
        page.get_by_label(f"排第几：{words}").select_option(str(place))
    page.get_by_role("button", name="先存着，下次再答").click()
    expect(page.get_by_text("存好了，下次接着答")).to_be_visible()
    expect(page.get_by_label("排第几：补验原件")).to_have_value("3")
    page.get_by_role("button", name="我定了，对照案例").click()
    expect(page.get_by_text("第 3、4 题没有答全")).to_be_visible()
    page.get_by_label("空着的不答了").check()
    page.get_by_role("button", name="我定了，对照案例").click()
    expect(page.get_by_text("50 分", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="案例里怎么办的")).to_be_visible()
