"""Filing a report: one click and a sentence from any section. 涉隐私 takes the precedent off view at once, within bounds."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import RuleBroken
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.orgs.services import user_asked
from caselib.precedents.models import Precedent, Revision, RevisionState
from caselib.precedents.services import name_of
from caselib.precedents.visibility import READABLE, PrecedentStatus
from caselib.precedents.withholding import precedent_withhold

from ..models import TOLD_BY_READERS, UNANSWERED, Report, ReportFiling, ReportKind, ReportState
from ..typed import line_kept
from .access import may_report
from .deadlines import due_of_kind
from .page_sections import section_named

LONGEST_TEXT = ReportFiling._meta.get_field("text").max_length
# Who cries wolf takes no more than this off view in a day; what is reported beyond it goes to the desk all the same.
TAKEN_OFF_A_DAY = 3


@dataclass(frozen=True, slots=True)
class Filed:
    """`is_new`: whether this word counted; False where the same person had said it. `took_off`: whether it is off view now by this
    word; `held_back`: why it is not, for 涉隐私 that did not take it off, else empty."""

    report: Report
    is_new: bool
    took_off: bool = False
    held_back: str = ""


@transaction.atomic
def report_file(
    precedent: Precedent,
    *,
    scope: ViewerScope,
    section: str,
    kind: str,
    text: str = "",
    revision: int | None = None,
    now: dt.datetime | None = None,
) -> Filed:
    """Reports a section of the text that was read (`revision`: its number, the live one if not given).

    The same kind, section and text of the precedent is one report, whoever says it; a person counts once for each. The text is masked;
    of 涉隐私 none is stored, and the precedent is off view in the same moment.
    Raises NotAllowed, and RuleBroken for an unknown kind, a long text, or none where one is needed.
    Writes Report, ReportFiling, AuditEvent report.filed, and for 涉隐私 what `precedent_withhold` writes.
    """
    now = now or clock.now()
    if kind not in TOLD_BY_READERS:
        raise RuleBroken(gettext("没有记：选一个，过期、有误、说不清还是涉隐私。"), code="unknown_kind", field="kind")
    kept = _text_kept(text, kind)
    precedent = Precedent.objects.select_for_update(of=("self",)).get(pk=precedent.pk)
    _refuse(precedent, scope, kind)
    report = _report(precedent, section=section, kind=kind, number=revision, now=now)
    filing, is_new = _filing(report, scope, text=kept, now=now)
    if not is_new:
        return Filed(report, is_new=False, took_off=filing.took_off)
    user_asked(filing.user_id)
    took_off, held_back = _taken_off(filing, precedent, now=now) if kind == ReportKind.PRIVACY else (False, "")
    after = {"kind": kind, "section": report.section, "revision": report.revision.number}
    after |= {"times": report.filings.count()} | ({"took_off": True} if took_off else {})
    record(Action.REPORT_FILED, report, actor=filing.user, after=after)
    return Filed(report, is_new=True, took_off=took_off, held_back=held_back)


def _refuse(precedent: Precedent, scope: ViewerScope, kind: str) -> None:
    """Who pressed 涉隐私 a moment after somebody else joins that report, although nobody can read the text any more."""
    is_late = kind == ReportKind.PRIVACY and precedent.status == PrecedentStatus.WITHHELD
    if not is_late or scope.home_department_id is None:
        may_report(scope, precedent, kind=kind).require()


def _filing(report: Report, scope: ViewerScope, *, text: str, now: dt.datetime) -> tuple[ReportFiling, bool]:
    """(the person's word for the report, whether it is the first one)."""
    # Two reports of one person at two precedents wait here for each other, so that both count.
    actor = User.objects.select_for_update(no_key=True).get(pk=scope.user_id)
    said = {"department_id": scope.home_department_id, "user_name": name_of(actor), "text": text, "at": now}
    return ReportFiling.objects.get_or_create(report=report, user=actor, use=None, defaults=said)


def _text_kept(typed: str, kind: str) -> str:
    """The words as they are stored. Raises RuleBroken for none where the owner could not know what is meant."""
    if kind == ReportKind.PRIVACY:
        return ""
    kept = line_kept(typed, longest=LONGEST_TEXT, field="text", name="说明")
    if kind != ReportKind.OUTDATED and not kept:
        raise RuleBroken(gettext("写一句哪里不对、该是什么，改的人才知道。"), code="required", field="text")
    return kept


def _report(precedent: Precedent, *, section: str, kind: str, number: int | None, now: dt.datetime) -> Report:
    """The open report about that section of that text, made where there is none. Call it with the precedent locked."""
    read = _read(precedent, number)
    key = section_named(section).key
    same = Report.objects.select_for_update(of=("self",)).filter(revision=read, section=key, kind=kind, point_mark="")
    found = same.filter(state__in=UNANSWERED).order_by("pk").first()
    if found is not None:
        return found
    due_on = due_of_kind(kind, on=clock.day_of(now))
    return Report.objects.create(precedent=precedent, revision=read, section=key, kind=kind, at=now, due_on=due_on)


def _read(precedent: Precedent, number: int | None) -> Revision:
    """The published text of that number, the live one for any other."""
    published = precedent.revisions.filter(state__in=[RevisionState.APPROVED, RevisionState.SUPERSEDED])
    found = published.filter(number=number).first() if number else None
    return found or Revision.objects.get(pk=precedent.live_revision_id)


def _taken_off(filing: ReportFiling, precedent: Precedent, *, now: dt.datetime) -> tuple[bool, str]:
    """(whether the word took the precedent off view, why it did not). The owner's desk has the report in any case."""
    if precedent.status not in READABLE:
        return False, ""
    if _declined_before(filing):
        return False, "这一版您报过涉隐私，归口部门核查后恢复了上架，所以没有再自动下架"
    if _taken_off_today(filing, now=now) >= TAKEN_OFF_A_DAY:
        return False, f"您今天已经让 {TAKEN_OFF_A_DAY} 件下架核查，所以没有再自动下架"
    # The reason names the section and nobody's words.
    reason = f"有读者报“{section_named(filing.report.section).label}”涉隐私，先下架，由归口部门核查。"
    precedent_withhold(precedent, reason=reason, actor=filing.user, now=now)
    ReportFiling.objects.filter(pk=filing.pk).update(took_off=True)
    return True, ""


def _declined_before(filing: ReportFiling) -> bool:
    rows = ReportFiling.objects.filter(user=filing.user, took_off=True, report__revision=filing.report.revision_id)
    return rows.filter(report__kind=ReportKind.PRIVACY, report__state=ReportState.DECLINED).exists()


def _taken_off_today(filing: ReportFiling, *, now: dt.datetime) -> int:
    return ReportFiling.objects.filter(user=filing.user, took_off=True, at__date=clock.day_of(now)).count()
