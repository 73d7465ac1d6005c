"""Writes of reuse records: one click at the counter, and the undo of a slip."""

import datetime as dt

from django.db import transaction

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import NotAllowed, RuleBroken
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Kind, Precedent
from caselib.precedents.services import precedent_reuse_counted
from caselib.precedents.visibility import FINDABLE

from .models import SUCCESSES, Outcome, ReuseRecord

# The same click of the same person within this time is one use: a double click, or a page sent twice.
SAME_USE = dt.timedelta(minutes=1)


@transaction.atomic
def reuse_record(
    precedent: Precedent, *, scope: ViewerScope, outcome: str, note: str = "", now: dt.datetime | None = None
) -> ReuseRecord:
    """Notes how following the precedent went. Twice the same within a minute is one record.

    Raises RuleBroken for an unknown outcome, what is no precedent, or one that is not in use; NotAllowed for who is in no department.
    Writes ReuseRecord, AuditEvent precedent.reuse_recorded; a success adds to the precedent's count.
    """
    now = now or clock.now()
    if outcome not in Outcome.values:
        raise RuleBroken("没有这个结果。从四个里选一个。", code="unknown_outcome", field="outcome")
    if precedent.kind != Kind.PRECEDENT:
        raise RuleBroken("样例和分流卡不是先例，不登记复用。", code="no_precedent", field="kind")
    if scope.user_id is None or scope.home_department_id is None:
        raise NotAllowed("您的账号没有归到部门，不能登记复用。")
    # The row lock makes two clicks that arrive together wait for each other.
    precedent = Precedent.objects.select_for_update().get(pk=precedent.pk)
    if precedent.status not in FINDABLE:
        raise RuleBroken("这个案例已经出库，不再登记复用。", code="not_in_use", field="status")
    twin = ReuseRecord.objects.filter(
        precedent=precedent, user_id=scope.user_id, outcome=outcome, undone_at=None, at__gt=now - SAME_USE
    ).first()
    if twin is not None:
        return twin
    used = ReuseRecord.objects.create(
        precedent=precedent,
        revision_id=precedent.live_revision_id,
        user_id=scope.user_id,
        department_id=scope.home_department_id,
        outcome=outcome,
        note=note.strip()[:300],
        at=now,
    )
    if used.outcome in SUCCESSES:
        precedent_reuse_counted(precedent, by=1)
    record(Action.REUSE_RECORDED, precedent, actor=used.user, after={"outcome": outcome})
    return used


@transaction.atomic
def reuse_undo(used: ReuseRecord, *, scope: ViewerScope, now: dt.datetime | None = None) -> ReuseRecord:
    """Takes one's own record back; twice changes nothing. Raises NotAllowed for somebody else's.

    Writes AuditEvent precedent.reuse_undone.
    """
    if used.user_id != scope.user_id:
        raise NotAllowed("只能撤销自己登记的。")
    won = ReuseRecord.objects.filter(pk=used.pk, undone_at=None).update(undone_at=now or clock.now())
    used.refresh_from_db()
    if won:
        if used.outcome in SUCCESSES:
            precedent_reuse_counted(used.precedent, by=-1)
        record(Action.REUSE_UNDONE, used.precedent, actor=used.user, after={"outcome": used.outcome})
    return used
