"""纠错: what a reader says of a section, how it is joined, who answers it, and how the reporter learns of it."""

import datetime as dt

import pytest

from caselib.core import clock
from caselib.core.errors import NotAllowed, RuleBroken, StaleState
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import Precedent, RevisionState
from caselib.precedents.withholding import precedent_withhold
from caselib.reuse.models import Report, ReportFiling, ReportState
from caselib.reuse.reports import filing
from caselib.reuse.reports.answering import report_accept, report_decline, report_revise, report_take
from caselib.reuse.reports.closing import restore_view_answering, revision_approve_answering
from caselib.reuse.reports.deadlines import due_of_kind
from caselib.reuse.reports.selectors import answers_for, desk_of, mine_of, report_for_desk
from caselib.waiting import counts_waiting
from tests import factories

from .reporting import clerk, decision, own, report, reported, revised, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def precedent() -> Precedent:
    return factories.published()


def status(precedent: Precedent) -> str:
    return Precedent.objects.get(pk=precedent.pk).status


@pytest.mark.parametrize(
    ("kind", "due"),
    [("privacy", "2025-10-09"), ("outdated", "2025-10-11"), ("wrong", "2025-10-11"), ("unclear", "2025-10-14")],
)
def test_each_kind_is_due_in_its_number_of_working_days(kind, due):
    assert due_of_kind(kind, on=dt.date(2025, 9, 30)).isoformat() == due


def test_a_report_keeps_the_text_that_was_read_and_whose_word_it_is(precedent):
    scope = clerk()
    found = report(precedent, scope=scope, section="steps", text="电话 13800138000 打不通")
    said = found.filings.get()
    assert (found.revision_id, found.section, found.state) == (precedent.live_revision_id, "steps", ReportState.OPEN)
    assert (said.user_id, said.department_id) == (scope.user_id, scope.home_department_id)
    assert said.text == "电话 〔手机号〕 打不通"


def test_the_same_said_by_others_is_one_report_and_by_the_same_person_one_word(precedent):
    scope = clerk()
    first = reported(precedent, scope=scope)
    again, other = reported(precedent, scope=scope), reported(precedent)
    assert first.report == again.report == other.report
    assert (first.is_new, again.is_new, other.is_new) == (True, False, True)
    assert first.report.filings.count() == 2


def test_another_section_kind_or_text_is_another_report(precedent):
    one = report(precedent)
    others = [report(precedent, section="steps"), report(precedent, kind="unclear")]
    first = precedent.live_revision.number
    revised(precedent, script="新的口径。")
    others += [report(precedent), report(precedent, revision=first)]
    assert len({each.pk for each in (one, *others)}) == 4
    assert others[-1] == one


def test_a_section_that_is_none_is_the_whole_page(precedent):
    assert report(precedent, section="../etc").section == "whole"


@pytest.mark.parametrize(("kind", "text", "code"), [
    ("failed", "x", "unknown_kind"), ("", "x", "unknown_kind"), ("wrong", " \x00 ", "required"),
    ("unclear", "", "required"), ("outdated", "长" * 501, "too_long"),
])  # fmt: skip
def test_what_says_nothing_or_too_much_is_refused(precedent, kind, text, code):
    with pytest.raises(RuleBroken) as refused:
        reported(precedent, kind=kind, text=text)
    assert refused.value.code == code
    assert not Report.objects.exists()


def test_personal_data_takes_the_precedent_off_view_at_once_and_keeps_no_words(precedent):
    scope = clerk()
    filed = reported(precedent, kind="privacy", scope=scope, text="张三住在四川北路1234弄5号")
    withheld = Precedent.objects.get(pk=precedent.pk)
    assert filed.took_off
    assert (withheld.status, withheld.withheld_by_id) == ("withheld", scope.user_id)
    assert withheld.withheld_reason == "有读者报“能用吗”涉隐私，先下架，由归口部门核查。"
    assert (filed.report.filings.get().text, filed.report.filings.get().user_id) == ("", scope.user_id)


def test_a_second_report_of_it_is_joined(precedent):
    first, second = reported(precedent, kind="privacy"), reported(precedent, kind="privacy")
    assert first.report == second.report
    assert (second.is_new, second.took_off) == (True, False)


