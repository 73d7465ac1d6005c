from django.http import HttpRequest, HttpResponse

from caselib.core.errors import NotVisible


def unbuilt(request: HttpRequest, **_: object) -> HttpResponse:
    raise NotVisible()
