"""Importing tickets: choose a file or paste, look what each row would do, then import."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from caselib.cases.access import may_import
from caselib.cases.importing import Table, table_of, table_of_file
from caselib.cases.selectors import lists_for_entry
from caselib.cases.staging import import_run, import_stage, staged_plan
from caselib.cases.visibility import own_import
from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken
from caselib.core.text import clean
from caselib.core.uploads import refused_uploads

from . import screens
from .views import GET_OR_POST, HERE

_TOO_LARGE = "文件超过 20 MB，没有读取，什么都没有导入。分成几个文件再来，框里的还在。"
_SAMPLE = (
    "来源系统,来源编号,受理日期,渠道,标题,原文,事项,诉求人,跑动次数,失败阶段,承诺时限,实际用时,是否督办,办结日期,办结方式,反馈日期\r\n"
    "综窗平台,样例-0001,2026-03-12,线下窗口,前租户没注销，执照办不下来,"
    '"群众说铺位上一家没有注销，跑了两趟都没受理。\n2026-03-13 综合窗口：联系出租方。",'
    "企业设立登记,个体工商户,2,未受理,5,3,否,2026-03-17,办结,2026-03-18\r\n"
)


@require_http_methods(GET_OR_POST)
def choose(request: HttpRequest) -> HttpResponse:
    """A file or pasted rows; nothing is registered yet."""
    may_import(request.scope).require()
    lists = lists_for_entry(request.scope, imports=True)
    typed = {name: clean(request.POST.get(name, "")) for name in ("rows", "source_system", "department")}
    if request.method != "POST":
        return _choose(request, lists, typed)
    department = lists.departments.get(typed["department"]) or next(iter(lists.departments.values()))
    try:
        table = _table(request)
        staged = import_stage(
            table, department=department, source_system=typed["source_system"].strip()[:64], actor=request.user
        )
    except RuleBroken as error:
        return _choose(request, lists, typed, error=error)
    return redirect("desk:tickets:preview", staged.code)


def _table(request: HttpRequest) -> Table:
    file = request.FILES.get("file")
    if refused_uploads(request):
        raise RuleBroken(_TOO_LARGE, code="too_large", field="file")
    if file is not None:
        return table_of_file(file.read())
    if not request.POST.get("rows", "").strip():
        raise RuleBroken(gettext("还没有选文件，也没有粘贴。选一个，再点“看一看”。"), code="missing", field="file")
    return table_of(request.POST["rows"], field="rows")


def _choose(
    request: HttpRequest, lists: object, typed: dict[str, str], *, error: RuleBroken | None = None
) -> HttpResponse:
    names = [(key, one.name) for key, one in lists.departments.items()]
    chosen = typed["department"] or next(iter(lists.departments), "")
    shown = {"typed": typed, "departments": screens.choices(names, chosen), "error": error, "here": HERE}
    return render(request, "tickets/import.html", shown, status=error.status if error else 200)


@require_http_methods(GET_OR_POST)
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """What each row would do; 「导入」 does it."""
    may_import(request.scope).require()
    staged, lists = own_import(request.scope, code), lists_for_entry(request.scope, imports=True)
    if request.method == "POST":
        made = import_run(staged, lists=lists, actor=request.user)
        messages.success(
            request,
            gettext("登记了 {made} 件工单。").format(made=made) if made else gettext("没有新的工单，什么都没有登记。"),
        )
        return redirect("desk:tickets:desk")
    if staged.done_at is not None:
        raise NotVisible(gettext("这次导入已经做完了，登记的在工单里。"))
    plan = staged_plan(staged, lists=lists, now=clock.now())
    screen = screens.preview_screen(code, plan, fate=request.GET.get("fate", ""), page=request.GET.get("page", "1"))
    return render(request, "tickets/preview.html", {"screen": screen, "here": HERE})


@require_safe
def sample(request: HttpRequest) -> HttpResponse:
    """A table to fill in, with the mark that makes offices' tables read it as UTF-8."""
    may_import(request.scope).require()
    response = HttpResponse(f"\ufeff{_SAMPLE}", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="tickets.csv"'
    return response
