"""What came of following a precedent, and what readers say of its text."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_noop

from caselib.orgs.models import Department
from caselib.precedents.models import Doubt, Precedent, Revision

USER = settings.AUTH_USER_MODEL


class Outcome(models.TextChoices):
    """What came of following a precedent. 成了 counts as reuse; the others tell where it does not carry."""

    WORKED = "worked", gettext_noop("照此办成")
    ADAPTED = "adapted", gettext_noop("变通办成")
    NOT_APPLICABLE = "not_applicable", gettext_noop("情形不同")
    FAILED = "failed", gettext_noop("照办未成")


SUCCESSES = (Outcome.WORKED, Outcome.ADAPTED)


class ReuseRecord(models.Model):
    """复用登记: one use of a precedent at a counter, by whom, in which department, and how it went."""

    precedent = models.ForeignKey(Precedent, on_delete=models.PROTECT, related_name="reuse_records")
    # The text that was read, which may have been followed by another one since.
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    # SET_NULL: the use stays counted when an account is closed.
    user = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=16, choices=Outcome)
    # Why, or what was done differently; without personal data.
    note = models.CharField(max_length=300, blank=True, default="")
    # Where it differed or failed ("applies_when:2"), and what stood there: the same words are the same point wherever they move.
    point = models.CharField(max_length=24, blank=True, default="")
    point_mark = models.CharField(max_length=32, blank=True, default="")
    # 办件编号 as it may be shown, and a salted mark by which the same one counts once.
    case_shown = models.CharField(max_length=16, blank=True, default="")
    case_mark = models.CharField(max_length=64, blank=True, default="")
    # The form that was sent: sent twice it is one record.
    nonce = models.CharField(max_length=32, blank=True, default="")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="ck_reuserecord_outcome"),
            models.UniqueConstraint(
                fields=["precedent", "case_mark"],
                condition=Q(undone_at__isnull=True) & ~Q(case_mark=""),
                name="uq_reuserecord_case",
            ),
            models.UniqueConstraint(
                fields=["precedent", "user", "outcome", "nonce"],
                condition=Q(undone_at__isnull=True) & ~Q(nonce=""),
                name="uq_reuserecord_form",
            ),
        ]
        indexes = [models.Index(fields=["precedent", "outcome"], name="ix_reuserecord_outcome")]

    def __str__(self) -> str:
        return f"{self.precedent} {self.get_outcome_display()} {self.at:%Y-%m-%d}"


class ReportKind(models.TextChoices):
    """What is wrong with a section; the last is said by uses, not by a reader."""

    OUTDATED = "outdated", gettext_noop("过期")
    WRONG = "wrong", gettext_noop("有误")
    UNCLEAR = "unclear", gettext_noop("说不清")
    PRIVACY = "privacy", gettext_noop("涉隐私")
    FAILED = "failed", gettext_noop("照办未成")


# What a reader chooses from.
TOLD_BY_READERS = (ReportKind.OUTDATED, ReportKind.WRONG, ReportKind.UNCLEAR, ReportKind.PRIVACY)


class ReportState(models.TextChoices):
    OPEN = "open", gettext_noop("等处理")
    TAKEN = "taken", gettext_noop("处理中")
    ACCEPTED = "accepted", gettext_noop("已改好")
    DECLINED = "declined", gettext_noop("不改")
    # What uses said was taken back before anybody acted on it.
    WITHDRAWN = "withdrawn", gettext_noop("已撤销")


UNANSWERED = (ReportState.OPEN, ReportState.TAKEN)


class Report(models.Model):
    """纠错: something is wrong with a section of a text, as one or several people found; a task of its owner with a due date."""

    precedent = models.ForeignKey(Precedent, on_delete=models.PROTECT, related_name="reports")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    section = models.CharField(max_length=24)
    kind = models.CharField(max_length=12, choices=ReportKind)
    # Of 照办未成 alone: the point, its mark and the doubt that the signal names.
    point = models.CharField(max_length=24, blank=True, default="")
    point_mark = models.CharField(max_length=32, blank=True, default="")
    doubt = models.ForeignKey(Doubt, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    due_on = models.DateField()
    state = models.CharField(max_length=12, choices=ReportState, default=ReportState.OPEN)
    taken_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    taken_by_name = models.CharField(max_length=64, blank=True, default="")
    # The revision that was begun because of it; its approval answers the report.
    draft = models.ForeignKey(Revision, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports")
    fixed_in = models.ForeignKey(Revision, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=500, blank=True, default="")
    answered_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    answered_by_name = models.CharField(max_length=64, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ReportState.values), name="ck_report_state"),
            models.CheckConstraint(condition=Q(kind__in=ReportKind.values), name="ck_report_kind"),
            models.UniqueConstraint(
                fields=["revision", "section", "kind", "point_mark"],
                condition=Q(state__in=["open", "taken"]),
                name="uq_report_unanswered",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "declined"]) | Q(answered_at__isnull=False),
                name="ck_report_answered_at",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="ix_report_state_due")]

    def __str__(self) -> str:
        return f"{self.precedent} {self.get_kind_display()}"


class ReportFiling(models.Model):
    """One person's word for a report, or of 照办未成 one use. `text` is without personal data, and empty for 涉隐私."""

    # CASCADE: a word is part of its report, which is never deleted.
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="filings")
    # SET_NULL with the name kept: who took something off view is answerable for it.
    user = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="+")
    user_name = models.CharField(max_length=64)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=500, blank=True, default="")
    # Whether it took the precedent off view.
    took_off = models.BooleanField(default=False)
    use = models.ForeignKey(ReuseRecord, null=True, blank=True, on_delete=models.PROTECT, related_name="filings")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "user"], condition=Q(use__isnull=True), name="uq_reportfiling_person"
            ),
            models.UniqueConstraint(fields=["report", "use"], name="uq_reportfiling_use"),
        ]
        indexes = [models.Index(fields=["user", "at"], name="ix_reportfiling_user")]

    def __str__(self) -> str:
        return f"{self.report} {self.user_name}"
