"""Which rows may a viewer see? The one place that decides it, for pages, search, facets, exports and everything else."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_noop

from caselib.core.errors import NotVisible
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope

if TYPE_CHECKING:
    from .models import Precedent


class PrecedentStatus(models.TextChoices):
    """What readers see. What editors do is RevisionState."""

    DRAFT = "draft", gettext_noop("草稿")
    IN_REVIEW = "in_review", gettext_noop("审核中")
    PUBLISHED = "published", gettext_noop("已发布")
    NEEDS_REVERIFICATION = "needs_reverification", gettext_noop("待复核")
    RETIRED = "retired", gettext_noop("已出库")
    # Taken off view at once because it told of a person: only those who mend it see it.
    WITHHELD = "withheld", gettext_noop("已下架")


class Audience(models.TextChoices):
    """For whom a published precedent is meant."""

    LIBRARY = "library", gettext_noop("全库可见")
    REGION = "region", gettext_noop("本区域可见")
    DEPARTMENT = "department", gettext_noop("本部门可见")


# Retired stays readable at its address, so that who kept the number learns what took its place.
READABLE = (PrecedentStatus.PUBLISHED, PrecedentStatus.NEEDS_REVERIFICATION, PrecedentStatus.RETIRED)
FINDABLE = (PrecedentStatus.PUBLISHED, PrecedentStatus.NEEDS_REVERIFICATION)
# What only those who write and review it see.
UNSEEN = (PrecedentStatus.DRAFT, PrecedentStatus.IN_REVIEW, PrecedentStatus.WITHHELD)

# Who sees the drafts of a department.
DRAFT_ROLES = (Role.EDITOR, Role.REVIEWER, Role.DEPARTMENT_ADMIN)

EVERYBODY = "all"


def q_visible(scope: ViewerScope) -> Q:
    """The condition on Precedent for what the viewer may read at its address, drafts of the own department included."""
    if not scope.reads_content:
        return Q(pk__in=[])
    readable = Q(status__in=READABLE) & q_meant_for(scope)
    drafts = Q(
        status__in=UNSEEN,
        owner_department__in=scope.departments_with(*DRAFT_ROLES),
    )
    return readable | drafts


def q_meant_for(scope: ViewerScope) -> Q:
    """Whom it was published for: the condition on any row with an `audience` and an `owner_department`."""
    return (
        Q(audience=Audience.LIBRARY)
        | Q(audience=Audience.REGION, owner_department__region__in=scope.region_ids)
        | Q(audience=Audience.DEPARTMENT, owner_department__in=list(scope.departments))
    )


def q_withheld_from(scope: ViewerScope) -> Q:
    """The condition on Precedent for what the viewer read until it was taken off view: of it, that it is gone may be told by
    number, and nothing else. Only what readers could reach is ever withheld, with the audience that it had."""
    if not scope.reads_content:
        return Q(pk__in=[])
    return Q(status=PrecedentStatus.WITHHELD) & q_meant_for(scope)


def audience_of(precedent: "Precedent") -> str:
    """The one token that the search index keeps for a precedent. Needs `owner_department` loaded."""
    region = precedent.owner_department.region_id if precedent.audience == Audience.REGION else None
    return audience_token(precedent.audience, department=precedent.owner_department_id, region=region)


def audience_token(audience: str, *, department: int, region: int | None) -> str:
    """`audience_of` from the columns: the keys of the owning department and of its region."""
    if audience == Audience.LIBRARY:
        return EVERYBODY
    return f"region:{region}" if audience == Audience.REGION else f"dept:{department}"


def audiences_for(scope: ViewerScope) -> frozenset[str]:
    """The tokens of `audience_of` that this viewer may see. Empty for who reads no content."""
    if not scope.reads_content:
        return frozenset()
    regions = {f"region:{pk}" for pk in scope.region_ids}
    return frozenset({EVERYBODY, *regions, *(f"dept:{pk}" for pk in scope.departments)})


class PrecedentQuerySet(models.QuerySet["Precedent"]):
    def visible_to(self, scope: ViewerScope) -> "PrecedentQuerySet":
        return self.filter(q_visible(scope))

    def findable(self) -> "PrecedentQuerySet":
        """Those that belong into lists and search: published and not retired."""
        return self.filter(status__in=FINDABLE)

    def get_visible(self, scope: ViewerScope, **lookup: object) -> "Precedent":
        """The one that fits. Raises NotVisible both for what is not there and for what is hidden."""
        found = self.visible_to(scope).filter(**lookup).first()
        if found is None:
            raise NotVisible()
        return found
