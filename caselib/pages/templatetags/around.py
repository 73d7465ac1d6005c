"""What stands around the content of every page: the ways through the site, who is signed in, the pages of a list."""

import functools

from django import template
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from caselib.core.frames import NOTHING, Frame
from caselib.core.paging import PageInfo
from caselib.core.templates import language_told

from .look import icon, to

register = template.Library()

_ME = Frame(
    """{}
<form method="post" action="{}">{}<input type="hidden" name="next" value="{}"><input type="hidden" name="high" value="{}"><button class="topbar__link" aria-pressed="{}">{}{}</button></form>
<form method="post" action="{}">{}<button class="topbar__link">{}{}</button></form>
"""  # noqa: E501 (as it is sent)
)
_NAME = Frame('<span class="topbar__me">{}{}</span>')
_MINE = Frame('<a class="topbar__link" href="{}"{}>{}{} <span class="muted">{}</span></a>')
_CSRF = Frame('<input type="hidden" name="csrfmiddlewaretoken" value="{}">')
_PAGER = Frame("""
<nav class="pager" aria-label="{}"><span class="muted">{}</span>
  {}</nav>
""")
_LINKS = Frame('<ul class="row">{}{}{}</ul>')
_BACK = Frame('<li><a class="btn" rel="prev" href="{}">{}</a></li>')
_PAGE = Frame('<li class="wide-only"><a class="btn{}" href="{}"{}>{}</a></li>')
_NUMBERED = Frame('<span class="vh">{}</span>{}<span class="vh">{}</span>')
_ON = Frame('<li><a class="btn" rel="next" href="{}">{}</a></li>')
_HERE = Frame(' aria-current="page"')()


# The places that one reaches over the work desk.
ROOMS = frozenset(
    {
        "verify",
        "gaps",
        "tuning",
        "synonyms",
        "tickets",
        "reviewing",
        "keeping",
        "vocabularies",
        "transfer",
        "calendar",
        "systems",
        "hooks",
        "offline",
        "reports",
        "consulting",
    }
)


@functools.lru_cache(maxsize=1024)
def _nav(
    language: str,
    prefix: str,
    here: str,
    edits: bool,
    waiting: int | None,
    reads: bool,
    unread: str,
    works: bool,
    audits: bool,
    tickets: bool,
    guards: bool,
) -> SafeString:
    # `prefix`: see `look.to`.
    shown = {
        "here": here,
        "edits": edits,
        "waiting": waiting,
        "reads": reads,
        "unread": unread,
        "works": works,
        "audits": audits,
        "tickets": tickets,
        "guards": guards,
        "rooms": ROOMS,
    }
    return render_to_string("components/nav.html", shown)


@register.simple_tag
def nav(
    *,
    here: str,
    edits: bool,
    waiting: int | None,
    reads: bool = False,
    unread: object = "",
    works: bool = False,
    audits: bool = False,
    tickets: bool = False,
    guards: bool = False,
) -> SafeString:
    """The places of the site, drawn once for each place and kind of viewer. `here`: the place that is open, or empty.

    `waiting`: how much waits on the desk of the viewer, None for who has none; `works`: whether there is a room all the
    same; `audits`: whether the viewer reads the trail; `tickets`: may see source tickets; `guards`: looks after
    security. `reads`: whether the viewer reads content, and follows things; `unread`: how many notices are unread, as words.
    """
    waiting = waiting if isinstance(waiting, int) else None
    flags = (bool(works), bool(audits), bool(tickets), bool(guards))
    return _nav(language_told(), get_script_prefix(), here, bool(edits), waiting, bool(reads), str(unread), *flags)


@register.simple_tag(takes_context=True)
def me(context: template.RequestContext) -> SafeString:
    """Who I am, with the way to what I keep, contrast, sign-out. Needs `address`, `user`, `scope`; `here` where it is set."""
    user = context["user"]
    csrf = _CSRF(context["csrf_token"])
    is_high = user.high_contrast
    # An error page may come before anybody has found out who asks.
    scope = context["scope"]
    return _ME(
        _name(user, reads=scope is not None and scope.reads_content, is_here=context.get("here") == "mine"),
        to("orgs:contrast"),
        csrf,
        context["address"],
        "0" if is_high else "1",
        "true" if is_high else "false",
        icon("contrast"),
        gettext("高对比"),
        to("orgs:sign_out"),
        csrf,
        icon("out"),
        gettext("退出"),
    )


def _name(user: object, *, reads: bool, is_here: bool) -> SafeString:
    if not reads:
        return _NAME(icon("user"), user)
    return _MINE(to("personal:favourites"), _HERE if is_here else NOTHING, icon("user"), gettext("我的"), user)


@register.simple_tag(takes_context=True)
def pager(context: template.RequestContext, page: PageInfo, *, noun: str, query: str | None = None) -> SafeString:
    """Pages of a list. `noun`: 件, 部. `query`: the question as far as it was read; the rest of the address stays."""
    links = _links(page, _start(context.request.GET, query)) if page.pages > 1 else NOTHING
    said = gettext("第 {number} 页，共 {pages} 页 · {total} {noun}")
    words = said.format(number=page.number, pages=page.pages, total=page.total, noun=noun)
    return _PAGER(gettext("翻页"), words, links)


def _numbered(number: int) -> SafeString:
    """The number of a page, in words for who does not see where it stands."""
    before, _, after = gettext("第 {number} 页").partition("{number}")
    return _NUMBERED(before, number, after)


def _start(asked: QueryDict, query: str | None) -> str:
    """The address of a page of the list as far as its number."""
    rest = asked.copy()
    rest.pop("page", None)
    if query:
        rest["q"] = query
    else:
        rest.pop("q", None)
    return f"?{rest.urlencode()}&page=" if rest else "?page="


def _links(page: PageInfo, start: str) -> SafeString:
    return _LINKS(
        _BACK(f"{start}{page.number - 1}", gettext("上一页")) if page.has_previous else NOTHING,
        _PAGE.each(
            (" btn--soft", f"{start}{number}", _HERE, _numbered(number))
            if number == page.number
            else (" btn--plain", f"{start}{number}", NOTHING, _numbered(number))
            for number in page.window
        ),
        _ON(f"{start}{page.number + 1}", gettext("下一页")) if page.has_next else NOTHING,
    )
