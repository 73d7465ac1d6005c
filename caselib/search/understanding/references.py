"""Policies named in a question: by number in any spelling, also slightly wrong, or by a short name, with its articles.

国办发二〇二二 5号, 国令439, 公司法32条, 《登记条例》第三十三条: each becomes the policy it means, and what is looked for
are the precedents that rest on it. A number that the library does not know is looked for as it stands as well.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from caselib.core.text import article_refs, chinese_int, document_numbers, normalise

# Whoever names more than these pasted a list; the first ones say what it is about.
_MOST = 6
_MOST_MEANT = 3
_LONGEST_NAME = 60

_NUMERALS = "零〇○一二三四五六七八九"
_DIGITS = str.maketrans(_NUMERALS, "000123456789")
_YEAR = rf"\d{{4}}|[{_NUMERALS}]{{4}}"
_SERIAL = rf"\d{{1,5}}|[{_NUMERALS}十百千]{{1,7}}"
_CODE = r"[一-鿿]{1,12}?"
_BRACKETED = re.compile(
    rf"(?P<code>{_CODE})\s*[\[(]\s*(?P<year>{_YEAR})\s*年?\s*[\])]\s*第?\s*(?P<serial>{_SERIAL})\s*号?"
)
_BARE = re.compile(
    rf"(?P<code>{_CODE}(?:发|办|规|函|字|令))\s*(?P<year>{_YEAR})(?:\s*年\s*第?\s*|\s+第?\s*|\s*[-_/第]\s*)(?P<serial>{_SERIAL})\s*号?"
)
_CHINESE_RUN = re.compile(
    rf"(?P<code>{_CODE}(?:发|办|规|函|字))\s*(?P<year>[{_NUMERALS}]{{4}})\s*(?P<serial>{_SERIAL})\s*号"
)
_ORDER = re.compile(
    rf"(?P<code>{_CODE})令\s*第?\s*(?P<serial>{_SERIAL})(?:\s*号|(?![\d{_NUMERALS}十百千]|\s*[条款元年月日]))"
)
_ORDER_AFTER = re.compile(rf"(?P<code>{_CODE})\s*第?\s*(?P<serial>{_SERIAL})\s*号令")
_ORDERS = (_ORDER, _ORDER_AFTER)
# What stands before an agency in a list of amendments: 2011 年国务院令, 修改决定为主席令.
_BEFORE_AGENCY = re.compile("^.*[为年]")
_ARTICLE = re.compile(
    r"第?\s*(?:\d{1,4}|[零〇一二两三四五六七八九十百千]{1,9})\s*条"
    r"(?:\s*第?\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*款)?"
    r"(?:\s*第?\s*\(?\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*\)?\s*项)?"
)
_NAME_ENDS = ("法", "条例", "办法", "规定", "细则", "意见", "决定", "指引", "通知")
# 上海市排水条例 is said 上海排水条例.
_PLACE = re.compile("^([一-鿿]{2,3}?)[省市]")
# What short names leave out.
_LEFT_OUT = re.compile("中华人民共和国|管理|暂行|实施|若干|监督|全面|关于|国务院办公厅|国务院")
# Who issues orders (令), by full name: people write 总局令, 住建部令.
_AGENCIES = (
    "国务院", "国家市场监督管理总局", "住房和城乡建设部", "人力资源和社会保障部", "公安部", "民政部", "司法部", "财政部", "自然资源部",
    "交通运输部", "商务部", "文化和旅游部", "国家卫生健康委员会", "应急管理部", "国家税务总局", "教育部", "农业农村部", "生态环境部",
    "国家医疗保障局", "退役军人事务部", "中国人民银行",
)  # fmt: skip
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
class _Number:
    """One way to number a policy: `code` 国办发 or 国务院令, `year` empty for orders. `shown` as it is written."""

    code: str
    year: str
    serial: int
    policy: str
    shown: str


@dataclass(frozen=True, slots=True)
class PolicyTable:
    """What the library knows of its policies, for looking up. Made once for each change of a policy."""

    titles: Mapping[str, str]
    names: Mapping[str, tuple[str, ...]]
    # How long the names are that begin with these two characters, longest first.
    name_sizes: Mapping[str, tuple[int, ...]]
    numbers: Mapping[tuple[str, int], tuple[_Number, ...]]
    all_numbers: tuple[_Number, ...]

    @classmethod
    def of(cls, policies: Iterable[KnownPolicy]) -> "PolicyTable":
        policies = list(policies)
        numbers = tuple(number for policy in policies for number in _numbers_of(policy))
        by_serial: dict[tuple[str, int], list[_Number]] = {}
        for number in numbers:
            by_serial.setdefault((number.year, number.serial), []).append(number)
        names = _names_of(policies)
        sizes: dict[str, set[int]] = {}
        for name in names:
            sizes.setdefault(name[:2], set()).add(len(name))
        return cls(
            titles={policy.code: policy.title for policy in policies},
            names=names,
            name_sizes={start: tuple(sorted(found, reverse=True)) for start, found in sizes.items()},
            numbers={key: tuple(found) for key, found in by_serial.items()},
            all_numbers=numbers,
        )


NO_POLICIES = PolicyTable({}, {}, {}, {}, ())


@dataclass(frozen=True, slots=True)
class Reference:
    """A policy named in the question. `codes`: what is meant, more than one where it is not clear.

    `typed` as it was written; `shown`: the number that is looked for instead, where the typed one is not known;
    `articles` in normal form; `name_words`: the text of a name, to be looked for as words too, faintly.
    """

    typed: str
    codes: tuple[str, ...]
    shown: str = ""
    articles: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    name_words: str = ""

    @property
    def is_guess(self) -> bool:
        return bool(self.shown)


@dataclass(frozen=True, slots=True)
class ReferenceReading:
    """`rest`: the question in normal form without what was read."""

    rest: str
    references: tuple[Reference, ...] = ()


@dataclass(slots=True)
class _Spot:
    start: int
    end: int
    reference: Reference


def read_references(text: str, *, table: PolicyTable, near: bool = True) -> ReferenceReading:
    """Reads the policies that a question in normal form names. `near`: whether a number may be slightly wrong."""
    spots = _numbers_in(text, table, near=near)
    taken = [(spot.start, spot.end) for spot in spots]
    spots += [spot for spot in _names_in(text, table) if all(spot.end <= a or spot.start >= b for a, b in taken)]
    spots = sorted(spots, key=lambda spot: spot.start)[:_MOST]
    if not spots:
        return ReferenceReading(text)
    articles = _articles_in(text, spots)
    read, cut = [], []
    for number, spot in enumerate(spots):
        mine = [found for found in articles if found[0] == number]
        refs = tuple(dict.fromkeys(ref for _, _, _, found in mine for ref in found))
        read.append(
            Reference(
                spot.reference.typed,
                spot.reference.codes,
                shown=spot.reference.shown,
                articles=refs,
                keys=spot.reference.keys,
                name_words=spot.reference.name_words,
            )
        )
        cut += [(spot.start, spot.end), *((start, end) for _, start, end, _ in mine)]
    return ReferenceReading(_without(text, cut), tuple(read))


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces, at = [], 0
    for start, end in sorted(spans):
        pieces.append(text[at:start])
        at = max(at, end)
    return " ".join([*pieces, text[at:]]).replace("《", " ").replace("》", " ").strip()


def _articles_in(text: str, spots: Sequence[_Spot]) -> list[tuple[int, int, int, list[str]]]:
    """(which spot, from, to, articles): an article belongs to the policy named before it, or to the first one."""
    found = []
    for match in _ARTICLE.finditer(text):
        if any(spot.start <= match.start() < spot.end for spot in spots):
            continue
        refs = article_refs(match[0] if match[0].lstrip().startswith("第") else f"第{match[0].strip()}")
        before = [number for number, spot in enumerate(spots) if spot.end <= match.start()]
        if refs:
            found.append((before[-1] if before else 0, match.start(), match.end(), refs))
    return found


# --- numbers ---------------------------------------------------------------------------------------------------------


def _int(text: str) -> int:
    if all(character in _NUMERALS or character.isdigit() for character in text):
        return int(text.translate(_DIGITS))
    return chinese_int(text) or 0


def _numbers_of(policy: KnownPolicy) -> Iterator[_Number]:
    """Every number that stands in the policy's and its versions' document numbers."""
    for written in policy.numbers:
        for match in _written(normalise(written)):
            is_order = match.re in _ORDERS
            code = _BEFORE_AGENCY.sub("", match["code"]) + ("令" if is_order else "")
            year = "" if is_order else match["year"].translate(_DIGITS)
            serial = _int(match["serial"])
            shown = f"{code}第{serial}号" if is_order else f"{code}〔{year}〕{serial}号"
            yield _Number(code, year, serial, policy.code, shown)


def _written(text: str) -> list[re.Match[str]]:
    """The numbers in a text, the earliest first, without those that lie inside of another."""
    matches = sorted(
        (match for pattern in (_BRACKETED, _CHINESE_RUN, _BARE, *_ORDERS) for match in pattern.finditer(text)),
        key=lambda match: (match.start(), -match.end()),
    )
    kept: list[re.Match[str]] = []
    for match in matches:
        if not kept or match.start() >= kept[-1].end():
            kept.append(match)
    return kept


def _numbers_in(text: str, table: PolicyTable, *, near: bool) -> list[_Spot]:
    spots = []
    for match in _written(text)[: 3 * _MOST]:
        is_order = match.re in _ORDERS
        year = "" if is_order else match["year"].translate(_DIGITS)
        code = match["code"] + ("令" if is_order else "")
        meant, exact, code = _meant(code, year, _int(match["serial"]), table, near=near)
        if not meant:
            continue
        start = match.start() + len(match["code"]) + (1 if is_order else 0) - len(code)
        typed = text[start : match.end()].strip()
        spots.append(
            _Spot(
                start,
                match.end(),
                Reference(
                    typed,
                    tuple(dict.fromkeys(number.policy for number in meant)),
                    shown="" if exact else "、".join(dict.fromkeys(number.shown for number in meant)),
                    keys=tuple(document_numbers(typed)),
                ),
            )
        )
    return spots


def _meant(
    written: str, year: str, serial: int, table: PolicyTable, *, near: bool
) -> tuple[tuple[_Number, ...], bool, str]:
    """(the known numbers that are meant, whether that is certain, the code without the words before it)."""
    same = table.numbers.get((year, serial), ())
    best: list[tuple[float, int, _Number]] = []
    for number in same:
        cost, length = _code_cost(written, number.code)
        best.append((cost, -length, number))
    if near:
        for number in table.all_numbers:
            slip = _serial_cost(year, serial, number)
            if slip:
                cost, length = _code_cost(written, number.code)
                # One thing may be wrong, not two.
                best.append((slip if cost == 0 else 9.0, -length, number))
    best = [entry for entry in best if entry[0] <= (2.0 if near else 0.0)]
    if not best:
        return (), False, written
    least = min(entry[:2] for entry in best)
    chosen = [entry for entry in best if entry[0] == least[0]]
    if len({entry[2].policy for entry in chosen}) > _MOST_MEANT:
        return (), False, written
    length = max(-entry[1] for entry in chosen)
    return tuple(entry[2] for entry in chosen), least[0] == 0, written[len(written) - length :] if length else written


@functools.lru_cache(maxsize=4096)
def fuller_keys(key: str) -> tuple[str, ...]:
    """Normal forms of an order's number under the full name of whoever may have issued it: 总局令||88."""
    agency, order, rest = key.partition("令||")
    if not order or len(agency) < 2:
        return ()
    fuller = [full for full in _AGENCIES if full != agency and full[-1] == agency[-1] and _is_short_form(agency, full)]
    return tuple(number for full in fuller for number in document_numbers(f"{full}令第{rest}号"))


