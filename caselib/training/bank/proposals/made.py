"""One proposal, and what all kinds of them share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from caselib.training.choices import Aspect, QuestionKind
from caselib.training.questions.kinds import LONGEST_LINE, keyed

from .case import Case


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question that a trainer may confirm. `key`: names it on the page of its precedent; `sections`: of the precedent from which
    its words come; `clause`: code of the clause that its explanation cites; `care`: what to look at before, or empty."""

    key: str
    aspect: Aspect
    kind: QuestionKind
    stem: str
    body: Mapping[str, Any]
    explanation: str
    sections: tuple[str, ...]
    clause: str = ""
    locator: str = ""
    care: str = ""


SECTIONS = {
    "requester_wording": "群众原话",
    "problem": "问题描述",
    "blocker": "卡点",
    "causes": "原因",
    "applies_when": "适用条件",
    "not_when": "不适用情形",
    "detours": "不符合时去哪",
    "materials": "材料",
    "deferred_material": "容缺材料",
    "handling_steps": "处理过程",
    "script": "怎么跟群众说",
    "policies": "政策依据",
}


def names_of(*fields: str) -> tuple[str, ...]:
    return tuple(SECTIONS[name] for name in fields)


def care_of(case: Case, *fields: str) -> str:
    """What to say of sections that nobody checked against a source."""
    unsure = [SECTIONS[name] for name in fields if name in case.unverified]
    return f"案例里的“{'”“'.join(unsure)}”还待核，确认前对一下原文。" if unsure else ""


def said(case: Case) -> str:
    """The citizen's own words as a beginning of a question, else the problem."""
    if case.wording:
        return (
            f"来人说：“{case.wording[0].rstrip('。')}。”"
            if case.wording[0][-1] not in "？！?!"
            else f"来人说：“{case.wording[0]}”"
        )
    return case.problem


def situation(case: Case) -> str:
    """The same with what blocks it."""
    blocked = f"卡在：{case.blocker.rstrip('。')}。" if case.blocker else ""
    return f"{said(case)}{blocked}"


def cut(text: str) -> str:
    return text if len(text) <= LONGEST_LINE else f"{text[: LONGEST_LINE - 1]}…"


def choice(
    right: Sequence[tuple[str, str]], wrong: Sequence[tuple[str, str]], *, kind: QuestionKind
) -> dict[str, Any] | None:
    """A body of right and wrong options, each (text, why); None for fewer than two, or nothing right or nothing wrong."""
    options = distinct([*right, *wrong])
    chosen = {text for text, _ in right}
    if not right or not any(text not in chosen for text, _ in options):
        return None
    parts = keyed(
        [{"text": cut(text), "why": cut(why)} if why else {"text": cut(text)} for text, why in options],
        within="options",
    )
    rights = [part["key"] for part, (text, _) in zip(parts, options, strict=True) if text in chosen]
    if kind != QuestionKind.MULTIPLE and len(rights) != 1:
        return None
    # Those that are right would else stand first on the trainer's page and in what is printed of it.
    return {"options": sorted(parts, key=lambda part: part["key"]), "right": sorted(rights)}


def distinct(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for text, why in pairs:
        if text:
            found.setdefault(text, (text, why))
    return list(found.values())
