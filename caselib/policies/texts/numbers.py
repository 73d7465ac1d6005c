"""Document numbers (文号) in any spelling, also slightly wrong, and the known ones that are meant by them.

国办发二〇二二 5号, 国发2022年第5号, 国令439, 总局78号令. One thing may be wrong: a character of the code (国办发 for 国发), two digits
swapped, or one digit of year or serial; the closest known numbers are meant.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from caselib.core.text import chinese_int, document_numbers, normalise

# A number that is as close to more policies than these says nothing about which is meant.
_MOST_MEANT = 3
# What is no number of the same policy, and what is just close enough.
_NOT, _FARTHEST = 9.0, 1.5
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
# 722号令 alone; most often an order of the State Council.
_ORDER_ALONE = re.compile(rf"(?<![一-鿿\d])(?P<code>)第?\s*(?P<serial>{_SERIAL})\s*号令")
_ORDERS = (_ORDER, _ORDER_AFTER, _ORDER_ALONE)
ANY_ISSUER, COUNCIL = "令", "国务院令"
# What stands before an agency in a list of amendments: 2011 年国务院令, 修改决定为主席令.
_BEFORE_AGENCY = re.compile("^.*[为年]")
# Who issues orders (令), by full name: people write 总局令, 住建部令.
_AGENCIES = (
    "国务院", "国家市场监督管理总局", "住房和城乡建设部", "人力资源和社会保障部", "公安部", "民政部", "司法部", "财政部", "自然资源部",
    "交通运输部", "商务部", "文化和旅游部", "国家卫生健康委员会", "应急管理部", "国家税务总局", "教育部", "农业农村部", "生态环境部",
    "国家医疗保障局", "退役军人事务部", "中国人民银行",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownNumber:
    """One way to number a policy: `code` 国办发 or 国务院令, `year` empty for orders. `shown` in its usual spelling."""

    code: str
    year: str
    serial: int
    policy: str
    shown: str


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A number as it stands in a text, from `start` to `end`. `code` may begin with words that are no part of it."""

    start: int
    end: int
    code: str
    year: str
    serial: int


@dataclass(frozen=True, slots=True)
class Meant:
    """The known numbers that a written one means, all equally close. `start`: where its code begins in the text."""

    numbers: tuple[KnownNumber, ...]
    is_exact: bool
    start: int


@dataclass(frozen=True, slots=True)
class NumberTable:
    """The known numbers, by year and serial, and all of them."""

    by_serial: Mapping[tuple[str, int], tuple[KnownNumber, ...]]
    all: tuple[KnownNumber, ...]

    @classmethod
    def of(cls, numbers: Iterable[KnownNumber]) -> "NumberTable":
        every = tuple(numbers)
        by_serial: dict[tuple[str, int], list[KnownNumber]] = {}
        for number in every:
            by_serial.setdefault((number.year, number.serial), []).append(number)
        return cls({key: tuple(found) for key, found in by_serial.items()}, every)


def known_numbers(policy: str, document_numbers_written: Sequence[str]) -> Iterator[KnownNumber]:
    """Every number that stands in what is written as a policy's document numbers, amendments included."""
    for text in document_numbers_written:
        for found in written_numbers(normalise(text)):
            code = _BEFORE_AGENCY.sub("", found.code)
            shown = f"{code}〔{found.year}〕{found.serial}号" if found.year else f"{code}第{found.serial}号"
            yield KnownNumber(code, found.year, found.serial, policy, shown)


def written_numbers(text: str) -> list[WrittenNumber]:
    """The numbers in a text in normal form, the earliest first, without those that lie inside of another."""
    matches = sorted(
        (match for pattern in (_BRACKETED, _CHINESE_RUN, _BARE, *_ORDERS) for match in pattern.finditer(text)),
        key=lambda match: (match.start(), -match.end()),
    )
    kept: list[WrittenNumber] = []
    for match in matches:
        if kept and match.start() < kept[-1].end:
            continue
        is_order = match.re in _ORDERS
        code = match["code"] + ("令" if is_order else "")
        year = "" if is_order else match["year"].translate(_DIGITS)
        kept.append(WrittenNumber(match.start(), match.end(), code, year, _int(match["serial"])))
    return kept


