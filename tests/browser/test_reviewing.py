"""From the queue to a number: a reviewer remarks, sends back and approves; the author answers; readers find the history."""

import json
import subprocess
import sys

import pytest

from .conftest import NARROW, ROOT, WIDE
from .test_access import findings

pytestmark = pytest.mark.browser


@pytest.fixture
def waiting(site, environment) -> list[str]:
    """Codes of a first text and of a change, both in review."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.browser.texts_waiting"],
        env=environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(made.stdout.strip().splitlines()[-1])


def test_a_text_is_remarked_on_answered_and_published_with_its_number(visit, waiting):
    first, change = waiting
    page, author = visit(username="reviewer").page, visit(username="editor").page
    page.goto("/desk/review/")
    page.locator(f'a[href="/desk/review/{first}/"]').click()
    page.wait_for_url(f"**/desk/review/{first}/")
    gist = page.locator("#s-gist")
    gist.locator("summary").click()
    gist.get_by_label("对“办理要旨”的批注").fill("谁来换号？")
    gist.get_by_role("button", name="记下批注").click()
    page.wait_for_url("**#s-gist")

    author.goto(f"/desk/review/{first}/")
    author.get_by_label("答复").fill("大厅值班长。")
    author.get_by_role("button", name="记下答复").click()
    author.wait_for_url("**#c-*")
    assert author.get_by_role("button", name="通过，发布").count() == 0

    page.reload()
    assert "大厅值班长。" in page.locator("#s-gist").inner_text()
    page.get_by_label("理由").fill("核对过，可以入库")
    page.get_by_role("button", name="通过，发布").click()
    page.locator(".settled__number").wait_for()
    number = page.locator(".settled__number").inner_text()
    assert number.split("-")[2] == "D03"
    assert page.get_by_role("link", name="审下一件").get_attribute("href").startswith("/desk/review/")

    page.goto(f"/desk/review/{change}/")
    page.get_by_label("实质改动").check()
    page.get_by_label("理由").fill("规定核过")
    page.get_by_role("button", name="通过，发布").click()
    page.locator("#wrong").wait_for()
    assert "认不出是谁" in page.locator("#wrong").inner_text()
    assert page.get_by_label("理由").input_value() == "规定核过"
    page.get_by_label("看过，认不出是谁").check()
    page.get_by_role("button", name="通过，发布").click()
    page.locator(".settled__number").wait_for()

    page.goto(f"/desk/review/history/{change}/")
    assert "实质改动" in page.locator(".version").first.inner_text()


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_page_of_a_review_has_a_finding_or_is_cut_off(visit, viewport, waiting):
    page = visit(viewport=viewport, username="reviewer").page
    broken = {}
    addresses = ["/desk/review/", *(f"/desk/review/{code}/" for code in waiting)]
    addresses += [f"/desk/review/history/{waiting[1]}/", f"/desk/review/history/{waiting[1]}/compare/"]
    for address in addresses:
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        if found := findings(page):
            broken[address] = found
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert broken == {}
