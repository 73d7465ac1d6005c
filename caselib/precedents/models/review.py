"""What reviewers said about a text."""

from django.conf import settings
from django.db import models

from .revision import Revision

USER = settings.AUTH_USER_MODEL


class ReviewDecision(models.Model):
    """审核意见: who decided what about the text with which digest."""

    class Verdict(models.TextChoices):
        APPROVE = "approve", "通过"
        RETURN = "return", "退回修改"
        REJECT = "reject", "不予通过"

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="decisions")
    reviewer = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reviewer_name = models.CharField(max_length=64)
    verdict = models.CharField(max_length=8, choices=Verdict)
    comment = models.CharField(max_length=1000, blank=True, default="")
    digest_seen = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.reviewer_name} {self.get_verdict_display()} {self.revision}"
