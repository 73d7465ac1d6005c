"""Vectors follow what is published: nothing more, nothing less, and no text is given to the model twice."""

import pytest
from django.core.management import CommandError, call_command

from caselib.core.marks import mark_dirty, pending
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.services import precedent_reuse_counted
from caselib.search import outbox
from caselib.search.semantic import chosen, sync
from caselib.search.semantic.passages import TOPIC, digests_of, passages_of
from caselib.search.semantic.port import EmbeddingUnavailable
from tests import factories


def stored() -> dict[int, frozenset[int]]:
    return dict(chosen.store().snapshot().digests())


def published() -> dict[int, frozenset[int]]:
    from caselib.search.indexing import eligible

    return {pk: digests_of(texts) for pk, texts in passages_of(eligible().values_list("pk", flat=True)).items()}


def test_fill_makes_vectors_of_everything_published_and_of_nothing_else(vectors, index):
    factories.published(title="补办营业执照", requester_wording=[f"第{n}种说法" for n in range(12)])
    retired = factories.published(title="退下来的旧案例")
    precedent_retire(retired, reason="政策已变", actor=None)
    factories.draft(title="还没有发布的草稿")
    told = []
    assert sync.fill(lambda done, whole: told.append((done, whole))) == 1
    assert told == [(1, 1)]
    assert stored() == published()
    assert len(stored()) == 1
    assert not any("草稿" in text or "退下来" in text for text in vectors.passed)
    assert "第7种说法" in vectors.passed
    assert "第8种说法" not in vectors.passed
    assert not pending(TOPIC).exists()


def test_passages_are_short_and_can_always_be_encoded(vectors, index):
    row = factories.published(problem="长" * 5000, requester_wording=["\ud800办不了\x00", "  ", "办不了"])
    texts = passages_of([row.pk])[row.pk]
    assert all(0 < len(text) <= 1000 for text in texts)
    assert "".join(texts).encode()
    assert len(set(texts)) == len(texts)
    assert "办不了" in texts


def test_a_text_is_not_given_to_the_model_twice(vectors, index):
    row = factories.published(title="补办营业执照")
    sync.fill()
    before = list(vectors.passed)
    precedent_reuse_counted(row, by=1)
    index.refresh()
    sync.fill()
    assert vectors.passed == before
    assert not pending(TOPIC).exists()


def test_a_changed_field_costs_only_the_passages_that_hold_it(vectors, index):
    matter = factories.matter("企业设立登记")
    row = factories.published(title="补办营业执照", matter=matter)
    sync.fill()
    vectors.passed.clear()
    matter.name = "企业开办登记"
    matter.save(update_fields=["name"])
    mark_dirty("precedent", [row.pk])
    index.refresh()
    assert stored()[row.pk] < published()[row.pk]
    assert sync.sync() == 1
    assert stored() == published()
    assert len(vectors.passed) == 1
    assert "企业开办登记" in vectors.passed[0]


def test_a_retired_text_leaves_in_the_drain_that_takes_it_out_of_the_index(vectors, index):
    row = factories.published(title="补办营业执照")
    kept = factories.published(title="变更营业执照")
    index.refresh()
    sync.fill()
    precedent_retire(row, reason="政策已变", actor=None)
    vectors.failing = "没有模型也要删掉"
    index.refresh()
    assert set(stored()) == {kept.pk}


def test_a_text_retired_while_the_model_works_does_not_come_back(vectors, index, monkeypatch):
    row = factories.published(title="补办营业执照")
    index.refresh()
    passages = vectors.passages

    def retired_meanwhile(texts):
        made = passages(texts)
        monkeypatch.setattr(vectors, "passages", passages)
        precedent_retire(row, reason="政策已变", actor=None)
        index.refresh()
        return made

    monkeypatch.setattr(vectors, "passages", retired_meanwhile)
    sync.fill()
    assert stored() == {}


def test_a_new_precedent_is_marked_by_the_drain_and_made_by_the_worker(vectors, index):
    sync.fill()
    row = factories.published(title="补办营业执照")
    assert not sync.is_pending()
    index.refresh()
    assert list(pending(TOPIC).values_list("object_id", flat=True)) == [row.pk]
    assert sync.sync() == 1
    assert stored() == published()


def test_a_site_without_vectors_marks_nothing(index):
    factories.published(title="补办营业执照")
    index.refresh()
    assert not pending(TOPIC).exists()
    assert not sync.is_pending()
    assert sync.sync() == sync.fill() == 0
    assert not chosen.store().folder.exists()


def test_a_model_that_fails_keeps_what_was_made_and_the_marks(vectors, index, monkeypatch):
    rows = [factories.published(title=f"第{number}件补办营业执照") for number in range(3)]
    passages = vectors.passages

    def second_time_fails(texts):
        if len(vectors.passed) >= 8:
            raise EmbeddingUnavailable("服务没有回答。")
        return passages(texts)

    monkeypatch.setattr(vectors, "passages", second_time_fails)
    with pytest.raises(EmbeddingUnavailable):
        sync.fill()
    assert 0 < pending(TOPIC).count() < 3
    assert pending(TOPIC).first().last_error == "服务没有回答。"
    made = list(vectors.passed)
    monkeypatch.setattr(vectors, "passages", passages)
    sync.fill()
    assert stored() == published()
    assert set(stored()) == {row.pk for row in rows}
    assert len(vectors.passed) == len(set(vectors.passed)), "what was made before the failure is not made again"
    assert vectors.passed[: len(made)] == made