@functools.lru_cache(maxsize=4096)
def _code_cost(written: str, known: str) -> tuple[float, int]:
    """(how far the end of what is written is from a known code, how many characters of it are the code).

    0: the same, or an agency's short form (国令, 总局令, 市监总局令). 1: one character more or less, or a code with
    characters left out or added (国办发 for 国发). 9: another one.
    """
    if written.endswith(known):
        return 0.0, len(known)
    if known.endswith("令") and written.endswith("令"):
        for size in range(min(len(written), len(known)), 1, -1):
            if _is_short_form(written[-size:], known):
                return 0.0, size
        return (9.0, 0)
    for size in range(min(len(written), len(known) + 2), 1, -1):
        tail = written[-size:]
        if (
            tail[0] == known[0]
            and tail[-1] == known[-1]
            and (_is_short_form(tail, known) or _is_short_form(known, tail))
        ):
            return 1.0, size
    for size in (len(known) + 1, len(known), len(known) - 1):
        if 1 < size <= len(written) and _is_one_edit(written[-size:], known) and written[-size] == known[0]:
            return 1.0, size
    return 9.0, 0


def _is_short_form(short: str, full: str) -> bool:
    """Whether the characters of one stand in the other in the same order."""
    characters = iter(full)
    return all(character in characters for character in short)


