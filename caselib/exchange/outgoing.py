"""The gate of privacy on the way in and out: a text in which what blocks is replaced by its kind, as in 〔手机号〕."""

import dataclasses
from collections import defaultdict
from typing import Any

from caselib.core.personal_data import mask
from caselib.precedents.content import RevisionContent
from caselib.precedents.models import Precedent
from caselib.precedents.privacy import hits_of
from caselib.precedents.sections import Place, places_of


def outgoing(content: RevisionContent, *, precedent: Precedent | None) -> RevisionContent:
    """The text as it may leave. What two people let through for this precedent stays.

    1 query where there is anything to let through, none for a text that is clean.
    """
    if not any(hit.blocks for hit in hits_of(content)):
        return content
    hits = hits_of(content, precedent=precedent)
    allowed = {hit.words for hit in hits if hit.is_allowed}
    return _with(content, {hit.place for hit in hits if hit.blocks}, allowed)


def masked(content: RevisionContent) -> RevisionContent:
    """The text with every piece of personal data replaced, whatever anybody let through. No query."""
    return _with(content, set(places_of(content)), set())


def _with(content: RevisionContent, places: set[Place], allowed: set[str]) -> RevisionContent:
    by_field: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        by_field[place.field].append(place)
    changes = {name: _field(getattr(content, name), found, allowed) for name, found in by_field.items()}
    return dataclasses.replace(content, **changes)


def _field(value: Any, places: list[Place], allowed: set[str]) -> Any:
    for place in places:
        words = _masked(place.text, allowed)
        if place.index < 0:
            value = dataclasses.replace(value, **{place.part: words}) if place.part else words
        else:
            entry = dataclasses.replace(value[place.index], **{place.part: words}) if place.part else words
            value = (*value[: place.index], entry, *value[place.index + 1 :])
    return value


def _masked(text: str, allowed: set[str]) -> str:
    """What was let through is put aside while the rest is masked."""
    kept = sorted((words for words in allowed if words and words in text), key=len, reverse=True)
    if not kept:
        return mask(text)
    head, _, tail = text.partition(kept[0])
    return f"{_masked(head, allowed)}{kept[0]}{_masked(tail, allowed)}"
