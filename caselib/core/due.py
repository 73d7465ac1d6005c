"""By when something has to be done, in working days: the one place for how that is said (GUIDE.md, section 7)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from . import workdays

_LEFT = "剩 {days} 个工作日，{day}到期"
_TODAY = "今天到期"
_LATE = "超期 {days} 个工作日"
# Over a weekend: no working day has passed since.
_JUST_LATE = "{day}已到期"
_THIS_YEAR, _OTHER_YEAR = "{day.month}月{day.day}日", "{day.year}年{day.month}月{day.day}日"
_DAY_MAY_MOVE = "{year}年的节假日安排还没有录入，日期可能变。"
_NUMBER_MAY_CHANGE = "{year}年的节假日安排还没有录入，天数可能变。"


@dataclass(frozen=True, slots=True)
class Due:
    """`on`: the last day, a working day. `days`: working days that are left, less than none when it is late, none today and
    on a weekend right after. `day`: that day in words. `unsure`: a sentence where holidays are not known that decide about it, or empty.
    """

    on: dt.date
    days: int
    is_late: bool
    day: str
    unsure: str = ""

    @property
    def is_today(self) -> bool:
        return not self.days and not self.is_late

    @property
    def words(self) -> str:
        """剩 1 个工作日，11月23日到期; 今天到期; 超期 2 个工作日."""
        if self.is_late:
            return (_LATE if self.days else _JUST_LATE).format(days=-self.days, day=self.day)
        return _TODAY if self.is_today else _LEFT.format(days=self.days, day=self.day)


def due_of(day: dt.date | None, *, on: dt.date) -> Due | None:
    """None for no day. One that falls on a holiday is due on the first working day after it (民法典第二百零三条). No query."""
    if day is None:
        return None
    last = workdays.first_working_day_on_or_after(day)
    frame = _THIS_YEAR if last.year == on.year else _OTHER_YEAR
    is_late = last < on
    year = workdays.unsettled_year(last)
    unsure = _DAY_MAY_MOVE
    if year is None and is_late:
        year, unsure = workdays.unsettled_year(on), _NUMBER_MAY_CHANGE
    return Due(
        on=last,
        days=workdays.working_days_between(on, last),
        is_late=is_late,
        day=frame.format(day=last),
        unsure=unsure.format(year=year) if year else "",
    )


def late_since(on: dt.date) -> dt.date:
    """What was due on this day or before it is late on `on`, in the sense of `due_of`. For queries. No query itself."""
    return workdays.before_working_days(on, 1)


def unsure_of(dues: Iterable[Due | None]) -> str:
    """What is not sure about any of them, each sentence once; empty where all are."""
    return "".join(dict.fromkeys(due.unsure for due in dues if due))
