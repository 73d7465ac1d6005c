"""The pages of gaps and consultations: every form works without script, keeps what was typed, and says what came of it."""

import pytest
from django.test import Client

from caselib.consulting.models import Consultation
from caselib.orgs.models import Department, Role
from caselib.orgs.scope import scope_of
from caselib.search.gaps.services import gap_file
from caselib.search.gaps.working import gap_take
from caselib.search.models import KnowledgeGap, SearchLogEntry
from tests import factories
from tests.services.deeds_of_asking import asked

pytestmark = pytest.mark.django_db
QUESTION = "月球上能不能办执照"
PHONE = "13800138000"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def window():
    return factories.user(Role.WINDOW)


@pytest.fixture
def clerk(window):
    return signed_in(window)


@pytest.fixture
def editor():
    return signed_in(factories.user(Role.EDITOR))


@pytest.fixture
def gap(window):
    return gap_file(QUESTION, scope=scope_of(window)).gap


def text(response) -> str:
    return response.content.decode()


# --- a person is one click away from every page of results (A10) ---


@pytest.mark.parametrize("within", ["", "&in=policies"])
def test_a_person_is_one_click_away_with_the_question_carried_over(index, clerk, within):
    factories.published(title="营业执照遗失补办")
    index.refresh()
    for asked_for in ("营业执照遗失补办", "zzqqxx 一二三 &x=1", QUESTION):
        page = clerk.get(f"/search/?q={asked_for.replace('&', '%26')}{within}")
        html = text(page)
        assert html.count("/consult/new/?q=") == 1
        assert html.count("/search/gaps/new/?urgency=waiting&amp;q=") == 1
        address = html.split('href="/consult/new/')[1].split('"')[0].replace("&amp;", "&")
        assert clerk.get(f"/consult/new/{address}").context["form"].question == asked_for


def test_who_reads_no_content_and_who_asks_nothing_finds_no_such_line(index, clerk):
    assert "/consult/new/" not in text(clerk.get("/search/"))
    assert "/consult/new/" not in text(signed_in(factories.user(Role.SYSTEM_ADMIN)).get(f"/search/?q={QUESTION}"))


def test_a_posted_case_that_nothing_fits_leads_to_a_person_too(index, clerk):
    page = text(clerk.post("/search/case/", {"text": "月球上的执照办不下来，怎么办"}))
    assert "/consult/new/?q=" in page


# --- filing ---


def test_one_click_files_with_how_urgent_it_is(index, clerk):
    page = text(clerk.get("/search/", {"q": QUESTION}))
    assert '<option value="waiting">群众在等</option>' in page
    clerk.post("/search/gaps/file/", {"q": QUESTION, "urgency": "waiting"})
    assert KnowledgeGap.objects.get().urgency == "waiting"


def test_the_form_of_a_need_brings_question_urgency_and_matter_along(clerk):
    factories.matter("食品经营许可")
    page = clerk.get("/search/gaps/new/", {"q": "食品经营许可要多久", "urgency": "waiting"})
    assert page.context["typed"] == {"q": "食品经营许可要多久", "matter": "食品经营许可", "urgency": "waiting"}
    posted = {"q": f"食品经营许可要多久，电话{PHONE}", "matter": "食品经营许可", "urgency": "soon"}
    done = text(clerk.post("/search/gaps/new/", posted, follow=True))
    assert "记下了：食品经营许可要多久，电话〔手机号〕" in done
    assert "原文没有保存" in done
    assert KnowledgeGap.objects.get().matter.name == "食品经营许可"


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({"q": " "}, "没有写问题"),
        ({"q": "字" * 20_001}, "最多 20000 个字"),
        ({"q": "写好的问题", "matter": "没有的事项<b>"}, "没有“没有的事项&lt;b&gt;”"),
    ],
)
def test_what_is_wrong_with_a_need_is_said_and_all_of_it_stays(clerk, posted, said):
    response = clerk.post("/search/gaps/new/", posted)
    assert response.status_code == 422
    assert said in text(response)
    assert response.context["typed"]["q"] == posted["q"]
    assert not KnowledgeGap.objects.exists()


