"""Similar precedents of a precedent, or of a text that is being written: through the same authorised path as results.

The engine proposes from what this viewer may read, the database decides. Words that are rare in the library say what is
similar; vectors, where there are some, and what it is about decide between those.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from caselib.core import clock
from caselib.core.text import clean, library_numbers
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent, Revision
from caselib.precedents.visibility import FINDABLE, audiences_for
from caselib.search.analysis import tokenize
from caselib.search.engine.port import WORDS, Boosts, EngineError, EngineQuery, Hit, Term, TermGroup
from caselib.search.families import Sibling, differences
from caselib.search.fields import AUDIENCE
from caselib.search.indexing import pk_of
from caselib.search.lexicon.facts import FITS, UNFITS, facts_of
from caselib.search.lexicon.subjects import SUBJECTS, topic_of
from caselib.search.live import live_engine
from caselib.search.rows import Line, lines_visible
from caselib.search.scopes import words_seen
from caselib.search.semantic.live import closeness_of_object

MOST = 5
# So many of its rarest words are asked for, and so much of its text is looked at for them.
_MOST_WORDS = 24
_LONGEST_TEXT = 600
# Share of what its rare words weigh that another must hold: less where both are about the same thing. Below half of the
# most similar one a list only grows longer.
_SIMILAR, _SIMILAR_BY_WORDS, _BESIDE_THE_BEST = 0.25, 0.5, 0.5
# What the closest by meaning, and one about the same thing, get beside their share of the words.
_CLOSENESS, _SAME_SUBJECT = 0.3, 0.15
_NEVER = 1e6


@dataclass(frozen=True, slots=True)
class Similar:
    """`difference`: the deciding fact in which both part, as one line; empty where none is known.

    `fits` and `unfits`: facts (dimension=value) under which it applies, and which rule it out.
    """

    row: Line
    difference: str = ""
    fits: tuple[str, ...] = ()
    unfits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Around:
    """`similar`: the most similar first; `named`: those that were asked for by number, as far as the viewer may see and
    follow them, by library number in normal form."""

    similar: tuple[Similar, ...] = ()
    named: Mapping[str, Line] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Own:
    """What is known of the text itself: what it is about, under which facts it applies, and which rule it out."""

    subjects: frozenset[str]
    fits: tuple[str, ...]
    unfits: tuple[str, ...]


def similar_to(
    precedent: Precedent, revision: Revision, *, scope: ViewerScope, tags: Sequence[str] = (), most: int = MOST
) -> tuple[Similar, ...]:
    """At most `most` precedents like this one, the most similar first; never itself. Empty where none is.

    `revision`: the text that is shown. `tags`: their names. 1 query; some 5 ms.
    """
    return around(precedent, revision, scope=scope, tags=tags, most=most).similar


@dataclass(frozen=True, slots=True)
class Near:
    """As `Similar`, of what nobody has decided about yet."""

    fits: tuple[str, ...] = ()
    unfits: tuple[str, ...] = ()


def near_to(
    precedent: Precedent, revision: Revision, *, scope: ViewerScope, tags: Sequence[str] = (), most: int = MOST
) -> Mapping[int, Near]:
    """The keys of `similar_to`, as the index proposes them: for who reads their rows in a query of its own, which has to decide what
    this viewer may see. No query."""
    others = 1 if precedent.status in FINDABLE else 0
    _, kept = _proposed(revision, tags=tags, scope=scope, own=precedent.pk, itself_counts=others, most=most)
    return {pk: Near(tuple(hit.values[FITS]), tuple(hit.values[UNFITS])) for pk, hit in kept.items()}


def around(
    precedent: Precedent,
    revision: Revision,
    *,
    scope: ViewerScope,
    tags: Sequence[str] = (),
    numbers: Sequence[str] = (),
    most: int = MOST,
) -> Around:
    """`similar_to`, and beside it the precedents of those library numbers, whether the index knows them or not: one look
    into the database decides about all of them. 2 queries."""
    # One that was taken out counts among the documents no more.
    others = 1 if precedent.status in FINDABLE else 0
    return _similar(
        revision, tags=tags, scope=scope, own=precedent.pk, itself_counts=others, numbers=numbers, most=most
    )


def similar_to_text(
    *,
    title: str,
    problem: str,
    scope: ViewerScope,
    applies_when: Sequence[str] = (),
    tags: Sequence[str] = (),
    own: int | None = None,
    most: int = MOST,
) -> tuple[Similar, ...]:
    """The same for a text that is being written. `own`: key of the precedent that it is written for.

    Never fails for what was typed. 1 query.
    """
    written = Revision(
        title=clean(title)[:_LONGEST_TEXT],
        problem=clean(problem)[:_LONGEST_TEXT],
        applies_when=[clean(line)[:_LONGEST_TEXT] for line in applies_when[:MOST]],
    )
    return _similar(written, tags=list(map(clean, tags)), scope=scope, own=own, itself_counts=1, most=most).similar


def _similar(
    revision: Revision,
    *,
    tags: Sequence[str],
    scope: ViewerScope,
    own: int | None,
    itself_counts: int,
    most: int,
    numbers: Sequence[str] = (),
) -> Around:
    about, kept = _proposed(revision, tags=tags, scope=scope, own=own, itself_counts=itself_counts, most=most)
    found = lines_visible(list(kept), scope=scope, on=clock.today(), numbers=numbers)
    rows = {row.pk: row for row in found}
    wanted = frozenset(numbers)
    return Around(
        tuple(_alike(revision, about, rows[pk], hit) for pk, hit in kept.items() if pk in rows),
        {number: row for row in found for number in library_numbers(row.number) if number in wanted},
    )


def _proposed(
    revision: Revision, *, tags: Sequence[str], scope: ViewerScope, own: int | None, itself_counts: int, most: int
) -> tuple["_Own | None", dict[int, Hit]]:
    """What is known of the text itself, None where nothing is similar, and what the index proposes. No query."""
    text = "\n".join((revision.title, *tags, revision.problem, revision.blocker))[:_LONGEST_TEXT]
    try:
        weights = _rare_words(text, scope, least=1 + itself_counts)
        hits = _hits(weights, scope=scope, own=own, most=most) if weights else {}
    except EngineError:
        # Without an index the page shows all the rest of it.
        weights, hits = {}, {}
    itself = hits.pop(own, None)
    about = _own(revision, text, itself) if hits else None
    return about, _kept(hits, about, whole=sum(weights.values()), most=most) if hits else {}


def _alike(revision: Revision, about: "_Own", row: Line, hit: Hit) -> Similar:
    values = hit.values
    return Similar(row, _difference(revision, about, row, hit), tuple(values[FITS]), tuple(values[UNFITS]))


def _rare_words(text: str, scope: ViewerScope, *, least: int) -> dict[str, float]:
    """The rarest words that others of the library hold as well, with what each weighs there.

    `least`: in so many documents a word stands at least: one that stands in this text alone finds nothing else.
    """
    words = list(dict.fromkeys(word for word in tokenize(text).words if len(word) > 1))
    counts, size = words_seen(scope, [(WORDS, word) for word in words])
    shared = [(count, word) for count, word in zip(counts, words, strict=True) if count >= least]
    return {
        word: math.log(1 + max(0.0, size - count + 0.5) / (count + 0.5)) for count, word in sorted(shared)[:_MOST_WORDS]
    }


def _hits(words: Mapping[str, float], *, scope: ViewerScope, own: int | None, most: int) -> dict[int, Hit]:
    """The candidates by key, itself among them where it is in the index."""
    query = EngineQuery(
        groups=tuple(TermGroup((Term(WORDS, word),)) for word in words),
        # As with results: what is hidden from this viewer takes no place and is counted nowhere.
        filters={AUDIENCE: audiences_for(scope)},
        hidden_filters=frozenset({AUDIENCE}),
        limit=3 * most,
        boosts=_boosts(own),
        returns=(FITS, UNFITS, SUBJECTS),
    )
    keyed = ((pk_of(hit.key), hit) for hit in live_engine().search(query).hits)
    return {pk: hit for pk, hit in keyed if pk is not None}


def _boosts(own: int | None) -> Boosts | None:
    """0 for one as close as they are on average. Closeness alone makes none similar: vectors know no rare words."""
    close = None if own is None else closeness_of_object(own)
    if close is None:
        return None
    return Boosts(close.orders, close.scores, _CLOSENESS, _NEVER, mean=None if close.is_whole else close.mean)


def _own(revision: Revision, text: str, itself: Hit | None) -> _Own:
    """As the index has it, or read from the text, which takes some milliseconds more."""
    if itself is not None:
        values = itself.values
        return _Own(frozenset(values[SUBJECTS]), tuple(values[FITS]), tuple(values[UNFITS]))
    facts = facts_of(revision)
    return _Own(frozenset(topic_of(text).subjects), facts.fits, facts.unfits)


def _kept(hits: Mapping[int, Hit], own: _Own, *, whole: float, most: int) -> dict[int, Hit]:
    """Those that are similar enough, the most similar first. `whole`: what all of the words weigh."""
    same = {pk: not own.subjects.isdisjoint(hit.values[SUBJECTS]) for pk, hit in hits.items()}
    best = max(hit.words for hit in hits.values())
    enough = {
        pk: hit
        for pk, hit in hits.items()
        if hit.words >= max(best * _BESIDE_THE_BEST, whole * (_SIMILAR if same[pk] else _SIMILAR_BY_WORDS))
    }
    ordered = sorted(enough, key=lambda pk: -enough[pk].score - _SAME_SUBJECT * same[pk])
    return {pk: enough[pk] for pk in ordered[:most]}


def _difference(revision: Revision, own: _Own, row: Line, hit: Hit) -> str:
    """需要到场的人——这件：失联；那件：去世. Empty where no deciding fact is known of both."""
    this = Sibling(1, "", revision.title, "", "", (), (), fits=own.fits, unfits=own.unfits)
    that = Sibling(
        2, row.code, row.title, "", "", (), (), fits=tuple(hit.values[FITS]), unfits=tuple(hit.values[UNFITS])
    )
    for point in differences(this, that):
        here, there = point.cells
        if here.text and there.text:
            return f"{point.question}——这件：{here.text}；那件：{there.text}"
    return ""
