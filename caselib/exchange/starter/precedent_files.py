"""What the file of one precedent says, as a value."""

from dataclasses import dataclass
from typing import Any

from caselib.precedents.content import (
    LABELS,
    STRING_LIST_FIELDS,
    Alternative,
    DeferredMaterial,
    Detour,
    Entrance,
    Flexibility,
    HandlingStep,
    Material,
    Outcome,
    Source,
)
from caselib.precedents.models import AdminLevel, DecisionLevel, Kind, Measure, Relation, ResultType, Tier

from .reading import Entry

TEXTS = ("title", "gist", "matter_note", "requester_type", "occurred", "problem", "blocker", "lead_org", "resolution",
         "script", "who_can_decide", "lasting_rule")  # fmt: skip


@dataclass(frozen=True, slots=True)
class CitationLine:
    """A citation by names: `article` is 条/款/项 in figures or empty; `doubt` says what has to be verified about it."""

    entry: Entry
    policy: str
    version: str
    article: str
    locator: str
    relation: Relation
    is_verified: bool
    note: str
    doubt: str


@dataclass(frozen=True, slots=True)
class PrecedentFile:
    """`plain` holds the fields of RevisionContent that need no row of the database; the rest is kept by name.

    `draft` says why it is not published yet; empty for one that is.
    """

    entry: Entry
    key: str
    kind: str
    tier: str
    draft: str
    owner_department: str
    matter: str
    more_matters: tuple[str, ...]
    theme: str
    region: str
    causes: tuple[str, ...]
    classifications: tuple[tuple[str, str], ...]
    citations: tuple[CitationLine, ...]
    doubts: tuple[str, ...]
    plain: dict[str, Any]


def read_precedent(entry: Entry) -> PrecedentFile:
    """Raises BrokenFile naming the field that does not hold."""
    plain: dict[str, Any] = {name: entry.text(name) for name in TEXTS}
    plain |= {name: entry.texts(name) for name in (*STRING_LIST_FIELDS, "tags")}
    plain |= {
        "admin_level": entry.choice("admin_level", AdminLevel, default=AdminLevel.UNKNOWN),
        "decision_level": entry.choice("decision_level", DecisionLevel, default=DecisionLevel.UNKNOWN),
        "result_type": entry.choice("result_type", ResultType, default=ResultType.SOLVED),
        "measure": entry.choice("measure", Measure, default=Measure.NONE),
        **_records(entry),
    }
    for name in plain["unverified"]:
        if name not in LABELS:
            raise entry.broken("unverified", f"“{name}”不是内容的字段。")
    found = PrecedentFile(
        entry=entry,
        key=entry.text("key"),
        kind=entry.choice("kind", Kind, default=Kind.PRECEDENT),
        tier=entry.choice("tier", Tier, default=Tier.REFERENCE),
        draft=entry.text("draft"),
        owner_department=entry.text("owner_department", required=True),
        matter=entry.text("matter"),
        more_matters=entry.texts("more_matters"),
        theme=entry.text("theme"),
        region=entry.text("region"),
        causes=entry.texts("causes"),
        classifications=_classifications(entry),
        citations=tuple(_citation(citation) for citation in entry.entries("citations")),
        doubts=entry.texts("doubts"),
        plain=plain,
    )
    if found.draft and (found.doubts or any(citation.doubt for citation in found.citations)):
        raise entry.broken("doubts", "草稿还没有发布，不能标待复核；直接改草稿。")
    entry.done()
    return found


def _records(entry: Entry) -> dict[str, Any]:
    return {
        "handling_steps": _steps(entry),
        "materials": _materials(entry),
        "deferred_material": _deferred(entry),
        "alternatives": _alternatives(entry),
        "detours": _detours(entry),
        "entrances": _entrances(entry),
        "outcome": _outcome(entry),
        "flexibility": _flexibility(entry),
        "sources": _sources(entry),
    }


def _classifications(entry: Entry) -> tuple[tuple[str, str], ...]:
    """(key of the scheme, name of the class) for each scheme in which the case is sorted."""
    classes = entry.entry("classifications")
    return tuple((scheme, classes.text(scheme, required=True)) for scheme in classes.names()) if classes else ()


def _citation(entry: Entry) -> CitationLine:
    line = CitationLine(
        entry=entry,
        policy=entry.text("policy", required=True),
        version=entry.text("version", required=True),
        article=entry.text("article"),
        locator=entry.text("locator"),
        relation=Relation(entry.choice("relation", Relation)),
        is_verified=entry.flag("verified"),
        note=entry.text("note"),
        doubt=entry.text("doubt"),
    )
    entry.done()
    return line


def _steps(entry: Entry) -> tuple[HandlingStep, ...]:
    steps = []
    for step in entry.entries("handling_steps"):
        steps.append(HandlingStep(what=step.text("what", required=True), who=step.text("who"), day=step.whole("day")))
        step.done()
    return tuple(steps)


def _materials(entry: Entry) -> tuple[Material, ...]:
    materials = []
    for material in entry.entries("materials"):
        materials.append(
            Material(
                name=material.text("name", required=True),
                required=material.flag("required", default=True),
                deferrable=material.flag("deferrable"),
                correct_sample=material.text("correct_sample"),
                common_mistake=material.text("common_mistake"),
            )
        )
        material.done()
    return tuple(materials)


def _deferred(entry: Entry) -> tuple[DeferredMaterial, ...]:
    items = []
    for item in entry.entries("deferred_material"):
        texts = {name: item.text(name) for name in ("why_minor", "verification", "deadline", "consequence")}
        supplied = item.flag("supplied") if "supplied" in item.names() else None
        items.append(DeferredMaterial(item=item.text("item", required=True), supplied=supplied, **texts))
        item.done()
    return tuple(items)


def _alternatives(entry: Entry) -> tuple[Alternative, ...]:
    found = []
    for other in entry.entries("alternatives"):
        wanted, instead = other.text("wanted", required=True), other.text("instead", required=True)
        found.append(Alternative(wanted=wanted, instead=instead, reason=other.text("reason")))
        other.done()
    return tuple(found)


def _detours(entry: Entry) -> tuple[Detour, ...]:
    found = []
    for other in entry.entries("detours"):
        condition = other.text("condition", required=True)
        found.append(Detour(condition=condition, instead=other.text("instead"), target=other.text("target")))
        other.done()
    return tuple(found)


def _entrances(entry: Entry) -> tuple[Entrance, ...]:
    found = []
    for other in entry.entries("entrances"):
        found.append(Entrance(label=other.text("label", required=True), address=other.text("address")))
        other.done()
    return tuple(found)


def _outcome(entry: Entry) -> Outcome | None:
    outcome = entry.entry("outcome")
    if outcome is None:
        return None
    found = Outcome(before=outcome.text("before"), after=outcome.text("after"), unit=outcome.text("unit"))
    outcome.done()
    return found


def _flexibility(entry: Entry) -> Flexibility | None:
    bounds = entry.entry("flexibility")
    if bounds is None:
        return None
    found = Flexibility(**{name: bounds.text(name) for name in ("basis", "still_mandatory", "approved_by")})
    bounds.done()
    return found


def _sources(entry: Entry) -> tuple[Source, ...]:
    sources = []
    for source in entry.entries("sources"):
        name = source.text("name", required=True)
        sources.append(Source(name=name, date=source.text("date"), address=source.text("address")))
        source.done()
    return tuple(sources)
