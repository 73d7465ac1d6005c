"""What the pages of who enters policies show: prepared here, so that templates hold no logic and make no query."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from caselib.core.diff import Mark, marked
from caselib.core.ids import new_code
from caselib.core.paging import PageInfo, page_info
from caselib.orgs.models import NATION, Region
from caselib.orgs.scope import ViewerScope
from caselib.policies.drafts import Rival, rivals_of
from caselib.policies.entry import ReadFacts
from caselib.policies.models import Level, Policy, Verified, VersionDraft
from caselib.policies.succession import Plan, Step, plan_of
from caselib.policies.texts.checking import Doubt
from caselib.policies.texts.pairing import KnownDocument
from caselib.policies.texts.splitting import HEADING_LEVELS, Piece, Split
from caselib.policies.texts.splitting import Level as PieceLevel
from caselib.precedents.entering import Preview

STEPS = (("facts", "写事实"), ("text", "贴文本"), ("clauses", "认条款"), ("impact", "看影响"))
ROWS_ON_PAGE = 40
# What is unfolded at once; a law of 2,000 articles is folded by its chapters.
_MOST_OPEN = 60
_MOST_IN_GROUP = 100
_BELOW_ARTICLE = (PieceLevel.PARAGRAPH, PieceLevel.ITEM, PieceLevel.SUBITEM)


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    is_chosen: bool


def choices(of: Sequence[tuple[str, str]], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, label, value == chosen) for value, label in of)


@dataclass(frozen=True, slots=True)
class FactsScreen:
    """`code`: of the draft that saving makes, so that pressing twice makes one. `errors`: sentence by field."""

    draft: VersionDraft | None
    policy: Policy | None
    code: str
    lock_version: int
    typed: Mapping[str, str]
    levels: tuple[Choice, ...]
    regions: tuple[Choice, ...]
    verified: tuple[Choice, ...]
    rivals: tuple[Rival, ...]
    errors: Mapping[str, str] = field(default_factory=dict)
    likely: KnownDocument | None = None
    stale: str = ""


def facts_screen(
    scope: ViewerScope,
    typed: Mapping[str, str],
    *,
    draft: VersionDraft | None,
    policy: Policy | None,
    code: str = "",
    read: ReadFacts | None = None,
    stale: str = "",
) -> FactsScreen:
    """The form of the first step. 2 queries."""
    regions = [(name, name) for name in Region.objects.order_by("path").values_list("full_name", flat=True)]
    return FactsScreen(
        draft=draft,
        policy=policy,
        code=code or new_code(),
        lock_version=draft.lock_version if draft else 0,
        typed=typed,
        levels=choices(Level.choices, typed["level"]),
        regions=choices(regions, typed["region"] or NATION),
        verified=choices(Verified.choices, typed["verified"] or Verified.MEMORY),
        rivals=tuple(rivals_of(typed, policy=policy, draft=draft, user_id=scope.user_id)),
        errors=read.errors if read else {},
        likely=read.likely if read else None,
        stale=stale,
    )


@dataclass(slots=True)
class TreeRow:
    """An article or head with what is below it."""

    piece: Piece
    below: list[Piece] = field(default_factory=list)
    is_doubtful: bool = False

    @property
    def lead(self) -> str:
        """How it begins; of an article that is only a heading for what is below, nothing."""
        return self.piece.text.partition("\n")[0]


@dataclass(slots=True)
class TreeGroup:
    label: str
    line: int
    rows: list[TreeRow] = field(default_factory=list)
    is_open: bool = False

    @property
    def articles(self) -> int:
        return sum(row.piece.is_clause for row in self.rows)

    @property
    def doubtful(self) -> int:
        return sum(row.is_doubtful for row in self.rows)


@dataclass(frozen=True, slots=True)
class TextScreen:
    """`text`: what stands in the form, which is not what was saved where it was refused."""

    draft: VersionDraft
    lock_version: int
    text: str
    groups: tuple[TreeGroup, ...]
    doubts: tuple[Doubt, ...]
    articles: int
    rivals: tuple[Rival, ...]
    error: str = ""
    error_field: str = ""
    stale: str = ""


def text_screen(
    scope: ViewerScope,
    draft: VersionDraft,
    made: Split,
    *,
    text: str,
    error: str = "",
    error_field: str = "",
    stale: str = "",
) -> TextScreen:
    """The text beside its clauses. 1 query."""
    return TextScreen(
        draft=draft,
        lock_version=draft.lock_version,
        text=text,
        groups=tree_of(made),
        # Before anything is pasted there is nothing to look at.
        doubts=made.doubts if text.strip() else (),
        articles=sum(piece.is_clause and "/" not in piece.ref for piece in made.pieces),
        rivals=tuple(rivals_of(draft.facts, policy=draft.policy, draft=draft, user_id=scope.user_id)),
        error=error,
        error_field=error_field,
        stale=stale,
    )


def tree_of(made: Split) -> tuple[TreeGroup, ...]:
    """The pieces by chapter, a hundred articles at the most in each group."""
    doubtful = {doubt.line for doubt in made.doubts}
    groups: list[TreeGroup] = []
    for piece in made.pieces:
        if piece.level in HEADING_LEVELS:
            above = [*piece.heading_path, f"{piece.marker} {piece.text}".strip()]
            groups.append(TreeGroup(" · ".join(above), piece.line))
            continue
        if piece.level in _BELOW_ARTICLE and groups and groups[-1].rows:
            row = groups[-1].rows[-1]
            row.below.append(piece)
            row.is_doubtful |= piece.line in doubtful
            continue
        if not groups:
            groups.append(TreeGroup("开头", piece.line))
        elif len(groups[-1].rows) >= _MOST_IN_GROUP:
            groups.append(TreeGroup(f"从{piece.label}起", piece.line))
        groups[-1].rows.append(TreeRow(piece, is_doubtful=piece.line in doubtful))
    is_short = sum(len(group.rows) for group in groups) <= _MOST_OPEN
    for at, group in enumerate(groups):
        group.is_open = is_short or at == 0
    return tuple(groups)


@dataclass(frozen=True, slots=True)
class StepRow:
    """One clause to decide on. `other`: what was typed in place of the options; `error`: what is wrong with it."""

    step: Step
    options: tuple[Choice, ...]
    marks: tuple[Mark, ...]
    other: str = ""
    error: str = ""

    @property
    def is_other(self) -> bool:
        """Whether another clause than those offered was chosen."""
        return not any(option.is_chosen for option in self.options)

    @property
    def percent(self) -> int:
        return round(self.step.likeness * 100)

    @property
    def new(self) -> Piece | None:
        """The piece whose text stands beside the old one."""
        return self.step.chosen


@dataclass(frozen=True, slots=True)
class ClausesScreen:
    draft: VersionDraft
    lock_version: int
    plan: Plan
    rows: tuple[StepRow, ...]
    page: PageInfo
    shows_all: bool
    error: str = ""
    stale: str = ""

    @property
    def wrong(self) -> StepRow | None:
        """The first row with something wrong."""
        return next((row for row in self.rows if row.error), None)

    @property
    def unchanged(self) -> int:
        return len(self.plan.steps) - len(self.plan.to_decide)


GONE, OTHER = "-", "other"


def clauses_screen(
    draft: VersionDraft,
    plan: Plan,
    *,
    shows_all: bool,
    page: object,
    posted: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
    error: str = "",
    stale: str = "",
) -> ClausesScreen:
    """One page of the clauses to decide on; `posted` keeps what was chosen on a page that was refused. No query."""
    steps = plan.to_decide if shows_all or not plan.open else plan.open
    info = page_info(page, total=len(steps), per_page=ROWS_ON_PAGE)
    shown = steps[info.offset : info.offset + ROWS_ON_PAGE]
    by_number = {piece.ref or piece.label: piece for piece in plan.pieces}
    rows = tuple(_row(step, by_number, posted or {}, wrong or {}) for step in shown)
    return ClausesScreen(
        draft=draft,
        lock_version=draft.lock_version,
        plan=plan,
        rows=rows,
        page=info,
        shows_all=shows_all,
        error=error,
        stale=stale,
    )


def _row(step: Step, by_number: Mapping[str, Piece], posted: Mapping[str, str], wrong: Mapping[str, str]) -> StepRow:
    code = step.old.code
    same_number = by_number.get(step.old.ref or step.old.label)
    offered = {piece.key: piece for piece in (step.proposed, step.chosen, same_number) if piece is not None}
    chosen = posted.get(f"to-{code}", step.chosen.key if step.chosen else GONE)
    of = [(key, f"由{piece.label}承接") for key, piece in offered.items()]
    new = step.chosen or step.proposed
    return StepRow(
        step=step,
        options=choices([*of, (GONE, "已删除")], chosen),
        marks=marked(step.old.text, new.text) if step.old.text and new else (),
        other=posted.get(f"other-{code}", "") if chosen == OTHER else "",
        error=wrong.get(code, ""),
    )


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A clause that somebody relies on, before and after; `count`: of the precedents."""

    step: Step
    marks: tuple[Mark, ...]
    count: int


