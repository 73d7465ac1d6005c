"""The lane of answers that a trainer has to mark."""

import datetime as dt

from django.urls import reverse

from caselib.orgs.scope import ViewerScope
from caselib.training.people.waiting import answers_waiting

from .line import SHOWN, Line


def answers_to_mark(scope: ViewerScope, on: dt.date) -> tuple[Line, ...]:
    """What waited longest first."""
    rows = answers_waiting(scope).select_related("text", "attempt__enrolment__user")
    return tuple(
        Line(row.text.stem[:80], f"{reverse('training:people:marking')}#a{row.pk}", f"{row.attempt.enrolment.user}答的")
        for row in rows.order_by("attempt__submitted_at", "pk")[:SHOWN]
    )
