"""Reads what a caller sends: JSON without doubt about what it means, and parameters that exist."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

MOST_BYTES = 1024 * 1024
MOST_DEPTH = 20
# More figures than any number here has; Python takes the square of their count to read them.
_MOST_FIGURES = 20
# Brackets, and strings as a whole, ended or not.
_PIECE = re.compile(r'[\[\]{}]|"(?:[^"\\]|\\.)*"?', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


class BadJson(ValueError):
    """`args[0]`: what is wrong, for whoever calls."""


class NotJson(ValueError):
    """What was sent does not say that it is JSON in UTF-8."""


class StrictParser(Parser):
    """One JSON object in UTF-8 without anything that two readers take in two ways (RFC 8259, section 4 and 8)."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        return read_object(request.body)


def read_object(sent: bytes) -> dict[str, Any]:
    """The object. Raises BadJson for anything else: other types, doubled keys, NaN, depth, unpaired surrogates, NUL."""
    try:
        text = sent.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadJson("正文不是 UTF-8。") from error
    _refuse_depth(text)
    try:
        read = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_int, parse_float=_float)
    except json.JSONDecodeError as error:
        raise BadJson(f"正文不是 JSON：第 {error.lineno} 行第 {error.colno} 个字符附近。") from error
    if not isinstance(read, dict):
        raise BadJson("正文要是一个 JSON 对象，写在花括号里。")
    _refuse_odd(read)
    return read


def _refuse_depth(text: str) -> None:
    """Deeper than Python's own reader would go, and it says so by an error that is none of JSON."""
    depth = 0
    for found in _PIECE.finditer(text):
        depth += 1 if found[0] in "[{" else -1 if found[0] in "]}" else 0
        if depth > MOST_DEPTH:
            raise BadJson(f"嵌套超过 {MOST_DEPTH} 层。")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("同一个键写了两次，不知道听哪个。")
    return found


def _constant(name: str) -> Any:
    raise BadJson(f"{name} 不是 JSON 的数。")


def _int(figures: str) -> int:
    if len(figures) > _MOST_FIGURES:
        raise BadJson("有一个数太长了。")
    return int(figures)


def _float(figures: str) -> float:
    number = float(figures)
    if number in (float("inf"), float("-inf")):
        raise BadJson("有一个数太大了。")
    return number


def _refuse_odd(value: Any) -> None:
    """What no database and no page can hold."""
    if isinstance(value, str):
        if "\x00" in value or _SURROGATE.search(value):
            raise BadJson("文字里有空字符或不成对的代理字符。")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            _refuse_odd(key)
            _refuse_odd(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_odd(inner)


def require_json(request: HttpRequest) -> None:
    """Raises NotJson unless the request says application/json. Another charset was refused before."""
    if request.content_type != "application/json":
        raise NotJson("正文要是 JSON：请求头带 Content-Type: application/json。这一次什么都没做。")


def wrong_parameters(request: HttpRequest, *, known: Mapping[str, bool]) -> Iterable[str]:
    """Sentences about what stands behind the question mark. `known`: whether each may stand there more than once."""
    for name, values in request.GET.lists():
        if name not in known:
            yield f"没有参数“{name[:40]}”。有的是：{'、'.join(sorted(known)) or '一个也没有'}。"
        elif len(values) > 1 and not known[name]:
            yield f"参数“{name}”写了 {len(values)} 次，不知道听哪个。"
