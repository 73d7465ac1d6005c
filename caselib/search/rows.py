"""The rows of a results page: what the engine proposed, as far as the database lets this viewer see it now.

Plain values are read instead of models: twenty instances with their relations take longer than the search itself.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from caselib.core import prepared
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Doubt, DoubtKind, Kind, Tier
from caselib.precedents.place import Place, place_at
from caselib.precedents.privacy import outgoing_text
from caselib.precedents.signal import Signal, Standing, signal_of
from caselib.precedents.troubled import Troubled, troubled_citations
from caselib.precedents.visibility import PrecedentStatus
from caselib.search.families import Family
from caselib.search.fields import NOW, era_of
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
    "applies_from": "live_revision__applies_from",
    "applies_until": "live_revision__applies_until",
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
        "pk", "code", "number", "kind", "status", "reverify_due_on", "region_id", "region_name", "region_full_name", "region_path",
        "title", "applies_from", "applies_until", "live_id",
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
    scores: Mapping[int, float], *, scope: ViewerScope, marks: Sequence[str], on: dt.date, past: bool = False
) -> tuple[ResultRow, ...]:
    """The candidates that the viewer may see, in the order of `scores`; `past`: also those whose 过渡期 is over.

    2 queries for any number, 3 with open points.
    """
    if not scores:
        return ()
    rows = prepared.rows_of("rows", list(scores), shape=scope.shape, build=lambda keys: _visible(keys, scope))
    found = {values[0]: dict(zip(_COLUMNS, values, strict=True)) for values in rows}
    if not past:
        # The index hears of it at night; the day has turned already.
        found = {pk: values for pk, values in found.items() if era_of(values["applies_until"], on=on) == NOW}
    signals, personal = _signals(found.values(), scope, on=on)
    found |= {pk: _hidden(found[pk]) for pk in personal}
    # Twenty rows lie in a few regions.
    located = {values["region_id"]: values for values in found.values()}
    places = {region: _place(values, scope) for region, values in located.items()}
    return tuple(
        _row(found[pk], score=score, marks=marks, signal=signals[pk], place=places[found[pk]["region_id"]])
        for pk, score in scores.items()
        if pk in found
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A precedent where there is room for one line: `kind` is a label, empty for what is ordinary."""

    pk: int
    code: str
    number: str
    title: str
    kind: str
    signal: Signal
    place: Place | None


def lines_visible(
    pks: Sequence[int], *, scope: ViewerScope, on: dt.date, numbers: Sequence[str] = ()
) -> tuple[Line, ...]:
    """Those of the keys that the viewer may see, in this order, whose signals do not name their open points; behind them
    those of the library numbers (in normal form). 2 queries."""
    if not pks and not numbers:
        return ()
    if numbers:
        rows = list(_lines(pks, scope, numbers=[number.upper() for number in numbers]))
        pks = list(dict.fromkeys([*pks, *(values[0] for values in rows)]))
    else:
        rows = prepared.rows_of("lines", pks, shape=scope.shape, build=lambda keys: _lines(keys, scope))
    found = {values[0]: dict(zip((*_LINE_COLUMNS, "is_doubted"), values, strict=True)) for values in rows}
    found = {pk: values for pk, values in found.items() if era_of(values["applies_until"], on=on) == NOW}
    troubles = _troubles(found.values(), scope, on=on)
    return tuple(_line(found[pk], scope, troubles=troubles.get(pk, ()), on=on) for pk in pks if pk in found)


def _lines(keys: Sequence[int], scope: ViewerScope, *, numbers: Sequence[str] = ()) -> QuerySet:
    doubted = Doubt.objects.told().filter(precedent=OuterRef("pk"))
    wanted = Q(pk__in=keys) | Q(number__in=numbers) if numbers else Q(pk__in=keys)
    query = eligible().visible_to(scope).filter(wanted).order_by().annotate(is_doubted=Exists(doubted))
    return query.values_list(*_LINE_COLUMNS.values(), "is_doubted")