def _int(text: str) -> int:
    if all(character in _NUMERALS or character.isdigit() for character in text):
        return int(text.translate(_DIGITS))
    return chinese_int(text) or 0


def meant_by(written: WrittenNumber, table: NumberTable, *, near: bool) -> Meant | None:
    """What a number means; None for one that nothing is close to. `near`: whether it may be slightly wrong."""
    best: list[tuple[float, int, KnownNumber]] = []
    for number in table.by_serial.get((written.year, written.serial), ()):
        cost, length = _code_cost(written.code, number.code)
        best.append((cost, length, number))
    if near:
        for number in table.all:
            slip = _serial_cost(written.year, written.serial, number)
            cost, length = _code_cost(written.code, number.code) if slip else (_NOT, 0)
            # One thing may be wrong, not two.
            if cost == 0:
                best.append((slip, length, number))
    if written.code == ANY_ISSUER:
        best = _of_any_issuer(table.by_serial.get(("", written.serial), ()))
    least = min((cost for cost, _, _ in best), default=_NOT)
    if least > (_FARTHEST if near else 0.0):
        return None
    chosen = [(length, number) for cost, length, number in best if cost == least]
    if len({number.policy for _, number in chosen}) > _MOST_MEANT:
        return None
    length = max(length for length, _ in chosen)
    start = written.start + max(0, len(written.code) - length)
    return Meant(tuple(number for _, number in chosen), least == 0, start)


def without_issuer(written: WrittenNumber) -> WrittenNumber:
    """An order without what stands before it: 根据722号令 names no issuer."""
    return replace(written, start=written.start + len(written.code) - len(ANY_ISSUER), code=ANY_ISSUER)


def _of_any_issuer(orders: Sequence[KnownNumber]) -> list[tuple[float, int, KnownNumber]]:
    """The State Council's order of a serial, else the only one that has it."""
    meant = [order for order in orders if order.code == COUNCIL] or orders
    return [(0.0, len(ANY_ISSUER), order) for order in meant] if len({order.policy for order in meant}) == 1 else []


@functools.lru_cache(maxsize=4096)
def fuller_keys(key: str) -> tuple[str, ...]:
    """Normal forms of an order's number under the full name of whoever may have issued it: 总局令||88."""
    agency, order, rest = key.partition("令||")
    if not order or len(agency) < 2:
        return ()
    fuller = [full for full in _AGENCIES if full != agency and full[-1] == agency[-1] and is_short_form(agency, full)]
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
            if is_short_form(written[-size:], known):
                return 0.0, size
        return (_NOT, 0)
    for size in range(min(len(written), len(known) + 2), 1, -1):
        tail = written[-size:]
        if tail[0] == known[0] and tail[-1] == known[-1] and (is_short_form(tail, known) or is_short_form(known, tail)):
            return 1.0, size
    for size in (len(known) + 1, len(known), len(known) - 1):
        if 1 < size <= len(written) and _is_one_edit(written[-size:], known) and written[-size] == known[0]:
            return 1.0, size
    return _NOT, 0


def is_short_form(short: str, full: str) -> bool:
    """Whether the characters of one stand in the other in the same order."""
    at = 0
    for character in short:
        at = full.find(character, at) + 1
        if not at:
            return False
    return True


def _serial_cost(year: str, serial: int, number: KnownNumber) -> float:
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


class Slip(StrEnum):
    """The one thing that is wrong where a number was taken for another."""

    CODE = "code"
    SWAPPED = "swapped"
    YEAR = "year"
    SERIAL = "serial"


def slip_between(key: str, other: str) -> Slip | None:
    """How one number in normal form (国发|2022|5, 国务院令||746) differs from another; None where more than one thing does.

    YEAR is any other year with the same code and serial.
    """
    (code, year, serial), (code2, year2, serial2) = (each.split("|") for each in (key, other))
    if (year, serial) == (year2, serial2):
        is_near = _code_cost(code, code2)[0] < _NOT or _code_cost(code2, code)[0] < _NOT
        return Slip.CODE if is_near and code != code2 else None
    if code != code2:
        return None
    if year == year2:
        cost = _digits_cost(serial, serial2)
        return {0.0: None, 1.0: Slip.SWAPPED}.get(cost, Slip.SERIAL)
    return Slip.YEAR if serial == serial2 and year and year2 else None