def _serial_cost(year: str, serial: int, number: _Number) -> float:
    """How far year and serial are from a known number: 1 two digits swapped, 1.5 one digit wrong; 0 for no match."""
    if bool(year) != bool(number.year):
        return 0.0
    if serial == number.serial and year != number.year:
        return _digits_cost(year, number.year)
    if year == number.year and serial != number.serial:
        return _digits_cost(str(serial), str(number.serial))
    return 0.0


def _digits_cost(written: str, known: str) -> float:
    # Of one digit, any other is one away.
    if min(len(written), len(known)) < 2:
        return 0.0
    if sorted(written) == sorted(known) and _is_swap(written, known):
        return 1.0
    return 1.5 if _is_one_edit(written, known) else 0.0


def _is_swap(left: str, right: str) -> bool:
    differ = [at for at, (a, b) in enumerate(zip(left, right, strict=True)) if a != b]
    return len(differ) == 2 and differ[1] == differ[0] + 1


def _is_one_edit(left: str, right: str) -> bool:
    """Whether one character more, less or other makes one of the other."""
    if abs(len(left) - len(right)) > 1 or left == right:
        return False
    at = next((n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    return left[at + 1 :] == right[at + 1 :] or left[at + 1 :] == right[at:] or left[at:] == right[at + 1 :]


# --- names -----------------------------------------------------------------------------------------------------------


def _names_of(policies: Sequence[KnownPolicy]) -> dict[str, tuple[str, ...]]:
    """Names to the policies they mean: full, short, and with what people leave out; those last only where clear."""
    sure: dict[str, list[str]] = {}
    shortened: dict[str, set[str]] = {}
    for policy in policies:
        for written in policy.names:
            name = _plain(written)
            if len(name) > 2:
                sure.setdefault(name, []).append(policy.code)
            for short in _short_forms(name):
                shortened.setdefault(short, set()).add(policy.code)
    names = {name: tuple(dict.fromkeys(codes)) for name, codes in sure.items()}
    for short, codes in shortened.items():
        if len(codes) == 1:
            names.setdefault(short, tuple(codes))
    return names


def _plain(name: str) -> str:
    return re.sub(r"[\s《》“”\"']|\(.*?\)", "", normalise(name))[:_LONGEST_NAME]


def _short_forms(name: str) -> Iterator[str]:
    if not name.endswith(_NAME_ENDS):
        return
    bare = name.replace("中华人民共和国", "")
    for short in (bare, _LEFT_OUT.sub("", name), _PLACE.sub(r"\1", bare)):
        if len(short) > 2 and short != name and short not in _NAME_ENDS:
            yield short


def _names_in(text: str, table: PolicyTable) -> list[_Spot]:
    """Names from left to right, the longest at each place."""
    if not table.names:
        return []
    spots, at = [], 0
    while at < len(text) and len(spots) < _MOST:
        name = _longest_name(text, at, table)
        if not name:
            at += 1
            continue
        end = at + len(name)
        spots.append(_Spot(at, end, Reference(name, table.names[name], name_words=name)))
        at = end
    return spots


def _longest_name(text: str, at: int, table: PolicyTable) -> str:
    for size in table.name_sizes.get(text[at : at + 2], ()):
        name = text[at : at + size]
        after = text[at + size : at + size + 1]
        if name in table.names and not (name.endswith("法") and after in _NOT_AFTER_LAW):
            return name
    return ""
