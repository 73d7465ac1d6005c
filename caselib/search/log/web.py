"""What the results page and the page of a precedent note for the log. Neither writes anything itself."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from caselib.core import clock
from caselib.search.log.notes import Asked, Opened, notes
from caselib.search.log.sitting import COOKIE, LASTS, sitting_from
from caselib.search.questions import question_key
from caselib.search.selectors import ResultsPage

# Beyond this nobody reads; an address that says otherwise was made up.
_LAST_RANK = 1000
_FROM = re.compile(r"([\w-]{16})-(\d{1,4})", re.ASCII)
# More of a pasted text than this does not make it another question.
_COMPARED = 2000
# More than the log reads of a question.
_NOTED = 5000


@dataclass(frozen=True, slots=True)
class Trail:
    """`token` goes into the links of the results, empty where nothing is logged; `cookie` to the browser when new."""

    token: str = ""
    cookie: str = ""

    def keep(self, response: HttpResponse) -> HttpResponse:
        """Has the browser remember what was asked, so that turning a page is not another question."""
        if self.cookie:
            response.set_cookie(
                COOKIE,
                self.cookie,
                max_age=int(LASTS.total_seconds()),
                path=reverse("search:results"),
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


NO_TRAIL = Trail()


def results_noted(request: HttpRequest, found: ResultsPage) -> Trail:
    """Notes a question of a person, once for its pages, filters and repeats within half an hour. No query.

    Nothing is noted for an empty question, for who reads no content, for what a browser fetches ahead, while the index
    cannot be read (then a miss says nothing about the words), and where the site keeps no log.
    """
    # Notes wait in memory: a thousand pasted megabytes must not.
    typed = request.GET.get("q", "")[:_NOTED]
    key = question_key(typed[:_COMPARED])
    if not key or not found.from_index or not _is_person(request):
        return NO_TRAIL
    session_key = request.session.session_key or ""
    now = clock.now()
    sitting = sitting_from(request.COOKIES.get(COOKIE, ""), session_key=session_key, now=now)
    if token := sitting.token_of(key):
        return Trail(token)
    sitting = sitting.with_question(key)
    token = sitting.last_token
    narrowed = bool(found.selected) or found.literal
    notes.put(Asked(token, sitting.thread, typed, now, found.total, found.fits, found.page.number, narrowed))
    return Trail(token, sitting.cookie(session_key=session_key))


def opening_noted(request: HttpRequest, *, precedent_id: int) -> None:
    """Notes that a result was opened, when the address says from where (`?from=token-rank`). No query."""
    found = _FROM.fullmatch(request.GET.get("from", ""))
    if found is None or not _is_person(request):
        return
    if 1 <= (rank := int(found[2])) <= _LAST_RANK:
        notes.put(Opened(found[1], precedent_id, rank))


def _is_person(request: HttpRequest) -> bool:
    ahead = "prefetch" in request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose") == "prefetch"
    return (
        request.method == "GET" and not ahead and settings.CASELIB_SEARCH_LOG_DAYS > 0 and request.scope.reads_content
    )
