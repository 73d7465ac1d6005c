"""Matters in and out as Excel: sample, export, dry run, confirmation."""

from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from caselib.catalog.matters_bulk import CHANGED, NEW, REFUSED, UNCHANGED, matters_import, plan_of
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.uploads import refused_uploads
from caselib.exchange import staging
from caselib.exchange.sheet_writing import XLSX

from .. import matter_sheet
from ..access import may_keep_catalogue
from .lists import HERE

KIND = "matters"
# More lines than these nobody reads on a page; the number of all of them stands above.
SHOWN = 200
_TOO_LARGE = "文件超过 20 MB，没有读。删掉图片和用不着的表再传。什么都没有写。"


@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """The form, and after sending a file the report of what it would do. Writes no matter."""
    may_keep_catalogue(request.scope).require()
    if request.method != "POST":
        return render(request, "vocabularies/import.html", {"here": HERE})
    try:
        upload = request.FILES.get("file")
        if refused_uploads(request):
            raise RuleBroken(_TOO_LARGE, code="too_large", field="file")
        if upload is None:
            raise RuleBroken(gettext("还没有选文件。"), code="missing_file", field="file")
        return _report(request, upload.read())
    except RuleBroken as error:
        return render(request, "vocabularies/import.html", {"error": error.message, "here": HERE}, status=422)


def _report(request: HttpRequest, data: bytes, *, error: str = "", status: int = 200) -> HttpResponse:
    lines, unknown = matter_sheet.lines_from(data)
    plan = plan_of(lines)
    keeps = plan.writes or plan.of(REFUSED)
    groups = [(what, label, found, found[:SHOWN]) for what, label in _LABELS if (found := plan.of(what))]
    shown = {
        "plan": plan,
        "counts": [(label, len(plan.of(what))) for what, label in _LABELS],
        "groups": [group for group in groups if group[0] != UNCHANGED],
        "unknown": unknown,
        "most": SHOWN,
        "token": staging.stage(data, kind=KIND, user_id=request.user.pk) if keeps else "",
        "error": error,
        "here": HERE,
    }
    return render(request, "vocabularies/report.html", shown, status=status)


_LABELS = ((REFUSED, "没有读"), (CHANGED, "改动"), (NEW, "新增"), (UNCHANGED, "不变"))


@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Carries out what the report showed."""
    may_keep_catalogue(request.scope).require()
    token = request.POST.get("token", "")
    try:
        data = staging.staged(token, kind=KIND, user_id=request.user.pk)
        lines, _ = matter_sheet.lines_from(data)
        plan = matters_import(lines, digest=request.POST.get("digest", ""), actor=request.user)
    except RuleBroken as error:
        return render(request, "vocabularies/import.html", {"error": error.message, "here": HERE}, status=422)
    except StaleState as error:
        staging.drop(token, kind=KIND, user_id=request.user.pk)
        return _report(request, data, error=error.message, status=409)
    staging.drop(token, kind=KIND, user_id=request.user.pk)
    messages.success(
        request,
        gettext("导入好了：新增 {count} 项，改动 {count2} 项。").format(
            count=len(plan.of(NEW)), count2=len(plan.of(CHANGED))
        ),
    )
    return redirect("desk:vocabularies:list", KIND)


@require_safe
def refused(request: HttpRequest, token: str) -> HttpResponse:
    """The rows of a staged file that would not be read, with the reason, to be mended and sent again."""
    may_keep_catalogue(request.scope).require()
    data = staging.staged(token, kind=KIND, user_id=request.user.pk)
    lines, _ = matter_sheet.lines_from(data)
    return _file(matter_sheet.refused_file(plan_of(lines).of(REFUSED), data), matter_sheet.REFUSED_NAME)


@require_safe
def sample(request: HttpRequest) -> HttpResponse:
    """The sheet to fill in."""
    may_keep_catalogue(request.scope).require()
    return _file(matter_sheet.sample_file(), matter_sheet.SAMPLE_NAME)


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """All matters as a file that can be changed and brought back."""
    may_keep_catalogue(request.scope).require()
    return _file(matter_sheet.export_file(), matter_sheet.EXPORT_NAME)


def _file(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename=\"matters.xlsx\"; filename*=UTF-8''{quote(name)}"
    return response
