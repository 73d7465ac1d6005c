"""Eight people at eight counters in one moment: one report, one point, each use counted once, one answer."""

import pytest

from caselib.core import clock
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.models import Doubt, Precedent, Revision
from caselib.reuse.models import Report, ReportFiling, ReuseRecord
from caselib.reuse.reports.answering import report_decline, report_revise, report_take
from caselib.reuse.reports.filing import TAKEN_OFF_A_DAY, report_file
from caselib.reuse.services import reuse_record, reuse_undo
from tests import factories

from .test_transitions import THREADS, all_at_once, shared_database  # noqa: F401 - the fixture is used by name

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_database")]


def clerks():
    department = factories.department()
    return [scope_of(factories.user(Role.WINDOW, within=department)) for _ in range(THREADS)]


def fails(precedent: Precedent, scope, **values):
    return reuse_record(precedent, scope=scope, outcome="failed", point="applies_when:1", **values)


def test_eight_failures_of_one_point_open_one_report_and_one_point():
    precedent, scopes = factories.published(), clerks()
    assert all_at_once(lambda n: fails(precedent, scopes[n])) == {"won": THREADS}
    assert (Report.objects.count(), Doubt.objects.count(), ReportFiling.objects.count()) == (1, 1, THREADS)
    assert Precedent.objects.get(pk=precedent.pk).status == "needs_reverification"


def test_eight_undos_of_the_second_failure_close_the_report_once():
    precedent, scopes = factories.published(), clerks()
    fails(precedent, scopes[0])
    second = fails(precedent, scopes[1])
    results = all_at_once(lambda n: reuse_undo(ReuseRecord.objects.get(pk=second.pk), scope=scopes[1]))
    assert results == {"won": THREADS}
    assert Report.objects.get().state == "withdrawn"
    assert Precedent.objects.get(pk=precedent.pk).status == "published"


def test_eight_people_with_one_case_are_one_use():
    precedent, scopes = factories.published(), clerks()
    results = all_at_once(
        lambda n: reuse_record(precedent, scope=scopes[n], outcome="worked", case_number="310109202600012345")
    )
    assert results == {"won": THREADS}
    assert (ReuseRecord.objects.count(), Precedent.objects.get(pk=precedent.pk).reuse_count) == (1, 1)


def test_eight_reports_of_one_section_are_one_with_eight_words():
    precedent, scopes = factories.published(), clerks()
    results = all_at_once(
        lambda n: report_file(precedent, scope=scopes[n], section="fits", kind="wrong", text=f"写反了{n}")
    )
    assert results == {"won": THREADS}
    assert (Report.objects.count(), ReportFiling.objects.count()) == (1, THREADS)


def test_eight_reports_of_personal_data_take_it_off_view_once():
    precedent, scopes = factories.published(), clerks()
    results = all_at_once(lambda n: report_file(precedent, scope=scopes[n], section="fits", kind="privacy"))
    assert results == {"won": THREADS}
    assert ReportFiling.objects.filter(took_off=True).count() == 1
    assert Report.objects.count() == 1


def test_one_person_takes_three_off_view_however_many_windows_are_open():
    found, scope = [factories.published() for _ in range(THREADS)], clerks()[0]
    results = all_at_once(lambda n: report_file(found[n], scope=scope, section="fits", kind="privacy"))
    assert results == {"won": THREADS}
    assert Precedent.objects.filter(status="withheld").count() == TAKEN_OFF_A_DAY
    assert Report.objects.count() == THREADS


def test_one_answer_wins_and_the_others_are_told():
    precedent = factories.published()
    report = report_file(precedent, scope=clerks()[0], section="fits", kind="wrong", text="写反了").report
    editors = [factories.user(Role.EDITOR, within=precedent.owner_department) for _ in range(THREADS)]
    results = all_at_once(lambda n: report_decline(report, by=editors[n], reason=f"没有写反{n}"))
    assert results == {"won": 1, "StaleState": THREADS - 1}


def test_one_takes_it_up_and_all_get_the_same_revision():
    precedent = factories.published()
    report = report_file(precedent, scope=clerks()[0], section="fits", kind="wrong", text="写反了").report
    editors = [factories.user(Role.EDITOR, within=precedent.owner_department) for _ in range(THREADS)]
    assert all_at_once(lambda n: report_take(report, by=editors[n])) == {"won": 1, "StaleState": THREADS - 1}
    assert all_at_once(lambda n: report_revise(report, by=editors[n])) == {"won": THREADS}
    assert Revision.objects.filter(precedent=precedent, state="draft").count() == 1
    assert Report.objects.get().draft.number == 2
    assert Report.objects.get().at <= clock.now()
