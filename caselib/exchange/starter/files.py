"""What the files of the starter library say, as values. Nothing here touches the database."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from caselib.catalog.models import Matter
from caselib.orgs.models import Role
from caselib.policies.models import Level, PolicyStatus, RelationKind, Verified
from caselib.policies.services import ClauseFacts, VersionFacts

from .pack_files import PackFile, packs_checked, read_pack
from .precedent_files import PrecedentFile, read_precedent
from .reading import BrokenFile, Entry, entries_of, read_yaml


@dataclass(frozen=True, slots=True)
class RegionLine:
    entry: Entry
    full_name: str
    name: str
    parent: str
    code: str
    code_verified: bool


@dataclass(frozen=True, slots=True)
class DepartmentLine:
    """`values` are the arguments of department_save but for its region."""

    entry: Entry
    region: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SchemeLine:
    """`hints`: by name of a class what suggests it and what it needs."""

    key: str
    name: str
    is_active: bool
    note: str
    categories: tuple[str, ...]
    hints: dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class MatterLine:
    """`values` are the arguments of matter_save but for its theme."""

    entry: Entry
    theme: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One demo account with one role in some departments of a region; the first of them is its home."""

    entry: Entry
    username: str
    display_name: str
    role: Role
    region: str
    departments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """`counterparts` are (entry, policy key, version label, article)."""

    facts: ClauseFacts
    counterparts: tuple[tuple[Entry, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class VersionLine:
    facts: VersionFacts
    clauses: tuple[ClauseLine, ...]


@dataclass(frozen=True, slots=True)
class RelatedLine:
    """What another document is to this one. `kind` is a value of RelationKind, `conditions` of an alternative."""

    entry: Entry
    policy: str
    relation: str
    kind: str
    conditions: str


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """`values` are the fields of PolicyFacts but for its region."""

    entry: Entry
    key: str
    region: str
    values: dict[str, Any]
    versions: tuple[VersionLine, ...]
    related: tuple[RelatedLine, ...]


@dataclass(frozen=True, slots=True)
class Library:
    regions: list[RegionLine]
    departments: list[DepartmentLine]
    themes: tuple[str, ...]
    causes: tuple[str, ...]
    schemes: list[SchemeLine]
    matters: list[MatterLine]
    accounts: list[AccountLine]
    policies: list[PolicyFile] = field(default_factory=list)
    precedents: list[PrecedentFile] = field(default_factory=list)
    packs: list[PackFile] = field(default_factory=list)

    @property
    def hall(self) -> str:
        """The region that a department code without one belongs to: the first of departments.yaml."""
        return self.departments[0].region


def read_library(folder: Path) -> Library:
    """Reads all files of the folder.

    Raises BrokenFile naming the file and the field that does not hold. About 1 second for 160 files.
    """
    words = Entry(read_yaml(folder, "vocabularies.yaml"), file="vocabularies.yaml")
    library = Library(
        regions=[_region(entry) for entry in _lines(folder, "regions.yaml")],
        departments=[_department(entry) for entry in _lines(folder, "departments.yaml")],
        themes=words.texts("themes"),
        causes=words.texts("causes"),
        schemes=[_scheme(entry) for entry in words.entries("schemes")],
        matters=[_matter(entry) for entry in _lines(folder, "matters.yaml")],
        accounts=[_account(entry) for entry in _lines(folder, "accounts.yaml")],
        policies=[_policy(entry) for entry in _files(folder, "policies")],
        precedents=[read_precedent(entry) for entry in _files(folder, "precedents")],
        packs=[read_pack(entry) for entry in _files(folder, "packs")],
    )
    words.done()
    if not library.departments:
        raise BrokenFile("departments.yaml", "", "一个部门也没有。")
    packs_checked(library.packs, library.precedents)
    return library


def _lines(folder: Path, file: str) -> list[Entry]:
    return entries_of(read_yaml(folder, file) or [], file=file)


def _files(folder: Path, name: str) -> list[Entry]:
    """One entry a file, in the order of their names; a file is named after the key in it, so no key comes twice."""
    found = []
    for path in sorted((folder / name).glob("*.yaml")):
        entry = Entry(read_yaml(folder, f"{name}/{path.name}"), file=f"{name}/{path.name}")
        if entry.text("key", required=True) != path.stem:
            raise entry.broken("key", f"要和文件名“{path.stem}”一样。")
        found.append(entry)
    return found


def _region(entry: Entry) -> RegionLine:
    line = RegionLine(
        entry=entry,
        full_name=entry.text("full_name", required=True),
        name=entry.text("name", required=True),
        parent=entry.text("parent"),
        code=entry.text("code"),
        code_verified=entry.flag("code_verified"),
    )
    entry.done()
    return line


def _department(entry: Entry) -> DepartmentLine:
    values = {
        "code": entry.text("code", required=True),
        "name": entry.text("name", required=True),
        "short_names": entry.texts("short_names"),
        "former_names": entry.texts("former_names"),
        "topics": entry.texts("topics"),
        "note": entry.text("note"),
    }
    line = DepartmentLine(entry=entry, region=entry.text("region", required=True), values=values)
    entry.done()
    return line


def _scheme(entry: Entry) -> SchemeLine:
    line = SchemeLine(
        key=entry.text("key", required=True),
        name=entry.text("name", required=True),
        is_active=entry.flag("active", default=True),
        note=entry.text("note"),
        categories=entry.texts("categories"),
        hints=dict(map(_hint, entry.entries("hints"))),
    )
    for name in line.hints:
        if name not in line.categories:
            raise entry.broken("hints", f"“{name}”不是这个方案的类别。")
    entry.done()
    return line


def _hint(entry: Entry) -> tuple[str, dict[str, Any]]:
    hints = {"min_visits": entry.whole("min_visits"), "needs_reference": entry.flag("needs_reference")}
    name = entry.text("name", required=True)
    entry.done()
    return name, hints


def _matter(entry: Entry) -> MatterLine:
    values = {
        "name": entry.text("name", required=True),
        "department_kind": entry.text("department_kind"),
        "audience": entry.choice("audience", Matter.Audience, default=""),
        "aliases": entry.texts("aliases"),
        "materials": entry.texts("materials"),
        "basic_code": entry.text("basic_code"),
    }
    line = MatterLine(entry=entry, theme=entry.text("theme", required=True), values=values)
    entry.done()
    return line


def _account(entry: Entry) -> AccountLine:
    line = AccountLine(
        entry=entry,
        username=entry.text("username", required=True),
        display_name=entry.text("display_name", required=True),
        role=Role(entry.choice("role", Role)),
        region=entry.text("region", required=True),
        departments=entry.texts("departments"),
    )
    entry.done()
    return line


def _policy(entry: Entry) -> PolicyFile:
    verified = entry.entry("verified") or Entry({}, file=entry.file, at="verified")
    values = {
        "title": entry.text("title", required=True),
        "short_titles": entry.texts("short_titles"),
        "doc_number": entry.text("doc_number"),
        "issuer": entry.text("issuer"),
        "level": entry.choice("level", Level),
        "issued_on": entry.date("issued_on"),
        "status": entry.choice("status", PolicyStatus, default=PolicyStatus.UNKNOWN),
        "status_source": entry.text("status_source"),
        "status_as_of": entry.date("status_as_of"),
        "official_url": entry.text("official_url"),
    }
    for name in ("title", "number", "dates", "status"):
        values[f"{name}_verified"] = verified.choice(name, Verified, default=Verified.MEMORY)
    verified.done()
    policy = PolicyFile(
        entry=entry,
        key=entry.text("key"),
        region=entry.text("region", required=True),
        values=values,
        versions=tuple(_version(version) for version in entry.entries("versions")),
        related=tuple(map(_related, entry.entries("related"))),
    )
    entry.done()
    return policy


def _related(entry: Entry) -> RelatedLine:
    line = RelatedLine(
        entry=entry,
        policy=entry.text("policy", required=True),
        relation=entry.text("relation", required=True),
        kind=entry.choice("kind", RelationKind, default=RelationKind.RELATED),
        conditions=entry.text("conditions"),
    )
    entry.done()
    return line


def _version(entry: Entry) -> VersionLine:
    last_day = entry.date("last_day")
    facts = VersionFacts(
        label=entry.text("label", required=True),
        title=entry.text("title"),
        doc_number=entry.text("doc_number"),
        issuer=entry.text("issuer"),
        issued_on=entry.date("issued_on"),
        effective_from=entry.date("effective_from"),
        # People write down the last day on which a text applied; the library keeps the first on which it does not.
        effective_to=last_day + dt.timedelta(days=1) if last_day else None,
        changed_by=entry.text("changed_by"),
        note=entry.text("note"),
        verified=entry.choice("verified", Verified, default=Verified.MEMORY),
    )
    line = VersionLine(facts=facts, clauses=tuple(_clause(clause) for clause in entry.entries("clauses")))
    entry.done()
    return line


def _clause(entry: Entry) -> ClauseLine:
    facts = ClauseFacts(
        label=entry.text("label", required=True),
        ref=entry.text("article"),
        gist=entry.text("gist"),
        text=entry.text("text"),
        verified=entry.choice("verified", Verified, default=Verified.MEMORY),
    )
    counterparts = []
    for other in entry.entries("counterparts"):
        policy, version = other.text("policy", required=True), other.text("version", required=True)
        counterparts.append((other, policy, version, other.text("article", required=True)))
        other.done()
    entry.done()
    return ClauseLine(facts=facts, counterparts=tuple(counterparts))
