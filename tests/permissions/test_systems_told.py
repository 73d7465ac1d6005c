"""Panel, feed and messages tell a system of no text that a window of its department may not read: every status x audience."""

import pytest

from caselib.connect.clients.calling import caller_of
from caselib.connect.clients.models import Deed
from caselib.connect.embed.tickets import embed_ticket
from caselib.connect.feeds.services import feed_issue
from caselib.connect.hooks import sending
from caselib.connect.hooks.models import Delivery, Event, Known
from caselib.connect.hooks.sending import hooks_send
from caselib.connect.hooks.services import hook_create
from caselib.core import clock
from caselib.orgs.models import Department, Role
from caselib.orgs.scope import scope_of
from caselib.precedents.visibility import FINDABLE
from tests import factories

from .secrets import Hall, Planted, Viewer
from .test_every_surface import hall, told

__all__ = ["hall"]
pytestmark = pytest.mark.django_db
HOST = "receiver.example"


def viewers(hall: Hall) -> list[Viewer]:
    """The windows of both departments, each of which a system stands for."""
    return [each for each in hall.viewers if each.role == Role.WINDOW]


def _department(viewer: Viewer) -> Department:
    return viewer.user.memberships.get().department


def _findable(hall: Hall, viewer: Viewer) -> list[Planted]:
    return [each for each in hall.planted if viewer.sees(each) and each.status in FINDABLE]


def _keeper(department: Department):
    return scope_of(factories.user(Role.DEPARTMENT_ADMIN, within=department))


def test_the_panel_shows_by_ticket_what_the_window_may_find(hall, client):
    for viewer in viewers(hall):
        _, secret = factories.system(within=_department(viewer))
        ticket = embed_ticket(caller_of(secret, deed=Deed.EMBED))
        pages = [
            told(client.get("/embed/search", {"t": ticket, "q": q, "matter": matter}))
            for q in ("前租户", "没有注销", "qz", "", *(each.live for each in _findable(hall, viewer)))
            for matter in ("", hall.matter.name)
        ]
        assert [found[0] for page in pages if (found := hall.hidden_from(viewer).search(page))] == []
        for planted in _findable(hall, viewer):
            assert any(planted.live in page for page in pages), planted.status


def test_a_feed_tells_what_the_window_may_find_and_of_the_rest_no_text(hall, client):
    for viewer in viewers(hall):
        department = _department(viewer)
        system, _ = factories.system(within=department)
        _, secret = feed_issue(system, scope=_keeper(department))
        for form in ("atom", "rss"):
            for matter in ("", f"?matter={hall.matter.code}"):
                page = told(client.get(f"/feeds/{secret}/precedents.{form}{matter}"))
                assert hall.hidden_from(viewer).search(page) is None
                for planted in hall.planted:
                    is_findable = planted in _findable(hall, viewer)
                    # What went is told by number alone, to who could read it.
                    assert (bool(planted.live) and planted.live in page) is is_findable, planted.status
                    if planted.status in ("draft", "in_review"):
                        assert planted.precedent.code not in page


def test_messages_tell_what_the_window_may_find_and_of_the_rest_nothing(hall, settings, monkeypatch):
    settings.CASELIB_HOOK_HOSTS = frozenset({HOST})
    sent: dict[str, list[str]] = {}

    def caught(address: str, body: bytes, *, headers: dict[str, str]) -> int:
        sent.setdefault(address, []).append(body.decode() + str(headers))
        return 200

    monkeypatch.setattr(sending, "post", caught)
    for viewer in viewers(hall):
        department = _department(viewer)
        system, _ = factories.system(within=department)
        address = f"https://{HOST}/{department.pk}"
        hook, _ = hook_create(system, scope=_keeper(department), address=address, events=Event.values)
        # As if every precedent were new to it.
        Known.objects.filter(hook=hook).delete()
        rows = [
            Delivery(hook=hook, event=each.precedent.pk, precedent=each.precedent, made_at=clock.now())
            for each in hall.planted
        ]
        Delivery.objects.bulk_create(rows)
        hooks_send(sweep=True)
        said = "".join(sent.get(address, ()))
        assert hall.hidden_from(viewer).search(said) is None
        for planted in hall.planted:
            is_findable = planted in _findable(hall, viewer)
            assert (planted.precedent.code in said) is is_findable, planted.status
            assert (bool(planted.live) and planted.live in said) is is_findable, planted.status
