from django.db import models
from django.db.models import Q


class DirtyMark(models.Model):
    """One object that a cache has to look at again. `wanted` counts changes, `done` the last one worked off."""

    topic = models.CharField(max_length=32)
    object_id = models.BigIntegerField()
    wanted = models.BigIntegerField(default=1)
    done = models.BigIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True, default="")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["topic", "object_id"], name="uq_dirtymark_topic_object"),
            models.CheckConstraint(condition=Q(done__lte=models.F("wanted")), name="ck_dirtymark_done_lte_wanted"),
        ]
        indexes = [
            models.Index(fields=["topic"], name="ix_dirtymark_pending", condition=Q(wanted__gt=models.F("done"))),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.object_id}: {self.done}/{self.wanted}"


class CalendarDays(models.QuerySet["CalendarDay"]):
    def live(self) -> "CalendarDays":
        """Those that nobody withdrew, in the order in which they were entered: a later one of the same day holds."""
        return self.filter(withdrawn_at=None).order_by("entered_at", "pk")


class CalendarDay(models.Model):
    """What a hall said of one day: worked on, or not. Nothing is written over: a later row of a day covers the earlier ones.

    `name`: the festival (国庆节、中秋节); `source`: where it stands (文号 or title of the notice); `entry`: the same for the days that
    were entered together, made with the form, so that a button that is pressed twice enters them once.
    """

    entry = models.CharField(max_length=12)
    on = models.DateField()
    is_working = models.BooleanField()
    name = models.CharField(max_length=32, blank=True, default="")
    source = models.CharField(max_length=120)
    entered_at = models.DateTimeField()
    # Names as the trail has them: `core` knows no accounts.
    entered_by = models.CharField(max_length=64, blank=True, default="")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = CalendarDays.as_manager()

    class Meta:
        ordering = ["on", "entered_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["entry", "on"], name="uq_calendarday_entry_on")]

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} {'上班' if self.is_working else '放假'}"
