"""The page of hand-outs: what is asked for, what is refused with all of it standing, what is sent."""

from io import BytesIO
from urllib.parse import unquote

import pytest
from django.test import Client
from docx import Document
from pptx import Presentation

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.core import clock
from caselib.orgs.models import Role
from caselib.precedents.visibility import Audience
from caselib.training.models import Module
from tests import factories
from tests import training_rows as rows

pytestmark = pytest.mark.django_db


class Desk:
    def __init__(self, *, is_published: bool = True) -> None:
        self.home = factories.department()
        self.trainer = factories.user(Role.TRAINER, within=self.home)
        self.client = Client()
        self.client.force_login(self.trainer)
        self.pack = rows.pack(owner=self.home, author=self.trainer, title="容缺/承诺")
        self.version = rows.open_version(self.pack)
        self.lesson = rows.case(self.version, factories.published(owner=self.home, resolution="帮前租户走简易注销。"))
        rows.asked(self.lesson, rows.question(precedent=self.lesson.precedent, explanation="qzwhy"))
        if is_published:
            rows.publish(self.pack)
        self.address = f"/training/out/{self.pack.code}/"

    def send(self, **asked):
        return self.client.post(
            f"{self.address}send/", {"form": "docx", "edition": "learners", "answers": "1", **asked}
        )


@pytest.mark.parametrize(("form", "read"), [("docx", Document), ("pptx", Presentation)])
def test_a_file_is_sent_under_the_name_of_the_pack_and_kept_by_nobody(form, read):
    desk = Desk()
    response = desk.send(form=form)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert f"容缺_承诺-第1版-{clock.today():%Y%m%d}-学员用-附答案.{form}" in unquote(response["Content-Disposition"])
    assert read(BytesIO(response.content))
    assert AuditEvent.objects.filter(action=Action.PACK_EXPORTED).count() == 1


def test_the_page_to_print_is_led_to_and_writes_nothing_itself():
    desk = Desk()
    response = desk.send(form="print", edition="trainers")
    assert response.status_code == 302
    before = AuditEvent.objects.count()
    page = desk.client.get(response["Location"]).content.decode()
    assert AuditEvent.objects.count() == before
    for words in (
        "帮前租户走简易注销",
        "qzwhy",
        desk.pack.code,
        str(desk.lesson.precedent.number),
        "案例供参考，不是依据",
    ):
        assert words in page, words
    assert page.index("想一想，先定") < page.index("帮前租户走简易注销")
    without = desk.client.get(f"{desk.address}print/?form=print&answers=0").content.decode()
    assert "qzwhy" not in without and "附：答案和理由" not in without


def test_what_was_chosen_stands_after_a_refusal():
    desk = Desk()
    gone = Module.objects.get().key
    Module.objects.update(key="another")
    response = desk.send(form="pptx", edition="trainers", module=gone, answers="0")
    page = response.content.decode()
    assert response.status_code == 422
    assert "没有导出。" in page and "这个单元已经不在这一版里" in page
    assert 'value="pptx" checked' in page and 'value="trainers" checked' in page
    assert 'name="answers" value="1" checked' not in page
    assert desk.send(form="exe").status_code == 422
    assert desk.client.get(f"{desk.address}print/?module=nothere").status_code == 422
    assert not AuditEvent.objects.filter(action=Action.PACK_EXPORTED).exists()


@pytest.mark.parametrize("typed", ["\x00", "９" * 40, "字" * 9000, "' OR 1=1", "-1"])
def test_nothing_that_is_sent_breaks_it(typed):
    desk = Desk()
    sent = dict.fromkeys(("form", "edition", "module", "which", "answers"), typed)
    assert desk.client.post(f"{desk.address}send/", sent).status_code == 422
    assert desk.client.get(desk.address, sent).status_code == 200
    assert desk.client.get(f"{desk.address}print/", sent).status_code == 422
    assert desk.client.get("/training/out/nothere/").status_code == 404


def test_an_empty_pack_says_what_to_do():
    desk = Desk(is_published=False)
    desk.version.lessons.all().delete()
    response = desk.send()
    assert response.status_code == 422
    assert "还没有课，导出来是空的。先加课。" in response.content.decode()


def test_the_page_says_what_is_left_out_and_names_it_to_who_may_edit_alone():
    desk = Desk(is_published=False)
    hidden = factories.published(audience=Audience.DEPARTMENT, title="qzsecret")
    rows.case(desk.version, hidden, title="老师起的名字")
    note = rows.note(desk.version)
    rows.asked(note, rows.question(precedent=hidden, stem="qzsecretstem"))
    rows.publish(desk.pack)
    page = desk.client.get(desk.address).content.decode()
    assert "1 课的案例现在不能看" in page and "另有 1 道题说的案例现在不能看" in page
    assert "第 2 课　老师起的名字" in page and "qzsecret" not in page
    other = Client()
    other.force_login(factories.user(Role.TRAINER))
    page = other.get(desk.address).content.decode()
    assert "第 2 课" in page and "老师起的名字" not in page and "qzsecret" not in page
    printed = desk.client.get(f"{desk.address}print/").content.decode()
    assert "这一课的案例现在不能看" in printed and "老师起的名字" not in printed and "qzsecret" not in printed


def test_an_open_version_is_offered_beside_the_published_one():
    desk = Desk()
    open_one = type(desk.version).objects.create(
        pack=desk.pack, number=2, title="新的一版", created_at=clock.now(), saved_at=clock.now(), author=desk.trainer
    )
    module = Module.objects.create(version=open_one, title="单元")
    rows.note(open_one, module=module, title="新加的课")
    page = desk.client.get(desk.address).content.decode()
    assert "每一页都写“草稿”" in page and "学员在学的" in page
    printed = desk.client.get(f"{desk.address}print/?which=open").content.decode()
    assert "草稿，还没有审核发布" in printed and "新加的课" in printed
    assert "新加的课" not in desk.client.get(f"{desk.address}print/").content.decode()
