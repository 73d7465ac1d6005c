"""写案例: from an empty page to a submitted text, by the buttons of the page alone and without script."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from django.test import Client

from caselib.catalog.models import Category, Cause, Matter
from caselib.catalog.services import scheme_save
from caselib.desk.writing.form import read_typed, typed_of
from caselib.orgs.models import Department, Role, User
from caselib.precedents.content import DeferredMaterial, Detour, Entrance, HandlingStep, Material, content_of
from caselib.precedents.deciding import revision_return
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import Kind, Precedent, Revision, RevisionState, SiblingDraft
from caselib.precedents.services import revision_save, revision_start, revision_submit
from tests import factories
from tests.services.tasks_of_law import house_with_task, told

pytestmark = pytest.mark.django_db
PHONE = "139" + "12345678"


class Room:
    """A department with an editor at the page of a draft."""

    def __init__(self, **values) -> None:
        self.department: Department = factories.department()
        self.editor: User = factories.user(Role.EDITOR, within=self.department)
        self.client = self.of(self.editor)
        self.draft: Revision = factories.draft(owner=self.department, author=self.editor, **values)

    @staticmethod
    def of(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    @property
    def address(self) -> str:
        return f"/desk/write/{self.draft.precedent.code}/"

    @property
    def stored(self) -> Revision:
        return Revision.objects.filter(precedent=self.draft.precedent).order_by("number").last()

    def page(self, query: str = "") -> str:
        response = self.client.get(self.address + query)
        assert response.status_code == 200
        return response.content.decode()

    def form(self, page: str | None = None) -> dict[str, list[str]]:
        """What a browser sends of the page as it was drawn."""
        return inputs_of(page or self.page())

    def press(self, deed: str = "", *, of: Client | None = None, form=None, **typed):
        """Presses a button: `save`, `submit`, `remove=materials-0`."""
        sent = {
            **(form or self.form()),
            **{name: value if isinstance(value, list) else [value] for name, value in typed.items()},
        }
        name, _, value = deed.partition("=")
        sent |= {name: [value]} if value else {}
        return (of or self.client).post(self.address + ("submit/" if deed == "submit" else ""), sent)


def inputs_of(page: str) -> dict[str, list[str]]:
    inner = page.partition('id="draft"')[2].partition("</form>")[0]
    found: dict[str, list[str]] = {}
    for match in re.finditer(
        r"<input\b([^>]*)>|<textarea\b([^>]*)>\n?(.*?)</textarea>|<select\b([^>]*)>(.*?)</select>", inner, re.DOTALL
    ):
        attributes = next(filter(None, (match[1], match[2], match[4])))
        name = re.search(r'\bname="([^"]*)"', attributes)
        if name is None or ('type="checkbox"' in attributes and " checked" not in attributes):
            continue
        value = re.search(r'\bvalue="([^"]*)"', attributes)
        text = value[1] if value else ""
        if match[2] is not None:
            text = match[3]
        elif match[4] is not None:
            chosen = re.search(r'<option value="([^"]*)" selected', match[5]) or re.search(r'value="([^"]*)"', match[5])
            text = chosen[1] if chosen else ""
        found.setdefault(unescape(name[1]), []).append(unescape(text))
    return found


@pytest.fixture
def room(db) -> Room:
    return Room()


def words_of(response) -> str:
    return response.content.decode()


# -- the form is the text ------------------------------------------------------------------------------------------------


FULL = {
    "handling_steps": (HandlingStep("视频核验", who="登记窗口", day=0), HandlingStep("补交原件", day=2)),
    "materials": (Material("申请书", correct_sample="签字在右下", deferrable=True), Material("照片", required=False)),
    "deferred_material": (DeferredMaterial("身份证原件", "能核验", "视频", "3 日", "退件", supplied=True),),
    "not_when": ("材料是假的", "人不在本地"),
    "detours": (Detour("人不在本地", "线上核", "310109-2026-D03-0001"), Detour("材料是假的", "不办")),
    "entrances": (Entrance("一网通办", "https://zwdt.sh.gov.cn/"), Entrance("二楼窗口")),
    "decision_level": "centre",
    "partner_orgs": ("公安局", "税务局"),
    "tags": ("容缺", "远程核验"),
    "requester_wording": ("就差一张", "能不能先办"),
    "problem": "第一段\n\n- 一\n- 二",
    "visits": 3,
}


def test_the_page_sends_back_the_text_as_it_is():
    room = Room(**FULL)
    before = content_of(room.draft)
    response = room.press("do=save")
    assert response.status_code == 302
    assert content_of(room.stored) == before
    # Nothing was changed, so that nothing was written.
    assert room.stored.lock_version == room.draft.lock_version


@pytest.mark.parametrize("result", ["solved", "lawfully_impossible", "guidance", "out_of_scope", "unsolved"])
def test_no_section_that_is_not_shown_is_lost(result):
    room = Room(
        result_type=result, evaluation="当天办成", measure="interim", unverified=("region", "evaluation", "sources")
    )
    before = content_of(room.draft)
    assert room.press("do=save").status_code == 302
    assert content_of(room.stored) == before


def test_what_is_typed_is_saved_and_the_page_says_so(room):
    response = room.press("do=save", gist="新的要旨", tags="容缺、加急", applies_when=["", "一", "二", ""])
    assert response.status_code == 302
    stored = content_of(room.stored)
    assert (stored.gist, stored.tags, stored.applies_when) == ("新的要旨", ("加急", "容缺"), ("一", "二"))
    assert "已保存" in words_of(room.client.get(response["Location"]))


def test_what_breaks_a_rule_is_told_at_its_field_and_the_rest_is_saved(room):
    response = room.press("do=save", gist="长" * 300, blocker="新的卡点")
    page = words_of(response)
    assert response.status_code == 422
    assert room.stored.blocker == "新的卡点"
    assert "长" * 300 in page
    assert 'id="e-f-gist"' in page and 'href="#f-gist"' in page
    assert "没有存" in page


@pytest.mark.parametrize(
    ("name", "value"), [("lead_org", "公安局、税务局"), ("occurred", "去年"), ("visits", "很多"), ("matter", "没有的")]
)
def test_a_wrong_value_stands_in_its_field_until_it_is_mended(room, name, value):
    response = room.press("submit", **{name: value})
    assert response.status_code == 422
    assert f'value="{value}"' in words_of(response)
    assert room.stored.state == RevisionState.DRAFT


# -- buttons inside the form --------------------------------------------------------------------------------------------


def test_rows_are_added_and_taken_out_without_script():
    room = Room(materials=(Material("申请书"), Material("执照")))
    response = room.press("add=materials", gist="写到一半")
    assert response["Location"].endswith("?add=materials#f-materials")
    assert room.stored.gist == "写到一半"
    page = words_of(room.client.get(response["Location"]))
    assert 'name="materials-2-name"' in page
    response = room.press("remove=materials-0")
    assert response["Location"].endswith("#f-materials")
    assert [each["name"] for each in room.stored.materials] == ["执照"]


def test_one_statement_is_taken_out():
    room = Room(applies_when=("一", "二", "三"))
    room.press("remove=applies_when-1")
    assert room.stored.applies_when == ["一", "三"]


def test_the_last_row_of_a_list_can_be_taken_out():
    room = Room(materials=(Material("申请书"),))
    room.press("remove=materials-0")
    assert room.stored.materials == []


def found_on(page: str) -> list[str]:
    return [unescape(value) for value in re.findall(r'name="replace" value="([^"]+)"', page)]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("problem", {"problem": f"经办人电话 {PHONE}，可联系。其余齐全。"}),
        ("requester_wording", {"requester_wording": ("没有", f"打我电话 {PHONE}")}),
        ("handling_steps", {"handling_steps": (HandlingStep("受理"), HandlingStep(f"联系 {PHONE} 核验"))}),
        ("deferred_material", {"deferred_material": (DeferredMaterial("原件", verification=f"回拨 {PHONE}"),)}),
    ],
)
def test_a_finding_stands_under_its_field_and_one_press_replaces_it(name, values):
    room = Room(**values)
    page = room.page()
    assert f'<span class="pii">{PHONE}</span>' in page
    buttons = found_on(page)
    assert buttons[0].startswith(f"{name}|")
    response = room.press(f"replace={buttons[0]}", gist="同时写的要旨")
    assert response.status_code == 302
    assert f"#f-{name}" in response["Location"]
    stored = content_of(room.stored)
    assert PHONE not in str(stored)
    assert stored.gist == "同时写的要旨"


@pytest.mark.parametrize("part", ["sample_picture", "mistake_picture"])
@pytest.mark.parametrize("value", [PHONE, "张三", "../../x", "<b>"])
def test_what_is_no_code_of_a_picture_gets_into_no_text(part, value):
    room = Room(materials=(Material("申请书"),))
    room.press("do=save", **{f"materials-0-{part}": value})
    assert (room.stored.materials[0]["name"], value in str(room.stored.materials)) == ("申请书", False)


def test_a_sentence_is_taken_out_and_what_stands_around_it_stays():
    room = Room(problem=f"主件齐全。经办人电话 {PHONE}，可联系。当天要办。")
    button = next(value for value in found_on(room.page()) if value.endswith("|delete"))
    room.press(f"replace={button}")
    assert room.stored.problem == "主件齐全。当天要办。"


def test_nothing_is_replaced_where_the_text_was_changed_meanwhile():
    room = Room(problem=f"电话 {PHONE}，可联系。")
    button = found_on(room.page())[0]
    response = room.press(f"replace={button}", problem="前面多写了几个字，电话 " + PHONE)
    assert response.status_code == 422
    assert room.stored.problem.endswith(PHONE)
    assert "文字改过了" in words_of(response)


@pytest.mark.parametrize(
    "value", ["", "problem", "problem|x", "problem|-1||0|9|99", "citations|0|note|0|1|0", "no|0||0|1|delete", "|||||"]
)
def test_a_made_up_replacement_changes_nothing(value):
    room = Room(problem=f"电话 {PHONE}，可联系。")
    before = content_of(room.stored)
    assert room.press(f"replace={value}").status_code in (302, 422)
    assert content_of(room.stored) == before


def test_several_visits_suggest_a_class_and_one_press_chooses_it():
    scheme_save(key="intake", name="受理情形", is_active=True, categories=["材料齐全", "两次以上未办成"], actor=None)
    Category.objects.filter(name="两次以上未办成").update(min_visits=2)
    room = Room(visits=3, categories=())
    page = room.page()
    assert "跑了 3 次：选“两次以上未办成”" in page
    room.press("also=categories|intake:两次以上未办成")
    assert [category.name for category in room.stored.categories.all()] == ["两次以上未办成"]
    assert "跑了 3 次" not in room.page()
    room = Room(visits=1)
    assert "跑了 1 次" not in room.page()


def test_what_is_switched_off_is_not_offered_and_stays_where_it_is():
    room = Room(matter=factories.matter(), causes=(factories.cause("停用的原因"),))
    Matter.objects.update(is_active=False)
    Cause.objects.update(is_active=False)
    other = Room()
    Cause.objects.filter(name="停用的原因").update(is_active=False)
    assert "停用的原因" not in other.page()
    assert "停用的原因" in room.page()
    before = content_of(room.draft)
    assert room.press("do=save").status_code == 302
    assert content_of(room.stored) == before
    assert other.press("do=save", causes=["", "停用的原因"]).status_code == 422


def test_a_class_that_wants_a_reference_says_so():
    scheme_save(key="intake", name="受理情形", is_active=True, categories=["外地可办"], actor=None)
    Category.objects.update(needs_reference=True)
    assert "关系选“参照”" in Room(categories=tuple(Category.objects.all())).page()


def test_a_text_is_sorted_in_several_schemes_and_in_none():
    for key in ("one", "two"):
        scheme_save(key=key, name=f"方案{key}", is_active=True, categories=["甲", "乙"], actor=None)
    room = Room()
    room.press("do=save", categories=["", "one:甲", "two:乙"])
    assert {str(category) for category in room.stored.categories.all()} == {"方案one：甲", "方案two：乙"}
    before = content_of(room.stored)
    assert room.press("do=save").status_code == 302
    assert content_of(room.stored) == before
    room.press("do=save", categories=["", ""])
    assert not room.stored.categories.exists()


def test_what_cannot_be_solved_shows_what_it_needs_and_no_more():
    page = Room(result_type="lawfully_impossible", alternatives=(), script="").page()
    for words in ("口径：办不了的时候怎么跟群众说", "替代办法", 'name="alternatives-0-instead"'):
        assert words in page
    assert 'id="s-later"' not in page
    assert 'id="s-lasting"' not in page
    assert "该找谁" in Room(result_type="out_of_scope").page()
    assert "不评典型案例" in Room(result_type="unsolved").page()


@pytest.mark.parametrize(
    "values", [{"manner": "urgent"}, {"manner": "special"}, {"deferred_material": (DeferredMaterial("原件"),)}]
)
def test_a_flexible_handling_opens_its_bounds(values):
    opened = '<details class="field field--wide boxed" id="f-flexibility" open>'
    assert opened in Room(**values).page()
    assert opened not in Room().page()


# -- submitting ----------------------------------------------------------------------------------------------------------


def test_saves_and_submits_in_one_press(room):
    response = room.press("submit", gist="最后改的要旨")
    assert response.status_code == 302
    assert (room.stored.state, room.stored.gist) == (RevisionState.SUBMITTED, "最后改的要旨")
    page = room.page()
    assert "等另一个人审核" in page and "撤回" in page
    assert "最后改的要旨" in page
    assert "<textarea" not in page


def test_what_is_missing_comes_back_with_a_way_to_each_field():
    room = Room(gist="", applies_when=())
    response = room.press("submit", blocker="新的卡点")
    page = words_of(response)
    assert response.status_code == 422
    assert room.stored.state == RevisionState.DRAFT
    assert room.stored.blocker == "新的卡点"
    for name in ("gist", "applies_when"):
        assert f'href="#f-{name}"' in page and f'id="f-{name}"' in page


def test_personal_data_stops_a_submission_and_is_marked():
    room = Room(problem=f"电话 {PHONE}，可联系。")
    response = room.press("submit")
    assert response.status_code == 422
    assert 'class="pii"' in words_of(response)
    assert 'href="#f-problem"' in words_of(response)


def test_every_link_of_the_check_list_leads_to_a_field():
    room = Room(
        gist="",
        causes=(),
        applies_when=(),
        deferred_material=(DeferredMaterial("原件"),),
        manner="urgent",
        unverified=(),
    )
    page = room.page()
    anchors = set(re.findall(r'href="#(f-[^"]+)"', page))
    assert len(anchors) > 6
    assert {anchor for anchor in anchors if f'id="{anchor}"' not in page} == set()


def test_submitting_twice_is_one_submission(room):
    form = room.form()
    assert room.press("submit", form=form).status_code == 302
    response = room.press("submit", form=form)
    assert response.status_code == 302
    assert "已经提交过了" in words_of(room.client.get(response["Location"]))
    assert not SiblingDraft.objects.exists()


def test_a_save_that_comes_after_the_submission_is_kept_beside(room):
    form = room.form()
    room.press("submit", form=form)
    response = room.press("do=save", form=form, gist="晚到的一句")
    assert response.status_code == 409
    assert "一个字都没丢" in words_of(response)
    assert SiblingDraft.objects.get().typed["gist"] == ["晚到的一句"]
    assert f"{room.address}siblings/" in words_of(response)


def test_a_change_of_a_published_text_says_why():
    department = factories.department()
    published = factories.published(owner=department)
    room = Room.__new__(Room)
    room.department, room.editor = department, factories.user(Role.EDITOR, within=department)
    room.client, room.draft = Room.of(room.editor), revision_start(published, author=room.editor)
    assert "为什么改" in room.page()
    response = room.press("submit", gist="改过的要旨")
    assert response.status_code == 422
    assert 'href="#f-change_note"' in words_of(response)
    assert room.press("submit", change_note="期限改了").status_code == 302
    assert (room.stored.state, room.stored.change_note) == (RevisionState.SUBMITTED, "期限改了")


def test_a_text_that_is_out_of_scope_goes_to_review_as_a_routing_card():
    room = Room(script="这件事请找出入境窗口。")
    room.press("do=save", result_type="out_of_scope")
    assert room.press("submit").status_code == 302
    assert Precedent.objects.get(pk=room.draft.precedent_id).kind == Kind.ROUTING_CARD


# -- two at once ---------------------------------------------------------------------------------------------------------


def test_who_saves_second_keeps_every_word_and_sees_who_was_first(room):
    form = room.form()
    colleague = factories.user(Role.EDITOR, within=room.department)
    revision_save(
        room.stored, factories.content(title="对方的标题"), lock_version=room.stored.lock_version, editor=colleague
    )
    response = room.press("do=save", form=form, gist="我写的", problem="我写的问题")
    page = words_of(response)
    assert response.status_code == 409
    assert room.stored.title == "对方的标题"
    for words in ("我写的问题", str(colleague), f"{room.address}siblings/", "没有存进草稿"):
        assert words in page
    assert inputs_of(page)["gist"] == ["我写的"]
    assert SiblingDraft.objects.get().typed["problem"] == ["我写的问题"]


# -- withdrawing and giving up -------------------------------------------------------------------------------------------


def test_what_waits_for_a_review_is_taken_back_once(room):
    room.press("submit")
    lock = {"lock_version": room.stored.lock_version}
    assert room.client.post(f"{room.address}withdraw/", lock).status_code == 302
    assert room.stored.state == RevisionState.DRAFT
    # The second press of the same button gives nothing up.
    room.client.post(f"{room.address}withdraw/", lock)
    room.client.post(f"{room.address}withdraw/", {"lock_version": room.stored.lock_version})
    assert room.stored.state == RevisionState.DRAFT


def test_a_draft_is_given_up_by_name_and_its_page_says_so(room):
    response = room.client.post(f"{room.address}withdraw/", {"lock_version": room.stored.lock_version, "do": "discard"})
    assert response["Location"] == "/desk/write/"
    assert room.stored.state == RevisionState.WITHDRAWN
    page = room.client.get(room.address)
    assert page.status_code == 200
    assert "没有打开的草稿" in words_of(page)


def test_a_draft_that_was_given_up_is_taken_up_again_from_its_page(room):
    room.client.post(f"{room.address}withdraw/", {"lock_version": room.stored.lock_version, "do": "discard"})
    title = room.stored.title
    revise = f"/desk/write/revise/{room.stored.precedent.code}/"
    assert "接着写" in words_of(room.client.get(room.address))
    assert room.client.post(revise, follow=True).status_code == 200
    revision = room.stored.precedent.revisions.get(state=RevisionState.DRAFT)
    assert (revision.number, revision.title) == (2, title)
    # Pressed again it leads to the same draft.
    room.client.post(revise)
    assert room.stored.precedent.revisions.count() == 2


# -- a new draft, a revision ---------------------------------------------------------------------------------------------


def begun(room: Room, **typed):
    return room.client.post("/desk/write/new/", {"title": "新的一件", "result_type": "solved", "matter": "", **typed})


def test_a_new_draft_begins_with_title_result_and_matter(room):
    matter = factories.matter()
    response = begun(room, matter=matter.name)
    made = Precedent.objects.exclude(pk=room.draft.precedent_id).get()
    assert response["Location"] == f"/desk/write/{made.code}/"
    text = made.revisions.get()
    assert (text.title, text.matter, text.theme, text.author) == ("新的一件", matter, matter.theme, room.editor)
    assert (made.kind, made.owner_department) == (Kind.PRECEDENT, room.department)


def test_pressing_twice_begins_one_draft(room):
    assert begun(room)["Location"] == begun(room)["Location"]
    assert begun(room, title="另一件")["Location"] != begun(room)["Location"]


def test_what_is_out_of_scope_begins_as_a_routing_card(room):
    begun(room, result_type="out_of_scope")
    assert Precedent.objects.exclude(pk=room.draft.precedent_id).get().kind == Kind.ROUTING_CARD


@pytest.mark.parametrize(
    ("typed", "field"), [({"title": " "}, "title"), ({"title": "长" * 101}, "title"), ({"result_type": "x"}, "result_type"),
                         ({"matter": "没有的"}, "matter")]
)  # fmt: skip
def test_a_new_draft_that_lacks_something_keeps_what_was_typed(room, typed, field):
    response = begun(room, **typed)
    assert response.status_code == 422
    page = words_of(response)
    assert f'href="#f-{field}"' in page
    assert typed.get("title", "新的一件").strip() in page
    assert Precedent.objects.count() == 1


def test_who_writes_for_several_departments_says_for_which(room):
    from caselib.orgs.services import membership_grant

    other = factories.department()
    membership_grant(user=room.editor, department=other, role=Role.EDITOR, actor=None)
    assert begun(room).status_code == 422
    assert begun(room, department=str(other.pk)).status_code == 302
    assert begun(room, department=str(factories.department().pk)).status_code == 403


def test_a_revision_is_opened_from_the_page_and_a_second_press_finds_it():
    department = factories.department()
    published = factories.published(owner=department)
    client = Room.of(factories.user(Role.EDITOR, within=department))
    page = words_of(client.get(f"/p/{published.code}/"))
    assert f'action="/desk/write/revise/{published.code}/"' in page
    for _ in range(2):
        response = client.post(f"/desk/write/revise/{published.code}/")
        assert response["Location"] == f"/desk/write/{published.code}/"
    assert published.revisions.count() == 2
    assert f'href="/desk/write/{published.code}/"' in words_of(client.get(f"/p/{published.code}/"))


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER])
def test_a_check_that_asks_for_changes_leads_to_the_draft_who_may_write_it(role):
    house = house_with_task()
    form = told(house, "changes", note="期限改了")
    posted = {
        "outcome": "changes",
        "note": form.note,
        "digest": form.digest,
        "last": form.last,
        "point": [*form.points],
    }
    code = house.precedent.code
    response = Room.of(house.person(role)).post(f"/p/{code}/verify/", posted)
    assert response["Location"] == (f"/desk/write/{code}/" if role is Role.EDITOR else f"/p/{code}/")


def test_an_earlier_text_comes_back_as_a_draft():
    department = factories.department()
    published = factories.published(owner=department, title="第一版的标题")
    client = Room.of(factories.user(Role.EDITOR, within=department))
    client.post(f"/desk/write/revise/{published.code}/", {"like": "1"})
    draft = published.revisions.get(number=2)
    assert (draft.title, draft.change_note) == ("第一版的标题", "恢复第 1 版的文字")


def test_a_retired_precedent_has_no_form():
    department = factories.department()
    published = factories.published(owner=department)
    precedent_retire(published, reason="过时", actor=None)
    client = Room.of(factories.user(Role.EDITOR, within=department))
    assert "已经出库" in words_of(client.get(f"/desk/write/{published.code}/"))
    assert client.post(f"/desk/write/revise/{published.code}/").status_code == 422


# -- the list ------------------------------------------------------------------------------------------------------------


def test_the_list_shows_what_waits_for_me_first_and_colleagues_apart(room):
    mine = factories.draft(owner=room.department, author=room.editor, title="退回来的一件")
    revision_submit(mine, lock_version=mine.lock_version, actor=room.editor)
    reviewer = factories.user(Role.REVIEWER, within=room.department)
    revision_return(
        mine, lock_version=mine.lock_version, reviewer=reviewer, digest_seen=mine.content_digest, comment="补上期限"
    )
    factories.draft(
        owner=room.department, author=factories.user(Role.EDITOR, within=room.department), title="同事的一件"
    )
    factories.draft(title="别的部门的一件")
    page = words_of(room.client.get("/desk/write/"))
    assert page.index("退回来的一件") < page.index(room.draft.title)
    assert "补上期限" in page
    assert "同事的一件" not in page
    theirs = words_of(room.client.get("/desk/write/?of=department"))
    assert "同事的一件" in theirs and "别的部门的一件" not in theirs


def test_an_empty_list_says_what_to_do():
    client = Room.of(factories.user(Role.EDITOR))
    assert "没有在写的案例" in words_of(client.get("/desk/write/"))


def test_a_text_that_was_sent_back_shows_what_the_reviewer_asked_for(room):
    room.press("submit")
    reviewer, sent = factories.user(Role.REVIEWER, within=room.department), room.stored
    revision_return(
        sent, lock_version=sent.lock_version, reviewer=reviewer, digest_seen=sent.content_digest, comment="补上期限"
    )
    assert "补上期限" in room.page()
    assert room.press("submit").status_code == 302


# -- looks ---------------------------------------------------------------------------------------------------------------


def test_the_preview_is_the_page_of_the_precedent_as_it_will_be():
    room = Room(problem="第一段\n\n- 一\n- 二", handling_steps=(HandlingStep("视频核验"),))
    response = room.press("do=preview", gist="写到这里的要旨")
    assert response["Location"] == f"{room.address}preview/"
    page = words_of(room.client.get(response["Location"]))
    for words in ("写到这里的要旨", "<li>一</li>", "视频核验", "草稿，还没有发布"):
        assert words in page


def test_the_preview_of_a_revision_is_not_the_published_text():
    department = factories.department()
    published = factories.published(owner=department, title="在库的标题")
    editor = factories.user(Role.EDITOR, within=department)
    draft = revision_start(published, author=editor)
    revision_save(draft, factories.content(title="修订的标题"), lock_version=0, editor=editor)
    client = Room.of(editor)
    assert "修订的标题" in words_of(client.get(f"/desk/write/{published.code}/preview/"))
    assert "修订的标题" not in words_of(client.get(f"/p/{published.code}/"))


class Tags(HTMLParser):
    """Every element that runs something and is none of ours."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        is_ours = (found.get("src") or "").startswith("/static/")
        if (tag in ("script", "img", "b") and not is_ours and "class" not in found and found) or (
            tag == "script" and not is_ours
        ):
            self.wrong.append(self.get_starttag_text())
        if any(name.startswith("on") for name in found) or "javascript:" in (found.get("href") or ""):
            self.wrong.append(self.get_starttag_text())


