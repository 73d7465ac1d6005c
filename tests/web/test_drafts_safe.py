"""No text is lost: each way in which a save can fail, and what the form is told then."""

import dataclasses
import datetime as dt
import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from caselib.audit.models import AuditEvent
from caselib.desk.writing.form import typed_of
from caselib.desk.writing.saving import base_of
from caselib.orgs.models import Role
from caselib.precedents.citation_edits import Chosen, citations_add
from caselib.precedents.citing import read_citations
from caselib.precedents.content import (
    Alternative,
    DeferredMaterial,
    HandlingStep,
    Material,
    Source,
    content_of,
)
from caselib.precedents.models import Relation, Revision, SiblingDraft
from caselib.precedents.services import revision_save, revision_start, revision_submit
from tests import factories
from tests.web.test_citations import policy

pytestmark = pytest.mark.django_db
LONG = ("problem", "resolution", "script", "lasting_rule", "assessment")


@pytest.fixture
def home():
    return factories.department()


@pytest.fixture
def editor(home):
    return factories.user(Role.EDITOR, within=home)


@pytest.fixture
def client(editor):
    client = Client()
    client.force_login(editor)
    return client


@pytest.fixture
def draft(home, editor):
    return factories.draft(owner=home, author=editor)


def form_of(draft, user, *, window="one", **typed) -> dict:
    """What a browser sends that has read the draft now, with some fields typed over."""
    content = content_of(Revision.objects.get(pk=draft.pk))
    return {
        **typed_of(content),
        "lock_version": draft.lock_version,
        "revision": draft.number,
        "base": base_of(content),
        "window": window,
        "account": user.pk,
        **typed,
    }


def autosave(client, draft, form):
    return client.post(f"/desk/write/{draft.precedent.code}/autosave/", form, headers={"accept": "application/json"})


def now_of(draft) -> Revision:
    return Revision.objects.get(pk=draft.pk)


def test_an_answer_says_saved_with_the_time_and_the_lock_of_the_next_save(client, draft, editor):
    answer = autosave(client, draft, form_of(draft, editor, problem="写了一句")).json()
    saved = now_of(draft)
    assert saved.problem == "写了一句"
    assert (answer["state"], answer["lock_version"], answer["digest"]) == (
        "saved",
        saved.lock_version,
        saved.content_digest,
    )
    assert re.fullmatch(r"\d\d:\d\d:\d\d", answer["at"])
    assert answer["words"] == f"已保存 {answer['at']}"
    again = autosave(client, draft, form_of(saved, editor, problem="写了两句")).json()
    assert (again["state"], now_of(draft).problem) == ("saved", "写了两句")


def test_the_same_text_writes_nothing_whatever_lock_it_was_read_at(client, draft, editor):
    form = form_of(draft, editor, problem="写了一句")
    first = autosave(client, draft, form).json()
    events = AuditEvent.objects.count()
    # The answer was lost on its way: the form sends the same with the lock from before.
    second = autosave(client, draft, form).json()
    assert (second["state"], second["lock_version"]) == ("saved", first["lock_version"])
    assert AuditEvent.objects.count() == events
    assert not SiblingDraft.objects.exists()


def test_what_breaks_a_rule_is_not_called_saved_and_the_rest_is(client, draft, editor):
    answer = autosave(client, draft, form_of(draft, editor, problem="写了一句", visits="很多次")).json()
    assert (answer["state"], list(answer["problems"])) == ("partly", ["visits"])
    assert now_of(draft).problem == "写了一句"


def test_who_saves_second_is_kept_beside_and_told_by_whom_when_and_where(client, draft, editor, home):
    form = form_of(draft, editor, problem="我写的")
    other = factories.user(Role.EDITOR, within=home)
    theirs = dataclasses.replace(content_of(draft), problem="对方写的")
    revision_save(now_of(draft), theirs, lock_version=draft.lock_version, editor=other)
    answer = autosave(client, draft, form).json()
    assert (answer["state"], answer["by"]) == ("sibling", str(other))
    assert answer["address"] == f"/desk/write/{draft.precedent.code}/siblings/"
    assert str(other) in answer["words"]
    assert now_of(draft).problem == "对方写的"
    assert SiblingDraft.objects.get().typed["problem"] == ["我写的"]


