"""A version that somebody enters: kept at each step, never overwritten unseen, made once, with the tasks of the owners."""

import datetime as dt

import pytest
import time_machine

from caselib.audit.models import AuditEvent
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.orgs.models import Role, User
from caselib.orgs.scope import ViewerScope, scope_of
from caselib.policies import drafts
from caselib.policies.entry import read_facts, typed_from, typed_of
from caselib.policies.models import Clause, Policy, PolicyVersion, VersionDraft
from caselib.policies.services import ClauseFacts, VersionFacts, policy_version_add
from caselib.policies.succession import decision, plan_of, refuse_claimed_twice
from caselib.precedents.entering import Entered, draft_finish, preview_of
from caselib.precedents.models import Doubt
from tests import factories
from tests.services.test_signal import resting_on

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 6, 20, 2, tzinfo=dt.UTC)
TODAY = dt.date(2026, 6, 20)
START = dt.date(2026, 7, 1)
OLD = """示例登记条例
第一条　登记机关办理登记，应当当场办结。
第二条　公示期为二十日，期间有异议的不予登记。
第三条　申请人遗失营业执照的，应当在报纸上刊登遗失声明。"""
NEW = """示例登记条例
第一条　登记机关办理登记，应当当场办结。
第二条　电子营业执照与纸质营业执照具有同等法律效力。
第三条　公示期为十日，期间有异议的不予登记。"""


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def editor() -> User:
    return factories.user(Role.EDITOR)


def typed(**values: str) -> dict[str, str]:
    usual = {
        "title": "示例登记条例",
        "doc_number": "国务院令第990号",
        "issuer": "国务院",
        "level": "administrative_regulation",
        "region": factories.region().full_name,
        "label": "2020",
        "effective_from": "2020年1月1日",
        "verified": "search",
    }
    return typed_from({**usual, **values})


def entered(text: str, editor: User, *, policy: Policy | None = None, **values: str) -> Entered:
    facts = typed(**values) if policy is None else {**typed_of(policy), **values}
    draft = drafts.draft_start(facts, policy=policy, actor=editor)
    drafts.draft_text_save(draft, text, warnings=[], lock_version=0, actor=editor)
    return draft_finish(draft, lock_version=1, scope=scope_of(editor), actor=editor)


def next_draft(policy: Policy, editor: User, text: str = NEW) -> VersionDraft:
    facts = {**typed_of(policy), "label": "2026", "effective_from": "2026-07-01", "verified": "search"}
    draft = drafts.draft_start(facts, policy=policy, actor=editor)
    return drafts.draft_text_save(draft, text, warnings=[], lock_version=0, actor=editor)


def accepted(draft: VersionDraft, editor: User) -> VersionDraft:
    plan = plan_of(draft, effective_from=START)
    return drafts.draft_followed_save(draft, plan.accepted(), lock_version=draft.lock_version, actor=editor)


def of(version: PolicyVersion, number: int) -> Clause:
    return version.clauses.get(ref=str(number))


# --- kept at each step ---


def test_a_button_pressed_twice_starts_one_draft(editor: User) -> None:
    first = drafts.draft_start(typed(), policy=None, actor=editor, code="abcdefghjk")
    again = drafts.draft_start(typed(title="另一个"), policy=None, actor=editor, code="abcdefghjk")
    assert (first.pk, VersionDraft.objects.count()) == (again.pk, 1)
    assert again.facts["title"] == "示例登记条例"


def test_the_code_of_somebody_elses_draft_starts_nothing(editor: User) -> None:
    drafts.draft_start(typed(), policy=None, actor=editor, code="abcdefghjk")
    with pytest.raises(StaleState):
        drafts.draft_start(typed(), policy=None, actor=factories.user(Role.EDITOR), code="abcdefghjk")


@pytest.mark.parametrize("code", ["", "x", "../../etc/", "ABCDEFGHJK", "abcdefghj1"])
def test_a_code_that_is_none_is_not_taken_over(editor: User, code: str) -> None:
    assert drafts.draft_start(typed(), policy=None, actor=editor, code=code).code != code


