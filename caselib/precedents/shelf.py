"""The policies that a text names, as far as citing them goes: the version of a day, and which clauses it has."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from caselib.policies.models import Clause, PolicyVersion
from caselib.policies.texts.mentions import ref_label
from caselib.policies.validity import Validity, status_columns, status_from, validity_of

# From how many articles in a row on a text counts as entered whole, and of paragraphs or items below an article.
_ARTICLES, _PARTS = 3, 2


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of a policy, by its code: `ref` of an article, or `label` of a head; both empty for all of it."""

    policy: str
    ref: str = ""
    label: str = ""

    @property
    def key(self) -> str:
        return self.ref or self.label


@dataclass(frozen=True, slots=True)
class Held:
    """The version to cite. `caution`: why it is not simply the one that applied, or empty."""

    version: PolicyVersion
    caution: str
    validity: Validity


class Shelf:
    """Policies by code, each with one version. 2 queries, 2 more in `fetch`."""

    def __init__(self, codes: Collection[str], *, on: dt.date, today: dt.date) -> None:
        self._held: dict[str, Held] = {}
        self._clauses: dict[int, dict[str, int]] = defaultdict(dict)
        # Stable key to ref, by version: where a clause of another version went.
        self._stable: dict[tuple[int, str], str] = {}
        self._rows: Mapping[int, Clause] = {}
        self._others: dict[tuple[str, str], str] = {}
        if codes:
            self._load_versions(codes, on=on, today=today)
            self._load_refs()

    def _load_versions(self, codes: Collection[str], *, on: dt.date, today: dt.date) -> None:
        versions: dict[str, list[PolicyVersion]] = defaultdict(list)
        rows = PolicyVersion.objects.filter(policy__code__in=codes).select_related("policy__region")
        for version in rows.annotate(**status_columns(today, policy="policy")).order_by("position"):
            versions[version.policy.code].append(version)
        for code, found in versions.items():
            version, caution = _on_day(found, on)
            status = status_from(version.day_status, version.day_verified)
            self._held[code] = Held(version, caution, validity_of(version, on=today, status=status))

    def _load_refs(self) -> None:
        rows = Clause.objects.filter(version__in=[held.version.pk for held in self._held.values()]).order_by("position")
        for version, pk, ref, label, key in rows.values_list("version", "pk", "ref", "label", "stable_key"):
            self._clauses[version].setdefault(ref or label, pk)
            self._stable[version, key] = label

    @property
    def refs(self) -> Mapping[str, Collection[str]]:
        """Refs, and labels of heads, of the policies of which clauses are entered."""
        return {code: found for code, held in self._held.items() if (found := self._clauses.get(held.version.pk))}

    def fetch(self, spots: Iterable[Spot]) -> None:
        """Loads the clauses at those places, and where other versions hold what this one does not. 2 queries."""
        spots = [spot for spot in set(spots) if spot.key and spot.policy in self._held]
        found = {pk for spot in spots if (pk := self._nearest(spot))}
        self._rows = Clause.objects.in_bulk(found) if found else {}
        missing = [spot for spot in spots if spot.ref and not self._nearest(spot)]
        if missing:
            self._load_others(missing)

    def _load_others(self, missing: Sequence[Spot]) -> None:
        wanted = {(spot.policy, spot.ref) for spot in missing}
        rows = Clause.objects.filter(
            version__policy__code__in={spot.policy for spot in missing}, ref__in={spot.ref for spot in missing}
        ).order_by("version__position")
        columns = ("version__policy__code", "version__label", "ref", "stable_key")
        for code, version, ref, key in rows.values_list(*columns):
            if (code, ref) in wanted:
                now = self._stable.get((self._held[code].version.pk, key))
                here = f"，在这一版是{now}" if now else ""
                self._others[code, ref] = f"“{version}”版有{ref_label(ref)}{here}"

    def version(self, code: str) -> Held | None:
        return self._held.get(code)

    def clause(self, spot: Spot) -> Clause | None:
        """The clause at that place, or the article around it; None where neither is entered."""
        pk = self._nearest(spot)
        return self._rows.get(pk) if pk else None

    def elsewhere(self, spot: Spot) -> str:
        return self._others.get((spot.policy, spot.ref), "")

    def lacks(self, spot: Spot) -> bool:
        """Whether the version is known to have no such clause: what stands beside it is entered without a gap."""
        clauses = self._clauses[self._held[spot.policy].version.pk]
        parts = spot.ref.split("/")
        depth = next((n for n in range(len(parts) - 1, 0, -1) if "/".join(parts[:n]) in clauses), 0)
        beside = {
            _number(ref.split("/")[depth])
            for ref in clauses
            if ref.split("/")[:depth] == parts[:depth] and ref.count("/") >= depth
        }
        beside.discard(0)
        return len(beside) >= (_PARTS if depth else _ARTICLES) and max(beside) == len(beside)

    def lacking(self, spot: Spot) -> str:
        """A sentence on a clause that the version does not have."""
        version = self._held[spot.policy].version
        last = max((_number(ref.split("/")[0]) for ref in self._clauses[version.pk]), default=0)
        named = f"《{version.title or version.policy.title}》（{version.label}）"
        parts = [f"{named}没有{ref_label(spot.ref)}，录入到{ref_label(str(last))}", self.elsewhere(spot)]
        return "；".join(filter(None, parts)) + "。"

    def _nearest(self, spot: Spot) -> int | None:
        held = self._held.get(spot.policy)
        clauses = self._clauses.get(held.version.pk, {}) if held else {}
        if spot.label:
            return clauses.get(spot.label)
        parts = spot.ref.split("/")
        return next((pk for n in range(len(parts), 0, -1) if (pk := clauses.get("/".join(parts[:n])))), None)


def _on_day(versions: Sequence[PolicyVersion], on: dt.date) -> tuple[PolicyVersion, str]:
    """The version that applied; failing that the one that comes nearest, and why it is not simply that."""
    applied = [version for version in versions if version.applied_on(on)]
    if applied:
        return applied[-1], ""
    unknown = [version for version in versions if version.effective_from is None and not version.ended_by(on)]
    if unknown:
        return unknown[-1], "施行日待核，那一天适用哪一版说不准"
    ended = [version for version in versions if version.ended_by(on)]
    if ended:
        return ended[-1], f"这一版用到 {ended[-1].last_day:%Y-%m-%d}，那一天已经不适用"
    return versions[0], f"{versions[0].effective_from:%Y-%m-%d} 起施行，那一天还没有施行"


def _number(part: str) -> int:
    """The figure of a part of a ref, 0 for a head or an article that was put in later (33-1)."""
    return int(part) if part.isascii() and part.isdigit() else 0
