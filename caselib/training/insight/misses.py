"""How many people missed a text of a question at their first answer. Numbers alone: never who.

First answers tell how clear a text is; later ones tell that somebody has read the explanation.
"""

from dataclasses import dataclass

from django.db.models import Count, F, Min, Q, QuerySet

from ..choices import AttemptState
from ..models import Response

# Per cent below which an answer counts as missed: half of a matching or an order is no misunderstanding, less is one.
MISSED_BELOW = 60
# Fewer people than these say more about themselves than about the text, and could be told apart.
FEWEST = 5
# Per cent of the first answers from which on a question is shown to trainers as hard, and the section told to its owner as
# unclear: the owner is asked to write anew, so more than chance between two halves has to speak for it.
HARD_FROM, UNCLEAR_FROM = 50, 60


@dataclass(frozen=True, slots=True)
class Misses:
    """Of one text of a question: `answered` different people, of whom `missed` were wrong at first."""

    text: int
    answered: int
    missed: int

    @property
    def share(self) -> int:
        """Per cent, rounded down."""
        return 100 * self.missed // self.answered


def misses_of(texts: QuerySet | list[int], *, least: int) -> QuerySet:
    """(text, answered, missed) of those that FEWEST people and more answered and `least` per cent of them missed, the most missed
    first. 1 query, which counts in the database."""
    handed_in = Response.objects.filter(text__in=texts).exclude(attempt__state=AttemptState.OPEN).order_by()
    # A key grows with time, and a learner has one attempt open at a time: the lowest is the first.
    first = handed_in.values("text", "attempt__enrolment__user").annotate(first=Min("pk")).values("first")
    rows = Response.objects.filter(pk__in=first, score__isnull=False).order_by().values("text")
    counted = rows.annotate(
        answered=Count("pk"), missed=Count("pk", filter=Q(score__lt=MISSED_BELOW)), hundred=F("missed") * 100
    )
    enough = counted.filter(answered__gte=FEWEST, hundred__gte=F("answered") * least)
    return enough.annotate(share=F("hundred") / F("answered")).order_by("-share", "-missed", "text")


def read(rows: QuerySet) -> list[Misses]:
    """The rows of `misses_of` as values."""
    return [Misses(row["text"], row["answered"], row["missed"]) for row in rows]
