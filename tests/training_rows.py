"""Packs, lessons, questions and learners for tests, as rows: the services that make them have tests of their own."""

import dataclasses
import itertools
from typing import Any

from django.db import transaction

from caselib.core import clock
from caselib.core.ids import new_code
from caselib.orgs.models import Department, Role, User
from caselib.orgs.scope import scope_of
from caselib.precedents.content import columns, content_of
from caselib.precedents.deciding import revision_approve
from caselib.precedents.models import Precedent, Revision, RevisionState
from caselib.precedents.numbers import next_numbers
from caselib.precedents.services import browse_columns, revision_save, revision_start, revision_submit
from caselib.precedents.visibility import Audience, PrecedentStatus
from caselib.training.checking.contents import digest_of
from caselib.training.choices import AttemptState, LessonKind, PackStatus, QuestionKind, VersionState
from caselib.training.learning.asked import Typed, asked_in
from caselib.training.learning.attempts import Sent, attempt_submit
from caselib.training.learning.stamps import new_stamp
from caselib.training.models import (
    Assignment,
    Attempt,
    Enrolment,
    Lesson,
    LessonProgress,
    LessonQuestion,
    Module,
    Pack,
    PackVersion,
    Question,
    QuestionText,
    Response,
    ReviewCard,
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
        precedent = shelved(owner=made.owner_department)
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


def submitted(of: Pack) -> PackVersion:
    """The open version as if its author had handed it in, with the digest of what it says."""
    version = open_version(of)
    PackVersion.objects.filter(pk=version.pk).update(
        state=VersionState.SUBMITTED, submitted_at=clock.now(), content_digest=digest_of(version)
    )
    version.refresh_from_db()
    return version


def newer(precedent: Precedent, **values: Any) -> Precedent:
    """The precedent with another live text, written and approved as always."""
    owner = precedent.owner_department
    author, reviewer = factories.user(Role.EDITOR, within=owner), factories.user(Role.REVIEWER, within=owner)
    draft = revision_start(precedent, author=author)
    content = dataclasses.replace(content_of(draft), **{"gist": "先预审，再注销。", **values})
    draft = revision_save(draft, content, lock_version=draft.lock_version, editor=author)
    revision_submit(draft, lock_version=draft.lock_version, actor=author)
    return revision_approve(
        draft, lock_version=draft.lock_version, reviewer=reviewer, digest_seen=draft.content_digest, comment="可以"
    )


@transaction.atomic
def shelved(*, owner: Department | None = None, audience: str = Audience.LIBRARY, **texts: Any) -> Precedent:
    """A published precedent as rows alone, many times faster than `factories.published`, which goes the whole way."""
    owner, now = owner or factories.department(), clock.now()
    content = factories.content(**texts)
    made = Precedent.objects.create(owner_department=owner, audience=audience, **browse_columns(content))
    text = Revision.objects.create(
        precedent=made,
        number=1,
        state=RevisionState.APPROVED,
        author_name="写的人",
        last_editor_name="写的人",
        decided_at=now,
        **columns(content),
    )
    text.causes.set(content.causes)
    made.number = next_numbers(owner, year=now.year, count=1)[0]
    made.status, made.live_revision = PrecedentStatus.PUBLISHED, text
    made.published_at = made.changed_at = now
    made.save()
    return made


def assigned(
    of: Pack, *, to: Department | User, due_on: Any = None, by: User | None = None, at: Any = None
) -> Assignment:
    """As if somebody of the owning department had assigned it."""
    by = by or factories.user(Role.TRAINER, within=of.owner_department)
    who = {"department": to} if isinstance(to, Department) else {"user": to}
    if isinstance(to, Department):
        Department.objects.filter(pk=to.pk).update(has_training=True)
    else:
        User.objects.filter(pk=to.pk).update(has_asked=True)
    return Assignment.objects.create(
        pack=of, due_on=due_on, assigned_by=by, assigned_by_name=str(by), assigned_at=at or clock.now(), **who
    )


def answered(by: Enrolment, lesson: Lesson, *scores: int | None, given: Any = None) -> Attempt:
    """An attempt that was handed in: one score for each question of the lesson in its order, None for one that is to be marked."""
    now = clock.now()
    number = by.attempts.filter(lesson_key=lesson.key).count() + 1
    is_marked = None not in scores
    score = sum(scores) // len(scores) if is_marked and scores else None
    made = Attempt.objects.create(
        enrolment=by,
        lesson=lesson,
        lesson_key=lesson.key,
        number=number,
        state=AttemptState.MARKED if is_marked else AttemptState.SUBMITTED,
        started_at=now,
        saved_at=now,
        submitted_at=now,
        seconds=70,
        score=score,
    )
    for each, part in zip(lesson.asked.select_related("text"), scores, strict=True):
        Response.objects.create(
            attempt=made,
            text=each.text,
            position=each.position,
            score=part,
            marked_at=None if part is None else now,
            given=given or {"chosen": ["b"], "text": "三天内寄来。"},
        )
    progress, _ = LessonProgress.objects.get_or_create(enrolment=by, lesson_key=lesson.key, defaults={"opened_at": now})
    progress.attempts = number
    progress.best = score if progress.best is None else max(progress.best, score or 0)
    progress.save()
    return made


def passed(by: Enrolment, *, at: Any = None) -> Enrolment:
    """As if every lesson were done and passed with full marks."""
    now, version = at or clock.now(), by.pack.live_version
    for lesson in version.lessons.all():
        LessonProgress.objects.update_or_create(
            enrolment=by, lesson_key=lesson.key, defaults={"opened_at": now, "done_at": now, "best": 100}
        )
    by.passed_at, by.version = now, version
    by.save()
    return by


def review_card(user: User, about: Question, *, due_at: Any = None) -> ReviewCard:
    """A question that comes up again, due now."""
    from caselib.training.repeating.cards import _new

    now = due_at or clock.now()
    return ReviewCard.objects.create(user=user, question=about, card=_new(about.pk, now), due_at=now)


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
