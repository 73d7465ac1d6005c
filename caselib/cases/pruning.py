"""Deletes what tickets say when its purpose is over (个人信息保护法第四十七条).

The row stays: code, department, matter, days, stages with who and when, causes, so that statistics hold and a precedent
can say 来源工单已按期删除. Of the source's number a hash stays, so that importing an old file does not bring it back.
"""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from caselib.audit.actions import Action
from caselib.audit.services import record_many

from .models import Stage, Ticket, TicketEntry, TicketImport, TicketStep

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many went, or would go."""

    tickets: int
    imports: int


def tickets_due(*, now: dt.datetime) -> QuerySet[Ticket]:
    """Archived more than CASELIB_TICKET_DAYS days ago, and not emptied yet."""
    before = now - dt.timedelta(days=settings.CASELIB_TICKET_DAYS)
    return Ticket.objects.filter(stage=Stage.ARCHIVED, archived_at__lt=before, pruned_at=None)


def imports_due(*, now: dt.datetime) -> QuerySet[TicketImport]:
    """Staged rows whose day is over, and what is left of finished imports."""
    return TicketImport.objects.filter(expires_at__lte=now)


def tickets_prune(*, now: dt.datetime, dry_run: bool = False) -> Pruned:
    """Empties tickets that are due and deletes staged imports that are over. Twice does nothing more.

    Writes Ticket, TicketStep; deletes TicketEntry, TicketImport; AuditEvent ticket.pruned, ticket.import_pruned.
    """
    if dry_run:
        return Pruned(tickets_due(now=now).count(), imports_due(now=now).count())
    tickets = 0
    while emptied := _emptied(now):
        tickets += emptied
    return Pruned(tickets, _imports_deleted(now))


@transaction.atomic
def _emptied(now: dt.datetime) -> int:
    """Empties the next 500 and says how many."""
    rows = list(tickets_due(now=now).select_for_update().order_by("pk")[:_AT_ONCE])
    keys = [ticket.pk for ticket in rows]
    Ticket.objects.filter(pk__in=keys).update(
        sealed_text="", title="", source_number="", matter_words="", pruned_at=now
    )
    TicketEntry.objects.filter(ticket__in=keys).delete()
    TicketStep.objects.filter(ticket__in=keys).update(sealed_words="")
    record_many(Action.TICKET_PRUNED, rows, after=[{}] * len(rows))
    return len(rows)


@transaction.atomic
def _imports_deleted(now: dt.datetime) -> int:
    rows = list(imports_due(now=now).select_for_update().defer("sealed_rows").order_by("pk"))
    record_many(Action.TICKET_IMPORT_PRUNED, rows, after=[{}] * len(rows))
    TicketImport.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)
