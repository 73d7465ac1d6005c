"""May this viewer bring precedents in, or take them out?

In: who edits, as drafts of a department in which it does. Out: a hand-out (Word) of what one may read for everybody who
reads content; tables for those who work with many (editors, reviewers, trainers, administrators). Who reads no content has
no such room.
"""

from django.utils.translation import gettext

from caselib.core.answers import ALLOWED, Answer, Denied, Hidden
from caselib.exchange.export import WORD
from caselib.exchange.models import ImportBatch
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope

TABLES = (Role.EDITOR, Role.REVIEWER, Role.TRAINER, Role.DEPARTMENT_ADMIN)
BRINGERS = (Role.EDITOR, Role.DEPARTMENT_ADMIN)


def may_enter(scope: ViewerScope) -> Answer:
    """The room itself."""
    return ALLOWED if scope.reads_content else Hidden()


def may_bring(scope: ViewerScope) -> Answer:
    """Editors and administrators of any department."""
    if not scope.reads_content:
        return Hidden()
    return (
        ALLOWED
        if scope.has_role(*BRINGERS)
        else Denied(gettext("案例由编辑和部门管理员导入。有一批要入库，交给本部门的编辑。"))
    )


def may_bring_for(scope: ViewerScope, department: int) -> Answer:
    """Drafts of this department."""
    if department in scope.departments_with(*BRINGERS):
        return ALLOWED
    return Denied(gettext("只能导入成您当编辑或管理员的部门的草稿。"))


def may_carry_out(scope: ViewerScope, batch: ImportBatch) -> Answer:
    """To import, mask, or take the refused rows: who brought the file, while still an editor there."""
    if scope.user_id != batch.maker_id:
        return Denied(gettext("只有上传的人能导入。您是管理员，可以看，也可以作废。"))
    return may_bring_for(scope, batch.department_id)


def may_take(scope: ViewerScope, form: str) -> Answer:
    """Out of the library in this form."""
    if not scope.reads_content:
        return Hidden()
    if form == WORD or scope.has_role(*TABLES):
        return ALLOWED
    return Denied(gettext("表格由编辑、审核、培训和部门管理员导出。您可以导出 Word。"))
