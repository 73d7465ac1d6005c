"""The few things that every template writes in one way: icons, dates, marks, and small components that repeat."""

import datetime as dt
import functools
import re
import unicodedata
from collections.abc import Container, Sequence
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from caselib.core import clock
from caselib.core.diff import Change, Mark
from caselib.core.frames import Frame, joined
from caselib.core.markdown import to_html
from caselib.core.templates import language_told
from caselib.core.text import LIBRARY_NUMBER
from caselib.orgs.scope import ViewerScope
from caselib.policies.models import Policy
from caselib.precedents.place import region_of

from ..addresses import compare_address

register = template.Library()

_MARK = Frame("<mark>{}</mark>")


def _local_date(value: dt.date | dt.datetime) -> dt.date:
    if not isinstance(value, dt.datetime):
        return value
    return (timezone.localtime(value) if timezone.is_aware(value) else value).date()


@register.simple_tag
@functools.cache  # a page holds some sixty of a few dozen
def icon(name: str) -> SafeString:
    """An icon of the sprite, hidden from screen readers: it stands beside a word or a `.vh` name."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#i-{}"></use></svg>', static("sprite.svg"), name
    )


# typed: text that is HTML already is equal to the same text that was typed, which must be escaped.
@functools.lru_cache(maxsize=2048, typed=True)
def _drawn_in(language: str, name: str, **parameters: Any) -> SafeString:
    return render_to_string(f"components/{name}.html", parameters)


def _drawn(name: str, **parameters: Any) -> SafeString:
    return _drawn_in(language_told(), name, **parameters)


@register.simple_tag
def drawn(name: str, **parameters: Any) -> SafeString:
    """A small component that comes again and again on a page, drawn once for the same parameters (hashable ones).

    An include in a list of twenty costs more than the search that found them.
    """
    return _drawn(name, **parameters)


@register.simple_tag
def unsure(field: str, unverified: Container[str]) -> SafeString | str:
    """The mark 待核 if the field is one that nobody checked."""
    return _drawn("todo") if field in unverified else ""


@register.simple_tag
def holds_in(policy: Policy, scope: ViewerScope) -> SafeString | str:
    """The mark of a rule that holds in one region alone. Needs the `region` of the policy loaded."""
    region, is_here = region_of(policy, scope)
    return drawn("region_tag", region=region, is_here=is_here)


@register.simple_tag
def marked(parts: Sequence[tuple[str, bool]]) -> SafeString | str:
    """Parts of a text (text, whether it is a match), each escaped, the matches in `mark`."""
    if not parts:
        return ""
    return joined([_MARK(text) if is_match else text for text, is_match in parts])


@functools.lru_cache(maxsize=4096)
def _address(prefix: str, name: str, *parts: str) -> str:
    # `prefix`: where the site is mounted, which reverse() puts in front. A request may name it, so one must not answer another.
    return reverse(name, args=parts)


@register.simple_tag
def to(name: str, *parts: str) -> str:
    """The address of a page by its name, worked out once: a page of results holds dozens."""
    return _address(get_script_prefix(), name, *parts)


@register.filter(is_safe=True)
def short(text: str, longest: int) -> str:
    """`truncatechars`, which takes longer than the page around it even for a text that is short enough."""
    is_short = len(text) <= longest and unicodedata.is_normalized("NFC", text)
    return text if is_short else Truncator(text).chars(longest)


# What a screen reader says around a change, and what shows it where colours do not print.
_CHANGED = {
    Change.KEPT: "{}",
    Change.REMOVED: '<del><span class="vh">删去：</span>{}</del>',
    Change.ADDED: '<ins><span class="vh">新增：</span>{}</ins>',
}


@register.simple_tag
def changes(marks: Sequence[Mark], side: str) -> SafeString:
    """What changed between two texts, each part escaped. `side`: "removed" for the old text, "added" the new, "both"."""
    shown = [mark for mark in marks if side == "both" or mark.change in (Change.KEPT, side)]
    frame = "".join(_CHANGED[mark.change] for mark in shown)
    return format_html(frame or "{}", *([mark.text for mark in shown] or [""]))


@register.simple_tag
def compared(old: str, new: str) -> str:
    """The address at which two clauses are read side by side, by their codes."""
    return compare_address(old, new)


@register.simple_tag
def day(value: dt.date | dt.datetime | None) -> SafeString | str:
    """2026-07-01: for tables, trails and validity. Empty for None."""
    if value is None:
        return ""
    return format_html('<time datetime="{0}">{0}</time>', f"{_local_date(value):%Y-%m-%d}")


@register.simple_tag
def day_words(value: dt.date | dt.datetime | None) -> SafeString | str:
    """2026年7月1日, without the year when it is this one: for sentences. Empty for None."""
    if value is None:
        return ""
    date = _local_date(value)
    year = "" if date.year == clock.today().year else f"{date.year}年"
    return format_html('<time datetime="{}">{}{}月{}日</time>', f"{date:%Y-%m-%d}", year, date.month, date.day)


@register.simple_tag
def clock_time(value: dt.datetime) -> SafeString:
    """14:03 in the time of the hall."""
    local = timezone.localtime(value)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), f"{local:%H:%M}")


@register.simple_tag(takes_context=True)
def without(context: template.Context, name: str, value: str, query: str) -> str:
    """The address of the results with one value of one filter taken off, back on the first page.

    `query` is the question as far as it was read: what was pasted beyond that need not fill every link.
    """
    asked = context["request"].GET.copy()
    asked.setlist(name, [kept for kept in asked.getlist(name) if kept != value])
    asked.pop("page", None)
    asked["q"] = query
    return f"?{asked.urlencode()}"


_NUMBER = re.compile(f"({LIBRARY_NUMBER.pattern})", re.IGNORECASE)


@register.filter
def numbers_linked(text: str) -> SafeString | str:
    """The text with every library number (入库编号) as a link to its precedent and everything else escaped.

    A text without any comes back as it is, for the template to escape.
    """
    if not _NUMBER.search(text):
        return text
    parts = _NUMBER.split(text)
    return format_html_join(
        "",
        "{}",
        (
            (format_html('<a class="num" href="{}">{}</a>', reverse("pages:by_number", args=[part]), part),)
            if at % 2
            else (part,)
            for at, part in enumerate(parts)
        ),
    )


def _number_address(number: str) -> str:
    return reverse("pages:by_number", args=[number])


@register.filter
def rich(text: str) -> SafeString:
    """A long text that somebody wrote, with its paragraphs, lists and emphasis, library numbers as links, and nothing else."""
    return to_html(text, number_address=_number_address)


@register.filter
def occurred_words(value: str) -> str:
    """A date as far as it is known: 2023-01 as 2023年1月."""
    return "".join(
        f"{int(part)}{unit}" for part, unit in zip(value.split("-"), "年月日", strict=False) if part.isdigit()
    )
