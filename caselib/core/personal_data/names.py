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
_TITLES = "先生|女士|小姐|太太|同志|阿姨|大爷|大妈|老伯|师傅|局长|主任|科长|处长|所长|书记(?!录|载)|法官|医生|老师|律师|警官|经理"
_PAPERS = "(?:的)?(?:身份证|身份号|电话|手机|联系电话|联系方式|之子|之女|之妻|之夫|的丈夫|的妻子|的儿子|的女儿|的父亲|的母亲|名下)"
_WHO = (
    "姓名|法人(?![代单及和或的独])|工作人员|代理人|其[子女父母夫妻]|妈妈|爸爸|申请人|联系人|法定代表人|法人代表|当事人|经办人|反映人|来访人|来电人|诉求人|投诉人|委托人|受托人|被继承人|继承人|承租人|产权人|权利人|"
    "业主|房东|户主|股东|老板|监护人|丈夫|妻子|儿子|女儿|父亲|母亲|配偶|爱人|老公(?!司)|老婆|群众|市民|居民|村民|学生|患者|老人|我叫|名叫|叫做"
)
# A day of a case (第 1 天) or a deed: 市民某某某多次来电.
_THEN = r"第[ ]?[0-9]|昨[天日]|今[天日]|前天|上午|下午|多次|再次|前往|本人|希望|咨询|跑了"
_AFTER = (
    rf"(?=$|{_THEN}|[\s,。;:!?、()\[\]\"“”'/<>0-9A-Z]|身份证|电话|手机|先生|女士"
    "|[的不没在来已要想去因说和与反到名于说称办拿带答告接审])"
)
# An everyday character is a surname before a title only where a name would begin.
_AFTER_WORD = f"(?:(?<![{_CJK}])|(?<=[了的由与和给找请陪帮替向对同谢是为据叫办区]))"
_AFTER_THANKS = "(?:(?<=感谢)|(?<=委托)|(?<=经办))"


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
        (
            rf"{_AFTER_WORD}({_surname(every)}{_GIVEN}{{0,2}})(?=先生|女士|小姐|阿姨|局长|主任|科长|处长|书记(?!录|载)|法官)",
            "是带称呼的姓名，写成“市民”“某女士”就够了。",
        ),
        (rf"{_AFTER_THANKS}({_surname(every)}{_GIVEN}{{0,2}})(?=同志)", "是带称呼的姓名，写成“市民”“某女士”就够了。"),
        (rf"(?:{_WHO})[为是叫]?[ ]?:[ ]{{0,2}}({_surname(every)}{two_or_three}){_AFTER}", said_before),
        (rf"(?:姓名[为是]|我叫|名叫|叫做)[ ]?({_surname(every)}{two_or_three}){_AFTER}", said_before),
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
    # The end of a word is no surname: 谢 in 感谢, 高 in 提高.
    not_behind += f"(?<!{any_of('words_ending_so')})"
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


@functools.cache
def _enterprise() -> re.Pattern[str]:
    """Place, own name, form. 某, a sign in place of the name or a joining word in it make it nobody's."""
    own = f"(?:(?![某的了在和与及或是为由向把]|变更|设立|注册|办理)[{_CJK}()])"
    return re.compile(f"(?:{any_of('place_names')}){own}{{2,20}}?(?:{any_of('enterprise_forms')})")


def enterprises(reading: Reading, view: str) -> Iterator[Finding]:
    for match in _enterprise().finditer(reading.text):
        yield Finding(
            Kind.ENTERPRISE,
            *match.span(),
            Severity.WARN,
            "是企业或个体户的名称，写“某企业”就够了。个体户的字号就是个人信息。",
        )


RULES = (names, enterprises)
