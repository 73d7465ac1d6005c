"""检索记录: what is asked is kept without who asked, off the page's way, and not for long."""

import datetime as dt
import re
import threading

import pytest
import time_machine
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from caselib.orgs.models import Role
from caselib.precedents.visibility import Audience
from caselib.search.log import notes as notes_module
from caselib.search.log.notes import Asked, Notes, notes
from caselib.search.log.services import search_log_prune
from caselib.search.log.sitting import COOKIE
from caselib.search.models import SearchLogEntry
from tests import factories

pytestmark = pytest.mark.django_db

_OPEN = re.compile(r'href="(/p/[^"]+)" data-open')


@pytest.fixture(autouse=True)
def _nothing_waits():
    notes.clear()
    yield
    notes.clear()


@pytest.fixture
def library(index):
    rows = [factories.published(title=title) for title in ("补办营业执照", "注销营业执照", "变更营业执照的住所")]
    index.refresh()
    return rows


@pytest.fixture
def client():
    return signed_in()


def signed_in(*roles: Role) -> Client:
    client = Client()
    client.force_login(factories.user(*(roles or (Role.WINDOW,))))
    return client


def ask(client: Client, question: str, **more: str) -> list[str]:
    """The addresses of the results, as the page links them."""
    response = client.get("/search/", {"q": question, **more})
    assert response.status_code == 200
    return _OPEN.findall(response.content.decode())


def rows() -> list[SearchLogEntry]:
    notes.flush()
    return list(SearchLogEntry.objects.order_by("pk"))


PERSONAL = [
    "身份证11010519491231002X的人来办执照",
    "身份证１１０１０５１９４９１２３１００２Ｘ的人来办执照",
    "电话13800138000，执照办不了",
    "电话 138 0013 8000，执照办不了",
    "电话138-0013-8000，执照办不了",
]


@pytest.mark.parametrize("typed", PERSONAL)
def test_no_personal_data_is_written(library, client, typed):
    ask(client, typed)
    (row,) = rows()
    kept = re.sub(r"\D", "", f"{row.question}{row.question_key}")
    assert "执照" in row.question
    assert "19491231" not in kept
    assert "38001380" not in kept


@pytest.mark.parametrize("before", [270, 290, 297, 3985, 3990, 3999])
def test_a_number_that_a_cut_would_halve_is_not_kept_in_part(library, client, before):
    ask(client, f"{'执照' * (before // 2)}{'丢' * (before % 2)}11010519491231002X{'办' * 500}")
    (row,) = rows()
    assert "1101051" not in row.question + row.question_key
    assert len(row.question) <= 300


def test_the_log_has_no_column_for_a_person():
    names = {field.name for field in SearchLogEntry._meta.get_fields()}
    assert names == {
        "id", "at", "question", "question_key", "thread", "token", "reworded_as", "total", "fits", "page", "narrowed",
        "opened", "opened_rank",
    }  # fmt: skip
    assert [field.related_model.__name__ for field in SearchLogEntry._meta.fields if field.is_relation] == ["Precedent"]


def test_nothing_in_a_row_or_cookie_tells_the_account_or_session(library, client):
    ask(client, "补办执照")
    (row,) = rows()
    cookie = client.cookies[COOKIE]
    session = client.session.session_key
    assert session not in f"{row.thread}{row.token}"
    assert session not in cookie.value
    assert "补办执照" not in cookie.value
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/search/")


def test_a_search_asks_the_database_nothing_for_the_log(library, client, settings):
    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            ask(client, "补办执照")
        return [query["sql"] for query in captured]

    # What is known of the library for reading questions is asked once.
    ask(client, "注销执照")
    logged = queries()
    assert not [sql for sql in logged if "searchlog" in sql or sql.startswith(("INSERT", "UPDATE", "DELETE"))]
    settings.CASELIB_SEARCH_LOG_DAYS = 0
    assert len(queries()) == len(logged)


def test_a_question_is_one_row_with_its_pages_filters_and_repeats(library, client):
    ask(client, "补办执照")
    ask(client, "补办执照", page="2")
    ask(client, "补办执照", sort="newest")
    ask(client, " 补办執照？")
    client.get("/search/", {"q": "补办执照", "literal": "1"}, headers={"HX-Request": "true"})
    ask(client, "注销执照")
    ask(client, "补办执照")
    assert [row.question for row in rows()] == ["补办执照", "注销执照"]


