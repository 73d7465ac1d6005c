"""From documents to policies: which come first, and which of their clauses are shown."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from caselib.search.engine.port import EngineResult, Hit

from .documents import POLICY, SPAN, pks_of

# Clauses shown of one policy, and the share of its best clause that each must reach.
MOST_CLAUSES = 3
CLAUSE_SHARE = 0.5
# What a policy's words must reach of the best of those that the question does not name; what it names is always there.
POLICY_SHARE = 0.25
BESIDE_NAMED_SHARE = 0.5
# A clause that does not apply on the day counts less: the question is what holds now.
NOT_IN_FORCE = 0.6


@dataclass(frozen=True, slots=True)
class Ranked:
    """A policy by its code, with the keys of its best clauses, those in force on the day first. `score`: 1 is the best."""

    code: str
    score: float
    clauses: tuple[int, ...] = ()


def ranked(result: EngineResult, *, named: Sequence[str], on: dt.date) -> tuple[Ranked, ...]:
    """The policies of the hits: those that the question names in its order, then by their own words and best clause."""
    best = result.best_words or 1.0
    own: dict[str, float] = {}
    standing: dict[str, float] = {}
    clauses: dict[str, list[tuple[float, bool, int]]] = {}
    for hit in result.hits:
        code = next(iter(hit.values[POLICY]), "")
        _, clause = pks_of(hit.key)
        share = hit.words / best
        standing[code] = hit.score - share
        if clause:
            applies = _applies(hit, on)
            clauses.setdefault(code, []).append((share if applies else share * NOT_IN_FORCE, applies, clause))
        else:
            own[code] = share
    said = {code: _score(own.get(code, 0.0), clauses.get(code, ())) for code in standing}
    scores = {code: share + standing[code] for code, share in said.items()}
    scores.update(dict.fromkeys(set(named) - scores.keys(), 0.0))
    places = {code: place for place, code in enumerate(named)}
    # What is named has its own number or name to itself: beside it only what is as good as the rest of the rest.
    share = BESIDE_NAMED_SHARE if named else POLICY_SHARE
    least = share * max((score for code, score in said.items() if code not in places), default=0.0)
    most = max(scores.values(), default=0.0) or 1.0
    kept = [code for code in scores if code in places or said[code] >= least]
    # Ties stay as the engine has them: what was entered first.
    kept.sort(key=lambda code: (places.get(code, len(places)), -scores[code]))
    return tuple(Ranked(code, scores[code] / most, _shown(clauses.get(code, ()))) for code in kept)


def _score(own: float, clauses: Sequence[tuple[float, bool, int]]) -> float:
    """What a policy answers with: its name and the one clause that fits best."""
    return own + max((share for share, _, _ in clauses), default=0.0)


def _shown(clauses: Sequence[tuple[float, bool, int]]) -> tuple[int, ...]:
    """The clauses in force; those of other versions only where none in force is as good as half of the best."""
    ordered = sorted(clauses, key=lambda clause: (-clause[0], clause[2]))
    least = CLAUSE_SHARE * ordered[0][0] if ordered else 0.0
    good = [clause for clause in ordered if clause[0] >= least]
    in_force = [pk for _, applies, pk in good if applies]
    return tuple(in_force or [pk for _, _, pk in good])[:MOST_CLAUSES]


def _applies(hit: Hit, on: dt.date) -> bool:
    """Whether the version of a clause applies on that day, as far as its dates are known."""
    begins, _, ends = next(iter(hit.values[SPAN]), "/").partition("/")
    day = on.isoformat()
    return begins <= day and (not ends or day < ends)
