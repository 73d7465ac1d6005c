"""What people type into the forms of this package, as it may be stored: short, in one line, without personal data."""

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from caselib.core.errors import RuleBroken
from caselib.core.personal_data import find, mask
from caselib.core.text import clean, normalise

_SALT = "caselib.reuse.case_number"
SHORTEST_CASE, LONGEST_CASE = 6, 64
# From this length on, the beginning (as a rule place and year) and the end show; less of what is shorter.
_LONG_CASE = 10
# Of these, what is a number has so many at least.
_FEWEST_FIGURES = 4


def line_kept(typed: str, *, longest: int, field: str, name: str) -> str:
    """One line without personal data. Raises RuleBroken for more than `longest` characters: nothing is cut silently."""
    line = " ".join(clean(typed).split())
    if len(line) > longest:
        raise RuleBroken(
            gettext("{name}最多 {longest} 字，现在 {count} 字。").format(name=name, longest=longest, count=len(line)),
            code="too_long",
            field=field,
        )
    # A kind in the place of a short name is longer than the name.
    return mask(line)[:longest]


def case_kept(typed: str) -> tuple[str, str]:
    """(办件编号 as it may be shown, the mark by which the same one is known); two empty strings for none.

    Never more than six characters of it are shown, two of what may be a number of a person, and none of what begins like words:
    a name that was typed into the wrong box stays out of it. Raises RuleBroken for what
    is too short or too long to be one.
    """
    bare = "".join(character for character in normalise(typed) if character.isalnum()).upper()
    if not bare:
        return "", ""
    if not SHORTEST_CASE <= len(bare) <= LONGEST_CASE:
        message = (
            f"办件编号是 {SHORTEST_CASE} 到 {LONGEST_CASE} 个字母和数字，现在 {len(bare)} 个。写全，或者空着不写。"
        )
        raise RuleBroken(message, code="bad_case_number", field="case_number")
    return _shown(bare), salted_hmac(_SALT, bare, algorithm="sha256").hexdigest()


def _shown(bare: str) -> str:
    if find(bare) or not _is_coded(bare):
        return f"…{bare[-2:]}" if bare[-2:].isascii() else "…"
    if len(bare) < _LONG_CASE:
        return f"{bare[:2]}…{bare[-1:]}"
    return f"{bare[:4]}…{bare[-2:]}"


def _is_coded(bare: str) -> bool:
    """Whether it begins like a case number: after two characters of an office at the most, with a letter or a figure."""
    return bare[2:].isascii() and bool(bare[2:]) and sum(each.isdigit() for each in bare) >= _FEWEST_FIGURES
