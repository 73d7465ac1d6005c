"""What a feed tells: the newest precedents that its system may see, and those that it could see until they went."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.catalog.models import Matter
from caselib.connect.clients.secrets_kept import digest_of
from caselib.connect.hooks.models import FeedAddress
from caselib.connect.showing import line_outgoing
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent, Revision
from caselib.precedents.selectors import PrecedentRow, rows_of
from caselib.precedents.visibility import PrecedentStatus, q_withheld_from

from .secrets_made import is_secret

MOST = 50
_WENT = {PrecedentStatus.RETIRED: Action.PRECEDENT_RETIRED, PrecedentStatus.WITHHELD: Action.PRECEDENT_WITHHELD}
_GONE_WORDS = {PrecedentStatus.RETIRED: "已出库", PrecedentStatus.WITHHELD: "已下架"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One precedent in a feed. `gone`: 已出库 or 已下架 of one that went, which is told without any text; empty for others."""

    precedent: Precedent
    updated: dt.datetime
    gone: str = ""
    title: str = ""
    gist: str = ""
    signal: str = ""
    matter: str = ""


def feed_address(secret: str) -> FeedAddress | None:
    """The address with that secret, revoked ones too; by digest, so that timing tells nothing. 1 query."""
    if not is_secret(secret):
        return None
    rows = FeedAddress.objects.select_related("client__account", "client__department")
    return rows.filter(digest=digest_of(secret)).first()


def matters_named(names: Sequence[str]) -> list[Matter]:
    """1 query."""
    return list(Matter.objects.filter(name__in=names))


def entries_for(scope: ViewerScope, *, matters: Sequence[Matter] | None = None, on: dt.date) -> list[Entry]:
    """The newest 50, the last change first. `matters`: any of these, as first or further one; None: all. 5 queries."""
    visible = _within(Precedent.objects.visible_to(scope).findable().filter(live_revision__isnull=False), matters)
    newest = list(visible.order_by("-changed_at", "-pk").values_list("pk", flat=True)[:MOST])
    rows = rows_of(Precedent.objects.filter(pk__in=newest), scope, on=on)
    entries = [_entry(row) for row in rows] + _gone(scope, matters)
    return sorted(entries, key=lambda entry: (entry.updated, entry.precedent.pk), reverse=True)[:MOST]


def _entry(row: PrecedentRow) -> Entry:
    precedent, revision = row.precedent, row.revision
    return Entry(
        precedent=precedent,
        updated=precedent.changed_at or precedent.published_at,
        title=line_outgoing(revision.title, precedent=precedent),
        gist=line_outgoing(revision.gist, precedent=precedent),
        signal="" if row.is_sample else row.signal.label,
        matter=precedent.matter.name if precedent.matter else "",
    )


def _gone(scope: ViewerScope, matters: Sequence[Matter] | None) -> list[Entry]:
    """Those that went last, by the trail, which knows when."""
    retired = Precedent.objects.visible_to(scope).filter(status=PrecedentStatus.RETIRED)
    withheld = Precedent.objects.filter(q_withheld_from(scope))
    candidates = _within(
        Precedent.objects.filter(Q(pk__in=retired.values("pk")) | Q(pk__in=withheld.values("pk"))), matters
    )
    keyed = AuditEvent.objects.filter(action__in=_WENT.values()).annotate(key=Cast("object_id", BigIntegerField()))
    events = keyed.filter(Exists(candidates.filter(pk=OuterRef("key")))).order_by("-pk")
    when: dict[tuple[int, str], dt.datetime] = {}
    for key, action, at in events.values_list("key", "action", "at")[: 2 * MOST]:
        when.setdefault((key, action), at)
    found = candidates.filter(pk__in={key for key, _ in when}).order_by()
    entries = []
    for precedent in found:
        at = when.get((precedent.pk, _WENT[PrecedentStatus(precedent.status)]))
        if at is not None:
            entries.append(Entry(precedent, at, gone=_GONE_WORDS[PrecedentStatus(precedent.status)]))
    return entries


def _within(precedents: QuerySet[Precedent], matters: Sequence[Matter] | None) -> QuerySet[Precedent]:
    if matters is None:
        return precedents
    further = Revision.more_matters.through.objects.filter(revision=OuterRef("live_revision"), matter__in=matters)
    return precedents.filter(Q(matter__in=matters) | Exists(further))
