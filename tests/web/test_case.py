"""类案检索: what is pasted is understood, answered and given back; it is kept nowhere."""

import pytest
from django.test import Client

from caselib.audit.models import AuditEvent
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.search.case import case_for_page
from caselib.search.essence import LONGEST
from caselib.search.log.notes import notes
from caselib.search.models import SearchLogEntry
from tests import factories
from tests.search.conftest import index

__all__ = ["index"]
pytestmark = pytest.mark.django_db

PHONE = "13812345678"
TICKET = (
    f"【工单编号：RX20260412000731】您好，诉求人：李某，联系电话：{PHONE}。2023年在虹口区租了店铺，前租户没有注销，"
    "营业执照办不下来。前租户早就联系不上了，电话打不通。窗口说按国办发〔2099〕77号必须他本人来，能不能先给我办？"
    "请承办单位五个工作日内回复，谢谢。附件：照片3张。祝您生活愉快，再见。"
)


@pytest.fixture
def clerk():
    return factories.user(Role.WINDOW)


@pytest.fixture
def client(clerk):
    client = Client()
    client.force_login(clerk)
    return client


@pytest.fixture
def library(index):
    words = "公园树木修剪"
    factories.published(title=words, problem=words, blocker=words, gist=words, resolution=words, applies_when=(words,),
                        not_when=(words,))  # fmt: skip
    made = factories.published(
        title="前租户失联，新店办不了营业执照", applies_when=("前租户联系不上",), not_when=("前租户不配合",)
    )
    index.refresh()
    return made


def paste(client, text=TICKET, **more):
    return client.post("/search/case/", {"text": text, **more})


def test_the_precedent_that_answers_comes_first(client, library):
    page = paste(client)
    assert page.status_code == 200
    assert page.context["case"].results.rows[0].pk == library.pk
    assert library.code in page.content.decode()


def test_what_was_understood_stands_there_with_the_words_it_was_read_from(client, library):
    case = paste(client).context["case"]
    assert ("失联", True) in {(fact.value, fact.is_on) for fact in case.facts}
    assert next(fact.words for fact in case.facts if fact.value == "失联") in TICKET
    assert case.years == ("2023",)
    assert "虹口区" in case.places or not case.places
    assert case.policies[0].name.endswith("〔2099〕77号")
    assert case.policies[0].code == ""
    assert any("联系不上" in sentence for sentence in case.sentences)


def test_places_that_the_library_knows_are_told(clerk, library):
    factories.region("上海市虹口区")
    assert "虹口区" in case_for_page(scope=scope_of(clerk), text=TICKET).places


def test_a_fact_that_is_switched_off_counts_no_more_and_stays_switched_off(client, library):
    before = paste(client).context["case"]
    keys = [fact.key for fact in before.facts]
    left = [key for key in keys if key != "participant=失联"]
    after = paste(client, shown=keys, fact=left).context["case"]
    assert {fact.key for fact in after.facts if not fact.is_on} == {"participant=失联"}
    why = {pk: row.why for case in (before, after) for pk, row in ((id(case), case.results.rows[0]),)}
    assert any("失联" in reason for reason in why[id(before)])
    assert not any("失联" in reason for reason in why[id(after)])


def test_a_fact_of_a_changed_text_counts_until_it_is_switched_off(client, library):
    case = paste(client, shown=["stage=别的"], fact=[]).context["case"]
    assert all(fact.is_on for fact in case.facts)


def test_the_whole_text_comes_back_and_personal_data_nowhere_else(client, library):
    page = paste(client)
    html = page.content.decode()
    assert html.count(PHONE) == 1
    assert PHONE in html.partition("<textarea")[2].partition("</textarea>")[0]
    case = page.context["case"]
    assert PHONE not in repr((case.facts, case.sentences, case.core))


def test_numbers_in_the_most_telling_sentence_are_masked(clerk, library):
    text = f"前租户联系不上，他的身份证11010519491231002X和手机{PHONE}都停了，营业执照办不了。"
    case = case_for_page(scope=scope_of(clerk), text=text)
    assert case.sentences
    for hidden in (PHONE, "11010519491231002"):
        assert hidden not in repr((case.sentences, case.core, case.facts))


