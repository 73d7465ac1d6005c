"""Addresses and messages for the people who look after them."""

from collections.abc import Iterable

from django.db.models import Count, Max, Q, QuerySet

from caselib.connect.clients.models import Client
from caselib.connect.clients.selectors import clients_visible_to
from caselib.core.errors import NotVisible
from caselib.orgs.scope import ViewerScope

from .models import Delivery, FeedAddress, Hook


def hooks_for_list(clients: Iterable[Client]) -> QuerySet[Hook]:
    """With matter, `waiting_count`, `failed_count` and `sent_at`. 1 query."""
    of = {state: Q(deliveries__state=state) for state in Delivery.State}
    return (
        Hook.objects.filter(client__in=list(clients))
        .select_related("matter")
        .annotate(
            waiting_count=Count("deliveries", filter=of[Delivery.State.WAITING]),
            failed_count=Count("deliveries", filter=of[Delivery.State.FAILED]),
            sent_at=Max("deliveries__done_at", filter=of[Delivery.State.SENT]),
        )
        .order_by("pk")
    )


def feeds_for_list(clients: Iterable[Client]) -> QuerySet[FeedAddress]:
    """Those that still open. 1 query."""
    return (
        FeedAddress.objects.filter(client__in=list(clients), revoked_at=None).select_related("made_by").order_by("pk")
    )


def hook_visible_to(scope: ViewerScope, *, code: str) -> Hook:
    """Raises NotVisible. 1 query."""
    related = ("client__department", "client__account", "matter", "made_by")
    rows = Hook.objects.filter(client__in=clients_visible_to(scope)).select_related(*related)
    hook = rows.filter(code=code).first()
    if hook is None:
        raise NotVisible()
    return hook


def delivery_visible_to(scope: ViewerScope, *, code: str, delivery: str) -> Delivery:
    """A message of that address. Raises NotVisible. 2 queries."""
    hook = hook_visible_to(scope, code=code)
    found = hook.deliveries.filter(code=delivery).select_related("hook__client").first()
    if found is None:
        raise NotVisible()
    return found


def feed_visible_to(scope: ViewerScope, *, key: int) -> FeedAddress:
    """Raises NotVisible. 1 query."""
    rows = FeedAddress.objects.filter(client__in=clients_visible_to(scope)).select_related("client__department")
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotVisible()
    return found


def deliveries_for_list(hook: Hook, *, failed: bool) -> QuerySet[Delivery]:
    """Messages that went, wait or failed, newest first; what had nothing to tell is left out. `failed`: those alone."""
    rows = hook.deliveries.exclude(state=Delivery.State.DROPPED).select_related("precedent").order_by("-pk")
    return rows.filter(state=Delivery.State.FAILED) if failed else rows
