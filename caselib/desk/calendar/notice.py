"""The text of a notice on holidays, read into days: 国庆节、中秋节：10月1日至8日放假调休，共8天。9月28日（星期日）上班。

Nothing is guessed in silence: what does not fit together is a doubt, and a sentence with days that nobody understood is shown.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field

from caselib.core.holidays import FESTIVALS, NAME_LENGTH
from caselib.core.text import clean

LONGEST = 20_000
MOST_DAYS = 60
# No holiday of a notice is longer; a range that is comes of a wrong year or month.
_LONGEST_HOLIDAY = 20
_WEEKDAYS = "一二三四五六日"
_TITLE_YEAR = re.compile(r"(20\d\d)\s*年\s*(?:部分)?\s*节\s*假\s*日")
_NUMBER = re.compile(r"国办发明电[〔\[(]\d{4}[〕\])]\d{1,3}号")
_SENTENCE = re.compile(r"[。;\n]+")
_ITEM_NUMBER = r"\s*(?:[一二三四五六七八九十]{1,3}\s*、|\d{1,2}\s*[.、]\s*(?!\d)|[(][一二三四五六七八九十\d]{1,3}[)])"
_NEW_ITEM = re.compile(_ITEM_NUMBER)
_HEAD = re.compile(rf"(?:{_ITEM_NUMBER})?\s*([^\d:,]{{2,30}}?)\s*:")
_ITEM = re.compile(
    r"(?:(?P<year>20\d\d)\s*年\s*)?(?:(?P<month>\d{1,2})\s*月\s*)?(?P<day>\d{1,2})\s*[日号]\s*(?P<note>[(][^()]{0,40}[)])?"
    r"|(?P<to>至|到|[-–—~]+)|(?P<verb>放假|休息|上班|补班|照常工作)|共\s*(?P<count>\d{1,2})\s*天"
)
_WEEKDAY = re.compile("(?:周|星期|礼拜)([一二三四五六日天])")
# 国务院办公厅 2025年11月4日: who signed, and when.
_SIGNED = re.compile(r"\D{0,20}20\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日\s*")


@dataclass(frozen=True, slots=True)
class NoticeDay:
    on: dt.date
    is_working: bool
    name: str


@dataclass(slots=True)
class Read:
    """`year`: as the title names it, else the one that was asked for. `doubts`: what does not fit together, in sentences.

    `lost`: sentences with a day or a verb of which nothing was taken; `unused`: the rest, which says nothing of days.
    """

    year: int | None
    number: str = ""
    days: list[NoticeDay] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Sentence:
    """What is open while a sentence is read: days before their verb, the holiday that a number of days is said of."""

    year: int
    name: str
    month: int = 0
    pending: list[dt.date] = field(default_factory=list)
    ranging: bool = False
    holiday: list[dt.date] = field(default_factory=list)
    taken: bool = False


def read_notice(typed: str, *, year: int | None) -> Read:
    """Reads the text. Never fails for any text; `days` is empty where nothing was found, or no year is known."""
    text = unicodedata.normalize("NFKC", clean(typed[:LONGEST]))
    titled = _TITLE_YEAR.search(text)
    number = _NUMBER.search(text)
    read = Read(int(titled[1]) if titled else year, number[0] if number else "")
    name = ""
    # Else its 7号 would be a day.
    for sentence in filter(str.strip, _SENTENCE.split(_unwrapped(_NUMBER.sub("", text)))):
        head = _HEAD.match(sentence)
        if head:
            name = head[1].strip()[:NAME_LENGTH]
        elif _NEW_ITEM.match(sentence):
            # Else its days would be called as those of the item before.
            name = "、".join(festival for festival in FESTIVALS if festival in sentence)
        body = sentence[head.end() :] if head else sentence
        _sentence(body, sentence.strip(), name, read)
    _told_twice(read)
    return read


def _unwrapped(text: str) -> str:
    """The text without the ends of lines that stand inside a sentence, as copying from a page leaves them."""
    lines: list[str] = []
    for line in filter(str.strip, text.split("\n")):
        begins = (
            not lines or lines[-1].rstrip().endswith(("。", ";", ":")) or _HEAD.match(line) or _NEW_ITEM.match(line)
        )
        if begins:
            lines.append(line)
        else:
            lines[-1] += line.strip()
    return "\n".join(lines)


def _sentence(body: str, whole: str, name: str, read: Read) -> None:
    if read.year is None or _SIGNED.fullmatch(whole) or whole.rstrip(":").endswith("如下"):
        read.unused.append(whole)
        return
    state = _Sentence(read.year, name)
    seen = False
    for item in _ITEM.finditer(body):
        if item["day"]:
            seen = True
            _day(item, state, read)
        elif item["to"]:
            state.ranging = bool(state.pending)
        elif item["verb"]:
            seen = True
            _verb(item["verb"], state, read)
        elif item["count"]:
            _count(int(item["count"]), state, read)
    if state.pending or (seen and not state.taken):
        read.lost.append(whole)
    elif not state.taken:
        read.unused.append(whole)


def _day(item: re.Match[str], state: _Sentence, read: Read) -> None:
    month = int(item["month"] or state.month)
    # 元旦 that begins in December begins in the year before.
    year = int(item["year"] or state.year - (month == 12 and "元旦" in state.name))
    written = item[0].split("(")[0].strip()
    try:
        day = dt.date(year, month, int(item["day"]))
    except ValueError:
        read.doubts.append(f"没有“{written}”这一天，没有读进来。")
        state.ranging = False
        return
    state.month = month
    if (told := _WEEKDAY.search(item["note"] or "")) and _WEEKDAYS.index(told[1].replace("天", "日")) != day.weekday():
        real = _WEEKDAYS[day.weekday()]
        read.doubts.append(f"{written}写的是星期{told[1]}，{day.year}年这一天是星期{real}。核对年份和日期。")
    start = state.pending[-1] if state.ranging and state.pending else day
    state.ranging = False
    if not 0 <= (day - start).days < _LONGEST_HOLIDAY:
        read.doubts.append(f"“{start:%Y-%m-%d} 至 {day:%Y-%m-%d}”不像一个假期，只读了这两天。")
        state.pending.append(day)
        return
    if start == day:
        state.pending.append(day)
    state.pending += [start + dt.timedelta(days=number + 1) for number in range((day - start).days)]


def _verb(verb: str, state: _Sentence, read: Read) -> None:
    is_working = verb not in ("放假", "休息")
    if not is_working:
        state.holiday = list(state.pending)
    read.days += [NoticeDay(day, is_working, state.name) for day in dict.fromkeys(state.pending)]
    state.taken = state.taken or bool(state.pending)
    for day in state.pending:
        if is_working and day.weekday() < 5:
            read.doubts.append(f"{day:%Y-%m-%d} 本来就是工作日，通知里却写了上班。")
    state.pending = []


def _count(number: int, state: _Sentence, read: Read) -> None:
    found = len(set(state.holiday))
    if found and found != number:
        read.doubts.append(f"{state.name or '有一处'}写共 {number} 天，这里数出 {found} 天。")


def _told_twice(read: Read) -> None:
    """Keeps the first of what is said twice of a day, and doubts where it is not the same."""
    first: dict[dt.date, NoticeDay] = {}
    for day in read.days:
        before = first.setdefault(day.on, day)
        if before.is_working != day.is_working:
            read.doubts.append(f"{day.on:%Y-%m-%d} 既写了放假又写了上班，先按{_word(before)}读。")
    if len(first) > MOST_DAYS:
        read.doubts.append(f"读出 {len(first)} 天，一次最多录 {MOST_DAYS} 天，后面的没有读进来。")
    read.days = sorted(first.values(), key=lambda day: day.on)[:MOST_DAYS]
    read.doubts = list(dict.fromkeys(read.doubts))[:MOST_DAYS]


def _word(day: NoticeDay) -> str:
    return "上班" if day.is_working else "放假"
