"""What the search is told, and that it never waits for or fails with a model."""

import os
import signal
import threading
import time

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from caselib.search.semantic import asking, chosen, health, live, sync
from caselib.search.semantic.live import Status
from caselib.search.semantic.store import MANIFEST
from tests import factories


@pytest.fixture
def library(vectors, index):
    """Three precedents with vectors, by what they are about."""
    rows = {
        name: factories.published(title=name, problem=name, blocker=name, resolution=name, applies_when=(name,))
        for name in ("营业执照丢了要补办", "小区车位不够停车难", "社保断缴以后补缴")
    }
    index.refresh()
    sync.fill()
    vectors.asked.clear()
    return {name: row.pk for name, row in rows.items()}


def closest(found: live.Closeness) -> int:
    return int(found.orders[found.scores.argmax()])


def test_the_closest_precedent_has_the_best_score(library):
    found = live.closeness("营业执照丢了")
    assert found.orders.tolist() == sorted(library.values())
    assert closest(found) == library["营业执照丢了要补办"]
    assert found.best == found.scores.max() > found.mean == pytest.approx(found.scores.mean())


def test_similar_precedents_ask_no_model(library, vectors):
    vectors.failing = "没有模型"
    row = library["社保断缴以后补缴"]
    found = live.closeness_of_object(row)
    assert set(found.orders.tolist()) == set(library.values()) - {row}
    assert live.closeness_of_object(10**6) is None


def test_what_is_said_in_two_ways_is_close_to_both_on_average(library, vectors):
    lay, official = live.closeness("店照没了"), live.closeness("营业执照没了")
    both = live.closeness("店照没了", "营业执照没了")
    assert both.orders.tolist() == lay.orders.tolist()
    low, high = sorted([max(lay.scores), max(official.scores)])
    assert low < both.best < high
    assert closest(both) == library["营业执照丢了要补办"]


def test_the_same_said_twice_is_asked_once(library, vectors):
    live.closeness("营业执照丢了", "營業執照丢了")
    live.closeness("营业执照丢了", "")
    assert vectors.asked == ["营业执照丢了"]


def test_where_the_second_way_gets_no_vector_the_first_decides_alone(library, vectors):
    first = live.closeness("店照没了")
    vectors.failing = "没有模型"
    assert live.closeness("店照没了", "营业执照没了").scores.tolist() == first.scores.tolist()


def test_a_question_is_put_to_the_model_once(library, vectors):
    first = live.closeness("營業執照　丢了 ")
    assert live.closeness("营业执照 丢了").scores.tolist() == first.scores.tolist()
    assert vectors.asked == ["营业执照 丢了"]


def test_the_longest_unused_question_is_forgotten_first(library, vectors, monkeypatch):
    monkeypatch.setattr(asking, "REMEMBERED", 2)
    for text in ("执照一", "执照二", "执照一", "执照三", "执照一", "执照二"):
        live.closeness(text)
    assert vectors.asked == ["执照一", "执照二", "执照三", "执照二"]


@pytest.mark.parametrize("text", ["", "  ", "yingyezhizhao", "国", "310109-2026-0001", "\ud800", "ＡＢＣ", "😀"])
def test_only_questions_with_chinese_characters_are_asked(library, vectors, text):
    assert (live.closeness(text) is not None) == (text == "国")


def test_nothing_without_vectors_or_with_those_of_another_model(vectors, index):
    assert live.closeness("营业执照") is None
    factories.published(title="补办营业执照")
    sync.fill()
    assert live.closeness("营业执照") is not None
    vectors.name = "another"
    assert live.closeness("营业执照") is None
    assert live.closeness_of_object(1) is None
    assert vectors.asked.count("营业执照") <= 2


def test_nothing_while_it_is_switched_off(library, settings, monkeypatch):
    monkeypatch.undo()
    settings.CASELIB_EMBEDDING = "off"
    assert chosen.embedder() is None
    assert live.closeness("营业执照") is None
    assert live.closeness_of_object(next(iter(library.values()))) is None
    assert live.state().status is Status.OFF


def test_a_damaged_store_is_no_store(library):
    (chosen.store().folder / MANIFEST).write_text("nonsense")
    assert live.closeness("营业执照") is None


def test_vectors_of_another_length_give_nothing_and_are_told(library, vectors):
    vectors.dimensions = 16
    assert live.closeness("营业执照") is None
    assert "换了长度" in live.state().error


def test_a_megabyte_is_cut_before_it_is_worked_on(library, vectors):
    started = time.perf_counter()
    assert live.closeness("营业执照" * 250_000) is not None
    assert time.perf_counter() - started < 1.0
    assert len(vectors.asked[0]) == 160


