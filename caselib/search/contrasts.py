"""对照: precedents of one matter and cause that tell nearly one story and end differently. They teach best side by side.

Whether a precedent has such a one beside it stands in the index, although it depends on others: who writes one of a pair anew
reads the other again (`outbox`).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from caselib.precedents.models import Kind, Precedent, Revision, RevisionState
from caselib.precedents.visibility import EVERYBODY, audience_token
from caselib.search.families import SAME_STORY_PARTED, character_pairs, share_of

# So many of the newest of a matter are compared with one another: a few hundred pairs at most are looked at for one change.
MOST_COMPARED = 60
# Two statements of conditions say the same from this share of character pairs on.
SAME_STATEMENT = 0.5
_COLUMNS = ("pk", "matter_id", "audience", "owner_department_id", "owner_department__region_id", "live_revision_id")
_TEXTS = ("result_type", "measure", "title", "problem", "blocker", "applies_when", "not_when")


@dataclass(slots=True)
class Told:
    """What of a precedent is compared. `audience`: its token in the index."""

    pk: int
    audience: str
    ends: tuple[str, str]
    story: str
    applies_when: Sequence[str]
    not_when: Sequence[str]
    causes: frozenset[int] = frozenset()
    _pairs: frozenset[str] | None = field(default=None, repr=False)

    @property
    def pairs(self) -> frozenset[str]:
        if self._pairs is None:
            self._pairs = character_pairs(self.story)
        return self._pairs


def contrasted(matters: Collection[int] | None = None) -> frozenset[int]:
    """The keys of the precedents that have one in contrast beside them, of these matters or of all. 2 queries for any number.

    About 10 ms for a matter with MOST_COMPARED precedents.
    """
    found: set[int] = set()
    if matters is None or matters:
        for group in _groups(matters).values():
            found |= in_contrast(group)
    return frozenset(found)


def partners_of(precedent: Precedent) -> tuple[int, ...]:
    """The keys of those in contrast with one, whoever may see them. 2 queries, none without a matter."""
    group = _groups({precedent.matter_id})[precedent.matter_id] if precedent.matter_id else []
    own = next((told for told in group if told.pk == precedent.pk), None)
    others = [told for told in group if told is not own] if own is not None else []
    return tuple(told.pk for told in others if _ends_differ(own, told) and _are_alike(own, told))


def in_contrast(group: Sequence[Told]) -> frozenset[int]:
    """Of the precedents of one matter the keys of those that have one in contrast beside them, which every reader of theirs may
    read as well: else the word alone would tell of a hidden one."""
    found: set[int] = set()
    for one, other in combinations(group, 2):
        flags = {
            each.pk for each, beside in ((one, other), (other, one)) if beside.audience in (EVERYBODY, each.audience)
        }
        if not flags <= found and _ends_differ(one, other) and _are_alike(one, other):
            found |= flags
    return frozenset(found)


def ends_apart(one: Revision, other: Revision) -> bool:
    """Whether two texts end differently: in the result, in the measure, or because a condition of one rules the other out."""
    ends = (one.result_type, one.measure) != (other.result_type, other.measure)
    return ends or _rules_out(one.not_when, other.applies_when) or _rules_out(other.not_when, one.applies_when)


def matters_touched(object_ids: Collection[int]) -> dict[int, str]:
    """The matters in which these precedents are or were, as far as published texts tell: key to name. 1 query."""
    texts = Revision.objects.filter(
        precedent__in=object_ids, state__in=[RevisionState.APPROVED, RevisionState.SUPERSEDED], matter__isnull=False
    )
    return dict(texts.order_by().values_list("matter", "matter__name").distinct())


def still_of(pks: Collection[int], matters: Collection[int]) -> set[int]:
    """Those of the keys that are of these matters themselves; others only stand under one of them besides. 1 query, none for none."""
    return set(Precedent.objects.filter(pk__in=pks, matter__in=matters).values_list("pk", flat=True)) if pks else set()


def _groups(matters: Collection[int] | None) -> Mapping[int, list[Told]]:
    rows = Precedent.objects.findable().filter(kind=Kind.PRECEDENT, live_revision__isnull=False, matter__isnull=False)
    if matters is not None:
        rows = rows.filter(matter__in=matters)
    newest = Window(RowNumber(), partition_by=F("matter"), order_by=[F("published_at").desc(), F("pk").desc()])
    texts = [f"live_revision__{name}" for name in _TEXTS]
    found = list(rows.annotate(place=newest).filter(place__lte=MOST_COMPARED).order_by().values_list(*_COLUMNS, *texts))
    causes = _causes([row[5] for row in found], whole=matters is None)
    groups: dict[int, list[Told]] = defaultdict(list)
    for pk, matter, audience, department, region, live, result, measure, *texts in found:
        title, problem, blocker, applies_when, not_when = texts
        token = audience_token(audience, department=department, region=region)
        told = Told(pk, token, (result, measure), f"{title}{problem}{blocker}", applies_when, not_when)
        told.causes = causes.get(live, frozenset())
        groups[matter].append(told)
    return groups


def _causes(revisions: Collection[int], *, whole: bool) -> Mapping[int, frozenset[int]]:
    rows = Revision.causes.through.objects.order_by()
    # Ten thousand keys are no list for a database to look through: then all of them are read.
    rows = rows.filter(revision__live_for__isnull=False) if whole else rows.filter(revision__in=revisions)
    found: dict[int, set[int]] = defaultdict(set)
    for revision, cause in rows.values_list("revision", "cause"):
        found[revision].add(cause)
    return {revision: frozenset(causes) for revision, causes in found.items()}


def _ends_differ(one: Told, other: Told) -> bool:
    if one.causes.isdisjoint(other.causes):
        return False
    return one.ends != other.ends or (
        _rules_out(one.not_when, other.applies_when) or _rules_out(other.not_when, one.applies_when)
    )


def _are_alike(one: Told, other: Told) -> bool:
    return share_of(one.pairs, other.pairs) >= SAME_STORY_PARTED


def _rules_out(not_when: Sequence[str], applies_when: Sequence[str]) -> bool:
    """Whether a statement of what rules one out says what the other asks for."""
    asked = [character_pairs(statement) for statement in applies_when]
    return any(
        share_of(character_pairs(statement), pairs) >= SAME_STATEMENT for statement in not_when for pairs in asked
    )
