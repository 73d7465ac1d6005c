"""What people type into a pack, as it may be kept: without control characters and personal data, never cut in silence."""

import unicodedata

from django.utils.translation import gettext

from caselib.core.errors import RuleBroken
from caselib.core.personal_data import mask
from caselib.core.text import clean


def line_kept(typed: str, *, name: str, field: str, longest: int, required: bool = False) -> str:
    """One line. Raises RuleBroken for none where one is needed, and for too long a one, before anything is masked."""
    line = " ".join(clean(typed).split())
    _refuse_long(line, name, field, longest)
    if required and not line:
        raise RuleBroken(gettext("没有存：还没有写{name}。").format(name=name), code="required", field=field)
    # A number may get longer when it is masked.
    return mask(line)[:longest].strip()


def markdown_kept(typed: str, *, name: str, field: str, longest: int) -> str:
    """A text with its line breaks and the blanks in front of its lists. Raises RuleBroken for too long a one."""
    text = clean(typed)
    _refuse_long(text, name, field, longest)
    return mask("\n".join(line.rstrip() for line in text.split("\n"))).strip("\n")[:longest]


def number_kept(typed: str, *, name: str, field: str, least: int, most: int) -> int:
    """A whole number, in whatever digits it was typed; nothing is 0. Raises RuleBroken for what is none or out of bounds."""
    text = unicodedata.normalize("NFKC", clean(typed)).strip() or "0"
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
    if not least <= number <= most:
        raise RuleBroken(
            gettext("没有存：{name}要写 {least} 到 {most} 的整数。写的都在。").format(
                name=name, least=least, most=most
            ),
            code="bad_number",
            field=field,
        )
    return number


def _refuse_long(text: str, name: str, field: str, longest: int) -> None:
    if len(text) > longest:
        raise RuleBroken(
            gettext("没有存：{name}最多 {longest:,} 个字，现在 {count:,} 个。写的都在。").format(
                name=name, longest=longest, count=len(text)
            ),
            code="too_long",
            field=field,
        )