def test_what_somebody_filed_shows_its_state_and_can_be_hurried(clerk, gap, editor):
    assert "等编辑认领" in text(clerk.get("/search/gaps/mine/"))
    done = text(clerk.post("/search/gaps/file/", {"q": QUESTION, "from": "mine", "urgency": "waiting"}, follow=True))
    assert "现在改成“群众在等”" in done
    editor.post(f"/search/gaps/{gap.pk}/take/")
    assert "在处理" in text(clerk.get("/search/gaps/mine/"))
    editor.post(f"/search/gaps/{gap.pk}/close/", {"how": "words", "answer": "不能。", "basis": "没有明文"})
    page = text(clerk.get("/search/gaps/mine/"))
    assert "不是先例" in page and "不能。" in page and "依据：没有明文" in page


# --- working on one ---


def test_a_refused_answer_keeps_all_that_was_typed(editor, gap):
    posted = {"how": "words", "answer": "写了半天<i>的答复", "basis": "", "reason": "随手"}
    response = editor.post(f"/search/gaps/{gap.pk}/close/", posted)
    assert response.status_code == 422
    assert "还没有写依据" in text(response)
    assert "写了半天&lt;i&gt;的答复</textarea>" in text(response)


def test_who_comes_too_late_is_told_who_holds_it_and_keeps_the_words(editor, gap):
    holder = factories.user(Role.EDITOR)
    gap_take(gap, scope=scope_of(holder))
    posted = {"how": "words", "answer": "写了半天的答复", "basis": "没有明文"}
    response = editor.post(f"/search/gaps/{gap.pk}/close/", posted)
    assert response.status_code == 409
    assert f"{holder} 正在处理" in text(response)
    assert "写了半天的答复" in text(response)


def test_the_same_questions_are_joined_and_parted_by_buttons(editor, gap):
    same = gap_file("月球上，能不能办营业执照", scope=scope_of(factories.user(Role.WINDOW))).gap
    page = text(editor.get(f"/search/gaps/{gap.pk}/"))
    assert "月球上，能不能办营业执照" in page
    assert "像是同一件的还有 1 条" in text(editor.get("/search/gaps/"))
    done = editor.post(f"/search/gaps/{gap.pk}/join/", {"from": same.pk}, follow=True)
    assert "合并了" in text(done)
    assert "2 人、2 个部门记过" in text(done)
    assert "不是同一件，拆开" in text(editor.get(f"/search/gaps/{same.pk}/"))
    assert editor.post(f"/search/gaps/{same.pk}/part/", follow=True).status_code == 200
    for wrong in ("", "x", "９", "9" * 30):
        assert editor.post(f"/search/gaps/{gap.pk}/join/", {"from": wrong}).status_code == 404


def test_questions_of_the_log_become_gaps_with_one_click(editor):
    from caselib.core.clock import now

    row = {"question": QUESTION, "question_key": QUESTION, "total": 0, "fits": False, "at": now()}
    SearchLogEntry.objects.bulk_create([SearchLogEntry(**row) for _ in range(3)])
    page = text(editor.get("/search/gaps/missed/"))
    assert "问 3 次，没查到 3 次，打开 0 次" in page
    assert "归口：看不出，待定" in page
    done = editor.post("/search/gaps/file/", {"q": QUESTION, "from": "missed"}, follow=True)
    assert done.redirect_chain[-1][0] == "/search/gaps/missed/"
    assert "没有反复查不到的问题" in text(done)
    back = editor.post("/search/gaps/file/", {"q": "别的事", "from": "tuning"})
    assert back["Location"] == "/search/tuning/"