def test_an_interrupted_turn_keeps_what_was_made(vectors, index):
    for number in range(3):
        factories.published(title=f"第{number}件补办营业执照")
    vectors.at_once = 1
    turns = 0
    while sync.is_pending():
        sync.sync(interrupted=lambda: True)
        turns += 1
    assert turns >= len(vectors.passed) == len(set(vectors.passed))
    assert stored() == published()


def test_another_model_begins_anew(vectors, index):
    factories.published(title="补办营业执照")
    sync.fill()
    vectors.passed.clear()
    vectors.name = "another"
    assert sync.is_pending()
    assert sync.sync() == 1
    assert chosen.store().snapshot().model == "another"
    assert stored() == published()
    assert len(vectors.passed) == len(set().union(*published().values()))


def test_vectors_of_another_length_begin_anew(vectors, index):
    row = factories.published(title="补办营业执照")
    sync.fill()
    vectors.dimensions = 32
    sync.fill()
    assert chosen.store().snapshot().dimensions == 32
    assert set(stored()) == {row.pk}


def test_the_web_process_makes_few_vectors_and_leaves_many(vectors, index, settings, monkeypatch):
    sync.fill()
    settings.CASELIB_INDEX_INLINE = True
    monkeypatch.setattr(sync, "INLINE_PRECEDENTS", 1)
    factories.published(title="补办营业执照")
    outbox.drain_after_commit()
    assert stored() == published()
    for number in range(2):
        factories.published(title=f"第{number}件变更营业执照")
    outbox.drain_after_commit()
    assert pending(TOPIC).count() == 2


def test_a_failing_model_does_not_fail_the_change(vectors, index, settings, caplog):
    sync.fill()
    settings.CASELIB_INDEX_INLINE = True
    vectors.failing = "服务没有回答。"
    factories.published(title="补办营业执照")
    outbox.drain_after_commit()
    assert pending(TOPIC).get().last_error == "服务没有回答。"
    assert "marks kept" in caplog.text


def test_a_store_that_cannot_be_written_does_not_keep_the_index_back(vectors, index, monkeypatch):
    row = factories.published(title="补办营业执照")
    index.refresh()
    sync.fill()
    precedent_retire(row, reason="政策已变", actor=None)
    monkeypatch.setattr(sync.store(), "turn", _full)
    index.refresh()
    assert outbox.drift().count == 0
    assert pending(TOPIC).count() == 1
    monkeypatch.undo()
    with pytest.MonkeyPatch.context() as again:
        again.setattr(sync, "embedder", lambda: vectors)
        sync.sync()
    assert stored() == {}


def _full(**_):
    raise OSError(28, "No space left on device")


def test_reconcile_reports_and_repairs_vectors(vectors, index, capsys):
    rows = [factories.published(title=f"第{number}件补办营业执照") for number in range(3)]
    index.refresh()
    sync.fill()
    store = chosen.store()
    with store.turn():
        other = store.snapshot().rows_of(rows[1].pk)
        store.write({rows[0].pk: other, 10**6: other}, removed=[rows[2].pk])
    assert sync.drift() == sync.VectorDrift(missing=(rows[2].pk,), stale=(rows[0].pk,), surplus=(10**6,))
    with pytest.raises(CommandError, match="语义向量与数据库有 3 处出入"):
        call_command("search_reconcile")
    shown = capsys.readouterr().out
    assert f"缺语义向量：{rows[2].number}" in shown
    assert f"语义向量是旧文的：{rows[0].number}" in shown
    assert "不该有语义向量：1000000" in shown
    call_command("search_reconcile", repair=True)
    assert 10**6 not in stored()
    assert sync.fill() == 2
    assert stored() == published()
    call_command("search_reconcile")


def test_a_rebuild_makes_the_vectors_and_tells_how_far_it_is(vectors, index, capsys):
    factories.published(title="补办营业执照")
    call_command("search_rebuild")
    shown = capsys.readouterr().out
    assert "语义向量：已处理 1/1 件" in shown
    assert stored() == published()
    call_command("search_rebuild")
    assert "语义向量" not in capsys.readouterr().out


def test_a_rebuild_works_without_its_model(vectors, index, capsys):
    factories.published(title="补办营业执照")
    vectors.failing = "服务没有回答。"
    call_command("search_rebuild")
    told = capsys.readouterr()
    assert "索引已重建，共 1 条。" in told.out
    assert "服务没有回答。" in told.err


def test_a_rebuild_may_leave_vectors_to_the_worker(vectors, index):
    row = factories.published(title="补办营业执照")
    sync.fill()
    row.status = "retired"
    row.save(update_fields=["status"])
    added = factories.published(title="变更营业执照")
    vectors.passed.clear()
    call_command("search_rebuild", no_vectors=True)
    assert stored() == {}
    assert vectors.passed == []
    assert list(pending(TOPIC).values_list("object_id", flat=True)) == [added.pk]


def test_the_worker_makes_vectors(vectors, index, capsys):
    factories.published(title="补办营业执照")
    with pytest.raises(SystemExit) as ended:
        call_command("index_worker", once=True)
    assert ended.value.code == 0
    assert stored() == published()
    assert "语义向量：已处理 1/1 件" in capsys.readouterr().out


def test_the_worker_goes_on_without_its_model(vectors, index, capsys):
    factories.published(title="补办营业执照")
    vectors.failing = "服务没有回答。"
    with pytest.raises(SystemExit) as ended:
        call_command("index_worker", once=True)
    assert ended.value.code == 0
    assert outbox.drift().count == 0
    assert "服务没有回答。" in capsys.readouterr().err
