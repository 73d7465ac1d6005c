"""What somebody answered, in words, for who reads or marks it."""

from collections.abc import Mapping
from typing import Any

from ..choices import QuestionKind
from ..models import QuestionText

_CHOICES = (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.WHICH)


def answer_words(text: QuestionText, given: Mapping[str, Any]) -> tuple[str, ...]:
    """The answer, one line each: the options chosen, the steps in their order, the pairs, or what was written. Empty for none."""
    body = text.body
    if text.kind in _CHOICES:
        texts = _texts(body["options"])
        return tuple(texts[key] for key in given.get("chosen", []) if key in texts)
    if text.kind == QuestionKind.ORDER:
        texts = _texts(body["items"])
        steps = (texts[key] for key in given.get("order", []) if key in texts)
        return tuple(f"{number}. {step}" for number, step in enumerate(steps, 1))
    if text.kind == QuestionKind.MATCH:
        left, right, pairs = _texts(body["left"]), _texts(body["right"]), given.get("pairs", {})
        return tuple(f"{words} → {right.get(pairs.get(key), '—')}" for key, words in left.items())
    return tuple(line for line in given.get("text", "").split("\n") if line)


def wrong_options(kind: str, body: Mapping[str, Any], given: Mapping[str, Any]) -> tuple[str, ...]:
    """The options of a choice that were chosen and are wrong, as texts; of other kinds none."""
    if kind not in _CHOICES:
        return ()
    texts = _texts(body["options"])
    return tuple(texts[key] for key in given.get("chosen", []) if key in texts and key not in body["right"])


def _texts(parts: list[Mapping[str, Any]]) -> dict[str, str]:
    return {part["key"]: part["text"] for part in parts}
