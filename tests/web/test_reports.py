"""The pages of reports: the form at a section, the desk of the owner, and what becomes of them."""

import pytest
from django.test import Client

from caselib.orgs.models import Role
from caselib.precedents.keeping import precedent_retire
from caselib.reuse.models import Report
from tests import factories
from tests.services.reporting import failed, own, report, revised

pytestmark = pytest.mark.django_db


@pytest.fixture
def precedent():
    return factories.published()


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def reader():
    return signed_in(factories.user(Role.WINDOW))


@pytest.fixture
def editor(precedent):
    return signed_in(own(precedent, Role.EDITOR))


def test_each_section_of_the_page_has_its_flag(reader, precedent):
    page = reader.get(f"/p/{precedent.code}/").content.decode()
    for section in ("gist", "script", "fits", "steps", "who", "story", "basis", "sorting", "sources"):
        assert f"/reuse/{precedent.code}/report/?section={section}&amp;kind=wrong&amp;revision=1" in page
    assert "直接改" not in page


def test_who_writes_the_text_gets_a_revision_at_the_section_instead(editor, precedent):
    page = editor.get(f"/p/{precedent.code}/").content.decode()
    assert ('name="section" value="script"' in page, "kind=wrong" in page) == (True, False)
    answer = editor.post(f"/desk/write/revise/{precedent.code}/", {"section": "script"})
    assert answer["Location"] == f"/desk/write/{precedent.code}/#f-script"


@pytest.mark.parametrize("section", ["nonsense", "", "whole"])
def test_a_revision_without_a_section_begins_at_the_top(editor, precedent, section):
    answer = editor.post(f"/desk/write/revise/{precedent.code}/", {"section": section})
    assert answer["Location"] == f"/desk/write/{precedent.code}/"


def test_a_refused_report_keeps_what_was_typed(reader, precedent):
    text = "长" * 20_000
    response = reader.post(f"/reuse/{precedent.code}/report/", {"section": "steps", "kind": "wrong", "text": text})
    page = response.content.decode()
    assert response.status_code == 422
    assert text in page and "说明最多 500 字，现在 20000 字" in page
    assert '<option value="steps" selected>' in page
    assert not Report.objects.exists()


def test_a_report_says_by_when_it_is_answered_and_what_was_masked(reader, precedent):
    typed = {"section": "steps", "kind": "unclear", "text": "打 13800138000 没人接"}
    page = reader.post(f"/reuse/{precedent.code}/report/", typed, follow=True).content.decode()
    assert "归口部门 5 个工作日内答复" in page
    assert "原文没有存" in page
    again = reader.post(f"/reuse/{precedent.code}/report/", typed, follow=True).content.decode()
    assert "您报过了，没有再记；现在是“等处理”" in again


def test_personal_data_leads_to_ones_own_reports_because_the_page_is_gone(reader, precedent):
    typed = {"section": "script", "kind": "privacy", "text": "张三的电话"}
    response = reader.post(f"/reuse/{precedent.code}/report/", typed, follow=True)
    assert response.redirect_chain == [("/reuse/mine/", 302)]
    assert "案例现在起读者看不到了" in response.content.decode()
    assert reader.get(f"/p/{precedent.code}/").status_code == 404
    gone = reader.post(f"/reuse/{precedent.code}/report/", {"kind": "wrong", "text": "还有一处"})
    assert (gone.status_code, "还有一处</textarea>" in gone.content.decode()) == (404, True)


def test_who_comes_from_an_earlier_text_is_told(reader, precedent):
    revised(precedent, script="新的口径。")
    page = reader.get(f"/reuse/{precedent.code}/report/?section=script&kind=wrong&revision=1").content.decode()
    assert "文字刚改过" in page
    assert "新的口径。" in page


def test_of_what_is_out_of_use_only_personal_data_is_offered(reader, precedent):
    precedent_retire(precedent, reason="政策变了", actor=own(precedent, Role.REVIEWER))
    page = reader.get(f"/reuse/{precedent.code}/report/").content.decode()
    assert ('value="privacy"' in page, 'value="wrong"' in page) == (True, False)
    response = reader.post(f"/reuse/{precedent.code}/report/", {"kind": "wrong", "text": "写反了"})
    assert (response.status_code, "写反了</textarea>" in response.content.decode()) == (403, True)


def test_a_filter_that_is_none_filters_nothing(editor, precedent):
    report(precedent)
    page = editor.get("/desk/reports/?kind=nonsense&state=nonsense&page=999").content.decode()
    assert precedent.live_revision.title in page


def test_the_work_desk_shows_the_lane_with_its_due_date(editor, precedent):
    report(precedent)
    page = editor.get("/desk/").content.decode()
    assert f'href="/desk/reports/{Report.objects.get().pk}/"' in page
    assert "能用吗，有误" in page


def test_turning_it_into_a_revision_leads_to_the_section_and_says_what_was_reported(editor, precedent):
    found = report(precedent)
    for _ in range(2):
        response = editor.post(f"/desk/reports/{found.pk}/revise/")
        assert response["Location"] == f"/desk/write/{precedent.code}/#f-applies_when"
    page = editor.get(f"/desk/write/{precedent.code}/").content.decode()
    assert "这一条写反了" in page
    assert precedent.revisions.filter(state="draft").count() == 1


def test_a_refused_answer_keeps_its_reason_and_an_answered_one_says_who(editor, precedent):
    found = report(precedent)
    reason = "因" * 501
    page = editor.post(f"/desk/reports/{found.pk}/decline/", {"reason": reason})
    assert (page.status_code, reason in page.content.decode()) == (422, True)
    editor.post(f"/desk/reports/{found.pk}/decline/", {"reason": "没有写反"})
    late = editor.post(f"/desk/reports/{found.pk}/decline/", {"reason": "再说一次"})
    assert (late.status_code, "已经答复过：不改" in late.content.decode()) == (409, True)


def test_a_report_of_uses_shows_the_point_and_leads_to_the_check(editor, precedent):
    for _ in range(2):
        failed(precedent, note="联系不上")
    page = editor.get(f"/desk/reports/{Report.objects.get().pk}/").content.decode()
    assert "<b>适用条件第 1 条：</b>前租户联系得上" in page
    assert f'href="/p/{precedent.code}/verify/"' in page


def test_reading_never_writes(editor, precedent):
    found = report(precedent)
    for deed in ("take", "revise", "accept", "decline", "restore"):
        assert editor.get(f"/desk/reports/{found.pk}/{deed}/").status_code == 405
