"""Numbers that belong to a person: citizen numbers, telephones, bank cards. Patterns are bounded, so that no input makes them slow."""

import re
from collections.abc import Iterator

from . import checks
from .folding import GAP, Reading
from .kinds import Finding, Kind, Severity
from .tables import words

_BETWEEN = re.compile(GAP.removesuffix("{0,3}"))
_ID_CONTEXT = re.compile("身份证|身份号|身份号码|证件号|公民号|户籍号|证号|居住证|ID")
_CARD_CONTEXT = re.compile("卡号|银行|账号|账户|帐号|储蓄卡|存折|收款|打款|CARD")
_PHONE_CONTEXT = re.compile("电话|联系|手机|来电|致电|座机|拨打|打给|TEL|PHONE|MOBILE|微信|号码")
_YEARS = re.compile(r"(?:19|20)\d\d")
# Longer runs of letters and digits are codes of matters, never a number of a person with letters around it.
_LONG_CODE = 25
_TABLE = re.compile(rf"[0-9](?<!\d[0-9])\d{{0,2}}(?!\d)(?:{GAP.replace('0,3', '1,3')}\d{{1,3}}(?!\d)){{30,}}", re.ASCII)
# With a letter in its third part; without one the same figures may be a citizen number with strokes.
_LIBRARY = re.compile(r"[0-9](?<![0-9A-Z-][0-9])\d{5}-\d{4}-[0-9]{0,5}[A-Z][A-Z0-9]{0,5}-\d{4,}(?![0-9A-Z-])", re.ASCII)
_CODE = re.compile(rf"[0-9A-Z]{{{_LONG_CODE},}}")

_ID_18 = re.compile(rf"[1-9](?<!\d[1-9])(?:{GAP}\n?\d){{16}}{GAP}\n?[\dX](?!\d)", re.ASCII)
# The card of a disabled person: the citizen number, sort and degree of disability.
_DISABLED = re.compile(r"(?<![0-9A-Z])[1-9]\d{16}[\dX][1-7][1-4](?:B\d)?(?![0-9A-Z])", re.ASCII)
_ID_15 = re.compile(rf"[1-9](?<!\d[1-9])(?:{GAP}\d){{14}}(?!\d)", re.ASCII)
# Patterns begin with the digit itself and look back afterwards: so the engine skips to digits quickly.
_MASKED = re.compile(
    r"[0-9](?<![0-9A-Z][0-9])(?:\d{5}[ -]?[*●■█]{6,10}[ -]?\d{3}[\dX]|\d{2,5}[ -]?(?:[*●■█]{4,18}|X{4,12})[ -]?\d{2,4})(?![0-9A-Z*])",
    re.ASCII,
)
_TEN_MORE = rf"{GAP}[3-9](?:{GAP}\d){{9}}(?!\d|\.\d)"
_MOBILE = re.compile(rf"1(?<!\d1)(?<!\d\.1){_TEN_MORE}", re.ASCII)
_MOBILE_ABROAD = re.compile(rf"86(?:(?<!\d86)|(?<=0086)){GAP}1{_TEN_MORE}", re.ASCII)
_IS_LINE = "是带区号的电话号码，不在公开电话名单里。"
_IS_MOBILE = "是 11 位手机号的写法。"
_MOBILE_DOTTED = re.compile(r"1(?<![\d.]1)[3-9]\d[./]\d{4}[./]\d{4}(?![\d.])", re.ASCII)
_MONEY = re.compile(r"[ ]?(?:万|亿|千)?(?:元(?![旦宵])|美元|欧元|平方|件|次|%)")
# Nothing happens ten thousand million times: before 次 and 件 eleven digits are a number that was called.
_SUM = re.compile(r"[ ]?(?:(?:万|亿|千)?(?:元(?![旦宵])|美元|欧元|平方|%)|[万亿千][件次])")
# 10, 2x, 3xx to 9xx behind the zero: basic codes of matters begin with three zeros.
_LANDLINE = re.compile(
    rf"0(?<![\d.]0)(?:10|2\d|[3-9]\d\d)\)?{GAP}[2-9](?:[ -]?\d){{6,7}}(?:[-转]\d{{1,6}})?(?!\d|\.\d)", re.ASCII
)
_LOCAL_LINE = re.compile(r"[2-9](?<![\d.A-Z-][2-9])\d{2,3}[ -]?\d{4}(?:[-转]\d{1,6})?(?![\d.A-Z-])", re.ASCII)
_LINE_ABROAD = re.compile(
    rf"(?:\+|(?<!\d)00)86{GAP}(?:10|2\d|[3-9]\d\d){GAP}[2-9](?:[ -]?\d){{6,7}}(?!\d|\.\d)", re.ASCII
)
# A line that its own label calls an office's, alone or in a list: what a hall publishes is for everybody.
_OF_OFFICE = re.compile(
    "(?:咨询|监督|投诉|举报|服务|值班|办公|窗口|公开|预约|大厅|中心|客服|报修|便民)(?:电话|热线|专线|总机)(?:号码)?[是为: ]{0,3}"
    r"(?:[0-9() -]{7,20}[、,/或和; ]){0,3}\(?\Z"
)
_LOCAL_CONTEXT = re.compile("电话|座机|致电|联系|TEL")
_CARD = re.compile(rf"[1-9](?<!\d[1-9])(?:{GAP}\n?\d){{12,18}}(?!\d)", re.ASCII)
_CARD_LENGTHS = (16, 19)
_SHORTEST_CARD = 13
_MOST_GROUPS = 6


