"""The lists that the rules look things up in, read once from `data/`."""

import functools
from importlib import resources


@functools.cache
def words(name: str) -> frozenset[str]:
    """The words of one list: parted by blanks, with # a line of comment."""
    lines = resources.files(__package__).joinpath(f"data/{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def any_of(name: str) -> str:
    """The words of one list as a piece of a pattern, longer ones first."""
    return "|".join(sorted(words(name), key=lambda word: (-len(word), word)))
