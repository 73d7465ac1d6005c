"""The pages of checking: what they show, what stands in a form again, and what a click does."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.keeping import precedent_doubt, precedent_retire
from caselib.precedents.models import Precedent
from caselib.training.checking.adopting import lessons_adopt
from caselib.training.checking.deciding import version_return
from caselib.training.checking.opening import version_revise
from caselib.training.models import Lesson, Module, Pack, PackVersion, QuestionText
from tests import factories, training_rows

pytestmark = pytest.mark.django_db
CHECK = "/training/check/"


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def pack() -> Pack:
    """Published, with two lessons."""
    return training_rows.published_pack(lessons=2)


@pytest.fixture
def author(pack):
    return factories.user(Role.TRAINER, within=pack.owner_department)


@pytest.fixture
def checker(pack):
    return client_of(factories.user(Role.REVIEWER, within=pack.owner_department))


def revised(pack, author) -> PackVersion:
    return version_revise(pack, scope=scope_of(author))


def form_of(version: PackVersion, **values) -> dict[str, str]:
    """What the form of the decision sends."""
    read = {"lock": str(version.lock_version), "digest": version.content_digest, "version": str(version.number)}
    return read | values


def test_the_list_says_what_waits_how_long_and_who_may_decide(pack, author, checker):
    revised(pack, author)
    with time_machine.travel(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC), tick=False):
        training_rows.submitted(pack)
    with time_machine.travel(dt.datetime(2026, 3, 12, 9, tzinfo=dt.UTC), tick=False):
        html = checker.get(CHECK).content.decode()
        own = client_of(author).get(CHECK).content.decode()
        desk = checker.get("/desk/").content.decode()
    for words in (
        pack.live_version.title,
        "修订，第 2 版",
        "等了 10 天",
        "超期 3 个工作日",
        "已超期 1 件",
        "2 课，2 题",
    ):
        assert words in html
    assert "您能审 0 件" in own and "要由另一个人审" in own
    assert "待我审的培训包" in desk and reverse("training:checking:version", args=[pack.code]) in desk
    assert "没有等审核的" in client_of(factories.user(Role.TRAINER)).get(CHECK).content.decode()


def test_a_reviewer_reads_all_of_it_and_what_changed(pack, author, checker):
    version = revised(pack, author)
    first, second = version.lessons.order_by("position")
    question = first.asked.get().text
    QuestionText.objects.filter(pk=question.pk).update(explanation="按**容缺**办。", locator="第 5 条")
    Lesson.objects.filter(pk=first.pk).update(title="先定，再对照", note="看**期限**。", minutes=8, position=7)
    second.asked.all().delete()
    Lesson.objects.filter(pk=second.pk).update(hides=False)
    training_rows.asked(second, training_rows.question("short", stem="您怎么说？"))
    training_rows.note(version, title="容缺是什么")
    PackVersion.objects.filter(pk=version.pk).update(goal="说得清期限", pass_mark=60)
    Module.objects.filter(version=version).update(title="容缺")
    training_rows.submitted(pack)
    html = checker.get(f"{CHECK}{pack.code}/").content.decode()
    for words in (
        "和学员在学的第 1 版比",
        "加 1 课，改 2 课",
        "新加的课",
        "改了，挪了位置",
        "用时从 0 分钟改成 8 分钟",
        "改成直接看案例，不先答题",
        "单元“第一单元”改名“容缺”",
        "去掉一道题：您定：该怎么办？",
        "加上一道题：您怎么说？",
        "<strong>期限</strong>",
        "按<strong>容缺</strong>办",
        "出处：第 5 条",
        "先帮前租户注销",
        "案例就是这样办成的。",
        "说了逾期怎样",
        "参考答案：",
        'name="verdict"',
    ):
        assert words in html, words
    assert re.search(r"对的：</span><span>先帮前租户注销", html)


def test_another_text_of_the_precedent_is_told_and_led_to_where_it_may_be_read(pack, author, checker):
    precedent = pack.live_version.lessons.first().precedent
    training_rows.newer(precedent)
    lessons_adopt(pack, scope=scope_of(author))
    training_rows.submitted(pack)
    address = f"{reverse('desk:reviewing:compare', args=[precedent.code])}?a=1&amp;b=2"
    html = checker.get(f"{CHECK}{pack.code}/").content.decode()
    assert "案例从第 1 版换成第 2 版" in html and address in html
    assert "按案例第 1 版出的，这一课用的是第 2 版" in html
    # A trainer reads no earlier texts of precedents.
    html = client_of(factories.user(Role.TRAINER, within=pack.owner_department)).get(f"{CHECK}{pack.code}/")
    assert "案例从第 1 版换成第 2 版" in html.content.decode() and address not in html.content.decode()


def test_what_was_typed_stands_in_the_form_again(pack, author, checker):
    revised(pack, author)
    version = training_rows.submitted(pack)
    address = f"{CHECK}{pack.code}/"
    long = "意见" * 10_000
    refused = checker.post(address, form_of(version, verdict="return", comment=long))
    assert (
        refused.status_code == 422
        and long in refused.content.decode()
        and "最多 1,000 个字" in refused.content.decode()
    )
    refused = checker.post(address, form_of(version, comment="写好的意见 \x00🙂"))
    assert (
        refused.status_code == 422
        and "选一个决定" in refused.content.decode()
        and "写好的意见" in refused.content.decode()
    )
    refused = checker.post(address, form_of(version, verdict="return", comment=" "))
    assert refused.status_code == 422 and "写一句要改什么" in refused.content.decode()
    for lock in ("٣", "９", "1" * 40, "-1", ""):
        refused = checker.post(address, form_of(version, verdict="publish", lock=lock, comment="写好的意见"))
        assert refused.status_code == 409 and "写好的意见" in refused.content.decode(), lock


def test_the_loser_of_two_is_told_who_decided_and_keeps_what_was_typed(pack, author, checker):
    revised(pack, author)
    version = training_rows.submitted(pack)
    first = factories.user(Role.TRAINER, within=pack.owner_department)
    address = f"{CHECK}{pack.code}/"
    read = form_of(version, verdict="publish", comment="核过")
    assert client_of(first).post(address, read).status_code == 302
    late = checker.post(address, form_of(version, verdict="return", comment="第二课要改"))
    html = late.content.decode()
    assert late.status_code == 409 and f"{first}" in html and "已经定了：通过并发布" in html and "第二课要改" in html
    # A double click of the winner is answered with what the first did.
    assert client_of(first).post(address, read).status_code == 302
    assert "学员现在学的就是这一版" in checker.get(address).content.decode()


def test_what_was_sent_back_waits_for_its_author_with_what_was_said(pack, author):
    version = training_rows.submitted(revised(pack, author).pack)
    reviewer = factories.user(Role.REVIEWER, within=pack.owner_department)
    version_return(
        version, lock_version=version.lock_version, digest_seen=version.content_digest, comment="第一题说清期限",
        scope=scope_of(reviewer),
    )  # fmt: skip
    client = client_of(author)
    for page in (CHECK, f"{CHECK}{pack.code}/", f"{CHECK}{pack.code}/versions/", "/desk/"):
        assert "第一题说清期限" in client.get(page).content.decode(), page
    assert f"{CHECK}{pack.code}/submit/" in client.get(f"{CHECK}{pack.code}/").content.decode()


def test_handing_in_shows_what_is_wrong_and_takes_a_tick_for_the_rest(pack, author):
    version = revised(pack, author)
    first, second = version.lessons.order_by("position")
    precedent_doubt(first.precedent, reason="表格改了", actor=None)
    second.asked.all().delete()
    client, address = client_of(author), f"{CHECK}{pack.code}/submit/"
    html = client.get(address).content.decode()
    assert "至少要有一道题" in html and "表格改了" in html and "disabled" in html
    assert client.get(address).status_code == 200
    training_rows.asked(second, training_rows.question(precedent=second.precedent))
    told = {"lock": "0", "version": "2", "change_note": "换了一课"}
    refused = client.post(address, told)
    assert refused.status_code == 422
    assert 'value="换了一课"' in refused.content.decode() and "照样提交" in refused.content.decode()
    done = client.post(address, told | {"anyway": "1"}, follow=True)
    assert "提交了" in done.content.decode() and "撤回提交" in done.content.decode()
    assert "已经提交了，在等审核" in client.get(address).content.decode()
    # Two tabs: the second one is told, and nothing happens twice.
    assert client.post(address, told | {"anyway": "1"}).status_code == 302
    version.refresh_from_db()
    assert (version.state, version.change_note) == ("submitted", "换了一课")


def test_the_versions_of_a_pack_and_one_as_it_was(pack, author):
    version = revised(pack, author)
    client = client_of(author)
    html = client.get(f"{CHECK}{pack.code}/versions/").content.decode()
    assert "学员在学" in html and "放弃这一版" in html and "2 课，2 题" in html
    assert client.get(f"{CHECK}{pack.code}/versions/1/").status_code == 200
    for number in ("3", "9" * 30):
        assert client.get(f"{CHECK}{pack.code}/versions/{number}/").status_code == 404
    told = {"lock": "0", "version": str(version.number)}
    for _ in range(2):
        assert client.post(f"{CHECK}{pack.code}/discard/", told).status_code == 302
    assert "已放弃" in client.get(f"{CHECK}{pack.code}/versions/").content.decode()
    assert client.post(f"{CHECK}{pack.code}/withdraw/", {"lock": "0"}).status_code == 404


def test_the_task_of_a_changed_precedent_shows_the_difference_and_what_to_look_at_again(pack, author):
    first, second = pack.live_version.lessons.order_by("position")
    client, address = client_of(author), f"{CHECK}changes/"
    assert "没有要跟着改的课" in client.get(address).content.decode()
    training_rows.newer(first.precedent, gist="先预审，再注销。")
    successor = training_rows.shelved(owner=pack.owner_department)
    precedent_retire(second.precedent, reason="新办法施行了", actor=None, successor=successor)
    html = client.get(address).content.decode()
    for words in (
        "案例已有第 2 版，这一课用的是第 1 版",
        "办理要旨",
        "新增：",
        "题目按原来的文字出的",
        "您定：该怎么办？",
        "新办法施行了",
        f"由 {successor.number} 代替",
        "去换一件或去掉这一课",
        "这个包全部采用",
    ):
        assert words in html, words
    desk = client.get("/desk/").content.decode()
    assert "案例变了的课" in desk and "案例有新版" in desk and "案例停用了" in desk and f"#l-{first.key}" in desk
    assert 'value="' + second.key not in html


def test_personal_data_in_an_older_text_is_masked_in_the_difference(pack, author):
    lesson = pack.live_version.lessons.first()
    type(lesson.revision).objects.filter(pk=lesson.revision_id).update(problem="群众留了 13800138000。")
    training_rows.newer(lesson.precedent, problem="群众没有留电话。")
    html = client_of(author).get(f"{CHECK}changes/").content.decode()
    assert "13800138000" not in html and "〔手机号〕" in html


def test_one_click_adopts_and_says_when_learners_get_it(pack, author):
    lesson = pack.live_version.lessons.first()
    training_rows.newer(lesson.precedent)
    client, address = client_of(author), f"{CHECK}{pack.code}/adopt/"
    refused = client.post(address, {})
    assert refused.status_code == 422 and "先勾上" in refused.content.decode()
    done = client.post(address, {"lesson": lesson.key}, follow=True).content.decode()
    assert "开了第 2 版" in done and "审过学员才学得到" in done and "没有要跟着改的课" in done
    assert "已经采用过了" in client.post(address, {"all": "1"}, follow=True).content.decode()
    assert client.post(address, {"lesson": ["nothing", "x" * 9999, "\x00"]}).status_code == 302
    precedent_doubt(Precedent.objects.get(pk=lesson.precedent_id), reason="表格改了", actor=None)
    html = client.get(f"{CHECK}changes/").content.decode()
    assert "第 2 版里已经采用新版" in html and "表格改了" in html


def test_what_waits_for_its_check_says_so_instead_of_a_button(pack, author):
    lesson = pack.live_version.lessons.first()
    revised(pack, author)
    training_rows.submitted(pack)
    training_rows.newer(lesson.precedent)
    client = client_of(author)
    html = client.get(f"{CHECK}changes/").content.decode()
    assert "第 2 版在等审核，采用不了" in html and "这个包全部采用" not in html
    refused = client.post(f"{CHECK}{pack.code}/adopt/", {"lesson": lesson.key})
    assert refused.status_code == 422 and "先撤回提交" in refused.content.decode()
