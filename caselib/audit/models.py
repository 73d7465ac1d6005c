from django.conf import settings
from django.db import models

# Stands in `AuditEvent.account` of what nobody did.
NO_ACCOUNT = "-"


class AuditEvent(models.Model):
    """One deed, for ever: who did what to what, before and after. Each row carries the hash of the row before it."""

    at = models.DateTimeField()
    # SET_NULL: deleting an account must delete neither content nor trail; the name stays as it was.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(max_length=150)
    # The key of the account, which stays in the hash when the account goes; empty in events of before it was noted.
    account = models.CharField(max_length=20, blank=True, default="")
    action = models.CharField(max_length=64, db_index=True)
    object_type = models.CharField(max_length=64)
    object_id = models.CharField(max_length=64)
    object_label = models.CharField(max_length=200, blank=True, default="")
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    request_id = models.CharField(max_length=32, blank=True, default="")
    ip = models.CharField(max_length=45, blank=True, default="")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["pk"]
        # What the auditor's page filters by; the order is that of the key, which every index holds beside its columns.
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="ix_auditevent_object"),
            models.Index(fields=["object_type"], name="ix_auditevent_type"),
            models.Index(fields=["at"], name="ix_auditevent_at"),
            models.Index(fields=["actor_name"], name="ix_auditevent_name"),
            models.Index(fields=["request_id"], name="ix_auditevent_request"),
            models.Index(fields=["ip"], name="ix_auditevent_ip"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action} {self.object_type} {self.object_id}"


class AuditHead(models.Model):
    """The end of the chain: a single row that every writer locks, so that no two events follow the same one."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="ck_audithead_single")]

    def __str__(self) -> str:
        return "哈希链"
