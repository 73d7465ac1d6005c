"""Exact tokens that stand for things of the database rather than for words: the same for index and query."""

from collections.abc import Iterator


def law_token(code: str, article: str = "") -> str:
    """A policy that is cited, or one of its articles (条/款/项)."""
    return f"law:{code}/{article}" if article else f"law:{code}"


def basis_token(code: str, article: str = "") -> str:
    """The same where it is what a precedent rests on, rather than compares or sets itself apart from."""
    return f"basis:{code}/{article}" if article else f"basis:{code}"


def own_token(number: str) -> str:
    """The precedent that bears a library number, rather than one that mentions it. `number`: as `library_numbers` gives it."""
    return f"own:{number}"


def article_steps(article: str) -> Iterator[str]:
    """33/2/3 as 33, 33/2, 33/2/3: an item stands in its article."""
    steps = article.split("/")
    for depth in range(len(steps)):
        yield "/".join(steps[: depth + 1])
