"""The pages of reviewers as they are used: what they say, and what happens when things go wrong."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils.html import escape

from caselib.audit.models import AuditEvent
from caselib.orgs.models import Role
from caselib.precedents.commenting import comment_add, comments_for
from caselib.precedents.models import Precedent, ReviewComment, ReviewDecision, Revision, RevisionState
from caselib.precedents.services import revision_save, revision_submit, revision_withdraw
from tests import factories
from tests.services.texts_in_review import CLUES, House, fresh

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>{{ 7 }}{% now %}\"'"


@pytest.fixture
def house() -> House:
    return House()


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(revision: Revision) -> str:
    return f"/desk/review/{revision.precedent.code}/"


def text(response) -> str:
    return response.content.decode()


def form_of(client: Client, revision: Revision, **values) -> dict:
    """The form as the page offers it."""
    page = text(client.get(address(revision)))
    hidden = dict(re.findall(r'<input type="hidden" name="(lock|digest)" value="([^"]*)"', page))
    return {"comment": "核对过", **hidden, **values}


# --- the queue ---


def test_the_queue_says_what_waits_how_long_and_why_it_is_changed(house):
    house.changed(note="登记规定改了")
    page = text(signed_in(house.reviewer).get("/desk/review/"))
    assert all(words in page for words in ("修订", "剩 5 个工作日", "等了 0 天", "登记规定改了", f"{house.author}提交"))


def test_an_empty_queue_and_an_empty_filter_say_so(house):
    client = signed_in(house.reviewer)
    assert "没有等审核的" in text(client.get("/desk/review/"))
    house.submitted()
    assert "首次入库（1 件）" in text(client.get("/desk/review/?kind=change"))


def test_a_queue_of_very_many_has_pages(house):
    for _ in range(21):
        house.submitted()
    client = signed_in(house.reviewer)
    assert "第 1 页，共 2 页" in text(client.get("/desk/review/"))
    assert text(client.get("/desk/review/?page=2")).count("等了 0 天") == 1
    assert client.get("/desk/review/?page=x&kind=%00&department=9").status_code == 200


# --- the page of a text ---


def test_a_first_text_is_shown_whole_and_a_change_by_what_changed(house):
    client = signed_in(house.reviewer)
    first = house.submitted(gist="先帮前租户注销。")
    page = text(client.get(address(first)))
    assert (
        "第一次入库" in page
        and "先帮前租户注销。" in page
        and "<ins>" not in page.split('id="s-title"')[1].split("</section>")[0]
    )
    change = house.changed(house.published(gist="先帮前租户注销。"), gist="先请前租户注销。")
    page = text(client.get(address(change)))
    assert re.search(
        r'先<del><span class="vh">删去：</span>帮</del><ins><span class="vh">新增：</span>请</ins>前租户', page
    )
    assert "1 节有改动" in page and re.search(r"没改的 \d+ 节：标题、", page)
    assert "为什么改：</b>规定改了" in page


def test_a_text_that_was_sent_back_is_compared_with_what_was_read_then(house):
    client = signed_in(house.reviewer)
    revision = house.submitted(gist="先帮前租户注销。")
    house.send_back(revision, comment="写清楚谁来办")
    content = factories.content(title=revision.title, gist="先帮前租户注销，窗口来办。")
    revision_save(revision, content, lock_version=revision.lock_version, editor=house.author)
    revision_submit(revision, lock_version=revision.lock_version, actor=house.author)
    page = text(client.get(address(revision)))
    assert "和上次退回时比" in page and "写清楚谁来办" in page
    compared = text(client.get(f"{address(revision)}?against=returned"))
    assert "退回以后改了什么" in compared and "，窗口来办</ins>" in compared
    assert "和上次退回时比" not in text(client.get(address(house.submitted())))


def test_what_the_gates_found_stands_at_its_place(house):
    page = text(signed_in(house.reviewer).get(address(house.submitted(problem=CLUES))))
    problem = page.split('id="s-problem"')[1].split("</section>")[0]
    assert "<mark>王女士</mark>" in problem and "要您看过" in problem
    assert "处提醒" in page and 'name="warnings"' in page
    assert "没有发现" in text(signed_in(house.reviewer).get(address(house.submitted())))


def test_what_stops_a_text_shuts_the_button(house):
    revision = house.submitted()
    Revision.objects.filter(pk=revision.pk).update(problem="电话 13812345678")
    page = text(signed_in(house.reviewer).get(address(revision)))
    assert re.search(r'value="approve" disabled', page)
    assert "要改掉才能发布" in page


def test_cited_documents_stand_there_with_their_validity(house):
    clause = factories.clause(title="登记条例")
    page = text(signed_in(house.reviewer).get(address(house.submitted(citations=(factories.citation(clause),)))))
    assert "登记条例" in page and "valid--" in page and clause.label in page


def test_the_own_text_is_shown_with_the_reason_and_without_a_form(house):
    own = factories.draft(owner=house.owner, author=house.reviewer)
    revision_submit(own, lock_version=own.lock_version, actor=house.reviewer)
    client = signed_in(house.reviewer)
    page = text(client.get(address(own)))
    assert "要由另一个人审核" in page and 'name="verdict"' not in page and "记下批注" not in page
    assert "is-own" in text(client.get("/desk/review/"))


# --- deciding ---


def test_who_approves_is_told_the_number_and_led_to_the_next(house):
    client = signed_in(house.reviewer)
    revision, following = house.submitted(), house.submitted()
    response = client.post(address(revision), form_of(client, revision, verdict="approve"), follow=True)
    number = Precedent.objects.get(pk=revision.precedent_id).number
    page = text(response)
    assert response.redirect_chain == [(address(revision), 302)]
    assert number in page and "已经发布" in page and address(following) in page
    assert client.get(f"/p/{revision.precedent.code}/").status_code == 200


def test_what_is_approved_is_found_as_soon_as_the_outbox_is_worked_off(house, index):
    client = signed_in(house.reviewer)
    revision = house.submitted(title="铺位上的旧执照注销不掉")
    client.post(address(revision), form_of(client, revision, verdict="approve"))
    index.refresh()
    page = text(client.get("/search/", {"q": "旧执照注销不掉"}))
    assert f"/p/{revision.precedent.code}/" in page


@pytest.mark.parametrize(("verdict", "said"), [("return", "退回修改了"), ("reject", "不予入库")])
def test_who_refuses_sees_what_was_decided_with_the_reason(house, verdict, said):
    client = signed_in(house.reviewer)
    revision = house.submitted()
    form = form_of(client, revision, verdict=verdict, comment="适用条件太宽")
    page = text(client.post(address(revision), form, follow=True))
    assert said in page and "适用条件太宽" in page
    assert client.get(f"/p/{revision.precedent.code}/").status_code == 200


def test_a_double_click_is_one_decision_and_no_error(house):
    client = signed_in(house.reviewer)
    revision = house.submitted()
    form = form_of(client, revision, verdict="approve")
    assert [client.post(address(revision), form).status_code for _ in range(2)] == [302, 302]
    assert (
        ReviewDecision.objects.count() == AuditEvent.objects.filter(action="precedent.revision_approved").count() == 1
    )


def test_the_second_of_two_reviewers_is_told_who_decided_and_keeps_the_reason(house):
    first, second = signed_in(house.reviewer), signed_in(house.second)
    revision = house.submitted()
    late = form_of(second, revision, verdict="return", comment="我写了很久的理由")
    first.post(address(revision), form_of(first, revision, verdict="approve"))
    response = second.post(address(revision), late)
    page = text(response)
    assert response.status_code == 409
    assert house.reviewer.display_name in page and "我写了很久的理由" in page
    assert Revision.objects.get(pk=revision.pk).state == RevisionState.APPROVED


def test_who_decides_about_a_text_taken_back_is_told(house):
    client = signed_in(house.reviewer)
    revision = house.submitted()
    form = form_of(client, revision, verdict="approve", comment="我写了很久的理由")
    revision_withdraw(revision, lock_version=revision.lock_version, actor=house.author)
    response = client.post(address(revision), form)
    assert response.status_code == 409
    assert "撤回" in text(response) and "我写了很久的理由" in text(response)
    assert "还在写" in text(client.get(address(revision)))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"verdict": "approve", "comment": " ", "significance": "minor"}, "comment"),
        ({"verdict": "return", "comment": "长" * 1001}, "comment"),
        ({"verdict": "huge"}, ""),
        ({}, ""),
        ({"verdict": "approve", "significance": ""}, "significance"),
        ({"verdict": "approve", "significance": "first"}, "significance"),
    ],
)
def test_a_wrong_form_says_where_and_keeps_what_was_typed(house, values, field):
    client = signed_in(house.reviewer)
    revision = house.changed()
    form = form_of(client, revision, **values)
    response = client.post(address(revision), form)
    page = text(response)
    assert response.status_code == 422
    assert 'id="wrong"' in page and form["comment"] in page
    if field:
        assert f'href="#{field}"' in page and f'id="{field}"' in page
    assert Revision.objects.get(pk=revision.pk).state == RevisionState.SUBMITTED


def test_warnings_without_the_tick_are_refused_and_with_it_published(house):
    client = signed_in(house.reviewer)
    revision = house.submitted(problem=CLUES)
    form = form_of(client, revision, verdict="approve")
    response = client.post(address(revision), form)
    assert response.status_code == 422 and "认不出是谁" in text(response)
    mark = re.search(r'name="warnings" value="([0-9a-f]{64})"', text(response))[1]
    assert client.post(address(revision), form | {"warnings": mark}).status_code == 302
    assert Revision.objects.get(pk=revision.pk).state == RevisionState.APPROVED


@pytest.mark.parametrize(
    "values", [{"lock": "x"}, {"lock": "9" * 99}, {"lock": "١"}, {"digest": ""}, {"digest": "0" * 64}]
)
def test_a_form_that_was_tampered_with_decides_nothing(house, values):
    client = signed_in(house.reviewer)
    revision = house.submitted()
    response = client.post(address(revision), form_of(client, revision, verdict="approve", **values))
    assert response.status_code == 409
    assert not ReviewDecision.objects.exists()


def test_the_forms_need_their_token(house):
    client = Client(enforce_csrf_checks=True)
    client.force_login(house.reviewer)
    revision = house.submitted()
    for path in ("", "comment/"):
        assert client.post(address(revision) + path, {"verdict": "approve"}).status_code == 403


def test_hostile_text_is_shown_as_it_was_typed(house):
    revision = house.changed(house.published(), gist=f"旧{HOSTILE}", note=HOSTILE)
    client = signed_in(house.reviewer)
    comment_add(revision, section="gist", text=HOSTILE, reviewer=house.second, digest_seen=revision.content_digest)
    pages = [
        client.get(address(revision)),
        client.get("/desk/review/"),
        client.post(address(revision), form_of(client, revision, verdict="huge", comment=HOSTILE)),
        client.post(f"{address(revision)}comment/", {"section": "gist", "text": HOSTILE, "digest": "x"}),
        client.get(f"/desk/review/history/{revision.precedent.code}/"),
        client.get(f"/desk/review/history/{revision.precedent.code}/compare/"),
    ]
    for page in map(text, pages):
        assert "<script>alert" not in page
        assert escape("<script>alert(1)</script>") in page


# --- remarks ---


def test_a_remark_stands_beside_its_section_and_is_answered_there(house):
    revision = house.submitted()
    reviewer, author = signed_in(house.reviewer), signed_in(house.author)
    form = {"section": "gist", "text": "谁来办？", "digest": revision.content_digest}
    response = reviewer.post(f"{address(revision)}comment/", form)
    assert response["Location"] == f"{address(revision)}#s-gist"
    remark = ReviewComment.objects.get()
    section = text(author.get(address(revision))).split('id="s-gist"')[1].split("</section>")[0]
    assert "谁来办？" in section and "记下答复" in section
    house.send_back(fresh(revision))
    # Sent back, the page still holds what was said, for the author to answer.
    assert "记下答复" in text(author.get(address(revision)))
    author.post(f"/desk/review/comment/{remark.pk}/answer/", {"answer": "窗口来办。"})
    page = text(reviewer.get(address(revision)))
    assert "窗口来办。" in page and "收回批注" not in page


@pytest.mark.parametrize(("acts", "words"), [("", ""), ("link", "另开一页"), ("form", "记下答复")])
def test_the_form_of_the_author_shows_a_remark_without_a_form_in_a_form(house, acts, words):
    revision = house.submitted()
    comment_add(revision, section="gist", text="谁来办？", reviewer=house.reviewer, digest_seen=revision.content_digest)
    (line,) = comments_for(fresh(revision), scope=house.scope(house.author))["gist"]
    page = render_to_string("reviewing/_comment.html", {"line": line, "acts": acts, "code": revision.precedent.code})
    assert "谁来办？" in page and words in page
    assert ("<form" in page) is (acts == "form")
    (bare,) = comments_for(fresh(revision))["gist"]
    assert (bare.may_answer, bare.may_withdraw) == (False, False)


def test_a_remark_that_is_refused_keeps_its_words_where_they_were_typed(house):
    revision = house.submitted()
    client = signed_in(house.reviewer)
    response = client.post(f"{address(revision)}comment/", {"section": "gist", "text": "想说的话", "digest": "x"})
    section = text(response).split('id="s-gist"')[1].split("</section>")[0]
    assert response.status_code == 409 and "想说的话" in section and "<details" in section and " open>" in section


def test_an_answer_that_is_refused_keeps_its_words(house):
    revision = house.submitted()
    said = comment_add(
        revision, section="gist", text="谁来办？", reviewer=house.reviewer, digest_seen=revision.content_digest
    )
    response = signed_in(house.author).post(f"/desk/review/comment/{said.pk}/answer/", {"answer": "长" * 1001})
    assert response.status_code == 422 and "长" * 1001 in text(response)


def test_a_remark_is_taken_back(house):
    revision = house.submitted()
    client = signed_in(house.reviewer)
    client.post(
        f"{address(revision)}comment/", {"section": "", "text": "写错了的话", "digest": revision.content_digest}
    )
    assert "收回批注" in text(client.get(address(revision)))
    client.post(f"/desk/review/comment/{ReviewComment.objects.get().pk}/withdraw/")
    assert "写错了的话" not in text(client.get(address(revision)))


# --- history ---


def test_the_page_of_a_precedent_leads_to_its_history(house):
    precedent = house.published()
    link = f"/desk/review/history/{precedent.code}/"
    client = signed_in(factories.user(Role.WINDOW))
    assert link in text(client.get(f"/p/{precedent.code}/"))
    assert client.get(link).status_code == 200


def test_the_history_says_everything_to_who_keeps_it(house):
    precedent = house.published()
    house.approve(house.changed(precedent), comment="核对过第三条", significance="minor")
    page = text(signed_in(house.author).get(f"/desk/review/history/{precedent.code}/"))
    for words in ("第 2 版", "小改", "规定改了", "核对过第三条", house.reviewer.display_name, "开新草稿"):
        assert words in page


def test_a_reader_sees_neither_names_nor_reasons_nor_texts(house):
    precedent = house.published(gist="第一版的要旨。")
    house.approve(house.changed(precedent, gist="第二版的要旨。"), comment="核对过第三条")
    page = text(signed_in(factories.user(Role.WINDOW)).get(f"/desk/review/history/{precedent.code}/"))
    assert "第 2 版" in page and "实质改动" in page
    for words in (
        "规定改了",
        "核对过第三条",
        house.reviewer.display_name,
        house.author.display_name,
        "第一版的要旨",
        "对照",
    ):
        assert words not in page


def test_an_editor_brings_an_earlier_text_back_as_a_draft(house):
    precedent = house.published(gist="第一版的要旨。")
    house.approve(house.changed(precedent, gist="第二版的要旨。"))
    client = signed_in(house.author)
    history = f"/desk/review/history/{precedent.code}/"
    response = client.post(f"{history}restore/", {"like": "1"})
    assert response.status_code == 302
    assert Revision.objects.get(precedent=precedent, state="draft").gist == "第一版的要旨。"
    again = client.post(f"{history}restore/", {"like": "1"})
    assert again.status_code == 409 and "没有恢复" in text(again)
    assert "开新草稿" not in text(client.get(history))
    assert client.post(f"{history}restore/", {"like": "9"}).status_code == 404


def test_two_versions_are_compared_and_wrong_numbers_are_not_there(house):
    precedent = house.published(gist="先帮前租户注销。")
    compare = f"/desk/review/history/{precedent.code}/compare/"
    client = signed_in(house.reviewer)
    assert client.get(compare).status_code == 404
    house.approve(house.changed(precedent, gist="先请前租户注销。"))
    assert "新增：</span>请" in text(client.get(f"{compare}?a=1&b=2"))
    assert "新增：</span>帮" in text(client.get(f"{compare}?a=2&b=1"))
    assert client.get(f"{compare}?a=1&b=1").status_code == 404
