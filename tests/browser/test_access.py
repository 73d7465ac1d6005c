"""Every page for everybody: no finding of axe, nothing cut off, at any width, zoom and contrast."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from .conftest import NARROW, WIDE

pytestmark = pytest.mark.browser
# 200 % zoom of a window of 1440 pixels, and the narrowest that WCAG 1.4.10 asks for.
ZOOMED = {"width": 720, "height": 450}
SMALLEST = {"width": 320, "height": 640}
ADDRESSES = (
    "/", "/search/?q=之前租铺子的人没销照，我办不了执照", "/search/?q=执照&cause=材料缺失", "/search/?q=zzzzqqqq", "/matters/",
    "/policies/", "/notices/", "/p/nothing/",
)  # fmt: skip


def addresses(page) -> list[str]:
    """Every kind of page; those with codes in their address are found by walking."""

    def first(selector: str) -> str:
        return page.locator(selector).first.get_attribute("href")

    def precedent(question: str) -> str:
        page.goto(f"/search/?q={question}")
        return first("[data-open]")

    found = [
        precedent(words)
        for words in ("前租户未注销致新商户办不了两证", "反映小区停车难", "缺新任法定代表人身份证原件容缺办变更")
    ]
    page.goto(found[0])
    policy = first("#basis .cite__no")
    matter = first(".crumbs a[href^='/matters/']")
    return [*ADDRESSES, *found, policy.partition("#")[0], matter]


def findings(page) -> list[str]:
    return [
        f"{found['id']}: {node['html'][:120]}"
        for found in Axe().run(page).response["violations"]
        for node in found["nodes"]
    ]


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_page_has_a_finding(visit, viewport):
    page = visit(viewport=viewport).page
    broken = {}
    for address in addresses(page):
        page.goto(address)
        if found := findings(page):
            broken[address] = found
    assert broken == {}


def test_high_contrast_has_no_finding_either(visit):
    page = visit(username="trainer").page
    page.locator(".topbar__wide").get_by_role("button", name="高对比").click()
    assert page.locator("html").get_attribute("data-contrast") == "more"
    broken = {}
    for address in addresses(page):
        page.goto(address)
        if found := findings(page):
            broken[address] = found
    assert broken == {}


def test_sign_in_has_no_finding_before_and_after_a_mistake(visit):
    page = visit(signed_in=False).page
    page.goto("/account/sign-in/")
    assert findings(page) == []
    page.get_by_label("账号").fill("nobody")
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="登录").click()
    assert page.get_by_role("alert").is_visible()
    assert findings(page) == []


def test_open_menus_and_dialogs_have_no_finding(visit):
    page = visit(viewport=NARROW).page
    page.locator(".menu > summary").click()
    assert findings(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert findings(page) == []


@pytest.mark.parametrize("viewport", [WIDE, ZOOMED, NARROW, SMALLEST], ids=["wide", "zoomed", "narrow", "smallest"])
def test_nothing_is_wider_than_the_window(visit, viewport):
    page = visit(viewport=viewport).page
    wider = {}
    for address in addresses(page):
        page.goto(address)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > viewport["width"]:
            wider[address] = width
    assert wider == {}