def test_nothing_is_logged_stored_or_put_into_an_address(client, library, caplog):
    # What other tests asked may still wait to be written.
    notes.flush()
    events, kept = AuditEvent.objects.count(), SearchLogEntry.objects.count()
    page = paste(client)
    notes.flush()
    assert (AuditEvent.objects.count(), SearchLogEntry.objects.count()) == (events, kept)
    assert "from=" not in page.content.decode()
    assert "工单编号" not in caplog.text
    for address in page.content.decode().split('href="')[1:]:
        assert "%E5%B7%A5%E5%8D%95" not in address.partition('"')[0]


def test_a_text_in_the_address_is_not_read(client, library):
    page = client.get("/search/case/", {"text": TICKET})
    assert page.status_code == 200
    assert page.context["case"] is None
    assert page.context["text"] == ""


def test_a_text_that_is_too_long_is_told_and_kept_whole(client, library):
    text = f"{TICKET}{'天' * LONGEST}末尾"
    page = paste(client, text)
    html = page.content.decode()
    assert page.status_code == 200
    assert f"一共 {len(text)} 个字" in html
    assert "末尾</textarea>" in html
    assert page.context["case"].results.rows[0].pk == library.pk


@pytest.mark.parametrize("text", ["", "   \n ", "!!!???", "……", "😀😀"])
def test_nothing_to_look_for_is_told_and_kept(client, library, text):
    page = paste(client, text)
    assert page.status_code == 422
    assert "没有看到能查的文字" in page.content.decode()
    assert page.context["text"] == text


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>" * 40, "</textarea><b>执照", "\x00\ud800执照".encode("utf-8", "replace").decode()],
)
def test_markup_is_shown_as_text(client, library, text):
    html = paste(client, text).content.decode()
    assert "<script>alert" not in html
    assert "</textarea><b>" not in html


@pytest.mark.parametrize(
    "asked", [{"page": "99"}, {"page": "x"}, {"shown": "\x00", "fact": "…"}, {"shown": "a" * 9999}]
)
def test_made_up_parameters_change_nothing(client, library, asked):
    page = paste(client, **asked)
    assert page.status_code == 200
    assert page.context["case"].results.rows[0].pk == library.pk


def test_pages_are_turned_by_posting_the_text_again(client, index):
    owner = factories.department()
    for number in range(12):
        factories.published(owner=owner, title=f"前租户失联办不了营业执照{number}")
    index.refresh()
    first = paste(client)
    assert '<button class="btn" form="case" name="page" value="2">' in first.content.decode()
    second = paste(client, page="2").context["case"].results
    shown = {row.pk for row in first.context["case"].results.rows}
    assert second.page.number == 2
    assert second.rows
    assert shown.isdisjoint(row.pk for row in second.rows)


def test_where_nothing_fits_it_is_said_and_a_gap_is_filed_masked(client, library):
    page = paste(client, f"隔壁老王的遛狗绳太长，火星移民报名怎么走，电话{PHONE}。")
    html = page.content.decode()
    assert "没有找到能照着办的案例" in html
    assert PHONE not in html.partition("</textarea>")[2]


def test_without_an_index_titles_are_looked_through_and_it_is_told(client, library, index):
    index.remove()
    page = paste(client, "前租户失联")
    assert page.status_code == 200
    assert not page.context["case"].results.from_index


def test_csrf_is_asked_for(clerk, library):
    client = Client(enforce_csrf_checks=True)
    client.force_login(clerk)
    assert paste(client).status_code == 403


def test_home_and_results_lead_there(client, library):
    for address in ("/", "/search/?q=执照"):
        assert 'href="/search/case/"' in client.get(address).content.decode()


def test_numbers_that_the_library_does_not_know_are_written_as_in_print(clerk, library):
    text = "营业执照办不了，窗口说按国务院令第9999号、GB/T 99999-2018和公告2024年第9999号。"
    names = [policy.name for policy in case_for_page(scope=scope_of(clerk), text=text).policies]
    assert names == ["国务院令第9999号", "GB/T 99999-2018", "公告〔2024〕9999号"]
