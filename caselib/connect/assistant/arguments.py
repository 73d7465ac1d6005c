"""The arguments of a question, read without trust: a program that was led by a text may send anything."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from caselib.core.dates import read_day
from caselib.core.errors import RuleBroken
from caselib.core.text import clean

from .faults import BAD_ARGUMENT

LONGEST_QUESTION = 20_000
LONGEST_NAME = 200
MOST = 10
USUAL = 5


class Arguments:
    """What was sent to one tool. Each reader raises RuleBroken naming its argument."""

    def __init__(self, sent: Mapping[str, Any], known: tuple[str, ...]) -> None:
        """Raises RuleBroken for an argument that the tool does not have."""
        self._sent = sent
        unknown = sorted(str(name)[:40] for name in set(sent) - set(known))
        if unknown:
            raise _wrong(
                "没有“{}”这个参数。可以写的有：{}。".format("、".join(unknown[:3]), "、".join(known)), unknown[0]
            )

    def text(self, name: str, *, longest: int = LONGEST_NAME, required: bool = True) -> str:
        """A text without control characters, blanks around it taken off."""
        value = self._sent.get(name)
        if value is None or value == "":
            value = ""
        if not isinstance(value, str):
            raise _wrong(f"参数 {name} 要写成文字。", name)
        if len(value) > longest:
            raise RuleBroken(
                gettext("参数 {name} 有 {count} 个字，最多 {longest} 个。缩短后再问。").format(
                    name=name, count=len(value), longest=longest
                ),
                code="too_long",
                field=name,
            )
        # A lone surrogate is no text: it can be neither searched for nor sent back.
        text = clean(value.encode("utf-8", "ignore").decode()).strip()
        if required and not text:
            raise _wrong(f"参数 {name} 没有写。", name)
        return text

    def number(self, name: str, *, usual: int, most: int) -> int:
        """A whole number from 1 to `most`."""
        value = self._sent.get(name)
        if value is None:
            return usual
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
            raise _wrong(f"参数 {name} 要写 1 到 {most} 的整数。", name)
        return value

    def day(self, name: str, *, today: dt.date) -> dt.date:
        """A day; none was sent: today."""
        day, error = read_day(self.text(name, required=False))
        if error:
            raise _wrong(error, name)
        return day or today


def _wrong(message: str, field: str) -> RuleBroken:
    return RuleBroken(message, code=BAD_ARGUMENT, field=field)
