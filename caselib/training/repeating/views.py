"""再考: one question that comes up again, its answer, the next one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from caselib.core import clock
from caselib.core.errors import NotVisible
from caselib.precedents.selectors import PrecedentRow

from ..access import may_learn
from ..choices import QuestionKind
from ..models import ReviewCard
from .asking import again_for_page, asked_of, card_to_answer, due_count, given_of
from .cards import card_answer

HERE = "training"
NOT_NOW = "这道题现在考不了：题目停用了，案例看不到了，或者那一课要合格以后才看答案。这一次没有计，先看下一道。"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The question that is due longest, or when the next one comes."""
    may_learn(request.scope).require()
    screen = again_for_page(request.scope, on=clock.today())
    return render(request, "training/repeating/home.html", {"screen": screen, "due": screen.left, "here": HERE})


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, key: int) -> HttpResponse:
    """Takes an answer and shows what would have been right; of a short one first the key points, which the learner ticks.

    Looked at again by its address, it leads to the question that is due.
    """
    may_learn(request.scope).require()
    if request.method != "POST":
        return redirect("training:repeating:home")
    try:
        card, precedent = card_to_answer(request.scope, key, on=clock.today())
    except NotVisible:
        messages.info(request, gettext(NOT_NOW))
        return redirect("training:repeating:home")
    if card.question.latest.kind == QuestionKind.SHORT and request.POST.get("do") != "tick":
        return _shown(request, card, precedent, "training/repeating/ticking.html")
    return _answered(request, card, precedent)


def _answered(request: HttpRequest, card: ReviewCard, precedent: PrecedentRow | None) -> HttpResponse:
    posted = request.POST
    done = card_answer(
        card,
        given_of(card.question.latest, posted),
        scope=request.scope,
        times=_number(posted.get("times", "")),
        met=posted.getlist("met"),
        easy=posted.get("easy") == "1",
    )
    return _shown(request, card, precedent, "training/repeating/answered.html", done=done)


def _shown(
    request: HttpRequest, card: ReviewCard, precedent: PrecedentRow | None, template: str, **more: object
) -> HttpResponse:
    shown = {
        "asked": asked_of(card, precedent, request.POST),
        "met": request.POST.getlist("met"),
        "times": _number(request.POST.get("times", "")),
        "left": due_count(request.scope, on=clock.today()),
        "here": HERE,
    }
    return render(request, template, shown | {"due": shown["left"]} | more)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
