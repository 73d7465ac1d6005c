"""What callers send: parameters and bodies. Full-width figures are figures; what is not named here is refused."""

import unicodedata
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, StrictBool

MOST_PAGES = 50
MOST_A_PAGE = 50
LONGEST_QUESTION = 2_000
TEXT_LENGTH = 20_000
NAME_LENGTH = 64


def _plain_digits(value: Any) -> Any:
    """２０ is 20: systems send what people typed."""
    if isinstance(value, bool):
        # Python counts True as 1.
        return str(value)
    if not isinstance(value, str) or len(value) > 20:
        return value
    plain = unicodedata.normalize("NFKC", value).strip()
    return int(plain) if plain.isascii() and plain.isdigit() else plain


Digits = BeforeValidator(_plain_digits)
Page = Annotated[int, Digits, Field(ge=1, le=MOST_PAGES, description="第几页，从 1 起。")]
PerPage = Annotated[int, Digits, Field(ge=1, le=MOST_A_PAGE, description="每页几条。")]
Count = Annotated[Annotated[int, Field(ge=0)] | None, Digits]


class Told(Schema):
    model_config = ConfigDict(extra="forbid")


Narrow = Annotated[list[Annotated[str, Field(max_length=NAME_LENGTH)]], Field(max_length=10)]
Named = Annotated[str, Field(max_length=NAME_LENGTH)]
Day = Annotated[str, Field(max_length=40, description="哪一天，如 2026-07-01；空着是今天")]


class SearchAsked(Schema):
    q: str = Field("", max_length=LONGEST_QUESTION, description="群众的原话、文号、条款、入库编号都行")
    matter: Named = Field("", description="只看这个事项的：名称、代码、基本编码或实施编码")
    theme: Narrow = Field([], description="事项主题，可以写几次")
    department: Narrow = Field([], description="部门")
    cause: Narrow = Field([], description="原因")
    region: Narrow = Field([], description="地区")
    year: Narrow = Field([], description="年份")
    result_type: Narrow = Field([], description="结果的代码，如 solved")
    decision_level: Narrow = Field([], description="谁能定的代码")
    sort: Literal["relevance", "newest", "reused"] = Field("relevance", description="最相关、最新发布、复用最多")
    literal: bool = Field(False, description="只查原字，不带同义说法")
    page: Page = 1
    per_page: PerPage = 20


class SuggestAsked(Schema):
    q: str = Field("", max_length=LONGEST_QUESTION, description="打了一半的字，拼音也行")


class ListAsked(Schema):
    q: str = Field("", max_length=200, description="名称、简称、文号、部门；空着是全部")
    page: Page = 1
    per_page: PerPage = 20


class PolicyAsked(Schema):
    version: Named = Field("", description="版本的名称；空着是现在的")


class DayAsked(Schema):
    on: Day = ""


class ClausesAsked(DayAsked):
    article: Named = Field("", description="第三十三条第二款、33/2 都行；空着是全文")


class MatterAsked(Schema):
    page: Page = 1


class TicketIn(Told):
    """字段和页面上登记工单的一样；原文密封保存，谁看都留痕。"""

    source_system: str = Field(min_length=1, max_length=NAME_LENGTH, description="哪个系统的编号，如 综窗平台")
    source_number: str = Field(min_length=1, max_length=NAME_LENGTH, description="来源编号；同一个编号只登记一次")
    text: str = Field(min_length=1, max_length=TEXT_LENGTH, description="原文")
    received_on: str = Field("", max_length=40, description="受理日期，空着是今天")
    channel: str = Field("", max_length=NAME_LENGTH, description="渠道，如 窗口、12345；空着是窗口")
    title: str = Field("", max_length=80, description="标题，空着从原文里取")
    requester_type: str = Field("", max_length=NAME_LENGTH, description="诉求人，如 个人、企业")
    failed_stage: str = Field("", max_length=NAME_LENGTH, description="卡在哪个阶段：未受理、未批准、多次未解决")
    matter: str = Field("", max_length=NAME_LENGTH, description="事项的代码或名称")
    visits: Count = Field(None, description="跑了几次，最多 99")
    promised_days: Count = Field(None, description="承诺几天办结")
    actual_days: Count = Field(None, description="实际用了几天")
    is_supervised: StrictBool = Field(False, description="是不是督办件")


class ReuseIn(Told):
    outcome: Literal["worked", "adapted", "not_applicable", "failed"] = Field(
        description="照此办成、变通办成、情形不同、照办未成"
    )
    note: str = Field("", max_length=300, description="变通了什么、哪一条不合、为什么没成")
    point: str = Field(
        "", max_length=24, description="哪一处不合或没成：applies_when:1、not_when:2、steps:3、materials:1"
    )
    version: Annotated[Annotated[int, Field(ge=1, le=30_000)] | None, Digits] = Field(
        None, description="读的是第几版，案例里的 version；空着是现在这一版"
    )
    case_number: str = Field("", max_length=NAME_LENGTH, description="办件编号，只留记号：同一件只算一次")


class GapIn(Told):
    question: str = Field(min_length=1, max_length=TEXT_LENGTH, description="群众要办什么、卡在哪儿")
    matter: str = Field("", max_length=NAME_LENGTH, description="事项的代码、基本编码或实施编码")
    urgency: Literal["normal", "soon", "waiting"] = Field("normal", description="不急、尽快、群众在等")


class EmbedTicketIn(Told):
    matter: str = Field("", max_length=NAME_LENGTH, description="只能查这一个事项：代码、基本编码或实施编码；空着不限")
