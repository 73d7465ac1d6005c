"""Answers for the script of the form."""

from django.http import JsonResponse

from caselib.orgs.scope import ViewerScope
from caselib.precedents.models import Precedent

from .checks import live_html
from .saving import Saved, base_of


def answered(answer: dict[str, object], *, status: int = 200) -> JsonResponse:
    """JSON that is kept nowhere: it tells what somebody typed, or who is signed in."""
    response = JsonResponse(answer, status=status, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "no-store"
    return response


def reading_of(saved: Saved, precedent: Precedent, *, scope: ViewerScope) -> dict[str, object]:
    """What the form shows from now on: the lock and digest of its text, and the two lists beside it. 2 queries."""
    revision = saved.revision
    lists = live_html(precedent, saved.content, scope=scope, note=revision.change_note)
    return {
        "lock_version": revision.lock_version,
        "revision": revision.number,
        "digest": revision.content_digest,
        "base": base_of(saved.content),
        "checks_html": lists["checks"],
        "nav_html": lists["nav"],
    }
