"""The operations put together, and what each kind of refusal looks like."""

import functools
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.renderers import BaseRenderer

from caselib.core.errors import DomainError

from .doors import TooManyCalls, UnknownParameters
from .outside import VERSION
from .panel import router as panel
from .problems import problem, problem_for_status, problem_of
from .reading import router as reading
from .strictly import BadJson, NotJson, StrictParser
from .wording import sentence_of
from .writing import WrongFields
from .writing import router as writing


class Renderer(BaseRenderer):
    """Chinese as itself: half as long as escaped, and people read it in logs."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":")).encode(
            errors="replace"
        )


api = NinjaAPI(
    title="案例库接口",
    version=VERSION,
    description="区级办事系统用的接口：检索、读案例和政策，送入工单，登记复用和知识缺口。",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    parser=StrictParser(),
    renderer=Renderer(),
)
api.add_router("", reading)
api.add_router("", writing)
api.add_router("", panel)


@functools.cache
def _parameters() -> dict[tuple[str, str], dict[str, bool]]:
    """What may stand behind the question mark of (operation, method), and whether more than once."""
    from .describing import described

    return {
        (operation["operationId"], method.upper()): {
            each["name"]: each["schema"].get("type") == "array"
            for each in operation.get("parameters", ())
            if each["in"] == "query"
        }
        for operations in described()["paths"].values()
        for method, operation in operations.items()
    }


def parameters_of(request: HttpRequest) -> dict[str, bool]:
    """Those of the operation that the request is for."""
    return _parameters().get((request.resolver_match.url_name, request.method), {})


@api.exception_handler(DomainError)
def _domain(request: HttpRequest, error: DomainError) -> HttpResponse:
    return problem_of(request, error)


@api.exception_handler(AuthenticationError)
def _no_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(request, "no_token", "这个接口要令牌：请求头带 Authorization: Bearer 令牌。")


@api.exception_handler(TooManyCalls)
def _too_many(request: HttpRequest, error: TooManyCalls) -> HttpResponse:
    detail = f"这个系统每分钟最多调 {request.allowance.limit} 次，等 {error.wait} 秒再调。这一次什么都没做。"
    return problem(request, "rate_limited", detail, headers={"Retry-After": str(error.wait)})


@api.exception_handler(UnknownParameters)
def _unknown(request: HttpRequest, error: UnknownParameters) -> HttpResponse:
    return problem(request, "unknown_parameter", error.args[0])


@api.exception_handler(NotJson)
def _not_json(request: HttpRequest, error: NotJson) -> HttpResponse:
    return problem(request, "not_json", error.args[0])


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Ninja wraps what its parser raises."""
    cause = error.__cause__
    if isinstance(cause, BadJson):
        return problem(request, "bad_json", f"{cause.args[0]}这一次什么都没做。")
    return problem_for_status(request, error.status_code)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    told = [
        {"field": ".".join(map(str, each["loc"][-1:])), "code": each["type"], "message": sentence_of(each)}
        for each in error.errors
    ]
    return _wrong(request, told)


@api.exception_handler(WrongFields)
def _fields(request: HttpRequest, error: WrongFields) -> HttpResponse:
    told = [{"field": name, "code": "wrong_value", "message": said} for name, said in error.args[0].items()]
    return _wrong(request, told)


def _wrong(request: HttpRequest, errors: list[dict[str, str]]) -> HttpResponse:
    detail = "".join(f"{each['field']}：{each['message']}" for each in errors[:5])
    return problem(request, "invalid", f"{detail}这一次什么都没做。", errors=errors[:20])