def test_the_same_question_of_another_sitting_is_another_row(library, client):
    with time_machine.travel(dt.datetime(2026, 5, 4, 9, 0, tzinfo=dt.UTC), tick=False) as clock:
        ask(client, "补办执照")
        clock.shift(dt.timedelta(minutes=29))
        ask(client, "补办执照")
        clock.shift(dt.timedelta(minutes=2))
        ask(client, "补办执照")
        ask(signed_in(), "补办执照")
        threads = [row.thread for row in rows()]
    assert len(threads) == len(set(threads)) == 3


@pytest.mark.parametrize("question", ["", "   ", "？！……", "\x00\u200b", "\ud800"])
def test_a_question_without_words_makes_no_row(library, client, question):
    client.get("/search/", {"q": question.encode("utf-8", "ignore").decode()})
    assert rows() == []


def test_who_reads_no_content_leaves_no_row(library):
    signed_in(Role.AUDIT_ADMIN).get("/search/", {"q": "补办执照"})
    assert rows() == []


@pytest.mark.parametrize("headers", [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}])
def test_what_a_browser_fetches_ahead_was_not_asked(library, client, headers):
    client.get("/search/", {"q": "补办执照"}, headers=headers)
    client.head("/search/", {"q": "补办执照"})
    assert rows() == []


def test_a_broken_index_is_no_miss(library, index, client):
    index.remove()
    ask(client, "从来没有的词")
    assert rows() == []


def test_a_site_that_keeps_no_log_writes_none(library, client, settings):
    settings.CASELIB_SEARCH_LOG_DAYS = 0
    links = ask(client, "补办执照")
    assert links
    assert not [link for link in links if "from=" in link]
    assert rows() == []


def test_a_row_tells_what_came_of_the_question(library, client):
    ask(client, "营业执照")
    ask(client, "ｚｚｑｑ", theme="没有的主题")
    found, missed = rows()
    assert (found.total, found.fits, found.narrowed, found.page) == (3, True, False, 1)
    assert (missed.total, missed.fits, missed.narrowed) == (0, False, True)


def test_the_first_result_that_was_opened_is_noted_with_its_rank(library, client):
    links = ask(client, "营业执照")
    assert [link.rpartition("-")[2] for link in links] == ["1", "2", "3"]
    client.get(links[1])
    client.get(links[0])
    (row,) = rows()
    assert row.opened_rank == 2
    assert f"/p/{row.opened.code}/?from={row.token}-2" == links[1]


def test_two_tabs_and_the_back_button_count_each_for_their_question(library, client):
    first = ask(client, "补办执照")
    second = ask(client, "注销执照")
    client.get(first[0])
    client.get(second[0])
    assert ask(client, "补办执照") == first
    assert [(row.question, row.opened_rank) for row in rows()] == [("补办执照", 1), ("注销执照", 1)]


def test_a_click_that_is_written_before_its_question_waits_for_it(library, client):
    links = ask(client, "补办执照")
    question = notes._waiting.get_nowait()
    client.get(links[0])
    assert notes.flush() == 0
    notes.put(question)
    assert rows()[0].opened_rank == 1


def test_a_click_whose_question_never_comes_is_given_up(library, client):
    client.get(f"/p/{library[0].code}/?from={'x' * 16}-1")
    for _ in range(10):
        notes.flush()
    assert notes._waiting.empty()


@pytest.mark.parametrize(
    "origin", ["", "x", "-1", "a" * 16 + "-0", "a" * 16 + "-9999", "' OR 1=1 --", "a" * 5000, "\x00" * 16 + "-1", "aaaaaaaaaaaaaaaa-²"],
)  # fmt: skip
def test_an_origin_that_was_made_up_changes_nothing(library, client, origin):
    assert client.get(f"/p/{library[0].code}/", {"from": origin}).status_code == 200
    assert notes._waiting.empty()


def test_a_precedent_that_the_viewer_may_not_see_is_not_noted_as_opened(library, client):
    hidden = factories.published(audience=Audience.DEPARTMENT)
    token = ask(client, "补办执照")[0].partition("from=")[2]
    assert client.get(f"/p/{hidden.code}/?from={token}").status_code == 404
    assert rows()[0].opened is None


@pytest.mark.parametrize("cookie", ["", "x", "a:b:c", "é", "e30:1tXXXX:" + "a" * 43, "x" * 5000])
def test_a_forged_cookie_begins_a_new_sitting(library, client, cookie):
    client.cookies[COOKIE] = cookie
    ask(client, "补办执照")
    assert len(rows()) == 1


def test_the_cookie_of_one_account_is_worth_nothing_to_another(library, client):
    ask(client, "补办执照")
    other = signed_in()
    other.cookies[COOKIE] = client.cookies[COOKIE].value
    ask(other, "补办执照")
    first, second = rows()
    assert first.thread != second.thread


