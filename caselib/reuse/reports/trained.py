"""说不清 by training: most learners missed a question about a section, so the section goes to its owner as if readers had said so.

Nobody stands behind such a word: it gives numbers and the question, and never who answered what.
"""

import datetime as dt

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.orgs.models import Department
from caselib.precedents.models import Precedent, Revision

from ..models import UNANSWERED, Report, ReportFiling, ReportKind
from .deadlines import due_of_kind
from .page_sections import section_named

# Stands where the name of a reader would.
TRAINING = "培训"
_LONGEST = ReportFiling._meta.get_field("text").max_length


def misses_filed(
    precedent: Precedent, revision: Revision, *, section: str, text: str, department: Department, now: dt.datetime
) -> Report:
    """Joins the open report about that section of that text being unclear, or opens one. `text`: without personal data;
    `department`: whose trainers ask.

    Call it in a transaction, with the precedent locked. Writes Report, ReportFiling, AuditEvent report.filed.
    """
    key = section_named(section).key
    same = Report.objects.select_for_update(of=("self",)).filter(
        revision=revision, section=key, kind=ReportKind.UNCLEAR, point_mark="", state__in=UNANSWERED
    )
    report = same.order_by("pk").first()
    if report is None:
        due_on = due_of_kind(ReportKind.UNCLEAR, on=clock.day_of(now))
        report = Report.objects.create(
            precedent=precedent, revision=revision, section=key, kind=ReportKind.UNCLEAR, at=now, due_on=due_on
        )
    ReportFiling.objects.create(
        report=report, user=None, user_name=TRAINING, department=department, text=text[:_LONGEST], at=now
    )
    after = {"kind": report.kind, "section": key, "revision": revision.number, "times": report.filings.count()}
    record(Action.REPORT_FILED, report, after=after)
    return report