def _each(pattern: re.Pattern[str], view: str) -> Iterator[re.Match[str]]:
    """Matches that may overlap: a house number before a citizen number must not swallow its first digits."""
    match = pattern.search(view)
    while match:
        yield match
        match = pattern.search(view, match.start() + 1)


def _bare(found: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", found)


def _finding(kind: Kind, match: re.Match[str], severity: Severity, reason: str) -> Finding:
    return Finding(kind, match.start(), match.end(), severity, reason)


def without_tables(view: str) -> str:
    """The same length, without long rows of short numbers, slow to try at every place, and without library numbers."""
    return _LIBRARY.sub(_blank, _TABLE.sub(_blank, view))


def _blank(match: re.Match[str]) -> str:
    return "#" * len(match[0])


def long_codes(text: str) -> list[tuple[int, int]]:
    """Where runs of letters and digits stand that are too long for any number of a person."""
    return [match.span() for match in _CODE.finditer(text)]


def citizen_numbers(reading: Reading, view: str) -> Iterator[Finding]:
    """18 characters with a right check digit block; a mistyped or an old number of 15 warns where words speak of one."""
    for match in _each(_ID_18, view):
        number = _bare(match[0])
        if checks.is_id(number):
            kind = _kind_of_id(number)
            yield _finding(kind, match, Severity.BLOCK, f"日期和校验位都对得上，是真的{kind.label}。")
        elif checks.is_date(number[6:14], earliest=1900) and reading.near(_ID_CONTEXT, *match.span()):
            yield _finding(Kind.CITIZEN_ID, match, Severity.WARN, "像身份证号，只是校验位不对，可能抄错了一位。")
    for match in _DISABLED.finditer(view):
        if checks.is_id(match[0][:18]):
            yield _finding(Kind.CITIZEN_ID, match, Severity.BLOCK, "是残疾人证号，里面就是身份证号。")
    for match in _each(_ID_15, view):
        number = _bare(match[0])
        is_number = number[:2] in words("province_codes") and checks.is_date("19" + number[6:12])
        if is_number and reading.near(_ID_CONTEXT, *match.span()):
            yield _finding(Kind.CITIZEN_ID, match, Severity.WARN, "像 15 位的老身份证号，旁边也在说证件。")


def _kind_of_id(number: str) -> Kind:
    if number[:6] in {"810000", "820000", "830000"}:
        return Kind.RESIDENCE_PERMIT
    return Kind.PERMANENT_RESIDENCE if number[0] == "9" else Kind.CITIZEN_ID


def masked_numbers(reading: Reading, view: str) -> Iterator[Finding]:
    """Numbers with stars in the middle: area and date of birth may still be in them."""
    for match in _MASKED.finditer(view):
        yield _finding(Kind.PARTLY_MASKED, match, Severity.WARN, "只遮了一部分，露出的几位仍可能认出人。")


def mobiles(reading: Reading, view: str) -> Iterator[Finding]:
    """Eleven digits in the usual groups block. In odd groups they warn, and with a year among these they are dates."""
    for pattern in (_MOBILE_DOTTED, _MOBILE_ABROAD):
        for match in pattern.finditer(view):
            start = match.start()
            start -= 2 * view.startswith("00", max(0, start - 2), start)
            start -= view.startswith("+", max(0, start - 1), start)
            yield Finding(Kind.MOBILE, start, match.end(), Severity.BLOCK, _IS_MOBILE)
    for match in _each(_MOBILE, view):
        if _SUM.match(view, match.end()):
            continue
        groups = [group for group in _BETWEEN.split(match[0]) if group]
        if _is_usual(groups) or reading.near(_PHONE_CONTEXT, *match.span()):
            yield _finding(Kind.MOBILE, match, Severity.BLOCK, _IS_MOBILE)
        elif not any(_YEARS.fullmatch(group) for group in groups):
            yield _finding(Kind.MOBILE, match, Severity.WARN, "连起来是 11 位手机号，请看一下是不是。")


def _is_usual(groups: list[str]) -> bool:
    """Whether somebody would part a mobile number so: in one, 3-4-4 and the like, or every digit alone."""
    sizes = [len(group) for group in groups]
    return len(sizes) <= 2 or set(sizes) == {1} or sizes in ([3, 4, 4], [3, 3, 5], [4, 3, 4], [4, 4, 3], [3, 2, 3, 3])


def landlines(reading: Reading, view: str) -> Iterator[Finding]:
    """Fixed lines with area code; without one only where 电话 stands before. Lines for everybody are let through."""
    public = words("public_lines")
    for match in _LINE_ABROAD.finditer(view):
        yield _finding(Kind.LANDLINE, match, Severity.BLOCK, _IS_LINE)
    for match in _LANDLINE.finditer(view):
        if _bare(match[0].split("转")[0]) not in public and not _SUM.match(view, match.end()):
            if _OF_OFFICE.search(view, max(0, match.start() - 80), match.start()):
                continue
            start = match.start() - (")" in match[0] and view.startswith("(", max(0, match.start() - 1), match.start()))
            yield Finding(Kind.LANDLINE, start, match.end(), Severity.BLOCK, _IS_LINE)
    for match in _LOCAL_LINE.finditer(view):
        number = _bare(match[0].split("转")[0])
        if number in public or checks.is_date(number[:8], earliest=1900) or _MONEY.match(view, match.end()):
            continue
        is_office = _OF_OFFICE.search(view, max(0, match.start() - 80), match.start())
        if not is_office and reading.near(_LOCAL_CONTEXT, *match.span(), before=10, after=0):
            yield _finding(Kind.LANDLINE, match, Severity.BLOCK, "前面在说电话，这是本地号码的写法。")


def bank_cards(reading: Reading, view: str) -> Iterator[Finding]:
    """A right check digit with a known beginning blocks; without one it warns, since one number in ten passes."""
    known = tuple(words("bank_prefixes"))
    for match in _each(_CARD, view):
        named = reading.near(_CARD_CONTEXT, *match.span())
        for end in _ends(match):
            written = view[match.start() : end]
            number = _bare(written)
            if severity := _card_severity(written, number, is_known=number.startswith(known), named=named):
                reason = "校验位是银行卡号的" + ("，开头也是。" if severity == Severity.BLOCK else "，请看一下是不是。")
                yield Finding(Kind.BANK_CARD, match.start(), end, severity, reason)
                break
        else:
            number = _bare(match[0])
            if named and number.startswith(known) and len(number) in _CARD_LENGTHS:
                yield _finding(Kind.BANK_CARD, match, Severity.WARN, "像银行卡号，只是校验位不对，可能抄错了一位。")


def _ends(match: re.Match[str]) -> Iterator[int]:
    """Where the number may end: at the end of the run, or of one of its groups when another number follows it."""
    yield match.end()
    groups = list(re.finditer("[0-9]+", match[0]))
    if len(groups) <= _MOST_GROUPS:
        for group in reversed(groups[:-1]):
            if len(_bare(match[0][: group.end()])) >= _SHORTEST_CARD:
                yield match.start() + group.end()


def _card_severity(written: str, number: str, *, is_known: bool, named: bool) -> Severity | None:
    if not is_known and not named and not _may_be_card(written, number):
        return None
    if not checks.is_luhn(number):
        return None
    return Severity.BLOCK if is_known else Severity.WARN


def _may_be_card(written: str, number: str) -> bool:
    """Without a word that says so: of the usual length, and no serial number that begins with a day or counts years."""
    if len(number) not in _CARD_LENGTHS or checks.is_date(number[:8], earliest=1900):
        return False
    return not any(_YEARS.fullmatch(group) for group in _BETWEEN.split(written))


RULES = (citizen_numbers, masked_numbers, bank_cards, mobiles, landlines)
