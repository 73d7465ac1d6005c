"""What comes by the dozen on a page of results, drawn here: a template takes ten times as long for each of them.

Every text goes through a frame, which escapes it; no frame holds anything that was typed or stored.
"""

from collections.abc import Collection, Iterable, Sequence

from django import template
from django.utils.safestring import SafeString

from caselib.core.frames import NOTHING, Frame, joined
from caselib.precedents.models import Kind
from caselib.precedents.signal import Kind as Cause
from caselib.precedents.signal import Reason, Signal, Word
from caselib.search.families import Cell, Family
from caselib.search.results import FacetGroup
from caselib.search.rows import ResultRow

from ..addresses import compare_address
from .look import drawn, icon, marked, short, to

register = template.Library()

# A sample answers nothing, so that nothing is said about following it.
_SAMPLES = frozenset({Kind.CAUSE_SAMPLE.label, Kind.INTAKE_SAMPLE.label})
_LONGEST_CELL = 60
_HIT = Frame("""<li class="hit{}" data-hit>
  <div class="hit__top">{}{}{}{}<span class="num no">{}</span></div>
  <h2 class="hit__title"><a href="{}" data-open>{}</a></h2>
  {}{}{}{}
  <div class="hit__meta">{}{}{}{}</div>
  {}
</li>""")
_KIND = Frame('<span class="tag tag--accent">{}</span>')
_MATTER = Frame("<span>{}</span>")
_GIST = Frame('<p class="hit__gist">{}</p>')
_SNIPPET = Frame('<p class="snippet">{}</p>')
_AGAINST = Frame('<p class="against">{}<span><b>先核对：</b>{}</span></p>')
_LEAD = Frame("<span>{}{} 牵头{}</span>")
_USES = Frame("<span>{}办成 {} 次</span>")
_REASON = Frame('<span class="hit__why">{}{}</span>')
_COMPARE = Frame(' <a href="{}">对照<span class="vh">：{}</span></a>')
_FIRST = Frame('<button class="linklike" form="first" name="code" value="{}">该排第一</button>')
# As few letters as do: there are twenty of them on the heaviest page.
_STAR = Frame('<button class="linklike" form="star" name="add" value="{}">收藏</button>')
_STARRED = Frame('<button class="linklike" form="star" name="drop" value="{}">取消收藏</button>')
_WHY = Frame('<details class="why"><summary>为什么排这里</summary><ul>{}</ul></details>')
_ITEM = Frame("<li>{}</li>")
_FAMILY = Frame("""<section class="family" aria-label="{}：同一问题的 {} 件，差别在哪里">
  <p class="family__head">{}<b>同一问题有 {} 件，差别在：</b></p>
  <div class="family__table" tabindex="0" role="region" aria-label="{}：差别对照表"><table><thead><tr><td></td>{}</tr></thead>
  <tbody>{}</tbody></table></div>
</section>""")
_OWN_COLUMN = Frame('<th scope="col">这件</th>{}')
_COLUMN = Frame('<th scope="col"><a href="{}">{}</a></th>')
_POINT = Frame('<tr><th scope="row">{}</th>{}</tr>')
_CELL = Frame("<td>{}</td>")
_CELL_ASKED = Frame('<td class="is-asked">{}<span class="vh">和问的一样：</span>{}</td>')
_CELL_AGAINST = Frame('<td class="is-against">{}<span class="vh">和问的不一样：</span>{}</td>')
_FACET = Frame("""
<details{}><summary>{} {}</summary><ul>{}</ul></details>
""")
_UNFOLDED = 3
_OPEN = Frame(" open")()
_TICKED = Frame(" checked")()
_OPTION = Frame(
    '<li><label class="opt"><input type="checkbox" name="{}" value="{}" autocomplete="off"{}> <span>{}</span> '
    '<span class="num">{}</span></label></li>'
)


def _address(code: str, trail: str, rank: int | str) -> str:
    address = to("pages:precedent", code)
    return f"{address}?from={trail}-{rank}" if trail else address