def test_a_question_asked_again_in_other_words_is_seen(library, client):
    with time_machine.travel(dt.datetime(2026, 5, 4, 9, 0, tzinfo=dt.UTC), tick=False) as clock:
        ask(client, "本本没了")
        clock.shift(dt.timedelta(minutes=1))
        client.get(ask(client, "补办执照")[0])
        clock.shift(dt.timedelta(minutes=3))
        client.get(ask(client, "注销执照")[0])
        ask(signed_in(), "别人的问题")
        assert [(row.question, row.reworded_as) for row in rows()] == [
            ("本本没了", "补办执照"), ("补办执照", ""), ("注销执照", ""), ("别人的问题", ""),
        ]  # fmt: skip


def test_a_question_that_was_answered_was_not_reworded(library, client):
    client.get(ask(client, "注销执照")[0])
    client.get(ask(client, "补办执照")[0])
    assert [row.reworded_as for row in rows()] == ["", ""]


def at(days: float, **values) -> SearchLogEntry:
    """A row of so many days ago."""
    defaults = {"question": "问", "question_key": "问", "total": 1, "fits": True, "thread": "t", "token": "k"}
    return SearchLogEntry.objects.create(at=timezone.now() - dt.timedelta(days=days), **{**defaults, **values})


def test_old_rows_go_and_sittings_come_apart_after_a_day():
    with time_machine.travel(dt.datetime(2026, 5, 4, 9, 0, tzinfo=dt.UTC), tick=False):
        kept = [at(0.99), at(1.01), at(179.9)]
        at(180.1)
        at(400)
        counted = search_log_prune(now=timezone.now(), dry_run=True)
        assert SearchLogEntry.objects.count() == 5
        assert SearchLogEntry.objects.exclude(thread="").count() == 5
        assert search_log_prune(now=timezone.now()) == counted
        left = SearchLogEntry.objects.order_by("pk")
        assert [row.pk for row in left] == [row.pk for row in kept]
        assert [(row.thread, row.token) for row in left] == [("t", "k"), ("", ""), ("", "")]
        assert (counted.deleted, counted.unjoined) == (2, 2)


def test_many_old_rows_go_in_small_transactions(monkeypatch):
    monkeypatch.setattr("caselib.search.log.services._BATCH", 3)
    for _ in range(7):
        at(181)
    assert search_log_prune(now=timezone.now()).deleted == 7


def test_the_command_says_what_it_would_delete_and_what_it_deleted(capsys, settings):
    settings.CASELIB_SEARCH_LOG_DAYS = 30
    at(31)
    call_command("prune_search_log", "--dry-run")
    assert "会删掉超过 30 天的 1 条" in capsys.readouterr().out
    assert SearchLogEntry.objects.count() == 1
    call_command("prune_search_log")
    assert "删掉了超过 30 天的 1 条" in capsys.readouterr().out
    assert not SearchLogEntry.objects.exists()


def test_the_worker_prunes_as_well(index):
    at(181)
    with pytest.raises(SystemExit):
        call_command("index_worker", "--once")
    assert not SearchLogEntry.objects.exists()


def a_note(typed: str = "问一问") -> Asked:
    return Asked("k" * 16, "t" * 16, typed, timezone.now(), 0, False)


def test_a_full_queue_loses_notes_and_never_waits():
    small = Notes(capacity=2)
    for _ in range(5):
        small.put(a_note())
    assert small.flush() == 2


def test_what_the_database_refuses_is_lost_without_an_error(monkeypatch, caplog):
    def locked(*_):
        raise OperationalError("database is locked")

    monkeypatch.setattr("caselib.search.log.services.notes_write", locked)
    notes.put(a_note("秘密的问题"))
    assert notes.flush() == 0
    assert "1 notes of the search log were lost" in caplog.text
    assert "秘密的问题" not in caplog.text


def test_the_thread_of_the_process_writes_what_waits(settings, monkeypatch):
    """Without a database: what matters is that notes reach the writer in another thread, and that it goes on."""
    settings.CASELIB_SEARCH_LOG_BACKGROUND = True
    monkeypatch.setattr(notes_module, "GATHER", 0.0)
    written, threads = [], set()
    arrived = threading.Semaphore(0)

    def write(batch):
        written.extend(note.typed for note in batch)
        threads.add(threading.current_thread().name)
        arrived.release()
        return []

    monkeypatch.setattr("caselib.search.log.services.notes_write", write)
    own = Notes()
    for typed in ("甲", "乙"):
        own.put(a_note(typed))
        assert arrived.acquire(timeout=10)
    assert (written, threads) == (["甲", "乙"], {"search-log"})
