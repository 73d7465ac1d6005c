from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from caselib.core import clock
from caselib.core.dates import moment_in
from caselib.core.errors import RuleBroken
from caselib.core.text import clean

from ..access import may_follow
from ..models import Frequency
from .asked import asked_from, words_of
from .selectors import results_address, searches_for_page
from .services import (
    LONGEST_NAME,
    MOST_SAVED,
    search_delete,
    search_edit,
    search_looked,
    search_of,
    search_save,
)

HERE = {"here": "mine", "tab": "searches"}
LONGEST_SHOWN = 300


@require_safe
def searches(request: HttpRequest) -> HttpResponse:
    """存的搜索, with how many are new or changed since I looked."""
    return _list(request)


@require_safe
def new(request: HttpRequest) -> HttpResponse:
    """存为搜索: the question and filters of a results page, to be given a name."""
    return _form(request, request.GET)


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    may_follow(request.scope).require()
    asked = asked_from(QueryDict(request.POST.get("address", "")))
    name, frequency = request.POST.get("name", ""), request.POST.get("frequency", "")
    try:
        saved, is_new = search_save(request.user, asked, name=name, frequency=frequency, scope=request.scope)
    except RuleBroken as error:
        wrong = {"message": error.message, "field": error.field, "name": _shown(name), "frequency": frequency}
        return _form(request, QueryDict(request.POST.get("address", "")), wrong=wrong, status=error.status)
    messages.success(
        request,
        gettext("存好了“{name}”。").format(name=saved.name)
        if is_new
        else gettext("这个搜索存过了，叫“{name}”。").format(name=saved.name),
    )
    return redirect("searches:list")


@require_POST
def look(request: HttpRequest, key: int) -> HttpResponse:
    """打开: what it told counts as seen from now on, and the results are shown."""
    may_follow(request.scope).require()
    search = search_of(key, request.user)
    search_looked(search, until=moment_in(request.POST.get("until", "")) or clock.now())
    return redirect(results_address(search))


@require_POST
def edit(request: HttpRequest, key: int) -> HttpResponse:
    may_follow(request.scope).require()
    search = search_of(key, request.user)
    name, frequency = request.POST.get("name", ""), request.POST.get("frequency", "")
    try:
        search_edit(search, name=name, frequency=frequency)
    except RuleBroken as error:
        field = f"{error.field}{key}"
        wrong = {"message": error.message, "field": field, "key": key, "name": _shown(name), "frequency": frequency}
        return _list(request, wrong=wrong, status=error.status)
    messages.success(request, gettext("存好了。"))
    return redirect("searches:list")


@require_POST
def delete(request: HttpRequest, key: int) -> HttpResponse:
    may_follow(request.scope).require()
    search_delete(search_of(key, request.user))
    messages.success(request, gettext("删了，不再告诉您。"))
    return redirect("searches:list")


def _list(request: HttpRequest, *, wrong: dict | None = None, status: int = 200) -> HttpResponse:
    may_follow(request.scope).require()
    shown = {
        "lines": searches_for_page(request.user.pk, request.scope),
        "until": clock.now(),
        "frequencies": Frequency.choices,
        "longest": LONGEST_NAME,
        "most": MOST_SAVED,
        "wrong": wrong,
        **HERE,
    }
    return render(request, "mine/searches.html", shown, status=status)


def _form(request: HttpRequest, given: QueryDict, *, wrong: dict | None = None, status: int = 200) -> HttpResponse:
    may_follow(request.scope).require()
    asked = asked_from(given)
    shown = {
        "asked": asked,
        "filters": words_of(asked),
        "suggested": _shown(asked.text)[:LONGEST_NAME] or "、".join(words_of(asked))[:LONGEST_NAME],
        "frequencies": Frequency.choices,
        "chosen": wrong["frequency"] if wrong else Frequency.DAILY.value,
        "longest": LONGEST_NAME,
        "wrong": wrong,
        **HERE,
    }
    return render(request, "mine/search_new.html", shown, status=status)


def _shown(typed: str) -> str:
    return clean(typed[:LONGEST_SHOWN])
