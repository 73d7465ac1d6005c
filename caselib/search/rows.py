"""The rows of a results page: what the engine proposed, as far as the database lets this viewer see it now.

Plain values are read instead of models: twenty instances with their relations take longer than the search itself.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from caselib.core import prepared
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Citation, Doubt, Kind, Tier
from caselib.precedents.place import Place, place_at
from caselib.precedents.signal import Signal, q_changes_signal, signal_from, validity_reason
from caselib.precedents.visibility import PrecedentStatus
from caselib.search.families import Family
from caselib.search.indexing import eligible
from caselib.search.snippets import ELLIPSIS, Part, cover_all, snippet

_COLUMNS = {
    "pk": "pk",
    "code": "code",
    "number": "number",
    "external_id": "external_id",
    "kind": "kind",
    "tier": "tier",
    "status": "status",
    "reverify_due_on": "reverify_due_on",
    "reuse_count": "reuse_count",
    "matter_name": "matter__name",
    "region_id": "region_id",
    "region_name": "region__name",
    "region_full_name": "region__full_name",
    "region_path": "region__path",
    "live_id": "live_revision_id",
    "title": "live_revision__title",
    "gist": "live_revision__gist",
    "lead_org": "live_revision__lead_org",
    "partner_orgs": "live_revision__partner_orgs",
    "problem": "live_revision__problem",
    "resolution": "live_revision__resolution",
    "requester_wording": "live_revision__requester_wording",
    "blocker": "live_revision__blocker",
    "script": "live_revision__script",
    "applies_when": "live_revision__applies_when",
    "not_when": "live_revision__not_when",
}
# What a line of a list needs of them.
_LINE_COLUMNS = {
    name: _COLUMNS[name]
    for name in (
        "pk", "code", "kind", "status", "reverify_due_on", "region_id", "region_name", "region_full_name", "region_path",
        "title",
    )
}  # fmt: skip
_UNNAMED = "有待核的地方，打开看原因。"


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One precedent found. `title`, `gist` and `snippet` are parts (text, whether it is marked), not escaped.

    `kind` and `tier` are labels, empty for what is ordinary. `partners` is how many departments worked along.
    `story` is problem and blocker. `why` says in plain words what brought it to its place; `against`: what the question
    states and this precedent's conditions contradict. `family`: near-duplicates on the page, at the first of them.
    """

    pk: int
    code: str
    number: str
    external_id: str
    plain_title: str
    kind: str
    tier: str
    matter: str
    lead_org: str
    partners: int
    reuse_count: int
    signal: Signal
    place: Place | None
    score: float
    title: tuple[Part, ...]
    gist: tuple[Part, ...]
    snippet: tuple[Part, ...]
    story: str = ""
    applies_when: tuple[str, ...] = ()
    not_when: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    family: Family | None = None

    @property
    def snippet_adds(self) -> bool:
        """Whether the snippet shows a match from elsewhere than the gist, which the page shows whole."""
        text = "".join(text for text, _ in self.snippet).strip(ELLIPSIS)
        return any(is_match for _, is_match in self.snippet) and text not in "".join(text for text, _ in self.gist)


