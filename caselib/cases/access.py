"""May this viewer see, enter, work on tickets? Of a ticket in another department nobody even learns that it is there.

The window enters tickets, corrects what it entered and sees those of its department: it is where they come from. Analysis,
evaluation, archiving and imports are for editors and administrators of the department; reviewers read.
"""

from django.utils.translation import gettext

from caselib.core.answers import ALLOWED, Answer, Denied, Hidden
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope

from .models import Stage, Ticket
from .visibility import READERS, department_ids

REGISTRARS = (Role.WINDOW, Role.EDITOR, Role.DEPARTMENT_ADMIN)
WORKERS = (Role.EDITOR, Role.DEPARTMENT_ADMIN)


def may_see_tickets(scope: ViewerScope) -> Answer:
    return ALLOWED if department_ids(scope) else Hidden()


def may_register(scope: ViewerScope) -> Answer:
    """Whether there is a department for which the viewer may enter tickets."""
    if scope.has_role(*REGISTRARS):
        return ALLOWED
    return Denied(gettext("工单由窗口、编辑和部门管理员登记。")) if scope.has_role(*READERS) else Hidden()


def may_import(scope: ViewerScope) -> Answer:
    if scope.has_role(*WORKERS):
        return ALLOWED
    if scope.has_role(*READERS):
        return Denied(gettext("工单由本部门的编辑和部门管理员导入。要登记一件，点“登记工单”。"))
    return Hidden()


def may_edit(scope: ViewerScope, ticket: Ticket) -> Answer:
    """Facts, text and 经过: by editors until it is archived, by the window while nobody has analysed it."""
    held = scope.departments.get(ticket.department_id, frozenset())
    if not held & set(READERS):
        return Hidden()
    if ticket.is_archived:
        return Denied(gettext("这件工单已经归档，不能再改。"))
    if held & set(WORKERS):
        return ALLOWED
    if Role.WINDOW not in held:
        return Denied(gettext("工单由登记的窗口、编辑和部门管理员改，审核只看。"))
    if ticket.stage != Stage.REGISTERED:
        return Denied(gettext("这件工单已经在研判，要改请告诉本部门的编辑。"))
    return ALLOWED


def may_work_on(scope: ViewerScope, ticket: Ticket) -> Answer:
    """分析研判、跟踪评估、备案归档."""
    held = scope.departments.get(ticket.department_id, frozenset())
    if not held & set(READERS):
        return Hidden()
    if held & set(WORKERS):
        return ALLOWED
    return Denied(gettext("研判、评估和归档由本部门的编辑和部门管理员做。"))


def may_feed_back(scope: ViewerScope, ticket: Ticket) -> Answer:
    """反馈 to the person: by whoever tells it, the window too, until the ticket is archived."""
    held = scope.departments.get(ticket.department_id, frozenset())
    if not held & set(READERS):
        return Hidden()
    if ticket.is_archived:
        return Denied(gettext("这件工单已经归档，不能再改。"))
    return ALLOWED if held & set(REGISTRARS) else Denied(gettext("反馈由本部门的窗口、编辑和部门管理员记，审核只看。"))


def may_draft(scope: ViewerScope, ticket: Ticket) -> Answer:
    """从工单生成草稿: for who may write precedents in that department."""
    answer = may_work_on(scope, ticket)
    if not answer:
        return answer if isinstance(answer, Hidden) else Denied(gettext("从工单生成草稿由本部门的编辑和部门管理员做。"))
    return Denied(gettext("来源工单已按期删除，没有内容可以用。")) if ticket.pruned_at else ALLOWED
