"""Two versions side by side, clause by clause: what stayed, moved, changed, came and went."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q
from django.utils.translation import gettext

from caselib.core.diff import Mark, marked
from caselib.core.errors import NotVisible

from .models import Clause, ClauseCounterpart, PolicyVersion


class Change(StrEnum):
    """What became of a clause. MOVED has another number and the same text; REWORDED may have another number as well."""

    SAME = "same"
    MOVED = "moved"
    REWORDED = "reworded"
    UNCLEAR = "unclear"
    ADDED = "added"
    GONE = "gone"


LABELS = {
    Change.SAME: "没有变",
    Change.MOVED: "只换了条号",
    Change.REWORDED: "改了",
    Change.UNCLEAR: "只有大意，待对照原文",
    Change.ADDED: "新增",
    Change.GONE: "删去",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A clause before and after; one of them is None where it came or went. `marks`: what the text changed.

    `is_gist`: compared are paraphrases, not the text of the law.
    """

    change: Change
    old: Clause | None
    new: Clause | None
    marks: tuple[Mark, ...] = ()
    is_gist: bool = False

    @property
    def label(self) -> str:
        return LABELS[self.change]

    @property
    def moved(self) -> bool:
        """Whether it stands under another number now."""
        return self.old is not None and self.new is not None and self.old.label != self.new.label


@dataclass(frozen=True, slots=True)
class Comparison:
    """`pairs` in the order of the newer version, what went where it stood. `counts` by kind of change, all kinds."""

    older: PolicyVersion
    newer: PolicyVersion
    pairs: tuple[Pair, ...]

    @property
    def counts(self) -> dict[Change, int]:
        found = dict.fromkeys(Change, 0)
        for pair in self.pairs:
            found[pair.change] += 1
        return found

    @property
    def words(self) -> str:
        """What changed in one sentence of numbers; the kinds that do not occur are left out."""
        counts = self.counts
        return "，".join(f"{LABELS[change]} {counts[change]} 条" for change in Change if counts[change])


def comparison_of(older: PolicyVersion, newer: PolicyVersion) -> Comparison:
    """Matches clauses by their stable key, and between two documents by the links that a person made. 3 queries."""
    before, after = list(older.clauses.all()), list(newer.clauses.all())
    partner = _partners(before, after)
    new_of = {new.pk: new for new in after}
    followed = set(partner.values())
    pairs: list[Pair] = []
    gone = iter([clause for clause in before if clause.pk not in partner])
    waiting = next(gone, None)
    old_of = {partner[old.pk]: old for old in before if old.pk in partner}
    for new in after:
        old = old_of.get(new.pk)
        # What went stands before the first one that came from behind it.
        while waiting is not None and old is not None and waiting.position < old.position:
            pairs.append(Pair(Change.GONE, waiting, None))
            waiting = next(gone, None)
        pairs.append(Pair(Change.ADDED, None, new) if new.pk not in followed else _pair(old, new_of[new.pk]))
    while waiting is not None:
        pairs.append(Pair(Change.GONE, waiting, None))
        waiting = next(gone, None)
    return Comparison(older, newer, tuple(pairs))


def _partners(before: Sequence[Clause], after: Sequence[Clause]) -> dict[int, int]:
    """Key of each old clause to key of the new one that carries it on; one to one."""
    by_key = {clause.stable_key: clause.pk for clause in after}
    found = {clause.pk: by_key[clause.stable_key] for clause in before if clause.stable_key in by_key}
    taken = set(found.values())
    old, new = {clause.pk for clause in before}, {clause.pk for clause in after}
    both = Q(clause__in=old, other__in=new) | Q(clause__in=new, other__in=old)
    for one, other in ClauseCounterpart.objects.filter(both).order_by("pk").values_list("clause", "other"):
        here, there = (one, other) if one in old else (other, one)
        if here not in found and there not in taken:
            found[here] = there
            taken.add(there)
    return found


def _pair(old: Clause, new: Clause) -> Pair:
    if not (old.text and new.text):
        # Two paraphrases, alike or not, say nothing about the texts behind them.
        return Pair(Change.UNCLEAR, old, new, is_gist=True)
    if old.text == new.text:
        return Pair(Change.SAME if old.label == new.label else Change.MOVED, old, new)
    return Pair(Change.REWORDED, old, new, marked(old.text, new.text))


def versions_to_compare(
    code: str, *, older: str = "", newer: str = "", other: str = ""
) -> tuple[PolicyVersion, PolicyVersion, tuple[PolicyVersion, ...]]:
    """(older, newer, all versions to choose from), from positions counted from 1 as they stand in the address.

    `other`: code of a second policy whose versions are the newer side. Without positions: the last two, or the last of
    each. Raises NotVisible for an unknown policy and for one that has nothing to compare. 1 query.
    """
    codes = [code, other] if other else [code]
    found = list(
        PolicyVersion.objects.filter(policy__code__in=codes).select_related("policy__region").order_by("position")
    )
    first = [version for version in found if version.policy.code == code]
    second = [version for version in found if version.policy.code == other] if other else first
    if not first or not second or (not other and len(first) < 2):
        raise NotVisible(gettext("这部政策只录入了一个版本，还没有可以对照的。"))
    new = _at(second, newer) or second[-1]
    earlier = [version for version in first if other or version.position < new.position]
    old = _at(first, older) or (earlier or first)[-1]
    if old.pk == new.pk:
        raise NotVisible(gettext("同一个版本不用对照。选两个不同的版本。"))
    return old, new, tuple(found)


def _at(versions: Sequence[PolicyVersion], wanted: str) -> PolicyVersion | None:
    is_number = wanted.isascii() and wanted.isdigit() and len(wanted) < 4
    return next((version for version in versions if is_number and version.position == int(wanted) - 1), None)
