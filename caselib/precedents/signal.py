"""可用 / 慎用 / 停用: may this precedent be followed today, why, and which point is doubtful. Computed when read.

Only dated facts count that a person entered or confirmed: versions that ended, clauses that were taken out, points that
were marked. Nothing is read off texts.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext, gettext_noop

from .models import Doubt, Precedent, Relation
from .troubled import Troubled, troubled_citations
from .visibility import PrecedentStatus


class Word(StrEnum):
    OK = "ok"
    CARE = "care"
    STOP = "stop"


LABELS = {Word.OK: gettext_noop("可用"), Word.CARE: gettext_noop("慎用"), Word.STOP: gettext_noop("停用")}


class Kind(StrEnum):
    """What takes 可用 away. The values are stable codes for programs."""

    RETIRED = "retired"
    WITHHELD = "withheld"
    SUPERSEDED = "superseded"
    TRANSITION_OVER = "transition_over"
    TRANSITION_AHEAD = "transition_ahead"
    ENDED = "version_ended"
    CHANGED = "clause_changed"
    HEIR = "later_rule"
    REPEALED = "policy_repealed"
    CLAUSE_REPEALED = "clause_repealed"
    NOT_YET = "not_yet_in_force"
    SOON = "changes_soon"
    ELSEWHERE = "outside_region"
    OPEN_POINT = "open_point"
    REVIEW_DUE = "review_due"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: `text` is a full sentence that names its point.

    `old`, `new`: codes of the clause that was relied on and of the one that took its place, empty where there is none.
    """

    kind: Kind
    text: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """`word` with what took 可用 away; an `ok` without any says that none is known."""

    word: Word
    points: tuple[Reason, ...] = ()

    @property
    def label(self) -> str:
        return gettext(LABELS[self.word])

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(point.text for point in self.points)


