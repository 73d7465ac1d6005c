"""Lanes of training: versions to be checked, those that were sent back, lessons whose precedent changed, answers to be marked."""

import datetime as dt

from django.db.models import F
from django.urls import reverse

from caselib.core.due import due_of
from caselib.orgs.scope import ViewerScope
from caselib.training.checking.selectors import due_on
from caselib.training.people.waiting import answers_waiting
from caselib.training.waiting import lessons_waiting, packs_returned, packs_waiting

from .line import SHOWN, Line


def packs_to_check(scope: ViewerScope, on: dt.date) -> tuple[Line, ...]:
    """The one that waits longest first."""
    rows = packs_waiting(scope).select_related("pack__owner_department").order_by("submitted_at", "pk")[:SHOWN]
    return tuple(
        Line(
            row.title,
            reverse("training:checking:version", args=[row.pack.code]),
            f"{row.last_editor_name or row.author_name} 编，第 {row.number} 版，{row.pack.owner_department}",
            due_of(due_on(row), on=on),
        )
        for row in rows
    )


def packs_sent_back(scope: ViewerScope, on: dt.date) -> tuple[Line, ...]:
    rows = packs_returned(scope).select_related("pack").prefetch_related("decisions")
    lines = []
    for row in rows.order_by("decided_at", "pk")[:SHOWN]:
        said = [decision.comment for decision in row.decisions.all() if decision.comment]
        note = f"审核人：{said[-1]}" if said else ""
        lines.append(Line(row.title, reverse("training:checking:version", args=[row.pack.code]), note))
    return tuple(lines)


def lessons_changed(scope: ViewerScope, on: dt.date) -> tuple[Line, ...]:
    """By pack, in the order of its lessons. Only who may write the pack gets here, and reads its titles anyway."""
    rows = lessons_waiting(scope).select_related("version__pack__live_version", "precedent")
    ordered = rows.annotate(of=F("version__pack")).order_by("of", "module__position", "position", "pk")
    return tuple(
        Line(
            row.title,
            f"{reverse('training:checking:changes')}?pack={row.version.pack.code}#l-{row.key}",
            f"{row.version.title}：{_what(row)}",
        )
        for row in ordered[:SHOWN]
    )


def _what(lesson) -> str:
    if lesson.precedent.status == "withheld":
        return "案例下架了"
    if lesson.precedent.status == "retired":
        return "案例停用了"
    if lesson.precedent.live_revision_id != lesson.revision_id:
        return "案例有新版"
    return "案例慎用，看看还能不能教"


def answers_to_mark(scope: ViewerScope, on: dt.date) -> tuple[Line, ...]:
    """What waited longest first."""
    rows = answers_waiting(scope).select_related("text", "attempt__enrolment__user")
    return tuple(
        Line(row.text.stem[:80], f"{reverse('training:people:marking')}#a{row.pk}", f"{row.attempt.enrolment.user}答的")
        for row in rows.order_by("attempt__submitted_at", "pk")[:SHOWN]
    )
