import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_noop

from caselib.catalog.models import Cause, Matter
from caselib.core.ids import new_code
from caselib.orgs.models import Department

from .sealing import unseal

# What a pasted ticket may hold.
TEXT_LENGTH = 20_000
TITLE_LENGTH = 80
NAME_LENGTH = 64
WORDS_LENGTH = 4_000
ENTRY_LENGTH = 1_000
PRUNED = "来源工单已按期删除"


class Channel(models.TextChoices):
    """渠道: how it reached the hall (A5)."""

    WINDOW = "window", gettext_noop("线下窗口")
    ONLINE = "online", gettext_noop("线上平台")
    HOTLINE = "12345", "12345"
    PHONE = "phone", gettext_noop("电话")
    ASSIGNED = "assigned", gettext_noop("上级交办")
    FOUND = "found", gettext_noop("主动发现")


class RequesterType(models.TextChoices):
    """诉求人: what kind, never who."""

    UNKNOWN = "", gettext_noop("没写")
    PERSON = "person", gettext_noop("自然人")
    COMPANY = "company", gettext_noop("企业")
    SOLE_TRADER = "sole_trader", gettext_noop("个体工商户")
    SOCIAL = "social", gettext_noop("社会组织")
    OFFICE = "office", gettext_noop("机关事业单位")


class FailedStage(models.TextChoices):
    """失败阶段: where it got stuck (C4)."""

    UNKNOWN = "", gettext_noop("没写")
    NOT_ACCEPTED = "not_accepted", gettext_noop("未受理")
    NOT_APPROVED = "not_approved", gettext_noop("未批准")
    NEVER_SOLVED = "never_solved", gettext_noop("多次未解决")


class Stage(models.TextChoices):
    """闭环的四步 (B1)."""

    REGISTERED = "registered", gettext_noop("受理登记")
    ANALYSED = "analysed", gettext_noop("分析研判")
    EVALUATED = "evaluated", gettext_noop("跟踪评估")
    ARCHIVED = "archived", gettext_noop("备案归档")


class Settlement(models.TextChoices):
    """办结或者提出意见: what ends the handling, and from which 反馈 has one working day (B2)."""

    NOT_YET = "", gettext_noop("还没办结")
    DONE = "done", gettext_noop("办结")
    OPINION = "opinion", gettext_noop("提出意见")


def source_key(system: str, number: str) -> str:
    """By which a ticket is known again, also when its number was deleted; empty without a number.

    It tells who knows the number that the ticket was here, and nothing to anybody else.
    """
    return hashlib.sha256(f"{system}\n{number}".encode()).hexdigest() if number else ""


