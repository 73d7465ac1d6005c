"""Whether a policy, a version or a clause applies on a day: read off dated facts that a person confirmed, and nothing else."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import DateField, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Coalesce

from .models import Policy, PolicyStatus, PolicyVersion, StatusFact, Verified


class ValidityWord(StrEnum):
    OK = "ok"
    CARE = "care"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Validity:
    """Whether a text applies on a day. `is_verified` is False where nobody checked it: then the page adds 待核."""

    word: ValidityWord
    label: str
    is_verified: bool = True


# What takes the force of a document away as a whole.
ENDED = frozenset({PolicyStatus.REPEALED, PolicyStatus.REPLACED, PolicyStatus.EXPIRED})


def facts_of(lookup: str) -> Prefetch:
    """Loads what `validity_of` needs, for the policy at that lookup (such as `version__policy`). 1 query."""
    return Prefetch(f"{lookup}__status_facts" if lookup else "status_facts", queryset=StatusFact.objects.standing())


def fact_on(facts: Iterable[StatusFact], *, on: dt.date) -> StatusFact | None:
    """The fact that decides on a day: the latest dated one that has begun, failing that the last undated one."""
    begun = [fact for fact in facts if fact.withdrawn_at is None and (fact.from_on is None or fact.from_on <= on)]
    return max(begun, key=lambda fact: (fact.from_on is not None, fact.from_on or dt.date.min, fact.pk), default=None)


def status_on(policy: Policy, *, on: dt.date) -> tuple[PolicyStatus, bool]:
    """(时效性 on that day, whether it was checked against the text). No query where `status_facts` are loaded."""
    fact = fact_on(policy.status_facts.all(), on=on)
    if fact is None:
        return PolicyStatus.UNKNOWN, False
    return PolicyStatus(fact.status), fact.verified == Verified.TEXT


def status_columns(on: dt.date, *, policy: str) -> dict[str, Subquery]:
    """Annotations `day_status` and `day_verified` for rows whose policy stands at that lookup: read with `status_from`."""
    deciding = StatusFact.objects.in_effect(on=on).filter(policy=OuterRef(policy))
    return {
        "day_status": Subquery(deciding.values("status")[:1]),
        "day_verified": Subquery(deciding.values("verified")[:1]),
    }


def status_from(status: str | None, verified: str | None) -> tuple[PolicyStatus, bool]:
    """The same as `status_on`, from `status_columns`."""
    return PolicyStatus(status or PolicyStatus.UNKNOWN), verified == Verified.TEXT


def taken_out_from(clause: str, *, version: str) -> Subquery:
    """The first day on which a standing 部分失效 takes a clause out, `dt.date.min` where the day is not known.

    `clause`, `version`: where a row keeps the stable key of the clause and when its version begins. A version that begins
    after that day says the clause again.
    """
    long_ago = Value(dt.date.min, DateField())
    begins = Coalesce(OuterRef(version), long_ago)
    facts = StatusFact.objects.standing().filter(
        Q(from_on__isnull=True) | Q(from_on__gte=begins),
        status=PolicyStatus.PARTLY_REPEALED,
        clauses__stable_key=OuterRef(clause),
    )
    # An undated one holds on any day: as if it had begun with the calendar.
    return Subquery(facts.annotate(day=Coalesce("from_on", long_ago)).order_by("day").values("day")[:1])


def repeal_on(day: dt.date | None, *, on: dt.date) -> Validity | None:
    """What stands beside a clause that loses its force on a day of `taken_out_from`; None for one that does not."""
    if day is None:
        return None
    since = "" if day == dt.date.min else f"{day:%Y-%m-%d} 起"
    if day <= on:
        return Validity(ValidityWord.STOP, f"{since}已失效")
    return Validity(ValidityWord.CARE, f"{since}失效")


def validity_of(version: PolicyVersion, *, on: dt.date, status: tuple[PolicyStatus, bool] | None = None) -> Validity:
    """The validity of a version on a day. `status`: what `status_on` gives, where the caller has it already.

    No query where `policy` and its `status_facts` are loaded.
    """
    status, is_verified = status or status_on(version.policy, on=on)
    dated = version.verified == Verified.TEXT
    if version.ended_by(on):
        word = ValidityWord.STOP if status in ENDED else ValidityWord.CARE
        label = f"{status.label if status in ENDED else '旧版'}，用到 {version.last_day:%Y-%m-%d}"
        return Validity(word, label, dated)
    if version.begins_after(on):
        return Validity(ValidityWord.CARE, f"{version.effective_from:%Y-%m-%d} 起施行", dated)
    if status in ENDED:
        return Validity(ValidityWord.STOP, status.label, is_verified)
    if status is PolicyStatus.UNKNOWN:
        # The word itself says that nobody checked it; a second mark beside it would say it twice.
        return Validity(ValidityWord.CARE, "时效待核")
    if status is PolicyStatus.IN_FORCE and version.effective_from is None:
        return Validity(ValidityWord.CARE, "施行日待核")
    return Validity(
        ValidityWord.OK if status is PolicyStatus.IN_FORCE else ValidityWord.CARE, status.label, is_verified
    )


def version_on(policy: Policy, *, on: dt.date) -> PolicyVersion | None:
    """The version that applied on that day, or None where none did or none is known. 1 query."""
    return policy.versions.in_force(on=on).first()
