from collections.abc import Callable, Mapping, Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from .scope import scope_of


class ViewerScopeMiddleware:
    """Puts `request.scope` on each request: the viewer's ViewerScope, read from the database at first use.

    For a view it is read beforehand and stands there as it is: a page asks it some hundred times, and each question
    through the lazy one would cost more than the answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.scope = SimpleLazyObject(lambda: scope_of(request.user))
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: Sequence, kwargs: Mapping) -> None:
        request.scope = scope_of(request.user)