ATTACKS = ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</textarea><script>alert(1)</script>", "{{ 7|add:7 }}{% now %}",
           "javascript:alert(1)", "'; DROP TABLE x; --", "<o:p></o:p><b style='mso-x:y' onclick=alert(1)>粗</b>"]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_in_every_field_is_text_on_every_page(attack):
    room = Room(**FULL)
    text = typed_of(content_of(room.draft))
    skipped = {
        "result_type",
        "measure",
        "manner",
        "force",
        "failed_stage",
        "admin_level",
        "lock_version",
        "lead_org",
        "occurred",
    }
    form = room.form()
    typed = {
        name: [value and attack for value in values]
        for name, values in form.items()
        if name in text and name not in skipped and not name.endswith(("-required", "-deferrable", "-supplied", "-day"))
    }
    response = room.press("do=save", form=form, **typed, lead_org="市场监管局")
    pages = [
        words_of(response),
        room.page(),
        words_of(room.client.get(f"{room.address}preview/")),
        words_of(room.client.get("/desk/write/")),
    ]
    for page in pages:
        tags = Tags()
        tags.feed(page)
        assert tags.wrong == []
    assert "14" not in room.stored.title


def test_the_form_of_a_draft_reads_back_after_an_attack():
    room = Room(problem="</textarea><script>alert(1)</script>", applies_when=('"><b>',))
    page = room.page()
    read = read_typed(inputs_of(page), current=content_of(room.draft), precedent=room.draft.precedent)
    assert read.content == content_of(room.draft)


def test_a_form_of_twenty_thousand_characters_is_saved(room):
    assert room.press("do=save", problem="长😀" * 10_000).status_code == 302
    assert len(room.stored.problem) == 20_000


def test_nobody_who_is_signed_out_saves_and_the_way_back_is_the_draft(room):
    response = Client().post(room.address, {"gist": "x"})
    assert response.status_code == 302
    assert response["Location"].startswith("/account/sign-in/")
