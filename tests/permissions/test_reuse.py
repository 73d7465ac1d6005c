"""Who notes a use, who reports, who answers a report: every role, in the owning department and in another."""

import pytest
from django.test import Client

from caselib.core import clock
from caselib.orgs.models import CONTENT_ROLES, Role
from caselib.orgs.scope import scope_of
from caselib.precedents.visibility import Audience
from caselib.precedents.withholding import precedent_withhold
from caselib.reuse.models import Report, ReuseRecord
from caselib.reuse.reports.answering import report_decline
from tests import factories
from tests.services.reporting import own, report, reported

pytestmark = pytest.mark.django_db
TEND = {Role.EDITOR, Role.REVIEWER, Role.DEPARTMENT_ADMIN}
WRITE = {Role.EDITOR, Role.DEPARTMENT_ADMIN}
ABOUT = ("", "how/", "report/")


def client(role: Role, within=None) -> Client:
    made = Client()
    made.force_login(factories.user(role, within=within))
    return made


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("is_own", [True, False])
def test_every_reader_notes_a_use_and_reports_a_section(role, is_own):
    precedent = factories.published()
    viewer = client(role, precedent.owner_department if is_own else None)
    expected = 302 if role in CONTENT_ROLES else 404
    typed = {"section": "fits", "kind": "wrong", "text": "写反了"}
    assert viewer.post(f"/reuse/{precedent.code}/record/", {"outcome": "worked"}).status_code == expected
    assert viewer.post(f"/reuse/{precedent.code}/report/", typed).status_code == expected
    for page in ABOUT:
        assert viewer.get(f"/reuse/{precedent.code}/{page}").status_code == (200 if role in CONTENT_ROLES else 404)
    assert (ReuseRecord.objects.count(), Report.objects.count()) == ((1, 1) if expected == 302 else (0, 0))


def test_an_account_without_a_department_reads_nothing_here():
    precedent, viewer = factories.published(), Client()
    viewer.force_login(factories.user())
    assert viewer.post(f"/reuse/{precedent.code}/record/", {"outcome": "worked"}).status_code == 404
    assert viewer.get("/reuse/mine/").status_code == 200
    assert viewer.get("/desk/reports/").status_code == 403


@pytest.mark.parametrize("deed", ["record", "report"])
def test_what_is_for_another_department_is_not_there(deed):
    hidden = factories.published(audience=Audience.DEPARTMENT)
    viewer = client(Role.EDITOR)
    typed = {"outcome": "worked", "section": "fits", "kind": "privacy", "text": "写反了"}
    assert viewer.post(f"/reuse/{hidden.code}/{deed}/", typed).status_code == 404
    assert [viewer.get(f"/reuse/{hidden.code}/{page}").status_code for page in ABOUT] == [404, 404, 404]
    assert not Report.objects.exists()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("deed", ["take", "revise", "accept", "decline", "restore"])
def test_the_owner_answers_and_writers_revise(role, deed):
    precedent = factories.published()
    found = report(precedent)
    typed = {"reason": "没有写反", "number": "9"}
    answer = client(role, precedent.owner_department).post(f"/desk/reports/{found.pk}/{deed}/", typed)
    # 422 and 409: let in, and told why it cannot be: no such revision, nothing is off view.
    allowed = {"take": 302, "revise": 302, "accept": 422, "decline": 302, "restore": 409}[deed]
    who = {"revise": WRITE, "restore": {Role.REVIEWER, Role.DEPARTMENT_ADMIN}}.get(deed, TEND)
    assert answer.status_code == (allowed if role in who else 403)


@pytest.mark.parametrize("role", Role)
def test_the_desk_of_another_department_does_not_have_the_report(role):
    found = report(factories.published())
    viewer = client(role)
    assert viewer.get("/desk/reports/").status_code == (200 if role in TEND else 403)
    for address in (f"/desk/reports/{found.pk}/", f"/desk/reports/{found.pk}/take/"):
        ask = viewer.post if address.endswith("take/") else viewer.get
        assert ask(address).status_code == (404 if role in TEND else 403)
    found.refresh_from_db()
    assert found.state == "open"


def test_a_report_of_nothing_is_not_found():
    viewer = client(Role.EDITOR)
    assert viewer.get(f"/desk/reports/{2**63}/").status_code == 404
    assert viewer.get("/desk/reports/0/").status_code == 404


def test_the_reporter_does_not_bring_back_what_the_report_took_off_view():
    precedent = factories.published()
    reviewer = own(precedent, Role.REVIEWER)
    viewer = Client()
    viewer.force_login(reviewer)
    viewer.post(f"/reuse/{precedent.code}/report/", {"section": "script", "kind": "privacy"})
    found = Report.objects.get()
    answer = viewer.post(f"/desk/reports/{found.pk}/restore/", {"reason": "没事"})
    assert (answer.status_code, "要由另一个人定" in answer.content.decode()) == (403, True)
    second = client(Role.REVIEWER, precedent.owner_department)
    assert second.post(f"/desk/reports/{found.pk}/restore/", {"reason": "看过，没有"}).status_code == 302
    precedent.refresh_from_db()
    assert precedent.status == "published"


def test_whoever_reported_reads_the_answer_and_nobody_else_does():
    person, precedent = factories.user(Role.WINDOW), factories.published()
    found = reported(precedent, scope=scope_of(person)).report
    report_decline(found, by=own(precedent, Role.EDITOR), reason="第二条说的是另一件事", now=clock.now())
    mine, other = Client(), client(Role.WINDOW)
    mine.force_login(person)
    assert "第二条说的是另一件事" in mine.get("/reuse/mine/").content.decode()
    assert "第二条说的是另一件事" not in other.get("/reuse/mine/").content.decode()


def test_of_what_is_off_view_the_reporter_reads_no_title():
    person, precedent = factories.user(Role.WINDOW), factories.published(title="前租户张某的事")
    reported(precedent, scope=scope_of(person))
    precedent_withhold(precedent, reason="有人名", actor=own(precedent, Role.EDITOR))
    mine = Client()
    mine.force_login(person)
    page = mine.get("/reuse/mine/").content.decode()
    assert ("前租户张某的事" in page, "现在看不到的案例" in page) == (False, True)


def test_nobody_gets_in_without_signing_in():
    for address in ("/reuse/mine/", "/reuse/abc/", "/reuse/abc/report/", "/desk/reports/", "/desk/reports/1/"):
        response = Client().get(address)
        assert (response.status_code, response["Location"].startswith("/account/sign-in/")) == (302, True)
