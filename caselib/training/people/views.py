"""学员: who is to learn what, how it goes, answers to mark, and the sheet at the end."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.core.text import clean
from caselib.search.questions import masked_told

from ..access import may_assign, may_keep_pack, may_make, may_see_results
from ..models import Pack
from ..visibility import visible_pack
from .assigning import Assigned, training_assign, training_unassign
from .certificates import certificate_for_page
from .difficulty import difficulty_for_page
from .forms import asked_of, assign_form
from .marking import answer_mark, answer_to_mark, marking_for_page
from .one import learner_for_page
from .overview import overview_for_page
from .reach import assignments_seen, enrolment_seen
from .results import results_for_page

HERE = "training"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is assigned and how it goes, who is stuck, what waits to be marked."""
    may_make(request.scope).require()
    screen = overview_for_page(request.scope, page=request.GET.get("page", "1"), on=clock.today())
    return render(request, "training/people/home.html", {"screen": screen, "here": HERE})


@require_safe
def pack(request: HttpRequest, code: str) -> HttpResponse:
    """The learners of one pack."""
    found = _pack(request, code)
    asked = request.GET
    screen = results_for_page(
        request.scope,
        found,
        department=asked.get("department", ""),
        state=asked.get("state", ""),
        page=asked.get("page", "1"),
        on=clock.today(),
    )
    shown = {
        "screen": screen,
        "assigning": may_assign(request.scope, found),
        "results": may_see_results(request.scope, found),
        "on": clock.today(),
        "here": HERE,
    }
    return render(request, "training/people/pack.html", shown)


def _pack(request: HttpRequest, code: str) -> Pack:
    """A pack that has learners. Raises NotVisible, also for who trains nobody."""
    found = visible_pack(request.scope, code)
    if found.live_version is None:
        raise NotVisible()
    may_make(request.scope).require()
    return found


@require_safe
def hard(request: HttpRequest, code: str) -> HttpResponse:
    """Which lessons and questions of a pack are hard."""
    found = _pack(request, code)
    may_see_results(request.scope, found).require()
    screen = difficulty_for_page(request.scope, found, on=clock.today())
    return render(request, "training/people/hard.html", {"screen": screen, "here": HERE})


@require_http_methods(["GET", "HEAD", "POST"])
def assign(request: HttpRequest, code: str) -> HttpResponse:
    """Assigns a pack; the button that looks for people assigns nothing."""
    found = _pack(request, code)
    may_assign(request.scope, found).require()
    if request.method != "POST" or request.POST.get("do") == "find":
        return _form(request, found)
    try:
        done = training_assign(found, asked_of(request.POST, on=clock.today()), scope=request.scope)
    except RuleBroken as error:
        return _form(request, found, wrong=error)
    messages.success(request, f"{_said(done)}{masked_told(request.POST.get('note', ''))}")
    return redirect("training:people:pack", code)


def _form(request: HttpRequest, pack: Pack, *, wrong: RuleBroken | None = None) -> HttpResponse:
    form = assign_form(request.scope, pack, request.POST, on=clock.today())
    shown = {"pack": pack, "form": form, "wrong": wrong, "here": HERE}
    return render(request, "training/people/assign.html", shown, status=wrong.status if wrong else 200)


def _said(done: Assigned) -> str:
    told = (
        (gettext("布置给了{names}。"), done.new),
        (gettext("{names}早就布置过，改成了这次的期限和留言。"), done.changed),
        (gettext("{names}早就是这样布置的，没有变。"), done.same),
        (gettext("{names}由别人布置过，期限没有动，要改请他们改。"), done.others),
    )
    return "".join(sentence.format(names=_names(names)) for sentence, names in told if names)


def _names(names: tuple[str, ...]) -> str:
    first = gettext("、").join(f"“{name}”" for name in names[:3])
    return first if len(names) <= 3 else gettext("{first}等 {count} 个").format(first=first, count=len(names))


@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Takes an assignment back."""
    found = _pack(request, code)
    # One that is taken back already is told so, for who saw it a moment ago.
    rows = assignments_seen(request.scope, with_withdrawn=True).filter(
        pack=found, code=clean(request.POST.get("code", ""))
    )
    assignment = rows.select_related("department", "user").first()
    if assignment is None:
        raise NotVisible()
    withdrawn = training_unassign(assignment, scope=request.scope)
    name = assignment.department or assignment.user
    told = gettext("“{name}”的布置撤回了；已经学的都留着。") if withdrawn else gettext("“{name}”的布置早已撤回。")
    messages.success(request, told.format(name=name))
    return redirect("training:people:pack", code)


@require_safe
def learner(request: HttpRequest, code: str) -> HttpResponse:
    """What one learner answered."""
    enrolment = enrolment_seen(request.scope, code)
    may_keep_pack(request.scope, enrolment.pack).require()
    screen = learner_for_page(request.scope, enrolment, page=request.GET.get("page", "1"), on=clock.today())
    return render(request, "training/people/learner.html", {"screen": screen, "here": HERE})


@require_safe
def marking(request: HttpRequest) -> HttpResponse:
    """Answers that wait."""
    may_make(request.scope).require()
    return _marking(request)


def _marking(request: HttpRequest, *, error: RuleBroken | StaleState | None = None, about: int = 0) -> HttpResponse:
    """`about`: the answer whose form was refused; what was typed stands in it again."""
    shown = {
        "screen": marking_for_page(request.scope, page=request.GET.get("page", "1")),
        "wrong": error,
        "about": about,
        "met": request.POST.getlist("met"),
        "comment": request.POST.get("comment", ""),
        "here": HERE,
    }
    return render(request, "training/people/marking.html", shown, status=error.status if error else 200)


@require_POST
def mark(request: HttpRequest, key: int) -> HttpResponse:
    """Marks one."""
    may_make(request.scope).require()
    response = answer_to_mark(request.scope, key)
    posted = request.POST
    try:
        marked = answer_mark(
            response, met=posted.getlist("met"), comment=posted.get("comment", ""), scope=request.scope
        )
    except (RuleBroken, StaleState) as error:
        return _marking(request, error=error, about=key)
    told = gettext("评了，{score} 分，告诉学员了。{masked}")
    masked = masked_told(posted.get("comment", ""))
    messages.success(request, told.format(score=marked.score, masked=masked))
    return redirect("training:people:marking")


@require_safe
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet of who passed."""
    screen = certificate_for_page(request.scope, code, on=clock.today())
    return render(request, "training/people/certificate.html", {"screen": screen, "today": clock.today(), "here": HERE})
