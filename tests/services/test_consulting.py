"""提请会商: asked of departments, answered by each, concluded by the one that leads; nothing that was said is ever overwritten."""

import datetime as dt

import pytest
import time_machine

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.consulting.asking import (
    LONGEST_QUESTION,
    MOST_DEPARTMENTS,
    NewConsultation,
    consultation_ask,
    lead_of,
)
from caselib.consulting.models import Consultation, Party, Saying
from caselib.consulting.selectors import answers_for, consultation_for_page, consultations_for_page, gap_to_consult
from caselib.consulting.services import (
    LONGEST_WORDS,
    consultation_answer,
    consultation_conclude,
    consultation_lead,
    consultation_pass,
    consultation_withdraw,
)
from caselib.core.errors import NotAllowed, NotVisible, RuleBroken, StaleState
from caselib.core.ids import new_code
from caselib.desk.reviewing.approving import text_approved
from caselib.desk.vocabularies.merging import matters_merge
from caselib.desk.writing.from_consultation import draft_begin_from_consultation
from caselib.orgs.models import Role
from caselib.orgs.places import department_switch
from caselib.orgs.scope import scope_of
from caselib.precedents.content import content_of
from caselib.precedents.services import revision_save, revision_submit
from caselib.search.gaps.selectors import answers_for as gap_answers_for
from caselib.search.gaps.services import gap_close, gap_file
from caselib.search.gaps.working import gap_join, gap_take
from caselib.search.models import KnowledgeGap
from caselib.waiting import counts_waiting
from tests import factories

from .deeds_of_asking import asked, concluded, speaker

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 2)
PHONE = "13800138000"


@pytest.fixture
def lead():
    return factories.department("市场监督管理局")


@pytest.fixture
def other():
    return factories.department("民政局")


@pytest.fixture
def clerk():
    return factories.user(Role.WINDOW)


@pytest.fixture
def made(lead, other, clerk):
    return asked(lead=lead, others=(other,), by=clerk)


def party(made, department) -> Party:
    return made.parties.select_related("department").get(department=department)


def answer(made, department, words="可以办", *, lock_version=0, scope=None, basis=""):
    scope = scope or speaker(department)
    return consultation_answer(
        party(made, department), words=words, basis=basis, lock_version=lock_version, scope=scope
    )


def conclude(made, department, words="可以办", **values):
    made.refresh_from_db()
    values = {"basis": "", "lock_version": made.lock_version, "scope": speaker(department)} | values
    return consultation_conclude(made, words=words, **values)


def waiting(scope) -> int:
    return counts_waiting(scope).get("consultations", 0)


# --- asking ---


def test_a_consultation_has_one_lead_and_is_due_in_working_days(lead, other, clerk):
    with time_machine.travel("2026-09-30T10:00+08:00", tick=False):
        made = asked(lead=lead, others=(other, other, lead), by=clerk, urgency="waiting")
    assert made.due_on == dt.date(2026, 10, 8)
    assert [(each.department, each.is_lead) for each in made.parties.all()] == [(lead, True), (other, False)]


def test_two_leads_are_refused_and_none_as_well(lead, other):
    offered = {str(each.pk): each for each in (lead, other)}
    for keys, code in ((list(offered), "two_leads"), ([""], "required"), (["999"], "unknown_department")):
        with pytest.raises(RuleBroken) as refused:
            lead_of(keys, offered=offered)
        assert refused.value.code == code
    assert lead_of([str(lead.pk), str(lead.pk)], offered=offered) == lead


def test_the_question_is_stored_without_personal_data_and_keeps_its_lines(lead, clerk):
    made = asked(lead=lead, by=clerk, question=f"能不能办\n\n\n\n群众电话{PHONE}\x00，怎么答？")
    assert made.question == "能不能办\n\n群众电话〔手机号〕，怎么答？"


