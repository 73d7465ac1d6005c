"""What a draft takes from a ticket: facts without personal data, for an editor to check and go on from.

Pure: reads the ticket that it is given and writes nothing. `services.ticket_take` does the same and leaves a trail.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from caselib.catalog.models import Matter

from .models import Ticket, TicketEntry
from .neutral import Neutraliser, Replaced
from .reading import EntryRead, begins_with_day, entries_in
from .tables import table

TITLE = 40
_FOR_TITLE = 600
_MOST_SAID = 12
_SHORTEST_SAID, _LONGEST_SAID = 4, 120
_LONGEST_OWN = 60
_QUOTED = re.compile('[“「『"]([^“”「」『』"\n]{4,120})[”」』"]')
_SAYS = re.compile(
    "(?:诉求人|市民|群众|居民|村民|申请人|当事人|来电人|来访人|反映人|商户|企业|其)(?:第 [0-9]+ 天)?(?:来电|来访|多次)?"
    "(?:称|说|表示|反映|讲|诉称)[,，:：]?([^。！？!?\n“「]{4,120})"
)
_OWN = re.compile('(?<![^。！？!?；;，,\n“”"])((?:我们?|咱们?|俺)[^。！？!?；;\n“”"]{3,60})')
_HEAD = re.compile(r"^\s*[【\[]?(?P<head>[^:：\s】\]]{2,8})[】\]]?[ ]?[:：][ ]?(?P<rest>.*)$")
# 市民第 1 天来电称：“ tells nothing in a title.
_SAID_BY = re.compile('^[^，,。“”]{0,24}?(?:来电|来访)?(?:称|说|反映|表示|诉称)[:：,，]?[“「"]?')
_STOPS = re.compile("[。！？!?；;\n]")


@dataclass(frozen=True, slots=True)
class DraftCause:
    """`name` as in the vocabulary. `is_guessed`: from the words that the ticket holds, for a person to confirm."""

    name: str
    is_guessed: bool = False
    because: str = ""


@dataclass(frozen=True, slots=True)
class DayDone:
    """`day` counts from the day on which it was received, which is 0; before it less than 0. As `HandlingStep.day`."""

    day: int
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """No field holds personal data that blocks. Texts are empty and lists short where the ticket does not say.

    `requester_type`, `failed_stage`, `channel`: in words. `situation`: a class of the scheme anhui_intake that the visits
    suggest (C3), or empty. `replaced`: what was taken out and the words put there, without what stood there before.
    """

    title: str
    problem: str
    wording: tuple[str, ...]
    matter: Matter | None
    matter_words: str
    causes: tuple[DraftCause, ...]
    timeline: tuple[DayDone, ...]
    requester_type: str
    visits: int | None
    failed_stage: str
    channel: str
    promised_days: int | None
    actual_days: int | None
    situation: str
    replaced: tuple[Replaced, ...]


# The second of the four situations in which a case is taken in (C3), by its name in the vocabulary.
TWICE_IN_VAIN = "两次以上未办成"


def draft_facts(
    ticket: Ticket,
    entries: Iterable[TicketEntry | EntryRead],
    *,
    on: dt.date,
    causes: Sequence[str] | None = None,
    text: str | None = None,
) -> DraftFacts:
    """What a draft may begin with. Never raises for what the ticket says; SealedForGood where its text cannot be opened.

    `on`: the day of drafting; it stands for a received day that is still to come. `causes`: names of the analysis, None to
    read them from the ticket (1 query). `text`: the text where it is opened already. Some 0.5 s for 20,000 characters.
    """
    received_on = min(ticket.received_on, on)
    source = ticket.text if text is None else text
    # The days of the text are gone once it is neutral: which lines belong to 经过 is seen before.
    listed = list(entries) or list(entries_in(source, received_on=received_on))
    neutral, problem, wording = _texts(source, received_on)
    timeline = tuple(_day_done(entry, neutral, received_on) for entry in listed)
    names = [cause.name for cause in ticket.causes.all()] if causes is None else causes
    return DraftFacts(
        title=neutral.of(_title(ticket.title, problem), where="标题"),
        problem=problem,
        wording=wording,
        matter=ticket.matter,
        matter_words=neutral.of(ticket.matter_words, where="事项"),
        causes=tuple(DraftCause(name) for name in names) or _guessed(source),
        timeline=timeline,
        requester_type=ticket.get_requester_type_display() if ticket.requester_type else "",
        visits=ticket.visits,
        failed_stage=ticket.get_failed_stage_display() if ticket.failed_stage else "",
        channel=ticket.get_channel_display(),
        promised_days=ticket.promised_days,
        actual_days=ticket.actual_days,
        situation=TWICE_IN_VAIN if (ticket.visits or 0) >= 2 else "",
        replaced=tuple(neutral.replaced),
    )


def title_of(text: str, *, received_on: dt.date) -> str:
    """A title from the beginning of a text, without personal data. 2 ms: an import makes 2,000 of them."""
    beginning = text[:_FOR_TITLE]
    kept = "\n".join(line for line in beginning.split("\n") if not begins_with_day(line, near=received_on))
    neutral = Neutraliser(received_on)
    body = neutral.of(_problem(kept) or beginning, where="")
    return neutral.of(_title("", body), where="")


def _texts(source: str, received_on: dt.date) -> tuple[Neutraliser, str, tuple[str, ...]]:
    """(what knows the names from here on, the problem, what the person said)."""
    # The whole text first, with its heads, where names give themselves away; what was replaced is told of what is kept.
    learnt = Neutraliser(received_on)
    body = learnt.of(source, where="原文")
    neutral = Neutraliser(received_on, names=learnt.names)
    kept = "\n".join("" if begins_with_day(line, near=received_on) else line for line in source.split("\n"))
    problem = neutral.of(_problem(kept) or _problem(source), where="问题").strip()
    said = [neutral.of(line, where="诉求人原话") for line in _said(body)]
    return neutral, problem, tuple(dict.fromkeys(line for line in said if len(line) >= _SHORTEST_SAID))


def _day_done(entry: TicketEntry | EntryRead, neutral: Neutraliser, received_on: dt.date) -> DayDone:
    return DayDone(
        day=(entry.day - received_on).days,
        who=neutral.role(entry.who, where="经过"),
        what=neutral.of(entry.what, where="经过"),
    )


def _problem(body: str) -> str:
    """The text without the lines that only name a field; of 诉求内容：… what stands behind the colon."""
    heads = {head: fate for fate, words in table("header_words").items() for head in words}
    lines = []
    for line in body.split("\n"):
        match = _HEAD.match(line)
        fate = heads.get(match["head"], "") if match else ""
        if fate != "drop":
            lines.append(match["rest"] if match and fate == "keep" else line)
    problem = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return problem or body.strip()


def _said(body: str) -> list[str]:
    """What the person said, as far as the text tells: quoted, behind 市民称, or in short sentences of their own."""
    found: list[tuple[int, str]] = []
    for pattern in (_QUOTED, _SAYS, _OWN):
        for match in pattern.finditer(body):
            words = match[1].strip(" ，,。:：")
            longest = _LONGEST_OWN if pattern is _OWN else _LONGEST_SAID
            if _SHORTEST_SAID <= len(words) <= longest:
                found.append((match.start(1), words))
    lines: list[str] = []
    for _, words in sorted(found):
        if not any(words in other or other in words for other in lines):
            lines.append(words)
    return lines[:_MOST_SAID]


def _title(title: str, problem: str) -> str:
    if title.strip():
        return title.strip()
    first = _SAID_BY.sub("", _STOPS.split(problem.strip(), maxsplit=1)[0].strip()).strip(' ，,“”"「」')
    return first if len(first) <= TITLE else f"{first[: TITLE - 1]}…"


def _guessed(text: str) -> tuple[DraftCause, ...]:
    found = []
    for cause, words in table("cause_words").items():
        if word := next((word for word in words if word in text), ""):
            found.append(DraftCause(cause, is_guessed=True, because=word))
    return tuple(found)
