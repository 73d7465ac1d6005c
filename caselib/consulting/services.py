"""What the departments say, and how a consultation ends. Nothing that was said is ever overwritten.

Lock order: Consultation, Party, then the knowledge gap, then the trail.
"""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.catalog.models import Matter
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.text import clean
from caselib.orgs.models import Department, User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import OPEN_STATES, Precedent
from caselib.search.gaps.closing import gap_concluded
from caselib.search.questions import kept_note, kept_words

from .access import may_answer, may_conclude, may_draft, may_withdraw
from .models import Consultation, Party, Saying

LONGEST_WORDS = 2_000
LONGEST_BASIS = 500
LONGEST_OWNER = 100
Kind, State = Saying.Kind, Consultation.State


@transaction.atomic
def consultation_answer(
    party: Party, *, words: str, basis: str, lock_version: int, scope: ViewerScope, now: dt.datetime | None = None
) -> Saying:
    """What a department says. It may say more later; what it said before stays.

    `lock_version`: how often the department had spoken when the form was read. Raises RuleBroken for no words or too
    many, StaleState where a colleague spoke meanwhile or it is over, NotAllowed.
    Writes Saying, Party, AuditEvent consultation.answered.
    """
    may_answer(scope, party).require()
    words, basis = _words(words, "答复"), _line(basis, "依据", "basis", LONGEST_BASIS)
    return _said(party, Kind.ANSWER, lock_version=lock_version, scope=scope, now=now, words=words, basis=basis)


@transaction.atomic
def consultation_pass(
    party: Party, *, reason: str, owner: str, lock_version: int, scope: ViewerScope, now: dt.datetime | None = None
) -> Saying:
    """不归我们, with the reason and who is responsible. As `consultation_answer`. Writes AuditEvent consultation.passed."""
    may_answer(scope, party).require()
    words, owner = _words(reason, "理由", "reason"), _line(owner, "归谁管", "owner", LONGEST_OWNER)
    if not owner:
        raise RuleBroken(gettext("没有答复：写上归谁管；实在不知道，写“待定”。"), code="required", field="owner")
    return _said(party, Kind.PASS, lock_version=lock_version, scope=scope, now=now, words=words, owner=owner)


def _said(
    party: Party, kind: Kind, *, lock_version: int, scope: ViewerScope, now: dt.datetime | None, **words: str
) -> Saying:
    now, actor = now or clock.now(), User.objects.get(pk=scope.user_id)
    consultation = _held(party.consultation_id)
    state = Party.State.PASSED if kind is Kind.PASS else Party.State.ANSWERED
    won = Party.objects.filter(pk=party.pk, lock_version=lock_version).update(
        state=state, answered_at=now, lock_version=F("lock_version") + 1
    )
    if not won:
        raise StaleState(gettext("您部门刚刚有人答过了，先看看他写的。您写的还在下面，要补充就再答一次。"))
    made = _saying(consultation, kind, department=party.department_id, actor=actor, now=now, **words)
    action = Action.CONSULTATION_PASSED if kind is Kind.PASS else Action.CONSULTATION_ANSWERED
    told = {"said" if name == "words" else name: value for name, value in words.items()}
    record(action, consultation, actor=actor, after={"department": party.department.name, "late": made.is_late} | told)
    return made


def _silent(consultation: Consultation, *, anyway: bool) -> int:
    """How many departments have not answered. Raises RuleBroken where there are some and nobody said to go on `anyway`."""
    # Nobody waits for a department that was switched off meanwhile.
    waited_for = consultation.parties.filter(state=Party.State.WAITING, is_lead=False, department__is_active=True)
    silent = waited_for.count()
    if silent and not anyway:
        raise RuleBroken(
            gettext("还有 {silent} 个部门没有答。等他们，或者勾上“不等了，直接下结论”。写的还在。").format(
                silent=silent
            ),
            code="unanswered",
            field="anyway",
        )
    return silent


