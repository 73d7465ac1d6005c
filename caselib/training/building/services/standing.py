"""归档 and 恢复: a pack that is not to be begun any more. Who has begun it reads on, and reads why."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import RuleBroken
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope

from ...choices import PackStatus, VersionState
from ...models import Pack
from ..limits import LONGEST_REASON
from ..typed import line_kept
from .holding import kept_pack_held


@transaction.atomic
def pack_archive(pack: Pack, reason: str, *, scope: ViewerScope, now: dt.datetime | None = None) -> Pack:
    """Takes a pack out of use. Done twice it changes nothing; lessons, results and certificates stay.

    Raises RuleBroken without a reason and while a version waits for its check, NotVisible, NotAllowed. Writes Pack, AuditEvent
    pack.archived.
    """
    held = kept_pack_held(pack, scope)
    if held.status == PackStatus.ARCHIVED:
        return held
    reason = line_kept(reason, name="归档的理由", field="reason", longest=LONGEST_REASON, required=True)
    if held.versions.filter(state=VersionState.SUBMITTED).exists():
        raise RuleBroken(
            gettext("没有归档：有一版在等审核。审完或者撤回以后再归档。"), code="waits_for_check", field="reason"
        )
    before = {"state": held.get_status_display()}
    held.status, held.archived_at, held.archived_reason = PackStatus.ARCHIVED, now or clock.now(), reason
    held.save(update_fields=["status", "archived_at", "archived_reason"])
    actor = User.objects.get(pk=scope.user_id)
    record(Action.PACK_ARCHIVED, held, actor=actor, before=before, after={"reason": reason})
    return held


@transaction.atomic
def pack_restore(pack: Pack, *, scope: ViewerScope) -> Pack:
    """Takes it into use again: published where it was, a draft where it was none. Done twice it changes nothing.

    Raises NotVisible, NotAllowed. Writes Pack, AuditEvent pack.restored.
    """
    held = kept_pack_held(pack, scope)
    if held.status != PackStatus.ARCHIVED:
        return held
    held.status = PackStatus.PUBLISHED if held.live_version_id else PackStatus.DRAFT
    held.archived_at, held.archived_reason = None, ""
    held.save(update_fields=["status", "archived_at", "archived_reason"])
    actor = User.objects.get(pk=scope.user_id)
    record(Action.PACK_RESTORED, held, actor=actor, after={"state": held.get_status_display()})
    return held
