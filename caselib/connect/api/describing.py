"""The OpenAPI document: what ninja makes of the operations, with the refusals and headers that all of them share."""

import copy
import functools
from typing import Any

from .api import api
from .outside import PREFIX
from .problems import KINDS, MEDIA_TYPE
from .shapes import Problem

# Which refusals an operation may give besides those of every one.
_EVERY = (400, 401, 403, 422, 429)
_OF_READING = (404,)
_OF_WRITING = (404, 409, 413, 415)
_SCHEME = "token"
_LIMITS = {
    "RateLimit-Limit": "每分钟几次",
    "RateLimit-Remaining": "还能马上调几次",
    "RateLimit-Reset": "几秒后恢复到满",
    "Caselib-Api-Version": "这份接口的版本",
}


@functools.cache
def described() -> dict[str, Any]:
    """The document. Made once for a process; the callers change nothing in it."""
    document = copy.deepcopy(dict(api.get_openapi_schema(path_prefix=PREFIX)))
    components = document.setdefault("components", {})
    components["securitySchemes"] = {_SCHEME: {"type": "http", "scheme": "bearer", "description": "对接系统的令牌"}}
    components.setdefault("schemas", {})["Problem"] = Problem.model_json_schema(
        ref_template="#/components/schemas/{model}"
    )
    components["schemas"].update(components["schemas"]["Problem"].pop("$defs", {}))
    for operations in document["paths"].values():
        for method, operation in operations.items():
            operation["security"] = [{_SCHEME: []}]
            _completed(operation, writes=method == "post")
    document["tags"] = [{"name": name} for name in ("案例", "政策", "事项", "登记", "嵌入")]
    return document


def _completed(operation: dict[str, Any], *, writes: bool) -> None:
    answers = {str(status): answer for status, answer in operation["responses"].items()}
    for answer in answers.values():
        answer["headers"] = {name: _header(words) for name, words in _LIMITS.items()}
    if not writes:
        answers["200"]["headers"]["ETag"] = _header("内容的摘要，下次放在 If-None-Match 里")
        answers["304"] = {"description": "和上次一样，没有正文"}
        operation["parameters"].append(
            {"name": "If-None-Match", "in": "header", "required": False, "schema": {"type": "string"}}
        )
    for status in sorted({*_EVERY, *(_OF_WRITING if writes else _OF_READING)}):
        codes = [code for code, kind in KINDS.items() if kind.status == status]
        answers[str(status)] = {
            "description": "；".join(f"{code} {KINDS[code].title}" for code in codes),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    answers["429"]["headers"] = {"Retry-After": _header("等几秒")}
    operation["responses"] = dict(sorted(answers.items()))


def _header(words: str) -> dict[str, Any]:
    return {"description": words, "schema": {"type": "string"}}
