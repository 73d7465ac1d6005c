"""Which draft a request is about, and whether the viewer may write it."""

from dataclasses import dataclass

from django.db.models import Prefetch

from caselib.catalog.models import Category
from caselib.core.answers import ALLOWED, Answer, Denied
from caselib.core.errors import NotVisible
from caselib.orgs.scope import ViewerScope
from caselib.precedents.citation_desk import precedent_to_edit
from caselib.precedents.models import OPEN_STATES, Precedent, Revision, RevisionState
from caselib.precedents.visibility import DRAFT_ROLES

from .saving import SAVED_INTO

_WRITES = "写案例由编辑和部门管理员做。窗口想补一件，在检索页点“我要提需求”。"


@dataclass(frozen=True, slots=True)
class Opened:
    """`revision`: the open one, or the last where none is open; None for a precedent without any text."""

    precedent: Precedent
    revision: Revision | None

    @property
    def is_written(self) -> bool:
        """Whether it can be saved into now."""
        return self.revision is not None and self.revision.state in SAVED_INTO

    @property
    def is_submitted(self) -> bool:
        return self.revision is not None and self.revision.state == RevisionState.SUBMITTED


def may_write(scope: ViewerScope) -> Answer:
    """The room of those who write: editors and administrators of any department."""
    return ALLOWED if scope.edits else Denied(_WRITES)


def opened(scope: ViewerScope, code: str) -> Opened:
    """For who writes it. Raises NotVisible, NotAllowed. 2 queries, with the rows of the text 4 more."""
    precedent = precedent_to_edit(scope, code)
    return Opened(precedent, _text(precedent))


def opened_to_read(scope: ViewerScope, code: str) -> Opened:
    """For who sees the drafts of the owning department. Raises NotVisible."""
    precedent = (
        Precedent.objects.visible_to(scope)
        .select_related("owner_department", "live_revision")
        .filter(code=code)
        .first()
    )
    if precedent is None or precedent.owner_department_id not in scope.departments_with(*DRAFT_ROLES):
        raise NotVisible()
    return Opened(precedent, _text(precedent))


def _text(precedent: Precedent) -> Revision | None:
    rows = precedent.revisions.select_related(
        "precedent__owner_department", "matter__theme", "theme", "region", "supersedes"
    )
    rows = rows.prefetch_related(
        Prefetch("categories", Category.objects.select_related("scheme")), "more_matters", "causes", "tags"
    )
    return rows.filter(state__in=OPEN_STATES).first() or rows.order_by("number").last()
