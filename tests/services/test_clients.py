"""Connected systems: an account that nobody signs in with, secrets told once, and tokens that end."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.connect.clients import services
from caselib.connect.clients.calling import CallerRefused, caller_of
from caselib.connect.clients.models import Client, Deed, Refusal, Token
from caselib.connect.clients.refusing import refusals_forget
from caselib.connect.clients.services import (
    client_create,
    client_save,
    client_switch,
    token_issue,
    token_revoke,
    token_rotate,
)
from caselib.core.errors import NotAllowed, NotVisible, RuleBroken, StaleState
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope, scope_of
from caselib.personal.folders import FolderFacts, folder_create, folder_hand_over
from tests import factories

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 30, 2, 0, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def admin_of(client: Client) -> ViewerScope:
    return scope_of(factories.user(Role.DEPARTMENT_ADMIN, within=client.department))


def security() -> ViewerScope:
    return scope_of(factories.user(Role.SECURITY_ADMIN))


def refusal(secret: str, *, deed: Deed = Deed.READ, now: dt.datetime | None = None) -> str:
    with pytest.raises(CallerRefused) as refused:
        caller_of(secret, deed=deed, now=now)
    return refused.value.code


def test_a_system_sees_what_the_window_of_its_one_department_sees():
    client, secret = factories.system()
    caller = caller_of(secret, deed=Deed.READ)
    assert caller.client == client
    assert caller.scope.departments == {client.department_id: frozenset({Role.WINDOW})}
    assert caller.scope.user_id == client.account_id


def test_nobody_signs_in_with_the_account_of_a_system_even_with_a_password():
    client, _ = factories.system()
    assert not client.account.has_usable_password()
    client.account.set_password("a-long-test-password")
    client.account.save()
    answer = Browser().post(
        "/account/sign-in/", {"username": client.account.username, "password": "a-long-test-password"}
    )
    assert answer.status_code == 200
    assert "账号或密码不对" in answer.content.decode()


def test_a_secret_is_in_no_row_and_in_no_event():
    client, secret = factories.system()
    _, second = token_issue(client, scope=admin_of(client))
    kept = json.dumps(
        [*Token.objects.values(), *AuditEvent.objects.values("object_label", "before", "after")],
        default=str,
        ensure_ascii=False,
    )
    for each in (secret, second):
        assert len(each) == 47
        assert each not in kept
        assert each[:12] in kept


def test_several_tokens_are_valid_at_a_time_and_each_opens_the_door():
    client, first = factories.system()
    _, second = token_issue(client, scope=admin_of(client))
    assert {caller_of(each, deed=Deed.READ).client for each in (first, second)} == {client}


def test_a_rotated_token_stays_valid_for_so_many_hours_and_no_longer():
    client, old = factories.system()
    now = timezone.now()
    new_token, new = token_rotate(client.tokens.get(), scope=admin_of(client), hours=24, now=now)
    assert caller_of(old, deed=Deed.READ, now=now + 23 * HOUR).client == client
    assert refusal(old, now=now + 24 * HOUR) == "token_expired"
    assert caller_of(new, deed=Deed.READ, now=now + 24 * HOUR).token == new_token


def test_rotating_does_not_make_the_old_token_last_longer_and_zero_hours_end_it_at_once():
    client, _ = factories.system(days=1)
    token = client.tokens.get()
    end = token.expires_at
    token_rotate(token, scope=admin_of(client), hours=100)
    token.refresh_from_db()
    assert token.expires_at == end
    newest = client.tokens.first()
    token_rotate(newest, scope=admin_of(client), hours=0)
    newest.refresh_from_db()
    assert newest.revoked_at is not None
    with pytest.raises(RuleBroken) as over:
        token_rotate(newest, scope=admin_of(client))
    assert over.value.code == "token_over"


def test_a_revoked_token_opens_nothing_from_that_moment_and_twice_leaves_one_event():
    client, secret = factories.system()
    for _ in range(2):
        token_revoke(client.tokens.get(), scope=admin_of(client))
    assert refusal(secret) == "token_revoked"
    assert AuditEvent.objects.filter(action=Action.TOKEN_REVOKED).count() == 1


@pytest.mark.parametrize("days", [0, -1, 731, 10**9])
def test_a_token_lasts_a_day_at_least_and_two_years_at_most(days):
    client, _ = factories.system()
    with pytest.raises(RuleBroken) as broken:
        token_issue(client, scope=admin_of(client), days=days)
    assert broken.value.code == "bad_days"


def test_an_eleventh_valid_token_is_refused_until_one_is_revoked():
    client, _ = factories.system()
    scope = admin_of(client)
    for _ in range(services.MOST_VALID - 1):
        token_issue(client, scope=scope)
    with pytest.raises(RuleBroken) as broken:
        token_issue(client, scope=scope)
    assert broken.value.code == "too_many"
    token_revoke(client.tokens.first(), scope=scope)
    assert token_issue(client, scope=scope)[0].prefix.startswith("clt_")


def test_what_refuses_a_call_is_told_by_a_stable_code():
    client, secret = factories.system(Deed.READ, days=1)
    assert refusal("clt_nobody-has-this") == "unknown_token"
    assert refusal(secret, deed=Deed.TICKETS) == "deed_not_granted"
    assert refusal(secret, now=timezone.now() + 2 * DAY) == "token_expired"
    client_switch(client, scope=admin_of(client), active=False)
    assert refusal(secret) == "client_off"
    client_switch(client, scope=admin_of(client), active=True)
    type(client.department).objects.filter(pk=client.department_id).update(is_active=False)
    assert refusal(secret) == "department_closed"


@pytest.mark.parametrize("secret", ["", "\x00", "\ud800", "令牌", "a" * 10_000, "clt_", " "])
def test_an_odd_secret_is_an_unknown_one(secret):
    assert refusal(secret) == "unknown_token"


def test_the_day_of_use_is_written_once_a_day(django_assert_num_queries):
    client, secret = factories.system()
    caller_of(secret, deed=Deed.READ, now=NOW + 30 * DAY - 9 * HOUR)
    assert client.tokens.get().last_used_on == dt.date(2026, 12, 30)
    with django_assert_num_queries(2):
        caller_of(secret, deed=Deed.READ, now=NOW + 30 * DAY)
    caller_of(secret, deed=Deed.READ, now=NOW + 31 * DAY)
    assert client.tokens.get().last_used_on == dt.date(2026, 12, 31)


def test_ten_thousand_bad_calls_leave_five_events_and_few_writes():
    writes: list[str] = []

    def counted(execute, sql, *rest):
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            writes.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(counted):
        for _ in range(10_000):
            refusal("clt_guess", now=NOW)
    events = AuditEvent.objects.filter(action=Action.TOKEN_REFUSED).order_by("pk")
    assert len(events) <= 5
    assert events[0].after == {"reason": "unknown_token", "times": 1}
    assert len(writes) < 60
    assert Refusal.objects.get().times > 5_000


def test_a_new_process_goes_on_with_the_count_of_the_day():
    client, secret = factories.system(Deed.READ)
    for _ in range(12):
        refusal(secret, deed=Deed.GAPS, now=NOW)
        refusals_forget()
    row = Refusal.objects.get()
    assert (row.token.client, row.times, row.reason) == (client, 12, "deed_not_granted")
    assert AuditEvent.objects.filter(action=Action.TOKEN_REFUSED).count() == 2


def test_the_department_makes_its_systems_and_the_security_administrator_only_takes_away():
    client, secret = factories.system()
    token = client.tokens.get()
    other = scope_of(factories.user(Role.DEPARTMENT_ADMIN))
    for stranger in (other, scope_of(factories.user(Role.EDITOR, within=client.department))):
        with pytest.raises(NotVisible):
            token_issue(client, scope=stranger)
        with pytest.raises(NotVisible):
            token_revoke(token, scope=stranger)
        with pytest.raises(NotVisible):
            client_switch(client, scope=stranger, active=False)
    with pytest.raises(NotAllowed):
        client_create("某平台", scope=other, department=client.department, deeds=[Deed.READ])
    for forbidden in (
        lambda: token_issue(client, scope=security()),
        lambda: token_rotate(token, scope=security()),
        lambda: client_create("某平台", scope=security(), department=client.department, deeds=[Deed.READ]),
    ):
        with pytest.raises(NotAllowed):
            forbidden()
    token_revoke(token, scope=security())
    assert refusal(secret) == "token_revoked"


def test_what_security_switched_off_the_department_does_not_switch_on():
    client, secret = factories.system()
    guard = security()
    client = client_switch(client, scope=guard, active=False)
    with pytest.raises(NotAllowed):
        client_switch(client, scope=admin_of(client), active=True)
    assert refusal(secret) == "client_off"
    client = client_switch(client, scope=guard, active=True)
    assert caller_of(secret, deed=Deed.READ).client == client
    client = client_switch(client, scope=admin_of(client), active=False)
    with pytest.raises(NotAllowed):
        client_switch(client, scope=guard, active=True)


def test_names_are_taken_once_however_they_are_spelt_and_a_broken_form_makes_no_account():
    client, _ = factories.system(name="综窗平台A")
    scope, before = admin_of(client), type(client.account).objects.count()
    values = {"scope": scope, "department": client.department}
    cases = [
        ("ＡＢ", [], 60, "deeds"),
        ("某平台", ["fly"], 60, "deeds"),
        ("某平台", [Deed.READ], 0, "per_minute"),
        ("某平台", [Deed.READ], 10**9, "per_minute"),
        ("综窗平台ａ", [Deed.READ], 60, "name"),
        (" ", [Deed.READ], 60, "name"),
        ("某" * 65, [Deed.READ], 60, "name"),
        ("联系13800138000", [Deed.READ], 60, "name"),
    ]
    for name, deeds, rate, wrong in cases:
        with pytest.raises(RuleBroken) as broken:
            client_create(name, deeds=deeds, per_minute=rate, **values)
        assert broken.value.field == wrong, name
    assert type(client.account).objects.count() == before


def test_who_saves_second_overwrites_nothing_and_saving_what_is_there_writes_nothing():
    client, _ = factories.system(Deed.READ)
    scope = admin_of(client)
    client_save(client, scope=scope, deeds=[Deed.GAPS, Deed.READ], per_minute=60, note="", lock_version=0)
    with pytest.raises(StaleState):
        client_save(client, scope=scope, deeds=[Deed.READ], per_minute=70, note="", lock_version=0)
    client_save(client, scope=scope, deeds=[Deed.READ, Deed.GAPS], per_minute=60, note="", lock_version=0)
    client.refresh_from_db()
    assert (client.deeds, client.lock_version) == (["read", "gaps"], 1)
    assert AuditEvent.objects.filter(action=Action.CLIENT_SAVED).count() == 1


def test_a_system_that_is_switched_off_gets_no_token():
    client, _ = factories.system()
    client_switch(client, scope=admin_of(client), active=False)
    with pytest.raises(RuleBroken) as broken:
        token_issue(client, scope=admin_of(client))
    assert broken.value.code == "client_off"


def test_no_folder_comes_into_the_hands_of_a_system():
    """It has no page to look after one, and the department would be left without."""
    keeper = factories.user(Role.WINDOW)
    department = keeper.memberships.get().department
    client, _ = factories.system(within=department)
    folder = folder_create(FolderFacts("常用", "", department.pk), scope=scope_of(keeper))
    with pytest.raises(RuleBroken, match="没有移交"):
        folder_hand_over(folder, to=client.account_id, scope=scope_of(keeper))
    browser = Browser()
    browser.force_login(keeper)
    page = browser.get(reverse("personal:folder", args=[folder.code])).content.decode()
    assert f'<option value="{keeper.pk}"' in page
    assert f'<option value="{client.account_id}"' not in page