def test_a_person_takes_three_off_view_a_day_and_no_more(precedent):
    scope = clerk()
    for _ in range(filing.TAKEN_OFF_A_DAY):
        assert reported(factories.published(), kind="privacy", scope=scope).took_off
    filed = reported(precedent, kind="privacy", scope=scope)
    assert (filed.took_off, status(precedent)) == (False, "published")
    assert "没有再自动下架" in filed.held_back
    assert filed.report.state == ReportState.OPEN
    assert reported(precedent, kind="privacy").took_off  # somebody else's word still does


def test_who_was_wrong_about_a_text_does_not_take_it_off_view_again(precedent):
    scope = clerk()
    reported(precedent, kind="privacy", scope=scope)
    restore_view_answering(precedent, reason="没有个人信息", actor=own(precedent, Role.REVIEWER))
    filed = reported(precedent, kind="privacy", scope=scope)
    assert (filed.is_new, filed.took_off, status(precedent)) == (True, False, "published")


def test_who_reported_does_not_restore_and_a_second_person_does(precedent):
    reporter = own(precedent, Role.REVIEWER)
    reported(precedent, kind="privacy", scope=scope_of(reporter))
    with pytest.raises(RuleBroken):
        restore_view_answering(precedent, reason="没事", actor=reporter)
    restore_view_answering(precedent, reason="看过了，是单位电话", actor=own(precedent, Role.REVIEWER))
    found = Report.objects.get()
    assert (found.state, status(precedent)) == (ReportState.DECLINED, "published")
    assert found.answer == "核查过，没有个人信息，已恢复上架：看过了，是单位电话"


def test_a_clean_text_that_is_approved_brings_it_back_and_answers_the_report(precedent):
    reported(precedent, kind="privacy", section="script")
    text = submitted(precedent, script="请前租户来办注销。")
    revision_approve_answering(text, **decision(text))
    found = Report.objects.get()
    assert (found.state, found.fixed_in_id, status(precedent)) == (ReportState.ACCEPTED, text.pk, "published")


def test_personal_data_is_neither_declined_nor_accepted_while_it_is_off_view(precedent):
    found = reported(precedent, kind="privacy").report
    with pytest.raises(RuleBroken) as refused:
        report_decline(found, by=own(precedent, Role.EDITOR), reason="没有")
    assert refused.value.code == "withheld"


def test_a_retired_text_takes_reports_of_personal_data_alone(precedent):
    precedent_retire(precedent, reason="政策变了", actor=own(precedent, Role.REVIEWER))
    with pytest.raises(NotAllowed):
        reported(precedent)
    assert reported(precedent, kind="privacy").took_off


def test_drafts_what_is_off_view_and_accounts_without_department_take_none(precedent):
    with pytest.raises(NotAllowed):
        reported(factories.draft().precedent)
    with pytest.raises(NotAllowed):
        reported(precedent, scope=scope_of(factories.user()))
    precedent_withhold(precedent, reason="有手机号", actor=own(precedent, Role.EDITOR))
    with pytest.raises(NotAllowed):
        reported(precedent)


def test_taking_it_up_twice_is_once_and_the_second_person_learns_of_the_first(precedent):
    found, editor = report(precedent), own(precedent, Role.EDITOR)
    report_take(found, by=editor)
    assert report_take(found, by=editor).state == ReportState.TAKEN
    with pytest.raises(StaleState) as late:
        report_take(found, by=own(precedent, Role.EDITOR))
    assert str(editor) in late.value.message


def test_a_revision_that_began_from_a_report_answers_it_when_it_is_approved(precedent):
    scope = clerk()
    found, editor = report(precedent, scope=scope), own(precedent, Role.EDITOR)
    draft = report_revise(found, by=editor)
    assert report_revise(found, by=editor) == draft  # pressed twice
    other = report(precedent, section="steps")
    assert report_revise(other, by=editor) == draft
    text = submitted(precedent, draft=draft, applies_when=("前租户来得了",))
    revision_approve_answering(text, **decision(text))
    states = set(Report.objects.values_list("state", "fixed_in"))
    assert states == {(ReportState.ACCEPTED, text.pk)}
    (told,) = answers_for(scope)
    assert told.text == f"已改好：第 {text.number} 版改好了，已经审核通过。"
    assert told.title == f"{precedent.live_revision.title}（能用吗，有误）"
    assert (told.view, told.args) == ("reuse:mine", ())


