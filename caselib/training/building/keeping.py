"""Who writes a pack along, and to whom it may go."""

from dataclasses import dataclass

from caselib.orgs.models import Department

from ..choices import PackStatus
from ..models import Enrolment, Pack, PackEditor, PackVersion
from .limits import LONGEST_REASON, MOST_EDITORS
from .outline import version_shown
from .services.people import departments_to_hand_to


@dataclass(frozen=True, slots=True)
class KeepingPage:
    """`learners`: how many have begun it."""

    pack: Pack
    version: PackVersion
    editors: tuple[PackEditor, ...]
    departments: tuple[Department, ...]
    learners: int
    most_editors = MOST_EDITORS
    longest_reason = LONGEST_REASON

    @property
    def is_archived(self) -> bool:
        return self.pack.status == PackStatus.ARCHIVED


def keeping_for_page(pack: Pack) -> KeepingPage:
    """4 queries for any number of editors."""
    return KeepingPage(
        pack=pack,
        version=version_shown(pack),
        editors=tuple(pack.editors.select_related("user").order_by("added_at", "pk")),
        departments=tuple(departments_to_hand_to(pack).order_by("region__name", "name")),
        learners=Enrolment.objects.filter(pack=pack).count(),
    )
