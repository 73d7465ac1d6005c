"""What the file of one training pack says, as values. Nothing here touches the database."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models

from caselib.core.errors import RuleBroken
from caselib.training.choices import AnswersShown, Aspect, LessonKind, QuestionKind, Readers
from caselib.training.models import Lesson, Module, PackVersion, QuestionText
from caselib.training.questions.kinds import body_checked

from .precedent_files import PrecedentFile
from .reading import Entry

_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_CHOICES = (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.WHICH)


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """`body` as it is stored, but that an option of `which` names its precedent by the key of its file.

    `precedent`: the key of the precedent that it asks about, empty for a rule alone. `clause`: (policy, version, article) of what the
    explanation cites, None where that is no article or nothing. `sources`: fields of the precedent, or clauses, that state the facts;
    nothing but the tests reads them.
    """

    entry: Entry
    key: str
    kind: str
    aspect: str
    precedent: str
    cause: str
    stem: str
    body: dict[str, Any]
    explanation: str
    clause: tuple[str, str, str] | None
    locator: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LessonLine:
    """`precedent`: the key of the precedent whose text it pins, empty for a note."""

    entry: Entry
    precedent: str
    title: str
    note: str
    minutes: int
    hides: bool
    questions: tuple[QuestionLine, ...]

    @property
    def kind(self) -> LessonKind:
        return LessonKind.CASE if self.precedent else LessonKind.NOTE


@dataclass(frozen=True, slots=True)
class ModuleLine:
    title: str
    lessons: tuple[LessonLine, ...]


@dataclass(frozen=True, slots=True)
class PackFile:
    """`values` are the fields of PackVersion that it says."""

    entry: Entry
    key: str
    owner_department: str
    values: dict[str, Any]
    modules: tuple[ModuleLine, ...]

    @property
    def lessons(self) -> list[LessonLine]:
        return [lesson for module in self.modules for lesson in module.lessons]

    @property
    def questions(self) -> list[QuestionLine]:
        return [question for lesson in self.lessons for question in lesson.questions]


def read_pack(entry: Entry) -> PackFile:
    """Raises BrokenFile naming the field that does not hold."""
    settings = entry.entry("settings") or Entry({}, file=entry.file, at="settings")
    values = {
        "title": _short(entry, "title", PackVersion, required=True),
        "goal": _short(entry, "goal", PackVersion, required=True),
        "readers": entry.choice("readers", Readers, default=Readers.WINDOW),
        "intro": entry.text("intro"),
        "pass_mark": _whole(settings, "pass_mark", default=80, most=100),
        "most_attempts": _whole(settings, "most_attempts"),
        "wait_minutes": _whole(settings, "wait_minutes"),
        "answers_shown": settings.choice("answers_shown", AnswersShown, default=AnswersShown.EACH),
    }
    settings.done()
    pack = PackFile(
        entry=entry,
        key=entry.text("key"),
        owner_department=entry.text("owner_department", required=True),
        values=values,
        modules=tuple(map(_module, entry.entries("modules"))),
    )
    if not pack.lessons:
        raise entry.broken("modules", "一课也没有。")
    keys = [question.key for question in pack.questions]
    for question in pack.questions:
        if keys.count(question.key) > 1:
            raise question.entry.broken("key", f"“{question.key}”用了两次。")
    entry.done()
    return pack


def packs_checked(packs: Iterable[PackFile], precedents: Iterable[PrecedentFile]) -> None:
    """Raises BrokenFile for a pack that names a precedent which is not there, or is kept unpublished: nobody could read it."""
    drafts = {file.key: file.draft for file in precedents}
    for pack in packs:
        named = [(lesson.entry, "case", lesson.precedent) for lesson in pack.lessons]
        for question in pack.questions:
            named.append((question.entry, "precedent", question.precedent))
            options = question.body.get("options", ())
            named += [(question.entry, "options", option.get("precedent", "")) for option in options]
        for entry, field, key in named:
            if key and key not in drafts:
                raise entry.broken(field, f"没有案例“{key}”。")
            if key and drafts[key]:
                raise entry.broken(field, f"案例“{key}”还是草稿，没有发布，不能拿来上课。")


def _module(entry: Entry) -> ModuleLine:
    module = ModuleLine(
        title=_short(entry, "title", Module, required=True), lessons=tuple(map(_lesson, entry.entries("lessons")))
    )
    entry.done()
    return module


def _lesson(entry: Entry) -> LessonLine:
    precedent = entry.text("case")
    lesson = LessonLine(
        entry=entry,
        precedent=precedent,
        title=_short(entry, "title", Lesson, required=True),
        note=entry.text("note", required=not precedent),
        minutes=_whole(entry, "minutes"),
        hides=entry.flag("hides"),
        questions=tuple(_question(question, precedent) for question in entry.entries("questions")),
    )
    if lesson.hides and not precedent:
        raise entry.broken("hides", "讲解没有案例可以盖住。")
    entry.done()
    return lesson


def _question(entry: Entry, precedent: str) -> QuestionLine:
    kind = entry.choice("kind", QuestionKind)
    cited = entry.entry("clause")
    question = QuestionLine(
        entry=entry,
        key=entry.text("key", required=True),
        kind=kind,
        aspect=entry.choice("aspect", Aspect, default=Aspect.OTHER),
        precedent=entry.text("precedent") or precedent,
        cause=entry.text("cause"),
        stem=entry.text("stem", required=True),
        body=_body(entry, kind),
        explanation=entry.text("explanation"),
        clause=None if cited is None else tuple(cited.text(name, required=True) for name in _CLAUSE),
        locator=_short(entry, "locator", QuestionText),
        sources=entry.texts("from"),
    )
    if cited is not None:
        cited.done()
    entry.done()
    return question


_CLAUSE = ("policy", "version", "article")


def _body(entry: Entry, kind: str) -> dict[str, Any]:
    """As `training.questions.kinds` has it. Raises BrokenFile for one that nobody could answer."""
    if kind in _CHOICES:
        options = _keyed([_option(option) for option in entry.entries("options")])
        body = {"options": options, "right": [option["key"] for option in options if option.pop("right")]}
    elif kind == QuestionKind.ORDER:
        body = {"items": _keyed([{"text": text} for text in entry.texts("items")])}
    elif kind == QuestionKind.MATCH:
        body = _pairs(entry)
    else:
        body = {
            "points": _keyed([{"text": text} for text in entry.texts("points")]),
            "sample": entry.text("sample", required=True),
            "marking": entry.text("marking") or "self",
        }
    try:
        return body_checked(kind, body)
    except RuleBroken as error:
        told = error.message.removeprefix("没有存：").removesuffix("写的都在。")
        raise entry.broken(error.field, told) from error


def _option(entry: Entry) -> dict[str, Any]:
    option = {name: entry.text(name, required=name == "text") for name in ("text", "why", "precedent", "when")}
    option = {name: value for name, value in option.items() if value} | {"right": entry.flag("right")}
    entry.done()
    return option


def _pairs(entry: Entry) -> dict[str, Any]:
    """`pairs` are written as [left, right]; `more` are right sides that nothing belongs to."""
    written = []
    for pair in entry.entries("pairs"):
        written.append((pair.text("left", required=True), pair.text("right", required=True)))
        pair.done()
    rights = [*dict.fromkeys(right for _, right in written), *entry.texts("more")]
    left, right = _keyed([{"text": text} for text, _ in written]), _keyed([{"text": text} for text in rights])
    keys = {part["text"]: part["key"] for part in right}
    # By position: a left side that is written twice is for the check of the body to refuse.
    pairs = {part["key"]: keys[text] for part, (_, text) in zip(left, written, strict=True)}
    return {"left": left, "right": right, "pairs": pairs}


def _keyed(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parts with keys by a mark of their text: the place in the file would say what is right, or comes first."""
    marks = sorted(range(len(parts)), key=lambda at: hashlib.sha256(parts[at]["text"].encode()).hexdigest())
    # Of more than there are letters the check of the body says that they are too many.
    keys = dict(zip(marks, _LETTERS, strict=False))
    return [{"key": keys.get(at, ""), **part} for at, part in enumerate(parts)]


def _short(entry: Entry, name: str, model: type[models.Model], *, required: bool = False) -> str:
    """A text no longer than the column of that name."""
    text, most = entry.text(name, required=required), model._meta.get_field(name).max_length
    if len(text) > most:
        raise entry.broken(name, f"最多 {most} 个字，现在 {len(text)} 个。")
    return text


def _whole(entry: Entry, name: str, *, default: int = 0, most: int = 10_000) -> int:
    value = entry.whole(name)
    if value is not None and not 0 <= value <= most:
        raise entry.broken(name, f"只能从 0 到 {most:,}。")
    return default if value is None else value
