from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from caselib.core import clock

from .lanes import work_desk_for


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """工作台: what waits for the viewer, and the rooms. For everybody who is signed in: who has no room reads so."""
    desk = work_desk_for(request.scope, on=clock.today())
    return render(request, "work/home.html", {"desk": desk, "here": "work"})
