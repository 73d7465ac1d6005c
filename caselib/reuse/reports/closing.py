"""Deeds upon a precedent that answer reports as well: an approval, a way back on view, a check. Each is one transaction."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from caselib.core import clock
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.deciding import revision_approve
from caselib.precedents.models import Precedent, Revision, Verification
from caselib.precedents.verifying import Noted, Told, check_noted
from caselib.precedents.visibility import PrecedentStatus
from caselib.precedents.withholding import precedent_restore_view, reason_kept

from ..models import UNANSWERED, Report, ReportKind, ReportState
from .answering import report_answered


@transaction.atomic
def revision_approve_answering(
    revision: Revision, *, reviewer: User, now: dt.datetime | None = None, **decision: Any
) -> Precedent:
    """`revision_approve`; the reports for which the revision was begun, and 涉隐私 that kept it off view, are answered with it.

    The reporters are told by their own page. Raises and writes what `revision_approve` does; AuditEvents report.answered.
    """
    now = now or clock.now()
    was_off = Precedent.objects.filter(pk=revision.precedent_id, status=PrecedentStatus.WITHHELD).exists()
    precedent = revision_approve(revision, reviewer=reviewer, now=now, **decision)
    begun_for = Q(draft=revision.pk)
    if was_off:
        begun_for |= Q(kind=ReportKind.PRIVACY)
    for report in _unanswered(precedent).filter(begun_for):
        answer = f"第 {revision.number} 版改好了，已经审核通过。"
        fixed = Revision.objects.get(pk=revision.pk)
        report_answered(report, ReportState.ACCEPTED, answer=answer, by=reviewer, now=now, fixed_in=fixed)
    return precedent


@transaction.atomic
def restore_view_answering(
    precedent: Precedent, *, reason: str, actor: User, now: dt.datetime | None = None
) -> Precedent:
    """`precedent_restore_view`; the reports of 涉隐私 are answered with the reason: nothing had to change.

    Raises and writes what `precedent_restore_view` does; AuditEvents report.answered.
    """
    now = now or clock.now()
    restored = precedent_restore_view(precedent, reason=reason, actor=actor, now=now)
    for report in _unanswered(restored).filter(kind=ReportKind.PRIVACY):
        answer = f"核查过，没有个人信息，已恢复上架：{reason_kept(reason)}"
        report_answered(report, ReportState.DECLINED, answer=answer, by=actor, now=now)
    return restored


@transaction.atomic
def check_noted_answering(
    precedent: Precedent, told: Told, *, scope: ViewerScope, by: User, now: dt.datetime | None = None
) -> Noted:
    """`check_noted`; where it closes the point that uses opened, the report of 照办未成 is answered with what was found.

    Raises and writes what `check_noted` does; AuditEvents report.answered.
    """
    now = now or clock.now()
    noted = check_noted(precedent, told, scope=scope, by=by, now=now)
    outcome = Verification.Outcome(noted.verification.outcome)
    for report in _unanswered(precedent).filter(kind=ReportKind.FAILED, doubt__resolved_at__isnull=False):
        answer = "：".join(filter(None, [f"复核过，{outcome.label}", noted.verification.note]))
        report_answered(report, ReportState.DECLINED, answer=answer, by=by, now=now)
    return noted


def _unanswered(precedent: Precedent) -> QuerySet[Report]:
    rows = Report.objects.select_for_update(of=("self",)).filter(precedent=precedent, state__in=UNANSWERED)
    return rows.order_by("pk")
