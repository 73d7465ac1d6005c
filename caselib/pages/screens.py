"""What pages show that draws from several packages: prepared here, so that templates hold no logic and make no query."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from caselib.catalog.models import Matter, MatterTheme
from caselib.catalog.selectors import causes_all, matter_for_page, matters_by_theme, tags_with
from caselib.core.errors import NotAllowed
from caselib.orgs.scope import ViewerScope
from caselib.personal.selectors import Keep, keep_for_page
from caselib.policies.models import Policy
from caselib.policies.selectors import ClauseLine, PolicyPage, policy_for_page
from caselib.precedents import faces
from caselib.precedents.access import may_see_impact, may_verify
from caselib.precedents.attaching import Paper, papers_of
from caselib.precedents.browsing import HomeLists, counts_by_cause, counts_by_matter, frequent_tags, rows_for_home
from caselib.precedents.counter import Counter as AtCounter
from caselib.precedents.counter import Gate, counter_of, gates_of, may_slip, numbers_named
from caselib.precedents.guarding import sees_drafts
from caselib.precedents.impact import Impact, impact_of
from caselib.precedents.instead import OtherWays, other_ways_of
from caselib.precedents.models import Kind, ResultType
from caselib.precedents.past import OpenText
from caselib.precedents.place import region_of
from caselib.precedents.relying import Relying, RelyingRows, relying_on
from caselib.precedents.selectors import (
    MatterRows,
    PrecedentPage,
    precedent_for_page,
    rows_for_matter,
)
from caselib.precedents.shown import is_doubtful
from caselib.precedents.slips import Slip, slip_lines, slip_of
from caselib.reuse.models import Outcome
from caselib.reuse.panel import ReusePanel, panel_of
from caselib.reuse.reports.flags import Flag, flag_of
from caselib.search.proposals import proposed
from caselib.search.similar import Similar, around

TAGS_ON_HOME = 24
MATTERS_IN_THEME = 3


def results_address(**filters: str) -> str:
    """The results page with these filters on."""
    return f"{reverse('search:results')}?{urlencode(filters)}"


@dataclass(frozen=True, slots=True)
class Door:
    """A way into the library: a word, how many precedents lie behind it, and the address."""

    label: str
    count: int
    address: str


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tag as a way into the library; how often it occurs is not counted."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class ThemeDoor:
    door: Door
    matters: tuple[Matter, ...]


@dataclass(frozen=True, slots=True)
class HomeScreen:
    lists: HomeLists
    themes: tuple[ThemeDoor, ...]
    causes: tuple[Door, ...]
    tags: tuple[Tagged, ...]


def home_screen(scope: ViewerScope, *, on: dt.date) -> HomeScreen:
    """The home page. 12 queries for any size of the library."""
    counts = counts_by_matter(scope)
    themes: Counter[int | None] = Counter()
    matters: Counter[int | None] = Counter()
    for (theme, matter), count in counts.items():
        themes[theme] += count
        matters[matter] += count
    causes = counts_by_cause(scope)
    frequent = frequent_tags(scope, limit=TAGS_ON_HOME)
    tags = tags_with(frequent)
    return HomeScreen(
        lists=rows_for_home(scope, on=on),
        themes=tuple(
            ThemeDoor(
                Door(group.theme.name, themes[group.theme.pk], results_address(theme=group.theme.name)),
                _busiest(group.matters, matters),
            )
            for group in matters_by_theme()
            if themes[group.theme.pk]
        ),
        causes=tuple(
            Door(cause.name, causes[cause.pk], results_address(cause=cause.name))
            for cause in causes_all()
            if causes.get(cause.pk)
        ),
        tags=tuple(Tagged(tags[key].name, results_address(q=tags[key].name)) for key in frequent if key in tags),
    )


def _busiest(matters: tuple[Matter, ...], counts: Mapping[int | None, int]) -> tuple[Matter, ...]:
    used = [matter for matter in matters if counts.get(matter.pk)]
    return tuple(sorted(used, key=lambda matter: -counts[matter.pk])[:MATTERS_IN_THEME])


@dataclass(frozen=True, slots=True)
class MatterLine:
    """A matter of the list. `words` is what the type-ahead looks through."""

    matter: Matter
    count: int

    @property
    def words(self) -> str:
        return " ".join([self.matter.name, *self.matter.aliases, self.matter.department_kind])


@dataclass(frozen=True, slots=True)
class MatterGroup:
    theme: MatterTheme
    lines: tuple[MatterLine, ...]


def matters_screen(scope: ViewerScope, *, wanted: str) -> tuple[MatterGroup, ...]:
    """The matters by theme with the number of precedents of each. 6 queries for any number of matters."""
    counts: Counter[int | None] = Counter()
    for (_, matter), count in counts_by_matter(scope).items():
        counts[matter] += count
    return tuple(
        MatterGroup(group.theme, tuple(MatterLine(matter, counts[matter.pk]) for matter in group.matters))
        for group in matters_by_theme(wanted=wanted)
        if group.matters
    )


@dataclass(frozen=True, slots=True)
class PrecedentScreen:
    page: PrecedentPage
    counter: AtCounter
    reuse: ReusePanel
    fine: str
    may_verify: bool
    may_keep: bool
    papers: tuple[Paper, ...] = ()
    similar: tuple[Similar, ...] = ()
    draft: OpenText | None = None
    flag: Flag | None = None
    is_preview: bool = False
    keep: Keep | None = None

    @property
    def seam(self) -> str:
        return faces.seam_of(self.page.revision)

    @property
    def steps_title(self) -> str:
        return gettext("该找谁") if self.page.precedent.kind == Kind.ROUTING_CARD else gettext("怎么办")

    @property
    def elsewhere(self) -> str:
        return faces.elsewhere(self.page.revision)

    @property
    def is_guidance(self) -> bool:
        return self.page.revision.result_type == ResultType.GUIDANCE

    @property
    def own_code(self) -> str:
        """The code where answers are sent back to."""
        return self.page.precedent.code

    @property
    def far_text(self) -> str:
        return faces.far_words(self.page.place)


def precedent_screen(
    scope: ViewerScope, *, on: dt.date, answers: Mapping[str, str] | None = None, **lookup: str
) -> PrecedentScreen:
    """The page of one precedent. `answers`: to the questions of 能用吗, by name of the input.

    Raises NotVisible. 8 queries; for one that is out of use see `precedent_for_page`.
    """
    page = precedent_for_page(scope, on=on, **lookup)
    panel = panel_of(page.precedent, page.revision, scope, on=on, is_draft=page.is_draft)
    numbers = numbers_named(page.revision.detours)
    near = around(page.precedent, page.revision, scope=scope, tags=page.words.tags, numbers=numbers)
    return PrecedentScreen(
        page=page,
        counter=counter_of(
            page,
            answers=answers,
            named=near.named,
            proposed=lambda condition, holds: proposed(near.similar, condition, holds=holds),
        ),
        reuse=panel,
        fine=_fine(page, panel),
        may_verify=bool(may_verify(scope, page.precedent)),
        may_keep=sees_drafts(scope, page.precedent),
        papers=papers_of(
            page.precedent, page.revision, is_doubtful=is_doubtful(page.precedent, page.doubts), there=page.files
        ),
        similar=near.similar,
        draft=page.draft if page.may_edit else None,
        keep=keep_for_page(page.precedent, scope),
        flag=flag_of(page.precedent, page.revision, scope, may_edit=page.may_edit),
    )


@dataclass(frozen=True, slots=True)
class SlipScreen:
    page: PrecedentPage
    slip: Slip
    gates: tuple[Gate, ...]


def slip_screen(scope: ViewerScope, code: str, *, have: Sequence[str], on: dt.date) -> SlipScreen:
    """一次告知单 of one precedent. `have`: places (from 1) of the papers that are there, as they were sent; others are ignored.

    Raises NotVisible, and NotAllowed for what nobody may follow now. 5 queries, 1 for a successor.
    """
    page = precedent_for_page(scope, on=on, code=code)
    if not may_slip(page):
        raise NotAllowed(gettext("这一件现在不能照办，不出告知单。回到案例页看原因。"))
    revision = page.revision
    there = {int(each) for each in have if each.isascii() and each.isdecimal() and len(each) < 4}
    lines = slip_lines(revision.materials, revision.deferred_material)
    return SlipScreen(page, slip_of(lines, have=there), gates_of(revision.entrances))


def _fine(page: PrecedentPage, panel: ReusePanel) -> str:
    """What stands beside 可用: only what is known, with its numbers."""
    basis = gettext("没有写依据条款，照办前先问牵头单位")
    if page.basis:
        basis = gettext("所引 {count} 部依据没有发现失效").format(count=page.basis)
    checked = gettext("入库后还没有复核")
    if page.verified_on:
        checked = gettext("{day:%Y-%m-%d} 复核过").format(day=page.verified_on)
    counts = {choice.value: choice.count for choice in panel.choices}
    if page.precedent.kind == Kind.ROUTING_CARD:
        return gettext("{basis}；{checked}。").format(basis=basis, checked=checked)
    used = {"worked": counts[Outcome.WORKED], "failed": counts[Outcome.FAILED]}
    said = gettext("{basis}；{checked}；照此办成 {worked}、照办未成 {failed}。")
    return said.format(basis=basis, checked=checked, **used)


@dataclass(frozen=True, slots=True)
class ClauseScreen:
    line: ClauseLine
    relying: RelyingRows


@dataclass(frozen=True, slots=True)
class InsteadLine:
    """A document for who does not fit here. `words`: under which conditions, or what a precedent says of it.

    `region`, `is_here`: as in `region_of`.
    """

    policy: Policy
    position: int | None
    words: str
    region: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class LocalLine:
    """A document that rules otherwise in one region; `is_here`: whether the viewer's hall is there."""

    policy: Policy
    words: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class PolicyScreen:
    """`region_ids`: where the viewer's hall stands, for rules of one region; `sees_impact`: of the link to the list."""

    page: PolicyPage
    clauses: tuple[ClauseScreen, ...]
    relying: Relying | None
    instead: tuple[InsteadLine, ...]
    local: tuple[LocalLine, ...]
    region_ids: frozenset[int]
    sees_impact: bool