@pytest.mark.parametrize(
    ("question", "code"), [("", "required"), ("？！\n😀", "required"), ("字" * (LONGEST_QUESTION + 1), "too_long")]
)
def test_a_question_without_words_or_beyond_the_limit_asks_nobody(lead, question, code):
    with pytest.raises(RuleBroken, match="没有提请") as refused:
        asked(lead=lead, question=question)
    assert refused.value.code == code
    assert not Consultation.objects.exists()


def test_departments_that_are_switched_off_or_too_many_are_refused(lead):
    others = tuple(factories.department() for _ in range(MOST_DEPARTMENTS))
    with pytest.raises(RuleBroken, match="最多"):
        asked(lead=lead, others=others)
    lead.is_active = False
    with pytest.raises(RuleBroken, match="停用"):
        asked(lead=lead)


def test_pressing_twice_asks_once_and_nobody_else_gets_it_by_the_code(lead, clerk):
    scope, code = scope_of(clerk), new_code()
    new = NewConsultation("能不能办", lead)
    first, again = (consultation_ask(new, scope=scope, code=code) for _ in range(2))
    assert first == again
    assert Party.objects.count() == 1
    with pytest.raises(NotVisible):
        consultation_ask(new, scope=scope_of(factories.user(Role.WINDOW)), code=code)


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_who_only_administers_asks_nothing(lead, role):
    with pytest.raises(NotAllowed):
        asked(lead=lead, by=factories.user(role))


def test_a_gap_is_brought_along_by_who_filed_it_or_tends_gaps(clerk):
    gap = gap_file("没有答案的事", scope=scope_of(clerk)).gap
    for user in (clerk, factories.user(Role.EDITOR)):
        assert gap_to_consult(scope_of(user), str(gap.pk)) == gap
    for key in (str(gap.pk), "0", "x", "9" * 30, "１"):
        with pytest.raises(NotVisible):
            gap_to_consult(scope_of(factories.user(Role.WINDOW)), key)


# --- answering ---


def test_each_department_answers_and_who_asked_is_told(made, lead, other, clerk):
    answer(made, other, f"不用批，问 {PHONE}", basis="条例第三条")
    (told,) = answers_for(scope_of(clerk))
    assert (told.view, told.args) == ("consulting:consultation", (made.code,))
    assert told.text == "民政局答复了：不用批，问 〔手机号〕"
    assert answers_for(speaker(other)) == ()


def test_what_was_said_stays_when_a_department_says_more(made, other):
    answer(made, other, "不用批")
    answer(made, other, "再想想，要批", lock_version=1)
    assert [said.words for said in made.sayings.all()] == ["不用批", "再想想，要批"]


def test_a_colleague_who_read_the_old_page_overwrites_nothing(made, other):
    answer(made, other, "不用批")
    with pytest.raises(StaleState, match="刚刚有人答过"):
        answer(made, other, "要批")
    assert made.sayings.count() == 1


def test_two_departments_answer_at_the_same_time_without_getting_in_each_others_way(made, lead, other):
    answer(made, other)
    answer(made, lead)
    assert made.sayings.count() == 2


@pytest.mark.parametrize("role", Role)
def test_editors_reviewers_and_administrators_speak_for_their_department(made, other, role):
    may = role in (Role.EDITOR, Role.REVIEWER, Role.DEPARTMENT_ADMIN)
    if may:
        answer(made, other, scope=speaker(other, role))
    else:
        with pytest.raises(NotAllowed):
            answer(made, other, scope=speaker(other, role))
    with pytest.raises(NotAllowed):
        answer(made, other, scope=scope_of(factories.user(role)), lock_version=int(may))


def test_not_ours_names_who_is_responsible(made, other, clerk):
    read = {"lock_version": 0, "scope": speaker(other)}
    with pytest.raises(RuleBroken, match="归谁管"):
        consultation_pass(party(made, other), reason="不归", owner=" ", **read)
    said = consultation_pass(party(made, other), reason="不是殡葬", owner="市场监督管理局", **read)
    assert (said.kind, said.owner) == (Saying.Kind.PASS, "市场监督管理局")
    assert party(made, other).state == Party.State.PASSED
    assert "归市场监督管理局" in answers_for(scope_of(clerk))[0].text