def test_a_second_tab_of_the_same_person_is_kept_beside_and_its_row_is_used_again(client, draft, editor):
    one, two = (form_of(draft, editor, window=window) for window in ("one", "two"))
    assert autosave(client, draft, {**one, "problem": "窗口一"}).json()["state"] == "saved"
    answer = autosave(client, draft, {**two, "problem": "窗口二"}).json()
    assert answer["state"] == "sibling"
    assert "您在另一个窗口" in answer["words"]
    autosave(client, draft, {**two, "problem": "窗口二，又写"})
    assert SiblingDraft.objects.get().typed["problem"] == ["窗口二，又写"]
    assert now_of(draft).problem == "窗口一"


def test_a_lock_of_an_earlier_revision_does_not_open_the_next_one(client, editor, home):
    precedent = factories.published(owner=home)
    second = revision_start(precedent, author=editor)
    form = form_of(second, editor, problem="写给上一版的")
    form["revision"] = second.number - 1
    assert autosave(client, second, form).json()["state"] == "sibling"
    assert now_of(second).problem != "写给上一版的"


@pytest.mark.parametrize("name", ["lock_version", "revision", "base", "window"])
def test_a_form_that_does_not_say_what_it_was_read_at_overwrites_nothing(client, draft, editor, name):
    form = form_of(draft, editor, problem="写了一句")
    if name == "lock_version":
        form["base"] = ""
    form[name] = "x" if name != "window" else ""
    state = autosave(client, draft, form).json()["state"]
    assert state == ("sibling" if name in ("lock_version", "revision") else "saved")


def test_an_edit_of_the_citations_is_no_rival_of_the_open_form(client, draft, editor):
    policy("市场主体登记管理条例", 33)
    form = form_of(draft, editor, problem="写了一句")
    read = read_citations("《市场主体登记管理条例》第三十三条", on=dt.date(2026, 1, 1))
    chosen = [Chosen(each, Relation.BASIS) for each in read.proposals]
    citations_add(now_of(draft), chosen, lock_version=draft.lock_version, editor=editor)
    answer = autosave(client, draft, form).json()
    assert answer["state"] == "saved"
    assert (now_of(draft).problem, now_of(draft).citations.count()) == ("写了一句", 1)


def test_what_is_typed_after_the_submit_is_kept_beside_and_the_frozen_text_stays(client, draft, editor):
    form = form_of(draft, editor, problem="交了以后写的")
    revision_submit(now_of(draft), lock_version=draft.lock_version, actor=editor)
    answer = autosave(client, draft, form).json()
    assert answer["state"] == "closed"
    assert "已经提交审核" in answer["words"]
    assert now_of(draft).problem == draft.problem
    assert SiblingDraft.objects.get().typed["problem"] == ["交了以后写的"]


def test_a_save_on_its_way_that_says_what_was_submitted_is_saved_and_kept_nowhere_else(client, draft, editor):
    form = form_of(draft, editor)
    revision_submit(now_of(draft), lock_version=draft.lock_version, actor=editor)
    assert autosave(client, draft, form).json()["state"] == "saved"
    response = client.post(f"/desk/write/{draft.precedent.code}/", form | {"do": "save"}, follow=True)
    assert "已经提交过了" in response.content.decode()
    assert not SiblingDraft.objects.exists()


def test_twenty_thousand_characters_in_each_long_field_are_saved(client, draft, editor):
    answer = autosave(client, draft, form_of(draft, editor, **dict.fromkeys(LONG, "字" * 20_000))).json()
    assert (answer["state"], answer["problems"]) == ("saved", {})
    assert {len(getattr(now_of(draft), name)) for name in LONG} == {20_000}


def test_one_character_more_is_told_under_its_field_and_kept_by_the_browser(client, draft, editor):
    answer = autosave(client, draft, form_of(draft, editor, problem="字" * 20_001, gist="写了")).json()
    assert (answer["state"], list(answer["problems"])) == ("partly", ["problem"])
    assert (now_of(draft).problem, now_of(draft).gist) == (draft.problem, "写了")


@pytest.mark.parametrize("size", [1_100_000, 2_000_000])
def test_two_megabytes_are_refused_and_written_nowhere(client, draft, editor, size):
    response = autosave(client, draft, form_of(draft, editor, problem="x" * size))
    assert (response.status_code, response.json()["state"]) == (413, "too_large")
    assert now_of(draft).lock_version == draft.lock_version
    assert not SiblingDraft.objects.exists()


def test_an_expired_sign_in_is_told_and_is_no_page_of_the_sign_in(client, draft, editor):
    form = form_of(draft, editor, problem="登录过期时写的")
    Session.objects.all().delete()
    response = autosave(client, draft, form)
    assert (response.status_code, response["Content-Type"]) == (401, "application/json")
    assert (response.json()["state"], response.json()["address"]) == ("signed_out", "/account/sign-in/")
    assert now_of(draft).problem == draft.problem


