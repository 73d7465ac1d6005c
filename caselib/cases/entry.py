"""What people type or a file says of a ticket, read into facts: each wrong field named with what to do, nothing lost."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices

from caselib.catalog.models import Matter
from caselib.core.dates import read_day
from caselib.core.text import chinese_int, normalise
from caselib.orgs.models import Department

from .models import NAME_LENGTH, TEXT_LENGTH, TITLE_LENGTH, Channel, FailedStage, RequesterType
from .reading import Named, TicketRead, text_of

# The fields of the form by their names, with what people call them.
LABELS = {
    "department": "承办部门",
    "source_system": "来源系统",
    "source_number": "来源编号",
    "channel": "渠道",
    "received_on": "受理日期",
    "title": "标题",
    "text": "原文",
    "requester_type": "诉求人",
    "visits": "跑动次数",
    "failed_stage": "失败阶段",
    "matter": "事项",
    "matter_words": "事项说法",
    "promised_days": "承诺时限",
    "actual_days": "实际用时",
    "is_supervised": "是否督办",
}
_CHOICES: dict[str, type[TextChoices]] = {
    "channel": Channel,
    "requester_type": RequesterType,
    "failed_stage": FailedStage,
}
# What other systems write for the same.
_SAME = {
    "channel": {"窗口": "window", "现场": "window", "网上": "online", "线上": "online", "网络": "online", "热线": "12345",
                "12345热线": "12345", "来电": "phone", "交办": "assigned"},
    "requester_type": {"个人": "person", "市民": "person", "群众": "person", "公司": "company", "法人": "company",
                       "个体户": "sole_trader", "个体": "sole_trader", "事业单位": "office", "机关": "office"},
}  # fmt: skip
_LONGEST = {
    "source_system": NAME_LENGTH,
    "source_number": NAME_LENGTH,
    "title": TITLE_LENGTH,
    "matter_words": NAME_LENGTH,
}
_MOST = {"visits": 99, "promised_days": 3_650, "actual_days": 3_650}
_YES = {"1", "是", "true", "yes", "y", "on", "督办"}
_UNIT = re.compile("(?:个)?(?:工作日|天|日|次|趟)$")
_FIRST_DAY = dt.date(2000, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFacts:
    """What is known of a ticket. `text` is empty where it stays as it is."""

    department: Department
    received_on: dt.date
    text: str = ""
    title: str = ""
    source_system: str = ""
    source_number: str = ""
    channel: str = Channel.WINDOW
    requester_type: str = ""
    visits: int | None = None
    failed_stage: str = ""
    matter: Matter | None = None
    matter_words: str = ""
    promised_days: int | None = None
    actual_days: int | None = None
    is_supervised: bool = False


@dataclass(frozen=True, slots=True)
class Lists:
    """What fields may name: departments by code of their key, matters by code, each with all its names."""

    departments: Mapping[str, Department]
    matters: Mapping[str, Matter]
    names_of_departments: tuple[Named, ...] = ()
    names_of_matters: tuple[Named, ...] = ()


@dataclass(slots=True)
class ReadFacts:
    """`facts` is None where `errors` holds a sentence for some field."""

    facts: TicketFacts | None = None
    errors: dict[str, str] = field(default_factory=dict)


def typed_from(posted: Mapping[str, Any]) -> dict[str, str]:
    """Every field as text, empty where nothing came."""
    return {name: str(posted.get(name, "") or "") for name in LABELS}


def typed_of_read(read: TicketRead, typed: Mapping[str, str]) -> dict[str, str]:
    """`typed` with what was read in the fields that are empty."""
    known = {
        "source_number": read.source_number,
        "source_system": read.source_system,
        "received_on": read.received_on.isoformat() if read.received_on else "",
        "channel": read.channel,
        "requester_type": read.requester_type,
        "visits": "" if read.visits is None else str(read.visits),
        "failed_stage": read.failed_stage,
        "promised_days": "" if read.promised_days is None else str(read.promised_days),
        "actual_days": "" if read.actual_days is None else str(read.actual_days),
        "is_supervised": "1" if read.is_supervised else "",
        "matter": read.matter,
        "department": read.department,
    }
    if known["source_number"] and not known["source_system"] and read.channel == Channel.HOTLINE:
        known["source_system"] = str(Channel.HOTLINE.label)
    found = {name: value for name, value in known.items() if value}
    return {name: value if value.strip() else found.get(name, value) for name, value in typed.items()}


def read_facts(typed: Mapping[str, str], *, lists: Lists, today: dt.date, needs_text: bool = True) -> ReadFacts:
    """Reads every field, and tells of each that is wrong."""
    read = ReadFacts()
    values: dict[str, Any] = {name: _line(typed[name], name, read) for name in _LONGEST}
    values |= {name: _choice(typed[name], name, read) for name in _CHOICES}
    values |= {name: _number(typed[name], name, read) for name in _MOST}
    values["channel"] = values["channel"] or Channel.WINDOW
    values["is_supervised"] = typed["is_supervised"].strip().lower() in _YES
    values["text"] = _text(typed["text"], read, needs_text)
    values["received_on"] = _day(typed["received_on"], today, read)
    values["department"] = _department(typed["department"], lists, read)
    values["matter"], words = _matter(typed["matter"], lists, read)
    values["matter_words"] = values["matter_words"] or words
    if values["source_number"] and not values["source_system"]:
        read.errors["source_system"] = "写了来源编号，还要写它是哪个系统的编号，比如“综窗平台”“12345”。"
    if not read.errors:
        read.facts = TicketFacts(**values)
    return read


def _line(typed: str, name: str, read: ReadFacts) -> str:
    text = " ".join(text_of(typed).split())
    if name in ("source_number", "source_system"):
        # Full-width figures of a pasted number are the same number.
        text = normalise(text).upper() if name == "source_number" else text
    if len(text) > _LONGEST[name]:
        read.errors[name] = f"{LABELS[name]}最多 {_LONGEST[name]} 个字，现在 {len(text)} 个。写短些。"
    return text


def _choice(typed: str, name: str, read: ReadFacts) -> str:
    word = normalise(typed).strip()
    word = _SAME.get(name, {}).get(word, word)
    for value, label in _CHOICES[name].choices:
        if word in (value, normalise(str(label))):
            return str(value)
    if not word:
        return ""
    labels = "、".join(str(label) for value, label in _CHOICES[name].choices if value)
    read.errors[name] = f"{LABELS[name]}里没有“{typed.strip()[:20]}”。选 {labels} 里的一个，或者空着。"
    return ""


def _number(typed: str, name: str, read: ReadFacts) -> int | None:
    word = _UNIT.sub("", normalise(typed).strip()).strip()
    if not word:
        return None
    number = chinese_int(word) if len(word) < 9 else None
    if number is None or number > _MOST[name]:
        read.errors[name] = f"{LABELS[name]}写 0 到 {_MOST[name]} 的数，比如 3。不知道就空着。"
        return None
    return number


def _text(typed: str, read: ReadFacts, needs_text: bool) -> str:
    text = text_of(typed)
    if not text and needs_text:
        read.errors["text"] = "还没有原文。把工单整段粘贴进来，或者写两句群众要办什么、卡在哪儿。"
    if len(text) > TEXT_LENGTH:
        read.errors["text"] = (
            f"原文最多 {TEXT_LENGTH:,} 个字，现在 {len(text):,} 个。没有登记，删去附件和重复的部分再登记。"
        )
    return text


def _day(typed: str, today: dt.date, read: ReadFacts) -> dt.date | None:
    day, wrong = read_day(typed)
    if wrong:
        read.errors["received_on"] = wrong
    elif day is None:
        return today
    elif day > today:
        read.errors["received_on"] = "受理日期在今天以后，请核对。"
    elif day < _FIRST_DAY:
        read.errors["received_on"] = "受理日期早于 2000 年，请核对。"
    return day


def _department(typed: str, lists: Lists, read: ReadFacts) -> Department | None:
    word = typed.strip()
    if word in lists.departments:
        return lists.departments[word]
    if not word and len(lists.departments) == 1:
        return next(iter(lists.departments.values()))
    found = _by_name(word, lists.names_of_departments)
    if found:
        return lists.departments[found]
    read.errors["department"] = "选承办部门。只能登记在您所在的部门。"
    return None


def _matter(typed: str, lists: Lists, read: ReadFacts) -> tuple[Matter | None, str]:
    """(the matter, words for one that the catalogue does not know)."""
    word = typed.strip()
    if not word:
        return None, ""
    if word in lists.matters:
        return lists.matters[word], ""
    found = _by_name(word, lists.names_of_matters)
    return (lists.matters[found], "") if found else (None, word[:NAME_LENGTH])


def _by_name(word: str, named: tuple[Named, ...]) -> str:
    wanted = normalise(word).strip()
    if not wanted:
        return ""
    return next((one.key for one in named if any(normalise(name).strip() == wanted for name in one.names)), "")
