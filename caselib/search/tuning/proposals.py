"""What a trial may change: a group of synonyms, or the weights of a question."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from caselib.core.errors import RuleBroken
from caselib.search.synonyms import Group, Synonyms
from caselib.search.synonyms.checking import problems_of
from caselib.search.synonyms.parsing import words_of
from caselib.search.synonyms.site import load_groups
from caselib.search.weights import FIELD_WEIGHT, TRIABLE

_LONGEST = 20_000
_FARTHEST = 10.0
# What a key of a group can look like: the page links to it.
_KEY = re.compile(r"[a-z][0-9a-f]{1,20}")
KNOBS = {
    "words": "词",
    "grams": "相邻两字",
    "exact": "文号、条款、编号",
    "sounds": "拼音、首字母",
    "synonym": "同义词（原词算 1）",
    "closeness": "意思相近",
    "closeness_of_codes": "意思相近（问文号或拼音时）",
    "closeness_of_kinds": "意思相近（要找某一类案例时）",
    "close_enough": "多近就算一条结果",
    "fact_weight": "决定性事实当词看",
    "fact_fits": "条件相符",
    "fact_unfits": "条件相反",
    "soft_fact": "顺带说的事实打几折",
    "trait_weight": "要找的那一类当词看",
    "trait_fits": "是要找的那一类",
    "trait_by_the_way": "顺带提到要找的那一类",
    "lay": "口语换成办事用语",
    "lay_without_meaning": "口语换成办事用语（没有语义模型时）",
    "doubtful": "待复核的往后放",
}


@dataclass(frozen=True, slots=True)
class Knob:
    """One number of the form. `value` as typed, `now` as it counts; `line` is what a maintainer would write."""

    name: str
    label: str
    value: str
    now: float

    @property
    def is_changed(self) -> bool:
        return self.value != f"{self.now:g}"

    @property
    def line(self) -> str:
        if self.name in FIELD_WEIGHT:
            return f'FIELD_WEIGHT["{self.name}"]: {self.value}'
        constant = "SYNONYM_WEIGHT" if self.name == "synonym" else self.name.upper()
        return f"{constant} = {self.value}"


@dataclass(frozen=True, slots=True)
class WordsProposal:
    """A group as it is proposed. `key`: the stored group that it takes the place of, or empty; `off`: only taken out."""

    words: str = ""
    one_way: bool = False
    key: str = ""
    off: bool = False


def knobs_of(typed: Mapping[str, str]) -> list[Knob]:
    """The numbers of the form; what was not typed stands at its present value."""
    return [
        Knob(name, KNOBS.get(name, name), typed.get(name, f"{now:g}").strip()[:12], now)
        for name, now in TRIABLE.items()
    ]


def weights_from(knobs: list[Knob]) -> dict[str, float]:
    """Raises RuleBroken naming the number that cannot be read, or when none was changed."""
    values: dict[str, float] = {}
    for knob in knobs:
        try:
            value = float(knob.value)
        except ValueError as error:
            raise _no_number(knob) from error
        if not math.isfinite(value) or abs(value) > _FARTHEST:
            raise _no_number(knob)
        if value != knob.now:
            values[knob.name] = value
    if not values:
        raise RuleBroken(gettext("和现在一样，没有可比的。改一个数再试算。"), code="unchanged", field="weights")
    return values


def _no_number(knob: Knob) -> RuleBroken:
    message = f"“{knob.label}”要填 {-_FARTHEST:g} 到 {_FARTHEST:g} 之间的数。填的都还在，改好再试算。"
    return RuleBroken(message, code="no_number", field=knob.name)


def words_proposed(posted: Mapping[str, str], *, key: str) -> WordsProposal:
    """What the form of a group sends: `words`, `direction`, and `off` where the group would be switched off."""
    key = key or posted.get("key", "")
    return WordsProposal(
        words=posted.get("words", "")[:_LONGEST],
        one_way=posted.get("direction") == "one_way",
        key=key if _KEY.fullmatch(key) else "",
        off=posted.get("off") == "1",
    )


def synonyms_with(proposal: WordsProposal) -> Synonyms:
    """The words of the site as they would be. 1 query. Raises RuleBroken for a group that could not be saved."""
    groups = load_groups()
    kept = [row.group for row in groups if row.is_active and row.key != proposal.key]
    if proposal.off:
        if proposal.key not in {row.key for row in groups}:
            raise RuleBroken(
                gettext("没有这一组同义词，可能有人先改了。回到同义词看一看。"), code="no_group", field="key"
            )
        return Synonyms.of(kept)
    typed = words_of(proposal.words)
    if problems := problems_of(typed, one_way=proposal.one_way, key=proposal.key, groups=groups):
        raise RuleBroken(problems[0].message, code=str(problems[0].sort), field="words")
    return Synonyms.of([Group(typed, one_way=proposal.one_way), *kept])