@register.simple_tag(takes_context=True)
def hits(
    context: template.Context, rows: Sequence[ResultRow], *, after: int, trail: str, first: bool | str
) -> SafeString:
    """One result after the other, each with its star on the results page, whose form #star it needs.

    `after`: how many stand before them; the rest as in `hit`.
    """
    stars = context["starred"]([row.code for row in rows]) if "results" in context and "starred" in context else None
    return joined(
        [hit(row, rank=rank, trail=trail, first=first, stars=stars) for rank, row in enumerate(rows, after + 1)]
    )


@register.simple_tag
def hit(
    row: ResultRow,
    *,
    rank: int | str = 0,
    trail: str = "",
    first: bool | str = False,
    stars: Collection[str] | None = None,
) -> SafeString:
    """One result. `rank` from 1; `trail`: token of the search log, or empty; `first`: whether the viewer may say that it
    should come first, which needs a form #first. `stars`: codes of those that the viewer keeps, None for no stars."""
    signal = row.signal
    partners = f"，协同 {row.partners} 家" if row.partners else ""
    return _HIT(
        " hit--stop" if signal.word == Word.STOP else NOTHING,
        NOTHING if row.kind in _SAMPLES else drawn("signal", word=signal.word, label=signal.label),
        _KIND(row.kind or row.tier) if row.kind or row.tier else NOTHING,
        drawn("place", place=row.place),
        _MATTER(row.matter) if row.matter else NOTHING,
        row.number,
        _address(row.code, trail, rank),
        marked(row.title),
        _GIST(marked(row.gist)) if row.gist else NOTHING,
        _SNIPPET(marked(row.snippet)) if row.snippet_adds else NOTHING,
        _AGAINST(icon("care"), "；".join(row.against)) if row.against else NOTHING,
        _family(row.family, trail, rank) if row.family else NOTHING,
        _LEAD(icon("people"), row.lead_org, partners) if row.lead_org else NOTHING,
        _USES(icon("check"), row.reuse_count) if row.reuse_count else NOTHING,
        _reasons(signal) if signal.points else NOTHING,
        joined([_star(row, stars), _FIRST(row.code) if first else NOTHING]),
        _WHY(_ITEM.each((text,) for text in row.why)) if row.why else NOTHING,
    )


def _star(row: ResultRow, stars: Collection[str] | None) -> SafeString:
    if stars is None:
        return NOTHING
    return (_STARRED if row.code in stars else _STAR)(row.code)


def _reasons(signal: Signal) -> SafeString:
    """The first reason, and that a rule holds elsewhere alone, which no other reason may hide."""
    told = [*signal.points[:1], *(point for point in signal.points[1:] if point.kind is Cause.ELSEWHERE)]
    return _REASON.each((point.text, _compare(point)) for point in told)


def _compare(point: Reason) -> SafeString:
    return _COMPARE(compare_address(point.old, point.new), point.text) if point.old or point.new else NOTHING


def _family(family: Family, trail: str, rank: int | str) -> SafeString:
    """Results that share the problem: what decides between them. `rank`: of the row that shows it."""
    head, *others = family.members
    number = len(family.members)
    links = [(_address(member.code, trail, rank), member.title) for member in others]
    points = [(point.question, joined(map(_cell, point.cells))) for point in family.points]
    return _FAMILY(
        head.title,
        number,
        icon("compare"),
        number,
        head.title,
        _OWN_COLUMN(_COLUMN.each(links)),
        _POINT.each(points),
    )


def _cell(cell: Cell) -> SafeString:
    text = short(cell.text or "没写", _LONGEST_CELL)
    if cell.is_asked:
        return _CELL_ASKED(icon("ok"), text)
    if cell.is_against:
        return _CELL_AGAINST(icon("stop"), text)
    return _CELL(text)


@register.simple_tag
def facets(groups: Iterable[FacetGroup]) -> SafeString:
    """The ways to narrow, each group with its values to be ticked. The first ones and what is in use are unfolded."""
    return _FACET.each(
        (_OPEN if place < _UNFOLDED or group.selected else NOTHING, group.label, icon("down"), _options(group))
        for place, group in enumerate(groups)
    )


def _options(group: FacetGroup) -> SafeString:
    name = group.name
    return _OPTION.each(
        (name, value.value, _TICKED if value.selected else NOTHING, value.label, value.count) for value in group.values
    )
