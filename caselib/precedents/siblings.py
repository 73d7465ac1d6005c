"""并存稿: the text of who saved second is kept beside the draft, until a person has put both together.

Nothing is merged by itself and nothing is overwritten: each section is taken from one side by a save with compare-and-swap.
A text here is as it was typed, personal data included: only who sees the drafts of the department may read it.
"""

import dataclasses
import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record, record_many
from caselib.core.diff import ParagraphPair, paragraph_pairs
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.core.text import clean
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope

from .content import LABELS, RevisionContent, content_of
from .models import Precedent, Revision, SiblingDraft
from .sections import ORDER, sections_of
from .services import name_of, revision_save
from .visibility import DRAFT_ROLES

# A form that is full to its limits holds some 300,000 characters; what is longer is no text that somebody typed.
MOST_TYPED = 1_000_000
MOST_NAMES = 4_000
WINDOW_LENGTH = 32
KEPT_FOR = dt.timedelta(days=30)
TAKEN, THROWN_AWAY, SAVED_AFTER_ALL = "合好了", "不要了", "后来存进了草稿"
TOO_LARGE = "这一次要存的字太多（超过 100 万字），没有存到服务器。字还在这一页上：删掉误贴的部分再存。"
WRITTEN_ON = "这份并存稿刚才又添了字，没有改动草稿。看看新的，再选一次。"
# Under this name a kept form says which of its sections were decided; no field of a form is called so.
_SETTLED = "~settled"
# The fields that its window changed, as the script of the form tells it; without script nobody knows.
_TOUCHED = "touched"
# What a form sends beside its text.
_NO_TEXT = {"csrfmiddlewaretoken", "lock_version", "window", "account", "base", "revision", "do", _SETTLED}
_UNORDERED = ("causes", "categories", "tags", "more_matters")


@dataclass(frozen=True, slots=True)
class Contrast:
    """One section in which a sibling differs from the draft. `pairs`: the draft's paragraphs as old, the sibling's as new.

    `is_own`: whether the sibling's window changed it; where it did not, the draft was changed by somebody else alone.
    `is_settled`: the draft's side stays, because of that or because somebody has chosen it.
    """

    field: str
    label: str
    pairs: tuple[ParagraphPair, ...]
    is_own: bool
    is_settled: bool

    @property
    def has_old(self) -> bool:
        return any(pair.old for pair in self.pairs)

    @property
    def has_new(self) -> bool:
        return any(pair.new for pair in self.pairs)


@transaction.atomic
def sibling_keep(
    revision: Revision,
    *,
    typed: Mapping[str, Sequence[str]],
    based_on: int,
    window: str,
    author: User,
    now: dt.datetime,
) -> SiblingDraft:
    """Keeps a form that could not be saved; the next one of the same window goes into the same row.

    `typed`: name to values, as sent; `based_on`: the lock that the form was read at. Raises RuleBroken `too_large` for more than
    a million characters. Writes AuditEvent precedent.sibling_kept, and nothing where the same text is kept already.
    """
    kept = _bounded(typed)
    row, is_new = SiblingDraft.objects.select_for_update().get_or_create(
        revision=revision,
        author=author,
        window=window[:WINDOW_LENGTH],
        closed_at=None,
        defaults={
            "typed": kept,
            "based_on": max(0, based_on),
            "author_name": name_of(author),
            "saved_at": now,
        },
    )
    if not is_new:
        if row.typed == kept:
            return row
        row.typed, row.based_on, row.saved_at = kept, max(0, based_on), now
        row.save(update_fields=["typed", "based_on", "saved_at"])
    size = sum(len(value) for values in kept.values() for value in values)
    record(Action.SIBLING_KEPT, row, actor=author, after={"revision": revision.pk, "characters": size})
    return row


