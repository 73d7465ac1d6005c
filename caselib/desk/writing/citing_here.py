"""加依据 in the form of a draft: what was typed is saved first, then cited. Without script the form comes back with what was not."""

import dataclasses
import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from caselib.core import clock
from caselib.core.errors import DomainError, RuleBroken
from caselib.orgs.models import User
from caselib.precedents.citation_desk import citations_for_edit, precedent_to_edit
from caselib.precedents.citation_edits import Chosen, citations_add
from caselib.precedents.citing import read_citations
from caselib.precedents.content import content_of
from caselib.precedents.models import Precedent, Relation

from .answering import answered, reading_of
from .form import Typed
from .opening import opened
from .saving import SAVED_INTO, Saved, State, form_saved, seen_in, time_of
from .screens import Said, draft_screen

MOST_TYPED = 2_000


@sensitive_post_parameters()
@require_POST
def cite(request: HttpRequest, code: str) -> HttpResponse:
    """Answers the script with JSON, else goes back to the section, or draws the form with what could not be saved."""
    precedent = precedent_to_edit(request.scope, code)
    posted, typed, saved, words = request.POST, dict(request.POST.lists()), None, ""
    try:
        saved = form_saved(precedent, typed, seen=seen_in(posted.dict()), editor=request.user, now=clock.now())
        if saved.sibling is None:
            words = _cited(
                saved, posted.get("cite", ""), posted.get("cite_relation", ""), editor=request.user, on=clock.now()
            )
    except DomainError as error:
        if request.accepts("text/html") and (page := _form(request, code, typed, saved, wrong=error)):
            return page
        return _refused(request, code, error)
    if not request.accepts("text/html"):
        return _answered(request, precedent, saved, words, at=time_of(clock.now()))
    if page := _form(request, code, typed, saved):
        return page
    messages.success(request, words or saved.words)
    if saved.sibling is not None:
        return redirect("desk:writing:siblings", code)
    return redirect(reverse("desk:writing:draft", args=[code]) + "#f-citations")


def _form(
    request: HttpRequest, code: str, typed: Typed, saved: Saved | None, *, wrong: DomainError | None = None
) -> HttpResponse | None:
    """The form with what is in no draft; None where all of it is, or where there is no form any more."""
    found = opened(request.scope, code)
    if not found.is_written or (saved is not None and saved.state is not State.PARTLY):
        return None
    if saved is None:
        said, status = Said(stale=wrong.message if wrong else ""), wrong.status if wrong else 200
    else:
        cited = request.POST.get("cite", "")[:MOST_TYPED] if wrong else ""
        said = Said(wrong=wrong.message if wrong else "", problems=saved.problems, wrong_field="citations", cite=cited)
        status = RuleBroken.status
    screen = draft_screen(found.precedent, found.revision, scope=request.scope, typed=typed, said=said)
    return render(request, "writing/draft.html", {"screen": screen, "here": "writing"}, status=status)


def _cited(saved: Saved, text: str, relation: str, *, editor: User, on: dt.datetime) -> str:
    """Adds what the words cite, all or nothing. Raises RuleBroken for what is not found or may mean several things."""
    today = clock.day_of(on)
    read = read_citations(text[:MOST_TYPED], on=today)
    if not text.strip():
        raise RuleBroken(gettext("还没写是哪一条。写“登记条例33”，再点“加”。"), code="nothing_typed", field="cite")
    if read.unresolved or not read.proposals:
        hint = read.unresolved[0].hint if read.unresolved else "没认出是哪部政策的哪一条。"
        raise RuleBroken(gettext("没有加上：{hint}").format(hint=hint), code="not_found", field="cite")
    kind = Relation(relation) if relation in Relation.values else Relation.BASIS
    chosen = [Chosen(each, kind) for each in read.proposals]
    revision = saved.revision
    if revision is not None and revision.state not in SAVED_INTO:
        raise RuleBroken(gettext("没有加上：这一稿已经提交审核。撤回或退回以后再加。"), code="closed", field="state")
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
