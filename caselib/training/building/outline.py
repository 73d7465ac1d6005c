"""One pack as its builders see it: modules with their lessons in order, what became of each precedent, and what is lacking."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext

from caselib.core.answers import Answer
from caselib.core.errors import NotVisible
from caselib.orgs.scope import ViewerScope

from ..access import may_assign, may_edit_pack, may_keep_pack, may_take_out, may_write
from ..choices import OPEN_VERSIONS, LessonKind, PackStatus, VersionState
from ..models import Lesson, Module, Pack, PackDecision, PackVersion
from ..pins import Pin, PinState, pins_of
from ..visibility import visible_packs
from .finding import too_narrow
from .lacking import Lack, lacks_of, questions_by_lesson

# More than this and the modules come folded.
MOST_UNFOLDED = 60
_WORDS = {PinState.CURRENT: "ok", PinState.NEWER: "care", PinState.CARE: "care"}


@dataclass(frozen=True, slots=True)
class LessonRow:
    """A lesson in its place, counted through the pack from 1. `up`, `down`: what the buttons send, empty where it can go no further.

    `word`: of the signal that its pin is shown by; `lack`: what it lacks, as a sentence, empty for nothing.
    """

    lesson: Lesson
    number: int
    pin: Pin | None
    questions: int
    up: str
    down: str
    lack: str

    @property
    def word(self) -> str:
        return _WORDS.get(self.pin.state, "stop") if self.pin else ""

    @property
    def is_note(self) -> bool:
        return self.lesson.kind == LessonKind.NOTE

    @property
    def facts(self) -> tuple[str, ...]:
        """What stands under its title, in words."""
        told = [gettext("先定再看")] if self.lesson.hides else []
        if self.questions:
            told.append(gettext("{count} 题").format(count=self.questions))
        if self.lesson.minutes:
            told.append(gettext("{minutes} 分钟").format(minutes=self.lesson.minutes))
        return tuple(told)

    @property
    def reasons(self) -> tuple[str, ...]:
        return self.pin.reasons if self.pin and self.pin.state is not PinState.CURRENT else ()


@dataclass(frozen=True, slots=True)
class Block:
    """A module with its lessons. `up`, `down`: the module in front of which the buttons put it, "-" for the end, empty for no button."""

    module: Module
    rows: tuple[LessonRow, ...]
    minutes: int
    up: str
    down: str
    is_open: bool

    @property
    def concerns(self) -> int:
        """How many of its lessons need a look."""
        return sum(bool(row.lack or row.reasons) for row in self.rows)


@dataclass(frozen=True, slots=True)
class BuilderPage:
    """`writing`: whether the viewer may write in `version` now, or why not. `moving`: the lesson for which a place is being chosen.

    `is_frozen`: nothing is open, so that a new version has to be begun.
    """

    pack: Pack
    version: PackVersion
    blocks: tuple[Block, ...]
    writing: Answer
    keeping: Answer
    assigning: Answer
    taking: Answer
    lacks: tuple[Lack, ...]
    questions: int
    moving: LessonRow | None
    # What the checker said of a version that came back.
    returned: PackDecision | None

    @property
    def rows(self) -> list[LessonRow]:
        return [row for block in self.blocks for row in block.rows]

    @property
    def minutes(self) -> int:
        return sum(block.minutes for block in self.blocks)

    @property
    def is_frozen(self) -> bool:
        return self.version.state not in OPEN_VERSIONS

    @property
    def is_submitted(self) -> bool:
        return self.version.state == VersionState.SUBMITTED

    @property
    def is_archived(self) -> bool:
        return self.pack.status == PackStatus.ARCHIVED

    @property
    def may_revise(self) -> bool:
        return self.is_frozen and not self.is_archived


def pack_to_build(scope: ViewerScope, code: str) -> Pack:
    """A pack that the viewer writes. Raises NotVisible, NotAllowed. 1 query."""
    rows = visible_packs(scope).select_related("owner_department__region", "live_version")
    pack = rows.filter(code=code).first()
    if pack is None:
        raise NotVisible()
    may_edit_pack(scope, pack).require()
    return pack


def version_shown(pack: Pack) -> PackVersion:
    """The open version, else the one that learners take, else the newest. Raises NotVisible for none. 1 query, 2 at most."""
    version = pack.versions.filter(state__in=OPEN_VERSIONS).first() or pack.live_version
    version = version or pack.versions.order_by("number").last()
    if version is None:
        raise NotVisible()
    version.pack = pack
    return version


def builder_for_page(
    pack: Pack, scope: ViewerScope, *, on: dt.date, unfolded: str = "", moving: str = ""
) -> BuilderPage:
    """`unfolded`: the module that is open in a long pack, "all" or "none"; `moving`: the lesson that is to be put somewhere.

    7 queries for any number of lessons, 1 more for a version that came back.
    """
    version = version_shown(pack)
    modules = list(version.modules.order_by("position", "pk"))
    lessons = _in_order(version, modules)
    pins, questions = pins_of(lessons, scope, on=on), questions_by_lesson(version)
    lacks = lacks_of(lessons, pins, questions, too_narrow(pack, {lesson.precedent_id for lesson in lessons} - {None}))
    rows = _rows(modules, lessons, pins, questions, lacks)
    every = [row for module in modules for row in rows[module.pk]]
    return BuilderPage(
        pack=pack,
        version=version,
        blocks=_blocks(modules, rows, _unfolded(unfolded, modules, every)),
        writing=may_write(scope, version),
        keeping=may_keep_pack(scope, pack),
        assigning=may_assign(scope, pack),
        taking=may_take_out(scope, pack),
        lacks=_told(every),
        questions=sum(questions.values()),
        moving=next((row for row in every if row.lesson.key == moving), None),
        returned=version.decisions.last() if version.state == VersionState.CHANGES_REQUESTED else None,
    )


# Lists and long texts of a revision, of which an outline shows nothing.
_LONG = (
    *(
        "requester_wording",
        "partner_orgs",
        "handling_steps",
        "applies_when",
        "not_when",
        "materials",
        "deferred_material",
    ),
    *("alternatives", "detours", "entrances", "flexibility", "outcome", "resolution", "assessment", "lasting_rule"),
)


def _in_order(version: PackVersion, modules: list[Module]) -> list[Lesson]:
    places = {module.pk: at for at, module in enumerate(modules)}
    rows = version.lessons.select_related("revision").order_by("position", "pk")
    lessons = list(rows.defer(*(f"revision__{name}" for name in _LONG)))
    return sorted(lessons, key=lambda lesson: (places[lesson.module_id], lesson.position, lesson.pk))


def _told(rows: list[LessonRow]) -> tuple[Lack, ...]:
    if not rows:
        return (Lack(gettext("还没有课。")),)
    told = gettext("第 {number} 课“{title}”：{lack}")
    return tuple(
        Lack(told.format(number=row.number, title=row.lesson.title, lack=row.lack), row.lesson.key)
        for row in rows
        if row.lack
    )


def _rows(
    modules: list[Module],
    lessons: list[Lesson],
    pins: Mapping[int, Pin],
    questions: Mapping[int, int],
    lacks: Mapping[int, str],
) -> dict[int, list[LessonRow]]:
    held: dict[int, list[Lesson]] = {module.pk: [] for module in modules}
    for lesson in lessons:
        held[lesson.module_id].append(lesson)
    number, rows = 0, {}
    for at, module in enumerate(modules):
        rows[module.pk] = []
        for index, lesson in enumerate(held[module.pk]):
            number += 1
            rows[module.pk].append(
                LessonRow(
                    lesson=lesson,
                    number=number,
                    pin=pins.get(lesson.pk),
                    questions=questions.get(lesson.pk, 0),
                    up=_up(modules, held, at, index),
                    down=_down(modules, held, at, index),
                    lack=lacks.get(lesson.pk, ""),
                )
            )
    return rows


def _up(modules: list[Module], held: Mapping[int, list[Lesson]], at: int, index: int) -> str:
    """In front of the lesson before, or at the end of the module before."""
    own = held[modules[at].pk]
    if index:
        return f"{own[index].key}:before:{own[index - 1].key}"
    return f"{own[0].key}:end:{modules[at - 1].key}" if at else ""


def _down(modules: list[Module], held: Mapping[int, list[Lesson]], at: int, index: int) -> str:
    """Behind the lesson after, or at the beginning of the next module."""
    own = held[modules[at].pk]
    key = own[index].key
    if index + 2 < len(own):
        return f"{key}:before:{own[index + 2].key}"
    if index + 1 < len(own):
        return f"{key}:end:{modules[at].key}"
    if at + 1 == len(modules):
        return ""
    following = held[modules[at + 1].pk]
    return f"{key}:before:{following[0].key}" if following else f"{key}:end:{modules[at + 1].key}"


def _unfolded(asked: str, modules: list[Module], rows: list[LessonRow]) -> frozenset[str]:
    """The keys of the modules that come open."""
    keys = [module.key for module in modules]
    if asked == "none":
        return frozenset()
    if asked in keys and len(rows) > MOST_UNFOLDED:
        return frozenset({asked})
    return frozenset(keys) if asked == "all" or len(rows) <= MOST_UNFOLDED else frozenset(keys[:1])


def _blocks(modules: list[Module], rows: Mapping[int, list[LessonRow]], unfolded: frozenset[str]) -> tuple[Block, ...]:
    last = len(modules) - 1
    return tuple(
        Block(
            module=module,
            rows=tuple(rows[module.pk]),
            minutes=sum(row.lesson.minutes for row in rows[module.pk]),
            up=modules[at - 1].key if at else "",
            down="" if at == last else modules[at + 2].key if at + 2 <= last else "-",
            is_open=module.key in unfolded,
        )
        for at, module in enumerate(modules)
    )