@pytest.mark.parametrize("words", ["", " \n\x00", "长" * (LONGEST_WORDS + 1)])
def test_no_words_or_too_many_say_nothing(made, other, words):
    with pytest.raises(RuleBroken, match="没有记下"):
        answer(made, other, words)
    assert made.sayings.count() == 0


def test_what_comes_after_the_day_is_late_and_shows(lead, other, clerk):
    with time_machine.travel("2026-03-02T10:00+08:00", tick=False):
        made = asked(lead=lead, others=(other,), by=clerk, urgency="waiting")
        assert not answer(made, lead).is_late
    with time_machine.travel("2026-03-04T00:01+08:00", tick=False):
        assert answer(made, other).is_late
    page = consultation_for_page(scope_of(clerk), made.code, on=dt.date(2026, 3, 4))
    assert [row.is_late for row in page.parties] == [False, True]
    assert page.due.is_late


# --- the end ---


def test_the_lead_concludes_when_all_have_answered(made, lead, other, clerk):
    with pytest.raises(RuleBroken, match="还有 1 个部门没有答"):
        conclude(made, lead)
    answer(made, other)
    done = conclude(made, lead, f"可以登记，电话{PHONE}")
    assert done.state == Consultation.State.CLOSED
    assert [said.words for said in done.sayings.all()] == ["可以办", "可以登记，电话〔手机号〕"]
    assert "下了结论" in answers_for(scope_of(clerk))[0].text


def test_the_lead_may_conclude_without_waiting_any_longer(made, lead):
    assert conclude(made, lead, anyway=True).state == Consultation.State.CLOSED


def test_a_conclusion_that_did_not_read_the_last_answer_is_not_taken(made, lead, other):
    answer(made, other, "要批")
    with pytest.raises(StaleState, match="又有部门答了"):
        conclude(made, lead, lock_version=0)
    assert made.sayings.count() == 1


def test_after_the_end_nothing_more_is_said_and_who_is_late_is_told_why(made, lead, other, clerk):
    conclude(made, lead, anyway=True)
    for deed in (
        lambda: answer(made, other),
        lambda: conclude(made, lead),
        lambda: consultation_withdraw(made, reason="", scope=scope_of(clerk)),
        lambda: consultation_lead(made, other, scope=scope_of(clerk)),
    ):
        with pytest.raises(StaleState, match="已经下了结论"):
            deed()
    assert made.sayings.count() == 1


def test_only_the_lead_concludes(made, other):
    with pytest.raises(NotAllowed, match="由牵头的"):
        conclude(made, other, anyway=True)


def test_who_asked_takes_it_back_and_what_was_said_stays(made, other, clerk):
    answer(made, other)
    with pytest.raises(NotAllowed):
        consultation_withdraw(made, reason="", scope=speaker(other))
    consultation_withdraw(made, reason=f"问清楚了 {PHONE}", scope=scope_of(clerk))
    made.refresh_from_db()
    assert made.state == Consultation.State.WITHDRAWN
    assert [said.words for said in made.sayings.all()] == ["可以办", "问清楚了 〔手机号〕"]
    assert waiting(speaker(other)) == 0


def test_an_administrator_of_the_asking_department_stands_in_for_who_is_away(made):
    admin = speaker(made.department, Role.DEPARTMENT_ADMIN)
    assert consultation_withdraw(made, reason="", scope=admin).state == Consultation.State.WITHDRAWN


