"""Lessons put in, written, taken away and put back."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.ids import is_code
from caselib.orgs.scope import ViewerScope
from caselib.precedents.privacy import outgoing_text
from caselib.precedents.selectors import PrecedentRow

from ...choices import LessonKind
from ...models import Lesson, Pack, PackVersion
from ..digests import lesson_digest
from ..finding import Refused, found_by_codes
from ..limits import LONGEST_LESSON_TITLE, LONGEST_NOTE, MOST_AT_ONCE, MOST_LESSONS, MOST_MINUTES
from ..typed import line_kept, markdown_kept, number_kept
from .holding import arranged, lesson_of, version_held
from .modules import a_module_of


@dataclass(frozen=True, slots=True)
class Added:
    """What came of putting precedents in: lessons made, how many stood in the pack already, and what was refused and why."""

    lessons: tuple[Lesson, ...]
    already: int
    refused: tuple[Refused, ...]


@transaction.atomic
def lesson_add_cases(pack: Pack, codes: Sequence[str], *, module: str, hides: bool, scope: ViewerScope) -> Added:
    """Puts precedents at the end of a module (the last one for no key), each as a lesson that pins its live text.

    `codes`: codes or library numbers. Those that are in the pack already are left as they are, so that a second click adds nothing.
    Raises RuleBroken for none, too many at once, and more lessons than a pack holds; NotVisible, NotAllowed, StaleState.
    Writes Lesson, AuditEvent pack.arranged where any was added.
    """
    wanted = list(dict.fromkeys(code for code in codes if code))
    if not wanted:
        raise RuleBroken(gettext("没有加：还没有勾选案例。"), code="none_chosen", field="codes")
    if len(wanted) > MOST_AT_ONCE:
        raise RuleBroken(
            gettext("没有加：一次最多 {most} 件，现在 {count} 件。分几次加。").format(
                most=MOST_AT_ONCE, count=len(wanted)
            ),
            code="too_many_at_once",
            field="codes",
        )
    version = version_held(pack, scope)
    rows, refused = found_by_codes(wanted, scope, on=clock.today())
    held = set(version.lessons.exclude(precedent=None).values_list("precedent", flat=True))
    fresh = [row for row in rows if row.precedent.pk not in held]
    made = _cases_made(version, fresh, module=module, hides=hides)
    if made:
        arranged(version, scope, after={"added": [lesson.title for lesson in made]})
    return Added(tuple(made), len(rows) - len(fresh), refused)


def _cases_made(version: PackVersion, rows: Sequence[PrecedentRow], *, module: str, hides: bool) -> list[Lesson]:
    if not rows:
        return []
    refuse_crowd(version, len(rows))
    into = a_module_of(version, module)
    start = into.lessons.count()
    return Lesson.objects.bulk_create(
        Lesson(
            version=version,
            module=into,
            position=start + at,
            kind=LessonKind.CASE,
            # The text passed the gate of privacy once; a title that is kept beside it passes the one of today.
            title=outgoing_text(row.revision.title, decided={})[:LONGEST_LESSON_TITLE],
            hides=hides,
            precedent=row.precedent,
            revision=row.precedent.live_revision,
        )
        for at, row in enumerate(rows)
    )


def refuse_crowd(version: PackVersion, more: int) -> None:
    """Raises RuleBroken where so many more would be too many."""
    count = version.lessons.count()
    if count + more > MOST_LESSONS:
        raise RuleBroken(
            gettext(
                "没有加：一个培训包最多 {most} 课，现在 {count} 课，还想加 {more} 课。分成两个培训包更好学。"
            ).format(most=MOST_LESSONS, count=count, more=more),
            code="too_many",
            field="codes",
        )


@transaction.atomic
def lesson_add_note(pack: Pack, title: str, *, module: str, key: str, scope: ViewerScope) -> Lesson:
    """An empty 讲解 at the end of a module. `key`: of the form, so that pressing twice adds one.

    Raises RuleBroken, NotVisible, NotAllowed, StaleState. Writes Lesson, AuditEvent pack.arranged.
    """
    version = version_held(pack, scope)
    if found := version.lessons.filter(key=key).first() if is_code(key) else None:
        return found
    title = _title(title, "note_title")
    refuse_crowd(version, 1)
    into = a_module_of(version, module)
    keyed = {"key": key} if is_code(key) else {}
    made = Lesson.objects.create(
        version=version, module=into, position=into.lessons.count(), kind=LessonKind.NOTE, title=title, **keyed
    )
    arranged(version, scope, after={"added": title})
    return made


@dataclass(frozen=True, slots=True)
class LessonFacts:
    """What was typed about a lesson."""

    title: str
    note: str = ""
    minutes: str = "0"
    hides: bool = False


@transaction.atomic
def lesson_save(pack: Pack, key: str, facts: LessonFacts, *, was: str, scope: ViewerScope) -> Lesson:
    """Keeps what was written. `was`: digest of what the form was drawn from; the same once more changes nothing.

    Raises RuleBroken, NotVisible, NotAllowed, StaleState where the lesson is gone or somebody wrote in it first.
    Writes Lesson, AuditEvent pack.arranged.
    """
    version = version_held(pack, scope)
    lesson = lesson_of(version, key)
    before = lesson_digest(lesson)
    old_title = lesson.title
    lesson.title = _title(facts.title, "title")
    lesson.note = markdown_kept(facts.note, name="讲解", field="note", longest=LONGEST_NOTE)
    lesson.minutes = number_kept(facts.minutes, name="几分钟", field="minutes", least=0, most=MOST_MINUTES)
    lesson.hides = facts.hides and lesson.kind == LessonKind.CASE
    if lesson_digest(lesson) == before:
        return lesson
    if before != was:
        raise StaleState(gettext("没有存：有人先改了这一课。您写的还在下面，旁边是现在存着的，看看再存一次。"))
    lesson.save(update_fields=["title", "note", "minutes", "hides"])
    arranged(version, scope, before={"title": old_title}, after={"title": lesson.title, "lesson": lesson.key})
    return lesson


def _title(typed: str, field: str) -> str:
    return line_kept(typed, name="课的标题", field=field, longest=LONGEST_LESSON_TITLE, required=True)