def test_who_saves_second_overwrites_nothing_and_is_told(editor: User) -> None:
    draft = drafts.draft_start(typed(), policy=None, actor=editor)
    late = VersionDraft.objects.get(pk=draft.pk)
    drafts.draft_text_save(draft, "第一条　甲", warnings=[], lock_version=0, actor=editor)
    with pytest.raises(StaleState, match="一个字都没丢"):
        drafts.draft_text_save(late, "第一条　乙", warnings=[], lock_version=0, actor=editor)
    assert VersionDraft.objects.get().text == "第一条　甲"


def test_a_discarded_draft_takes_nothing_more_and_stays(editor: User) -> None:
    draft = drafts.draft_start(typed(), policy=None, actor=editor)
    drafts.draft_discard(draft, lock_version=0, actor=editor)
    drafts.draft_discard(draft, lock_version=0, actor=editor)
    with pytest.raises(StaleState, match="已经放弃"):
        drafts.draft_text_save(draft, "第一条　甲", warnings=[], lock_version=1, actor=editor)
    assert list(drafts.drafts_open()) == []
    assert AuditEvent.objects.filter(action="policy.draft_discarded").count() == 1


def test_an_unknown_draft_is_not_found() -> None:
    with pytest.raises(NotVisible):
        drafts.draft_at("nothing234")


def test_two_who_enter_the_same_policy_see_each_other(editor: User) -> None:
    other = factories.user(Role.EDITOR)
    mine = drafts.draft_start(typed(), policy=None, actor=editor)
    drafts.draft_start(typed(title="毫不相干的办法", doc_number=""), policy=None, actor=other)
    same_number = drafts.draft_start(typed(title="还没写全", doc_number="国令第990号"), policy=None, actor=other)
    same_title = drafts.draft_start(typed(title="《示例登记条例》", doc_number=""), policy=None, actor=other)
    found = drafts.rivals_of(mine.facts, policy=None, draft=mine, user_id=editor.pk)
    assert {rival.draft for rival in found} == {same_number, same_title}
    assert found[0].message == f"{other}正在录入同一部政策"


# --- facts ---


def test_the_facts_of_a_new_policy_are_read_as_they_are_typed(editor: User) -> None:
    read = read_facts(
        typed(short_titles="登记条例、示例条例", effective_from="２０２６年７月１日", last_day="2026.12.31"),
        policy=None,
    )
    assert (read.policy.short_titles, read.version.effective_from) == (("登记条例", "示例条例"), START)
    assert read.version.effective_to == dt.date(2027, 1, 1)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"label": ""}, "label"),
        ({"level": "edict"}, "level"),
        ({"region": "月球"}, "region"),
        ({"verified": "sure"}, "verified"),
        ({"verified": "text"}, "note"),
        ({"effective_from": "七月一日"}, "effective_from"),
        ({"last_day": "2019-12-31"}, "last_day"),
        ({"official_url": "javascript:alert(1)"}, "official_url"),
        ({"title": "长" * 201}, "title"),
    ],
)
def test_each_wrong_fact_is_told_beside_its_field(values: dict[str, str], field: str) -> None:
    read = read_facts(typed(**values), policy=None)
    assert field in read.errors
    assert (read.policy, read.version) == (None, None)


def test_all_that_is_wrong_is_told_at_once() -> None:
    read = read_facts(typed(title="", label="", effective_from="x"), policy=None)
    assert set(read.errors) == {"title", "label", "effective_from"}


def test_a_number_with_the_title_of_another_is_refused_with_the_likely_right_one(editor: User) -> None:
    title = "国务院关于加快推进政务服务标准化规范化便利化的指导意见"
    known = entered(OLD, editor, title=title, doc_number="国发〔2022〕5号").version.policy
    read = read_facts(typed(title=title, doc_number="国办发〔2022〕5号"), policy=None)
    assert "国发〔2022〕5号" in read.errors["doc_number"]
    assert read.likely.code == known.code


def test_a_policy_that_is_there_is_not_entered_twice(editor: User) -> None:
    known = entered(OLD, editor).version.policy
    read = read_facts(typed(), policy=None)
    assert "库里已有" in read.errors["title"]
    assert read.likely.code == known.code


def test_two_without_a_number_are_told_apart_by_title_and_issuer(editor: User) -> None:
    entered(OLD, editor, doc_number="")
    assert "title" in read_facts(typed(doc_number=""), policy=None).errors
    assert read_facts(typed(doc_number="", issuer="另一个机关"), policy=None).errors == {}


