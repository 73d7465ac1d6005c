"""能用吗: answers to the conditions of a precedent, and what follows from them.

Pure: the page, the print sheet and the script at the counter say the words of this module. The script is handed them as
data (`WORDS`), so that nothing is said twice in two ways.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext, gettext_noop


class Answer(StrEnum):
    GOOD = "good"
    BAD = "bad"
    UNSURE = "unsure"


class Need(StrEnum):
    """What a condition wants. The value begins the name of its input."""

    HOLDS = "y"
    ABSENT = "n"


class State(StrEnum):
    """What the answers come to. The value is the class of the block that says it."""

    BLANK = "blank"
    ASK = "ask"
    OK = "ok"
    WARY = "wary"
    REFERENCE = "reference"
    CARE = "care"
    STOP = "stop"


# (the word, the sentence). {total} conditions, of them {met} hold, {failed} do not, {unsure} nobody knows, {open} not asked.
WORDS: Mapping[State, tuple[str, str]] = {
    State.BLANK: (gettext_noop("先问完"), gettext_noop("{total} 条都问一遍，再下结论。")),
    State.ASK: (gettext_noop("先问完"), gettext_noop("问了 {answered} 条，符合 {met} 条，还有 {open} 条没问。")),
    State.OK: (gettext_noop("能用"), gettext_noop("{total} 条都符合，可以这么办。")),
    State.WARY: (gettext_noop("慎用"), gettext_noop("{total} 条都符合，但先看慎用的原因。")),
    State.REFERENCE: (gettext_noop("只作参考"), gettext_noop("{total} 条都符合，但这一件现在不能照办。")),
    State.CARE: (
        gettext_noop("先问清"),
        gettext_noop("{total} 条里符合 {met} 条，{unsure} 条不清楚；先不要答应群众日期。"),
    ),
    State.STOP: (gettext_noop("不能照办"), gettext_noop("{total} 条里符合 {met} 条，{failed} 条不符合。")),
}
FAILED = {
    Need.HOLDS: gettext_noop("不符合：“{condition}”答了“否”"),
    Need.ABSENT: gettext_noop("不符合：“{condition}”答了“有”"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """Where to go when a condition fails. `words`: what to do; `label` with `address`: where that is written, both empty
    where it is only said; `is_guess`: proposed by the library, not written by an editor; `signal`: of the precedent."""

    words: str = ""
    label: str = ""
    address: str = ""
    is_guess: bool = False
    signal: str = ""
    signal_label: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One condition. `number`: its place (from 1) in its list; `ways`: where to go when it fails."""

    need: Need
    number: int
    text: str
    ways: tuple[Way, ...] = ()
    answer: Answer | None = None

    @property
    def key(self) -> str:
        """The name of its input: y1, n2."""
        return f"{self.need}{self.number}"

    @property
    def failed_words(self) -> str:
        return gettext(FAILED[self.need]).format(condition=self.text)

    @property
    def unsure_words(self) -> str:
        return gettext("要问清：{condition}").format(condition=self.text)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`word` and `words` are for people."""

    state: State
    word: str
    words: str


def questions_of(
    applies_when: Sequence[str],
    not_when: Sequence[str],
    *,
    answers: Mapping[str, str],
    ways: Mapping[str, Sequence[Way]],
) -> tuple[Question, ...]:
    """The conditions as questions. `answers`: by name of the input, anything else in it counts as not answered;
    `ways`: by condition."""
    known = frozenset(Answer)
    found = []
    for need, texts in ((Need.HOLDS, applies_when), (Need.ABSENT, not_when)):
        for number, text in enumerate(texts, start=1):
            said = answers.get(f"{need}{number}", "")
            answer = Answer(said) if said in known else None
            found.append(Question(need, number, text, tuple(ways.get(text, ())), answer))
    return tuple(found)


def verdict_of(questions: Sequence[Question], *, good: str) -> Verdict:
    """What the answers come to. `good`: what may be concluded once all hold, as `PrecedentPage.verdict` says it.

    One condition that fails decides at once; what is open or unsure never ends in a yes.
    """
    count = {answer: sum(each.answer is answer for each in questions) for answer in Answer}
    answered = sum(count.values())
    is_open = answered < len(questions)
    if count[Answer.BAD]:
        state = State.STOP
    elif is_open or not questions:
        state = State.ASK if answered else State.BLANK
    elif count[Answer.UNSURE]:
        state = State.CARE
    else:
        state = good_state(good)
    word, words = words_of(state)
    said = words.format(
        total=len(questions),
        answered=answered,
        open=len(questions) - answered,
        met=count[Answer.GOOD],
        failed=count[Answer.BAD],
        unsure=count[Answer.UNSURE],
    )
    return Verdict(state, word, said)


def words_of(state: State) -> tuple[str, str]:
    """The word and the sentence of a verdict, the numbers not filled in."""
    word, words = WORDS[state]
    return gettext(word), gettext(words)


def good_state(good: str) -> State:
    """What all conditions together may end in."""
    return {"ok": State.OK, "care": State.WARY}.get(good, State.REFERENCE)


def same_condition(one: str, other: str) -> bool:
    """Whether two lines are one condition: width, blanks and the mark at the end do not count."""
    return bool(one) and _bare(one) == _bare(other)


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).rstrip("?？。；;")


def condition_meant(said: str, conditions: Iterable[str]) -> str:
    """The condition that a line means, or nothing."""
    return next((condition for condition in conditions if same_condition(said, condition)), "")
