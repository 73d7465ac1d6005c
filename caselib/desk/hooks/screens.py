"""What the pages of messages and feeds show, prepared for the templates."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.http import QueryDict

from caselib.catalog.models import Matter
from caselib.connect.acting import may_act
from caselib.connect.clients.access import may_tend
from caselib.connect.clients.models import Client, Deed
from caselib.connect.clients.selectors import clients_visible_to
from caselib.connect.hooks.models import TEST, Delivery, Event, FeedAddress, Hook, Paused
from caselib.connect.hooks.selectors import deliveries_for_list, feeds_for_list, hooks_for_list
from caselib.core.paging import PageInfo, page_info
from caselib.orgs.scope import ViewerScope
from caselib.search.deep import matters_asked

TEST_LABEL = "试送"


@dataclass(frozen=True, slots=True)
class HookLine:
    """`state`: words of what keeps it from being told, empty for none."""

    hook: Hook
    events: tuple[str, ...]
    state: str


@dataclass(frozen=True, slots=True)
class SystemPanel:
    """One system with its addresses. `tends`: whether the viewer may add and change; `hooks_off`, `feeds_off`: why none can be
    added, empty where one can. `newest`: the key of its last feed, so that a second press makes no second one."""

    client: Client
    hooks: tuple[HookLine, ...]
    feeds: tuple[FeedAddress, ...]
    tends: bool
    hooks_off: str
    feeds_off: str
    newest: int


@dataclass(frozen=True, slots=True)
class HomeScreen:
    """`feed`: the address just made, shown once, of the system `feed_of`. `has_hosts`: messages may go anywhere at all."""

    panels: tuple[SystemPanel, ...]
    has_hosts: bool
    feed: str = ""
    feed_of: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class HookForm:
    """What is typed, or stands. `errors`: sentence by field."""

    address: str
    events: tuple[Tick, ...]
    matter: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """`number`: of the precedent, once it was decided that the system may know it, and for who reads content."""

    delivery: Delivery
    kind: str
    number: str


@dataclass(frozen=True, slots=True)
class HookScreen:
    """`secret`: for signing, just made, shown once. `reason`: why the viewer may only stop it, empty where he may do all."""

    hook: Hook
    state: str
    events: tuple[str, ...]
    form: HookForm
    lines: tuple[DeliveryLine, ...]
    page: PageInfo
    only_failed: bool
    failed: int
    reason: str
    secret: str = ""
    error: str = ""


def home_screen(scope: ViewerScope, **told: str) -> HomeScreen:
    """4 queries for any number of systems. `told`: what was just done."""
    rows = clients_visible_to(scope).select_related("department", "account").order_by("department__name", "name")
    clients = list(rows)
    hooks, feeds = defaultdict(list), defaultdict(list)
    for hook in hooks_for_list(clients):
        hooks[hook.client_id].append(hook)
    for address in feeds_for_list(clients):
        feeds[address.client_id].append(address)
    panels = tuple(_panel(scope, each, hooks[each.pk], feeds[each.pk]) for each in clients)
    return HomeScreen(panels, bool(settings.CASELIB_HOOK_HOSTS), **told)


def _panel(scope: ViewerScope, client: Client, hooks: Sequence[Hook], feeds: Sequence[FeedAddress]) -> SystemPanel:
    is_on = {deed: may_act(client, deed=deed) for deed in (Deed.HOOKS, Deed.FEED)}
    off = "这个系统停用了，或者没有开通“{deed}”，什么都不送。"
    return SystemPanel(
        client=client,
        hooks=tuple(HookLine(hook, labels_of(hook), state_of(hook)) for hook in hooks),
        feeds=tuple(feeds),
        tends=bool(may_tend(scope, client)),
        hooks_off="" if is_on[Deed.HOOKS] else off.format(deed=Deed.HOOKS.label),
        feeds_off="" if is_on[Deed.FEED] else off.format(deed=Deed.FEED.label),
        newest=max((address.pk for address in feeds), default=0),
    )


def labels_of(hook: Hook) -> tuple[str, ...]:
    return tuple(str(Event(event).label) for event in hook.events if event in Event.values)


def state_of(hook: Hook) -> str:
    return "" if hook.paused == Paused.NO else str(Paused(hook.paused).label)


def form_of(typed: QueryDict | None, hook: Hook | None, errors: Mapping[str, str] | None = None) -> HookForm:
    """The form of an address, with what was typed. No query."""
    chosen = list(Event.values) if hook is None else hook.events
    chosen = typed.getlist("events") if typed is not None else chosen
    given = typed or {"address": hook.address if hook else ""}
    return HookForm(
        address=given.get("address", ""),
        events=tuple(Tick(event.value, str(event.label), event.value in chosen) for event in Event),
        matter=given.get("matter", ""),
        errors=errors or {},
    )


def matter_typed(text: str) -> tuple[Matter | None, str]:
    """(matter, why there is none). By name or code; nothing typed is neither. 2 queries, none for nothing."""
    asked = matters_asked([text])
    if asked.unknown or len(asked.names) > 1:
        return None, "没有只对得上一个的事项。写事项全名，或者实施编码。"
    return (Matter.objects.filter(name=asked.names[0]).first(), "") if asked.names else (None, "")


def hook_screen(
    scope: ViewerScope,
    hook: Hook,
    *,
    page: object,
    failed: bool,
    typed: QueryDict | None = None,
    errors: Mapping[str, str] | None = None,
    **told: str,
) -> HookScreen:
    """One address with its messages. 3 queries for any number."""
    rows = deliveries_for_list(hook, failed=failed)
    info = page_info(page, total=rows.count())
    shown = rows[info.offset : info.offset + info.per_page]
    tends = may_tend(scope, hook.client)
    return HookScreen(
        hook=hook,
        state=state_of(hook),
        events=labels_of(hook),
        form=form_of(typed, hook, errors),
        lines=tuple(_line(each, reads=scope.reads_content) for each in shown),
        page=info,
        only_failed=failed,
        failed=hook.deliveries.filter(state=Delivery.State.FAILED).count(),
        reason="" if tends else tends.reason,
        **told,
    )


def _line(delivery: Delivery, *, reads: bool) -> DeliveryLine:
    labels = {**{event.value: str(event.label) for event in Event}, TEST: TEST_LABEL}
    # Before a message was decided nobody knows whether the system may know of the precedent; its keeper may not either.
    is_told = bool(delivery.kind) and delivery.precedent is not None
    number = (delivery.precedent.number or "") if is_told and reads else ""
    return DeliveryLine(delivery, labels.get(delivery.kind, ""), number)
