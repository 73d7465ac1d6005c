"""照办未成, twice on the same point: a report to the owner and 慎用 with that point; taken back in time, it is closed again."""

import datetime as dt

import pytest

from caselib.core import clock
from caselib.core.errors import RuleBroken
from caselib.orgs.models import Role
from caselib.precedents.access import may_verify
from caselib.precedents.models import Doubt, DoubtKind, Precedent
from caselib.precedents.selectors import precedent_for_page
from caselib.precedents.verifying import Outcome, Told
from caselib.reuse.models import Report, ReportKind, ReportState, ReuseRecord
from caselib.reuse.reports.answering import report_decline, report_take
from caselib.reuse.reports.closing import check_noted_answering
from caselib.reuse.services import reuse_record, reuse_undo
from tests import factories

from .reporting import clerk, failed, own, revised

pytestmark = pytest.mark.django_db
REASON = "适用条件第 1 条：两次照办未成，先问归口部门再照办。"


@pytest.fixture
def precedent() -> Precedent:
    return factories.published(applies_when=("前租户联系得上", "房东同意"))


def signal(precedent: Precedent):
    return precedent_for_page(clerk(), on=clock.today(), code=precedent.code).signal


def open_reports() -> list[Report]:
    return list(Report.objects.filter(kind=ReportKind.FAILED, state__in=["open", "taken"]))


def test_the_second_person_who_fails_at_the_same_point_opens_a_report_and_the_signal_names_it(precedent):
    failed(precedent, note="联系不上")
    assert (open_reports(), signal(precedent).label) == ([], "可用")
    failed(precedent, note="电话停了")
    (report,) = open_reports()
    found = signal(precedent)
    assert (found.label, found.reasons) == ("慎用", (REASON,))
    assert Doubt.objects.get().kind == DoubtKind.REPORTED
    assert (report.section, report.point) == ("fits", "applies_when:1")
    assert sorted(report.filings.values_list("text", flat=True)) == ["电话停了", "联系不上"]


def test_the_report_is_due_in_three_working_days(precedent):
    before_the_holiday = dt.datetime(2025, 9, 30, 2, tzinfo=dt.UTC)
    for _ in range(2):
        failed(precedent, now=before_the_holiday)
    assert open_reports()[0].due_on == dt.date(2025, 10, 11)


def test_the_same_person_twice_is_one_person(precedent):
    scope = clerk()
    for case in ("AB12345678", "AB12345679"):
        failed(precedent, scope=scope, case_number=case)
    assert (ReuseRecord.objects.count(), open_reports()) == (2, [])


@pytest.mark.parametrize("other", ["applies_when:2", "not_when:1", ""])
def test_two_failures_at_two_points_are_none_of_one(precedent, other):
    failed(precedent)
    failed(precedent, point=other, note="窗口不收")
    assert open_reports() == []


def test_two_failures_without_a_point_open_nothing(precedent):
    for _ in range(2):
        failed(precedent, point="", note="说不上来")
    assert open_reports() == []


@pytest.mark.parametrize(("days", "opened"), [(179, 1), (181, 0)])
def test_failures_count_for_180_days(precedent, days, opened):
    failed(precedent, now=clock.now() - dt.timedelta(days=days))
    failed(precedent)
    assert len(open_reports()) == opened


def test_another_outcome_at_the_point_is_no_failure(precedent):
    for _ in range(2):
        reuse_record(precedent, scope=clerk(), outcome="not_applicable", point="applies_when:1")
    assert open_reports() == []


def test_a_third_failure_joins_the_report(precedent):
    for _ in range(3):
        failed(precedent)
    (report,) = open_reports()
    assert report.filings.count() == 3
    assert Doubt.objects.count() == 1


def test_a_condition_that_moved_is_the_same_point_and_one_with_other_words_is_not(precedent):
    failed(precedent)
    revised(precedent, applies_when=("新加的条件", "前租户联系得上"))
    failed(precedent, point="applies_when:2")
    assert [report.point for report in open_reports()] == ["applies_when:2"]
    assert signal(precedent).reasons[-1].startswith("适用条件第 2 条：两次照办未成")


def test_a_point_that_is_not_in_the_live_text_any_more_opens_nothing(precedent):
    first = precedent.live_revision.number
    revised(precedent, applies_when=("换成了别的条件",))
    for _ in range(2):
        failed(precedent, revision=first)
    assert open_reports() == []


def test_undo_of_one_before_anybody_acted_closes_it_again(precedent):
    scope = clerk()
    failed(precedent)
    second = failed(precedent, scope=scope)
    reuse_undo(second, scope=scope)
    report = Report.objects.get()
    assert (report.state, signal(precedent).label) == (ReportState.WITHDRAWN, "可用")
    assert Doubt.objects.get().resolved_at is not None
    failed(precedent)
    assert signal(precedent).reasons == (REASON,)
    assert [each.state for each in Report.objects.order_by("pk")] == [ReportState.WITHDRAWN, ReportState.OPEN]


def test_undo_leaves_a_report_that_two_others_still_carry(precedent):
    scope = clerk()
    for _ in range(2):
        failed(precedent)
    reuse_undo(failed(precedent, scope=scope), scope=scope)
    assert open_reports()[0].filings.count() == 2


def test_undo_leaves_a_report_that_somebody_took_up(precedent):
    scope = clerk()
    failed(precedent)
    second = failed(precedent, scope=scope)
    report_take(open_reports()[0], by=own(precedent, Role.EDITOR))
    reuse_undo(second, scope=scope)
    assert (open_reports()[0].state, signal(precedent).label) == (ReportState.TAKEN, "慎用")


