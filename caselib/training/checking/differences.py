"""What changed from one version of a pack to another: settings, modules, lessons with what they pin, and questions. No query."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from caselib.core.diff import Mark, ParagraphPair, marked, paragraph_pairs

from ..models import Lesson, QuestionText
from .contents import SETTINGS, Contents, LessonContents
from .question_lines import lines_of
from .veil import Veil

LABELS = {
    "title": "包名",
    "goal": "目标",
    "readers": "给谁学",
    "intro": "开头的话",
    "pass_mark": "合格分",
    "most_attempts": "最多答几次",
    "wait_minutes": "两次之间隔几分钟",
    "answers_shown": "什么时候看答案",
}


@dataclass(frozen=True, slots=True)
class SettingChange:
    label: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """`what`: added, removed, changed, or order where only their order changed. `marks`: of the stem, `lines`: of the rest, where they
    changed. `is_hidden`: the viewer may not read it."""

    what: str
    text: QuestionText
    marks: tuple[Mark, ...] = ()
    lines: tuple[ParagraphPair, ...] = ()
    is_hidden: bool = False

    @property
    def label(self) -> str:
        return gettext(_DONE[self.what])

    @property
    def mark(self) -> str:
        """As what a line of differences is drawn."""
        return "changed" if self.what == "order" else self.what


_DONE = {"added": "加上", "removed": "去掉", "changed": "改了", "order": "换了次序"}


@dataclass(frozen=True, slots=True)
class PinChange:
    """`old`, `new`: numbers of the texts of the same precedent; `is_other`: another precedent took its place. `address`: where both
    texts are read side by side, empty for who may not read earlier ones."""

    old: int
    new: int
    is_other: bool
    address: str = ""


@dataclass(frozen=True, slots=True)
class LessonChange:
    """`what`: added, removed, changed, moved. `told`: settings of the lesson that changed, as sentences. `title`: to be shown now."""

    what: str
    title: str
    number: int
    lesson: Lesson
    is_moved: bool = False
    title_marks: tuple[Mark, ...] = ()
    note: tuple[ParagraphPair, ...] = ()
    pin: PinChange | None = None
    told: tuple[str, ...] = ()
    questions: tuple[QuestionChange, ...] = ()

    @property
    def label(self) -> str:
        moved = gettext("，挪了位置") if self.is_moved and self.what == "changed" else ""
        return gettext(_WHAT[self.what]) + moved


_WHAT = {"added": "新加的课", "removed": "去掉的课", "changed": "改了", "moved": "挪了位置"}


@dataclass(frozen=True, slots=True)
class Differences:
    settings: tuple[SettingChange, ...]
    modules: tuple[str, ...]
    lessons: tuple[LessonChange, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.settings or self.modules or self.lessons)

    @property
    def words(self) -> str:
        """加 1 课，改 3 课; empty where no lesson differs."""
        counts = {what: sum(each.what == what for each in self.lessons) for what in _COUNTED}
        return "，".join(f"{gettext(_COUNTED[what])} {count} 课" for what, count in counts.items() if count)

    @property
    def by_key(self) -> dict[str, LessonChange]:
        return {each.lesson.key: each for each in self.lessons}


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who looks. `veil`: what of both versions may be read; `hidden_title`: what stands for a title that may not; `address_of`: where two
    texts of the precedent of a lesson, by their numbers, are read side by side, or empty."""

    veil: Veil
    hidden_title: str
    address_of: Callable[[Lesson, int, int], str]

    def title(self, lesson: Lesson) -> str:
        return self.hidden_title if self.veil.hides_words(lesson) else lesson.title


_COUNTED = {"added": "加", "removed": "去掉", "changed": "改", "moved": "挪"}


def differences(old: Contents, new: Contents, *, eyes: Eyes) -> Differences:
    """From `old` to `new`; removed lessons stand last."""
    before = {each.lesson.key: each for each in old.lessons}
    after = {each.lesson.key: each for each in new.lessons}
    moved = _moved([key for key in before if key in after], [key for key in after if key in before])
    moved |= {key for key in before.keys() & after.keys() if before[key].module.key != after[key].module.key}
    changes = []
    for key, now in after.items():
        if key not in before:
            changes.append(_bare("added", now, eyes))
        elif (change := _lesson(before[key], now, key in moved, eyes)) is not None:
            changes.append(change)
    changes += [_bare("removed", was, eyes) for key, was in before.items() if key not in after]
    return Differences(_settings(old, new), tuple(_modules(old, new)), tuple(changes))


def _moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """The fewest lessons that have to be moved to get from one order to the other: all but a longest run that kept its order."""
    place = {key: index for index, key in enumerate(before)}
    tails: list[int] = []
    ends: list[str] = []
    previous: dict[str, str | None] = {}
    for key in after:
        at = bisect_left(tails, place[key])
        previous[key] = ends[at - 1] if at else None
        tails[at : at + 1] = [place[key]]
        ends[at : at + 1] = [key]
    kept: set[str] = set()
    last = ends[-1] if ends else None
    while last is not None:
        kept.add(last)
        last = previous[last]
    return set(after) - kept


