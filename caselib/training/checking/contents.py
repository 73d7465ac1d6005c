"""All that a version says, in its order, and its digest."""

import hashlib
import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from caselib.precedents.models import Revision

from ..models import Lesson, LessonQuestion, Module, PackVersion, QuestionText

# What pins and differences need of a text besides its key; lists mask these when nobody watches the text any more.
_NUMBER = frozenset({"id", "number", "precedent"})
_READ = _NUMBER | {"title", "gist", "problem", "script", "lead_org"}
# What a version says of itself; who wrote it and why is not what learners get.
SETTINGS = ("title", "goal", "readers", "intro", "pass_mark", "most_attempts", "wait_minutes", "answers_shown")


@dataclass(frozen=True, slots=True)
class LessonContents:
    """`number`: its place in the whole version, from 1."""

    number: int
    lesson: Lesson
    module: Module
    asked: tuple[QuestionText, ...]


@dataclass(frozen=True, slots=True)
class ModuleContents:
    module: Module
    lessons: tuple[LessonContents, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    version: PackVersion
    modules: tuple[ModuleContents, ...]

    @property
    def lessons(self) -> Iterator[LessonContents]:
        return (lesson for module in self.modules for lesson in module.lessons)

    @property
    def texts(self) -> Iterator[QuestionText]:
        return (text for lesson in self.lessons for text in lesson.asked)

    @property
    def lesson_count(self) -> int:
        return sum(len(module.lessons) for module in self.modules)

    @property
    def question_count(self) -> int:
        return sum(1 for _ in self.texts)


def contents_of(version: PackVersion) -> Contents:
    """3 queries for any number of lessons. Lessons have `revision` with its title and number alone."""
    return contents_of_all([version])[version.pk]


def contents_of_all(versions: Iterable[PackVersion]) -> dict[int, Contents]:
    """Of several versions by key, with the same 3 queries."""
    wanted = {version.pk: version for version in versions}
    asked: dict[int, list[QuestionText]] = defaultdict(list)
    related = ("text__question", "text__clause__version__policy", "text__revision")
    questions = LessonQuestion.objects.filter(lesson__version__in=wanted).select_related(*related)
    for row in questions.defer(*_unread("text__revision", _NUMBER)).order_by("lesson", "position", "pk"):
        asked[row.lesson_id].append(row.text)
    lessons: dict[int, list[Lesson]] = defaultdict(list)
    rows = Lesson.objects.filter(version__in=wanted).select_related("revision").defer(*_unread("revision", _READ))
    for lesson in rows.order_by("position", "pk"):
        lessons[lesson.module_id].append(lesson)
    modules: dict[int, list[Module]] = defaultdict(list)
    for module in Module.objects.filter(version__in=wanted).order_by("position", "pk"):
        modules[module.version_id].append(module)
    return {key: _contents(version, modules[key], lessons, asked) for key, version in wanted.items()}


def _contents(
    version: PackVersion,
    modules: list[Module],
    lessons: Mapping[int, list[Lesson]],
    asked: Mapping[int, list[QuestionText]],
) -> Contents:
    numbers = itertools.count(1)
    return Contents(
        version,
        tuple(
            ModuleContents(
                module,
                tuple(
                    LessonContents(next(numbers), lesson, module, tuple(asked.get(lesson.pk, ())))
                    for lesson in lessons.get(module.pk, ())
                ),
            )
            for module in modules
        ),
    )


def _unread(path: str, read: frozenset[str]) -> list[str]:
    """The columns of a text of a precedent that nobody reads here: 300 lessons would bring them all."""
    return [f"{path}__{field.name}" for field in Revision._meta.concrete_fields if field.name not in read]


def digest_of(version: PackVersion) -> str:
    """SHA-256 of all that a version says: settings, modules, lessons with what they pin, questions, each in its order. 3 queries."""
    return digest_of_contents(contents_of(version))


def digest_of_contents(contents: Contents) -> str:
    said = {
        "settings": [getattr(contents.version, name) for name in SETTINGS],
        "modules": [
            [each.module.key, each.module.title, [_said(lesson) for lesson in each.lessons]]
            for each in contents.modules
        ],
    }
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _said(contents: LessonContents) -> list[object]:
    lesson = contents.lesson
    told = [lesson.key, lesson.kind, lesson.title, lesson.note, lesson.minutes, lesson.hides, lesson.revision_id]
    return [*told, [text.pk for text in contents.asked]]