def _line(values: Mapping, scope: ViewerScope, *, troubles: Sequence[Troubled], on: dt.date) -> Line:
    is_doubted = values["status"] == PrecedentStatus.NEEDS_REVERIFICATION and values["is_doubted"]
    return Line(
        pk=values["pk"],
        code=values["code"],
        number=values["number"] or "",
        title=outgoing_text(values["title"], decided={}) if is_doubted else values["title"],
        kind=_kind_label(values["kind"]),
        signal=signal_of(_standing(values), troubles=troubles, doubts=(_UNNAMED,) if is_doubted else (), on=on),
        place=_place(values, scope),
    )


def _kind_label(kind: str) -> str:
    return "" if kind == Kind.PRECEDENT else Kind(kind).label


def _visible(keys: Sequence[int], scope: ViewerScope) -> QuerySet:
    return eligible().visible_to(scope).filter(pk__in=keys).order_by().values_list(*_COLUMNS.values())


def _standing(values: Mapping) -> Standing:
    """Rows of results are never of retired precedents."""
    return Standing(
        status=values["status"],
        reverify_due_on=values["reverify_due_on"],
        applies_from=values["applies_from"],
        applies_until=values["applies_until"],
    )


def _signals(
    found: Collection[Mapping], scope: ViewerScope, *, on: dt.date
) -> tuple[dict[int, Signal], frozenset[int]]:
    """The signal of each precedent, with its open points first, and which have a point about personal data.

    1 query, 2 with open points.
    """
    personal: set[int] = set()
    doubts: dict[int, list[str]] = defaultdict(list)
    doubted = [values["pk"] for values in found if values["status"] == PrecedentStatus.NEEDS_REVERIFICATION]
    if doubted:
        for pk, reason, kind in prepared.rows_of("doubts", doubted, shape=None, build=_open_doubts):
            doubts[pk].append(reason)
            personal.update([pk] if kind == DoubtKind.PRIVACY else ())
    troubles = _troubles(found, scope, on=on)
    signals = {
        values["pk"]: signal_of(
            _standing(values), troubles=troubles.get(values["pk"], ()), doubts=doubts[values["pk"]], on=on
        )
        for values in found
    }
    return signals, frozenset(personal)


def _hidden(values: Mapping) -> dict:
    """A row in whose text personal data was found since it went live: that is hidden until its owner has seen to it."""
    texts = {name: outgoing_text(value, decided={}) for name, value in values.items() if name in _TEXTS}
    lists = {name: [outgoing_text(each, decided={}) for each in values[name]] for name in _TEXT_LISTS}
    return {**values, **texts, **lists}


_TEXTS = frozenset({"title", "gist", "problem", "resolution", "blocker", "script", "lead_org"})
_TEXT_LISTS = ("requester_wording", "applies_when", "not_when")


def _troubles(found: Collection[Mapping], scope: ViewerScope, *, on: dt.date) -> Mapping[int, Sequence[Troubled]]:
    """What speaks against citations, by precedent. 1 query, composed once for a day and a place."""
    owners = {values["live_id"]: values["pk"] for values in found}
    troubles: dict[int, list[Troubled]] = defaultdict(list)
    if owners:
        shape = (on, scope.region_ids)
        for row in prepared.rows_of("troubled", list(owners), shape=shape, build=lambda keys: _troubled(keys, *shape)):
            troubles[owners[row[0]]].append(Troubled(*row))
    return troubles


def _troubled(revisions: Sequence[int], on: dt.date, region_ids: frozenset[int]) -> QuerySet:
    return troubled_citations(revisions, on=on, region_ids=region_ids)


def _open_doubts(precedents: Sequence[int]) -> QuerySet:
    return Doubt.objects.told().filter(precedent__in=precedents).values_list("precedent_id", "reason", "kind")


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