def test_nothing_is_saved_under_the_name_of_who_signed_in_after_one(client, draft, editor, home):
    form = form_of(draft, editor, problem="前一个人写的")
    client.force_login(factories.user(Role.EDITOR, within=home))
    response = autosave(client, draft, form)
    assert (response.status_code, response.json()["state"]) == (409, "other_account")
    assert now_of(draft).problem == draft.problem
    assert not SiblingDraft.objects.exists()


def test_without_the_token_nothing_is_saved_and_a_fresh_one_can_be_had(draft, editor):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    form = form_of(draft, editor, problem="写了一句")
    assert autosave(client, draft, form).status_code == 403
    assert now_of(draft).problem == draft.problem
    fresh = client.get("/desk/write/token/").json()
    assert fresh["account"] == str(editor.pk)
    form["csrfmiddlewaretoken"] = fresh["csrf"]
    assert autosave(client, draft, form).json()["state"] == "saved"


def test_who_is_not_signed_in_learns_nothing_from_the_token(draft):
    response = Client().get("/desk/write/token/")
    assert response.json() == {"account": "", "csrf": "", "address": "/account/sign-in/"}
    assert response["Cache-Control"] == "no-store"


def test_a_draft_of_another_department_is_not_there(draft):
    stranger = factories.user(Role.EDITOR)
    client = Client()
    client.force_login(stranger)
    response = autosave(client, draft, form_of(draft, stranger, problem="别家的"))
    assert (response.status_code, response.json()["state"]) == (404, "refused")
    assert now_of(draft).problem == draft.problem
    assert not SiblingDraft.objects.exists()


def test_a_reviewer_may_not_save(home, draft):
    reviewer = factories.user(Role.REVIEWER, within=home)
    client = Client()
    client.force_login(reviewer)
    response = autosave(client, draft, form_of(draft, reviewer, problem="审核人写的"))
    assert (response.status_code, response.json()["state"]) == (403, "refused")
    assert "编辑" in response.json()["words"]


def test_only_posting_saves(client, draft):
    assert client.get(f"/desk/write/{draft.precedent.code}/autosave/").status_code == 405


def test_the_trail_and_the_logs_hold_no_word_that_was_typed(client, draft, editor, caplog):
    autosave(client, draft, form_of(draft, editor, problem="张三 13800000000"))
    autosave(client, draft, form_of(draft, editor, problem="李四 13900000000", window="two"))
    told = " ".join(f"{event.before} {event.after} {event.object_label}" for event in AuditEvent.objects.all())
    assert not any(word in told + caplog.text for word in ("张三", "李四", "13800000000", "13900000000"))


# -- the page of 并存稿 --


@pytest.fixture
def beside_me(client, draft, editor, home):
    """What the viewer typed into a draft that somebody else had saved."""
    form = form_of(draft, editor, problem="我写的问题", blocker="我写的卡点")
    theirs = dataclasses.replace(content_of(draft), problem="对方写的问题")
    other = factories.user(Role.EDITOR, within=home)
    revision_save(now_of(draft), theirs, lock_version=draft.lock_version, editor=other)
    autosave(client, draft, form)
    return SiblingDraft.objects.get()


def page_of(client, draft, query="") -> str:
    response = client.get(f"/desk/write/{draft.precedent.code}/siblings/{query}")
    assert response.status_code == 200
    return response.content.decode()


def chosen(client, draft, row, **posted):
    stamp = SiblingDraft.objects.get(pk=row.pk).saved_at.isoformat()
    posted = {"sibling": row.pk, "stamp": stamp, "lock_version": now_of(draft).lock_version, **posted}
    return client.post(f"/desk/write/{draft.precedent.code}/siblings/", posted)


def plain(page: str) -> str:
    return re.sub(r"<[^>]+>", "", page)


def test_both_texts_stand_side_by_side_section_by_section(client, draft, beside_me):
    page = plain(page_of(client, draft))
    assert "2 节和草稿不一样" in page
    for words in ("对方写的问题", "我写的问题", "我写的卡点", draft.blocker):
        assert words in page


