"""An evaluation over the same texts does not make their vectors again."""

import shutil

import pytest
from django.core.management import CommandError, call_command

from caselib.search.semantic import asking, chosen, live, sync
from caselib.search.semantic.keeping import bring, keep
from tests import factories


@pytest.fixture
def kept(vectors, index, tmp_path):
    """What an evaluation leaves behind; afterwards the site has no vectors again."""
    factories.published(title="补办营业执照")
    sync.fill()
    first = live.closeness("营业执照")
    folder = tmp_path / "kept" / "set"
    keep(folder, model=vectors.name)
    keep(folder, model=vectors.name)
    assert [entry.name for entry in folder.parent.iterdir()] == ["set"]
    _forget(vectors)
    return folder, first


def _forget(vectors) -> None:
    shutil.rmtree(chosen.store().folder, ignore_errors=True)
    asking.forget()
    vectors.passed.clear()
    vectors.asked.clear()


def test_what_was_kept_is_not_made_again(kept, vectors):
    folder, first = kept
    bring(folder, model=vectors.name)
    sync.fill()
    assert vectors.passed == []
    vectors.asked.clear()
    assert live.closeness("营业执照").scores.tolist() == first.scores.tolist()
    assert vectors.asked == []


def test_what_was_kept_of_another_model_is_not_used(kept, vectors):
    vectors.name = "another"
    bring(kept[0], model=vectors.name)
    sync.fill()
    assert len(vectors.passed) > 3
    vectors.asked.clear()
    live.closeness("营业执照")
    assert vectors.asked == ["营业执照"]


def test_damaged_or_missing_vectors_are_made_anew(kept, vectors):
    folder, first = kept
    for file in folder.iterdir():
        file.write_bytes(b"damaged")
    for source in (folder, folder / "nowhere"):
        _forget(vectors)
        bring(source, model=vectors.name)
        sync.fill()
        assert live.closeness("营业执照").scores.tolist() == pytest.approx(first.scores.tolist(), abs=1e-4)


def test_an_evaluation_by_meaning_needs_a_model(tmp_path, capfd):
    (tmp_path / "queries.jsonl").write_text('{"id": "1", "text": "执照"}\n')
    (tmp_path / "qrels.jsonl").write_text('{"query": "1", "doc": "a", "grade": 1}\n')
    (tmp_path / "corpus.jsonl").write_text('{"id": "a", "title": "补办营业执照"}\n')
    with pytest.raises(CommandError, match="没有做完"):
        call_command("evaluate_search", str(tmp_path), semantic=True)
    assert "没有可用的语义模型" in capfd.readouterr().err
