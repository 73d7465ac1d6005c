"""Where a practice holds, seen from the viewer's hall: here, in the same city or province, everywhere, or far away (外地做法)."""

from dataclasses import dataclass
from enum import StrEnum

from caselib.orgs.models import NATION, Region, ancestors_in
from caselib.orgs.scope import ViewerScope
from caselib.policies.models import Policy

MUNICIPALITIES = ("北京市", "上海市", "天津市", "重庆市")


class Near(StrEnum):
    OWN = "own"
    ABOVE = "above"
    NEIGHBOUR = "neighbour"
    FAR = "far"


@dataclass(frozen=True, slots=True)
class Place:
    """`label` is what the page shows; `full_name` the region's own full name."""

    near: Near
    label: str
    full_name: str

    @property
    def is_far(self) -> bool:
        return self.near is Near.FAR


def place_of(region: Region | None, scope: ViewerScope) -> Place | None:
    """How near a region is to the viewer; None where the source names none. No query.

    Regions above the viewer's own, the country included, hold here too; another district under the same city or
    province is a neighbour; everything else is practice from elsewhere.
    """
    return place_at(region.name, region.full_name, region.path, scope) if region is not None else None


def place_at(name: str, full_name: str, path: str, scope: ViewerScope) -> Place:
    """The same for a region whose columns alone were read."""
    ancestors = ancestors_in(path)
    if full_name == NATION:
        return Place(Near.ABOVE, "全国", NATION)
    if scope.home_region_id in ancestors:
        return Place(Near.OWN, f"本地 {name}", full_name)
    if ancestors and ancestors[-1] in scope.region_ids:
        return Place(Near.ABOVE, name, full_name)
    # Everything lies in the same country: only what is shared below it makes a neighbour.
    if (set(ancestors) & scope.region_ids) - {scope.nation_id}:
        shared = "本市" if full_name.startswith(MUNICIPALITIES) else "本省"
        return Place(Near.NEIGHBOUR, f"{shared} {name}", full_name)
    return Place(Near.FAR, f"外地做法 {full_name}", full_name)


def region_of(policy: Policy, scope: ViewerScope) -> tuple[str, bool]:
    """(where alone a rule holds, empty for the whole country; whether the viewer's hall is there). Needs `region` loaded.

    Who stands nowhere reads from everywhere.
    """
    if policy.region.full_name == NATION:
        return "", True
    return policy.region.name, not scope.region_ids or policy.region_id in scope.region_ids