def test_a_new_version_may_have_a_number_of_its_own_but_not_that_of_another_policy(editor: User) -> None:
    known = entered(OLD, editor).version.policy
    entered(OLD, editor, title="另一部条例", doc_number="国务院令第991号")
    own = {**typed_of(known), "label": "2026", "effective_from": "2026-07-01", "verified": "search"}
    assert read_facts({**own, "doc_number": "国务院令第995号"}, policy=known).version.doc_number == "国务院令第995号"
    assert "另一部条例" in read_facts({**own, "doc_number": "国务院令第991号"}, policy=known).errors["doc_number"]


def test_versions_that_share_a_day_or_a_name_are_refused_before_any_text_is_pasted(editor: User) -> None:
    known = entered(OLD, editor, last_day="2025-12-31").version.policy
    own = {**typed_of(known), "label": "2026", "verified": "search"}
    assert "重叠" in read_facts({**own, "effective_from": "2025-06-01"}, policy=known).errors["effective_from"]
    assert (
        "写明这一版用到哪一天"
        in read_facts({**own, "effective_from": "2019-01-01"}, policy=known).errors["effective_from"]
    )
    assert (
        "已有“2020”"
        in read_facts({**own, "label": "2020", "effective_from": "2026-01-01"}, policy=known).errors["label"]
    )
    assert read_facts({**own, "effective_from": "2026-01-01"}, policy=known).errors == {}


def test_what_is_in_force_now_may_be_followed_by_another(editor: User) -> None:
    known = entered(OLD, editor).version.policy
    own = {**typed_of(known), "label": "2026", "effective_from": "2026-07-01", "verified": "search"}
    assert read_facts(own, policy=known).errors == {}


# --- where clauses live on ---


def test_only_the_same_number_with_the_same_words_needs_no_decision(editor: User) -> None:
    policy = entered(OLD, editor).version.policy
    plan = plan_of(next_draft(policy, editor), effective_from=START)
    assert [(step.old.ref, step.proposed.ref if step.proposed else None) for step in plan.to_decide] == [
        ("2", "3"),
        ("3", None),
    ]
    assert [piece.ref for piece in plan.appeared] == ["2"]
    assert len(plan.open) == 2


def test_a_decision_counts_until_the_words_that_it_was_about_change(editor: User) -> None:
    policy = entered(OLD, editor).version.policy
    draft = accepted(next_draft(policy, editor), editor)
    assert plan_of(draft, effective_from=START).open == ()
    draft = drafts.draft_text_save(
        draft, NEW.replace("十日", "十五日"), warnings=[], lock_version=draft.lock_version, actor=editor
    )
    assert [step.old.ref for step in plan_of(draft, effective_from=START).open] == ["2"]
    draft = drafts.draft_text_save(draft, OLD, warnings=[], lock_version=draft.lock_version, actor=editor)
    assert plan_of(draft, effective_from=START).open == ()


def test_a_clause_can_be_carried_on_by_one_that_nobody_proposed(editor: User) -> None:
    policy = entered(OLD, editor).version.policy
    draft = next_draft(policy, editor)
    plan = plan_of(draft, effective_from=START)
    step = plan.to_decide[1]
    chosen = plan.named("第二条")
    drafts.draft_followed_save(
        draft, {step.old.code: decision(chosen, proposed=step.proposed)}, lock_version=1, actor=editor
    )
    plan = plan_of(draft, effective_from=START)
    assert plan.to_decide[1].chosen.ref == "2"
    assert plan.appeared == ()


def test_two_clauses_cannot_live_on_in_one(editor: User) -> None:
    policy = entered(OLD, editor).version.policy
    plan = plan_of(next_draft(policy, editor), effective_from=START)
    third = plan.named("3")
    with pytest.raises(RuleBroken, match="只能有一条由它承接"):
        refuse_claimed_twice(plan, {step.old.code: third for step in plan.to_decide})


def test_accepting_all_leaves_open_what_was_given_to_another(editor: User) -> None:
    policy = entered(OLD, editor).version.policy
    draft = next_draft(policy, editor)
    plan = plan_of(draft, effective_from=START)
    third = {plan.to_decide[1].old.code: decision(plan.named("3"), proposed=None)}
    drafts.draft_followed_save(draft, third, lock_version=1, actor=editor)
    assert plan_of(draft, effective_from=START).accepted() == {}


