"""The citations that may take 可用 away on a day, with all that it takes to say why: one query for any number of texts."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, fields

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from caselib.orgs.models import NATION
from caselib.policies.models import Clause, PolicyStatus, PolicyVersion, RelationKind, StatusFact
from caselib.policies.validity import ENDED, taken_out_from

from .models import SOON, Citation, Relation, Verification

# A rule that was only compared with, told apart or named as a conflict may end without touching the precedent.
CARRYING = frozenset({Relation.BASIS, Relation.EXPLAINS, Relation.EXCEPTION})


@dataclass(frozen=True, slots=True)
class Troubled:
    """One citation that carries a text, and what happened to it. The order of the fields is that of the query.

    `ends` and `clause_ends` are first days on which it no longer applies; `coming_*`: the fact that will take the force of
    the document away within SOON days. `new_*`: the clause with the same stable key in
    the version that follows. `bases`: how many 依据 the text has. `is_seen`: somebody checked the text against the
    version that follows, or after the end where none does. `checked_on`: the last such check. `heir_*`: the clause of a
    later document (后继规定) that speaks of the same, from the day on which it applies.
    """

    revision: int
    citation: int
    relation: str
    policy_title: str
    version_title: str
    version_label: str
    clause_label: str | None
    locator: str
    clause_code: str | None
    clause_text: str | None
    begins: dt.date | None
    ends: dt.date | None
    region: str
    is_elsewhere: bool
    fact_status: str | None
    fact_from: dt.date | None
    clause_ends: dt.date | None
    coming_status: str | None
    coming_from: dt.date | None
    new_title: str | None
    new_label: str | None
    new_clause: str | None
    new_code: str | None
    new_text: str | None
    bases: int
    is_seen: bool
    checked_on: dt.date | None
    heir_title: str | None
    heir_clause: str | None
    heir_code: str | None
    heir_from: dt.date | None
    is_heir_seen: bool

    @property
    def point(self) -> str:
        """What was cited, as the page says it."""
        return (
            f"《{self.version_title or self.policy_title}》（{self.version_label}）{self.clause_label or self.locator}"
        )

    @property
    def successor(self) -> str:
        """What follows, as the page says it."""
        if not self.new_label:
            return gettext("新的规定")
        return f"《{self.new_title or self.policy_title}》（{self.new_label}）{self.new_clause or ''}"

    @property
    def says_the_same(self) -> bool:
        """Whether the rule lives on word for word; what is only known as a gist cannot tell."""
        return bool(self.clause_text) and self.clause_text == self.new_text

    @property
    def fact_label(self) -> str:
        return PolicyStatus(self.fact_status).label if self.fact_status else ""

    @property
    def coming_label(self) -> str:
        return PolicyStatus(self.coming_status).label if self.coming_status else ""

    def clause_gone_on(self, on: dt.date) -> bool:
        return self.clause_ends is not None and self.clause_ends <= on and not self._checked_since(self.clause_ends)

    def was_repealed(self, on: dt.date) -> bool:
        """Whether the document as a whole has lost its force, and nobody checked the text since."""
        if self.fact_status not in ENDED:
            return False
        return not self._checked_since(self.fact_from or on)

    def is_gone(self, on: dt.date) -> bool:
        """Whether there is no rule left at this point, not even a new one."""
        if self.clause_gone_on(on):
            return not self.new_code
        return not self.new_label and self.was_repealed(on)

    def since(self, day: dt.date | None) -> str:
        return gettext("（{day:%Y-%m-%d} 起）").format(day=day) if day and day != dt.date.min else ""

    def _checked_since(self, day: dt.date) -> bool:
        return self.checked_on is not None and self.checked_on >= day


COLUMNS = tuple(field.name for field in fields(Troubled))


def troubled_citations(revisions: Collection[int], *, on: dt.date, region_ids: frozenset[int]) -> QuerySet:
    """Values of `Troubled` for the citations of these texts that time, a repeal or the viewer's place speaks against."""
    elsewhere = _elsewhere(region_ids)
    rows = Citation.objects.filter(revision__in=revisions, relation__in=CARRYING).order_by("revision", "position")
    rows = rows.annotate(**_names(), **_facts(on), **_heirs(on), is_elsewhere=elsewhere)
    rows = rows.filter(
        Q(ends__lte=on + SOON)
        | Q(begins__gt=on)
        | Q(fact_status__in=[str(status) for status in ENDED])
        | Q(clause_ends__lte=on + SOON)
        | Q(coming_from__isnull=False)
        | Q(heir_from__isnull=False)
        | Q(is_elsewhere=True)
    )
    return rows.annotate(**_successor(on), **_checks(on)).values_list(*COLUMNS)


