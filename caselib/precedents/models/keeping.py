"""What keeps a published text true: checks, open points, citations that nobody could find."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_noop

from caselib.policies.models import Clause, PolicyVersion

from ..choices import DoubtKind
from .precedent import Precedent
from .revision import Citation, Revision

USER = settings.AUTH_USER_MODEL
# How long ahead a change is announced: what is accepted today is decided within the month.
SOON = dt.timedelta(days=30)


class Verification(models.Model):
    """复核: somebody checked a published text against the versions it cites. Not the same as editing it."""

    class Outcome(models.TextChoices):
        HOLDS = "holds", gettext_noop("仍然适用")
        CHANGES = "changes", gettext_noop("改了再用")
        NO_LONGER = "no_longer", gettext_noop("不再适用")

    precedent = models.ForeignKey(Precedent, on_delete=models.PROTECT, related_name="verifications")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="verifications")
    by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=64)
    on = models.DateField()
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.HOLDS)
    note = models.CharField(max_length=500, blank=True, default="")
    versions_seen = models.ManyToManyField(PolicyVersion, blank=True, related_name="+")

    class Meta:
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.precedent} {self.on} {self.by_name}"


class DoubtQuerySet(models.QuerySet["Doubt"]):
    def open(self) -> "DoubtQuerySet":
        return self.filter(resolved_at=None)

    def told(self) -> "DoubtQuerySet":
        """Open points that the signal names. What a policy or the calendar did it reads off their dates itself."""
        return self.open().exclude(kind__in=[DoubtKind.POLICY, DoubtKind.REVIEW_DUE])

    def due(self, *, on: dt.date) -> "DoubtQuerySet":
        """Open points that count on that day: a change that is far ahead is a task already, and no doubt yet."""
        return self.open().filter(Q(from_on__isnull=True) | Q(from_on__lte=on + SOON))


class Doubt(models.Model):
    """存疑点: one point of a published text that somebody has to verify again, with the reason; a task of its owner."""

    precedent = models.ForeignKey(Precedent, on_delete=models.PROTECT, related_name="doubts")
    # SET_NULL: the point stays even if the citation goes with a discarded draft.
    citation = models.ForeignKey(Citation, null=True, blank=True, on_delete=models.SET_NULL, related_name="doubts")
    reason = models.CharField(max_length=500)
    kind = models.CharField(max_length=12, choices=DoubtKind, default=DoubtKind.NOTED)
    # The clause that was relied on and the one that took its place, for reading them side by side.
    old_clause = models.ForeignKey(Clause, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    new_clause = models.ForeignKey(Clause, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The day of the change that it is about; null: at once.
    from_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        Verification, null=True, blank=True, on_delete=models.PROTECT, related_name="resolves"
    )

    objects = DoubtQuerySet.as_manager()

    class Meta:
        ordering = ["opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["precedent", "reason"], condition=Q(resolved_at__isnull=True), name="uq_doubt_open_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class UnresolvedCitation(models.Model):
    """未解决的引用: words of a text that cite something which the library cannot find, for somebody to settle."""

    class Why(models.TextChoices):
        UNKNOWN_POLICY = "unknown_policy", gettext_noop("库里没有这部政策")
        AMBIGUOUS = "ambiguous", gettext_noop("对得上不止一部")
        WRONG_NUMBER = "wrong_number", gettext_noop("文号和标题不是一对")
        NO_SUCH_CLAUSE = "no_such_clause", gettext_noop("这一版没有这一条")

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="unresolved_citations")
    words = models.CharField(max_length=300)
    why = models.CharField(max_length=16, choices=Why)
    # What it may be: a sentence that names the candidates.
    hint = models.CharField(max_length=500, blank=True, default="")
    opened_at = models.DateTimeField()
    opened_by_name = models.CharField(max_length=64)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by_name = models.CharField(max_length=64, blank=True, default="")
    closed_how = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "words"], condition=Q(closed_at__isnull=True), name="uq_unresolvedcitation_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.words}：{self.get_why_display()}"
