"""Addresses of the page of results, for what leads back to it."""

from urllib.parse import urlencode

from django.urls import reverse

# A longer address is refused as a redirect, and by some proxies: then the question that was kept leads back.
_LONGEST = 2000


def results_address(typed: str, *, kept: str, asked: str = "") -> str:
    """Where a click on the page of results leads back to; never outside of it, never longer than 2,000 characters or `kept`.

    `asked`: the address that the click came from, its filters with it. `kept`: the question as it was written down, at
    most 300 characters.
    """
    results = reverse("search:results")
    for way in (asked, f"{results}?{urlencode({'q': typed}, errors='replace')}"):
        if way.startswith(f"{results}?") and len(way) <= _LONGEST:
            return way
    return f"{results}?{urlencode({'q': kept}, errors='replace')}"
