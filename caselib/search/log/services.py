"""Writes of the search log: notes become rows, rows grow old and go."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from caselib.search.log.notes import Asked, Opened
from caselib.search.models import SearchLogEntry
from caselib.search.questions import kept_question

# A question that follows within this time in the same sitting is taken for the same need in other words.
REWORDED_WITHIN = dt.timedelta(minutes=2)
# What joins the questions of one sitting is needed no longer than this.
JOINED_FOR = dt.timedelta(days=1)
# Rows that are deleted in one transaction: writers on SQLite wait for each other.
_BATCH = 2000


@transaction.atomic
def notes_write(notes: Sequence[Asked | Opened]) -> list[Opened]:
    """Writes SearchLogEntry for what was asked and notes the first result opened of each. Returns clicks without a row.

    Personal data is masked here, before anything is stored. A question without words makes no row.
    """
    rows = [row for note in notes if isinstance(note, Asked) and (row := _row(note)) is not None]
    SearchLogEntry.objects.bulk_create(rows, batch_size=200)
    return [note for note in notes if isinstance(note, Opened) and not _open(note)]


def _row(note: Asked) -> SearchLogEntry | None:
    question = kept_question(note.typed)
    if not question.key:
        return None
    return SearchLogEntry(
        at=note.at,
        question=question.text,
        question_key=question.key,
        token=note.token,
        thread=note.thread,
        total=note.total,
        fits=note.fits,
        page=note.page,
        narrowed=note.narrowed,
    )


def _open(note: Opened) -> bool:
    """Notes the click; False where its question is not written yet. The first result that was opened stays."""
    # Only what says that there is a token is looked up in the index of those that have one.
    row = SearchLogEntry.objects.exclude(token="").filter(token=note.token).order_by("pk").first()
    if row is None:
        return False
    if row.opened_rank is None:
        row.opened_id, row.opened_rank = note.precedent_id, note.rank
        row.save(update_fields=["opened", "opened_rank"])
        _note_rewording(row)
    return True


def _note_rewording(row: SearchLogEntry) -> None:
    """What the same sitting asked shortly before without opening anything was asked again in these words."""
    if not row.thread:
        return
    before = SearchLogEntry.objects.exclude(thread="").filter(
        thread=row.thread, at__lte=row.at, at__gte=row.at - REWORDED_WITHIN, opened_rank=None, reworded_as=""
    )
    before.exclude(question_key=row.question_key).exclude(pk=row.pk).update(reworded_as=row.question)


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows went, and of how many the join to their sitting was taken off."""

    deleted: int
    unjoined: int


def search_log_prune(*, now: dt.datetime, dry_run: bool = False) -> Pruned:
    """Deletes what is older than CASELIB_SEARCH_LOG_DAYS and takes thread and token off what is older than a day.

    The purpose of a row is over by then (Personal Information Protection Law, article 47). `dry_run` only counts.
    """
    old = SearchLogEntry.objects.filter(at__lt=now - dt.timedelta(days=settings.CASELIB_SEARCH_LOG_DAYS))
    joined = SearchLogEntry.objects.filter(~Q(thread="") | ~Q(token=""), at__lt=now - JOINED_FOR)
    if dry_run:
        return Pruned(old.count(), joined.exclude(pk__in=old.order_by().values("pk")).count())
    deleted = 0
    while keys := list(old.order_by("pk").values_list("pk", flat=True)[:_BATCH]):
        deleted += SearchLogEntry.objects.filter(pk__in=keys).delete()[0]
    return Pruned(deleted, joined.update(thread="", token=""))
