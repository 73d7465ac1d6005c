"""Sessions in the database, as Django keeps them; only the query that every request asks is composed once."""

from collections.abc import Sequence

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from caselib.core import prepared


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        """The row of this session, if it has not run out. 1 query."""
        for data, expires in prepared.rows_of("session", [self.session_key], shape=None, build=_sessions, width=1):
            if expires > timezone.now():
                return Session(session_key=self.session_key, session_data=data, expire_date=expires)
        # As Django does: a session that is over must not be written under its old key again.
        self._session_key = None
        return None


def _sessions(keys: Sequence[str]) -> QuerySet:
    return Session.objects.filter(session_key__in=keys).values_list("session_data", "expire_date")
