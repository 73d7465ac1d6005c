"""What a change of a policy touches: seen before it is saved, and made tasks of the owners when it is.

A change is a new version that takes the place of another, or a fact that takes force away. Writes go through here, not
through `policies` directly, so that no change is saved without reaching the precedents that rely on it.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Case, Q, QuerySet, Value, When
from django.utils.translation import gettext

from caselib.core.errors import RuleBroken
from caselib.core.marks import mark_dirty
from caselib.core.paging import PageInfo, page_info
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.policies.models import Clause, Policy, PolicyStatus, PolicyVersion, StatusFact
from caselib.policies.services import ClauseFacts, VersionFacts, clauses_carried_on, policy_version_add
from caselib.policies.standing import StatusFacts, policy_version_close, status_fact_confirm, status_fact_withdraw

from .keeping import Point, points_open
from .models import Citation, DoubtKind, Precedent
from .selectors import PrecedentRow, rows_of
from .services import TOPIC
from .troubled import CARRYING
from .visibility import FINDABLE

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Touched:
    """A precedent that a change touches. `labels`: the clauses that it relies on; `script`: whether it has a 口径 to check."""

    row: PrecedentRow
    labels: tuple[str, ...]
    script: str


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change touches, as far as the viewer may see it. `by_clause`: number of precedents by stable key of the
    clause, under None those that rely on a document as a whole.

    `departments`: (name, how many), most first. `total` counts all pages.
    """

    touched: tuple[Touched, ...]
    total: int
    departments: tuple[tuple[str, int], ...]
    by_clause: Mapping[str | None, int]
    scripts: int
    page: PageInfo


def impact_of(
    versions: Sequence[PolicyVersion],
    *,
    clauses: Sequence[Clause] | None = None,
    with_whole: bool = False,
    scope: ViewerScope,
    page: object = 1,
    on: dt.date,
) -> Impact:
    """The findable precedents of the viewer that carry on these versions, most used first; of these clauses alone if given.

    `with_whole`: beside these clauses, also those that rely on the document as a whole. 3 queries for any number of
    precedents; rows are read for one page.
    """
    labels: dict[int, list[str]] = defaultdict(list)
    departments: dict[int, str] = {}
    scripts: set[int] = set()
    by_clause: dict[str | None, set[int]] = defaultdict(set)
    for pk, key, label, department, has_script in _relying(versions, clauses, scope, with_whole=with_whole):
        labels[pk].append(label or "整份文件")
        departments[pk] = department
        by_clause[key].add(pk)
        if has_script:
            scripts.add(pk)
    info = page_info(page, total=len(labels), per_page=PER_PAGE)
    keys = list(labels)[info.offset : info.offset + PER_PAGE]
    rows = {row.precedent.pk: row for row in rows_of(Precedent.objects.filter(pk__in=keys), scope, on=on)}
    return Impact(
        touched=tuple(
            Touched(rows[pk], tuple(dict.fromkeys(labels[pk])), rows[pk].revision.script) for pk in keys if pk in rows
        ),
        total=len(labels),
        departments=tuple(Counter(departments.values()).most_common()),
        by_clause={key: len(found) for key, found in by_clause.items()},
        scripts=len(scripts),
        page=info,
    )


