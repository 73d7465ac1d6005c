"""Of which precedents a question tells, and whether a viewer may read all of them now: the one place that decides it, for every room.

A question tells of the precedent that it asks about, and of those that its options stand for: “which of these two” quotes their text
and what tells them apart. While one of them is off view, not for this viewer or not there any more, nothing of the question may be shown.
"""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import PrecedentStatus

from .models import QuestionText


def readable_precedents(scope: ViewerScope) -> QuerySet[Precedent]:
    """What training may show to a viewer. Off view is off view for everybody here, also for those who mend it."""
    return Precedent.objects.visible_to(scope).exclude(status=PrecedentStatus.WITHHELD)


def codes_named(text: QuestionText) -> frozenset[str]:
    """Codes of the precedents that the options of a question stand for, of whatever kind it is. Never fails; no query."""
    options = text.body.get("options") if isinstance(text.body, dict) else None
    named = (option.get("precedent") for option in options or () if isinstance(option, dict))
    return frozenset(code for code in named if isinstance(code, str) and code)


def told_of(texts: Iterable[QuestionText]) -> tuple[set[int], set[str]]:
    """(keys, codes) of the precedents of which questions tell. Needs `question`. No query."""
    found = list(texts)
    keys = {text.question.precedent_id for text in found} - {None}
    return keys, set().union(*(codes_named(text) for text in found))


def texts_unseen(texts: Iterable[QuestionText], scope: ViewerScope, *, besides: int | None = None) -> frozenset[int]:
    """Keys of the texts of which this viewer may be shown nothing now. `besides`: a precedent that the caller has asked about.

    Needs `question`. 1 query, none where they tell of no other precedent.
    """
    found = list(texts)
    keys, codes = told_of(found)
    keys.discard(besides)
    if not (keys or codes):
        return frozenset()
    rows = readable_precedents(scope).filter(Q(pk__in=keys) | Q(code__in=codes))
    seen_keys, seen_codes = {None, besides}, set()
    for key, code in rows.values_list("pk", "code"):
        seen_keys.add(key)
        seen_codes.add(code)
    return frozenset(
        text.pk for text in found if text.question.precedent_id not in seen_keys or codes_named(text) - seen_codes
    )
