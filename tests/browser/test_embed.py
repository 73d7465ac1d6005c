"""The panel inside the window of another system, in a real browser: framed where that is allowed, and blocked where not."""

import contextlib
import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from .conftest import ROOT, _free_port, _wait_for

TICKET = """
from caselib.connect.clients.calling import caller_of
from caselib.connect.clients.models import Deed
from caselib.connect.clients.services import client_create, token_issue
from caselib.connect.embed.tickets import embed_ticket
from caselib.orgs.models import Department, Role, User
from caselib.orgs.scope import scope_of
manager = User.objects.get(username="manager")
scope = scope_of(manager)
department = Department.objects.get(pk=next(iter(scope.departments_with(Role.DEPARTMENT_ADMIN))))
client = client_create("window of a district", scope=scope, department=department, deeds=[Deed.EMBED])
print(embed_ticket(caller_of(token_issue(client, scope=scope)[1], deed=Deed.EMBED)))
"""


@contextlib.contextmanager
def window_system(framed: str, width: int) -> Iterator[str]:
    """The page of another system on another port with the panel in a frame."""
    page = f"""<!doctype html><html lang="zh"><title>综窗平台</title><h1>综窗平台</h1>
      <iframe title="案例库" src="{framed}" width="{width}" height="700" allow="clipboard-write"></iframe></html>"""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def open_site(site, environment) -> Iterator[str]:
    """The same site once more, with a list of who may frame the panel."""
    port = _free_port()
    allowed = {**environment, "CASELIB_EMBED_ANCESTORS": "http://127.0.0.1:*"}
    manage = [sys.executable, str(ROOT / "manage.py"), "runserver", f"127.0.0.1:{port}", "--noreload"]
    with (Path(environment["CASELIB_DATA_DIR"]) / "open.log").open("wb") as log:
        server = subprocess.Popen(manage, env=allowed, cwd=ROOT, stdout=log, stderr=log)
        try:
            _wait_for(f"http://127.0.0.1:{port}/account/sign-in/", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


@pytest.fixture(scope="module")
def ticket(site, environment) -> str:
    manage = [sys.executable, str(ROOT / "manage.py"), "shell", "-v", "0", "-c", TICKET]
    done = subprocess.run(
        manage, env={**os.environ, **environment}, cwd=ROOT, check=True, capture_output=True, text=True
    )
    return done.stdout.strip().splitlines()[-1]


@pytest.mark.parametrize("width", [390, 480])
def test_a_window_searches_reads_and_copies_within_its_own_system(browser, open_site, ticket, width):
    with window_system(f"{open_site}/embed/search?q=前租户没注销&t={ticket}", width) as address:
        context = browser.new_context(locale="zh-CN", permissions=["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.goto(address)
        panel = page.frame_locator("iframe")
        panel.locator(".ehit").first.wait_for()
        assert panel.locator(".ehit").count() <= 5
        frame = page.frames[1]
        assert frame.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert Axe().run(frame).response["violations"] == []
        panel.get_by_role("searchbox").fill("营业执照丢了怎么补")
        panel.get_by_role("searchbox").press("Enter")
        frame.wait_for_url("**q=%E8%90%A5%E4%B8%9A**")
        copy = panel.get_by_role("button", name="复制口径").first
        if not copy.is_visible():
            panel.locator(".ehit:has([data-copy]) summary").first.click()
        copy.click()
        panel.get_by_text("口径已复制").wait_for()
        assert context.cookies() == []
        with context.expect_page() as opened:
            panel.locator(".ehit__title a").first.click()
        assert ticket not in opened.value.url
        assert opened.value.evaluate("document.referrer") == ""
        context.close()


def test_a_system_that_is_not_on_the_list_gets_an_empty_frame(browser, site, ticket):
    with window_system(f"{site}/embed/search?q=前租户没注销&t={ticket}", 420) as address:
        context = browser.new_context(locale="zh-CN")
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(address)
        page.wait_for_timeout(500)
        assert page.frame_locator("iframe").locator(".ehit").count() == 0
        assert any("frame-ancestors" in text or "X-Frame-Options" in text for text in said)
        context.close()


def test_without_script_the_panel_searches_and_shows_everything(browser, open_site, ticket):
    context = browser.new_context(locale="zh-CN", java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{open_site}/embed/search?t={ticket}")
    page.get_by_role("searchbox").fill("前租户没注销")
    page.get_by_role("button", name="查", exact=True).click()
    assert page.locator(".ehit").count() > 0
    assert page.locator(".esay__text").first.is_visible()
    assert page.locator("[data-copy]:visible").count() == 0
    context.close()
