"""May this viewer make, check, hand out or follow training? Who may not even see a pack is answered by `visibility`."""

from django.utils.translation import gettext

from caselib.core.answers import ALLOWED, Answer, Denied
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope

from .choices import WRITABLE, PackStatus, VersionState
from .models import Pack, PackVersion, Question
from .writers import q_wrote

# Who keeps the packs and the bank of a department.
TRAINERS = (Role.TRAINER, Role.DEPARTMENT_ADMIN)
# Who may be asked to check a version that somebody else wrote.
CHECKERS = (Role.TRAINER, Role.REVIEWER, Role.DEPARTMENT_ADMIN)
# Who may be invited to write along: window staff and others read.
INVITED = (Role.TRAINER, Role.EDITOR, Role.REVIEWER, Role.DEPARTMENT_ADMIN)


def may_learn(scope: ViewerScope) -> Answer:
    """Everybody who works with content: a pack is there to be taken."""
    if scope.reads_content:
        return ALLOWED
    return Denied(gettext("这个账号只做管理，不参加培训。要学，用业务账号登录。"))


def may_make(scope: ViewerScope) -> Answer:
    """Trainers and administrators, each for the own departments."""
    if scope.has_role(*TRAINERS):
        return ALLOWED
    return Denied(gettext("培训包和题库由培训老师和部门管理员做。要一起编，请他们把您加为合编人。"))


def may_edit_pack(scope: ViewerScope, pack: Pack) -> Answer:
    """Trainers of the owning department, and who writes along. Needs `is_coeditor` as `visible_packs` adds it."""
    if pack.owner_department_id in scope.departments_with(*TRAINERS) or (pack.is_coeditor and scope.has_role(*INVITED)):
        return ALLOWED
    return Denied(
        gettext("这个培训包由“{department}”的培训老师和合编人改。要用，可以复制一份自己改。").format(
            department=pack.owner_department
        )
    )


def may_write(scope: ViewerScope, version: PackVersion) -> Answer:
    """As `may_edit_pack`, while the version is open and does not wait for its check."""
    answer = may_edit_pack(scope, version.pack)
    if answer and version.pack.status == PackStatus.ARCHIVED:
        return Denied(gettext("培训包已经归档，先恢复再改。"))
    if answer and version.state not in WRITABLE:
        waits = version.state == VersionState.SUBMITTED
        told = "这一版在等审核，撤回提交以后才能改。" if waits else "这一版已经定稿，要改先开新的一版。"
        return Denied(gettext(told))
    return answer


def may_keep_pack(scope: ViewerScope, pack: Pack) -> Answer:
    """合编人、归档、布置: trainers of the owning department alone."""
    if pack.owner_department_id in scope.departments_with(*TRAINERS):
        return ALLOWED
    return Denied(gettext("由“{department}”的培训老师办。").format(department=pack.owner_department))


def may_check_pack(scope: ViewerScope, version: PackVersion) -> Answer:
    """Trainers, reviewers and administrators of the owning department who wrote nothing in the version: neither began it nor wrote
    last nor in between. 1 query, none where `has_written` was loaded."""
    if version.pack.owner_department_id not in scope.departments_with(*CHECKERS):
        return Denied(
            gettext("由“{department}”的培训老师、审核人或管理员审。").format(department=version.pack.owner_department)
        )
    if _has_written(scope, version):
        return Denied(gettext("这一版是您编的或改的，要由另一个人审。"))
    return ALLOWED


def _has_written(scope: ViewerScope, version: PackVersion) -> bool:
    if scope.user_id in (version.author_id, version.last_editor_id):
        return True
    if hasattr(version, "has_written"):
        return version.has_written
    return PackVersion.objects.filter(q_wrote(scope.user_id), pk=version.pk).exists()


def may_assign(scope: ViewerScope, pack: Pack) -> Answer:
    """A published pack: trainers of the owning department to whom it is meant for; other administrators and trainers to the own
    departments (`people` says which)."""
    if pack.status != PackStatus.PUBLISHED:
        return Denied(gettext("还没有发布的培训包布置不了。"))
    if scope.has_role(*TRAINERS):
        return ALLOWED
    return Denied(gettext("布置培训由培训老师和部门管理员办。"))


def may_see_results(scope: ViewerScope, pack: Pack) -> Answer:
    """All results of a pack: trainers of the owning department. Others see those of the departments that they head."""
    if pack.owner_department_id in scope.departments_with(*TRAINERS) or scope.has_role(Role.DEPARTMENT_ADMIN):
        return ALLOWED
    return Denied(gettext("学员的成绩给培训老师看，部门管理员看得到本部门的。"))


def may_take_out(scope: ViewerScope, pack: Pack) -> Answer:
    """Hand-outs, which hold the answers: trainers, and who writes along. On the list alone, without a role to write, is not enough."""
    if scope.has_role(*TRAINERS) or (pack.is_coeditor and scope.has_role(*INVITED)):
        return ALLOWED
    return Denied(gettext("讲义由培训老师和合编人导出。"))


def may_edit_question(scope: ViewerScope, question: Question) -> Answer:
    """Trainers of the department that owns the question."""
    if question.owner_department_id in scope.departments_with(*TRAINERS):
        return ALLOWED
    return Denied(gettext("这道题由“{department}”的培训老师改。").format(department=question.owner_department))
