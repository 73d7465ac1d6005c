"""May this viewer ask, answer, conclude or take back? Who may not even see a consultation is answered by `visibility`."""

from django.utils.translation import gettext

from caselib.core.answers import ALLOWED, Answer, Denied
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope

from .models import Consultation, Party

# Who speaks for a department.
ANSWER = (Role.EDITOR, Role.REVIEWER, Role.DEPARTMENT_ADMIN)


def may_ask(scope: ViewerScope) -> Answer:
    """Everybody who works with content in a department, the counter first of all."""
    if scope.reads_content and scope.home_department_id is not None:
        return ALLOWED
    return Denied(gettext("这个账号只做管理，不提请会商。要提，用业务账号登录。"))


def may_answer(scope: ViewerScope, party: Party) -> Answer:
    """Editors, reviewers and administrators of the department that was asked."""
    if party.department_id in scope.departments_with(*ANSWER):
        return ALLOWED
    return Denied(gettext("由“{department}”的编辑、审核人或管理员答复。").format(department=party.department))


def may_conclude(scope: ViewerScope, lead: Party) -> Answer:
    """The same, of the department that leads."""
    if lead.department_id in scope.departments_with(*ANSWER):
        return ALLOWED
    return Denied(gettext("结论由牵头的“{department}”写。").format(department=lead.department))


def may_withdraw(scope: ViewerScope, consultation: Consultation) -> Answer:
    """Who asked; for who is away, an administrator of the department that asked. The same may name another lead."""
    if consultation.asked_by_id is not None and consultation.asked_by_id == scope.user_id:
        return ALLOWED
    if consultation.department_id in scope.departments_with(Role.DEPARTMENT_ADMIN):
        return ALLOWED
    return Denied(
        gettext("由提的人撤回：{department}，{asked_by_name}。").format(
            department=consultation.department, asked_by_name=consultation.asked_by_name
        )
    )


def may_draft(scope: ViewerScope, lead: Party) -> Answer:
    """Editors and administrators of the department that leads."""
    if lead.department_id in scope.departments_with(Role.EDITOR, Role.DEPARTMENT_ADMIN):
        return ALLOWED
    return Denied(gettext("案例由牵头的“{department}”的编辑起草。").format(department=lead.department))