def _bounded(typed: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The form without what is no text. Raises RuleBroken. PostgreSQL holds no NUL in JSON; nobody types one."""
    if len(typed) > MOST_NAMES or too_large(typed):
        raise RuleBroken(TOO_LARGE, code="too_large")
    return {clean(name): [clean(value) for value in values] for name, values in typed.items() if name not in _NO_TEXT}


def too_large(typed: Mapping[str, Sequence[str]]) -> bool:
    """Whether it is more than a person types into one form."""
    return sum(len(value) for values in typed.values() for value in values) > MOST_TYPED


@transaction.atomic
def sibling_close(sibling: SiblingDraft, *, how: str, by: User, now: dt.datetime) -> bool:
    """Closes it, whatever became of its text; it stays for 30 days more. False where it was closed before.

    Raises StaleState when something was typed into it since it was read. Writes AuditEvent precedent.sibling_closed.
    """
    values = {"closed_at": now, "closed_by_name": name_of(by), "closed_how": how[:100]}
    rows = SiblingDraft.objects.filter(pk=sibling.pk, closed_at=None)
    if not rows.filter(saved_at=sibling.saved_at).update(**values):
        if rows.exists():
            raise StaleState(WRITTEN_ON)
        return False
    for name, value in values.items():
        setattr(sibling, name, value)
    record(Action.SIBLING_CLOSED, sibling, actor=by, after={"revision": sibling.revision_id, "how": how})
    return True


def window_saved(revision: Revision, *, window: str, author: User, now: dt.datetime) -> None:
    """Closes what this window had beside the draft: all of its text is in the draft now. 1 query, as a rule."""
    rows = SiblingDraft.objects.filter(revision=revision, author=author, window=window[:WINDOW_LENGTH], closed_at=None)
    for row in rows:
        # What came into it in this very moment stays open.
        with suppress(StaleState):
            sibling_close(row, how=SAVED_AFTER_ALL, by=author, now=now)


@transaction.atomic
def sibling_take(
    sibling: SiblingDraft,
    fields: Collection[str],
    *,
    into: Revision,
    mine: RevisionContent,
    lock_version: int,
    editor: User,
    now: dt.datetime,
    has_more: bool = False,
) -> Revision:
    """Puts these sections of the sibling into a draft. `mine`: the sibling read over that draft as it is.

    Closes the sibling when nothing is left to decide; `has_more`: whether some of its words break a rule and are in no section,
    then it stays open. Raises StaleState when somebody saved since `lock_version` was read or closed the
    sibling, RuleBroken where the draft cannot be saved. Writes AuditEvent precedent.revision_saved, precedent.sibling_merged.
    """
    held, content = _held(sibling), content_of(into)
    taken = dataclasses.replace(content, **{name: getattr(mine, name) for name in _known(fields)})
    revision_save(into, taken, lock_version=lock_version, editor=editor)
    _settle(held, taken, mine, fields, by=editor, now=None if has_more else now, took="sibling")
    return into


@transaction.atomic
def sibling_leave(
    sibling: SiblingDraft,
    fields: Collection[str],
    *,
    into: Revision,
    mine: RevisionContent,
    editor: User,
    now: dt.datetime,
    has_more: bool = False,
) -> None:
    """Says that these sections stay as the draft has them; the sibling's words stay in its row.

    Closes the sibling when nothing is left to decide, as `sibling_take` does. Raises StaleState for one that was closed. Writes AuditEvent
    precedent.sibling_merged.
    """
    held = _held(sibling)
    _settle(held, content_of(into), mine, fields, by=editor, now=None if has_more else now, took="draft")


def _held(sibling: SiblingDraft) -> SiblingDraft:
    """The row as it was read, held until the end of the transaction. Raises StaleState for one that was closed or written on."""
    held = SiblingDraft.objects.select_for_update().filter(pk=sibling.pk, closed_at=None).first()
    if held is None:
        raise StaleState(gettext("这份并存稿刚才已经处理过了，没有再改动草稿。看看现在的草稿。"))
    if held.saved_at != sibling.saved_at:
        raise StaleState(WRITTEN_ON)
    return held


def _settle(
    held: SiblingDraft,
    current: RevisionContent,
    mine: RevisionContent,
    fields: Collection[str],
    *,
    by: User,
    now: dt.datetime | None,
    took: str,
) -> None:
    settled = {*held.typed.get(_SETTLED, ()), *(_known(fields) if took == "draft" else ())}
    held.typed = {**held.typed, _SETTLED: sorted(settled)}
    held.save(update_fields=["typed"])
    after = {"revision": held.revision_id, "took": took, "fields": sorted(_known(fields))}
    record(Action.SIBLING_MERGED, held, actor=by, after=after)
    if now and all(each.is_settled for each in contrasts_of(held, current, mine)):
        sibling_close(held, how=TAKEN, by=by, now=now)


def _known(fields: Collection[str]) -> list[str]:
    unknown = [name for name in fields if name not in ORDER]
    if unknown or not fields:
        raise RuleBroken(gettext("没有改动：先选定要用哪一节。"), code="nothing_chosen", field="field")
    return list(fields)


def contrasts_of(sibling: SiblingDraft, current: RevisionContent, mine: RevisionContent) -> tuple[Contrast, ...]:
    """The sections in which the sibling, read over the draft as it is, says something else. No query."""
    settled, own = sibling.typed.get(_SETTLED, ()), _touched(sibling)
    before, after = ({each.field: each.lines for each in sections_of(content)} for content in (current, mine))
    return tuple(
        Contrast(
            field=name,
            label=LABELS.get(name, name),
            pairs=paragraph_pairs("\n".join(before.get(name, ())), "\n".join(after.get(name, ()))),
            is_own=own is None or name in own,
            is_settled=name in settled or (own is not None and name not in own),
        )
        for name in ORDER
        if _differs(name, current, mine)
    )


def _touched(sibling: SiblingDraft) -> set[str] | None:
    values = sibling.typed.get(_TOUCHED)
    return None if values is None else {name for value in values for name in value.split()}


def _differs(name: str, current: RevisionContent, mine: RevisionContent) -> bool:
    one, other = getattr(current, name), getattr(mine, name)
    return set(one) != set(other) if name in _UNORDERED else one != other


def siblings_open(precedent: Precedent) -> tuple[SiblingDraft, ...]:
    """Those that nobody has put together with the draft yet, the oldest first. 1 query."""
    rows = SiblingDraft.objects.filter(revision__precedent=precedent, closed_at=None)
    return tuple(rows.select_related("revision").order_by("saved_at", "pk"))


def require_sees_siblings(scope: ViewerScope, precedent: Precedent) -> None:
    """Raises NotVisible for whoever does not see the drafts of the owning department: a published text hides its siblings."""
    if precedent.owner_department_id not in scope.departments_with(*DRAFT_ROLES):
        raise NotVisible()


@transaction.atomic
def siblings_prune(*, now: dt.datetime, dry_run: bool = False) -> int:
    """Deletes what was closed more than 30 days ago; returns how many. An open one is never deleted.

    Writes AuditEvent precedent.sibling_pruned for each; with `dry_run` nothing.
    """
    rows = SiblingDraft.objects.filter(closed_at__lt=now - KEPT_FOR)
    if dry_run:
        return rows.count()
    gone = list(rows.select_for_update().defer("typed"))
    record_many(Action.SIBLING_PRUNED, gone, actor=None, after=[{"revision": row.revision_id} for row in gone])
    SiblingDraft.objects.filter(pk__in=[row.pk for row in gone]).delete()
    return len(gone)
