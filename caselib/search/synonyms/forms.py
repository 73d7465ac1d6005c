"""What an editor typed into the form of a group, and what the page says about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from caselib.core.text import clean

from .checking import GroupProblem
from .parsing import words_of
from .selectors import HistoryLine
from .site import SiteGroup

# Longer than the longest group can be; what is pasted beyond it is told to be too long by its words.
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class GroupForm:
    """The form as it is shown. `stored`: the group as it is now, None for a new one; `error`: one sentence above all.

    `confirm`: what the second press of the button sends, so that warnings were read for these very words.
    """

    words: str
    one_way: bool
    note: str
    lock_version: int
    stored: SiteGroup | None = None
    problems: tuple[GroupProblem, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str = ""
    confirm: str = ""
    history: tuple[HistoryLine, ...] = field(default=())

    @property
    def typed(self) -> tuple[str, ...]:
        return words_of(self.words)

    @property
    def sign(self) -> str:
        """Differs when other words are asked for."""
        return sha256(f"{self.one_way} {'|'.join(self.typed)}".encode()).hexdigest()[:16]

    def told(
        self, *, problems: Sequence[GroupProblem] = (), warnings: Sequence[str] = (), error: str = ""
    ) -> "GroupForm":
        """The same form with what is to be said."""
        confirm = self.sign if warnings else ""
        return replace(self, problems=tuple(problems), warnings=tuple(warnings), error=error, confirm=confirm)


def form_of(group: SiteGroup | None, *, joined: Sequence[str] = ()) -> GroupForm:
    """The form of a stored group, with words to join to it; an empty one for a new group."""
    words = list(group.group.words) if group else []
    words += [word for text in joined for word in words_of(text[:_LONGEST]) if word not in words]
    return GroupForm(
        words="\n".join(words),
        one_way=group.group.one_way if group else False,
        note=group.note if group else "",
        lock_version=group.lock_version if group else 0,
        stored=group,
    )


def form_from(posted: Mapping[str, str], *, stored: SiteGroup | None) -> GroupForm:
    """The form as it was typed; what is no number counts as version 0."""
    version = posted.get("lock_version", "")
    return GroupForm(
        words=clean(posted.get("words", ""))[:_LONGEST],
        one_way=posted.get("direction") == "one_way",
        note=clean(posted.get("note", ""))[:1000],
        lock_version=int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0,
        stored=stored,
    )
