"""Taking precedents out: what is selected, and the deed that sends it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from caselib.core import clock
from caselib.core.errors import RuleBroken
from caselib.exchange.export import SHEET, WORD, Export, export_begin, json_lines
from caselib.exchange.export_sheet import workbook_of
from caselib.exchange.export_word import document_of
from caselib.exchange.selection import Selection, offer_of, selection_read

from ..access import may_enter, may_take
from ..files import file_of
from ..showing import LIMITS, forms_for, offered
from .bringing import HERE


@require_safe
def take(request: HttpRequest) -> HttpResponse:
    """导出这些: what the address of the results page selects, or ticked precedents; nothing leaves yet."""
    may_enter(request.scope).require()
    offer = offered(request.GET, request.scope)
    return _page(request, offer.selection, offer=offer)


@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """导出: written down, then sent."""
    form = request.POST.get("form", WORD)
    may_take(request.scope, form).require()
    selection = selection_read(request.POST, request.POST.getlist("code"))
    try:
        export = export_begin(selection, form=form, scope=request.scope, actor=request.user, on=clock.today())
    except RuleBroken as error:
        return _page(request, selection, error=error.message, status=422)
    return file_of(_content(export), name=f"案例-{export.on:%Y%m%d}-{export.count}件", form=form)


def _content(export: Export) -> object:
    if export.form == WORD:
        return document_of(export, hall=settings.CASELIB_SITE_NAME)
    return workbook_of(export) if export.form == SHEET else json_lines(export)


def _page(
    request: HttpRequest, selection: Selection, *, offer=None, error: str = "", status: int = 200
) -> HttpResponse:
    shown = {
        "offer": offer or offer_of(selection, scope=request.scope),
        "selection": selection,
        "forms": forms_for(request.scope),
        "limits": LIMITS,
        "error": error,
        "here": HERE,
    }
    return render(request, "transfer/take.html", shown, status=status)
