"""What a copy is made of: the version of a pack that somebody may take over, and what of it would come along."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from caselib.core.errors import NotVisible
from caselib.orgs.scope import ViewerScope

from ..access import may_edit_pack
from ..choices import PackStatus
from ..models import Lesson, LessonQuestion, Pack, PackVersion
from ..visibility import visible_packs
from .finding import usable

MOST_OFFERED = 50


def source_version(source: Pack, scope: ViewerScope) -> PackVersion:
    """The version that learners take; of a pack that was never published the newest, for who writes it.

    Raises NotVisible for anybody else. 1 query at most.
    """
    if source.live_version is not None:
        return source.live_version
    newest = source.versions.order_by("number").last() if may_edit_pack(scope, source) else None
    if newest is None:
        raise NotVisible()
    return newest


@dataclass(frozen=True, slots=True)
class Offered:
    """A pack that may be copied. `lessons`, `questions`: how many of its version."""

    pack: Pack
    version: PackVersion
    lessons: int
    questions: int


def offered(scope: ViewerScope) -> tuple[Offered, ...]:
    """The templates and the other published packs that the viewer sees, the templates first, the newest first. 3 queries for any
    number."""
    rows = visible_packs(scope).filter(status=PackStatus.PUBLISHED).select_related("live_version", "owner_department")
    return _counted(list(rows.order_by("-is_template", "-published_at", "-pk")[:MOST_OFFERED]))


def _counted(packs: list[Pack]) -> tuple[Offered, ...]:
    versions = [pack.live_version_id for pack in packs]
    lessons = _counts(Lesson.objects.filter(version__in=versions), "version")
    questions = _counts(LessonQuestion.objects.filter(lesson__version__in=versions), "lesson__version")
    return tuple(
        Offered(pack, pack.live_version, lessons.get(pack.live_version_id, 0), questions.get(pack.live_version_id, 0))
        for pack in packs
    )


def _counts(rows: QuerySet, by: str) -> dict[int, int]:
    return dict(rows.order_by().values(by).annotate(number=Count("pk")).values_list(by, "number"))


@dataclass(frozen=True, slots=True)
class Source:
    """What a copy would hold. `left_out`: how many lessons have a precedent that the viewer does not see or that is out of use."""

    pack: Pack
    version: PackVersion
    modules: int
    lessons: int
    questions: int
    left_out: int


def source_of(source: Pack, scope: ViewerScope) -> Source:
    """Raises NotVisible for what the viewer may not take over. 5 queries at most."""
    version = source_version(source, scope)
    counted = Lesson.objects.filter(version=version).aggregate(
        all=Count("pk"), short=Count("pk", filter=~Q(precedent=None) & ~Q(precedent__in=usable(scope).values("pk")))
    )
    return Source(
        pack=source,
        version=version,
        modules=version.modules.count(),
        lessons=counted["all"],
        questions=LessonQuestion.objects.filter(lesson__version=version).count(),
        left_out=counted["short"],
    )
