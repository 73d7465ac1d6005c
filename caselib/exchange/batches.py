"""Writes of staged imports: a dry run that is kept, and the one deed that makes drafts of it. Each is atomic and audited."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.personal_data import mask
from caselib.core.text import clean
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.bulk import NewPrecedent, known_external_ids, precedents_import
from caselib.precedents.models import Precedent
from caselib.precedents.services import revision_save, revision_start

from .incoming import Incoming
from .models import ImportBatch, ImportRow
from .planning import RowPlan, Ways, outcomes, plan_digest, plan_rows

KEPT = dt.timedelta(days=7)
# Of one account: a dry run that nobody confirmed is not kept beside ten later ones.
MOST_STAGED = 5
CHANGED = "预检以后库里有变动，什么都没有导入。下面是按现在的库重新预检的结果，看过再导入。"
GONE = "这一份已经导入过或者作废了，没有再导入一次。"
_BATCH = 500
_Kind, _State = ImportRow.Kind, ImportBatch.State
_WRITES = (_Kind.CREATED, _Kind.UPDATED)


def batch_stage(
    incoming: Incoming, *, ways: Ways, file_name: str, maker: User, scope: ViewerScope, now: dt.datetime
) -> ImportBatch:
    """Keeps the file with its dry run for a week; no precedent is written. Prunes what is over, and the oldest of many.

    Writes AuditEvent precedent.import_staged, without a word of the rows.
    """
    batch = ImportBatch(
        maker=maker,
        department=ways.department,
        region_name=ways.region_name,
        form=incoming.form,
        file_name=mask(clean(file_name))[:120],
        file_digest=incoming.digest,
        told=list(incoming.told),
        letters=incoming.letters,
        is_masked=ways.is_masked,
        created_at=now,
        expires_at=now + KEPT,
    )
    # Reading 20,000 rows takes half a minute: nobody else waits for the database meanwhile.
    plans = plan_rows(incoming.raws, ways=ways, scope=scope, on=clock.day_of(now))
    with transaction.atomic():
        batches_prune(now=now)
        _make_room(maker)
        batch.save()
        _store(batch, plans, incoming.raws)
        record(Action.IMPORT_STAGED, batch, actor=maker, after={"counts": batch.counts, "digest": batch.file_digest})
    return batch


def batch_plan_again(
    batch: ImportBatch, *, scope: ViewerScope, actor: User, now: dt.datetime, is_masked: bool | None = None
) -> ImportBatch:
    """The dry run of a staged file once more, against the library as it is now; `is_masked` changes how it is taken.

    Raises StaleState when it was imported or discarded. Writes AuditEvent precedent.import_staged.
    """
    _refuse_gone(batch)
    wanted = batch.is_masked if is_masked is None else is_masked
    ways = replace(ways_of(batch), is_masked=wanted)
    raws = list(batch.rows.order_by("line").values_list("raw", flat=True))
    plans = plan_rows(raws, ways=ways, scope=scope, on=clock.day_of(now))
    with transaction.atomic():
        _turn(batch, _State.STAGED, is_masked=wanted)
        batch.rows.all().delete()
        _store(batch, plans, raws)
        record(Action.IMPORT_STAGED, batch, actor=actor, after={"counts": batch.counts, "masked": batch.is_masked})
    return batch


def batch_import(
    batch: ImportBatch, *, digest_seen: str, actor: User, scope: ViewerScope, now: dt.datetime
) -> list[Precedent]:
    """Makes drafts of all rows that can come in, or of none: new precedents, and revisions of those that are there.

    Raises StaleState when it was imported or discarded before, or when the library has changed since the dry run that
    `digest_seen` names; RuleBroken when there is nothing to import or its time is over. Writes what `precedents_import`,
    `revision_start` and `revision_save` write, and AuditEvent precedent.import_done.
    """
    if batch.expires_at <= now:
        raise RuleBroken(
            gettext("这一份放了七天，已经过期，什么都没有导入。把文件再传一次。"), code="expired", field="file"
        )
    _refuse_gone(batch)
    if digest_seen != batch.plan_digest:
        raise StaleState(gettext("这一份重新预检过，您看的是旧结果，什么都没有导入。看过现在的再导入。"))
    rows = list(batch.rows.order_by("line").values_list("line", "raw", "is_personal"))
    plans = plan_rows(
        [raw for _, raw, _ in rows],
        ways=ways_of(batch),
        scope=scope,
        on=clock.day_of(now),
        refused_for_persons={line for line, _, is_personal in rows if is_personal},
    )
    if plan_digest(outcomes(plans)) != batch.plan_digest:
        raise StaleState(CHANGED)
    try:
        return _import(batch, plans, actor=actor, now=now)
    except IntegrityError as error:
        raise StaleState(CHANGED) from error


@transaction.atomic
def _import(batch: ImportBatch, plans: Sequence[RowPlan], *, actor: User, now: dt.datetime) -> list[Precedent]:
    # First of all: of two who press at once, the second finds it done.
    _turn(batch, _State.DONE, decided_at=now)
    _refuse_changed(plans)
    made = _write(plans, batch, actor=actor, now=now)
    # What came in is in the drafts now; only what is to be mended stays here.
    batch.rows.exclude(kind=_Kind.REFUSED).update(raw={})
    record(Action.IMPORT_DONE, batch, actor=actor, after={"counts": batch.counts, "digest": batch.file_digest})
    return made


def _refuse_changed(plans: Iterable[RowPlan]) -> None:
    """Raises StaleState when a text was published or an id taken between plan and transaction. 1 query for each 500."""
    read = {plan.precedent.pk: plan.precedent for plan in plans if plan.precedent is not None}
    now_there = Precedent.objects.filter(pk__in=list(read)).values_list("pk", "lock_version", "live_revision_id")
    kept = {(pk, lock, live) for pk, lock, live in now_there}
    created = [plan.external_id for plan in plans if plan.kind == _Kind.CREATED]
    if kept != {(row.pk, row.lock_version, row.live_revision_id) for row in read.values()} or known_external_ids(
        created
    ):
        raise StaleState(CHANGED)


@transaction.atomic
def batch_discard(batch: ImportBatch, *, actor: User, now: dt.datetime) -> None:
    """Gives a staged import up and forgets its rows. Raises StaleState when it was imported.

    Writes AuditEvent precedent.import_discarded.
    """
    _turn(batch, _State.DISCARDED, decided_at=now)
    batch.rows.all().delete()
    record(Action.IMPORT_DISCARDED, batch, actor=actor)


@transaction.atomic
def batches_prune(*, now: dt.datetime, dry_run: bool = False) -> int:
    """Deletes the batches whose week is over, with their rows; the drafts that came of them stay. Returns how many.

    Writes one AuditEvent precedent.import_expired for each, nothing with `dry_run`.
    """
    old = list(ImportBatch.objects.filter(expires_at__lte=now).order_by("pk"))
    for batch in () if dry_run else old:
        record(Action.IMPORT_EXPIRED, batch, actor=None, after={"state": batch.state})
        batch.delete()
    return len(old)


def ways_of(batch: ImportBatch) -> Ways:
    """How the file of this batch is taken."""
    return Ways(department=batch.department, region_name=batch.region_name, is_masked=batch.is_masked)


def _make_room(maker: User) -> None:
    staged = ImportBatch.objects.filter(maker=maker, state=_State.STAGED).values_list("pk", flat=True)
    ImportBatch.objects.filter(pk__in=list(staged[MOST_STAGED - 1 :])).delete()


def _mine(batch: ImportBatch) -> QuerySet[ImportBatch]:
    return ImportBatch.objects.filter(pk=batch.pk, state=_State.STAGED, lock_version=batch.lock_version)


def _refuse_gone(batch: ImportBatch) -> None:
    """Raises StaleState at once where `_turn` would after half a minute of planning."""
    if not _mine(batch).exists():
        raise StaleState(GONE)


def _turn(batch: ImportBatch, state: str, **values: Any) -> None:
    """Compare-and-swap from staged. Raises StaleState when somebody was first."""
    if not _mine(batch).update(state=state, lock_version=F("lock_version") + 1, **values):
        raise StaleState(GONE)
    batch.refresh_from_db()


def _store(batch: ImportBatch, plans: Sequence[RowPlan], raws: Iterable[dict[str, Any]]) -> None:
    rows = (
        ImportRow(
            batch=batch,
            line=plan.line,
            kind=plan.kind,
            external_id=plan.external_id[:128],
            # It stands on a page that others may see than who wrote it.
            title=mask(plan.title[:200])[:120],
            raw=raw,
            problems=[list(problem) for problem in plan.problems],
            remarks=[mask(words)[:300] for words in plan.remarks],
            changes=plan.changes,
            is_personal=plan.is_personal,
            outcome=plan.outcome,
        )
        for plan, raw in zip(plans, raws, strict=True)
    )
    ImportRow.objects.bulk_create(rows, batch_size=_BATCH)
    batch.counts = dict(Counter(str(plan.kind) for plan in plans))
    batch.counts["personal"] = sum(plan.is_personal for plan in plans)
    batch.plan_digest = plan_digest(outcomes(plans))
    batch.save(update_fields=["counts", "plan_digest"])


def _write(plans: Sequence[RowPlan], batch: ImportBatch, *, actor: User, now: dt.datetime) -> list[Precedent]:
    if not any(plan.kind in _WRITES for plan in plans):
        raise RuleBroken(gettext("没有可以导入的行，什么都没有写。"), code="nothing", field="file")
    items = [
        NewPrecedent(plan.content, batch.department, external_id=plan.external_id, **plan.apart)
        for plan in plans
        if plan.kind == _Kind.CREATED and plan.content is not None
    ]
    made = precedents_import(items, publish=False, actor=actor, now=now) if items else []
    for plan in plans:
        if plan.kind == _Kind.UPDATED and plan.precedent is not None:
            revision = revision_start(plan.precedent, author=actor)
            content = replace(plan.content, supersedes=None)
            note = f"导入“{batch.file_name}”第 {plan.line} 行：{'、'.join(plan.changes)}"[:500]
            revision_save(revision, content, lock_version=revision.lock_version, editor=actor, change_note=note)
            made.append(plan.precedent)
    return made
