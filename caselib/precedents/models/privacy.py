"""What the privacy gate remembers: findings that two people hold for no personal data, and files that passed it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_noop

from caselib.core.ids import new_code

from .precedent import Precedent

USER = settings.AUTH_USER_MODEL


class PrivacyOverride(models.Model):
    """不是个人信息: one finding, claimed by one person and decided by another. What was found is not kept, only its mark.

    `mark` is a salted digest of the words, `field` the part of the text that they stood in.
    """

    class Decision(models.TextChoices):
        ASKED = "asked", gettext_noop("待定")
        ALLOWED = "allowed", gettext_noop("可以留")
        REFUSED = "refused", gettext_noop("要改掉")

    precedent = models.ForeignKey(Precedent, on_delete=models.PROTECT, related_name="privacy_overrides")
    kind = models.CharField(max_length=32)
    field = models.CharField(max_length=32)
    mark = models.CharField(max_length=64)
    claim = models.CharField(max_length=300)
    claimed_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    claimed_by_name = models.CharField(max_length=64)
    claimed_at = models.DateTimeField()
    decision = models.CharField(max_length=8, choices=Decision, default=Decision.ASKED)
    reason = models.CharField(max_length=300, blank=True, default="")
    decided_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_by_name = models.CharField(max_length=64, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["claimed_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["precedent", "kind", "mark"], name="uq_privacyoverride_finding"),
            models.CheckConstraint(condition=~Q(decided_by=F("claimed_by")), name="ck_privacyoverride_second_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} {self.field} {self.kind}"


class Attachment(models.Model):
    """附件: a picture or document that belongs to a precedent, as it left the gate: decoded, cleaned, written anew."""

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    precedent = models.ForeignKey(Precedent, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=100)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    # What the gate wants a person to know: a picture that nobody could read, for instance.
    warnings = models.JSONField(default=list, blank=True)
    uploaded_by = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    uploaded_by_name = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["uploaded_at", "pk"]

    def __str__(self) -> str:
        return self.name


class AttachmentData(models.Model):
    """The bytes, in a table of their own so that no list reads them, and in the database so that one way leads to them."""

    # CASCADE: bytes mean nothing without what they are; attachments themselves are only ever marked as removed.
    attachment = models.OneToOneField(Attachment, on_delete=models.CASCADE, primary_key=True, related_name="stored")
    data = models.BinaryField()
    # What can be read in it, as the gate saw it: looked through again when the rules change.
    text = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return str(self.attachment_id)


class PrivacyScan(models.Model):
    """One look through the whole library by one set of rules; `done_up_to` is the last precedent that was looked at."""

    rules = models.CharField(max_length=64, unique=True)
    done_up_to = models.BigIntegerField(default=0)
    scanned = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["started_at", "pk"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d} {self.scanned}"
