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
