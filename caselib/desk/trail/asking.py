"""What the auditor asks of the trail: read from the address or a form, told again in words, kept for the next page."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext

from caselib.audit.actions import LABELS, Action
from caselib.audit.selectors import Wanted
from caselib.core.days import read_day
from caselib.core.errors import RuleBroken
from caselib.core.text import clean
from caselib.orgs.models import User

from .words import GROUPS, OTHERS, TYPES, actions_in

# Every condition, with what it is called; longer ones than this are none of ours.
NAMES = {
    "since": "从",
    "until": "到",
    "kind": "行为",
    "who": "人",
    "type": "对象类型",
    "key": "对象键",
    "label": "对象",
    "request": "请求编号",
    "ip": "地址",
}
LONGEST = 200
_TYPE = re.compile(r"[a-z_]{1,30}\.[A-Za-z_]{1,33}")


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class OptionGroup:
    label: str
    options: tuple[Option, ...]


def typed_in(data: Mapping[str, str]) -> dict[str, str]:
    """The conditions as they were typed, without blanks around; empty ones stay empty."""
    return {name: clean(data.get(name, "")).strip()[:LONGEST] for name in NAMES}


def query_of(typed: Mapping[str, str]) -> str:
    """The part of an address that asks the same again."""
    return urlencode({name: value for name, value in typed.items() if value})


def wanted_of(typed: Mapping[str, str]) -> Wanted:
    """What these conditions ask for. Raises RuleBroken naming the one that cannot be read. 1 query where a person is named."""
    since = read_day(typed["since"], field="since")
    until = read_day(typed["until"], field="until")
    if since and until and until < since:
        raise RuleBroken(gettext("“到”的日子在“从”的前面，请对调或改一个。"), code="order", field="until")
    if typed["type"] and not _TYPE.fullmatch(typed["type"]):
        raise RuleBroken(gettext("没有这种对象，从下拉框里选一个。"), code="unknown", field="type")
    # A name of an account means the account, under whatever name it did something; anything else a name in the event.
    accounts = tuple(User.objects.filter(username=typed["who"]).values_list("pk", flat=True)) if typed["who"] else ()
    return Wanted(
        since=since,
        until=until,
        actions=_actions(typed["kind"]),
        accounts=accounts,
        name="" if accounts else typed["who"],
        object_type=typed["type"],
        object_id=typed["key"],
        label=typed["label"],
        request_id=typed["request"].lower(),
        ip=typed["ip"].lower(),
    )


def told_of(typed: Mapping[str, str]) -> str:
    """The conditions as one line of words: 从 2026-07-01，行为 登录."""
    shown = {**typed, "kind": _kind_label(typed["kind"]), "type": TYPES.get(typed["type"], typed["type"])}
    return "，".join(f"{NAMES[name]} {value}" for name, value in shown.items() if value) or "没有，全部记录"


def kind_options(chosen: str) -> list[OptionGroup]:
    """Every kind of deed in its group; the first option of a group is all of it."""
    groups = []
    for key, label in [*((key, name) for key, (name, _) in GROUPS.items()), OTHERS]:
        actions = actions_in(key)
        if actions:
            options = [(key, f"{label}：全部"), *((action.value, LABELS[action]) for action in actions)]
            groups.append(OptionGroup(label, tuple(Option(*each, each[0] == chosen) for each in options)))
    return groups


def type_options(chosen: str) -> list[Option]:
    """Every kind of object that has a name, and the one that was asked for."""
    known = {**TYPES, **({chosen: chosen} if chosen and chosen not in TYPES else {})}
    return [Option(value, label, value == chosen) for value, label in known.items()]


def _actions(kind: str) -> tuple[str, ...]:
    if not kind:
        return ()
    actions = actions_in(kind) or tuple(action for action in Action if action.value == kind)
    if not actions:
        raise RuleBroken(gettext("没有这种行为，从下拉框里选一个。"), code="unknown", field="kind")
    return actions


def _kind_label(kind: str) -> str:
    if kind in GROUPS:
        return GROUPS[kind][0]
    return LABELS.get(kind, OTHERS[1] if kind == OTHERS[0] else kind)
