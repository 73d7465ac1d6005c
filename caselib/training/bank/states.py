"""What became of the precedents that a question speaks of since its text was written."""

from collections.abc import Iterable, Mapping, Sequence

from caselib.precedents.selectors import PrecedentRow
from caselib.precedents.signal import Word
from caselib.precedents.visibility import PrecedentStatus

from ..models import Question, QuestionText
from ..pins import PinState
from ..telling import codes_named

# The gravest first.
_GRAVITY = (PinState.HIDDEN, PinState.STOP, PinState.NEWER, PinState.CARE, PinState.CURRENT)


def codes_in(texts: Iterable[QuestionText]) -> set[str]:
    """Codes of the precedents between which “which of these two” lets choose."""
    return {code for text in texts for code in codes_named(text)}


def _options(text: QuestionText) -> Sequence[tuple[str, int]]:
    """(code, number of the revision) of each precedent that an option stands for."""
    named = codes_named(text)
    if not named:
        return ()
    return [
        (part["precedent"], part.get("revision", 0)) for part in text.body["options"] if part.get("precedent") in named
    ]


def state_of(question: Question, rows: Mapping[str, PrecedentRow]) -> PinState | None:
    """The gravest of what became of its precedents; None for a question about a rule alone. No query.

    `rows`: the precedents as the viewer may see them, by code. What is HIDDEN may not be shown: neither the question nor its options.
    """
    text = question.latest
    states = [_became(rows.get(code), number) for code, number in _options(text)] if text else []
    if question.precedent_id is not None:
        number = text.revision.number if text and text.revision else 0
        states.append(_became(rows.get(question.precedent.code), number))
    return min(states, key=_GRAVITY.index) if states else None


def _became(row: PrecedentRow | None, number: int) -> PinState:
    if row is None or row.precedent.status == PrecedentStatus.WITHHELD:
        return PinState.HIDDEN
    if row.signal.word is Word.STOP:
        return PinState.STOP
    if row.revision.number != number:
        return PinState.NEWER
    return PinState.CARE if row.signal.word is Word.CARE else PinState.CURRENT
