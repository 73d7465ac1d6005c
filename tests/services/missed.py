"""Learners who handed in answers, as rows."""

from caselib.core import clock
from caselib.orgs.models import Role, User
from caselib.training.choices import AttemptState
from caselib.training.models import Attempt, Enrolment, Lesson, QuestionText, Response
from tests import factories, training_rows


def answered(text: QuestionText, *, wrong: int, right: int, **values) -> list[User]:
    """Different learners who handed in one answer each."""
    pack = training_rows.pack()
    lesson = training_rows.note(training_rows.open_version(pack))
    people = []
    for number in range(wrong + right):
        learner = factories.user(Role.WINDOW)
        handed_in(text, lesson, training_rows.enrolled(pack, learner), score=0 if number < wrong else 100, **values)
        people.append(learner)
    return people


def handed_in(
    text: QuestionText, lesson: Lesson, enrolment: Enrolment, *, score: int, state: str = AttemptState.MARKED
) -> Response:
    now = clock.now()
    attempt = Attempt.objects.create(
        enrolment=enrolment,
        lesson=lesson,
        lesson_key=lesson.key,
        number=enrolment.attempts.count() + 1,
        state=state,
        score=score if state == AttemptState.MARKED else None,
        started_at=now,
        saved_at=now,
        submitted_at=None if state == AttemptState.OPEN else now,
    )
    return Response.objects.create(attempt=attempt, text=text, score=score)
