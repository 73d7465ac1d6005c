"""Whom an assignment reaches, who may assign to whom, and whose progress somebody may see.

An assignment reaches who belongs to its department today. Nobody is given a pack that it is not meant for: to assign is not to widen
its audience.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from caselib.core.errors import NotVisible
from caselib.orgs.models import CONTENT_ROLES, Department, Membership, Role, User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.visibility import Audience

from ..access import TRAINERS
from ..choices import PackStatus
from ..models import Assignment, Enrolment, Pack


def keeps(scope: ViewerScope, pack: Pack) -> bool:
    """Whether the viewer trains for the department that owns the pack."""
    return pack.owner_department_id in scope.departments_with(*TRAINERS)


def belongs_to(departments: QuerySet[Department] | frozenset[int], *, user: str) -> Exists:
    """The condition that the account named by the column `user` works with content in one of the departments today."""
    return Exists(Membership.objects.filter(user=OuterRef(user), department__in=departments, role__in=CONTENT_ROLES))


def departments_offered(scope: ViewerScope, pack: Pack) -> QuerySet[Department]:
    """The departments to which the viewer may assign the pack, those in use. Needs the owner's region loaded."""
    rows = Department.objects.filter(is_active=True)
    if pack.audience == Audience.REGION:
        rows = rows.filter(region__path__startswith=pack.owner_department.region.path)
    elif pack.audience == Audience.DEPARTMENT:
        rows = rows.filter(pk=pack.owner_department_id)
    if not keeps(scope, pack):
        rows = rows.filter(pk__in=scope.departments_with(*TRAINERS))
    return rows


def people_offered(scope: ViewerScope, pack: Pack) -> QuerySet[User]:
    """The people to whom the viewer may assign the pack: who belongs to a department that is offered."""
    return User.objects.filter(belongs_to(departments_offered(scope, pack).values("pk"), user="pk"), is_active=True)


def withdrawable(scope: ViewerScope) -> Q:
    """The condition on Assignment for what the viewer may change or take back: of packs of the own department, what it made itself,
    and what a colleague made who trains for the same department."""
    own = scope.departments_with(*TRAINERS)
    colleague = Exists(Membership.objects.filter(user=OuterRef("assigned_by"), department__in=own, role__in=TRAINERS))
    return Q(pack__owner_department__in=own) | Q(assigned_by=scope.user_id) | colleague


def assignments_seen(scope: ViewerScope, *, with_withdrawn: bool = False) -> QuerySet[Assignment]:
    """What is assigned now, as far as the viewer has to do with it as somebody who trains. Each with `may_withdraw`.

    `with_withdrawn`: also what was taken back, and of packs that are out of use.
    """
    own = scope.departments_with(*TRAINERS)
    if not own:
        return Assignment.objects.none()
    now = Q() if with_withdrawn else Q(withdrawn_at=None, pack__status=PackStatus.PUBLISHED)
    rows = Assignment.objects.filter(now).annotate(is_ours=belongs_to(own, user="user"))
    mine = Q(pack__owner_department__in=own) | Q(department__in=own) | Q(is_ours=True) | Q(assigned_by=scope.user_id)
    return rows.filter(mine).annotate(may_withdraw=_as_column(scope))


def _as_column(scope: ViewerScope) -> Exists:
    """`withdrawable` as a column."""
    return Exists(Assignment.objects.filter(withdrawable(scope), pk=OuterRef("pk")))


def enrolments_seen(scope: ViewerScope) -> QuerySet[Enrolment]:
    """Of whom the viewer may see the progress: of packs of the own department everybody, else who belongs today to a department that
    the viewer heads. Who trains nobody sees nobody."""
    headed = belongs_to(scope.departments_with(Role.DEPARTMENT_ADMIN), user="user")
    return Enrolment.objects.filter(Q(pack__owner_department__in=scope.departments_with(*TRAINERS)) | headed)


def enrolment_seen(scope: ViewerScope, code: str) -> Enrolment:
    """With its pack and person. Raises NotVisible for somebody's of whom the viewer may see nothing. 1 query."""
    rows = enrolments_seen(scope).select_related("pack__owner_department", "pack__live_version", "user", "department")
    found = rows.filter(code=code).first()
    if found is None:
        raise NotVisible()
    return found
