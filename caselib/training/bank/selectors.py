"""Reads of the bank: the list with its filters, and one question with what became of it."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Avg, Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from caselib.core.answers import Answer
from caselib.core.errors import NotVisible
from caselib.core.ids import is_code
from caselib.core.paging import PageInfo, page_info
from caselib.core.text import clean
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.selectors import PrecedentRow, rows_of
from caselib.precedents.visibility import PrecedentStatus

from ..access import may_edit_question
from ..choices import Aspect, QuestionKind, QuestionState, VersionState
from ..models import Lesson, LessonQuestion, Pack, Question, QuestionText, Response
from ..pins import LABELS, PinState
from ..telling import texts_unseen
from ..visibility import visible_packs, visible_questions
from .states import codes_in, state_of

LONGEST_WANTED = 60
# Versions that somebody learns from or works on.
_IN_USE = (VersionState.DRAFT, VersionState.SUBMITTED, VersionState.CHANGES_REQUESTED, VersionState.PUBLISHED)
_PRECEDENT = ("precedent", "matter", "cause", "owner_department", "latest__revision", "latest__clause__version__policy")


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One of the bank. `state`: what became of its precedent since the text was written, None for one about a rule alone; where it is
    HIDDEN, nothing of the text may be shown. `packs`: in how many it is asked; `right`: average score in per cent, None unanswered."""

    question: Question
    row: PrecedentRow | None
    state: PinState | None
    packs: int
    answered: int
    right: int | None
    is_inside: bool = False

    @property
    def is_hidden(self) -> bool:
        return self.state is PinState.HIDDEN

    @property
    def label(self) -> str:
        """What to say of its precedent, empty where it is as it was."""
        return LABELS[self.state] if self.state not in (None, PinState.CURRENT) else ""

    @property
    def asks(self) -> str:
        """The last paragraph of the stem: what is asked."""
        return self.question.latest.stem.rpartition("\n")[2]

    @property
    def story(self) -> str:
        """What stands before it, empty for a stem of one paragraph."""
        return " ".join(self.question.latest.stem.rpartition("\n")[0].split())

    @property
    def is_retired(self) -> bool:
        return self.question.state == QuestionState.RETIRED


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list was asked for; `chosen` values that are none of the offered ones count as not asked."""

    wanted: str
    matters: tuple[Option, ...]
    causes: tuple[Option, ...]
    departments: tuple[Option, ...]
    kinds: tuple[Option, ...]
    aspects: tuple[Option, ...]
    states: tuple[Option, ...]

    @property
    def is_narrowed(self) -> bool:
        lists = (self.matters, self.causes, self.departments, self.kinds, self.aspects, self.states[1:])
        return bool(self.wanted) or any(option.chosen for options in lists for option in options)


@dataclass(frozen=True, slots=True)
class BankPage:
    rows: tuple[QuestionRow, ...]
    page: PageInfo
    filters: Filters


@dataclass(frozen=True, slots=True)
class Into:
    """The lesson for which questions are chosen. `count`: how many it asks already."""

    pack: Pack
    lesson: Lesson
    count: int

    def inside(self) -> frozenset[int]:
        """Keys of the questions that it asks already. 1 query."""
        return frozenset(self.lesson.asked.values_list("text__question", flat=True))

    @property
    def query(self) -> str:
        return f"pack={self.pack.code}&lesson={self.lesson.key}"


def lesson_to_fill(scope: ViewerScope, asked: Mapping[str, str]) -> Into | None:
    """The lesson of the open version that `pack` and `lesson` of an address name; None where they name none. 3 queries.

    Raises NotVisible for one that is not there.
    """
    code, key = asked.get("pack", ""), asked.get("lesson", "")
    if not code and not key:
        return None
    if not (is_code(code) and is_code(key)):
        raise NotVisible()
    lessons = Lesson.objects.filter(version__pack__code=code, key=key).exclude(version__state__in=_CLOSED)
    shown = visible_packs(scope).filter(pk=OuterRef("version__pack"))
    lessons = lessons.filter(Exists(shown)).annotate(
        is_coeditor=Exists(shown.filter(is_coeditor=True)), count=Count("asked")
    )
    # The version that is worked on; where there is none the live one, in which nobody may write.
    related = ("version__pack__owner_department", "revision", "precedent")
    lesson = lessons.select_related(*related).order_by("-version__number").first()
    if lesson is None:
        raise NotVisible()
    pack = lesson.version.pack
    pack.is_coeditor = lesson.is_coeditor
    return Into(pack, lesson, lesson.count)


_CLOSED = (VersionState.SUPERSEDED, VersionState.DISCARDED)


def bank_for_page(scope: ViewerScope, asked: Mapping[str, str], *, on: dt.date, into: Into | None = None) -> BankPage:
    """One page of the bank, newest first, of what the viewer may read. 5 queries for any number of questions."""
    filters = _filters(scope, asked)
    found = _narrowed(visible_questions(scope).filter(latest__isnull=False), filters, scope)
    if into is not None:
        found = found.filter(state=QuestionState.ACTIVE).exclude(precedent__status=PrecedentStatus.WITHHELD)
    info = page_info(asked.get("page", "1"), total=found.count())
    rows = list(_counted(found).select_related(*_PRECEDENT)[info.offset : info.offset + info.per_page])
    shown = _rows(rows, scope, on=on, into=into)
    return BankPage(shown, info, filters)


def _narrowed(found: QuerySet[Question], filters: Filters, scope: ViewerScope) -> QuerySet[Question]:
    for column, options in (
        ("matter", filters.matters),
        ("cause", filters.causes),
        ("owner_department", filters.departments),
        ("latest__kind", filters.kinds),
        ("aspect", filters.aspects),
        ("state", filters.states),
    ):
        if value := next((option.value for option in options if option.chosen and option.value), ""):
            found = found.filter(**{column: value})
    if filters.wanted:
        # What is off view may not even be found by its words.
        found = found.filter(latest__stem__icontains=filters.wanted)
        found = found.exclude(latest__in=_unseen(found, scope))
    return found


def _unseen(found: QuerySet[Question], scope: ViewerScope) -> frozenset[int]:
    """Texts of which nothing may be shown, not even that they hold a word. 2 queries."""
    hiding = Q(latest__kind=QuestionKind.WHICH) | Q(precedent__status=PrecedentStatus.WITHHELD)
    return texts_unseen((each.latest for each in found.filter(hiding).select_related("latest__question")), scope)


def _filters(scope: ViewerScope, asked: Mapping[str, str]) -> Filters:
    """1 query."""
    columns = ("matter", "matter__name", "cause", "cause__name", "owner_department", "owner_department__name")
    known = visible_questions(scope).order_by().values_list(*columns).distinct()
    lists: tuple[dict[str, str], ...] = ({}, {}, {})
    for row in known:
        for at, found in enumerate(lists):
            if row[2 * at] is not None:
                found[str(row[2 * at])] = row[2 * at + 1]

    def offered(name: str, labels: Mapping[str, str]) -> tuple[Option, ...]:
        return tuple(Option(value, label, value == asked.get(name)) for value, label in labels.items())

    matters, causes, departments = (dict(sorted(found.items(), key=lambda each: each[1])) for found in lists)
    states = {QuestionState.ACTIVE: "在用", QuestionState.RETIRED: "停用", "": "全部"}
    state = asked.get("state", QuestionState.ACTIVE)
    return Filters(
        wanted=clean(asked.get("q", "")[: 4 * LONGEST_WANTED]).strip()[:LONGEST_WANTED],
        matters=offered("matter", matters),
        causes=offered("cause", causes),
        departments=offered("department", departments),
        kinds=offered("kind", dict(QuestionKind.choices)),
        aspects=offered("aspect", dict(Aspect.choices)),
        states=tuple(
            Option(value, label, value == (state if state in states else QuestionState.ACTIVE))
            for value, label in states.items()
        ),
    )


def _counted(found: QuerySet[Question]) -> QuerySet[Question]:
    """With `packs`, `answered` and `right`."""
    of = OuterRef("pk")
    asked = LessonQuestion.objects.filter(text__question=of, lesson__version__state__in=_IN_USE).order_by()
    packs = asked.values("text__question").annotate(packs=Count("lesson__version__pack", distinct=True)).values("packs")
    marked = Response.objects.filter(text__question=of, score__isnull=False).order_by().values("text__question")
    return found.annotate(
        packs=Coalesce(Subquery(packs), 0),
        answered=Coalesce(Subquery(marked.annotate(count=Count("pk")).values("count")), 0),
        right=Subquery(marked.annotate(mean=Avg("score")).values("mean")),
    )


def _rows(
    questions: Sequence[Question], scope: ViewerScope, *, on: dt.date, into: Into | None = None
) -> tuple[QuestionRow, ...]:
    """2 queries."""
    codes = codes_in(each.latest for each in questions)
    codes |= {each.precedent.code for each in questions if each.precedent}
    rows = {row.precedent.code: row for row in rows_of(Precedent.objects.filter(code__in=codes), scope, on=on)}
    inside = into.inside() if into else frozenset()
    return tuple(
        QuestionRow(
            each,
            rows.get(each.precedent.code) if each.precedent else None,
            state_of(each, rows),
            each.packs,
            each.answered,
            None if each.right is None else round(each.right),
            each.pk in inside,
        )
        for each in questions
    )


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """One question. `uses`: packs that ask it and that the viewer may open; `others`: how many more do; `editing`: may it be changed."""

    row: QuestionRow
    texts: tuple[QuestionText, ...]
    uses: tuple[tuple[Pack, str], ...]
    others: int
    editing: Answer


def question_for_page(scope: ViewerScope, code: str, *, on: dt.date) -> QuestionPage:
    """Raises NotVisible for one that is not there or asks about what the viewer may not read. 5 queries."""
    rows = _counted(visible_questions(scope)).select_related(*_PRECEDENT).filter(code=code, latest__isnull=False)
    found = rows.first()
    if found is None:
        raise NotVisible()
    (row,) = _rows([found], scope, on=on)
    uses = _uses(found, scope)
    texts = found.texts.order_by("-number").only("question", "number", "author_name", "at", "kind")
    return QuestionPage(row, tuple(texts), uses, row.packs - len(uses), may_edit_question(scope, found))


def _uses(question: Question, scope: ViewerScope) -> tuple[tuple[Pack, str], ...]:
    """(pack, its title) of each pack that asks the question. 1 query."""
    asked = LessonQuestion.objects.filter(text__question=question, lesson__version__state__in=_IN_USE)
    titled = asked.filter(lesson__version__pack=OuterRef("pk")).order_by("-lesson__version__number")
    packs = visible_packs(scope).annotate(title=Subquery(titled.values("lesson__version__title")[:1]))
    return tuple((pack, pack.title) for pack in packs.filter(title__isnull=False))


def questions_chosen(scope: ViewerScope, codes: Iterable[str]) -> list[Question]:
    """Those of the codes that are there for the viewer, in their order. 1 query."""
    wanted = list(dict.fromkeys(filter(is_code, codes)))[:100]
    found = {each.code: each for each in visible_questions(scope).filter(code__in=wanted)}
    return [found[code] for code in wanted if code in found]


def questions_about(scope: ViewerScope, precedent: Precedent) -> list[Question]:
    """What the bank asks about a precedent, the newest first, with the latest texts. 1 query."""
    rows = visible_questions(scope).filter(precedent=precedent, latest__isnull=False)
    return list(rows.select_related("latest", "owner_department"))
