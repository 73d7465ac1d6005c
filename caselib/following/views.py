from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from caselib.catalog.selectors import matter_for_page, tag_by_key, tag_named
from caselib.core import clock
from caselib.core.dates import moment_in
from caselib.core.errors import RuleBroken
from caselib.core.text import clean
from caselib.policies.selectors import policy_by_code

from . import services
from .access import may_follow
from .notices import tag_address
from .selectors import notices_for_page

HERE = "notices"
LONGEST_TAG = 100
THINGS = {"policy": policy_by_code, "matter": matter_for_page, "tag": tag_by_key}


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """我的关注: what I follow, and what has happened to it."""
    return _page(request)


@require_POST
def follow(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """关注 or 取消关注 as the form says, so that a second click asks for what is there already."""
    may_follow(request.scope).require()
    if kind not in THINGS:
        raise Http404
    thing = THINGS[kind](code)
    if request.POST.get("on") == "1":
        services.follow(request.user, thing, scope=request.scope)
        messages.success(request, gettext("关注了：{thing}。有变化会在“关注”里提醒您。").format(thing=thing))
    else:
        services.unfollow(request.user, thing)
        messages.success(request, gettext("不再关注：{thing}。").format(thing=thing))
    if request.POST.get("back") == HERE:
        return redirect("following:notices")
    if kind == "tag":
        return redirect(tag_address(thing))
    # The name and not the view: this package stands below pages and imports nothing of it.
    response = redirect(f"pages:{kind}", code)
    if (version := request.POST.get("v", "")).isdecimal() and len(version) < 4:
        response["Location"] += f"?v={version}"
    return response


@require_POST
def follow_tag(request: HttpRequest) -> HttpResponse:
    """关注标签 by its name, which people know; its page is the results for it."""
    may_follow(request.scope).require()
    typed = clean(request.POST.get("tag", "")[:LONGEST_TAG]).strip()
    found = tag_named(typed)
    if found is None:
        wrong = {"message": f"没有叫“{typed}”的标签。看看案例页“分类”里的写法。", "tag": typed, "field": "tag"}
        return _page(request, wrong_tag=wrong, status=422)
    services.follow(request.user, found, scope=request.scope)
    messages.success(request, gettext("关注了标签：{found}。有变化会在“关注”里提醒您。").format(found=found))
    return redirect("following:notices")


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """全部标为已读, up to what the page showed: what came meanwhile stays new."""
    may_follow(request.scope).require()
    until = request.POST.get("until", "")
    if until.isascii() and until.isdigit() and len(until) < 19:
        services.notices_read(request.user, until=int(until), moment=moment_in(request.POST.get("moment", "")))
        messages.success(request, gettext("都标为已读了。"))
    return redirect("following:notices")


@require_POST
def mail(request: HttpRequest) -> HttpResponse:
    """每日邮件提醒: sets the address, or with an empty one ends it."""
    typed = request.POST.get("email", "")
    try:
        user = services.daily_mail_set(request.user, typed, scope=request.scope)
    except RuleBroken as error:
        return _page(request, wrong={"message": error.message, "email": typed}, status=422)
    messages.success(
        request,
        gettext("有新变化的日子发一封到 {email}。").format(email=user.email)
        if user.email
        else gettext("不再发邮件提醒。"),
    )
    return redirect("following:notices")


def _page(
    request: HttpRequest,
    *,
    wrong: dict[str, str] | None = None,
    wrong_tag: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    may_follow(request.scope).require()
    page = notices_for_page(request.user, request.scope, page=request.GET.get("page", "1"), on=clock.today())
    shown = {"screen": page, "wrong": wrong, "wrong_tag": wrong_tag, "here": HERE}
    return render(request, "following/notices.html", shown, status=status)
