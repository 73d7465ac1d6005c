"""Who is looking: resolved once for each request, then handed down as a value. Nothing below a view asks for the request."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet, Subquery

from caselib.core import prepared, workdays
from caselib.core.models import DirtyMark

from .models import CONTENT_ROLES, NATION, Membership, Region, Role, User, ancestors_in


@dataclass(frozen=True, slots=True)
class ViewerScope:
    """What a viewer is, as far as permissions go.

    `departments` maps the key of each department to the roles held there; `region_ids` are the regions of those
    departments with all regions above them; `home_region_id` is the region whose practice counts as local;
    `nation_id` is the region that stands for the whole country, where there is one. `has_training`: whether training was ever
    assigned to one of the departments, so that there may be something to tell of it.
    """

    user_id: int | None = None
    departments: dict[int, frozenset[Role]] = field(default_factory=dict)
    region_ids: frozenset[int] = frozenset()
    home_region_id: int | None = None
    home_department_id: int | None = None
    nation_id: int | None = None
    has_training: bool = False

    @property
    def shape(self) -> Hashable:
        """All of it as one value to look up by: equal for those who may do and see the same."""
        return (
            frozenset(self.departments.items()),
            self.region_ids,
            self.home_region_id,
            self.home_department_id,
            self.nation_id,
        )

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset().union(*self.departments.values())

    @property
    def reads_content(self) -> bool:
        """False for nobody and for accounts that only administer the system (GB/T 22239-2019: separated roles)."""
        return bool(self.roles & CONTENT_ROLES)

    @property
    def edits(self) -> bool:
        """Whether the viewer works on the library itself: an editor or administrator of some department."""
        return self.has_role(Role.EDITOR, Role.DEPARTMENT_ADMIN)

    @property
    def works(self) -> bool:
        """Whether the viewer has a room of the desk: everybody who works with content, and who administers the system and keeps
        the calendar."""
        return self.reads_content or self.has_role(Role.SYSTEM_ADMIN)

    @property
    def handles_cases(self) -> bool:
        """Whether the viewer deals with cases of some department, whose source tickets it may see (`cases.visibility`)."""
        return self.has_role(Role.WINDOW, Role.EDITOR, Role.REVIEWER, Role.DEPARTMENT_ADMIN)

    @property
    def trains(self) -> bool:
        """Whether the viewer makes training for some department."""
        return self.has_role(Role.TRAINER, Role.DEPARTMENT_ADMIN)

    @property
    def checks_training(self) -> bool:
        """Whether the viewer may be asked to check a training pack."""
        return self.has_role(Role.TRAINER, Role.REVIEWER, Role.DEPARTMENT_ADMIN)

    @property
    def audits(self) -> bool:
        """Whether the viewer keeps watch over the trail."""
        return self.has_role(Role.AUDIT_ADMIN)

    @property
    def guards(self) -> bool:
        """Whether the viewer looks after security, in all departments."""
        return self.has_role(Role.SECURITY_ADMIN)

    def has_role(self, *roles: Role) -> bool:
        return bool(self.roles & frozenset(roles))

    def departments_with(self, *roles: Role) -> frozenset[int]:
        """The departments in which the viewer holds one of the roles."""
        wanted = frozenset(roles)
        return frozenset(pk for pk, held in self.departments.items() if held & wanted)


NOBODY = ViewerScope()


def scope_of(user: User) -> ViewerScope:
    """The scope of an account; `NOBODY` for one that is not signed in or was closed. 1 query.

    The number that counts changes of the calendar comes along, so that every process hears of one (`core.workdays`).
    """
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    departments: dict[int, frozenset[Role]] = {}
    region_ids: set[int] = set()
    homes: list[tuple[int, int]] = []
    nation_id, calendar, has_training = None, None, False
    for department, role, region, path, is_trained, nation_id, calendar in prepared.rows_of(  # noqa: B007 (the same in each row)
        "memberships", [user.pk], shape=None, build=_memberships
    ):
        homes.append((department, region))
        departments[department] = departments.get(department, frozenset()) | {Role(role)}
        region_ids.update(ancestors_in(path))
        has_training = has_training or is_trained
    if homes:
        workdays.follow(calendar or 0)
    home_department_id, home_region_id = homes[0] if homes else (None, None)
    return ViewerScope(
        user_id=user.pk,
        departments=departments,
        region_ids=frozenset(region_ids),
        home_region_id=home_region_id,
        home_department_id=home_department_id,
        nation_id=nation_id,
        has_training=has_training,
    )


def _memberships(users: Sequence[int]) -> QuerySet:
    """(department, role, its region, path of that region, whether training was assigned to it, the nation's key, changes of the
    calendar) of each membership, the first one first."""
    nation = Region.objects.filter(full_name=NATION).values("pk")[:1]
    calendar = DirtyMark.objects.filter(topic=workdays.CALENDAR, object_id=workdays.ONE).values("wanted")[:1]
    rows = Membership.objects.filter(user_id__in=users).order_by("pk")
    return rows.annotate(nation_id=Subquery(nation), calendar=Subquery(calendar)).values_list(
        *("department_id", "role", "department__region_id", "department__region__path", "department__has_training"),
        *("nation_id", "calendar"),
    )
