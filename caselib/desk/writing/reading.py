"""The parts of a form that are no records: texts, lists of words, days, numbers and rows of the vocabularies."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from caselib.core.days import read_day
from caselib.core.errors import RuleBroken
from caselib.core.pasted import tidy, tidy_entries, tidy_line
from caselib.core.text import clean
from caselib.precedents import naming
from caselib.precedents.content import (
    ALL_TEXT_FIELDS,
    CHOICES,
    DATE_FIELDS,
    LABELS,
    LIST_LENGTH,
    MOST_VISITS,
    TEXT_LENGTH,
    RevisionContent,
)
from caselib.precedents.models import Precedent, Revision

from .plan import label_of

Typed = Mapping[str, Sequence[str]]
# One line each: a break in them is debris of a paste. In the other texts a break is meant.
ONE_LINE = ("title", "gist", "matter_note", "requester_type", "lead_org", "who_can_decide")
# In these a pasted 、 stands between two entries, as it does in a sentence.
LISTED_IN_A_ROW = ("tags", "partner_orgs")
WORD_LISTS = ("requester_wording", "partner_orgs", "applies_when", "not_when", "tags")
# A statement or a name that is longer is a text and belongs somewhere else.
ENTRY_LENGTH = 2_000
TAG_LENGTH = 32
_BETWEEN_NAMES = re.compile(r"(?:[、，,;；\n])+(?![^（(]*[）)])")
_BETWEEN_UNITS = re.compile(r"[、，,;；/\n]|\s+(?:和|与|及)\s+")
_IN_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")
_WHEN = re.compile(r"(\d{4})(?:[-./年](\d{1,2})(?:[-./月](\d{1,2})日?|月)?|年)?")


@dataclass(frozen=True, slots=True)
class Form:
    """The values of a form by name."""

    typed: Typed

    def __contains__(self, name: str) -> bool:
        return name in self.typed

    def last(self, name: str) -> str:
        """The last value of that name, or nothing."""
        values = self.all(name)
        return values[-1] if values else ""

    def all(self, name: str) -> list[str]:
        return [value for value in self.typed.get(name, ()) if isinstance(value, str)]


@dataclass(frozen=True, slots=True)
class Typing:
    """A form, the text that it changes, and what is wrong with it so far: a sentence for each input."""

    form: Form
    current: RevisionContent
    problems: dict[str, str]

    def limit(self, name: str) -> int:
        return Revision._meta.get_field(name).max_length or TEXT_LENGTH


def same(typed: str, stored: str) -> bool:
    """Whether a value came back as it was shown: whatever it is, nobody changed it."""
    return clean(typed).strip() == clean(stored).strip()


def too_long(label: str, length: int, limit: int) -> str:
    return f"“{label}”有 {length} 个字，最多 {limit} 个，没有存。删短后再存。"


def texts(form: Typing) -> dict[str, Any]:
    """Every field that is one text, and those that are chosen from a closed list."""
    found = {name: form.form.last(name) for name in ALL_TEXT_FIELDS if name in form.form}
    return {name: value for name, typed in found.items() if (value := _text(form, name, typed)) is not None}


def _text(form: Typing, name: str, typed: str) -> str | None:
    """The value to store, or None where the one from before stays."""
    if name in CHOICES:
        return _choice(form, name, typed)
    current = getattr(form.current, name)
    if name == "occurred":
        return _when(form, typed)
    value = current if same(typed, current) else (tidy_line if name in ONE_LINE else tidy)(typed)
    if name == "title" and not value:
        form.problems[name] = "标题不能空着，还是原来的标题。写一句话说清是什么办不成。"
    elif name == "lead_org" and _units(form) > 1:
        form.problems[name] = "牵头单位只写一家，没有改。其余的写在“协同部门”里。"
    elif len(value) > form.limit(name):
        form.problems[name] = too_long(label_of(name), len(value), form.limit(name))
    else:
        return value
    return None


def _choice(form: Typing, name: str, typed: str) -> str | None:
    value = clean(typed).strip()
    if value in CHOICES[name].values:
        return value
    form.problems[name] = f"“{value[:30]}”不是可选的值，还是原来的。重新选一个。"
    return None


def _units(form: Typing) -> int:
    """How many units are named as the lead one: in one value, or in several of that name."""
    named = (_IN_BRACKETS.sub("", tidy(typed)) for typed in form.form.all("lead_org"))
    names = {part.strip() for name in named for part in _BETWEEN_UNITS.split(name)}
    return len(names - {""})


def _when(form: Typing, typed: str) -> str | None:
    """发生时间: a year, a month or a day in any of the ways in which people write it."""
    text = "".join(unicodedata.normalize("NFKC", clean(typed)).split())
    found = _WHEN.fullmatch(text)
    if not text:
        return ""
    if found:
        year, month, day = found.groups()
        value = "-".join(part for part in (year, month and f"{int(month):02}", day and f"{int(day):02}") if part)
        if month is None or _is_day(f"{year}-{month}-{day or 1}"):
            return value
    form.problems["occurred"] = f"“{text[:30]}”看不出是什么时候，写成 2023、2023-02 或 2023年2月13日。原来的没有改。"
    return None


def _is_day(text: str) -> bool:
    try:
        return read_day(text) is not None
    except RuleBroken:
        return False


def lists(form: Typing) -> dict[str, Any]:
    """Every field that is a list of words."""
    found: dict[str, Any] = {}
    for name in WORD_LISTS:
        if name in form.form:
            entries = tuple(_entries(form, name))
            if not _list_problem(form, name, entries):
                found[name] = entries
    if "unverified" in form.form:
        found["unverified"] = tuple(_unverified(form))
    return found


def _entries(form: Typing, name: str) -> Iterator[str]:
    known = getattr(form.current, name)
    seen: set[str] = set()
    for typed in form.form.all(name):
        kept = next((entry for entry in known if same(typed, entry)), None)
        as_shown = known if same(typed, "、".join(known)) else _split(name, typed)
        for entry in [kept] if kept else as_shown:
            if entry and (name not in LISTED_IN_A_ROW or entry not in seen):
                seen.add(entry)
                yield entry


def _split(name: str, typed: str) -> list[str]:
    if name in LISTED_IN_A_ROW:
        return [tidy_line(part) for part in _BETWEEN_NAMES.split(tidy(typed))]
    return tidy_entries(typed)


def _list_problem(form: Typing, name: str, entries: tuple[str, ...]) -> str:
    """What is wrong with a list as a sentence, which is noted as well; nothing for one that nobody changed."""
    limit, label = (TAG_LENGTH if name == "tags" else ENTRY_LENGTH), label_of(name)
    if entries == getattr(form.current, name):
        return ""
    longest = max(map(len, entries), default=0)
    if len(entries) > LIST_LENGTH:
        form.problems[name] = f"“{label}”有 {len(entries)} 条，最多 {LIST_LENGTH} 条，没有改。合并或删去一些再存。"
    elif longest > limit:
        form.problems[name] = f"“{label}”有一条 {longest} 个字，最多 {limit} 个，这几条都没有改。拆短后再存。"
    return form.problems.get(name, "")


def _unverified(form: Typing) -> Iterator[str]:
    """The fields that are marked as unchecked: those that the text has, each once, what was marked before in its order."""
    typed = dict.fromkeys(clean(each).strip() for each in form.form.all("unverified"))
    yield from (name for name in form.current.unverified if name in typed)
    yield from (name for name in typed if name in LABELS and name not in form.current.unverified)


def dates_and_numbers(form: Typing) -> dict[str, Any]:
    """The two days of a seam between rules, and how often somebody came."""
    found: dict[str, Any] = {}
    for name in DATE_FIELDS:
        if name in form.form:
            try:
                found[name] = read_day(clean(form.form.last(name)), field=name)
            except RuleBroken as error:
                form.problems[name] = f"{error.message}原来的没有改。"
    if "visits" in form.form:
        number, problem = whole_number(form.form.last("visits"), most=MOST_VISITS)
        if problem:
            form.problems["visits"] = f"跑动次数{problem}"
        else:
            found["visits"] = number
    return found


def whole_number(typed: str, *, most: int, least: int = 0) -> tuple[int | None, str]:
    """(the number, what is wrong): full-width digits count, 3 次 is 3, nothing is None."""
    text = "".join(unicodedata.normalize("NFKC", clean(typed)).split()).removesuffix("次")
    if not text:
        return None, ""
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) < 10 and least <= int(text) <= most:
        return int(text), ""
    return None, f"写 {least} 到 {most} 的数字，“{text[:20]}”没有存。"


def rows(form: Typing, precedent: Precedent | None) -> dict[str, Any]:
    """Every field that is a row of a vocabulary, or several."""
    found: dict[str, Any] = {}
    _one(form, found, "theme", lambda row: row.name, naming.themes_named, "主题里没有“{}”")
    _one(form, found, "region", lambda row: row.full_name, naming.regions_named, "地区里没有“{}”")
    _matters(form, found)
    _many(form, found, "causes", lambda row: row.name, naming.causes_named, "原因里没有“{}”")
    _many(form, found, "categories", naming.category_key, naming.categories_named, "分类里没有“{}”")
    _supersedes(form, found, precedent)
    return found


Named = Callable[[Iterable[str]], Mapping[str, Any]]


def _one(form: Typing, found: dict[str, Any], name: str, key: Callable, named: Named, words: str) -> None:
    if name not in form.form:
        return
    typed, before = tidy_line(form.form.last(name)), getattr(form.current, name)
    if before is not None and typed == key(before):
        return
    row = named([typed]).get(typed) if typed else None
    if typed and row is None:
        form.problems[name] = f"{words.format(typed[:40])}，还是原来的。从列出来的里选一个。"
    else:
        found[name] = row


def _many(form: Typing, found: dict[str, Any], name: str, key: Callable, named: Named, words: str) -> None:
    if name not in form.form:
        return
    entries = (part for typed in form.form.all(name) for part in map(tidy_line, clean(typed).split("\n")))
    wanted = list(dict.fromkeys(entry for entry in entries if entry))[: LIST_LENGTH + 1]
    known = {key(row): row for row in getattr(form.current, name)}
    left = [entry for entry in wanted if entry not in known]
    known |= named(left) if left else {}
    missing = [entry for entry in wanted if entry not in known]
    found[name] = tuple(dict.fromkeys(known[entry] for entry in wanted if entry in known))
    if missing:
        form.problems[name] = f"{words.format(missing[0][:40])}，这一个没有存。从列出来的里选。"


def _matters(form: Typing, found: dict[str, Any]) -> None:
    words = "事项目录里没有“{}”"
    _one(form, found, "matter", lambda row: row.name, naming.matters_named, words)
    _many(form, found, "more_matters", lambda row: row.name, naming.matters_named, words)
    if "matter" in form.problems:
        form.problems["matter"] += "目录里真没有，就把事项写在“事项说明”里。"
    if (matter := found.get("matter")) is not None and found.get("theme", form.current.theme) == form.current.theme:
        # Who chooses another matter means its theme as well.
        found["theme"] = matter.theme


def _supersedes(form: Typing, found: dict[str, Any], precedent: Precedent | None) -> None:
    if "supersedes" not in form.form:
        return
    typed, before = tidy_line(form.form.last("supersedes")), form.current.supersedes
    if before is not None and typed == naming.precedent_key(before):
        return
    row = naming.precedent_numbered(typed, owner=precedent and precedent.owner_department) if typed else None
    if typed and row is None:
        form.problems["supersedes"] = f"库里没有编号“{typed[:40]}”的案例，没有改。从案例页上复制入库编号。"
    elif row is not None and precedent is not None and row.pk == precedent.pk:
        form.problems["supersedes"] = "这就是本案例自己的编号，没有改。写它要代替的那一件。"
    else:
        found["supersedes"] = row
