"""做培训包 on its pages: without script, with what was typed kept, and with what is wrong said where it is."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from caselib.audit.models import AuditEvent
from caselib.core import clock
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.personal.folder_items import folder_begin
from caselib.personal.folders import FolderFacts
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.visibility import Audience
from caselib.precedents.withholding import precedent_withhold
from caselib.training.building.views import builder
from caselib.training.choices import VersionState
from caselib.training.models import Lesson, Module, Pack, PackVersion
from tests import factories, training_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def trainer():
    return factories.user(Role.TRAINER)


@pytest.fixture
def client(trainer):
    signed_in = Client()
    signed_in.force_login(trainer)
    return signed_in


@pytest.fixture
def home(trainer):
    return trainer.memberships.get().department


@pytest.fixture
def pack(trainer, home):
    return training_rows.pack(owner=home, author=trainer, title="容缺受理专题", goal="会判断能不能容缺")


@pytest.fixture
def version(pack):
    return training_rows.open_version(pack)


def at(name: str, *parts: str) -> str:
    return reverse(f"training:building:{name}", args=parts)


def text(response) -> str:
    return response.content.decode()


def hidden(page, name: str) -> str:
    """The value of a hidden field of the page."""
    return re.search(f'name="{name}" value="([^"]*)"', text(page))[1]


def titles(version: PackVersion) -> list[str]:
    return list(version.lessons.order_by("module__position", "position").values_list("title", flat=True))


def test_an_empty_list_explains_and_offers_the_templates(client):
    page = text(client.get(at("list")))
    assert "还没有在编的培训包" in page and f'href="{at("new")}"' in page


def test_the_list_sorts_packs_by_how_far_they_are(client, trainer, home, pack):
    training_rows.published_pack(owner=home, title="已经在学的")
    foreign = training_rows.pack(title="请我合编的")
    foreign.editors.create(user=trainer, added_at=foreign.created_at, added_by_name="甲")
    training_rows.pack(title="别人家的")
    page = text(client.get(at("list")))
    assert "容缺受理专题" in page and "请我合编的" in page and "我合编" in page
    assert "别人家的" not in page and "已经在学的" not in page
    # What was written in last stands first.
    assert page.index("请我合编的") < page.index("容缺受理专题")
    typed = {"module_add": "1", "key": "x", "module_title": "二"}
    client.post(at("pack", pack.code), typed)
    again = text(client.get(at("list")))
    assert again.index("容缺受理专题") < again.index("请我合编的")
    published = text(client.get(at("list") + "?of=published"))
    assert "已经在学的" in published and "1 课 1 题" in published and "容缺受理专题" not in published
    for junk in ("?of=%00&page=9999999999999", "?of=archived&page=-1"):
        assert client.get(at("list") + junk).status_code == 200


def test_the_list_says_how_many_lessons_need_a_look(client, home, version):
    lesson = training_rows.case(version, factories.published(owner=home))
    training_rows.case(version, factories.published(owner=home))
    precedent_retire(lesson.precedent, reason="规定变了", actor=factories.user(Role.DEPARTMENT_ADMIN, within=home))
    assert "1 课要看" in text(client.get(at("list")))


def test_a_blank_pack_is_made_once_by_a_form_that_is_sent_twice(client):
    typed = {"code": hidden(client.get(at("new")), "code"), "title": "新员工第一周", "goal": "会收件"}
    typed |= {"readers": "window", "audience": "library", "pass_mark": "80", "answers_shown": "each"}
    answers = [client.post(at("new"), typed) for _ in range(2)]
    made = Pack.objects.get()
    assert [answer["Location"] for answer in answers] == [at("add", made.code)] * 2
    assert "新员工第一周" in text(client.get(at("pack", made.code)))


def test_a_refused_form_keeps_what_was_typed(client):
    answer = client.post(at("new"), {"code": "x", "title": "", "goal": "<b>会收件", "pass_mark": "很高"})
    assert answer.status_code == 422
    page = text(answer)
    assert "还没有写名称" in page and "&lt;b&gt;会收件" in page and 'value="很高"' in page
    assert re.search(r'id="f-title"[^>]*aria-invalid="true"', page)


def test_a_template_says_what_it_brings_and_tells_what_it_left(client, home):
    template = training_rows.published_pack(title="容缺模板", is_template=True)
    source = training_rows.open_version(template)
    training_rows.case(source, factories.published(audience=Audience.DEPARTMENT, title="别部门的内部件"))
    offer = text(client.get(at("new")))
    assert f"?from={template.code}" in offer and "2 课 1 题" in offer
    form = client.get(at("new") + f"?from={template.code}")
    assert "其中 1 课带不过来" in text(form) and 'value="容缺模板"' in text(form)
    typed = {"code": hidden(form, "code"), "from": template.code, "title": "我的容缺"}
    page = text(client.post(at("new"), typed, follow=True))
    assert "有 1 课没有带过来" in page and "别部门的内部件" not in page
    made = Pack.objects.get(copied_from=template)
    assert made.owner_department == home and made.versions.get().lessons.count() == 1


def test_lessons_are_moved_by_buttons_and_by_a_list_of_places(client, pack, version):
    one, two = (training_rows.note(version, title=title) for title in ("甲课", "乙课"))
    other = Module.objects.create(version=version, title="第二单元", position=1)
    page = client.get(at("pack", pack.code))
    up = f"{two.key}:before:{one.key}"
    assert f'value="{up}"' in text(page)
    lock = hidden(page, "lock")
    for _ in range(2):
        answer = client.post(at("pack", pack.code), {"move": up, "lock": lock})
        assert answer["Location"].endswith(f"#l-{two.key}")
    assert titles(version) == ["乙课", "甲课"]
    chooser = text(client.get(at("pack", pack.code) + f"?move={one.key}"))
    assert "移动第 2 课“甲课”" in chooser and f'value="before:{two.key}"' in chooser
    client.post(at("pack", pack.code), {"move": one.key, "to": f"end:{other.key}", "lock": lock})
    assert other.lessons.get().title == "甲课"
    refused = client.post(at("pack", pack.code), {"move": one.key, "to": "", "lock": lock})
    assert refused.status_code == 422 and "还没有选移到哪里" in text(refused)


def test_the_buttons_lead_across_modules(client, pack, version):
    training_rows.note(version, title="甲课")
    last = training_rows.note(version, title="乙课")
    other = Module.objects.create(version=version, title="第二单元", position=1)
    page = text(client.get(at("pack", pack.code)))
    assert f'value="{last.key}:end:{other.key}"' in page
    client.post(at("pack", pack.code), {"move": f"{last.key}:end:{other.key}", "lock": "0"})
    page = text(client.get(at("pack", pack.code)))
    assert f'value="{last.key}:end:{version.modules.first().key}"' in page


def test_who_ordered_meanwhile_is_told_and_both_orders_stand(client, pack, version, home):
    one, two, three = (training_rows.note(version, title=title) for title in "甲乙丙")
    lock = hidden(client.get(at("pack", pack.code)), "lock")
    colleague = Client()
    colleague.force_login(factories.user(Role.TRAINER, within=home))
    colleague.post(at("pack", pack.code), {"move": f"{three.key}:before:{one.key}", "lock": lock})
    move = {"move": f"{two.key}:before:{one.key}", "lock": lock}
    page = text(client.post(at("pack", pack.code), move, follow=True))
    assert "刚刚也改过顺序" in page
    assert titles(version) == ["丙", "乙", "甲"]


def test_a_lesson_that_is_gone_is_told(client, pack, version):
    one, two = (training_rows.note(version, title=title) for title in "甲乙")
    two.delete()
    answer = client.post(at("pack", pack.code), {"move": f"{one.key}:before:{two.key}", "lock": "0"})
    assert answer.status_code == 409 and "刚刚被删掉了" in text(answer)


@pytest.mark.parametrize("value", ["", "a:b", "a:between:b", "a:before:", "x" * 5000, "\x00:before:\x00"])
def test_what_no_page_sends_moves_nothing(client, pack, version, value):
    training_rows.note(version)
    assert client.post(at("pack", pack.code), {"move": value}).status_code in (409, 422)
    assert client.post(at("pack", pack.code), {"what": value}).status_code == 422


def test_a_deleted_lesson_is_put_back_from_the_page_for_half_an_hour(client, pack, version):
    key = training_rows.note(version, title="删错的", note="写了很久").key
    with time_machine.travel(dt.datetime(2026, 11, 30, 2, 0, tzinfo=dt.UTC), tick=False) as clock:
        page = text(client.post(at("pack", pack.code), {"remove": key}, follow=True))
        assert "刚删的" in page and not version.lessons.exists()
        clock.shift(dt.timedelta(minutes=20))
        client.post(at("pack", pack.code), {"restore": key})
        assert version.lessons.get().key == key and version.lessons.get().note == "写了很久"
        assert "刚删的" not in text(client.get(at("pack", pack.code)))
        client.post(at("pack", pack.code), {"remove": key})
        clock.shift(dt.timedelta(minutes=31))
        assert "刚删的" not in text(client.get(at("pack", pack.code)))
        assert client.post(at("pack", pack.code), {"restore": key}).status_code == 422


def test_modules_and_notes_are_added_named_and_taken_away(client, pack, version):
    address, key = at("pack", pack.code), hidden(client.get(at("pack", pack.code)), "key")
    answer = client.post(address, {"module_add": "1", "key": key, "module_title": ""})
    assert answer.status_code == 422 and re.search(r'id="module_title"[^>]*aria-invalid', text(answer))
    client.post(address, {"module_add": "1", "key": key, "module_title": "告知承诺"})
    made = version.modules.get(title="告知承诺")
    renamed = {"module_rename": made.key, "was": "告知承诺", "title": "承诺"}
    client.post(address, renamed)
    lost = client.post(address, {**renamed, "title": "别的名字"})
    assert lost.status_code == 409 and 'value="别的名字"' in text(lost)
    client.post(address, {"module_move": f"{made.key}:{version.modules.first().key}"})
    assert version.modules.order_by("position").first() == made
    typed = {"note_add": "1", "key": "23456789ab", "note_title": "先看这段", "module": made.key}
    answer = client.post(address, typed)
    assert answer["Location"] == at("lesson", pack.code, "23456789ab")
    refused = client.post(address, {"module_delete": made.key})
    assert refused.status_code == 422 and "里还有 1 课" in text(refused)
    Lesson.objects.all().delete()
    client.post(address, {"module_delete": made.key})
    assert version.modules.count() == 1


def test_each_lesson_says_what_became_of_its_precedent(client, pack, version, home):
    off, stopped, fine = (training_rows.case(version, factories.published(owner=home)) for _ in range(3))
    Lesson.objects.filter(pk=off.pk).update(title="老师起的题目")
    precedent_withhold(off.precedent, reason="有人的手机号", actor=factories.user(Role.EDITOR, within=home))
    precedent_retire(stopped.precedent, reason="规定变了", actor=factories.user(Role.DEPARTMENT_ADMIN, within=home))
    page = text(client.get(at("pack", pack.code)))
    rows = dict(re.findall(r'id="l-(\w+)"(.*?)</li>', page, re.DOTALL))
    assert "看不到了" in rows[off.key] and off.revision.title not in page and "老师起的题目" in rows[off.key]
    assert "停用" in rows[stopped.key] and "规定变了" in rows[stopped.key]
    assert "和案例一致" in rows[fine.key] and "先定再看" in rows[fine.key]
    assert "还差这些" in page and reverse("training:checking:submit", args=[pack.code]) not in page


def test_a_pack_that_lacks_nothing_can_be_submitted(client, pack, version):
    training_rows.note(version)
    page = client.get(at("pack", pack.code))
    assert f'action="{reverse("training:checking:submit", args=[pack.code])}"' in text(page)
    assert (hidden(page, "version"), hidden(page, "lock")) == ("1", "0")


def test_a_published_pack_is_read_and_a_new_version_is_begun_from_it(client, home):
    pack = training_rows.published_pack(owner=home)
    page = text(client.get(at("pack", pack.code)))
    assert f'action="{reverse("training:checking:revise", args=[pack.code])}"' in page and "开新的一版" in page
    assert 'name="move"' not in page and 'id="arrange"' not in page and "train-make.js" not in page
    answer = client.post(at("pack", pack.code), {"remove": Lesson.objects.get().key})
    assert answer.status_code == 409 and Lesson.objects.count() == 1
    assert client.get(at("add", pack.code)).status_code == 403
    assert client.get(at("settings", pack.code)).status_code == 403


def test_a_published_pack_leads_to_all_that_is_done_with_it(client, home):
    pack = training_rows.published_pack(owner=home)
    page = text(client.get(at("pack", pack.code)))
    for name in ("people:assign", "people:pack", "handouts:pack", "scorm:pack", "checking:history", "learning:pack"):
        assert f'href="{reverse(f"training:{name}", args=[pack.code])}' in page
    page = text(client.get(reverse("training:learning:pack", args=[pack.code])))
    assert reverse("training:handouts:pack", args=[pack.code]) in page and at("pack", pack.code) in page


def test_a_version_that_came_back_says_why(client, pack, version):
    training_rows.note(version)
    PackVersion.objects.update(state=VersionState.CHANGES_REQUESTED)
    version.decisions.create(verdict="returned", comment="第二课再加一道题。", by_name="审核的人", at=clock.now())
    assert "审核的人退回来了：</b>第二课再加一道题。" in text(client.get(at("pack", pack.code)))


def test_a_submitted_version_takes_no_change_and_keeps_what_was_typed(client, pack, version):
    lesson = training_rows.note(version)
    page = client.get(at("lesson", pack.code, lesson.key))
    PackVersion.objects.update(state=VersionState.SUBMITTED)
    typed = {"was": hidden(page, "was"), "title": "写了很久的", "note": "很长的讲解", "minutes": "3"}
    answer = client.post(at("lesson", pack.code, lesson.key), typed)
    assert answer.status_code == 403 and "很长的讲解" in text(answer) and "等审核" in text(answer)
    assert "撤回提交" in text(client.get(at("pack", pack.code)))


def test_precedents_are_searched_and_put_in_with_what_is_refused(client, pack, version, home, index):
    fine = factories.published(title="前租户未注销怎么办")
    narrow = factories.published(owner=home, audience=Audience.DEPARTMENT, title="前租户未注销的内部件")
    held = training_rows.case(version, factories.published(title="前租户未注销又失联")).precedent
    factories.published(audience=Audience.DEPARTMENT, title="前租户未注销的别家内部件")
    index.refresh()
    page = client.get(at("add", pack.code) + "?q=前租户未注销")
    rows = dict(re.findall(r'(?s)<li class="makeoffer">.*?/p/(\w+)/(.*?)</li>', text(page)))
    assert set(rows) == {fine.code, narrow.code, held.code}
    assert f'value="{fine.code}"' in text(page) and f'value="{held.code}"' not in text(page)
    assert "比培训包窄" in rows[narrow.code] and "比培训包窄" not in rows[fine.code]
    assert "已在包里" in text(page) and "别家内部件" not in text(page)
    typed = {"q": "前租户未注销", "way": "search", "codes": [fine.code, held.code], "hides": "1", "page": "1"}
    answer = client.post(at("add", pack.code), typed, follow=True)
    assert "加了 1 课。" in text(answer) and "1 件本来就在这个包里" in text(answer)
    assert 'value="前租户未注销"' in text(answer)
    assert version.lessons.get(precedent=fine).hides


def test_nothing_ticked_and_nothing_that_fits_is_told(client, pack, home):
    retired = factories.published(owner=home)
    precedent_retire(retired, reason="规定变了", actor=factories.user(Role.DEPARTMENT_ADMIN, within=home))
    nothing = client.post(at("add", pack.code), {"way": "search", "q": "x"})
    assert nothing.status_code == 422 and "还没有勾选案例" in text(nothing)
    stopped = client.post(at("add", pack.code), {"way": "numbers", "numbers": f"{retired.number}，无此号"})
    assert stopped.status_code == 422 and "规定变了" in text(stopped)
    assert f"{retired.number}，无此号</textarea>" in text(stopped)
    crowd = client.post(at("add", pack.code), {"way": "numbers", "numbers": " ".join(map(str, range(5_000)))})
    assert crowd.status_code == 422 and "一次最多 100 件" in text(crowd)


def test_numbers_are_pasted_in_any_width(client, pack, version):
    one, two = factories.published(), factories.published()
    wide = one.number.translate({ord(each): ord(each) + 0xFEE0 for each in "0123456789-"})
    client.post(at("add", pack.code), {"way": "numbers", "numbers": f"{wide}、\u200b{two.number.lower()}\r\n"})
    assert [lesson.precedent for lesson in version.lessons.order_by("position")] == [one, two]


def test_a_precedent_for_fewer_people_is_put_in_with_a_warning(client, pack, version, home):
    inner = factories.published(owner=home, audience=Audience.DEPARTMENT)
    page = text(client.post(at("add", pack.code), {"way": "numbers", "numbers": inner.number}, follow=True))
    assert "其中 1 课的案例给看的人比培训包窄" in page and version.lessons.get().precedent == inner


def test_a_folder_is_put_in_and_somebody_elses_is_not_there(client, trainer, pack, version):
    scope, fine = scope_of(trainer), factories.published()
    folder = folder_begin(FolderFacts("常用"), fine, scope=scope)
    page = text(client.get(at("add", pack.code) + f"?way=folder&folder={folder.code}"))
    assert fine.live_revision.title in page and "常用" in page
    client.post(at("add", pack.code), {"way": "folder", "folder": folder.code, "codes": fine.code})
    assert version.lessons.get().precedent == fine
    other = folder_begin(FolderFacts("别人的"), fine, scope=scope_of(factories.user(Role.TRAINER)))
    assert client.get(at("add", pack.code) + f"?way=folder&folder={other.code}").status_code == 404


def test_a_lesson_is_previewed_saved_and_a_lost_save_shows_both(client, pack, version, home):
    lesson = training_rows.note(version, note="原来的")
    address = at("lesson", pack.code, lesson.key)
    was = hidden(client.get(address), "was")
    typed = {"was": was, "title": "容缺", "note": "**要紧** <script>x</script>", "minutes": "5"}
    preview = text(client.post(address, {**typed, "preview": "1"}))
    assert "<strong>要紧</strong>" in preview and "<script>x" not in preview and "还没有存" in preview
    lesson.refresh_from_db()
    assert lesson.note == "原来的" and hidden(client.get(address), "was") == was
    assert client.post(address, typed).status_code == 302
    lost = client.post(address, {**typed, "note": "另一个人写的"})
    assert lost.status_code == 409
    page = text(lost)
    assert "现在存着的" in page and "**要紧**" in page and "另一个人写的</textarea>" in page
    again = client.post(address, {**typed, "note": "另一个人写的", "was": hidden(lost, "was")})
    lesson.refresh_from_db()
    assert again.status_code == 302 and lesson.note == "另一个人写的"


def test_questions_lead_to_the_bank_and_back_and_hidden_ones_say_nothing(client, pack, version, home):
    lesson = training_rows.case(version, factories.published(owner=home))
    away = factories.published()
    one, two = training_rows.question(precedent=lesson.precedent, stem="问一"), training_rows.question(precedent=away)
    training_rows.asked(lesson, one, two)
    page = text(client.get(at("lesson", pack.code, lesson.key)))
    back = f"?pack={pack.code}&amp;lesson={lesson.key}"
    proposals = reverse("training:bank:proposals", args=[lesson.precedent.code])
    assert proposals + back in page and reverse("training:bank:list") + back in page and "问一" in page
    client.post(at("lesson", pack.code, lesson.key), {"question_move": f"{two.code}:{one.code}"})
    assert lesson.asked.first().text.question == two
    editor = factories.user(Role.EDITOR, within=away.owner_department)
    precedent_withhold(away, reason="有人的手机号", actor=editor)
    page = text(client.get(at("lesson", pack.code, lesson.key)))
    assert "看不到了" in page and two.latest.stem not in page and "问一" in page
    client.post(at("lesson", pack.code, lesson.key), {"question_remove": two.code})
    assert lesson.asked.count() == 1


def test_settings_are_kept_and_a_lost_save_shows_both(client, pack, version):
    page = client.get(at("settings", pack.code))
    typed = {"was": hidden(page, "was"), "title": "新名", "goal": "会", "pass_mark": "60", "answers_shown": "passed"}
    preview = client.post(at("settings", pack.code), {**typed, "intro": "**先看**", "preview": "1"})
    assert "<strong>先看</strong>" in text(preview)
    assert client.post(at("settings", pack.code), typed)["Location"] == at("pack", pack.code)
    lost = client.post(at("settings", pack.code), {**typed, "title": "又一个"})
    assert lost.status_code == 409 and "现在存着的" in text(lost) and 'value="又一个"' in text(lost)
    version.refresh_from_db()
    assert (version.title, version.pass_mark, version.answers_shown) == ("新名", 60, "passed")


def test_people_are_invited_the_pack_is_handed_over_and_archived(client, pack, home):
    editor, there = factories.user(Role.EDITOR), factories.user(Role.TRAINER)
    address = at("people", pack.code)
    refused = client.post(address, {"editor_add": "1", "username": "谁<b>"})
    assert refused.status_code == 422 and "谁&lt;b&gt;" in text(refused)
    client.post(address, {"editor_add": "1", "username": editor.username})
    assert str(editor) in text(client.get(address))
    client.post(address, {"editor_remove": editor.username})
    assert not pack.editors.exists()
    client.post(address, {"archive": "1", "reason": "规定变了"})
    assert "归档：规定变了" in text(client.get(at("list") + "?of=archived"))
    assert "先恢复" in text(client.get(at("pack", pack.code)))
    client.post(address, {"restore": "1"})
    to = there.memberships.get().department
    gone = client.post(address, {"hand_over": "1", "department": to.pk})
    pack.refresh_from_db()
    assert gone["Location"] == at("list") and pack.owner_department == to
    assert client.post(address, {"what": "1"}).status_code == 404


def test_the_trail_calls_the_deeds_by_their_names(client, pack, version):
    client.post(at("pack", pack.code), {"module_add": "1", "key": "x", "module_title": "告知承诺"})
    event = AuditEvent.objects.get(action="pack.arranged")
    auditor = Client()
    auditor.force_login(factories.user(Role.AUDIT_ADMIN))
    page = text(auditor.get(reverse("desk:trail:event", args=[event.pk])))
    assert "改培训包的课" in page and "加上的" in page and "第几版" in page


def test_the_desk_of_a_trainer_leads_to_the_packs(client):
    assert f'href="{at("list")}"' in text(client.get(reverse("desk:work:home")))
    editor = Client()
    editor.force_login(factories.user(Role.EDITOR))
    assert f'href="{at("list")}"' not in text(editor.get(reverse("desk:work:home")))


def test_a_long_pack_comes_folded_and_opens_where_something_was_done(client, pack, version, monkeypatch):
    monkeypatch.setattr("caselib.training.building.outline.MOST_UNFOLDED", 1)
    other = Module.objects.create(version=version, title="第二单元", position=1)
    for title in "甲乙":
        training_rows.note(version, title=title)
    first = version.modules.first().key

    def opened(query: str = "") -> list[str]:
        page = text(client.get(at("pack", pack.code) + query))
        return re.findall(r'data-module="(\w+)" open', page)

    assert opened() == [first] and opened(f"?open={other.key}") == [other.key]
    assert opened("?open=all") == [first, other.key] and opened("?open=none") == []
    assert builder.LIMITS["lessons"] == 400


def test_who_writes_along_finds_the_way_from_the_rooms_of_training(pack):
    editor = factories.user(Role.EDITOR)
    pack.editors.create(user=editor, added_at=pack.created_at, added_by_name="甲")
    client = Client()
    client.force_login(editor)
    page = text(client.get(at("list")))
    assert "容缺受理专题" in page and re.search(rf'href="{at("list")}" aria-current="page"', page)
    assert f'href="{at("new")}"' not in page and reverse("training:bank:list") not in page
