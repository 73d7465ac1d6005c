"""Names of persons, as far as words around them give them away. All of it warns: a list of surnames is no proof."""

import functools
import re
from collections.abc import Iterator

from .folding import Reading
from .kinds import Finding, Kind, Severity
from .tables import any_of, words

_CJK = "\u4e00-\u9fff"
# No name holds these: 某 stands for one that was left out, the others join a sentence.
_GIVEN = f"(?:(?![某的是了在和与])[{_CJK}])"
_TITLES = "先生|女士|小姐|太太|同志|阿姨|大爷|大妈|老伯|师傅"
_PAPERS = "(?:的)?(?:身份证|身份号|电话|手机|联系电话|联系方式|之子|之女|之妻|之夫|的丈夫|的妻子|的儿子|的女儿|的父亲|的母亲|名下)"
_WHO = (
    "姓名|申请人|联系人|法定代表人|法人代表|当事人|经办人|反映人|来访人|投诉人|委托人|受托人|被继承人|继承人|承租人|产权人|权利人|"
    "业主|房东|户主|股东|老板|监护人|丈夫|妻子|儿子|女儿|父亲|母亲|配偶|爱人|老公(?!司)|老婆|群众|市民|居民|村民|学生|患者|老人|我叫|名叫|叫做"
)
_AFTER = (
    r"(?=$|[\s,。;:!?、()\[\]\"“”'/<>0-9A-Z]|身份证|电话|手机|先生|女士|[的不没在来已要想去因说和与反到名于说称办拿带])"
)


@functools.cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each pattern with the reason; the name is the group."""
    firm = any_of("surnames")
    every = f"{firm}|{any_of('everyday_surnames')}"
    two_or_three = f"{_GIVEN}{{1,2}}"
    said_before, said_behind = "前面的话说明这可能是姓名。", "后面跟着证件、性别或号码，可能是姓名。"
    behind = rf"(?=[ ,:(]{{0,2}}{_PAPERS}|[ ,:]{{0,2}}[男女][ ,]|[ ,:]{{1,2}}[1-9]\d{{10}})"
    found = (
        (rf"({_surname(firm)}{_GIVEN}{{0,2}}?)(?={_TITLES})", "是带称呼的姓名，写成“市民”“某女士”就够了。"),
        (rf"(?:{_WHO})[为是叫]?[ ]?:[ ]{{0,2}}({_surname(every)}{two_or_three}){_AFTER}", said_before),
        (rf"(?:{_WHO})[为是叫]?[ ]?({_surname(firm)}{two_or_three}?){_AFTER}", said_before),
        (rf"({_surname(every, behind=f'[{_CJK}]')}{two_or_three}){behind}", said_behind),
        (rf"({_surname(firm, behind='[^找请给跟由是叫]')}{two_or_three})(?={_PAPERS})", said_behind),
    )
    return tuple((re.compile(pattern), reason) for pattern, reason in found)


def _surname(choices: str, *, behind: str = "") -> str:
    """A surname that does not stand behind a character of the class `behind`.

    Begins with one class for all first characters, because the engine skips to a class quickly but not to a choice.
    """
    listed = choices.split("|")
    singles = "".join(sorted({name for name in listed if len(name) == 1}))
    pairs = sorted({name for name in listed if len(name) == 2})
    firsts = "".join(sorted({name[0] for name in listed}))
    not_behind = f"(?<!{behind}.)" if behind else ""
    compound = "|".join(f"(?<={first}){second}" for first, second in pairs)
    return f"[{firsts}]{not_behind}(?:(?<=[{singles}])|{compound})"


@functools.cache
def _not_names() -> re.Pattern[str]:
    return re.compile(any_of("not_names"))


def _is_word(reading: Reading, match: re.Match[str]) -> bool:
    """Whether a common word begins where the name would, or the surname is the end of one: 张 in 一张, 高 in 最高."""
    text, start = reading.text, match.start(1)
    return bool(_not_names().match(text, start)) or match[1] in words("not_names")


def names(reading: Reading, view: str) -> Iterator[Finding]:
    for pattern, reason in _patterns():
        for match in pattern.finditer(reading.text):
            if not _is_word(reading, match):
                yield Finding(Kind.NAME, *match.span(1), Severity.WARN, reason)


RULES = (names,)
