"""Personal data that was found in a draft, at its place, with what may be done about it by one press."""

from collections.abc import Sequence
from dataclasses import dataclass

from caselib.core.personal_data import Finding, replacement_for
from caselib.precedents.privacy import Hit

AROUND = 30
_SENTENCE_ENDS = "。！？!?；;\n"
DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Offer:
    """One button. `value` is what it posts under `replace`."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Found:
    """One finding as the form shows it: the words with some of the text around them, why, and what to do.

    `key` names the place; `said`: what two people made of it, or is waiting for the second; `note` is for the one who asks.
    """

    key: str
    kind: str
    reason: str
    before: str
    words: str
    after: str
    blocks: bool
    offers: tuple[Offer, ...]
    may_ask: bool
    said: str


def found_in(hits: Sequence[Hit]) -> dict[tuple[str, int, str], tuple[Found, ...]]:
    """The findings of a text that are not let through, by (field, index, part)."""
    found: dict[tuple[str, int, str], tuple[Found, ...]] = {}
    for hit in hits:
        if not hit.is_allowed:
            place = (hit.place.field, hit.place.index, hit.place.part)
            found[place] = (*found.get(place, ()), _found(hit))
    return found


def _found(hit: Hit) -> Found:
    start, end, text = hit.finding.start, hit.finding.end, hit.place.text
    head, tail = text[:start], text[end:]
    return Found(
        key=key_of(hit),
        kind=hit.finding.kind.label,
        reason=hit.finding.reason,
        before=("……" if len(head) > AROUND else "") + head[-AROUND:],
        words=hit.words,
        after=tail[:AROUND] + ("……" if len(tail) > AROUND else ""),
        blocks=hit.blocks,
        offers=_offers(hit),
        may_ask=hit.blocks and hit.decision is None,
        said=_said(hit),
    )


def key_of(hit: Hit) -> str:
    """`field|index|part|start|end`: the place of a finding in the text as it was shown."""
    place = hit.place
    return f"{place.field}|{place.index}|{place.part}|{hit.finding.start}|{hit.finding.end}"


def _offers(hit: Hit) -> tuple[Offer, ...]:
    words = replacement_for(hit.finding, hit.place.text)
    offers = [Offer(f"换成“{word}”", f"{key_of(hit)}|{number}") for number, word in enumerate(words)]
    if len(sentence_around(hit.place.text, hit.finding)) < len(hit.place.text):
        offers.append(Offer("删去这句", f"{key_of(hit)}|{DELETE}"))
    return tuple(offers)


def _said(hit: Hit) -> str:
    if hit.decision is None:
        return ""
    if hit.decision.decided_by_name:
        return f"{hit.decision.decided_by_name}看过：要改掉。{hit.decision.reason}"
    return f"{hit.decision.claimed_by_name}说不是个人信息，等第二个人看。"


def replaced(text: str, finding: Finding, choice: str) -> str | None:
    """The text with one finding taken out as `choice` (the number of a replacement, or DELETE) says; None for no such choice."""
    if choice == DELETE:
        sentence = sentence_around(text, finding)
        return (text[: sentence.start] + text[sentence.stop :]).strip()
    words = replacement_for(finding, text)
    if not (choice.isascii() and choice.isdigit()) or int(choice) >= len(words):
        return None
    return text[: finding.start] + words[int(choice)] + text[finding.end :]


def sentence_around(text: str, finding: Finding) -> range:
    """The characters of the sentence in which it stands, its end included."""
    start = max(text.rfind(mark, 0, finding.start) for mark in _SENTENCE_ENDS) + 1
    ends = [at for mark in _SENTENCE_ENDS if (at := text.find(mark, finding.end)) >= 0]
    return range(start, min(ends) + 1 if ends else len(text))


def blocking(hits: Sequence[Hit]) -> list[Hit]:
    return [hit for hit in hits if hit.blocks]