def policy_screen(scope: ViewerScope, code: str, *, version: str, on: dt.date) -> PolicyScreen:
    """The page of one policy with who relies on each clause. Raises NotVisible. 8 queries for any number of clauses."""
    page = policy_for_page(code, version=version, on=on)
    relying = relying_on(page.shown, scope, on=on) if page.shown else None
    by_clause = relying.by_clause if relying else {}
    return PolicyScreen(
        page=page,
        clauses=tuple(ClauseScreen(line, by_clause.get(line.clause.pk, RelyingRows())) for line in page.clauses),
        relying=relying,
        instead=_instead(page, relying, scope),
        local=tuple(
            LocalLine(other.policy, other.words, region_of(other.policy, scope)[1]) for other in page.related.local
        ),
        region_ids=scope.region_ids,
        sees_impact=bool(may_see_impact(scope)),
    )


def _instead(page: PolicyPage, relying: Relying | None, scope: ViewerScope) -> tuple[InsteadLine, ...]:
    """不符合时可考虑: what an editor linked, then what precedents name, each document once."""
    lines = {
        other.policy.pk: InsteadLine(
            other.policy, None, other.conditions or other.words, *region_of(other.policy, scope)
        )
        for other in page.related.instead
    }
    for named in relying.instead if relying else ():
        policy, position = named.version.policy, named.version.position + 1
        lines.setdefault(policy.pk, InsteadLine(policy, position, named.note, *region_of(policy, scope)))
    return tuple(lines.values())


@dataclass(frozen=True, slots=True)
class ImpactScreen:
    page: PolicyPage
    impact: Impact | None


def impact_screen(scope: ViewerScope, code: str, *, version: str, page: str, on: dt.date) -> ImpactScreen:
    """Who uses one version of a policy. Raises NotVisible. 8 queries for any number of precedents."""
    found = policy_for_page(code, version=version, on=on)
    impact = impact_of([found.shown], scope=scope, page=page, on=on) if found.shown else None
    return ImpactScreen(found, impact)


@dataclass(frozen=True, slots=True)
class MatterScreen:
    matter: Matter
    listed: MatterRows
    other_ways: OtherWays


def matter_screen(scope: ViewerScope, code: str, *, page: str, on: dt.date) -> MatterScreen:
    """One matter with its precedents and where to go when it does not fit. Raises NotVisible. 8 queries."""
    matter = matter_for_page(code)
    return MatterScreen(matter, rows_for_matter(matter, scope, page=page, on=on), other_ways_of(matter, scope))
