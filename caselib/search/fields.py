"""What results can be narrowed and sorted by: one list for index, page and command."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from caselib.orgs.models import Region
from caselib.policies.models import PolicyStatus
from caselib.precedents.models import DecisionLevel, ResultType

AUDIENCE = "audience"
PUBLISHED = "published"
MATTER = "matter"
REUSED = "reuse_count"
# Facets that move results and are not offered for narrowing: where it holds, the status, how often it was followed
# with success, and how many departments followed the text in vain.
PLACE = "place"
STATUS = "status"
USES = "uses"
FAILS = "fails"
# More than this is not told apart.
MOST_FAILS = 9
_USES = ((10, "10"), (3, "3"), (1, "1"))


def places_of(region: Region | None) -> Iterator[str]:
    """Where a precedent holds, as values of the facet: at its region and in each region around it; `at:` is anywhere."""
    yield f"at:{region.pk if region else ''}"
    for pk in region.ancestor_ids if region else ():
        yield f"in:{pk}"


def uses_of(count: int) -> str:
    """The step of a number of successful uses: "0", "1", "3" or "10" and more."""
    return next((label for least, label in _USES if count >= least), "0")


def fails_of(departments: int) -> str:
    """The number of departments that followed the text in vain, as a value of the facet: "0" to "9"."""
    return str(min(departments, MOST_FAILS))


# 适合教学: for who makes training. CONTRAST depends on other precedents too (`contrasts`), OFTEN on a count of which every use
# tells the index; both are as fresh as the rest of a document.
TEACH, CONTRAST, EXEMPLARY, OFTEN = "teach", "contrast", "exemplary", "often"
# From so many successful uses on a precedent is what new staff will meet: fewer may be one person's week.
OFTEN_USED = 5


def teaching_of(*, is_contrast: bool, is_exemplary: bool, reuse_count: int) -> tuple[str, ...]:
    """The values of the facet: what makes a precedent worth teaching."""
    told = ((CONTRAST, is_contrast), (EXEMPLARY, is_exemplary), (OFTEN, reuse_count >= OFTEN_USED))
    return tuple(value for value, is_so in told if is_so)


# 过渡期: a text for the seam between two rules leaves the default results when the seam closes, and stays as history.
ERA, NOW, PAST = "era", "now", "past"


def era_of(applies_until: dt.date | None, *, on: dt.date) -> str:
    """The value of the facet on a day. `applies_until` is the first day on which it no longer applies."""
    return PAST if applies_until is not None and applies_until <= on else NOW


@dataclass(frozen=True, slots=True)
class FacetField:
    """`name` in index and address, `label` on the page, `labels` of its values where they are codes.

    `is_offered`: whether the page counts its values; else it shows only what an address chose, and how to take it off.
    `is_for_trainers`: for everybody else there is no such facet, whatever an address says.
    """

    name: str
    label: str
    labels: dict[str, str] | None = None
    is_offered: bool = True
    is_for_trainers: bool = False

    def label_of(self, value: str) -> str:
        return (self.labels or {}).get(value, value)


FACETS = (
    FacetField("theme", "事项主题"),
    FacetField("department", "部门"),
    FacetField("cause", "原因"),
    FacetField("region", "地区"),
    FacetField("policy_status", "所引政策", dict(PolicyStatus.choices)),
    FacetField("result_type", "结果", dict(ResultType.choices)),
    FacetField("decision_level", "谁能定", dict(DecisionLevel.choices)),
    FacetField("year", "年份"),
    FacetField(
        TEACH, "适合教学", {CONTRAST: "有对照的", EXEMPLARY: "典型案例", OFTEN: "用得多的"}, is_for_trainers=True
    ),
    FacetField(ERA, "过渡期", {NOW: "现在适用", PAST: "已过，只供查历史"}),
    # For deep links from other systems: there are hundreds of matters, and the page of a matter is a better list of them.
    FacetField(MATTER, "事项", is_offered=False),
)
FACET_NAMES = tuple(facet.name for facet in FACETS)


def facets_for(*, trains: bool) -> tuple[FacetField, ...]:
    """Those that a viewer may narrow by."""
    return tuple(facet for facet in FACETS if trains or not facet.is_for_trainers)


# Value in the address: (label, number to sort by, highest first; empty for relevance).
SORTS = {"relevance": ("最相关", ""), "newest": ("最新发布", PUBLISHED), "reused": ("复用最多", REUSED)}
DEFAULT_SORT = "relevance"
