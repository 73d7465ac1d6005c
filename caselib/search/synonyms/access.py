"""May this viewer look after the words of the site?"""

from django.utils.translation import gettext

from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope
from caselib.precedents.access import ALLOWED, Answer, Denied


def may_edit_words(scope: ViewerScope) -> Answer:
    """Editors and administrators of any department: the words are the same for every hall of the site."""
    if scope.has_role(Role.EDITOR, Role.DEPARTMENT_ADMIN):
        return ALLOWED
    return Denied(gettext("同义词由编辑和部门管理员维护。少了哪个说法，告诉本部门的编辑，加上后下一次查找就算数。"))
