"""For which hall a pack is made, and what its counter may see. A pack is seen by whoever has the folder."""

from dataclasses import dataclass

from django.utils.translation import gettext

from caselib.core.errors import RuleBroken
from caselib.orgs.models import Department, Region, Role
from caselib.orgs.scope import ViewerScope

# No department has this key: a pack for a whole region holds nothing that is meant for one department alone.
_NO_DEPARTMENT = 0
_NAMED = 50


@dataclass(frozen=True, slots=True)
class Hall:
    """`place`: the department or region itself, for the trail; `scope`: that of a window clerk there, and of nobody else."""

    name: str
    code: str
    place: Department | Region
    scope: ViewerScope


def hall_of_department(department: Department) -> Hall:
    """What the window of this department sees. Needs its region loaded. No query."""
    scope = _window(department.pk, department.region)
    return Hall(f"{department.region.full_name} {department.name}", department.code, department, scope)


def hall_of_region(region: Region) -> Hall:
    """What every window of this region sees: the library and the region, of no department alone. No query."""
    return Hall(region.full_name, region.code, region, _window(_NO_DEPARTMENT, region))


def _window(department: int, region: Region) -> ViewerScope:
    return ViewerScope(
        departments={department: frozenset({Role.WINDOW})},
        region_ids=frozenset(region.ancestor_ids),
        home_region_id=region.pk,
        home_department_id=department or None,
    )


def hall_named(*, department: str = "", region: str = "") -> Hall:
    """The hall of a department (code or name, with the region where several have it) or of a region (full name or code).

    Raises RuleBroken naming what there is to choose from.
    """
    regions = Region.objects.filter(full_name=region) or Region.objects.filter(code=region).exclude(code="")
    if region and not regions:
        raise RuleBroken(
            gettext("没有“{region}”这个区划。写全名，如 上海市虹口区。").format(region=region),
            code="unknown",
            field="region",
        )
    if not department:
        if not region:
            raise RuleBroken(
                gettext("写明给哪个部门（--department）或者哪个区划（--region）。"), code="required", field="department"
            )
        return hall_of_region(regions[0])
    rows = Department.objects.select_related("region").filter(is_active=True)
    rows = rows.filter(region=regions[0]) if region else rows
    found = list(rows.filter(code=department)) or list(rows.filter(name=department))
    if not found:
        known = "、".join(f"{row.code} {row.name}" for row in rows[:_NAMED]) or "没有部门"
        raise RuleBroken(
            gettext("没有“{department}”这个部门。现有：{known}。").format(department=department, known=known),
            code="unknown",
            field="department",
        )
    if len(found) > 1:
        places = "、".join(row.region.full_name for row in found)
        raise RuleBroken(
            gettext("{places}都有“{department}”，再写 --region。").format(places=places, department=department),
            code="ambiguous",
            field="department",
        )
    return hall_of_department(found[0])
