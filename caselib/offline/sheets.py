"""What the pages of a pack hold: the texts that this hall may see on the day of issue, through the gate of privacy."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from caselib.exchange.export import LINES, Basis, Export, Leaving, leaving
from caselib.exchange.selection import Selected
from caselib.orgs.scope import ViewerScope
from caselib.policies.models import Clause, PolicyVersion
from caselib.precedents.content import CitationSpec, RevisionContent
from caselib.precedents.models import Kind, Precedent, ResultType
from caselib.precedents.privacy import outgoing_text
from caselib.precedents.selectors import SAMPLES
from caselib.precedents.signal import LABELS, Word
from caselib.search.fields import NOW, era_of

# What the hall works by hand on such a day: these precedents stand first.
BREAKDOWN = "系统故障"
_WORDS = {label: word for word, label in LABELS.items()}


@dataclass(frozen=True, slots=True)
class Cited:
    """One citation on the page of a precedent. `words`: the text of the clause, or what it says in other words (`is_gist`)."""

    spec: CitationSpec
    basis: Basis
    words: str
    is_gist: bool

    @property
    def version(self) -> PolicyVersion:
        return self.spec.version

    @property
    def label(self) -> str:
        return self.spec.locator or (self.spec.clause.label if self.spec.clause else "整份文件")

    @property
    def word(self) -> str:
        return Word.OK if self.basis.validity.startswith("现行有效") else Word.CARE


@dataclass(frozen=True, slots=True)
class Sheet:
    """One precedent as its page shows it. `word`: of the signal, empty for a sample, which nobody follows."""

    precedent: Precedent
    version: int
    word: str
    label: str
    reasons: tuple[str, ...]
    content: RevisionContent
    citations: tuple[Cited, ...]
    uses: int
    worked: int

    @property
    def path(self) -> str:
        return path_of(self.precedent.code)

    @property
    def unverified(self) -> frozenset[str]:
        return frozenset(self.content.unverified)

    @property
    def result(self) -> str:
        return ResultType(self.content.result_type).label

    @property
    def steps_title(self) -> str:
        is_card = self.precedent.kind == Kind.ROUTING_CARD
        return "该找谁" if is_card or self.content.result_type == ResultType.OUT_OF_SCOPE else "怎么办"

    @property
    def is_breakdown(self) -> bool:
        return any(cause.name == BREAKDOWN for cause in self.content.causes)


def path_of(code: str) -> str:
    """Where the page of a precedent lies in the pack."""
    return f"p/{code}.html"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The precedents of a pack before they are read: keys in the order of their numbers, and number to code."""

    keys: tuple[int, ...]
    codes: dict[str, str]


def shelf_of(scope: ViewerScope, *, on: dt.date) -> Shelf:
    """What this hall finds on that day: in use, visible, its seam between two rules not over. 1 query."""
    rows = Precedent.objects.visible_to(scope).findable().filter(live_revision__isnull=False)
    columns = rows.order_by("number").values_list("pk", "number", "code", "applies_until")
    kept = [(pk, number, code) for pk, number, code, until in columns if era_of(until, on=on) == NOW]
    return Shelf(tuple(pk for pk, _, _ in kept), {number: code for _, number, code in kept if number})


def sheets_of(shelf: Shelf, scope: ViewerScope, *, on: dt.date) -> Iterator[Sheet]:
    """The precedents one after the other; what vanished meanwhile is left out. A dozen queries for each hundred."""
    export = Export(LINES, Selected(shelf.keys, ""), scope, on)
    for each in leaving(export):
        yield _sheet(each)


def _sheet(each: Leaving) -> Sheet:
    is_sample = each.precedent.kind in SAMPLES
    cited = zip(each.content.citations, each.basis, strict=True)
    return Sheet(
        precedent=each.precedent,
        version=each.version,
        word="" if is_sample else _WORDS[each.signal],
        label=each.signal,
        # An open point is a sentence that somebody typed.
        reasons=tuple(outgoing_text(reason, decided={}) for reason in each.reasons),
        content=each.content,
        citations=tuple(_cited(spec, basis) for spec, basis in cited),
        uses=each.uses,
        worked=each.worked,
    )


def _cited(spec: CitationSpec, basis: Basis) -> Cited:
    clause: Clause | None = spec.clause
    text = clause.text if clause else ""
    return Cited(
        spec, basis, text or (clause.gist if clause else ""), is_gist=bool(clause and not text and clause.gist)
    )


@dataclass(slots=True)
class Law:
    """A policy that precedents of the pack cite: each clause once, and who cites the document."""

    version: PolicyVersion
    cited: dict[tuple[int, str], Cited]
    users: dict[str, str]

    @property
    def path(self) -> str:
        return law_path(self.version)

    @property
    def clauses(self) -> Sequence[Cited]:
        """In the order of the document; the document as a whole is none."""
        kept = [each for each in self.cited.values() if each.spec.clause or each.spec.locator]
        return sorted(kept, key=lambda each: (each.spec.clause.position if each.spec.clause else 10**6, each.label))


def law_path(version: PolicyVersion) -> str:
    """Where the page of a version lies in the pack."""
    return f"law/{version.policy.code}-{version.position + 1}.html"


def laws_gather(laws: dict[int, Law], sheet: Sheet) -> None:
    """Notes what a precedent cites, so that each version has one page."""
    for cited in sheet.citations:
        law = laws.setdefault(cited.version.pk, Law(cited.version, {}, {}))
        key = (cited.spec.clause.pk if cited.spec.clause else 0, cited.spec.locator)
        law.cited.setdefault(key, cited)
        law.users[sheet.precedent.code] = sheet.content.title


@dataclass(frozen=True, slots=True)
class Line:
    """A precedent in the lists of the pack: what is kept of each until the end."""

    code: str
    number: str
    title: str
    word: str
    label: str
    kind: str
    gist: str
    matters: tuple[tuple[str, str], ...]
    causes: tuple[str, ...]

    @property
    def path(self) -> str:
        return path_of(self.code)


def line_of(sheet: Sheet) -> Line:
    content, precedent = sheet.content, sheet.precedent
    matters = [matter for matter in (content.matter, *content.more_matters) if matter is not None]
    return Line(
        code=precedent.code,
        number=precedent.number or "",
        title=content.title,
        word=sheet.word,
        label=sheet.label,
        kind="" if precedent.kind == Kind.PRECEDENT else precedent.get_kind_display(),
        gist=content.gist,
        matters=tuple(dict.fromkeys((matter.name, matter.code) for matter in matters)),
        causes=tuple(cause.name for cause in content.causes),
    )


def by_words(lines: Sequence[Line], words: Any) -> dict[Any, list[Line]]:
    """The lines under each of the words that `words(line)` gives, most lines first."""
    found: dict[Any, list[Line]] = {}
    for line in lines:
        for word in words(line):
            found.setdefault(word, []).append(line)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), str(item[0]))))
