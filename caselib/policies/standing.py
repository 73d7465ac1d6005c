"""Writes of 时效: what a person confirms about the force of a policy from a day on. Each is atomic and audited."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.personal_data import mask
from caselib.orgs.models import User

from .marks import mark_policy
from .models import Clause, Policy, PolicyStatus, PolicyVersion, StatusFact, Verified
from .validity import fact_on

SYSTEM_NAME = "系统"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFacts:
    """One fact to confirm. `from_on`: the first day on which it holds, None where that is not known.

    `clauses`: which ones are meant, of 部分失效. `other` or `by_note`: the document that brought it about. `as_of`: the
    day of the evidence. `verified` is a value of models.Verified.
    """

    status: str
    from_on: dt.date | None = None
    clauses: tuple[Clause, ...] = ()
    other: Policy | None = None
    by_note: str = ""
    source: str = ""
    source_url: str = ""
    as_of: dt.date | None = None
    verified: str = Verified.MEMORY


@transaction.atomic
def status_fact_confirm(
    policy: Policy, facts: StatusFacts, *, actor: User | None, now: dt.datetime | None = None
) -> StatusFact:
    """Notes what holds from a day on; what was noted before stays.

    Raises RuleBroken: unknown status; 部分失效 without clauses; clauses of another policy; nothing said about the
    evidence although it is called checked; the same fact for the same day twice. Writes StatusFact, AuditEvent
    policy.status_confirmed; brings the policy's own columns up to the day.
    """
    now = now or clock.now()
    _check(policy, facts)
    # Two who enter the same change wait for each other, and the second finds the fact of the first.
    Policy.objects.select_for_update().get(pk=policy.pk)
    _refuse_twin(policy, facts)
    fact = StatusFact.objects.create(
        policy=policy,
        **{name: getattr(facts, name) for name in facts.__slots__ if name != "clauses"},
        confirmed_by=actor,
        confirmed_by_name=str(actor) if actor else SYSTEM_NAME,
        confirmed_at=now,
    )
    fact.clauses.set(facts.clauses)
    refresh(policy, on=clock.day_of(now))
    after = {"status": facts.status, "from_on": facts.from_on, "clauses": [clause.label for clause in facts.clauses]}
    record(Action.STATUS_CONFIRMED, policy, actor=actor, after={**after, "source": mask(facts.source)})
    return fact


@transaction.atomic
def status_fact_withdraw(
    fact: StatusFact, *, reason: str, actor: User | None, now: dt.datetime | None = None
) -> StatusFact:
    """Takes back a fact that was wrong; it stays to be read, with the reason.

    Raises RuleBroken without a reason, StaleState when it was taken back already. Writes AuditEvent
    policy.status_withdrawn; brings the policy's own columns up to the day.
    """
    now = now or clock.now()
    reason = reason.strip()
    if not reason:
        raise RuleBroken(gettext("撤回要写明哪里不对。这条时效没有改动。"), code="required", field="reason")
    taken = StatusFact.objects.filter(pk=fact.pk, withdrawn_at=None).update(
        withdrawn_at=now, withdrawn_by_name=str(actor) if actor else SYSTEM_NAME, withdrawn_reason=reason
    )
    if not taken:
        raise StaleState(gettext("这条时效已经被撤回，没有再改动。"))
    fact.refresh_from_db()
    refresh(fact.policy, on=clock.day_of(now))
    record(
        Action.STATUS_WITHDRAWN,
        fact.policy,
        actor=actor,
        before={"status": fact.status},
        after={"reason": mask(reason)},
    )
    return fact


CHECKED = ("title_verified", "number_verified", "dates_verified")


@transaction.atomic
def policy_checked(
    policy: Policy, checks: Mapping[str, str], *, seen: Mapping[str, str], official_url: str, actor: User | None
) -> Policy:
    """Notes how far title, number and dates were checked, and where: `checks` and `seen` (what stood there before) hold a
    value of models.Verified for each of CHECKED.

    Raises RuleBroken for an unknown value, and for one that is called checked without an address; StaleState where
    somebody noted another first. Writes AuditEvent policy.checked.
    """
    for name in CHECKED:
        if checks.get(name) not in Verified.values:
            raise RuleBroken(gettext("选一下核对到什么程度。"), code="unknown_choice", field=name)
    if Verified.TEXT in checks.values() and not official_url:
        raise RuleBroken(gettext("写上对照的官方网址，再选“已对照正文”。"), code="required", field="official_url")
    values = {name: checks[name] for name in CHECKED}
    before = {name: seen.get(name, "") for name in CHECKED}
    if not Policy.objects.filter(pk=policy.pk, **before).update(**values, official_url=official_url):
        raise StaleState(gettext("有人先核对过了，您的没有覆盖它。看一看现在写的，再决定。"))
    policy.refresh_from_db()
    record(
        Action.POLICY_CHECKED, policy, actor=actor, before=before, after={**values, "official_url": mask(official_url)}
    )
    return policy


def refresh(policy: Policy, *, on: dt.date) -> bool:
    """Brings the copies of the deciding fact on Policy up to a day. Returns whether the status is another now.

    2 queries, 4 where it is: then the policy is marked for the search, which ranks by this copy. Writes Policy, DirtyMark.
    """
    fact = fact_on(StatusFact.objects.standing().filter(policy=policy), on=on)
    before = policy.status
    policy.status = fact.status if fact else PolicyStatus.UNKNOWN
    policy.status_source = fact.source if fact else ""
    policy.status_as_of = fact.as_of if fact else None
    policy.status_verified = fact.verified if fact else Verified.MEMORY
    policy.save(update_fields=["status", "status_source", "status_as_of", "status_verified"])
    if policy.status == before:
        return False
    mark_policy(policy)
    return True


def statuses_refresh(*, on: dt.date) -> list[int]:
    """Brings every policy up to a day, for the night: a dated fact begins without anybody touching it.

    Returns the keys of the policies whose status is another now.
    """
    changed = []
    for policy in Policy.objects.filter(status_facts__from_on__lte=on).distinct():
        with transaction.atomic():
            if refresh(policy, on=on):
                changed.append(policy.pk)
    return changed


@transaction.atomic
def policy_version_close(version: PolicyVersion, *, on: dt.date, actor: User | None) -> PolicyVersion:
    """Notes the first day on which a version no longer applies.

    Raises RuleBroken for a day that is not after its beginning, StaleState when somebody noted another end first. Marks
    the policy. Writes AuditEvent policy.version_closed.
    """
    if version.effective_from and on <= version.effective_from:
        raise RuleBroken(
            gettext("“{label}”{effective_from:%Y-%m-%d} 才施行，不能在 {on:%Y-%m-%d} 之前停用。核对两个日期。").format(
                label=version.label, effective_from=version.effective_from, on=on
            ),
            code="ends_before_start",
            field="effective_from",
        )
    before = version.effective_to
    closed = PolicyVersion.objects.filter(pk=version.pk, effective_to=before).update(effective_to=on)
    if not closed:
        raise StaleState(gettext("有人先改了这一版的截止日，您的改动没有覆盖它。打开政策页看一看再定。"))
    version.effective_to = on
    mark_policy(version.policy_id)
    record(
        Action.POLICY_VERSION_CLOSED,
        version,
        actor=actor,
        before={"effective_to": before},
        after={"effective_to": on},
    )
    return version


def _check(policy: Policy, facts: StatusFacts) -> None:
    if facts.status not in PolicyStatus.values:
        raise RuleBroken(
            gettext("“{status}”不是可选的时效。").format(status=facts.status), code="unknown_choice", field="status"
        )
    if facts.status == PolicyStatus.PARTLY_REPEALED and not facts.clauses:
        raise RuleBroken(gettext("部分失效要写明哪几条失效。勾选条款再保存。"), code="required", field="clauses")
    if any(clause.version.policy_id != policy.pk for clause in facts.clauses):
        raise RuleBroken(gettext("勾选的条款不是这部政策的。"), code="wrong_policy", field="clauses")
    if facts.verified == Verified.TEXT and not facts.source.strip():
        raise RuleBroken(gettext("写明对照的是哪里的正文，再标“已对照正文”。"), code="required", field="source")
    if facts.other is not None and facts.other.pk == policy.pk:
        raise RuleBroken(gettext("修改或替代它的文件不能是它自己。"), code="own_successor", field="other")


def _refuse_twin(policy: Policy, facts: StatusFacts) -> None:
    same = StatusFact.objects.standing().filter(policy=policy, status=facts.status, from_on=facts.from_on)
    for other in same.prefetch_related("clauses"):
        if set(other.clauses.all()) == set(facts.clauses):
            raise RuleBroken(
                gettext("{confirmed_by_name}已经记过这一条：{other}。没有重复记。").format(
                    confirmed_by_name=other.confirmed_by_name, other=other
                ),
                code="fact_known",
                field="status",
            )
