"""照办未成, twice on the same point: a report to the owner, and 慎用 with that point. Taken back in time it is closed again.

All of it happens with the precedent locked, so that eight uses in one moment open one report.
"""

import datetime as dt

from django.db.models import Max, QuerySet

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.precedents.models import Precedent, Revision
from caselib.precedents.reported import use_point_open, use_point_withdraw
from caselib.precedents.services import name_of

from ..models import UNANSWERED, Outcome, Report, ReportFiling, ReportKind, ReportState, ReuseRecord
from ..points import Point, point_marked
from .deadlines import due_of_kind
from .page_sections import SECTION_OF_POINT

# Failures that lie further back than this belong to another time.
WITHIN = dt.timedelta(days=180)
# So many different people have to have met it.
ENOUGH = 2


def failure_noted(used: ReuseRecord, *, precedent: Precedent, now: dt.datetime) -> Report | None:
    """Joins the failure to the open report about its point, or opens one where it is the second person's.

    None where the point was not named, is not in the live text any more, or was met by one person only. Call it in the
    transaction of the record, with the precedent locked. Writes Report, ReportFiling, AuditEvent report.filed, and what
    `use_point_open` writes.
    """
    report = _unanswered(precedent, used.point_mark).first() if used.point_mark else None
    if report is not None:
        _joined(report, used)
        record(
            Action.REPORT_FILED, report, actor=used.user, after={"kind": report.kind, "times": report.filings.count()}
        )
        return report
    live = Revision.objects.get(pk=precedent.live_revision_id)
    point = point_marked(live, used.point_mark)
    failures = list(_counting(precedent, used.point_mark, now=now)) if point else []
    if point is None or _people(failures) < ENOUGH:
        return None
    return _opened(precedent, live, point, failures, now=now)


def failure_undone(used: ReuseRecord, *, precedent: Precedent, now: dt.datetime) -> None:
    """Takes the failure out of the report that nobody took up yet, and closes that where too few are left.

    Call it in the transaction of the undo, with the precedent locked. Writes AuditEvent report.withdrawn and what
    `use_point_withdraw` writes; nothing where somebody acted already.
    """
    report = _unanswered(precedent, used.point_mark).filter(state=ReportState.OPEN).first() if used.point_mark else None
    if report is None or (report.doubt is not None and report.doubt.resolved_at is not None):
        return
    report.filings.filter(use=used).delete()
    left = ReuseRecord.objects.filter(filings__report=report, undone_at=None)
    if _people(left) >= ENOUGH:
        return
    report.filings.all().delete()
    Report.objects.filter(pk=report.pk, state=ReportState.OPEN).update(state=ReportState.WITHDRAWN)
    if report.doubt is not None:
        use_point_withdraw(report.doubt, actor=used.user, now=now)
    record(
        Action.REPORT_WITHDRAWN,
        report,
        actor=used.user,
        before={"state": ReportState.OPEN},
        after={"state": ReportState.WITHDRAWN},
    )


def _unanswered(precedent: Precedent, mark: str) -> QuerySet[Report]:
    rows = Report.objects.select_for_update(of=("self",)).filter(precedent=precedent, kind=ReportKind.FAILED)
    return rows.filter(point_mark=mark, state__in=UNANSWERED).order_by("pk")


def _counting(precedent: Precedent, mark: str, *, now: dt.datetime) -> QuerySet[ReuseRecord]:
    """Standing failures of that point, after the last one that the owner answered."""
    answered = Report.objects.filter(precedent=precedent, kind=ReportKind.FAILED, point_mark=mark)
    last = answered.aggregate(last=Max("answered_at"))["last"]
    since = max(now - WITHIN, last) if last else now - WITHIN
    rows = ReuseRecord.objects.filter(precedent=precedent, outcome=Outcome.FAILED, undone_at=None, point_mark=mark)
    return rows.filter(at__gt=since).select_related("user").order_by("at", "pk")


def _people(uses) -> int:
    """How many different people; the same one twice counts once, a closed account not at all."""
    return len({use.user_id for use in uses if use.user_id is not None})


def _opened(
    precedent: Precedent, live: Revision, point: Point, failures: list[ReuseRecord], *, now: dt.datetime
) -> Report:
    doubt = use_point_open(precedent, reason=f"{point.place}：两次照办未成，先问归口部门再照办。", now=now)
    report = Report.objects.create(
        precedent=precedent,
        revision=live,
        section=SECTION_OF_POINT[point.list_name],
        kind=ReportKind.FAILED,
        point=point.value,
        point_mark=point.mark,
        doubt=doubt,
        at=now,
        due_on=due_of_kind(ReportKind.FAILED, on=clock.day_of(now)),
    )
    for used in failures:
        _joined(report, used)
    record(Action.REPORT_FILED, report, after={"kind": report.kind, "point": point.value, "times": len(failures)})
    return report


def _joined(report: Report, used: ReuseRecord) -> None:
    ReportFiling.objects.create(
        report=report,
        user_id=used.user_id,
        user_name=name_of(used.user),
        department_id=used.department_id,
        text=used.note,
        use=used,
        at=used.at,
    )
