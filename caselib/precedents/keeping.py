"""Keeping a published text true: points to check again, checks, and taking it out of use. Each is atomic and audited.

Like `services`, none asks who may do it: callers ask `access` first.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record, record_many
from caselib.core import clock, workdays
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.marks import mark_dirty
from caselib.core.personal_data import mask
from caselib.orgs.models import User
from caselib.policies.models import Clause, PolicyVersion, RelationKind

from .content import content_of
from .models import Citation, Doubt, DoubtKind, Precedent, Revision, Verification
from .privacy import refuse_personal
from .services import REVERIFY_AFTER, TOPIC, name_of, refuse_retired, revision_start, set_status
from .visibility import FINDABLE, PrecedentStatus
from .withholding import reason_kept

BATCH = 500

# Working days from noting a point to the day by which its owner should have checked it: two weeks of work. 14 days of the
# calendar leave four working days over the holidays of October, and the desk counts in working days.
DUE_IN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What has to be checked again: a full sentence. `old_clause` and `new_clause`: the rule before and after.

    `from_on`: the day of the change, None where it is at once.
    """

    reason: str
    kind: str = DoubtKind.NOTED
    citation: Citation | None = None
    old_clause: Clause | None = None
    new_clause: Clause | None = None
    from_on: dt.date | None = None


@transaction.atomic
def precedent_doubt(
    precedent: Precedent,
    *,
    reason: str,
    actor: User | None,
    citation: Citation | None = None,
    now: dt.datetime | None = None,
) -> Doubt:
    """Notes a point of a published text that has to be verified again and shows it at once; twice the same, one point.

    Raises RuleBroken for a text that is not published or was retired. Writes Doubt, AuditEvent precedent.doubted; marks
    the index dirty.
    """
    if precedent.live_revision_id is None:
        raise RuleBroken(gettext("还没有发布的案例不用复核，直接改草稿。"), code="not_published", field="status")
    refuse_retired(precedent)
    points_open({precedent.pk: [Point(reason=reason, citation=citation)]}, actor=actor, now=now)
    precedent.refresh_from_db(fields=["status", "lock_version"])
    return Doubt.objects.get(precedent=precedent, reason=reason, resolved_at=None)


@transaction.atomic
def points_open(
    points: Mapping[int, Sequence[Point]], *, actor: User | None, now: dt.datetime | None = None
) -> dict[int, int]:
    """Opens points on many published precedents at once, by key; one that is open already is left as it is.

    A change that is far ahead is a task at once, and changes the status when it is near (`stale.flag`).
    Returns how many were opened on each. About 8 queries for each 500 precedents. Writes Doubt, one AuditEvent
    precedent.doubted for each precedent; marks the index dirty.
    """
    now = now or clock.now()
    opened: dict[int, int] = {}
    keys = sorted(points)
    for start in range(0, len(keys), BATCH):
        # Two who open the same points wait for each other, in one order: the second finds those of the first.
        rows = Precedent.objects.filter(pk__in=keys[start : start + BATCH], status__in=FINDABLE)
        batch = {row.pk: row for row in rows.select_for_update().order_by("pk")}
        known = set(Doubt.objects.filter(precedent__in=batch, resolved_at=None).values_list("precedent_id", "reason"))
        fresh = [
            _task(precedent, point, actor=actor, now=now)
            for pk, precedent in batch.items()
            for point in {point.reason: point for point in points[pk]}.values()
            if (pk, point.reason) not in known
        ]
        Doubt.objects.bulk_create(fresh)
        counts = Counter(doubt.precedent_id for doubt in fresh)
        due = Doubt.objects.due(on=clock.day_of(now)).filter(precedent__in=counts)
        moved = Precedent.objects.filter(pk__in=due.values("precedent"), status=PrecedentStatus.PUBLISHED)
        moved.update(status=PrecedentStatus.NEEDS_REVERIFICATION, lock_version=F("lock_version") + 1)
        record_many(
            Action.PRECEDENT_DOUBTED,
            [batch[pk] for pk in counts],
            actor=actor,
            after=[{"reasons": [mask(doubt.reason) for doubt in fresh if doubt.precedent_id == pk]} for pk in counts],
        )
        mark_dirty(TOPIC, list(counts))
        opened |= counts
    return opened


def point_due(opened_on: dt.date, from_on: dt.date | None, *, calendar: workdays.Calendar | None = None) -> dt.date:
    """By when a point is to be checked. `from_on`: the day of the change that it is about; `calendar`: other than that of now."""
    due = (calendar or workdays.current()).after_working_days(opened_on, DUE_IN)
    return max(due, from_on or dt.date.min)


def _task(precedent: Precedent, point: Point, *, actor: User | None, now: dt.datetime) -> Doubt:
    """An open point, not stored yet; due in ten working days, or on the day of the change if that is later."""
    return Doubt(
        precedent=precedent,
        **{name: getattr(point, name) for name in point.__slots__},
        due_on=point_due(clock.day_of(now), point.from_on),
        opened_at=now,
        opened_by=actor,
    )


@transaction.atomic
def precedent_verify(
    precedent: Precedent, *, by: User, note: str, digest_seen: str | None = None, now: dt.datetime | None = None
) -> Verification:
    """Notes that the live text still holds against the versions that it cites, and closes its open points.

    `digest_seen`: of the text that was read. Raises RuleBroken for a text that is not published, StaleState when
    another text went live meanwhile. Writes Verification, AuditEvent precedent.verified; marks the index dirty.
    """
    now = now or clock.now()
    _refuse_leaky(precedent)
    verification = _check_noted(
        precedent, Verification.Outcome.HOLDS, by=by, note=note, digest_seen=digest_seen, now=now
    )
    precedent.doubts.filter(resolved_at=None).update(resolved_at=now, resolved_by=verification)
    Precedent.objects.filter(pk=precedent.pk).update(reverify_due_on=clock.day_of(now) + REVERIFY_AFTER)
    set_status(precedent, PrecedentStatus.PUBLISHED, only_from=(PrecedentStatus.NEEDS_REVERIFICATION,))
    mark_dirty(TOPIC, [precedent.pk])
    return verification


