"""A change of a policy reaches every precedent that relies on it: seen before it is saved, a task of the owner after."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.marks import pending
from caselib.orgs.models import Department, Role
from caselib.orgs.scope import ViewerScope, scope_of
from caselib.policies.models import Clause, Policy, PolicyStatus, PolicyVersion
from caselib.policies.services import ClauseFacts, VersionFacts
from caselib.policies.standing import StatusFacts
from caselib.precedents.impact import NewVersion, current_version, fact_enter, impact_of, version_enter
from caselib.precedents.keeping import precedent_needs_changes, precedent_no_longer_holds, precedent_verify
from caselib.precedents.models import Doubt, DoubtKind, Precedent, Relation, RevisionState, Verification
from caselib.precedents.services import TOPIC, revision_start
from caselib.precedents.stale import flag
from caselib.precedents.visibility import Audience, PrecedentStatus
from tests import factories
from tests.services.test_signal import clause, policy, resting_on, signal

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 7, 1, 2, tzinfo=dt.UTC)
TODAY = dt.date(2026, 7, 1)
START = dt.date(2020, 1, 1)
EVERYBODY = ViewerScope(departments={0: frozenset({Role.WINDOW})})


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


def law(*texts: str, since: dt.date = START) -> tuple[Policy, list[Clause]]:
    """A policy whose only version has these articles, from 1 on."""
    of = policy()
    new = NewVersion(
        facts=VersionFacts(label="旧", effective_from=since),
        clauses=tuple(article(number, text) for number, text in enumerate(texts, start=1)),
        follows={},
    )
    return of, list(version_enter(of, new, actor=None).clauses.order_by("position"))


def article(number: int, text: str) -> ClauseFacts:
    return ClauseFacts(label=f"第{number}条", ref=str(number), text=text)


def amended(
    of: Policy, *texts: str, follows: dict[int, Clause], on: dt.date = TODAY, label: str = "新", **values: Any
) -> PolicyVersion:
    new = NewVersion(
        facts=VersionFacts(label=label, effective_from=on),
        clauses=tuple(article(number, text) for number, text in enumerate(texts, start=1)),
        follows=follows,
    )
    return version_enter(of, new, actor=None, **values)


def points(of: Precedent) -> list[Doubt]:
    return list(of.doubts.open())


def status(of: Precedent) -> str:
    return Precedent.objects.get(pk=of.pk).status


# --- a new version ---


def test_a_new_version_ends_the_one_before_on_the_day_it_begins() -> None:
    of, (old, *_) = law("甲")
    new = amended(of, "乙", follows={0: old})
    old.version.refresh_from_db()
    assert old.version.effective_to == new.effective_from == TODAY
    assert new.clauses.get().stable_key == old.stable_key


def test_who_relies_on_a_changed_clause_gets_the_two_side_by_side_and_who_relies_on_another_gets_nothing() -> None:
    of, (first, second) = law("公示二十日。", "当场登记。")
    on_changed, on_same = resting_on(first), resting_on(second)
    new = amended(of, "当场登记。", "公示十日。", follows={0: second, 1: first})
    (point,) = points(on_changed)
    assert (point.kind, point.old_clause, point.new_clause) == (DoubtKind.POLICY, first, new.clauses.get(ref="2"))
    assert point.due_on == TODAY + dt.timedelta(days=14)
    assert points(on_same) == []
    assert (status(on_changed), status(on_same)) == (PrecedentStatus.NEEDS_REVERIFICATION, PrecedentStatus.PUBLISHED)


def test_a_clause_that_kept_its_number_is_said_to_be_changed_and_not_to_be_another() -> None:
    of, (old, *_) = law("甲")
    found = resting_on(old)
    amended(of, "乙", follows={0: old})
    (point,) = points(found)
    assert "第1条有改动" in point.reason and "改为" not in point.reason


def test_what_rests_on_an_older_text_and_was_checked_against_this_one_hears_of_the_next() -> None:
    of, (first,) = law("甲")
    found = resting_on(first)
    second = amended(of, "乙", follows={0: first}, on=START + dt.timedelta(days=100)).clauses.get()
    precedent_verify(found, by=factories.user(Role.REVIEWER), note="对照过第二个文本")
    assert points(found) == []
    amended(of, "丙", follows={0: second}, label="第三")
    (point,) = points(found)
    assert (point.old_clause, point.new_clause) == (first, of.versions.last().clauses.get())


def test_a_clause_that_vanishes_while_it_is_cited_is_a_point_without_a_new_one() -> None:
    of, (old, *_) = law("甲")
    found = resting_on(old)
    amended(of, "全新的一条", follows={})
    (point,) = points(found)
    assert point.new_clause is None and "没有对应的条款" in point.reason


def test_a_precedent_that_only_compares_is_left_in_peace() -> None:
    of, (old, *_) = law("甲")
    found = resting_on(old, relation=Relation.COMPARE)
    amended(of, "乙", follows={0: old})
    assert points(found) == []


def test_two_new_clauses_cannot_both_carry_on_one_old_clause() -> None:
    of, (old, *_) = law("甲")
    with pytest.raises(RuleBroken, match="只能有一条承接"):
        amended(of, "乙", "丙", follows={0: old, 1: old})
    assert of.versions.count() == 1
    old.version.refresh_from_db()
    assert old.version.effective_to is None


def test_a_change_far_ahead_is_a_task_today_and_a_doubt_a_month_before() -> None:
    of, (old, *_) = law("甲")
    found = resting_on(old)
    later = TODAY + dt.timedelta(days=100)
    amended(of, "乙", follows={0: old}, on=later)
    (point,) = points(found)
    assert (point.from_on, point.due_on) == (later, later)
    assert (status(found), signal(found, on=TODAY).reasons) == (PrecedentStatus.PUBLISHED, ())
    near = NOW + dt.timedelta(days=70)
    with time_machine.travel(near, tick=False):
        assert flag(now=near, on=clock.today()).due == 1
    assert status(found) == PrecedentStatus.NEEDS_REVERIFICATION
    assert len(points(found)) == 1


def test_the_index_hears_of_it_in_the_same_transaction() -> None:
    of, (old, *_) = law("甲")
    found = resting_on(old)
    pending(TOPIC).delete()
    amended(of, "乙", follows={0: old})
    assert list(pending(TOPIC).values_list("object_id", flat=True)) == [found.pk]


def test_the_version_before_is_the_one_of_the_day_before() -> None:
    of, (old, *_) = law("甲")
    assert current_version(of, before=TODAY) == old.version
    assert current_version(of, before=START) is None
    assert current_version(of, before=None) is None


# --- a fact ---


def test_repeal_of_one_clause_reaches_who_relies_on_it_alone() -> None:
    of, (first, second) = law("甲", "乙")
    hit, spared = resting_on(first), resting_on(second)
    fact_enter(
        of,
        StatusFacts(status=PolicyStatus.PARTLY_REPEALED, from_on=TODAY, clauses=(first,), by_note="某决定"),
        actor=None,
    )
    (point,) = points(hit)
    assert "第1条" in point.reason and "某决定" in point.reason
    assert points(spared) == []


def test_repeal_of_the_whole_reaches_everybody_and_confirming_force_reaches_nobody() -> None:
    of, (first, second) = law("甲", "乙")
    both = [resting_on(first), resting_on(second)]
    fact_enter(of, StatusFacts(status=PolicyStatus.IN_FORCE, from_on=START, source="公报"), actor=None)
    assert [points(each) for each in both] == [[], []]
    fact_enter(of, StatusFacts(status=PolicyStatus.REPEALED, from_on=TODAY), actor=None)
    assert [len(points(each)) for each in both] == [1, 1]


# --- what is shown before saving ---


def test_the_list_names_each_precedent_once_with_the_clauses_it_relies_on() -> None:
    _, (first, second) = law("甲", "乙")
    found = resting_on(first, second)
    resting_on(second)
    impact = impact_of([first.version], scope=EVERYBODY, on=TODAY)
    labels = {touched.row.precedent: touched.labels for touched in impact.touched}
    assert impact.total == 2
    assert labels[found] == ("第1条", "第2条")
    assert impact.by_clause == {first.stable_key: 1, second.stable_key: 2}
    assert impact_of([first.version], clauses=[first], scope=EVERYBODY, on=TODAY).total == 1


def test_nothing_that_is_hidden_from_the_viewer_is_listed_or_counted() -> None:
    _, (old, *_) = law("甲")
    owner = factories.department()
    resting_on(old, owner=owner, audience=Audience.DEPARTMENT)
    stranger = scope_of(factories.user(Role.EDITOR, within=factories.department()))
    of_the_house = scope_of(factories.user(Role.EDITOR, within=owner))
    hidden = impact_of([old.version], scope=stranger, on=TODAY)
    assert (hidden.total, hidden.departments, hidden.by_clause) == (0, (), {})
    assert impact_of([old.version], scope=of_the_house, on=TODAY).total == 1


def test_hidden_or_not_each_owner_gets_the_task() -> None:
    of, (old, *_) = law("甲")
    found = resting_on(old, audience=Audience.DEPARTMENT)
    amended(of, "乙", follows={0: old})
    assert len(points(found)) == 1


def queries(version: PolicyVersion) -> int:
    with CaptureQueriesContext(connection) as captured:
        impact_of([version], scope=EVERYBODY, on=TODAY)
    return len(captured)


def test_the_list_takes_the_same_for_two_and_for_twenty() -> None:
    _, (few, *_) = law("甲", "乙")
    _, (other, *_) = law("甲")
    for _ in range(2):
        resting_on(few)
    for _ in range(20):
        resting_on(other)
    assert queries(few.version) == queries(other.version) <= 5


# --- the night ---


def test_the_night_opens_one_task_for_each_point_and_a_second_night_none() -> None:
    old = clause(policy(), 9, effective_from=START, effective_to=TODAY)
    clause(old.version.policy, 11, key=old.stable_key, effective_from=TODAY)
    found = resting_on(old)
    assert flag(now=NOW, on=TODAY).opened == 1
    assert flag(now=NOW, on=TODAY).opened == 0
    (point,) = points(found)
    assert (point.kind, point.old_clause) == (DoubtKind.POLICY, old)
    assert status(found) == PrecedentStatus.NEEDS_REVERIFICATION


def test_a_dated_fact_begins_on_its_day_without_anybody_touching_it() -> None:
    of, (old, *_) = law("甲")
    resting_on(old)
    tomorrow = TODAY + dt.timedelta(days=1)
    fact_enter(of, StatusFacts(status=PolicyStatus.REPEALED, from_on=tomorrow), actor=None)
    assert Policy.objects.get(pk=of.pk).status == PolicyStatus.IN_FORCE
    with time_machine.travel(NOW + dt.timedelta(days=1), tick=False):
        call_command("flag_stale")
    assert Policy.objects.get(pk=of.pk).status == PolicyStatus.REPEALED


def test_a_day_of_review_that_passed_is_a_task() -> None:
    found = factories.published()
    Precedent.objects.filter(pk=found.pk).update(reverify_due_on=TODAY - dt.timedelta(days=1))
    flag(now=NOW, on=TODAY)
    assert [point.kind for point in points(found)] == [DoubtKind.REVIEW_DUE]


def test_what_somebody_checked_opens_no_task() -> None:
    old = clause(policy(), 9, effective_from=START, effective_to=TODAY)
    clause(old.version.policy, 11, key=old.stable_key, effective_from=TODAY)
    found = resting_on(old)
    precedent_verify(found, by=factories.user(Role.REVIEWER), note="对照过")
    assert flag(now=NOW, on=TODAY).opened == 0


# --- what a check comes to ---


def house_with_task() -> tuple[Department, Precedent]:
    of, (old, *_) = law("甲")
    owner = factories.department()
    found = resting_on(old, owner=owner)
    amended(of, "乙", follows={0: old})
    found.refresh_from_db()
    return owner, found


def test_still_holds_closes_the_points_and_gives_可用_back() -> None:
    owner, found = house_with_task()
    precedent_verify(found, by=factories.user(Role.REVIEWER, within=owner), note="意思没有变")
    assert (points(found), status(found)) == ([], PrecedentStatus.PUBLISHED)
    assert signal(found, on=TODAY).reasons == ()


def test_holds_with_changes_opens_a_draft_and_keeps_the_points() -> None:
    owner, found = house_with_task()
    editor = factories.user(Role.EDITOR, within=owner)
    draft = precedent_needs_changes(found, by=editor, note="期限改成十日")
    assert (draft.state, draft.author) == (RevisionState.DRAFT, editor)
    assert len(points(found)) == 1
    assert found.verifications.get().outcome == Verification.Outcome.CHANGES


def test_holds_with_changes_while_somebody_has_a_draft_open_notes_nothing() -> None:
    owner, found = house_with_task()
    editor = factories.user(Role.EDITOR, within=owner)
    revision_start(found, author=editor)
    with pytest.raises(StaleState):
        precedent_needs_changes(found, by=editor, note="改")
    assert not found.verifications.exists()


def test_no_longer_holds_takes_it_out_of_use_with_its_successor() -> None:
    owner, found = house_with_task()
    successor = factories.published()
    reviewer = factories.user(Role.REVIEWER, within=owner)
    retired = precedent_no_longer_holds(found, by=reviewer, note="新条不准了", successor=successor)
    assert (retired.status, retired.replaced_by) == (PrecedentStatus.RETIRED, successor)
    assert points(found) == []
    assert found.verifications.get().outcome == Verification.Outcome.NO_LONGER


def test_a_check_of_a_text_that_was_replaced_meanwhile_is_refused() -> None:
    owner, found = house_with_task()
    with pytest.raises(StaleState, match="不是现在的文字"):
        precedent_verify(found, by=factories.user(Role.REVIEWER, within=owner), note="", digest_seen="0" * 64)
    assert len(points(found)) == 1