@pytest.mark.parametrize("words", ["第九十九条", "", "<b>", "九"])
def test_a_clause_that_the_text_does_not_have_is_refused(editor: User, words: str) -> None:
    policy = entered(OLD, editor).version.policy
    with pytest.raises(RuleBroken, match="新文本里没有"):
        plan_of(next_draft(policy, editor), effective_from=START).named(words)


# --- saved ---


def test_a_new_policy_is_saved_with_its_clauses_and_the_draft_stays_as_record(editor: User) -> None:
    result = entered(OLD, editor)
    assert [clause.label for clause in result.version.clauses.all()] == ["第一条", "第二条", "第三条"]
    assert result.version.policy.doc_number == "国务院令第990号"
    draft = VersionDraft.objects.get()
    assert (draft.version, draft.policy, draft.text) == (result.version, result.version.policy, OLD)


def test_a_new_version_ends_the_one_before_carries_clauses_on_and_opens_tasks(editor: User) -> None:
    first = entered(OLD, editor).version
    same, changed = resting_on(of(first, 1)), resting_on(of(first, 2))
    draft = accepted(next_draft(first.policy, editor), editor)
    result = draft_finish(draft, lock_version=draft.lock_version, scope=scope_of(editor), actor=editor)
    first.refresh_from_db()
    assert first.effective_to == START
    assert of(result.version, 3).stable_key == of(first, 2).stable_key
    assert (result.tasks.precedents, result.tasks.departments) == (1, 1)
    assert list(Doubt.objects.values_list("precedent", "new_clause")) == [(changed.pk, of(result.version, 3).pk)]
    assert not same.doubts.exists()


def test_saving_twice_makes_one_version(editor: User) -> None:
    first = entered(OLD, editor).version
    draft = accepted(next_draft(first.policy, editor), editor)
    results = [
        draft_finish(draft, lock_version=draft.lock_version, scope=scope_of(editor), actor=editor) for _ in range(2)
    ]
    assert results[0].version == results[1].version
    assert [result.is_new for result in results] == [True, False]
    assert first.policy.versions.count() == 2


def test_what_nobody_confirmed_is_not_saved(editor: User) -> None:
    first = entered(OLD, editor).version
    draft = next_draft(first.policy, editor)
    with pytest.raises(RuleBroken, match="还有 2 条没有确认"):
        draft_finish(draft, lock_version=draft.lock_version, scope=scope_of(editor), actor=editor)
    assert first.policy.versions.count() == 1


def test_what_was_changed_after_it_was_looked_at_is_not_saved(editor: User) -> None:
    first = entered(OLD, editor).version
    draft = accepted(next_draft(first.policy, editor), editor)
    with pytest.raises(StaleState):
        draft_finish(draft, lock_version=draft.lock_version - 1, scope=scope_of(editor), actor=editor)


def test_a_clause_that_vanishes_while_it_is_cited_has_to_be_let_go_on_purpose(editor: User) -> None:
    first = entered(OLD, editor).version
    resting_on(of(first, 3))
    draft = accepted(next_draft(first.policy, editor), editor)
    preview = preview_of(draft, scope=scope_of(editor), on=TODAY)
    assert [step.old.label for step in preview.lost] == ["第三条"]
    with pytest.raises(RuleBroken, match="没有了第三条"):
        draft_finish(draft, lock_version=draft.lock_version, scope=scope_of(editor), actor=editor)
    result = draft_finish(
        draft, lock_version=draft.lock_version, scope=scope_of(editor), actor=editor, accepts_lost=True
    )
    assert "没有对应的条款" in Doubt.objects.get().reason
    assert result.tasks.precedents == 1


def test_a_clause_that_vanishes_is_cited_also_by_who_rests_on_an_older_text_of_it(editor: User) -> None:
    first = entered(OLD, editor).version
    before = ClauseFacts(label="第二条", ref="2", text="旧的写法。", stable_key=of(first, 3).stable_key)
    dates = VersionFacts(label="更早", effective_from=dt.date(2010, 1, 1), effective_to=first.effective_from)
    older = policy_version_add(first.policy, dates, clauses=[before], actor=None)
    found = resting_on(older.clauses.get())
    preview = preview_of(accepted(next_draft(first.policy, editor), editor), scope=scope_of(editor), on=TODAY)
    assert [step.old.label for step in preview.lost] == ["第三条"]
    assert [touched.row.precedent for touched in preview.impact.touched] == [found]


