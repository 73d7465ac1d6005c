"""Codes of papers, vehicles, enterprises and files that lead to a person."""

import re
from collections.abc import Iterator

from . import checks
from .folding import Reading
from .kinds import Finding, Kind, Severity
from .tables import any_of

_SEP = "[ \\-·•‐–—]?"
_CREDIT = re.compile(
    rf"(?<![0-9A-Z])[159Y]{_SEP}[1239]{_SEP}[1-9](?:{_SEP}\d){{5}}(?:{_SEP}[0-9A-HJ-NP-RTUW-Y]){{10}}(?![0-9A-Z])",
    re.ASCII,
)
_CREDIT_CONTEXT = re.compile("信用代码|社会信用|统一代码|税号|纳税人识别")
_ORGANISATION = re.compile(r"(?<![0-9A-Z-])[0-9A-Z]{8}(-?)[0-9X](?![0-9A-Z-])", re.ASCII)
_ORGANISATION_CONTEXT = re.compile("组织机构|机构代码|代码证")
_PLATE = re.compile(
    rf"(?:{any_of('plate_provinces')})[ ·•.\-]{{0,2}}[A-HJ-NP-Z](?:[ ·•.\-]{{0,2}}[A-HJ-NP-Z0-9]){{4}}[ ·•.\-]{{0,2}}"
    r"(?:[A-HJ-NP-Z0-9][ ·•.\-]{0,2}[A-HJ-NP-Z0-9]|[A-HJ-NP-Z0-9挂学警港澳])(?![0-9A-Z])"
)
# 新 is also a word: 更新A12345 is a version of something.
_PLATE_WORD_BEFORE = re.compile("[更最全重翻革创]")
_PASSPORT = re.compile(
    rf"(?<![A-Z0-9-])(?:E[ ]?[A-Z0-9](?:{_SEP}\d){{7}}|[GDSPH](?:{_SEP}\d){{8}}|P[A-Z](?:{_SEP}\d){{7}})(?![0-9A-Z-])"
)
_PASSPORT_CONTEXT = re.compile("护照|PASSPORT")
_MILITARY = re.compile(r"军[字官]?证?第?[ ]?\d{6,8}[ ]?号", re.ASCII)
# The other arms, by their word in front.
_ARMS = re.compile(
    r"(?:军官证|士兵证|文职干部证|警官证|军人证)(?:号码?|件号)?[ ]?(?:是|为|:|\()?[ ]{0,2}([\u4e00-\u9fff]字第?[ ]?\d{6,8}[ ]?号)",
    re.ASCII,
)
_COURT = re.compile(
    r"[\[(](?:19|20)\d\d[\])][ ]?[\u4e00-\u9fff]{1,3}\d{0,4}[ ]?[\u4e00-\u9fff]{0,3}[民刑行执破赔知仲商清调]"
    r"[\u4e00-\u9fff]{0,3}\d{0,3}[ ]?第?\d{1,6}号"
)
_FILL = r"(?:号码|编号|证号|卡号|号)?[ ]?(?:是|为|:|\()?[ ]{0,2}"
_DEEDS = "工单|受理|办件|案件|信访|诉求|投诉|流水|取件|叫号|申报|业务"
_TICKET = re.compile(
    rf"(?:{_DEEDS})(?:单|编|序|流水)?号码?[ ]?(?:是|为|:)?[ ]{{0,2}}([A-Z0-9][A-Z0-9-]{{4,31}}[A-Z0-9])(?![A-Z0-9-])"
)
_LIBRARY = re.compile(r"\d{6}-\d{4}-[A-Z0-9]{2,6}-\d{4,}", re.ASCII)

# Kinds that only their words tell: kind, the words, and the number that follows them.
_HK_CARDS = "港澳(?:居民)?(?:来往内地)?通行证|回乡证|往来港澳[^ \n]{0,6}证|通行证"
_HK_NUMBER = rf"C{_SEP}[A-Z0-9](?:{_SEP}\d){{7}}|[HM](?:{_SEP}\d){{8}}(?:(?:{_SEP}\d){{2}})?"
_TW_CARDS = "台胞证|台湾居民来往大陆通行证|来往大陆通行证"
_PR_CARDS = "永久居留[^ \n]{0,4}证|外国人[^ \n]{0,6}证|永居证|绿卡"
_NAMED = tuple(
    (kind, re.compile(rf"(?:{context}){_FILL}({number})(?![0-9A-Z])", re.ASCII))
    for kind, context, number in (
        (Kind.TRAVEL_PERMIT, _HK_CARDS, _HK_NUMBER),
        (Kind.TRAVEL_PERMIT, _TW_CARDS, rf"\d(?:{_SEP}\d){{7}}"),
        (Kind.PERMANENT_RESIDENCE, _PR_CARDS, rf"[A-Z](?:{_SEP}[A-Z]){{2}}(?:{_SEP}\d){{12}}"),
        (Kind.INSURANCE_CARD, "社保卡|医保卡|社会保障卡|医疗保险卡|社保|医保", r"(?=[A-Z]{0,4}\d)[A-Z0-9]{9}"),
        (Kind.HOUSEHOLD, "户口簿|户口本|户号", r"\d{6,12}"),
        (Kind.DRIVING_LICENCE, "驾驶证[^ \n]{0,4}|驾照", r"\d{12}"),
    )
)


