"""What a hand-out says, before it becomes Word, slides or a page to print: plain values, nothing in them that may not leave.

`word` is always that of a signal: ok, care, stop, or empty where there is none. Texts that are Markdown say so.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext

from ..pins import LABELS, PinState

NOT_BASIS = "案例供参考，不是依据；以现行政策原文为准。"
# What a lesson says whose precedent this viewer may not see: this sentence, and nothing besides.
UNSEEN = "这一课的案例现在不能看"
UNASKED = "这道题说的案例现在不能看，题目没有印。"
BROKEN = "这道题出了错，没有对的答案，没有印。"


@dataclass(frozen=True, slots=True)
class Cited:
    """A document with its clause, and whether it applies on the day. `words`: of the clause; `is_gist`: not word for word.

    `relation`: what it is to the precedent, empty beside an explanation.
    """

    text: str
    validity: str
    word: str
    relation: str = ""
    note: str = ""
    words: str = ""
    is_gist: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """An option, a step to be ordered, one side of a pair. `why` and `is_right` are empty where answers are left out."""

    letter: str
    text: str
    when: str = ""
    why: str = ""
    is_right: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question. `parts`: what is chosen from or ordered, in the order in which it is shown; `left`: of pairs, the numbered side.

    `answer`: lines that say what is right, empty where answers are left out; `explanation`: Markdown. Without a stem nothing
    of it may be shown: `is_broken` because nobody can answer it, else because of what it asks about.
    """

    number: int
    kind: str
    label: str
    stem: str = ""
    parts: tuple[Part, ...] = ()
    left: tuple[Part, ...] = ()
    answer: tuple[str, ...] = ()
    explanation: str = ""
    cited: Cited | None = None
    is_broken: bool = False

    @property
    def is_hidden(self) -> bool:
        return not self.stem

    @property
    def untold(self) -> str:
        """Why nothing of it is printed."""
        return gettext(BROKEN if self.is_broken else UNASKED)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a lesson pins and how it stands today. `reasons`: full sentences."""

    number: str
    revision: int
    state: PinState
    signal: str
    word: str
    reasons: tuple[str, ...]
    department: str

    @property
    def line(self) -> str:
        return gettext("{number} 第 {revision} 版　{signal}").format(
            number=self.number, revision=self.revision, signal=self.signal
        )


@dataclass(frozen=True, slots=True)
class Case:
    """The text of a precedent. `lines`: what is read line by line, by field, as `sections.sections_of` gives it.

    `problem`, `resolution`, `assessment`, `lasting`: Markdown. `unsure`: fields that nobody has checked.
    """

    title: str
    wording: tuple[str, ...]
    lines: Mapping[str, tuple[str, ...]]
    problem: str
    resolution: str
    assessment: str
    lasting: str
    basis: tuple[Cited, ...]
    unsure: frozenset[str] = frozenset()

    def of(self, *names: str) -> tuple[str, ...]:
        """The lines of these fields, one behind the other."""
        return tuple(line for name in names for line in self.lines.get(name, ()))

    def one(self, name: str) -> str:
        return "；".join(self.lines.get(name, ()))

    @property
    def who(self) -> str:
        """Who decides, and at which level: once where both say the same."""
        return "，".join(dict.fromkeys(filter(None, (self.one("who_can_decide"), self.one("decision_level")))))


@dataclass(frozen=True, slots=True)
class LessonSheet:
    """One lesson. `note`: Markdown. Where `is_hidden`, title, note, case and questions say nothing of the precedent."""

    number: int
    key: str
    title: str
    is_case: bool
    minutes: int = 0
    note: str = ""
    hides: bool = False
    is_hidden: bool = False
    standing: Standing | None = None
    case: Case | None = None
    questions: tuple[Asked, ...] = ()

    @property
    def asked(self) -> tuple[Asked, ...]:
        return tuple(each for each in self.questions if not each.is_hidden)

    @property
    def keeps_back(self) -> bool:
        """Whether one decides before the precedent opens: its title and the reasons of its signal may tell the answer."""
        return self.hides and bool(self.questions)


@dataclass(frozen=True, slots=True)
class ModuleSheet:
    key: str
    title: str
    lessons: tuple[LessonSheet, ...]


_WORST_FIRST = (PinState.STOP, PinState.CARE, PinState.NEWER)


@dataclass(frozen=True, slots=True)
class Material:
    """A version of a pack as it is handed out on a day. `goal`, `title`: one line; `intro`: Markdown.

    `answers`: whether it says what is right; `for_trainers`: with 研判 and what to tell; `only`: the title of the one module that
    was asked for, empty for all. `code` is the number of the pack.
    """

    code: str
    title: str
    version: int
    is_draft: bool
    readers: str
    goal: str
    intro: str
    department: str
    on: dt.date
    answers: bool
    for_trainers: bool = False
    only: str = ""
    modules: tuple[ModuleSheet, ...] = field(default=())

    @property
    def lessons(self) -> tuple[LessonSheet, ...]:
        return tuple(lesson for module in self.modules for lesson in module.lessons)

    @property
    def hidden(self) -> tuple[LessonSheet, ...]:
        return tuple(lesson for lesson in self.lessons if lesson.is_hidden)

    @property
    def questions(self) -> int:
        return sum(len(lesson.asked) for lesson in self.lessons)

    @property
    def unasked(self) -> int:
        """How many questions are left out because of what they ask about."""
        return sum(len(lesson.questions) - len(lesson.asked) for lesson in self.lessons)

    @property
    def worst(self) -> tuple[str, str]:
        """(word, sentence) of the worst that any lesson pins: it stands on every page."""
        states = [lesson.standing.state for lesson in self.lessons if lesson.standing]
        for state in _WORST_FIRST:
            if count := states.count(state):
                told = gettext("{count} 课{state}").format(count=count, state=gettext(LABELS[state]))
                return ("stop" if state is PinState.STOP else "care"), told
        if self.hidden:
            return "care", gettext("{count} 课看不到").format(count=len(self.hidden))
        return ("ok", gettext("都可用")) if states else ("", "")

    @property
    def version_words(self) -> str:
        told = gettext("第 {version} 版").format(version=self.version)
        return gettext("{told}（草稿）").format(told=told) if self.is_draft else told

    @property
    def day_words(self) -> str:
        return f"{self.on.year}年{self.on.month}月{self.on.day}日"

    @property
    def foot(self) -> str:
        """What stands on every page besides the title."""
        _, told = self.worst
        parts = [f"编号 {self.code}", self.version_words, self.on.isoformat(), f"信号：{told}" if told else ""]
        return "　".join(part for part in parts if part)


def shortened(text: str, longest: int) -> str:
    """One line for a margin, with a mark where it was longer; the whole stands on the page itself."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