def test_a_draft_is_begun_once_and_led_to_again(gap):
    home = factories.department()
    editor = signed_in(factories.user(Role.EDITOR, within=home))
    address = f"/desk/write/from-gap/{gap.pk}/"
    assert "会带进草稿的：标题、群众原话" in text(editor.get(address))
    first, again = (editor.post(address)["Location"] for _ in range(2))
    assert first == again
    stranger = signed_in(factories.user(Role.EDITOR))
    assert stranger.post(address).status_code == 409


def test_an_editor_of_two_departments_says_whose_draft_it_is(gap):
    from caselib.orgs.services import membership_grant

    user = factories.user(Role.EDITOR)
    second = factories.department("第二个部门")
    membership_grant(user=user, department=second, role=Role.EDITOR, actor=None)
    client, address = signed_in(user), f"/desk/write/from-gap/{gap.pk}/"
    refused = client.post(address)
    assert refused.status_code == 422
    assert "选归口部门" in text(refused)
    assert client.post(address, {"department": second.pk}).status_code == 302
    gap.refresh_from_db()
    assert gap.draft.owner_department == second


# --- consulting ---


def test_a_consultation_is_asked_read_and_answered_without_script(clerk, window):
    lead, other = factories.department("牵头的局"), factories.department("协同的局")
    page = clerk.get("/consult/new/", {"q": QUESTION})
    posted = {"code": page.context["form"].code, "question": f"{QUESTION}，{PHONE}", "lead": lead.pk,
              "departments": [other.pk], "urgency": "waiting"}  # fmt: skip
    done = clerk.post("/consult/new/", posted, follow=True)
    again = clerk.post("/consult/new/", posted)
    assert done.redirect_chain[0][0] == again["Location"]
    assert Consultation.objects.count() == 1
    html = text(done)
    assert PHONE not in html and "原文没有保存" in html
    assert "牵头的局" in html and "协同的局" in html
    made = Consultation.objects.get()
    joining = signed_in(factories.user(Role.REVIEWER, within=other))
    party = made.parties.get(department=other)
    answered = joining.post(
        f"/consult/{made.code}/answer/{party.pk}/", {"words": "不用批", "basis": "第三条", "lock": "0"}, follow=True
    )
    assert "不用批" in text(answered) and "依据：第三条" in text(answered)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"question": ""}, "还没有写要会商什么"),
        ({"question": "字" * 20_000}, "最多 2,000 个字，现在 20,000 个"),
        ({"lead": ""}, "选一个牵头部门"),
        ({"lead": "999999"}, "已经停用或者没有了"),
        ({"departments": ["x"]}, "已经停用或者没有了"),
        ({"matter": "没有的事项"}, "事项目录里没有"),
    ],
)
def test_what_is_wrong_with_a_consultation_is_said_and_all_of_it_stays(clerk, change, said):
    lead = factories.department()
    posted = {"question": "写了半天的问题", "lead": str(lead.pk), "urgency": "soon"} | change
    response = clerk.post("/consult/new/", posted)
    assert response.status_code == 422
    assert said in text(response)
    assert posted["question"] in text(response)
    assert 'value="soon" checked' in text(response)
    assert not Consultation.objects.exists()


def test_two_leads_are_refused(clerk):
    posted = {"question": "能不能办", "lead": [factories.department().pk, factories.department().pk]}
    response = clerk.post("/consult/new/", posted)
    assert response.status_code == 422
    assert "牵头部门只能有一个" in text(response)


def test_the_second_of_two_colleagues_keeps_the_words_and_can_send_them_again(window):
    home = factories.department()
    made = asked(lead=home, by=window)
    party = made.parties.get()
    address = f"/consult/{made.code}/answer/{party.pk}/"
    first, second = (signed_in(factories.user(Role.EDITOR, within=home)) for _ in range(2))
    first.post(address, {"words": "可以", "lock": "0"})
    late = second.post(address, {"words": "写了半天<b>", "lock": "0"})
    assert late.status_code == 409
    assert "写了半天&lt;b&gt;</textarea>" in text(late)
    assert 'name="lock" value="1"' in text(late)
    assert second.post(address, {"words": "写了半天", "lock": "1"}).status_code == 302
    for lock in ("", "x", "-1", "１", "9" * 30):
        assert second.post(address, {"words": "再说", "lock": lock}).status_code == 409


