"""One lesson: its title and note, whether it hides the precedent, and the order of its questions."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from caselib.core import clock
from caselib.core.errors import DomainError, RuleBroken
from caselib.core.text import clean
from caselib.search.questions import masked_told

from ...models import Pack
from ..lesson_page import lesson_for_page
from ..limits import LONGEST_LESSON_TITLE, LONGEST_NOTE, MOST_MINUTES, MOST_QUESTIONS
from ..outline import pack_to_build
from ..services.lessons import LessonFacts, lesson_save
from ..services.ordering import lesson_question_move, lesson_question_remove
from .builder import HERE, REFUSED

LIMITS = {"title": LONGEST_LESSON_TITLE, "note": LONGEST_NOTE, "minutes": MOST_MINUTES, "questions": MOST_QUESTIONS}
# What is given back of a text that is too long.
_LONGEST_SHOWN = 60_000


@require_http_methods(["GET", "HEAD", "POST"])
def lesson(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """The form of a lesson. 预览 draws what was typed and keeps nothing."""
    found = pack_to_build(request.scope, code)
    if request.method != "POST":
        return _page(request, found, key)
    posted = request.POST
    if "preview" in posted:
        return _page(request, found, key, typed=_facts(request))
    try:
        if "question_move" in posted:
            question, _, before = posted["question_move"].partition(":")
            before = "" if before == "-" else before[:12]
            lesson_question_move(found, key, question[:12], before=before, scope=request.scope)
            return _done(request, found, key, gettext("题移好了。"), "asked")
        if "question_remove" in posted:
            lesson_question_remove(found, key, posted["question_remove"][:12], scope=request.scope)
            return _done(request, found, key, gettext("从这一课拿出去了，题还在题库里。"), "asked")
        facts = _facts(request)
        if facts is None:
            raise RuleBroken(gettext("没有改：不知道要做什么。刷新这一页再试。"), code="no_deed")
        lesson_save(found, key, facts, was=posted.get("was", ""), scope=request.scope)
    except REFUSED as error:
        return _page(request, found, key, typed=_facts(request), wrong=error)
    masked = masked_told(facts.title) or masked_told(facts.note)
    return _done(request, found, key, gettext("存好了。{masked}").format(masked=masked))


def _facts(request: HttpRequest) -> LessonFacts | None:
    """What was typed; None where another form was sent, or no whole one: what is missing is not taken for empty."""
    posted = request.POST
    if not {"title", "note"} <= posted.keys():
        return None
    return LessonFacts(
        title=clean(posted["title"][:_LONGEST_SHOWN]),
        note=clean(posted["note"][:_LONGEST_SHOWN]),
        minutes=clean(posted.get("minutes", "")[:20]),
        hides=posted.get("hides") == "1",
    )


def _page(
    request: HttpRequest, found: Pack, key: str, *, typed: LessonFacts | None = None, wrong: DomainError | None = None
) -> HttpResponse:
    screen = lesson_for_page(found, request.scope, key, on=clock.today())
    stored = screen.lesson
    now = LessonFacts(stored.title, stored.note, str(stored.minutes), stored.hides)
    shown = {
        "screen": screen,
        "facts": typed or now,
        "is_preview": typed is not None and wrong is None,
        # Somebody was first: both texts are shown, and the next save replaces what is stored now.
        "is_beside": wrong is not None and typed is not None and typed != now and wrong.status == 409,
        "was": screen.was if wrong is not None else request.POST.get("was", screen.was)[:64],
        "wrong": wrong,
        "wrong_field": getattr(wrong, "field", ""),
        "limits": LIMITS,
        **HERE,
    }
    return render(request, "training/building/lesson.html", shown, status=wrong.status if wrong else 200)


def _done(request: HttpRequest, found: Pack, key: str, told: str, at: str = "") -> HttpResponse:
    messages.success(request, told)
    address = reverse("training:building:lesson", args=[found.code, key])
    return redirect(address + (f"#{at}" if at else ""))
