"""What became of the precedents that lessons pin, and the pinned text as this viewer may read it now.

A lesson never changes silently: it shows the revision that it pins, and says what happened to the precedent since. An older text than
the live one is looked through for personal data each time, because nobody watches it any more.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent, Revision
from caselib.precedents.selectors import PrecedentRow, rows_of
from caselib.precedents.shown import Shown, as_shown, in_list
from caselib.precedents.signal import Word
from caselib.precedents.visibility import PrecedentStatus

from .models import Lesson


class PinState(StrEnum):
    """`HIDDEN`: off view, or not for this viewer; nothing of its text may be shown."""

    CURRENT = "current"
    NEWER = "newer"
    CARE = "care"
    STOP = "stop"
    HIDDEN = "hidden"


LABELS = {
    PinState.CURRENT: "和案例一致",
    PinState.NEWER: "案例有新版",
    PinState.CARE: "慎用",
    PinState.STOP: "停用",
    PinState.HIDDEN: "看不到了",
}


@dataclass(frozen=True, slots=True)
class Pin:
    """What a lesson pins, for one viewer. `row`: the precedent with its live text and signal, None where it is hidden; `title`: of the
    pinned text, safe to be shown, empty where it is hidden; `is_newer`: whether a later revision is live, whatever the signal."""

    lesson: Lesson
    state: PinState
    row: PrecedentRow | None
    title: str
    is_newer: bool = False

    @property
    def label(self) -> str:
        return LABELS[self.state]

    @property
    def is_looked_through(self) -> bool:
        """Whether personal data may stand in the pinned text, which nobody watches any more."""
        if self.row is None:
            return False
        precedent = self.row.precedent
        return self.is_newer or precedent.is_personal or precedent.status == PrecedentStatus.RETIRED

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not as it was, as full sentences."""
        told = self.row.signal.reasons if self.row else ()
        if self.is_newer:
            number = self.row.revision.number
            told = (f"案例已有第 {number} 版，这一课用的是第 {self.lesson.revision.number} 版。", *told)
        return told


def pins_of(
    lessons: Iterable[Lesson], scope: ViewerScope, *, on: dt.date, every_point: bool = False
) -> Mapping[int, Pin]:
    """What each case lesson pins, by the key of the lesson; notes are left out. Needs `revision` loaded.

    2 queries for any number of lessons. `every_point`: all open points among the reasons and not the first alone, for what
    leaves the site; 1 query more.
    """
    cases = [lesson for lesson in lessons if lesson.precedent_id is not None]
    wanted = Precedent.objects.filter(pk__in={lesson.precedent_id for lesson in cases})
    rows = {row.precedent.pk: row for row in rows_of(wanted, scope, on=on, every_point=every_point)} if cases else {}
    return {lesson.pk: pin_of(lesson, rows.get(lesson.precedent_id)) for lesson in cases}


def pin_of(lesson: Lesson, row: PrecedentRow | None) -> Pin:
    """The same for one lesson whose precedent was read; None for one that this viewer may not see. No query."""
    unfit = _unfit(row)
    if unfit is PinState.HIDDEN:
        return Pin(lesson, PinState.HIDDEN, None, "")
    is_newer = row.precedent.live_revision_id != lesson.revision_id
    looked_through = is_newer or row.precedent.is_personal or row.precedent.status == PrecedentStatus.RETIRED
    title = in_list(lesson.revision).title if looked_through else lesson.revision.title
    if unfit is not None:
        state = unfit
    elif is_newer:
        state = PinState.NEWER
    else:
        state = PinState.CARE if row.signal.word is Word.CARE else PinState.CURRENT
    return Pin(lesson, state, row, title, is_newer)


def unfit_of(precedents: Collection[int], scope: ViewerScope, *, on: dt.date) -> dict[int, PinState]:
    """Which precedents are STOP or HIDDEN, by their keys, whatever text of them is pinned: for lists of packs. 2 queries."""
    if not precedents:
        return {}
    rows = {row.precedent.pk: row for row in rows_of(Precedent.objects.filter(pk__in=precedents), scope, on=on)}
    states = {key: _unfit(rows.get(key)) for key in precedents}
    return {key: state for key, state in states.items() if state is not None}


def _unfit(row: PrecedentRow | None) -> PinState | None:
    # Off view for everybody here, also for those who mend it.
    if row is None or row.precedent.status == PrecedentStatus.WITHHELD:
        return PinState.HIDDEN
    return PinState.STOP if row.signal.word is Word.STOP else None


def text_of(pin: Pin) -> Shown | None:
    """The pinned text as readers may see it, None where it is hidden: personal data in it is masked. 4 queries at most."""
    if pin.row is None:
        return None
    precedent, revision = pin.row.precedent, pin.lesson.revision
    citations = list(revision.citations.select_related("version__policy__region", "clause").order_by("position"))
    tags = [tag.name for tag in revision.tags.all()]
    if not pin.is_looked_through:
        return Shown(revision, citations, tuple(tags))
    return as_shown(precedent, revision, citations=citations, tags=tags)


def newest_of(pin: Pin) -> Revision | None:
    """The live revision that a lesson could adopt, None where it has it already or nothing is to be seen."""
    return pin.row.precedent.live_revision if pin.row is not None and pin.is_newer else None
