"""Points that uses at the counter opened: the signal names them until somebody checks the text, or the uses are taken back."""

import datetime as dt

from django.db import transaction

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.marks import mark_dirty
from caselib.orgs.models import User

from .keeping import Point, points_open
from .models import Doubt, DoubtKind, Precedent
from .services import TOPIC, set_status
from .visibility import PrecedentStatus
from .withholding import status_on_view


@transaction.atomic
def use_point_open(precedent: Precedent, *, reason: str, now: dt.datetime) -> Doubt:
    """Opens the point that uses of this precedent point at; one that is open already is left as it is.

    Call it with the precedent locked and in use. Writes what `points_open` writes.
    """
    points_open({precedent.pk: [Point(reason=reason, kind=DoubtKind.REPORTED)]}, actor=None, now=now)
    return Doubt.objects.get(precedent=precedent, reason=reason, resolved_at=None)


@transaction.atomic
def use_point_withdraw(doubt: Doubt, *, actor: User | None, now: dt.datetime | None = None) -> Doubt:
    """Closes a point because what opened it was taken back; the signal follows where no other point is open.

    Nothing where it is closed already. Writes AuditEvent precedent.point_withdrawn; marks the index dirty.
    """
    now = now or clock.now()
    precedent = Precedent.objects.select_for_update(of=("self",)).get(pk=doubt.precedent_id)
    if Doubt.objects.filter(pk=doubt.pk, resolved_at=None).update(resolved_at=now):
        status = status_on_view(precedent, on=clock.day_of(now))
        if status == PrecedentStatus.PUBLISHED:
            set_status(precedent, status, only_from=(PrecedentStatus.NEEDS_REVERIFICATION,))
        mark_dirty(TOPIC, [precedent.pk])
        record(Action.POINT_WITHDRAWN, precedent, actor=actor, before={"reason": doubt.reason})
    doubt.refresh_from_db()
    return doubt
