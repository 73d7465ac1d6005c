from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from caselib.core import clock
from caselib.core.errors import DomainError, NotVisible, RuleBroken, StaleState
from caselib.search.models import KnowledgeGap
from caselib.search.questions import masked_told

from .access import may_tend
from .closing import gap_answer
from .meaning import matter_names
from .missed import DAYS, missed_for_desk
from .selectors import gap_for_page, gap_to_close, gaps_for_desk
from .services import gap_close
from .views import HERE, matter_typed
from .working import gap_join, gap_part, gap_release, gap_sort, gap_take

# What each button of the form sends, and the fields that count with it; what stands in the others was not meant.
_WAYS = {"answer": ("number",), "words": ("answer", "basis"), "decline": ("reason",)}
_FIELDS = ("number", "answer", "basis", "reason")


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """知识缺口: what people asked and the library does not answer."""
    may_tend(request.scope).require()
    asked = request.GET
    page = gaps_for_desk(
        scope=request.scope, on=clock.today(), state=asked.get("state", ""), page=asked.get("page", "1")
    )
    return render(request, "search/gaps/desk.html", {"gaps": page, "here": HERE})


@require_safe
def missed(request: HttpRequest) -> HttpResponse:
    """检索里没查到的: questions of the log that are no gap yet."""
    may_tend(request.scope).require()
    states = [(value, label, False) for value, label in KnowledgeGap.State.choices]
    shown = {"missed": missed_for_desk(now=clock.now()), "days": DAYS, "states": states, "here": HERE}
    return render(request, "search/gaps/missed.html", shown)


@require_safe
def gap(request: HttpRequest, key: int) -> HttpResponse:
    """One gap with who asked it, what is near it, and the ways to answer."""
    may_tend(request.scope).require()
    return _page(request, key)


def _page(
    request: HttpRequest,
    key: int,
    *,
    typed: dict[str, str] | None = None,
    error: DomainError | None = None,
    how: str = "",
) -> HttpResponse:
    page = gap_for_page(key, scope=request.scope, on=clock.today())
    # Who pressed 不收 without a reason meant that field, although a number would do as well.
    declines = how == "decline" and isinstance(error, RuleBroken)
    field = "reason" if declines else getattr(error, "field", "")
    shown = {
        "screen": page,
        "typed": typed or {},
        "wrong": error,
        "wrong_field": field,
        "matters": matter_names(),
        "here": HERE,
    }
    return render(request, "search/gaps/gap.html", shown, status=error.status if error else 200)


@require_POST
def close(request: HttpRequest, key: int) -> HttpResponse:
    """Answers or declines one gap; what is wrong is said beside the form, with what was typed."""
    may_tend(request.scope).require()
    found, how = gap_to_close(key), request.POST.get("how", "")
    typed = {name: request.POST.get(name, "") for name in _FIELDS}
    meant = {name: typed[name] if name in _WAYS.get(how, ("number",)) else "" for name in _FIELDS}
    try:
        if how == "words":
            closed = gap_answer(found, words=meant["answer"], basis=meant["basis"], scope=request.scope)
        else:
            closed = gap_close(found, scope=request.scope, number=meant["number"], reason=meant["reason"])
    except (RuleBroken, StaleState) as error:
        return _page(request, key, typed=typed, error=error, how=how)
    masked = masked_told(meant["reason"]) or masked_told(meant["answer"]) or masked_told(meant["basis"])
    told = f"（写的话里{masked}）" if masked else ""
    messages.success(
        request,
        gettext("处理好了（{state}）：{question}{told}").format(
            state=closed.get_state_display(), question=closed.question, told=told
        ),
    )
    return redirect("search:gaps:desk")


@require_POST
def take(request: HttpRequest, key: int) -> HttpResponse:
    """认领."""
    may_tend(request.scope).require()
    return _done(request, key, lambda found: gap_take(found, scope=request.scope), "认领了，别人看得到是您在处理。")


@require_POST
def release(request: HttpRequest, key: int) -> HttpResponse:
    """放手."""
    may_tend(request.scope).require()
    return _done(request, key, lambda found: gap_release(found, scope=request.scope), "放手了，别人可以认领。")


@require_POST
def sort(request: HttpRequest, key: int) -> HttpResponse:
    """选事项."""
    may_tend(request.scope).require()
    typed = request.POST.get("matter", "")
    return _done(request, key, lambda found: gap_sort(found, matter_typed(typed), scope=request.scope), "事项改好了。")


@require_POST
def join(request: HttpRequest, key: int) -> HttpResponse:
    """合并: the gap `from` goes on in this one."""
    may_tend(request.scope).require()
    other = gap_to_close(_number(request.POST.get("from", "")))
    said = f"合并了：{other.question}"
    return _done(request, key, lambda found: gap_join(other, into=found, scope=request.scope), said)


@require_POST
def part(request: HttpRequest, key: int) -> HttpResponse:
    """拆开 what was joined by mistake."""
    may_tend(request.scope).require()
    return _done(request, key, lambda found: gap_part(found, scope=request.scope), "拆开了，又是单独的一条。")


def _done(request: HttpRequest, key: int, deed, said: str) -> HttpResponse:
    """Does it and comes back to the page of the gap; what could not be done is said there."""
    found = gap_to_close(key)
    try:
        deed(found)
    except (RuleBroken, StaleState) as error:
        return _page(request, key, typed=dict(request.POST.items()), error=error)
    messages.success(request, said)
    return redirect("search:gaps:gap", key)


def _number(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    raise NotVisible()
