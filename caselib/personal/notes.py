"""Writes of private notes. Nobody but their writer ever reads them, so they are kept as typed and leave no audit event.

What looks like personal data is told, not refused and not masked (docs/decisions.md): a mask would change what somebody
wrote for nobody else, and a refusal would send it to a slip of paper.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.text import clean
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent
from caselib.precedents.privacy import kinds_in

from .access import may_keep
from .models import LONGEST_NOTE, PrivateNote

MOST_NOTES = 1000
STALE = "另一个窗口先存了这条笔记。两份都在下面，一个字没丢；合成一份再存。"


@dataclass(frozen=True, slots=True)
class NoteSaved:
    """`note`: None where an empty text took it away. `kinds`: what looks like personal data in it, by name."""

    note: PrivateNote | None
    kinds: tuple[str, ...]


@transaction.atomic
def note_save(
    precedent: Precedent, text: str, *, lock_version: int, scope: ViewerScope, now: dt.datetime | None = None
) -> NoteSaved:
    """Keeps the viewer's note beside a precedent that the viewer may see; an empty text takes it away.

    `lock_version`: that of the note that was read, 0 for none. The same text once more changes nothing. Raises NotAllowed,
    RuleBroken for more than 2,000 characters or 1,000 notes, StaleState where another window was first.
    """
    may_keep(scope).require()
    text = note_text(text)
    User.objects.select_for_update().get(pk=scope.user_id)
    mine = PrivateNote.objects.filter(user_id=scope.user_id)
    found = mine.filter(precedent=precedent).first()
    if (found.text if found else "") == text:
        return NoteSaved(found, kinds_in(text))
    if (found.lock_version if found else 0) != lock_version:
        raise StaleState(STALE)
    if not text:
        found.delete()
        return NoteSaved(None, ())
    if found is None:
        if mine.count() >= MOST_NOTES:
            raise RuleBroken(
                gettext("最多写 {most_notes} 条笔记，这一条没有存。到“我的案例”删几条不用的再存。").format(
                    most_notes=MOST_NOTES
                ),
                code="too_many",
                field="note",
            )
        found = PrivateNote(user_id=scope.user_id, precedent=precedent, lock_version=0)
    found.text, found.changed_at, found.lock_version = text, now or clock.now(), found.lock_version + 1
    found.save()
    return NoteSaved(found, kinds_in(text))


def note_text(typed: str) -> str:
    """What is kept of a typed note. Raises RuleBroken where it is too long; nothing is cut without a word."""
    text = clean(typed).strip()
    if len(text) > LONGEST_NOTE:
        raise RuleBroken(
            gettext("没有存：笔记最多 {longest_note} 字，现在 {count} 字。写的还在框里，删短再存。").format(
                longest_note=LONGEST_NOTE, count=len(text)
            ),
            code="too_long",
            field="note",
        )
    return text


def note_drop(key: int, *, scope: ViewerScope) -> bool:
    """Takes one's own note away by its key, whether or not its precedent can be seen. False where there is none."""
    gone, _ = PrivateNote.objects.filter(user_id=scope.user_id, pk=key).delete()
    return bool(gone)
