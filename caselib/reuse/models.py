from django.conf import settings
from django.db import models
from django.db.models import Q

from caselib.orgs.models import Department
from caselib.precedents.models import Precedent, Revision


class Outcome(models.TextChoices):
    """What came of following a precedent. 成了 counts as reuse; the others tell where it does not carry."""

    WORKED = "worked", "照此办成"
    ADAPTED = "adapted", "换办法办成"
    NOT_APPLICABLE = "not_applicable", "情形不同"
    FAILED = "failed", "没办成"


SUCCESSES = (Outcome.WORKED, Outcome.ADAPTED)


class ReuseRecord(models.Model):
    """复用登记: one use of a precedent at a counter, by whom, in which department, and how it went."""

    precedent = models.ForeignKey(Precedent, on_delete=models.PROTECT, related_name="reuse_records")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    # SET_NULL: the use stays counted when an account is closed.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=16, choices=Outcome)
    note = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="ck_reuserecord_outcome")]
        indexes = [models.Index(fields=["precedent", "outcome"], name="ix_reuserecord_outcome")]

    def __str__(self) -> str:
        return f"{self.precedent} {self.get_outcome_display()} {self.at:%Y-%m-%d}"
