"""Reads what a pasted ticket says about itself, for a person to correct. Nothing is guessed that stands nowhere.

Pure: the names to look for come in as values. Never fails, whatever the text.
"""

import datetime as dt
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from caselib.core.text import chinese_int, clean, normalise

from .days import days_in
from .models import ENTRY_LENGTH, NAME_LENGTH, Channel, FailedStage, RequesterType

_HALF = str.maketrans("０１２３４５６７８９：－", "0123456789:-")
# What Word and web pages leave behind: comments, style sheets and their own data, each from a beginning to an end, and tags.
_BLOCKS = tuple(
    (re.compile(start, re.IGNORECASE), re.compile(end, re.IGNORECASE))
    for start, end in (
        (r"<!--\[if", r"<!\[endif\]-->"), ("<!--", "-->"), (r"<style\b", "</style>"), (r"<xml\b", "</xml>"),
    )
)  # fmt: skip
_TAG = re.compile(r"</?[a-z][a-z0-9]{0,10}(?::[a-z]{1,10})?(?:\s[^<>\n]{0,500})?/?>", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/p|/tr|/div|/li)\b[^<>\n]{0,500}>", re.IGNORECASE)
_NUMBER_HEAD = r"(?:工单|受理|诉求|流水|办件|信访|投诉)?(?:单|编|流水)?号码?|工单编号"
_NUMBER = re.compile(
    rf"(?:^|\n|[\s,，;；。])(?:{_NUMBER_HEAD})[ ]?[:：]?[ ]{{0,3}}(?P<n>[A-Za-z0-9][A-Za-z0-9_-]{{3,60}}[A-Za-z0-9])"
)
_TIMES = "[0-9]{1,2}|[一二两三四五六七八九十]{1,3}"
_VISITS = re.compile(
    rf"(?:跑|来|去|往返|奔波|折腾)(?:了|过)?[^，。；\n]{{0,6}}?(?P<a>{_TIMES}|几)[ ]?(?:趟|次|回|遍)|跑动次数[ ]?[:：]?[ ]?(?P<b>{_TIMES})"
)
_DAYS = rf"(?P<n>{_TIMES}|[0-9]{{1,3}})[ ]?个?(?:工作日|天|日)"
_PROMISED = re.compile(
    rf"(?:承诺|办理|法定|限)(?:办结|办理)?(?:时限|期限|时间)?[^，。；\n]{{0,4}}?[:：为是]?[ ]?{_DAYS}"
)
_ACTUAL = re.compile(rf"(?:实际(?:用时|办理|用了)|用时|历时)[^，。；\n]{{0,4}}?{_DAYS}")
_SYSTEM = re.compile(r"(?:来源系统|系统名称|来源平台)[ ]?[:：][ ]?(?P<s>[^\s,，;；。]{2,64})")
_RECEIVED = re.compile("(?:受理|登记|来电|来访|收到|反映|诉求|提交)(?:日期|时间)?[ ]?[:：]?[ ]?$")
_CHANNELS = (
    (Channel.HOTLINE, "12345|市民热线|市民服务热线"),
    (Channel.ASSIGNED, "上级交办|领导批示|督办件|交办单|市级转办"),
    (Channel.ONLINE, "一网通办|网上申请|网上申报|线上申请|线上平台|小程序|随申办|APP|网页留言|网上留言"),
    (Channel.PHONE, "来电|致电|打电话|电话咨询|电话反映"),
    (Channel.FOUND, "主动发现|走访发现|巡查发现|回访发现"),
    (Channel.WINDOW, "到窗口|来窗口|窗口反映|办不成事窗口|到大厅|来大厅|现场反映|来访"),
)
_REQUESTERS = (
    (RequesterType.SOLE_TRADER, "个体工商户|个体户|小吃店|便利店|经营部|摊位|夫妻店"),
    (RequesterType.SOCIAL, "社会组织|协会|基金会|民办非企业|社会团体"),
    (RequesterType.OFFICE, "事业单位|机关单位|居委会反映|学校反映"),
    (RequesterType.COMPANY, "企业|公司|合作社|合伙"),
    (RequesterType.PERSON, "市民|群众|居民|村民|本人|先生|女士|老人|个人"),
)
_STAGES = (
    (FailedStage.NEVER_SOLVED, "多次未解决|多次没解决|一直没解决|反复反映|始终没有解决|多次反映"),
    (FailedStage.NOT_APPROVED, "未批准|没批|不予批准|审批未通过|没有通过|审核不通过|被驳回"),
    (FailedStage.NOT_ACCEPTED, "未受理|不受理|不予受理|受理不了|没有受理|不收材料|不给办"),
)
_SUPERVISED = re.compile("是否督办[ ]?[:：]?[ ]?是|督办件|列入督办|挂牌督办|已督办")
_LINE_DAY = re.compile(r"^[\s　\-–—·•*①-⑳\d.、()（）]{0,6}$")
_MOST_ENTRIES = 100


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a key that a text may name in several ways."""

    key: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryRead:
    day: dt.date
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class TicketRead:
    """What was read; empty or None where the text does not say. `matter`, `department`: keys of what was named."""

    source_number: str = ""
    source_system: str = ""
    received_on: dt.date | None = None
    channel: str = ""
    requester_type: str = ""
    visits: int | None = None
    failed_stage: str = ""
    promised_days: int | None = None
    actual_days: int | None = None
    is_supervised: bool = False
    matter: str = ""
    department: str = ""


def text_of(pasted: str) -> str:
    """The text without the debris of Word and web pages. What people wrote stays, emoji and full-width figures as well."""
    text = pasted.replace("\x07", "\t").replace("\x0b", "\n")
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub("\n", _without_blocks(text)))
    if "&" in text:
        text = html.unescape(text)
    text = clean(text.replace("\xa0", " "))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip()


def _without_blocks(text: str) -> str:
    """Takes time in proportion to the length: a beginning without an end is looked for once."""
    for starts, ends in _BLOCKS:
        parts, done = [], 0
        while (start := starts.search(text, done)) and (end := ends.search(text, start.end())):
            parts.append(text[done : start.start()])
            done = end.end()
        text = "".join([*parts, text[done:]])
    return text


def read_ticket(
    text: str, *, today: dt.date, matters: Sequence[Named] = (), departments: Sequence[Named] = ()
) -> TicketRead:
    """What a ticket says about itself. Takes time in proportion to the text times the names; 50 ms for 20,000 characters."""
    half = text.translate(_HALF)
    number, system = _NUMBER.search(half), _SYSTEM.search(half)
    received = _received_on(text, today)
    return TicketRead(
        source_number=_with_digits(number["n"]) if number else "",
        source_system=system["s"] if system else "",
        received_on=received,
        channel=_first(_CHANNELS, text),
        requester_type=_first(_REQUESTERS, text),
        visits=_most_visits(half),
        failed_stage=_first(_STAGES, text),
        promised_days=_days(_PROMISED, half),
        actual_days=_days(_ACTUAL, half),
        is_supervised=bool(_SUPERVISED.search(text)),
        matter=best_named(text, matters),
        department=best_named(text, departments),
    )


def entries_in(text: str, *, received_on: dt.date) -> tuple[EntryRead, ...]:
    """经过: the lines that begin with a day, each with who it names before a colon. At most 100."""
    found = []
    for line in text.split("\n"):
        if entry := _entry(line, received_on):
            found.append(entry)
    return tuple(found[:_MOST_ENTRIES])


def begins_with_day(line: str, *, near: dt.date) -> bool:
    return _entry(line, near) is not None


_TIME = re.compile(r"^[\s,，:：、.。\-–—]*(?:\d{1,2}[:：]\d{2}(?:[:：]\d{2})?|[上下]午|当日|当天)?[\s,，:：、.。\-–—]*")
_WHO = re.compile(r"^(?P<who>[^\s:：，,。；;“”\"]{2,16})[:：][ ]?(?P<what>.+)$")


def _entry(line: str, near: dt.date) -> EntryRead | None:
    first = next(days_in(line[:40], near=near), None)
    if first is None or first.day is None or not _LINE_DAY.match(line[: first.start]):
        return None
    rest = _TIME.sub("", line[first.end :], count=1).strip()
    if not rest:
        return None
    said = _WHO.match(rest)
    who, what = (said["who"], said["what"]) if said else ("", rest)
    return EntryRead(first.day, who[:NAME_LENGTH], what[:ENTRY_LENGTH])


_SHORTEST_NAME = 3


def best_named(text: str, named: Sequence[Named]) -> str:
    """The key of what the text names most plainly: the longest name wins, of equal ones the first. Empty for none.

    Another name of two characters names nothing by itself: 备案 stands in tickets of every kind.
    """
    source, best, key = normalise(text), 0, ""
    for one in named:
        for name in one.names:
            word = normalise(name).strip()
            if len(word) >= _SHORTEST_NAME and len(word) > best and word in source:
                best, key = len(word), one.key
    return key


def _received_on(text: str, today: dt.date) -> dt.date | None:
    """The day behind 受理日期 and the like, else the first day of the text; none that is still to come."""
    first = None
    for found in days_in(text, near=today):
        if found.day is None or found.day > today:
            continue
        if _RECEIVED.search(text[max(0, found.start - 12) : found.start]):
            return found.day
        first = first or found.day
    return first


def _with_digits(number: str) -> str:
    return number[:NAME_LENGTH] if sum(character.isdigit() for character in number) >= 3 else ""


def _first(table: Sequence[tuple[str, str]], text: str) -> str:
    return next((str(value) for value, words in table if re.search(words, text)), "")


def _most_visits(text: str) -> int | None:
    counts = [chinese_int(match["a"] or match["b"]) for match in _VISITS.finditer(text) if match["a"] != "几"]
    return max((count for count in counts if count and count < 100), default=None)


def _days(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.search(text)
    return chinese_int(match["n"]) if match else None
