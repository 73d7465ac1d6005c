"""Reads of policies: validity on a day, the list, and the page of one policy. Policies are public to everybody signed in."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, FilteredRelation, Q, prefetch_related_objects

from caselib.core import prepared
from caselib.core.errors import NotVisible
from caselib.core.text import document_numbers, normalise

from .models import (
    Clause,
    ClauseCounterpart,
    Level,
    Policy,
    PolicyRelation,
    PolicyVersion,
    RelationKind,
    StatusFact,
    Verified,
)
from .validity import Validity, facts_of, repeal_on, taken_out_from, validity_of


def _number_unsure(policy: Policy) -> bool:
    """Whether the number needs a mark: one that says itself that it was not found would say it twice."""
    says_so = any(words in policy.doc_number for words in ("待核", "未查到"))
    return policy.number_verified != Verified.TEXT and not says_so


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """One policy of the list. `words` is what the type-ahead looks through."""

    policy: Policy
    validity: Validity | None

    @property
    def unsure_words(self) -> str:
        """What nobody checked against the text, for the one mark of a line; empty where all was checked."""
        number = bool(self.policy.doc_number) and _number_unsure(self.policy)
        validity = self.validity is not None and not self.validity.is_verified
        return "、".join(word for word, is_unsure in (("文号", number), ("时效", validity)) if is_unsure)

    @property
    def words(self) -> str:
        return " ".join([self.policy.title, *self.policy.short_titles, self.policy.doc_number, self.policy.issuer])


@dataclass(frozen=True, slots=True)
class PolicyGroup:
    label: str
    lines: tuple[PolicyLine, ...]


def policies_for_list(*, on: dt.date, wanted: str = "") -> tuple[PolicyGroup, ...]:
    """All policies by rank, or those whose title, short title, number or issuer holds `wanted`. 3 queries."""
    policies = Policy.objects.select_related("region").prefetch_related("versions", facts_of("")).order_by("title")
    word = normalise(wanted).strip()
    numbers = document_numbers(wanted)
    groups: dict[str, list[PolicyLine]] = {level: [] for level in Level.values}
    for policy in policies:
        current = current_version(policy, list(policy.versions.all()), on=on)
        line = PolicyLine(policy, validity_of(current, on=on) if current else None)
        if word and word not in normalise(line.words) and policy.number_key not in numbers:
            continue
        groups[policy.level].append(line)
    return tuple(PolicyGroup(Level(level).label, tuple(lines)) for level, lines in groups.items() if lines)


def policy_by_code(code: str) -> Policy:
    """The bare policy. Raises NotVisible for an unknown code. 1 query."""
    policy = Policy.objects.filter(code=code).first()
    if policy is None:
        raise NotVisible()
    return policy


def validity_by_policy(policies: Sequence[Policy], *, on: dt.date) -> dict[int, Validity]:
    """The validity of the current version of each policy, by key; without those of which no version is entered. 2 queries."""
    prefetch_related_objects(policies, "versions", facts_of(""))
    current = {policy.pk: current_version(policy, list(policy.versions.all()), on=on) for policy in policies}
    return {pk: validity_of(version, on=on) for pk, version in current.items() if version}


@dataclass(frozen=True, slots=True)
class VersionMark:
    """A version on the timeline. `when` is the day from which it applies, None where that is not known."""

    version: PolicyVersion
    validity: Validity
    is_shown: bool
    is_current: bool
    is_future: bool

    @property
    def is_unsure(self) -> bool:
        return self.version.verified != Verified.TEXT


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A clause elsewhere that says the same thing; `word` tells which of two versions is older.

    `is_local`: it holds in a part of the region alone, and there in place of this one.
    """

    clause: Clause
    word: str
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """`repeal`: that it has lost its force, or will, and from when; None for one that has not."""

    clause: Clause
    counterparts: tuple[Counterpart, ...]
    repeal: Validity | None = None

    @property
    def is_unsure(self) -> bool:
        return self.clause.verified != Verified.TEXT