def rows_visible(
    scores: Mapping[int, float], *, scope: ViewerScope, marks: Sequence[str], on: dt.date
) -> tuple[ResultRow, ...]:
    """The candidates that the viewer may see, in the order of `scores`. 2 queries for any number, 3 with open points."""
    if not scores:
        return ()
    rows = prepared.rows_of("rows", list(scores), shape=scope.shape, build=lambda keys: _visible(keys, scope))
    found = {values[0]: dict(zip(_COLUMNS, values, strict=True)) for values in rows}
    reasons = _reasons(found.values(), on=on)
    # Twenty rows lie in a few regions.
    located = {values["region_id"]: values for values in found.values()}
    places = {region: _place(values, scope) for region, values in located.items()}
    return tuple(
        _row(
            found[pk],
            score=score,
            marks=marks,
            signal=signal_from(reasons.get(pk, ()), due_on=found[pk]["reverify_due_on"], on=on),
            place=places[found[pk]["region_id"]],
        )
        for pk, score in scores.items()
        if pk in found
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A precedent where there is room for one line: `kind` is a label, empty for what is ordinary."""

    pk: int
    code: str
    title: str
    kind: str
    signal: Signal
    place: Place | None


def lines_visible(pks: Sequence[int], *, scope: ViewerScope, on: dt.date) -> tuple[Line, ...]:
    """Those of the keys that the viewer may see, in this order, whose signals do not name their reasons. 1 query."""
    if not pks:
        return ()
    ended = Citation.objects.filter(q_changes_signal(on), revision=OuterRef("live_revision"))
    doubted = Doubt.objects.filter(precedent=OuterRef("pk"), resolved_at=None)
    query = eligible().visible_to(scope).filter(pk__in=pks).order_by()
    query = query.annotate(is_ended=Exists(ended), is_doubted=Exists(doubted))
    names = (*_LINE_COLUMNS, "is_ended", "is_doubted")
    columns = (*_LINE_COLUMNS.values(), "is_ended", "is_doubted")
    found = {values[0]: dict(zip(names, values, strict=True)) for values in query.values_list(*columns)}
    return tuple(_line(found[pk], scope, on=on) for pk in pks if pk in found)


def _line(values: Mapping, scope: ViewerScope, *, on: dt.date) -> Line:
    is_doubted = values["status"] == PrecedentStatus.NEEDS_REVERIFICATION and values["is_doubted"]
    reasons = (_UNNAMED,) if is_doubted or values["is_ended"] else ()
    return Line(
        pk=values["pk"],
        code=values["code"],
        title=values["title"],
        kind=_kind_label(values["kind"]),
        signal=signal_from(reasons, due_on=values["reverify_due_on"], on=on),
        place=_place(values, scope),
    )


def _kind_label(kind: str) -> str:
    return "" if kind == Kind.PRECEDENT else Kind(kind).label


def _visible(keys: Sequence[int], scope: ViewerScope) -> QuerySet:
    return eligible().visible_to(scope).filter(pk__in=keys).order_by().values_list(*_COLUMNS.values())


def _reasons(found: Collection[Mapping], *, on: dt.date) -> dict[int, list[str]]:
    """What takes 可用 away, by precedent: open points first, then cited versions that do not apply on the day."""
    reasons: dict[int, list[str]] = defaultdict(list)
    doubted = [values["pk"] for values in found if values["status"] == PrecedentStatus.NEEDS_REVERIFICATION]
    if doubted:
        for pk, reason in prepared.rows_of("doubts", doubted, shape=None, build=_open_doubts):
            reasons[pk].append(reason)
    owners = {values["live_id"]: values["pk"] for values in found}
    ended = prepared.rows_of("ended", list(owners), shape=on, build=lambda keys: _ended_citations(keys, on))
    for revision, own_title, title, label, clause, locator, begins, ends in ended:
        point = f"{own_title or title}（{label}）{clause or locator}"
        reasons[owners[revision]].append(validity_reason(point, begins=begins, ends=ends, on=on))
    return reasons


def _open_doubts(precedents: Sequence[int]) -> QuerySet:
    return Doubt.objects.filter(precedent__in=precedents, resolved_at=None).values_list("precedent_id", "reason")


def _ended_citations(revisions: Sequence[int], on: dt.date) -> QuerySet:
    ended = Citation.objects.filter(q_changes_signal(on), revision__in=revisions).order_by("revision", "position")
    columns = ("version__title", "version__policy__title", "version__label", "clause__label", "locator")
    return ended.values_list("revision", *columns, "version__effective_from", "version__effective_to")


def _row(values: Mapping, *, score: float, marks: Sequence[str], signal: Signal, place: Place | None) -> ResultRow:
    wording = " ".join(values["requester_wording"])
    texts = (values["title"], values["gist"], values["problem"], values["resolution"], wording)
    covered = cover_all((*texts, values["blocker"], values["script"]), marks)
    return ResultRow(
        pk=values["pk"],
        code=values["code"],
        number=values["number"] or "",
        external_id=values["external_id"] or "",
        plain_title=values["title"],
        kind=_kind_label(values["kind"]),
        tier="" if values["tier"] == Tier.REFERENCE else Tier(values["tier"]).label,
        matter=values["matter_name"] or "",
        lead_org=values["lead_org"],
        partners=len(values["partner_orgs"]),
        reuse_count=values["reuse_count"],
        signal=signal,
        place=place,
        score=score,
        title=tuple(covered[0].parts()),
        gist=tuple(covered[1].parts()),
        snippet=tuple(snippet(covered[1:])),
        story=values["problem"] + values["blocker"],
        applies_when=tuple(values["applies_when"]),
        not_when=tuple(values["not_when"]),
    )


def _place(values: Mapping, scope: ViewerScope) -> Place | None:
    if values["region_id"] is None:
        return None
    return place_at(values["region_name"], values["region_full_name"], values["region_path"], scope)
