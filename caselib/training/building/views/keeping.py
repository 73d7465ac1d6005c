"""设置 of the open version; who writes along, who keeps the pack, and whether it is in use."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from caselib.core import clock
from caselib.core.errors import DomainError, RuleBroken
from caselib.core.text import clean
from caselib.search.questions import masked_told

from ...access import may_keep_pack, may_write
from ...models import Pack
from ..digests import facts_digest
from ..forms import facts_posted, facts_stored, form_of
from ..keeping import keeping_for_page
from ..outline import pack_to_build, version_shown
from ..services.packs import PackFacts, pack_settings_save
from ..services.people import pack_editor_add, pack_editor_remove, pack_hand_over
from ..services.standing import pack_archive, pack_restore
from .builder import HERE, REFUSED


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, code: str) -> HttpResponse:
    """What the open version says of itself."""
    found = pack_to_build(request.scope, code)
    may_write(request.scope, version_shown(found)).require()
    if request.method != "POST":
        return _settings(request, found)
    facts = facts_posted(request.POST)
    if "preview" in request.POST:
        return _settings(request, found, facts=facts)
    try:
        pack_settings_save(found, facts, was=request.POST.get("was", ""), scope=request.scope)
    except REFUSED as error:
        return _settings(request, found, facts=facts, wrong=error)
    masked = next(filter(None, map(masked_told, (facts.title, facts.goal, facts.intro))), "")
    messages.success(request, gettext("存好了。{masked}").format(masked=masked))
    return redirect("training:building:pack", code)


def _settings(
    request: HttpRequest, found: Pack, *, facts: PackFacts | None = None, wrong: DomainError | None = None
) -> HttpResponse:
    version = version_shown(found)
    stored = facts_stored(version)
    shown = {
        "pack": found,
        "version": version,
        "form": form_of(facts or stored),
        "stored": stored if wrong is not None and wrong.status == 409 else None,
        "is_preview": facts is not None and wrong is None,
        "is_fixed": found.live_version_id is not None,
        "was": request.POST.get("was", "")[:64] if facts and not wrong else facts_digest(version),
        "wrong": wrong,
        **HERE,
    }
    return render(request, "training/building/settings.html", shown, status=wrong.status if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, code: str) -> HttpResponse:
    """Who writes along, whose pack it is, and whether it is in use: for trainers of the owning department."""
    found = pack_to_build(request.scope, code)
    may_keep_pack(request.scope, found).require()
    if request.method != "POST":
        return _people(request, found)
    try:
        told = _kept(request, found)
    except REFUSED as error:
        return _people(request, found, wrong=error)
    messages.success(request, told)
    # Who handed it over may see it no more.
    return redirect("training:building:list") if "hand_over" in request.POST else redirect(request.path)


def _kept(request: HttpRequest, found: Pack) -> str:
    """Does what the button says and gives back what to tell."""
    posted, scope = request.POST, request.scope
    if "editor_add" in posted:
        made = pack_editor_add(found, posted.get("username", ""), scope=scope)
        return gettext("{name}可以一起编了。").format(name=made.user)
    if "editor_remove" in posted:
        pack_editor_remove(found, posted["editor_remove"][:64], scope=scope)
        return gettext("不再一起编。写过的都还在。")
    if "hand_over" in posted:
        to = pack_hand_over(found, _number(posted.get("department", "")), stays=posted.get("stays") == "1", scope=scope)
        return gettext("移交给“{department}”了。").format(department=to.owner_department)
    if "archive" in posted:
        pack_archive(found, posted.get("reason", ""), scope=scope)
        return gettext("归档了。学过的人还看得到，成绩和合格证都在。")
    if "restore" in posted:
        pack_restore(found, scope=scope)
        return gettext("恢复了。")
    raise RuleBroken(gettext("没有改：不知道要做什么。刷新这一页再试。"), code="no_deed")


def _people(request: HttpRequest, found: Pack, *, wrong: DomainError | None = None) -> HttpResponse:
    shown = {
        "screen": keeping_for_page(pack_to_build(request.scope, found.code)),
        "wrong": wrong,
        "wrong_field": getattr(wrong, "field", ""),
        "typed": {name: clean(value[:300]) for name, value in request.POST.items()},
        "today": clock.today(),
        **HERE,
    }
    return render(request, "training/building/people.html", shown, status=wrong.status if wrong else 200)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
