"""The editors' pages of words: list, one group, a whole file in and out."""

import html
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from caselib.audit.models import AuditEvent
from caselib.orgs.models import Role
from caselib.search import synonyms
from caselib.search.models import SynonymGroup
from caselib.search.synonyms import services, site
from caselib.search.synonyms.files import LARGEST_FILE
from tests import factories

pytestmark = pytest.mark.django_db
DESK = "/search/synonyms/"


@pytest.fixture
def client(index) -> Client:
    """An editor at a site with an empty index."""
    synonyms.forget()
    client = Client()
    client.force_login(factories.user(Role.EDITOR))
    return client


def text_of(response) -> str:
    return html.unescape(response.content.decode())


def address(label: str) -> str:
    return f"{DESK}{next(row.key for row in site.load_groups() if row.group.label == label)}/"


def form(words: str, **values: str) -> dict[str, str]:
    return {"words": words, "direction": "both", "note": "", "lock_version": "0", **values}


def send(client: Client, where: str, words: str, **values: str):
    """Saves, and once more where the page asked to."""
    response = client.post(where, form(words, **values))
    confirm = response.context["form"].confirm if response.context else ""
    return client.post(where, form(words, confirm=confirm, **values)) if confirm else response


def test_the_list_finds_a_group_by_any_of_its_words_and_by_its_note(client):
    for wanted in ("工商执照", "工商執照", "营照"):
        page = text_of(client.get(DESK, {"q": wanted}))
        assert address("营业执照") in page
        assert address("公章") not in page
    services.group_save(key="", words="堵路车，违停车", one_way=False, note="街道常用", actor=None)
    assert "堵路车" in text_of(client.get(DESK, {"q": "街道常用"}))
    assert "没有对上的词组" in text_of(client.get(DESK, {"q": "没有这样的词"}))


def test_personal_data_is_neither_a_word_nor_in_a_note_nor_in_the_trail(client):
    page = client.post(f"{DESK}import/", {"text": "堵路车，违停车，13800138000\n王先生 => 李女士"})
    report = text_of(page)
    assert "“〔手机号〕”里有个人信息" in report
    client.post(f"{DESK}import/confirm/", {"token": page.context["token"], "digest": page.context["plan"].digest})
    assert SynonymGroup.objects.get().words == ["堵路车", "违停车"]
    response = send(client, address("堵路车"), "堵路车\n违停车", note="问过13800138000的人", lock_version="1")
    assert "原文没有保存" in text_of(client.get(response["Location"]))
    assert SynonymGroup.objects.get().note == "问过〔手机号〕的人"
    kept = [(event.before, event.after, event.object_label) for event in AuditEvent.objects.all()]
    assert len(kept) >= 2
    assert "13800138000" not in str(kept)
    assert "王先生" not in str(kept)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "PATCH"])
def test_pages_are_read_or_posted_to(client, method):
    for where in (f"{DESK}new/", f"{DESK}import/", address("公章")):
        assert client.generic(method, where).status_code == 405


def test_the_list_has_pages_and_keeps_what_was_asked(client):
    second = text_of(client.get(DESK, {"page": "2", "state": "on"}))
    assert "第 2 页" in second
    assert "state=on" in second
    assert client.get(f"{DESK}?page=x&state=<b>&q=%ED%A0%BD%00%FF").status_code == 200


def test_the_list_can_show_what_is_switched_off_or_the_sites_own(client):
    services.group_switch(key=address("公章").split("/")[-2], active=False, lock_version=0, actor=None)
    off = text_of(client.get(DESK, {"state": "off"}))
    assert "公章" in off
    assert "营业执照" not in off
    assert "共 1 页 · 1 组" in text_of(client.get(DESK, {"state": "site"}))


def test_a_group_is_added_and_the_next_question_looks_for_it(client):
    factories.published(title="违停车堵住大门", problem="违停车。")
    response = send(client, f"{DESK}new/", "堵路车\n违停车")
    assert response.status_code == 302
    assert response["Location"] == address("堵路车")
    assert synonyms.current().others["堵路车"] == ("违停车",)


