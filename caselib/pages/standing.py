"""What the page of a policy's dated facts shows, and the form for another one."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from caselib.orgs.scope import ViewerScope
from caselib.policies.desk import policies_matching, status_facts_for
from caselib.policies.models import Policy, PolicyRelation, PolicyStatus, RelationKind, StatusFact, Verified
from caselib.policies.status_entry import ReadStatus
from caselib.policies.validity import fact_on
from caselib.precedents.entering import impact_of_fact
from caselib.precedents.impact import Impact

from .entering import Choice, choices

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class FactRow:
    """`decides`: whether this is the fact that holds today."""

    fact: StatusFact
    clauses: tuple[str, ...]
    decides: bool


@dataclass(frozen=True, slots=True)
class StatusScreen:
    """`impact`: what the fact that is about to be saved touches, where it takes force away. `wrong`: of a withdrawal."""

    policy: Policy
    rows: tuple[FactRow, ...]
    typed: Mapping[str, str]
    statuses: tuple[Choice, ...]
    verified: tuple[Choice, ...]
    errors: Mapping[str, str] = field(default_factory=dict)
    impact: Impact | None = None
    wrong: Mapping[str, object] = field(default_factory=dict)


def status_screen(
    policy: Policy,
    typed: Mapping[str, str],
    *,
    read: ReadStatus | None = None,
    errors: Mapping[str, str] | None = None,
    scope: ViewerScope,
    asks: bool = False,
    page: object = 1,
    wrong: Mapping[str, object] | None = None,
    on: dt.date,
) -> StatusScreen:
    """The facts of a policy with the form. 3 queries, 6 more with the impact (`asks`)."""
    facts = status_facts_for(policy)
    deciding = fact_on(facts, on=on)
    impact = None
    if asks and read and read.facts:
        impact = impact_of_fact(policy, read.facts.clauses, scope=scope, page=page, on=on)
    return StatusScreen(
        policy=policy,
        rows=tuple(
            FactRow(fact, tuple(clause.label for clause in fact.clauses.all()), fact == deciding) for fact in facts
        ),
        typed=typed,
        statuses=choices(PolicyStatus.choices, typed["status"]),
        verified=choices(Verified.choices, typed["verified"] or Verified.MEMORY),
        errors=errors if errors is not None else read.errors if read else {},
        impact=impact,
        wrong=wrong or {},
    )


@dataclass(frozen=True, slots=True)
class RelationsScreen:
    policy: Policy
    links: tuple[PolicyRelation, ...]
    found: tuple[Policy, ...]
    has_more: bool
    wanted: str
    kinds: tuple[Choice, ...]
    chosen: str = ""
    words: str = ""
    conditions: str = ""
    error: str = ""
    error_field: str = ""


def relations_screen(
    policy: Policy, *, wanted: str, typed: Mapping[str, str], error: str = "", error_field: str = ""
) -> RelationsScreen:
    """What a policy is related to, and what the search for another one found. 2 to 3 queries."""
    links = PolicyRelation.objects.filter(policy=policy).select_related("other").order_by("kind", "pk")
    found = ()
    if wanted.strip():
        found = tuple(policies_matching(wanted).exclude(pk=policy.pk).order_by("title", "pk")[: MOST_FOUND + 1])
    return RelationsScreen(
        policy=policy,
        links=tuple(links),
        found=found[:MOST_FOUND],
        has_more=len(found) > MOST_FOUND,
        wanted=wanted,
        kinds=choices(RelationKind.choices, typed.get("kind", "") or RelationKind.RELATED),
        chosen=typed.get("other", ""),
        words=typed.get("relation", ""),
        conditions=typed.get("conditions", ""),
        error=error,
        error_field=error_field,
    )
