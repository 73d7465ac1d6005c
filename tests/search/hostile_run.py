"""The run of `tests.search.hostile`: needs settings that name a data folder to be thrown away."""

import argparse
import heapq
import sys
import time
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402 (models need Django set up)
from django.test import Client  # noqa: E402

from caselib.orgs.models import User  # noqa: E402
from caselib.orgs.scope import scope_of  # noqa: E402
from caselib.search.live import preload  # noqa: E402
from caselib.search.selectors import results_for_page  # noqa: E402
from caselib.search.suggestions.selectors import suggestions_for  # noqa: E402
from tests.bench.one import build, signed_in  # noqa: E402

from .hostile import hostile_texts, in_an_address, injected, told  # noqa: E402

# Every so many go through the pages as well: a page costs ten times as much as its results.
_PAGED = 200
_TOLD = 10_000
_SLOWEST = 8


def _on_pages(client: Client, text: str) -> list[str]:
    """What is wrong with the pages for a text."""
    wrong = []
    for page in ("/search/", "/search/suggest"):
        answer = client.get(page, QUERY_STRING=f"q={in_an_address(text)}")
        if answer.status_code >= 500:
            wrong.append(f"{page}: {answer.status_code}")
        wrong += [f"{page}: {what}" for what in injected(answer.content.decode())]
    return wrong


def run(count: int, *, seed: int, size: int) -> int:
    """Asks `count` questions; builds a library of `size` first, unless 0. Prints, and returns 1 for any that failed."""
    if size:
        build(argparse.Namespace(size=size, queries=1, texts=None, folder=Path(settings.CASELIB_DATA_DIR)))
    settings.DEBUG = False
    client = signed_in("window")
    scope = scope_of(User.objects.get(username="window"))
    preload()
    times: list[float] = []
    slowest: list[tuple[float, str]] = []
    wrong: list[str] = []
    for number, text in enumerate(hostile_texts(count, seed=seed), 1):
        began = time.perf_counter()
        results_for_page(scope=scope, text=text)
        suggestions_for(scope, text)
        times.append(time.perf_counter() - began)
        keep = heapq.heappush if len(slowest) < _SLOWEST else heapq.heappushpop
        keep(slowest, (times[-1], text))
        if number % _PAGED == 0:
            wrong += [f"{text[:60]!a}: {what}" for what in _on_pages(client, text)]
        if number % _TOLD == 0:
            sys.stdout.writelines(f"{line}\n" for line in (f"{number:,}", *told(times, [])))
            sys.stdout.flush()
    sys.stdout.writelines(f"{line}\n" for line in (*told(times, sorted(slowest, reverse=True)), *wrong))
    sys.stdout.write(f"{count:,} strings, {count // _PAGED:,} of them on pages, {len(wrong)} wrong.\n")
    return 1 if wrong else 0
