"""Policies as the page of results shows them. What the index proposes, the database decides and dates."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

from django.db.models import Prefetch, Q

from caselib.orgs.models import NATION
from caselib.orgs.scope import ViewerScope
from caselib.policies.models import Clause, Policy, PolicyVersion
from caselib.policies.selectors import current_version
from caselib.policies.validity import Validity, facts_of, validity_of
from caselib.precedents.place import Place, place_of
from caselib.precedents.relying import relying_counts
from caselib.search.exact import article_steps
from caselib.search.snippets import Part, cover_all, snippet
from caselib.search.understanding import article_words

from .asking import PolicyQuestion
from .grouping import MOST_CLAUSES, Ranked

# As long as two or three lines: a clause is read here, not only recognised.
CLAUSE_WIDTH = 120


@dataclass(frozen=True, slots=True)
class OtherVersion:
    """The same article in another version. `word` tells which is older."""

    clause: Clause
    version: PolicyVersion
    word: str


@dataclass(frozen=True, slots=True)
class ClauseHit:
    """A clause that answers. `label` and `parts` are parts (text, whether it is marked), not escaped.

    `validity` is None in the version that applies, which is that of the row.
    """

    clause: Clause
    version: PolicyVersion
    label: tuple[Part, ...]
    parts: tuple[Part, ...]
    validity: Validity | None
    others: tuple[OtherVersion, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One policy found. `title` and `short` are parts (text, whether it is marked), not escaped.

    `version` is the one that applies, or the last; `place` None for the whole country; `relying`: how many precedents that
    the viewer may see cite it; `lacking`: articles that were asked for and are not entered.
    """

    policy: Policy
    title: tuple[Part, ...]
    short: tuple[Part, ...]
    version: PolicyVersion | None
    validity: Validity | None
    place: Place | None
    clauses: tuple[ClauseHit, ...]
    relying: int
    score: float
    lacking: tuple[str, ...] = ()

    @property
    def lacking_words(self) -> tuple[str, ...]:
        """第33条第2款, as it is said."""
        return tuple(map(article_words, self.lacking))


@dataclass(frozen=True, slots=True)
class _View:
    """What is asked, on which day, by whom."""

    asked: PolicyQuestion
    on: dt.date
    scope: ViewerScope


def rows_of(
    found: Sequence[Ranked],
    *,
    scope: ViewerScope,
    asked: PolicyQuestion,
    on: dt.date,
) -> tuple[PolicyRow, ...]:
    """The rows of these policies in their order. 6 queries for any number, 8 where articles are named.

    Of a policy of which the question names articles these are shown instead of the clauses that the words found.
    """
    if not found:
        return ()
    policies = _policies([each.code for each in found])
    articles = asked.articles
    loose = articles.get("", ())
    pinned = _pinned({code: articles.get(code, loose) for code in policies}, policies)
    wanted = [pk for each in found if each.code not in articles for pk in each.clauses]
    clauses = Clause.objects.order_by().in_bulk(wanted) if wanted else {}
    newer = _newer(clauses.values(), policies.values(), on=on)
    relying = relying_counts([policy.pk for policy in policies.values()], scope)
    view = _View(asked, on, scope)
    rows = []
    for each in found:
        if (policy := policies.get(each.code)) is None:
            continue
        hits = _pinned_hits(policy, pinned.get(policy.pk, ()), articles.get(each.code, loose), view)
        if not hits and each.code not in articles:
            hits = _found_hits(policy, [clauses[pk] for pk in each.clauses if pk in clauses], newer, view)
        rows.append(_row(policy, hits, view, relying=relying.get(policy.pk, 0), score=each.score))
    return tuple(rows)


def _policies(codes: Sequence[str]) -> dict[str, Policy]:
    """By code, with what their versions and their validity need. 3 queries."""
    # The order of a version's own kind goes by the title of its policy: a join, and twice the work of composing.
    versions = Prefetch("versions", queryset=PolicyVersion.objects.order_by("position"))
    query = Policy.objects.filter(code__in=codes).select_related("region").order_by()
    return {policy.code: policy for policy in query.prefetch_related(versions, facts_of(""))}


def _row(policy: Policy, hits: tuple[ClauseHit, ...], view: _View, *, relying: int, score: float) -> PolicyRow:
    version = _current(policy, view.on)
    names = (policy.title, policy.short_titles[0] if policy.short_titles else "")
    title, short = cover_all(names, view.asked.question.marks)
    articles = view.asked.articles.get(policy.code, ())
    shown = {hit.clause.ref for hit in hits}
    return PolicyRow(
        policy=policy,
        title=tuple(title.parts()),
        short=tuple(short.parts()),
        version=version,
        validity=validity_of(version, on=view.on) if version else None,
        place=_place(policy, view.scope),
        clauses=hits,
        relying=relying,
        score=score,
        lacking=tuple(article for article in articles if not shown.intersection(article_steps(article))),
    )


