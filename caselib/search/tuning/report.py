"""The site's own relevance set for the command line: what each question finds at which rank, and the measures."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from caselib.search.evaluation import DEPTH, Answer, Query, summary
from caselib.search.tuning.trial import Outcome, QuestionSet, outcomes_of, question_set


@dataclass(frozen=True, slots=True)
class SiteReport:
    """`table` as `evaluation.summary` gives it."""

    questions: QuestionSet
    outcomes: tuple[Outcome, ...]
    table: dict[str, dict[str, float]]

    def lines(self) -> Iterator[str]:
        """A line for each question, the unanswered first."""
        for outcome in sorted(self.outcomes, key=lambda outcome: (outcome.is_right, -(outcome.rank or DEPTH + 1))):
            yield f"{_told(outcome)}  {outcome.question.text}  →  {outcome.first or '没有结果'}"
        for question in self.questions.gone:
            yield f"没有问  {question.text}  →  案例都已出库或不对全库公开"

    def as_json(self) -> str:
        questions = [
            {
                "id": f"q{outcome.question.pk}",
                "text": outcome.question.text,
                "rank": outcome.rank,
                "right": outcome.is_right,
                "first": outcome.first,
            }
            for outcome in self.outcomes
        ]
        gone = [question.text for question in self.questions.gone]
        return json.dumps({"by_kind": self.table, "questions": questions, "gone": gone}, ensure_ascii=False)


def site_report() -> SiteReport | None:
    """Asks the live index; writes nothing. None where the set is empty."""
    questions = question_set()
    if not questions.questions and not questions.gone:
        return None
    outcomes = outcomes_of(questions.questions)
    judgments = {
        str(question.pk): {str(pk): float(grade) for pk, grade in question.grades.items()}
        for question in questions.questions
    }
    answers = [
        Answer(Query(str(outcome.question.pk), outcome.question.text, "site"), outcome.docs, outcome.fits)
        for outcome in outcomes
    ]
    return SiteReport(questions, tuple(outcomes), summary(answers, judgments))


def _told(outcome: Outcome) -> str:
    if not outcome.question.grades:
        return "看出来了" if outcome.is_right else "没看出来"
    return f"第 {outcome.rank:>2} " if outcome.rank else "十名以外"
