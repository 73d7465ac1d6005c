"""What comes by the dozen on a page of results, drawn here: a template takes ten times as long for each of them.

Every text goes through `format_html`, which escapes it; no frame holds anything that was typed or stored.
"""

from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from caselib.precedents.models import Kind
from caselib.precedents.signal import Kind as Cause
from caselib.precedents.signal import Signal, Word
from caselib.search.families import Cell, Family
from caselib.search.results import FacetGroup
from caselib.search.rows import ResultRow

from ..addresses import compare_address
from .look import drawn, icon, marked

register = template.Library()

# A sample answers nothing, so that nothing is said about following it.
_SAMPLES = frozenset({Kind.CAUSE_SAMPLE.label, Kind.INTAKE_SAMPLE.label})
_LONGEST_CELL = 60
_HIT = """<li class="hit{}" data-hit>
  <div class="hit__top">{}{}{}{}<span class="num no">{}</span></div>
  <h2 class="hit__title"><a href="{}" data-open>{}</a></h2>
  {}{}{}{}
  <div class="hit__meta">{}{}{}{}</div>
  {}
</li>"""
_FAMILY = """<section class="family" aria-label="{}：同一问题的 {} 件，差别在哪里">
  <p class="family__head">{}<b>同一问题有 {} 件，差别在：</b></p>
  <div class="family__table" tabindex="0" role="region" aria-label="{}：差别对照表"><table><thead><tr><td></td>{}</tr></thead>
  <tbody>{}</tbody></table></div>
</section>"""


def _if(value: object, frame: str, *parts: Any) -> SafeString | str:
    """The frame with the value, or with `parts` where there are some; nothing for nothing."""
    return format_html(frame, *(parts or (value,))) if value else ""


def _address(code: str, trail: str, rank: int | str) -> SafeString | str:
    address = reverse("pages:precedent", args=[code])
    return f"{address}?from={trail}-{rank}" if trail else address


@register.simple_tag
def hit(row: ResultRow, *, rank: int | str = 0, trail: str = "", first: bool | str = False) -> SafeString:
    """One result. `rank` from 1; `trail`: token of the search log, or empty; `first`: whether the viewer may say that it
    should come first, which needs a form #first."""
    signal = "" if row.kind in _SAMPLES else drawn("signal", word=row.signal.word, label=row.signal.label)
    partners = f"，协同 {row.partners} 家" if row.partners else ""
    return format_html(
        _HIT,
        " hit--stop" if row.signal.word == Word.STOP else "",
        signal,
        _if(row.kind or row.tier, '<span class="tag tag--accent">{}</span>'),
        drawn("place", place=row.place),
        _if(row.matter, "<span>{}</span>"),
        row.number,
        _address(row.code, trail, rank),
        marked(row.title),
        _if(row.gist, '<p class="hit__gist">{}</p>', marked(row.gist)),
        _if(row.snippet_adds, '<p class="snippet">{}</p>', marked(row.snippet)),
        _if(
            row.against, '<p class="against">{}<span><b>先核对：</b>{}</span></p>', icon("care"), "；".join(row.against)
        ),
        _family(row.family, trail, rank) if row.family else "",
        _if(row.lead_org, "<span>{}{} 牵头{}</span>", icon("people"), row.lead_org, partners),
        _if(row.reuse_count, "<span>{}办成 {} 次</span>", icon("check"), row.reuse_count),
        format_html_join("", '<span class="hit__why">{}{}</span>', _reasons(row.signal)),
        _if(first, '<button class="linklike" form="first" name="code" value="{}">该排第一</button>', row.code),
        _if(row.why, '<details class="why"><summary>为什么排这里</summary><ul>{}</ul></details>', _items(row.why)),
    )


def _reasons(signal: Signal) -> Iterable[tuple[str, SafeString | str]]:
    """The first reason, and that a rule holds elsewhere alone, which no other reason may hide."""
    told = [*signal.points[:1], *(point for point in signal.points[1:] if point.kind is Cause.ELSEWHERE)]
    for point in told:
        link = compare_address(point.old, point.new) if point.old or point.new else ""
        yield point.text, _if(link, ' <a href="{}">对照<span class="vh">：{}</span></a>', link, point.text)


def _items(texts: Iterable[str]) -> SafeString:
    return format_html_join("", "<li>{}</li>", ((text,) for text in texts))


def _family(family: Family, trail: str, rank: int | str) -> SafeString:
    """Results that share the problem: what decides between them. `rank`: of the row that shows it."""
    head, *others = family.members
    number = len(family.members)
    links = ((_address(member.code, trail, rank), member.title) for member in others)
    points = (
        (point.question, format_html_join("", "{}", ((_cell(cell),) for cell in point.cells)))
        for point in family.points
    )
    return format_html(
        _FAMILY,
        head.title,
        number,
        icon("compare"),
        number,
        head.title,
        format_html(
            '<th scope="col">这件</th>{}', format_html_join("", '<th scope="col"><a href="{}">{}</a></th>', links)
        ),
        format_html_join("", '<tr><th scope="row">{}</th>{}</tr>', points),
    )


def _cell(cell: Cell) -> SafeString:
    text = Truncator(cell.text or "没写").chars(_LONGEST_CELL)
    if cell.is_asked:
        return format_html('<td class="is-asked">{}<span class="vh">和问的一样：</span>{}</td>', icon("ok"), text)
    if cell.is_against:
        return format_html('<td class="is-against">{}<span class="vh">和问的不一样：</span>{}</td>', icon("stop"), text)
    return format_html("<td>{}</td>", text)


@register.simple_tag
def facet_options(facet: FacetGroup) -> SafeString:
    """The values of one group of filters, each to be ticked."""
    return format_html_join(
        "",
        '<li><label class="opt"><input type="checkbox" name="{}" value="{}" autocomplete="off"{}> <span>{}</span> '
        '<span class="num">{}</span></label></li>',
        (
            (facet.name, value.value, " checked" if value.selected else "", value.label, value.count)
            for value in facet.values
        ),
    )
