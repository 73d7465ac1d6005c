from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from caselib.core import clock
from caselib.core.errors import DomainError, RuleBroken, StaleState
from caselib.precedents.guarding import may_restore_view
from caselib.reuse.models import Report
from caselib.reuse.reports.access import may_answer_report, may_revise_for, may_tend_reports
from caselib.reuse.reports.answering import report_accept, report_decline, report_revise, report_take
from caselib.reuse.reports.closing import restore_view_answering
from caselib.reuse.reports.page_sections import section_named
from caselib.reuse.reports.selectors import desk_of, report_for_desk, report_of

HERE = "reports"
# A reason of 20,000 characters is refused with its length, and comes back whole.
LONGEST_TYPED = 50_000
_FIELDS = ("reason", "note", "number")


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """纠错: what waits for an answer of the viewer's departments."""
    may_tend_reports(request.scope).require()
    asked = request.GET
    found = desk_of(
        request.scope,
        kind=asked.get("kind", ""),
        state=asked.get("state", ""),
        page=asked.get("page", "1"),
        on=clock.today(),
    )
    return render(request, "reports/desk.html", {"desk": found, "here": HERE})


@require_safe
def report(request: HttpRequest, key: int) -> HttpResponse:
    """One report with the text beside it, and what can be done about it."""
    may_tend_reports(request.scope).require()
    return _page(request, key)


@require_POST
def take(request: HttpRequest, key: int) -> HttpResponse:
    """开始处理: who reported it sees that somebody is at it."""

    def deed(found: Report) -> HttpResponse:
        report_take(found, by=request.user)
        messages.success(request, gettext("记下了，您在处理；报的人看得到。"))
        return redirect("desk:reports:report", key)

    return _done(request, key, "take", deed)


@require_POST
def revise(request: HttpRequest, key: int) -> HttpResponse:
    """转修订: the draft at the section that was reported."""

    def deed(found: Report) -> HttpResponse:
        may_revise_for(request.scope, found).require()
        draft = report_revise(found, by=request.user)
        said = f"第 {draft.number} 版修订开着，改好、审核通过，这条纠错自动了结，报的人会看到。"
        messages.success(request, gettext("{said}报的是：{asked}").format(said=said, asked=_asked(found)))
        fields = section_named(found.section).fields
        address = reverse("desk:writing:draft", args=[found.precedent.code])
        return redirect(f"{address}#f-{fields[0]}" if fields else address)

    return _done(request, key, "revise", deed)


@require_POST
def accept(request: HttpRequest, key: int) -> HttpResponse:
    """已改好: in which published text."""

    def deed(found: Report) -> HttpResponse:
        posted = request.POST
        report_accept(found, by=request.user, number=posted.get("number", ""), note=_typed(request, "note"))
        messages.success(request, gettext("记下了：已改好。报的人会看到是哪一版。"))
        return redirect("desk:reports:desk")

    return _done(request, key, "accept", deed)


@require_POST
def decline(request: HttpRequest, key: int) -> HttpResponse:
    """不改, with the reason."""

    def deed(found: Report) -> HttpResponse:
        report_decline(found, by=request.user, reason=_typed(request, "reason"))
        messages.success(request, gettext("答复了：不改。报的人会看到理由。"))
        return redirect("desk:reports:desk")

    return _done(request, key, "decline", deed)


@require_POST
def restore(request: HttpRequest, key: int) -> HttpResponse:
    """退回涉隐私: back on view by a second person, by the rules of 紧急下架."""

    def deed(found: Report) -> HttpResponse:
        may_restore_view(request.scope, found.precedent).require()
        restore_view_answering(found.precedent, reason=_typed(request, "reason"), actor=request.user)
        messages.success(request, gettext("恢复上架了，报的人会看到理由。"))
        return redirect("desk:reports:desk")

    return _done(request, key, "restore", deed)


def _done(request: HttpRequest, key: int, name: str, deed: Callable[[Report], HttpResponse]) -> HttpResponse:
    """The deed, or the page with what was typed and why it was refused."""
    may_tend_reports(request.scope).require()
    found = report_of(request.scope, key)
    may_answer_report(request.scope, found).require()
    try:
        return deed(found)
    except (RuleBroken, StaleState) as error:
        return _page(request, key, wrong=error, deed=name)


def _page(request: HttpRequest, key: int, *, wrong: DomainError | None = None, deed: str = "") -> HttpResponse:
    screen = report_for_desk(request.scope, key, on=clock.today())
    typed = {name: _typed(request, name) for name in _FIELDS} if deed else {}
    shown = {"screen": screen, "wrong": wrong, "deed": deed, "typed": typed, "here": HERE}
    return render(request, "reports/report.html", shown, status=wrong.status if wrong else 200)


def _typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "")[:LONGEST_TYPED]


def _asked(found: Report) -> str:
    """The first words of those who reported it, to read beside the form."""
    said = [filing.text for filing in found.filings.all() if filing.text]
    return f"“{said[0][:120]}”" if said else f"{section_named(found.section).label}，{found.get_kind_display()}。"
