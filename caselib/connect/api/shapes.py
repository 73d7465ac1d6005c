"""What goes out, as the OpenAPI document describes it. Members are added; none is renamed or taken away in v1."""

import dataclasses
import datetime as dt
from typing import Any, Literal

from ninja import Schema
from pydantic import Field, create_model

from caselib.precedents.content import (
    ALL_TEXT_FIELDS,
    DATE_FIELDS,
    LABELS,
    RECORDS,
    STRING_LIST_FIELDS,
    Flexibility,
    Outcome,
)


class Signal(Schema):
    code: Literal["ok", "care", "stop"] = Field(description="ok 可用，care 慎用，stop 停用")
    label: str
    reasons: list[str] = Field(description="为什么，先说最要紧的")


class Place(Schema):
    label: str = Field(description="本地、上级或外地，像页面上那样写")
    full_name: str


class Piece(Schema):
    text: str
    marked: bool = Field(description="是不是匹配上的字")


class Found(Schema):
    code: str
    number: str = Field(description="入库编号，没有就空着")
    title: str
    gist: str
    kind: str = Field(description="空着是普通案例")
    tier: str
    matter: str
    lead_org: str
    uses: int = Field(description="照着办成的次数")
    signal: Signal
    place: Place | None
    snippet: list[Piece]
    why: list[str]
    against: list[str] = Field(description="问题里说的、这个案例不适用的情形")
    url: str = Field(description="给人看的页面")


class SearchAnswer(Schema):
    schema_name: Literal["caselib.search/1"] = Field(alias="schema")
    query: str
    fits: bool = Field(description="有没有合适的；false 时结果只供参考，可以记知识缺口")
    notes: list[str]
    total: int
    page: int
    pages: int
    next: str | None = Field(description="下一页的地址，没有就是 null")
    results: list[Found]


class Suggestion(Schema):
    kind: str
    label: str
    text: str
    code: str = Field(description="案例、事项、政策的代码；别的空着")


class SuggestAnswer(Schema):
    schema_name: Literal["caselib.suggest/1"] = Field(alias="schema")
    suggestions: list[Suggestion]


def _entry(kind: type) -> type[Schema]:
    """The shape of an entry of a list in a text, from the dataclass that holds it, without its pictures."""
    fields: dict[str, Any] = {}
    for part in dataclasses.fields(kind):
        if part.name.endswith("_picture"):
            continue
        words = str(part.type)
        plain = bool if "bool" in words else int if "int" in words else str
        fields[part.name] = (plain | None if "None" in words else plain, ...)
    return create_model(f"Content{kind.__name__}", __base__=Schema, **fields)


class MatterNamed(Schema):
    name: str
    basic_code: str
    impl_code: str


class RegionNamed(Schema):
    code: str
    name: str


class CategoryNamed(Schema):
    scheme: str
    name: str


class Cited(Schema):
    policy: str
    document_number: str
    version: str
    effective_from: dt.date | None
    clause: str
    clause_label: str
    locator: str
    relation: str
    note: str


# The object `content` of docs/precedent-schema.md, from the fields of the text itself.
Content = create_model(
    "Content",
    __base__=Schema,
    **{name: (str, Field(description=LABELS.get(name, ""))) for name in ALL_TEXT_FIELDS},
    **{name: (list[str], Field(description=LABELS.get(name, ""))) for name in STRING_LIST_FIELDS},
    **{name: (dt.date | None, Field(description=LABELS.get(name, ""))) for name in DATE_FIELDS},
    **{name: (list[_entry(kind)], Field(description=LABELS.get(name, ""))) for name, kind in RECORDS.items()},
    outcome=(_entry(Outcome) | None, ...),
    flexibility=(_entry(Flexibility) | None, ...),
    visits=(int | None, ...),
    matter=(MatterNamed | None, ...),
    more_matters=(list[MatterNamed], ...),
    theme=(str | None, ...),
    region=(RegionNamed | None, ...),
    causes=(list[str], ...),
    categories=(list[CategoryNamed], ...),
    tags=(list[str], ...),
    citations=(list[Cited], ...),
)


class DepartmentNamed(Schema):
    name: str
    code: str


class SignalOnDay(Schema):
    word: str
    code: Literal["ok", "care", "stop", "sample"]
    reasons: list[str]
    on: dt.date


class Uses(Schema):
    recorded: int
    worked: int


