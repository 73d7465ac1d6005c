"""What one person keeps for the own work: favourites, private notes, folders, what was opened last.

None of it is part of the library. It is in no index, in no export and, but for shared folders, in no trail.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from caselib.core.ids import new_code
from caselib.orgs.models import Department
from caselib.precedents.models import Precedent

LONGEST_NOTE = 2000
LONGEST_REMARK = 200
LONGEST_NAME = 40
LONGEST_DESCRIPTION = 300


class Favourite(models.Model):
    """收藏: a precedent that somebody wants at hand."""

    # CASCADE on both sides: it says something about the account only, and nothing of the library.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="favourites")
    precedent = models.ForeignKey(Precedent, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "precedent"], name="uq_favourite_user_precedent")]

    def __str__(self) -> str:
        return f"{self.user} · {self.precedent_id}"


class PrivateNote(models.Model):
    """我的笔记: what somebody wrote beside a precedent for nobody else. It goes with the account."""

    # CASCADE on both sides, as with a favourite.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="private_notes")
    precedent = models.ForeignKey(Precedent, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=LONGEST_NOTE)
    changed_at = models.DateTimeField()
    # Compare-and-swap between two windows.
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-changed_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "precedent"], name="uq_privatenote_user_precedent")]

    def __str__(self) -> str:
        return f"{self.user} · {self.precedent_id}"


class Folder(models.Model):
    """资料夹: precedents in an order, each with a line. Private to its owner, or shared with one department.

    A private one has an owner and goes with the account. A shared one belongs to the department, and has a keeper as
    long as the account is there.
    """

    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    name = models.CharField(max_length=LONGEST_NAME)
    description = models.CharField(max_length=LONGEST_DESCRIPTION, blank=True, default="")
    # CASCADE: only a private folder has an owner, and says something about the account only.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="own_folders"
    )
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="shared_folders"
    )
    # SET_NULL: what is shared stays with the department when an account goes.
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="kept_folders"
    )
    keeper_name = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    lock_version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=False, department__isnull=True, keeper__isnull=True)
                | Q(owner__isnull=True, department__isnull=False),
                name="ck_folder_private_or_shared",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        return self.department_id is not None


class FolderItem(models.Model):
    """A precedent in a folder. `position` counts from 0 without gaps; kept by `personal.folders`."""

    folder = models.ForeignKey(Folder, on_delete=models.CASCADE, related_name="items")
    # CASCADE: a line about a precedent says nothing without it.
    precedent = models.ForeignKey(Precedent, on_delete=models.CASCADE, related_name="+")
    remark = models.CharField(max_length=LONGEST_REMARK, blank=True, default="")
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["folder", "precedent"], name="uq_folderitem_folder_precedent")]

    def __str__(self) -> str:
        return f"{self.folder} · {self.precedent_id}"


class RecentOpening(models.Model):
    """最近打开: when somebody opened a precedent last. No more than 30 for an account; written beside the page."""

    # CASCADE on both sides, as with a favourite.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recent_openings")
    precedent = models.ForeignKey(Precedent, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "precedent"], name="uq_recentopening_user_precedent")]

    def __str__(self) -> str:
        return f"{self.user} · {self.precedent_id}"