def test_mine_for_one_section_and_theirs_for_the_other_settle_it(client, draft, beside_me):
    chosen(client, draft, beside_me, do="take", field="blocker")
    assert (now_of(draft).problem, now_of(draft).blocker) == ("对方写的问题", "我写的卡点")
    assert "用草稿里的" in page_of(client, draft)
    chosen(client, draft, beside_me, do="leave", field="problem")
    assert "没有并存的文字" in page_of(client, draft)
    assert now_of(draft).problem == "对方写的问题"


def test_all_of_mine_goes_in_at_once(client, draft, beside_me):
    assert chosen(client, draft, beside_me, do="take_all").status_code == 302
    assert (now_of(draft).problem, now_of(draft).blocker) == ("我写的问题", "我写的卡点")
    beside_me.refresh_from_db()
    assert beside_me.closed_at


def test_who_was_overtaken_on_the_page_changes_nothing_and_sees_both(client, draft, beside_me, editor):
    lock = now_of(draft).lock_version
    third = dataclasses.replace(content_of(now_of(draft)), problem="又有人写了")
    revision_save(now_of(draft), third, lock_version=lock, editor=editor)
    response = chosen(client, draft, beside_me, do="take", field="problem", lock_version=lock)
    assert response.status_code == 409
    assert "又有人写了" in plain(response.content.decode())
    assert "我写的问题" in plain(response.content.decode())
    assert now_of(draft).problem == "又有人写了"


def test_throwing_mine_away_is_asked_twice(client, draft, beside_me):
    first = page_of(client, draft)
    assert "确定不要" not in first
    assert f"?drop={beside_me.pk}" in first
    assert "确定不要" in page_of(client, draft, f"?drop={beside_me.pk}")
    beside_me.refresh_from_db()
    assert beside_me.closed_at is None
    chosen(client, draft, beside_me, do="drop")
    beside_me.refresh_from_db()
    assert beside_me.closed_how == "不要了"
    assert beside_me.typed["problem"] == ["我写的问题"]


def test_nobody_throws_away_what_another_wrote_but_an_administrator(draft, beside_me, home):
    for role, status in ((Role.EDITOR, 403), (Role.DEPARTMENT_ADMIN, 302)):
        client = Client()
        client.force_login(factories.user(role, within=home))
        assert chosen(client, draft, beside_me, do="drop").status_code == status


def test_words_that_break_a_rule_are_shown_and_keep_it_open(client, draft, editor, home):
    form = form_of(draft, editor, problem="我写的", visits="好多好多次")
    revision_save(
        now_of(draft),
        dataclasses.replace(content_of(draft), gist="对方"),
        lock_version=draft.lock_version,
        editor=factories.user(Role.EDITOR, within=home),
    )
    autosave(client, draft, form)
    row = SiblingDraft.objects.get()
    assert "好多好多次" in page_of(client, draft)
    chosen(client, draft, row, do="take_all")
    row.refresh_from_db()
    assert now_of(draft).problem == "我写的"
    assert row.closed_at is None


def test_a_second_click_finds_nothing_to_do(client, draft, beside_me):
    lock = now_of(draft).lock_version
    assert chosen(client, draft, beside_me, do="take_all", lock_version=lock).status_code == 302
    assert chosen(client, draft, beside_me, do="take_all", lock_version=lock).status_code == 404
    assert now_of(draft).lock_version == lock + 1


def test_a_frozen_text_is_shown_beside_and_says_why_nothing_can_be_taken(client, draft, beside_me, editor):
    revision_submit(now_of(draft), lock_version=now_of(draft).lock_version, actor=editor)
    page = page_of(client, draft)
    assert "正在等审核" in page
    assert "我写的问题" in plain(page)
    assert 'value="take"' not in page
    assert chosen(client, draft, beside_me, do="take_all").status_code == 422


ATTACK = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


def test_what_was_typed_is_text_and_never_markup(client, draft, editor):
    form = form_of(draft, editor, problem="先存的")
    autosave(client, draft, form)
    autosave(client, draft, {**form, "window": "two", "problem": ATTACK, "visits": ATTACK, "gist": "\x00\u202e字"})
    page = page_of(client, draft)
    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize("sibling", ["", "0", "x", "99999999999999999999"])
def test_a_sibling_that_there_is_not_is_not_found(client, draft, sibling):
    posted = {"sibling": sibling, "do": "take_all"}
    assert client.post(f"/desk/write/{draft.precedent.code}/siblings/", posted).status_code == 404


