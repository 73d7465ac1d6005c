"""紧急下架: what tells of a person is off view at once, comes back by a second person, and can be erased from old texts.

Nothing is asked of the index: every surface asks the database who may see a row, and the row says at once that nobody may.
"""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.marks import mark_dirty
from caselib.core.personal_data import mask
from caselib.core.text import clean
from caselib.orgs.models import User

from .content import content_of
from .models import Precedent
from .privacy import hits_of
from .services import TOPIC, name_of
from .visibility import READABLE, PrecedentStatus

LONGEST = 500


@transaction.atomic
def precedent_withhold(precedent: Precedent, *, reason: str, actor: User, now: dt.datetime | None = None) -> Precedent:
    """Takes a precedent off view at once, for everybody but those who write and review it; it keeps its number.

    The second of two finds it done. Raises RuleBroken without a reason, StaleState for what readers cannot reach anyway.
    Writes AuditEvent precedent.withheld; marks the index dirty.
    """
    reason = reason_kept(reason)
    was = Precedent.objects.select_for_update(of=("self",)).get(pk=precedent.pk)
    if was.status == PrecedentStatus.WITHHELD:
        return was
    won = Precedent.objects.filter(pk=precedent.pk, status__in=READABLE).update(
        status=PrecedentStatus.WITHHELD,
        withheld_reason=reason,
        withheld_at=now or clock.now(),
        withheld_by=actor,
        withheld_by_name=name_of(actor),
        lock_version=F("lock_version") + 1,
    )
    if not won:
        raise StaleState(gettext("这个案例不在读者能看到的地方，没有再改动。"))
    mark_dirty(TOPIC, [precedent.pk])
    record(
        Action.PRECEDENT_WITHHELD,
        was,
        actor=actor,
        before={"status": was.status},
        after={"status": str(PrecedentStatus.WITHHELD), "reason": reason},
    )
    return Precedent.objects.get(pk=precedent.pk)


@transaction.atomic
def precedent_restore_view(
    precedent: Precedent, *, reason: str, actor: User, now: dt.datetime | None = None
) -> Precedent:
    """Brings a withheld precedent back as it is, when it was a false alarm; what was out of use is out of use again.

    One whose text was cleaned comes back by approving the revision instead. Raises RuleBroken without a reason, for who
    took it off view, and while something in it blocks; StaleState when it is not withheld any more.
    Writes AuditEvent precedent.restored; marks the index dirty.
    """
    reason = reason_kept(reason)
    was = Precedent.objects.select_for_update(of=("self",)).select_related("live_revision").get(pk=precedent.pk)
    if was.status != PrecedentStatus.WITHHELD:
        raise StaleState(gettext("这个案例已经不是下架状态，没有再改动。"))
    if was.withheld_by_id is not None and was.withheld_by_id == actor.pk:
        raise RuleBroken(gettext("是您下架的，恢复上架要由另一个人定。"), code="four_eyes", field="actor")
    if any(hit.blocks for hit in hits_of(content_of(was.live_revision), precedent=was)):
        message = "文字里还有个人信息，不能原样恢复。改好、审核通过，就会重新上架。"
        raise RuleBroken(message, code="personal_data", field="reason")
    status = status_on_view(was, on=clock.day_of(now or clock.now()))
    Precedent.objects.filter(pk=was.pk).update(status=status, lock_version=F("lock_version") + 1, **CLEARED)
    mark_dirty(TOPIC, [was.pk])
    before = {"status": was.status, "reason": was.withheld_reason, "by": was.withheld_by_name}
    record(Action.PRECEDENT_RESTORED, was, actor=actor, before=before, after={"status": str(status), "reason": reason})
    return Precedent.objects.get(pk=was.pk)


CLEARED = {"withheld_reason": "", "withheld_at": None, "withheld_by": None, "withheld_by_name": ""}


def status_on_view(precedent: Precedent, *, on: dt.date) -> PrecedentStatus:
    """What readers see of it once it is on view: what was taken out of use stays so. 1 query."""
    if precedent.retired_reason:
        return PrecedentStatus.RETIRED
    has_open_points = precedent.doubts.due(on=on).exists()
    return PrecedentStatus.NEEDS_REVERIFICATION if has_open_points else PrecedentStatus.PUBLISHED


def reason_kept(typed: str) -> str:
    """A reason as it is stored: one paragraph without personal data. Raises RuleBroken for none or a long one."""
    reason = mask(" ".join(clean(typed).split()))
    if not reason:
        raise RuleBroken(gettext("写一句为什么，接手的人才知道。"), code="required", field="reason")
    if len(reason) > LONGEST:
        raise RuleBroken(
            gettext("原因最多 {longest} 字，现在 {count} 字。").format(longest=LONGEST, count=len(reason)),
            code="too_long",
            field="reason",
        )
    return reason
