"""What keeps a version from being published, and what somebody should look at first: read once when it is submitted and again
when it is published, because a precedent may have been taken out of use between the two."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext

from caselib.core.errors import RuleBroken
from caselib.core.personal_data import Severity, find, mask
from caselib.orgs.scope import ViewerScope

from ..choices import LessonKind, QuestionState
from ..models import PackVersion, QuestionText
from ..pins import Pin, PinState, pins_of
from ..questions.kinds import body_checked
from .contents import Contents, LessonContents, contents_of_all
from .veil import Veil, veil_of

# As many as a refusal names; the page lists all.
NAMED = 5
HIDDEN_TITLE = "看不到的案例"


@dataclass(frozen=True, slots=True)
class Finding:
    """`place`: where, `told`: what, as one sentence without the words that were found. `key`: of the lesson, or empty."""

    code: str
    place: str
    told: str
    key: str = ""

    @property
    def words(self) -> str:
        return f"{self.place}：{self.told}"


@dataclass(frozen=True, slots=True)
class Findings:
    """`problems` keep it from being published, `cares` are to be looked at and let through. `contents`, `pins`, `veil`: what was read;
    `beside`: another version that was read along, or None."""

    problems: tuple[Finding, ...]
    cares: tuple[Finding, ...]
    contents: Contents
    pins: dict[int, Pin]
    veil: Veil
    beside: Contents | None


def findings_of(
    version: PackVersion, scope: ViewerScope, *, writes: bool, on: dt.date, beside: PackVersion | None = None
) -> Findings:
    """All that is wrong with a version, for one viewer. `writes`: whether the viewer may write the pack; `beside`: a version to be read
    along. Needs `pack.owner_department.region`. 6 queries for any number of lessons."""
    read = contents_of_all([version, beside] if beside is not None else [version])
    contents, other = read[version.pk], read[beside.pk] if beside is not None else None
    veil = veil_of(contents, other, scope=scope, writes=writes)
    pins = dict(pins_of((each.lesson for each in contents.lessons), scope, on=on))
    problems: list[Finding] = []
    cares: list[Finding] = []
    if not contents.lesson_count:
        problems.append(Finding("no_lesson", gettext("整个包"), gettext("还没有课。")))
    problems += _personal_in_settings(version, contents)
    for each in contents.lessons:
        place = place_of(each, veil)
        problems += _of_lesson(each, pins.get(each.lesson.pk), place, veil.narrow)
        problems += _personal(each.lesson.key, place, (("标题", each.lesson.title), ("讲解", each.lesson.note)))
        cares += _cares(each, pins.get(each.lesson.pk), place)
        for number, text in enumerate(each.asked, start=1):
            here = f"{place}第 {number} 题"
            problems += _of_text(each, text, here, veil)
            cares += _cares_of_text(each, text, here, veil)
    return Findings(tuple(problems), tuple(cares), contents, pins, veil, other)


def place_of(each: LessonContents, veil: Veil) -> str:
    """第 3 课“先定，再对照”; without the title where the viewer may not read it, and without personal data in any case."""
    title = HIDDEN_TITLE if veil.hides_words(each.lesson) else mask(each.lesson.title)
    return f"第 {each.number} 课“{title}”"


def refuse_problems(findings: Findings) -> None:
    """Raises RuleBroken naming the first of them, where there are any."""
    problems = findings.problems
    if problems:
        told = "；".join(each.words.rstrip("。") for each in problems[:NAMED])
        more = f"；共 {len(problems)} 处" if len(problems) > NAMED else ""
        raise RuleBroken(
            gettext("{told}{more}。写的都在，改好再来。").format(told=told, more=more),
            code=problems[0].code,
            field=problems[0].key,
        )


def _of_lesson(each: LessonContents, pin: Pin | None, place: str, narrow: frozenset[int]) -> Iterator[Finding]:
    lesson = each.lesson
    if lesson.kind == LessonKind.NOTE and not lesson.note.strip():
        yield Finding("empty_note", place, gettext("讲解还没有写。"), lesson.key)
    if pin is not None and pin.state is PinState.HIDDEN:
        told = gettext("案例下架了，或者您看不到，换一件或去掉这一课。")
        yield Finding("hidden", place, told, lesson.key)
    elif pin is not None and pin.state is PinState.STOP:
        yield Finding("stopped", place, gettext("案例停用了，换一件或去掉这一课。"), lesson.key)
    if lesson.precedent_id in narrow:
        yield Finding("audience", place, gettext("案例给看的人比培训包窄，有的学员看不到。"), lesson.key)
    if lesson.hides and not each.asked:
        told = gettext("先答题再看案例的课至少要有一道题。")
        yield Finding("no_question", place, told, lesson.key)


def _of_text(each: LessonContents, text: QuestionText, place: str, veil: Veil) -> Iterator[Finding]:
    key = each.lesson.key
    if veil.hides_text(text):
        yield Finding("hidden", place, gettext("题目问的案例看不到了，换一道或去掉。"), key)
    elif text.question.precedent_id in veil.narrow and text.question.precedent_id != each.lesson.precedent_id:
        yield Finding("audience", place, gettext("题目问的案例给看的人比培训包窄。"), key)
    try:
        body_checked(text.kind, text.body)
    except RuleBroken as error:
        told = gettext("没有标对的答案。") if error.code == "no_right_answer" else gettext("题目没有出完整。")
        yield Finding(error.code, place, told, key)
    yield from _personal(key, place, _words_of(text))


def _words_of(text: QuestionText) -> Iterator[tuple[str, str]]:
    yield "题干", text.stem
    yield "讲解", text.explanation
    yield "出处", text.locator
    yield from (("选项和要点", words) for words in _strings(text.body))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _personal_in_settings(version: PackVersion, contents: Contents) -> Iterator[Finding]:
    said = [("包名", version.title), ("目标", version.goal), ("开头的话", version.intro)]
    for name, words in said:
        yield from _personal("", gettext("整个包"), ((name, words),))
    for number, each in enumerate(contents.modules, start=1):
        yield from _personal("", f"第 {number} 单元", (("单元名", each.module.title),))


def _personal(key: str, place: str, said: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """Places and kinds of what must not get out, never the words."""
    found: dict[str, dict[str, None]] = {}
    for name, words in said:
        if kinds := _kinds(words):
            found.setdefault(name, {}).update(dict.fromkeys(kinds))
    for name, kinds in found.items():
        told = gettext("{where}里像有个人信息（{kinds}）。").format(where=name, kinds="、".join(kinds))
        yield Finding("personal_data", place, told, key)


def _kinds(text: str) -> tuple[str, ...]:
    kinds = [finding.kind.label for finding in find(text) if finding.severity == Severity.BLOCK] if text else ()
    return tuple(dict.fromkeys(kinds))


def _cares(each: LessonContents, pin: Pin | None, place: str) -> Iterator[Finding]:
    if pin is not None and pin.state in (PinState.NEWER, PinState.CARE):
        yield Finding(pin.state.value, place, " ".join(pin.reasons), each.lesson.key)


def _cares_of_text(each: LessonContents, text: QuestionText, place: str, veil: Veil) -> Iterator[Finding]:
    key, question = each.lesson.key, text.question
    if question.state == QuestionState.RETIRED:
        yield Finding("question_off", place, gettext("题库里已经停用。"), key)
    if veil.is_retired(text) and question.precedent_id != each.lesson.precedent_id:
        yield Finding("stopped", place, gettext("题目问的案例停用了。"), key)
    if _is_older(each, text):
        told = gettext("按案例第 {number} 版出的，这一课用的是第 {now} 版，看看还对不对。").format(
            number=text.revision.number, now=each.lesson.revision.number
        )
        yield Finding("older_text", place, told, key)


def _is_older(each: LessonContents, text: QuestionText) -> bool:
    """Whether the question was written against another text of the precedent than the lesson pins."""
    of_the_lesson = text.question.precedent_id is not None and text.question.precedent_id == each.lesson.precedent_id
    return of_the_lesson and text.revision_id is not None and text.revision_id != each.lesson.revision_id
