"""用完点一下: what the panel on the page of a precedent shows, and the small forms in it."""

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from caselib.core.errors import DomainError
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent, Revision
from caselib.precedents.visibility import FINDABLE, PrecedentStatus

from .models import Outcome
from .points import CONDITIONS, Point, points_of
from .selectors import OwnUse, reuse_summary
from .services import is_undoable


@dataclass(frozen=True, slots=True)
class Asked:
    """What an outcome asks: `note` above the words, `point` above the places (empty: no place is asked)."""

    note: str
    point: str = ""
    lists: tuple[str, ...] = ()


# 照此办成 asks nothing: one click.
ASKS = {
    Outcome.ADAPTED: Asked(gettext_noop("改了哪里")),
    Outcome.NOT_APPLICABLE: Asked(gettext_noop("怎么不同"), gettext_noop("哪一条对不上"), CONDITIONS),
    Outcome.FAILED: Asked(
        gettext_noop("卡在哪里、为什么"), gettext_noop("卡在哪一处"), ("applies_when", "not_when", "steps", "materials")
    ),
}


@dataclass(frozen=True, slots=True)
class OutcomeChoice:
    """`asks` is None for one that is recorded with the click."""

    value: str
    label: str
    count: int
    asks: Asked | None = None
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class ReusePanel:
    """`reason` says why it cannot be recorded, or is empty; `mine` is the viewer's own last record, `is_undoable` only on its day.

    `revision`: number of the text that is read; `nonce`: of this form, so that sending it twice is one record.
    """

    choices: tuple[OutcomeChoice, ...]
    total: int
    other_departments: int
    last_at: dt.datetime | None
    mine: OwnUse | None
    reason: str
    revision: int = 0
    nonce: str = ""
    is_undoable: bool = False


def panel_of(
    precedent: Precedent, revision: Revision, scope: ViewerScope, *, on: dt.date, is_draft: bool
) -> ReusePanel:
    """The panel beside a text. 1 query."""
    summary = reuse_summary(precedent, user_id=scope.user_id)
    return ReusePanel(
        choices=tuple(_choice(outcome, summary.counts[outcome], revision) for outcome in Outcome),
        total=summary.total,
        other_departments=summary.other_departments,
        last_at=summary.last_at,
        mine=summary.mine,
        reason=_why_not(precedent, scope, is_draft=is_draft),
        revision=revision.number,
        nonce=secrets.token_hex(8),
        is_undoable=summary.mine is not None and is_undoable(summary.mine.at, on=on),
    )


def _choice(outcome: Outcome, count: int, revision: Revision) -> OutcomeChoice:
    asks = ASKS.get(outcome)
    points = points_of(revision, *asks.lists) if asks and asks.lists else ()
    said = asks and Asked(gettext(asks.note), gettext(asks.point) if asks.point else "", asks.lists)
    return OutcomeChoice(outcome.value, gettext(outcome.label), count, said, points)


def _why_not(precedent: Precedent, scope: ViewerScope, *, is_draft: bool) -> str:
    if precedent.status == PrecedentStatus.WITHHELD:
        return gettext("已经下架，不登记。")
    if precedent.status not in FINDABLE or is_draft:
        return gettext("还没有发布，不登记。") if is_draft else gettext("已经出库，不再登记。")
    if scope.home_department_id is None:
        return gettext("您的账号没有归到部门，不能登记。")
    return ""


@dataclass(frozen=True, slots=True)
class RecordScreen:
    """The form of one outcome on a page of its own, with what was typed. `precedent` is None for who cannot see it any more: then the
    words are there to be copied, and nothing tells whether there ever was one."""

    precedent: Precedent | None
    title: str
    choice: OutcomeChoice | None
    choices: tuple[OutcomeChoice, ...]
    revision: int
    live: int
    nonce: str
    typed: Mapping[str, str]
    wrong: DomainError | None


def record_screen(
    precedent: Precedent, *, outcome: str, typed: Mapping[str, str], wrong: DomainError | None
) -> RecordScreen:
    """The form about the text that was read, as far as it is one of the precedent's; else about the live one. 2 queries."""
    number = typed.get("revision", "")
    texts = precedent.revisions.filter(
        number=int(number) if _is_number(number) else 0, state__in=["approved", "superseded"]
    )
    live = precedent.live_revision
    read = texts.first() or live
    choices = tuple(_choice(each, 0, read) for each in Outcome) if read is not None else ()
    return RecordScreen(
        precedent=precedent,
        title=live.title if live else "",
        choice=next((choice for choice in choices if choice.value == outcome), None),
        choices=choices,
        revision=read.number if read else 0,
        live=live.number if live else 0,
        nonce=typed.get("nonce", "")[:32] or secrets.token_hex(8),
        typed=typed,
        wrong=wrong,
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 9