@given(st.text(st.characters(codec=None), max_size=300))
@trials(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_answered(library, text):
    found = live.closeness(text)
    assert found is None or found.orders.tolist() == sorted(library.values())


def test_a_dead_model_is_asked_once_a_minute(library, vectors, monkeypatch):
    vectors.failing = "服务没有回答。"
    for number in range(20):
        assert live.closeness(f"执照{number}") is None
    assert len(vectors.asked) == 1
    assert live.state().status is Status.FAILING
    assert live.state().error == "服务没有回答。"
    since = live.state().since
    _minute_later(monkeypatch)
    for number in range(20):
        assert live.closeness(f"执照{number}") is None
    assert len(vectors.asked) == 2
    assert live.state().since == since, "the time of the first failure is what counts"
    vectors.failing = ""
    _minute_later(monkeypatch)
    assert live.closeness("执照") is not None
    assert live.state() == live.SemanticState(Status.WORKING, "fake", objects=3)


def _minute_later(monkeypatch) -> None:
    later = time.monotonic() + asking.PAUSE + 1
    monkeypatch.setattr(asking.time, "monotonic", lambda: later)


def test_questions_that_were_asked_before_are_answered_while_the_model_is_dead(library, vectors):
    live.closeness("营业执照")
    vectors.failing = "服务没有回答。"
    assert live.closeness("社保") is None
    assert live.closeness("营业执照") is not None


@pytest.fixture
def slow(library, vectors, settings, monkeypatch):
    """A model that answers only when it is let go."""
    go = threading.Event()
    query = vectors.query

    def waiting(text):
        go.wait(10)
        return query(text)

    monkeypatch.setattr(vectors, "query", waiting)
    settings.EMBEDDING_TIMEOUT = 0.05
    yield go
    go.set()


def test_a_search_waits_no_longer_than_it_may(slow):
    started = time.perf_counter()
    assert live.closeness("营业执照") is None
    assert time.perf_counter() - started < 1.0
    assert "超过 0.05 秒" in live.state().error


def test_an_answer_that_came_too_late_is_used_next_time(slow):
    assert live.closeness("营业执照") is None
    slow.set()
    for thread in threading.enumerate():
        if thread.name == "question-vector":
            thread.join(5)
    assert live.closeness("营业执照") is not None


def test_only_some_questions_wait_at_once(slow, vectors, settings):
    settings.EMBEDDING_TIMEOUT = 1.0
    answers: list[object] = []
    threads = [
        threading.Thread(target=lambda n=n: answers.append(live.closeness(f"执照{n}")))
        for n in range(3 * asking._AT_ONCE)
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    # The others went on with words alone instead of queueing.
    assert len(answers) == 2 * asking._AT_ONCE
    slow.set()
    for thread in threads:
        thread.join(5)
    assert sum(answer is not None for answer in answers) == asking._AT_ONCE


def test_a_forked_process_asks_anew(library, vectors, monkeypatch):
    """The parent's locks and its failure are not the child's."""
    vectors.failing = "服务没有回答。"
    assert live.closeness("营业执照") is None
    store = chosen.store()
    monkeypatch.setattr(store, "_seen", (None, store._seen[1]))
    with asking.question_vectors()._lock, asking.question_vectors()._trial, store._refreshing:
        pid = os.fork()
        if not pid:
            # A lock that nobody holds any more would be waited for until the end of time.
            signal.alarm(10)
            vectors.failing = ""
            os._exit(0 if live.closeness("营业执照") is not None else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_the_state_tells_what_is_missing(vectors, index, monkeypatch):
    factories.published(title="补办营业执照")
    assert live.state() == live.SemanticState(Status.PREPARING, "fake")
    sync.fill()
    assert live.state() == live.SemanticState(Status.WORKING, "fake", objects=1)
    factories.published(title="变更营业执照")
    index.refresh()
    assert live.state() == live.SemanticState(Status.PREPARING, "fake", objects=1, pending=1)
    monkeypatch.setattr(live, "embedder", lambda: None)
    assert live.state().status is Status.NOT_INSTALLED


def test_what_another_process_noted_is_over_when_the_model_answers(library):
    health.note_failure("服务没有回答。")
    assert live.closeness("营业执照") is not None
    assert health.trouble() is None


def test_a_damaged_note_is_no_trouble(library):
    for text in ("", "[]", '{"error": 1}', '{"error": "坏了", "since": "昨天"}'):
        health._file().write_text(text)
        assert health.trouble() is None


def test_preload_readies_the_model_and_never_fails(vectors, index):
    live.preload()
    assert vectors.asked == ["营业执照"]
    vectors.failing = "没有装好。"
    live.preload()
    assert live.state().error == "没有装好。"


def test_a_service_is_not_asked_when_the_server_starts(vectors, index, settings):
    settings.EMBEDDING_URL = "http://127.0.0.1:9/v1/embeddings"
    live.preload()
    assert vectors.asked == []
