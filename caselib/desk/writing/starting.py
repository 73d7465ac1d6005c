"""A draft begins: from an empty page, from a ticket, or as a revision of what is published. Pressing twice begins one."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from caselib.catalog.models import Category, Cause, Matter
from caselib.core.errors import NotAllowed, RuleBroken, StaleState
from caselib.core.pasted import tidy_line
from caselib.orgs.models import Department, User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.content import LIST_LENGTH, TEXT_LENGTH, TITLE_LENGTH, HandlingStep, RevisionContent
from caselib.precedents.models import OPEN_STATES, AdminLevel, FailedStage, Kind, Precedent, ResultType, Revision
from caselib.precedents.naming import matters_named
from caselib.precedents.services import precedent_create, revision_start

from .listing import departments_of

# Two presses of one button come within seconds; who means two drafts of one title writes longer.
TWICE_WITHIN = dt.timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Start:
    """What a new draft begins with, as it was typed. `problems`: a sentence by field."""

    title: str = ""
    result_type: str = ResultType.SOLVED
    matter: str = ""
    department: str = ""
    problems: dict[str, str] = field(default_factory=dict)


def department_chosen(scope: ViewerScope, key: str, *, offered: Sequence[Department] | None = None) -> Department:
    """The department that keeps the new text. Raises RuleBroken where one must be chosen, NotAllowed for another one's."""
    own = departments_of(scope) if offered is None else offered
    if not key and len(own) == 1:
        return own[0]
    if not key:
        raise RuleBroken(gettext("选归口部门：这件案例由哪个部门管。"), code="required", field="department")
    found = next((row for row in own if str(row.pk) == key), None)
    if found is None:
        raise NotAllowed(gettext("您不是这个部门的编辑，不能替它写案例。"))
    return found


def read_start(typed: dict[str, str]) -> tuple[Start, Matter | None]:
    """(what was typed with what is wrong with it, the matter). 1 query, 2 for a name that is none."""
    problems: dict[str, str] = {}
    title, words = tidy_line(typed.get("title", "")), tidy_line(typed.get("matter", ""))
    if not title:
        problems["title"] = "还没有标题。写一句话说清是什么办不成。"
    elif len(title) > TITLE_LENGTH:
        problems["title"] = f"标题有 {len(title)} 个字，最多 {TITLE_LENGTH} 个。"
    result = typed.get("result_type", "")
    if result not in ResultType.values:
        problems["result_type"] = "选一个结果：办成了，还是没办成、怎么没办成。"
    matter = matters_named([words]).get(words) if words else None
    if words and matter is None:
        problems["matter"] = (
            f"事项目录里没有“{words[:40]}”。从列出来的里选；目录里真没有，先空着，进去以后写在“事项说明”里。"
        )
    return Start(title, result, words, typed.get("department", ""), problems), matter


@transaction.atomic
def draft_begin(
    start: Start, *, matter: Matter | None, department: Department, author: User, now: dt.datetime
) -> Revision:
    """A new precedent with its first draft; the one that the same person began with this title a moment ago where there is one.

    Writes what `precedent_create` writes.
    """
    # Two presses wait for each other here.
    User.objects.select_for_update().filter(pk=author.pk).first()
    recent = Revision.objects.filter(
        author=author,
        title=start.title,
        number=1,
        state__in=OPEN_STATES,
        precedent__owner_department=department,
        created_at__gte=now - TWICE_WITHIN,
    )
    content = RevisionContent(
        title=start.title,
        result_type=start.result_type,
        matter=matter,
        theme=matter.theme if matter else None,
        **place_of(department),
    )
    found = recent.select_related("precedent").first()
    return found or precedent_create(content, owner_department=department, author=author, kind=kind_of(content))


# How the name of a region ends at each level; 开发区 and the like are districts in all but name.
_ENDINGS = {
    AdminLevel.SUBDISTRICT: ("街道", "镇", "乡"),
    AdminLevel.DISTRICT: ("区", "县", "旗"),
    AdminLevel.CITY: ("市", "省"),
}


