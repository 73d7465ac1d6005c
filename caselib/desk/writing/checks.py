"""The check list of a draft: what must be there, what would be better, what is done, each with a way to its field."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string

from caselib.orgs.scope import ViewerScope
from caselib.precedents.completeness import DECLARABLE, Lack, lacks
from caselib.precedents.content import RevisionContent
from caselib.precedents.deciding import warnings_among
from caselib.precedents.models import Precedent, Relation
from caselib.precedents.privacy import Hit, hits_of
from caselib.precedents.scarcity import Others, lack_of_a_reason, others_on_the_same

from .findings import blocking
from .form import CHANGE_NOTE
from .plan import SECTION_OF, Plan, label_of, plans_for, title_of

# What every text needs, in the order in which one writes it.
ALWAYS = ("gist", "problem", "blocker", "causes", "resolution", "applies_when", "not_when", *DECLARABLE)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list. `anchor`: the field, without #."""

    words: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Progress:
    """One section in the list of sections. `missing`: how many things must still be done; `more`: how many would be better."""

    key: str
    title: str
    missing: int
    more: int
    is_empty: bool

    @property
    def is_done(self) -> bool:
        return not self.missing and not self.is_empty


@dataclass(frozen=True, slots=True)
class Checks:
    """`must`: without these it cannot be submitted; `done` of `total` things that every text needs are there."""

    must: tuple[Line, ...]
    better: tuple[Line, ...]
    done: tuple[str, ...]
    total: int
    sections: tuple[Progress, ...]

    @property
    def is_ready(self) -> bool:
        return not self.must

    @property
    def count(self) -> int:
        return len(self.done)


def checks_of(
    content: RevisionContent,
    hits: Sequence[Hit],
    *,
    more: Sequence[Lack] = (),
    asks_why: bool = False,
    problems: Sequence[str] = (),
) -> Checks:
    """`more`: what is missing beside the text itself, see `beside_the_text`; `asks_why`: whether a reason is one of the things that
    are needed; `problems`: names of inputs that were not saved. No query where the content's rows are loaded."""
    lacking = [*lacks(content), *more]
    must = [Line(f"{label_of(name.partition('-')[0])}没有存，看标红的地方", f"f-{name}") for name in problems]
    must += [Line(f"{hit.place.label}有{hit.finding.kind.label}", anchor_of(hit)) for hit in blocking(hits)]
    must += [Line(lack.words, f"f-{lack.field}") for lack in lacking if lack.must]
    needed = (*ALWAYS, CHANGE_NOTE) if asks_why else ALWAYS
    absent = {lack.field for lack in lacking if lack.must}
    return Checks(
        must=tuple(must),
        better=(*_warnings(hits), *(Line(lack.words, f"f-{lack.field}") for lack in lacking if not lack.must)),
        done=tuple("为什么改" if name == CHANGE_NOTE else label_of(name) for name in needed if name not in absent),
        total=len(needed),
        sections=tuple(_progress(plan, content, lacking, hits) for plan in plans_for(content)),
    )


def _warnings(hits: Sequence[Hit]) -> tuple[Line, ...]:
    """What a reviewer will be asked to look at, once for each place and kind: who writes reads it before."""
    lines = (
        Line(f"看看{hit.place.label}里的{hit.finding.kind.label}，认得出人就换掉", anchor_of(hit))
        for hit in warnings_among(hits)
    )
    return tuple(dict.fromkeys(lines))


def _progress(plan: Plan, content: RevisionContent, lacking: Sequence[Lack], hits: Sequence[Hit]) -> Progress:
    here = [lack for lack in lacking if SECTION_OF.get(lack.field) == plan.key]
    found = sum(SECTION_OF.get(hit.place.field) == plan.key for hit in blocking(hits))
    return Progress(
        key=plan.key,
        title=title_of(plan, content),
        missing=found + sum(lack.must for lack in here),
        more=sum(not lack.must for lack in here),
        is_empty=not any(_says_something(content, name) for name in plan.fields),
    )


def _says_something(content: RevisionContent, name: str) -> bool:
    return bool(getattr(content, name)) and name not in ("result_type", "force", "measure")


def anchor_of(hit: Hit) -> str:
    """The input in which a finding stands. Citations have a page of their own and one place in the form."""
    place = hit.place
    if place.field in ("citations", "tags", "partner_orgs"):
        return f"f-{place.field}"
    return "-".join(filter(None, ["f", place.field, str(place.index) if place.index >= 0 else "", place.part]))


def beside_the_text(precedent: Precedent, content: RevisionContent, *, others: Others, note: str) -> tuple[Lack, ...]:
    """What is missing because of what is published already, or of the class that was chosen. No query."""
    found = [lack_of_a_reason(content, others, precedent=precedent)]
    if precedent.live_revision_id is not None and not note:
        found.append(Lack(CHANGE_NOTE, "为什么改：一句话，审核人先看它"))
    found += _references(content)
    return tuple(lack for lack in found if lack)


def _references(content: RevisionContent) -> list[Lack]:
    """What a class asks to be cited: the rule of the place where it can be done."""
    if any(citation.relation == Relation.COMPARE for citation in content.citations):
        return []
    names = [category.name for category in content.categories if category.needs_reference]
    return [
        Lack("citations", f"依据条款：分在“{name}”的，引外地能办的规定，关系选“参照”", must=False) for name in names
    ]


def live_html(precedent: Precedent, content: RevisionContent, *, scope: ViewerScope, note: str = "") -> dict[str, str]:
    """The two lists as HTML for a page that is open: `checks` and `nav`. 2 queries where the content's rows are loaded."""
    others = others_on_the_same(content, scope=scope, precedent=precedent)
    more = beside_the_text(precedent, content, others=others, note=note)
    hits = hits_of(content, precedent=precedent)
    checks = checks_of(content, hits, more=more, asks_why=precedent.live_revision_id is not None)
    return {"checks": checks_html(checks), "nav": render_to_string("writing/_nav.html", {"checks": checks})}


def checks_html(checks: Checks) -> str:
    return render_to_string("writing/_checks.html", {"checks": checks})
