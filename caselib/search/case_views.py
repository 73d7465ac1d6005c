from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from caselib.search.case import CasePage, case_for_page
from caselib.search.essence import LONGEST


@sensitive_post_parameters("text")
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest) -> HttpResponse:
    """类案检索: paste a ticket, see what was understood of it and what answers it.

    The text is posted, so that it stands in no address, no history of a browser and no log of a server, and the answer
    is the page itself: a redirect would need the text to be kept somewhere. A reload asks the same again, which writes
    nothing; turning a page posts the text from its field once more.
    """
    posted = request.POST
    text = posted.get("text", "")
    shown = frozenset(posted.getlist("shown"))
    found: CasePage | None = None
    if request.method == "POST" and text.strip():
        found = case_for_page(
            scope=request.scope, text=text, off=shown - frozenset(posted.getlist("fact")), page=posted.get("page", "1")
        )
    is_empty = request.method == "POST" and (found is None or (found.results is None and request.scope.reads_content))
    shown_page = {"case": found, "text": text, "is_empty": is_empty, "most": LONGEST, "here": "search"}
    return render(request, "search/case.html", shown_page, status=422 if is_empty else 200)
