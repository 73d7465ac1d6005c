"""The inputs of the form as values: each with its label, guidance, what stands in it and what is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from caselib.precedents.completeness import DECLARABLE
from caselib.precedents.content import CHOICES, GIST_LENGTH, TITLE_LENGTH
from caselib.precedents.models import Manner, ResultType

from .findings import Found
from .plan import label_of

Shown = Mapping[str, Sequence[str]]
Places = Mapping[tuple[str, int, str], tuple[Found, ...]]


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a list, or one entry of a list of words. `remove` is what its button posts, empty for a new row."""

    number: int
    parts: tuple["Field", ...]
    remove: str


@dataclass(frozen=True, slots=True)
class Field:
    """One input. `template` draws it; `id` is its anchor; `may_lack`: whether it may be left open as 待核, `lacks`: whether it
    is; `note`: a line beside it; `also`: a button that chooses one more."""

    template: str
    name: str
    label: str
    id: str = ""
    value: str = ""
    hint: str = ""
    need: str = ""
    most: int = 0
    error: str = ""
    found: tuple[Found, ...] = ()
    options: tuple[Option, ...] = ()
    rows: tuple[Row, ...] = ()
    blank: str = ""
    pick: str = ""
    may_lack: bool = False
    lacks: bool = False
    note: str = ""
    also: Option | None = None
    noun: str = ""
    is_wide: bool = False
    is_short: bool = False
    parts: tuple["Field", ...] = ()
    is_open: bool = False

    @property
    def length(self) -> int:
        return len(self.value)

    @property
    def described(self) -> str:
        """The ids of what describes it."""
        parts = [
            f"e-{self.id}" if self.error else "",
            f"h-{self.id}" if self.hint else "",
            f"p-{self.id}" if self.found else "",
        ]
        return " ".join(filter(None, parts))


HINTS = {
    "title": "一句话说清是什么办不成，不写人名、单位名。",
    "gist": "一句话说清怎么办成的，结果列表里就显示它。",
    "result_type": "换了结果，存一次，各节跟着换。",
    "matter": "按目录里的名字，写几个字就能选。",
    "matter_note": "目录里没有这个事项，就照材料上的写。",
    "more_matters": "一件事办了几个事项的，其余的写在这里。",
    "occurred": "知道多少写多少：2023、2023-02、2023-02-13。",
    "applies_from": "新旧规定交替时才写。",
    "applies_until": "从这一天起不再适用。",
    "problem": "发生了什么，要办什么，为什么急。可以分段、列点。",
    "blocker": "卡在哪一步、哪一条。",
    "causes": "为什么办不成，可以选几个。",
    "requester_wording": "群众怎么说的，一句一条；写上，别人才搜得到。",
    "visits": "白跑了几趟。没有人数过就空着。",
    "categories": "各套分类分别选，没有合适的不选。",
    "lead_org": "只写一家；其余的写在协同部门。",
    "partner_orgs": "几家用顿号隔开，或者一家一行。",
    "handling_steps": "谁、第几天、做了什么。反映当天是第 1 天。",
    "resolution": "怎么办成的，照着能做。可以分段、列点。",
    "who_can_decide": "窗口、中心、区联席还是市级。",
    "force": "正式文件里写了，才选“必须按此”。",
    "assessment": "能不能办、该不该办，培训时用。",
    "flexibility": "特事特办、急事急办和容缺都要写：凭什么、什么没变通、谁批准。",
    "applies_when": "写成能答“是”的话，如：缺的是可以核验的非关键件。",
    "not_when": "写一种不能照办的情形，如：有冒名登记嫌疑；知道去处的一并写上。",
    "script": "一段可以直接念的话。",
    "decision_level": "最低到哪一级就能定；结果页按它筛选。",
    "detours": "哪一条不符合，改怎么办；库里有的写入库编号，窗口一点就到。",
    "entrances": "在哪里办：名称和政府网站的网址；口径、告知单上都带着它。",
    "alternatives": "原来想办什么，改走哪条；确实没有就写“没有替代办法”。",
    "lasting_rule": "现在的规矩是什么，从哪天起，谁定的。",
    "evaluation": "办成以后怎样，有没有反复。",
    "why_another": "和已有的差在哪里。",
    "supersedes": "写入库编号。这一稿通过时，那一件出库。",
    "tags": "用顿号隔开。",
    "citations": "",
}
NEEDED = {"title": "必填", "gist": "必填", "problem": "必填", "blocker": "必填", "causes": "至少一个", "resolution": "必填",
          "applies_when": "至少一条", "not_when": "至少一条", "result_type": "必填"}  # fmt: skip