@dataclass(frozen=True, slots=True)
class RelatedPolicy:
    """Another document and what it is to this one. `conditions`: of 不符合时可考虑, when to look at it."""

    policy: Policy
    words: str
    conditions: str = ""


@dataclass(frozen=True, slots=True)
class RelatedPolicies:
    """By what the page does with them: `instead` for who does not fit here, `local` for who stands in that region."""

    others: tuple[RelatedPolicy, ...]
    instead: tuple[RelatedPolicy, ...]
    local: tuple[RelatedPolicy, ...]


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """Everything that the page of a policy says about the policy itself; `shown` is None where no version is entered."""

    policy: Policy
    shown: PolicyVersion | None
    validity: Validity | None
    timeline: tuple[VersionMark, ...]
    clauses: tuple[ClauseLine, ...]
    related: RelatedPolicies

    @property
    def status_facts(self) -> tuple[StatusFact, ...]:
        """What was confirmed about its force and stands, the earliest first. No query: they are loaded."""
        return tuple(self.policy.status_facts.all())

    @property
    def unsure(self) -> frozenset[str]:
        """Which of title, number, dates and status nobody checked against the text."""
        facts = ("title", "dates", "status")
        found = {fact for fact in facts if getattr(self.policy, f"{fact}_verified") != Verified.TEXT}
        return frozenset(found | {"number"} if _number_unsure(self.policy) else found)


def policy_for_page(code: str, *, version: str = "", on: dt.date) -> PolicyPage:
    """The policy with one of its versions: `version` is a position counted from 1, or a label; anything else is the current one.

    Raises NotVisible for an unknown code. 4 queries for any number of clauses, 2 without any version.
    """
    policy, versions = _with_versions(code)
    current = current_version(policy, versions, on=on)
    shown = _wanted(versions, version) or current
    timeline = tuple(
        VersionMark(row, validity_of(row, on=on), row == shown, row == current, row.begins_after(on))
        for row in versions
    )
    return PolicyPage(
        policy=policy,
        shown=shown,
        validity=validity_of(shown, on=on) if shown else None,
        timeline=timeline,
        clauses=_clause_lines(shown, on=on) if shown else (),
        related=_related(policy),
    )


def _with_versions(code: str) -> tuple[Policy, list[PolicyVersion]]:
    """The policy with its region and standing facts loaded, and its versions in their order. Raises NotVisible. 1 query.

    Both lists in one query: a document has a handful of versions and of facts, and each page of it asks for both.
    """
    standing = Q(status_facts__withdrawn_at=None)
    rows = list(
        Policy.objects.filter(code=code)
        .annotate(
            one_version=FilteredRelation("versions"), one_fact=FilteredRelation("status_facts", condition=standing)
        )
        .select_related("region", "one_version", "one_fact")
        .order_by("one_version__position", F("one_fact__from_on").asc(nulls_first=True), "one_fact__pk")
    )
    if not rows:
        raise NotVisible()
    policy = rows[0]
    # A row without one has no such attribute.
    versions, facts = (
        {getattr(row, name).pk: getattr(row, name) for row in rows if hasattr(row, name)}
        for name in ("one_version", "one_fact")
    )
    for of_policy in (*versions.values(), *facts.values()):
        of_policy.policy = policy
    prepared.remember(policy, "status_facts", list(facts.values()))
    return policy, list(versions.values())


def current_version(policy: Policy, versions: list[PolicyVersion], *, on: dt.date) -> PolicyVersion | None:
    """The version that applies; failing that, the last that is known to have begun; failing that, the last one."""
    for version in versions:
        version.policy = policy
    applied = [version for version in versions if version.applied_on(on)]
    begun = [version for version in versions if not version.begins_after(on)]
    return (applied or begun or versions or [None])[-1]


def _wanted(versions: list[PolicyVersion], wanted: str) -> PolicyVersion | None:
    position = int(wanted) - 1 if wanted.isascii() and wanted.isdigit() and len(wanted) < 4 else None
    fits = [version for version in versions if version.position == position or version.label == wanted]
    return fits[0] if fits else None