def credit_codes(reading: Reading, view: str) -> Iterator[Finding]:
    """Right check character blocks: a sole trader's code is that of a person, and a precedent needs none."""
    for match in _CREDIT.finditer(view):
        if checks.is_credit_code(re.sub("[^0-9A-Z]", "", match[0])):
            yield Finding(
                Kind.CREDIT_CODE,
                *match.span(),
                Severity.BLOCK,
                "校验位对得上，是统一社会信用代码。个体户的代码就是个人信息。",
            )
        elif reading.near(_CREDIT_CONTEXT, *match.span()):
            yield Finding(
                Kind.CREDIT_CODE, *match.span(), Severity.WARN, "像统一社会信用代码，只是校验位不对，可能抄错了一位。"
            )
    for match in _ORGANISATION.finditer(view):
        code = match[0].replace("-", "")
        named = reading.near(_ORGANISATION_CONTEXT, *match.span())
        written_so = match[1] and re.search("[A-Z]", code[:8]) and re.search(r"\d", code)
        if (named or written_so) and checks.is_organisation_code(code):
            yield Finding(Kind.ORGANISATION_CODE, *match.span(), Severity.WARN, "校验位对得上，是组织机构代码。")


def plates(reading: Reading, view: str) -> Iterator[Finding]:
    for match in _PLATE.finditer(view):
        is_word = match[0][0] == "新" and _PLATE_WORD_BEFORE.match(view, max(0, match.start() - 1))
        if not is_word and sum(character.isdigit() for character in match[0]) >= 2:
            yield Finding(Kind.PLATE, *match.span(), Severity.BLOCK, "是车牌号的写法。")


def passports(reading: Reading, view: str) -> Iterator[Finding]:
    """With 护照 close by it blocks; without, the same letters and digits may be a code of something else."""
    for match in _PASSPORT.finditer(view):
        if reading.near(_PASSPORT_CONTEXT, *match.span()):
            yield Finding(Kind.PASSPORT, *match.span(), Severity.BLOCK, "旁边在说护照，这是护照号的写法。")
        elif not re.search("[ -]", match[0]) and not _is_form(match[0]):
            yield Finding(Kind.PASSPORT, *match.span(), Severity.WARN, "是护照号的写法，请看一下是不是。")


def _is_form(code: str) -> bool:
    """A letter with a day of these years, as forms are numbered. Passports of today begin with E."""
    return code[0] != "E" and checks.is_date(code[1:], earliest=1990, latest=2049)


def named_papers(reading: Reading, view: str) -> Iterator[Finding]:
    for match in _MILITARY.finditer(view):
        yield Finding(Kind.MILITARY_ID, *match.span(), Severity.BLOCK, "是军官证号的写法。")
    for match in _ARMS.finditer(view):
        yield Finding(Kind.MILITARY_ID, *match.span(1), Severity.BLOCK, "前面的话说明这是军官证号。")
    for kind, pattern in _NAMED:
        for match in pattern.finditer(view):
            yield Finding(kind, *match.span(1), Severity.BLOCK, f"前面的话说明这是{kind.label}。")


def files(reading: Reading, view: str) -> Iterator[Finding]:
    """Numbers under which a case lies at a court or at the counter: who has them finds the person."""
    for match in _COURT.finditer(view):
        yield Finding(Kind.COURT_CASE, *match.span(), Severity.BLOCK, "是法院案号，凭它查得到当事人。")
    for match in _TICKET.finditer(view):
        has_digits = sum(character.isdigit() for character in match[1]) >= 4
        if has_digits and not _LIBRARY.fullmatch(match[1]):
            yield Finding(Kind.TICKET, *match.span(1), Severity.BLOCK, "前面的话说明这是办件编号，凭它查得到办事人。")


RULES = (credit_codes, plates, passports, named_papers, files)
