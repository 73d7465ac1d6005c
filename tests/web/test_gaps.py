"""记为知识缺口 on the page of results, and the desk on which editors close gaps."""

import pytest
from django.test import Client

from caselib.audit.models import AuditEvent
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.search.gaps.services import gap_file
from caselib.search.models import KnowledgeGap
from tests import factories

pytestmark = pytest.mark.django_db
QUESTION = "月球上能不能办执照"


def signed_in(*roles: Role) -> Client:
    client = Client(enforce_csrf_checks=False)
    client.force_login(factories.user(*roles))
    return client


@pytest.fixture
def clerk():
    return signed_in(Role.WINDOW)


@pytest.fixture
def editor():
    return signed_in(Role.EDITOR)


@pytest.fixture
def gap():
    return gap_file(QUESTION, scope=scope_of(factories.user(Role.WINDOW))).gap


def test_a_page_without_results_shows_what_would_be_kept_and_one_click_keeps_it(index):
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.user(Role.WINDOW))
    asked = f"{QUESTION}，电话13800138000"
    page = client.get("/search/", {"q": asked})
    text = page.content.decode()
    assert f"“{QUESTION}，电话〔手机号〕”" in text
    assert "记为知识缺口" in text
    token = page.context["csrf_token"]
    response = client.post("/search/gaps/file/", {"q": asked, "csrfmiddlewaretoken": str(token)}, follow=True)
    assert response.redirect_chain[0][0].startswith("/search/?q=%E6%9C%88")
    assert f"记下了：{QUESTION}，电话〔手机号〕" in response.content.decode()
    assert KnowledgeGap.objects.get().question == f"{QUESTION}，电话〔手机号〕"


def test_without_a_question_there_is_nothing_to_click(index, clerk):
    assert "记为知识缺口" not in clerk.get("/search/").content.decode()
    assert "记为知识缺口" not in clerk.get("/search/", {"q": "？？"}).content.decode()


def test_a_double_click_counts_once_and_says_the_same(clerk):
    for _ in range(2):
        response = clerk.post("/search/gaps/file/", {"q": QUESTION}, follow=True)
        assert f"记下了：{QUESTION}" in response.content.decode()
    assert KnowledgeGap.objects.get().times == 1


def test_the_click_leads_back_to_the_same_filters(index, clerk):
    page = clerk.get("/search/", {"q": QUESTION, "year": "1900"})
    back = "/search/?q=%E6%9C%88%E7%90%83%E4%B8%8A%E8%83%BD%E4%B8%8D%E8%83%BD%E5%8A%9E%E6%89%A7%E7%85%A7&amp;year=1900"
    assert f'name="back" value="{back}"' in page.content.decode()
    posted = {"q": QUESTION, "back": back.replace("&amp;", "&")}
    assert clerk.post("/search/gaps/file/", posted)["Location"] == posted["back"]


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/search/?", "/account/", "/search/?\r\nX: y", "x" * 9000]
)
def test_no_address_outside_of_the_results_is_led_back_to(clerk, back):
    response = clerk.post("/search/gaps/file/", {"q": QUESTION, "back": back})
    assert response["Location"].startswith("/search/?")
    assert "X" not in response.headers


def test_a_pasted_ticket_leads_back_to_results_of_what_was_kept(clerk):
    response = clerk.post("/search/gaps/file/", {"q": "说来话长的一张单子" * 2000})
    assert response.status_code == 302
    assert len(response["Location"]) < 4000
    kept = KnowledgeGap.objects.get().question
    assert len(kept) <= 300
    assert kept.endswith("…")


def test_a_question_without_words_is_refused_with_what_to_do(clerk):
    response = clerk.post("/search/gaps/file/", {"q": " "})
    assert response.status_code == 422
    assert "先写群众要办什么" in response.content.decode()


def test_markup_in_a_question_is_shown_and_not_run(clerk, editor):
    clerk.post("/search/gaps/file/", {"q": "<script>alert(1)</script>执照\"'><img src=x>"})
    page = editor.get("/search/gaps/").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;执照" in page
    assert "<img" not in page


@pytest.mark.parametrize("matter", ["nothing234", "' OR 1=1"])
def test_an_unknown_matter_is_not_found(clerk, matter):
    assert clerk.post("/search/gaps/file/", {"q": QUESTION, "matter": matter}).status_code == 404
    assert not KnowledgeGap.objects.exists()


def test_reading_never_writes(editor, gap):
    assert editor.get("/search/gaps/file/").status_code == 405
    assert editor.get(f"/search/gaps/{gap.pk}/close/").status_code == 405


def test_an_editor_answers_with_a_precedent_and_the_list_says_so(editor, gap):
    precedent = factories.published()
    posted = {"how": "answer", "number": precedent.number, "reason": "写了一半"}
    response = editor.post(f"/search/gaps/{gap.pk}/close/", posted, follow=True)
    assert "处理好了（已有案例）" in response.content.decode()
    assert "没有待处理的缺口" in response.content.decode()
    assert precedent.live_revision.title in editor.get("/search/gaps/?state=answered").content.decode()


def test_an_editor_declines_with_a_reason(editor, gap):
    editor.post(f"/search/gaps/{gap.pk}/close/", {"how": "decline", "number": "随手写的", "reason": "不归窗口管"})
    assert "不收：不归窗口管" in editor.get("/search/gaps/?state=declined").content.decode()


def test_personal_data_in_a_reason_is_masked_and_that_is_told(editor, gap):
    posted = {"how": "decline", "reason": "问过13800138000的人，不归窗口管"}
    page = editor.post(f"/search/gaps/{gap.pk}/close/", posted, follow=True).content.decode()
    assert "原文没有保存" in page
    gap.refresh_from_db()
    assert gap.reason == "问过〔手机号〕的人，不归窗口管"
    kept = [(event.before, event.after) for event in AuditEvent.objects.filter(action="gap.closed")]
    assert "〔手机号〕" in str(kept)
    assert "13800138000" not in str(kept)


def test_what_is_wrong_is_said_with_what_was_typed(editor, gap):
    response = editor.post(f"/search/gaps/{gap.pk}/close/", {"how": "answer", "number": "S-01<b>"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "案例编号要写全" in page
    assert 'value="S-01&lt;b&gt;"' in page
    gap.refresh_from_db()
    assert gap.state == KnowledgeGap.State.OPEN


def test_the_second_click_on_close_is_told_that_it_was_closed(editor, gap):
    posted = {"how": "decline", "reason": "不归窗口管"}
    assert [editor.post(f"/search/gaps/{gap.pk}/close/", posted).status_code for _ in range(2)] == [302, 409]


def test_a_gap_that_is_not_there_is_not_found(editor):
    assert editor.post("/search/gaps/999999/close/", {"how": "decline", "reason": "x"}).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30])
@pytest.mark.parametrize("state", ["", "open", "nonsense", "<b>"])
def test_any_page_and_list_that_is_asked_for_is_answered(editor, gap, page, state):
    assert QUESTION in editor.get("/search/gaps/", {"page": page, "state": state}).content.decode()


def test_editors_alone_find_the_way_to_the_desk(clerk, editor):
    """By the navigation of every page, or by the tabs of the desk that it leads to."""

    def ways(client: Client) -> list[bool]:
        return ['href="/search/gaps/"' in client.get(page).content.decode() for page in ("/", "/search/tuning/")]

    assert any(ways(editor))
    assert not any(ways(clerk))