def _clause_lines(version: PolicyVersion, *, on: dt.date) -> tuple[ClauseLine, ...]:
    taken_out = taken_out_from("stable_key", version="version__effective_from")
    clauses = list(version.clauses.annotate(repealed_from=taken_out))
    links: dict[int, list[Counterpart]] = {clause.pk: [] for clause in clauses}
    found = ClauseCounterpart.objects.filter(Q(clause__version=version) | Q(other__version=version)).select_related(
        "clause__version__policy__region", "other__version__policy__region"
    )
    for link in found:
        for here, there in ((link.clause, link.other), (link.other, link.clause)):
            # Two rows may link the same pair, one from each side.
            if here.version_id == version.pk and all(other.clause != there for other in links[here.pk]):
                links[here.pk].append(_counterpart(version, there))
    return tuple(
        ClauseLine(
            clause,
            tuple(sorted(links[clause.pk], key=lambda found: found.is_local)),
            repeal_on(clause.repealed_from, on=on),
        )
        for clause in clauses
    )


def _counterpart(here: PolicyVersion, there: Clause) -> Counterpart:
    region = there.version.policy.region
    if here.policy.region_id in region.ancestor_ids[:-1]:
        return Counterpart(there, f"{region.name}另有规定", is_local=True)
    return Counterpart(there, _age_word(here, there.version))


def _age_word(here: PolicyVersion, there: PolicyVersion) -> str:
    """How a clause elsewhere stands to this one: dates alone do not tell that one document took the place of another."""
    if here.policy_id != there.policy_id or not (here.effective_from and there.effective_from):
        return "对应条款"
    if here.effective_from == there.effective_from:
        return "对应条款"
    return "新规定" if there.effective_from > here.effective_from else "原规定"


def _related(policy: Policy) -> RelatedPolicies:
    """What other documents are to this one, and what this one is to others; one line for each document of a kind."""
    words: dict[RelationKind, dict[Policy, list[str]]] = defaultdict(lambda: defaultdict(list))
    conditions: dict[Policy, str] = {}
    links = PolicyRelation.objects.filter(Q(policy=policy) | Q(other=policy)).select_related("policy", "other__region")
    for link in links.order_by("pk"):
        if link.policy_id != policy.pk:
            words[RelationKind.RELATED][link.policy].append(f"本件是它的{link.relation}")
            continue
        words[_PLACES.get(link.kind, RelationKind.RELATED)][link.other].append(link.relation)
        if link.kind == RelationKind.ALTERNATIVE and link.conditions:
            conditions.setdefault(link.other, link.conditions)
    lines = {
        kind: tuple(
            RelatedPolicy(
                other,
                "；".join(dict.fromkeys(said)),
                conditions.get(other, "") if kind == RelationKind.ALTERNATIVE else "",
            )
            for other, said in found.items()
        )
        for kind, found in words.items()
    }
    return RelatedPolicies(
        others=lines.get(RelationKind.RELATED, ()),
        instead=lines.get(RelationKind.ALTERNATIVE, ()),
        local=lines.get(RelationKind.LOCAL, ()),
    )


# What has a place of its own on the page; every other kind is one of the related documents.
_PLACES = {kind.value: kind for kind in (RelationKind.ALTERNATIVE, RelationKind.LOCAL)}


def clause_at(code: str) -> Clause:
    """The clause with its version and policy. Raises NotVisible for an unknown code. 1 query."""
    found = Clause.objects.select_related("version__policy").filter(code=code).first()
    if found is None:
        raise NotVisible()
    return found


def policy_at(code: str) -> Policy:
    """The policy. Raises NotVisible for an unknown code. 1 query."""
    found = Policy.objects.select_related("region").filter(code=code).first()
    if found is None:
        raise NotVisible()
    return found


def status_fact_at(code: str, pk: int) -> StatusFact:
    """A fact of the policy with that code, withdrawn or not. Raises NotVisible. 1 query."""
    found = StatusFact.objects.select_related("policy__region").filter(policy__code=code, pk=pk).first()
    if found is None:
        raise NotVisible()
    return found
