"""需要我处理: the lanes of the work desk, each with how much waits and what is due first, and the rooms of the viewer."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import F, Min, QuerySet
from django.urls import reverse

from caselib.core import clock
from caselib.core.due import due_of, unsure_of
from caselib.desk.calendar.access import KEEPERS as CALENDAR_KEEPERS
from caselib.desk.calendar.access import may_keep_calendar
from caselib.desk.calendar.asking import missing_words
from caselib.orgs.models import CONTENT_ROLES, Role
from caselib.orgs.scope import ViewerScope
from caselib.policies.access import may_edit_policies
from caselib.policies.models import VersionDraft
from caselib.precedents import waiting
from caselib.precedents.models import Precedent, Revision
from caselib.precedents.review_queue import due_on
from caselib.reuse.reports.selectors import place_of
from caselib.reuse.waiting import reports_waiting
from caselib.search.gaps.access import may_tend
from caselib.search.models import KnowledgeGap
from caselib.waiting import LABELS, counts_waiting

from . import asked, training
from .line import SHOWN, Line


@dataclass(frozen=True, slots=True)
class Lane:
    """One kind of work. `address`: its room; `lines`: the first of `count`."""

    name: str
    label: str
    icon: str
    count: int
    address: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Room:
    label: str
    note: str
    address: str
    icon: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rooms of one kind, for the eye: a manager has some twenty."""

    name: str
    label: str
    icon: str
    rooms: tuple[Room, ...]


@dataclass(frozen=True, slots=True)
class WorkDesk:
    """`lanes` hold something; `quiet` are the labels of those in which nothing waits; `total` is the number in the header.

    `groups`: the rooms by kind, those with none left out. `calendar`: what is missing there, for who keeps it, or empty.
    """

    lanes: tuple[Lane, ...]
    quiet: tuple[str, ...]
    groups: tuple[Group, ...]
    total: int
    calendar: str = ""

    @property
    def rooms(self) -> tuple[Room, ...]:
        return tuple(room for group in self.groups for room in group.rooms)

    @property
    def unsure(self) -> str:
        """What may still move a due date that is shown."""
        return unsure_of(line.due for lane in self.lanes for line in lane.lines)


def work_desk_for(scope: ViewerScope, *, on: dt.date) -> WorkDesk:
    """The desk of a viewer. At most 24 queries, for any amount of work and with every role."""
    waits = counts_waiting(scope)
    counts = waits | _more_counts(scope)
    lanes = [
        Lane(
            name, kind.label, kind.icon, counts[name], reverse(kind.view), kind.lines(scope, on) if counts[name] else ()
        )
        for name, kind in _LANES.items()
        if name in counts
    ]
    return WorkDesk(
        lanes=tuple(lane for lane in lanes if lane.count),
        quiet=tuple(lane.label for lane in lanes if not lane.count),
        groups=groups_of(scope),
        total=sum(waits.values()),
        calendar=missing_words(on) if may_keep_calendar(scope) else "",
    )


def _more_counts(scope: ViewerScope) -> dict[str, int]:
    """What is no part of the number in the header: it waits for anybody, or is only begun."""
    counts = {}
    if scope.edits:
        counts["drafts"] = waiting.drafts_waiting(scope).count()
    if may_tend(scope):
        counts["gaps"] = KnowledgeGap.objects.filter(state=KnowledgeGap.State.OPEN).count()
    if may_edit_policies(scope):
        counts["policies"] = _policy_drafts(scope).count()
    return counts


def _changes(scope: ViewerScope, on: dt.date) -> tuple[Line, ...]:
    rows = waiting.changes_waiting(scope).select_related("precedent").prefetch_related("decisions")
    lines = []
    for row in rows.order_by("decided_at", "pk")[:SHOWN]:
        said = [decision.comment for decision in row.decisions.all()]
        lines.append(Line(row.title, _write(row), f"审核人：{said[-1]}" if said else ""))
    return tuple(lines)


def _drafts(scope: ViewerScope, on: dt.date) -> tuple[Line, ...]:
    rows = waiting.drafts_waiting(scope).select_related("precedent").order_by("-saved_at", "-pk")[:SHOWN]
    return tuple(Line(row.title, _write(row), f"{clock.day_of(row.saved_at):%Y-%m-%d} 存过") for row in rows)


def _reviews(scope: ViewerScope, on: dt.date) -> tuple[Line, ...]:
    rows = waiting.reviews_waiting(scope).select_related("precedent__owner_department").order_by("submitted_at", "pk")
    return tuple(
        Line(
            row.title,
            reverse("desk:reviewing:review", args=[row.precedent.code]),
            f"{row.last_editor_name or row.author_name} 提交，{row.precedent.owner_department}",
            due_of(due_on(row), on=on),
        )
        for row in rows[:SHOWN]
    )


