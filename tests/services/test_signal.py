"""What takes 可用 away, on which day and why; and what gives it back."""

import datetime as dt
from typing import Any

import pytest

from caselib.core.errors import RuleBroken, StaleState
from caselib.orgs.models import NATION, Region, Role
from caselib.orgs.scope import ViewerScope, scope_of
from caselib.policies.models import Clause, Level, Policy, PolicyStatus, RelationKind, StatusFact, Verified
from caselib.policies.services import (
    ClauseFacts,
    PolicyFacts,
    VersionFacts,
    clause_counterpart_set,
    policy_create,
    policy_relate,
    policy_version_add,
)
from caselib.policies.standing import StatusFacts, status_fact_confirm, status_fact_withdraw
from caselib.precedents.keeping import precedent_doubt, precedent_retire, precedent_verify
from caselib.precedents.models import Precedent, Relation
from caselib.precedents.selectors import rows_of
from caselib.precedents.signal import Kind, Signal, Word
from tests import factories

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 7, 1)
BEFORE = DAY - dt.timedelta(days=1)
LONG_BEFORE = DAY - dt.timedelta(days=200)


def policy(title: str = "社会救助办法", *, within: str = NATION, **values: Any) -> Policy:
    facts = PolicyFacts(
        title=title,
        level=Level.ADMINISTRATIVE_REGULATION,
        region=Region.objects.filter(full_name=within).first() or factories.region(within),
        **{"status": PolicyStatus.IN_FORCE, **values},
    )
    return policy_create(facts, actor=None)


def clause(of: Policy, article: int = 9, *, text: str = "", key: str = "", **dates: Any) -> Clause:
    """The only clause of a new version; `key` makes it carry on another clause."""
    facts = ClauseFacts(label=f"第{article}条", ref=str(article), text=text, stable_key=key, verified=Verified.TEXT)
    version = policy_version_add(
        of, VersionFacts(label=f"{of.versions.count() + 1}", **dates), clauses=[facts], actor=None
    )
    return version.clauses.get()


def resting_on(*clauses: Clause, relation: Relation = Relation.BASIS, **values: Any) -> Precedent:
    return factories.published(citations=tuple(factories.citation(to, relation) for to in clauses), **values)


def everywhere() -> ViewerScope:
    """Who reads what is for the whole library and stands nowhere."""
    return ViewerScope(departments={0: frozenset({Role.WINDOW})})


def signal(of: Precedent, *, on: dt.date = DAY, scope: ViewerScope | None = None) -> Signal:
    (row,) = rows_of(Precedent.objects.filter(pk=of.pk), scope or everywhere(), on=on)
    return row.signal


def kinds(of: Precedent, **values: Any) -> list[Kind]:
    return [point.kind for point in signal(of, **values).points]


def old_and_new(old_text: str = "", new_text: str = "") -> tuple[Clause, Clause]:
    """第9条 until 2026-06-30, 第11条 from 2026-07-01."""
    of = policy()
    old = clause(of, 9, text=old_text, effective_from=dt.date(2020, 1, 1), effective_to=DAY)
    return old, clause(of, 11, text=new_text, key=old.stable_key, effective_from=DAY)


# --- versions in time ---


def test_what_rests_on_the_version_in_force_may_be_followed() -> None:
    found = resting_on(clause(policy(), effective_from=dt.date(2020, 1, 1)))
    assert signal(found) == Signal(Word.OK)


def test_on_the_day_of_the_change_the_signal_names_the_old_clause_and_the_new_one() -> None:
    old, new = old_and_new()
    (point,) = signal(resting_on(old)).points
    assert (point.kind, point.old, point.new) == (Kind.CHANGED, old.code, new.code)
    assert "第9条" in point.text and "第11条" in point.text and "2026-06-30" in point.text


def test_thirty_days_before_the_change_it_is_announced_and_a_day_earlier_it_is_not() -> None:
    old, new = old_and_new()
    found = resting_on(old)
    (point,) = signal(found, on=BEFORE).points
    assert (point.kind, point.new) == (Kind.SOON, new.code)
    assert kinds(found, on=DAY - dt.timedelta(days=30)) == [Kind.SOON]
    assert kinds(found, on=DAY - dt.timedelta(days=31)) == []


def test_a_rule_that_lives_on_word_for_word_takes_nothing_away() -> None:
    old, _ = old_and_new("公示期为二十日。", "公示期为二十日。")
    found = resting_on(old)
    assert signal(found).word == signal(found, on=BEFORE).word == Word.OK


def test_a_rule_that_changed_by_one_figure_takes_it_away() -> None:
    old, _ = old_and_new("公示期为二十日。", "公示期为十日。")
    assert kinds(resting_on(old)) == [Kind.CHANGED]


def test_two_gists_that_are_the_same_tell_nothing_about_the_text() -> None:
    old, _ = old_and_new("", "")
    assert kinds(resting_on(old)) == [Kind.CHANGED]


