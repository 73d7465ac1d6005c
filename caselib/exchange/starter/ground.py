"""What stands before policies and precedents: regions, departments, accounts, themes, causes, schemes, matters.

A row that is there already is left as it is, because people may have changed it; only missing ones are added.
"""

from dataclasses import dataclass, field

from caselib.catalog.models import Category, Cause, Matter, MatterTheme, Scheme
from caselib.catalog.services import cause_save, matter_save, scheme_hints_set, scheme_save, theme_save
from caselib.core.errors import RuleBroken
from caselib.orgs.models import Department, Region, User
from caselib.orgs.services import account_create, department_save, membership_grant, region_save

from .files import Library
from .reading import BrokenFile, Entry


@dataclass(slots=True)
class Ground:
    """The rows by the names that the files use; departments by (region, code), classes by (key of scheme, name)."""

    hall: str
    regions: dict[str, Region] = field(default_factory=dict)
    departments: dict[tuple[str, str], Department] = field(default_factory=dict)
    themes: dict[str, MatterTheme] = field(default_factory=dict)
    causes: dict[str, Cause] = field(default_factory=dict)
    categories: dict[tuple[str, str], Category] = field(default_factory=dict)
    matters: dict[str, Matter] = field(default_factory=dict)

    def region(self, entry: Entry, name: str, at: str = "region") -> Region:
        if name not in self.regions:
            raise entry.broken(at, f"区划里没有“{name}”。")
        return self.regions[name]

    def department(self, entry: Entry, code: str, *, region: str = "", at: str = "departments") -> Department:
        key = (region or self.hall, code)
        if key not in self.departments:
            raise entry.broken(at, f"“{key[0]}”没有代码为“{code}”的部门。")
        return self.departments[key]

    def theme(self, entry: Entry, name: str) -> MatterTheme:
        if name not in self.themes:
            raise entry.broken("theme", f"没有事项主题“{name}”。")
        return self.themes[name]


def ground_load(library: Library) -> Ground:
    """Adds what is missing and returns all of it. Call it inside a transaction.

    Raises BrokenFile for a name that leads nowhere. Writes the AuditEvents of the services.
    """
    ground = Ground(hall=library.hall)
    _regions(library, ground)
    _departments(library, ground)
    _words(library, ground)
    _matters(library, ground)
    return ground


def accounts_load(library: Library, ground: Ground, *, password: str) -> int:
    """Makes the demo accounts that are missing and returns how many. Call it inside a transaction.

    Raises BrokenFile for a department that is none, RuleBroken for a password that is too weak.
    """
    present = set(User.objects.values_list("username", flat=True))
    missing = [line for line in library.accounts if line.username not in present]
    for line in missing:
        user = account_create(username=line.username, display_name=line.display_name, password=password, actor=None)
        for code in line.departments:
            department = ground.department(line.entry, code, region=line.region)
            membership_grant(user=user, department=department, role=line.role, actor=None)
    return len(missing)


def _regions(library: Library, ground: Ground) -> None:
    ground.regions = {region.full_name: region for region in Region.objects.all()}
    for line in library.regions:
        if line.full_name in ground.regions:
            continue
        parent = ground.region(line.entry, line.parent, at="parent") if line.parent else None
        ground.regions[line.full_name] = region_save(
            full_name=line.full_name,
            name=line.name,
            parent=parent,
            code=line.code,
            code_verified=line.code_verified,
            actor=None,
        )


def _departments(library: Library, ground: Ground) -> None:
    rows = Department.objects.select_related("region")
    ground.departments = {(row.region.full_name, row.code): row for row in rows}
    for line in library.departments:
        key = (line.region, line.values["code"])
        if key not in ground.departments:
            region = ground.region(line.entry, line.region)
            ground.departments[key] = department_save(region=region, actor=None, **line.values)


def _words(library: Library, ground: Ground) -> None:
    ground.themes = {theme.name: theme for theme in MatterTheme.objects.all()}
    for position, name in enumerate(library.themes):
        if name not in ground.themes:
            ground.themes[name] = theme_save(name=name, position=position, actor=None)
    ground.causes = {cause.name: cause for cause in Cause.objects.all()}
    for position, name in enumerate(library.causes):
        if name not in ground.causes:
            ground.causes[name] = cause_save(name=name, position=position, actor=None)
    present = set(Scheme.objects.values_list("key", flat=True))
    for line in library.schemes:
        if line.key not in present:
            scheme_save(
                key=line.key,
                name=line.name,
                is_active=line.is_active,
                note=line.note,
                categories=line.categories,
                actor=None,
            )
            scheme_hints_set(line.key, line.hints)
    rows = Category.objects.select_related("scheme")
    ground.categories = {(row.scheme.key, row.name): row for row in rows}


def _matters(library: Library, ground: Ground) -> None:
    matters = list(Matter.objects.select_related("merged_into"))
    # One that was given another name here keeps the old one as an alias; one that was merged stands for its successor.
    ground.matters = {alias: matter for matter in matters for alias in matter.aliases}
    ground.matters |= {matter.name: matter.merged_into or matter for matter in matters}
    for line in library.matters:
        name = line.values["name"]
        if name in ground.matters:
            continue
        try:
            ground.matters[name] = matter_save(theme=ground.theme(line.entry, line.theme), actor=None, **line.values)
        except BrokenFile:
            raise
        except RuleBroken as error:
            raise line.entry.broken(error.field, error.message) from error
