"""May everybody for whom a pack is meant read the precedents in it?"""

from django.db.models import Q

from caselib.orgs.models import ancestors_in
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import Audience

from .models import Lesson, LessonQuestion, Pack, PackVersion


def q_wide_enough(pack: Pack) -> Q:
    """The condition on Precedent for what everybody may read for whom the pack is meant. Needs `owner_department.region`."""
    wide = Q(audience=Audience.LIBRARY)
    if pack.audience == Audience.LIBRARY:
        return wide
    # Who belongs to a region belongs to all above it.
    above = ancestors_in(pack.owner_department.region.path)
    wide |= Q(audience=Audience.REGION, owner_department__region__in=above)
    if pack.audience == Audience.DEPARTMENT:
        wide |= Q(audience=Audience.DEPARTMENT, owner_department=pack.owner_department_id)
    return wide


def audience_problems(version: PackVersion) -> tuple[Precedent, ...]:
    """The precedents of lessons and questions that are meant for fewer people than the pack. 1 query.

    Needs `pack.owner_department.region` loaded.
    """
    pinned = Lesson.objects.filter(version=version.pk, precedent__isnull=False).values("precedent")
    asked = LessonQuestion.objects.filter(lesson__version=version.pk, text__question__precedent__isnull=False)
    mentioned = Q(pk__in=pinned) | Q(pk__in=asked.values("text__question__precedent"))
    return tuple(Precedent.objects.filter(mentioned).exclude(q_wide_enough(version.pack)).order_by("pk"))