def test_undo_leaves_other_points_of_the_signal(precedent):
    scope = clerk()
    for point in ("applies_when:1", "applies_when:2"):
        failed(precedent, point=point)
    failed(precedent, point="applies_when:2")
    second = failed(precedent, scope=scope)
    reuse_undo(second, scope=scope)
    assert signal(precedent).reasons == ("适用条件第 2 条：两次照办未成，先问归口部门再照办。",)


def test_what_the_owner_answered_does_not_come_back_by_the_old_failures(precedent):
    for _ in range(2):
        failed(precedent)
    report_decline(open_reports()[0], by=own(precedent, Role.EDITOR), reason="联系不上的走另一条路，文字里写了")
    failed(precedent)
    assert open_reports() == []
    failed(precedent)
    assert len(open_reports()) == 1


def test_a_check_closes_the_point_and_answers_the_report(precedent):
    for _ in range(2):
        failed(precedent)
    editor = own(precedent, Role.EDITOR)
    point = Doubt.objects.get()
    told = Told(
        outcome=Outcome.HOLDS,
        note="条件没有问题，窗口理解有误",
        digest=precedent.live_revision.content_digest,
        points=frozenset({point.pk}),
        last=0,
    )
    scope = clerk(Role.EDITOR, within=precedent.owner_department)
    precedent.refresh_from_db()
    assert may_verify(scope, precedent)
    check_noted_answering(precedent, told, scope=scope, by=editor)
    report = Report.objects.get()
    assert (report.state, report.answer) == (ReportState.DECLINED, "复核过，仍然适用：条件没有问题，窗口理解有误")
    assert signal(precedent).label == "可用"


def test_own_department_counts_as_people_too(precedent):
    for _ in range(2):
        failed(precedent, scope=clerk(within=precedent.owner_department))
    assert len(open_reports()) == 1


def test_the_same_case_counts_once_and_another_outcome_of_it_is_refused(precedent):
    first = failed(precedent, case_number="沪商2026-0001")
    again = failed(precedent, case_number="沪商 2026 0001")
    assert again.pk == first.pk
    with pytest.raises(RuleBroken) as refused:
        reuse_record(precedent, scope=clerk(), outcome="worked", case_number="沪商20260001")
    assert refused.value.code == "case_counted"


@pytest.mark.parametrize("typed", ["12345", "A" * 65, "一二三"])
def test_what_is_no_case_number_is_refused(precedent, typed):
    with pytest.raises(RuleBroken) as refused:
        failed(precedent, case_number=typed)
    assert refused.value.code == "bad_case_number"


def test_of_a_number_of_a_person_two_characters_show(precedent):
    assert failed(precedent, case_number="１１０１０５１９４９１２３１００２Ｘ").case_shown == "…2X"


@pytest.mark.parametrize("outcome", ["adapted", "not_applicable", "failed"])
@pytest.mark.parametrize("note", ["", "   ", "\x00\u200b"])
def test_whichever_way_it_comes_an_outcome_that_says_nothing_is_refused(precedent, outcome, note):
    with pytest.raises(RuleBroken) as refused:
        reuse_record(precedent, scope=clerk(), outcome=outcome, note=note)
    assert (refused.value.code, ReuseRecord.objects.count()) == ("required", 0)


def test_what_was_changed_is_said_in_words_and_where_it_differed_by_a_place_alone(precedent):
    with pytest.raises(RuleBroken) as refused:
        reuse_record(precedent, scope=clerk(), outcome="adapted", point="applies_when:1")
    assert refused.value.code == "required"
    assert reuse_record(precedent, scope=clerk(), outcome="not_applicable", point="applies_when:1").pk


def test_the_form_that_came_back_with_other_words_is_another_use(precedent):
    scope, form = clerk(), "a1b2c3d4e5f60718"
    first = reuse_record(precedent, scope=scope, outcome="adapted", note="少交一份", nonce=form)
    other = reuse_record(precedent, scope=scope, outcome="adapted", note="换了承诺书", nonce=form)
    case = reuse_record(precedent, scope=scope, outcome="adapted", note="少交一份", nonce=form, case_number="AB123456")
    again = reuse_record(precedent, scope=scope, outcome="adapted", note="少交一份", nonce=form)
    assert len({first.pk, other.pk, case.pk}) == 3
    assert again.pk in (first.pk, case.pk) and ReuseRecord.objects.count() == 3


def test_a_case_that_was_noted_in_other_words_loses_none_silently(precedent):
    reuse_record(precedent, scope=clerk(), outcome="adapted", note="少交一份", case_number="AB123456")
    with pytest.raises(RuleBroken) as refused:
        reuse_record(precedent, scope=clerk(), outcome="adapted", note="换了承诺书", case_number="AB123456")
    assert refused.value.code == "case_counted"
    assert ReuseRecord.objects.get().note == "少交一份"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("沪商 2026-0001-4567", "沪商20…67"),
        ("AB12345678", "AB12…78"),
        ("王小明的营业执照变更", "…"),
        ("欧阳小明20260001", "…01"),
        ("陈建国 abcd", "…CD"),
    ],
)
def test_a_name_in_the_box_of_the_case_number_is_not_shown(precedent, typed, shown):
    assert reuse_record(precedent, scope=clerk(), outcome="worked", case_number=typed).case_shown == shown


def test_a_telephone_number_before_a_count_is_masked(precedent):
    used = failed(precedent, note="打 13800138000 次都没人接")
    assert used.note == "打 〔手机号〕 次都没人接"
