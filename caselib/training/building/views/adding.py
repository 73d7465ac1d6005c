"""加案例: precedents by search, by number or from a folder, ticked and put into a module."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from caselib.core import clock
from caselib.core.errors import DomainError, RuleBroken
from caselib.core.text import clean

from ...access import may_write
from ...models import Pack, PackVersion
from ..adding import FOLDER, NUMBERS, adding_for_page, asked_of
from ..finding import codes_in, too_narrow
from ..limits import MOST_AT_ONCE
from ..outline import pack_to_build, version_shown
from ..services.lessons import Added, lesson_add_cases
from .builder import HERE, REFUSED

_LONGEST_SHOWN = 8_000
_MOST_TOLD = 5


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, code: str) -> HttpResponse:
    """What was found, with what of it is in the pack already and what may not be put in."""
    found = pack_to_build(request.scope, code)
    version = version_shown(found)
    may_write(request.scope, version).require()
    if request.method != "POST":
        return _page(request, version)
    posted = request.POST
    typed = codes_in(posted.get("numbers", "")) if posted.get("way") == NUMBERS else posted.getlist("codes")
    try:
        added = lesson_add_cases(
            found,
            [code[:40] for code in typed],
            module=posted.get("module", "")[:12],
            hides=posted.get("hides") == "1",
            scope=request.scope,
        )
        _refuse_nothing(added)
    except REFUSED as error:
        return _page(request, version, wrong=error)
    _told(request, found, added)
    return redirect(_back(found, posted))


def _page(request: HttpRequest, version: PackVersion, *, wrong: DomainError | None = None) -> HttpResponse:
    values = request.POST if wrong else request.GET
    screen = adding_for_page(version, request.scope, asked_of(values), on=clock.today())
    shown = {
        "screen": screen,
        "wrong": wrong,
        "numbers": clean(request.POST.get("numbers", "")[:_LONGEST_SHOWN]),
        "ticked": frozenset(request.POST.getlist("codes")),
        "hides": request.POST.get("hides") == "1" if wrong else True,
        "most": MOST_AT_ONCE,
        **HERE,
    }
    return render(request, "training/building/add.html", shown, status=wrong.status if wrong else 200)


def _refuse_nothing(added: Added) -> None:
    """Raises RuleBroken with the reasons where nothing that was named could be put in."""
    if added.lessons or added.already:
        return
    raise RuleBroken(gettext("没有加：") + _reasons(added), code="nothing_fits", field="codes")


def _reasons(added: Added) -> str:
    told = "；".join(f"{each.label} {each.reason}" for each in added.refused[:_MOST_TOLD])
    more = len(added.refused) - _MOST_TOLD
    return told + (gettext("；还有 {more} 件也不行。").format(more=more) if more > 0 else "")


def _told(request: HttpRequest, found: Pack, added: Added) -> None:
    parts = [gettext("加了 {count} 课。").format(count=len(added.lessons))] if added.lessons else []
    if added.already:
        parts.append(gettext("{count} 件本来就在这个包里，没有再加。").format(count=added.already))
    messages.success(request, "".join(parts))
    if narrow := too_narrow(found, {lesson.precedent_id for lesson in added.lessons}):
        told = gettext("其中 {count} 课的案例给看的人比培训包窄，有的学员看不到；带着它们提交不了。")
        messages.warning(request, told.format(count=len(narrow)))
    if added.refused:
        messages.warning(request, gettext("没有加：") + _reasons(added))


def _back(found: Pack, posted: QueryDict) -> str:
    """The same list again, so that whoever adds goes on."""
    asked = asked_of(posted)
    values = {"way": asked.way, "q": asked.query, "module": asked.module, "page": asked.page}
    values |= {"folder": asked.folder} if asked.way == FOLDER else {}
    kept = {name: value for name, value in values.items() if value and (name, value) != ("page", "1")}
    return f"{reverse('training:building:add', args=[found.code])}?{urlencode(kept)}"