def test_a_version_that_ended_with_nothing_behind_it_says_so() -> None:
    found = resting_on(clause(policy(), effective_from=dt.date(2020, 1, 1), effective_to=DAY))
    assert kinds(found) == [Kind.ENDED]


def test_what_rests_on_a_version_to_come_waits_for_it() -> None:
    found = resting_on(clause(policy(), effective_from=DAY))
    assert kinds(found, on=BEFORE) == [Kind.NOT_YET]
    assert kinds(found, on=DAY) == []


@pytest.mark.parametrize(
    "relation", [Relation.COMPARE, Relation.DISTINGUISHED, Relation.CONFLICT, Relation.ALTERNATIVE]
)
def test_a_rule_that_does_not_carry_the_precedent_may_end(relation: Relation) -> None:
    old, _ = old_and_new()
    assert signal(resting_on(old, relation=relation)) == Signal(Word.OK)


# --- repeal ---


def test_a_clause_taken_out_by_partial_repeal_stops_what_rests_on_it_alone() -> None:
    of = policy()
    gone = clause(of, 9, effective_from=dt.date(2020, 1, 1))
    found, neighbour = resting_on(gone), resting_on(clause(policy("别的办法"), effective_from=dt.date(2020, 1, 1)))
    status_fact_confirm(
        of,
        StatusFacts(status=PolicyStatus.PARTLY_REPEALED, from_on=DAY, clauses=(gone,), source="公报"),
        actor=None,
    )
    assert kinds(found, on=BEFORE) == [Kind.SOON]
    assert kinds(found) == [Kind.CLAUSE_REPEALED]
    assert signal(found).word is Word.STOP
    assert signal(neighbour).word is Word.OK


def test_with_another_basis_left_a_repealed_clause_asks_for_care() -> None:
    of = policy()
    gone, other = (
        clause(of, effective_from=dt.date(2020, 1, 1)),
        clause(policy("乙办法"), effective_from=dt.date(2020, 1, 1)),
    )
    found = resting_on(gone, other)
    status_fact_confirm(of, StatusFacts(status=PolicyStatus.REPEALED, from_on=DAY), actor=None)
    assert (signal(found).word, kinds(found)) == (Word.CARE, [Kind.REPEALED])


def test_a_fact_that_was_taken_back_takes_nothing_away() -> None:
    of = policy()
    found = resting_on(clause(of, effective_from=dt.date(2020, 1, 1)))
    fact = status_fact_confirm(of, StatusFacts(status=PolicyStatus.REPEALED, from_on=DAY), actor=None)
    assert signal(found).word is Word.STOP
    status_fact_withdraw(fact, reason="看错了文件", actor=None)
    assert signal(found).word is Word.OK
    assert StatusFact.objects.get(pk=fact.pk).withdrawn_reason == "看错了文件"


def test_a_later_fact_gives_the_force_back() -> None:
    of = policy()
    found = resting_on(clause(of, effective_from=dt.date(2020, 1, 1)))
    status_fact_confirm(of, StatusFacts(status=PolicyStatus.REPEALED, from_on=LONG_BEFORE), actor=None)
    status_fact_confirm(of, StatusFacts(status=PolicyStatus.IN_FORCE, from_on=DAY), actor=None)
    assert (signal(found, on=BEFORE).word, signal(found).word) == (Word.STOP, Word.OK)


# --- a later document about the same thing ---


def test_a_later_law_that_a_person_linked_speaks_up_from_thirty_days_before() -> None:
    before, law = policy("暂行办法"), policy("社会救助法")
    old, new = clause(before, 37, effective_from=dt.date(2014, 5, 1)), clause(law, 26, effective_from=DAY)
    found = resting_on(old)
    clause_counterpart_set(old, new)
    assert kinds(found) == []
    policy_relate(before, law, relation="后继法律", kind=RelationKind.SUCCESSOR, actor=None)
    assert (kinds(found, on=BEFORE), kinds(found)) == ([Kind.SOON], [Kind.HEIR])
    assert kinds(found, on=LONG_BEFORE) == []
    assert "社会救助法" in signal(found).reasons[0]


# --- places ---


def test_a_rule_of_another_region_asks_whoever_stands_elsewhere_for_care() -> None:
    nation = factories.region(NATION)
    city = factories.region("上海市", parent=nation)
    here, there = factories.region("上海市黄浦区", parent=city), factories.region("上海市浦东新区", parent=city)
    found = resting_on(clause(policy("浦东规定", within=there.full_name), effective_from=dt.date(2020, 1, 1)))
    outside = scope_of(factories.user(Role.WINDOW, within=factories.department(within=here)))
    inside = scope_of(factories.user(Role.WINDOW, within=factories.department(within=there)))
    assert kinds(found, scope=outside) == [Kind.ELSEWHERE]
    assert kinds(found, scope=inside) == []
    assert (
        kinds(resting_on(clause(policy("市规定", within="上海市"), effective_from=dt.date(2020, 1, 1))), scope=inside)
        == []
    )


