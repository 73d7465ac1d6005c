"""Working days of a hall: weekends and the holidays that the State Council announces, with 调休.

The days come from `chinesecalendar`, which follows 国务院办公厅关于部分节假日安排的通知 of each year; days that a hall entered itself
go before it (`caselib.core.holidays`).
"""

import datetime as dt


def is_working_day(day: dt.date) -> bool:
    """A stand-in until the calendar is kept in the site."""
    import chinese_calendar

    return chinese_calendar.is_workday(day)


def after_working_days(day: dt.date, count: int) -> dt.date:
    """The working day that is `count` working days after `day`, which does not count itself (民法典第二百零一条)."""
    while count:
        day += dt.timedelta(days=1)
        count -= is_working_day(day)
    return day
