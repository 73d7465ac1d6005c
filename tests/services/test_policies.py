"""Rules of entering policies: number and title as a pair, versions in time, clauses that live on."""

import datetime as dt
from typing import Any

import pytest

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.core.errors import RuleBroken
from caselib.policies.models import Clause, ClauseCounterpart, Level, Policy, PolicyRelation, PolicyVersion
from caselib.policies.services import (
    ClauseFacts,
    PolicyFacts,
    VersionFacts,
    clause_add,
    clause_counterpart_set,
    policy_create,
    policy_relate,
    policy_version_add,
)
from caselib.policies.validity import version_on
from tests import factories

pytestmark = pytest.mark.django_db

START, END = dt.date(2020, 1, 1), dt.date(2022, 3, 1)


def policy(title: str = "优化营商环境条例", **values: Any) -> Policy:
    facts = PolicyFacts(title=title, level=Level.ADMINISTRATIVE_REGULATION, region=factories.region(), **values)
    return policy_create(facts, actor=None)


def version(of: Policy, label: str, *articles: int, **dates: dt.date | None) -> PolicyVersion:
    clauses = [ClauseFacts(label=f"第{article}条", ref=str(article)) for article in articles]
    return policy_version_add(of, VersionFacts(label=label, **dates), clauses=clauses, actor=None)


def clause(of: PolicyVersion, article: int) -> Clause:
    return of.clauses.get(ref=str(article))


# --- number and title ---


def test_number_of_another_title_is_refused_and_names_that_title() -> None:
    policy("优化营商环境条例", doc_number="国务院令第722号")
    with pytest.raises(RuleBroken) as caught:
        policy("食品安全法实施条例", doc_number="国令第722号")
    assert (caught.value.code, caught.value.field) == ("number_taken", "doc_number")
    assert "优化营商环境条例" in caught.value.message
    assert Policy.objects.count() == 1


def test_another_number_is_accepted() -> None:
    policy("优化营商环境条例", doc_number="国务院令第722号")
    assert policy("食品安全法实施条例", doc_number="国务院令第721号").number_key == "国务院令||721"


def test_documents_without_a_number_do_not_stand_in_each_others_way() -> None:
    first, second = policy("甲规定", doc_number="公告号待核"), policy("乙规定")
    assert (first.number_key, second.number_key) == ("", "")


@pytest.mark.parametrize(("year", "refused"), [(2023, True), (2018, False), (None, True)])
def test_order_of_the_president_counts_anew_with_each_congress(year: int | None, refused: bool) -> None:
    policy("公司法", doc_number="主席令第15号", issued_on=dt.date(2023, 12, 29))
    issued_on = dt.date(year, 3, 1) if year else None
    if refused:
        with pytest.raises(RuleBroken, match="公司法"):
            policy("别的法", doc_number="主席令第15号", issued_on=issued_on)
    else:
        assert policy("别的法", doc_number="主席令第15号", issued_on=issued_on).pk


@pytest.mark.parametrize(("issuer", "refused"), [("市场监管总局", True), ("税务总局", False)])
def test_announcements_are_numbered_in_each_agency(issuer: str, refused: bool) -> None:
    policy("企业注销指引", doc_number="公告2025年第52号", issuer="市场监管总局")
    if refused:
        with pytest.raises(RuleBroken, match="企业注销指引"):
            policy("别的公告", doc_number="公告2025年第52号", issuer=issuer)
    else:
        assert policy("别的公告", doc_number="公告2025年第52号", issuer=issuer).pk


def test_entering_a_policy_is_in_the_trail() -> None:
    entered = policy("优化营商环境条例", doc_number="国务院令第722号")
    event = AuditEvent.objects.get(action=Action.POLICY_CREATED)
    assert (event.object_id, event.after["title"]) == (str(entered.pk), "优化营商环境条例")


# --- versions in time ---


@pytest.mark.parametrize("end", [START, START - dt.timedelta(days=1)])
def test_version_that_ends_before_it_began_is_refused(end: dt.date) -> None:
    of = policy()
    with pytest.raises(RuleBroken) as caught:
        version(of, "2020", effective_from=START, effective_to=end)
    assert (caught.value.code, caught.value.field) == ("ends_before_start", "effective_to")
    assert not of.versions.exists()


def test_version_of_one_day_is_accepted() -> None:
    added = version(policy(), "2020", effective_from=START, effective_to=START + dt.timedelta(days=1))
    assert added.last_day == START


