"""May this viewer do this deed? What concerns the search itself."""

from django.utils.translation import gettext

from caselib.orgs.scope import ViewerScope
from caselib.precedents.access import ALLOWED, Answer, Denied


def may_tune(scope: ViewerScope) -> Answer:
    """检索调优: editors and administrators of any department; the library has one search."""
    if scope.edits:
        return ALLOWED
    return Denied(gettext("检索调优由编辑和部门管理员做。觉得哪个问题查得不好，告诉本部门的编辑。"))
