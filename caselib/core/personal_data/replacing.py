"""Neutral words in place of what was found, for an editor to take with one click."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from .folding import read
from .kinds import Finding, Kind

_TITLE_BEHIND = re.compile(
    "先生|女士|小姐|太太|同志|阿姨|大爷|大妈|老伯|师傅|局长|主任|科长|处长|所长|书记|法官|医生|老师|律师|警官|经理"
)
_ROLE_BEFORE = re.compile(
    "(?:姓名|法人|代表人?|人员|[申请联系当事经办反映来访投诉委托受理继承承租产权利监护]{2}人|代理人|业主|房东|户主|股东|老板|[夫妻子女父母]亲?|"
    "配偶|爱人|妈妈|爸爸|老[公婆人]|群众|市民|居民|村民|学生|患者|我叫|名叫|叫做)[为是叫]?[ :]{0,3}\\Z"
)
_FOOD = re.compile("餐|饭店|小吃|酒楼|面馆")
_TRADERS = re.compile("(?:经营部|商行|门市部|店|工作室)\\Z")
_SCHOOL = re.compile("(?:学校|小学|中学|幼儿园)\\Z")
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)

_FIXED: dict[Kind, tuple[str, ...]] = {
    Kind.CITIZEN_ID: ("〔身份证号〕", "（身份证号略）"),
    Kind.PARTLY_MASKED: ("（号码略）",),
    Kind.MOBILE: ("（电话略）", "〔手机号〕"),
    Kind.LANDLINE: ("（电话略）", "〔电话号码〕"),
    Kind.BANK_CARD: ("〔银行卡号〕", "（卡号略）"),
    Kind.CREDIT_CODE: ("（代码略）", "〔统一社会信用代码〕"),
    Kind.ORGANISATION_CODE: ("（代码略）", "〔组织机构代码〕"),
    Kind.PLATE: ("（车牌略）", "〔车牌号〕"),
    Kind.EMAIL: ("（邮箱略）", "〔电子邮箱〕"),
    Kind.WECHAT: ("（微信号略）", "〔微信号〕"),
    Kind.QQ: ("（QQ号略）", "〔QQ号〕"),
    Kind.ADDRESS: ("（门牌号略）", "某小区"),
    Kind.WARD: ("某病区", "（床位略）"),
    Kind.COURT_CASE: ("（案号略）", "另案"),
    Kind.TICKET: ("（编号略）", "〔办件编号〕"),
    Kind.CHILD_AGE: ("未满十四岁",),
    Kind.SURNAME: ("市民", "当事人"),
    Kind.DISEASE: ("重病", "重大疾病"),
    Kind.RELATION: ("家人", "家庭成员"),
}


def replacement_for(finding: Finding, text: str) -> tuple[str, ...]:
    """One or two words to put in place of `text[finding.start:finding.end]`, the better one first.

    `text`: the whole text that the finding is of. No word repeats what was found. Writes nothing.
    """
    found = read(text[finding.start : finding.end]).text
    choices = _FIXED.get(finding.kind) or _by_words(finding, text, found) or (f"〔{finding.kind.label}〕",)
    safe = tuple(choice for choice in choices if found not in read(choice).text)
    return safe or ("（略）",)


def _by_words(finding: Finding, text: str, found: str) -> tuple[str, ...]:
    """Words that depend on what was found or on what stands around it; none for the other kinds."""
    match finding.kind:
        case Kind.NAME:
            return _for_name(read(text[max(0, finding.start - 12) : finding.start]).text, text[finding.end :][:4])
        case Kind.ENTERPRISE:
            return (_for_enterprise(found), "某企业")
        case Kind.EMPLOYER:
            return ("某医院" if found.endswith("医院") else "某学校" if _SCHOOL.search(found) else "某单位",)
        case Kind.STREET:
            return (_for_street(found),)
        case Kind.EXACT_AMOUNT:
            return (_about(read(found).spoken), "若干")
        case Kind.BIRTH_DATE:
            return ("（出生日期略）", *(f"{year[:3]}0年代" for year in _YEAR.findall(found)[:1]))
        case Kind.EXACT_DATE:
            return ("某日", *(f"{year}年" for year in _YEAR.findall(found)[:1]))
        case Kind.AGE:
            return (_age_group(int("".join(re.findall(r"\d", found)) or 0)),)
    return ()


def _for_name(before: str, behind: str) -> tuple[str, ...]:
    """Only a part of 张女士 was found, so that 某 makes 某女士 of it; behind a role 某某 reads well, elsewhere 市民."""
    if _TITLE_BEHIND.match(behind):
        return ("某",)
    return ("某某",) if _ROLE_BEFORE.search(before) else ("市民", "某某")


def _for_enterprise(name: str) -> str:
    if _FOOD.search(name):
        return "某餐饮企业"
    return "某个体工商户" if _TRADERS.search(name) else "某公司" if name.endswith("公司") else "某经营主体"


def _for_street(name: str) -> str:
    if name.endswith("街道"):
        return "某街道"
    return "某小区" if name.endswith(("新村", "小区")) else "某路段"


def _about(written: str) -> str:
    """32,651 as 约3万, 3256.78 as 约3000: one or two figures, so that nobody is known by it."""
    try:
        amount = Decimal(re.sub(r"[^0-9.]", "", written))
    except InvalidOperation:
        return "若干"
    for unit, name in ((10_000, "万"), (1_000, "000"), (100, "00")):
        if amount >= unit:
            return f"约{(amount / unit).quantize(Decimal(1), ROUND_HALF_UP)}{name}"
    return "几十" if amount >= 10 else "几"


def _age_group(years: int) -> str:
    if years < 14:
        return "未满十四岁"
    if years < 18:
        return "未成年"
    return "成年" if years < 60 else "六十岁以上"
