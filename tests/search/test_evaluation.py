import json

import pytest
from django.core.management import CommandError, call_command

from caselib.search.evaluation import (
    Answer,
    BadFile,
    Query,
    ask,
    content_of,
    lines_of,
    load_corpus,
    measures_of,
    summary,
)
from tests import factories


def test_a_perfect_answer_has_full_marks_and_an_empty_one_none():
    grades = {"a": 2.0, "b": 1.0}
    assert set(measures_of(["a", "b", "c"], grades).values()) == {1.0}
    assert set(measures_of([], grades).values()) == {0.0}


def test_measures_of_a_hit_in_second_place():
    figures = measures_of(["x", "a"], {"a": 1.0})
    assert figures["ndcg@10"] == pytest.approx(0.6309, abs=1e-4)
    assert figures["mrr@10"] == 0.5
    assert (figures["success@1"], figures["success@5"], figures["recall@10"]) == (0.0, 1.0, 1.0)


def test_questions_without_an_answer_are_counted_apart():
    answers = [
        Answer(Query("1", "甲", "words"), ("a",), fits=True),
        Answer(Query("2", "乙", "none"), (), fits=False),
        Answer(Query("3", "丙", "none"), ("b",), fits=True),
    ]
    table = summary(answers, {"1": {"a": 1.0}})
    assert table["overall"]["queries"] == 1
    assert table["overall"]["ndcg@10"] == 1.0
    assert (table["none"]["unanswerable"], table["none"]["recognised"]) == (2, 1)


def test_the_import_form_keeps_every_field_in_the_text():
    content = content_of(
        {
            "id": "x",
            "title": "标题",
            "problem": "问题",
            "blocker": "卡点",
            "resolution": "办法",
            "applicable": ["适用"],
            "not_applicable": ["不适用"],
            "tags": ["标签"],
            "policies": ["某条例（国务院令第1号）"],
            "matter": "事项",
        }
    )
    assert (content.problem, content.blocker, content.resolution) == ("问题", "卡点", "办法")
    assert (content.applies_when, content.not_when, content.tags) == (("适用",), ("不适用",), ("标签",))
    assert content.lasting_rule == "某条例（国务院令第1号）\n事项"


def test_a_title_that_is_too_long_stays_whole_in_the_text():
    content = content_of({"id": "x", "title": "长" * 150, "text": "正文"})
    assert len(content.title) == 100
    assert "长" * 150 in content.problem


@pytest.mark.parametrize(
    ("line", "said"), [("{", "第 1 行不是 JSON"), ('{"id": 1}', "第 1 行缺少"), ("[]", "第 1 行缺少")]
)
def test_a_bad_line_is_named(tmp_path, line, said):
    path = tmp_path / "corpus.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(BadFile, match=said):
        list(lines_of(path, needed=("id", "title")))


def test_a_missing_folder_is_told_in_a_sentence(tmp_path):
    with pytest.raises(CommandError, match=r"读不了 queries\.jsonl"):
        call_command("evaluate_search", str(tmp_path / "no-such-folder"))


def test_the_command_loads_asks_and_writes_the_run_without_touching_this_site(db, tmp_path, capsys, monkeypatch):
    from caselib.precedents.models import Precedent

    # Its site is made and thrown away: going through all migrations would take most of the time.
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.settings_from_models")
    rows = {
        "corpus": [
            {"id": "lost", "title": "营业执照遗失补办", "text": "执照丢了登报后补领。"},
            {"id": "move", "title": "户口迁移", "text": "迁入直系亲属户口。"},
        ],
        "queries": [
            {"id": "q1", "text": "执照丢了", "kind": "words"},
            {"id": "q2", "text": "ｘｙｚｑ", "kind": "none"},
        ],
        "qrels": [{"query": "q1", "doc": "lost", "grade": 2}],
    }
    for name, entries in rows.items():
        text = "\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
        (tmp_path / f"{name}.jsonl").write_text(text, encoding="utf-8")
    out = tmp_path / "run.jsonl"
    call_command("evaluate_search", str(tmp_path), "--run", str(out), "--json")
    printed = json.loads(capsys.readouterr().out)
    assert printed["documents"] == 2
    assert printed["by_kind"]["overall"]["success@1"] == 1.0
    assert printed["by_kind"]["none"]["recognised"] == 1
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line.pop("signs").get("covered") for line in lines] == [1.0, None]
    assert lines == [
        {"query": "q1", "docs": ["lost"], "fits": True},
        {"query": "q2", "docs": [], "fits": False},
    ]
    assert Precedent.objects.count() == 0


def test_a_set_without_a_corpus_asks_the_starter_library(index, tmp_path, monkeypatch):
    def load_starter(name: str, **options: object) -> None:
        assert name == "load_starter"
        factories.published(title="公积金提取", external_id="starter:S-99")

    monkeypatch.setattr("caselib.search.evaluation.call_command", load_starter)
    assert load_corpus(tmp_path) == 1
    index.refresh()
    assert ask(Query("q", "公积金", "all")).docs == ("S-99",)
