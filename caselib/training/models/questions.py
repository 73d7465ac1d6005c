"""题库: a question is its texts, of which the last is the one in use. What `body` holds by kind: `training.questions.kinds`."""

from collections.abc import Collection
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from caselib.catalog.models import Cause, Matter
from caselib.core.ids import new_code
from caselib.orgs.models import Department
from caselib.policies.models import Clause
from caselib.precedents.models import Precedent, Revision

from ..choices import Aspect, QuestionKind, QuestionState
from ..questions.kinds import shaped

USER = settings.AUTH_USER_MODEL


class Question(models.Model):
    """One question of the bank. `precedent`: which it asks about, None for one that asks about a rule alone."""

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    external_id = models.CharField(max_length=64, unique=True, null=True, blank=True)
    owner_department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    precedent = models.ForeignKey(Precedent, null=True, blank=True, on_delete=models.PROTECT, related_name="questions")
    matter = models.ForeignKey(Matter, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    cause = models.ForeignKey(Cause, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    aspect = models.CharField(max_length=10, choices=Aspect, default=Aspect.OTHER)
    state = models.CharField(max_length=8, choices=QuestionState, default=QuestionState.ACTIVE)
    # The newest text; kept by the services together with it.
    latest = models.OneToOneField("QuestionText", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "matter", "cause"], name="ix_question_sorted")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["active", "retired"]), name="ck_question_state"),
            models.CheckConstraint(condition=Q(aspect__in=Aspect.values), name="ck_question_aspect"),
        ]

    def __str__(self) -> str:
        return f"题目 {self.code}"


class QuestionText(models.Model):
    """One text of a question; it never changes. `revision`: the text of the precedent that it was written against.

    `clause` and `locator`: what the explanation cites; `locator` names the place where there is no clause or within it.
    """

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="texts")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=QuestionKind)
    stem = models.TextField()
    body = models.JSONField(default=dict)
    explanation = models.TextField(blank=True, default="")
    clause = models.ForeignKey(Clause, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    locator = models.CharField(max_length=100, blank=True, default="")
    revision = models.ForeignKey(Revision, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ["question", "number"]
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="uq_questiontext_number"),
            models.CheckConstraint(condition=Q(kind__in=QuestionKind.values), name="ck_questiontext_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.question} 第 {self.number} 版"

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any]) -> Self:
        """A row may have been damaged from outside: whoever reads `body` finds the names and types of its kind."""
        made = super().from_db(db, field_names, values)
        if "body" in made.__dict__ and "kind" in made.__dict__:
            made.body = shaped(made.kind, made.body)
        return made