def test_another_lead_is_named_when_the_first_says_that_it_is_not_theirs(made, lead, other, clerk):
    consultation_pass(party(made, lead), reason="不是我们", owner="民政局", lock_version=0, scope=speaker(lead))
    assert consultation_for_page(scope_of(clerk), made.code, on=TODAY).lead_passed
    third = factories.department()
    for department in (other, third):
        consultation_lead(made, department, scope=scope_of(clerk))
        assert [each.department for each in made.parties.filter(is_lead=True)] == [department]
    consultation_lead(made, third, scope=scope_of(clerk))
    assert made.parties.count() == 3
    assert AuditEvent.objects.filter(action=Action.CONSULTATION_LED).count() == 2
    assert conclude(made, third, anyway=True).state == Consultation.State.CLOSED


# --- what waits ---


def test_it_waits_for_who_has_not_answered_and_for_the_lead_until_the_end(made, lead, other):
    assert (waiting(speaker(lead)), waiting(speaker(other)), waiting(speaker(factories.department()))) == (1, 1, 0)
    answer(made, other)
    assert (waiting(speaker(lead)), waiting(speaker(other))) == (1, 0)
    conclude(made, lead)
    assert waiting(speaker(lead)) == 0
    assert waiting(speaker(lead, Role.WINDOW)) == 0


def test_the_three_lists(made, lead, other, clerk):
    asker, joining, stranger = scope_of(clerk), speaker(other), speaker(factories.department())

    def listed(scope, of):
        return [row.consultation.pk for row in consultations_for_page(scope, of=of, on=TODAY).rows]

    assert [listed(scope, "mine") for scope in (asker, joining, stranger)] == [[made.pk], [], []]
    assert [listed(scope, "waiting") for scope in (asker, joining, stranger)] == [[], [made.pk], []]
    answer(made, other)
    assert listed(joining, "waiting") == []
    conclude(made, lead)
    assert [listed(scope, "done") for scope in (asker, joining, stranger)] == [[made.pk], [made.pk], []]
    assert consultations_for_page(asker, of="nonsense", on=TODAY).of == "mine"


# --- what comes of it ---


def test_a_conclusion_answers_the_gap_that_it_came_from_and_who_filed_it_is_told(lead, clerk):
    gap = gap_file("没有答案的事", scope=scope_of(clerk)).gap
    gap_take(gap, scope=scope_of(factories.user(Role.EDITOR)))
    concluded(lead=lead, by=clerk, gap=gap, words="可以办，不用批。")
    gap.refresh_from_db()
    assert (gap.state, gap.answer) == (KnowledgeGap.State.WORDS, "可以办，不用批。")
    assert "可以办，不用批。" in gap_answers_for(scope_of(clerk))[0].text


def test_a_gap_that_was_joined_is_answered_in_the_one_it_went_into_and_a_closed_one_stays(lead, clerk):
    editor = scope_of(factories.user(Role.EDITOR))
    gap, whole = (gap_file(text, scope=scope_of(clerk)).gap for text in ("甲问法的事", "乙问法的事"))
    gap_join(gap, into=whole, scope=editor)
    gap.refresh_from_db()
    concluded(lead=lead, by=clerk, gap=gap)
    whole.refresh_from_db()
    assert whole.state == KnowledgeGap.State.WORDS
    closed = gap_close(gap_file("丙问法的事", scope=scope_of(clerk)).gap, scope=editor, reason="不收")
    concluded(lead=lead, by=clerk, gap=closed)
    closed.refresh_from_db()
    assert closed.state == KnowledgeGap.State.DECLINED


def test_a_draft_of_the_lead_holds_wording_assessment_and_partners(made, lead, other, clerk):
    third = factories.department("街道办事处")
    Party.objects.create(consultation=made, department=third)
    answer(made, other, "不用批", basis="条例第三条")
    read = {"lock_version": 0, "scope": speaker(third)}
    consultation_pass(party(made, third), reason="不归街道", owner="市场局", **read)
    done = conclude(made, lead, "登记为宠物服务")
    author = factories.user(Role.EDITOR, within=lead)
    precedent, is_new = draft_begin_from_consultation(done, scope=scope_of(author), author=author)
    text = content_of(precedent.revisions.get())
    assert is_new
    assert precedent.owner_department == lead
    assert (text.lead_org, text.partner_orgs) == ("市场监督管理局", ("民政局",))
    assert (text.problem, text.requester_wording) == (made.question, (made.question,))
    assert text.resolution == "登记为宠物服务"
    assert text.assessment == "民政局：不用批（依据：条例第三条）\n\n市场监督管理局结论：登记为宠物服务"
    assert draft_begin_from_consultation(done, scope=scope_of(author), author=author) == (precedent, False)


