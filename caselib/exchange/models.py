"""A file between its dry run and its import: what it says, row by row, and what would become of each row."""

from django.db import models
from django.utils.translation import gettext_noop

from caselib.core.ids import new_code
from caselib.orgs.models import Department, User


class ImportBatch(models.Model):
    """One file that somebody brought. Kept for seven days at the most; who made it and the own administrators see it."""

    class Form(models.TextChoices):
        SHEET = "sheet", "Excel"
        LINES = "lines", "JSON Lines"

    class State(models.TextChoices):
        STAGED = "staged", gettext_noop("预检过，没有导入")
        DONE = "done", gettext_noop("已导入")
        DISCARDED = "discarded", gettext_noop("没有导入，作废")

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    # CASCADE: it is gone in a week, and what it brought in stays.
    maker = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="+")
    region_name = models.CharField(max_length=64, blank=True, default="")
    form = models.CharField(max_length=8, choices=Form)
    file_name = models.CharField(max_length=120, blank=True, default="")
    file_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=State, default=State.STAGED)
    # Whether personal data is replaced by its kind.
    is_masked = models.BooleanField(default=False)
    # Sentences about the file as a whole.
    told = models.JSONField(default=list)
    # Of the columns in Excel, by heading.
    letters = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    plan_digest = models.CharField(max_length=64, default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    lock_version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["staged", "done", "discarded"]), name="ck_importbatch_state"
            ),
        ]

    def __str__(self) -> str:
        return f"导入 {self.code}"


class ImportRow(models.Model):
    """One row. `raw` is what stood in the file, emptied when it was imported or given up."""

    class Kind(models.TextChoices):
        REFUSED = "refused", gettext_noop("不能导入")
        CREATED = "created", gettext_noop("新建")
        UPDATED = "updated", gettext_noop("修订")
        UNCHANGED = "unchanged", gettext_noop("不变")

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Kind)
    external_id = models.CharField(max_length=128, blank=True, default="")
    title = models.CharField(max_length=120, blank=True, default="")
    raw = models.JSONField(default=dict)
    # [place, sentence] each.
    problems = models.JSONField(default=list)
    remarks = models.JSONField(default=list)
    # Headings of what would be changed.
    changes = models.JSONField(default=list)
    is_personal = models.BooleanField(default=False)
    outcome = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["line"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "line"], name="uq_importrow_batch_line"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["refused", "created", "updated", "unchanged"]), name="ck_importrow_kind"
            ),
        ]
        indexes = [models.Index(fields=["batch", "kind", "line"], name="ix_importrow_batch_kind")]

    def __str__(self) -> str:
        return f"{self.batch} 第 {self.line} 行"