class Ticket(models.Model):
    """原始工单: what a hall noted about one case. It holds personal data and is never public.

    What it says is sealed; in the open stand facts to sort by, a title and words of the matter without personal data.
    """

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="tickets")
    source_system = models.CharField(max_length=NAME_LENGTH, blank=True, default="")
    source_number = models.CharField(max_length=NAME_LENGTH, blank=True, default="")
    # `source_key()` of the two above; it outlives them.
    source_key = models.CharField(max_length=64, blank=True, default="")
    channel = models.CharField(max_length=16, choices=Channel, default=Channel.WINDOW)
    received_on = models.DateField()
    title = models.CharField(max_length=TITLE_LENGTH, blank=True, default="")
    sealed_text = models.TextField(blank=True, default="")
    requester_type = models.CharField(max_length=16, choices=RequesterType, blank=True, default="")
    # 跑动次数; None where nobody said.
    visits = models.PositiveSmallIntegerField(null=True, blank=True)
    failed_stage = models.CharField(max_length=16, choices=FailedStage, blank=True, default="")
    matter = models.ForeignKey(Matter, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets")
    matter_words = models.CharField(max_length=NAME_LENGTH, blank=True, default="")
    # 承诺时限, 实际用时: whole days, of whichever kind the source counts.
    promised_days = models.PositiveSmallIntegerField(null=True, blank=True)
    actual_days = models.PositiveSmallIntegerField(null=True, blank=True)
    is_supervised = models.BooleanField(default=False)
    stage = models.CharField(max_length=16, choices=Stage, default=Stage.REGISTERED)
    causes = models.ManyToManyField(Cause, blank=True, related_name="tickets")
    # SET_NULL, here and in TicketStep: a ticket outlives the account, which left its name.
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="tickets_registered"
    )
    registered_at = models.DateTimeField()
    # 办结 or 提出意见, the last day for 反馈 to person and window (`feedback.feedback_due`; it follows the calendar), and 反馈.
    settled_how = models.CharField(max_length=8, choices=Settlement, blank=True, default="")
    settled_at = models.DateTimeField(null=True, blank=True)
    feedback_due_on = models.DateField(null=True, blank=True)
    fed_back_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    drafted_at = models.DateTimeField(null=True, blank=True)
    pruned_at = models.DateTimeField(null=True, blank=True)
    lock_version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-received_on", "-pk"]
        indexes = [
            models.Index(fields=["department", "stage", "-received_on", "-id"], name="ix_ticket_list"),
            models.Index(fields=["stage", "archived_at"], name="ix_ticket_archived"),
            models.Index(
                fields=["department", "feedback_due_on"],
                name="ix_ticket_feedback",
                condition=Q(settled_at__isnull=False, fed_back_at__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source_system", "source_number"], condition=~Q(source_number=""), name="uq_ticket_source"
            ),
            models.UniqueConstraint(fields=["source_key"], condition=~Q(source_key=""), name="uq_ticket_source_key"),
            models.CheckConstraint(condition=Q(stage__in=[stage.value for stage in Stage]), name="ck_ticket_stage"),
            models.CheckConstraint(
                condition=Q(settled_how="", settled_at=None, feedback_due_on=None, fed_back_at=None)
                | Q(settled_how__in=["done", "opinion"], settled_at__isnull=False, feedback_due_on__isnull=False),
                name="ck_ticket_settled",
            ),
            models.CheckConstraint(
                condition=Q(stage="archived", archived_at__isnull=False)
                | (~Q(stage="archived") & Q(archived_at__isnull=True)),
                name="ck_ticket_archived_at",
            ),
            models.CheckConstraint(
                condition=Q(pruned_at__isnull=True) | Q(sealed_text="", title="", source_number=""),
                name="ck_ticket_pruned_is_empty",
            ),
        ]

    def __str__(self) -> str:
        # Goes into the trail and into logs: the code tells nothing of what the ticket says.
        return f"工单 {self.code}"

    @property
    def text(self) -> str:
        """原文, opened. Raises SealedForGood. Whoever shows it records that (`services.ticket_text_shown`)."""
        return unseal(self.sealed_text)

    @property
    def is_archived(self) -> bool:
        return self.stage == Stage.ARCHIVED

    @property
    def label(self) -> str:
        """What a list or a precedent calls it."""
        return PRUNED if self.pruned_at else self.title or "没有标题的工单"


class TicketEntry(models.Model):
    """经过: one day of the way of a ticket. What happened is sealed."""

    # CASCADE: a part of the ticket.
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="entries")
    day = models.DateField()
    who = models.CharField(max_length=NAME_LENGTH, blank=True, default="")
    sealed_what = models.TextField()
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["ticket", "day", "position", "pk"]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.day}"

    @property
    def what(self) -> str:
        """Opened. Raises SealedForGood."""
        return unseal(self.sealed_what)


class TicketStep(models.Model):
    """One step of the closed loop: who, when, and words, which are sealed."""

    # CASCADE: a part of the ticket.
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="steps")
    stage = models.CharField(max_length=16, choices=Stage)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=NAME_LENGTH, blank=True, default="")
    sealed_words = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["ticket", "at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "stage"], name="uq_ticket_step"),
            models.CheckConstraint(
                condition=Q(stage__in=[stage.value for stage in Stage]), name="ck_ticket_step_stage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.get_stage_display()}"

    @property
    def words(self) -> str:
        """Opened. Raises SealedForGood."""
        return unseal(self.sealed_words)


class TicketImport(models.Model):
    """Rows of a file that was looked through and waits for 「导入」. Sealed, and gone a day later."""

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    # CASCADE: a staged file is of no use without the account that staged it.
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    sealed_rows = models.TextField(blank=True, default="")
    staged_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    done_at = models.DateTimeField(null=True, blank=True)
    # How many rows became tickets, None before 「导入」.
    made = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-staged_at"]

    def __str__(self) -> str:
        return f"工单导入 {self.code}"
