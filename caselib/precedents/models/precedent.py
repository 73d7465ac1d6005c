"""A precedent with its number, and the series that numbers come from."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from caselib.catalog.models import Matter, MatterTheme
from caselib.core.ids import new_code
from caselib.orgs.models import Department, Region

from ..choices import AdminLevel, Kind, Tier
from ..visibility import Audience, PrecedentQuerySet, PrecedentStatus


class Precedent(models.Model):
    """先例／案例: one solved case with its permanent number. What it says is in its revisions."""

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    # 入库编号, given at first publication and never used again: region code, year, department code, serial.
    number = models.CharField(max_length=32, unique=True, null=True, blank=True)
    external_id = models.CharField(max_length=128, unique=True, null=True, blank=True)
    owner_department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="precedents")
    audience = models.CharField(max_length=12, choices=Audience, default=Audience.LIBRARY)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.PRECEDENT)
    tier = models.CharField(max_length=12, choices=Tier, default=Tier.REFERENCE)
    # 典型案例: who conferred it and when; empty for the rest.
    tier_conferred_by = models.CharField(max_length=100, blank=True, default="")
    tier_conferred_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=24, choices=PrecedentStatus, default=PrecedentStatus.DRAFT)
    # PROTECT: the text that readers see cannot be deleted below them.
    live_revision = models.OneToOneField(
        "Revision", null=True, blank=True, on_delete=models.PROTECT, related_name="live_for"
    )
    replaced_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces")
    retired_reason = models.CharField(max_length=500, blank=True, default="")
    withheld_reason = models.CharField(max_length=500, blank=True, default="")
    withheld_at = models.DateTimeField(null=True, blank=True)
    # Who took it off view: another person brings it back.
    withheld_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    withheld_by_name = models.CharField(max_length=64, blank=True, default="")
    # The source ticket, by its code: the ticket is deleted when its time is over, and the text stays.
    origin_ticket = models.CharField(max_length=12, blank=True, default="", db_index=True)
    reverify_due_on = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    lock_version = models.PositiveIntegerField(default=0)
    # Copies of the live revision's (before publication the draft's) columns, for browsing; kept by precedents.services.
    matter = models.ForeignKey(Matter, null=True, blank=True, on_delete=models.PROTECT, related_name="precedents")
    theme = models.ForeignKey(MatterTheme, null=True, blank=True, on_delete=models.PROTECT, related_name="precedents")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="precedents")
    admin_level = models.CharField(max_length=4, choices=AdminLevel, blank=True, default="")
    applies_until = models.DateField(null=True, blank=True, db_index=True)
    # How often it was used with success; kept by precedents.services.precedent_reuse_counted.
    reuse_count = models.PositiveIntegerField(default=0)

    objects = PrecedentQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PrecedentStatus.values), name="ck_precedent_status"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "in_review"])
                | Q(live_revision__isnull=False, number__isnull=False, published_at__isnull=False),
                name="ck_precedent_published_has_live_revision",
            ),
            models.CheckConstraint(condition=~Q(replaced_by=F("id")), name="ck_precedent_not_replaced_by_itself"),
            models.CheckConstraint(
                condition=~Q(tier="exemplary") | ~Q(tier_conferred_by=""), name="ck_precedent_exemplary_conferred"
            ),
            models.CheckConstraint(
                condition=~Q(status="withheld") | Q(withheld_at__isnull=False), name="ck_precedent_withheld_since"
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-published_at"], name="ix_precedent_status_published"),
            models.Index(fields=["status", "-reuse_count"], name="ix_precedent_status_reuse"),
        ]

    def __str__(self) -> str:
        return self.number or f"草稿 {self.code}"


class NumberSeries(models.Model):
    """The last serial given out for a region, year and department; rows are never deleted, so numbers are never reused."""

    region_code = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    department_code = models.CharField(max_length=6)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["region_code", "year", "department_code"], name="uq_numberseries"),
        ]

    def __str__(self) -> str:
        return f"{self.region_code}-{self.year}-{self.department_code}: {self.last}"
