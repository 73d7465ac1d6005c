"""Systems for the people who look after them."""

import datetime as dt

from django.db.models import Count, Max, Q, QuerySet

from caselib.core.errors import NotVisible
from caselib.orgs.models import Department, Role
from caselib.orgs.scope import ViewerScope

from .access import may_see_systems
from .models import Client, Refusal, Token


def clients_visible_to(scope: ViewerScope) -> QuerySet[Client]:
    """Those of the departments that the viewer administers; all for the security administrator."""
    if not may_see_systems(scope):
        return Client.objects.none()
    if scope.has_role(Role.SECURITY_ADMIN):
        return Client.objects.all()
    return Client.objects.filter(department__in=scope.departments_with(Role.DEPARTMENT_ADMIN))


def clients_for_list(scope: ViewerScope, *, now: dt.datetime) -> QuerySet[Client]:
    """With department, `valid_count`, `next_end` (when the last valid token ends) and `used_on`. 1 query."""
    valid = Q(tokens__revoked_at=None, tokens__expires_at__gt=now)
    rows = clients_visible_to(scope).select_related("department")
    return rows.annotate(
        valid_count=Count("tokens", filter=valid),
        next_end=Max("tokens__expires_at", filter=valid),
        used_on=Max("tokens__last_used_on"),
    ).order_by("department__name", "name")


def client_visible_to(scope: ViewerScope, *, code: str) -> Client:
    """Raises NotVisible. 1 query."""
    client = clients_visible_to(scope).filter(code=code).select_related("department", "account", "made_by").first()
    if client is None:
        raise NotVisible()
    return client


def token_visible_to(scope: ViewerScope, *, code: str, key: int) -> Token:
    """A token of that system. Raises NotVisible. 2 queries."""
    token = client_visible_to(scope, code=code).tokens.filter(pk=key).select_related("client").first()
    if token is None:
        raise NotVisible()
    return token


def departments_to_serve(scope: ViewerScope) -> QuerySet[Department]:
    """For which the viewer may make systems."""
    return Department.objects.filter(pk__in=scope.departments_with(Role.DEPARTMENT_ADMIN), is_active=True)


def refusals_of(client: Client, *, since: dt.date) -> QuerySet[Refusal]:
    """Refused calls of its tokens, newest first."""
    return Refusal.objects.filter(token__client=client, day__gte=since).select_related("token")


def unknown_tokens_since(day: dt.date) -> QuerySet[Refusal]:
    """Calls with secrets that nobody has, newest first: somebody may be trying."""
    return Refusal.objects.filter(token=None, day__gte=day)
