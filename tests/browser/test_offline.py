"""The offline pack in a real browser, from the disk: no server, no network, another clock."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from .conftest import NARROW, ROOT, WIDE

pytestmark = pytest.mark.browser
SAID = "之前租铺子的人没销照，我办不了执照"
TITLE = "前租户未注销致新商户办不了两证"


@pytest.fixture(scope="module")
def pack(site, environment, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("offline") / "包 一"
    manage = [sys.executable, str(ROOT / "manage.py"), "export_offline", str(folder), "--department", "D02"]
    subprocess.run(
        [*manage, "--region", "上海市虹口区"], env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )
    return folder


@pytest.fixture
def opened(browser, pack):
    """Opens a page of the pack; afterwards there was no error and no request beyond the folder."""
    complaints: list[str] = []
    contexts = []

    def make(name: str = "index.html", *, viewport=WIDE, days: int = 0, **options):
        context = browser.new_context(viewport=viewport, locale="zh-CN", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        page.on("request", lambda asked: asked.url.startswith(pack.as_uri()) or complaints.append(asked.url))
        if days:
            page.clock.install()
            page.clock.set_system_time(_in(days))
        page.goto((pack / name).as_uri())
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def _in(days: int):
    import datetime as dt

    return dt.datetime.now(dt.UTC) + dt.timedelta(days=days)


def test_a_question_in_citizens_words_finds_the_precedent_by_keyboard_alone(opened):
    page = opened(offline=True)
    page.keyboard.type(SAID)
    page.locator("#found a").first.wait_for()
    assert page.locator("#found a").first.inner_text() == TITLE
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/*.html")
    assert page.locator("h1").inner_text() == TITLE
    assert page.locator(".say__text").inner_text().startswith("“这个地址上前一家还没注销")
    page.go_back()
    page.locator("#found a").first.wait_for()
    assert page.locator("#q").input_value() == SAID


@pytest.mark.parametrize("typed", ["310109-2026-D03-0023", "３１０１０９-2026-d03-0023", "qzhwzx"])
def test_a_number_or_first_letters_find_it_too(opened, typed):
    page = opened()
    page.locator("#q").fill(typed)
    page.locator("#found a").first.wait_for()
    assert page.locator("#found a").first.inner_text() == TITLE


def test_where_nothing_fits_it_says_so(opened):
    page = opened()
    page.locator("#q").fill("火箭怎么飞去月球")
    page.locator("[data-told]:has-text('可能没有合适的')").wait_for()
    page.locator("#q").fill("<img src=x onerror=alert(1)> ' OR 1=1 " + "办" * 20_000)
    page.locator("#q").press("Enter")
    assert page.locator("#found img").count() == 0


@pytest.mark.parametrize(
    ("days", "left"),
    [(0, "7 天后过期"), (6, "1 天后过期"), (7, "今天到期"), (8, "已过期 1 天"), (400, "已过期 393 天")],
)
def test_it_says_how_long_it_holds_and_warns_on_every_page_when_it_does_not(opened, pack, days, left):
    names = ["index.html", next((pack / "p").iterdir()).relative_to(pack).as_posix()]
    for name in names:
        page = opened(name, days=days)
        assert page.locator("[data-left]").inner_text() == left
        assert page.locator("[data-expired]").is_visible() == (days > 7)
        assert page.locator("[data-clock]").is_hidden()


def test_a_clock_that_was_set_back_is_told_and_the_dates_stand_there(opened):
    page = opened(days=-400)
    assert page.locator("[data-clock]").is_visible()
    assert page.locator("[data-expired]").is_hidden()
    assert page.locator(".issued time").count() == 2


def test_without_script_the_lists_and_the_dates_are_there(opened):
    page = opened(java_script_enabled=False)
    assert page.locator("[data-left]").inner_text() == "签发后 7 天过期"
    assert page.locator("[data-noscript]").is_visible()
    page.get_by_role("link", name="企业设立登记").first.click()
    page.get_by_role("link", name=TITLE).click()
    assert page.locator("h1").inner_text() == TITLE


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_pages_have_no_fault_that_axe_finds_and_fit_the_screen(opened, pack, viewport):
    names = [
        "index.html",
        *(next((pack / part).iterdir()).relative_to(pack).as_posix() for part in ("p", "m", "c", "law")),
    ]
    for name in names:
        page = opened(name, viewport=viewport)
        if name == "index.html":
            page.locator("#q").fill(SAID)
            page.locator("#found a").first.wait_for()
        # Its look at style sheets would be a request of its own.
        found = Axe().run(page, options={"preload": False})
        assert [each["id"] for each in found.response["violations"]] == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], name


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_an_administrator_downloads_the_pack_of_the_department(visit, viewport, tmp_path):
    visitor = visit(viewport=viewport, username="manager")
    page = visitor.page
    page.goto("/desk/")
    page.get_by_role("link", name="离线包").click()
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    with page.expect_download(timeout=120_000) as started:
        page.get_by_role("button", name="做好并下载").click()
    started.value.save_as(tmp_path / "pack.zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as packed:
        assert any(name.endswith("/index.html") for name in packed.namelist())
