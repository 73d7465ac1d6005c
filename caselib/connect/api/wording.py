"""What a checked value lacks, in Chinese: pydantic tells it in English."""

from collections.abc import Mapping
from typing import Any

_SENTENCES = {
    "missing": "没有写。",
    "string_type": "要写成文字。",
    "string_too_long": "最多 {max_length} 个字。",
    "string_too_short": "最少 {min_length} 个字。",
    "string_pattern_mismatch": "只能有 A 到 Z、0 到 9、短横和下划线。",
    "string_unicode": "文字里有读不了的字符。",
    "int_type": "要写成整数。",
    "int_parsing": "要写成整数。",
    "int_parsing_size": "数太大了。",
    "int_from_float": "要写成整数。",
    "bool_type": "写 true 或 false。",
    "bool_parsing": "写 true 或 false。",
    "greater_than_equal": "不能小于 {ge}。",
    "less_than_equal": "不能大于 {le}。",
    "literal_error": "只能是 {expected}。",
    "extra_forbidden": "没有这一项。",
    "too_long": "最多 {max_length} 个。",
    "list_type": "要写成列表。",
    "model_attributes_type": "要写成一个对象。",
    "model_type": "要写成一个对象。",
    "dict_type": "要写成一个对象。",
}


def sentence_of(error: Mapping[str, Any]) -> str:
    """One sentence for an error of pydantic; a general one for a kind that has none of its own."""
    context = {name: str(value).replace(" or ", " 或 ") for name, value in (error.get("ctx") or {}).items()}
    try:
        return _SENTENCES.get(error["type"], "不符合要求。").format(**context)
    except KeyError:
        return "不符合要求。"
