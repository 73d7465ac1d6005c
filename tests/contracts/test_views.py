"""Every view says which methods it answers to, so that no address writes when it is only looked at."""

import inspect
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

SAFE = {"GET", "HEAD", "OPTIONS"}


def views(patterns=None) -> Iterator[tuple[str, Callable]]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            yield pattern.name, pattern.callback


def methods_of(view: Callable) -> set[str] | None:
    """What a `require_…` decorator lets through, wherever it stands among the others; None without one."""
    while view is not None:
        names = inspect.getclosurevars(view).nonlocals if inspect.isfunction(view) else {}
        if "request_method_list" in names:
            return set(names["request_method_list"])
        view = getattr(view, "__wrapped__", None)
    return None


OURS = [
    (name, view) for name, view in views() if view.__module__.startswith("caselib.") and not hasattr(view, "view_class")
]


@pytest.mark.parametrize(("name", "view"), OURS, ids=[name for name, _ in OURS])
def test_a_view_says_which_methods_it_answers_to(name, view):
    allowed = methods_of(view)
    assert allowed, f"{view.__module__}.{view.__name__}"
    assert allowed <= SAFE | {"POST"}


@pytest.mark.parametrize(("name", "view"), OURS, ids=[name for name, _ in OURS])
def test_no_view_does_without_the_token_of_its_form(name, view):
    assert not getattr(view, "csrf_exempt", False)


def test_a_post_without_a_token_is_refused():
    assert Client(enforce_csrf_checks=True).post("/account/sign-in/", {"username": "a"}).status_code == 403
