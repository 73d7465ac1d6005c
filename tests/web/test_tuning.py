"""检索调优: lists from the log, questions of the relevance set, and what a change would bring before it is saved."""

import datetime as dt
import json
import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from caselib.audit.models import AuditEvent
from caselib.orgs.models import Role
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.visibility import Audience
from caselib.search.models import RelevanceJudgement, RelevanceQuestion, SearchLogEntry, SynonymGroup
from caselib.search.questions import question_key
from caselib.search.weights import CLOSENESS, FIELD_WEIGHT
from tests import factories

pytestmark = pytest.mark.django_db
DESK = "/search/tuning/"
SET = "/search/tuning/questions/"
HOSTILE = [
    "<script>alert(1)</script>执照",
    "'; DROP TABLE search_searchlogentry; --执照",
    "{{ 7|add:7 }}{% url %}执照",
    "執照" * 2000,
]


@pytest.fixture
def editor():
    client = Client()
    client.force_login(factories.user(Role.EDITOR))
    return client


def asked(question: str, *, times: int = 1, days: float = 1, **values) -> list[SearchLogEntry]:
    """So many rows of the log."""
    row = {"question": question, "question_key": question_key(question), "total": 5, "fits": True, **values}
    if row.get("opened") is not None:
        row.setdefault("opened_rank", 1)
    at = timezone.now() - dt.timedelta(days=days)
    return SearchLogEntry.objects.bulk_create(SearchLogEntry(at=at, **row) for _ in range(times))


def shown(page: str) -> list[str]:
    """The questions of a list, in order."""
    return re.findall(r'<div class="list__main"><a href="/search/\?q=[^"]*">([^<]*)</a>', page)


def page_of(client: Client, address: str, **values) -> str:
    response = client.get(address, values)
    assert response.status_code == 200
    return response.content.decode()


# -- what was asked --


def test_an_empty_log_says_that_nobody_asked(editor):
    for tab in ("", "frequent", "zero", "low", "reworded", "nonsense"):
        assert "这段时间还没有人查过" in page_of(editor, DESK, tab=tab)


def test_the_same_question_is_gathered_whatever_its_form(editor):
    asked("补办执照", times=2)
    asked("補辦執照？")
    asked("注销")
    page = page_of(editor, DESK)
    assert len(shown(page)) == 2
    assert "问 3 次，打开 0 次" in page
    assert "一共问了 4 次" in page


def test_only_the_chosen_period_counts(editor):
    asked("近的", days=6)
    asked("远的", days=8)
    assert shown(page_of(editor, DESK, days="7")) == ["近的"]
    assert sorted(shown(page_of(editor, DESK))) == ["近的", "远的"]
    assert sorted(shown(page_of(editor, DESK, days="8 OR 1=1"))) == ["近的", "远的"]


def test_questions_that_find_nothing_fitting_are_listed_without_those_that_filters_emptied(editor):
    asked("没有结果", total=0, fits=False)
    asked("有但不合适", total=3, fits=False, times=2)
    asked("筛没了", total=0, fits=False, narrowed=True)
    asked("查到了")
    assert shown(page_of(editor, DESK, tab="zero")) == ["有但不合适", "没有结果"]


def test_low_click_is_asked_often_enough_and_hardly_opened(editor):
    precedent = factories.published()
    asked("没人点", times=9)
    asked("没人点", opened=precedent)
    asked("有人点", times=3)
    asked("有人点", opened=precedent)
    asked("只问过两次", times=2)
    asked("查不到", times=5, total=0, fits=False)
    assert shown(page_of(editor, DESK, tab="low")) == ["没人点"]
    assert shown(page_of(editor, DESK, tab="low", share="26")) == ["没人点", "有人点"]
    assert shown(page_of(editor, DESK, tab="low", share="10")) == []
    assert shown(page_of(editor, DESK, tab="low", least="2")) == ["没人点", "只问过两次"]


def test_a_reworded_question_offers_both_wordings_as_synonyms_and_what_was_opened(editor):
    precedent = factories.published(title="遗失补领营业执照")
    asked("本本没了", reworded_as="补办执照")
    asked("补办执照", opened=precedent)
    page = page_of(editor, DESK, tab="reworded")
    assert shown(page) == ["本本没了"]
    assert "后来问：<b>补办执照</b>" in page
    link = re.search(r'href="(/search/synonyms/new/\?words=[^"]+)"', page)[1]
    assert "本本没了\n补办执照" in editor.get(link).content.decode()
    form = re.search(r'href="(/search/tuning/questions/add/\?[^"]+)"', page)[1].replace("&amp;", "&")
    added = editor.get(form).content.decode()
    assert ">本本没了</textarea>" in added
    assert f'value="{precedent.number}"' in added


