"""One door for the form of a draft, pressed or saved by itself: into the draft, or kept beside it, and never over what others saved."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext

from caselib.core.errors import RuleBroken, StaleState
from caselib.orgs.models import User
from caselib.precedents.citation_edits import open_draft
from caselib.precedents.content import RevisionContent, content_of, digest
from caselib.precedents.models import Precedent, Revision, RevisionState, SiblingDraft
from caselib.precedents.services import revision_save
from caselib.precedents.siblings import TOO_LARGE, sibling_keep, too_large, window_saved

from .form import Read, Typed, read_typed

SAVED_INTO = (RevisionState.DRAFT, RevisionState.CHANGES_REQUESTED)
# Names of the inputs that say what the form was read at.
SEEN = ("lock_version", "revision", "base", "window")
NO_LOCK = -1


class State(StrEnum):
    """What became of a form. PARTLY: what breaks a rule is not saved; SIBLING, CLOSED: all of it is kept beside the draft."""

    SAVED = "saved"
    PARTLY = "partly"
    SIBLING = "sibling"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a form was read at: the lock, the number of the revision, the digest of its text, and the window that shows it."""

    lock_version: int
    revision: int
    base: str
    window: str


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a form. `revision`, `content`: the draft as it is now, None where there is none; `words`: for the person."""

    state: State
    revision: Revision | None
    words: str
    content: RevisionContent | None = None
    problems: dict[str, str] = field(default_factory=dict)
    sibling: SiblingDraft | None = None


def seen_in(typed: Mapping[str, str]) -> Seen:
    """Reads a posted form. What is no number fits no draft."""
    return Seen(
        lock_version=_number(typed.get("lock_version", "")),
        revision=_number(typed.get("revision", "")),
        base=typed.get("base", ""),
        window=typed.get("window", ""),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else NO_LOCK


def time_of(moment: dt.datetime) -> str:
    """14:03:22 on the clock of the hall."""
    return f"{timezone.localtime(moment):%H:%M:%S}"


def base_of(content: RevisionContent) -> str:
    """The digest of what the form holds. Citations are edited beside it: they move the lock and not this."""
    return digest(dataclasses.replace(content, citations=()))


def form_saved(precedent: Precedent, typed: Typed, *, seen: Seen, editor: User, now: dt.datetime) -> Saved:
    """Saves a form into the open draft, or keeps it beside the draft where somebody was first or the draft was submitted.

    A form whose text is the draft's already writes nothing and is told the lock of today: the answer to it may have been lost.
    Raises RuleBroken for more than a person types and for what no part of may be saved. Writes what `revision_save` or
    `sibling_keep` writes.
    """
    if too_large(typed):
        raise RuleBroken(TOO_LARGE, code="too_large")
    revision = open_draft(precedent)
    if revision is None or revision.state not in SAVED_INTO:
        if revision is not None and (same := _submitted_as(revision, typed)):
            # A save on its way while 提交 was pressed: nothing of it is missing.
            return _saved(revision, same, seen=seen, editor=editor, now=now)
        return _closed(precedent, revision, typed, seen=seen, editor=editor, now=now)
    current = content_of(revision)
    read = read_typed(typed, current=current, precedent=precedent)
    is_current = _is_current(revision, current, seen)
    if (is_current or not read.problems) and not _changes(revision, read):
        return _saved(revision, read, seen=seen, editor=editor, now=now)
    if not is_current:
        return _beside(revision, typed, seen=seen, editor=editor, now=now)
    try:
        note = read.change_note
        revision_save(revision, read.content, lock_version=revision.lock_version, editor=editor, change_note=note)
    except StaleState:
        return form_saved(precedent, typed, seen=seen, editor=editor, now=now)
    return _saved(revision, read, seen=seen, editor=editor, now=now)


def _submitted_as(revision: Revision, typed: Typed) -> Read | None:
    """The form, read, where it says what waits for a review already."""
    read = read_typed(typed, current=content_of(revision), precedent=revision.precedent)
    return None if read.problems or _changes(revision, read) else read


def _is_current(revision: Revision, current: RevisionContent, seen: Seen) -> bool:
    """Whether the form shows the draft as it is. The number counts: locks of two revisions may be the same."""
    if seen.revision != revision.number:
        return False
    return seen.lock_version == revision.lock_version or seen.base == base_of(current)


def _changes(revision: Revision, read: Read) -> bool:
    is_noted = read.change_note is not None and read.change_note != revision.change_note
    return is_noted or digest(read.content) != revision.content_digest


def _saved(revision: Revision, read: Read, *, seen: Seen, editor: User, now: dt.datetime) -> Saved:
    at = time_of(now)
    if read.problems:
        words = f"{at} 存了，{len(read.problems)} 处没存：看标红的地方。没存的本机留着。"
        return Saved(State.PARTLY, revision, words, read.content, read.problems)
    window_saved(revision, window=seen.window, author=editor, now=now)
    return Saved(State.SAVED, revision, f"已保存 {at}", read.content)


def _beside(revision: Revision, typed: Typed, *, seen: Seen, editor: User, now: dt.datetime) -> Saved:
    kept = _kept(revision, typed, seen=seen, editor=editor, now=now)
    own = revision.last_editor_id == editor.pk
    who = "您在另一个窗口" if own else f"{revision.last_editor_name or revision.author_name} "
    at = time_of(revision.saved_at)
    words = f"{who}{at} 先存了一稿。您写的没有盖掉它，另存了一份，一个字都没丢。比一比再合。"
    return Saved(State.SIBLING, revision, words, sibling=kept)


def _closed(
    precedent: Precedent, revision: Revision | None, typed: Typed, *, seen: Seen, editor: User, now: dt.datetime
) -> Saved:
    latest = revision or precedent.revisions.order_by("number").last()
    if latest is None:
        raise RuleBroken(gettext("这份草稿已经不在了，没有存到服务器。字还在这一页上，复制出来再关。"), code="no_draft")
    kept = _kept(latest, typed, seen=seen, editor=editor, now=now)
    why = "已经提交审核" if revision else f"现在是“{latest.get_state_display()}”"
    words = f"这一稿{why}，您写的没有进去，另存了一份，一个字都没丢。"
    return Saved(State.CLOSED, revision, words, sibling=kept)


def _kept(revision: Revision, typed: Typed, *, seen: Seen, editor: User, now: dt.datetime) -> SiblingDraft:
    return sibling_keep(revision, typed=typed, based_on=seen.lock_version, window=seen.window, author=editor, now=now)
