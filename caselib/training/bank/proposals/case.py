"""What a proposal is made from, as plain values: one precedent as readers may see it, and those around it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from caselib.core.text import library_numbers
from caselib.precedents.models import Citation, Precedent, Relation, Revision
from caselib.search.lexicon.facts import key_of
from caselib.search.lexicon.reader import lexicon

# Where else to look, in brackets behind a condition: （看 310109-2026-D03-0001）, （走注销或 310109-2026-D03-0002）.
_BRACKETS = re.compile(r"[（(]([^（）()]*)[）)]")
_AT_END = re.compile(r"[（(][^（）()]*[）)]$")
# What a text says where its source says nothing.
_UNKNOWN = ("待核", "未写明", "没有写明")


@dataclass(frozen=True, slots=True)
class Cited:
    """A place that a precedent cites. `clause`: its code, empty where it is not entered; `bears`: whether the precedent rests on it."""

    clause: str
    policy: str
    label: str
    gist: str
    relation: str
    bears: bool
    is_verified: bool

    @property
    def name(self) -> str:
        return f"《{self.policy}》{self.label}"


@dataclass(frozen=True, slots=True)
class Case:
    """A text of a precedent. `steps`: (who, what); `materials`, `deferred`, `detours`: as the text stores them; `unverified`: names
    of fields that nobody checked."""

    code: str
    number: str
    revision: int
    title: str
    matter: str = ""
    causes: tuple[str, ...] = ()
    wording: tuple[str, ...] = ()
    problem: str = ""
    blocker: str = ""
    script: str = ""
    applies_when: tuple[str, ...] = ()
    not_when: tuple[str, ...] = ()
    steps: tuple[tuple[str, str], ...] = ()
    materials: tuple[Mapping[str, Any], ...] = ()
    deferred: tuple[Mapping[str, Any], ...] = ()
    detours: tuple[Mapping[str, Any], ...] = ()
    citations: tuple[Cited, ...] = ()
    unverified: frozenset[str] = frozenset()

    def place(self, section: str) -> str:
        """Where in the library a section stands, as an explanation cites it."""
        return f"案例 {self.number or self.code}“{section}”"


@dataclass(frozen=True, slots=True)
class Around:
    """What stands beside a precedent: others that may be taken for it, the closest first, and the causes of the library, those that
    others of the same matter have first."""

    others: tuple[Case, ...] = ()
    causes: tuple[str, ...] = ()
    # Codes of those that the search holds to be similar.
    similar: frozenset[str] = field(default_factory=frozenset)

    def numbered(self, number: str) -> Case | None:
        return next((other for other in self.others if number and other.number == number), None)


def case_of(
    precedent: Precedent, revision: Revision, *, citations: Sequence[Citation], causes: Sequence[str], matter: str
) -> Case:
    """A text that is safe to be shown. No query: `citations` with version, policy and clause loaded."""
    return Case(
        code=precedent.code,
        number=precedent.number or "",
        revision=revision.number,
        title=revision.title,
        matter=matter,
        causes=tuple(causes),
        wording=_told(revision.requester_wording),
        problem=_line(revision.problem),
        blocker=_line(revision.blocker),
        script=revision.script.strip(),
        applies_when=_told(revision.applies_when),
        not_when=_told(revision.not_when),
        steps=tuple((_line(step.get("who")), _line(step.get("what"))) for step in revision.handling_steps),
        materials=tuple(revision.materials),
        deferred=tuple(revision.deferred_material),
        detours=tuple(revision.detours),
        citations=tuple(map(_cited, citations)),
        unverified=frozenset(revision.unverified),
    )


def _cited(citation: Citation) -> Cited:
    clause = citation.clause
    return Cited(
        clause=clause.code if clause else "",
        policy=citation.version.title or citation.version.policy.title,
        label=citation.locator or (clause.label if clause else ""),
        gist=_line((clause.gist or clause.text) if clause else ""),
        relation=citation.get_relation_display(),
        bears=citation.relation in (Relation.BASIS, Relation.EXPLAINS),
        is_verified=citation.is_verified,
    )


def _line(text: Any) -> str:
    return " ".join(text.split()) if isinstance(text, str) else ""


def _told(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for text in texts if (line := _line(text)) and is_known(line)))


def is_known(text: str) -> bool:
    """Whether a text says something: nobody is asked for what its source does not say."""
    return bool(text) and not any(word in text for word in _UNKNOWN)


def bare(condition: str) -> str:
    """A condition without what it says about where to look instead, which would give an answer away."""
    return _BRACKETS.sub(_without_elsewhere, condition).strip(" ，。；")


def _without_elsewhere(found: re.Match[str]) -> str:
    return "" if "看" in found[1] or library_numbers(found[1]) else found[0]


def parted(condition: str) -> tuple[str, str]:
    """A condition and the brackets at its end: 因系统故障办不成 and （应当受理）."""
    found = _AT_END.search(condition)
    return (condition[: found.start()].strip(), found[0]) if found and found.start() else (condition, "")


def facts_in(lines: Sequence[str]) -> Mapping[str, frozenset[str]]:
    """The deciding facts in some lines: their values by dimension."""
    found: dict[str, set[str]] = {}
    for key in map(key_of, lexicon().read("\n".join(lines), meant_only=True)):
        dimension, _, value = key.partition("=")
        found.setdefault(dimension, set()).add(value)
    return {dimension: frozenset(values) for dimension, values in found.items() if dimension not in lexicon().soft}
