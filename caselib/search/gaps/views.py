from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caselib.catalog.models import Matter
from caselib.catalog.selectors import matter_for_page
from caselib.core import clock
from caselib.core.errors import RuleBroken
from caselib.core.text import clean
from caselib.precedents.naming import matters_named
from caselib.search.addresses import results_address
from caselib.search.models import Urgency
from caselib.search.questions import masked_told
from caselib.search.urgency import DAYS

from .access import may_file
from .meaning import matter_names, matters_meant
from .selectors import mine_for_page
from .services import MOST_TYPED, Filed, gap_file

HERE = "gaps"
# Where a click may lead back to beside the results: a word in the form, and the page.
_PAGES = {"missed": "search:gaps:missed", "tuning": "search:tuning:desk", "mine": "search:gaps:mine"}


@require_POST
def file(request: HttpRequest) -> HttpResponse:
    """记为知识缺口: one click on the page of results, and back to it."""
    may_file(request.scope).require()
    typed, code = request.POST.get("q", ""), request.POST.get("matter", "")
    matter = matter_for_page(code) if code else None
    filed = gap_file(typed, scope=request.scope, matter=matter, urgency=request.POST.get("urgency", ""))
    messages.success(request, _told(filed))
    if page := _PAGES.get(request.POST.get("from", "")):
        return redirect(page)
    return HttpResponseRedirect(results_address(typed, kept=filed.gap.question, asked=request.POST.get("back", "")))


def _told(filed: Filed) -> str:
    parts = [f"记下了：{filed.gap.question}"]
    if filed.is_cut:
        parts.append("（原文太长，只留了开头。）")
    if filed.is_hurried:
        parts.append(f"（您记过，现在改成“{filed.gap.get_urgency_display()}”。）")
    elif not filed.is_new:
        parts.append("（您已经记过，只算一次。）")
    return "".join(parts)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """我要提需求: the same as a form, with the matter to pick and how urgent it is."""
    may_file(request.scope).require()
    if request.method != "POST":
        asked = clean(request.GET.get("q", "")[:MOST_TYPED])
        meant = matters_meant([asked])[0] if asked else None
        return _form(
            request, {"q": asked, "matter": meant.name if meant else "", "urgency": request.GET.get("urgency", "")}
        )
    typed = {name: request.POST.get(name, "") for name in ("q", "matter", "urgency")}
    try:
        filed = gap_file(
            typed["q"], scope=request.scope, matter=matter_typed(typed["matter"]), urgency=typed["urgency"]
        )
    except RuleBroken as error:
        return _form(request, typed, wrong=error, status=error.status)
    masked = masked_told(typed["q"])
    messages.success(request, _told(filed) + (f"（{masked}）" if masked else ""))
    return redirect("search:gaps:mine")


def matter_typed(words: str) -> Matter | None:
    """The matter of a name, other name or code that was typed; None for nothing. Raises RuleBroken for what is none."""
    words = " ".join(clean(words).split())
    if not words:
        return None
    if found := matters_named([words]).get(words):
        return found
    raise RuleBroken(
        gettext("事项目录里没有“{words}”。从列出来的里选，或者空着。").format(words=words[:40]),
        code="unknown_matter",
        field="matter",
    )


def _form(
    request: HttpRequest, typed: dict[str, str], *, wrong: RuleBroken | None = None, status: int = 200
) -> HttpResponse:
    shown = {
        "typed": typed,
        "wrong": wrong,
        "most": MOST_TYPED,
        "urgencies": urgencies(typed["urgency"]),
        "matters": matter_names(),
        "here": HERE,
    }
    return render(request, "search/gaps/new.html", shown, status=status)


def urgencies(chosen: str) -> list[tuple[str, str, int, bool]]:
    """(value, label, working days, whether chosen) of each."""
    chosen = chosen if chosen in Urgency.values else Urgency.NORMAL
    return [(value, gettext(label), DAYS[Urgency(value)], value == chosen) for value, label in Urgency.choices]


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """我提的需求: what the viewer filed, and what became of it."""
    may_file(request.scope).require()
    page = mine_for_page(request.scope, on=clock.today(), page=request.GET.get("page", "1"))
    return render(request, "search/gaps/mine.html", {"mine": page, "here": HERE})
