"""A repeal that was entered before its day is announced, and is one task however often the night looks."""

import datetime as dt

import pytest
import time_machine

from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.policies.models import PolicyStatus
from caselib.policies.standing import StatusFacts, status_fact_confirm
from caselib.precedents.content import CitationSpec
from caselib.precedents.impact import fact_enter
from caselib.precedents.models import Doubt, Relation
from caselib.precedents.signal import Kind, Word
from caselib.precedents.stale import flag
from tests import factories
from tests.services.test_signal import BEFORE, DAY, clause, kinds, policy, resting_on, signal

pytestmark = pytest.mark.django_db

START = dt.date(2020, 1, 1)
FAR = DAY - dt.timedelta(days=31)


def at(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize("status", [PolicyStatus.REPEALED, PolicyStatus.REPLACED, PolicyStatus.EXPIRED])
def test_a_document_that_will_lose_its_force_says_so_for_thirty_days(status: PolicyStatus) -> None:
    of = policy()
    found = resting_on(clause(of, effective_from=START))
    status_fact_confirm(of, StatusFacts(status=status, from_on=DAY), actor=None)
    assert kinds(found, on=FAR) == []
    assert (kinds(found, on=BEFORE), signal(found, on=BEFORE).word) == ([Kind.SOON], Word.CARE)
    assert f"2026-07-01 起{status.label}" in signal(found, on=BEFORE).reasons[0]
    assert signal(found).word is Word.STOP


def test_a_clause_that_will_be_taken_out_says_so_for_thirty_days() -> None:
    of = policy()
    cited = clause(of, effective_from=START)
    found = resting_on(cited)
    fact = StatusFacts(status=PolicyStatus.PARTLY_REPEALED, from_on=DAY, clauses=(cited,), source="公报")
    status_fact_confirm(of, fact, actor=None)
    assert (kinds(found, on=FAR), kinds(found, on=BEFORE)) == ([], [Kind.SOON])
    assert signal(found, on=BEFORE).word is Word.CARE


def test_a_clause_that_was_taken_out_is_no_basis_though_a_version_without_it_follows() -> None:
    of = policy()
    cited = clause(of, effective_from=START, effective_to=DAY)
    clause(of, 1, effective_from=DAY)
    fact = StatusFacts(status=PolicyStatus.PARTLY_REPEALED, from_on=DAY, clauses=(cited,), source="公报")
    status_fact_confirm(of, fact, actor=None)
    assert signal(resting_on(cited)).word is Word.STOP


@pytest.mark.parametrize(("partly", "on_clause"), [(False, False), (False, True), (True, True)])
def test_a_repeal_is_one_task_before_its_day_and_after(partly: bool, on_clause: bool) -> None:
    of = policy()
    cited = clause(of, effective_from=START)
    line = factories.citation(cited) if on_clause else CitationSpec(version=cited.version, relation=Relation.BASIS)
    found = factories.published(citations=(line,))
    status = PolicyStatus.PARTLY_REPEALED if partly else PolicyStatus.REPEALED
    fact = StatusFacts(status=status, from_on=DAY, clauses=(cited,) if partly else (), source="公报")
    for day in (BEFORE, DAY, DAY + dt.timedelta(days=1)):
        with time_machine.travel(at(day), tick=False):
            if day == BEFORE:
                fact_enter(of, fact, actor=None)
            flag(now=at(day), on=day)
    (point,) = Doubt.objects.open().filter(precedent=found)
    assert "要复核还能不能照用" in point.reason


def test_a_rule_of_the_whole_country_holds_where_the_hall_hangs_under_no_country() -> None:
    found = resting_on(clause(policy(), effective_from=START))
    hall = factories.region("某市")
    assert kinds(found, scope=scope_of(factories.user(Role.WINDOW, within=factories.department(within=hall)))) == []
