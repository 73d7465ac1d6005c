"""推送和订阅: the addresses of every system, one address with its messages, and what can be done to it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caselib.connect.clients.access import may_see_systems, may_tend
from caselib.connect.clients.models import Client
from caselib.connect.clients.selectors import client_visible_to
from caselib.connect.feeds.services import feed_issue, feed_revoke
from caselib.connect.hooks import services
from caselib.connect.hooks.models import Hook
from caselib.connect.hooks.selectors import delivery_visible_to, feed_visible_to, hook_visible_to
from caselib.core.errors import RuleBroken, StaleState

from . import screens

HERE = "systems"
GET_OR_POST = ["GET", "HEAD", "POST"]
JUST_MADE = (
    "没有再发：这一页打开之后已经发过一个，多半是按了两次。地址只在发的那一次显示；没抄下来，就作废它，再发一个。"
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The systems of the departments that the viewer administers, with addresses and feeds; all for the security administrator."""
    may_see_systems(request.scope).require()
    return _home(request)


def _home(request: HttpRequest, status: int = 200, **told: str) -> HttpResponse:
    screen = screens.home_screen(request.scope, **told)
    return render(request, "hooks/home.html", {"screen": screen, "here": HERE}, status=status)


@require_http_methods(GET_OR_POST)
def new(request: HttpRequest, system: str) -> HttpResponse:
    """登记推送地址: answers with the page of the address, which shows the secret this once."""
    client = client_visible_to(request.scope, code=system)
    may_tend(request.scope, client).require()
    if request.method != "POST":
        return _new(request, client, screens.form_of(None, None))
    posted = request.POST
    try:
        matter, wrong = screens.matter_typed(posted.get("matter", ""))
        if wrong:
            raise RuleBroken(wrong, code="matter", field="matter")
        made, secret = services.hook_create(
            client,
            scope=request.scope,
            address=posted.get("address", ""),
            events=posted.getlist("events"),
            matter=matter,
        )
    except RuleBroken as error:
        form = screens.form_of(posted, None, {error.field or "address": error.message})
        return _new(request, client, form, status=error.status)
    return _secret(request, hook_visible_to(request.scope, code=made.code), secret)


def _new(request: HttpRequest, client: Client, form: screens.HookForm, status: int = 200) -> HttpResponse:
    return render(request, "hooks/new.html", {"client": client, "form": form, "here": HERE}, status=status)


@require_safe
def hook(request: HttpRequest, code: str) -> HttpResponse:
    """One address: what it is told of, and the messages that went, wait or failed."""
    return _hook(request, hook_visible_to(request.scope, code=code))


@require_POST
def save(request: HttpRequest, code: str) -> HttpResponse:
    """Where and of what it is told."""
    found, posted = hook_visible_to(request.scope, code=code), request.POST
    try:
        services.hook_save(
            found,
            scope=request.scope,
            address=posted.get("address", ""),
            events=posted.getlist("events"),
            seen=posted.get("seen", ""),
        )
    except RuleBroken as error:
        return _hook(request, found, typed=True, errors={error.field: error.message}, status=error.status)
    except StaleState as error:
        return _hook(request, found, typed=True, errors={"address": error.message}, status=error.status)
    messages.success(request, gettext("存好了，下一条起算"))
    return redirect("desk:hooks:hook", code)


@require_POST
def switch(request: HttpRequest, code: str) -> HttpResponse:
    """停止 or 恢复. What happens meanwhile is kept."""
    found, active = hook_visible_to(request.scope, code=code), request.POST.get("active") == "1"
    services.hook_switch(found, scope=request.scope, active=active)
    messages.success(
        request, gettext("恢复了，停着时的变化接着送") if active else gettext("停了，变化都留着，恢复后接着送")
    )
    return redirect("desk:hooks:hook", code)


@require_POST
def test(request: HttpRequest, code: str) -> HttpResponse:
    """试送."""
    found = hook_visible_to(request.scope, code=code)
    try:
        services.hook_test(found, scope=request.scope)
    except StaleState as error:
        return _hook(request, found, error=error.message, status=error.status)
    messages.success(request, gettext("排上了，几秒后刷新看结果"))
    return redirect("desk:hooks:hook", code)


@require_POST
def rekey(request: HttpRequest, code: str) -> HttpResponse:
    """换密钥: answers with the page that shows the new one, this once."""
    found = hook_visible_to(request.scope, code=code)
    return _secret(request, found, services.hook_rekey(found, scope=request.scope))


@require_POST
def replay(request: HttpRequest, code: str, delivery: str) -> HttpResponse:
    """重送 what was given up."""
    found = delivery_visible_to(request.scope, code=code, delivery=delivery)
    try:
        services.delivery_replay(found, scope=request.scope)
    except StaleState as error:
        return _hook(request, hook_visible_to(request.scope, code=code), error=error.message, status=error.status)
    messages.success(request, gettext("排上了，几秒后刷新看结果"))
    return redirect("desk:hooks:hook", code)


@require_POST
def feed(request: HttpRequest, system: str) -> HttpResponse:
    """发订阅地址: answers with the page that shows the address, this once."""
    client = client_visible_to(request.scope, code=system)
    newest = client.feed_addresses.filter(revoked_at=None).order_by("-pk").values_list("pk", flat=True).first() or 0
    try:
        if request.POST.get("newest", "") != str(newest):
            raise StaleState(JUST_MADE)
        _, secret = feed_issue(client, scope=request.scope)
    except (RuleBroken, StaleState) as error:
        return _home(request, status=error.status, error=error.message)
    address = request.build_absolute_uri(reverse("feeds:precedents", args=[secret, "atom"]))
    return _kept_nowhere(_home(request, feed=address, feed_of=client.name))


@require_POST
def feed_end(request: HttpRequest, key: int) -> HttpResponse:
    """作废: at once and for good."""
    address = feed_visible_to(request.scope, key=key)
    feed_revoke(address, scope=request.scope)
    messages.success(request, gettext("作废了 {prefix}…，从现在起不能再用").format(prefix=address.prefix))
    return redirect("desk:hooks:home")


def _secret(request: HttpRequest, found: Hook, secret: str) -> HttpResponse:
    return _kept_nowhere(_hook(request, found, secret=secret))


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    """A page with a secret, which is left in no browser."""
    response["Cache-Control"] = "private, no-store"
    return response


def _hook(
    request: HttpRequest,
    found: Hook,
    *,
    typed: bool = False,
    errors: dict[str, str] | None = None,
    status: int = 200,
    **told: str,
) -> HttpResponse:
    screen = screens.hook_screen(
        request.scope,
        found,
        page=request.GET.get("page", "1"),
        failed=request.GET.get("state") == "failed",
        typed=request.POST if typed else None,
        errors=errors,
        **told,
    )
    return render(request, "hooks/hook.html", {"screen": screen, "here": HERE}, status=status)
