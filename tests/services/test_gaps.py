"""知识缺口: filed with one click, counted once a person, closed once, and never with personal data in it."""

import datetime as dt

import pytest

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.core.errors import NotAllowed, RuleBroken, StaleState
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.visibility import Audience
from caselib.search.gaps.selectors import gaps_for_desk
from caselib.search.gaps.services import LONGEST_REASON, MOST_TYPED, gap_close, gap_file, gap_question
from caselib.search.models import KnowledgeGap, KnowledgeGapFiling
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 2)
QUESTION = "人在国外，护照过期了怎么办公证"


@pytest.fixture
def clerk():
    return scope_of(factories.user(Role.WINDOW))


@pytest.fixture
def editor():
    return scope_of(factories.user(Role.EDITOR))


@pytest.fixture
def gap(clerk):
    return gap_file(QUESTION, scope=clerk).gap


def everything_stored() -> str:
    rows = [*KnowledgeGap.objects.values_list(), *AuditEvent.objects.filter(action__startswith="gap.").values_list()]
    return repr(rows)


def test_personal_data_of_a_question_is_stored_nowhere(clerk):
    secrets = ("310101199001010012", "13800138000", "678室", "王小明")
    question = "姓名：王小明，身份证310101199001010012，住某路123弄45号678室，电话一三八零零一三八零零零，补不了证"
    filed = gap_file(question, scope=clerk)
    assert filed.gap.question.endswith("电话〔手机号〕，补不了证")
    stored = everything_stored()
    assert "〔身份证号〕" in stored
    assert not [secret for secret in (*secrets, "一三八零零") if secret in stored]


def test_the_same_question_is_one_gap_and_every_person_counts_once(clerk):
    colleague = scope_of(factories.user(Role.WINDOW))
    first = gap_file(QUESTION, scope=clerk)
    again = gap_file(f"  {QUESTION}？", scope=clerk)
    other = gap_file(QUESTION.replace("，", ","), scope=colleague)
    assert (first.is_new, again.is_new, other.is_new) == (True, False, True)
    gap = KnowledgeGap.objects.get()
    assert (gap.times, gap.question) == (2, QUESTION)
    assert KnowledgeGapFiling.objects.filter(gap=gap).count() == 2
    assert AuditEvent.objects.filter(action=Action.GAP_FILED).count() == 2


def test_a_closed_question_that_is_asked_again_is_a_new_gap(gap, clerk, editor):
    gap_close(gap, scope=editor, reason="不归窗口管")
    again = gap_file(QUESTION, scope=clerk)
    assert again.is_new
    assert again.gap.pk != gap.pk
    assert again.gap.times == 1


def test_a_gap_takes_the_matter_with_it(clerk):
    matter = factories.matter("公证")
    assert gap_file(QUESTION, scope=clerk, matter=matter).gap.matter == matter


def test_a_long_question_is_cut_and_says_so(clerk):
    filed = gap_file("说来话长" * 5000, scope=clerk)
    assert filed.is_cut
    assert len(filed.gap.question) <= 300
    assert filed.gap.question.endswith("…")
    assert not gap_question("短问题").is_cut
    assert gap_question("长" * 300).text == "长" * 300


@pytest.mark.parametrize("question", ["", "  \n", "？！…", "\u200b\u200b", "😀", "\x00"])
def test_without_words_there_is_nothing_to_file(clerk, question):
    with pytest.raises(RuleBroken, match="没有写问题") as refused:
        gap_file(question, scope=clerk)
    assert refused.value.code == "empty"
    assert not KnowledgeGap.objects.exists()


def test_more_than_a_ticket_is_refused_with_the_limit(clerk):
    with pytest.raises(RuleBroken, match="20000"):
        gap_file("字" * (MOST_TYPED + 1), scope=clerk)


