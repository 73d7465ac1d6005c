"""The pages of source tickets: entering in a minute, reading, correcting, the loop, importing; nothing typed is ever lost."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import NoReverseMatch

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.cases.models import Ticket, TicketImport
from caselib.desk.tickets import screens
from caselib.orgs.models import Role
from tests import factories

pytestmark = pytest.mark.django_db
NEW = "/desk/tickets/new/"
LIST = "/desk/tickets/"
IMPORT = "/desk/tickets/import/"
TEXT = """工单编号：HK-00871
来源系统：综窗平台
群众2026年3月12日来电，跑了三趟要办执照，不予受理，电话13800138000。
2026年3月13日 窗口：联系出租方，电话13900139000。"""
PASTE = "来源系统\t来源编号\t受理日期\t原文\n综窗\tA-1\t2026-03-12\t上家没注销\n综窗\t\t2026-03-12\t没有编号\n"


@pytest.fixture
def house():
    return factories.department("综合窗口")


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def window(house):
    return signed_in(factories.user(Role.WINDOW, within=house))


@pytest.fixture
def editor(house):
    return signed_in(factories.user(Role.EDITOR, within=house))


def page_of(response) -> str:
    return response.content.decode()


def value_of(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    return found[1] if found else ""


def chosen_of(page: str, name: str) -> str:
    select = re.search(rf'name="{name}".*?</select>', page, re.DOTALL)[0]
    found = re.search(r'value="([^"]*)" selected', select)
    return found[1] if found else ""


def test_pasting_and_registering_is_two_presses_and_the_ticket_shows(window):
    page = page_of(window.get(NEW))
    response = window.post(NEW, {"text": TEXT, "code": value_of(page, "code")})
    ticket = Ticket.objects.get()
    assert response["Location"] == f"{LIST}{ticket.code}/"
    shown = page_of(window.get(response["Location"]))
    assert "受理登记" in shown
    assert "联系出租方" in shown


def test_reading_fills_what_is_empty_and_keeps_what_was_typed(window):
    factories.matter("企业设立登记", aliases=["办执照"])
    page = page_of(window.post(NEW, {"text": TEXT, "visits": "5", "do": "read", "code": "x"}))
    assert value_of(page, "source_number") == "HK-00871"
    assert value_of(page, "source_system") == "综窗平台"
    assert value_of(page, "received_on") == "2026-03-12"
    assert value_of(page, "visits") == "5"
    assert value_of(page, "matter") == "企业设立登记"
    assert (chosen_of(page, "channel"), chosen_of(page, "failed_stage")) == ("phone", "not_accepted")
    assert "13800138000" in page
    assert "认出 " in page
    assert not Ticket.objects.exists()


def test_reading_cleans_debris_of_word_and_says_where_it_found_nothing(window):
    page = page_of(window.post(NEW, {"text": "<!--[if gte mso 9]>x<![endif]-->好<o:p></o:p>", "do": "read"}))
    assert "\n好</textarea>" in page
    assert "没有认出新的" in page


def test_a_number_of_the_hotline_brings_its_system(window):
    page = page_of(window.post(NEW, {"text": "12345转来 工单编号：HK-00871", "do": "read"}))
    assert value_of(page, "source_system") == "12345"


def test_a_refused_form_keeps_every_field(window):
    typed = {
        "text": TEXT,
        "title": "题目",
        "visits": "很多",
        "received_on": "昨天",
        "matter": "没有这个事项",
        "source_number": "A-1",
    }
    response = window.post(NEW, typed)
    page = page_of(response)
    assert response.status_code == 422
    assert [value_of(page, name) for name in ("title", "visits", "received_on", "matter", "source_number")] == [
        "题目", "很多", "昨天", "没有这个事项", "A-1",
    ]  # fmt: skip
    assert "联系出租方" in page
    assert all(f'href="#f-{name}"' in page for name in ("visits", "received_on", "source_system"))
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("text", ["", " \n ", "长" * 20_001])
def test_a_text_that_is_missing_or_too_long_is_told_and_kept(window, text):
    response = window.post(NEW, {"text": text, "title": "题目"})
    assert response.status_code == 422
    assert value_of(page_of(response), "title") == "题目"
    assert text.strip() in page_of(response)


@pytest.mark.parametrize(
    "text",
    [
        "长" * 20_000,
        "😀" * 500,
        "<script>alert(1)</script>甲",
        "１２３\x07\x00乙",
        "{{ x }}{% y %}",
        "'; DROP TABLE x; --丙",
    ],
)
def test_hostile_text_is_a_ticket_like_any_other(window, text):
    response = window.post(NEW, {"text": text})
    assert response.status_code == 302
    page = page_of(window.post(f"{response['Location']}text/"))
    assert "<script>alert" not in page


def test_the_same_number_is_refused_with_the_way_to_the_other(window):
    typed = {"text": TEXT, "source_system": "综窗", "source_number": "A-1000"}
    window.post(NEW, typed)
    response = window.post(NEW, {**typed, "title": "我写的题目"})
    page = page_of(response)
    assert response.status_code == 422
    assert f"{LIST}{Ticket.objects.get().code}/" in page
    assert value_of(page, "title") == "我写的题目"


def test_pressing_twice_registers_once(window):
    code = value_of(page_of(window.get(NEW)), "code")
    for _ in range(2):
        assert window.post(NEW, {"text": TEXT, "code": code}).status_code == 302
    assert Ticket.objects.count() == 1


def test_words_that_name_no_matter_are_kept_as_they_are_said(window):
    window.post(NEW, {"text": TEXT, "matter": "给铺子办个证"})
    assert (Ticket.objects.get().matter, Ticket.objects.get().matter_words) == (None, "给铺子办个证")


def test_the_page_shows_no_personal_data_until_somebody_asks_and_each_look_is_one_event(window, house):
    ticket = factories.ticket(within=house, text=TEXT)
    address = f"{LIST}{ticket.code}/"
    page = page_of(window.get(address))
    assert "13800138000" not in page
    assert "13900139000" not in page
    assert not AuditEvent.objects.filter(action=Action.TICKET_TEXT_SHOWN).exists()
    shown = window.post(f"{address}text/")
    assert "13800138000" in page_of(shown)
    assert "13900139000" in page_of(shown)
    assert "no-store" in shown["Cache-Control"]
    assert AuditEvent.objects.filter(action=Action.TICKET_TEXT_SHOWN).count() == 1
    assert window.get(f"{address}text/").status_code == 405


def test_reading_pages_writes_nothing(window, house):
    ticket = factories.ticket(within=house, text=TEXT)
    before = AuditEvent.objects.count()
    for address in (LIST, NEW, f"{LIST}{ticket.code}/", f"{LIST}{ticket.code}/edit/"):
        assert window.get(address).status_code == 200
    assert AuditEvent.objects.count() == before


def test_a_key_that_does_not_fit_is_told_and_nothing_breaks(window, house, settings):
    ticket = factories.ticket(within=house, text=TEXT)
    settings.CASELIB_TICKET_KEYS = ["another" * 6]
    response = window.get(f"{LIST}{ticket.code}/")
    assert response.status_code == 503
    assert "密钥" in page_of(response)
    assert window.get(LIST).status_code == 200
    assert not AuditEvent.objects.filter(action=Action.TICKET_TEXT_SHOWN).exists()


def test_editing_leaves_the_text_and_who_was_overtaken_keeps_what_was_typed(editor, house):
    ticket = factories.ticket(within=house, text=TEXT)
    address = f"{LIST}{ticket.code}/edit/"
    page = page_of(editor.get(address))
    assert "13800138000" not in page
    typed = {"title": "第一个", "text": "", "visits": "2", "lock_version": "0"}
    assert editor.post(address, typed).status_code == 302
    response = editor.post(address, {**typed, "title": "第二个", "text": "新的原文13700137000"})
    assert response.status_code == 409
    assert value_of(page_of(response), "title") == "第二个"
    assert "新的原文13700137000" in page_of(response)
    ticket.refresh_from_db()
    assert (ticket.title, ticket.text) == ("第一个", TEXT)
    again = {**typed, "title": "第二个", "lock_version": value_of(page_of(response), "lock_version")}
    assert editor.post(address, again).status_code == 302


def test_the_loop_on_the_page(editor, house):
    ticket, cause = factories.ticket(within=house), factories.cause()
    address = f"{LIST}{ticket.code}/"
    response = editor.post(f"{address}archive/", {"lock_version": "0"})
    assert response.status_code == 422
    assert "还缺：分析研判（原因）、跟踪评估（成效）" in page_of(response)
    refused = editor.post(f"{address}analyse/", {"words": "我写的原因", "lock_version": "0"})
    assert refused.status_code == 422
    assert "我写的原因" in page_of(refused)
    refused = editor.post(f"{address}analyse/", {"words": "", "cause": cause.pk, "lock_version": "0"})
    assert f'value="{cause.pk}" autocomplete="off" checked' in page_of(refused)
    assert (
        editor.post(f"{address}analyse/", {"words": "原因", "cause": cause.pk, "lock_version": "0"}).status_code == 302
    )
    stale = editor.post(f"{address}evaluate/", {"words": "我写的评估", "lock_version": "0"})
    assert stale.status_code == 409
    assert "我写的评估" in page_of(stale)
    assert editor.post(f"{address}evaluate/", {"words": "办成", "lock_version": "1"}).status_code == 302
    assert editor.post(f"{address}archive/", {"lock_version": "2"}).status_code == 302
    page = page_of(editor.get(address))
    assert "备案归档" in page
    assert f"{address}edit/" not in page


def test_an_analysis_is_rewritten_from_what_stands_there(editor, house):
    ticket, cause = factories.ticket(within=house), factories.cause()
    address = f"{LIST}{ticket.code}/"
    editor.post(f"{address}analyse/", {"words": "第一次写的原因", "cause": cause.pk, "lock_version": "0"})
    assert "\n第一次写的原因</textarea>" in page_of(editor.get(address))


def test_a_day_is_added_and_taken_out_on_the_page(window, house):
    ticket = factories.ticket(within=house, text="没有日期")
    address = f"{LIST}{ticket.code}/"
    wrong = window.post(f"{address}entries/", {"day": "昨天", "who": "综合窗口", "what": "打了电话"})
    assert wrong.status_code == 422
    assert [value_of(page_of(wrong), name) for name in ("day", "who", "what")] == ["昨天", "综合窗口", "打了电话"]
    assert (
        window.post(f"{address}entries/", {"day": "2026-03-14", "who": "综合窗口", "what": "打了电话"}).status_code
        == 302
    )
    page = page_of(window.get(address))
    assert "第 3 天" in page
    key = ticket.entries.get().pk
    assert window.post(f"{address}entries/{key}/remove/").status_code == 302
    assert not ticket.entries.exists()


def test_the_list_is_narrowed_by_stage_matter_words_and_number(editor, house):
    matter = factories.matter("企业设立登记")
    factories.ticket(within=house, title="执照办不下来", matter=matter, source_system="综窗", source_number="A-1000")
    factories.ticket(within=house, title="公积金提取不了")
    for query, there, gone in (
        ("?q=执照", "执照办不下来", "公积金"),
        ("?number=a-10", "执照办不下来", "公积金"),
        (f"?matter={matter.code}", "执照办不下来", "公积金"),
        ("?stage=registered&q=公积金", "公积金提取不了", "执照办不下来</a>"),
    ):
        page = page_of(editor.get(f"{LIST}{query}"))
        assert there in page
        assert gone not in page
    assert "筛不出来" in page_of(editor.get(f"{LIST}?stage=archived"))
    assert editor.get(f"{LIST}?stage=x&matter=%00&page=99&q={'长' * 3000}").status_code == 200


def test_an_empty_list_says_how_to_begin(editor):
    assert "还没有工单" in page_of(editor.get(LIST))


def test_a_long_list_has_pages(editor, house):
    clerk = factories.user(Role.WINDOW, within=house)
    for _ in range(21):
        factories.ticket(within=house, by=clerk)
    assert "共 2 页" in page_of(editor.get(LIST))
    assert page_of(editor.get(f"{LIST}?page=2")).count('<div class="list__main">') == 1


def test_importing_looks_first_and_writes_on_the_second_press(editor):
    response = editor.post(IMPORT, {"rows": PASTE})
    address = response["Location"]
    page = page_of(editor.get(address))
    assert "导入 1 件" in page
    assert "没有来源编号" in page
    assert not Ticket.objects.exists()
    assert "没有来源编号" not in page_of(editor.get(f"{address}?fate=new"))
    for _ in range(2):
        assert editor.post(address)["Location"] == LIST
    assert Ticket.objects.count() == 1
    assert editor.get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.csv", b"PK\x03\x04" + bytes(50), "不是文本文件"),
        ("a.csv", b"MZ" + bytes(50), "不是文本文件"),
        ("a.csv", '来源编号,原文\nA-1,"没配对\n'.encode(), "引号没有配对"),
        ("a.json", b"[", "JSON"),
        ("a.csv", b"", "空的"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_keeps_the_rest(editor, name, data, said):
    response = editor.post(IMPORT, {"file": SimpleUploadedFile(name, data), "rows": PASTE, "source_system": "综窗"})
    page = page_of(response)
    assert response.status_code == 422
    assert said in page
    assert value_of(page, "source_system") == "综窗"
    assert "A-1" in page
    assert not TicketImport.objects.exists()


def test_a_file_over_the_bound_is_left_unread_and_what_was_typed_stays(editor, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    file = SimpleUploadedFile("a.csv", b"x" * 5000)
    response = editor.post(IMPORT, {"file": file, "rows": PASTE, "source_system": "综窗"})
    assert response.status_code == 422
    assert "20 MB" in page_of(response)
    assert "A-1" in page_of(response)


def test_nothing_chosen_is_told(editor):
    assert "还没有选文件" in page_of(editor.post(IMPORT, {}))


def test_the_sample_sheet_is_read_without_a_word(editor):
    sample = editor.get(f"{IMPORT}sample.csv")
    response = editor.post(IMPORT, {"file": SimpleUploadedFile("a.csv", sample.content)})
    page = page_of(editor.get(response["Location"]))
    assert "导入 1 件" in page
    assert "没有读的列" not in page


def test_the_button_to_a_draft_shows_where_somebody_makes_drafts(editor, window, house, monkeypatch):
    def nobody_does(*args, **kwargs):
        raise NoReverseMatch

    ticket = factories.ticket(within=house)
    address = f"{LIST}{ticket.code}/"
    monkeypatch.setattr(screens, "reverse", nobody_does)
    assert "从工单生成草稿" not in page_of(editor.get(address))
    monkeypatch.setattr(screens, "reverse", lambda name, args: f"/desk/write/from/{args[0]}/")
    assert f'href="/desk/write/from/{ticket.code}/"' in page_of(editor.get(address))
    assert "从工单生成草稿" not in page_of(window.get(address))


def test_a_ticket_whose_content_is_gone_says_so(editor, house):
    ticket = factories.archived_ticket(within=house, source_system="综窗", source_number="A-1")
    Ticket.objects.filter(pk=ticket.pk).update(sealed_text="", title="", source_number="", pruned_at=ticket.archived_at)
    page = page_of(editor.get(f"{LIST}{ticket.code}/"))
    assert "来源工单已按期删除" in page
    assert "显示原文" not in page
    editor.post(f"{LIST}{ticket.code}/text/")
    assert not AuditEvent.objects.filter(action=Action.TICKET_TEXT_SHOWN).exists()


def test_tickets_are_in_no_search_no_suggestion_no_notice_and_no_log(editor, house, caplog):
    factories.ticket(within=house, text="独一无二的词铱铂", title="独一无二的词铱铂")
    editor.post(NEW, {"text": "铱铂", "visits": "x"})
    for address in ("/search/?q=铱铂", "/search/suggest/?q=铱铂", "/notices/", "/"):
        page = page_of(editor.get(address))
        assert "独一无二" not in page
    assert "铱铂" not in caplog.text
