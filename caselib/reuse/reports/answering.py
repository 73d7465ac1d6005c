"""What the owner does with a report: takes it up, begins a revision, says in which text it is mended, or why nothing changes.

Each is atomic and audited; a report is answered once, and who comes second is told what became of it.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.orgs.models import User
from caselib.precedents.models import OPEN_STATES, Precedent, Revision, RevisionState
from caselib.precedents.services import name_of, revision_start
from caselib.precedents.visibility import PrecedentStatus

from ..models import UNANSWERED, Report, ReportKind, ReportState
from ..typed import line_kept

LONGEST_ANSWER = Report._meta.get_field("answer").max_length


@transaction.atomic
def report_take(report: Report, *, by: User) -> Report:
    """开始处理: says who is at it; the same person again changes nothing.

    Raises StaleState when somebody else took or answered it. Writes AuditEvent report.taken.
    """
    report = _locked(report)
    _refuse_answered(report)
    if report.state == ReportState.TAKEN:
        if report.taken_by_id != by.pk:
            raise StaleState(
                gettext("{taken_by_name}在处理这一条，没有改动。").format(taken_by_name=report.taken_by_name)
            )
        return report
    return _taken(report, by=by)


@transaction.atomic
def report_revise(report: Report, *, by: User) -> Revision:
    """转修订: the open draft of the precedent, begun if there is none; its approval answers the report.

    Raises StaleState when the report was answered, RuleBroken for a text out of use. Writes AuditEvent report.taken, and what
    `revision_start` writes.
    """
    report = _locked(report)
    _refuse_answered(report)
    draft = report.precedent.revisions.filter(state__in=OPEN_STATES).first()
    draft = draft or revision_start(report.precedent, author=by)
    if report.draft_id != draft.pk or report.state == ReportState.OPEN:
        _taken(report, by=by, draft=draft)
    return draft


@transaction.atomic
def report_accept(report: Report, *, by: User, number: str, note: str = "", now: dt.datetime | None = None) -> Report:
    """已改好: names the published text, later than the reported one, in which it is mended.

    Raises RuleBroken for a number of none, StaleState when it was answered. Writes AuditEvent report.answered.
    """
    report = _locked(report)
    _refuse_answered(report)
    fixed = _published(report, number)
    _refuse_withheld(report)
    said = line_kept(note, longest=LONGEST_ANSWER, field="note", name=gettext("说明"))
    answer = said or gettext("第 {number} 版改好了。").format(number=fixed.number)
    return report_answered(report, ReportState.ACCEPTED, answer=answer, by=by, now=now or clock.now(), fixed_in=fixed)


@transaction.atomic
def report_decline(report: Report, *, by: User, reason: str, now: dt.datetime | None = None) -> Report:
    """不改, with the reason, which the reporters read.

    Raises RuleBroken without a reason, and for 涉隐私 while it is off view; StaleState when it was answered.
    Writes AuditEvent report.answered.
    """
    report = _locked(report)
    _refuse_answered(report)
    _refuse_withheld(report)
    said = line_kept(reason, longest=LONGEST_ANSWER, field="reason", name=gettext("理由"))
    if not said:
        raise RuleBroken(gettext("写一句为什么不改，报的人会看到。"), code="required", field="reason")
    return report_answered(report, ReportState.DECLINED, answer=said, by=by, now=now or clock.now())


def report_answered(
    report: Report,
    state: ReportState,
    *,
    answer: str,
    by: User | None,
    now: dt.datetime,
    fixed_in: Revision | None = None,
) -> Report:
    """Writes down an answer that was checked. Call it in a transaction, with the precedent locked and the report unanswered.

    Writes AuditEvent report.answered.
    """
    values: dict[str, Any] = {
        "state": state,
        "answer": answer[:LONGEST_ANSWER],
        "answered_by": by,
        "answered_by_name": name_of(by),
        "answered_at": now,
        "fixed_in": fixed_in,
    }
    before = report.state
    Report.objects.filter(pk=report.pk).update(**values)
    report.refresh_from_db()
    after = {"state": str(state), "answer": report.answer} | ({"revision": fixed_in.number} if fixed_in else {})
    record(Action.REPORT_ANSWERED, report, actor=by, before={"state": before}, after=after)
    return report


def _locked(report: Report) -> Report:
    """The report as it is now, the precedent before it, as everywhere."""
    Precedent.objects.select_for_update(of=("self",)).only("pk").get(pk=report.precedent_id)
    return Report.objects.select_for_update(of=("self",)).select_related("precedent", "revision").get(pk=report.pk)


def _refuse_answered(report: Report) -> None:
    if report.state not in UNANSWERED:
        who = (
            gettext("{answered_by_name}已经答复过").format(answered_by_name=report.answered_by_name)
            if report.answered_by_name
            else gettext("这一条已经了结")
        )
        raise StaleState(gettext("{who}：{label}。没有再改动。").format(who=who, label=ReportState(report.state).label))


def _refuse_withheld(report: Report) -> None:
    if report.kind == ReportKind.PRIVACY and report.precedent.status == PrecedentStatus.WITHHELD:
        message = gettext("案例还在下架。查明没有问题，由另一个人恢复上架；有问题，转修订，改好、审核通过就重新上架。")
        raise RuleBroken(message, code="withheld", field="state")


def _taken(report: Report, *, by: User, draft: Revision | None = None) -> Report:
    before = report.state
    values: dict[str, Any] = {"state": ReportState.TAKEN, "taken_by": by, "taken_by_name": name_of(by)}
    Report.objects.filter(pk=report.pk).update(**values, **({"draft": draft} if draft else {}))
    report.refresh_from_db()
    after = {"state": str(ReportState.TAKEN)} | ({"revision": draft.number} if draft else {})
    record(Action.REPORT_TAKEN, report, actor=by, before={"state": before}, after=after)
    return report


def _published(report: Report, number: str) -> Revision:
    typed = number.strip()
    wanted = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0
    states = [RevisionState.APPROVED, RevisionState.SUPERSEDED]
    found = report.precedent.revisions.filter(state__in=states, number=wanted).first()
    if found is None or found.number <= report.revision.number:
        message = gettext("写发布过的、比第 {number} 版新的版次。还没有发布的，转修订，审核通过时自动了结。").format(
            number=report.revision.number
        )
        raise RuleBroken(message, code="no_such_revision", field="number")
    return found
