"""Puts neutral words, which a reader can live with, in the place of personal data.

`core.personal_data` says what is personal; here are the words, and what a ticket holds beyond single findings: the same
name further down, names of firms, days. A person checks the result; what was replaced is listed for that.
"""

import datetime as dt
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from caselib.core.personal_data import Finding, Kind, find
from caselib.core.personal_data.tables import any_of, words
from caselib.core.text import clean

from .days import day_words, days_in

_ROUNDS = 8
_LOST = "（这一行含个人信息，已略）"
_WORDS = {
    Kind.MOBILE: "（电话略）",
    Kind.LANDLINE: "（电话略）",
    Kind.EMAIL: "（邮箱略）",
    Kind.WECHAT: "（账号略）",
    Kind.QQ: "（账号略）",
    Kind.BANK_CARD: "（卡号略）",
    Kind.CREDIT_CODE: "（代码略）",
    Kind.ORGANISATION_CODE: "（代码略）",
    Kind.PLATE: "（车牌略）",
    Kind.COURT_CASE: "（案号略）",
    Kind.TICKET: "（编号略）",
    Kind.PARTLY_MASKED: "（号码略）",
    Kind.ADDRESS: "某处",
    Kind.WARD: "（床位略）",
    Kind.NAME: "市民",
    Kind.SURNAME: "市民",
    Kind.BIRTH_DATE: "（日期略）",
    Kind.EXACT_AMOUNT: "若干",
    Kind.STREET: "某路段",
    Kind.EXACT_DATE: "某日",
    Kind.EMPLOYER: "单位",
    Kind.DISEASE: "重病",
    Kind.AGE: "一定年纪",
    Kind.RELATION: "家属",
}
# Every other kind is the number of some paper.
_PAPER = "（证件号略）"
_TITLES = "先生|女士|小姐|太太|同志|阿姨|大爷|大妈|老伯|师傅|老师"
_ROLES = (
    "申请人|联系人|法定代表人|法人代表|当事人|经办人|反映人|来访人|来电人|投诉人|委托人|受托人|诉求人|继承人|承租人|产权人|"
    "权利人|业主|房东|户主|股东|老板|市民|群众|居民|村民|姓名|负责人|窗口人员|工作人员"
)
_TITLE_BEHIND = re.compile(_TITLES)
# What a sentence goes on with behind a name: the day, which reads 第 1 天 by then, or a deed.
_THEN = "第[ ]?[0-9]|受理前[ ]?[0-9]|某日|昨[天日]|今[天日]|前天|上午|下午|多次|再次|前往|本人|希望|咨询|跑了"
_ROLE_BEFORE = re.compile(f"(?:{_ROLES})(?P<colon>[ ]?[:：是为叫][ ]?)?$")
_NOT_IN_NAME = "\\s,.;:!?，。；、：！？“”‘’\"'（）()《》\\[\\]的了在是我你他她它们和与及到去被为把给开叫找从向对由就也都该家有让将跟说称租"
# What offices and places end in, and no given name.
_NO_GIVEN = "局厅部委办科处所站院校店厂司省市区县镇乡街路道号院户层楼年月日天"
_FIRM = f"(?:(?![{_NOT_IN_NAME}]).){{2,16}}"
_SHOPS = (
    "小吃店|早餐店|面馆|饭店|餐厅|餐馆|酒家|火锅店|奶茶店|咖啡店|便利店|超市|杂货店|食品店|水果店|烟杂店|服装店|理发店|美发店|美容店|"
    "经营部|商行|商店|工作室|修理部|维修部|五金店|建材店|花店|药店|书店|茶楼|茶叶店|棋牌室|诊所|网吧|旅馆|招待所|批发部|门市部"
)
_COMPANIES = "(?:有限责任|股份有限|有限)公司(?:[^\\s，。；、]{1,8}分公司)?|合伙企业|合作社|集团公司"
_PLACE_WORDS = "路|大道|街|巷|胡同|弄|村|新村|小区|公寓|花园|大厦|广场"
_NUMBER = "[0-9０-９一二三四五六七八九十百]{1,5}"
_ROAD = re.compile(
    rf"(?:(?![{_NOT_IN_NAME}市区县镇道]).){{1,5}}(?:{_PLACE_WORDS})[ ]?"
    rf"{_NUMBER}(?:[ ]?(?:弄|号楼|号|幢|栋|座|室|单元|层|楼|支弄)(?:[ ]?{_NUMBER}(?=[ ]?(?:弄|号|幢|栋|座|室|单元|层|楼)))?){{1,6}}"
)
# 2026年7月1日起施行 is a fact of a rule, not of a person.
_OF_A_RULE = re.compile("(?:起)?(?:施行|实施|生效|发布|公布|印发|废止)")
_OFFICE = re.compile(
    "窗口|部门|中心|大厅|综窗|局|科|处|所|办|委|队|院|站|组|街道|居委|村委|社区|人员|员|人|方|企业|公司|商户|市民|群众|"
    "住户|业主|房东|银行|物业|学校|医院|热线|平台|系统|领导|负责|专班|代表|家属|个体工商户"
)

