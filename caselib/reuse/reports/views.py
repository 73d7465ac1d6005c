from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from caselib.core import clock
from caselib.core.errors import DomainError, NotAllowed, NotVisible, RuleBroken
from caselib.core.personal_data import mask
from caselib.core.text import clean
from caselib.orgs.scope import ViewerScope
from caselib.precedents.access import may_edit
from caselib.precedents.content import content_of
from caselib.precedents.models import Precedent, Revision
from caselib.precedents.privacy import outgoing
from caselib.precedents.sections import Section, sections_of

from ..models import TOLD_BY_READERS, ReportKind
from ..opening import title_of, viewed
from .access import may_report
from .deadlines import WORKING_DAYS
from .filing import Filed, report_file
from .page_sections import SECTIONS, WHOLE, PageSection, section_named
from .selectors import mine_of, place_of

LONGEST_TYPED = 50_000
_HINTS = {
    ReportKind.OUTDATED: gettext_noop("政策或做法变了"),
    ReportKind.WRONG: gettext_noop("写的和实际不一样"),
    ReportKind.UNCLEAR: gettext_noop("照着看不懂、做不了"),
    ReportKind.PRIVACY: gettext_noop("看得出是谁，马上下架核查"),
}


@dataclass(frozen=True, slots=True)
class KindChoice:
    value: str
    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class ReportForm:
    """The form with what was typed. `precedent` is None for who cannot see it any more; `denied`: why it cannot be reported.

    `is_newer`: whether the reader came from an earlier text than the one beside the form.
    """

    precedent: Precedent | None
    title: str = ""
    owner: str = ""
    section: str = WHOLE
    label: str = ""
    kind: str = ""
    text: str = ""
    revision: int = 0
    is_newer: bool = False
    fixes: bool = False
    denied: str = ""
    parts: tuple[Section, ...] = ()
    kinds: tuple[KindChoice, ...] = ()
    sections: tuple[PageSection, ...] = ()
    wrong: DomainError | None = None


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """我的纠错: what the viewer reported, with its state and answer."""
    found = mine_of(request.scope, page=request.GET.get("page", "1"), on=clock.today())
    return render(request, "reuse/mine.html", {"mine": found, "here": "reports"})


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, code: str) -> HttpResponse:
    """纠错 about one section: what is wrong, in a sentence; of 涉隐私 the click alone."""
    sent = request.POST if request.method == "POST" else request.GET
    typed = {name: sent.get(name, "")[:LONGEST_TYPED] for name in ("section", "kind", "text", "revision")}
    try:
        precedent = viewed(request.scope, code)
    except NotVisible:
        if request.method != "POST":
            raise
        return _gone(request, typed["text"])
    if request.method != "POST":
        return _page(request, precedent, typed)
    try:
        filed = _filed(precedent, typed, request.scope)
    except (RuleBroken, NotAllowed) as error:
        return _page(request, precedent, typed, wrong=error)
    messages.success(request, _said(filed, typed["text"]))
    return redirect("reuse:mine") if filed.took_off else redirect("pages:precedent", code)


def _filed(precedent: Precedent, typed: dict[str, str], scope: ViewerScope) -> Filed:
    return report_file(
        precedent,
        scope=scope,
        section=typed["section"],
        kind=typed["kind"],
        text=typed["text"],
        revision=_number(typed["revision"]),
        now=clock.now(),
    )


def _said(filed: Filed, text: str) -> str:
    """What became of it, and by when somebody answers."""
    about = f"“{place_of(filed.report)}”{filed.report.get_kind_display()}"
    if not filed.is_new:
        return f"{about}您报过了，没有再记；现在是“{filed.report.get_state_display()}”，答复在“我的纠错”里看。"
    days = WORKING_DAYS[ReportKind(filed.report.kind)]
    said = f"报了：{about}。归口部门 {days} 个工作日内答复，在“我的纠错”里看。"
    if filed.took_off:
        said += "案例现在起读者看不到了，核查清楚才恢复。"
    elif filed.held_back:
        said += f"{filed.held_back}，归口部门照样在 {days} 个工作日内核查；急的直接打电话给他们。"
    if filed.report.kind != ReportKind.PRIVACY and mask(clean(text)) != clean(text):
        said += "说明里像个人信息的地方换成了〔〕里的词，原文没有存。"
    return said


def _page(
    request: HttpRequest, precedent: Precedent, typed: dict[str, str], *, wrong: RuleBroken | None = None
) -> HttpResponse:
    allowed = may_report(request.scope, precedent)
    # What is reported is what stands beside the form; who comes from an earlier text is told so.
    read = precedent.live_revision if allowed else None
    section = section_named(typed["section"])
    kinds = [kind for kind in TOLD_BY_READERS if may_report(request.scope, precedent, kind=kind)]
    form = ReportForm(
        precedent=precedent,
        title=title_of(precedent),
        owner=str(precedent.owner_department),
        section=section.key,
        label=section.label,
        kind=typed["kind"] if typed["kind"] in TOLD_BY_READERS else "",
        text=typed["text"] if request.method == "POST" else "",
        revision=read.number if read else 0,
        is_newer=bool(read and _number(typed["revision"]) not in (None, read.number)),
        fixes=bool(may_edit(request.scope, precedent)) and bool(may_report(request.scope, precedent, kind="wrong")),
        denied="" if allowed else allowed.reason,
        parts=_parts(precedent, read, section) if read else (),
        kinds=tuple(KindChoice(kind.value, gettext(kind.label), gettext(_HINTS[kind])) for kind in kinds),
        sections=tuple(SECTIONS.values()),
        wrong=wrong,
    )
    return render(request, "reuse/report.html", {"screen": form}, status=wrong.status if wrong else 200)


def _parts(precedent: Precedent, read: Revision, section: PageSection) -> tuple[Section, ...]:
    """The section as readers see it. 5 queries, none for the page as a whole."""
    if not section.fields:
        return ()
    content = outgoing(content_of(read), precedent=precedent)
    return tuple(part for part in sections_of(content) if part.field in section.fields)


def _gone(request: HttpRequest, text: str) -> HttpResponse:
    wrong = NotVisible(
        gettext("没有找到这个案例：可能刚下架，或者您没有查看的权限。写的都在下面，可以复制下来告诉归口部门。")
    )
    screen = ReportForm(precedent=None, text=text, wrong=wrong)
    return render(request, "reuse/report.html", {"screen": screen}, status=wrong.status)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