def test_a_word_that_no_text_holds_is_told_once_and_may_be_saved_all_the_same(client, index):
    factories.published(title="违停车堵住大门", problem="违停车。")
    index.refresh()
    asked = client.post(f"{DESK}new/", form("堵路车，违停车"))
    assert asked.status_code == 200
    assert "没有案例写到“堵路车”" in text_of(asked)
    assert not SynonymGroup.objects.exists()
    confirm = asked.context["form"].confirm
    other = client.post(f"{DESK}new/", form("堵路车，违停车，挡道车", confirm=confirm))
    assert "“堵路车”“挡道车”" in text_of(other)
    assert client.post(f"{DESK}new/", form("堵路车，违停车", confirm=confirm)).status_code == 302


def test_a_word_that_most_texts_hold_is_told(client, index):
    for _ in range(20):
        factories.published(title="堵住大门")
    index.refresh()
    assert "“大门”太常见" in text_of(client.post(f"{DESK}new/", form("大门，堵住大门")))


def test_a_hidden_precedent_is_not_counted_in_a_warning(client, index):
    from caselib.precedents.visibility import Audience

    hidden = {"owner": factories.department(), "audience": Audience.DEPARTMENT}
    factories.published(title="违停车堵住大门", problem="违停车。", **hidden)
    index.refresh()
    assert "没有案例写到“堵路车”“违停车”" in text_of(client.post(f"{DESK}new/", form("堵路车，违停车")))


def test_problems_keep_what_was_typed_and_offer_the_group_to_join(client):
    response = client.post(f"{DESK}new/", form("牌照，执照，<b>", note="为什么"))
    page = text_of(response)
    assert response.status_code == 422
    assert "牌照，执照，<b></textarea>" in page
    assert 'value="为什么"' in page
    join = f"{address('营业执照')}?add={quote('牌照')}&add={quote('执照')}"
    assert join in page
    assert b"<b></textarea>" not in response.content
    joined = text_of(client.get(join))
    assert "营业执照\n执照\n工商执照\n营照\n牌照</textarea>" in joined


def test_the_second_to_save_keeps_the_text_sees_the_first_and_may_save_over_it(client):
    where = address("营业执照")
    assert send(client, where, "营业执照，执照，甲照").status_code == 302
    lost = send(client, where, "营业执照，执照，乙照")
    page = text_of(lost)
    assert lost.status_code == 409
    assert "营业执照，执照，乙照</textarea>" in page
    assert "现在存着的是：营业执照，执照，甲照" in page
    assert send(client, where, "营业执照，执照，乙照", lock_version="1").status_code == 302
    assert "乙照" in synonyms.current().others["执照"]


def test_switching_off_and_on_takes_one_press_each_and_a_second_press_does_nothing(client):
    where = address("公章")
    for _ in range(2):
        assert client.post(f"{where}switch/", {"active": "0", "lock_version": "0"}).status_code == 302
    assert "公章" not in synonyms.current().others
    assert "停用着" in text_of(client.get(where))
    assert client.post(f"{where}switch/", {"active": "1", "lock_version": "0"}).status_code == 409
    assert client.post(f"{where}switch/", {"active": "1", "lock_version": "1"}).status_code == 302
    assert "公章" in synonyms.current().others


def test_the_page_of_a_group_says_who_changed_what(client):
    send(client, address("公章"), "公章，企业印章，印章，刻章，公司章")
    page = text_of(client.get(address("公章")))
    assert "加：公司章" in page
    assert str(factories.User.objects.get(pk=client.session["_auth_user_id"])) in page


def test_a_file_is_shown_first_then_written(client):
    upload = SimpleUploadedFile("词.txt", "堵路車，违停车\r\n牌照，执照\r\n".encode("gb18030"))
    report = client.post(f"{DESK}import/", {"file": upload})
    page = text_of(report)
    assert "新增 <b" in page
    assert "第 1 行：堵路车，违停车" in page
    assert "第 2 行：“执照”已在“营业执照”一组里" in page
    assert not SynonymGroup.objects.exists()
    sent = {"token": report.context["token"], "digest": report.context["plan"].digest}
    assert client.post(f"{DESK}import/confirm/", sent).status_code == 302
    assert synonyms.current().others["堵路车"] == ("违停车",)
    again = client.post(f"{DESK}import/confirm/", sent)
    assert again.status_code == 422
    assert "过期" in text_of(again)


