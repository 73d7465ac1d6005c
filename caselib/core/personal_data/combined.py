"""What says little alone and much together: three of these kinds in one paragraph may tell who it is."""

import bisect
import functools
import re
from collections.abc import Iterator

from .folding import Reading
from .kinds import Finding, Kind, Severity
from .tables import any_of

ENOUGH = 3
_CJK = "\u4e00-\u9fff"
# Patterns begin with the digit itself and look back afterwards: so the engine skips to digits quickly.
_DAY = (
    r"[0-9](?<!\d[0-9])(?:\d{3}[ ]?年[ ]?\d{1,2}[ ]?月[ ]?\d{1,2}[ ]?[日号]|\d{3}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d)"
    r"|\d?[ ]?月[ ]?\d{1,2}[ ]?[日号])"
)
_BORN = "(?:出生日期|出生年月日?|出生于|生日|出生)[ ]?(?:是|为|:)?[ ]{0,2}"
_MONTH = r"(?:19|20)(?<!\d(?:19|20))(?:\d{2}[ ]?年(?:[ ]?\d{1,2}[ ]?月)?|\d{6}(?!\d))"
_BIRTH = (
    re.compile(rf"{_BORN}({_DAY}|(?:19|20)\d\d年(?:\d{{1,2}}月)?|(?:19|20)\d{{6}})", re.ASCII),
    re.compile(rf"({_DAY}|{_MONTH})(?=[ ]?(?:出生|生日|生[,。)的]))", re.ASCII),
)
# Two decimals with no nought at the end: nobody rounds an invented example so.
_CENTS = r"[0-9](?<![\d.][0-9])[\d,]{0,14}\.\d[1-9]"
_EXACT = (
    # A price for each ton or month is a rule's, not a person's.
    re.compile(rf"{_CENTS}(?=[ ]?元(?!/[^月年]|每[^月年]))", re.ASCII),
    re.compile(rf"(?<=[¥$])[ ]?({_CENTS})(?!\d|[ ]?[元万亿]|/[^月年])", re.ASCII),
)
# A limit that a rule sets is no fact of a person.
_NO_LIMIT = "(?![ ]?元?[ ]?(?:以[上下内]|及以|至|到|-|~|起|的?(?:要求|标准)))"
_WORKS = "里?(?:工作|上班|任职|就职|打工|的?(?:员工|职工|老师|医生))"
_FAMILY = (
    "丈夫|妻子|老公(?!司)|老婆|儿子|女儿|父亲|母亲|爸爸|妈妈|爷爷|奶奶|外公|外婆|孙子|孙女|外孙女?|哥哥|弟弟|姐姐|妹妹|"
    "儿媳|女婿|岳父|岳母|公公|婆婆"
)
_CHILD = "(?:儿子|女儿|外?孙子|外?孙女|外孙|孩子|小孩|男孩|女孩|男童|女童|宝宝)"
_YOUNG = "(?:[1-9]|1[0-3]|[一二三四五六七八九十]|十[一二三])(?:[ ]?(?:周?岁半?)|个月大)"
_OF_CHILD = (
    re.compile(rf"{_CHILD}(?:今年|刚|才|,|是|只有|\()?[ ]?((?<![\d满]){_YOUNG}){_NO_LIMIT}"),
    re.compile(rf"(?<![\d满十至到~-])({_YOUNG}){_NO_LIMIT}(?=的?{_CHILD})"),
)
_PLACES = "公司|厂|医院|学校|小学|中学|幼儿园|饭店|酒店|超市"


@functools.cache
def _parts() -> dict[Kind, re.Pattern[str]]:
    # Single surnames only, as one class: 欧阳 ends like 阳, and a part need not be whole to be one.
    surname = f"[{''.join(sorted(name for name in any_of('surnames').split('|') if len(name) == 1))}]"
    addressed = f"{surname}(?:某{{1,2}}|先生|女士|小姐|阿姨|老伯|大爷|大妈|师傅|家)|[老小]{surname}(?![{_CJK}])"
    not_round = r"(?:[\d,]{0,14}\.\d?[1-9]|[\d,]{0,12}(?:[1-9]\d[1-9]|[1-9]{2}0))"
    return {
        Kind.SURNAME: re.compile(addressed),
        Kind.STREET: re.compile(f"[{_CJK}]{{2}}(?:街道|新村|小区|[东南西北中]?路(?![过径上线由]))"),
        Kind.EXACT_DATE: re.compile(_DAY + _NO_LIMIT, re.ASCII),
        Kind.EXACT_AMOUNT: re.compile(rf"[0-9](?<![\d.][0-9]){not_round}(?=[ ]?元){_NO_LIMIT}", re.ASCII),
        Kind.EMPLOYER: re.compile(
            f"(?:(?<![{_CJK}])|(?<=[在于是为系]))(?:(?![在于是为系])[{_CJK}]){{2,14}}?(?:{_PLACES})(?={_WORKS})"
        ),
        Kind.DISEASE: re.compile(any_of("diseases")),
        Kind.AGE: re.compile(rf"[1-9](?<![\d满][1-9])\d{{0,2}}[ ]?周?岁{_NO_LIMIT}", re.ASCII),
        Kind.RELATION: re.compile(_FAMILY),
    }


def telling_facts(reading: Reading, view: str) -> Iterator[Finding]:
    """Dates of birth, and amounts to the cent."""
    for pattern in _BIRTH:
        for match in pattern.finditer(view):
            yield Finding(Kind.BIRTH_DATE, *match.span(1), Severity.WARN, "是出生日期，写年龄段就够了。")
    for pattern in _EXACT:
        for match in pattern.finditer(view):
            yield Finding(
                Kind.EXACT_AMOUNT, *match.span(match.lastindex or 0), Severity.WARN, "金额精确到分，写个约数就够了。"
            )


def children(reading: Reading, view: str) -> Iterator[Finding]:
    """The age of one child under 14, which the law calls sensitive by itself. Limits of age that a rule sets are none."""
    for pattern in _OF_CHILD:
        for match in pattern.finditer(reading.text):
            yield Finding(
                Kind.CHILD_AGE,
                *match.span(1),
                Severity.WARN,
                "是未满十四岁的孩子的年龄，属于敏感个人信息，写“未满十四岁”就够了。",
            )


def combinations(reading: Reading, view: str) -> Iterator[Finding]:
    """Every part of a paragraph that holds three kinds or more, each a finding of its own."""
    found: dict[Kind, list[tuple[int, int]]] = {}
    for kind, pattern in _parts().items():
        if spans := [match.span() for match in pattern.finditer(reading.text)]:
            found[kind] = spans
    if len(found) < ENOUGH:
        return
    for parts in _by_paragraph(found, reading.text):
        if len(parts) >= ENOUGH:
            reason = f"{'、'.join(kind.label for kind in parts)}写在一起，可能认出是谁。"
            for kind, spans in parts.items():
                for span in spans:
                    yield Finding(kind, *span, Severity.WARN, reason)


def _by_paragraph(found: dict[Kind, list[tuple[int, int]]], text: str) -> Iterator[dict[Kind, list[tuple[int, int]]]]:
    ends = [match.start() for match in re.finditer("\n", text)]
    paragraphs: dict[int, dict[Kind, list[tuple[int, int]]]] = {}
    for kind, spans in found.items():
        for span in spans:
            paragraphs.setdefault(bisect.bisect(ends, span[0]), {}).setdefault(kind, []).append(span)
    yield from paragraphs.values()


RULES = (telling_facts,)
