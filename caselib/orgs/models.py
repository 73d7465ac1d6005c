from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_noop

from caselib.core import prepared

# The root that stands for the whole country; what holds there holds in every hall.
NATION = "国家"


def ancestors_in(path: str) -> tuple[int, ...]:
    """The keys in the path of a region, from the top down to itself."""
    return tuple(int(part) for part in path.strip("/").split("/") if part)


class Region(models.Model):
    """行政区划: city, district, subdistrict. `code` is GB/T 2260 where there is one (streets and zones have none)."""

    name = models.CharField(max_length=64)
    full_name = models.CharField(max_length=128, unique=True)
    code = models.CharField(max_length=6, blank=True, default="")
    # PROTECT: a region with districts below it cannot go.
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    # Keys of all regions from the top down to this one, "/1/7/"; kept by orgs.services.region_save.
    path = models.CharField(max_length=128, db_index=True, blank=True, default="")
    code_verified = models.BooleanField(default=False)
    # One that is not active stays where it is used and is not offered any more.
    is_active = models.BooleanField(default=True)
    lock_version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="uq_region_code"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="ck_region_not_own_parent"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def ancestor_ids(self) -> tuple[int, ...]:
        """Keys from the top down to this region itself."""
        return ancestors_in(self.path)


class Department(models.Model):
    """部门. Former names stay, so that citizens' words for them still find it (工商局 → 市场监管局)."""

    code = models.CharField(max_length=6)
    name = models.CharField(max_length=64)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="departments")
    short_names = models.JSONField(default=list, blank=True)
    former_names = models.JSONField(default=list, blank=True)
    topics = models.JSONField(default=list, blank=True)
    note = models.CharField(max_length=200, blank=True, default="")
    is_active = models.BooleanField(default=True)
    # Whether training was ever assigned to it, so that the pages of all others' people ask nothing about it; kept by `departments_trained`.
    has_training = models.BooleanField(default=False)
    lock_version = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["region", "code"]
        constraints = [
            models.UniqueConstraint(fields=["region", "code"], name="uq_department_region_code"),
            models.UniqueConstraint(fields=["region", "name"], name="uq_department_region_name"),
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str) -> "User":
        return self.get(username=username)

    def get(self, *conditions: Any, **lookup: Any) -> "User":
        """As a manager's `get`. Every request asks so for who is signed in: the query by key is composed once. 1 query."""
        key = lookup.get("pk")
        if conditions or len(lookup) != 1 or type(key) is not int:
            return super().get(*conditions, **lookup)
        rows = prepared.rows_of("account", [key], shape=None, build=self._by_key, width=1)
        if not rows:
            raise self.model.DoesNotExist(f"No account has the key {key}.")
        return self.model.from_db("default", [field.attname for field in self.model._meta.concrete_fields], rows[0])

    def _by_key(self, keys: Sequence[int]) -> QuerySet:
        return self.filter(pk__in=keys).values_list(*[field.attname for field in self.model._meta.concrete_fields])


class User(AbstractBaseUser):
    """账号. There is no superuser: what somebody may do comes from memberships alone."""

    username = models.CharField(max_length=64, unique=True)
    display_name = models.CharField(max_length=64, help_text="按岗位称呼，如“窗口人员”")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    high_contrast = models.BooleanField(default=False)
    # Where the daily mail about what it follows goes; empty: no mail.
    email = models.EmailField(max_length=254, blank=True, default="")
    # How much it follows and how many searches it saved, so that pages of who has none ask nothing; kept by
    # following.services.
    follow_count = models.PositiveSmallIntegerField(default=0)

    # Whether it ever reported, filed or asked something, so that pages of who waits for no answer ask nothing; kept by who takes it in.
    has_asked = models.BooleanField(default=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.display_name or self.username


class Role(models.TextChoices):
    WINDOW = "window", gettext_noop("窗口人员")
    EDITOR = "editor", gettext_noop("编辑")
    REVIEWER = "reviewer", gettext_noop("审核")
    TRAINER = "trainer", gettext_noop("培训")
    DEPARTMENT_ADMIN = "department_admin", gettext_noop("部门管理员")
    SYSTEM_ADMIN = "system_admin", gettext_noop("系统管理员")
    SECURITY_ADMIN = "security_admin", gettext_noop("安全管理员")
    AUDIT_ADMIN = "audit_admin", gettext_noop("审计管理员")


# GB/T 22239-2019 8.1.5: the three administrators are separated, and none of them works with content.
ADMIN_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
CONTENT_ROLES = frozenset(Role) - ADMIN_ROLES


class Membership(models.Model):
    """A role of a user in a department."""

    # CASCADE: a membership says something about the account only, and goes with it.
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "department", "role"], name="uq_membership_user_department_role"),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(role__in=["system_admin", "security_admin", "audit_admin"]),
                name="uq_membership_one_admin_role",
            ),
            models.CheckConstraint(condition=Q(role__in=[role.value for role in Role]), name="ck_membership_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.department} · {self.get_role_display()}"
