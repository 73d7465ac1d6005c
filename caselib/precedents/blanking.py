"""抹去旧版文字: what leaked is erased from the texts that nobody works on any more (个人信息保护法 47). It cannot be brought back."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record, record_many
from caselib.catalog.services import tags_named
from caselib.core.errors import RuleBroken
from caselib.core.text import clean
from caselib.orgs.models import User

from .content import columns, content_of
from .models import (
    OPEN_STATES,
    Attachment,
    Citation,
    Precedent,
    ReviewComment,
    ReviewDecision,
    Revision,
    RevisionState,
    SiblingDraft,
    UnresolvedCitation,
)
from .privacy import Decided, decided_of, hits_in, outgoing_text
from .sections import Place, places_in_bulk, places_of, with_texts

# Texts that nobody works on and no reader reads.
PAST = (RevisionState.SUPERSEDED, RevisionState.REJECTED, RevisionState.WITHDRAWN)
BLANK = "〔已抹去〕"
SHORTEST, MOST_WORDS = 2, 20


@dataclass(frozen=True, slots=True)
class Blanked:
    """How many texts, and how many other rows (opinions, drafts beside, unresolved citations), were changed."""

    texts: int
    others: int


@transaction.atomic
def texts_blank(precedent: Precedent, *, words: Sequence[str] = (), actor: User) -> Blanked:
    """Replaces what blocks in every old text by its kind, and `words` that somebody names by 〔已抹去〕.

    Also in opinions with what their reviewers saw, notes of changes, closed drafts beside, remarks and unresolved
    citations. The words are kept nowhere. Raises RuleBroken for a word that is too short, and for one that the live or an
    open text still holds: that is changed first.
    Writes one AuditEvent precedent.texts_blanked for each text with both digests and the kinds, and one for the rest.
    """
    words = _words(words)
    Precedent.objects.select_for_update(of=("self",)).get(pk=precedent.pk)
    _refuse_in_use(precedent, words)
    decided = decided_of(precedent)

    def change(text: str) -> str:
        return _blanked(text, decided, words)

    texts = _blank_texts(precedent, change, decided, actor=actor)
    others = sum(_blank_rows(precedent, change))
    if others:
        record(Action.TEXTS_BLANKED, precedent, actor=actor, after={"others": others, "named": len(words)})
    return Blanked(texts, others)


def _words(typed: Sequence[str]) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(word for each in typed if (word := clean(each).strip())))
    if any(len(word) < SHORTEST for word in words):
        raise RuleBroken(
            gettext("要抹去的词至少 {shortest} 个字，一个字会误伤别处。").format(shortest=SHORTEST),
            code="too_short",
            field="words",
        )
    if len(words) > MOST_WORDS:
        raise RuleBroken(
            gettext("一次最多 {most_words} 个词。").format(most_words=MOST_WORDS), code="too_many", field="words"
        )
    return tuple(sorted(words, key=len, reverse=True))


def _refuse_in_use(precedent: Precedent, words: Sequence[str]) -> None:
    in_use = precedent.revisions.filter(Q(state__in=OPEN_STATES) | Q(live_for=precedent)).values_list("pk", flat=True)
    texts = [place for places in places_in_bulk(list(in_use)).values() for place in places]
    if found := [place.label for place in texts if any(word in place.text for word in words)]:
        message = f"现在的文字里还有：{'、'.join(dict.fromkeys(found[:3]))}。先改好、发布，再抹旧版。"
        raise RuleBroken(message, code="in_use", field="words")


def _blanked(text: str, decided: Decided, words: Sequence[str]) -> str:
    for word in words:
        text = text.replace(word, BLANK)
    return outgoing_text(text, decided=decided)


def _blank_texts(precedent: Precedent, change: Callable[[str], str], decided: Decided, *, actor: User) -> int:
    changed: list[Revision] = []
    told: list[dict[str, Any]] = []
    for revision in precedent.revisions.filter(state__in=PAST).order_by("number"):
        content = content_of(revision)
        blanked = with_texts(content, lambda place: _fitting(place, change(place.text)))
        if blanked == content:
            continue
        kinds = {hit.finding.kind.value for hit in hits_in(places_of(content), decided) if hit.blocks}
        values = columns(blanked)
        Revision.objects.filter(pk=revision.pk).update(**values)
        if blanked.tags != content.tags:
            revision.tags.set(tags_named(blanked.tags, actor=actor))
        for position, spec in enumerate(blanked.citations):
            Citation.objects.filter(revision=revision, position=position).update(note=spec.note, locator=spec.locator)
        changed.append(revision)
        digests = {"before": revision.content_digest, "after": values["content_digest"]}
        told.append({**digests, "kinds": sorted(kinds)})
    record_many(Action.TEXTS_BLANKED, changed, actor=actor, after=told)
    return len(changed)


def _fitting(place: Place, text: str) -> str:
    """A kind may be longer than what it stands for; a column has its length."""
    if place.part or place.index >= 0:
        return text[:64] if place.part == "locator" else text
    return text[: Revision._meta.get_field(place.field).max_length]


def _blank_rows(precedent: Precedent, change: Callable[[str], str]) -> Iterator[int]:
    """How many rows of each kind were changed."""
    decisions = ReviewDecision.objects.filter(revision__precedent=precedent)
    for row in decisions:
        yield _store(row, {"content_seen": _deep(row.content_seen, change), "comment": _cut(row, "comment", change)})
    for row in precedent.revisions.exclude(state__in=OPEN_STATES):
        yield _store(row, {"change_note": _cut(row, "change_note", change)})
    closed = Q(closed_at__isnull=False) | ~Q(revision__state__in=OPEN_STATES)
    for row in SiblingDraft.objects.filter(closed, revision__precedent=precedent):
        yield _store(row, {"typed": _deep(row.typed, change)})
    for row in ReviewComment.objects.filter(revision__precedent=precedent):
        yield _store(row, {name: change(getattr(row, name))[:1000] for name in ("text", "answer")})
    for row in UnresolvedCitation.objects.filter(revision__precedent=precedent, revision__state__in=PAST):
        yield _store(row, {"words": change(row.words)[:300], "hint": change(row.hint)[:500]})
    for row in Attachment.objects.filter(precedent=precedent, removed_at__isnull=False):
        yield _store(row, {"name": change(row.name)[:100]})


def _cut(row: Any, name: str, change: Callable[[str], str]) -> str:
    """That text of a row changed; a kind may be longer than what it stands for."""
    return change(getattr(row, name))[: row._meta.get_field(name).max_length]


def _store(row: Any, values: dict[str, Any]) -> int:
    changed = {name: value for name, value in values.items() if value != getattr(row, name)}
    if changed:
        type(row).objects.filter(pk=row.pk).update(**changed)
    return int(bool(changed))


def _deep(value: Any, change: Callable[[str], str]) -> Any:
    """A stored value with every string in it changed, whatever it lies in."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _deep(each, change) for name, each in value.items()}
    if isinstance(value, list):
        return [_deep(each, change) for each in value]
    return value