class PrecedentAnswer(Schema):
    """`caselib.precedent/1` 加上代码和页面地址；每一项的意思见 docs/precedent-schema.md。"""

    schema_name: Literal["caselib.precedent/1"] = Field(alias="schema")
    id: str
    code: str
    number: str | None
    version: int
    kind: str
    tier: str
    status: str
    audience: str
    published_on: dt.date | None
    reverify_due_on: dt.date | None
    department: DepartmentNamed
    signal: SignalOnDay
    uses: Uses
    content: Content
    url: str


class Validity(Schema):
    word: Literal["ok", "care", "stop"]
    label: str
    verified: bool


class PolicyNamed(Schema):
    code: str
    title: str
    doc_number: str
    url: str


class Version(Schema):
    label: str
    title: str
    effective_from: dt.date | None
    effective_to: dt.date | None = Field(description="第一个不再适用的日子；null 是没有尽头或还不知道")
    verified: str


class ClauseText(Schema):
    code: str
    ref: str = Field(description="33/2/3 是第三十三条第二款第（三）项")
    label: str
    text: str = Field(description="原文；没有录入就空着，看 gist")
    gist: str
    verified: str
    repealed: bool
    repealed_from: dt.date | None


class ClauseAnswer(Schema):
    schema_name: Literal["caselib.clause/1"] = Field(alias="schema")
    policy: PolicyNamed
    on: dt.date
    version: Version | None = Field(description="那一天适用的文本；null 时 why 说明原因")
    validity: Validity | None
    clauses: list[ClauseText]
    why: str


class PolicyAnswer(Schema):
    schema_name: Literal["caselib.policy/1"] = Field(alias="schema")
    policy: PolicyNamed
    short_titles: list[str]
    issuer: str
    level: str
    region: str
    issued_on: dt.date | None
    official_url: str
    unsure: list[str] = Field(description="没有对照正文核实的：title、number、dates、status")
    version: Version | None
    validity: Validity | None
    versions: list[Version]
    clauses: list[ClauseText]


class PolicyFound(PolicyNamed):
    validity: Validity | None


class PoliciesAnswer(Schema):
    schema_name: Literal["caselib.policies/1"] = Field(alias="schema")
    total: int
    page: int
    pages: int
    next: str | None
    policies: list[PolicyFound]


class MatterLine(MatterNamed):
    code: str
    theme: str
    aliases: list[str]
    department_kind: str
    url: str


class MattersAnswer(Schema):
    schema_name: Literal["caselib.matters/1"] = Field(alias="schema")
    total: int
    page: int
    pages: int
    next: str | None
    matters: list[MatterLine]


class MatterPrecedent(Schema):
    code: str
    number: str
    title: str
    gist: str
    signal: Signal
    url: str


class MatterAnswer(Schema):
    schema_name: Literal["caselib.matter/1"] = Field(alias="schema")
    matter: MatterLine
    materials: list[str]
    total: int
    page: int
    pages: int
    next: str | None
    precedents: list[MatterPrecedent]


class TicketAnswer(Schema):
    schema_name: Literal["caselib.ticket/1"] = Field(alias="schema")
    code: str
    created: bool = Field(description="false：早就登记过，这一次没有改动它")
    source_system: str
    source_number: str
    received_on: dt.date
    stage: str
    url: str


class ReuseAnswer(Schema):
    schema_name: Literal["caselib.reuse/1"] = Field(alias="schema")
    precedent: str
    outcome: str
    label: str
    at: dt.datetime


class GapAnswer(Schema):
    schema_name: Literal["caselib.gap/1"] = Field(alias="schema")
    question: str = Field(description="存下来的样子，像个人信息的地方已隐去")
    created: bool = Field(description="false：这个系统早就记过")
    times: int
    cut: bool


class EmbedTicketAnswer(Schema):
    schema_name: Literal["caselib.embed-ticket/1"] = Field(alias="schema")
    ticket: str = Field(description="放在面板地址的 t 里，不写进日志")
    expires_at: dt.datetime = Field(description="到这个时候为止")
    url: str = Field(description="面板的地址，票在里面；q、matter 可以接着加")


class ErrorOfField(Schema):
    field: str
    code: str
    message: str


class Problem(Schema):
    """RFC 9457。code 不变，detail 给人看。"""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    rule: str | None = None
    field: str | None = None
    errors: list[ErrorOfField] | None = None
