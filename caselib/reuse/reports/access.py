"""May this viewer report a text, or deal with reports about it?"""

from django.utils.translation import gettext

from caselib.core.answers import ALLOWED, Answer, Denied
from caselib.orgs.scope import ViewerScope
from caselib.precedents.access import VERIFIERS, may_edit
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import FINDABLE, READABLE, PrecedentStatus

from ..models import Report, ReportKind


def may_report(scope: ViewerScope, precedent: Precedent, *, kind: str = "") -> Answer:
    """Every reader who belongs to a department, about what readers can reach; of what is out of use, personal data alone."""
    if scope.user_id is None or scope.home_department_id is None or not scope.reads_content:
        return Denied(gettext("您的账号没有归到部门，不能报纠错。"))
    if precedent.status not in READABLE:
        return Denied(
            gettext("这个案例现在是“{label}”，读者看不到，不用报。").format(
                label=PrecedentStatus(precedent.status).label
            )
        )
    if kind and kind != ReportKind.PRIVACY and precedent.status not in FINDABLE:
        return Denied(gettext("这个案例已经出库，不再改文字；只有涉隐私还能报。"))
    return ALLOWED


def may_tend_reports(scope: ViewerScope) -> Answer:
    """The desk of reports: editors, reviewers and administrators of any department, each for the own ones."""
    if scope.has_role(*VERIFIERS):
        return ALLOWED
    return Denied(gettext("纠错由归口部门的编辑、审核人和管理员处理。您报过的在“我的纠错”里看得到答复。"))


def may_answer_report(scope: ViewerScope, report: Report) -> Answer:
    """Editors, reviewers and administrators of the department that owns the precedent."""
    if report.precedent.owner_department_id in scope.departments_with(*VERIFIERS):
        return ALLOWED
    return Denied(
        gettext("这条纠错由“{owner_department}”处理。").format(owner_department=report.precedent.owner_department)
    )


def may_revise_for(scope: ViewerScope, report: Report) -> Answer:
    """Who writes the texts of the owning department."""
    return may_edit(scope, report.precedent)