def _overrides(scope: ViewerScope, on: dt.date) -> tuple[Line, ...]:
    rows = waiting.overrides_waiting(scope).select_related("precedent").order_by("claimed_at", "pk")[:SHOWN]
    titles = _titles([row.precedent_id for row in rows])
    address = reverse("desk:keeping:overrides")
    return tuple(Line(titles[row.precedent_id], address, f"{row.claimed_by_name}：不是个人信息") for row in rows)


def _siblings(scope: ViewerScope, on: dt.date) -> tuple[Line, ...]:
    rows = waiting.siblings_waiting(scope).select_related("revision__precedent").order_by("saved_at", "pk")[:SHOWN]
    return tuple(
        Line(
            row.revision.title,
            reverse("desk:writing:siblings", args=[row.revision.precedent.code]),
            f"{row.author_name} 写的另一份，{clock.day_of(row.saved_at):%Y-%m-%d}",
        )
        for row in rows
    )


def _points(scope: ViewerScope, on: dt.date) -> tuple[Line, ...]:
    first = waiting.points_waiting(scope).values("precedent").annotate(soonest=Min("due_on"))
    keys = dict(
        first.order_by(F("soonest").asc(nulls_last=True), "precedent").values_list("precedent", "soonest")[:SHOWN]
    )
    rows = Precedent.objects.filter(pk__in=keys).select_related("live_revision").in_bulk()
    return tuple(
        Line(rows[pk].live_revision.title, reverse("pages:verify", args=[rows[pk].code]), rows[pk].number or "",
             due_of(soonest, on=on))
        for pk, soonest in keys.items()
    )  # fmt: skip


def _reports(scope: ViewerScope, on: dt.date) -> tuple[Line, ...]:
    rows = reports_waiting(scope).select_related("precedent__live_revision").order_by("due_on", "pk")[:SHOWN]
    return tuple(
        Line(
            row.precedent.live_revision.title,
            reverse("desk:reports:report", args=[row.pk]),
            f"{place_of(row)}，{row.get_kind_display()}",
            due_of(row.due_on, on=on),
        )
        for row in rows
    )


def _citations(scope: ViewerScope, on: dt.date) -> tuple[Line, ...]:
    rows = waiting.citations_waiting(scope).select_related("revision").order_by("opened_at", "pk")[:SHOWN]
    address = reverse("pages:unresolved")
    return tuple(Line(row.words, address, f"{row.get_why_display()}；{row.revision.title}") for row in rows)


def _gaps(scope: ViewerScope, on: dt.date) -> tuple[Line, ...]:
    rows = KnowledgeGap.objects.filter(state=KnowledgeGap.State.OPEN).order_by("-times", "-last_filed_at", "-pk")[
        :SHOWN
    ]
    address = reverse("search:gaps:desk")
    return tuple(Line(row.question, address, f"记了 {row.times} 次") for row in rows)


def _policy_drafts(scope: ViewerScope) -> QuerySet[VersionDraft]:
    return VersionDraft.objects.filter(author=scope.user_id, version=None, discarded_at=None)


def _policies(scope: ViewerScope, on: dt.date) -> tuple[Line, ...]:
    return tuple(
        Line(row.facts.get("title") or "没有标题", reverse("pages:draft_facts", args=[row.code]),
             f"{clock.day_of(row.saved_at):%Y-%m-%d} 存过")
        for row in _policy_drafts(scope).order_by("-saved_at", "-pk")[:SHOWN]
    )  # fmt: skip


def _write(revision: Revision) -> str:
    return reverse("desk:writing:draft", args=[revision.precedent.code])


def _titles(keys: list[int]) -> dict[int, str]:
    """The title that stands in the newest text of each precedent. 1 query."""
    rows = Revision.objects.filter(precedent__in=keys).order_by("precedent", "number")
    return dict(rows.values_list("precedent", "title"))


@dataclass(frozen=True, slots=True)
class _Kind:
    label: str
    icon: str
    view: str
    lines: Callable[[ViewerScope, dt.date], tuple[Line, ...]]


