"""What a package says: the lessons of a published version as they may leave the site on a day. No markup but that of notes.

Every text passes the gate of privacy again, also what passed it once: nobody takes back what lies on another platform.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from caselib.core.markdown import to_html
from caselib.orgs.scope import ViewerScope
from caselib.precedents.content import content_of
from caselib.precedents.models import Citation, PrivacyOverride
from caselib.precedents.privacy import Decided, outgoing_text
from caselib.precedents.sections import Section, sections_of, with_texts

from ..choices import LessonKind, QuestionKind
from ..models import Lesson, LessonQuestion, PackVersion, QuestionText
from ..pins import Pin, PinState, pins_of
from ..questions.kinds import is_sound, shuffled
from ..telling import texts_unseen

# What a learner reads before deciding, and after it.
BEFORE = ("requester_wording", "problem", "blocker")
AFTER = (
    *("gist", "result_type", "applies_when", "not_when", "script", "resolution", "handling_steps", "materials"),
    *("deferred_material", "alternatives", "who_can_decide", "citations", "assessment", "lasting_rule"),
)
UNSEEN = "这一课的案例现在看不到，没有放进来"


@dataclass(frozen=True, slots=True)
class Part:
    """One option, item or key point. `why`: why it is right or wrong, may be empty."""

    key: str
    text: str
    why: str = ""
    is_right: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question. `parts`: what is chosen from, ordered or met, in the order shown; `left`: of a match, what each is given to.

    `name`: unique in the package. `rule`: what the package marks by, as much of the body as that needs; `answer`: what is right, in words.
    """

    name: str
    code: str
    kind: str
    label: str
    stem: str
    parts: tuple[Part, ...]
    left: tuple[Part, ...]
    rule: Mapping[str, Any]
    answer: tuple[str, ...]
    explanation: SafeString
    basis: str


@dataclass(frozen=True, slots=True)
class Taught:
    """A lesson. `standing`: number, revision and signal of the precedent on the day, empty for a note; `word`: of its signal."""

    key: str
    number: int
    module: str
    title: str
    note: SafeString
    hides: bool = False
    is_case: bool = False
    is_hidden: bool = False
    standing: str = ""
    word: str = ""
    label: str = ""
    reasons: tuple[str, ...] = ()
    before: tuple[Section, ...] = ()
    after: tuple[Section, ...] = ()
    questions: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """`on`: the day of the signals. `left_out`: questions that tell about what this viewer may not read, or that nobody can answer."""

    code: str
    title: str
    goal: str
    intro: SafeString
    version: int
    pass_mark: int
    department: str
    on: dt.date
    lessons: tuple[Taught, ...]
    left_out: int

    @property
    def asked(self) -> int:
        return sum(len(lesson.questions) for lesson in self.lessons)


def course_of(version: PackVersion, scope: ViewerScope, *, on: dt.date) -> Course:
    """The version as this viewer may take it out. The caller asked whether the viewer may. Needs `pack.owner_department`.

    13 queries at most for any number of lessons.
    """
    lessons = _lessons(version)
    pins = pins_of(lessons, scope, on=on)
    decided = _decided(lesson.precedent_id for lesson in lessons if lesson.precedent_id)
    texts = [row.text for lesson in lessons for row in lesson.asked.all()]
    unseen = texts_unseen(texts, scope)
    seed, left_out, taught = f"{version.pack.code}/{version.number}", 0, []
    for number, lesson in enumerate(lessons, 1):
        pin = pins.get(lesson.pk)
        if lesson.kind == LessonKind.CASE and (pin is None or pin.state is PinState.HIDDEN):
            taught.append(_unseen(lesson, number))
            continue
        texts = [row.text for row in lesson.asked.all()]
        shown = [text for text in texts if text.pk not in unseen and is_sound(text.kind, text.body)]
        left_out += len(texts) - len(shown)
        questions = tuple(_asked(text, name=f"{number}-{place}", seed=seed) for place, text in enumerate(shown, 1))
        taught.append(_taught(lesson, number, pin, questions, decided=decided.get(lesson.precedent_id, {})))
    return Course(
        code=version.pack.code,
        title=_may_leave(version.title),
        goal=_may_leave(version.goal),
        intro=_rich(version.intro),
        version=version.number,
        pass_mark=version.pass_mark,
        department=str(version.pack.owner_department),
        on=on,
        lessons=tuple(taught),
        left_out=left_out,
    )


def _lessons(version: PackVersion) -> list[Lesson]:
    """In their order, each with its questions and all that its revision says. 8 queries."""
    cited = Citation.objects.select_related("version__policy", "clause").order_by("position")
    asked = LessonQuestion.objects.select_related("text__question__precedent", "text__clause__version__policy")
    rows = version.lessons.select_related("module", "revision__matter", "revision__theme", "revision__region")
    of_text = ("more_matters", "causes", "categories__scheme", "tags")
    return list(
        rows.order_by("module__position", "position", "pk").prefetch_related(
            Prefetch("asked", asked.order_by("position", "pk")),
            Prefetch("revision__citations", queryset=cited),
            *(f"revision__{name}" for name in of_text),
        )
    )


