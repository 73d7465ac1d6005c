"""试算: before and after a change, over the site's own questions, on the live index."""

import json
import threading

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from caselib.precedents.visibility import Audience
from caselib.search import weights
from caselib.search.models import RelevanceJudgement, RelevanceQuestion
from caselib.search.synonyms import Group, Synonyms, trying
from caselib.search.tuning import trial
from tests import factories

pytestmark = pytest.mark.django_db


def question(text: str, **grades) -> RelevanceQuestion:
    """A question with precedents by grade: `_3=[…]`."""
    row = RelevanceQuestion.objects.create(text=text, text_key=text, changed_at=timezone.now())
    for grade, precedents in grades.items():
        for precedent in precedents:
            RelevanceJudgement.objects.create(question=row, precedent=precedent, grade=int(grade[1:]))
    return row


@pytest.fixture
def library(index):
    rows = {title: factories.published(title=title) for title in ("公司注销登记", "营业执照遗失补领", "公司住所变更")}
    index.refresh()
    return rows


def test_figures_tell_first_hits_quality_and_what_was_recognised(library):
    question("公司注销登记", _3=[library["公司注销登记"]], _1=[library["公司住所变更"]])
    question("天书", _3=[library["公司住所变更"]])
    question("ｚｚｑｑ")
    outcomes = trial.outcomes_of(trial.question_set().questions)
    figures = trial.figures_of(outcomes)
    assert [outcome.rank for outcome in outcomes] == [1, None, None]
    assert outcomes[0].first == f"{library['公司注销登记'].number} 公司注销登记"
    assert (figures.answerable, figures.right, figures.unanswerable, figures.recognised) == (2, 1, 1, 1)
    assert figures.ndcg == pytest.approx(outcomes[0].ndcg / 2)
    assert outcomes[0].ndcg > 0.9


def test_other_words_are_told_to_make_a_question_better_or_worse(library):
    better = question("天书", _3=[library["公司住所变更"]])
    question("营业执照遗失", _3=[library["营业执照遗失补领"]])
    site = Synonyms.of([])
    wanted = Synonyms.of([Group(("天书", "住所"))])
    questions = trial.question_set().questions
    with trying(site):
        forward = trial.compared(questions, lambda: trying(wanted), of_reading=True)
    assert [(change.question.pk, change.before.rank, change.after.rank) for change in forward.better] == [
        (better.pk, None, 1)
    ]
    assert forward.worse == ()
    assert (forward.before.right, forward.after.right) == (1, 2)
    with trying(wanted):
        back = trial.compared(questions, lambda: trying(site), of_reading=True)
    assert [change.question.pk for change in back.worse] == [better.pk]
    assert back.better == ()


def test_only_questions_that_are_read_in_another_way_are_asked_again(library, monkeypatch):
    question("天书", _3=[library["公司住所变更"]])
    question("营业执照遗失", _3=[library["营业执照遗失补领"]])
    asked = []
    ask = trial.outcome_of
    monkeypatch.setattr(trial, "outcome_of", lambda question: asked.append(question.text) or ask(question))
    with trying(Synonyms.of([])):
        wanted = Synonyms.of([Group(("天书", "住所"))])
        trial.compared(trial.question_set().questions, lambda: trying(wanted), of_reading=True)
    assert asked == ["天书", "营业执照遗失", "天书"]


def test_weights_are_tried_for_this_thread_alone(library):
    question("公司注销", _3=[library["公司住所变更"]])
    seen = []
    with weights.trying({"words": 0.0, "nonsense": 5.0}):
        elsewhere = threading.Thread(target=lambda: seen.append(weights.weight_of("words")))
        elsewhere.start()
        elsewhere.join()
        assert weights.weight_of("words") == 0.0
        assert weights.weight_of("exact") == weights.FIELD_WEIGHT["exact"]
    assert seen == [weights.FIELD_WEIGHT["words"]]
    assert weights.weight_of("words") == weights.FIELD_WEIGHT["words"]


def test_other_weights_change_the_order(library):
    """Without weight for words and pairs nothing that was asked counts."""
    asked = question("公司注销登记", _3=[library["公司注销登记"]])
    found = trial.compared(trial.question_set().questions, lambda: weights.trying({"words": -1.0, "grams": -1.0}))
    assert [change.question.pk for change in found.worse] == [asked.pk]


def test_a_trial_that_fails_leaves_the_weights_as_they_were(library):
    with pytest.raises(RuntimeError), weights.trying({"words": 0.0}):
        raise RuntimeError
    assert weights.weight_of("words") == weights.FIELD_WEIGHT["words"]


def test_a_precedent_of_one_department_counts_for_no_clerk_of_the_library(library, index):
    inside = factories.published(title="只给本部门", audience=Audience.DEPARTMENT)
    index.refresh()
    gone = question("只给本部门的事", _3=[inside])
    question("公司注销", _3=[library["公司注销登记"]], _2=[inside])
    found = trial.question_set()
    assert [row.pk for row in found.gone] == [gone.pk]
    assert found.questions[0].grades == {library["公司注销登记"].pk: 3}


def test_a_set_that_is_too_large_is_asked_in_part_and_says_so(library, monkeypatch):
    monkeypatch.setattr(trial, "MOST_ASKED", 1)
    for text in ("公司注销", "公司住所"):
        question(text, _3=[library["公司注销登记"]])
    found = trial.question_set()
    assert (len(found.questions), found.left_out) == (1, 1)


def test_the_set_of_the_site_is_evaluated_on_the_live_index(library, capsys):
    question("公司注销", _3=[library["公司注销登记"]])
    question("天书", _3=[library["公司住所变更"]])
    question("ｚｚｑｑ")
    call_command("evaluate_search", "--site")
    out = capsys.readouterr().out
    assert "3 问" in out
    assert "公司注销" in out
    assert "十名以外" in out
    assert "1/1" in out
    call_command("evaluate_search", "--site", "--json")
    entry = json.loads(capsys.readouterr().out)
    assert entry["by_kind"]["overall"]["success@1"] == 0.5
    assert [row["rank"] for row in entry["questions"]] == [1, None, None]


def test_an_empty_set_is_said_to_be_empty(index):
    with pytest.raises(CommandError, match="还没有考题"):
        call_command("evaluate_search", "--site")


def test_a_folder_and_the_site_exclude_each_other(index):
    with pytest.raises(CommandError, match="DIR"):
        call_command("evaluate_search")
    with pytest.raises(CommandError, match="DIR"):
        call_command("evaluate_search", "tests/search/relevance", "--site")
