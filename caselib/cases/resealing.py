"""Seals everything with the first key of CASELIB_TICKET_KEYS, so that an older one may be taken off the list."""

from dataclasses import dataclass

from django.db import models, transaction

from caselib.audit.actions import Action
from caselib.audit.services import record_many

from .models import Ticket, TicketEntry, TicketImport, TicketStep
from .sealing import SealedForGood, is_sealed_with_first, sealed_anew

_COLUMNS: tuple[tuple[type[models.Model], str], ...] = (
    (Ticket, "sealed_text"),
    (TicketEntry, "sealed_what"),
    (TicketStep, "sealed_words"),
    (TicketImport, "sealed_rows"),
)
_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Resealed:
    """`closed`: how many no key opens; they stay as they are."""

    done: int
    closed: int


def tickets_reseal() -> Resealed:
    """Seals anew what another key than the first sealed. May be broken off and called again.

    What somebody saves meanwhile wins. Writes the sealed columns, AuditEvent ticket.resealed for each ticket touched.
    """
    done = closed = 0
    touched: set[int] = set()
    for model, column in _COLUMNS:
        keys = list(model._default_manager.exclude(**{column: ""}).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(keys), _AT_ONCE):
            tickets, failed, count = _batch(model, column, keys[start : start + _AT_ONCE])
            touched |= tickets
            closed, done = closed + failed, done + count
    rows = list(Ticket.objects.filter(pk__in=touched).order_by("pk")) if touched else []
    record_many(Action.TICKET_RESEALED, rows, after=[{}] * len(rows))
    return Resealed(done, closed)


@transaction.atomic
def _batch(model: type[models.Model], column: str, keys: list[int]) -> tuple[set[int], int, int]:
    """(tickets touched, how many no key opens, how many were sealed anew)."""
    tickets, failed, count = set(), 0, 0
    for row in model._default_manager.filter(pk__in=keys):
        token = getattr(row, column)
        if is_sealed_with_first(token):
            continue
        try:
            anew = sealed_anew(token)
        except SealedForGood:
            failed += 1
            continue
        count += model._default_manager.filter(pk=row.pk, **{column: token}).update(**{column: anew})
        if model is not TicketImport:
            tickets.add(row.pk if model is Ticket else row.ticket_id)
    return tickets, failed, count
