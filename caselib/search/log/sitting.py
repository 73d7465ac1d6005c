"""检索过程: the questions that one browser asks within half an hour, so that a reworded question is seen.

Kept by the browser in a signed cookie, and not in the session: that would be a row in the database that names the
account, and a write for each search. The signature holds for one session only.
"""

import datetime as dt
import secrets
from dataclasses import dataclass, replace

from django.core import signing
from django.utils.crypto import salted_hmac

COOKIE = "caselib_sitting"
# Counted from its first question, not from the last: nobody's whole day becomes one chain.
LASTS = dt.timedelta(minutes=30)
_REMEMBERED = 8
_SALT = "caselib.search.sitting"


@dataclass(frozen=True, slots=True)
class Sitting:
    """`asked`: fingerprint and token of the last questions, oldest first. `since`: seconds since the epoch."""

    thread: str
    since: int
    asked: tuple[tuple[str, str], ...] = ()

    def token_of(self, key: str) -> str:
        """The token under which the question was noted; empty for one that was not asked in this sitting."""
        return dict(self.asked).get(_fingerprint(key), "")

    def with_question(self, key: str) -> "Sitting":
        """The sitting with this question noted under a new token."""
        return replace(self, asked=(*self.asked, (_fingerprint(key), new_token()))[-_REMEMBERED:])

    @property
    def last_token(self) -> str:
        """The token of the question that was noted last."""
        return self.asked[-1][1]

    def cookie(self, *, session_key: str) -> str:
        return signing.dumps([self.thread, self.since, self.asked], salt=f"{_SALT}:{session_key}")


def new_token() -> str:
    """16 characters that say nothing (96 bits)."""
    return secrets.token_urlsafe(12)


def sitting_from(cookie: str, *, session_key: str, now: dt.datetime) -> Sitting:
    """The sitting that the cookie holds, or a new one where it is missing, forged, of another session or over."""
    moment = int(now.timestamp())
    try:
        thread, since, asked = signing.loads(cookie, salt=f"{_SALT}:{session_key}")
    except signing.BadSignature:
        return Sitting(new_token(), moment)
    if not 0 <= moment - since < LASTS.total_seconds():
        return Sitting(new_token(), moment)
    return Sitting(thread, since, tuple((question, token) for question, token in asked))


def _fingerprint(key: str) -> str:
    return salted_hmac(_SALT, key).hexdigest()[:12]