@transaction.atomic
def consultation_conclude(
    consultation: Consultation,
    *,
    words: str,
    basis: str,
    lock_version: int,
    anyway: bool = False,
    scope: ViewerScope,
    now: dt.datetime | None = None,
) -> Consultation:
    """The lead department sums up, and the consultation is over; an open gap that it came from is answered with it.

    `lock_version`: what was read; `anyway`: although not all have answered. Raises RuleBroken without words or while
    somebody has not answered, StaleState where something was said meanwhile or it is over, NotAllowed.
    Writes Saying, Consultation, AuditEvent consultation.concluded, and what `gap_concluded` writes.
    """
    lead = lead_party(consultation)
    may_conclude(scope, lead).require()
    words, basis = _words(words, "结论"), _line(basis, "依据", "basis", LONGEST_BASIS)
    now, actor = now or clock.now(), User.objects.get(pk=scope.user_id)
    consultation = _held(consultation.pk, lock_version=lock_version)
    silent = _silent(consultation, anyway=anyway)
    _saying(
        consultation, Kind.CONCLUSION, department=lead.department_id, actor=actor, now=now, words=words, basis=basis
    )
    _end(consultation, State.CLOSED, now)
    gap = consultation.gap
    if gap is not None:
        gap_concluded(gap, words=words, basis=basis, actor=actor, now=now)
    after = {"said": words, "basis": basis, "silent": silent}
    record(Action.CONSULTATION_CONCLUDED, consultation, actor=actor, after=after)
    return consultation


@transaction.atomic
def consultation_withdraw(
    consultation: Consultation, *, reason: str, scope: ViewerScope, now: dt.datetime | None = None
) -> Consultation:
    """Takes an open consultation back; what was said stays to be read. Raises StaleState where it is over, NotAllowed.

    Writes Saying, Consultation, AuditEvent consultation.withdrawn.
    """
    may_withdraw(scope, consultation).require()
    words = _line(reason, "理由", "reason", LONGEST_BASIS)
    now, actor = now or clock.now(), User.objects.get(pk=scope.user_id)
    consultation = _held(consultation.pk)
    _saying(consultation, Kind.WITHDRAWAL, department=consultation.department_id, actor=actor, now=now, words=words)
    _end(consultation, State.WITHDRAWN, now)
    record(Action.CONSULTATION_WITHDRAWN, consultation, actor=actor, after={"reason": words})
    return consultation


@transaction.atomic
def consultation_lead(
    consultation: Consultation, department: Department, *, scope: ViewerScope, now: dt.datetime | None = None
) -> Consultation:
    """Another department leads, of those that were asked or a new one; the one that led joins in.

    Raises RuleBroken for a department that is switched off, StaleState where it is over, NotAllowed.
    Writes Party, Saying, AuditEvent consultation.led; nothing where it leads already.
    """
    may_withdraw(scope, consultation).require()
    if not department.is_active:
        raise RuleBroken(
            gettext("没有改：“{department}”已经停用。").format(department=department), code="not_active", field="lead"
        )
    now, actor = now or clock.now(), User.objects.get(pk=scope.user_id)
    consultation = _held(consultation.pk)
    lead = lead_party(consultation)
    if lead.department_id == department.pk:
        return consultation
    Party.objects.filter(pk=lead.pk).update(is_lead=False)
    Party.objects.update_or_create(consultation=consultation, department=department, defaults={"is_lead": True})
    words = f"{lead.department} → {department}"
    _saying(consultation, Kind.LEAD, department=consultation.department_id, actor=actor, now=now, words=words)
    before, after = {"lead": lead.department.name}, {"lead": department.name}
    record(Action.CONSULTATION_LED, consultation, actor=actor, before=before, after=after)
    return consultation


def lead_party(consultation: Consultation) -> Party:
    """The department that leads. 1 query."""
    return Party.objects.select_related("department").get(consultation=consultation, is_lead=True)


def _held(key: int, *, lock_version: int | None = None) -> Consultation:
    """The row locked and still open. Raises StaleState saying what became of it."""
    rows = Consultation.objects.select_for_update(of=("self",)).select_related("gap")
    found = rows.get(pk=key)
    if found.state != State.OPEN:
        became = "牵头部门已经下了结论" if found.state == State.CLOSED else "提的人撤回了"
        raise StaleState(gettext("{became}，没有记下。您写的还在这一页。").format(became=became))
    if lock_version is not None and found.lock_version != lock_version:
        raise StaleState(gettext("您看的时候又有部门答了，先看看。您写的还在，看过再下结论。"))
    return found


