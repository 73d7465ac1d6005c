"""Days as tickets write them, and days counted from the one on which a ticket came in."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from caselib.core.text import chinese_int

_NUMERAL = "[一二三四五六七八九十]{1,3}"
_DAY = re.compile(
    r"(?P<y>(?:19|20)\d\d)[ ]?(?:年|[-/.])[ ]?(?P<m>\d{1,2})[ ]?(?:月|[-/.])[ ]?(?P<d>\d{1,2})(?!\d)[ ]?[日号]?"
    r"|(?<!\d)(?P<m2>\d{1,2})[ ]?月[ ]?(?P<d2>\d{1,2})[ ]?[日号]"
    rf"|(?:(?P<y3>[二一][〇零○一二三四五六七八九]{{3}})年)?(?P<m3>{_NUMERAL})月(?P<d3>{_NUMERAL})[日号]"
)
_NUMERALS = str.maketrans("零〇○一二三四五六七八九", "000123456789")
_HALF = str.maketrans("０１２３４５６７８９．／－", "0123456789./-")
# A day further away than this is no day of the handling.
_NEAR = 400


@dataclass(frozen=True, slots=True)
class DayFound:
    """A day in a text; `day` is None for one that no calendar has (2月30日)."""

    start: int
    end: int
    day: dt.date | None


def days_in(text: str, *, near: dt.date) -> Iterator[DayFound]:
    """Every day in the text, full width as well. One without a year is that which lies nearest to `near`."""
    for match in _DAY.finditer(text.translate(_HALF)):
        yield DayFound(*match.span(), _day(match, near))


def _day(match: re.Match[str], near: dt.date) -> dt.date | None:
    year = match["y"] or (match["y3"] or "").translate(_NUMERALS)
    month = chinese_int(match["m"] or match["m2"] or match["m3"]) or 0
    day = chinese_int(match["d"] or match["d2"] or match["d3"]) or 0
    if year:
        return _made(int(year), month, day)
    made = [found for around in (-1, 0, 1) if (found := _made(near.year + around, month, day))]
    return min(made, key=lambda found: abs(found - near)) if made else None


def _made(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def day_words(day: dt.date | None, *, received_on: dt.date) -> str:
    """第 1 天 for the day on which it came in, 受理前 3 天 for one before; 某日 for one that is far away or none."""
    if day is None or abs((day - received_on).days) > _NEAR:
        return "某日"
    number = (day - received_on).days
    return f"第 {number + 1} 天" if number >= 0 else f"受理前 {-number} 天"
