"""What the form of a lesson carries, so that looking at it writes nothing: which attempt it will be, of which lesson, since when.

A stamp is signed. Who forges one, or brings the one of somebody else, is told that the page is not known.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.utils.crypto import salted_hmac

from caselib.core.errors import NotVisible
from caselib.core.ids import is_code, new_code

from ..questions.kinds import shuffled

_SALT = "training.attempt"
_KEYS = "training.options"


@dataclass(frozen=True, slots=True)
class Stamp:
    """`code`: of the attempt, by which its options are put in order; `number`: the how manieth attempt it will be."""

    code: str
    lesson: int
    user: int
    number: int
    started_at: dt.datetime

    def signed(self) -> str:
        return signing.dumps(
            [self.code, self.lesson, self.user, self.number, self.started_at.timestamp()], salt=_SALT, compress=True
        )


def new_stamp(*, lesson: int, user: int, number: int, now: dt.datetime) -> Stamp:
    """For a form that nobody has answered yet."""
    return Stamp(new_code(), lesson, user, number, now)


def stamp_of(signed: str, *, user: int | None) -> Stamp:
    """The stamp that a form sent. Raises NotVisible for a forged one, and for that of another account."""
    try:
        code, lesson, owner, number, started = signing.loads(signed, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotVisible() from error
    if owner != user or not is_code(code):
        raise NotVisible()
    return Stamp(code, lesson, owner, number, dt.datetime.fromtimestamp(started, dt.UTC))


def hidden_key(seed: str, key: str) -> str:
    """What stands in the page for the key of an option: the order of the keys may tell what is right."""
    return salted_hmac(_KEYS, f"{seed}/{key}").hexdigest()[:10]


def known_keys(seed: str, parts: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The keys of the parts by what stands for them in the page."""
    return {hidden_key(seed, part["key"]): part["key"] for part in parts}


def in_order(parts: Sequence[Mapping[str, Any]], *, seed: str, never_as_given: bool = False) -> list[Mapping[str, Any]]:
    """The parts mixed. `never_as_given`: where the order in which they stand is the answer, they never come in it."""
    mixed = shuffled(parts, seed=seed)
    if never_as_given and len(mixed) > 1 and [part["key"] for part in mixed] == [part["key"] for part in parts]:
        mixed = [*mixed[1:], mixed[0]]
    return mixed
