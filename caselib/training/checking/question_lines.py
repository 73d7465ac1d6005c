"""A question as lines to be read and compared, with what is right."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from ..models import QuestionText


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a question. `is_right`: None where that is no matter of right or wrong."""

    text: str
    is_right: bool | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question with what is right. `parts_label`: what its lines are. Nothing but `number` is told of a hidden one."""

    number: int
    text: QuestionText | None
    parts: tuple[Part, ...] = ()
    parts_label: str = ""
    sample: str = ""

    @property
    def is_hidden(self) -> bool:
        return self.text is None


def question_view(number: int, text: QuestionText) -> QuestionView:
    """A question as lines with what is right. No query where `clause__version__policy` is loaded."""
    parts, label = tuple(_parts(text.body)), ""
    for name, words in _PART_LABELS.items():
        if name in text.body:
            label = gettext(words)
            break
    return QuestionView(number, text, parts, label, str(text.body.get("sample") or ""))


_PART_LABELS = {"options": "选项", "items": "对的次序", "pairs": "对应", "points": "要点"}


def _parts(body: dict[str, Any]) -> Iterator[Part]:
    if "options" in body:
        right = body.get("right") or ()
        for option in body["options"]:
            yield Part(option.get("text", ""), option.get("key") in right, option.get("why", ""))
    elif "pairs" in body:
        names = {part.get("key"): part.get("text", "") for part in body.get("right") or ()}
        for part in body.get("left") or ():
            yield Part(f"{part.get('text', '')} → {names.get(body['pairs'].get(part.get('key')), '')}")
    else:
        for part in body.get("items") or body.get("points") or ():
            yield Part(part.get("text", ""))


def source_of(text: QuestionText) -> str:
    """What the explanation cites, in words: 某条例（2021） 第三十三条."""
    clause = text.clause
    named = [str(clause.version), text.locator or clause.label] if clause is not None else [text.locator]
    return " ".join(filter(None, named))


def lines_of(text: QuestionText) -> tuple[str, ...]:
    """All of a question but its stem: what kind it is, its lines, explanation and source."""
    view = question_view(0, text)
    marks = {True: "✓ ", False: "✗ ", None: ""}
    lines = [gettext(text.get_kind_display())]
    lines += [f"{marks[part.is_right]}{part.text}{f'（{part.why}）' if part.why else ''}" for part in view.parts]
    lines += [f"{gettext('参考答案')}：{view.sample}"] if view.sample else []
    lines += [f"{gettext('讲解')}：{text.explanation}"] if text.explanation else []
    source = source_of(text)
    return (*lines, *([f"{gettext('出处')}：{source}"] if source else []))
