"""The privacy gate of a text: what in it may tell who somebody is, and what two people have let through.

It stands at every way in and out (privacy rules: 个人信息保护法 55 and 73): submitting, publishing, importing, attaching, exporting,
printing. What was found is never stored or logged, only its kind, its field and a salted mark.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from caselib.core.errors import RuleBroken
from caselib.core.personal_data import Finding, Severity, find
from caselib.core.text import normalise

from .content import RevisionContent
from .models import Precedent, PrivacyOverride
from .sections import Place, places_of

_SALT = "caselib.precedents.privacy"


@dataclass(frozen=True, slots=True)
class Hit:
    """A finding at its place. `decision` is what two people made of it, or None where nobody claimed anything."""

    place: Place
    finding: Finding
    mark: str
    decision: PrivacyOverride | None = None

    @property
    def blocks(self) -> bool:
        """Whether the text cannot go out with it."""
        return self.finding.severity == Severity.BLOCK and not self.is_allowed

    @property
    def is_allowed(self) -> bool:
        return self.decision is not None and self.decision.decision == PrivacyOverride.Decision.ALLOWED

    @property
    def words(self) -> str:
        """What was found, for the page of who mends it; never for a log."""
        return self.place.text[self.finding.start : self.finding.end]


def mark_of(words: str) -> str:
    """What stands for the words of a finding: equal for equal words in any width and spacing, and no way back."""
    plain = "".join(character for character in normalise(words) if character.isalnum())
    return salted_hmac(_SALT, plain, algorithm="sha256").hexdigest()


def hits_of(content: RevisionContent, *, precedent: Precedent | None = None) -> tuple[Hit, ...]:
    """Everything that was found in a text, in its order, with what was decided about it. 1 query with a precedent."""
    decided = _decided(precedent) if precedent is not None else {}
    return tuple(hit for place in places_of(content) for hit in _hits(place, decided))


def _hits(place: Place, decided: dict[tuple[str, str], PrivacyOverride]) -> Iterable[Hit]:
    for finding in find(place.text):
        mark = mark_of(place.text[finding.start : finding.end])
        yield Hit(place, finding, mark, decided.get((finding.kind.value, mark)))


def _decided(precedent: Precedent) -> dict[tuple[str, str], PrivacyOverride]:
    return {(row.kind, row.mark): row for row in PrivacyOverride.objects.filter(precedent=precedent)}


def refuse_personal(content: RevisionContent, *, precedent: Precedent | None) -> None:
    """Raises RuleBroken naming kinds and places where the text cannot go out as it is. 1 query with a precedent."""
    blocking = [hit for hit in hits_of(content, precedent=precedent) if hit.blocks]
    if not blocking:
        return
    places = "；".join(dict.fromkeys(f"{hit.place.label}有{hit.finding.kind.label}" for hit in blocking[:5]))
    more = f"，共 {len(blocking)} 处" if len(blocking) > 5 else ""
    raise RuleBroken(
        f"{places}{more}。写好的内容都在，换成不认得出人的说法再提交。",
        code="personal_data",
        field=blocking[0].place.field,
    )