def test_submitting_twice_submits_once(client, draft, editor):
    form = form_of(draft, editor, problem="交上去的话")
    where = f"/desk/write/{draft.precedent.code}/submit/"
    first, second = (client.post(where, form) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert (now_of(draft).state, now_of(draft).problem) == ("submitted", "交上去的话")
    assert AuditEvent.objects.filter(action="precedent.revision_submitted").count() == 1
    assert not SiblingDraft.objects.exists()


def test_two_who_submit_different_words_at_once_lose_none(client, draft, editor):
    where = f"/desk/write/{draft.precedent.code}/submit/"
    client.post(where, form_of(draft, editor, problem="先交的话"))
    late = form_of(draft, editor, problem="后交的话", window="two")
    assert client.post(where, late).status_code == 409
    assert now_of(draft).problem == "先交的话"
    assert SiblingDraft.objects.get().typed["problem"] == ["后交的话"]


def test_a_section_that_my_window_left_alone_is_not_asked_about_and_not_taken(client, draft, editor, home):
    form = form_of(draft, editor, problem="我写的问题", touched="problem")
    theirs = dataclasses.replace(content_of(draft), gist="对方写的要旨")
    revision_save(
        now_of(draft), theirs, lock_version=draft.lock_version, editor=factories.user(Role.EDITOR, within=home)
    )
    autosave(client, draft, form)
    page = plain(page_of(client, draft))
    assert "1 节和草稿不一样" in page
    assert "您没动过，用草稿里的" in page
    chosen(client, draft, SiblingDraft.objects.get(), do="take_all")
    assert (now_of(draft).problem, now_of(draft).gist) == ("我写的问题", "对方写的要旨")
    assert SiblingDraft.objects.get().closed_at


def test_a_form_whose_lists_are_all_full_is_saved(client, draft, editor):
    full = dataclasses.replace(
        content_of(draft),
        handling_steps=tuple(HandlingStep(f"第 {n} 步", "窗口", n) for n in range(100)),
        materials=tuple(Material(f"材料 {n}") for n in range(100)),
        deferred_material=tuple(DeferredMaterial(f"容缺 {n}") for n in range(100)),
        alternatives=tuple(Alternative("原来", f"改走 {n}") for n in range(100)),
        sources=tuple(Source(f"来源 {n}") for n in range(100)),
    )
    answer = autosave(client, draft, form_of(draft, editor, **typed_of(full))).json()
    assert (answer["state"], answer["problems"]) == ("saved", {})
    assert content_of(now_of(draft)).sources == full.sources


@pytest.mark.parametrize("do", ["take_all", "take", "leave", "drop"])
def test_words_that_came_into_a_sibling_after_it_was_read_are_not_put_away_unseen(client, draft, editor, beside_me, do):
    seen = beside_me.saved_at.isoformat()
    form = form_of(now_of(draft), editor, problem="又添了一句") | {"lock_version": 0, "base": ""}
    assert autosave(client, draft, form).json()["state"] == "sibling"
    response = chosen(client, draft, beside_me, do=do, field="problem", stamp=seen)
    assert response.status_code == 409
    assert "又添了" in plain(response.content.decode())
    assert now_of(draft).problem == "对方写的问题"
    assert SiblingDraft.objects.get().closed_at is None


@pytest.mark.parametrize("cite", ["没有这一条", ""])
def test_a_citation_without_script_loses_nothing_that_breaks_a_rule(client, draft, editor, cite):
    form = form_of(draft, editor, visits="很多次", gist="写了", cite=cite)
    response = client.post(f"/desk/write/{draft.precedent.code}/cite/", form, headers={"accept": "text/html"})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="很多次"' in page and f'name="cite" value="{cite}"' in page
    assert now_of(draft).gist == "写了"


def test_a_citation_without_script_brings_back_what_is_too_much_to_save(client, draft, editor):
    form = form_of(draft, editor, problem="字" * 1_100_000, cite="登记条例33")
    response = client.post(f"/desk/write/{draft.precedent.code}/cite/", form, headers={"accept": "text/html"})
    assert response.status_code == 422
    assert "字" * 1_100_000 in response.content.decode()


def test_a_warning_of_the_gate_stands_in_the_list_while_it_is_typed_and_stops_nothing(client, draft, editor):
    answer = autosave(client, draft, form_of(draft, editor, problem="市民李建国第 1 天来窗口")).json()
    assert "看看问题描述里的姓名" in answer["checks_html"] and 'href="#f-problem"' in answer["checks_html"]
    assert "可以提交了" in answer["checks_html"]
    answer = autosave(client, draft, form_of(now_of(draft), editor, problem="市民第 1 天来窗口")).json()
    assert "里的姓名" not in answer["checks_html"]