def test_what_changed_meanwhile_is_shown_again_before_it_is_written(client):
    report = client.post(f"{DESK}import/", {"text": "堵路车，违停车"})
    services.group_save(key="", words="违停车，乱停车", one_way=False, actor=None)
    sent = {"token": report.context["token"], "digest": report.context["plan"].digest}
    response = client.post(f"{DESK}import/confirm/", sent)
    assert response.status_code == 409
    assert "“违停车”已在“违停车”一组里" in text_of(response)
    assert SynonymGroup.objects.count() == 1


def test_a_staged_file_belongs_to_who_sent_it(client):
    report = client.post(f"{DESK}import/", {"text": "堵路车，违停车"})
    other = Client()
    other.force_login(factories.user(Role.EDITOR))
    sent = {"token": report.context["token"], "digest": report.context["plan"].digest}
    assert other.post(f"{DESK}import/confirm/", sent).status_code == 422
    for token in ("../../../etc/passwd", "", "\x00", "a" * 5000):
        assert client.post(f"{DESK}import/confirm/", {**sent, "token": token}).status_code == 422
    assert not SynonymGroup.objects.exists()


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({}, "没有选文件"),
        ({"text": "  \n "}, "没有选文件"),
        ({"file": b"PK\x03\x04\x14\x00\x00\x00"}, "不是文本文件"),
        ({"file": b"a" * (LARGEST_FILE + 1)}, "超过 5 MB"),
    ],
    ids=["nothing", "blank", "table", "too large"],
)
def test_what_cannot_be_read_says_why(client, sent, reason):
    sent = {name: SimpleUploadedFile("a.txt", value) if name == "file" else value for name, value in sent.items()}
    response = client.post(f"{DESK}import/", sent)
    assert response.status_code == 422
    assert reason in text_of(response)


def test_a_report_of_ten_thousand_lines_stays_a_page(client):
    lines = "\n".join(f"词{n}甲，词{n}乙\n执照，词{n}丙" for n in range(4_900))
    response = client.post(f"{DESK}import/", {"file": SimpleUploadedFile("a.txt", lines.encode())})
    assert response.status_code == 200
    assert len(response.content) < 300_000
    assert "只列前 200" in text_of(response)


def test_the_export_can_be_brought_back(client):
    response = client.get(f"{DESK}export/")
    assert response["Content-Disposition"] == 'attachment; filename="synonyms.txt"'
    report = client.post(f"{DESK}import/", {"file": SimpleUploadedFile("a.txt", response.content)})
    assert (report.context["plan"].writes, report.context["plan"].refused) == (0, ())


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>，堵路车", "\x00\x1b\u202e，堵路车", "，" * 100_000, "词\n" * 50_000]
)
def test_hostile_words_are_no_error_and_stay_text(client, words):
    response = client.post(f"{DESK}new/", form(words, lock_version="9" * 400, note="<b>" * 400))
    assert response.status_code in (200, 422)
    assert b"<script>alert" not in response.content
    assert b"<b><b>" not in response.content


@pytest.mark.parametrize("key", ["s999", "b000000000000", "nothing", "s1'--"])
def test_an_unknown_group_is_not_found(client, key):
    assert client.get(f"{DESK}{key}/").status_code == 404
    assert client.post(f"{DESK}{key}/", form("堵路车，违停车")).status_code == 404
    assert client.post(f"{DESK}{key}/switch/", {"active": "0"}).status_code == 404


def test_looking_changes_nothing(client):
    for where in (DESK, f"{DESK}new/", f"{DESK}import/", f"{DESK}export/", address("公章")):
        assert client.get(where).status_code == 200
    assert client.get(f"{DESK}import/confirm/").status_code == 405
    assert client.get(f"{address('公章')}switch/").status_code == 405
    assert not SynonymGroup.objects.exists()


def test_editors_are_told_that_the_index_lacks_words_and_it_goes_with_a_rebuild(client, index):
    from caselib.search.outbox import rebuild

    services.group_save(key="", words="堵路车难挪，违停车难挪", one_way=False, actor=None)
    assert "search_rebuild" in text_of(client.get(DESK))
    rebuild()
    assert "search_rebuild" not in text_of(client.get(DESK))
