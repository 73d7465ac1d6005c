"""Writes of regions, departments and accounts. Each is atomic and leaves one audit event."""

from collections.abc import Collection, Sequence

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core.errors import RuleBroken
from caselib.core.marks import mark_vocabulary

from .models import ADMIN_ROLES, Department, Membership, Region, Role, User


@transaction.atomic
def region_save(
    *, full_name: str, name: str, parent: Region | None, code: str = "", code_verified: bool = False, actor: User | None
) -> Region:
    """Creates or updates the region of that full name and its path. Writes AuditEvent region.saved when it changed."""
    region = Region.objects.filter(full_name=full_name).first() or Region(full_name=full_name)
    wanted = {"name": name, "parent": parent, "code": code, "code_verified": code_verified}
    if region.pk and all(getattr(region, key) == value for key, value in wanted.items()):
        return region
    if parent is not None and region.pk in parent.ancestor_ids:
        raise RuleBroken(
            gettext("“{full_name}”不能归到自己的下级“{parent}”。").format(full_name=full_name, parent=parent),
            code="region_loop",
            field="parent",
        )
    old_path = region.path
    for key, value in wanted.items():
        setattr(region, key, value)
    region.save()
    region.path = f"{parent.path if parent else '/'}{region.pk}/"
    region.save(update_fields=["path"])
    if old_path and old_path != region.path:
        for below in Region.objects.filter(path__startswith=old_path).exclude(pk=region.pk):
            below.path = region.path + below.path.removeprefix(old_path)
            below.save(update_fields=["path"])
    record(Action.REGION_SAVED, region, actor=actor, after={"name": full_name, "code": code})
    return region


@transaction.atomic
def department_save(
    *,
    region: Region,
    code: str,
    name: str,
    short_names: Sequence[str] = (),
    former_names: Sequence[str] = (),
    topics: Sequence[str] = (),
    note: str = "",
    actor: User | None,
) -> Department:
    """Creates or updates the department with that code in the region. Writes AuditEvent department.saved when it changed.

    A change marks the vocabulary: precedents are indexed under their department's names.
    """
    department = Department.objects.filter(region=region, code=code).first() or Department(region=region, code=code)
    wanted = {
        "name": name,
        "short_names": list(short_names),
        "former_names": list(former_names),
        "topics": list(topics),
        "note": note,
    }
    if department.pk and all(getattr(department, key) == value for key, value in wanted.items()):
        return department
    if department.pk:
        mark_vocabulary()
    for key, value in wanted.items():
        setattr(department, key, value)
    department.save()
    record(Action.DEPARTMENT_SAVED, department, actor=actor, after={"name": name, "code": code})
    return department


@transaction.atomic
def account_create(*, username: str, display_name: str, password: str, actor: User | None) -> User:
    """Creates an account without any role.

    Raises RuleBroken for a taken name or a weak password. Writes AuditEvent account.created.
    """
    if User.objects.filter(username=username).exists():
        raise RuleBroken(
            gettext("账号“{username}”已经有了，换一个名字。").format(username=username),
            code="username_taken",
            field="username",
        )
    user = User(username=username, display_name=display_name)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise RuleBroken(
            "密码不够安全：" + "；".join(error.messages), code="weak_password", field="password"
        ) from error
    user.set_password(password)
    user.save()
    record(Action.ACCOUNT_CREATED, user, actor=actor, after={"username": username})
    return user


def user_asked(user: int) -> None:
    """Notes that the account waits for an answer from now on. Call it in the transaction of what it asks. 1 query."""
    User.objects.filter(pk=user, has_asked=False).update(has_asked=True)


def users_asked(users: Collection[int]) -> None:
    """The same for several accounts. 1 query."""
    User.objects.filter(pk__in=users, has_asked=False).update(has_asked=True)


def departments_trained(departments: Collection[int]) -> None:
    """Notes that training was assigned to the departments, so that who is of them today or later is told. 1 query.

    Call it in the transaction of the assignment.
    """
    Department.objects.filter(pk__in=departments, has_training=False).update(has_training=True)


@transaction.atomic
def system_account_create(*, username: str, display_name: str, actor: User | None) -> User:
    """Creates an account for a program: without any role, and without a password that anybody could sign in with.

    Raises RuleBroken for a taken name. Writes AuditEvent account.created.
    """
    if User.objects.filter(username=username).exists():
        raise RuleBroken(
            gettext("账号“{username}”已经有了，换一个名字。").format(username=username),
            code="username_taken",
            field="username",
        )
    user = User(username=username, display_name=display_name)
    user.set_unusable_password()
    user.save()
    record(Action.ACCOUNT_CREATED, user, actor=actor, after={"username": username})
    return user


@transaction.atomic
def membership_grant(*, user: User, department: Department, role: Role, actor: User | None) -> Membership:
    """Gives a role in a department; a second time changes nothing.

    Raises RuleBroken where the three administrators would not stay separated, from one another and from content; an
    administrator holds that one role in one department.
    Writes AuditEvent account.membership_granted.
    """
    others = user.memberships.exclude(department=department, role=role)
    held = {Role(other) for other in others.values_list("role", flat=True)}
    if (role in ADMIN_ROLES and held) or held & ADMIN_ROLES:
        raise RuleBroken(
            gettext("“{user}”已有其他角色。系统、安全、审计三个管理员要分开，也不兼业务角色。").format(user=user),
            code="roles_not_separated",
            field="role",
        )
    membership, created = Membership.objects.get_or_create(user=user, department=department, role=role)
    if created:
        record(
            Action.MEMBERSHIP_GRANTED,
            membership,
            actor=actor,
            after={"role": role.value, "department": department.name},
        )
    return membership


def contrast_set(user: User, *, high: bool) -> None:
    """Keeps the viewer's wish for high contrast. A taste, not a deed: no audit event."""
    User.objects.filter(pk=user.pk).update(high_contrast=high)