def _decided(precedents: Iterable[int]) -> Mapping[int, Decided]:
    """What two people let through, by precedent. 1 query."""
    found: dict[int, dict[tuple[str, str], PrivacyOverride]] = {}
    for row in PrivacyOverride.objects.filter(precedent__in=set(precedents)):
        found.setdefault(row.precedent_id, {})[row.kind, row.mark] = row
    return found


def _unseen(lesson: Lesson, number: int) -> Taught:
    module = _may_leave(lesson.module.title)
    return Taught(lesson.key, number, module, gettext(UNSEEN), _rich(""), is_case=True, is_hidden=True)


def _taught(lesson: Lesson, number: int, pin: Pin | None, questions: tuple[Asked, ...], *, decided: Decided) -> Taught:
    module, title, note = _may_leave(lesson.module.title), _may_leave(lesson.title), _rich(lesson.note)
    if pin is None:
        return Taught(lesson.key, number, module, title, note, questions=questions)
    content = with_texts(content_of(lesson.revision), lambda place: outgoing_text(place.text, decided=decided))
    told = {section.field: section for section in sections_of(content)}
    precedent, signal = pin.row.precedent, pin.row.signal
    return Taught(
        key=lesson.key,
        number=number,
        module=module,
        title=title,
        note=note,
        hides=lesson.hides and bool(questions),
        is_case=True,
        standing=gettext("{number} 第 {revision} 版").format(
            number=precedent.number or precedent.code, revision=lesson.revision.number
        ),
        word="care" if pin.is_newer and signal.word == "ok" else str(signal.word),
        label=pin.label if pin.state is PinState.NEWER else gettext(signal.label),
        reasons=pin.reasons,
        before=tuple(told[name] for name in BEFORE if name in told),
        after=tuple(told[name] for name in AFTER if name in told),
        questions=questions,
    )


def _asked(text: QuestionText, *, name: str, seed: str) -> Asked:
    kind, body = QuestionKind(text.kind), text.body
    rule, left = _rule(kind, body), ()
    if kind == QuestionKind.ORDER:
        parts = _parts(shuffled(body["items"], seed=f"{seed}/{text.pk}"))
        answer = [part["text"] for part in body["items"]]
    elif kind == QuestionKind.MATCH:
        left = _parts(body["left"])
        parts = _parts(shuffled(body["right"], seed=f"{seed}/{text.pk}"))
        names = {part.key: part.text for part in parts}
        answer = [f"{part.text}——{names[body['pairs'][part.key]]}" for part in left]
    elif kind == QuestionKind.SHORT:
        parts, answer = _parts(body["points"]), [_may_leave(body.get("sample", ""))]
    else:
        parts = _parts(shuffled(body["options"], seed=f"{seed}/{text.pk}"), right=body["right"])
        answer = [part.text for part in parts if part.is_right]
    return Asked(
        name=name,
        code=text.question.code,
        kind=kind.value,
        label=gettext(kind.label),
        stem=_may_leave(text.stem),
        parts=parts,
        left=left,
        rule=rule,
        answer=tuple(filter(None, map(_may_leave, answer))),
        explanation=_rich(text.explanation),
        basis=_basis(text),
    )


def _rule(kind: QuestionKind, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """As much of the body as marking needs."""
    if kind == QuestionKind.ORDER:
        return {"items": [{"key": part["key"]} for part in body["items"]]}
    if kind == QuestionKind.MATCH:
        return {"pairs": body["pairs"], "right": [part["key"] for part in body["right"]]}
    if kind == QuestionKind.SHORT:
        return {"points": [{"key": part["key"]} for part in body["points"]]}
    return {"options": [{"key": part["key"]} for part in body["options"]], "right": body["right"]}


def _parts(parts: Iterable[Mapping[str, Any]], *, right: Sequence[str] = ()) -> tuple[Part, ...]:
    return tuple(
        Part(part["key"], _may_leave(part["text"]), _may_leave(part.get("why", "")), part["key"] in right)
        for part in parts
    )


def _basis(text: QuestionText) -> str:
    clause = text.clause
    if clause is None:
        return _may_leave(text.locator)
    title = clause.version.title or clause.version.policy.title
    return " ".join(filter(None, (f"《{title}》", clause.label, _may_leave(text.locator))))


def _rich(text: str) -> SafeString:
    """Markdown as HTML. An address in a note would lead from the platform to anywhere: of a link only the words stay."""
    return to_html(_may_leave(text), links=False)


def _may_leave(text: str) -> str:
    return outgoing_text(text, decided={})
