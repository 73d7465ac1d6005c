"""Refusals as problem details (RFC 9457): a stable code, a Chinese title and what happened, what was kept, what to do."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from caselib.connect.clients.answering import KeyUsed
from caselib.connect.clients.calling import CallerRefused
from caselib.connect.clients.models import Reason
from caselib.core.errors import DomainError, NotAllowed, NotVisible, RuleBroken, StaleState

MEDIA_TYPE = "application/problem+json"
# Where the codes are explained; the type of a problem is a place on that page.
PAGE = "/api/v1/docs/"


@dataclass(frozen=True, slots=True)
class Kind:
    """`help`: what whoever reads it can do, for the page that lists the codes."""

    status: int
    title: str
    help: str


# Codes are never renamed and never mean something else; new ones may come.
KINDS: dict[str, Kind] = {
    "bad_request": Kind(400, "请求读不懂", "地址或请求头不合规范，对照文档再发。"),
    "bad_json": Kind(400, "JSON 读不了", "正文要是 UTF-8 的一个 JSON 对象，键不重复，不超过 20 层。"),
    "no_token": Kind(401, "没有令牌", "请求头带 Authorization: Bearer 令牌。"),
    Reason.UNKNOWN.value: Kind(401, "没有这个令牌", "核对令牌有没有抄全；没有就找本部门管理员发一个。"),
    Reason.EXPIRED.value: Kind(401, "令牌过期", "找本部门管理员换一个新的。"),
    Reason.REVOKED.value: Kind(401, "令牌已吊销", "找本部门管理员发一个新的。"),
    Reason.OFF.value: Kind(401, "系统已停用", "找本部门管理员启用。"),
    Reason.DEPARTMENT.value: Kind(401, "部门已停用", "部门停用后，它的系统都不再应答。"),
    Reason.DEED.value: Kind(403, "没有开通这项", "找本部门管理员在“对接系统”里勾上。"),
    "not_allowed": Kind(403, "没有这个权限", "看 detail 里的原因。"),
    "not_found": Kind(404, "没有找到", "地址有误，或者这个系统没有查看的权限，两种答复一样。"),
    "method_not_allowed": Kind(405, "方法不对", "看响应头 Allow。"),
    "already_there": Kind(409, "已经登记过", "这个来源系统和编号的工单别的部门登记过，没有再登记。"),
    "stale": Kind(409, "有人先改了", "重新读取，再试一次。"),
    "key_used": Kind(409, "幂等键用过了", "同一个 Idempotency-Key 只能配同样的内容，换一个新的。"),
    "too_large": Kind(413, "正文太大", "正文最多 1 MB，工单原文最多 20,000 个字。"),
    "not_json": Kind(415, "不是 JSON", "请求头带 Content-Type: application/json，UTF-8。"),
    "invalid": Kind(422, "参数不对", "errors 里逐项说明，改好再发。"),
    "unknown_parameter": Kind(422, "没有这个参数", "多余的、写错的、重复的参数都不接受。"),
    "rule_broken": Kind(422, "内容不符合要求", "rule 是规则代码，field 是哪一项，detail 说怎么改。"),
    "rate_limited": Kind(429, "调用太快", "等 Retry-After 说的秒数再调。"),
    "server_error": Kind(500, "系统出错", "这一次什么都没有改。把 instance 告诉管理员。"),
    "unavailable": Kind(503, "暂时用不了", "过一会儿再试。"),
}
# For answers that something outside of the operations made.
_BY_STATUS = {400: "bad_request", 403: "not_allowed", 404: "not_found", 405: "method_not_allowed", 413: "too_large",
              429: "rate_limited", 503: "unavailable"}  # fmt: skip


def problem(
    request: HttpRequest,
    code: str,
    detail: str = "",
    *,
    errors: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
    **more: str,
) -> HttpResponse:
    """The answer that refuses. `errors`: what is wrong with which field; `more`: members besides those of the standard."""
    kind = KINDS[code]
    told: dict[str, Any] = {
        "type": f"{PAGE}#{code}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail or kind.help,
        "instance": f"urn:request:{getattr(request, 'request_id', '')}",
        "code": code,
        **more,
    }
    if errors:
        told["errors"] = list(errors)
    body = json.dumps(told, ensure_ascii=False).encode(errors="replace")
    response = HttpResponse(body, status=kind.status, content_type=MEDIA_TYPE, headers=dict(headers or {}))
    if kind.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="caselib"'
    # A refusal is true for the moment alone.
    response["Cache-Control"] = "private, no-store"
    return response


def problem_of(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The refusal that an error of the domain means."""
    if isinstance(error, CallerRefused):
        return problem(request, error.code, error.message)
    if isinstance(error, RuleBroken):
        if error.code == "already_there":
            return problem(request, "already_there", error.message)
        return problem(request, "rule_broken", error.message, rule=error.code, field=error.field)
    for kind, code in _CODES:
        if isinstance(error, kind):
            return problem(request, code, error.message)
    return problem(request, "bad_request", error.message)


_CODES: tuple[tuple[type[DomainError], str], ...] = (
    (NotVisible, "not_found"),
    (NotAllowed, "not_allowed"),
    (KeyUsed, "key_used"),
    (StaleState, "stale"),
)


def problem_for_status(request: HttpRequest, status: int) -> HttpResponse:
    """The refusal for an answer of that status that was made for a browser."""
    known = _BY_STATUS.get(status, "server_error" if status >= 500 else "bad_request")
    return problem(request, known)