def test_emoji_and_markup_are_kept_as_they_are(clerk):
    question = "<script>alert(1)</script>执照😀办不了 ' OR 1=1 --"
    assert gap_file(question, scope=clerk).gap.question == question


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_who_only_administers_files_nothing(role):
    with pytest.raises(NotAllowed):
        gap_file(QUESTION, scope=scope_of(factories.user(role)))
    assert not KnowledgeGap.objects.exists()


def test_an_editor_answers_a_gap_with_a_precedent_in_any_spelling_of_its_number(gap, editor):
    precedent = factories.published()
    closed = gap_close(gap, scope=editor, number=f" 照 {precedent.number.lower()} 办")
    assert (closed.state, closed.answered_by) == (KnowledgeGap.State.ANSWERED, precedent)
    event = AuditEvent.objects.get(action=Action.GAP_CLOSED)
    assert event.after == {"state": "answered", "precedent": precedent.number, "reason": ""}
    assert event.actor_id == editor.user_id


def test_a_gap_is_declined_with_a_reason(gap, editor):
    closed = gap_close(gap, scope=editor, reason=" 不归窗口管，\n告诉群众打12345 ")
    assert (closed.state, closed.reason) == (KnowledgeGap.State.DECLINED, "不归窗口管， 告诉群众打12345")
    assert closed.closed_by_id == editor.user_id


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "no_answer"),
        ({"number": "S-01"}, "bad_number"),
        ({"number": "310109-2026-D99-9999"}, "unknown_number"),
        ({"reason": "长" * (LONGEST_REASON + 1)}, "too_long"),
    ],
)
def test_without_a_usable_answer_a_gap_stays_open(gap, editor, given, code):
    with pytest.raises(RuleBroken, match="没有处理") as refused:
        gap_close(gap, scope=editor, **given)
    assert refused.value.code == code
    gap.refresh_from_db()
    assert gap.state == KnowledgeGap.State.OPEN


def test_a_retired_precedent_answers_nothing(gap, editor):
    retired = factories.published()
    precedent_retire(retired, reason="没有用了", actor=None)
    with pytest.raises(RuleBroken, match="出库"):
        gap_close(gap, scope=editor, number=retired.number)


def test_a_precedent_that_the_editor_may_not_see_is_not_there(gap, editor):
    hidden = factories.published(audience=Audience.DEPARTMENT)
    with pytest.raises(RuleBroken, match="没有找到编号"):
        gap_close(gap, scope=editor, number=hidden.number)


def test_the_second_of_two_editors_changes_nothing(gap, editor):
    gap_close(gap, scope=editor, reason="不归窗口管")
    with pytest.raises(StaleState):
        gap_close(gap, scope=scope_of(factories.user(Role.DEPARTMENT_ADMIN)), number=factories.published().number)
    gap.refresh_from_db()
    assert gap.state == KnowledgeGap.State.DECLINED


@pytest.mark.parametrize("role", [Role.WINDOW, Role.REVIEWER, Role.TRAINER, Role.SYSTEM_ADMIN])
def test_only_editors_close_gaps(gap, role):
    with pytest.raises(NotAllowed):
        gap_close(gap, scope=scope_of(factories.user(role)), reason="不收")


def test_the_desk_lists_what_was_asked_most_with_the_departments_that_asked(clerk, editor):
    gap_file("只问过一次的事", scope=clerk)
    gap_file(QUESTION, scope=clerk)
    gap_file(QUESTION, scope=editor)
    page = gaps_for_desk(scope=editor, on=TODAY)
    assert [(row.gap.question, row.gap.times) for row in page.rows] == [(QUESTION, 2), ("只问过一次的事", 1)]
    assert len(page.rows[0].departments) == 2


def test_the_desk_names_an_answer_only_to_those_who_may_read_it(gap, editor):
    department = factories.department()
    insider = scope_of(factories.user(Role.EDITOR, within=department))
    hidden = factories.published(owner=department, audience=Audience.DEPARTMENT)
    gap_close(gap, scope=insider, number=hidden.number)
    answers = [gaps_for_desk(scope=scope, on=TODAY, state="answered").rows[0].answer for scope in (insider, editor)]
    assert answers == [hidden, None]