def test_a_revision_that_is_given_up_leaves_the_report_to_be_answered(precedent):
    found = report(precedent)
    draft = report_revise(found, by=own(precedent, Role.EDITOR))
    type(draft).objects.filter(pk=draft.pk).update(state=RevisionState.WITHDRAWN)
    report_decline(found, by=own(precedent, Role.EDITOR), reason="看过了，没有写反")
    assert Report.objects.get().answer == "看过了，没有写反"


def test_mended_names_a_later_published_text(precedent):
    found, editor = report(precedent), own(precedent, Role.EDITOR)
    for number in ("", "1", "99", "²", str(precedent.live_revision.number)):
        with pytest.raises(RuleBroken):
            report_accept(found, by=editor, number=number)
    later = revised(precedent, script="新的口径。")
    assert report_accept(found, by=editor, number=str(later.number)).fixed_in == later


def test_an_answer_is_given_once(precedent):
    found = report(precedent)
    report_decline(found, by=own(precedent, Role.EDITOR), reason="第一个说的")
    with pytest.raises(StaleState):
        report_decline(found, by=own(precedent, Role.EDITOR), reason="第二个说的")
    assert Report.objects.get().answer == "第一个说的"


def test_no_reason_is_no_answer_and_the_reason_is_masked(precedent):
    found, editor = report(precedent), own(precedent, Role.EDITOR)
    with pytest.raises(RuleBroken):
        report_decline(found, by=editor, reason=" ")
    assert report_decline(found, by=editor, reason="打 13800138000 问").answer == "打 〔手机号〕 问"


def test_the_desk_lists_soonest_due_first_and_filters(precedent):
    late = report(precedent, now=clock.now() - dt.timedelta(days=30))
    soon = report(precedent, kind="privacy", section="script")
    scope = clerk(Role.EDITOR, within=precedent.owner_department)
    desk = desk_of(scope, on=clock.today())
    assert ([row.report for row in desk.rows], desk.late, desk.page.total) == ([late, soon], 1, 2)
    chosen = desk_of(scope, kind="privacy", on=clock.today())
    assert ([row.report for row in chosen.rows], chosen.page.total) == ([soon], 1)
    report_decline(late, by=own(precedent, Role.EDITOR), reason="没错")
    assert [row.report for row in desk_of(scope, state="answered", on=clock.today()).rows] == [late]
    assert desk_of(clerk(Role.EDITOR), on=clock.today()).rows == ()


def test_what_waits_is_counted_for_the_owner_alone(precedent):
    report(precedent)
    assert counts_waiting(clerk(Role.REVIEWER, within=precedent.owner_department))["reports"] == 1
    assert counts_waiting(clerk(Role.REVIEWER))["reports"] == 0


def test_the_text_stands_beside_the_report_as_it_was_and_as_it_is(precedent):
    found = report(precedent)
    scope = clerk(Role.EDITOR, within=precedent.owner_department)
    screen = report_for_desk(scope, found.pk, on=clock.today())
    assert [part.lines for part in screen.sections] == [("前租户联系得上",), ("前租户在经营异常名录",)]
    assert (screen.now, screen.texts) == ((), ())
    later = revised(precedent, applies_when=("前租户来得了",))
    screen = report_for_desk(scope, found.pk, on=clock.today())
    assert screen.now[0].lines == ("前租户来得了",)
    assert screen.texts == (later.number,)


def test_of_what_the_reporter_sees_no_more_neither_title_nor_address_is_told(precedent):
    scope = clerk()
    reported(precedent, kind="privacy", scope=scope)
    (mine,) = mine_of(scope, on=clock.today()).rows
    assert (mine.code, mine.row.title, mine.filing.took_off) == ("", "", True)
    Report.objects.update(state="declined", answer="查过了", answered_at=clock.now())
    (told,) = answers_for(scope)
    assert told.title == "您报的纠错（能用吗，涉隐私）"


def test_who_never_reported_is_told_nothing(precedent):
    report_decline(report(precedent), by=own(precedent, Role.EDITOR), reason="没错")
    assert answers_for(clerk()) == ()
    assert answers_for(scope_of(factories.user())) == ()
    assert ReportFiling.objects.count() == 1
