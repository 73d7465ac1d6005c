"""What of training waits for a viewer; caselib.waiting counts it together with the rest."""

import datetime as dt

from django.db.models import DateField, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from caselib.core import clock
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Doubt, DoubtKind
from caselib.precedents.visibility import FINDABLE

from .access import CHECKERS, INVITED, TRAINERS
from .choices import OPEN_VERSIONS, LessonKind, PackStatus, VersionState
from .models import Lesson, PackEditor, PackVersion
from .writers import q_wrote

# A version that nobody has checked yet.
_NEVER = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def packs_waiting(scope: ViewerScope) -> QuerySet[PackVersion]:
    """Submitted versions that the viewer may decide about: wrote nothing in them."""
    rows = PackVersion.objects.filter(
        state=VersionState.SUBMITTED, pack__owner_department__in=scope.departments_with(*CHECKERS)
    ).exclude(pack__status=PackStatus.ARCHIVED)
    return rows.exclude(q_wrote(scope.user_id))


def packs_returned(scope: ViewerScope) -> QuerySet[PackVersion]:
    """Versions that somebody sent back to the viewer, who began them or wrote in them last and may still write the pack."""
    mine = Q(author=scope.user_id) | Q(last_editor=scope.user_id)
    rows = PackVersion.objects.filter(mine, state=VersionState.CHANGES_REQUESTED)
    return rows.filter(packs_kept(scope, "pack")).exclude(pack__status=PackStatus.ARCHIVED)


def lessons_waiting(scope: ViewerScope) -> QuerySet[Lesson]:
    """Lessons that learners take now and whose precedent is not what it was, in packs that the viewer keeps, until the open version
    has the newest text, another precedent in its place, or the lesson no more. What is still in doubt waits for who verifies it,
    and meanwhile for the trainer to look at."""
    rows = Lesson.objects.filter(
        version=F("version__pack__live_version"), version__pack__status=PackStatus.PUBLISHED, kind=LessonKind.CASE
    )
    today = clock.today()
    return rows.filter(packs_kept(scope, "version__pack"), q_changed(today)).exclude(q_seen_to(today))


def packs_kept(scope: ViewerScope, pack: str) -> Q:
    """The condition on a row with a pack for those that the viewer may write: as `access.may_edit_pack`."""
    kept = Q(**{f"{pack}__owner_department__in": scope.departments_with(*TRAINERS)})
    if scope.has_role(*INVITED):
        kept |= Exists(PackEditor.objects.filter(pack=OuterRef(pack), user=scope.user_id or 0))
    return kept


def q_changed(on: dt.date) -> Q:
    """The condition on a case lesson for one whose precedent has another live text, is out of use or past its last day, or has an open
    point: also one that a policy made, which a mark of the calendar alone, that somebody should look again some day, is not."""
    return q_newer() | q_stopped(on) | Exists(points_of(on))


def q_newer() -> Q:
    return ~Q(precedent__live_revision=F("revision"))


def q_stopped(on: dt.date) -> Q:
    return ~Q(precedent__status__in=FINDABLE) | Q(precedent__applies_until__lte=on)


def points_of(on: dt.date) -> QuerySet[Doubt]:
    """The open points of the precedent that a lesson pins, the first one first: those that came up since its version was checked.

    Who checked it saw the others and let them through; a lesson that stands on a precedent with an old point would else wait for ever.
    """
    checked = Coalesce(OuterRef("version__decided_at"), Value(_NEVER), output_field=DateTimeField())
    points = Doubt.objects.due(on=on).exclude(kind=DoubtKind.REVIEW_DUE)
    since = points.filter(Q(opened_at__gt=checked) | Q(from_on__gt=Cast(checked, DateField())))
    return since.filter(precedent=OuterRef("precedent")).order_by("opened_at", "pk")


def q_seen_to(on: dt.date) -> Q:
    """The condition on a lesson of a live version for one that the open version deals with: the lesson is gone there, stands on another
    precedent, or pins the newest text of one in which nothing else is wrong."""
    versions = PackVersion.objects.filter(pack=OuterRef("version__pack"), state__in=OPEN_VERSIONS)
    there = Lesson.objects.filter(
        key=OuterRef("key"), version__pack=OuterRef("version__pack"), version__state__in=OPEN_VERSIONS
    )
    same = there.filter(precedent=OuterRef("precedent"))
    newest = same.filter(revision=F("precedent__live_revision"))
    is_sound = ~q_stopped(on) & ~Exists(points_of(on))
    return Exists(versions) & (~Exists(same) | (Exists(newest) & is_sound))
