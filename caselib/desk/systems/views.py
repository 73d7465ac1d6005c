"""对接系统: the list, one system with its tokens, and what can be done to it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caselib.connect.clients import services
from caselib.connect.clients.access import may_create, may_see_systems
from caselib.connect.clients.models import Client
from caselib.connect.clients.selectors import client_visible_to, departments_to_serve, token_visible_to
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState

from . import screens

HERE = "systems"
GET_OR_POST = ["GET", "HEAD", "POST"]
JUST_ISSUED = (
    "没有再发：这一页打开之后已经发过一个令牌，多半是按了两次。明文只在发的那一次显示；没抄下来，就吊销它，再发一个。"
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The systems of the departments that the viewer administers; all for the security administrator."""
    may_see_systems(request.scope).require()
    screen = screens.home_screen(request.scope, now=clock.now())
    return render(request, "systems/home.html", {"screen": screen, "here": HERE})


@require_http_methods(GET_OR_POST)
def new(request: HttpRequest) -> HttpResponse:
    """登记对接系统. The first token is handed out on the page of the system."""
    may_create(request.scope).require()
    if request.method != "POST":
        return _new(request, screens.new_form(request.scope))
    posted = request.POST
    departments = {str(row.pk): row for row in departments_to_serve(request.scope)}
    wanted = posted.get("department", "") if len(departments) > 1 else next(iter(departments), "")
    try:
        if wanted not in departments:
            raise RuleBroken(gettext("选它替哪个部门办事。"), code="no_department", field="department")
        client = services.client_create(
            posted.get("name", ""),
            scope=request.scope,
            department=departments[wanted],
            deeds=posted.getlist("deeds"),
            per_minute=screens.whole(posted.get("per_minute", "")),
            note=posted.get("note", ""),
        )
    except RuleBroken as error:
        form = screens.new_form(request.scope, posted, {error.field or "name": error.message})
        return _new(request, form, status=error.status)
    messages.success(request, gettext("登记好了。下一步发令牌"))
    return redirect("desk:systems:system", client.code)


def _new(request: HttpRequest, form: screens.SystemForm, status: int = 200) -> HttpResponse:
    return render(request, "systems/new.html", {"form": form, "here": HERE}, status=status)


@require_safe
def system(request: HttpRequest, code: str) -> HttpResponse:
    """One system: tokens by their first characters, what it may do, what was refused."""
    return _system(request, client_visible_to(request.scope, code=code))


@require_POST
def save(request: HttpRequest, code: str) -> HttpResponse:
    """What it may do, how often, and the note."""
    client, posted = client_visible_to(request.scope, code=code), request.POST
    try:
        services.client_save(
            client,
            scope=request.scope,
            deeds=posted.getlist("deeds"),
            per_minute=screens.whole(posted.get("per_minute", "")),
            note=posted.get("note", ""),
            lock_version=screens.whole(posted.get("lock_version", "")),
        )
    except RuleBroken as error:
        return _system(request, client, posted=True, errors={error.field: error.message}, status=error.status)
    except StaleState as error:
        return _system(request, client_visible_to(request.scope, code=code), error=error.message, status=error.status)
    messages.success(request, gettext("存好了，下一次调用起算"))
    return redirect("desk:systems:system", code)


@require_POST
def switch(request: HttpRequest, code: str) -> HttpResponse:
    """停用 or 启用. The tokens stay and open nothing meanwhile."""
    client = client_visible_to(request.scope, code=code)
    active = request.POST.get("active") == "1"
    services.client_switch(client, scope=request.scope, active=active)
    messages.success(request, gettext("启用了") if active else gettext("停用了，从现在起它的调用都不应答"))
    return redirect("desk:systems:system", code)


@require_POST
def issue(request: HttpRequest, code: str) -> HttpResponse:
    """发令牌: answers with the page that shows the secret, this once."""
    client = client_visible_to(request.scope, code=code)
    try:
        _refuse_twice(request, client)
        _, secret = services.token_issue(client, scope=request.scope, days=screens.whole(request.POST.get("days", "")))
    except (RuleBroken, StaleState) as error:
        return _system(request, client, error=error.message, status=error.status)
    return _told(request, client, secret)


@require_POST
def rotate(request: HttpRequest, code: str, key: int) -> HttpResponse:
    """换令牌: a new one, and the old one for some hours more."""
    token = token_visible_to(request.scope, code=code, key=key)
    client = client_visible_to(request.scope, code=code)
    try:
        _refuse_twice(request, client)
        hours = screens.whole(request.POST.get("hours", ""))
        _, secret = services.token_rotate(token, scope=request.scope, hours=hours)
    except (RuleBroken, StaleState) as error:
        return _system(request, client, error=error.message, status=error.status)
    return _told(request, client, secret)


@require_POST
def revoke(request: HttpRequest, code: str, key: int) -> HttpResponse:
    """吊销: at once and for good."""
    token = token_visible_to(request.scope, code=code, key=key)
    services.token_revoke(token, scope=request.scope)
    messages.success(request, gettext("吊销了 {prefix}…，从现在起不能再用").format(prefix=token.prefix))
    return redirect("desk:systems:system", code)


def _refuse_twice(request: HttpRequest, client: Client) -> None:
    """Raises StaleState where a token was made since the page was drawn: a second press makes no second token."""
    newest = client.tokens.order_by("-pk").values_list("pk", flat=True).first() or 0
    if screens.whole(request.POST.get("newest", "")) != newest:
        raise StaleState(JUST_ISSUED)


def _told(request: HttpRequest, client: Client, secret: str) -> HttpResponse:
    """The page with the secret, which is left in no browser."""
    response = _system(request, client, secret=secret)
    response["Cache-Control"] = "private, no-store"
    return response


def _system(
    request: HttpRequest,
    client: Client,
    *,
    posted: bool = False,
    errors: dict[str, str] | None = None,
    status: int = 200,
    **told: str,
) -> HttpResponse:
    screen = screens.system_screen(
        request.scope, client, now=clock.now(), typed=request.POST if posted else None, errors=errors, **told
    )
    return render(request, "systems/system.html", {"screen": screen, "here": HERE}, status=status)
