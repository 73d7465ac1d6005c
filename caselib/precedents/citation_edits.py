"""Changes of what a draft cites. Each is one save of the draft, so that of two who save at once one is told."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import masked, record
from caselib.core.errors import DomainError, RuleBroken, StaleState
from caselib.core.text import clean
from caselib.orgs.models import User

from .citing import Proposal, Unresolved
from .content import CitationSpec, content_of
from .models import OPEN_STATES, Citation, Precedent, Relation, Revision, UnresolvedCitation
from .services import revision_save, revision_start
from .unresolved import citation_settled, citations_queue

NOTE_LENGTH = 500
# Each may begin a draft of its own.
MOST_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Chosen:
    """A proposal with the relation in which the precedent stands to it."""

    proposal: Proposal
    relation: Relation

    @property
    def spec(self) -> CitationSpec:
        found = self.proposal
        return CitationSpec(version=found.version, clause=found.clause, locator=found.locator, relation=self.relation)

    def __str__(self) -> str:
        return f"{self.relation.label}{self.proposal}"


@dataclass(frozen=True, slots=True)
class Added:
    """How many citations were added, how many stood there already, how many wait in the queue now."""

    added: int
    merged: int
    queued: int


def open_draft(precedent: Precedent) -> Revision | None:
    """The revision that somebody is working on or that waits for a review, or None. 1 query."""
    return precedent.revisions.filter(state__in=OPEN_STATES).select_related("matter", "theme", "region").first()


@transaction.atomic
def citations_add(
    revision: Revision, chosen: Sequence[Chosen], *, left: Sequence[Unresolved] = (), lock_version: int, editor: User
) -> Added:
    """Adds citations behind those of an open draft; what it cites already in that relation stays as it is.

    `left`: what was not found, for the queue. Raises StaleState when somebody saved since `lock_version` was read, and
    then adds and queues nothing; RuleBroken for more than 100 citations. Writes AuditEvent precedent.revision_saved,
    precedent.citations_changed and citation.queued.
    """
    content = content_of(revision)
    held = {_place(spec) for spec in content.citations}
    new = {place: each for each in chosen if (place := _place(each.spec)) not in held}
    if new:
        specs = (*content.citations, *(each.spec for each in new.values()))
        revision_save(revision, dataclasses.replace(content, citations=specs), lock_version=lock_version, editor=editor)
        _noted(revision, editor, added=[str(each) for each in new.values()])
    queued = citations_queue(revision, left, actor=editor)
    return Added(added=len(new), merged=len(chosen) - len(new), queued=queued)


@transaction.atomic
def citation_change(
    revision: Revision,
    position: int,
    *,
    relation: Relation,
    note: str,
    is_verified: bool,
    lock_version: int,
    editor: User,
) -> None:
    """Gives one citation of an open draft another relation, note or mark 已对照原文.

    Raises StaleState, RuleBroken for a note of more than 500 characters. Writes AuditEvent like `citations_add`.
    """
    note = " ".join(clean(note).split())
    if len(note) > NOTE_LENGTH:
        raise RuleBroken(
            gettext("没有保存：说明最多 {note_length} 个字。").format(note_length=NOTE_LENGTH),
            code="too_long",
            field="note",
        )

    def change(specs: list[CitationSpec]) -> dict[str, object]:
        before, specs[position] = (
            specs[position],
            dataclasses.replace(specs[position], relation=relation, note=note, is_verified=is_verified),
        )
        return {"before": _words(before), "after": _words(specs[position])}

    _saved(revision, position, change, lock_version=lock_version, editor=editor)


@transaction.atomic
def citation_remove(revision: Revision, position: int, *, lock_version: int, editor: User) -> str:
    """Takes one citation out of an open draft; returns what it was. Raises StaleState. Writes AuditEvent."""
    removed: list[str] = []

    def change(specs: list[CitationSpec]) -> dict[str, object]:
        removed.append(_words(specs.pop(position)))
        return {"removed": removed}

    _saved(revision, position, change, lock_version=lock_version, editor=editor)
    return removed[0]


@transaction.atomic
def unresolved_cite(entry: UnresolvedCitation, chosen: Chosen, *, editor: User) -> Revision:
    """Settles an entry of the queue: what was meant becomes a citation of the open draft, or of one begun for it.

    Raises StaleState if somebody settled it or saved the draft first, RuleBroken where the draft waits for a review.
    Writes what `citations_add` and `revision_start` write, and AuditEvent citation.settled.
    """
    draft = draft_for(entry.revision.precedent, editor=editor)
    citations_add(draft, [chosen], lock_version=draft.lock_version, editor=editor)
    citation_settled(entry, how=f"已引用：{chosen}", actor=editor)
    return draft


@dataclass(frozen=True, slots=True)
class Settled:
    """How many entries became a citation; for each other one its precedent with the reason; `later`: not tried yet."""

    done: int
    failed: tuple[tuple[Precedent, str], ...]
    later: int


def unresolved_cite_all(entries: Sequence[UnresolvedCitation], chosen: Chosen, *, editor: User) -> Settled:
    """`unresolved_cite` for each of the first fifty entries; one that fails changes nothing and keeps the others from nothing."""
    done, failed = 0, []
    for entry in entries[:MOST_AT_ONCE]:
        try:
            unresolved_cite(entry, chosen, editor=editor)
            done += 1
        except DomainError as error:
            failed.append((entry.revision.precedent, error.message))
    return Settled(done, tuple(failed), max(0, len(entries) - MOST_AT_ONCE))


def draft_for(precedent: Precedent, *, editor: User) -> Revision:
    """The open draft, or a new one that begins as a copy of the live text. Raises as `revision_start` does."""
    return open_draft(precedent) or revision_start(precedent, author=editor)


def citation_words(citation: Citation | CitationSpec) -> str:
    """The relation, version and place of a citation in one line."""
    return f"{Relation(citation.relation).label}{_named(citation)}"


def _words(spec: CitationSpec) -> str:
    return citation_words(spec) + (f"（{spec.note}）" if spec.note else "")


def _named(citation: Citation | CitationSpec) -> str:
    version = citation.version
    place = citation.locator or (citation.clause.label if citation.clause else "整份文件")
    return f"《{version.title or version.policy.title}》（{version.label}）{place}"


def _saved(
    revision: Revision,
    position: int,
    change: Callable[[list[CitationSpec]], dict[str, object]],
    *,
    lock_version: int,
    editor: User,
) -> None:
    content = content_of(revision)
    specs = list(content.citations)
    if not 0 <= position < len(specs) or revision.lock_version != lock_version:
        # A place counts only in the text that the editor saw.
        raise StaleState(gettext("有人先改了这一版的引用，没有改动它。看看现在的引用，再改一次。"))
    told = change(specs)
    content = dataclasses.replace(content, citations=_merged(specs))
    revision_save(revision, content, lock_version=lock_version, editor=editor)
    _noted(revision, editor, **told)


def _merged(specs: Sequence[CitationSpec]) -> tuple[CitationSpec, ...]:
    """Each place once in each relation; what one of two says and the other does not is kept."""
    merged: dict[tuple[int, int | None, str, str], CitationSpec] = {}
    for spec in specs:
        twin = merged.get(_place(spec), spec)
        merged[_place(spec)] = dataclasses.replace(
            twin, note=twin.note or spec.note, is_verified=twin.is_verified or spec.is_verified
        )
    return tuple(merged.values())


def _noted(revision: Revision, editor: User, **told: object) -> None:
    record(Action.CITATIONS_CHANGED, revision, actor=editor, after=masked(told))


def _place(spec: CitationSpec) -> tuple[int, int | None, str, str]:
    return (spec.version.pk, spec.clause.pk if spec.clause else None, spec.locator, str(spec.relation))
