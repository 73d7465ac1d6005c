"""What the editors' pages of words show."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from caselib.audit.actions import LABELS, Action
from caselib.audit.models import AuditEvent
from caselib.core.errors import NotVisible
from caselib.core.paging import PageInfo, page_info
from caselib.core.text import normalise
from caselib.orgs.scope import ViewerScope
from caselib.precedents.visibility import audiences_for
from caselib.search.analysis import tokenize
from caselib.search.engine.port import GRAMS, WORDS, EngineQuery, IndexUnavailable, Term, TermGroup
from caselib.search.fields import AUDIENCE
from caselib.search.live import live_engine
from caselib.search.models import SynonymGroup
from caselib.search.outbox import dictionary_is_behind

from .parsing import words_of
from .site import SiteGroup, load_groups

# A word that stands in this share of all precedents tells them apart no more.
COMMON_SHARE = 0.2
# Below this many precedents a share says nothing.
_ENOUGH = 20
_HISTORY = 20
STATES = (("", "全部"), ("on", "在用"), ("off", "停用"), ("site", "本站改过或添加的"))


@dataclass(frozen=True, slots=True)
class DeskPage:
    """`states`: (value, label, chosen). `is_behind`: whether the index still lacks words of the library."""

    rows: tuple[SiteGroup, ...]
    page: PageInfo
    wanted: str
    state: str
    states: tuple[tuple[str, str, bool], ...]
    is_behind: bool


@dataclass(frozen=True, slots=True)
class HistoryLine:
    at: dt.datetime
    who: str
    what: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    details: tuple[str, ...] = ()


def desk_for_page(*, wanted: str, state: str, page: object) -> DeskPage:
    """One page of the groups that hold what is wanted. A fixed number of queries; 10,000 groups in 0.3 s."""
    state = state if state in dict(STATES) else ""
    needles = words_of(wanted[:200])[:5] or ("",)
    rows = [row for row in load_groups() if _in_state(row, state) and _holds(row, needles)]
    info = page_info(page, total=len(rows))
    try:
        behind = dictionary_is_behind()
    except IndexUnavailable:
        behind = False
    return DeskPage(
        rows=tuple(rows[info.offset : info.offset + info.per_page]),
        page=info,
        wanted=wanted[:200],
        state=state,
        states=tuple((value, label, value == state) for value, label in STATES),
        is_behind=behind,
    )


def _in_state(row: SiteGroup, state: str) -> bool:
    return {"": True, "on": row.is_active, "off": not row.is_active, "site": row.pk is not None}[state]


def _holds(row: SiteGroup, needles: Sequence[str]) -> bool:
    note = normalise(row.note)
    return any(needle in note or any(needle in word for word in row.group.words) for needle in needles)


def group_for_edit(key: str) -> SiteGroup:
    """One group by its key. Raises NotVisible. 1 query."""
    found = next((row for row in load_groups() if row.key == key), None)
    if found is None:
        raise NotVisible(gettext("没有这一组词，可能已随新版本换掉了。回同义词列表看看。"))
    return found


def history_of(group: SiteGroup) -> tuple[HistoryLine, ...]:
    """Who changed what, the latest first; empty for a group of the product that nobody touched. 1 query."""
    if group.pk is None:
        return ()
    events = AuditEvent.objects.filter(object_type=SynonymGroup._meta.label, object_id=str(group.pk))
    return tuple(_history_line(event) for event in events.order_by("-pk")[:_HISTORY])


def _history_line(event: AuditEvent) -> HistoryLine:
    before, after = event.before, event.after
    old, new = tuple(before.get("words", ())), tuple(after.get("words", ()))
    return HistoryLine(
        at=event.at,
        who=event.actor_name,
        what="停用" if after.get("active") is False and before.get("active") else _what(event, before),
        added=tuple(word for word in new if word not in old),
        removed=tuple(word for word in old if word not in new),
        details=tuple(_details(before, after)),
    )


def _what(event: AuditEvent, before: Mapping[str, Any]) -> str:
    if event.action == Action.SYNONYMS_SWITCHED:
        return "启用"
    return "修改" if before else "添加" if event.action == Action.SYNONYMS_SAVED else LABELS[Action(event.action)]


def _details(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    if not before:
        return []
    found = []
    if before.get("one_way") != after.get("one_way"):
        found.append("改成单向" if after.get("one_way") else "改成互相查找")
    if before.get("words", [""])[:1] != after.get("words", [""])[:1]:
        found.append(f"首选词由“{before['words'][0]}”换成“{after['words'][0]}”")
    if before.get("note") != after.get("note"):
        found.append(f"说明改为“{after['note']}”" if after.get("note") else "删去说明")
    return found


def warnings_of(words: Sequence[str], *, before: SiteGroup | None, scope: ViewerScope) -> tuple[str, ...]:
    """What an editor should know before saving: new words that no precedent holds, or that nearly all hold.

    Counts only what this viewer may see. Empty without an index.
    """
    known = set(before.group.words) if before else set()
    fresh = [word for word in dict.fromkeys(words) if word not in known]
    visible = {AUDIENCE: audiences_for(scope)}
    try:
        total = live_engine().search(EngineQuery(filters=visible, limit=0)).total
        found = {word: _holding(word, visible) for word in fresh}
    except IndexUnavailable:
        return ()
    absent = [word for word, count in found.items() if not count]
    common = [word for word, count in found.items() if total >= _ENOUGH and count >= COMMON_SHARE * total]
    told = []
    if absent:
        told.append(f"库里没有案例写到“{'”“'.join(absent)}”：群众这样问时能找到别的说法，反过来查不到什么。")
    told += [f"“{word}”太常见：{total} 件里有 {found[word]} 件写到，每次查找都会带出一大片。" for word in common]
    return tuple(told)


def _holding(word: str, visible: Mapping[str, frozenset[str]]) -> int:
    """In how many visible precedents a word stands; by its pairs of characters where the index has no such word."""
    tokens = tokenize(word)
    terms = [Term(WORDS, word)] if word in tokens.words else [Term(GRAMS, pair) for pair in dict.fromkeys(tokens.grams)]
    # A pair that the index does not know at all is left out of a query, and the others alone would be found.
    if not terms or not all(_hits((term,), visible) for term in terms):
        return 0
    return _hits(terms, visible)


def _hits(terms: Sequence[Term], visible: Mapping[str, frozenset[str]]) -> int:
    groups = tuple(TermGroup((term,)) for term in terms)
    query = EngineQuery(groups=groups, filters=visible, limit=0, min_should_match=1.0, enough=0)
    return live_engine().search(query).total
