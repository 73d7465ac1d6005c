"""Training packs of the starter library: written by one account, approved by another, offered as templates.

Written as rows and not through the services of training: a pack is read and checked as a whole before, and some hundred calls would
take the time that bulk inserts save. What they leave is what the services leave: published versions, their decisions and the trail.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from caselib.audit.actions import Action
from caselib.audit.services import record_many
from caselib.catalog.models import Cause
from caselib.orgs.models import User
from caselib.precedents.models import Revision, RevisionState
from caselib.training.checking.contents import contents_of_all, digest_of_contents
from caselib.training.choices import PackStatus, VersionState
from caselib.training.models import (
    Lesson,
    LessonQuestion,
    Module,
    Pack,
    PackDecision,
    PackVersion,
    Question,
    QuestionText,
)

from .files import Library
from .ground import Ground
from .pack_files import LessonLine, PackFile, QuestionLine
from .policies import PREFIX, Shelf
from .precedents import Names
from .reading import Entry

COMMENT = "随产品提供的内容，按案例和条款核对"


@dataclass(frozen=True, slots=True)
class Hands:
    """Who writes the packs and who approves them: two accounts."""

    author: User
    reviewer: User


@dataclass(slots=True)
class _Rows:
    """What is to be inserted, in the order of the files."""

    versions: dict[str, PackVersion] = field(default_factory=dict)
    modules: list[Module] = field(default_factory=list)
    lessons: list[Lesson] = field(default_factory=list)
    questions: dict[str, Question] = field(default_factory=dict)
    texts: list[QuestionText] = field(default_factory=list)
    asked: list[tuple[Lesson, str]] = field(default_factory=list)


def packs_load(library: Library, ground: Ground, shelf: Shelf, *, hands: Hands, now: dt.datetime) -> int:
    """Adds the packs that are missing and returns how many. Call it inside a transaction, after the precedents.

    One that is there already is left as it is, with its lessons; so is a question of the bank. A lesson pins the text that came with
    the library, whatever the precedent says today: the lesson then shows what became of it. Raises BrokenFile for a department, clause
    or cause that leads nowhere. Writes AuditEvents. About 30 queries for any number of packs.
    """
    known = set(Pack.objects.filter(external_id__startswith=PREFIX).values_list("external_id", flat=True))
    fresh = [file for file in library.packs if f"{PREFIX}{file.key}" not in known]
    if not fresh:
        return 0
    pinned = _pinned()
    numbers = {key: revision.precedent.number for key, revision in pinned.items()}
    names = Names(library, {file.key: numbers.get(file.key) for file in library.precedents})
    packs = _packs(fresh, ground, hands=hands, now=now)
    causes = {file.key: next(iter(file.causes), "") for file in library.precedents}
    rows = _Rows()
    present = dict(Question.objects.filter(external_id__startswith=PREFIX).values_list("external_id", "latest"))
    for file in fresh:
        writer = _Writer(file, packs[file.key], ground, shelf, names.text, pinned, causes, rows, present, hands, now)
        writer.write()
    _insert(rows, present)
    _publish(packs, rows, hands=hands, now=now)
    return len(fresh)


def _pinned() -> dict[str, Revision]:
    """The texts that came with the library, by the keys of their files; drafts are left out."""
    rows = (
        Revision.objects.filter(precedent__external_id__startswith=PREFIX, number=1)
        .filter(state__in=[RevisionState.APPROVED, RevisionState.SUPERSEDED])
        .select_related("precedent", "matter")
        .only("number", "matter__name", "precedent__code", "precedent__number", "precedent__external_id")
    )
    return {row.precedent.external_id.removeprefix(PREFIX): row for row in rows}


def _packs(fresh: list[PackFile], ground: Ground, *, hands: Hands, now: dt.datetime) -> dict[str, Pack]:
    packs = {
        file.key: Pack(
            external_id=f"{PREFIX}{file.key}",
            owner_department=ground.department(file.entry, file.owner_department, at="owner_department"),
            is_template=True,
            created_by=hands.author,
            created_by_name=str(hands.author),
            created_at=now,
        )
        for file in fresh
    }
    Pack.objects.bulk_create(packs.values())
    return packs


@dataclass(frozen=True, slots=True)
class _Writer:
    """Turns one file into rows that are not stored yet."""

    file: PackFile
    pack: Pack
    ground: Ground
    shelf: Shelf
    spelt: Callable[[str], str]
    pinned: Mapping[str, Revision]
    causes: Mapping[str, str]
    rows: _Rows
    present: Mapping[str, int]
    hands: Hands
    now: dt.datetime

    def write(self) -> None:
        author = {"author": self.hands.author, "last_editor": self.hands.author}
        names = {f"{role}_name": str(user) for role, user in author.items()}
        values = self.file.values | {name: self.spelt(self.file.values[name]) for name in ("goal", "intro")}
        version = PackVersion(
            pack=self.pack, number=1, created_at=self.now, saved_at=self.now, submitted_at=self.now,
            state=VersionState.SUBMITTED, **author, **names, **values,
        )  # fmt: skip
        self.rows.versions[self.file.key] = version
        for position, line in enumerate(self.file.modules):
            module = Module(version=version, position=position, title=line.title)
            self.rows.modules.append(module)
            for place, lesson in enumerate(line.lessons):
                self._lesson(lesson, version=version, module=module, position=place)

    def _lesson(self, line: LessonLine, **place: Any) -> None:
        revision = self._revision(line.entry, line.precedent, "case")
        lesson = Lesson(
            kind=line.kind,
            title=line.title,
            note=self.spelt(line.note),
            minutes=line.minutes,
            hides=line.hides,
            revision=revision,
            precedent=revision.precedent if revision else None,
            **place,
        )
        self.rows.lessons.append(lesson)
        for question in line.questions:
            external_id = f"{PREFIX}{self.file.key}/{question.key}"
            self.rows.asked.append((lesson, external_id))
            if external_id not in self.present:
                self._question(question, external_id)

    def _question(self, line: QuestionLine, external_id: str) -> None:
        revision = self._revision(line.entry, line.precedent, "precedent")
        question = Question(
            external_id=external_id,
            owner_department=self.pack.owner_department,
            precedent=revision.precedent if revision else None,
            matter=revision.matter if revision else None,
            cause=self._cause(line),
            aspect=line.aspect,
            created_at=self.now,
        )
        self.rows.questions[external_id] = question
        self.rows.texts.append(
            QuestionText(
                question=question,
                number=1,
                kind=line.kind,
                stem=self.spelt(line.stem),
                body=self._body(line),
                explanation=self.spelt(line.explanation),
                clause=self.shelf.clause(line.entry, *line.clause) if line.clause else None,
                locator=line.locator,
                revision=revision,
                author=self.hands.author,
                author_name=str(self.hands.author),
                at=self.now,
            )
        )

    def _cause(self, line: QuestionLine) -> Cause | None:
        """The one that the question names, else the first of its precedent, by which the bank is sorted."""
        name = line.cause or self.causes.get(line.precedent, "")
        if name and name not in self.ground.causes:
            raise line.entry.broken("cause", f"没有原因“{name}”。")
        return self.ground.causes[name] if name else None

    def _body(self, line: QuestionLine) -> dict[str, Any]:
        """With library numbers for keys in its texts, and the precedent of an option as its code."""
        body = {name: self._spelt_parts(value) for name, value in line.body.items()}
        for option in body.get("options", ()):
            if "precedent" in option:
                revision = self._revision(line.entry, option["precedent"], "options")
                option |= {"precedent": revision.precedent.code, "revision": revision.number}
        return body

    def _spelt_parts(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.spelt(value)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            told = ("text", "why", "when")
            return [{name: self.spelt(each) if name in told else each for name, each in part.items()} for part in value]
        return value

    def _revision(self, entry: Entry, key: str, at: str) -> Revision | None:
        """The text to pin. Raises BrokenFile where it was never published here."""
        if key and key not in self.pinned:
            raise entry.broken(at, f"案例“{key}”在库里没有发布过，不能拿来上课。")
        return self.pinned[key] if key else None


def _insert(rows: _Rows, present: Mapping[str, int]) -> None:
    PackVersion.objects.bulk_create(rows.versions.values())
    Module.objects.bulk_create(rows.modules)
    Lesson.objects.bulk_create(rows.lessons)
    Question.objects.bulk_create(rows.questions.values())
    QuestionText.objects.bulk_create(rows.texts)
    for text in rows.texts:
        text.question.latest = text
    Question.objects.bulk_update(rows.questions.values(), ["latest"])
    latest = dict(present) | {external_id: question.latest_id for external_id, question in rows.questions.items()}
    places: dict[int, int] = {}
    asked = []
    for lesson, external_id in rows.asked:
        position = places[lesson.pk] = places.get(lesson.pk, -1) + 1
        asked.append(LessonQuestion(lesson=lesson, text_id=latest[external_id], position=position))
    LessonQuestion.objects.bulk_create(asked)


def _publish(packs: Mapping[str, Pack], rows: _Rows, *, hands: Hands, now: dt.datetime) -> None:
    versions = list(rows.versions.values())
    contents = contents_of_all(versions)
    for version in versions:
        version.content_digest = digest_of_contents(contents[version.pk])
        version.state, version.decided_at = VersionState.PUBLISHED, now
        version.approved_by, version.approved_by_name = hands.reviewer, str(hands.reviewer)
    fields = ["content_digest", "state", "decided_at", "approved_by", "approved_by_name"]
    PackVersion.objects.bulk_update(versions, fields)
    for key, pack in packs.items():
        pack.status, pack.live_version, pack.published_at = PackStatus.PUBLISHED, rows.versions[key], now
    Pack.objects.bulk_update(packs.values(), ["status", "live_version", "published_at"])
    PackDecision.objects.bulk_create(
        PackDecision(
            version=version,
            verdict=PackDecision.Verdict.PUBLISHED,
            comment=COMMENT,
            digest_seen=version.content_digest,
            by=hands.reviewer,
            by_name=str(hands.reviewer),
            at=now,
        )
        for version in versions
    )
    _tell(list(packs.values()), versions, rows.texts, hands=hands)


def _tell(packs: list[Pack], versions: list[PackVersion], texts: list[QuestionText], *, hands: Hands) -> None:
    """The events that the services of training leave for each pack and question."""
    created = [{"title": row.title, "department": row.pack.owner_department.name} for row in versions]
    record_many(Action.PACK_CREATED, packs, actor=hands.author, after=created)
    questions = [text.question for text in texts]
    record_many(Action.QUESTION_SAVED, questions, actor=hands.author, after=[_told(text) for text in texts])
    published = [{"version": row.number, "digest": row.content_digest, "comment": COMMENT} for row in versions]
    record_many(Action.PACK_PUBLISHED, packs, actor=hands.reviewer, after=published)


def _told(text: QuestionText) -> dict[str, Any]:
    question = text.question
    sorting = {"aspect": question.aspect, "matter": str(question.matter or ""), "cause": str(question.cause or "")}
    return sorting | {"number": text.number, "kind": text.kind, "stem": text.stem, "basis": text.locator}
