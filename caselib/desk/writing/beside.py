"""What stands beside a draft while it is written: similar precedents, those about the same question, and 加依据 in place."""

import dataclasses
import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from caselib.core import clock
from caselib.core.errors import DomainError, RuleBroken
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.citation_desk import citations_for_edit, precedent_to_edit
from caselib.precedents.citation_edits import Chosen, citations_add, open_draft
from caselib.precedents.citing import read_citations
from caselib.precedents.completeness import Lack
from caselib.precedents.content import RevisionContent, content_of
from caselib.precedents.models import Precedent, Relation, Revision
from caselib.precedents.naming import precedent_key
from caselib.precedents.scarcity import Others, lack_of_a_reason, others_on_the_same
from caselib.search.rows import Line, lines_visible
from caselib.search.similar import Similar, similar_to

from .answering import answered, reading_of
from .saving import Saved, form_saved, seen_in, time_of

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


@sensitive_post_parameters()
@require_POST
def cite(request: HttpRequest, code: str) -> HttpResponse:
    """加依据: saves the form, then adds what was typed. Answers the script with JSON, else goes back to the section."""
    precedent = precedent_to_edit(request.scope, code)
    now, posted = clock.now(), request.POST
    try:
        typed = dict(posted.lists())
        saved = form_saved(precedent, typed, seen=seen_in(posted.dict()), editor=request.user, now=now)
        words = ""
        if saved.sibling is None:
            words = _cited(saved, posted.get("cite", ""), posted.get("cite_relation", ""), editor=request.user, on=now)
    except DomainError as error:
        return _refused(request, code, error)
    if not request.accepts("text/html"):
        return _answered(request, precedent, saved, words, at=time_of(now))
    messages.success(request, words or saved.words)
    if saved.sibling is not None:
        return redirect("desk:writing:siblings", code)
    return redirect(reverse("desk:writing:draft", args=[code]) + "#f-citations")


def _cited(saved: Saved, text: str, relation: str, *, editor: User, on: dt.datetime) -> str:
    """Adds what the words cite, all or nothing. Raises RuleBroken for what is not found or may mean several things."""
    today = clock.day_of(on)
    read = read_citations(text[:MOST_TYPED], on=today)
    if not text.strip():
        raise RuleBroken("还没写是哪一条。写“登记条例33”，再点“加”。", code="nothing_typed", field="cite")
    if read.unresolved or not read.proposals:
        hint = read.unresolved[0].hint if read.unresolved else "没认出是哪部政策的哪一条。"
        raise RuleBroken(f"没有加上：{hint}", code="not_found", field="cite")
    kind = Relation(relation) if relation in Relation.values else Relation.BASIS
    chosen = [Chosen(each, kind) for each in read.proposals]
    revision = saved.revision
    added = citations_add(revision, chosen, lock_version=revision.lock_version, editor=editor)
    cautions = "；".join(dict.fromkeys(each.caution for each in read.proposals if each.caution))
    told = f"加了 {added.added} 条依据" if added.added else "已经引过这一条"
    return f"{told}。{cautions}。" if cautions else f"{told}。"


def _refused(request: HttpRequest, code: str, error: DomainError) -> HttpResponse:
    field = getattr(error, "field", "")
    typed = urlencode({"typed": request.POST.get("cite", "")[:300]})
    elsewhere = f"{reverse('pages:citations', args=[code])}?{typed}"
    if request.accepts("text/html"):
        messages.warning(request, error.message)
        return redirect(elsewhere if field == "cite" else reverse("desk:writing:draft", args=[code]))
    answer = {"state": "refused", "words": error.message, "problems": {field: error.message} if field else {}}
    return answered(answer | {"address": elsewhere}, status=error.status)


def _answered(request: HttpRequest, precedent: Precedent, saved: Saved, words: str, *, at: str) -> HttpResponse:
    answer = {"state": saved.state, "words": words or saved.words, "at": at, "problems": saved.problems}
    if saved.sibling is not None:
        return answered(answer | {"address": reverse("desk:writing:siblings", args=[precedent.code])})
    page = citations_for_edit(precedent, on=clock.today())
    cited = render_to_string("writing/_cited.html", {"cited": page, "scope": request.scope}, request=request)
    now = dataclasses.replace(saved, revision=page.revision, content=content_of(page.revision))
    return answered(answer | reading_of(now, precedent, scope=request.scope) | {"citations_html": cited})