# The others do not forbid to follow it: they say what to look at first.
_FORBIDS = frozenset({Kind.RETIRED, Kind.SUPERSEDED, Kind.TRANSITION_OVER})


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a precedent itself bears on its signal. `applies_until` is the first day on which it no longer applies."""

    status: str
    retired_reason: str = ""
    is_replaced: bool = False
    reverify_due_on: dt.date | None = None
    applies_from: dt.date | None = None
    applies_until: dt.date | None = None


def standing_of(precedent: Precedent) -> Standing:
    """Needs `live_revision` loaded where there is one."""
    revision = precedent.live_revision
    return Standing(
        status=precedent.status,
        retired_reason=precedent.retired_reason,
        is_replaced=precedent.replaced_by_id is not None,
        reverify_due_on=precedent.reverify_due_on,
        applies_from=revision.applies_from if revision else None,
        applies_until=revision.applies_until if revision else None,
    )


def troubles_of(
    revisions: Collection[int], *, on: dt.date, region_ids: frozenset[int]
) -> Mapping[int, tuple[Troubled, ...]]:
    """The citations that take 可用 away on a day, by revision. `region_ids`: the viewer's own region and those above.

    1 query for any number of revisions.
    """
    found: dict[int, list[Troubled]] = defaultdict(list)
    for row in troubled_citations(revisions, on=on, region_ids=region_ids) if revisions else ():
        found[row[0]].append(Troubled(*row))
    return {revision: tuple(rows) for revision, rows in found.items()}


def signal_of(
    standing: Standing, *, troubles: Sequence[Troubled], doubts: Iterable[Doubt | str], on: dt.date
) -> Signal:
    """The signal of a precedent on a day. `doubts`: its open points. No query."""
    if standing.status == PrecedentStatus.RETIRED:
        kind = Kind.SUPERSEDED if standing.is_replaced else Kind.RETIRED
        return Signal(
            Word.STOP,
            (Reason(kind, gettext("已出库：{retired_reason}").format(retired_reason=standing.retired_reason)),),
        )
    if standing.status == PrecedentStatus.WITHHELD:
        return Signal(
            Word.STOP,
            (Reason(Kind.WITHHELD, gettext("已紧急下架，读者看不到；改好、审核通过，或者查明没有问题，才重新上架。")),),
        )
    points = [*_of_transition(standing, on=on)]
    points += [Reason(Kind.OPEN_POINT, str(doubt)) for doubt in doubts]
    for trouble in troubles:
        points += reasons_of(trouble, on=on)
    if standing.reverify_due_on and standing.reverify_due_on < on:
        points.append(
            Reason(
                Kind.REVIEW_DUE,
                gettext("复核日 {reverify_due_on:%Y-%m-%d} 已过，还没有人复核。").format(
                    reverify_due_on=standing.reverify_due_on
                ),
            )
        )
    points = list({point.text: point for point in points}.values())
    if not points:
        return Signal(Word.OK)
    forbidden = any(point.kind in _FORBIDS for point in points) or _lost_its_basis(troubles, on=on)
    return Signal(Word.STOP if forbidden else Word.CARE, tuple(points))


def _of_transition(standing: Standing, *, on: dt.date) -> Iterable[Reason]:
    if standing.applies_until and standing.applies_until <= on:
        last = standing.applies_until - dt.timedelta(days=1)
        yield Reason(
            Kind.TRANSITION_OVER,
            gettext("这是过渡期的办法，用到 {last:%Y-%m-%d} 为止，现在按新规定办。").format(last=last),
        )
    elif standing.applies_from and standing.applies_from > on:
        yield Reason(
            Kind.TRANSITION_AHEAD,
            gettext("这是过渡期的办法，{applies_from:%Y-%m-%d} 起才能用。").format(applies_from=standing.applies_from),
        )


def _lost_its_basis(troubles: Sequence[Troubled], *, on: dt.date) -> bool:
    """Whether nothing is left of what it rests on: each 依据 was repealed with no rule in its place."""
    gone = sum(1 for each in troubles if each.relation == Relation.BASIS and each.is_gone(on))
    return bool(gone) and gone == troubles[0].bases


def reasons_of(trouble: Troubled, *, on: dt.date) -> Iterable[Reason]:
    """Why a citation takes 可用 away on a day; nothing for one that somebody checked since."""
    point = trouble.point
    change = _change(trouble, point, on=on)
    if change is not None:
        yield change
    heir = None if trouble.is_heir_seen else trouble.heir_from
    if heir is not None and trouble.begins is not None and trouble.begins < heir:
        word = gettext("起同一件事另有") if heir > on else gettext("起同一件事已有")
        text = gettext("{heir:%Y-%m-%d} {word}《{heir_title}》{heir_clause}，所引{point}要对照它复核。").format(
            heir=heir, word=word, heir_title=trouble.heir_title, heir_clause=trouble.heir_clause, point=point
        )
        kind = Kind.SOON if heir > on else Kind.HEIR
        yield Reason(kind, text, trouble.clause_code or "", trouble.heir_code or "")
    if trouble.is_elsewhere:
        yield Reason(
            Kind.ELSEWHERE,
            gettext("所引{point}只在{region}适用，您的大厅不在那里，先问本地怎么规定。").format(
                point=point, region=trouble.region
            ),
        )


def _change(trouble: Troubled, point: str, *, on: dt.date) -> Reason | None:
    """What time did to what was cited: the strongest word only."""
    if trouble.clause_gone_on(on):
        text = gettext("所引{point}已失效{since}，不能再作依据。").format(
            point=point, since=trouble.since(trouble.clause_ends)
        )
        return Reason(Kind.CLAUSE_REPEALED, text, trouble.clause_code or "")
    if trouble.was_repealed(on):
        text = gettext("所引{point}{fact_label}{since}，不能再照用。").format(
            point=point, fact_label=trouble.fact_label, since=trouble.since(trouble.fact_from)
        )
        return Reason(Kind.REPEALED, text, trouble.clause_code or "")
    if trouble.begins is not None and trouble.begins > on:
        return Reason(
            Kind.NOT_YET,
            gettext("所引{point}自 {begins:%Y-%m-%d} 起才施行。").format(point=point, begins=trouble.begins),
        )
    return _repeal_to_come(trouble, point, on=on) or _end(trouble, point, on=on)


def _repeal_to_come(trouble: Troubled, point: str, *, on: dt.date) -> Reason | None:
    if trouble.clause_ends is not None and trouble.clause_ends > on:
        text = gettext("所引{point}{clause_ends:%Y-%m-%d} 起失效，先想好到时怎么办。").format(
            point=point, clause_ends=trouble.clause_ends
        )
        return Reason(Kind.SOON, text, trouble.clause_code or "")
    if trouble.coming_from is not None:
        text = gettext("所引{point}{coming_from:%Y-%m-%d} 起{coming_label}，先想好到时怎么办。").format(
            point=point, coming_from=trouble.coming_from, coming_label=trouble.coming_label
        )
        return Reason(Kind.SOON, text, trouble.clause_code or "")
    return None


def _end(trouble: Troubled, point: str, *, on: dt.date) -> Reason | None:
    """What the end of the cited version did to it."""
    if trouble.ends is None or trouble.is_seen:
        return None
    last = trouble.ends - dt.timedelta(days=1)
    if trouble.ends > on:
        if trouble.says_the_same:
            return None
        text = gettext(
            "所引{point}用到 {last:%Y-%m-%d} 为止，{ends:%Y-%m-%d} 起按{successor}，先想好到时怎么办。"
        ).format(point=point, last=last, ends=trouble.ends, successor=trouble.successor)
        return Reason(Kind.SOON, text, trouble.clause_code or "", trouble.new_code or "")
    if trouble.says_the_same:
        return None
    if trouble.new_code:
        text = gettext("所引{point}适用到 {last:%Y-%m-%d} 为止，现在是{successor}，要对照现行文本。").format(
            point=point, last=last, successor=trouble.successor
        )
        return Reason(Kind.CHANGED, text, trouble.clause_code or "", trouble.new_code)
    return Reason(
        Kind.ENDED,
        gettext("所引{point}适用到 {last:%Y-%m-%d} 为止，要对照现行文本。").format(point=point, last=last),
        trouble.clause_code or "",
    )
