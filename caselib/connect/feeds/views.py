"""订阅: for programs that read feeds. The secret stands in the address, so that nothing of it may go on from here."""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.views.decorators.http import require_safe

from caselib.connect.acting import may_act, scope_acting
from caselib.connect.clients.limits import call_taken
from caselib.connect.clients.models import Deed
from caselib.core import clock
from caselib.search.deep import matters_asked

from .selectors import entries_for, feed_address, matters_named
from .services import feed_used
from .writing import FORMS, feed_text

_TYPES = {"atom": "application/atom+xml; charset=utf-8", "rss": "application/rss+xml; charset=utf-8"}


def _said(text: str, status: int) -> HttpResponse:
    return _closed(HttpResponse(text, status=status, content_type="text/plain; charset=utf-8"))


def _closed(response: HttpResponse) -> HttpResponse:
    """Kept by nobody but the asker, told to no other site, found by no engine."""
    response["Cache-Control"] = "private, no-cache"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@login_not_required
@require_safe
def precedents(request: HttpRequest, token: str, form: str) -> HttpResponse:
    """New and changed precedents of all matters, or of those that `matter` names. 8 queries."""
    address = feed_address(token)
    if address is None or form not in FORMS:
        raise Http404
    if address.revoked_at is not None:
        return _said("这个订阅地址已经作废，请从阅读器里删掉。", 410)
    if not may_act(address.client, deed=Deed.FEED):
        return _said("这个系统停用了，或者没有开通订阅。", 403)
    allowance = call_taken(address.client, at=clock.now().timestamp())
    if allowance.is_spent:
        answer = _said("这一分钟问得太多了，过一会儿再来。阅读器一小时问一次就够。", 429)
        answer["Retry-After"] = str(allowance.wait)
        return answer
    asked = matters_asked(request.GET.getlist("matter"))
    if asked.unknown:
        return _said(f"没有这个事项：{'、'.join(asked.unknown)}", 404)
    feed_used(address, on=clock.today())
    matters = matters_named(asked.names) if asked.names else None
    entries = entries_for(scope_acting(address.client, deed=Deed.FEED), matters=matters, on=clock.today())
    title = f"案例库更新：{'、'.join(asked.names)}" if asked.names else "案例库更新"
    site = request.build_absolute_uri("/").rstrip("/")
    body = feed_text(entries, form=form, title=title, site=site, since=address.made_at)
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    latest = max((entry.updated for entry in entries), default=address.made_at)
    answer = HttpResponse(body, content_type=_TYPES[form])
    answer["ETag"], answer["Last-Modified"] = etag, http_date(latest.timestamp())
    # Compared by the mark of the whole text alone: a signal changes with the day and with law, at no date of an entry.
    return _closed(get_conditional_response(request, etag=etag, response=answer))
