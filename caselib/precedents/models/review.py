"""What reviewers said about a text."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_noop

from ..choices import Significance
from .revision import Revision

USER = settings.AUTH_USER_MODEL


class ReviewDecision(models.Model):
    """审核意见: who decided what about the text with which digest."""

    class Verdict(models.TextChoices):
        APPROVE = "approve", gettext_noop("通过")
        RETURN = "return", gettext_noop("退回修改")
        REJECT = "reject", gettext_noop("不予通过")

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="decisions")
    reviewer = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reviewer_name = models.CharField(max_length=64)
    verdict = models.CharField(max_length=8, choices=Verdict)
    comment = models.CharField(max_length=1000, blank=True, default="")
    digest_seen = models.CharField(max_length=64)
    # What was read, as `content.plain_of` writes it: a text sent back is written over, and the next reader compares.
    content_seen = models.JSONField(default=dict, blank=True)
    significance = models.CharField(max_length=12, choices=Significance, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.reviewer_name} {self.get_verdict_display()} {self.revision}"


class ReviewComment(models.Model):
    """审核批注: a remark about one section of a text, and what the author answered."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="comments")
    # The name of a field of the content; empty for the text as a whole.
    section = models.CharField(max_length=32, blank=True, default="")
    text = models.CharField(max_length=1000)
    digest_seen = models.CharField(max_length=64)
    author = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=64)
    at = models.DateTimeField()
    answer = models.CharField(max_length=1000, blank=True, default="")
    answered_by_name = models.CharField(max_length=64, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.text
