"""The lists of words that reading and drafting look things up in, read once from `data/`."""

import functools
from importlib import resources


@functools.cache
def table(name: str) -> dict[str, tuple[str, ...]]:
    """Words by head, in the order of the file: `head: word word`, with # a line of comment."""
    lines = resources.files(__package__).joinpath(f"data/{name}.txt").read_text(encoding="utf-8").splitlines()
    split = [line.partition(":") for line in lines if line and not line.startswith("#")]
    return {head.strip(): tuple(words.split()) for head, _, words in split}
