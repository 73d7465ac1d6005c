"""A site of its own with the starter library, served by a process of its own, and a browser to walk through it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
PASSWORD = "hall-demo-2026"
STARTUP_SECONDS = 60
WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _wait_for(address: str, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + STARTUP_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"The site stopped with {server.returncode} before it answered.")
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 (our own address)
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"The site did not answer within {STARTUP_SECONDS} seconds.")


@pytest.fixture(scope="session")
def environment(tmp_path_factory) -> dict[str, str]:
    """What the processes of the site run in; CASELIB_DATA_DIR is its folder."""
    folder = tmp_path_factory.mktemp("site")
    environment = {**os.environ, "CASELIB_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "caselib.settings.dev"}
    # Vectors of the whole starter library take longer than all journeys together.
    environment.setdefault("CASELIB_EMBEDDING", "off")
    # The test settings set it for this process; the site has to be like a real one.
    environment.pop("CASELIB_DEBUG", None)
    return environment


@pytest.fixture(scope="session")
def site(environment) -> Iterator[str]:
    """The address of the running site."""
    folder = Path(environment["CASELIB_DATA_DIR"])
    manage = [sys.executable, str(ROOT / "manage.py")]
    made = (
        ["migrate", "-v0"],
        ["collectstatic", "--noinput", "-v0"],
        ["load_starter"],
        ["flag_stale"],
        ["search_rebuild"],
    )
    for command in made:
        subprocess.run([*manage, *command], env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    port = _free_port()
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [*manage, "runserver", f"127.0.0.1:{port}", "--noreload"], env=environment, cwd=ROOT, stdout=log, stderr=log
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/account/sign-in/", server)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=20)


@pytest.fixture
def deed(site, environment):
    """Runs lines of Python in a process beside the running site: what somebody else does meanwhile."""

    def run(lines: str) -> None:
        manage = [sys.executable, str(ROOT / "manage.py"), "shell", "-v", "0", "-c", lines]
        subprocess.run(manage, env=environment, cwd=ROOT, check=True)

    return run


@pytest.fixture
def nothing_told(deed) -> None:
    """What journeys before this one asked or were assigned is counted in no header."""
    deed(
        "from caselib.orgs.models import Department, User\n"
        "User.objects.update(has_asked=False)\nDepartment.objects.update(has_training=False)"
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


class Visitor:
    """A person at a browser. `complaints` are the console's errors, faults of scripts and calls to other hosts."""

    def __init__(self, browser: Browser, site: str, **options) -> None:
        self.site = site
        self.complaints: list[str] = []
        self.context: BrowserContext = browser.new_context(base_url=site, locale="zh-CN", **options)
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("console", self._console)
        self.page.on("request", self._request)

    def _console(self, message) -> None:
        # A page that is not there, or a form that is refused, is told as an error of the network; its own test expects it.
        if message.type == "error" and not any(status in message.text for status in ("404", "422")):
            self.complaints.append(f"console: {message.text}")

    def _request(self, request) -> None:
        if not request.url.startswith((self.site, "data:")):
            self.complaints.append(f"another host: {request.url}")

    def sign_in(self, username: str = "window") -> None:
        self.page.goto("/account/sign-in/")
        self.page.get_by_label("账号").fill(username)
        self.page.get_by_label("密码").fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        self.page.wait_for_url(f"{self.site}/")

    def search(self, words: str) -> None:
        self.page.goto("/")
        self.page.locator("[data-search]").fill(words)
        self.page.locator("[data-search]").press("Enter")
        self.page.wait_for_url("**/search/**")

    def open_first(self) -> None:
        self.page.locator("[data-open]").first.click()
        self.page.wait_for_url("**/p/**")


@pytest.fixture
def visit(browser, site):
    """Makes visitors; afterwards none of them may have had anything to complain about."""
    visitors: list[Visitor] = []

    def make(*, viewport=WIDE, signed_in: bool = True, username: str = "window", **options) -> Visitor:
        visitor = Visitor(browser, site, viewport=viewport, **options)
        visitors.append(visitor)
        if signed_in:
            visitor.sign_in(username)
        return visitor

    yield make
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    for visitor in visitors:
        visitor.context.close()
    assert complaints == []
