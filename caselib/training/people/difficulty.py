"""难在哪里: the lessons of a pack that few pass, and the questions that most miss."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from caselib.orgs.scope import ViewerScope

from ..access import may_edit_pack
from ..insight.misses import FEWEST
from ..models import Lesson, LessonProgress, Pack, QuestionText, Response
from ..pins import Pin, PinState, pins_of
from ..telling import texts_unseen
from .answered import wrong_options
from .reach import enrolments_seen, keeps

# So many questions are listed.
SHOWN = 10


@dataclass(frozen=True, slots=True)
class LessonRow:
    """`number`: its place in the pack, from 1; `title`: empty where the viewer may not read it; `tried`: how many were marked in it, of
    whom `passed` reached the mark; `share`: per cent, None where nobody was marked."""

    lesson: Lesson
    number: int
    title: str
    opened: int
    tried: int
    passed: int

    @property
    def share(self) -> int | None:
        return 100 * self.passed // self.tried if self.tried else None


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question by everybody's first answer. `share`: per cent of them that were wrong or not wholly right; `chosen`: the wrong option
    that was chosen most often and by how many, or empty and none."""

    text: QuestionText
    lesson: LessonRow
    answered: int
    missed: int
    chosen: str
    times: int

    @property
    def share(self) -> int:
        return 100 * self.missed // self.answered


@dataclass(frozen=True, slots=True)
class DifficultyPage:
    """`lessons`: those that fewest pass first; `hidden`: how many missed questions are not shown, their precedent being off view;
    `fewest`: how many people have to have answered a question for this viewer to see it, 0 for any number."""

    pack: Pack
    lessons: tuple[LessonRow, ...]
    questions: tuple[QuestionRow, ...]
    hidden: int
    fewest: int


def difficulty_for_page(scope: ViewerScope, pack: Pack, *, on: dt.date) -> DifficultyPage:
    """Of the learners whose progress the viewer may see. 6 queries for any number of lessons, questions and learners, 1 more
    where a question is between two precedents."""
    lessons = list(Lesson.objects.filter(version=pack.live_version_id).select_related("module", "revision"))
    pins = pins_of(lessons, scope, on=on)
    rows = _lessons(scope, pack, lessons, pins)
    texts = _missed(scope, pack)
    unseen = texts_unseen(texts, scope)
    shown = [text for text in texts if text.pk not in unseen]
    questions = _questions(shown, _first_answers(scope, pack).filter(text__in=shown, score__lt=100), rows, pins)
    return DifficultyPage(
        pack=pack,
        lessons=tuple(sorted(rows.values(), key=lambda row: (row.share is None, row.share or 0, row.number))),
        questions=questions,
        hidden=len(texts) - len(questions),
        fewest=0 if keeps(scope, pack) else FEWEST,
    )


def _lessons(
    scope: ViewerScope, pack: Pack, lessons: Sequence[Lesson], pins: Mapping[int, Pin]
) -> dict[str, LessonRow]:
    """The lessons by key, with how many opened and passed them. 1 query."""
    tried = Count("pk", filter=Q(best__isnull=False))
    passed = Count("pk", filter=Q(best__gte=pack.live_version.pass_mark))
    progress = LessonProgress.objects.filter(enrolment__in=enrolments_seen(scope).filter(pack=pack).values("pk"))
    counted = progress.order_by().values("lesson_key").annotate(opened=Count("pk"), tried=tried, passed=passed)
    numbers = {row["lesson_key"]: (row["opened"], row["tried"], row["passed"]) for row in counted}
    edits = bool(may_edit_pack(scope, pack))
    return {
        lesson.key: LessonRow(
            lesson, number, shown_title(lesson, pins, edits=edits), *numbers.get(lesson.key, (0, 0, 0))
        )
        for number, lesson in enumerate(lessons, 1)
    }


def shown_title(lesson: Lesson, pins: Mapping[int, Pin], *, edits: bool) -> str:
    """The title of a lesson; empty where it may repeat that of a precedent that the viewer may not read. `edits`: whether the viewer
    may edit the pack and knows it anyway."""
    pin = pins.get(lesson.pk)
    return "" if pin is not None and pin.state is PinState.HIDDEN and not edits else lesson.title


def _first_answers(scope: ViewerScope, pack: Pack) -> QuerySet[Response]:
    """The first marked answer of each learner to each question."""
    earlier = Response.objects.filter(
        text=OuterRef("text"),
        attempt__enrolment=OuterRef("attempt__enrolment"),
        attempt__number__lt=OuterRef("attempt__number"),
    )
    rows = Response.objects.filter(
        attempt__enrolment__in=enrolments_seen(scope).filter(pack=pack).values("pk"), score__isnull=False
    )
    return rows.filter(~Exists(earlier))


def _missed(scope: ViewerScope, pack: Pack) -> list[QuestionText]:
    """Texts with `answered` and `missed`, those that the greatest share missed first. 1 query."""
    firsts = _first_answers(scope, pack).values("pk")
    rows = QuestionText.objects.filter(responses__in=firsts).annotate(
        answered=Count("responses"), missed=Count("responses", filter=Q(responses__score__lt=100))
    )
    # Of one person alone the list would say what was answered, and that is for who keeps the pack.
    rows = rows.filter(missed__gt=0, answered__gte=1 if keeps(scope, pack) else FEWEST).select_related("question")
    return list(rows.order_by(F("missed") * 1.0 / F("answered")).reverse()[:SHOWN])


def _questions(
    texts: Sequence[QuestionText], wrong: QuerySet[Response], lessons: Mapping[str, LessonRow], pins: Mapping[int, Pin]
) -> tuple[QuestionRow, ...]:
    """Each text with what was chosen wrongly. Those of lessons that are gone or hidden are left out. 1 query."""
    chosen: dict[int, Counter[str]] = defaultdict(Counter)
    where: dict[int, str] = {}
    bodies = {text.pk: text for text in texts}
    for key, lesson, given in wrong.order_by().values_list("text", "attempt__lesson_key", "given"):
        where[key] = lesson
        chosen[key].update(wrong_options(bodies[key].kind, bodies[key].body, given))
    rows = []
    for text in texts:
        row = lessons.get(where.get(text.pk, ""))
        pin = pins.get(row.lesson.pk) if row else None
        if row is None or (pin is not None and pin.state is PinState.HIDDEN):
            continue
        option, times = next(iter(chosen[text.pk].most_common(1)), ("", 0))
        rows.append(QuestionRow(text, row, text.answered, text.missed, option, times))
    return tuple(rows)
