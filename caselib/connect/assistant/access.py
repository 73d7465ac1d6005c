"""May this account ask through an assistant? Asked anew for each question, so that what was taken away counts at once."""

from caselib.core.answers import ALLOWED, Answer, Denied
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope

NO_ACCOUNT = "没有这个账号，或者账号已停用，助手不能再查。"
NO_CONTENT = "这个账号没有业务角色，看不到案例，助手也查不到。三个管理员和业务角色分开，请用业务账号接入。"


def may_ask(user: User | None, scope: ViewerScope) -> Answer:
    """Accounts in use that read content."""
    if user is None or not user.is_active:
        return Denied(NO_ACCOUNT)
    return ALLOWED if scope.reads_content else Denied(NO_CONTENT)