@pytest.mark.parametrize(
    "dates",
    [
        {"effective_from": END - dt.timedelta(days=1)},
        {"effective_from": START - dt.timedelta(days=9), "effective_to": START + dt.timedelta(days=1)},
        {"effective_from": START - dt.timedelta(days=9)},
        {"effective_from": START + dt.timedelta(days=9), "effective_to": END - dt.timedelta(days=9)},
    ],
    ids=["begins inside", "ends inside", "surrounds", "lies inside"],
)
def test_two_versions_never_apply_on_the_same_day(dates: dict[str, dt.date]) -> None:
    of = policy()
    version(of, "2020", effective_from=START, effective_to=END)
    with pytest.raises(RuleBroken) as caught:
        version(of, "2022", 33, **dates)
    assert (caught.value.code, caught.value.field) == ("versions_overlap", "effective_from")
    assert "2020" in caught.value.message
    assert [row.label for row in of.versions.all()] == ["2020"]
    assert not Clause.objects.exists()


def test_next_version_may_begin_on_the_day_the_last_one_no_longer_applies() -> None:
    of = policy()
    old = version(of, "2020", effective_from=START, effective_to=END)
    new = version(of, "2022", effective_from=END)
    assert version_on(of, on=END - dt.timedelta(days=1)) == old
    assert version_on(of, on=END) == new
    assert version_on(of, on=START - dt.timedelta(days=1)) is None
    assert [row.position for row in of.versions.all()] == [0, 1]


def test_version_without_an_end_has_to_be_closed_before_the_next() -> None:
    of = policy()
    version(of, "2020", effective_from=START)
    with pytest.raises(RuleBroken, match="先写明前一版的截止日"):
        version(of, "2022", effective_from=END)


def test_version_of_unknown_beginning_overlaps_nothing_and_never_applies() -> None:
    of = policy()
    version(of, "2020", effective_from=START)
    version(of, "待核")
    assert version_on(of, on=END).label == "2020"


def test_versions_of_two_policies_do_not_stand_in_each_others_way() -> None:
    version(policy("甲条例"), "2020", effective_from=START)
    assert version(policy("乙条例"), "2020", effective_from=START).effective_from == START


def test_clause_added_later_stands_behind_the_others() -> None:
    of = version(policy(), "2020", 33, 35)
    clause_add(of, ClauseFacts(label="第40条", ref="40"), actor=None)
    assert [row.label for row in of.clauses.all()] == ["第33条", "第35条", "第40条"]
    assert AuditEvent.objects.filter(action=Action.CLAUSE_ADDED).count() == 1


# --- clauses that live on ---


def test_clause_keeps_its_key_through_three_versions() -> None:
    of = policy()
    first, second, third = (version(of, label, 33) for label in ("2018", "2020", "2022"))
    clause_counterpart_set(clause(second, 33), clause(third, 33))
    clause_counterpart_set(clause(first, 33), clause(second, 33))
    assert len({clause(row, 33).stable_key for row in (first, second, third)}) == 1


def test_key_is_followed_although_the_caller_read_the_clause_before() -> None:
    of = policy()
    first, second, third = (clause(version(of, label, 33), 33) for label in ("2018", "2020", "2022"))
    clause_counterpart_set(first, second)
    clause_counterpart_set(second, third)
    clause_counterpart_set(third, first)
    assert Clause.objects.values("stable_key").distinct().count() == 1


def test_counterpart_in_another_document_keeps_its_own_key() -> None:
    here, there = clause(version(policy("甲条例"), "2020", 33), 33), clause(version(policy("乙法"), "2021", 35), 35)
    clause_counterpart_set(here, there)
    assert Clause.objects.values("stable_key").distinct().count() == 2
    assert ClauseCounterpart.objects.filter(clause=here, other=there).exists()


def test_split_article_lives_on_in_the_part_that_was_linked_first() -> None:
    of = policy()
    old, new = version(of, "2018", 183), version(of, "2023", 232, 233)
    for article in (232, 233):
        clause_counterpart_set(clause(old, 183), clause(new, article))
    assert clause(old, 183).stable_key == clause(new, 232).stable_key
    assert clause(new, 233).stable_key != clause(new, 232).stable_key
    assert ClauseCounterpart.objects.filter(clause=clause(old, 183)).count() == 2


def test_linking_twice_is_one_link() -> None:
    of = policy()
    old, new = clause(version(of, "2018", 33), 33), clause(version(of, "2023", 35), 35)
    assert clause_counterpart_set(old, new) == clause_counterpart_set(old, new)


def test_relating_twice_is_one_relation_and_one_event() -> None:
    here, there = policy("甲条例"), policy("乙法")
    for _ in range(2):
        policy_relate(here, there, relation="上位法", actor=None)
    assert PolicyRelation.objects.count() == 1
    assert AuditEvent.objects.filter(action=Action.POLICY_RELATED).count() == 1
