"""用完点一下: one click on the page of a precedent, and its undo."""

import datetime as dt

import pytest
import time_machine
from django.test import Client

from caselib.orgs.models import Role
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import Kind
from caselib.precedents.withholding import precedent_withhold
from caselib.reuse.models import ReuseRecord
from tests import factories
from tests.services.reporting import revised

pytestmark = pytest.mark.django_db


@pytest.fixture
def precedent():
    return factories.published()


@pytest.fixture
def client():
    client = Client()
    client.force_login(factories.user(Role.WINDOW))
    return client


def test_a_click_is_counted_and_offers_its_undo(client, precedent):
    response = client.post(f"/reuse/{precedent.code}/record/", {"outcome": "worked"}, follow=True)
    assert response.redirect_chain == [(f"/p/{precedent.code}/#reuse", 302)]
    page = response.content.decode()
    assert "记下了：照此办成" in page
    assert '照此办成 <span class="num">1</span>' in page
    record = ReuseRecord.objects.get()
    assert f'name="record" value="{record.pk}"' in page


def test_a_double_click_is_one_use(client, precedent):
    for _ in range(2):
        client.post(f"/reuse/{precedent.code}/record/", {"outcome": "worked"})
    assert ReuseRecord.objects.count() == 1


def test_undo_takes_back_only_the_record_that_the_form_names(client, precedent):
    client.post(f"/reuse/{precedent.code}/record/", {"outcome": "worked"})
    client.post(f"/reuse/{precedent.code}/record/", {"outcome": "failed", "note": "系统里没有这一项"})
    last = ReuseRecord.objects.first()
    for _ in range(2):
        client.post(f"/reuse/{precedent.code}/undo/", {"record": last.pk})
    assert list(ReuseRecord.objects.filter(undone_at=None).values_list("outcome", flat=True)) == ["worked"]


def test_somebody_elses_record_is_not_there_to_be_undone(client, precedent):
    other = Client()
    other.force_login(factories.user(Role.WINDOW))
    other.post(f"/reuse/{precedent.code}/record/", {"outcome": "worked"})
    response = client.post(f"/reuse/{precedent.code}/undo/", {"record": ReuseRecord.objects.get().pk})
    assert response.status_code == 404
    assert ReuseRecord.objects.filter(undone_at=None).count() == 1


@pytest.mark.parametrize("record", ["", "abc", "-1", "9" * 40, "²"])
def test_undo_of_nothing_is_not_found(client, precedent, record):
    assert client.post(f"/reuse/{precedent.code}/undo/", {"record": record}).status_code == 404


def test_an_outcome_that_is_none_is_refused_with_the_reason(client, precedent):
    response = client.post(f"/reuse/{precedent.code}/record/", {"outcome": "great"})
    assert response.status_code == 422
    assert "没有这个结果" in response.content.decode()
    assert not ReuseRecord.objects.exists()


def test_reading_never_writes(client, precedent):
    assert client.get(f"/reuse/{precedent.code}/record/").status_code == 405
    assert client.get(f"/reuse/{precedent.code}/undo/").status_code == 405


@pytest.mark.parametrize("kind", [Kind.ROUTING_CARD, Kind.CAUSE_SAMPLE, Kind.INTAKE_SAMPLE])
def test_what_is_no_precedent_takes_no_reuse(client, kind):
    response = client.post(f"/reuse/{factories.published(kind=kind).code}/record/", {"outcome": "worked"})
    assert response.status_code == 422
    assert "不是先例" in response.content.decode()
    assert not ReuseRecord.objects.exists()


