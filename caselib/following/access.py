"""May this viewer follow policies and matters?"""

from django.utils.translation import gettext

from caselib.orgs.scope import ViewerScope
from caselib.precedents.access import ALLOWED, Answer, Denied


def may_follow(scope: ViewerScope) -> Answer:
    """Everybody who reads content: what is told of are precedents."""
    if scope.reads_content:
        return ALLOWED
    return Denied(gettext("这个账号只做管理，不看案例，也不能关注政策和事项。要关注，用业务账号登录。"))
