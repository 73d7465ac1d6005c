"""A moment as people type it: a day and a time of the hall."""

import datetime as dt
import re
import unicodedata

from django.utils import timezone

from .dates import read_day

_MOMENT = re.compile(r"(?P<day>.+?[日\d])[\sT]*?(?P<hour>(?<=[\s日T])\d{1,2})\s*[:时点]\s*(?P<minute>\d{1,2})?\s*分?")
NO_TIME = "“{typed}”看不出几点几分。写成 2026-07-01 16:20。"
_LONGEST = 20


def read_moment(typed: str) -> tuple[dt.datetime | None, str]:
    """(the moment in the time of the hall, what is wrong with it): 2026-07-01 16:20, 2026年7月1日16时20分, full width as well.

    Nothing typed is no moment and no error.
    """
    text = unicodedata.normalize("NFKC", typed[:200]).strip()
    if not text:
        return None, ""
    found = _MOMENT.fullmatch(text)
    if found is None:
        day, wrong = read_day(text)
        return None, wrong if day is None else NO_TIME.format(typed=typed[:_LONGEST])
    day, wrong = read_day(found["day"])
    if day is None:
        return None, wrong or NO_TIME.format(typed=typed[:_LONGEST])
    try:
        time = dt.time(int(found["hour"]), int(found["minute"] or 0))
    except ValueError:
        return None, NO_TIME.format(typed=typed[:_LONGEST])
    return dt.datetime.combine(day, time, tzinfo=timezone.get_default_timezone()), ""


def typed_moment(moment: dt.datetime) -> str:
    """The same back, as a form offers it."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