def _bare(what: str, each: LessonContents, eyes: Eyes) -> LessonChange:
    return LessonChange(what, eyes.title(each.lesson), each.number, each.lesson)


def _lesson(was: LessonContents, now: LessonContents, is_moved: bool, eyes: Eyes) -> LessonChange | None:
    old, new = was.lesson, now.lesson
    is_shown = not (eyes.veil.hides_words(old) or eyes.veil.hides_words(new))
    words = old.title != new.title or old.note != new.note
    told = tuple(_told(old, new))
    if words and not is_shown:
        told = (*told, gettext("标题或讲解改了，案例您看不到，文字不显示。"))
    pin = _pin(old, new, eyes)
    questions = tuple(_questions(was.asked, now.asked, eyes.veil))
    if not (words or told or pin or questions):
        return _bare("moved", now, eyes) if is_moved else None
    return LessonChange(
        what="changed",
        title=eyes.title(new),
        number=now.number,
        lesson=new,
        is_moved=is_moved,
        title_marks=marked(old.title, new.title) if is_shown and old.title != new.title else (),
        note=tuple(_changed_only(paragraph_pairs(old.note, new.note))) if is_shown and old.note != new.note else (),
        pin=pin,
        told=told,
        questions=questions,
    )


def _changed_only(pairs: Iterable[ParagraphPair]) -> Iterable[ParagraphPair]:
    return (pair for pair in pairs if pair.old != pair.new and (pair.old or pair.new))


def _pin(old: Lesson, new: Lesson, eyes: Eyes) -> PinChange | None:
    if old.revision_id == new.revision_id or old.revision is None or new.revision is None:
        return None
    first, second = old.revision.number, new.revision.number
    if old.precedent_id != new.precedent_id:
        return PinChange(first, second, True)
    return PinChange(first, second, False, eyes.address_of(new, first, second))


def _told(old: Lesson, new: Lesson) -> Iterable[str]:
    if old.hides != new.hides:
        yield gettext("改成先答题，再看案例。") if new.hides else gettext("改成直接看案例，不先答题。")
    if old.minutes != new.minutes:
        yield gettext("用时从 {old} 分钟改成 {new} 分钟。").format(old=old.minutes, new=new.minutes)
    if old.kind != new.kind:
        yield gettext("从{old}改成{new}。").format(
            old=gettext(old.get_kind_display()), new=gettext(new.get_kind_display())
        )


def _questions(old: Sequence[QuestionText], new: Sequence[QuestionText], veil: Veil) -> Iterable[QuestionChange]:
    before = {text.question_id: text for text in old}
    after = {text.question_id: text for text in new}
    for key, text in after.items():
        was = before.get(key)
        if was is None:
            yield _question("added", text, veil)
        elif was.pk != text.pk:
            yield _question("changed", text, veil, was=was)
    yield from (_question("removed", text, veil) for key, text in before.items() if key not in after)
    kept = [key for key in after if key in before]
    if kept != [key for key in before if key in after]:
        yield QuestionChange("order", new[0])


def _question(what: str, text: QuestionText, veil: Veil, *, was: QuestionText | None = None) -> QuestionChange:
    if veil.hides_text(text) or (was is not None and veil.hides_text(was)):
        return QuestionChange(what, text, is_hidden=True)
    if was is None:
        return QuestionChange(what, text)
    return QuestionChange(
        what,
        text,
        marks=marked(was.stem, text.stem) if was.stem != text.stem else (),
        lines=tuple(_changed_only(paragraph_pairs("\n".join(lines_of(was)), "\n".join(lines_of(text))))),
    )


def _settings(old: Contents, new: Contents) -> tuple[SettingChange, ...]:
    found = []
    for name in SETTINGS:
        was, now = setting_words(old, name), setting_words(new, name)
        if was != now:
            found.append(SettingChange(gettext(LABELS[name]), marked(was, now)))
    return tuple(found)


def setting_words(contents: Contents, name: str) -> str:
    """A setting as a page says it."""
    version, value = contents.version, getattr(contents.version, name)
    if name in ("readers", "answers_shown"):
        return gettext(getattr(version, f"get_{name}_display")())
    if name == "pass_mark":
        return gettext("{value} 分").format(value=value)
    if name == "most_attempts":
        return gettext("{value} 次").format(value=value) if value else gettext("不限")
    if name == "wait_minutes":
        return gettext("{value} 分钟").format(value=value) if value else gettext("不用等")
    return str(value)


def _modules(old: Contents, new: Contents) -> Iterable[str]:
    before = {each.module.key: each.module.title for each in old.modules}
    after = {each.module.key: each.module.title for each in new.modules}
    for key, title in after.items():
        if key not in before:
            yield gettext("加了单元“{title}”。").format(title=title)
        elif before[key] != title:
            yield gettext("单元“{old}”改名“{new}”。").format(old=before[key], new=title)
    for key, title in before.items():
        if key not in after:
            yield gettext("去掉了单元“{title}”。").format(title=title)
    kept = [key for key in after if key in before]
    if kept != [key for key in before if key in after]:
        yield gettext("单元换了次序。")
