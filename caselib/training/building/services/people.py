"""合编人 and the department that keeps a pack."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import RuleBroken
from caselib.core.text import clean
from caselib.orgs.models import Department, Membership, User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.visibility import Audience

from ...access import INVITED, TRAINERS
from ...choices import VersionState
from ...models import Pack, PackEditor
from ..limits import MOST_EDITORS
from .holding import kept_pack_held


@transaction.atomic
def pack_editor_add(pack: Pack, username: str, *, scope: ViewerScope, now: dt.datetime | None = None) -> PackEditor:
    """Lets somebody write along. Done twice it changes nothing.

    `username`: of an account in use that is a trainer, editor, reviewer or administrator somewhere; anybody else is refused in the same
    words, so that no account can be guessed at. Raises RuleBroken, NotVisible, NotAllowed. Writes PackEditor, AuditEvent pack.editors_set.
    """
    held = kept_pack_held(pack, scope)
    user = User.objects.filter(username=clean(username).strip()[:64], is_active=True, client=None).first()
    roles = [role.value for role in INVITED]
    if user is None or not Membership.objects.filter(user=user, role__in=roles).exists():
        raise RuleBroken(
            gettext("没有加：没有这个账号，或者它不是培训、编辑、审核或管理员的账号。看看账号写对没有。"),
            code="no_such_account",
            field="username",
        )
    if found := held.editors.filter(user=user).first():
        return found
    if held.editors.count() >= MOST_EDITORS:
        raise RuleBroken(
            gettext("没有加：最多 {most} 个合编人。").format(most=MOST_EDITORS), code="too_many", field="username"
        )
    return _editor(held, user, scope, now)


def _editor(pack: Pack, user: User, scope: ViewerScope, now: dt.datetime | None) -> PackEditor:
    actor = User.objects.get(pk=scope.user_id)
    made = PackEditor.objects.create(pack=pack, user=user, added_at=now or clock.now(), added_by_name=str(actor)[:64])
    record(Action.PACK_EDITORS_SET, pack, actor=actor, after={"added": user.username})
    return made


@transaction.atomic
def pack_editor_remove(pack: Pack, username: str, *, scope: ViewerScope) -> bool:
    """Somebody writes along no more; what they wrote stays. False where nobody of that name did.

    Raises NotVisible, NotAllowed. Writes AuditEvent pack.editors_set.
    """
    held = kept_pack_held(pack, scope)
    found = held.editors.select_related("user").filter(user__username=username).first()
    if found is None:
        return False
    found.delete()
    actor = User.objects.get(pk=scope.user_id)
    record(Action.PACK_EDITORS_SET, held, actor=actor, before={"removed": username})
    return True


@transaction.atomic
def pack_hand_over(
    pack: Pack, department: int, *, stays: bool, scope: ViewerScope, now: dt.datetime | None = None
) -> Pack:
    """Gives a pack to another department; `stays`: who gives it away writes along from now on.

    Raises RuleBroken for a department without anybody who trains, while a version waits for its check, and for a published pack that
    only its own department or region reads; NotVisible, NotAllowed. Writes Pack, PackEditor, AuditEvent pack.editors_set.
    """
    held = kept_pack_held(pack, scope)
    if held.owner_department_id == department:
        return held
    _refuse_to_hand_over(held)
    to = departments_to_hand_to(held).filter(pk=department).first()
    if to is None:
        raise RuleBroken(
            gettext("没有移交：选一个有培训老师或者管理员的部门。"), code="no_department", field="department"
        )
    before = held.owner_department.name
    held.owner_department = to
    held.save(update_fields=["owner_department"])
    actor = User.objects.get(pk=scope.user_id)
    record(Action.PACK_EDITORS_SET, held, actor=actor, before={"department": before}, after={"department": to.name})
    if stays and not held.editors.filter(user=actor).exists():
        _editor(held, actor, scope, now)
    return held


def _refuse_to_hand_over(pack: Pack) -> None:
    if pack.versions.filter(state=VersionState.SUBMITTED).exists():
        raise RuleBroken(
            gettext("没有移交：有一版在等审核。审完或者撤回以后再移交。"), code="waits_for_check", field="department"
        )
    if pack.live_version_id is not None and pack.audience != Audience.LIBRARY:
        raise RuleBroken(
            gettext("没有移交：它只给本部门或本区域看，换了部门，正在学的人就看不到了。请新部门复制一份。"),
            code="audience_fixed",
            field="department",
        )


def departments_to_hand_to(pack: Pack) -> QuerySet[Department]:
    """Departments in use, other than the owning one, with somebody who trains. Unevaluated."""
    trained = Membership.objects.filter(role__in=[role.value for role in TRAINERS], user__is_active=True)
    found = Department.objects.filter(is_active=True, pk__in=trained.values("department"))
    return found.exclude(pk=pack.owner_department_id).select_related("region")