def test_who_answers_after_the_end_keeps_the_words(window):
    home = factories.department()
    made = asked(lead=home, by=window)
    party = made.parties.get()
    clerk = signed_in(window)
    clerk.post(f"/consult/{made.code}/withdraw/", {"reason": "问清楚了"})
    late = signed_in(factories.user(Role.EDITOR, within=home)).post(
        f"/consult/{made.code}/answer/{party.pk}/", {"words": "写了半天", "lock": "0"}
    )
    assert late.status_code == 409
    assert "撤回了" in text(late) and "写了半天" in text(late)


def test_a_conclusion_closes_and_offers_the_draft(window):
    home = factories.department()
    made = asked(lead=home, by=window, others=(factories.department(),))
    editor = signed_in(factories.user(Role.EDITOR, within=home))
    address = f"/consult/{made.code}/conclude/"
    refused = editor.post(address, {"words": "可以", "lock": "0"})
    assert refused.status_code == 422
    assert "还有 1 个部门没有答" in text(refused) and ">可以</textarea>" in text(refused)
    done = text(editor.post(address, {"words": "可以", "lock": "0", "anyway": "1"}, follow=True))
    assert "从结论起草案例" in done
    draft = editor.post(f"/desk/write/from-consultation/{made.code}/")
    assert draft["Location"].startswith("/desk/write/")


def test_no_draft_is_begun_before_the_conclusion(window):
    home = factories.department()
    made = asked(lead=home, by=window)
    editor = signed_in(factories.user(Role.EDITOR, within=home))
    assert editor.get(f"/desk/write/from-consultation/{made.code}/").status_code == 422


def test_reading_never_writes(editor, gap):
    made = asked()
    for name in ("take", "release", "sort", "join", "part"):
        assert editor.get(f"/search/gaps/{gap.pk}/{name}/").status_code == 405
    for name in ("conclude", "lead", "withdraw", "answer/1"):
        assert editor.get(f"/consult/{made.code}/{name}/").status_code == 405


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30])
def test_any_page_that_is_asked_for_is_answered(clerk, page):
    assert clerk.get("/consult/", {"page": page, "of": "<b>"}).status_code == 200
    assert clerk.get("/search/gaps/mine/", {"page": page}).status_code == 200


def test_markup_that_somebody_types_is_shown_and_not_run(clerk, window):
    home = factories.department()
    made = asked(lead=home, by=window, question="<script>alert(1)</script>能不能\"'><img src=x>")
    page = text(clerk.get(f"/consult/{made.code}/"))
    assert "<script>alert(1)" not in page and "<img" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_precedent_and_a_ticket_lead_to_the_form_with_what_it_is_about():
    home = factories.department()
    found, ticket = factories.published(owner=home), factories.ticket(within=home)
    client = signed_in(factories.user(Role.WINDOW, within=home))
    for page, address in (
        (f"/p/{found.code}/", f"/consult/new/?precedent={found.code}"),
        (f"/desk/tickets/{ticket.code}/", f"/consult/new/?ticket={ticket.code}"),
    ):
        assert f'href="{address}"' in text(client.get(page))
        assert client.get(address).status_code == 200


def test_a_lead_that_was_switched_off_is_said_on_the_page():
    clerk = factories.user(Role.WINDOW)
    made = asked(by=clerk)
    Department.objects.filter(consulted__consultation=made).update(is_active=False)
    html = text(signed_in(clerk).get(f"/consult/{made.code}/"))
    assert "已经停用。</b> 在旁边换一个牵头部门" in html
    assert "部门已停用" in html
