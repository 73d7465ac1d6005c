"""A version as who checks it reads it: everything that learners get, with the right answers, and what changed in it."""

import datetime as dt
from collections.abc import Container
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from caselib.core.answers import Answer
from caselib.core.due import Due, due_of
from caselib.orgs.scope import ViewerScope
from caselib.precedents.access import may_see_drafts

from ..access import may_check_pack, may_edit_pack
from ..choices import VersionState
from ..models import Lesson, Module, Pack, PackDecision, PackVersion
from ..pins import Pin, PinState
from .contents import SETTINGS, LessonContents
from .differences import LABELS, Differences, Eyes, LessonChange, differences, setting_words
from .findings import HIDDEN_TITLE, Finding, Findings, findings_of
from .question_lines import QuestionView, question_view
from .selectors import due_on, version_to_read


@dataclass(frozen=True, slots=True)
class LessonView:
    """`title`: as the viewer may read it; `is_veiled`: its words are hidden. `change`: what is new in it, None where nothing is or nothing
    is compared. `compare`: numbers of the pinned and the live text for who may read both, or None. `opens`: whether it is worth reading."""

    number: int
    lesson: LessonContents
    title: str
    is_veiled: bool
    pin: Pin | None
    questions: tuple[QuestionView, ...]
    change: LessonChange | None
    compare: tuple[int, int] | None
    opens: bool

    @property
    def word(self) -> str:
        """The word of a signal for the state of the pin."""
        return _WORDS[self.pin.state] if self.pin else ""


_WORDS = {
    PinState.CURRENT: "ok",
    PinState.NEWER: "care",
    PinState.CARE: "care",
    PinState.STOP: "stop",
    PinState.HIDDEN: "stop",
}


@dataclass(frozen=True, slots=True)
class ModuleView:
    module: Module
    lessons: tuple[LessonView, ...]


@dataclass(frozen=True, slots=True)
class VersionScreen:
    """`live`: the version that it is compared with, None for the first one and for one that is over. `due`: while it waits."""

    pack: Pack
    version: PackVersion
    live: PackVersion | None
    settings: tuple[tuple[str, str], ...]
    modules: tuple[ModuleView, ...]
    changes: Differences | None
    findings: Findings
    decisions: tuple[PackDecision, ...]
    due: Due | None
    deciding: Answer
    editing: Answer

    @property
    def is_waiting(self) -> bool:
        return self.version.state == VersionState.SUBMITTED

    @property
    def problems(self) -> tuple[Finding, ...]:
        return self.findings.problems

    @property
    def cares(self) -> tuple[Finding, ...]:
        return self.findings.cares


# A first version of this length is read through, so that all of it stands open.
_MOST_OPEN = 40


def version_for_page(scope: ViewerScope, code: str, *, on: dt.date) -> VersionScreen:
    """The open version of a pack, or its live one where none is open. Raises NotVisible, NotAllowed for who neither writes nor checks
    the pack. 8 queries for any number of lessons."""
    version = version_to_read(scope, code)
    live = version.pack.live_version
    return _screen(scope, version, live if live is not None and live.pk != version.pk else None, on=on)


def past_for_page(scope: ViewerScope, code: str, number: int, *, on: dt.date) -> VersionScreen:
    """Any version by its number, as it was. Raises as `version_for_page`. 8 queries."""
    return _screen(scope, version_to_read(scope, code, number=number), None, on=on)


def _screen(scope: ViewerScope, version: PackVersion, live: PackVersion | None, *, on: dt.date) -> VersionScreen:
    pack = version.pack
    editing = may_edit_pack(scope, pack)
    findings = findings_of(version, scope, writes=bool(editing), on=on, beside=live)
    changes = None
    if findings.beside is not None:
        changes = differences(findings.beside, findings.contents, eyes=_eyes(findings, scope))
    by_key = changes.by_key if changes else {}
    opens = _worth_reading(findings, changes)
    contents = findings.contents
    is_waiting = version.state == VersionState.SUBMITTED
    return VersionScreen(
        pack=pack,
        version=version,
        live=live,
        settings=tuple((gettext(LABELS[name]), setting_words(contents, name)) for name in SETTINGS if name != "title"),
        modules=tuple(
            ModuleView(
                each.module,
                tuple(_lesson(one, findings, by_key.get(one.lesson.key), opens, scope) for one in each.lessons),
            )
            for each in contents.modules
        ),
        changes=changes,
        findings=findings,
        decisions=tuple(version.decisions.all()),
        due=due_of(due_on(version), on=on) if is_waiting else None,
        deciding=may_check_pack(scope, version),
        editing=editing,
    )


def _worth_reading(findings: Findings, changes: Differences | None) -> frozenset[str]:
    """Keys of the lessons that stand open: those that changed or have something wrong, all of a first version that is not too long."""
    found = {each.key for each in (*findings.problems, *findings.cares)}
    if changes is None and findings.contents.lesson_count <= _MOST_OPEN:
        found.update(each.lesson.key for each in findings.contents.lessons)
    elif changes is not None:
        found.update(each.lesson.key for each in changes.lessons if each.what != "moved")
    return frozenset(found)


def _eyes(findings: Findings, scope: ViewerScope) -> Eyes:
    def address_of(lesson: Lesson, first: int, second: int) -> str:
        pin = findings.pins.get(lesson.pk)
        if pin is None or pin.row is None or not may_see_drafts(scope, pin.row.precedent):
            return ""
        code = pin.row.precedent.code
        return f"{reverse('desk:reviewing:compare', args=[code])}?a={first}&b={second}"

    return Eyes(findings.veil, HIDDEN_TITLE, address_of)


def _lesson(
    each: LessonContents, findings: Findings, change: LessonChange | None, opens: Container[str], scope: ViewerScope
) -> LessonView:
    veil, pin = findings.veil, findings.pins.get(each.lesson.pk)
    is_veiled = veil.hides_words(each.lesson)
    questions = (
        QuestionView(number, None) if veil.hides_text(text) else question_view(number, text)
        for number, text in enumerate(each.asked, start=1)
    )
    compare = None
    if pin is not None and pin.is_newer and may_see_drafts(scope, pin.row.precedent):
        compare = (each.lesson.revision.number, pin.row.revision.number)
    title = HIDDEN_TITLE if is_veiled else each.lesson.title
    return LessonView(
        each.number, each, title, is_veiled, pin, tuple(questions), change, compare, each.lesson.key in opens
    )
