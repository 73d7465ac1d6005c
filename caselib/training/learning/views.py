"""我的学习: the packs of a learner, one pack, one lesson with its questions, and an attempt beside the precedent."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.search.questions import MASKED

from ..access import may_learn
from ..choices import AttemptState
from ..models import Attempt, Response
from ..visibility import visible_pack
from .answering import Posted, posted_of, stood_again
from .attempts import attempt_save, attempt_submit
from .home import home_for
from .lesson_page import LessonScreen, lesson_for_page, lesson_opened
from .marking import response_mark
from .pack_page import pack_for_page
from .progress import lesson_done, pack_begin
from .results import ResultScreen, own_attempt, preview_of, result_for_page

HERE = "training"
_REFUSED = (RuleBroken, StaleState)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the viewer was given to learn, has begun, and may take besides."""
    may_learn(request.scope).require()
    asked = request.GET
    page = asked.get("page", "1")
    screen = home_for(request.scope, asked=asked.get("q", ""), page=page, on=clock.today())
    return render(request, "training/learning/home.html", {"screen": screen, "due": screen.again, "here": HERE})


@require_http_methods(["GET", "HEAD", "POST"])
def pack(request: HttpRequest, code: str) -> HttpResponse:
    """The cover of a pack; posted, the learner begins and goes on to the lesson that comes next."""
    may_learn(request.scope).require()
    is_preview = request.GET.get("preview") == "1"
    if request.method != "POST":
        screen = pack_for_page(request.scope, code, preview=is_preview, on=clock.today())
        return render(request, "training/learning/pack.html", {"screen": screen, "here": HERE})
    try:
        pack_begin(visible_pack(request.scope, code), scope=request.scope)
    except RuleBroken as error:
        messages.error(request, error.message)
        return redirect("training:learning:pack", code)
    following = pack_for_page(request.scope, code, preview=False, on=clock.today()).following
    if following is None:
        return redirect("training:learning:pack", code)
    return redirect("training:learning:lesson", code, following.lesson.key)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def lesson(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """One lesson; posted, it was read, or its answers are kept or handed in."""
    may_learn(request.scope).require()
    is_preview = request.GET.get("preview") == "1"
    if request.method == "POST":
        return _preview_posted(request, code, key) if is_preview else _lesson_posted(request, code, key)
    opened = lesson_opened(request.scope, code, key, preview=is_preview)
    again = request.GET.get("again") == "1"
    screen = lesson_for_page(request.scope, opened, again=again, now=clock.now(), on=clock.today())
    return _lesson_page(request, screen)


def _lesson_page(request: HttpRequest, screen: LessonScreen, *, status: int = 200, **more: object) -> HttpResponse:
    shown = {"screen": screen, "here": HERE, **more}
    return render(request, "training/learning/lesson.html", shown, status=status)


def _lesson_posted(request: HttpRequest, code: str, key: str) -> HttpResponse:
    if request.POST.get("deed") == "done":
        return _done(request, code, key)
    posted = posted_of(request.scope, code, key, request.POST, on=clock.today())
    try:
        if request.POST.get("deed") == "save":
            attempt = attempt_save(posted.sent, **posted.within(request.scope))
        else:
            anyway = request.POST.get("anyway") == "1"
            attempt = attempt_submit(posted.sent, **posted.within(request.scope), anyway=anyway)
    except _REFUSED as error:
        return _refused(request, posted, error)
    if posted.is_masked:
        messages.warning(request, gettext(MASKED))
    if attempt.state == AttemptState.OPEN:
        messages.success(request, gettext("存好了，下次接着答。"))
        return redirect("training:learning:lesson", code, key)
    return redirect("training:learning:attempt", attempt.code)


def _refused(request: HttpRequest, posted: Posted, error: RuleBroken | StaleState) -> HttpResponse:
    """The lesson with what was typed in its form again, for the attempt that is open now."""
    screen, words = stood_again(request.scope, posted, error, now=clock.now(), on=clock.today())
    more = {"wrong_field": getattr(error, "field", ""), "code": getattr(error, "code", ""), "words": words}
    is_stale = isinstance(error, StaleState)
    return _lesson_page(request, screen, status=error.status, wrong=error, stale=is_stale, **more)


def _done(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """A lesson that asks nothing was read."""
    opened = lesson_opened(request.scope, code, key)
    screen = lesson_for_page(request.scope, opened, again=False, now=clock.now(), on=clock.today())
    if screen.askable or screen.is_hidden:
        told = "案例现在看不到，先学别的课。" if screen.is_hidden else "这一课有题，答对才算学完。"
        return _lesson_page(request, screen, status=422, wrong=RuleBroken(gettext(told), code="asks"))
    try:
        lesson_done(opened.lesson, pack=opened.pack, scope=request.scope)
    except RuleBroken as error:
        return _lesson_page(request, screen, status=error.status, wrong=error)
    following = screen.place.following
    if following is None or following.lesson.key == key:
        messages.success(request, gettext("这一课学完了，全部课都看过了。"))
        return redirect("training:learning:pack", code)
    messages.success(request, gettext("学完一课，接着是下一课。"))
    return redirect("training:learning:lesson", code, following.lesson.key)


def _preview_posted(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Marked and shown at once, and stored nowhere."""
    opened = lesson_opened(request.scope, code, key, preview=True)
    posted = posted_of(request.scope, code, key, request.POST, on=clock.today(), opened=opened)
    try:
        screen = preview_of(
            request.scope,
            opened.pack,
            opened.lesson,
            posted.sent.typed,
            seed=posted.sent.stamp.code,
            now=clock.now(),
            on=clock.today(),
        )
    except RuleBroken as error:
        return _refused(request, posted, error)
    return _result_page(request, screen)


# --- an attempt ---


@require_http_methods(["GET", "HEAD", "POST"])
def attempt(request: HttpRequest, code: str) -> HttpResponse:
    """An attempt that was handed in; posted, the learner marks a short answer of it."""
    may_learn(request.scope).require()
    own = own_attempt(request.scope, code)
    found = own.attempt
    if found.state == AttemptState.OPEN:
        return redirect("training:learning:lesson", found.enrolment.pack.code, found.lesson_key)
    if request.method != "POST":
        return _result_page(request, result_for_page(request.scope, own, now=clock.now(), on=clock.today()))
    response = _response(found, request.POST.get("response", ""))
    try:
        response_mark(response, met=_met(request, response), by=request.user)
    except _REFUSED as error:
        screen = result_for_page(request.scope, own, now=clock.now(), on=clock.today())
        return _result_page(request, screen, wrong=error, status=error.status)
    return redirect("training:learning:attempt", code)


def _response(found: Attempt, key: str) -> Response:
    rows = found.responses.select_related("text")
    response = rows.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 19 else None
    if response is None:
        raise NotVisible()
    return response


def _met(request: HttpRequest, response: Response) -> list[str]:
    """说全了 and 没说到 say it for all points, else those that were ticked."""
    how = request.POST.get("how", "")
    points = response.text.body.get("points") or [] if isinstance(response.text.body, dict) else []
    if how == "all":
        return [point["key"] for point in points]
    return [] if how == "none" else request.POST.getlist("met")


def _result_page(request: HttpRequest, screen: ResultScreen, *, status: int = 200, **more: object) -> HttpResponse:
    shown = {"screen": screen, "here": HERE, **more}
    return render(request, "training/learning/attempt.html", shown, status=status)