# Where the number of characters is shown while one writes; the rest says so only where it is too long.
MOST = {"title": TITLE_LENGTH, "gist": GIST_LENGTH}
_PART_LABELS = {
    "handling_steps": {"what": "做了什么", "who": "谁（写岗位）", "day": "第几天"},
    "materials": {"name": "材料名称", "required": "必需", "deferrable": "可容缺", "correct_sample": "正确样例",
                  "common_mistake": "常见错误", "sample_picture": "正确样例图", "mistake_picture": "错误样例图"},
    "deferred_material": {"item": "缺哪件", "why_minor": "为什么不是关键件", "verification": "怎么核的", "deadline": "多久补",
                          "consequence": "逾期后果", "supplied": "后来补了吗"},
    "alternatives": {"wanted": "原来想办", "instead": "改走哪条", "reason": "为什么"},
    "detours": {"condition": "哪一条不符合", "instead": "改怎么办", "target": "看哪一件（入库编号，或所引政策的文号）"},
    "entrances": {"label": "入口名称", "address": "网址"},
    "sources": {"name": "来源名称", "date": "日期", "address": "网址"},
    "flexibility": {"basis": "凭什么可以变通", "still_mandatory": "哪些没有变通、仍要照办", "approved_by": "谁批准（写岗位，不写姓名）"},
    "outcome": {"before": "办之前", "after": "办之后", "unit": "单位"},
}  # fmt: skip
_NOUNS = {"handling_steps": "步", "materials": "件", "deferred_material": "件", "alternatives": "条", "detours": "条",
          "entrances": "处", "sources": "处"}  # fmt: skip
