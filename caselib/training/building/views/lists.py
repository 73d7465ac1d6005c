"""培训包: the list of who makes them, and the three ways to begin one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from caselib.core import clock
from caselib.core.answers import Denied
from caselib.core.errors import RuleBroken
from caselib.core.ids import is_code, new_code
from caselib.search.questions import masked_told

from ...access import INVITED, may_make
from ...visibility import visible_pack
from ..forms import departments_of, facts_for_copy, facts_posted, form_of
from ..listing import packs_for_page
from ..services.copying import Copied, pack_copy
from ..services.packs import PackFacts, pack_create
from ..source import Source, offered, source_of

HERE = {"here": "training", "tab": "building"}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The packs that I make or write along in."""
    if not request.scope.has_role(*INVITED):
        Denied(gettext("培训包由培训老师、部门管理员和他们请的合编人做。您的学习在“我的学习”里。")).require()
    asked = request.GET
    screen = packs_for_page(request.scope, of=asked.get("of", ""), on=clock.today(), page=asked.get("page", "1"))
    shown = {"screen": screen, "may_make": bool(may_make(request.scope)), **HERE}
    return render(request, "training/building/list.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A pack from nothing, from a template or from another one."""
    may_make(request.scope).require()
    asked = request.POST if request.method == "POST" else request.GET
    source = _source(request, asked.get("from", ""))
    if request.method != "POST":
        facts = facts_for_copy(source.version) if source else PackFacts(title="")
        return _form(request, facts, source, code=new_code())
    facts, code = facts_posted(asked), asked.get("code", "")
    try:
        if source is None:
            made = Copied(pack_create(facts, code=code, scope=request.scope))
        else:
            made = pack_copy(source.pack, facts, code=code, scope=request.scope)
    except RuleBroken as error:
        return _form(request, facts, source, code=code if is_code(code) else new_code(), wrong=error)
    _told(request, made, facts)
    # An empty one goes on to what its button says; a copy is looked over first.
    return redirect("training:building:add" if source is None else "training:building:pack", made.pack.code)


def _source(request: HttpRequest, code: str) -> Source | None:
    return source_of(visible_pack(request.scope, code), request.scope) if code else None


def _form(
    request: HttpRequest, facts: PackFacts, source: Source | None, *, code: str, wrong: RuleBroken | None = None
) -> HttpResponse:
    found = offered(request.scope)
    shown = {
        "form": form_of(facts, departments=departments_of(request.scope, facts.department)),
        "source": source,
        "code": code,
        "templates": [each for each in found if each.pack.is_template],
        "others": [each for each in found if not each.pack.is_template],
        "wrong": wrong,
        **HERE,
    }
    return render(request, "training/building/new.html", shown, status=wrong.status if wrong else 200)


def _told(request: HttpRequest, made: Copied, facts: PackFacts) -> None:
    masked = masked_told(facts.title) or masked_told(facts.goal)
    messages.success(request, gettext("建好了，加上案例就能用。{masked}").format(masked=masked))
    if made.left_out:
        titles = "、".join(f"“{title}”" for title in made.left_out if title)[:200]
        told = gettext("有 {count} 课没有带过来：案例停用了或者您看不到。{titles}")
        messages.warning(request, told.format(count=len(made.left_out), titles=titles))
    if made.questions_left:
        told = gettext("有 {count} 道题没有带过来：题停用了或者您看不到它的案例。")
        messages.warning(request, told.format(count=made.questions_left))
