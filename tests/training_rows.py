"""Packs, lessons, questions and learners for tests, as rows: the services that make them have tests of their own."""

import itertools
from typing import Any

from caselib.core import clock
from caselib.core.ids import new_code
from caselib.orgs.models import Department, Role, User
from caselib.orgs.scope import scope_of
from caselib.precedents.models import Precedent
from caselib.training.choices import LessonKind, PackStatus, QuestionKind, VersionState
from caselib.training.learning.asked import Typed, asked_in
from caselib.training.learning.attempts import Sent, attempt_submit
from caselib.training.learning.stamps import new_stamp
from caselib.training.models import (
    Attempt,
    Enrolment,
    Lesson,
    LessonQuestion,
    Module,
    Pack,
    PackVersion,
    Question,
    QuestionText,
)
from caselib.training.pins import PinState, pins_of

from . import factories

_serial = itertools.count(1)

SINGLE = {
    "options": [
        {"key": "a", "text": "先帮前租户注销", "why": "案例就是这样办成的。"},
        {"key": "b", "text": "让群众换个地址", "why": "没有这个必要。"},
        {"key": "c", "text": "直接不予受理"},
    ],
    "right": ["a"],
}
SHORT = {
    "points": [{"key": "a", "text": "说了期限"}, {"key": "b", "text": "说了逾期怎样"}],
    "sample": "三天内补。",
    "marking": "self",
}


def pack(*, owner: Department | None = None, author: User | None = None, title: str = "", **values: Any) -> Pack:
    """A pack with an open first version and one module without lessons."""
    n, now = next(_serial), clock.now()
    owner = owner or factories.department()
    author = author or factories.user(Role.TRAINER, within=owner)
    version_values = {
        name: values.pop(name)
        for name in ("pass_mark", "most_attempts", "wait_minutes", "answers_shown", "intro", "goal")
        if name in values
    }
    made = Pack.objects.create(
        owner_department=owner, created_by=author, created_by_name=str(author), created_at=now, **values
    )
    version = PackVersion.objects.create(
        pack=made,
        number=1,
        title=title or f"第{n}个培训包",
        author=author,
        author_name=str(author),
        last_editor=author,
        last_editor_name=str(author),
        created_at=now,
        saved_at=now,
        **version_values,
    )
    Module.objects.create(version=version, title="第一单元")
    return made


def open_version(of: Pack) -> PackVersion:
    return of.versions.order_by("number").last()


def case(of: PackVersion, precedent: Precedent | None = None, *, hides: bool = True, **values: Any) -> Lesson:
    """A lesson at the end of the first module that pins the live text of a precedent."""
    precedent = precedent or factories.published()
    return _lesson(
        of,
        kind=LessonKind.CASE,
        precedent=precedent,
        revision=precedent.live_revision,
        hides=hides,
        **{"title": precedent.live_revision.title, **values},
    )


def note(of: PackVersion, **values: Any) -> Lesson:
    return _lesson(of, kind=LessonKind.NOTE, **{"title": "容缺是什么", "note": "先受理，**后补**。", **values})


def _lesson(of: PackVersion, **values: Any) -> Lesson:
    module = values.pop("module", None) or of.modules.first()
    return Lesson.objects.create(version=of, module=module, position=module.lessons.count(), **values)


def question(
    kind: str = QuestionKind.SINGLE,
    body: dict[str, Any] | None = None,
    *,
    precedent: Precedent | None = None,
    owner: Department | None = None,
    stem: str = "您定：该怎么办？",
    **values: Any,
) -> Question:
    """A question of the bank with one text."""
    owner, now = owner or (precedent.owner_department if precedent else factories.department()), clock.now()
    made = Question.objects.create(
        owner_department=owner,
        precedent=precedent,
        created_at=now,
        **{name: values.pop(name) for name in ("matter", "cause", "aspect", "state") if name in values},
    )
    text = QuestionText.objects.create(
        question=made,
        number=1,
        kind=kind,
        stem=stem,
        body=body or (SHORT if kind == QuestionKind.SHORT else SINGLE),
        revision=precedent.live_revision if precedent else None,
        at=now,
        author_name="出题人",
        **values,
    )
    Question.objects.filter(pk=made.pk).update(latest=text)
    made.latest = text
    return made