def test_each_row_can_be_searched_and_filed_as_a_gap(editor):
    asked("无人机能不能办执照")
    page = page_of(editor, DESK)
    assert 'href="/search/?q=%E6%97%A0%E4%BA%BA%E6%9C%BA' in page
    assert 'action="/search/gaps/file/"' in page
    assert 'name="q" value="无人机能不能办执照"' in page


def test_a_question_that_is_in_the_set_leads_there(editor):
    asked("补办执照")
    question = RelevanceQuestion.objects.create(text="补办执照", text_key="补办执照", changed_at=timezone.now())
    page = page_of(editor, DESK)
    assert f'href="{SET}{question.pk}/">看考题' in page
    assert "加成考题" not in page


def test_a_precedent_that_the_editor_may_not_see_is_not_named(editor):
    hidden = factories.published(audience=Audience.DEPARTMENT, title="只给本部门的标题")
    asked("补办执照", opened=hidden)
    page = page_of(editor, DESK)
    assert "打开 1 次" in page
    assert "只给本部门的标题" not in page
    assert hidden.number not in page


def test_pages_of_a_list_hold_twenty(editor):
    for n in range(25):
        asked(f"问题{n:02}")
    assert len(shown(page_of(editor, DESK))) == 20
    assert len(shown(page_of(editor, DESK, page="2"))) == 5
    assert len(shown(page_of(editor, DESK, page="99"))) == 5


@pytest.mark.parametrize("question", HOSTILE)
def test_what_was_typed_is_shown_as_text(editor, question):
    asked(question[:300], reworded_as=question[:300])
    for tab in ("frequent", "reworded"):
        page = page_of(editor, DESK, tab=tab)
        assert "<script>alert" not in page
        assert "DROP TABLE" not in page or "&#x27;; DROP" in page


# -- the relevance set --


def post(client: Client, address: str, *, text: str = "执照丢了", docs=(), **values):
    grades = [str(grade) for _, grade in docs]
    # Without a precedent it has to be said on purpose that nothing should fit.
    nothing = {} if any(doc for doc, _ in docs) else {"nothing": "1"}
    return client.post(address, {"text": text, "doc": [doc for doc, _ in docs], "grade": grades, **nothing, **values})


def test_a_question_is_added_listed_changed_and_deleted_and_each_is_on_the_trail(editor):
    first, second = factories.published(title="补办营业执照", external_id="S-01"), factories.published(title="另一件")
    assert post(editor, f"{SET}add/", docs=[("s-01", 3), ("", 3)]).status_code == 422
    assert post(editor, f"{SET}add/", docs=[("S-01", 3), ("", 3)]).status_code == 302
    question = RelevanceQuestion.objects.get()
    assert "补办营业执照（3）" in page_of(editor, SET)
    form = page_of(editor, f"{SET}{question.pk}/")
    assert f'value="{first.number}"' in form
    seen = re.search(r'name="seen" value="([^"]+)"', form)[1]
    response = post(
        editor, f"{SET}{question.pk}/", docs=[(second.number.lower(), 2)], note="常问", seen=seen, text="执照不见了"
    )
    assert response.status_code == 302
    question.refresh_from_db()
    assert (question.text, question.note) == ("执照不见了", "常问")
    assert list(question.judgements.values_list("precedent", "grade")) == [(second.pk, 2)]
    editor.post(f"{SET}{question.pk}/delete/")
    assert not RelevanceQuestion.objects.exists()
    trail = list(AuditEvent.objects.filter(action__startswith="relevance.").values_list("action", "before", "after"))
    assert [action for action, _, _ in trail] == ["relevance.saved", "relevance.saved", "relevance.deleted"]
    assert trail[1][1]["docs"] == {first.number: 3}
    assert trail[1][2]["docs"] == {second.number: 2}
    assert trail[2][1]["text"] == "执照不见了"