def _found_hits(
    policy: Policy, clauses: Iterable[Clause], newer: Mapping[str, Clause], view: _View
) -> tuple[ClauseHit, ...]:
    """The clauses that hold a word of the question beside the policy's own name; `newer` by stable key of the clause."""
    names = policy.title + "".join(policy.short_titles)
    marks = [mark for mark in view.asked.clause_marks if mark not in names] or view.asked.clause_marks
    hits = (
        _hit(policy, clause, marks, on=view.on, others=filter(None, [newer.get(clause.stable_key)]))
        for clause in clauses
    )
    return tuple(hit for hit in hits if any(is_match for _, is_match in hit.parts))


def _pinned_hits(
    policy: Policy, clauses: Sequence[Clause], articles: Sequence[str], view: _View
) -> tuple[ClauseHit, ...]:
    """The articles that were asked for, each in the version in force where that has it, with the other versions named."""
    versions = {version.pk: version for version in policy.versions.all()}
    hits = []
    for article in articles:
        steps = list(article_steps(article))
        same = [clause for clause in clauses if clause.ref in steps]
        if not same:
            continue
        # The item where it is entered, else the paragraph or the article that holds it.
        deepest = max(same, key=lambda clause: (_standing(versions[clause.version_id], view.on), len(clause.ref)))
        others = [
            clause
            for clause in clauses
            if clause.version_id != deepest.version_id
            and (clause.ref == deepest.ref or clause.stable_key == deepest.stable_key)
        ]
        hits.append(_hit(policy, deepest, view.asked.clause_marks, on=view.on, others=others))
    return tuple(hits)[:MOST_CLAUSES]


def _pinned(articles: Mapping[str, Sequence[str]], policies: Mapping[str, Policy]) -> Mapping[int, list[Clause]]:
    """The clauses of the named articles in all versions, and what they are called elsewhere, by policy. 0 or 2 queries."""
    by_refs: dict[frozenset[str], list[int]] = {}
    for code, found in articles.items():
        refs = frozenset(step for article in found for step in article_steps(article))
        by_refs.setdefault(refs, []).append(policies[code].pk)
    by_refs.pop(frozenset(), None)
    if not by_refs:
        return {}
    of_articles = reduce(or_, (Q(version__policy__in=pks, ref__in=refs) for refs, pks in by_refs.items()))
    named = list(Clause.objects.filter(of_articles).select_related("version").order_by("pk"))
    keys = {clause.stable_key for clause in named}
    owners = {clause.version.policy_id for clause in named}
    elsewhere = (
        Clause.objects.filter(stable_key__in=keys, version__policy__in=owners).select_related("version").order_by("pk")
    )
    by_policy: dict[int, dict[int, Clause]] = {}
    for clause in (*named, *elsewhere):
        by_policy.setdefault(clause.version.policy_id, {})[clause.pk] = clause
    return {policy: list(found.values()) for policy, found in by_policy.items()}


def _place(policy: Policy, scope: ViewerScope) -> Place | None:
    """Where a rule holds; None for the whole country. From elsewhere it is a rule and no practice."""
    place = None if policy.region.full_name == NATION else place_of(policy.region, scope)
    return replace(place, label=f"外地规定 {place.full_name}") if place and place.is_far else place


def _newer(clauses: Iterable[Clause], policies: Iterable[Policy], *, on: dt.date) -> Mapping[str, Clause]:
    """What clauses of other versions are called in the one that applies, by stable key. 1 query, none without such."""
    current = {version.pk for policy in policies if (version := _current(policy, on))}
    keys = {clause.stable_key for clause in clauses if clause.version_id not in current}
    found = Clause.objects.filter(version__in=current, stable_key__in=keys).order_by() if keys else ()
    return {clause.stable_key: clause for clause in found}


def _current(policy: Policy, on: dt.date) -> PolicyVersion | None:
    return current_version(policy, list(policy.versions.all()), on=on)


def _standing(version: PolicyVersion, on: dt.date) -> tuple[bool, int]:
    """What comes first of several versions: the one in force, failing that the latest."""
    return version.applied_on(on), version.position


def _hit(
    policy: Policy, clause: Clause, marks: Sequence[str], *, on: dt.date, others: Iterable[Clause] = ()
) -> ClauseHit:
    versions = {version.pk: version for version in policy.versions.all()}
    version = versions[clause.version_id]
    label, text = cover_all((clause.label, clause.text or clause.gist), marks)
    return ClauseHit(
        clause=clause,
        version=version,
        label=tuple(label.parts()),
        parts=tuple(snippet([text], width=CLAUSE_WIDTH)),
        validity=None if version == _current(policy, on) else validity_of(version, on=on),
        others=tuple(
            OtherVersion(other, versions[other.version_id], _age_word(version, versions[other.version_id]))
            for other in sorted(others, key=lambda other: _nearness(other, clause, versions))
            if other.version_id in versions and other.pk != clause.pk
        ),
    )


def _nearness(other: Clause, clause: Clause, versions: Mapping[int, PolicyVersion]) -> tuple[int, bool, int]:
    """Newer versions first, and in each what carries this clause on before what only bears its number."""
    version = versions.get(other.version_id)
    return -version.position if version else 0, other.stable_key != clause.stable_key, other.position


def _age_word(here: PolicyVersion, there: PolicyVersion) -> str:
    return "新版" if there.position > here.position else "旧版"
