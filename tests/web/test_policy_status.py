"""时效 as dated facts on a page: confirmed with the impact seen before, withdrawn with a reason; and relations."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client

from caselib.audit.models import AuditEvent
from caselib.orgs.models import Role
from caselib.policies.models import Policy, PolicyRelation, StatusFact
from caselib.policies.services import ClauseFacts, VersionFacts, policy_version_add
from caselib.policies.standing import CHECKED
from caselib.policies.status_entry import digest_of, typed_from
from caselib.precedents.models import Doubt
from tests import factories
from tests.services.test_signal import resting_on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(dt.datetime(2026, 6, 20, 2, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def editor() -> Client:
    client = Client()
    client.force_login(factories.user(Role.EDITOR))
    return client


@pytest.fixture
def clause():
    return factories.clause(effective_from=dt.date(2020, 1, 1))


def content(response) -> str:
    return response.content.decode()


def at(policy: Policy, rest: str = "status/") -> str:
    return f"/policies/{policy.code}/{rest}"


def fact(*, seen: bool = False, **values: str) -> dict[str, str]:
    typed = {"status": "repealed", "from_on": "２０２６年７月１日", "by": "某决定", "verified": "search", **values}
    return {**typed, "seen": digest_of(typed_from(typed))} if seen else typed


def test_what_takes_no_force_away_is_saved_at_once(editor, clause):
    policy = clause.version.policy
    response = editor.post(at(policy), fact(status="in_force", source="官网"), follow=True)
    assert "记下了：现行有效" in content(response)
    assert StatusFact.objects.latest("pk").from_on == dt.date(2026, 7, 1)


def test_what_takes_force_away_is_seen_before_it_is_saved(editor, clause):
    policy, precedent = clause.version.policy, resting_on(clause)
    before = StatusFact.objects.count()
    page = content(editor.post(at(policy), fact()))
    assert "还没有保存" in page
    assert "1 件案例要复核" in page
    assert precedent.live_revision.title in page
    assert 'value="某决定"' in page
    assert StatusFact.objects.count() == before
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    response = editor.post(at(policy), {**fact(), "seen": seen}, follow=True)
    assert "1 个部门的 1 件案例开了待复核" in content(response)
    assert Doubt.objects.count() == 1


def test_what_was_changed_after_the_impact_was_seen_is_seen_again(editor, clause):
    policy = clause.version.policy
    before = StatusFact.objects.count()
    page = content(editor.post(at(policy), {**fact(seen=True), "from_on": "2026-08-01"}))
    assert "还没有保存" in page
    assert 'value="2026-08-01"' in page
    assert StatusFact.objects.count() == before


def test_partly_repealed_names_clauses_that_are_there(editor, clause):
    policy = clause.version.policy
    assert "部分失效要写明哪几条" in content(editor.post(at(policy), fact(status="partly_repealed")))
    response = editor.post(at(policy), fact(status="partly_repealed", clauses="第三十三条、第九十九条"))
    assert response.status_code == 422
    assert "没有第99条" in content(response)
    editor.post(at(policy), fact(status="partly_repealed", clauses="第三十三条", seen=True))
    assert list(StatusFact.objects.latest("pk").clauses.all()) == [clause]


@pytest.mark.parametrize(
    ("typed", "refs"),
    [
        ("第三条至第五条", ["3", "4", "5"]),
        ("3、第５条", ["3", "5"]),
        ("第三、四条和第五条", ["3", "4", "5"]),
        ("三条", ["3"]),
        ("第三条、别的", None),
        ("3至5", None),
    ],
)
def test_every_clause_that_was_typed_is_in_a_partial_repeal_or_it_is_refused(editor, clause, typed, refs):
    policy = clause.version.policy
    facts = [ClauseFacts(label=f"第{ref}条", ref=str(ref)) for ref in (3, 4, 5)]
    policy_version_add(policy, VersionFacts(label="又一版"), clauses=facts, actor=None)
    page = content(editor.post(at(policy), fact(status="partly_repealed", clauses=typed, from_on="", seen=True)))
    if refs is None:
        assert "没有读懂" in page
    else:
        assert [each.ref for each in StatusFact.objects.latest("pk").clauses.order_by("position")] == refs


def test_the_document_behind_it_is_linked_where_the_library_has_it(editor, clause):
    other = factories.clause(title="示例修改决定").version.policy
    editor.post(at(clause.version.policy), fact(by=other.doc_number, seen=True))
    saved = StatusFact.objects.latest("pk")
    assert (saved.other, saved.by_note) == (other, "")
    assert "示例修改决定" in content(editor.get(at(clause.version.policy)))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"status": "gone"}, "选一下时效"),
        ({"from_on": "七月"}, "看不出是哪一天"),
        ({"verified": "text"}, "写明对照的是哪里的正文"),
        ({"source_url": "ftp://x"}, "网址要以 http"),
        ({"clauses": "第三条"}, "只有“部分失效”要写"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(editor, clause, values, told):
    response = editor.post(at(clause.version.policy), fact(**values))
    assert response.status_code == 422
    assert told in content(response)
    assert 'value="某决定"' in content(response)


def test_the_same_fact_twice_is_told(editor, clause):
    policy = clause.version.policy
    for status in (302, 422):
        response = editor.post(at(policy), fact(seen=True))
        assert response.status_code == status
    assert "已经记过这一条" in content(response)


def test_a_wrong_fact_is_withdrawn_with_the_reason_and_stays_struck(editor, clause):
    policy = clause.version.policy
    editor.post(at(policy), fact(seen=True))
    pk = StatusFact.objects.latest("pk").pk
    response = editor.post(at(policy, f"status/{pk}/withdraw/"), {"reason": " "})
    assert response.status_code == 422
    assert "撤回要写明哪里不对" in content(response)
    response = editor.post(at(policy, f"status/{pk}/withdraw/"), {"reason": "看错了文件"}, follow=True)
    page = content(response)
    assert "<del>已废止</del>" in page
    assert "撤回：看错了文件" in page
    again = editor.post(at(policy, f"status/{pk}/withdraw/"), {"reason": "又一次"})
    assert again.status_code == 409


def test_a_fact_of_another_policy_cannot_be_withdrawn_from_here(editor, clause):
    pk = StatusFact.objects.get(policy=clause.version.policy).pk
    other = factories.clause().version.policy
    assert editor.post(at(other, f"status/{pk}/withdraw/"), {"reason": "x"}).status_code == 404


def test_everybody_reads_the_facts_and_nobody_else_a_form(clause):
    clerk = Client()
    clerk.force_login(factories.user(Role.WINDOW))
    page = content(clerk.get(at(clause.version.policy)))
    assert "现行有效" in page
    assert "再确认一条" not in page
    assert "现行有效" in content(clerk.get(at(clause.version.policy, "")))


def test_another_policy_is_related_by_search_with_its_conditions(editor, clause):
    policy, other = clause.version.policy, factories.clause(title="强制注销规定").version.policy
    page = content(editor.get(at(policy, "relations/"), {"q": "强制注销"}))
    assert f'value="{other.code}"' in page
    posted = {"q": "强制注销", "other": other.code, "kind": "alternative"}
    response = editor.post(at(policy, "relations/"), posted)
    assert response.status_code == 422
    assert "写明什么情况下可以考虑它" in content(response)
    assert "checked" in content(response)
    response = editor.post(at(policy, "relations/"), {**posted, "conditions": "股东失联的"}, follow=True)
    assert "记下了：不符合时可考虑" in content(response)
    link = PolicyRelation.objects.get()
    assert (link.policy, link.other, link.conditions) == (policy, other, "股东失联的")


@pytest.mark.parametrize(
    ("posted", "told"),
    [({}, "先查出另一件政策"), ({"kind": "enemy"}, "选一下是什么关系"), ({"relation": "长" * 101}, "最多 100 字")],
)
def test_a_relation_that_is_not_whole_is_told(editor, clause, posted, told):
    other = factories.clause().version.policy
    usual = {"q": other.title, "kind": "related"}
    chosen = {"other": other.code} if posted else {}
    response = editor.post(at(clause.version.policy, "relations/"), {**usual, **chosen, **posted})
    assert response.status_code == 422
    assert told in content(response)
    assert not PolicyRelation.objects.exists()


def checks(policy: Policy, **values: str) -> dict[str, str]:
    seen = {f"seen-{name}": getattr(policy, name) for name in CHECKED}
    return {**seen, **dict.fromkeys(CHECKED, "text"), "official_url": "https://www.gov.cn/x", **values}


def test_title_number_and_dates_are_checked_with_the_address_and_leave_the_desk(editor, clause):
    policy = clause.version.policy
    response = editor.post(at(policy, "checked/"), checks(policy), follow=True)
    assert "核对的结果记下了" in content(response)
    policy.refresh_from_db()
    assert [getattr(policy, name) for name in CHECKED] == ["text"] * 3
    event = AuditEvent.objects.get(action="policy.checked")
    assert event.after["official_url"] == "https://www.gov.cn/x"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"official_url": ""}, "写上对照的官方网址"),
        ({"official_url": "javascript:alert(1)"}, "网址要以 http"),
        ({"number_verified": "sure"}, "选一下核对到什么程度"),
    ],
)
def test_a_check_without_evidence_is_told_and_notes_nothing(editor, clause, values, told):
    policy = clause.version.policy
    response = editor.post(at(policy, "checked/"), checks(policy, **values))
    assert response.status_code == 422
    assert told in content(response)
    assert Policy.objects.get(pk=policy.pk).title_verified == policy.title_verified


def test_who_checks_second_overwrites_nothing(editor, clause):
    policy = clause.version.policy
    assert editor.post(at(policy, "checked/"), checks(policy)).status_code == 302
    late = editor.post(at(policy, "checked/"), checks(policy, title_verified="memory"))
    assert late.status_code == 409
    assert Policy.objects.get(pk=policy.pk).title_verified == "text"
