"""Writes of reuse records: one click at the counter, and the undo of a slip."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import NotAllowed, RuleBroken
from caselib.core.marks import mark_dirty
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Kind, Precedent, Revision, RevisionState
from caselib.precedents.services import TOPIC, precedent_reuse_counted
from caselib.precedents.visibility import FINDABLE

from .models import SUCCESSES, Outcome, ReuseRecord
from .points import Point, point_at
from .reports.failing import failure_noted, failure_undone
from .typed import case_kept, line_kept

# The same click of the same person within this time is one use: a double click, or a page sent twice.
SAME_USE = dt.timedelta(minutes=1)
LONGEST_NOTE = ReuseRecord._meta.get_field("note").max_length
LONGEST_NONCE = ReuseRecord._meta.get_field("nonce").max_length
# What each outcome has to say at least; where a place says it as well, the place is enough.
_WANTED = {
    Outcome.ADAPTED: "写一句改了哪里。",
    Outcome.NOT_APPLICABLE: "写一句怎么不同，或者选哪一条对不上。",
    Outcome.FAILED: "写一句卡在哪里、为什么，或者选卡在哪一处。",
}


@dataclass(frozen=True, slots=True)
class _Said:
    """What one form says, as it is stored. `revision` is the text that was read."""

    outcome: str
    note: str
    point: Point | None
    case_shown: str
    case_mark: str
    nonce: str
    revision: Revision


@transaction.atomic
def reuse_record(
    precedent: Precedent,
    *,
    scope: ViewerScope,
    outcome: str,
    note: str = "",
    point: str = "",
    case_number: str = "",
    revision: int | None = None,
    nonce: str = "",
    now: dt.datetime | None = None,
) -> ReuseRecord:
    """Notes how following the precedent went. Twice the same (form, case, or click within a minute) is one record.

    `note`: why, or what was done differently, masked; `point`: see `points`; `case_number`: kept as a mark and a few of its
    characters; `revision`: number of the text that was read, the live one if not given; `nonce`: of the form.
    Raises RuleBroken for an unknown outcome, point or case number, an outcome that says neither where nor why, what is no precedent,
    one that is not in use, and a case that was noted with another outcome or in other words; NotAllowed for who is in no department.
    Writes ReuseRecord, AuditEvent precedent.reuse_recorded; a success adds to the precedent's count, the second failure of the same
    point opens a report (`reports.failing`); marks the index dirty.
    """
    now = now or clock.now()
    _refuse(precedent, scope, outcome)
    # The row lock makes two clicks that arrive together wait for each other.
    precedent = Precedent.objects.select_for_update(of=("self",)).get(pk=precedent.pk)
    if precedent.status not in FINDABLE:
        raise RuleBroken(gettext("这个案例已经不在库里了，没有登记。"), code="not_in_use", field="status")
    read = _read(precedent, revision)
    said = _Said(
        outcome=outcome,
        note=line_kept(note, longest=LONGEST_NOTE, field="note", name="说明"),
        # Where it carried there is no point at which it did not.
        point=None if outcome == Outcome.WORKED else point_at(read, point),
        nonce="".join(each for each in nonce if each.isascii() and each.isalnum())[:LONGEST_NONCE],
        revision=read,
        **dict(zip(("case_shown", "case_mark"), case_kept(case_number), strict=True)),
    )
    _refuse_wordless(said)
    twin = _twin(precedent, said, scope=scope, now=now)
    return twin or _stored(precedent, said, scope=scope, now=now)


def _refuse(precedent: Precedent, scope: ViewerScope, outcome: str) -> None:
    if outcome not in Outcome.values:
        raise RuleBroken(gettext("没有这个结果。从四个里选一个。"), code="unknown_outcome", field="outcome")
    if precedent.kind != Kind.PRECEDENT:
        raise RuleBroken(gettext("样例和分流卡不是先例，不登记复用。"), code="no_precedent", field="kind")
    if scope.user_id is None or scope.home_department_id is None:
        raise NotAllowed(gettext("您的账号没有归到部门，不能登记复用。"))


def _refuse_wordless(said: _Said) -> None:
    """A bare 照办未成 helps nobody mend the text, whichever way it came."""
    has_place = said.point is not None and said.outcome != Outcome.ADAPTED
    if said.outcome in _WANTED and not said.note and not has_place:
        raise RuleBroken(_WANTED[Outcome(said.outcome)], code="required", field="note")


def _read(precedent: Precedent, number: int | None) -> Revision:
    """The published text of that number, the live one for any other number. 1 query."""
    published = precedent.revisions.filter(state__in=[RevisionState.APPROVED, RevisionState.SUPERSEDED])
    wanted = published.filter(Q(number=number or 0) | Q(pk=precedent.live_revision_id))
    return max(wanted, key=lambda text: (text.number == number, text.pk == precedent.live_revision_id))


def _twin(precedent: Precedent, said: _Said, *, scope: ViewerScope, now: dt.datetime) -> ReuseRecord | None:
    """The record that this one repeats. Raises RuleBroken where the case was noted with another outcome or in other words."""
    standing = ReuseRecord.objects.filter(precedent=precedent, undone_at=None)
    same = standing.filter(point=said.point.value if said.point else "", note=said.note)
    # Two cases within a minute are two uses, where a clerk works off a pile.
    same_case = same.filter(case_mark=said.case_mark) if said.case_mark else same
    again = Q(at__gt=now - SAME_USE)
    if said.nonce:
        # The form that came back by the back button and says something else is another use.
        again |= Q(nonce=said.nonce, case_mark=said.case_mark)
    twin = same_case.filter(again, user_id=scope.user_id, outcome=said.outcome).first()
    if twin is not None or not said.case_mark:
        return twin
    counted = standing.filter(case_mark=said.case_mark).first()
    if counted is None or (counted.outcome == said.outcome and (not said.note or counted.note == said.note)):
        return counted
    message = (
        f"这个办件编号已经登记过“{counted.get_outcome_display()}”，没有再记。要改，先撤销那一条；不是同一件，核对编号。"
    )
    raise RuleBroken(message, code="case_counted", field="case_number")


def _nonce_free(precedent: Precedent, said: _Said, *, scope: ViewerScope) -> str:
    """The nonce, or nothing where another record of that form stands already."""
    taken = ReuseRecord.objects.filter(precedent=precedent, undone_at=None, user_id=scope.user_id, nonce=said.nonce)
    return "" if said.nonce and taken.filter(outcome=said.outcome).exists() else said.nonce


def _stored(precedent: Precedent, said: _Said, *, scope: ViewerScope, now: dt.datetime) -> ReuseRecord:
    used = ReuseRecord.objects.create(
        precedent=precedent,
        revision=said.revision,
        user_id=scope.user_id,
        department_id=scope.home_department_id,
        outcome=said.outcome,
        note=said.note,
        point=said.point.value if said.point else "",
        point_mark=said.point.mark if said.point else "",
        case_shown=said.case_shown,
        case_mark=said.case_mark,
        nonce=_nonce_free(precedent, said, scope=scope),
        at=now,
    )
    if used.outcome in SUCCESSES:
        precedent_reuse_counted(precedent, by=1)
    if used.outcome == Outcome.FAILED:
        failure_noted(used, precedent=precedent, now=now)
        mark_dirty(TOPIC, [precedent.pk])
    after = {"outcome": used.outcome} | ({"point": used.point} if used.point else {})
    record(Action.REUSE_RECORDED, precedent, actor=used.user, after=after)
    return used


@transaction.atomic
def reuse_undo(used: ReuseRecord, *, scope: ViewerScope, now: dt.datetime | None = None) -> ReuseRecord:
    """Takes one's own record back on the day on which it was made; twice changes nothing.

    Raises NotAllowed for somebody else's, RuleBroken on a later day. A report that it opened is closed again as long as nobody
    acted on it. Writes AuditEvent precedent.reuse_undone; marks the index dirty.
    """
    now = now or clock.now()
    if used.user_id is None or used.user_id != scope.user_id:
        raise NotAllowed(gettext("只能撤销自己登记的。"))
    if used.undone_at is None and not is_undoable(used.at, on=clock.day_of(now)):
        raise RuleBroken(gettext("只能撤销当天登记的。记错了，告诉归口部门。"), code="too_late", field="record")
    precedent = Precedent.objects.select_for_update(of=("self",)).get(pk=used.precedent_id)
    won = ReuseRecord.objects.filter(pk=used.pk, undone_at=None).update(undone_at=now)
    used.refresh_from_db()
    if won:
        if used.outcome in SUCCESSES:
            precedent_reuse_counted(precedent, by=-1)
        if used.outcome == Outcome.FAILED:
            failure_undone(used, precedent=precedent, now=now)
            mark_dirty(TOPIC, [precedent.pk])
        record(Action.REUSE_UNDONE, precedent, actor=used.user, after={"outcome": used.outcome})
    return used


def is_undoable(at: dt.datetime, *, on: dt.date) -> bool:
    """Whether its own author may still take back what was recorded then: on the same day of the hall."""
    return clock.day_of(at) == on