@transaction.atomic
def precedent_needs_changes(
    precedent: Precedent, *, by: User, note: str, digest_seen: str | None = None, now: dt.datetime | None = None
) -> Revision:
    """Notes that the live text holds with changes, and opens the draft in which they are made; the points stay open.

    Raises RuleBroken without a note or for a text that is not published, StaleState when another text went live or
    somebody has a draft open. Writes Verification, the draft, AuditEvents.
    """
    if not note.strip():
        raise RuleBroken(gettext("写一句要改哪里，改的人才知道。"), code="required", field="note")
    _check_noted(
        precedent, Verification.Outcome.CHANGES, by=by, note=note, digest_seen=digest_seen, now=now or clock.now()
    )
    return revision_start(precedent, author=by)


@transaction.atomic
def precedent_no_longer_holds(
    precedent: Precedent,
    *,
    by: User,
    note: str,
    successor: Precedent | None = None,
    digest_seen: str | None = None,
    now: dt.datetime | None = None,
) -> Precedent:
    """Notes that the live text does not hold any more, closes its points and takes it out of use, with a successor.

    Raises what `precedent_retire` raises. Writes Verification, AuditEvents; marks the index dirty.
    """
    now = now or clock.now()
    outcome = Verification.Outcome.NO_LONGER
    verification = _check_noted(precedent, outcome, by=by, note=note, digest_seen=digest_seen, now=now)
    precedent.doubts.filter(resolved_at=None).update(resolved_at=now, resolved_by=verification)
    return precedent_retire(precedent, reason=note, actor=by, successor=successor)


def _refuse_leaky(precedent: Precedent) -> None:
    """A point about personal data is closed by a text without it, not by looking at it."""
    if precedent.doubts.open().filter(kind=DoubtKind.PRIVACY).exists():
        live = Revision.objects.get(live_for=precedent)
        refuse_personal(content_of(live), precedent=precedent)


def _check_noted(
    precedent: Precedent, outcome: str, *, by: User, note: str, digest_seen: str | None, now: dt.datetime
) -> Verification:
    """One check of the live text against the versions that it cites."""
    # Whoever publishes or checks the same precedent waits: a check is of one text, and there is one.
    precedent = Precedent.objects.select_for_update(of=("self",)).select_related("live_revision").get(pk=precedent.pk)
    if precedent.status not in FINDABLE or precedent.live_revision is None:
        raise RuleBroken(gettext("只有在库的案例能复核。"), code="not_published", field="status")
    if digest_seen is not None and digest_seen != precedent.live_revision.content_digest:
        raise StaleState(gettext("您看的不是现在的文字，有人刚发布了新的一版。没有记复核，打开新的一版再看一遍。"))
    verification = Verification.objects.create(
        precedent=precedent,
        revision=precedent.live_revision,
        by=by,
        by_name=name_of(by),
        on=clock.day_of(now),
        outcome=outcome,
        note=note.strip(),
    )
    verification.versions_seen.set(_versions_to_see(precedent.live_revision))
    record(Action.PRECEDENT_VERIFIED, precedent, actor=by, after={"outcome": str(outcome), "note": mask(note.strip())})
    return verification


def _versions_to_see(revision: Revision) -> QuerySet[PolicyVersion]:
    """What a check of this text is a check against: the versions that it cites, those that follow them, and later rules."""
    cited = PolicyVersion.objects.filter(citations__revision=revision)
    following = Q(policy__versions__in=cited, effective_from__gt=F("policy__versions__effective_from"))
    heirs = Q(policy__related_from__policy__versions__in=cited, policy__related_from__kind=RelationKind.SUCCESSOR)
    return PolicyVersion.objects.filter(Q(pk__in=cited) | following | heirs).distinct()


@transaction.atomic
def precedent_retire(
    precedent: Precedent, *, reason: str, actor: User, successor: Precedent | None = None
) -> Precedent:
    """Takes a precedent out of use (出库): it stays readable at its address and leaves lists and search.

    Raises RuleBroken without a reason or with itself as successor, StaleState when it is not in the library any more.
    Writes AuditEvent precedent.retired; marks the index dirty.
    """
    if not reason.strip():
        raise RuleBroken(gettext("出库要写明原因。"), code="required", field="reason")
    reason = reason_kept(reason)
    if successor is not None and successor.pk == precedent.pk:
        raise RuleBroken(gettext("替代的案例不能是它自己。"), code="own_successor", field="successor")
    won = Precedent.objects.filter(pk=precedent.pk, status__in=FINDABLE).update(
        status=PrecedentStatus.RETIRED,
        retired_reason=reason,
        replaced_by=successor,
        lock_version=F("lock_version") + 1,
    )
    if not won:
        raise StaleState(gettext("这个案例已经不在库里了，没有再改动。"))
    precedent.refresh_from_db()
    record(
        Action.PRECEDENT_RETIRED,
        precedent,
        actor=actor,
        after={"reason": mask(reason), "successor": str(successor or "")},
    )
    mark_dirty(TOPIC, [precedent.pk])
    return precedent
