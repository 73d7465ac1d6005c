from django.conf import settings
from django.db import models
from django.db.models import Q

from caselib.catalog.models import Matter
from caselib.policies.models import Policy


class Follow(models.Model):
    """关注: a policy or a matter whose changes somebody wants to hear of.

    `since_event`: key of the newest AuditEvent when it began; what happened up to there makes no notice.
    """

    # CASCADE on all sides: a follow says something about the account only, and nothing of the library.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")
    policy = models.ForeignKey(Policy, null=True, blank=True, on_delete=models.CASCADE, related_name="follows")
    matter = models.ForeignKey(Matter, null=True, blank=True, on_delete=models.CASCADE, related_name="follows")
    created_at = models.DateTimeField()
    since_event = models.BigIntegerField()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(policy__isnull=False, matter__isnull=True) | Q(policy__isnull=True, matter__isnull=False),
                name="ck_follow_one_thing",
            ),
            models.UniqueConstraint(fields=["user", "policy"], name="uq_follow_user_policy"),
            models.UniqueConstraint(fields=["user", "matter"], name="uq_follow_user_matter"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.policy or self.matter}"


class Reading(models.Model):
    """How far somebody has read: high-water marks over the keys of AuditEvent, which only grow.

    An event gets its key under the lock of AuditHead, so that none with a lower key appears once a higher one is there.
    """

    # CASCADE: it says something about the account only.
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reading")
    # Up to which event notices are read.
    seen_event = models.BigIntegerField(default=0)
    # Up to which event a mail told of.
    # How much waited for the reader at the last mail, by kind of caselib.waiting: more of a kind is something new.
    mailed_waiting = models.JSONField(default=dict, blank=True)
    digested_event = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.user}: {self.seen_event}, {self.digested_event}"
