"""Ways to reach a person other than by telephone: mail, WeChat, QQ; and where the person lives."""

import re
from collections.abc import Iterator

from .folding import Reading
from .kinds import Finding, Kind, Severity
from .tables import any_of, words

_AT = re.compile(r"[ ]{0,2}(?:@|[\[({]AT[\])}]|[ ]AT[ ](?=[A-Z0-9-]+\.))[ ]{0,2}")
_LOCAL_PART = re.compile(r"[A-Z0-9._%+-]{1,64}\Z")
_HOST = re.compile(r"[A-Z0-9-]{1,63}(?:[ ]?\.[ ]?[A-Z0-9-]{1,63}){0,3}[ ]?\.[ ]?[A-Z]{2,12}(?![A-Z])")

_USUAL_END = re.compile(r"\.[ ]?(?:COM|CN|NET|ORG|EDU|CC|TOP|VIP|HK|TW|MO)\Z")

_WECHAT = re.compile(
    r"(微信|V信|加我?V|威信|薇信|VX|WECHAT|WX)(号码?|ID|账号)?[ ]?(?:是|为|:|加)?[ ]{0,2}([A-Z][-_A-Z0-9]{5,19})"
)
_QQ = re.compile(
    r"(?:QQ|扣扣|企鹅号)(?:号码?)?[ ]?(?:是|为|:|加)?[ ]{0,2}([1-9](?:[ -]?\d){4,11})(?!\d|[ ]?@)", re.ASCII
)

_N = "[0-9十百]{1,5}"
_B = "[ \t]{0,2}"
_HOUSE = "(?:支?弄|号楼|号|幢|栋|座)"
# A house with a door in it. Not behind 第 or a bracket, which make it a document, nor behind 月, a day.
_ADDRESS = re.compile(
    rf"[0-9十百](?<![第\])月日年0-9十百][0-9十百])[0-9十百]{{0,4}}{_B}{_HOUSE}{_B}(?:[甲乙丙A-Z]?{_N}{_B}(?:{_HOUSE}|单元|门|梯|楼|层){_B}){{0,4}}"
    rf"(?:[^。;,\n窗口第令文件条]{{0,6}}?[A-Z]?{_N}{_B}(?:[室户]|单元){_B}(?:{_N}{_B}[室户]?)?"
    rf"|(?:(?<=[幢栋座])|(?<=号楼))\d{{3,4}}(?![0-9年元万米人平]))"
)
_LANE = re.compile(
    rf"[0-9十百](?<![第\])月日年0-9十百][0-9十百])[0-9十百]{{0,4}}{_B}弄{_B}{_N}{_B}号{_B}(?:[A-Z0-9]{{1,3}}{_B}楼{_B})?\d{{3,4}}(?![0-9年元万])"
)
_VILLAGE = "(?:(?:(?<![\u4e00-\u9fff])|(?<=[在住是于系]))[\u4e00-\u9fff]{1,4}?|[\u4e00-\u9fff]{2})村"
_GROUP = re.compile(rf"{_VILLAGE}{_B}第?{_N}{_B}(?:村民)?小?[组队社]{_B}(?:{_N}{_B}号)?")
_WARD = re.compile(rf"(?:病区|病房|医院[^。\n]{{0,8}}?){_B}({_N}{_B}(?:号?病区|号?病房|号?床)(?:{_B}{_N}{_B}号?床)?)")
_OFFICE = re.compile(any_of("office_words"))
_OFFICE_BEHIND = re.compile(rf"[ ]?[(,]?[\u4e00-\u9fff]{{0,8}}(?:{any_of('office_words')})")
_HOME = re.compile("住|户籍|户口|家庭|本人|家在")


def mail(reading: Reading, view: str) -> Iterator[Finding]:
    public = tuple(end.upper() for end in words("public_mail"))
    for sign in _AT.finditer(view):
        local = _LOCAL_PART.search(view[max(0, sign.start() - 64) : sign.start()])
        host = _HOST.match(view, sign.end())
        if local and host and not host[0].replace(" ", "").endswith(public) and _is_written_so(sign[0] + host[0]):
            start = sign.start() - len(local[0])
            yield Finding(Kind.EMAIL, start, host.end(), Severity.BLOCK, "是电子邮箱，不是机关的公开邮箱。")


def _is_written_so(rest: str) -> bool:
    """With blanks in it, only where the end is one that mail has here: 9 @1k. The is a measure."""
    return " " not in rest.strip() or bool(_USUAL_END.search(rest)) or "AT" in rest.partition(".")[0].split()


def accounts(reading: Reading, view: str) -> Iterator[Finding]:
    for match in _WECHAT.finditer(view):
        # 微信 Windows 版 is no account: without 号 there has to be a digit or a stroke in it.
        if match[2] or re.search(r"[0-9_-]", match[3]):
            yield Finding(Kind.WECHAT, *match.span(3), Severity.BLOCK, "前面在说微信，这是微信号的写法。")
    for match in _QQ.finditer(view):
        yield Finding(Kind.QQ, *match.span(1), Severity.BLOCK, "前面在说 QQ，这是 QQ 号的写法。")


def addresses(reading: Reading, view: str) -> Iterator[Finding]:
    """A door or a group of a village blocks; a street or a house number alone does not, nor does an office."""
    for pattern in (_ADDRESS, _LANE):
        for match in pattern.finditer(reading.spoken):
            end = match.start() + len(match[0].rstrip())
            if not _is_office(reading, match.start(), end):
                yield Finding(Kind.ADDRESS, match.start(), end, Severity.BLOCK, "写到了门牌和室，到街道为止就够了。")
    for match in _GROUP.finditer(reading.spoken):
        yield Finding(Kind.ADDRESS, *match.span(), Severity.BLOCK, "写到了村民小组，到村或街道为止就够了。")
    for match in _WARD.finditer(reading.spoken):
        yield Finding(Kind.WARD, *match.span(1), Severity.BLOCK, "写到了病区或床位。")


def _is_office(reading: Reading, start: int, end: int) -> bool:
    """Whether the same sentence speaks of an office close before, or names one right behind: 518号301室(区政务服务中心)."""
    before = reading.text[max(0, start - 20) : start]
    for stop in "。;!?\n":
        before = before.rpartition(stop)[2]
    if _HOME.search(before):
        return False
    return bool(_OFFICE.search(before) or _OFFICE_BEHIND.match(reading.text, end))


RULES = (mail, accounts, addresses)
