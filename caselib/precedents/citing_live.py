"""Citations that stand in published texts: those that are not among what the precedent cites, and those nobody can find."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from .citing import Proposal, Read, Unresolved, read_all
from .models import Citation, Precedent, Revision
from .unresolved import citations_queue
from .visibility import FINDABLE

READ = ("gist", "problem", "resolution", "script")
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class TextCitations:
    """One published text. `new`: cited in its words and not among its citations; `opened`: entries made for `unresolved`."""

    precedent: Precedent
    new: tuple[Proposal, ...]
    unresolved: tuple[Unresolved, ...]
    opened: int


def citations_of_texts(*, on: dt.date, dry_run: bool = False) -> Iterator[TextCitations]:
    """Reads every published text, two hundred at a time. Texts in which nothing is missing are left out.

    Opens entries of the queue for what was not found, once for a precedent even if somebody settled it, none with
    `dry_run`. An article without the name of a law is left alone: it may belong to any document of the sentence.
    """
    ids = list(_texts().values_list("pk", flat=True))
    for start in range(0, len(ids), _AT_ONCE):
        citations = Citation.objects.select_related("version__policy", "clause")
        rows = _texts().filter(pk__in=ids[start : start + _AT_ONCE])
        precedents = list(rows.prefetch_related(Prefetch("live_revision__citations", queryset=citations)))
        texts = ["\n".join(getattr(row.live_revision, name) for name in READ) for row in precedents]
        for precedent, read in zip(precedents, read_all(texts, on=on), strict=True):
            found = _missing(precedent, read, dry_run=dry_run)
            if found.new or found.unresolved:
                yield found


def _texts() -> QuerySet[Precedent]:
    return Precedent.objects.filter(status__in=FINDABLE).select_related("live_revision").order_by("number")


def _missing(precedent: Precedent, read: Read, *, dry_run: bool) -> TextCitations:
    revision: Revision = precedent.live_revision
    unresolved = tuple(each for each in read.unresolved if each.is_named and _is_citation(each.words))
    opened = 0 if dry_run else citations_queue(revision, unresolved, actor=None, reopens=False)
    cites = list(revision.citations.all())
    new = tuple(each for each in read.proposals if not _is_among(each, cites))
    return TextCitations(precedent, new, unresolved, opened)


def _is_citation(words: str) -> bool:
    """Whether it is quoted, has an article or a number: a bare name of something is talk about it."""
    return "《" in words or any(map(str.isdigit, words)) or "条" in words.rpartition("第")[2]


def _is_among(found: Proposal, cites: Sequence[Citation]) -> bool:
    """Whether the precedent cites that place of the policy in whatever version; a name alone counts with any clause."""
    same = [each for each in cites if each.version.policy_id == found.version.policy_id]
    if found.is_whole:
        return bool(same)
    return any(_is_same(found, each) for each in same)


def _is_same(found: Proposal, cite: Citation) -> bool:
    if found.clause is not None and cite.clause is not None:
        return found.clause.stable_key == cite.clause.stable_key
    return bool(found.locator) and found.locator == cite.locator
