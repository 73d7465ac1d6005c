"""Days as people type them."""

import datetime as dt
import re
import unicodedata

_DAY = re.compile(r"(\d{4})\s*(?:年|[-/.])\s*(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})\s*日?")
_PLAIN = re.compile(r"(\d{4})(\d{2})(\d{2})")
NOT_A_DAY = "“{typed}”不是日期。写成 2026-07-01 或 2026年7月1日。"
_LONGEST = 20


def read_day(typed: str) -> tuple[dt.date | None, str]:
    """(the day, what is wrong with it): 2026-07-01, 2026.7.1, 2026年7月1日, 20260701, full width as well.

    Nothing typed is no day and no error.
    """
    text = unicodedata.normalize("NFKC", typed[:200]).strip()
    if not text:
        return None, ""
    found = _DAY.fullmatch(text) or _PLAIN.fullmatch(text)
    if found:
        try:
            return dt.date(*map(int, found.groups())), ""
        except ValueError:
            pass  # the 31st of June
    return None, NOT_A_DAY.format(typed=typed[:_LONGEST])


def moment_in(text: str) -> dt.datetime | None:
    """The moment that a form carries back as ISO 8601 with its zone; None for anything else."""
    try:
        moment = dt.datetime.fromisoformat(text) if len(text) < 40 else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
