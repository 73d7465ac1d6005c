"""Who is to learn what, how far it came, what was answered, and what comes up again.

An assignment reaches whoever belongs to its department today: nothing is copied when somebody moves. An enrolment begins when a
learner does, and stays with the person.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from caselib.core.ids import new_code
from caselib.orgs.models import Department
from caselib.precedents.models import Precedent, Revision

from ..choices import AttemptState
from .packs import Lesson, Pack, PackVersion
from .questions import Question, QuestionText

USER = settings.AUTH_USER_MODEL


class Assignment(models.Model):
    """布置: a pack for one department or one person, to be done by a day (inclusive), None for none."""

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="assignments")
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(USER, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True, default="")
    assigned_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    assigned_by_name = models.CharField(max_length=64)
    assigned_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-assigned_at", "-pk"]
        indexes = [
            models.Index(fields=["user"], name="ix_assignment_user", condition=Q(withdrawn_at=None)),
            models.Index(fields=["department"], name="ix_assignment_department", condition=Q(withdrawn_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(department__isnull=True, user__isnull=False)
                | Q(department__isnull=False, user__isnull=True),
                name="ck_assignment_one_addressee",
            ),
            models.UniqueConstraint(
                fields=["pack", "department"], condition=Q(withdrawn_at=None), name="uq_assignment_department"
            ),
            models.UniqueConstraint(fields=["pack", "user"], condition=Q(withdrawn_at=None), name="uq_assignment_user"),
        ]

    def __str__(self) -> str:
        return f"布置 {self.code}"


class Enrolment(models.Model):
    """A learner who has begun a pack. `department`: where the learner was then. `version`: the one that was finished."""

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="enrolments")
    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    active_at = models.DateTimeField()
    # All lessons opened and all questions passed, once; a later version does not take it away.
    passed_at = models.DateTimeField(null=True, blank=True)
    version = models.ForeignKey(PackVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-active_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["pack", "user"], name="uq_enrolment"),
            models.CheckConstraint(
                condition=Q(passed_at__isnull=True) | Q(version__isnull=False), name="ck_enrolment_passed_version"
            ),
        ]

    def __str__(self) -> str:
        return f"学习 {self.code}"


class LessonProgress(models.Model):
    """How far a learner came with a lesson, by its key. `best`: per cent, None without a marked attempt."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="progress")
    lesson_key = models.CharField(max_length=12)
    revision = models.ForeignKey(Revision, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    best = models.PositiveSmallIntegerField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "lesson_key"], name="uq_lessonprogress"),
            models.CheckConstraint(condition=Q(best__isnull=True) | Q(best__lte=100), name="ck_lessonprogress_best"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} {self.lesson_key}"


class Attempt(models.Model):
    """作答: one time through the questions of a lesson. `score`: per cent of all its questions, None until all are marked.

    `seconds`: from the first sight of the questions to handing in.
    """

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="attempts")
    # The lesson as it stood in the version that was taken.
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="+")
    lesson_key = models.CharField(max_length=12)
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=AttemptState, default=AttemptState.OPEN)
    lock_version = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    seconds = models.PositiveIntegerField(default=0)
    score = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["enrolment", "lesson_key", "number"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "lesson_key", "number"], name="uq_attempt_number"),
            models.UniqueConstraint(
                fields=["enrolment", "lesson_key"], condition=Q(state="open"), name="uq_attempt_one_open"
            ),
            models.CheckConstraint(condition=Q(state__in=AttemptState.values), name="ck_attempt_state"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(submitted_at__isnull=False), name="ck_attempt_submitted_at"
            ),
            models.CheckConstraint(condition=~Q(state="marked") | Q(score__isnull=False), name="ck_attempt_score"),
            models.CheckConstraint(condition=Q(score__isnull=True) | Q(score__lte=100), name="ck_attempt_score_most"),
        ]

    def __str__(self) -> str:
        return f"作答 {self.code}"


class Response(models.Model):
    """What was answered to one question. `score`: per cent, None until it is marked; `points`: keys of the points that were met."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="responses")
    text = models.ForeignKey(QuestionText, on_delete=models.PROTECT, related_name="responses")
    position = models.PositiveSmallIntegerField(default=0)
    given = models.JSONField(default=dict, blank=True)
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    points = models.JSONField(default=list, blank=True)
    comment = models.CharField(max_length=500, blank=True, default="")
    # Empty for what the site marked by itself.
    marked_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    marked_by_name = models.CharField(max_length=64, blank=True, default="")
    marked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["attempt", "position", "pk"]
        indexes = [models.Index(fields=["text", "score"], name="ix_response_text_score")]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "text"], name="uq_response"),
            models.CheckConstraint(condition=Q(score__isnull=True) | Q(score__lte=100), name="ck_response_score"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt} 第 {self.position + 1} 题"


class ReviewCard(models.Model):
    """A question that comes up again for a learner. `card`: as the scheduler keeps it (`fsrs.Card.to_dict`)."""

    user = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="+")
    card = models.JSONField()
    due_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True, blank=True)
    times = models.PositiveSmallIntegerField(default=0)
    misses = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [models.Index(fields=["user", "due_at"], name="ix_reviewcard_due")]
        constraints = [models.UniqueConstraint(fields=["user", "question"], name="uq_reviewcard")]

    def __str__(self) -> str:
        return f"{self.user} · {self.question}"


class Unclear(models.Model):
    """说不清: a text of a question that most learners missed, told once to the owner of the precedent.

    `section`: of the precedent, as reports name it; `missed` of `answered` first answers were wrong.
    """

    text = models.OneToOneField(QuestionText, on_delete=models.CASCADE, related_name="unclear")
    precedent = models.ForeignKey(Precedent, on_delete=models.CASCADE, related_name="+")
    section = models.CharField(max_length=32)
    answered = models.PositiveIntegerField()
    missed = models.PositiveIntegerField()
    at = models.DateTimeField()
    # The report on the owner's desk, by its key: reports are kept by `reuse`.
    report = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(missed__lte=models.F("answered")), name="ck_unclear_missed")]

    def __str__(self) -> str:
        return f"{self.text} 说不清"
