"""May this viewer look after the vocabularies?

Tags and the other names of matters are words of daily work: every editor keeps them. Matters, causes, schemes, departments
and regions shape what everybody sorts by, what numbers are made of and who sees what: an administrator of a department
keeps them, and editors read them, with the reason. Whoever works with content may pick from the lists while writing; tags
only who edits, because a tag may come from a text that others do not see.
"""

from caselib.core.answers import ALLOWED, Answer, Denied, Hidden
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope

_NOT_HERE = Denied("词表由编辑和部门管理员维护。少了哪一条，或哪一条不对，告诉本部门的编辑。")
_NOT_TAGS = Denied("标签由编辑和部门管理员用。")
READ_ONLY = Denied("这一类由部门管理员改，因为全库都按它归类。您可以看；要改，告诉本部门的管理员。")


def may_see_words(scope: ViewerScope) -> Answer:
    """Editors and administrators of any department: the vocabularies are the same for all. Who reads no content sees no room."""
    if not scope.reads_content:
        return Hidden()
    return ALLOWED if scope.edits else _NOT_HERE


def may_keep_words(scope: ViewerScope) -> Answer:
    """Tags, and other names of matters: every editor."""
    return may_see_words(scope)


def may_keep_catalogue(scope: ViewerScope) -> Answer:
    """Matters, causes, schemes, departments, regions: administrators of a department."""
    seen = may_see_words(scope)
    if not seen:
        return seen
    return ALLOWED if scope.has_role(Role.DEPARTMENT_ADMIN) else READ_ONLY


def may_pick(scope: ViewerScope, kind: str) -> Answer:
    """What a form of another room offers while somebody types."""
    if not scope.reads_content:
        return Hidden()
    return _NOT_TAGS if kind == "tag" and not scope.edits else ALLOWED
