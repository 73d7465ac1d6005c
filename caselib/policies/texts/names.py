"""Policies by what they are called: full titles, short ones, and what people leave out of them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from caselib.core.text import normalise

from .numbers import NumberTable, known_numbers

_LONGEST_NAME = 60
_NAME_ENDS = ("法", "条例", "办法", "规定", "细则", "意见", "决定", "指引", "通知")
# 上海市排水条例 is said 上海排水条例.
_PLACE = re.compile("^([一-鿿]{2,3}?)[省市]")
# What short names leave out.
_LEFT_OUT = re.compile("中华人民共和国|管理|暂行|实施|若干|监督|全面|关于|国务院办公厅|国务院")
# 公司法 is no law in 公司法人, 消防法 none in 消防法规.
_NOT_AFTER_LAW = frozenset("人定院律务庭官规制学治案")


@dataclass(frozen=True, slots=True)
class KnownPolicy:
    """A policy as far as it can be named. `numbers`: as they are written; `names`: titles and short titles."""

    code: str
    title: str
    numbers: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PolicyTable:
    """What the library knows of its policies, for looking up. Made once for each change of a policy."""

    titles: Mapping[str, str]
    names: Mapping[str, tuple[str, ...]]
    # How long the names are that begin with these two characters, longest first.
    name_sizes: Mapping[str, tuple[int, ...]]
    numbers: NumberTable

    @classmethod
    def of(cls, policies: Iterable[KnownPolicy]) -> "PolicyTable":
        policies = list(policies)
        names = _names_of(policies)
        sizes: dict[str, set[int]] = {}
        for name in names:
            sizes.setdefault(name[:2], set()).add(len(name))
        return cls(
            titles={policy.code: policy.title for policy in policies},
            names=names,
            name_sizes={start: tuple(sorted(found, reverse=True)) for start, found in sizes.items()},
            numbers=NumberTable.of(
                number for policy in policies for number in known_numbers(policy.code, policy.numbers)
            ),
        )


NO_POLICIES = PolicyTable({}, {}, {}, NumberTable({}, ()))


def _names_of(policies: Sequence[KnownPolicy]) -> dict[str, tuple[str, ...]]:
    """Names to the policies they mean: full, short, and with what people leave out; those last only where clear."""
    sure: dict[str, list[str]] = {}
    shortened: dict[str, set[str]] = {}
    for policy in policies:
        for written in policy.names:
            name = plain_name(written)
            if len(name) > 2:
                sure.setdefault(name, []).append(policy.code)
            for short in _short_forms(name):
                shortened.setdefault(short, set()).add(policy.code)
    names = {name: tuple(dict.fromkeys(codes)) for name, codes in sure.items()}
    for short, codes in shortened.items():
        if len(codes) == 1:
            names.setdefault(short, tuple(codes))
    return names


def plain_name(name: str) -> str:
    return re.sub(r"[\s《》“”\"']|\(.*?\)", "", normalise(name))[:_LONGEST_NAME]


def _short_forms(name: str) -> Iterator[str]:
    if not name.endswith(_NAME_ENDS):
        return
    bare = name.replace("中华人民共和国", "")
    for short in (bare, _LEFT_OUT.sub("", name), _PLACE.sub(r"\1", bare)):
        if len(short) > 2 and short != name and short not in _NAME_ENDS:
            yield short


def longest_name(text: str, at: int, table: PolicyTable) -> str:
    """The longest known name that begins at a place of a text in normal form, or empty."""
    for size in table.name_sizes.get(text[at : at + 2], ()):
        name = text[at : at + size]
        after = text[at + size : at + size + 1]
        if name in table.names and not (name.endswith("法") and after in _NOT_AFTER_LAW):
            return name
    return ""
