"""试算: asks the questions of the relevance set, and shows what a change would make better or worse before it is saved.

Asks through `results_for_page`, as a clerk of the library. Writes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from caselib.search.engine.port import TermGroup
from caselib.search.evaluation import DEPTH, measures_of
from caselib.search.indexing import eligible
from caselib.search.models import RelevanceJudgement, RelevanceQuestion
from caselib.search.scopes import library_scope
from caselib.search.selectors import results_for_page
from caselib.search.tuning.relevance import BEST
from caselib.search.understanding.asking import read_question

# Asking is bounded: the person waits for it.
MOST_ASKED = 500


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the set. `grades` by key of the precedent; empty where nothing should fit."""

    pk: int
    text: str
    grades: Mapping[int, int]

    @property
    def best(self) -> frozenset[int]:
        """The precedents of the highest grade that the question has."""
        top = max(self.grades.values(), default=BEST)
        return frozenset(pk for pk, grade in self.grades.items() if grade == top)


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """`gone`: questions none of whose precedents a clerk of the library can find any more; they are not asked."""

    questions: tuple[Question, ...]
    gone: tuple[RelevanceQuestion, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question. `rank`: place of the first best precedent among the first ten, None beyond.

    `docs`: keys of the first ten precedents. `ndcg` is 0 to 1; for a question that nothing should fit it is 1 where the page says so.
    """

    question: Question
    first: str
    rank: int | None
    ndcg: float
    fits: bool
    docs: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        """Whether the first hit is the one to follow, or nothing fits where nothing should."""
        return self.rank == 1 if self.question.grades else not self.fits


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over the questions that have an answer, and how many of the others were recognised."""

    answerable: int
    ndcg: float
    right: int
    unanswerable: int
    recognised: int


@dataclass(frozen=True, slots=True)
class Change:
    """A question that a change moves."""

    before: Outcome
    after: Outcome

    @property
    def question(self) -> Question:
        return self.before.question

    @property
    def is_better(self) -> bool:
        return _standing(self.after) > _standing(self.before)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Before and after a change, over the same questions."""

    before: Figures
    after: Figures
    better: tuple[Change, ...]
    worse: tuple[Change, ...]
    asked: int


def question_set() -> QuestionSet:
    """The site's own questions, as far as a clerk of the library can find their precedents. 3 queries."""
    judged: dict[int, dict[int, int]] = {}
    for question, precedent, grade in RelevanceJudgement.objects.order_by().values_list(
        "question_id", "precedent_id", "grade"
    ):
        judged.setdefault(question, {})[precedent] = grade
    wanted = {pk for grades in judged.values() for pk in grades}
    findable = set(eligible().visible_to(library_scope()).values_list("pk", flat=True)) if wanted else set()
    questions, gone = [], []
    for row in RelevanceQuestion.objects.order_by("pk"):
        grades = {pk: grade for pk, grade in judged.get(row.pk, {}).items() if pk in findable}
        if row.pk in judged and not grades:
            gone.append(row)
        else:
            questions.append(Question(row.pk, row.text, grades))
    return QuestionSet(tuple(questions[:MOST_ASKED]), tuple(gone), max(0, len(questions) - MOST_ASKED))


def outcome_of(question: Question) -> Outcome:
    """Asks one question of the live index."""
    page = results_for_page(scope=library_scope(), text=question.text, per_page=DEPTH)
    found = [row.pk for row in page.rows]
    ranks = [rank for rank, pk in enumerate(found, 1) if pk in question.best]
    if question.grades:
        grades = {str(pk): float(grade) for pk, grade in question.grades.items()}
        ndcg = measures_of([str(pk) for pk in found], grades)["ndcg@10"]
    else:
        ndcg = float(not page.fits)
    first = f"{page.rows[0].number} {page.rows[0].plain_title}".strip() if page.rows else ""
    return Outcome(question, first, ranks[0] if ranks else None, ndcg, page.fits, tuple(map(str, found)))


def outcomes_of(questions: Sequence[Question]) -> list[Outcome]:
    """Asks all of them; some 7 to 15 ms each."""
    return [outcome_of(question) for question in questions]


def figures_of(outcomes: Sequence[Outcome]) -> Figures:
    answerable = [outcome for outcome in outcomes if outcome.question.grades]
    others = [outcome for outcome in outcomes if not outcome.question.grades]
    return Figures(
        answerable=len(answerable),
        ndcg=sum(outcome.ndcg for outcome in answerable) / len(answerable) if answerable else 0.0,
        right=sum(outcome.is_right for outcome in answerable),
        unanswerable=len(others),
        recognised=sum(outcome.is_right for outcome in others),
    )


def compared(
    questions: Sequence[Question], change: Callable[[], AbstractContextManager[None]], *, of_reading: bool = False
) -> Comparison:
    """Asks all questions as things are, and again inside `change`, which holds for this thread alone.

    `of_reading`: the change only lets questions be read in another way; those that are read as before are not asked
    again.
    """
    before = outcomes_of(questions)
    read = [_reading(question) for question in questions] if of_reading else []
    with change():
        after = [
            old if of_reading and _reading(old.question) == read[at] else outcome_of(old.question)
            for at, old in enumerate(before)
        ]
    moved = [Change(old, new) for old, new in zip(before, after, strict=True) if _standing(old) != _standing(new)]
    return Comparison(
        before=figures_of(before),
        after=figures_of(after),
        better=tuple(change for change in moved if change.is_better),
        worse=tuple(change for change in moved if not change.is_better),
        asked=len(questions),
    )


def _reading(question: Question) -> tuple[TermGroup, ...]:
    return read_question(question.text).groups


def _standing(outcome: Outcome) -> tuple[bool, float, int]:
    """How well a question is answered: the higher, the better."""
    return outcome.is_right, round(outcome.ndcg, 6), -(outcome.rank or DEPTH + 1)
