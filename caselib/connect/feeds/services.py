"""Addresses of feeds: made for a system, taken away again. Each leaves one event without the secret."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.connect.acting import may_act
from caselib.connect.clients.access import may_revoke, may_tend
from caselib.connect.clients.models import Client, Deed
from caselib.connect.clients.secrets_kept import digest_of, prefix_of
from caselib.connect.hooks.models import FeedAddress
from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope

from .secrets_made import new_secret

MOST_ADDRESSES = 20


@transaction.atomic
def feed_issue(client: Client, *, scope: ViewerScope, now: dt.datetime | None = None) -> tuple[FeedAddress, str]:
    """发放订阅地址. Returns (row, secret); the secret stands in the address, is told here and never again.

    Raises RuleBroken for a system without the deed and for a twenty-first address; NotAllowed, NotVisible. Writes
    FeedAddress, AuditEvent feed.issued.
    """
    may_tend(scope, client).require()
    rows = Client.objects.select_for_update(of=("self",)).select_related("account", "department")
    held = rows.filter(pk=client.pk).first()
    if held is None:
        raise NotVisible()
    if not may_act(held, deed=Deed.FEED):
        message = "这个系统停用了，或者没有开通“订阅更新”，没有发放。先在对接系统里勾上。"
        raise RuleBroken(message, code="deed", field="feed")
    if held.feed_addresses.filter(revoked_at=None).count() >= MOST_ADDRESSES:
        message = f"订阅地址已经有 {MOST_ADDRESSES} 个，没有发放。先作废不用的。"
        raise RuleBroken(message, code="too_many", field="feed")
    secret, person = new_secret(), _person(scope)
    made = FeedAddress.objects.create(
        client=held, prefix=prefix_of(secret), digest=digest_of(secret), made_at=now or clock.now(), made_by=person
    )
    record(Action.FEED_ISSUED, made, actor=person, after={"prefix": made.prefix})
    return made, secret


@transaction.atomic
def feed_revoke(address: FeedAddress, *, scope: ViewerScope, now: dt.datetime | None = None) -> FeedAddress:
    """Takes an address away at once, for good; twice writes nothing. Raises NotVisible. Writes AuditEvent feed.revoked."""
    may_revoke(scope, address.client).require()
    held = FeedAddress.objects.select_for_update(of=("self",)).select_related("client").filter(pk=address.pk).first()
    if held is None:
        raise NotVisible()
    if held.revoked_at is None:
        held.revoked_at = now or clock.now()
        held.save(update_fields=["revoked_at"])
        record(Action.FEED_REVOKED, held, actor=_person(scope), after={"prefix": held.prefix})
    return held


def feed_used(address: FeedAddress, *, on: dt.date) -> None:
    """Notes the day of the last use, to the day alone: a moment for each call would be a write for each call."""
    if address.last_used_on is None or address.last_used_on < on:
        earlier = Q(last_used_on__isnull=True) | Q(last_used_on__lt=on)
        FeedAddress.objects.filter(earlier, pk=address.pk).update(last_used_on=on)


def _person(scope: ViewerScope) -> User | None:
    return User.objects.filter(pk=scope.user_id).first()