_LANES = {
    "changes": _Kind(LABELS["changes"], "edit", "desk:writing:list", _changes),
    "siblings": _Kind(LABELS["siblings"], "compare", "desk:writing:list", _siblings),
    "reviews": _Kind(LABELS["reviews"], "stamp", "desk:reviewing:queue", _reviews),
    "overrides": _Kind(LABELS["overrides"], "lock", "desk:keeping:overrides", _overrides),
    "points": _Kind(LABELS["points"], "clock", "pages:verify_desk", _points),
    "reports": _Kind(LABELS["reports"], "help", "desk:reports:desk", _reports),
    "citations": _Kind(LABELS["citations"], "law", "pages:unresolved", _citations),
    "consultations": _Kind(LABELS["consultations"], "people", "consulting:list", asked.consultations),
    "packs_returned": _Kind(LABELS["packs_returned"], "undo", "training:checking:queue", training.packs_sent_back),
    "packs_to_check": _Kind(LABELS["packs_to_check"], "stamp", "training:checking:queue", training.packs_to_check),
    "lessons_changed": _Kind(LABELS["lessons_changed"], "doc", "training:checking:changes", training.lessons_changed),
    "gaps_taken": _Kind(LABELS["gaps_taken"], "help", "search:gaps:desk", asked.gaps_taken),
    "answers_to_mark": _Kind(LABELS["answers_to_mark"], "edit", "training:people:marking", training.answers_to_mark),
    "drafts": _Kind("我的草稿", "doc", "desk:writing:list", _drafts),
    "policies": _Kind("没录完的政策", "law", "pages:policy_desk", _policies),
    "gaps": _Kind("知识缺口", "help", "search:gaps:desk", _gaps),
}

_WRITES = (Role.EDITOR, Role.DEPARTMENT_ADMIN)
_WORK = (
    (_WRITES, Room("写案例", "草稿、修订", "desk:writing:list", "edit")),
    ((*_WRITES, Role.REVIEWER, Role.WINDOW), Room("工单", "录入、导入、办结评估", "desk:tickets:desk", "inbox")),
    ((Role.REVIEWER, Role.DEPARTMENT_ADMIN), Room("审核", "待审的先到期在前", "desk:reviewing:queue", "stamp")),
    ((*_WRITES, Role.REVIEWER), Room("待复核", "政策变了、复核日到了", "pages:verify_desk", "clock")),
    ((*_WRITES, Role.REVIEWER), Room("纠错", "读者和窗口报的", "desk:reports:desk", "help")),
    (_WRITES, Room("知识缺口", "群众问了、库里没有", "search:gaps:desk", "help")),
    (tuple(CONTENT_ROLES), Room("会商", "请别的部门一起定", "consulting:list", "people")),
    (_WRITES, Room("政策录入", "新政策、新版本、时效", "pages:policy_desk", "law")),
    (_WRITES, Room("没认出的引用", "文号和条款对不上的", "pages:unresolved", "link")),
    ((Role.TRAINER, Role.DEPARTMENT_ADMIN), Room("培训包", "编课、题库、学员", "training:building:list", "learn")),
)
_TOOLS = (
    (_WRITES, Room("词表", "事项、原因、标签、部门", "desk:vocabularies:home", "filter")),
    (_WRITES, Room("检索调优", "没搜到的、同义词", "search:tuning:desk", "search")),
    ((*_WRITES, Role.REVIEWER, Role.TRAINER), Room("导入导出", "表格、Word", "desk:transfer:home", "doc")),
    (
        (*CONTENT_ROLES, *CALENDAR_KEEPERS),
        Room("工作日历", "放假、调休", "desk:calendar:year", "history"),
    ),
    ((Role.DEPARTMENT_ADMIN,), Room("离线包", "断网时大厅用的一份", "desk:offline:home", "doc")),
    ((Role.DEPARTMENT_ADMIN,), Room("对接系统", "令牌、能做什么", "desk:systems:home", "link")),
    ((Role.DEPARTMENT_ADMIN,), Room("推送和订阅", "告诉对接系统有什么变化", "desk:hooks:home", "bell")),
)
_MINE = (
    (tuple(CONTENT_ROLES), Room("我的案例", "收藏、笔记、资料夹", "personal:favourites", "star")),
    (tuple(CONTENT_ROLES), Room("我提的需求", "查不到的，提给编辑", "search:gaps:mine", "say")),
    ((*_WRITES, Role.REVIEWER, Role.WINDOW, Role.TRAINER), Room("我的纠错", "报过的、怎么答的", "reuse:mine", "inbox")),
)
_GROUPS = (
    ("work", "去哪里做", "inbox", _WORK),
    ("tools", "词表和工具", "filter", _TOOLS),
    ("mine", "我的", "user", _MINE),
)


def groups_of(scope: ViewerScope) -> tuple[Group, ...]:
    """The rooms that a viewer may enter, by kind. No query."""
    found = (Group(name, label, icon, _entered(rooms, scope)) for name, label, icon, rooms in _GROUPS)
    return tuple(group for group in found if group.rooms)


def _entered(rooms: tuple[tuple[tuple[Role, ...], Room], ...], scope: ViewerScope) -> tuple[Room, ...]:
    return tuple(
        Room(room.label, room.note, reverse(room.address), room.icon) for roles, room in rooms if scope.has_role(*roles)
    )
