"""Who relies on a version of a policy, clause by clause: the margin of the policy's page."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from caselib.core import prepared
from caselib.orgs.scope import ViewerScope
from caselib.policies.models import PolicyVersion

from .models import Citation, Precedent, Relation
from .selectors import PrecedentRow, rows_of


@dataclass(frozen=True, slots=True)
class RelyingRow:
    """A precedent that relies on a clause, with the relation and how the clause bears on it."""

    row: PrecedentRow
    relation: Relation
    note: str


@dataclass(frozen=True, slots=True)
class RelyingRows:
    """Who relies on one clause: the most used ones, and how many there are in all."""

    rows: tuple[RelyingRow, ...] = ()
    total: int = 0

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


@dataclass(frozen=True, slots=True)
class Instead:
    """A document that a precedent names as 替代政策, with what it says about it."""

    version: PolicyVersion
    note: str


@dataclass(frozen=True, slots=True)
class Relying:
    """Who relies on a version: by key of the clause, and (under None) on the document as a whole or an unlisted article.

    `precedents` are the most used of them all; `total` counts all. `instead` are documents that the shown ones name as
    替代政策, other than this one.
    """

    by_clause: dict[int | None, RelyingRows]
    precedents: tuple[PrecedentRow, ...]
    total: int
    instead: tuple[Instead, ...]


RELYING_ON_CLAUSE = 5
RELYING_ON_VERSION = 12


def relying_on(version: PolicyVersion, scope: ViewerScope, *, on: dt.date) -> Relying:
    """The findable precedents whose live text cites the version, most used first.

    4 queries; for a clause with a thousand of them, rows are read only for those that are shown.
    """
    findable = Precedent.objects.visible_to(scope).findable().filter(live_revision__citations__version=version)
    citing: dict[int | None, dict[int, tuple[str, str]]] = defaultdict(dict)
    columns = ("clause", "relation", "note")
    for pk, clause, relation, note in findable.order_by("-reuse_count", "-pk").values_list(
        "pk", *(f"live_revision__citations__{column}" for column in columns)
    ):
        citing[clause].setdefault(pk, (relation, note))
    everybody = list(dict.fromkeys(pk for found in citing.values() for pk in found))
    shown = {pk for found in citing.values() for pk in list(found)[:RELYING_ON_CLAUSE]} | set(
        everybody[:RELYING_ON_VERSION]
    )
    rows = {row.precedent.pk: row for row in rows_of(Precedent.objects.filter(pk__in=shown), scope, on=on)}
    by_clause = {
        clause: RelyingRows(
            tuple(
                RelyingRow(rows[pk], Relation(relation), "" if rows[pk].precedent.is_personal else note)
                for pk, (relation, note) in list(found.items())[:RELYING_ON_CLAUSE]
                if pk in rows
            ),
            len(found),
        )
        for clause, found in citing.items()
    }
    return Relying(
        by_clause=by_clause,
        precedents=tuple(rows[pk] for pk in everybody[:RELYING_ON_VERSION] if pk in rows),
        total=len(everybody),
        instead=_instead_of(version, [row.revision.pk for row in rows.values() if not row.precedent.is_personal]),
    )


def relying_counts(policies: Sequence[int], scope: ViewerScope) -> Mapping[int, int]:
    """How many findable precedents that this viewer may see cite each policy in their live text. 1 query."""
    return dict(prepared.rows_of("relying", policies, shape=scope.shape, build=lambda keys: _counted(keys, scope)))


def _counted(policies: Sequence[int], scope: ViewerScope) -> QuerySet:
    policy = "live_revision__citations__version__policy"
    findable = Precedent.objects.visible_to(scope).findable().filter(**{f"{policy}__in": policies})
    return findable.order_by().values(policy).annotate(number=Count("pk", distinct=True)).values_list(policy, "number")


def _instead_of(version: PolicyVersion, revisions: Sequence[int]) -> tuple[Instead, ...]:
    """The documents that these texts name as 替代政策, other than the one itself. 1 query."""
    found = Citation.objects.filter(revision__in=revisions, relation=Relation.ALTERNATIVE)
    others = found.exclude(version__policy=version.policy_id).select_related("version__policy__region")
    instead = {
        citation.version.policy_id: Instead(citation.version, citation.note)
        for citation in others.order_by("-revision", "position")
    }
    return tuple(instead.values())