def test_the_published_draft_answers_the_gap(lead, clerk):
    gap = gap_file("没有答案的事", scope=scope_of(clerk)).gap
    done = concluded(lead=lead, by=clerk, gap=gap)
    author = factories.user(Role.EDITOR, within=lead)
    precedent, _ = draft_begin_from_consultation(done, scope=scope_of(author), author=author)
    revision = precedent.revisions.get()
    text = factories.content()
    revision_save(revision, text, lock_version=revision.lock_version, editor=author)
    revision_submit(revision, lock_version=revision.lock_version, actor=author)
    read = {"lock_version": revision.lock_version, "digest_seen": revision.content_digest, "comment": "可以"}
    text_approved(revision, reviewer=factories.user(Role.REVIEWER, within=lead), **read)
    gap.refresh_from_db()
    assert (gap.state, gap.answered_by) == (KnowledgeGap.State.ANSWERED, precedent)
    assert gap_answers_for(scope_of(clerk))[0].args == (precedent.code,)


def test_no_draft_before_the_conclusion_nor_by_another_department(made, lead, other):
    with pytest.raises(RuleBroken, match="还没有结论"):
        draft_begin_from_consultation(made, scope=speaker(lead), author=factories.user(Role.EDITOR, within=lead))
    done = conclude(made, lead, anyway=True)
    for scope in (speaker(other), speaker(lead, Role.REVIEWER)):
        with pytest.raises(NotAllowed):
            draft_begin_from_consultation(done, scope=scope, author=None)


def test_a_consultation_follows_its_matter_into_the_one_that_takes_its_place(lead):
    old, new = (factories.matter(name) for name in ("旧事项", "新事项"))
    made = asked(lead=lead, matter=old)
    matters_merge(old.pk, into=new.pk, lock_version=old.lock_version, actor=factories.user(Role.EDITOR))
    made.refresh_from_db()
    assert made.matter == new


# --- a department that is switched off meanwhile ---


def switched_off(department) -> None:
    department_switch(department.pk, active=False, lock_version=department.lock_version, actor=None)
    department.refresh_from_db()


def test_nobody_waits_for_a_department_that_was_switched_off(made, lead, other, clerk):
    with pytest.raises(RuleBroken, match="还有 1 个部门没有答"):
        conclude(made, lead)
    switched_off(other)
    page = consultation_for_page(scope_of(clerk), made.code, on=TODAY)
    assert (page.silent, page.lead_closed) == (0, False)
    assert conclude(made, lead).state == Consultation.State.CLOSED


def test_a_lead_that_was_switched_off_is_told_and_may_be_replaced(made, lead, other, clerk):
    switched_off(lead)
    assert consultation_for_page(scope_of(clerk), made.code, on=TODAY).lead_closed
    consultation_lead(made, other, scope=scope_of(clerk))
    assert not consultation_for_page(scope_of(clerk), made.code, on=TODAY).lead_closed
    with pytest.raises(RuleBroken, match="已经停用"):
        consultation_lead(made, lead, scope=scope_of(clerk))


def test_who_never_answered_is_late_only_where_it_ended_after_the_day(lead, other, clerk):
    with time_machine.travel(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC), tick=False):
        made = asked(lead=lead, others=(other,), by=clerk, urgency="waiting")
        conclude(made, lead, anyway=True)
    page = consultation_for_page(scope_of(clerk), made.code, on=dt.date(2026, 6, 1))
    assert [row.is_late for row in page.parties] == [False, False]
