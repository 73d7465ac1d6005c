"""Which of these two near-duplicates applies? Made from what each says of when it applies and when it does not. Pure functions."""

from collections.abc import Iterator
from dataclasses import replace

from caselib.training.choices import Aspect, QuestionKind
from caselib.training.questions.kinds import keyed

from .case import Around, Case, bare, facts_in
from .made import Proposal, care_of, cut, names_of, said

MOST_PAIRS = 4
_SHOWN_CONDITIONS = 3


def pairs_of(case: Case, around: Around, *, beside: str = "") -> list[Proposal]:
    """At most four, one for each other precedent: those that a precedent itself names first, then those that facts tell apart.

    `beside`: code of the one that the trainer wants to contrast; its pair comes first, even if only its conditions tell it apart."""
    made = [*_named(case, around), *_naming(case, around), *_parted(case, around), *_asked_for(case, around, beside)]
    found: dict[str, Proposal] = {}
    for other, proposal in sorted(made, key=lambda each: each[0].code != beside):
        if len(found) < MOST_PAIRS and other.code not in found:
            found[other.code] = proposal
    return list(found.values())


def is_about(proposal: Proposal, code: str) -> bool:
    """Whether a proposal lets choose between its precedent and the one with this code."""
    return proposal.kind == QuestionKind.WHICH and any(part["precedent"] == code for part in proposal.body["options"])


def _named(case: Case, around: Around) -> Iterator[tuple[Case, Proposal]]:
    """Its own 不适用情形 that leads to another precedent: then the other one applies."""
    for detour in case.detours:
        other = around.numbered(str(detour.get("target", "")))
        fact = bare(str(detour.get("condition", "")))
        if other is not None and other.code != case.code and fact and other.applies_when and case.applies_when:
            yield other, _pair(fact=fact, right=other, wrong=case, by=case)


def _naming(case: Case, around: Around) -> Iterator[tuple[Case, Proposal]]:
    """Another's 不适用情形 that leads here."""
    for other in around.others:
        for detour in other.detours:
            fact = bare(str(detour.get("condition", "")))
            if (
                case.number
                and detour.get("target") == case.number
                and fact
                and other.applies_when
                and case.applies_when
            ):
                yield other, _pair(fact=fact, right=case, wrong=other, by=other)


def _parted(case: Case, around: Around) -> Iterator[tuple[Case, Proposal]]:
    """Similar ones of the same matter whose conditions answer one question otherwise: the condition that says so is the fact."""
    for other in around.others:
        if other.code not in around.similar or not other.applies_when or other.matter != case.matter:
            continue
        theirs = facts_in([other.title, *other.applies_when])
        for line in case.applies_when:
            own = facts_in([line])
            if any(dimension in theirs and not values & theirs[dimension] for dimension, values in own.items()):
                yield other, _pair(fact=bare(line), right=case, wrong=other, by=case)
                break


def _asked_for(case: Case, around: Around, beside: str) -> Iterator[tuple[Case, Proposal]]:
    """The one that a trainer chose, told apart by the first condition that it does not share: whether it decides, the trainer says."""
    for other in around.others:
        own = [line for line in case.applies_when if line not in other.applies_when]
        if other.code == beside and other.applies_when and own:
            proposal = _pair(fact=bare(own[0]), right=case, wrong=other, by=case)
            care = f"这一条是不是真把两件分开，收下前对一下。{proposal.care}"
            yield other, replace(proposal, care=care)


def _pair(*, fact: str, right: Case, wrong: Case, by: Case) -> Proposal:
    """`by`: the precedent that says the fact. The citizen of the one that applies speaks: words of the other may not go with it."""
    section = "不适用情形" if by is wrong else "适用条件"
    told_wrong = f"它的不适用情形写着：{fact}" if by is wrong else f"它的适用条件是：{_conditions(wrong)}"
    parts = keyed(
        [
            # What stands in the question is not said again beside the option: it would be found by its letters.
            _option(right, _conditions(right, without=fact), f"适用条件：{_conditions(right)}"),
            _option(wrong, _conditions(wrong), told_wrong),
        ],
        within="options",
    )
    asked = f"再问清一点：{fact.rstrip('。')}。"
    return Proposal(
        key=f"which-{right.code if by is wrong else wrong.code}-{'to' if by is wrong else 'off'}"[:40],
        aspect=Aspect.CONDITION,
        kind=QuestionKind.WHICH,
        stem=f"{said(right)}{asked}\n\n这两件案例，照哪一件办？",
        body={"options": sorted(parts, key=lambda part: part["key"]), "right": [parts[0]["key"]]},
        explanation=f"“{by.title}”的{section}写着：{fact.rstrip('。')}。所以照“{right.title}”办。",
        sections=names_of("requester_wording", "applies_when", *(("not_when", "detours") if by is wrong else ())),
        locator=by.place(section),
        care=care_of(by, "applies_when", "not_when"),
    )


def _option(case: Case, when: str, why: str) -> dict[str, object]:
    return {
        "text": cut(case.title),
        "why": cut(why),
        "precedent": case.code,
        "revision": case.revision,
        "when": cut(when),
    }


def _conditions(case: Case, *, without: str = "") -> str:
    lines = [bare(line) for line in case.applies_when[:_SHOWN_CONDITIONS]]
    return "；".join([line for line in lines if line != without] or lines)