@pytest.mark.parametrize("typed", ["身份证11010519491231002X的执照丢了", "电话13800138000的执照丢了"])
def test_personal_data_in_a_question_is_masked_when_saved(editor, typed):
    post(editor, f"{SET}add/", text=typed)
    kept = RelevanceQuestion.objects.get()
    trail = json.dumps(list(AuditEvent.objects.values_list("after", "object_label")), ensure_ascii=False)
    for text in (kept.text, kept.text_key, trail):
        assert "11010519491231002X" not in text
        assert "13800138000" not in text


def test_personal_data_in_a_note_is_masked_and_that_is_told(editor):
    page = editor.post(
        f"{SET}add/", {"text": "执照丢了", "note": "问13800138000", "nothing": "1"}, follow=True
    ).content.decode()
    assert "原文没有保存" in page
    upload(editor, '{"id": "a", "text": "注销", "note": "问13800138000"}', "")
    assert set(RelevanceQuestion.objects.values_list("note", flat=True)) == {"问〔手机号〕"}
    assert "13800138000" not in json.dumps(list(AuditEvent.objects.values_list("before", "after")))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"text": ""}, "写上要考的问题"),
        ({"text": "？！"}, "写上要考的问题"),
        ({"docs": [("没有的编号", 3)]}, "没有编号是“没有的编号”的案例"),
        ({"nothing": ""}, "勾选“应当查不到”"),
        ({"docs": [("KNOWN", 9)]}, "分档只能是"),
        ({"docs": [("KNOWN", 3), ("KNOWN", 2)]}, "写了两次"),
        ({"docs": [(f"X{n}", 3) for n in range(21)]}, "最多配 20 个"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(editor, values, message):
    factories.published(external_id="KNOWN")
    response = post(editor, f"{SET}add/", note="我的备注", **values)
    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    assert 'value="我的备注"' in page
    assert not RelevanceQuestion.objects.exists()


def test_the_same_question_twice_is_refused(editor):
    post(editor, f"{SET}add/", text="补办执照")
    response = post(editor, f"{SET}add/", text="補辦執照？")
    assert response.status_code == 422
    assert "已经有同样的考题" in response.content.decode()


def test_who_is_late_is_told_and_loses_nothing(editor):
    post(editor, f"{SET}add/")
    question = RelevanceQuestion.objects.get()
    response = post(editor, f"{SET}{question.pk}/", text="晚了一步写的", seen="2020-01-01T00:00:00+00:00")
    assert response.status_code == 409
    assert "有人改过" in response.content.decode()
    assert ">晚了一步写的</textarea>" in response.content.decode()
    question.refresh_from_db()
    assert question.text == "执照丢了"


def test_a_question_with_a_hidden_precedent_looks_like_one_without(editor):
    question = RelevanceQuestion.objects.create(text="问", text_key="问", changed_at=timezone.now())

    def listed() -> str:
        return re.search(r"<ul class=\"list list--tight\">.*?</ul>", page_of(editor, SET), re.DOTALL)[0]

    without = listed()
    hidden = factories.published(audience=Audience.DEPARTMENT)
    RelevanceJudgement.objects.create(question=question, precedent=hidden)
    assert listed() == without


def test_what_an_editor_may_not_see_is_neither_shown_nor_lost_nor_found_by_its_number(editor):
    hidden = factories.published(audience=Audience.DEPARTMENT, title="只给本部门的标题")
    question = RelevanceQuestion.objects.create(text="问", text_key="问", changed_at=timezone.now())
    RelevanceJudgement.objects.create(question=question, precedent=hidden)
    for page in (page_of(editor, SET), page_of(editor, f"{SET}{question.pk}/")):
        assert "只给本部门的标题" not in page
        assert hidden.number not in page
    assert "没有您看得到的案例" in page_of(editor, SET)
    assert "个您看不到" not in page_of(editor, SET)
    post(editor, f"{SET}{question.pk}/", text="问得更细")
    assert question.judgements.get().precedent == hidden
    assert post(editor, f"{SET}add/", docs=[(hidden.number, 3)]).status_code == 422


@pytest.mark.parametrize("address", [f"{SET}999/", f"{SET}{'9' * 18}/", f"{SET}{'9' * 30}/", f"{SET}x/"])
def test_a_question_that_is_not_there_is_not_found(editor, address):
    assert editor.get(address).status_code == 404
    assert editor.post(f"{address}delete/").status_code == 404


@pytest.mark.parametrize("question", HOSTILE)
def test_a_hostile_question_is_kept_as_text(editor, question):
    assert post(editor, f"{SET}add/", text=question, note=question[:200]).status_code == 302
    pages = [page_of(editor, SET), page_of(editor, SET, q=question[:100]), page_of(editor, f"{SET}add/", text=question)]
    assert not [page for page in pages if "<script>alert" in page]
    assert len(RelevanceQuestion.objects.get().text) <= 300


def test_a_page_of_text_is_looked_for_by_its_beginning(editor):
    post(editor, f"{SET}add/", text="执" * 250)
    page = page_of(editor, SET, q="执" * 20_000)
    assert "1 道" in page
    assert "执" * 300 not in page


def test_a_row_of_the_results_can_be_said_to_come_first(editor, index):
    before, wanted = factories.published(title="补办营业执照"), factories.published(title="注销营业执照")
    index.refresh()
    page = page_of(editor, "/search/", q="营业执照")
    assert f'<button class="linklike" form="first" name="code" value="{wanted.code}">该排第一</button>' in page
    for code in (before.code, wanted.code):
        response = editor.post(f"{SET}first/", {"q": "营业执照", "code": code}, follow=True)
        assert response.redirect_chain == [("/search/?q=%E8%90%A5%E4%B8%9A%E6%89%A7%E7%85%A7", 302)]
    assert "记进考题了" in response.content.decode()
    grades = dict(RelevanceQuestion.objects.get().judgements.values_list("precedent", "grade"))
    assert grades == {before.pk: 2, wanted.pk: 3}
    assert AuditEvent.objects.filter(action="relevance.saved").count() == 2


def test_window_staff_see_no_such_button(index):
    factories.published(title="补办营业执照")
    index.refresh()
    client = Client()
    client.force_login(factories.user(Role.WINDOW))
    assert "该排第一" not in page_of(client, "/search/", q="营业执照")


@pytest.mark.parametrize(("question", "status"), [("", 422), ("？？", 422)])
def test_first_without_a_question_is_refused(editor, question, status):
    code = factories.published().code
    assert editor.post(f"{SET}first/", {"q": question, "code": code}).status_code == status
    assert editor.post(f"{SET}first/", {"q": "执照", "code": "nothing234"}).status_code == 404


def test_a_long_question_leads_back_to_results_of_what_was_kept(editor):
    code = factories.published().code
    response = editor.post(f"{SET}first/", {"q": "执照丢了怎么办" * 280, "code": code})
    assert response.status_code == 302
    assert response["Location"].startswith("/search/?q=%E6%89%A7")
    assert RelevanceQuestion.objects.get().text.startswith("执照丢了")


def test_a_draft_or_a_retired_precedent_cannot_come_first():
    office = factories.department()
    author = factories.user(Role.EDITOR, within=office)
    client = Client()
    client.force_login(author)
    retired = factories.published()
    precedent_retire(retired, reason="过时了", actor=None)
    for precedent in (factories.draft(owner=office, author=author).precedent, retired):
        response = client.post(f"{SET}first/", {"q": "执照", "code": precedent.code})
        assert response.status_code == 422
    assert not RelevanceQuestion.objects.exists()


def upload(client: Client, queries: str | bytes, qrels: str | bytes):
    def file(name: str, text: str | bytes) -> SimpleUploadedFile:
        return SimpleUploadedFile(f"{name}.jsonl", text.encode() if isinstance(text, str) else text)

    return client.post(
        f"{SET}import/", {"queries": file("queries", queries), "qrels": file("qrels", qrels)}, follow=True
    )


def test_what_is_exported_can_be_imported_again(editor):
    factories.published(external_id="starter:S-01")
    numbered = factories.published()
    asked_for = [{"id": "a", "text": "执照丢了"}, {"id": "b", "text": "火星上办证", "kind": "none"}]
    judged = [{"query": "a", "doc": "S-01", "grade": 3}, {"query": "a", "doc": numbered.number, "grade": 1}]
    upload(editor, "\n".join(map(json.dumps, asked_for)), "\n".join(map(json.dumps, judged)))
    files = {}
    for name in ("queries", "qrels"):
        response = editor.get(f"{SET}{name}.jsonl")
        assert response["Content-Disposition"] == f'attachment; filename="{name}.jsonl"'
        files[name] = b"".join(response.streaming_content).decode()
    entries = [json.loads(line) for line in files["qrels"].splitlines()]
    assert [(entry["doc"], entry["grade"]) for entry in entries] == [("S-01", 3), (numbered.number, 1)]
    RelevanceQuestion.objects.all().delete()
    page = upload(editor, files["queries"], files["qrels"]).content.decode()
    assert "新加 2 道，改了 0 道" in page
    assert RelevanceQuestion.objects.get(text="执照丢了").judgements.count() == 2
    assert RelevanceQuestion.objects.get(text="火星上办证").note == "none"
    assert "新加 0 道，改了 2 道" in upload(editor, files["queries"], files["qrels"]).content.decode()


def test_a_question_whose_precedents_are_all_unknown_does_not_become_one_that_nothing_answers(editor):
    queries = '{"id": "a", "text": "执照丢了，电话13800138000"}\n{"id": "b", "text": "注销"}'
    qrels = '{"query": "a", "doc": "不认识", "grade": 3}\n{"query": "b", "doc": "不认识", "grade": 0}'
    page = upload(editor, queries, qrels).content.decode()
    assert "没有收 1 道" in page
    assert "认不出的编号：不认识" in page
    assert [question.text for question in RelevanceQuestion.objects.all()] == ["注销"]


@pytest.mark.parametrize(
    ("queries", "qrels", "message"),
    [
        ("{", "", "queries.jsonl 第 1 行不是 JSON"),
        ('{"id": 1}', "", "queries.jsonl 第 1 行缺少"),
        ("[" * 100_000, "", "queries.jsonl 第 1 行不是 JSON"),
        (b"\xff\xfe", "", "不是 UTF-8"),
        ('{"id": "a", "text": "x"}', '{"query": "a", "doc": "b", "grade": 7}', "第 1 行的 grade 只能是"),
        ('{"id": "a", "text": "x"}', '{"query": "a", "doc": "b", "grade": 1e999}', "第 1 行的 grade 只能是"),
        ('{"id": "a", "text": "x"}', '{"query": "a", "doc": "b", "grade": true}', "第 1 行的 grade 只能是"),
        ('{"id": "a", "text": "x"}', '{"query": "a", "doc": "b", "grade": "3"}', "第 1 行的 grade 只能是"),
    ],
)
def test_a_file_that_cannot_be_read_names_its_line_and_brings_nothing(editor, queries, qrels, message):
    response = upload(editor, queries, qrels)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not RelevanceQuestion.objects.exists()


def test_broken_characters_and_many_numbers_in_a_file_do_no_harm(editor):
    lines = [json.dumps({"query": "a", "doc": f"x\ud800\x00{n}", "grade": 1}) for n in range(1200)]
    response = upload(editor, '{"id": "a", "text": "\\ud800执照\\u0000"}', "\n".join(lines))
    assert response.status_code == 200
    assert "没有收 1 道" in response.content.decode()


def test_both_files_are_needed(editor):
    response = editor.post(f"{SET}import/", {"queries": SimpleUploadedFile("queries.jsonl", b"{}")})
    assert response.status_code == 422
    assert "还要选 qrels.jsonl" in response.content.decode()


# -- what a change would bring --


@pytest.fixture
def small_set(index):
    """Two questions: one that the word 照照 would answer, one about something that is there."""
    lost, closed = factories.published(title="营业执照遗失补领"), factories.published(title="公司注销登记")
    index.refresh()
    for text, wanted in (("补领营业执照", lost), ("公司注销", closed)):
        question = RelevanceQuestion.objects.create(text=text, text_key=text, changed_at=timezone.now())
        RelevanceJudgement.objects.create(question=question, precedent=wanted)
    return lost, closed


TRIAL = "/search/tuning/trial/"


def test_without_questions_a_trial_says_where_to_add_some(editor, index):
    page = page_of(editor, TRIAL)
    assert "还没有考题" in page
    assert f'href="{SET}"' in page


def test_a_group_of_words_is_tried_and_nothing_is_saved(editor, small_set):
    question = RelevanceQuestion.objects.create(text="天书", text_key="天书", changed_at=timezone.now())
    RelevanceJudgement.objects.create(question=question, precedent=small_set[1])
    response = editor.post(f"{TRIAL}words/", {"words": "天书\n公司", "direction": "both"})
    page = response.content.decode()
    assert response.status_code == 200
    assert "3 道考题" in page
    assert "变好 1，变差 0" in page
    assert re.search(r"十名以外\s*→\s*第 1", page)
    assert ">天书\n公司</textarea>" in page
    assert not SynonymGroup.objects.exists()


@pytest.mark.parametrize("words", ["", "一个", "营业执照", "！\n？"])
def test_a_group_that_could_not_be_saved_is_not_tried(editor, small_set, words):
    response = editor.post(f"{TRIAL}words/", {"words": words})
    assert response.status_code == 422
    assert "没有算。" in response.content.decode()


def test_weights_are_tried_and_the_page_gives_the_lines_to_change(editor, small_set):
    response = editor.post(f"{TRIAL}weights/", {"words": "0.5", "closeness": "2"})
    page = response.content.decode()
    assert response.status_code == 200
    assert "FIELD_WEIGHT[&quot;words&quot;]: 0.5" in page
    assert "CLOSENESS = 2" in page
    assert "SYNONYM_WEIGHT" not in page
    assert 'name="words" inputmode="decimal" value="0.5"' in page
    assert (FIELD_WEIGHT["words"], CLOSENESS) == (1.0, 1.4)


@pytest.mark.parametrize("value", ["", "x", "nan", "inf", "1e9", "-11", "１２３４５６７８９０１２３", "0x10"])
def test_a_weight_that_is_no_number_is_named(editor, small_set, value):
    response = editor.post(f"{TRIAL}weights/", {"synonym": value})
    assert response.status_code == 422
    assert "“同义词（原词算 1）”要填" in response.content.decode()


def test_weights_that_are_the_same_are_not_tried(editor, small_set):
    response = editor.post(f"{TRIAL}weights/", {})
    assert response.status_code == 422
    assert "和现在一样" in response.content.decode()


def test_questions_whose_precedents_are_gone_are_left_out_and_counted(editor, small_set, index):
    precedent_retire(small_set[0], reason="过时了", actor=None)
    index.refresh()
    page = page_of(editor, TRIAL)
    assert "用 1 道考题算" in page
    assert "有 1 道的案例都已出库或不对全库公开" in page


def test_a_trial_is_no_question_of_a_person(editor, small_set):
    from caselib.search.log.notes import notes

    notes.clear()
    editor.post(f"{TRIAL}weights/", {"words": "0.5"})
    assert notes.flush() == 0


@pytest.mark.parametrize(
    "address", [f"{SET}first/", f"{SET}import/", f"{SET}1/delete/", f"{TRIAL}words/", f"{TRIAL}weights/"]
)
def test_reading_never_changes_or_tries_anything(editor, address):
    assert editor.get(address).status_code == 405


def test_the_last_day_of_a_period_is_counted_to_the_minute(editor):
    with time_machine.travel(dt.datetime(2026, 5, 4, 0, 1, tzinfo=dt.timezone(dt.timedelta(hours=8))), tick=False):
        asked("刚好在里面", days=7)
        asked("刚好在外面", days=7.001)
        client = Client()
        client.force_login(factories.user(Role.EDITOR))
        assert shown(page_of(client, DESK, days="7")) == ["刚好在里面"]


def test_the_form_of_a_group_offers_to_try_it_before_it_is_saved(editor, small_set):
    listed = page_of(editor, "/search/synonyms/")
    address = re.search(r'href="(/search/synonyms/b[0-9a-f]+/)"', listed)[1]
    form = page_of(editor, address)
    action = re.search(r'formaction="([^"]+)"', form)[1]
    words = re.search(r'name="words"[^>]*>([^<]*)</textarea>', form)[1]
    tried = editor.post(action, {"words": f"{words}\n天书", "direction": "both"})
    assert tried.status_code == 200
    assert "算出来了" in tried.content.decode()
    assert f'href="{address}">回到这一组' in tried.content.decode()
    off = editor.post(action, {"words": words, "off": "1"}).content.decode()
    assert "停用一组同义词" in off
    assert not SynonymGroup.objects.exists()


@pytest.mark.parametrize("key", ["nothing", "../../x", "b0", "%00", "b" * 5000])
def test_a_key_that_was_made_up_does_no_harm(editor, small_set, key):
    assert editor.post(f"{TRIAL}words/", {"key": key, "off": "1"}).status_code == 422
    assert editor.post(f"{TRIAL}words/", {"key": key, "words": "天书\n公司"}).status_code == 200