# （（代码略）） where the number stood in brackets of its own.
_TWICE = re.compile("[（(](（[一-鿿]{2,3}略）)[）)]")


@dataclass(frozen=True, slots=True)
class Replaced:
    """`kind`: in words; `where`: the part of the ticket; `line` counts from 1; `words`: what stands there now.

    What stood there before is not kept.
    """

    kind: str
    where: str
    line: int
    words: str


@dataclass(slots=True)
class Neutraliser:
    """Works through the parts of one ticket. A name that gave itself away in one part is known in those that follow."""

    received_on: dt.date
    replaced: list[Replaced] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def of(self, text: str, *, where: str) -> str:
        """The text with neutral words; nothing in it blocks any more. Keeps its lines. Some 0.2 s for 20,000 characters."""
        text = clean(text)
        if not text.strip():
            return text
        text = self._firms(text, where)
        text = self._days(text, where)
        text = self._put(_ROAD, text, "住址", "某路段", where)
        text = self._named(text, where)
        for _ in range(_ROUNDS):
            left = find(text)
            changed = self._known_names(self._without(left, text, where), where)
            if changed == text:
                break
            text = changed
        return _TWICE.sub(r"\1", self._without_lines(text, where) if left else text)

    def role(self, text: str, *, where: str) -> str:
        """Who in words of a role. A name that stands alone gives itself away by nothing: what names no role is 经办人."""
        known = self.of(" ".join(text.split()), where=where).strip()
        if not known or _OFFICE.search(known):
            return known
        self.replaced.append(Replaced("姓名", where, 1, "经办人"))
        return "经办人"

    def _firms(self, text: str, where: str) -> str:
        text = self._put(_sole_traders(), text, "个体工商户名称", "某个体工商户", where)
        return self._put(_companies(), text, "企业名称", "某企业", where)

    def _days(self, text: str, where: str) -> str:
        parts, done = [], 0
        for found in days_in(text, near=self.received_on):
            if _OF_A_RULE.match(text, found.end):
                continue
            words = day_words(found.day, received_on=self.received_on)
            parts += [text[done : found.start], words]
            done = found.end
            self._note("日期", text, found.start, where, words)
        return "".join([*parts, text[done:]])

    def _put(self, pattern: re.Pattern[str], text: str, kind: str, words: str, where: str) -> str:
        def put(match: re.Match[str]) -> str:
            self._note(kind, text, match.start(), where, words)
            return words

        return pattern.sub(put, text)

    def _without(self, left: Sequence[Finding], text: str, where: str) -> str:
        parts, done = [], 0
        for found in left:
            start, end = max(found.start, done), found.end
            # 在某路 is our own word, and would grow with each round.
            if start >= end or (found.kind is Kind.STREET and text.startswith("某路段", end - 2)):
                continue
            words = _WORDS.get(found.kind, _PAPER)
            if found.kind in (Kind.NAME, Kind.SURNAME):
                self._learn(text[start:end])
                end, words = _person(text, start, end)
            elif found.kind is Kind.STREET and text.startswith("街道", end):
                end += len("街道")
            # Lines stay lines: a number may be broken over two of them.
            words += "\n" * text.count("\n", start, end)
            self._note(found.kind.label, text, start, where, words.strip() or "（去掉）")
            parts += [text[done:start], words]
            done = end
        return "".join([*parts, text[done:]])

    def _named(self, text: str, where: str) -> str:
        """Names behind words for a role, and 张某某: no finding, because they are too uncertain or hidden already."""

        def put(match: re.Match[str]) -> str:
            self._learn(match["name"])
            words = "" if match["colon"] is None else "（略）"
            self._note(Kind.NAME.label, text, match.start("name"), where, words or "（去掉）")
            return f"{match['role']}{match['colon'] or ''}{words}"

        def put_bare(match: re.Match[str]) -> str:
            if any(match[0].startswith(word) for word in words("not_names")):
                return match[0]
            self._learn(match[0])
            self._note(Kind.NAME.label, text, match.start(), where, "市民")
            return "市民"

        pattern, hidden = _behind_role()
        text = pattern.sub(put, text)
        text = _bare().sub(put_bare, text)
        return self._put(hidden, text, Kind.NAME.label, "市民", where)

    def _learn(self, name: str) -> None:
        if 2 <= len(name) <= 4 and "某" not in name and "\n" not in name:
            self.names.add(name)

    def _known_names(self, text: str, where: str) -> str:
        for name in sorted(self.names, key=len, reverse=True):
            text = self._put(re.compile(f"{re.escape(name)}(?:{_TITLES})?"), text, Kind.NAME.label, "市民", where)
        return text

    def _without_lines(self, text: str, where: str) -> str:
        """Gives up every line that still holds something: what pieces make up between them cannot be told apart."""
        while blocking := find(text):
            lines = text.split("\n")
            for found in blocking:
                first, last = text.count("\n", 0, found.start), text.count("\n", 0, found.end)
                for number in range(first, last + 1):
                    lines[number] = _LOST
                self.replaced.append(Replaced(found.kind.label, where, first + 1, _LOST))
            if "\n".join(lines) == text:
                return _LOST
            text = "\n".join(lines)
        return text

    def _note(self, kind: str, text: str, start: int, where: str, words: str) -> None:
        self.replaced.append(Replaced(kind, where, text.count("\n", 0, start) + 1, words))


