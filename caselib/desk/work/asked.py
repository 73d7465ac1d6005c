"""Lanes of what people asked: the gaps that somebody took, and the consultations."""

import datetime as dt

from django.db.models import F
from django.urls import reverse

from caselib.consulting.waiting import consultations_waiting
from caselib.orgs.scope import ViewerScope
from caselib.precedents.points import due_of
from caselib.search.gaps.waiting import gaps_taken_waiting

from .line import SHOWN, Line


def gaps_taken(scope: ViewerScope, on: dt.date) -> tuple[Line, ...]:
    """What the viewer took, what is due first at the top."""
    rows = gaps_taken_waiting(scope).order_by(F("due_on").asc(nulls_last=True), "pk")[:SHOWN]
    return tuple(
        Line(
            row.question,
            reverse("search:gaps:gap", args=[row.pk]),
            f"{row.times} 人记过，{row.get_urgency_display()}",
            due_of(row.due_on, on=on),
        )
        for row in rows
    )


def consultations(scope: ViewerScope, on: dt.date) -> tuple[Line, ...]:
    """One line for each consultation, whichever of the viewer's departments it waits for."""
    rows = consultations_waiting(scope).select_related("consultation__department", "department")
    lines: dict[int, Line] = {}
    # Twice as many: a person of two departments may find one consultation under both.
    for row in rows.order_by("consultation__due_on", "consultation", "-is_lead", "pk")[: 2 * SHOWN]:
        asked = row.consultation
        what = "等您部门下结论" if row.is_lead else "等您部门答复"
        address = reverse("consulting:consultation", args=[asked.code])
        note = f"{asked.department} 提请，{what}"
        lines.setdefault(asked.pk, Line(_short(asked.question), address, note, due_of(asked.due_on, on=on)))
    return tuple(lines.values())[:SHOWN]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 80 else f"{line[:79]}…"
