"""Library numbers and codes of service matters in any spelling: blanks, other dashes, leading zeros left out."""

import re
from collections.abc import Iterator

from caselib.search.engine.port import EXACT, WORDS

_DASH = r"\s*[-_‐‑‒–—―−./·]\s*"
_LIBRARY = re.compile(
    rf"(?<![a-z0-9])(\d{{6}})(?:{_DASH}|\s+)(\d{{4}})(?:{_DASH}|\s+)([a-z0-9]{{2,6}})(?:{_DASH}|\s+)(\d{{1,6}})(?![a-z0-9])"
)
# The same in one piece; the serial is the last four digits, as it nearly always is.
_IN_ONE = re.compile(r"(?<![a-z0-9])(\d{6})(20\d{2})([a-z][a-z0-9]{1,5})(\d{4})(?![a-z0-9])")
# Basic codes of matters (GB/T 39554.1) have 12 characters, implementing codes 31; people part them by blanks or dashes.
_MATTER = re.compile(r"(?<![a-z0-9])[a-z0-9](?:[\s-]?[a-z0-9]){8,34}(?![a-z0-9])")
_MATTER_LENGTHS = frozenset({12, 31})
_DIGITS_AT_LEAST = 6
# More than these is a list that somebody pasted.
_MOST = 8


def code_tokens(text: str) -> Iterator[tuple[str, str]]:
    """(field, token) of the numbers and codes in a text in normal form, as the index has them."""
    for match in [*_LIBRARY.finditer(text), *_IN_ONE.finditer(text)][:_MOST]:
        region, year, kind, serial = match.groups()
        yield EXACT, f"no:{region}-{year}-{kind.upper()}-{int(serial):04d}"
    for match in list(_MATTER.finditer(text))[:_MOST]:
        code = re.sub(r"[\s-]", "", match[0])
        if len(code) in _MATTER_LENGTHS and sum(map(str.isdigit, code)) >= _DIGITS_AT_LEAST:
            yield WORDS, code
