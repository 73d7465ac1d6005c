"""Writes of policies, their versions and clauses. Each is atomic and leaves one audit event."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import masked, record
from caselib.core.errors import RuleBroken
from caselib.core.marks import mark_vocabulary
from caselib.core.text import document_numbers
from caselib.orgs.models import Region

from .marks import mark_policy
from .models import Clause, ClauseCounterpart, Policy, PolicyRelation, PolicyStatus, PolicyVersion, RelationKind
from .standing import StatusFacts, status_fact_confirm


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFacts:
    """What is known of a policy as a whole. The four `*_verified` fields hold values of models.Verified."""

    title: str
    level: str
    region: Region
    short_titles: tuple[str, ...] = ()
    doc_number: str = ""
    issuer: str = ""
    issued_on: dt.date | None = None
    status: str = "unknown"
    status_source: str = ""
    status_as_of: dt.date | None = None
    official_url: str = ""
    title_verified: str = "memory"
    number_verified: str = "memory"
    dates_verified: str = "memory"
    status_verified: str = "memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFacts:
    """One version. `effective_to` is the first day on which it no longer applies."""

    label: str
    title: str = ""
    doc_number: str = ""
    issuer: str = ""
    issued_on: dt.date | None = None
    effective_from: dt.date | None = None
    effective_to: dt.date | None = None
    changed_by: str = ""
    note: str = ""
    verified: str = "memory"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseFacts:
    """One clause; `ref` is 条/款/项 in figures, or empty. `stable_key`: of the clause that it carries on, empty for a new one."""

    label: str
    ref: str = ""
    stable_key: str = ""
    gist: str = ""
    text: str = ""
    verified: str = "memory"


@transaction.atomic
def policy_create(facts: PolicyFacts, *, external_id: str | None = None, actor: Any | None) -> Policy:
    """Enters a policy.

    Raises RuleBroken when the document number already belongs to another title (number and title go as a pair).
    Marks vocabulary and policy. Writes AuditEvent policy.created.
    """
    numbers = document_numbers(facts.doc_number)
    number_key = numbers[0] if numbers else ""
    twin = _twin(facts, number_key)
    if twin is not None:
        raise RuleBroken(
            gettext("文号 {doc_number} 已属于《{title}》。核对文号和标题是不是一对。").format(
                doc_number=facts.doc_number, title=twin.title
            ),
            code="number_taken",
            field="doc_number",
        )
    values = {field.name: getattr(facts, field.name) for field in dataclasses.fields(facts)}
    policy = Policy.objects.create(
        **{**values, "short_titles": list(facts.short_titles)}, number_key=number_key, external_id=external_id
    )
    if facts.status != PolicyStatus.UNKNOWN:
        status = StatusFacts(
            status=facts.status, source=facts.status_source, as_of=facts.status_as_of, verified=facts.status_verified
        )
        status_fact_confirm(policy, status, actor=actor)
    # Its titles and its number are offered while typing; what a version adds is not.
    mark_vocabulary()
    mark_policy(policy)
    record(
        Action.POLICY_CREATED, policy, actor=actor, after=masked({"title": facts.title, "doc_number": facts.doc_number})
    )
    return policy


@transaction.atomic
def policy_version_add(
    policy: Policy, facts: VersionFacts, *, clauses: Sequence[ClauseFacts] = (), actor: Any | None
) -> PolicyVersion:
    """Adds a version with its clauses, behind those that are there.

    Raises RuleBroken when it ends before it begins, or applies on a day on which another version of the policy does, and
    for a label that another version has. Marks the policy. Writes AuditEvent
    policy.version_added.
    """
    versions = list(policy.versions.all())
    refuse_same_label(versions, facts)
    check_period(versions, facts)
    values = {field.name: getattr(facts, field.name) for field in dataclasses.fields(facts)}
    version = PolicyVersion.objects.create(policy=policy, position=len(versions), **values)
    rows = [Clause(version=version, position=at, **_clause_values(clause)) for at, clause in enumerate(clauses)]
    Clause.objects.bulk_create(rows, batch_size=500)
    mark_policy(policy)
    record(
        Action.POLICY_VERSION_ADDED, version, actor=actor, after=masked({"label": facts.label, "clauses": len(clauses)})
    )
    return version


@transaction.atomic
def clause_add(version: PolicyVersion, facts: ClauseFacts, *, actor: Any | None) -> Clause:
    """Adds one clause behind those of the version. Marks the policy. Writes AuditEvent policy.clause_added."""
    clause = _clause_create(version, facts)
    mark_policy(version.policy_id)
    record(Action.CLAUSE_ADDED, clause, actor=actor, after=masked({"label": facts.label}))
    return clause


@transaction.atomic
def clause_counterpart_set(clause: Clause, other: Clause) -> ClauseCounterpart:
    """Links two clauses that say the same thing; within one policy they come to share one stable key.

    An article that was split lives on under its key in the part that was linked first: a version never holds a key
    twice. No audit event of its own: it belongs to the version being entered.
    """
    for row in (clause, other):
        # An earlier link may have given the row another key since the caller read it.
        row.refresh_from_db(fields=["stable_key"])
    if clause.version.policy_id == other.version.policy_id and clause.stable_key != other.stable_key:
        of_policy = Clause.objects.filter(version__policy_id=clause.version.policy_id)
        ours, theirs = (of_policy.filter(stable_key=row.stable_key) for row in (clause, other))
        if not ours.filter(version__in=theirs.values("version")).exists():
            ours.update(stable_key=other.stable_key)
            clause.stable_key = other.stable_key
    link, _ = ClauseCounterpart.objects.get_or_create(clause=clause, other=other)
    return link


@transaction.atomic
def policy_relate(
    policy: Policy,
    other: Policy,
    *,
    relation: str,
    kind: str = RelationKind.RELATED,
    conditions: str = "",
    actor: Any | None,
) -> PolicyRelation:
    """Notes what `other` is to `policy`; a second time changes nothing. Writes AuditEvent policy.related.

    `conditions`: when somebody who does not fit `policy` should look at `other`. Raises RuleBroken for an alternative
    that does not say when.
    """
    if kind == RelationKind.ALTERNATIVE and not conditions.strip():
        raise RuleBroken(gettext("写明什么情况下可以考虑它，再保存。"), code="required", field="conditions")
    link, created = PolicyRelation.objects.get_or_create(
        policy=policy, other=other, relation=relation, defaults={"kind": kind, "conditions": conditions.strip()}
    )
    if created:
        record(Action.POLICY_RELATED, link, actor=actor, after={"relation": relation, "kind": kind})
    return link


def _twin(facts: PolicyFacts, number_key: str) -> Policy | None:
    """The policy to which the number belongs already.

    Orders of the president (主席令) count from 1 again with each congress, announcements (公告) in each agency: the
    same number is another one there if the year, or the issuer, is another.
    """
    for other in Policy.objects.filter(number_key=number_key) if number_key else ():
        dated = facts.issued_on is not None and other.issued_on is not None
        if number_key.startswith("主席令") and dated and facts.issued_on.year != other.issued_on.year:
            continue
        if number_key.startswith("公告") and facts.issuer != other.issuer:
            continue
        return other
    return None


def clauses_carried_on(pairs: Sequence[tuple[Clause, Clause]]) -> None:
    """Links clauses of a version with those of the next that carry them on, under one stable key already.

    The same as `clause_counterpart_set` for each pair, in one query for each 500: a law has up to 2,000.
    """
    links = [ClauseCounterpart(clause=before, other=after) for before, after in pairs]
    ClauseCounterpart.objects.bulk_create(links, batch_size=500, ignore_conflicts=True)


def _clause_create(version: PolicyVersion, facts: ClauseFacts) -> Clause:
    return Clause.objects.create(version=version, position=version.clauses.count(), **_clause_values(facts))


def _clause_values(facts: ClauseFacts) -> dict[str, Any]:
    values = {field.name: getattr(facts, field.name) for field in dataclasses.fields(facts)}
    return {name: value for name, value in values.items() if value or name != "stable_key"}


def refuse_same_label(versions: Sequence[PolicyVersion], facts: VersionFacts) -> None:
    """Raises RuleBroken for a label that one of the versions has."""
    if any(version.label == facts.label for version in versions):
        raise RuleBroken(
            gettext("库里已有“{label}”这一版，没有再录一份。改个版本名称，或打开政策页看一看。").format(
                label=facts.label
            ),
            code="label_taken",
            field="label",
        )


def check_period(versions: Sequence[PolicyVersion], facts: VersionFacts) -> None:
    """Raises RuleBroken for a time that ends before it begins, or shares a day with that of one of the versions."""
    start, end = facts.effective_from, facts.effective_to
    if start and end and end <= start:
        raise RuleBroken(
            gettext("“{label}”的截止日早于施行日。核对两个日期。").format(label=facts.label),
            code="ends_before_start",
            field="effective_to",
        )
    for other in versions:
        if start is None or other.effective_from is None:
            continue
        begins_before_other_ends = other.effective_to is None or start < other.effective_to
        ends_after_other_begins = end is None or end > other.effective_from
        if begins_before_other_ends and ends_after_other_begins:
            if end is None and start < other.effective_from:
                raise RuleBroken(
                    gettext(
                        "“{label}”与“{label2}”的施行时间重叠：后者从 {effective_from:%Y-%m-%d} 起。写明这一版用到哪一天。"
                    ).format(label=facts.label, label2=other.label, effective_from=other.effective_from),
                    code="versions_overlap",
                    field="effective_from",
                )
            raise RuleBroken(
                gettext("“{label}”与“{label2}”的施行时间重叠。先写明前一版的截止日。").format(
                    label=facts.label, label2=other.label
                ),
                code="versions_overlap",
                field="effective_from",
            )