def _names() -> dict:
    return {
        "citation": F("pk"),
        "policy_title": F("version__policy__title"),
        "version_title": F("version__title"),
        "version_label": F("version__label"),
        "clause_label": F("clause__label"),
        "clause_code": F("clause__code"),
        "clause_text": F("clause__text"),
        "begins": F("version__effective_from"),
        "ends": F("version__effective_to"),
        "region": F("version__policy__region__name"),
    }


def _elsewhere(region_ids: frozenset[int]) -> Case | Value:
    """A rule of a region in which the viewer does not stand. Who stands nowhere reads from everywhere."""
    if not region_ids:
        return Value(False, BooleanField())
    # A site may have no region for the whole country above its own.
    of_all = Q(version__policy__region__full_name=NATION)
    here = When(of_all | Q(version__policy__region__in=sorted(region_ids)), then=Value(False))
    return Case(here, default=Value(True), output_field=BooleanField())


def _facts(on: dt.date) -> dict:
    """The fact that decides about the document on that day, the one that will, and the day that takes the clause out."""
    deciding = StatusFact.objects.in_effect(on=on).filter(policy=OuterRef("version__policy"))
    coming = StatusFact.objects.standing().filter(
        policy=OuterRef("version__policy"),
        status__in=[str(status) for status in ENDED],
        from_on__gt=on,
        from_on__lte=on + SOON,
    )
    return {
        "fact_status": Subquery(deciding.values("status")[:1]),
        "fact_from": Subquery(deciding.values("from_on")[:1]),
        "coming_status": Subquery(coming.order_by("from_on", "-pk").values("status")[:1]),
        "coming_from": Subquery(coming.order_by("from_on", "-pk").values("from_on")[:1]),
        "clause_ends": taken_out_from("clause__stable_key", version="version__effective_from"),
    }


def _heirs(on: dt.date) -> dict:
    """The clause of a later document that a person linked to the cited one. Dates alone do not make one an heir."""
    linked = Clause.objects.filter(
        Q(counterpart_of__clause=OuterRef("clause")) | Q(counterparts__other=OuterRef("clause")),
        version__policy__related_from__policy=OuterRef("version__policy"),
        version__policy__related_from__kind=RelationKind.SUCCESSOR,
        version__effective_from__lte=on + SOON,
    ).order_by("version__effective_from", "pk")
    return {
        "heir": Subquery(linked.values("version")[:1]),
        "heir_title": Subquery(linked.values("version__policy__title")[:1]),
        "heir_clause": Subquery(linked.values("label")[:1]),
        "heir_code": Subquery(linked.values("code")[:1]),
        "heir_from": Subquery(linked.values("version__effective_from")[:1]),
    }


def _successor(on: dt.date) -> dict:
    """The version of the same policy that applies once the cited one has ended, and the clause that lives on in it."""
    day = Case(When(ends__gt=on, then=F("ends")), default=Value(on))
    following = PolicyVersion.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=OuterRef("asked_on")),
        policy=OuterRef("version__policy"),
        effective_from__lte=OuterRef("asked_on"),
    ).exclude(pk=OuterRef("version"))
    living = Clause.objects.filter(
        Q(version__effective_to__isnull=True) | Q(version__effective_to__gt=OuterRef("asked_on")),
        stable_key=OuterRef("clause__stable_key"),
        version__policy=OuterRef("version__policy"),
        version__effective_from__lte=OuterRef("asked_on"),
    ).exclude(version=OuterRef("version"))
    return {
        "asked_on": day,
        "new_title": Subquery(following.values("title")[:1]),
        "new_label": Subquery(following.values("label")[:1]),
        "new_clause": Subquery(living.values("label")[:1]),
        "new_code": Subquery(living.values("code")[:1]),
        "new_text": Subquery(living.values("text")[:1]),
    }


def _checks(on: dt.date) -> dict:
    """Whether somebody found the text to hold against what follows, and when somebody last found it to hold."""
    held = Verification.objects.filter(revision=OuterRef("revision"), outcome=Verification.Outcome.HOLDS)
    following = PolicyVersion.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=OuterRef(OuterRef("asked_on"))),
        policy=OuterRef(OuterRef("version__policy")),
        effective_from__lte=OuterRef(OuterRef("asked_on")),
    ).exclude(pk=OuterRef(OuterRef("version")))
    after_the_end = held.filter(on__gte=OuterRef("ends"))
    bases = Citation.objects.filter(revision=OuterRef("revision"), relation=Relation.BASIS).order_by()
    counted = bases.values("revision").annotate(count=Count("pk")).values("count")
    return {
        "is_seen": Case(
            When(new_label__isnull=True, then=Exists(after_the_end)),
            default=Exists(held.filter(versions_seen__in=following)),
            output_field=BooleanField(),
        ),
        "is_heir_seen": Exists(held.filter(versions_seen=OuterRef("heir"))),
        "checked_on": Subquery(held.order_by("-on").values("on")[:1]),
        "bases": Coalesce(Subquery(counted, output_field=IntegerField()), 0),
    }
