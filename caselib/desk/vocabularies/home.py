"""The door to each vocabulary: how many entries there are, and what waits for somebody."""

from dataclasses import dataclass

from django.db.models import Count, Q

from caselib.catalog.models import Cause, Matter, Scheme, Tag
from caselib.catalog.tags import twins
from caselib.orgs.models import Department, Region
from caselib.precedents.usage import unused_tags

from .kinds import KINDS, Kind


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something to look at: what it is, how many, and the state of the list that shows it."""

    label: str
    count: int
    state: str


@dataclass(frozen=True, slots=True)
class Door:
    kind: Kind
    count: int
    waiting: tuple[Waiting, ...]


def home_screen() -> tuple[Door, ...]:
    """All vocabularies. 8 queries for any number of entries."""
    matters = Matter.objects.aggregate(
        on=Count("pk", filter=Q(is_active=True)),
        off=Count("pk", filter=Q(is_active=False, merged_into=None)),
        key=Count("pk", filter=Q(is_active=True) & ~Q(key_matter="")),
    )
    regions = Region.objects.aggregate(
        on=Count("pk", filter=Q(is_active=True)),
        unchecked=Count("pk", filter=Q(is_active=True, code_verified=False) & ~Q(code="")),
    )
    counts = {
        "matters": (matters["on"], [("重点事项", matters["key"], "key"), ("停用", matters["off"], "off")]),
        "causes": (Cause.objects.filter(is_active=True).count(), []),
        "schemes": (Scheme.objects.filter(is_active=True).count(), []),
        "tags": (
            Tag.objects.filter(merged_into=None).count(),
            [("没人用", unused_tags().count(), "unused"), ("写法相近", len(twins()), "twins")],
        ),
        "departments": (Department.objects.filter(is_active=True).count(), []),
        "regions": (regions["on"], [("代码没核对", regions["unchecked"], "unchecked")]),
    }
    return tuple(
        Door(KINDS[slug], count, tuple(Waiting(*each) for each in waiting if each[1]))
        for slug, (count, waiting) in counts.items()
    )
