"""What stands beside a draft while it is written: similar precedents, those about the same question, and 加依据 in place."""

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from caselib.core import clock
from caselib.orgs.scope import ViewerScope
from caselib.precedents.citation_desk import precedent_to_edit
from caselib.precedents.citation_edits import open_draft
from caselib.precedents.completeness import Lack
from caselib.precedents.content import RevisionContent, content_of
from caselib.precedents.models import Precedent, Relation, Revision
from caselib.precedents.naming import precedent_key
from caselib.precedents.scarcity import Others, lack_of_a_reason, others_on_the_same
from caselib.search.rows import Line, lines_visible
from caselib.search.similar import Similar, similar_to

MOST_TYPED = 2_000
MOST_STATEMENTS = 5
RELATIONS = tuple((relation.value, relation.label) for relation in Relation)


@dataclass(frozen=True, slots=True)
class Other:
    """A precedent about the same matter and cause. `key`: what the form names it by, to supersede it."""

    row: Line
    key: str


@dataclass(frozen=True, slots=True)
class BesideScreen:
    """`similar` leaves out what stands among `others`; `lack`: what has to be written because of them."""

    precedent: Precedent
    similar: tuple[Similar, ...]
    others: tuple[Other, ...]
    found: Others
    lack: Lack | None


def beside_of(content: RevisionContent, *, scope: ViewerScope, precedent: Precedent, on: dt.date) -> BesideScreen:
    """What the viewer may see that is like the text, whatever was typed. 6 queries at the most; some 10 ms."""
    found = others_on_the_same(content, scope=scope, precedent=precedent)
    keys = {row.pk: precedent_key(row) for row in found.named}
    similar = similar_to(precedent, _written(content), scope=scope, tags=content.tags)
    lines = lines_visible(list(keys), scope=scope, on=on)
    return BesideScreen(
        precedent=precedent,
        similar=tuple(one for one in similar if one.row.pk not in keys),
        others=tuple(Other(line, keys[line.pk]) for line in lines),
        found=found,
        lack=lack_of_a_reason(content, found, precedent=precedent),
    )


def _written(content: RevisionContent) -> Revision:
    """What of a text tells what it is about, as the search for similar ones reads it."""
    parts = {name: getattr(content, name) for name in ("title", "problem", "blocker")}
    return Revision(**parts, applies_when=list(content.applies_when[:MOST_STATEMENTS]))


@require_safe
def beside(request: HttpRequest, code: str) -> HttpResponse:
    """The same address is a page, and for the script that asks with HX-Request the part of a page."""
    precedent = precedent_to_edit(request.scope, code)
    revision = open_draft(precedent) or precedent.live_revision
    content = content_of(revision) if revision else RevisionContent(title="")
    screen = beside_of(content, scope=request.scope, precedent=precedent, on=clock.today())
    template = "writing/_beside.html" if request.htmx else "writing/beside.html"
    return render(request, template, {"beside": screen, "revision": revision, "here": "writing"})