@functools.cache
def _sole_traders() -> re.Pattern[str]:
    return re.compile(f"{_FIRM}(?:{_SHOPS})(?:[（(]个体工商户[）)])?|{_FIRM}[（(]个体工商户[）)]")


@functools.cache
def _behind_role() -> tuple[re.Pattern[str], re.Pattern[str]]:
    firm = any_of("surnames")
    name = f"(?P<name>(?:{firm})(?:(?![{_NOT_IN_NAME}])[一-鿿]){{1,2}}?)"
    behind = f"(?=$|[^一-鿿]|{_TITLES}|{_THEN}|[的不没在来已要想去因说和与反到于称办拿带告打联请叫让])"
    said = f"(?P<role>{_ROLES}|承办人|受理人|经理|局长|科长|主任|所长)(?P<colon>[ ]?[:：][ ]?)?{name}{behind}"
    return re.compile(said), re.compile(
        f"(?:{firm}|{any_of('everyday_surnames')})(?:某{{1,2}}|[xX×＊*]{{1,2}})(?:{_TITLES})?"
    )


@functools.cache
def _bare() -> re.Pattern[str]:
    """A surname with two characters at the beginning of a sentence, and then a deed: a name more often than not, and who
    reads the result sees it. Not 林业局, 江苏省."""
    given = f"(?![{_NOT_IN_NAME}{_NO_GIVEN}])[一-鿿]"
    return re.compile(
        f"(?<![一-鿿])(?:{any_of('surnames')})(?:{given}){{2}}(?={_THEN}|[不没在来已要想去因说和与反到于称办拿带打又再住租])"
    )


@functools.cache
def _companies() -> re.Pattern[str]:
    place = "(?:[（(][一-鿿]{2,6}[）)])?"
    return re.compile(f"{_FIRM}{place}(?:(?![{_NOT_IN_NAME}]).){{0,12}}?(?:{_COMPANIES})")


def _person(text: str, start: int, end: int) -> tuple[int, str]:
    """(end, words) for a name: its title goes with it; behind a word for the role nothing or （略） is enough."""
    if title := _TITLE_BEHIND.match(text, end):
        end = title.end()
    if role := _ROLE_BEFORE.search(text[max(0, start - 10) : start]):
        return end, "（略）" if role["colon"] else ""
    return end, "市民"
