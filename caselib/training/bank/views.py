"""题库: the list, from which a lesson is filled as well, and one question with its form."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from caselib.core import clock
from caselib.core.errors import DomainError, RuleBroken, StaleState
from caselib.core.ids import new_code

from ..access import may_edit_question, may_make, may_write
from ..choices import QuestionKind
from ..learning.asked import is_sound
from .facts import masked_told_of
from .form import Typed, changed, read_typed, typed_of
from .look import Look
from .placing import lesson_questions_add, question_create_into
from .saving import blank, facts_typed, look_typed, owner_chosen, owners_of
from .screens import form_screen, precedent_asked_about
from .selectors import (
    Into,
    QuestionPage,
    bank_for_page,
    lesson_to_fill,
    question_for_page,
    questions_chosen,
)
from .services import question_save, question_switch

HERE = "training"
REFUSED = (RuleBroken, StaleState)
_ROWS = frozenset({"options", "right", "items", "points", "left", "pairs"})
_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(_METHODS)
def index(request: HttpRequest) -> HttpResponse:
    """题库; with ?pack=&lesson= questions are chosen for that lesson."""
    may_make_or_write(request, into := lesson_to_fill(request.scope, request.GET))
    wrong = None
    if request.method == "POST" and into is not None:
        try:
            chosen = questions_chosen(request.scope, request.POST.getlist("question"))
            added = lesson_questions_add(into.lesson, chosen, scope=request.scope)
        except REFUSED as error:
            wrong = error
        else:
            messages.success(request, _added_told(added, len(chosen)))
            return redirect(f"{reverse('training:bank:list')}?{request.GET.urlencode()}")
    page = bank_for_page(request.scope, request.GET, on=clock.today(), into=into)
    shown = {
        "screen": page,
        "into": into,
        "wrong": wrong,
        "ticked": request.POST.getlist("question"),
        "here": HERE,
    }
    return render(request, "training/bank/list.html", shown, status=wrong.status if wrong else 200)


def may_make_or_write(request: HttpRequest, into: Into | None) -> None:
    """Raises NotAllowed for who makes no training, and for who may not write in the lesson that is to be filled."""
    may_make(request.scope).require()
    if into is not None:
        may_write(request.scope, into.lesson.version).require()


def _added_told(added: int, chosen: int) -> str:
    if not chosen:
        return gettext("没有选题，什么也没改。先在题目前面打勾。")
    beside = gettext("，另外 {count} 道本来就在").format(count=chosen - added) if chosen > added else ""
    return gettext("放进去 {added} 道{beside}。").format(added=added, beside=beside)


@require_http_methods(_METHODS)
def new(request: HttpRequest) -> HttpResponse:
    """出题: by hand, about a precedent or about a rule alone."""
    into = lesson_to_fill(request.scope, request.GET)
    may_make_or_write(request, into)
    row = precedent_asked_about(request.scope, request.GET.get("precedent", ""), on=clock.today())
    precedent = row.precedent if row else None
    if request.method != "POST":
        kind = request.GET.get("kind", "")
        typed = blank(kind if kind in QuestionKind.values else QuestionKind.SINGLE, precedent, code=new_code())
        return _form(request, typed, row=row, into=into)
    typed = read_typed(request.POST)
    deed = request.POST.get("do", "save")
    if deed != "save":
        return _changed(request, typed, deed, row=row, into=into)
    try:
        facts = facts_typed(typed, precedent=precedent, on=clock.today())
        owner = owner_chosen(owners_of(request.scope), typed)
        lesson = into.lesson if into else None
        made = question_create_into(
            facts, lesson=lesson, scope=request.scope, owner=owner, precedent=precedent, code=typed.code
        )
    except REFUSED as error:
        return _form(request, typed, row=row, into=into, wrong=error)
    told = gettext("存好了，也放进了这一课。") if into else gettext("存好了，在题库里了。")
    messages.success(request, f"{told}{masked_told_of(*typed.words)}")
    return _to_question(made.code, into)


def place_of(wrong: DomainError | None) -> str:
    """The input to go to: what is wrong with options, steps, points or pairs is wrong with the rows."""
    at = getattr(wrong, "field", "")
    return "rows" if at in _ROWS else at


def _to_question(code: str, into: Into | None) -> HttpResponse:
    query = f"?{into.query}" if into else ""
    return redirect(f"{reverse('training:bank:question', args=[code])}{query}")


@require_http_methods(_METHODS)
def question(request: HttpRequest, code: str) -> HttpResponse:
    """One question: its form for who may change it, how it looks to learners for all who make training."""
    may_make(request.scope).require()
    into = lesson_to_fill(request.scope, request.GET)
    page = question_for_page(request.scope, code, on=clock.today())
    if request.method != "POST":
        typed = typed_of(page.row.question, page.row.question.latest)
        return _form(request, typed, row=page.row.row, into=into, page=page)
    deed = request.POST.get("do", "save")
    if deed in ("retired", "active"):
        question_switch(page.row.question, state=deed, scope=request.scope)
        told = "停用了：用着它的课照旧，选题的时候不再出现。" if deed == "retired" else "恢复了，选题的时候又能选。"
        messages.success(request, gettext(told))
        return _to_question(code, into)
    typed = replace(read_typed(request.POST), code=code)
    if not page.editing and deed == "try":
        typed = typed_of(page.row.question, page.row.question.latest)
    if page.row.is_hidden:
        return _form(request, typed, row=None, into=into, page=page)
    if deed != "save":
        return _changed(request, typed, deed, row=page.row.row, into=into, page=page)
    may_edit_question(request.scope, page.row.question).require()
    return _saved(request, typed, page, into)


def _saved(request: HttpRequest, typed: Typed, page: QuestionPage, into: Into | None) -> HttpResponse:
    asked = page.row.question
    try:
        facts = facts_typed(typed, precedent=asked.precedent, on=clock.today())
        saved = question_save(asked, facts, scope=request.scope, number=typed.number)
    except StaleState as error:
        # Saving once more means: in the place of what the other one saved.
        current = question_for_page(request.scope, asked.code, on=clock.today())
        typed = replace(typed, number=current.row.question.latest.number)
        return _form(request, typed, row=page.row.row, into=into, page=current, wrong=error)
    except RuleBroken as error:
        return _form(request, typed, row=page.row.row, into=into, page=page, wrong=error)
    is_new = saved.latest.number != asked.latest.number
    told = gettext("存好了，现在是第 {number} 版。") if is_new else gettext("存好了，题目文字没有变。")
    messages.success(request, f"{told.format(number=saved.latest.number)}{masked_told_of(*typed.words)}")
    return _to_question(asked.code, into)


def _changed(request: HttpRequest, typed: Typed, deed: str, **about: object) -> HttpResponse:
    """The form after one of its buttons; nothing is stored."""
    if deed not in ("look", "try"):
        return _form(request, changed(typed, deed), **about)
    try:
        look = look_typed(typed, request.POST if deed == "try" else None)
    except RuleBroken as error:
        return _form(request, typed, wrong=error, **about)
    return _form(request, typed, look=look, **about)


def _form(
    request: HttpRequest,
    typed: Typed,
    *,
    row: object,
    into: Into | None,
    page: QuestionPage | None = None,
    look: Look | None = None,
    wrong: DomainError | None = None,
) -> HttpResponse:
    is_hidden = page is not None and page.row.is_hidden
    if is_hidden:
        # Nothing of the text is drawn, not even for who wrote it.
        typed, look = Typed(code=typed.code), None
    elif page is not None and request.method != "POST":
        look = look_typed(typed, None) if is_sound(page.row.question.latest) else None
    screen = form_screen(request.scope, typed, row=row, into=into, look=look, is_new=page is None)
    shown = {
        "screen": screen,
        "page": page,
        "wrong": wrong,
        "wrong_at": place_of(wrong),
        "here": HERE,
    }
    return render(request, "training/bank/question.html", shown, status=wrong.status if wrong else 200)
