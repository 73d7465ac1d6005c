"""Everything that a hand-out of a pack says, as it may leave: the one way from rows to Word, slides and print.

Each text passes the gate of privacy again, also what passed it once: what is handed out nobody gets back.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Prefetch
from django.utils.translation import gettext

from caselib.orgs.scope import ViewerScope
from caselib.policies.validity import status_columns, taken_out_from
from caselib.precedents.content import RevisionContent, content_of
from caselib.precedents.models import Citation, PrivacyOverride, Relation
from caselib.precedents.privacy import Decided, outgoing_text
from caselib.precedents.sections import sections_of, with_texts

from ..choices import LessonKind, Readers, VersionState
from ..models import Lesson, Module, PackVersion
from ..pins import Pin, PinState, pins_of
from ..telling import texts_unseen
from .questions import Teller, asked_prefetch, cited_of
from .shapes import UNSEEN, Asked, Case, Cited, LessonSheet, Material, ModuleSheet, Standing

_SAMPLE = "样例，不要照办"
_NEWER = "案例有新版"


def material_of(
    version: PackVersion,
    scope: ViewerScope,
    *,
    on: dt.date,
    answers: bool,
    for_trainers: bool = False,
    module: str = "",
) -> Material:
    """A version as this viewer may hand it out on a day. The caller asked whether the viewer may. Needs `pack.owner_department`.

    `module`: the key of the one that is wanted, empty for all; an unknown one leaves nothing. At most 16 queries for any number
    of lessons.
    """
    modules = [each for each in version.modules.order_by("position", "pk") if not module or each.key == module]
    lessons = _lessons(version, modules, on)
    shown = _Telling(lessons, scope, on=on, answers=answers)
    return Material(
        code=version.pack.code,
        title=_may_leave(version.title),
        version=version.number,
        is_draft=version.state not in (VersionState.PUBLISHED, VersionState.SUPERSEDED),
        readers=gettext(Readers(version.readers).label),
        goal=_may_leave(version.goal),
        intro=_may_leave(version.intro),
        department=str(version.pack.owner_department),
        on=on,
        answers=answers,
        for_trainers=for_trainers,
        only=_may_leave(modules[0].title) if module and modules else "",
        modules=tuple(ModuleSheet(each.key, _may_leave(each.title), shown.sheets_of(each)) for each in modules),
    )


def _lessons(version: PackVersion, modules: Sequence[Module], on: dt.date) -> list[Lesson]:
    """The lessons of the modules in their order, each with `asked` and all that its revision says. 9 queries."""
    cited = Citation.objects.select_related("version__policy", "clause").order_by("position")
    gone = taken_out_from("clause__stable_key", version="version__effective_from")
    cited = cited.annotate(clause_gone=gone, **status_columns(on, policy="version__policy"))
    of_text = ("more_matters", "causes", "categories__scheme", "tags")
    lessons = Lesson.objects.filter(version=version, module__in=modules).order_by("module__position", "position", "pk")
    related = ("revision__matter", "revision__theme", "revision__region")
    return list(
        lessons.select_related(*related).prefetch_related(
            asked_prefetch(on),
            Prefetch("revision__citations", queryset=cited),
            *(f"revision__{name}" for name in of_text),
        )
    )


class _Telling:
    """The lessons of one version on their way out: numbers of lessons and questions run through all modules. 5 queries."""

    def __init__(self, lessons: Sequence[Lesson], scope: ViewerScope, *, on: dt.date, answers: bool) -> None:
        self.on = on
        self.pins = pins_of(lessons, scope, on=on, every_point=True)
        self.decided = _decided([lesson.precedent_id for lesson in lessons if lesson.precedent_id])
        unseen = texts_unseen((row.text for lesson in lessons for row in lesson.asked.all()), scope)
        self.teller = Teller(unseen, answers=answers, on=on)
        self.by_module: dict[int, list[Lesson]] = defaultdict(list)
        for lesson in lessons:
            self.by_module[lesson.module_id].append(lesson)
        self.lessons_told = self.questions_told = 0

    def sheets_of(self, module: Module) -> tuple[LessonSheet, ...]:
        """To be called once for each module, in their order. No query."""
        return tuple(self._sheet(lesson) for lesson in self.by_module[module.pk])

    def _sheet(self, lesson: Lesson) -> LessonSheet:
        self.lessons_told += 1
        number, is_case, pin = self.lessons_told, lesson.kind == LessonKind.CASE, self.pins.get(lesson.pk)
        if is_case and (pin is None or pin.state is PinState.HIDDEN):
            return LessonSheet(number, lesson.key, gettext(UNSEEN), is_case, is_hidden=True)
        return LessonSheet(
            number=number,
            key=lesson.key,
            title=_may_leave(lesson.title),
            is_case=is_case,
            minutes=lesson.minutes,
            note=_may_leave(lesson.note),
            hides=lesson.hides,
            standing=_standing(pin) if pin else None,
            case=self._case(lesson) if pin else None,
            questions=self._questions(lesson),
        )

    def _questions(self, lesson: Lesson) -> tuple[Asked, ...]:
        rows = list(lesson.asked.all())
        first = self.questions_told + 1
        self.questions_told += len(rows)
        return tuple(self.teller.told(row, number=number) for number, row in enumerate(rows, first))

    def _case(self, lesson: Lesson) -> Case:
        decided = self.decided.get(lesson.precedent_id, {})
        content = with_texts(content_of(lesson.revision), lambda place: outgoing_text(place.text, decided=decided))
        return _told(content, self._basis(lesson, content))

    def _basis(self, lesson: Lesson, content: RevisionContent) -> tuple[Cited, ...]:
        """What bears the precedent comes first, as in its text."""
        found = [
            cited_of(
                spec.version,
                spec.clause,
                locator=spec.locator,
                validity=(row.day_status, row.day_verified),
                gone=row.clause_gone,
                on=self.on,
                is_verified=row.is_verified,
                relation=gettext(Relation(spec.relation).label),
                note=spec.note,
            )
            for spec, row in zip(content.citations, lesson.revision.citations.all(), strict=True)
        ]
        order = [gettext(relation.label) for relation in Relation]
        return tuple(sorted(found, key=lambda each: order.index(each.relation)))


def _told(content: RevisionContent, basis: tuple[Cited, ...]) -> Case:
    return Case(
        title=content.title,
        wording=content.requester_wording,
        lines={section.field: section.lines for section in sections_of(content)},
        problem=content.problem,
        resolution=content.resolution,
        assessment=content.assessment,
        lasting=content.lasting_rule,
        basis=basis,
        unsure=frozenset(content.unverified),
    )


def _standing(pin: Pin) -> Standing:
    row = pin.row
    word, label = str(row.signal.word), row.signal.label
    if row.is_sample:
        word, label = "care", gettext(_SAMPLE)
    elif pin.is_newer:
        word, label = ("care" if word == "ok" else word), f"{label}，{gettext(_NEWER)}"
    return Standing(
        number=row.precedent.number or row.precedent.code,
        revision=pin.lesson.revision.number,
        state=pin.state,
        signal=label,
        word=word,
        reasons=pin.reasons,
        department=str(row.precedent.owner_department),
    )


def _decided(precedents: Iterable[int]) -> Mapping[int, Decided]:
    """What two people let through, by precedent. 1 query."""
    found: dict[int, dict[tuple[str, str], PrivacyOverride]] = defaultdict(dict)
    for row in PrivacyOverride.objects.filter(precedent__in=set(precedents)):
        found[row.precedent_id][row.kind, row.mark] = row
    return found


def _may_leave(text: str) -> str:
    return outgoing_text(text, decided={})
