"""Every operation of the API, asked by systems of several departments about everything that is planted in the hall."""

from collections.abc import Iterator

from caselib.connect.api.describing import described
from caselib.connect.clients.models import Deed
from caselib.orgs.models import Department, Role
from tests.api.calls import System, system

from .secrets import Hall, Planted, Viewer

# What is asked of each: the addresses about many, and about one precedent.
ABOUT_MANY = {
    "search": ["search?q=前租户", "search?q=qz", "search?q=&sort=newest", "search?matter={matter}"],
    "suggest": ["suggest?q=qz", "suggest?q=前租户"],
    "policies": ["policies"],
    "policy": ["policies/{policy}"],
    "clauses_on": ["policies/{policy}/clauses"],
    "clause": ["clauses/{clause}"],
    "matters": ["matters"],
    "matter": ["matters/{matter}"],
}
ABOUT_ONE = {"precedent", "reuse"}
# What they tell comes from the caller: tests/api/test_writing.py and test_panel.py.
TELLS_BACK = {"ticket_in", "gap", "embed_ticket"}


def systems(hall: Hall) -> list[tuple[System, Viewer]]:
    """(a system, a person who may read the same): of the owning department, and of another one."""
    found = []
    for is_own in (True, False):
        viewer = next(each for each in hall.viewers if each.is_own == is_own and each.role == Role.WINDOW)
        department = Department.objects.get(memberships__user=viewer.user)
        found.append((system(*Deed, within=department, per_minute=6_000), viewer))
    return found


def operations() -> set[str]:
    return {each["operationId"] for ways in described()["paths"].values() for each in ways.values()}


def addresses_about_many(hall: Hall) -> Iterator[str]:
    known = {"matter": hall.matter.code, "policy": hall.clause.version.policy.code, "clause": hall.clause.code}
    for addresses in ABOUT_MANY.values():
        yield from (address.format(**known) for address in addresses)


def answers_about_one(caller: System, planted: Planted, number: int) -> Iterator:
    yield caller.get(f"precedents/{planted.precedent.code}")
    if planted.precedent.number:
        yield caller.get(f"precedents/{planted.precedent.number}")
    yield caller.reuse(planted.precedent.code, key=f"key-of-planted-{number}")
