"""What came of checking a precedent, as one form tells it: once, for the text and the points that were read."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from caselib.core.errors import RuleBroken, StaleState
from caselib.core.personal_data import mask
from caselib.core.text import clean, library_numbers
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope

from .access import may_retire, may_verify, verifies
from .keeping import precedent_needs_changes, precedent_no_longer_holds, precedent_verify
from .models import OPEN_STATES, Precedent, Verification
from .visibility import PrecedentStatus

Outcome = Verification.Outcome
LONGEST_NOTE = 500
# A number and what may stand around it; more is no number.
LONGEST_SUCCESSOR = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A form as it was sent: `outcome`, `note` and `successor` as typed; the rest is what stood on the page that was read.

    `digest` of the text, `points` the keys of the open points, `last` the key of the last check, 0 before the first.
    """

    outcome: str
    note: str = ""
    successor: str = ""
    digest: str
    points: frozenset[int]
    last: int


@dataclass(frozen=True, slots=True)
class Noted:
    """What was written down. `closed`: how many points; `draft`: number of the revision that was opened.

    `is_repeat`: the same form came twice, and nothing was written the second time.
    """

    verification: Verification
    closed: int
    draft: int | None
    successor: Precedent | None
    is_repeat: bool = False


@transaction.atomic
def check_noted(
    precedent: Precedent, told: Told, *, scope: ViewerScope, by: User, now: dt.datetime | None = None
) -> Noted:
    """Writes down what came of a check; the second of two clicks finds what the first one wrote.

    Raises NotAllowed, RuleBroken naming the field, and StaleState when the text, its points or its checks are not those
    that were read any more. Writes what `keeping` writes. The note is stored without personal data.
    """
    locked = Precedent.objects.select_for_update(of=("self",)).select_related("owner_department", "replaced_by")
    precedent = locked.get(pk=precedent.pk)
    note = note_kept(told.note)
    newer = Verification.objects.filter(precedent=precedent, pk__gt=told.last).order_by("pk").last()
    if newer is not None and _is_same(newer, told, note=note, by=by):
        return _of(newer, precedent, is_repeat=True)
    _refuse(precedent, told, scope=scope, is_checked=newer is not None)
    _refuse_incomplete(told, note)
    seen = {"by": by, "note": note, "digest_seen": told.digest, "now": now}
    if told.outcome == Outcome.HOLDS:
        return _of(precedent_verify(precedent, **seen), precedent)
    if told.outcome == Outcome.CHANGES:
        precedent_needs_changes(precedent, **seen)
    else:
        may_retire(scope, precedent).require()
        successor = successor_named(told.successor, precedent, scope)
        precedent = precedent_no_longer_holds(precedent, successor=successor, **seen)
    return _of(precedent.verifications.order_by("-pk")[0], precedent)


def note_kept(typed: str) -> str:
    """The note as it is stored: one paragraph, without personal data."""
    return mask(" ".join(clean(typed).split()))


def _is_same(found: Verification, told: Told, *, note: str, by: User) -> bool:
    was = (found.by_id, found.outcome, found.note, found.revision.content_digest)
    return was == (by.pk, told.outcome, note, told.digest)


def _of(verification: Verification, precedent: Precedent, *, is_repeat: bool = False) -> Noted:
    draft = None
    if verification.outcome == Outcome.CHANGES:
        draft = precedent.revisions.filter(state__in=OPEN_STATES).values_list("number", flat=True).last()
    return Noted(verification, verification.resolves.count(), draft, precedent.replaced_by, is_repeat)


def _refuse(precedent: Precedent, told: Told, *, scope: ViewerScope, is_checked: bool) -> None:
    if verifies(scope, precedent) and precedent.status == PrecedentStatus.RETIRED:
        raise StaleState(gettext("您看的时候有人让这个案例出库了。没有记复核。"))
    may_verify(scope, precedent).require()
    if is_checked:
        raise StaleState(gettext("您看的时候有人复核过这个案例了。没有再记一次，先看他记的结论。"))
    if set(precedent.doubts.open().values_list("pk", flat=True)) - told.points:
        raise StaleState(gettext("您看的时候又多了要复核的点。没有记复核，把新的点也看一遍再定。"))


def _refuse_incomplete(told: Told, note: str) -> None:
    if told.outcome not in Outcome.values:
        raise RuleBroken(gettext("选一个结论，再记下。"), code="required", field="outcome")
    if told.outcome == Outcome.CHANGES and not note:
        raise RuleBroken(gettext("写一句要改哪里，改的人才知道。"), code="required", field="note")
    if told.outcome == Outcome.NO_LONGER and not note:
        raise RuleBroken(gettext("写一句为什么不再适用，拿着旧编号来的人要看。"), code="required", field="note")
    if len(note) > LONGEST_NOTE:
        raise RuleBroken(
            gettext("说明最多 {longest_note} 字，现在 {count} 字。").format(longest_note=LONGEST_NOTE, count=len(note)),
            code="too_long",
            field="note",
        )


def successor_named(typed: str, precedent: Precedent, scope: ViewerScope) -> Precedent | None:
    """The precedent of that library number or code among those in use that the viewer may see; None for nothing typed.

    Raises RuleBroken for what is not there and for the precedent itself.
    """
    wanted = clean(typed).strip()
    if not wanted:
        return None
    wanted = wanted[:LONGEST_SUCCESSOR]
    named = Q(number__in=library_numbers(wanted)[:1]) | Q(code=wanted.lower())
    found = Precedent.objects.visible_to(scope).findable().filter(named).first()
    if found is None:
        message = f"在库里没有找到“{wanted}”。写案例页上的入库编号；已出库的和草稿不能作替代。"
        raise RuleBroken(message, code="unknown_successor", field="successor")
    if found.pk == precedent.pk:
        raise RuleBroken(gettext("替代的案例不能是它自己。"), code="own_successor", field="successor")
    return found