def asked(lesson: Lesson, *questions: Question) -> None:
    """Puts the questions into the lesson."""
    start = lesson.asked.count()
    for position, each in enumerate(questions, start):
        LessonQuestion.objects.create(lesson=lesson, text=each.latest, position=position)


def published_pack(*, lessons: int = 1, owner: Department | None = None, **values: Any) -> Pack:
    """A pack that learners may take: each lesson is a case with one question."""
    made = pack(owner=owner, **values)
    version = open_version(made)
    for _ in range(lessons):
        precedent = factories.published(owner=made.owner_department)
        asked(case(version, precedent), question(precedent=precedent))
    return publish(made)


def publish(of: Pack) -> Pack:
    """As if somebody had checked it."""
    now, version = clock.now(), open_version(of)
    checker = factories.user(Role.TRAINER, within=of.owner_department)
    PackVersion.objects.filter(pack=of, state=VersionState.PUBLISHED).update(state=VersionState.SUPERSEDED)
    PackVersion.objects.filter(pk=version.pk).update(
        state=VersionState.PUBLISHED,
        approved_by=checker,
        approved_by_name=str(checker),
        submitted_at=now,
        decided_at=now,
        content_digest=new_code(),
    )
    Pack.objects.filter(pk=of.pk).update(status=PackStatus.PUBLISHED, live_version=version, published_at=now)
    of.refresh_from_db()
    return of


def enrolled(in_pack: Pack, learner: User | None = None) -> Enrolment:
    """A learner who has begun."""
    learner, now = learner or factories.user(Role.WINDOW, within=in_pack.owner_department), clock.now()
    home = learner.memberships.first()
    return Enrolment.objects.create(
        pack=in_pack, user=learner, department=home.department if home else None, started_at=now, active_at=now
    )


# --- answering ---

ORDER = {
    "items": [{"key": "a", "text": "核对主件"}, {"key": "b", "text": "远程核验"}, {"key": "c", "text": "补验原件"}]
}
MATCH = {
    "left": [{"key": "a", "text": "优化营商环境条例"}, {"key": "b", "text": "行政许可法"}],
    "right": [{"key": "a", "text": "第二十四条"}, {"key": "b", "text": "第三十二条"}],
    "pairs": {"a": "a", "b": "b"},
}
RIGHT = {"chosen": ["a"]}
WRONG = {"chosen": ["b"]}
# As a damaged row: nothing in it is right.
BROKEN = {"options": SINGLE["options"], "right": []}


def sent(lesson: Lesson, learner: User, answers: dict[Question, dict[str, Any]], **values: Any) -> Sent:
    """A form of the lesson with these answers, as kinds hold them. `stamp`: of a form that was drawn before."""
    stamp = values.pop("stamp", None) or new_stamp(
        lesson=lesson.pk, user=learner.pk, number=values.pop("number", 1), now=values.pop("started_at", clock.now())
    )
    return Sent(stamp, {question.latest.pk: Typed(given) for question, given in answers.items()}, **values)


def within(lesson: Lesson, learner: User) -> dict[str, Any]:
    """What the services of attempts are given beside the form."""
    scope = scope_of(learner)
    lesson = Lesson.objects.select_related("version", "revision", "precedent").get(pk=lesson.pk)
    pin = pins_of([lesson], scope, on=clock.today()).get(lesson.pk)
    is_hidden = pin is not None and pin.state is PinState.HIDDEN
    asked_now = asked_in(lesson, scope, on=clock.today(), is_hidden=is_hidden)
    pack_now = Pack.objects.select_related("live_version").get(pk=lesson.version.pack_id)
    return {"lesson": lesson, "pack": pack_now, "asked": asked_now, "scope": scope}


def handed_in(lesson: Lesson, learner: User, answers: dict[Question, dict[str, Any]], **values: Any) -> Attempt:
    """An attempt that went through the service."""
    now = values.pop("now", None)
    return attempt_submit(sent(lesson, learner, answers, **values), **within(lesson, learner), anyway=True, now=now)
