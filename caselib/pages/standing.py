"""What the page of a policy's dated facts shows, and the form for another one."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from caselib.orgs.scope import ViewerScope
from caselib.policies.desk import policies_matching, status_facts_for
from caselib.policies.models import Policy, PolicyRelation, PolicyStatus, RelationKind, StatusFact, Verified
from caselib.policies.status_entry import ReadStatus, digest_of
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
class Check:
    """How far one fact of the policy was checked. `seen`: what is stored; `options`: with what was chosen."""

    name: str
    label: str
    value: str
    seen: str
    options: tuple[Choice, ...]


_CHECKS = (("title_verified", "标题"), ("number_verified", "文号"), ("dates_verified", "日期"))


def _checks(policy: Policy, chosen: Mapping[str, str]) -> tuple[Check, ...]:
    issued = f"{policy.issued_on:%Y-%m-%d} 公布" if policy.issued_on else "没有写公布日期"
    values = (policy.title, policy.doc_number or "没有文号", issued)
    return tuple(
        Check(name, label, value, stored, choices(Verified.choices, chosen.get(name, stored)))
        for (name, label), value in zip(_CHECKS, values, strict=True)
        for stored in [getattr(policy, name)]
    )


@dataclass(frozen=True, slots=True)
class StatusScreen:
    """`impact`: what the fact that is about to be saved touches, where it takes force away. `wrong`: of a withdrawal.

    `checks`, `official_url`: of title, number and dates; `unchecked`: what is wrong with them, by field.
    """

    policy: Policy
    rows: tuple[FactRow, ...]
    typed: Mapping[str, str]
    statuses: tuple[Choice, ...]
    verified: tuple[Choice, ...]
    errors: Mapping[str, str] = field(default_factory=dict)
    impact: Impact | None = None
    wrong: Mapping[str, object] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    official_url: str = ""
    unchecked: Mapping[str, str] = field(default_factory=dict)

    @property
    def seen(self) -> str:
        """What the form brings back with 确认保存: for which facts the impact was shown."""
        return digest_of(self.typed)


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
    chosen: Mapping[str, str] | None = None,
    unchecked: Mapping[str, str] | None = None,
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
        checks=_checks(policy, chosen or {}),
        official_url=(chosen or {}).get("official_url", policy.official_url),
        unchecked=unchecked or {},
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