@pytest.mark.parametrize("outcome", ["adapted", "not_applicable", "failed"])
def test_what_went_otherwise_asks_what_it_was(client, precedent, outcome):
    response = client.post(f"/reuse/{precedent.code}/record/", {"outcome": outcome, "case_number": "沪商20260001"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "没有登记，您写的都在" in page
    assert 'value="沪商20260001"' in page
    assert not ReuseRecord.objects.exists()


def test_the_place_and_the_words_come_with_it(client, precedent):
    typed = {"outcome": "failed", "point": "applies_when:1", "note": "联系不上，打 13800138000 也没人接"}
    client.post(f"/reuse/{precedent.code}/record/", typed)
    record = ReuseRecord.objects.get()
    assert (record.point, record.outcome) == ("applies_when:1", "failed")
    assert record.note == "联系不上，打 〔手机号〕 也没人接"


def test_a_place_that_the_text_does_not_have_is_refused_and_the_words_come_back(client, precedent):
    response = client.post(
        f"/reuse/{precedent.code}/record/", {"outcome": "failed", "point": "steps:9", "note": "卡住了"}
    )
    assert response.status_code == 422
    assert "这一版里没有您选的那一处" in response.content.decode()
    assert ">卡住了</textarea>" in response.content.decode()


def test_a_long_note_is_refused_whole_and_not_cut(client, precedent):
    note = "很长" * 10_000
    response = client.post(f"/reuse/{precedent.code}/record/", {"outcome": "adapted", "note": note})
    assert response.status_code == 422
    assert "说明最多 300 字，现在 20000 字" in response.content.decode()
    assert note in response.content.decode()


def test_the_same_form_sent_again_is_one_record_however_late(client, precedent):
    typed = {"outcome": "worked", "nonce": "a1b2c3d4e5f60718"}
    with time_machine.travel(dt.datetime(2026, 7, 1, 2, tzinfo=dt.UTC), tick=False) as clock:
        client.post(f"/reuse/{precedent.code}/record/", typed)
        clock.shift(dt.timedelta(minutes=30))
        client.post(f"/reuse/{precedent.code}/record/", typed)
    assert ReuseRecord.objects.count() == 1


def test_a_text_that_was_revised_meanwhile_keeps_the_record_of_the_one_that_was_read(client, precedent):
    first = precedent.live_revision.number
    second = revised(precedent, script="新的口径。")
    response = client.post(f"/reuse/{precedent.code}/record/", {"outcome": "worked", "revision": first}, follow=True)
    assert ReuseRecord.objects.get().revision.number == first
    assert f"您看的是第 {first} 版，记在那一版上；现在是第 {second.number} 版" in response.content.decode()


def test_a_precedent_that_went_out_of_use_meanwhile_keeps_what_was_typed(client, precedent):
    precedent_retire(precedent, reason="政策变了", actor=factories.user(Role.REVIEWER))
    response = client.post(f"/reuse/{precedent.code}/record/", {"outcome": "adapted", "note": "少交一份材料"})
    assert response.status_code == 422
    assert "已经不在库里了，没有登记" in response.content.decode()
    assert ">少交一份材料</textarea>" in response.content.decode()


def test_what_is_off_view_answers_like_what_never_was_and_gives_the_words_back(client, precedent):
    precedent_withhold(precedent, reason="口径里有手机号", actor=factories.user(Role.EDITOR))
    pages = [
        client.post(f"/reuse/{code}/record/", {"outcome": "adapted", "note": "少交一份材料"})
        for code in (precedent.code, "nosuchcode")
    ]
    assert [page.status_code for page in pages] == [404, 404]
    assert all("少交一份材料</textarea>" in page.content.decode() for page in pages)
    assert precedent.live_revision.title not in pages[0].content.decode()


def test_undo_is_for_the_same_day(client, precedent):
    with time_machine.travel(dt.datetime(2026, 7, 1, 15, 59, tzinfo=dt.UTC), tick=False) as clock:
        client.post(f"/reuse/{precedent.code}/record/", {"outcome": "worked"})
        record = ReuseRecord.objects.get()
        clock.shift(dt.timedelta(minutes=2))  # past midnight of the hall
        said = client.post(f"/reuse/{precedent.code}/undo/", {"record": record.pk}, follow=True).content.decode()
    record.refresh_from_db()
    assert record.undone_at is None
    assert "只能撤销当天登记的" in said
    assert "撤销</button>" not in said


def test_without_script_every_outcome_has_its_form_on_a_page_of_its_own(client, precedent):
    page = client.get(f"/reuse/{precedent.code}/how/", {"outcome": "failed"}).content.decode()
    assert "适用条件第 1 条：前租户联系得上" in page
    assert 'name="case_number"' in page
    bare = client.get(f"/reuse/{precedent.code}/how/", {"outcome": "nonsense"}).content.decode()
    assert 'value="worked"' in bare


def test_who_used_it_shows_departments_and_the_words_only_to_its_editors(client, precedent):
    client.post(f"/reuse/{precedent.code}/record/", {"outcome": "adapted", "note": "先收后补了一份证明"})
    address = f"/reuse/{precedent.code}/"
    page = client.get(address).content.decode()
    assert ReuseRecord.objects.get().department.name in page
    assert "别的部门用过的有 1 个" in page
    assert "先收后补了一份证明" not in page
    editor = Client()
    editor.force_login(factories.user(Role.EDITOR, within=precedent.owner_department))
    assert "先收后补了一份证明" in editor.get(address).content.decode()


def test_a_case_number_is_never_shown_whole(client, precedent):
    typed = {"outcome": "adapted", "note": "换了材料", "case_number": "沪商 2026-0001-4567"}
    client.post(f"/reuse/{precedent.code}/record/", typed)
    record = ReuseRecord.objects.get()
    assert record.case_shown == "沪商20…67"
    assert "00014567" not in "".join(str(value) for value in vars(record).values())


def test_a_case_that_somebody_else_noted_is_not_said_to_be_noted_now(client, precedent):
    other = Client()
    other.force_login(factories.user(Role.WINDOW))
    typed = {"outcome": "worked", "case_number": "沪商20260001"}
    other.post(f"/reuse/{precedent.code}/record/", typed)
    page = client.post(f"/reuse/{precedent.code}/record/", typed, follow=True).content.decode()
    assert "这一件已经登记过“照此办成”，只算一次，没有再记。" in page
    assert "记下了" not in page and ReuseRecord.objects.count() == 1
