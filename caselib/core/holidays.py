"""Holidays and 调休 as they were announced (国务院办公厅关于部分节假日安排的通知, one a year), out of `chinesecalendar`.

The library ships one table for each year and knows a year when a release of it does; until then a hall enters the notice itself
(`caselib.core.models.CalendarDay`).
"""

import datetime as dt
from collections.abc import Iterable
from functools import cache

from chinese_calendar import constants

# The seven that each notice names; a year is entered when all of them are. 待核：《全国年节及纪念日放假办法》现行条文。
FESTIVALS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
NAME_LENGTH = 32
# What the library calls them shorter than the notices do.
_NAMES = {"清明": "清明节", "端午": "端午节", "中秋": "中秋节"}


@cache
def announced() -> dict[dt.date, tuple[bool, str]]:
    """Every day that is not as its weekday says or belongs to a festival: (is it worked on, name of the festival)."""
    names = {holiday.value: _NAMES.get(holiday.chinese, holiday.chinese) for holiday in constants.Holiday}
    days = {day: (False, names.get(name, name)) for day, name in constants.holidays.items()}
    return days | {day: (True, names.get(name, name)) for day, name in constants.workdays.items()}


@cache
def announced_years() -> frozenset[int]:
    """The years that the library knows, without a gap."""
    years = {day.year for day in constants.holidays}
    return frozenset(range(min(years), max(years) + 1))


def festivals_missing(year: int, named: Iterable[tuple[dt.date, str]]) -> tuple[str, ...]:
    """Festivals of a year that no holiday of it names. `named`: holidays with what they are called (国庆节、中秋节).

    A New Year's Day that reaches back into December belongs to the year that it begins.
    """
    told = "、".join(name for day, name in named if (day.year if day.month < 12 else day.year + 1) == year)
    return tuple(name for name in FESTIVALS if name.removesuffix("节") not in told)