def _saying(
    consultation: Consultation, kind: Kind, *, department: int, actor: User, now: dt.datetime, **words: str
) -> Saying:
    """Adds what was said to a consultation that the caller holds, and counts its version up."""
    Consultation.objects.filter(pk=consultation.pk).update(lock_version=F("lock_version") + 1)
    consultation.lock_version += 1
    is_late = kind in (Kind.ANSWER, Kind.PASS, Kind.CONCLUSION) and clock.day_of(now) > consultation.due_on
    return Saying.objects.create(
        consultation=consultation,
        kind=kind,
        department_id=department,
        by=actor,
        by_name=str(actor)[:64],
        at=now,
        is_late=is_late,
        **words,
    )


def _end(consultation: Consultation, state: State, now: dt.datetime) -> None:
    consultation.state, consultation.closed_at = state, now
    consultation.save(update_fields=["state", "closed_at"])


def _words(typed: str, name: str, field: str = "words") -> str:
    if not clean(typed).strip():
        raise RuleBroken(gettext("没有记下：还没有写{name}。").format(name=name), code="required", field=field)
    if len(typed) > LONGEST_WORDS:
        raise RuleBroken(
            gettext("没有记下：{name}最多 {longest_words:,} 个字，现在 {count:,} 个。写的还在。").format(
                name=name, longest_words=LONGEST_WORDS, count=len(typed)
            ),
            code="too_long",
            field=field,
        )
    return kept_words(typed)[:LONGEST_WORDS]


def _line(typed: str, name: str, field: str, longest: int) -> str:
    if len(typed) > longest:
        raise RuleBroken(
            gettext("没有记下：{name}最多 {longest} 个字，现在 {count:,} 个。写的还在。").format(
                name=name, longest=longest, count=len(typed)
            ),
            code="too_long",
            field=field,
        )
    return kept_note(typed, longest=longest)


# --- the result ---


def draft_of(consultation: Consultation) -> Precedent | None:
    """The precedent that was begun from the result; a draft that was given up is none. 1 query, none where none was begun."""
    if consultation.draft_id is None:
        return None
    rows = Precedent.objects.filter(pk=consultation.draft_id).select_related("owner_department")
    found = rows.first()
    if found is None or (found.live_revision_id is None and not found.revisions.filter(state__in=OPEN_STATES).exists()):
        return None
    return found


def consultation_to_draft(consultation: Consultation, *, scope: ViewerScope) -> Consultation:
    """The consultation held for beginning a draft, until the transaction ends.

    Raises RuleBroken before there is a conclusion, NotAllowed.
    """
    may_draft(scope, lead_party(consultation)).require()
    rows = Consultation.objects.select_for_update(of=("self",)).select_related("matter__theme", "gap__joined_into")
    found = rows.get(pk=consultation.pk)
    if found.state != State.CLOSED:
        raise RuleBroken(gettext("还没有结论，起不了草稿。"), code="no_conclusion", field="state")
    return found


@transaction.atomic
def consultation_drafted(consultation: Consultation, precedent: Precedent, *, actor: User) -> None:
    """Notes the draft, in the transaction that begins it. Writes AuditEvent consultation.drafted."""
    Consultation.objects.filter(pk=consultation.pk).update(draft=precedent)
    record(Action.CONSULTATION_DRAFTED, consultation, actor=actor, after={"precedent": precedent.code})


def consultations_moved(matter: Matter, *, into: Matter) -> None:
    """Puts the consultations of one matter under the one that took its place. Call it in the transaction of the merge."""
    Consultation.objects.filter(matter=matter).update(matter=into)


def told_parties(parties: Sequence[Party]) -> tuple[str, ...]:
    """Names of those that joined in and did not say that it is not theirs."""
    return tuple(each.department.name for each in parties if not each.is_lead and each.state != Party.State.PASSED)
