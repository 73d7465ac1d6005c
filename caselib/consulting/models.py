"""A consultation, the departments that were asked, and everything that was said, each word with who said it.

What was said is never changed: who thinks better says it again.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_noop

from caselib.catalog.models import Matter
from caselib.core.ids import new_code
from caselib.orgs.models import Department
from caselib.precedents.models import Precedent
from caselib.search.models import KnowledgeGap, Urgency

USER = settings.AUTH_USER_MODEL


class Consultation(models.Model):
    """会商. `gap`, `precedent`, `ticket_code`: what it came from, if anything. `draft`: the precedent begun from its result."""

    class State(models.TextChoices):
        OPEN = "open", gettext_noop("会商中")
        CLOSED = "closed", gettext_noop("有结论")
        WITHDRAWN = "withdrawn", gettext_noop("已撤回")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    question = models.TextField()
    matter = models.ForeignKey(Matter, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.NORMAL)
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    lock_version = models.PositiveIntegerField(default=0)
    gap = models.ForeignKey(
        KnowledgeGap, null=True, blank=True, on_delete=models.SET_NULL, related_name="consultations"
    )
    precedent = models.ForeignKey(Precedent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # The source ticket, by its code: the ticket is deleted when its time is over.
    ticket_code = models.CharField(max_length=12, blank=True, default="")
    draft = models.ForeignKey(Precedent, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # SET_NULL with the name kept: closing an account never deletes what it asked.
    asked_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    asked_by_name = models.CharField(max_length=64)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "due_on"], name="ix_consultation_state_due"),
            models.Index(fields=["asked_by", "-asked_at"], name="ix_consultation_asked_by"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "closed", "withdrawn"]), name="ck_consultation_state"
            ),
            models.CheckConstraint(
                condition=Q(urgency__in=["normal", "soon", "waiting"]), name="ck_consultation_urgency"
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(closed_at__isnull=False), name="ck_consultation_closed_at"
            ),
        ]

    def __str__(self) -> str:
        return f"会商 {self.code}"


class Party(models.Model):
    """A department that was asked. Exactly one of a consultation leads (牵头), the others join in (协同)."""

    class State(models.TextChoices):
        WAITING = "waiting", gettext_noop("等答复")
        ANSWERED = "answered", gettext_noop("已答复")
        PASSED = "passed", gettext_noop("不归我们")

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="parties")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="consulted")
    is_lead = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    # Counts what the department said: who answers says what was there to be read.
    lock_version = models.PositiveIntegerField(default=0)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["consultation", "-is_lead", "pk"]
        indexes = [models.Index(fields=["department", "state"], name="ix_party_department_state")]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "department"], name="uq_party_department"),
            models.UniqueConstraint(fields=["consultation"], condition=Q(is_lead=True), name="uq_party_one_lead"),
            models.CheckConstraint(condition=Q(state__in=["waiting", "answered", "passed"]), name="ck_party_state"),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(answered_at__isnull=False), name="ck_party_answered_at"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department}（{'牵头' if self.is_lead else '协同'}）"


class Saying(models.Model):
    """One thing that was said, in its place. `words`, `basis`: masked; `owner`: who is responsible, of 不归我们.

    `is_late`: said after the day by which it was due.
    """

    class Kind(models.TextChoices):
        ANSWER = "answer", gettext_noop("答复")
        PASS = "pass", gettext_noop("不归我们")
        LEAD = "lead", gettext_noop("改牵头部门")
        CONCLUSION = "conclusion", gettext_noop("结论")
        WITHDRAWAL = "withdrawal", gettext_noop("撤回")

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="sayings")
    kind = models.CharField(max_length=12, choices=Kind)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=64)
    at = models.DateTimeField()
    words = models.TextField(blank=True, default="")
    basis = models.CharField(max_length=500, blank=True, default="")
    owner = models.CharField(max_length=100, blank=True, default="")
    is_late = models.BooleanField(default=False)

    class Meta:
        ordering = ["consultation", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["answer", "pass", "lead", "conclusion", "withdrawal"]), name="ck_saying_kind"
            ),
            models.UniqueConstraint(
                fields=["consultation"], condition=Q(kind="conclusion"), name="uq_saying_one_conclusion"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consultation} {self.get_kind_display()}"
