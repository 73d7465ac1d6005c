"""学习平台课件: what is in it and what to know, and the file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from caselib.core import clock
from caselib.core.downloads import file_sent
from caselib.core.errors import RuleBroken

from ..access import may_edit_pack, may_take_out
from ..visibility import visible_pack
from .selectors import scorm_for_page
from .services import Package, pack_take_out

HERE = "training"


@require_http_methods(["GET", "HEAD", "POST"])
def pack(request: HttpRequest, code: str) -> HttpResponse:
    """The page, and with POST the package."""
    found = visible_pack(request.scope, code)
    may_take_out(request.scope, found).require()
    wrong = None
    if request.method == "POST":
        try:
            return _sent(pack_take_out(found, scope=request.scope))
        except RuleBroken as error:
            wrong = error
    shown = {
        "screen": scorm_for_page(found, request.scope, on=clock.today()),
        "editing": may_edit_pack(request.scope, found),
        "wrong": wrong,
        "here": HERE,
    }
    return render(request, "training/scorm/pack.html", shown, status=wrong.status if wrong else 200)


def _sent(package: Package) -> HttpResponse:
    return file_sent(package.content, name=package.name, ending="zip", kind="application/zip", plain="scorm")