def test_two_who_entered_the_same_new_policy_make_one_and_the_second_keeps_the_draft(editor: User) -> None:
    other = factories.user(Role.EDITOR)
    late = drafts.draft_start(typed(), policy=None, actor=other)
    drafts.draft_text_save(late, OLD, warnings=[], lock_version=0, actor=other)
    entered(OLD, editor)
    with pytest.raises(RuleBroken, match="库里已有"):
        draft_finish(late, lock_version=1, scope=scope_of(other), actor=other)
    assert VersionDraft.objects.get(pk=late.pk).text == OLD
    assert Policy.objects.count() == 1


def test_the_preview_counts_what_saving_opens(editor: User) -> None:
    first = entered(OLD, editor).version
    for number in (1, 2, 2, 3):
        resting_on(of(first, number))
    whole = factories.published(citations=(factories.citation(of(first, 1)),))
    whole.live_revision.citations.update(clause=None)
    draft = accepted(next_draft(first.policy, editor), editor)
    preview = preview_of(draft, scope=scope_of(editor), on=TODAY)
    result = draft_finish(
        draft, lock_version=draft.lock_version, scope=scope_of(editor), actor=editor, accepts_lost=True
    )
    assert preview.impact.total == result.tasks.precedents == 4
    assert preview.ends_on == dt.date(2026, 6, 30)
    assert [step.old.ref for step in preview.changed] == ["2", "3"]


def test_tasks_that_the_viewer_may_not_see_are_not_counted(editor: User) -> None:
    first = entered(OLD, editor).version
    resting_on(of(first, 2))
    draft = accepted(next_draft(first.policy, editor), editor)
    result = draft_finish(draft, lock_version=draft.lock_version, scope=ViewerScope(), actor=editor)
    assert result.tasks.precedents == 0
    assert Doubt.objects.count() == 1


def test_a_paragraph_that_was_a_clause_of_its_own_stays_one(editor: User) -> None:
    text = OLD + "\n登记机关应当受理补领申请。"
    first = entered(text, editor).version
    from caselib.policies.services import clause_add

    part = clause_add(
        first, ClauseFacts(label="第三条第二款", ref="3/2", text="登记机关应当受理补领申请。"), actor=editor
    )
    draft = next_draft(first.policy, editor, text)
    draft_finish(draft, lock_version=draft.lock_version, scope=scope_of(editor), actor=editor)
    version = first.policy.versions.get(label="2026")
    assert version.clauses.get(ref="3/2").stable_key == part.stable_key
    assert version.clauses.count() == 4


def test_a_text_without_articles_is_kept_whole(editor: User) -> None:
    version = entered("关于某事的通知\n各有关单位：\n请抓紧落实。", editor).version
    assert [clause.label for clause in version.clauses.all()] == ["全文"]
    assert "请抓紧落实" in version.clauses.get().text


def test_an_annex_and_a_preamble_are_kept(editor: User) -> None:
    version = entered(
        "某条例\n为了某事，制定本条例说明如下。\n" + OLD.partition("\n")[2] + "\n附件：收费表\n甲 20 元", editor
    ).version
    assert [clause.label for clause in version.clauses.all()] == ["前言", "第一条", "第二条", "第三条", "附件"]


def test_without_a_day_on_which_it_begins_nothing_ends_and_nobody_is_asked(editor: User) -> None:
    first = entered(OLD, editor).version
    resting_on(of(first, 2))
    facts = {**typed_of(first.policy), "label": "待核", "verified": "memory"}
    draft = drafts.draft_start(facts, policy=first.policy, actor=editor)
    drafts.draft_text_save(draft, NEW, warnings=[], lock_version=0, actor=editor)
    result = draft_finish(draft, lock_version=1, scope=scope_of(editor), actor=editor)
    first.refresh_from_db()
    assert first.effective_to is None
    assert (result.tasks.precedents, result.version.effective_from) == (0, None)
