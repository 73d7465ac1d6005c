"""Fifty people at once on two workers of the server that a hall runs, on this machine alone."""

import http.client
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.test import Client
from django.urls import reverse

PEOPLE = 50
QUESTIONS = 8
WORKERS = 2
# Seconds: for the server to be there, for one page, and between two questions of one person at most.
STARTING = 60.0
WAITING = 30.0
READING = 4.0


@contextmanager
def served() -> Iterator[int]:
    """The site of this process behind gunicorn; yields the port, ends the server afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{port}"]
    environment = os.environ | {"CASELIB_WEB_WORKERS": str(WORKERS)}
    root = Path(settings.BASE_DIR)
    server = subprocess.Popen([*command, "caselib.wsgi"], cwd=root, env=environment, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + STARTING
        while _status(port, reverse(settings.LOGIN_URL), "") != 200:
            if time.monotonic() > until or server.poll() is not None:
                raise RuntimeError("the server did not start")
            time.sleep(0.2)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=STARTING)


def crowd_times(client: Client, queries: Sequence[str], address: str) -> dict[str, Any]:
    """Milliseconds of each page: `crowd` where nobody pauses, `crowd_reading` where each reads before asking again.

    `crowd_failed`: how many pages of both failed.
    """
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    pages = [f"{address}?q={quote(queries[number % len(queries)])}" for number in range(PEOPLE * QUESTIONS)]
    told: dict[str, Any] = {"crowd_failed": 0}
    with served() as port, ThreadPoolExecutor(PEOPLE) as people:
        for page in pages[: 4 * WORKERS]:
            _status(port, page, cookie)
        for name, longest in (("crowd", 0.0), ("crowd_reading", READING)):
            asked = [people.submit(_person, port, pages[number::PEOPLE], cookie, longest) for number in range(PEOPLE)]
            answers = [answer for each in asked for answer in each.result()]
            told[name] = [taken for taken, _ in answers]
            told["crowd_failed"] += sum(status != 200 for _, status in answers)
    return told


def _person(port: int, pages: Sequence[str], cookie: str, longest: float) -> list[tuple[float, int]]:
    chance = random.Random(pages[0])  # noqa: S311 (the same pauses every time)
    told = []
    for page in pages:
        time.sleep(chance.uniform(0, longest))
        began = time.perf_counter()
        status = _status(port, page, cookie)
        told.append(((time.perf_counter() - began) * 1000, status))
    return told


def _status(port: int, address: str, cookie: str) -> int:
    """The status of a page that was read to its end; 0 where no answer came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=WAITING)
    try:
        connection.request("GET", address, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
