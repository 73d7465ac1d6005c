"""Policies that a question names and the library does not hold: 民法典1127条, 市监〔2021〕1号.

What looks like one has to look so beyond doubt: what is read as missing is told on the page and leaves the words, so that
市监 and 1号 do not find what has nothing to do with it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from caselib.core.text import document_numbers

from .numbers import ANY_ISSUER, COUNCIL, WrittenNumber, is_short_form

_KINDS = "法典|条例|办法|规定|细则|法"
_NUMERAL = "[零〇一二两三四五六七八九十百千]"
_BEFORE_ARTICLE = rf"(?=\s*第?\s*(?:\d{{1,4}}|{_NUMERAL}{{1,9}})\s*条)"
_NAMES = re.compile(
    rf"《(?P<quoted>[一-鿿()]{{2,40}}?(?:{_KINDS}))》"
    rf"|(?P<cited>[一-鿿]{{1,24}}?(?:{_KINDS}))》?{_BEFORE_ARTICLE}"
    r"|(?<![^\s])(?P<alone>[一-鿿]{2,20}?(?:法典|条例|法))(?![^\s])"
)
_BEFORE_NAME = re.compile("^.*(?:根据|依据|按照|参照|依照|违反|适用|按|依|查|看|及|和|与|的|是)")
# 办法 and 违法 end like laws and are none.
_NO_LAW = re.compile(
    "(?:[方做说想看写叫用手语书算疗想违合非没执司普立守无犯]法|(?:^|没|无|啥|么|有|个|想|好|新)办法|^规定|^条例|^法典|^细则)$"
)
_ISSUER = re.compile("^(?:国|国务院|主席|[一-鿿]{1,12}(?:总局|部|局|委|委员会|政府|省|市|银行|院|署))令$")
# Without brackets 去函2022年3号 would do; these begin with who wrote and end with what was written.
_OFFICE = re.compile(
    "^(?:国|省|市|区|县|[京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川贵黔云滇藏陕甘青宁新]|民|人社|建|财|税|公|教|卫|司|交|商|文|农|法)"
    "[一-鿿]{0,6}(?:发|规|函|字)$"
)
_OLDEST, _LATEST = 1949, 2100


@dataclass(frozen=True, slots=True)
class Missing:
    """`shown` as it is usually written; `keys` by which texts hold a number; `start` and `end` of what leaves the words."""

    shown: str
    start: int
    end: int
    keys: tuple[str, ...] = ()


def missing_number(written: WrittenNumber, text: str) -> Missing | None:
    """A written number that nothing known is meant by; None where it may be none."""
    is_order = not written.year
    if written.code == ANY_ISSUER:
        keys = document_numbers(f"{COUNCIL}第{written.serial}号")
        return Missing(f"第{written.serial}号令", written.start, written.end, tuple(keys))
    serial = f"第{written.serial}号" if is_order else f"[{written.year}]{written.serial}号"
    keys = document_numbers(f"{written.code}{serial}")
    if not keys or not (is_order or _OLDEST <= int(written.year) <= _LATEST):
        return None
    code = keys[0].partition("|")[0]
    typed = text[written.start : written.end]
    if is_order:
        is_number = bool(_ISSUER.match(code))
    else:
        is_number = "[" in typed or ("(" in typed and typed.endswith("号")) or bool(_OFFICE.match(code))
    if not is_number:
        return None
    start = written.start + max(0, written.code.rfind(code))
    return Missing(f"{code}{serial}".replace("[", "〔").replace("]", "〕"), start, written.end, tuple(keys))


def missing_names(text: str, *, known: Sequence[str], taken: Sequence[tuple[int, int]]) -> Iterator[Missing]:
    """Names of laws beside the spans that are `taken`, unless they may be short for a known one. They stay words."""
    # A text says the same name again and again, and each is held against all that are known.
    is_short: dict[str, bool] = {}
    for match in _NAMES.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        name = match["quoted"] or match["alone"] or _BEFORE_NAME.sub("", match["cited"])
        if len(name) < 2 or _NO_LAW.search(name):
            continue
        if name not in is_short:
            is_short[name] = any(is_short_form(name, full) for full in known)
        if is_short[name]:
            continue
        yield Missing(f"《{name}》", match.end(), match.end())
