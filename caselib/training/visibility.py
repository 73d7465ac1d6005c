"""Which packs, lessons and questions are there for a viewer. The one rule, for pages, hand-outs and results."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from caselib.core.errors import NotVisible
from caselib.core.text import clean
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import q_meant_for

from .access import CHECKERS, INVITED, TRAINERS
from .choices import PackStatus
from .models import Assignment, Enrolment, Pack, PackEditor, Question


def visible_packs(scope: ViewerScope) -> QuerySet[Pack]:
    """Published ones that are meant for the viewer, those that the viewer writes or checks, and those that the viewer was
    assigned or has begun. Each with `is_coeditor`. Nothing for who reads no content."""
    if not scope.reads_content:
        return Pack.objects.none()
    writes = Exists(PackEditor.objects.filter(pack=OuterRef("pk"), user=scope.user_id))
    own = Q(owner_department__in=scope.departments_with(*CHECKERS))
    shown = Q(status=PackStatus.PUBLISHED) & q_meant_for(scope)
    mine = Q(status__in=[PackStatus.PUBLISHED, PackStatus.ARCHIVED]) & Exists(
        Enrolment.objects.filter(pack=OuterRef("pk"), user=scope.user_id)
    )
    assigned = Q(status=PackStatus.PUBLISHED) & Exists(assignments_for(scope).filter(pack=OuterRef("pk")))
    seen = own | shown | mine | assigned
    if scope.has_role(*INVITED):
        seen |= Q(is_coeditor=True)
    return Pack.objects.annotate(is_coeditor=writes).filter(seen)


def visible_pack(scope: ViewerScope, code: str) -> Pack:
    """With its department and live version. Raises NotVisible where there is none for this viewer. 1 query."""
    found = visible_packs(scope).select_related("owner_department", "live_version").filter(code=clean(code)).first()
    if found is None:
        raise NotVisible()
    return found


def assignments_for(scope: ViewerScope) -> QuerySet[Assignment]:
    """What the viewer was given to learn, by name or as a member of a department today."""
    reached = Q(user=scope.user_id) | Q(department__in=list(scope.departments))
    return Assignment.objects.filter(reached, withdrawn_at=None)


def visible_questions(scope: ViewerScope) -> QuerySet[Question]:
    """The bank: for who makes training, of all departments, but no question about a precedent that the viewer may not read."""
    if not scope.has_role(*TRAINERS):
        return Question.objects.none()
    readable = Precedent.objects.visible_to(scope).filter(pk=OuterRef("precedent"))
    return Question.objects.filter(Q(precedent=None) | Exists(readable))
