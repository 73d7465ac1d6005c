"""An editor's work on a gap: taking it, letting it go, saying which matter it is, joining the same ones, drafting from it."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.catalog.models import Matter
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.personal_data import mask
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import OPEN_STATES, Precedent
from caselib.search.models import KnowledgeGap, KnowledgeGapFiling, Urgency
from caselib.search.urgency import due_on, is_more_urgent

from .access import may_release, may_tend
from .services import STALE, of_group, why_stale

State = KnowledgeGap.State


@transaction.atomic
def gap_take(gap: KnowledgeGap, *, scope: ViewerScope, now: dt.datetime | None = None) -> KnowledgeGap:
    """认领: from here on nobody else closes it. Taken by oneself already, it stays so and nothing is written.

    Raises StaleState where somebody else took or closed it first, NotAllowed. Writes AuditEvent gap.taken.
    """
    may_tend(scope).require()
    actor = User.objects.get(pk=scope.user_id)
    won = KnowledgeGap.objects.filter(pk=gap.pk, state=State.OPEN, taken_by=None).update(
        taken_by=actor, taken_by_name=str(actor)[:64], taken_at=now or clock.now()
    )
    gap.refresh_from_db()
    if won:
        record(Action.GAP_TAKEN, gap, actor=actor)
    elif gap.state != State.OPEN or gap.taken_by_id != scope.user_id:
        raise StaleState(why_stale(gap))
    return gap


@transaction.atomic
def gap_release(gap: KnowledgeGap, *, scope: ViewerScope) -> KnowledgeGap:
    """放手: others may take it. Nothing happens where nobody holds it. Writes AuditEvent gap.released."""
    gap = KnowledgeGap.objects.select_for_update().get(pk=gap.pk)
    may_release(scope, gap).require()
    if gap.state != State.OPEN:
        raise StaleState(STALE)
    if not gap.taken_by_name:
        return gap
    before = {"taken_by": gap.taken_by_name}
    gap.taken_by, gap.taken_by_name, gap.taken_at = None, "", None
    gap.save(update_fields=["taken_by", "taken_by_name", "taken_at"])
    record(Action.GAP_RELEASED, gap, actor=User.objects.get(pk=scope.user_id), before=before)
    return gap


@transaction.atomic
def gap_sort(gap: KnowledgeGap, matter: Matter | None, *, scope: ViewerScope) -> KnowledgeGap:
    """Says which matter it is, or that it is none. Raises StaleState for a closed one. Writes AuditEvent gap.sorted."""
    may_tend(scope).require()
    gap = _held([gap], scope)[0]
    if gap.matter_id == (matter.pk if matter else None):
        return gap
    before = {"matter": mask(gap.matter.name) if gap.matter else ""}
    gap.matter = matter
    gap.save(update_fields=["matter"])
    after = {"matter": mask(matter.name) if matter else ""}
    record(Action.GAP_SORTED, gap, actor=User.objects.get(pk=scope.user_id), before=before, after=after)
    return gap


@transaction.atomic
def gap_join(gap: KnowledgeGap, *, into: KnowledgeGap, scope: ViewerScope) -> KnowledgeGap:
    """The first is the same question as the second and goes on in it; who filed it, and in which words, stays as it was.

    Raises RuleBroken for one and the same, StaleState where one of them is closed or taken by somebody else.
    Writes AuditEvent gap.joined. Returns the second.
    """
    may_tend(scope).require()
    if gap.pk == into.pk:
        raise RuleBroken(gettext("没有合并：两条是同一条。"), code="same", field="into")
    gap, into = _held([gap, into], scope)
    KnowledgeGap.objects.filter(joined_into=gap).update(joined_into=into)
    gap.state, gap.joined_into = State.JOINED, into
    gap.closed_at, gap.closed_by_id = clock.now(), scope.user_id
    gap.save(update_fields=["state", "joined_into", "closed_at", "closed_by"])
    into.matter, into.draft = into.matter or gap.matter, into.draft or gap.draft
    into.save(update_fields=["matter", "draft"])
    _recount(into)
    after = {"into": into.pk, "question": into.question, "times": into.times}
    record(Action.GAP_JOINED, gap, actor=User.objects.get(pk=scope.user_id), after=after)
    return into


@transaction.atomic
def gap_part(gap: KnowledgeGap, *, scope: ViewerScope) -> KnowledgeGap:
    """Takes a joining back: the gap is open again, with those who filed it.

    Raises StaleState where it is not joined, or what it was joined into is closed. Writes AuditEvent gap.parted.
    """
    may_tend(scope).require()
    # Both are locked in one order; where it was joined elsewhere meanwhile, what is locked does not fit and nothing is done.
    into = KnowledgeGap.objects.values_list("joined_into", flat=True).get(pk=gap.pk)
    keys = [gap.pk, into or 0]
    rows = {row.pk: row for row in KnowledgeGap.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    gap = rows[gap.pk]
    whole = rows.get(gap.joined_into_id)
    if gap.state != State.JOINED or whole is None or whole.state != State.OPEN:
        raise StaleState(gettext("没有拆开：合并到的那条已经处理完了，或者这一条已经拆开了。"))
    if KnowledgeGap.objects.filter(question_key=gap.question_key, state=State.OPEN).exists():
        raise StaleState(gettext("没有拆开：同样的问题已经有人另记了一条。"))
    gap.state, gap.joined_into, gap.closed_at, gap.closed_by = State.OPEN, None, None, None
    gap.taken_by, gap.taken_by_name, gap.taken_at = None, "", None
    gap.save()
    if whole.draft_id is not None and whole.draft_id == gap.draft_id:
        # It came along with the joining; published, it answers the gap that it was begun from and no other.
        KnowledgeGap.objects.filter(pk=whole.pk).update(draft=None)
    for row in (gap, whole):
        _recount(row)
    record(Action.GAP_PARTED, gap, actor=User.objects.get(pk=scope.user_id), before={"into": whole.pk})
    return gap


def _held(gaps: list[KnowledgeGap], scope: ViewerScope) -> list[KnowledgeGap]:
    """The rows locked, in the order given: open, and taken by nobody else. Raises StaleState."""
    keys = [gap.pk for gap in gaps]
    rows = {row.pk: row for row in KnowledgeGap.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    for row in rows.values():
        if row.state != State.OPEN or (row.taken_by_id is not None and row.taken_by_id != scope.user_id):
            raise StaleState(why_stale(row))
    return [rows[key] for key in keys]


def _recount(gap: KnowledgeGap) -> None:
    """Count, urgency and due date from the filings of the gap and of those joined into it. Part of joining and parting."""
    filings = list(KnowledgeGapFiling.objects.filter(of_group(gap)).order_by("at", "pk"))
    known = {filing.user_id for filing in filings} - {None}
    gap.times = len(known) + sum(filing.user_id is None for filing in filings)
    gap.urgency = _most_urgent(filing.urgency for filing in filings)
    dates = [due_on(filing.urgency, asked_at=filing.at) for filing in filings]
    gap.due_on = min(dates) if dates else gap.due_on
    gap.last_filed_at = max((filing.at for filing in filings), default=gap.last_filed_at)
    gap.save(update_fields=["times", "urgency", "due_on", "last_filed_at"])


def _most_urgent(values: Iterable[str]) -> str:
    most = Urgency.NORMAL.value
    for value in values:
        most = value if is_more_urgent(value, most) else most
    return most


# --- drafts ---


def draft_of(gap: KnowledgeGap) -> Precedent | None:
    """The precedent that was begun from the gap; a draft that was given up is none. 1 query, none where none was begun."""
    if gap.draft_id is None:
        return None
    is_kept = Q(live_revision__isnull=False) | Q(revisions__state__in=OPEN_STATES)
    return Precedent.objects.filter(is_kept, pk=gap.draft_id).select_related("owner_department").first()


def gap_to_draft(gap: KnowledgeGap, *, scope: ViewerScope) -> KnowledgeGap:
    """The gap held for beginning a draft, until the transaction ends. What was answered with words may still become a precedent.

    Raises StaleState where somebody else took it or it was declined or joined, NotAllowed.
    """
    may_tend(scope).require()
    gap = KnowledgeGap.objects.select_for_update(of=("self",)).select_related("matter__theme").get(pk=gap.pk)
    is_taken = gap.state == State.OPEN and gap.taken_by_id not in (None, scope.user_id)
    if is_taken or gap.state not in (State.OPEN, State.WORDS):
        raise StaleState(why_stale(gap))
    return gap


@transaction.atomic
def gap_drafted(gap: KnowledgeGap, precedent: Precedent, *, actor: User) -> None:
    """Notes the draft that was begun, in the transaction that begins it; who begins it has taken the gap as well.

    Writes AuditEvent gap.drafted.
    """
    values = {"draft": precedent}
    if gap.state == State.OPEN and gap.taken_by_id is None:
        values |= {"taken_by": actor, "taken_by_name": str(actor)[:64], "taken_at": clock.now()}
    KnowledgeGap.objects.filter(pk=gap.pk).update(**values)
    record(Action.GAP_DRAFTED, gap, actor=actor, after={"precedent": precedent.code})


def wordings_of(gap: KnowledgeGap, *, most: int) -> tuple[str, ...]:
    """In which words people asked, the gap's own first, each once. 1 query."""
    filings = KnowledgeGapFiling.objects.filter(of_group(gap)).select_related("gap").order_by("at", "pk")
    words = [gap.question, *(filing.question or filing.gap.question for filing in filings)]
    return tuple(dict.fromkeys(words))[:most]