def place_of(department: Department) -> dict[str, Any]:
    """Where and at which level the department works: there it was handled, as a rule, and who writes may say otherwise."""
    name = department.region.name
    level = next((level for level, ends in _ENDINGS.items() if name.endswith(ends)), AdminLevel.UNKNOWN)
    return {"region": department.region, "admin_level": level.value}


def kind_of(content: RevisionContent) -> str:
    return Kind.ROUTING_CARD if content.result_type == ResultType.OUT_OF_SCOPE else Kind.PRECEDENT


def revision_open(precedent: Precedent, *, author: User, like: Revision | None = None) -> tuple[Revision, bool]:
    """(the open draft, whether it was begun now), whoever began it. Raises RuleBroken and writes what `revision_start` does."""
    opened = precedent.revisions.filter(state__in=OPEN_STATES)
    if found := opened.first():
        return found, False
    try:
        return revision_start(precedent, author=author, like=like), True
    except StaleState:
        # Somebody pressed in the same moment.
        found = opened.first()
        if found is None:
            raise
        return found, False


class Facts(Protocol):
    """What a ticket gives to a draft, without personal data: `cases.drafting.DraftFacts`."""

    title: str
    problem: str
    wording: tuple[str, ...]
    matter: Matter | None
    matter_words: str
    causes: tuple[Any, ...]
    timeline: tuple[Any, ...]
    requester_type: str
    visits: int | None
    failed_stage: str
    situation: str


def draft_from_facts(facts: Facts) -> RevisionContent:
    """The text that a ticket begins. What is too long for its field is cut there and stays whole in the ticket. 2 queries."""
    stages = {label: value for value, label in FailedStage.choices}
    names = [cause.name for cause in facts.causes]
    return RevisionContent(
        title=(tidy_line(facts.title) or "工单里没有标题")[:TITLE_LENGTH],
        problem=facts.problem[:TEXT_LENGTH],
        requester_wording=tuple(facts.wording)[:LIST_LENGTH],
        matter=facts.matter,
        theme=facts.matter.theme if facts.matter else None,
        matter_note="" if facts.matter else facts.matter_words[:200],
        causes=tuple(Cause.objects.filter(name__in=names, is_active=True)) if names else (),
        categories=tuple(_situation(facts.situation)),
        handling_steps=tuple(HandlingStep(what=each.what, who=each.who, day=each.day) for each in facts.timeline)[
            :LIST_LENGTH
        ],
        requester_type=facts.requester_type[:32],
        visits=facts.visits,
        failed_stage=stages.get(facts.failed_stage, FailedStage.UNKNOWN),
    )


def _situation(name: str) -> Iterable[Category]:
    """The class of that name in a scheme that is in use."""
    return (
        Category.objects.filter(name=name, is_active=True, scheme__is_active=True).select_related("scheme")[:1]
        if name
        else ()
    )


def draft_of_ticket(code: str) -> Precedent | None:
    """The precedent that a ticket was made into, or None; a draft that was given up is none. 1 query."""
    if not code:
        return None
    is_kept = Q(live_revision__isnull=False) | Q(revisions__state__in=OPEN_STATES)
    return Precedent.objects.filter(is_kept, origin_ticket=code).order_by("pk").first()


@transaction.atomic
def draft_begin_from(
    content: RevisionContent, *, ticket: str, department: Department, author: User
) -> tuple[Precedent, bool]:
    """(the precedent of a ticket, whether it was begun now): one ticket, one draft. Writes what `precedent_create` writes."""
    Department.objects.select_for_update().filter(pk=department.pk).first()
    if found := draft_of_ticket(ticket):
        return found, False
    content = dataclasses.replace(content, **place_of(department))
    made = precedent_create(
        content, owner_department=department, author=author, kind=kind_of(content), origin_ticket=ticket
    )
    return made.precedent, True
