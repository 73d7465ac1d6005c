"""Years and places in a question: 去年 虹口 asks for the cases of a year and prefers those of a district.

A year or a place is read as a filter only where it stands apart, between blanks, or where cases are asked for
(去年注销的案例). Inside a sentence it is part of the story: 去年走了, 上海户口, 南京东路, 北京银行.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from caselib.core.text import normalise
from caselib.search.weights import PLACE_AROUND_NAMED, PLACE_NAMED

# A pasted ticket tells a story; its dates and places are facts of it.
LONGEST = 60
_OLDEST_YEAR = 1990

_APART = re.compile(r"[\s、;|+/]+")
_CHINESE_DIGITS = str.maketrans("零〇○一二三四五六七八九", "000123456789")
_SHORT_COUNT = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "十": 10, "一": 1}
_YEAR = r"(?:19|20)\d\d"
_YEAR_IN_CHINESE = r"(?:一九|二[零〇○])[零〇○一二三四五六七八九]{2}"
_ANY_YEAR = rf"(?:{_YEAR}|{_YEAR_IN_CHINESE})"
_RELATIVE = {"今年": 0, "本年度": 0, "本年": 0, "去年": 1, "上年度": 1, "上年": 1, "上一年": 1, "前年": 2}
_ATOMS = re.compile(
    rf"(?P<range>(?P<first>{_ANY_YEAR})年?[-–—~至到](?P<last>{_ANY_YEAR})年?)"
    rf"|(?P<since>(?P<start>{_ANY_YEAR})年?(?:以来|以后|之后|起))"
    rf"|(?P<year>{_ANY_YEAR})(?P<unit>年度|年)?(?!\d|\s*月)"
    rf"|(?P<relative>{'|'.join(sorted(_RELATIVE, key=len, reverse=True))})"
    r"|(?P<recent>(?:最近|近|这)(?P<count>[一两二三四五十]|\d)年(?:以来|来|内|里)?)"
)
_FILL = re.compile(r"的|所有|全部|哪些|有|发生|办结|办理|期间|以内|案例|先例|案件|例子|那边|这边|地区|[,。.!?:]")
# With these beside it a year tells when something happened to somebody, not of when the cases are to be: 去年 买的房,
# 前年 离婚 房子归谁, 去年 执照丢了. 离婚登记 and 生育津贴 are matters.
_DEEDS = (
    "买卖办租交缴领开拿住盖建拍换搬迁转欠丢考签拆借还贷修生死走退停辞嫁娶报批补注销登记毕业结婚离婚退休入职离职去世过世"
)
_STORY = re.compile(
    rf"[{_DEEDS}](?:的|了|过|完)(?!户)|没了|刚|[我你他她咱您]|怎么|为什么|[吗呢吧?!,。]|能不能|可不可以|还能|可以"
    r"|(?:离婚|结婚|再婚|毕业|搬家|出生|买房|卖房|生孩子|怀孕)(?!登记|证|津贴|手续|档案|公证|协议|一件事|生)"
    r"|去世(?!人)|过世|病故|走(?:$|\s)"
)
_WANTS_CASES = re.compile(r"(?:的)?(?:案例|先例|案件|例子)$")


@dataclass(frozen=True, slots=True)
class Place:
    """A region as a filter: `inside` are the full names of itself and all below it, `above` those it lies in."""

    name: str
    full_name: str
    inside: frozenset[str]
    above: frozenset[str]


# What a place is called, in normal form, to the places that are called so.
Places = Mapping[str, tuple[Place, ...]]


@dataclass(frozen=True, slots=True)
class FilterReading:
    """What was read. `rest`: the question in normal form without what is filtered.

    `filters`: values by facet that a hit must have one of. `preferences`: weight by value by facet for those that come
    first. `labels` and `preferred`: what was read, for the person: 2025 年, 虹口区. `places` names those places that are
    a filter, for which the preferences hold as soon as they are none any more.
    """

    rest: str
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    preferences: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    preferred: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.labels or self.preferred)


_NAME_END = re.compile(
    r"(?:(?:壮族|回族|维吾尔|满族|蒙古族|藏族|苗族|彝族|土家族|侗族|朝鲜族|[一-鿿]族)?自治[区州县旗]"
    r"|特别行政区|新区|[省市区县旗盟])$"
)
# Names that many cities give to a part of themselves say nothing alone.
_COMMON = frozenset({"高新区", "新区", "开发区", "经开区", "东区", "西区", "城区", "郊区", "市辖区", "国家", "全国"})


def names_of(name: str, full_name: str, above: Sequence[str] = ()) -> set[str]:
    """What people write for a region: 上海市虹口区, 虹口区, 虹口, 上海虹口, in normal form.

    `above`: the full names of the regions it lies in, the highest first.
    """
    own = {name} | _shortened(name) if name not in _COMMON and not name.endswith(("街道", "镇", "乡")) else {name}
    own -= _COMMON
    names = {full_name} | own
    for higher in above:
        for prefix in {higher} | _shortened(higher):
            names |= {prefix + each for each in {name} | _shortened(name)}
    return {normalise(each) for each in names if len(each) > 1}


def _shortened(name: str) -> set[str]:
    short = _NAME_END.sub("", name)
    return {short} if len(short) > 1 and short not in _COMMON else set()


def read_filters(text: str, *, places: Places, on: dt.date) -> FilterReading:
    """Reads years and places of a question in normal form. `on`: the day on which 去年 is said."""
    if len(text) > LONGEST:
        return FilterReading(text)
    parts = [(part, _read_part(part, places=places, on=on)) for part in _APART.split(text)]
    left = " ".join(read[0] if read else part for part, read in parts)
    if _STORY.search(left) and not _WANTS_CASES.search(text):
        parts = [(part, None if read and read[1] else read) for part, read in parts]
    times = [part for part, read in parts if read and read[1]]
    if len(times) > 1 and any(name in part for part in times for name in _RELATIVE):
        # 去年 买的房 今年 过户 tells a story.
        return FilterReading(text)
    rest = " ".join(filter(None, (read[0] if read else part for part, read in parts)))
    years = frozenset().union(*(read[1] for _, read in parts if read))
    return _reading(rest, years, [name for _, read in parts if read for name in read[2]], places)


def _reading(rest: str, years: frozenset[int], names: Sequence[str], places: Places) -> FilterReading:
    narrowest = _narrowest(place for name in names for place in places[name])
    filters = {"year": frozenset(map(str, years))} if years else {}
    preferred: dict[str, float] = {}
    for place in narrowest:
        for name in place.above:
            preferred.setdefault(name, PLACE_AROUND_NAMED)
        for name in place.inside:
            preferred[name] = PLACE_NAMED
    labels, here = _year_labels(years), tuple(dict.fromkeys(place.name for place in narrowest))
    preferences = {"region": preferred} if preferred else {}
    if narrowest and not rest:
        # Nothing else is asked: then the place is what is asked for.
        inside = frozenset().union(*(place.inside for place in narrowest))
        return FilterReading("", {**filters, "region": inside}, preferences, (*labels, *here), places=here)
    # What comes first is no word: the names of its offices and service matters hold the place everywhere.
    return FilterReading(rest, filters, preferences, labels, here)


def _narrowest(places: Iterable[Place]) -> list[Place]:
    """Without the places that another one of them lies in: 上海 虹口 means 虹口."""
    all_places = list(dict.fromkeys(places))
    outer = {name for place in all_places for name in place.above}
    return [place for place in all_places if place.full_name not in outer]


def _year_labels(years: frozenset[int]) -> tuple[str, ...]:
    ordered = sorted(years)
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return (f"{ordered[0]}—{ordered[-1]} 年",)
    return tuple(f"{year} 年" for year in ordered)


def _read_part(part: str, *, places: Places, on: dt.date) -> tuple[str, frozenset[int], list[str]] | None:
    """(what is left, years, names of places) of a part between blanks; None where it holds no filter."""
    at, years, found, last_is_place = 0, set(), [], False
    while at < len(part):
        if match := _ATOMS.match(part, at):
            read = _years(match, on=on, whole=match.end() == len(part) and at == 0)
            if not read:
                break
            years |= read
            at, last_is_place = match.end(), False
        elif name := _longest_name(part, at, places):
            found.append(name)
            at, last_is_place = at + len(name), True
        elif match := _FILL.match(part, at):
            at, last_is_place = match.end(), False
        else:
            break
    if not years and not found:
        return None
    rest = part[at:]
    if not rest:
        return "", frozenset(years), found
    wanted = _WANTS_CASES.sub("", rest)
    # 上海户口案例 is about 上海户口; 上海的户口案例 and 2023年上海户口案例 are about cases of 上海.
    if wanted == rest or (last_is_place and not years):
        return None
    return wanted, frozenset(years), found


def _longest_name(part: str, at: int, places: Places) -> str:
    """The longest name of a place that stands here; empty for none."""
    for size in range(min(24, len(part) - at), 1, -1):
        if part[at : at + size] in places:
            return part[at : at + size]
    return ""


def _number(text: str) -> int:
    return int(text.translate(_CHINESE_DIGITS))


def _years(match: re.Match[str], *, on: dt.date, whole: bool) -> set[int]:
    """The years of an atom; empty where it is none: the future, or a bare number that is not the whole part."""
    if match["relative"]:
        return {on.year - _RELATIVE[match["relative"]]}
    if match["recent"]:
        count = _SHORT_COUNT.get(match["count"]) or int(match["count"]) if match["count"] else 0
        return set(range(on.year - count + 1, on.year + 1))
    if match["range"]:
        first, last = _number(match["first"]), _number(match["last"])
        return set(range(first, last + 1)) if _OLDEST_YEAR <= first <= last <= on.year else set()
    if match["since"]:
        start = _number(match["start"])
        return set(range(start, on.year + 1)) if start >= _OLDEST_YEAR else set()
    year = _number(match["year"])
    # 2023 alone between blanks is a year; in front of something else it may be a number of anything.
    return {year} if _OLDEST_YEAR <= year <= on.year and (match["unit"] or whole) else set()
