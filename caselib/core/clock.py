"""Where the time comes from. Rules below the views take `on` or `now` as an argument and never ask the clock themselves."""

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    """The present moment, timezone-aware."""
    return timezone.now()


def today() -> dt.date:
    """Today's date in the calendar of the hall (Asia/Shanghai): law dates begin at local midnight."""
    return timezone.localdate()


def day_of(moment: dt.datetime) -> dt.date:
    """The day of that moment in the calendar of the hall; the date of the UTC value is wrong for eight hours a day."""
    return timezone.localdate(moment)