# --- what a person checked ---


def test_a_check_on_the_day_gives_it_back_until_the_next_change() -> None:
    old, new = old_and_new()
    found = resting_on(old)
    checker = factories.user(Role.REVIEWER)
    precedent_verify(found, by=checker, note="对照过第11条", now=dt.datetime(2026, 7, 1, 4, tzinfo=dt.UTC))
    assert kinds(found) == []
    third = dt.date(2026, 9, 1)
    new.version.effective_to = third
    new.version.save()
    clause(new.version.policy, 12, key=old.stable_key, effective_from=third)
    assert kinds(found, on=third) == [Kind.CHANGED]


def test_a_check_before_the_change_counts_if_the_coming_version_was_there_to_be_seen() -> None:
    old, _ = old_and_new()
    found = resting_on(old)
    precedent_verify(
        found, by=factories.user(Role.REVIEWER), note="对照过新条", now=dt.datetime(2026, 6, 20, tzinfo=dt.UTC)
    )
    assert kinds(found) == kinds(found, on=BEFORE) == []


def test_a_check_from_before_a_change_that_nobody_knew_counts_for_nothing() -> None:
    of = policy()
    old = clause(of, 9, effective_from=dt.date(2020, 1, 1))
    found = resting_on(old)
    precedent_verify(
        found, by=factories.user(Role.REVIEWER), note="没有变", now=dt.datetime(2026, 6, 20, tzinfo=dt.UTC)
    )
    old.version.effective_to = DAY
    old.version.save()
    clause(of, 11, key=old.stable_key, effective_from=DAY)
    assert kinds(found) == [Kind.CHANGED]


# --- the precedent itself ---


def test_an_open_point_and_a_passed_day_of_review_are_named_each() -> None:
    found = resting_on(clause(policy(), effective_from=dt.date(2020, 1, 1)))
    precedent_doubt(found, reason="期限待核。", actor=None)
    Precedent.objects.filter(pk=found.pk).update(reverify_due_on=BEFORE)
    assert kinds(found) == [Kind.OPEN_POINT, Kind.REVIEW_DUE]


@pytest.mark.parametrize(("with_successor", "kind"), [(False, Kind.RETIRED), (True, Kind.SUPERSEDED)])
def test_out_of_use_is_stop_whatever_else_holds(with_successor: bool, kind: Kind) -> None:
    found = resting_on(clause(policy(), effective_from=dt.date(2020, 1, 1)))
    successor = factories.published() if with_successor else None
    precedent_retire(found, reason="新办法出台", actor=factories.user(Role.REVIEWER), successor=successor)
    found.refresh_from_db()
    assert (signal(found).word, kinds(found)) == (Word.STOP, [kind])


def test_a_text_for_the_seam_between_two_rules_holds_in_its_time_only() -> None:
    found = factories.published(applies_from=LONG_BEFORE, applies_until=DAY)
    assert kinds(found, on=LONG_BEFORE - dt.timedelta(days=1)) == [Kind.TRANSITION_AHEAD]
    assert kinds(found, on=BEFORE) == []
    assert (signal(found).word, kinds(found)) == (Word.STOP, [Kind.TRANSITION_OVER])


def test_a_seam_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(RuleBroken, match="过渡期") as caught:
        factories.draft(applies_from=DAY, applies_until=DAY)
    assert caught.value.field == "applies_until"


# --- entering facts ---


def test_partial_repeal_without_clauses_is_refused() -> None:
    with pytest.raises(RuleBroken, match="哪几条"):
        status_fact_confirm(policy(), StatusFacts(status=PolicyStatus.PARTLY_REPEALED), actor=None)


def test_checked_without_a_source_is_refused() -> None:
    with pytest.raises(RuleBroken) as caught:
        status_fact_confirm(policy(), StatusFacts(status=PolicyStatus.REPEALED, verified=Verified.TEXT), actor=None)
    assert caught.value.field == "source"


def test_the_same_fact_of_two_people_is_noted_once() -> None:
    of = policy()
    status_fact_confirm(of, StatusFacts(status=PolicyStatus.REPEALED, from_on=DAY), actor=None)
    with pytest.raises(RuleBroken, match="没有重复记"):
        status_fact_confirm(of, StatusFacts(status=PolicyStatus.REPEALED, from_on=DAY), actor=None)
    assert of.status_facts.filter(status=PolicyStatus.REPEALED).count() == 1


def test_a_fact_is_taken_back_once_and_with_a_reason() -> None:
    fact = status_fact_confirm(policy(), StatusFacts(status=PolicyStatus.REPEALED), actor=None)
    with pytest.raises(RuleBroken, match="写明"):
        status_fact_withdraw(fact, reason=" ", actor=None)
    status_fact_withdraw(fact, reason="看错了", actor=None)
    with pytest.raises(StaleState):
        status_fact_withdraw(fact, reason="看错了", actor=None)
