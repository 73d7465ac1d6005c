"""A question as it may be kept: masked, short, and in the form by which the same ones are gathered. Notes likewise."""

import re
from dataclasses import dataclass

from caselib.core.personal_data import mask
from caselib.core.text import clean, normalise

LONGEST = 300
# A pasted ticket is read for personal data only as far as its beginning can reach. What the cut may have halved (a
# number, an address) would be recognised no more, so that much is dropped as well.
_READ = 4000
_HALVED = 200
MASKED = "像个人信息的地方已换成〔〕里的说明，原文没有保存。"
_ENDS = " ?!。，、,.;:~…"


@dataclass(frozen=True, slots=True)
class KeptQuestion:
    """`text` to show, `key` to gather by; each at most 300 characters, without personal data. Empty for no words.

    `is_cut`: whether more was typed than is kept.
    """

    text: str
    key: str
    is_cut: bool = False


def kept_question(typed: str) -> KeptQuestion:
    """What may be written down of what was typed. Never fails for any text."""
    masked = mask(_line(typed))
    if len(typed) > _READ:
        masked = masked[:-_HALVED]
    text = masked[:LONGEST].strip()
    if not any(map(str.isalnum, text)):
        return KeptQuestion("", "")
    return KeptQuestion(text, question_key(text), is_cut=len(masked) > LONGEST or len(typed) > _READ)


def kept_note(typed: str, *, longest: int) -> str:
    """A note or a reason as it may be written down: one line, masked, at most `longest` characters. Never fails."""
    masked = mask(_line(typed))
    return (masked[:-_HALVED] if len(typed) > _READ else masked)[:longest].strip()


def kept_words(typed: str) -> str:
    """An answer of several lines as it may be written down: masked, its line breaks kept. Never fails; bound its length before."""
    lines = (" ".join(line.split()) for line in mask(clean(typed)).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def masked_told(typed: str) -> str:
    """What to tell whoever typed a note of which something is masked; empty where nothing is."""
    return MASKED if mask(_line(typed)) != _line(typed) else ""


def _line(typed: str) -> str:
    return " ".join(clean(typed[:_READ]).split())


def question_key(text: str) -> str:
    """The normal form of a question that is masked already: width, case, blanks and final marks make no difference."""
    return " ".join(normalise(text).split()).strip(_ENDS)[:LONGEST]
