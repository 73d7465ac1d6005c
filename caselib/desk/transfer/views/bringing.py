"""Bringing precedents in: the room, a file looked at, its dry run, and the one deed that makes drafts of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.core.uploads import refused_uploads
from caselib.exchange.batch_pages import (
    batch_page,
    batch_visible,
    batches_for_home,
    departments_named,
    refused_file,
    region_checked,
)
from caselib.exchange.batches import batch_discard, batch_import, batch_plan_again, batch_stage
from caselib.exchange.incoming import Incoming, read_file, read_pasted
from caselib.exchange.models import ImportBatch
from caselib.exchange.planning import Ways
from caselib.exchange.sample import sample_file

from ..access import may_bring, may_bring_for, may_carry_out, may_enter
from ..files import file_of
from ..showing import LIMITS, department_options, forms_for, own_departments

HERE = "transfer"
_TOO_LARGE = "文件超过 20 MB，没有读，什么都没有写。删掉图片和用不着的表，或者分成几个文件传。"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """导入导出: what can be brought in and out, and the last imports."""
    may_enter(request.scope).require()
    return _home(request)


def _home(request: HttpRequest, *, status: int = 200, **shown: Any) -> HttpResponse:
    scope = request.scope
    context = {
        "may_bring": may_bring(scope),
        "departments": department_options(scope, request.POST.get("department", "")),
        "own": own_departments(scope),
        "forms": forms_for(scope),
        "batches": batches_for_home(scope),
        "limits": LIMITS,
        "here": HERE,
        **shown,
    }
    return render(request, "transfer/home.html", context, status=status)


@require_POST
def bring(request: HttpRequest) -> HttpResponse:
    """先看会怎样: keeps the file with its dry run. Writes no precedent."""
    may_bring(request.scope).require()
    typed = {name: request.POST.get(name, "") for name in ("pasted", "region")}
    try:
        ways = _ways(request)
        incoming, name = _incoming(request, typed["pasted"])
        batch = batch_stage(
            incoming, ways=ways, file_name=name, maker=request.user, scope=request.scope, now=clock.now()
        )
    except RuleBroken as error:
        wrong = {"message": error.message, "field": error.field}
        return _home(request, status=422, typed=typed, wrong=wrong, errors={error.field: error.message})
    return redirect("desk:transfer:batch", batch.code)


def _ways(request: HttpRequest) -> Ways:
    text = request.POST.get("department", "")
    key = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    found = departments_named([key])
    if not found:
        raise RuleBroken(gettext("选一个部门：导入的草稿归它。"), code="required", field="department")
    may_bring_for(request.scope, key).require()
    return Ways(department=found[0], region_name=region_checked(request.POST.get("region", "")))


def _incoming(request: HttpRequest, pasted: str) -> tuple[Incoming, str]:
    upload = request.FILES.get("file")
    if refused_uploads(request):
        raise RuleBroken(_TOO_LARGE, code="too_large", field="file")
    if upload is not None:
        return read_file(upload.read()), upload.name or "文件"
    if pasted.strip():
        return read_pasted(pasted), "粘贴的内容"
    raise RuleBroken(gettext("还没有选文件，也没有粘贴内容。"), code="missing_file", field="file")


@require_safe
def batch(request: HttpRequest, code: str) -> HttpResponse:
    """预检: what would become of each row."""
    may_enter(request.scope).require()
    return _batch(request, batch_visible(request.scope, code=code))


def _batch(request: HttpRequest, found: ImportBatch, *, error: str = "", status: int = 200) -> HttpResponse:
    asked = request.GET
    page = batch_page(found, request.scope, kind=asked.get("kind", ""), page=asked.get("page", "1"))
    may = may_carry_out(request.scope, found)
    shown = {"page": page, "batch": found, "may": may, "error": error, "here": HERE}
    return render(request, "transfer/batch.html", shown, status=status)


@require_POST
def confirm(request: HttpRequest, code: str) -> HttpResponse:
    """导入为草稿: all rows that can come in, or none."""
    found = _own(request, code)
    seen = request.POST.get("digest", "")
    try:
        made = batch_import(found, digest_seen=seen, actor=request.user, scope=request.scope, now=clock.now())
    except RuleBroken as error:
        return _batch(request, batch_visible(request.scope, code=code), error=error.message, status=422)
    except StaleState as error:
        return _looked_at_again(request, code, error.message)
    messages.success(request, gettext("导入好了：{count} 份草稿，要另一个人审核后才发布。").format(count=len(made)))
    return redirect("desk:transfer:batch", code)


def _looked_at_again(request: HttpRequest, code: str, message: str) -> HttpResponse:
    """Nothing was imported: the plan as the library is now, or what became of the batch."""
    found = batch_visible(request.scope, code=code)
    if found.state == ImportBatch.State.STAGED:
        found = batch_plan_again(found, scope=request.scope, actor=request.user, now=clock.now())
    return _batch(request, found, error=message, status=409)


@require_POST
def replace_personal(request: HttpRequest, code: str) -> HttpResponse:
    """换成〔手机号〕再看: personal data of all rows is replaced by its kind."""
    found = _own(request, code)
    try:
        is_masked = request.POST.get("masked", "1") == "1"
        batch_plan_again(found, scope=request.scope, actor=request.user, now=clock.now(), is_masked=is_masked)
    except StaleState as error:
        return _batch(request, batch_visible(request.scope, code=code), error=error.message, status=409)
    return redirect("desk:transfer:batch", code)


@require_POST
def discard(request: HttpRequest, code: str) -> HttpResponse:
    """不导了: forgets the rows."""
    may_enter(request.scope).require()
    found = batch_visible(request.scope, code=code)
    try:
        batch_discard(found, actor=request.user, now=clock.now())
    except StaleState as error:
        return _batch(request, batch_visible(request.scope, code=code), error=error.message, status=409)
    messages.success(request, gettext("这一份作废了，里面的内容已经删掉。"))
    return redirect("desk:transfer:home")


@require_safe
def refused(request: HttpRequest, code: str) -> HttpResponse:
    """The rows that were refused, to be mended and sent again; only for who brought them."""
    found = _own(request, code)
    return file_of(refused_file(found), name=f"没有导入的行-{code}", form="xlsx")


@require_safe
def sample(request: HttpRequest) -> HttpResponse:
    """样表."""
    may_bring(request.scope).require()
    return file_of(sample_file(), name="案例导入样表", form="xlsx")


def _own(request: HttpRequest, code: str) -> ImportBatch:
    may_enter(request.scope).require()
    found = batch_visible(request.scope, code=code)
    if found.expires_at <= clock.now():
        raise NotVisible()
    may_carry_out(request.scope, found).require()
    return found
