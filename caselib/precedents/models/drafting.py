"""What stands beside a draft: the text of who saved second."""

from django.conf import settings
from django.db import models

from .revision import Revision

USER = settings.AUTH_USER_MODEL


class SiblingDraft(models.Model):
    """并存稿: what somebody typed into a text that somebody else had saved meanwhile. Nothing is merged by itself.

    `typed` is the form as it was sent, name to list of values, so that what breaks a rule is kept as well.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="siblings")
    typed = models.JSONField(default=dict)
    # The lock that the form was read at.
    based_on = models.PositiveIntegerField()
    # Of the window that wrote it: its next save goes into the same row.
    window = models.CharField(max_length=32, blank=True, default="")
    author = models.ForeignKey(USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=64)
    saved_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by_name = models.CharField(max_length=64, blank=True, default="")
    closed_how = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        ordering = ["saved_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "author", "window"],
                condition=models.Q(closed_at__isnull=True),
                name="uq_siblingdraft_open_window",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author_name} 的并存稿"