@dataclass(frozen=True, slots=True)
class ImpactScreen:
    draft: VersionDraft
    lock_version: int
    preview: Preview
    rows: tuple[ChangeRow, ...]
    whole: int
    rivals: tuple[Rival, ...]
    error: str = ""
    error_field: str = ""
    accepts_lost: bool = False

    @property
    def added(self) -> int:
        return len(self.preview.plan.appeared)


# Beside each other in full; more of them are counted.
MOST_CHANGES = 50


def draft_impact_screen(
    scope: ViewerScope,
    draft: VersionDraft,
    preview: Preview,
    *,
    error: str = "",
    error_field: str = "",
    accepts_lost: bool = False,
) -> ImpactScreen:
    """The last step. 1 query."""
    impact = preview.impact
    rows = tuple(
        ChangeRow(
            step,
            marked(step.old.text, step.chosen.text) if step.old.text and step.chosen else (),
            impact.by_clause[step.old.stable_key],
        )
        for step in preview.changed[:MOST_CHANGES]
    )
    return ImpactScreen(
        draft=draft,
        lock_version=draft.lock_version,
        preview=preview,
        rows=rows,
        whole=impact.by_clause.get(None, 0) if impact else 0,
        rivals=tuple(rivals_of(draft.facts, policy=draft.policy, draft=draft, user_id=scope.user_id)),
        error=error,
        error_field=error_field,
        accepts_lost=accepts_lost,
    )


def plan_for(draft: VersionDraft, read: ReadFacts) -> Plan:
    """The plan as far as the facts can be read; a draft whose facts do not hold any more has no version before."""
    start: dt.date | None = read.version.effective_from if read.version else None
    return plan_of(draft, effective_from=start)
