"""What one precedent can be asked about: its type, what decides, papers, basis, steps, and what to say. Pure functions."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from caselib.core.text import library_numbers
from caselib.training.choices import Aspect, QuestionKind
from caselib.training.questions.kinds import MOST_OPTIONS, SELF, keyed

from .case import Around, Case, bare, is_known, parted
from .made import Proposal, care_of, choice, cut, distinct, names_of, said, situation

_MOST_WRONG = 3
_MOST_RIGHT = 3
_MOST_POINTS = 5
_SENTENCE = re.compile(r"[^。！？!?；;\n]+")
# Share of characters by which two names mean one paper.
_SAME_PAPER = 0.5


def proposals_of(case: Case, around: Around) -> list[Proposal]:
    """Every question that the words of the precedent give, without the pairs of near-duplicates (`pairs`)."""
    made = [asks for build in _BUILDERS for asks in build(case, around)]
    return [asks for asks in made if asks is not None]


def _type(case: Case, around: Around) -> Iterator[Proposal]:
    wrong = [cause for cause in around.causes if cause not in case.causes][:_MOST_WRONG]
    kind = QuestionKind.MULTIPLE if len(case.causes) > 1 else QuestionKind.SINGLE
    body = choice([(cause, "") for cause in case.causes], [(cause, "") for cause in wrong], kind=kind)
    if body is None:
        return
    story = f"{said(case)}{case.problem}" if case.wording else case.problem
    blocked = f"卡在：{case.blocker.rstrip('。')}。" if case.blocker else ""
    yield Proposal(
        key="type",
        aspect=Aspect.TYPE,
        kind=kind,
        stem=f"{story}\n\n这件事办不成，原因是哪一类？{'（不止一个）' if len(case.causes) > 1 else ''}",
        body=body,
        explanation=f"原因：{'、'.join(case.causes)}。{blocked}",
        sections=names_of("requester_wording", "problem", "causes", "blocker"),
        locator=case.place("原因"),
        care=care_of(case, "causes", "problem"),
    )


def _condition(case: Case, around: Around) -> Iterator[Proposal]:
    rules_out = [_ruling_out(line) for line in case.not_when]
    theirs = [line for other in around.others if other.matter == case.matter for line in other.not_when]
    lent = [(parted(bare(line))[0], "") for line in theirs]
    known = {parted(bare(line))[0] for line in (*case.not_when, *case.applies_when)}
    wrong = distinct([*rules_out, *([each for each in lent if each[0] not in known] if len(rules_out) < 2 else [])])
    right = [(bare(line), "") for line in case.applies_when[:_MOST_RIGHT]]
    kind = QuestionKind.MULTIPLE if len(right) > 1 else QuestionKind.SINGLE
    body = choice(right, wrong[:_MOST_WRONG], kind=kind)
    # A condition and its opposite are no choice.
    if body is not None and len(body["options"]) > 2:
        yield Proposal(
            key="condition",
            aspect=Aspect.CONDITION,
            kind=kind,
            stem=f"{situation(case)}\n\n要照《{case.title}》办，条件是下面哪{'几条' if len(right) > 1 else '一条'}？",
            body=body,
            explanation=f"适用条件：{'；'.join(case.applies_when)}。\n\n不适用：{'；'.join(map(bare, case.not_when))}。",
            sections=names_of("applies_when", "not_when"),
            locator=case.place("适用条件"),
            care=care_of(case, "applies_when", "not_when"),
        )
    yield from _ruled_out(case)


def _ruling_out(line: str) -> tuple[str, str]:
    """The condition, and why it is wrong: what stands in brackets behind it would give the answer away."""
    words, behind = parted(bare(line))
    return words, f"案例写明：这种情形不适用{behind}。"


def _ruled_out(case: Case) -> Iterator[Proposal]:
    """Which one says: not this way? Only where the precedent says as well where to go then."""
    # With a precedent as its target it says for what the way is (食品许可证), and not which way: `pairs` asks for that.
    told = {
        str(detour.get("condition", "")): str(detour.get("instead", ""))
        for detour in case.detours
        if not library_numbers(str(detour.get("target", "")))
    }
    line = next((line for line in case.not_when if told.get(line)), "")
    if not line or len(case.applies_when) < 2:
        return
    body = choice(
        [(bare(line), f"这时走{told[line]}。")],
        [(each, "") for each in case.applies_when[:_MOST_WRONG]],
        kind=QuestionKind.SINGLE,
    )
    if body is not None:
        yield Proposal(
            key="not",
            aspect=Aspect.CONDITION,
            kind=QuestionKind.SINGLE,
            stem=f"{situation(case)}\n\n再问下去，知道了哪一点，就不能照《{case.title}》办了？",
            body=body,
            explanation=f"{bare(line)}：改走{told[line]}。",
            sections=names_of("not_when", "detours", "applies_when"),
            locator=case.place("不适用情形"),
            care=care_of(case, "not_when", "detours"),
        )


def _papers(case: Case, around: Around) -> Iterator[Proposal]:
    later = [(item, _why_later(each)) for each in case.deferred if is_known(item := str(each.get("item", "")))]
    names = [str(each.get("name", "")) for each in case.materials if each.get("deferrable")]
    later += [(name, "") for name in names if not any(_is_same_paper(name, item) for item, _ in later)]
    firm = _firm(case)
    if not firm:
        firm = [name for other in around.others if other.matter == case.matter for name in _firm(other)]
    wrong = [
        (name, "案例写明不能后补。" if name in _firm(case) else "")
        for name in firm
        if not any(_is_same_paper(name, item) for item, _ in later)
    ]
    body = choice(later, wrong[:_MOST_WRONG], kind=QuestionKind.MULTIPLE)
    if body is not None:
        yield Proposal(
            key="papers",
            aspect=Aspect.PAPERS,
            kind=QuestionKind.MULTIPLE,
            stem=f"{situation(case)}\n\n下面的材料，哪些可以先办、后补？",
            body=body,
            explanation="\n\n".join(f"{item}——{why or '可以后补。'}" for item, why in later),
            sections=names_of("deferred_material", "materials"),
            locator=case.place("容缺材料" if case.deferred else "材料"),
            care=care_of(case, "materials", "deferred_material"),
        )
    yield from _later(case)


def _firm(case: Case) -> list[str]:
    return [
        str(each.get("name", ""))
        for each in case.materials
        if each.get("required", True) and not each.get("deferrable")
    ]


def _is_same_paper(one: str, other: str) -> bool:
    return len(set(one) & set(other)) >= _SAME_PAPER * min(len(set(one)), len(set(other)))


_LATER = {
    "why_minor": "为什么可以后补",
    "verification": "先怎么核",
    "deadline": "什么时候补",
    "consequence": "不补会怎样",
}


def _facts_of_later(each: Mapping[str, Any]) -> dict[str, str]:
    values = {name: str(each.get(name, "")).rstrip("。") for name in _LATER}
    return {label: values[name] for name, label in _LATER.items() if is_known(values[name])}


def _why_later(each: Mapping[str, Any]) -> str:
    return "".join(f"{label}：{value}。" for label, value in _facts_of_later(each).items())


def _later(case: Case) -> Iterator[Proposal]:
    """What has to be said when a paper may come later: each of its facts is a point."""
    for number, each in enumerate(case.deferred, 1):
        item, facts = str(each.get("item", "")), _facts_of_later(each)
        if len(facts) < 2 or not is_known(item):
            continue
        yield Proposal(
            key=f"later-{number}",
            aspect=Aspect.PAPERS,
            kind=QuestionKind.SHORT,
            stem=f"{situation(case)}\n\n缺的是{item}。能不能先办？把要讲清的几点都写上。",
            body={
                "points": keyed(
                    [{"text": cut(f"{label}：{value}")} for label, value in facts.items()], within="points"
                ),
                "sample": f"{item}可以后补。{_why_later(each)}",
                "marking": SELF,
            },
            explanation=_why_later(each),
            sections=names_of("deferred_material"),
            locator=case.place("容缺材料"),
            care=care_of(case, "deferred_material"),
        )


def _basis(case: Case, around: Around) -> Iterator[Proposal]:
    cited = [each for each in case.citations if each.label]
    match = _matched(case)
    if match is not None:
        yield match
    first = next((each for each in cited if each.bears), None)
    if first is None:
        return
    own = {each.policy for each in case.citations if each.bears}
    lent = [
        (each.name, f"那是“{other.title}”的依据。")
        for other in around.others
        for each in other.citations
        if each.bears and each.label and each.policy not in own
    ]
    beside = [(each.name, f"和这件的关系是“{each.relation}”，不是依据。") for each in cited if not each.bears]
    body = choice([(first.name, "")], [*beside[:1], *lent[:_MOST_WRONG]][:_MOST_WRONG], kind=QuestionKind.SINGLE)
    if body is None or len(body["options"]) < 3:
        return
    yield Proposal(
        key="basis",
        aspect=Aspect.BASIS,
        kind=QuestionKind.SINGLE,
        stem=f"{situation(case)}\n\n依据是哪一条？",
        body=body,
        explanation=f"{first.name}：{first.gist}" if first.gist else f"依据：{first.name}。",
        sections=names_of("policies"),
        clause=first.clause,
        locator="" if first.clause else first.name[:100],
        care="" if first.is_verified else "这条引用还没有人对过原文，确认前核一下。",
    )


def _matched(case: Case) -> Proposal | None:
    """Each place with what it says; where nothing of that is entered, each document with its article."""
    ranked = sorted((each for each in case.citations if each.label), key=lambda each: not each.bears)
    told = {each.gist: each for each in ranked if each.gist}
    pairs = {each.name: (each, cut(each.gist)) for each in told.values()}
    if len(pairs) < 2:
        by_label = {each.label: each for each in ranked}
        pairs = {f"《{each.policy}》": (each, each.label) for each in by_label.values()}
    if len(pairs) < 2:
        return None
    chosen = list(pairs.items())[:_MOST_POINTS]
    left = keyed([{"text": cut(name)} for name, _ in chosen], within="left")
    right = keyed([{"text": text} for _, (_, text) in chosen], within="right")
    cited = [each for _, (each, _) in chosen]
    return Proposal(
        key="match",
        aspect=Aspect.BASIS,
        kind=QuestionKind.MATCH,
        stem=f"办“{case.title}”这样的事，引了这几条。哪一条管哪件事？",
        body={
            "left": left,
            "right": sorted(right, key=lambda part: part["key"]),
            "pairs": {one["key"]: two["key"] for one, two in zip(left, right, strict=True)},
        },
        explanation="\n\n".join(
            f"{each.name}（{each.relation}）：{each.gist}" if each.gist else f"{each.name}（{each.relation}）"
            for each in cited
        ),
        sections=names_of("policies"),
        clause=next((each.clause for each in cited if each.clause), ""),
        locator="" if any(each.clause for each in cited) else cited[0].name[:100],
        care="" if all(each.is_verified for each in cited) else "有引用还没有人对过原文，确认前核一下。",
    )


def _steps(case: Case, around: Around) -> Iterator[Proposal]:
    lines = [cut(f"{who}：{what}" if who else what) for who, what in case.steps if is_known(what)]
    lines = list(dict.fromkeys(lines))[:MOST_OPTIONS]
    if len(lines) < 3:
        return
    yield Proposal(
        key="steps",
        aspect=Aspect.STEPS,
        kind=QuestionKind.ORDER,
        stem=f"{situation(case)}\n\n这件是一步一步办成的。排一排，先做什么，后做什么？",
        body={"items": keyed([{"text": line} for line in lines], within="items")},
        explanation="\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1)),
        sections=names_of("handling_steps"),
        locator=case.place("处理过程"),
        care=care_of(case, "handling_steps"),
    )


def _say(case: Case, around: Around) -> Iterator[Proposal]:
    sentences = [each.strip("　 ，,“”") for each in _SENTENCE.findall(case.script)]
    if len(sentences) < 2:
        sentences = [each.strip("　 “”") for each in re.split("[，,]", case.script.rstrip("。"))]
    points = list(dict.fromkeys(cut(each) for each in sentences if len(each) > 3 and is_known(each)))[:_MOST_POINTS]
    if not points or not case.script:
        return
    yield Proposal(
        key="say",
        aspect=Aspect.SAY,
        kind=QuestionKind.SHORT,
        stem=f"{situation(case)}\n\n您在窗口，怎么跟他说？",
        body={
            "points": keyed([{"text": point} for point in points], within="points"),
            "sample": case.script[:1_000],
            "marking": SELF,
        },
        explanation=f"案例里是这样说的：{case.script}",
        sections=names_of("script"),
        locator=case.place("怎么跟群众说"),
        care=care_of(case, "script"),
    )


_BUILDERS = (_type, _condition, _papers, _basis, _steps, _say)
