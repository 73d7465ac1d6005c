"""办结 and 反馈 as a file of tickets says them: what a hall has done before it brings its tickets here is not lost."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from caselib.core.dates import read_day
from caselib.core.moments import read_moment
from caselib.core.text import normalise

from .feedback import feedback_due
from .models import Settlement, Ticket

# Columns of files alone: on the page of a ticket these are deeds of their own.
LABELS = {"settled_on": "办结日期", "settled_how": "办结方式", "fed_back_on": "反馈日期"}
_WAYS = {"": Settlement.DONE, "办结": Settlement.DONE, "已办结": Settlement.DONE, "done": Settlement.DONE,
         "提出意见": Settlement.OPINION, "意见": Settlement.OPINION, "opinion": Settlement.OPINION}  # fmt: skip
# A day without a time: what counts is the day.
_NOON = dt.time(12)
# Other systems write seconds, which nobody here counts.
_SECONDS = re.compile(r"(:\d{2}):\d{2}(?:\.\d+)?Z?\s*$")


@dataclass(frozen=True, slots=True)
class Outcome:
    """`settled_at` is None for a ticket that is not settled; then nothing else is there."""

    how: str = ""
    settled_at: dt.datetime | None = None
    fed_back_at: dt.datetime | None = None


NOT_SETTLED = Outcome()


def read_outcome(typed: Mapping[str, str], *, received_on: dt.date, today: dt.date) -> tuple[Outcome, str]:
    """(what was said, what is wrong with it). The rules are those of `feedback.ticket_settle` and `ticket_feed_back`."""
    moments: dict[str, dt.datetime | None] = {}
    for name in ("settled_on", "fed_back_on"):
        moments[name], wrong = _moment(typed.get(name, ""))
        if wrong := wrong or _impossible(moments[name], LABELS[name], received_on, today):
            return NOT_SETTLED, wrong
    settled, fed_back = moments["settled_on"], moments["fed_back_on"]
    word = normalise(typed.get("settled_how", "")).strip()
    if settled is None:
        return NOT_SETTLED, "写了办结方式或者反馈日期，还要写办结日期。" if word or fed_back else ""
    if word not in _WAYS:
        return NOT_SETTLED, f"办结方式里没有“{word[:20]}”。写“办结”或“提出意见”，空着是办结。"
    if fed_back is not None and fed_back.date() < settled.date():
        return NOT_SETTLED, "反馈早于办结，请核对。"
    return Outcome(_WAYS[word], settled, fed_back), ""


def outcome_noted(ticket: Ticket, outcome: Outcome, *, now: dt.datetime) -> None:
    """Puts it on a row that is not stored yet. A day of today without a time is not later than now."""
    if outcome.settled_at is None:
        return
    ticket.settled_how, ticket.settled_at = outcome.how, min(outcome.settled_at, now)
    ticket.feedback_due_on = feedback_due(ticket.settled_at)
    ticket.fed_back_at = min(outcome.fed_back_at, now) if outcome.fed_back_at else None


def _moment(typed: str) -> tuple[dt.datetime | None, str]:
    day, wrong = read_day(typed)
    if day is not None:
        return dt.datetime.combine(day, _NOON, tzinfo=timezone.get_default_timezone()), ""
    moment, _ = read_moment(_SECONDS.sub(r"\1", typed[:200]))
    return (moment, "") if moment is not None else (None, wrong)


def _impossible(moment: dt.datetime | None, label: str, received_on: dt.date, today: dt.date) -> str:
    if moment is None:
        return ""
    if moment.date() > today:
        return f"{label}在今天以后，请核对。"
    return f"{label}早于受理日期 {received_on}，请核对。" if moment.date() < received_on else ""
