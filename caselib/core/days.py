"""A day as people type it: 2026-07-01, 2026.7.1, ２０２６年７月１日, 二〇二六年七月一日. Nothing is guessed."""

import datetime as dt
import re

from django.utils.translation import gettext

from .errors import RuleBroken
from .text import chinese_int, normalise

FIRST_YEAR, LAST_YEAR = 1900, 2199
_EXAMPLE = "写成 2026-07-01 或 2026年7月1日"
_NUMERALS = str.maketrans("零〇○一二三四五六七八九", "000123456789")
_FIGURES = re.compile(r"(\d{4})\s*([-./年])\s*(\d{1,2})\s*([-./月])\s*(\d{1,2})\s*日?")
_TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CHINESE = re.compile(r"([零〇○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日")
_SEPARATED = {"-": "-", ".": ".", "/": "/", "年": "月"}


def read_day(typed: str, *, field: str = "") -> dt.date | None:
    """The day that was typed, None for nothing. Raises RuleBroken for what is no whole day, and for a day that is none."""
    text = normalise(typed).strip()
    if not text:
        return None
    parts = _parts(text)
    if parts is None:
        raise RuleBroken(
            gettext("“{value}”看不出是哪一天，{example}。").format(value=typed.strip()[:30], example=_EXAMPLE),
            code="no_day",
            field=field,
        )
    try:
        day = dt.date(*parts)
    except ValueError:
        raise RuleBroken(
            gettext("没有“{value}”这一天，请核对月和日。").format(value=typed.strip()[:30]), code="no_day", field=field
        ) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise RuleBroken(
            gettext("“{value}”的年份不对，请核对。").format(value=typed.strip()[:30]), code="no_day", field=field
        )
    return day


def _parts(text: str) -> tuple[int, int, int] | None:
    if match := _FIGURES.fullmatch(text):
        # 2026.7-1 is more likely two things run together than a day.
        is_even = _SEPARATED[match[2]] == match[4]
        return (int(match[1]), int(match[3]), int(match[5])) if is_even else None
    if match := _TOGETHER.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _CHINESE.fullmatch(text):
        return int(match[1].translate(_NUMERALS)), chinese_int(match[2]) or 0, chinese_int(match[3]) or 0
    return None
