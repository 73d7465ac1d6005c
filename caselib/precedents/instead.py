"""不符合时可考虑: where precedents of a matter went when the way that was asked for was closed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from caselib.catalog.models import Matter
from caselib.orgs.scope import ViewerScope
from caselib.policies.models import PolicyVersion

from .models import Citation, Precedent, Relation
from .place import region_of
from .shown import holds_personal

# The most used precedents that name another way: a list to choose from, not a survey.
LIMIT = 12


@dataclass(frozen=True, slots=True)
class Way:
    """Another way as a precedent tells it: instead of what, what, why; `code` and `title` are the precedent's."""

    wanted: str
    instead: str
    reason: str
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class OtherDocument:
    """A document that precedents name as 替代政策. `labels`: its clauses; `notes`: for whom; `region` as in `region_of`."""

    version: PolicyVersion
    region: str
    is_here: bool
    labels: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OtherWays:
    ways: tuple[Way, ...]
    documents: tuple[OtherDocument, ...]

    def __bool__(self) -> bool:
        return bool(self.ways or self.documents)


def other_ways_of(matter: Matter, scope: ViewerScope) -> OtherWays:
    """What the findable precedents of a matter that the viewer may see name as another way, most used first. 2 queries.

    Without those in whose text personal data may stand.
    """
    findable = Precedent.objects.visible_to(scope).findable().filter(~holds_personal(), matter=matter)
    telling = findable.exclude(live_revision__alternatives=[]).order_by("-reuse_count", "-pk")
    rows = telling.values_list("live_revision__alternatives", "code", "live_revision__title")[:LIMIT]
    ways = [_way(told, code, title) for alternatives, code, title in rows for told in alternatives]
    return OtherWays(
        tuple({(way.wanted, way.instead): way for way in reversed(ways)}.values())[::-1],
        _documents(findable.values("live_revision"), scope),
    )


def _way(told: Mapping[str, str], code: str, title: str) -> Way:
    return Way(told.get("wanted", ""), told.get("instead", ""), told.get("reason", ""), code, title)


def _documents(revisions: object, scope: ViewerScope) -> tuple[OtherDocument, ...]:
    cited = Citation.objects.filter(revision__in=revisions, relation=Relation.ALTERNATIVE)
    related = cited.select_related("version__policy__region", "clause")
    documents: dict[int, OtherDocument] = {}
    for citation in related.order_by("-revision__live_for__reuse_count", "-revision", "position")[: LIMIT * 4]:
        version = citation.version
        document = documents.setdefault(version.pk, OtherDocument(version, *region_of(version.policy, scope)))
        label = citation.clause.label if citation.clause else citation.locator
        for words, found in ((label, document.labels), (citation.note, document.notes)):
            if words and words not in found:
                found.append(words)
    return tuple(documents.values())[:LIMIT]