def _relying(
    versions: Sequence[PolicyVersion], clauses: Sequence[Clause] | None, scope: ViewerScope, *, with_whole: bool
) -> QuerySet:
    """(precedent, stable key of the clause, its label, owning department, whether there is a 口径) of each citation, most used first.

    From the precedent to its citations: the other way round SQLite reads the library once for each citation.
    """
    clause = "live_revision__citations__clause"
    cited = Q(live_revision__citations__version__in=versions, live_revision__citations__relation__in=CARRYING)
    if clauses is not None:
        chosen = Q(**{f"{clause}__in": [each.pk for each in clauses]})
        cited &= chosen | Q(**{f"{clause}__isnull": True}) if with_whole else chosen
    has_script = Case(When(live_revision__script="", then=Value(False)), default=Value(True))
    # One filter: conditions of a second one would be about other citations of the same text.
    rows = Precedent.objects.visible_to(scope).filter(cited, status__in=FINDABLE).annotate(has_script=has_script)
    columns = ("pk", f"{clause}__stable_key", f"{clause}__label", "owner_department__name", "has_script")
    return rows.order_by("-reuse_count", "pk", "live_revision__citations__position").values_list(*columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """A version to enter. `clauses` in their order; `follows`: place in `clauses` to the old clause that it carries on."""

    facts: VersionFacts
    clauses: tuple[ClauseFacts, ...]
    follows: Mapping[int, Clause]


def current_version(policy: Policy, *, before: dt.date | None) -> PolicyVersion | None:
    """The version that a new one takes the place of: the one that applies on the day before it begins. 1 query."""
    if before is None:
        return None
    return policy.versions.in_force(on=before - dt.timedelta(days=1)).order_by("position").last()


def versions_up_to(version: PolicyVersion) -> list[PolicyVersion]:
    """A version and those before it: a precedent may cite an older text and have been checked against this one. 1 query."""
    return list(PolicyVersion.objects.filter(policy=version.policy_id, effective_from__lte=version.effective_from))


@transaction.atomic
def version_enter(
    policy: Policy, new: NewVersion, *, actor: User | None, now: dt.datetime | None = None
) -> PolicyVersion:
    """Saves a new version: ends the one before on the day it begins, follows the clauses, opens the tasks of the owners.

    Raises RuleBroken as `policy_version_add` does, and for a clause that two new ones claim to carry on. Writes
    PolicyVersion, Clause, AuditEvents, Doubt for each precedent whose clause changed or vanished; marks the index dirty.
    """
    Policy.objects.select_for_update().get(pk=policy.pk)
    _refuse_claimed_twice(new.follows)
    old = current_version(policy, before=new.facts.effective_from)
    if old is not None and old.effective_to is None:
        policy_version_close(old, on=new.facts.effective_from, actor=actor)
    keys = [new.follows[at].stable_key if at in new.follows else "" for at in range(len(new.clauses))]
    clauses = [
        ClauseFacts(
            label=each.label, ref=each.ref, gist=each.gist, text=each.text, verified=each.verified, stable_key=key
        )
        for each, key in zip(new.clauses, keys, strict=True)
    ]
    version = policy_version_add(policy, new.facts, clauses=clauses, actor=actor)
    stored = list(version.clauses.order_by("position"))
    clauses_carried_on([(before, stored[at]) for at, before in new.follows.items()])
    if old is not None:
        points_open(_points_of_version(old, version), actor=actor, now=now)
    _mark_citing(policy)
    return version


@transaction.atomic
def fact_enter(policy: Policy, facts: StatusFacts, *, actor: User | None, now: dt.datetime | None = None) -> StatusFact:
    """Saves what holds from a day on, and opens the tasks of the owners where it takes force away.

    Raises RuleBroken as `status_fact_confirm` does. Writes StatusFact, AuditEvents, Doubt; marks the index dirty.
    """
    fact = status_fact_confirm(policy, facts, actor=actor, now=now)
    if facts.status not in (PolicyStatus.IN_FORCE, PolicyStatus.UNKNOWN, PolicyStatus.NOT_YET, PolicyStatus.AMENDED):
        points_open(_points_of_fact(policy, fact, facts.clauses), actor=actor, now=now)
    _mark_citing(policy)
    return fact


@transaction.atomic
def fact_withdraw(fact: StatusFact, *, reason: str, actor: User | None, now: dt.datetime | None = None) -> StatusFact:
    """Takes back a fact that was wrong. The tasks that it opened stay: somebody may have found something else by now.

    Raises and writes as `status_fact_withdraw` does; marks the index dirty.
    """
    fact = status_fact_withdraw(fact, reason=reason, actor=actor, now=now)
    _mark_citing(fact.policy)
    return fact


def _refuse_claimed_twice(follows: Mapping[int, Clause]) -> None:
    claimed = Counter(clause.stable_key for clause in follows.values())
    twice = next((clause for clause in follows.values() if claimed[clause.stable_key] > 1), None)
    if twice is not None:
        raise RuleBroken(
            gettext("有两条都写了承接{label}。只能有一条承接它，另一条按新增条款处理。").format(label=twice.label),
            code="followed_twice",
            field="follows",
        )


def _carrying(versions: Sequence[PolicyVersion]) -> QuerySet[Citation]:
    """The citations of live texts that carry a precedent on these versions."""
    return Citation.objects.filter(version__in=versions, relation__in=CARRYING, revision__live_for__isnull=False)


def _points_of_version(old: PolicyVersion, new: PolicyVersion) -> dict[int, list[Point]]:
    """What is to be checked because of a new version, by precedent; nothing where the rule lives on word for word."""
    following = {clause.stable_key: clause for clause in new.clauses.all()}
    since = new.effective_from
    points: dict[int, list[Point]] = defaultdict(list)
    cited = _carrying(versions_up_to(old)).filter(revision__live_for__status__in=FINDABLE)
    for citation in cited.select_related("clause", "revision__live_for", "version__policy"):
        before = citation.clause
        after = following.get(before.stable_key) if before else None
        if before and after and before.text and before.text == after.text:
            continue
        label = before.label if before else citation.locator
        where = _became(before, after)
        reason = f"{since:%Y-%m-%d} 起，所引{citation.version}{label}{where}，对照“{new.label}”复核。"
        points[citation.revision.live_for.pk].append(
            Point(
                reason=reason,
                kind=DoubtKind.POLICY,
                citation=citation,
                old_clause=before,
                new_clause=after,
                from_on=since,
            )
        )
    return points


def _became(before: Clause | None, after: Clause | None) -> str:
    """What a new version did to a clause, as the middle of a sentence; without `before` the whole document was relied on."""
    if before is None:
        return "有新的文本"
    if after is None:
        return "没有对应的条款"
    return "有改动" if before.label == after.label else f"改为{after.label}"


def _points_of_fact(policy: Policy, fact: StatusFact, clauses: Sequence[Clause]) -> dict[int, list[Point]]:
    """What is to be checked because a document or some of its clauses lost their force, by precedent."""
    keys = {clause.stable_key for clause in clauses}
    since = f"{fact.from_on:%Y-%m-%d} 起" if fact.from_on else ""
    points: dict[int, list[Point]] = defaultdict(list)
    cited = _carrying(list(policy.versions.all())).filter(revision__live_for__status__in=FINDABLE)
    for citation in cited.select_related("clause", "revision__live_for", "version__policy"):
        if keys and (citation.clause is None or citation.clause.stable_key not in keys):
            continue
        label = citation.clause.label if citation.clause else citation.locator
        by = f"（{fact.other or fact.by_note}）" if fact.other or fact.by_note else ""
        word = fact.get_status_display() if not keys else "失效" if fact.from_on else "已失效"
        reason = f"所引{citation.version}{label}{since}{word}{by}，要复核还能不能照用。"
        points[citation.revision.live_for.pk].append(
            Point(
                reason=reason[:500],
                kind=DoubtKind.POLICY,
                citation=citation,
                old_clause=citation.clause,
                from_on=fact.from_on,
            )
        )
    return points


def _mark_citing(policy: Policy) -> None:
    """What is indexed with a precedent about its policies may be another now."""
    cited = Citation.objects.filter(version__policy=policy, revision__live_for__isnull=False).order_by()
    mark_dirty(TOPIC, list(cited.values_list("revision__live_for", flat=True).distinct()))


def marked_citing(policies: Sequence[int]) -> None:
    """The same for the night, when a dated fact begins. Call it in a transaction."""
    for policy in Policy.objects.filter(pk__in=policies):
        _mark_citing(policy)