_LONG_PARTS = {"what", "correct_sample", "common_mistake", "basis", "still_mandatory"}
_TICKS = ("required", "deferrable")
_SUPPLIED = (("", "没记"), ("1", "补了"), ("0", "没补"))
_EMPTY_WORDS = {"admin_level": "没有写", "failed_stage": "没有写", "decision_level": "没有写", "manner": "照常办"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the form shows: `shown` by name, `problems` by name, findings by place. `opens`: a list with one row more."""

    shown: Shown
    problems: Mapping[str, str] = field(default_factory=dict)
    found: Places = field(default_factory=dict)
    opens: str = ""

    def last(self, name: str) -> str:
        values = self.shown.get(name) or ("",)
        return values[-1]

    def plain(self, name: str, template: str, **more: object) -> Field:
        """An input that holds one text."""
        made = Field(
            template=f"writing/_{template}.html",
            name=name,
            label=label_of(name),
            id=f"f-{name}",
            value=self.last(name),
            hint=HINTS.get(name, ""),
            need=NEEDED.get(name, ""),
            most=MOST.get(name, 0),
            error=self.problems.get(name, ""),
            found=self.found.get((name, -1, ""), ()),
            may_lack=name in DECLARABLE,
            lacks=name in self.shown.get("unverified", ()),
        )
        return replace(made, **more)

    def choice(self, name: str, **more: object) -> Field:
        """A closed list."""
        options = [
            (value, _EMPTY_WORDS.get(name, label) if not value else label) for value, label in CHOICES[name].choices
        ]
        if name in ("admin_level", "failed_stage"):
            options.sort(key=lambda option: bool(option[0]))
        return self.chosen(name, options, **more)

    def chosen(self, name: str, options: Sequence[tuple[str, str]], **more: object) -> Field:
        """One of several; what stands there and is not offered any more is offered all the same."""
        value = self.last(name)
        offered = [*options, *([] if any(key == value for key, _ in options) else [(value, value)])]
        listed = tuple(Option(key, label, key == value) for key, label in offered)
        return self.plain(name, "select", options=listed, **more)

    def ticked(self, name: str, options: Sequence[tuple[str, str]], **more: object) -> Field:
        """Any of several."""
        values = [value for value in self.shown.get(name, ()) if value]
        missing = [(value, value) for value in values if value not in dict(options)]
        listed = tuple(Option(key, label, key in values) for key, label in (*options, *missing))
        return self.plain(name, "ticks", options=listed, value="", **more)

    def entries(self, name: str, *, spare: int = 1, pick: str = "", **more: object) -> Field:
        """A list of sentences, one input each, with empty ones behind them."""
        values = [value for value in self.shown.get(name, ()) if value] + [""] * (spare + (self.opens == name))
        rows = tuple(self._entry(name, number, value, pick) for number, value in enumerate(values))
        return self.plain(name, "entries", rows=rows, value="", found=(), **more)

    def _entry(self, name: str, number: int, value: str, pick: str) -> Row:
        label = f"{label_of(name)} {number + 1}"
        found = self.found.get((name, number, ""), ())
        part = Field("writing/_entry.html", name, label, f"f-{name}-{number}", value, found=found, pick=pick)
        return Row(number, (part,), f"{name}-{number}" if value else "")

    def joined(self, name: str, **more: object) -> Field:
        """A list of short words in one line. Findings of all of them stand below it."""
        values = [value for value in self.shown.get(name, ()) if value]
        found = tuple(each for (of, _, _), several in self.found.items() if of == name for each in several)
        return self.plain(name, "line", value="、".join(values), found=found, **more)

    def records(self, name: str, *, is_bare: bool = False, **more: object) -> Field:
        """A list of records; a new one stands open where there is none yet, unless `is_bare`, and where one was asked for."""
        shape = re.compile(rf"{name}-([0-9]{{1,6}})-")
        numbers = sorted({int(match[1]) for key in self.shown if (match := shape.match(key))})
        if self.opens == name or not (numbers or is_bare):
            numbers.append(numbers[-1] + 1 if numbers else 0)
        rows = tuple(self._record(name, at, number) for at, number in enumerate(numbers))
        return self.plain(name, "records", rows=rows, value="", noun=_NOUNS[name], found=(), **more)

    def _record(self, name: str, at: int, number: int) -> Row:
        parts = tuple(self.part(name, part, number, at) for part in _PART_LABELS[name])
        is_new = f"{name}-{number}-{parts[0].name.rpartition('-')[2]}" not in self.shown
        return Row(at + 1, parts, "" if is_new else f"{name}-{number}")

    def single(self, name: str, **more: object) -> Field:
        """One record."""
        parts = tuple(self.part(name, part, -1, -1) for part in _PART_LABELS[name])
        return self.plain(name, "single", parts=parts, value="", found=(), **more)

    def part(self, name: str, part: str, number: int, at: int) -> Field:
        """One input of a record. `number` names it in the form, `at` counts it in the text."""
        key = f"{name}-{number}-{part}" if number >= 0 else f"{name}-{part}"
        template = (
            "tick"
            if part in _TICKS
            else "area"
            if part in _LONG_PARTS
            else "hidden"
            if part.endswith("_picture")
            else "line"
        )
        made = Field(
            f"writing/_{template}.html",
            key,
            _PART_LABELS[name][part],
            id=f"f-{key}",
            value=self.last(key),
            error=self.problems.get(key, ""),
            found=self.found.get((name, at, part), ()),
            is_wide=part in _LONG_PARTS,
            is_short=part in _LONG_PARTS,
        )
        if part in ("supplied", "condition"):
            offered = _SUPPLIED if part == "supplied" else self._conditions(made.value)
            options = tuple(Option(value, label, value == made.value) for value, label in offered)
            return replace(made, template="writing/_select.html", options=options, is_wide=part == "condition")
        return replace(made, value="1") if part == "required" and key not in self.shown else made

    def _conditions(self, chosen: str) -> tuple[tuple[str, str], ...]:
        """The statements of the form to choose from, and what stands there though no statement says it any more."""
        told = [value for name in ("applies_when", "not_when") for value in self.shown.get(name, ()) if value]
        values = dict.fromkeys([*told, *([chosen] if chosen else [])])
        return (("", "选一条"), *((value, value) for value in values))


def result_note(result: str) -> str:
    """What a kind of result means for what is written."""
    return {
        ResultType.UNSOLVED: "没办成的只留作参考，不评典型案例。",
        ResultType.LAWFULLY_IMPOSSIBLE: "写清怎么跟群众说、还能走哪条路。",
        ResultType.OUT_OF_SCOPE: "写成分流卡：该找谁、怎么说。",
    }.get(result, "")


def needs_bounds(manner: str) -> bool:
    return manner in (Manner.SPECIAL, Manner.URGENT)
