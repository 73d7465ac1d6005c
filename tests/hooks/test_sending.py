"""What other systems are told: of what, when, in which order, and what becomes of it when they do not answer."""

import datetime as dt
import hashlib
import hmac
import re

import pytest
import time_machine
from django.core.management import call_command

from caselib.audit.models import AuditEvent
from caselib.connect.clients.services import client_save, client_switch
from caselib.connect.hooks import sending
from caselib.connect.hooks.models import TEST, Delivery, Event, Hook, Known, Paused
from caselib.connect.hooks.sealing import is_sealed_with_first
from caselib.connect.hooks.sending import ATTEMPTS, FAILURES, LONGEST_PAUSE, hooks_send, pause_after
from caselib.connect.hooks.services import (
    deliveries_prune,
    delivery_replay,
    hook_create,
    hook_rekey,
    hook_save,
    hook_switch,
    hook_test,
)
from caselib.core import workdays
from caselib.core.errors import NotAllowed, NotVisible, RuleBroken, StaleState
from caselib.orgs.models import Department, Role
from caselib.orgs.scope import scope_of
from caselib.precedents.deciding import revision_approve
from caselib.precedents.keeping import precedent_doubt, precedent_retire
from caselib.precedents.models import Precedent
from caselib.precedents.services import revision_save, revision_start, revision_submit
from caselib.precedents.visibility import Audience
from caselib.precedents.withholding import precedent_restore_view, precedent_withhold
from tests import factories

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 9, 1, 2, 0, tzinfo=dt.UTC)


def changed(precedent: Precedent, **values) -> None:
    """A next version, written by one and approved by another."""
    owner = precedent.owner_department
    revision = revision_start(precedent, author=factories.user(Role.EDITOR, within=owner))
    text = factories.content(**values)
    revision = revision_save(revision, text, lock_version=revision.lock_version, editor=revision.author)
    revision_submit(revision, lock_version=revision.lock_version, actor=revision.author)
    revision_approve(
        revision,
        lock_version=revision.lock_version,
        reviewer=factories.user(Role.REVIEWER, within=owner),
        digest_seen=revision.content_digest,
        comment="可以",
    )


def states(hook: Hook) -> list[tuple[str, str]]:
    return list(Delivery.objects.filter(hook=hook).order_by("pk").values_list("kind", "state"))


# --- of what it is told ---


def test_a_publication_is_told_once_with_number_title_signal_and_link(hooked, receiver, settings):
    settings.CASELIB_SITE_URL = "https://caselib.example"
    hook = hooked()
    precedent = factories.published(title="前租户没有注销")
    hooks_send()
    hooks_send()
    (got,) = receiver.got
    said = got.message["precedent"]
    assert (got.message["schema"], got.message["event"]) == ("caselib.hook/1", "published")
    assert (said["number"], said["title"], said["signal"]) == (precedent.number, "前租户没有注销", "ok")
    assert said["link"] == f"https://caselib.example/p/{precedent.code}/"
    assert got.headers["Caselib-Delivery"] == got.message["delivery"] == hook.deliveries.get().code
    assert got.headers["Caselib-Event"] == "published"


def test_a_message_is_signed_over_moment_and_body(hooked, receiver):
    hook = hooked()
    factories.published()
    with time_machine.travel(NOW, tick=False):
        hooks_send()
    (got,) = receiver.got
    moment, mark = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", got.headers["Caselib-Signature"]).groups()
    expected = hmac.new(hook.plain.encode(), f"{moment}.".encode() + got.body, hashlib.sha256).hexdigest()
    assert (int(moment), mark) == (int(NOW.timestamp()), expected)


def test_a_life_is_told_in_its_order(hooked, receiver):
    hooked()
    precedent = factories.published()
    hooks_send()
    changed(precedent, title="改了标题")
    hooks_send()
    precedent_doubt(precedent, reason="条例改了", actor=None)
    hooks_send()
    precedent_retire(precedent, reason="政策变了", actor=factories.user(Role.REVIEWER))
    hooks_send()
    assert receiver.events == ["published", "changed", "changed", "withdrawn"]
    assert [got.message["precedent"].get("signal") for got in receiver.got] == ["ok", "ok", "care", None]
    assert receiver.got[-1].message["precedent"] == {"code": precedent.code, "number": precedent.number}


def test_several_changes_between_two_turns_are_one_message_of_how_it_is_now(hooked, receiver):
    hook = hooked()
    precedent = factories.published(title="第一版")
    changed(precedent, title="第二版")
    changed(precedent, title="第三版")
    hooks_send()
    assert [got.message["precedent"]["title"] for got in receiver.got] == ["第三版"]
    assert states(hook) == [("published", "sent"), ("", "dropped"), ("", "dropped")]


def test_what_goes_before_it_was_told_is_not_told(hooked, receiver):
    hook = hooked()
    precedent = factories.published()
    precedent_withhold(precedent, reason="有人的手机号", actor=factories.user(Role.EDITOR))
    hooks_send()
    assert receiver.got == []
    assert {state for _, state in states(hook)} == {"dropped"}


def test_withheld_is_told_without_a_word_of_it_and_comes_back_as_published(hooked, receiver):
    hooked()
    precedent = factories.published(title="王某的事")
    hooks_send()
    precedent_withhold(precedent, reason="有人的名字", actor=factories.user(Role.EDITOR))
    hooks_send()
    precedent_restore_view(precedent, reason="查过了", actor=factories.user(Role.EDITOR))
    hooks_send()
    assert receiver.events == ["published", "withdrawn", "published"]
    assert "王某" not in receiver.got[1].body.decode()
    assert "名字" not in receiver.got[1].body.decode()


def test_what_was_there_before_the_subscription_is_told_when_it_goes_or_changes(hooked, receiver):
    first, second = factories.published(), factories.published()
    hooked()
    hooks_send()
    assert receiver.got == []
    changed(first, title="改了")
    precedent_withhold(second, reason="有人的名字", actor=factories.user(Role.EDITOR))
    hooks_send()
    assert receiver.events == ["changed", "withdrawn"]


def test_of_another_department_nothing_is_told(hooked, receiver):
    hook = hooked()
    other = factories.published(audience=Audience.DEPARTMENT)
    precedent_retire(other, reason="政策变了", actor=factories.user(Role.REVIEWER))
    hooks_send(sweep=True)
    assert receiver.got == []
    assert {state for _, state in states(hook)} == {"dropped"}


def test_of_the_own_department_all_is_told(hooked, receiver, hall):
    hooked()
    factories.published(owner=hall, audience=Audience.DEPARTMENT)
    hooks_send()
    assert receiver.events == ["published"]


def test_personal_data_found_later_does_not_go_out(hooked, receiver):
    hooked()
    precedent = factories.published()
    # As a text stands there of which new rules find more than those that let it in.
    precedent.live_revision.title = "电话13800138000的商户"
    precedent.live_revision.save(update_fields=["title"])
    hooks_send()
    assert "13800138000" not in receiver.got[0].body.decode()
    assert receiver.got[0].message["precedent"]["title"] == "电话〔手机号〕的商户"


def test_only_the_events_that_were_asked_for_are_sent(hooked, receiver):
    hook = hooked(events=[Event.WITHDRAWN])
    precedent = factories.published()
    hooks_send()
    changed(precedent, title="改了")
    hooks_send()
    precedent_retire(precedent, reason="政策变了", actor=factories.user(Role.REVIEWER))
    hooks_send()
    assert receiver.events == ["withdrawn"]
    assert states(hook) == [("published", "dropped"), ("changed", "dropped"), ("withdrawn", "sent")]


def test_an_address_of_one_matter_hears_of_this_one_as_first_or_further(hooked, receiver):
    wanted, other = factories.matter("企业设立登记"), factories.matter("食品经营许可")
    hooked(matter=wanted)
    factories.published(matter=wanted, title="第一")
    factories.published(matter=other, more_matters=(wanted,), title="连带")
    factories.published(matter=other, title="别的")
    hooks_send()
    assert [got.message["precedent"]["title"] for got in receiver.got] == ["第一", "连带"]


def test_a_department_that_moves_is_noticed_without_an_event_of_the_precedent(hooked, receiver, hall, system):
    hooked()
    precedent = factories.published(owner=hall, audience=Audience.DEPARTMENT)
    hooks_send()
    Precedent.objects.filter(pk=precedent.pk).update(owner_department=factories.department())
    hooks_send()
    assert receiver.events == ["published"]
    hooks_send(sweep=True)
    hooks_send(sweep=True)
    assert receiver.events == ["published", "withdrawn"]


def test_what_an_event_of_an_import_does_not_name_is_found_by_comparing(hooked, receiver):
    hook = hooked()
    factories.published()
    Hook.objects.update(read_event=AuditEvent.objects.latest("pk").pk)
    hooks_send(sweep=True)
    hooks_send(sweep=True)
    assert receiver.events == ["published"]
    assert states(hook) == [("published", "sent")]


# --- when nobody answers ---


def test_an_error_there_is_tried_again_later_with_the_same_id(hooked, receiver):
    hook = hooked()
    receiver.answers = [500]
    with time_machine.travel(NOW, tick=False) as clock:
        factories.published()
        hooks_send()
        hooks_send()
        assert len(receiver.got) == 1
        clock.shift(dt.timedelta(minutes=1))
        hooks_send()
    assert len({got.message["delivery"] for got in receiver.got}) == 1
    assert len(receiver.got) == 2
    hook.refresh_from_db()
    assert (hook.failures, hook.due_at, states(hook)) == (0, None, [("published", "sent")])


def test_pauses_double_up_to_six_hours_with_a_quarter_of_chance(monkeypatch):
    monkeypatch.setattr(sending.random, "uniform", lambda low, high: high)
    assert [pause_after(n).total_seconds() for n in (1, 2, 3)] == [37.5, 75, 150]
    assert pause_after(1000) == LONGEST_PAUSE * 1.25
    monkeypatch.setattr(sending.random, "uniform", lambda low, high: low)
    assert pause_after(1).total_seconds() == 22.5


def test_a_message_is_given_up_after_twelve_attempts_and_can_be_sent_again(hooked, receiver, keeper):
    hook = hooked()
    receiver.answer = 422
    with time_machine.travel(NOW, tick=False) as clock:
        factories.published()
        for _ in range(ATTEMPTS + 3):
            hooks_send()
            clock.shift(LONGEST_PAUSE * 2)
        delivery = hook.deliveries.get()
        assert (len(receiver.got), delivery.state, delivery.answer) == (ATTEMPTS, "failed", 422)
        receiver.answer = 200
        delivery_replay(delivery, scope=keeper)
        delivery_replay(delivery, scope=keeper)
        hooks_send()
    assert len(receiver.got) == ATTEMPTS + 1
    assert {got.message["delivery"] for got in receiver.got} == {delivery.code}
    assert AuditEvent.objects.filter(action="hook.replayed").count() == 1


def test_a_refused_message_keeps_no_other_waiting(hooked, receiver):
    hook = hooked()
    receiver.answers = [400]
    factories.published(title="一")
    factories.published(title="二")
    hooks_send()
    assert [state for _, state in states(hook)] == ["waiting", "sent"]


def test_the_second_message_about_a_precedent_waits_for_the_first(hooked, receiver):
    hook = hooked()
    receiver.answers = [400]
    precedent = factories.published()
    hooks_send()
    precedent_retire(precedent, reason="政策变了", actor=factories.user(Role.REVIEWER))
    hooks_send()
    assert (receiver.events, [state for _, state in states(hook)]) == (["published"], ["waiting", "waiting"])


def test_an_address_where_nobody_answers_is_paused_and_goes_on_where_it_stopped(hooked, receiver, keeper):
    hook = hooked()
    receiver.answer = 503
    with time_machine.travel(NOW, tick=False) as clock:
        factories.published()
        factories.published()
        for _ in range(FAILURES + 5):
            hooks_send()
            clock.shift(LONGEST_PAUSE * 2)
        hook.refresh_from_db()
        assert (hook.paused, len(receiver.got)) == (Paused.FAILING, FAILURES)
        factories.published()
        receiver.answer, receiver.got = 200, []
        hook_switch(hook, scope=keeper, active=True)
        hooks_send()
    # The first was given up before the address was; the one that came meanwhile is there.
    assert (receiver.events, [state for _, state in states(hook)]) == (
        ["published"] * 2,
        ["failed", "sent", "sent"],
    )
    assert AuditEvent.objects.filter(action="hook.switched").count() == 2


def test_gone_ends_the_subscription(hooked, receiver):
    hook = hooked()
    receiver.answer = 410
    factories.published()
    factories.published()
    hooks_send()
    hooks_send()
    hook.refresh_from_db()
    assert (hook.paused, len(receiver.got)) == (Paused.GONE, 1)
    assert [state for _, state in states(hook)] == ["failed", "waiting"]


def test_a_refused_connection_is_told_in_words_and_tried_again(hooked, receiver, settings):
    settings.CASELIB_HOOK_HOSTS = frozenset({"127.0.0.1:9", receiver.host})
    hook = hooked(address="https://127.0.0.1:9/hooks")
    factories.published()
    assert hooks_send().failed == 1
    delivery = hook.deliveries.get()
    assert (delivery.state, delivery.answer) == ("waiting", None)
    assert "连接被拒绝" in delivery.error


def test_a_redirect_is_not_followed(hooked, receiver, tmp_path):
    hook = hooked()
    receiver.answer, receiver.leads_to = 302, f"https://{receiver.host}/elsewhere"
    factories.published()
    hooks_send()
    assert [got.way for got in receiver.got] == ["/hooks?key=theirs"]
    assert "不跟着转" in hook.deliveries.get().error


def test_an_answer_drop_by_drop_is_cut_off(hooked, receiver, settings):
    settings.CASELIB_HOOK_TIMEOUT = 0.6
    receiver.slow = 0.2
    hook = hooked()
    factories.published()
    assert hooks_send().failed == 1
    assert "限时内没有等到回答" in hook.deliveries.get().error


def test_a_certificate_that_nobody_vouches_for_is_refused(hooked, receiver, settings):
    settings.CASELIB_HOOK_CA = ""
    hook = hooked()
    factories.published()
    hooks_send()
    assert receiver.got == []
    assert "证书" in hook.deliveries.get().error


def test_a_root_certificate_that_is_not_there_stops_no_sender(hooked, receiver, settings):
    hook = hooked()
    settings.CASELIB_HOOK_CA = "/nowhere/root.pem"
    factories.published()
    assert hooks_send().failed == 1
    assert "CASELIB_HOOK_CA" in hook.deliveries.get().error


def test_a_host_name_that_is_none_stops_no_sender(hooked, receiver, settings):
    host = f"{'a' * 64}.example"
    settings.CASELIB_HOOK_HOSTS = frozenset({host})
    hook = hooked(address=f"https://{host}/")
    factories.published()
    assert hooks_send().failed == 1
    assert hook.deliveries.get().error == "查不到这个主机名。"


def test_a_clock_that_was_set_back_keeps_nobody_waiting(hooked, receiver):
    hook = hooked()
    receiver.answers = [500]
    with time_machine.travel(NOW, tick=False):
        factories.published()
        hooks_send()
        # A sender that died holding the address.
        Hook.objects.update(lease="dead", leased_until=NOW + sending.LEASE)
    with time_machine.travel(NOW - dt.timedelta(days=3), tick=False):
        hooks_send()
    assert states(hook) == [("published", "sent")]


def test_who_holds_the_address_is_not_overtaken_until_the_lease_is_over(hooked, receiver):
    hooked()
    with time_machine.travel(NOW, tick=False) as clock:
        factories.published()
        Hook.objects.update(lease="another", leased_until=NOW + sending.LEASE)
        hooks_send()
        assert receiver.got == []
        clock.shift(sending.LEASE)
        hooks_send()
    assert len(receiver.got) == 1


def test_who_took_the_address_a_moment_after_this_sender_looked_at_the_clock_keeps_it(hooked, receiver):
    hooked()
    with time_machine.travel(NOW, tick=False):
        factories.published()
        Hook.objects.update(lease="another", leased_until=NOW + sending.LEASE + dt.timedelta(milliseconds=5))
        hooks_send()
    assert receiver.got == []


def test_a_second_sender_during_a_message_sends_nothing(hooked, receiver, monkeypatch):
    hooked()
    factories.published()
    monkeypatch.setattr(sending, "post", lambda *_, **__: (hooks_send(), 200)[1])
    assert hooks_send().sent == 1
    assert Delivery.objects.get().attempts == 1


def test_what_died_before_it_was_noted_is_sent_again_with_the_same_id(hooked, receiver, monkeypatch):
    hooked()
    factories.published()
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(sending, "_noted", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        hooks_send()
    hooks_send()
    assert receiver.events == ["published", "published"]
    assert receiver.got[0].message["delivery"] == receiver.got[1].message["delivery"]


def test_what_was_sent_and_not_noted_is_withdrawn_all_the_same(hooked, receiver, monkeypatch):
    hooked()
    precedent = factories.published()
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(sending, "_noted", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        hooks_send()
    precedent_withhold(precedent, reason="有人的名字", actor=factories.user(Role.EDITOR))
    hooks_send()
    assert receiver.events == ["published", "withdrawn"]


# --- whose address it is ---


def test_a_system_that_is_switched_off_hears_nothing_and_later_what_it_missed(hooked, receiver, system, keeper):
    hooked()
    client_switch(system, scope=keeper, active=False)
    factories.published()
    hooks_send(sweep=True)
    assert receiver.got == []
    client_switch(system, scope=keeper, active=True)
    hooks_send()
    assert receiver.events == ["published"]


def test_without_the_deed_nothing_is_sent_and_no_address_is_taken(hooked, receiver, system, keeper):
    hooked()
    client_save(system, scope=keeper, deeds=["read"], per_minute=60, note="", lock_version=system.lock_version)
    factories.published()
    hooks_send(sweep=True)
    assert receiver.got == []
    with pytest.raises(RuleBroken):
        hooked(address=f"https://{receiver.host}/second")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://{host}/",
        "https://elsewhere.example/",
        "https://127.0.0.1/",
        "https://me:secret@{host}/",
        "https://{host}@elsewhere.example/",
        "https://elsewhere.example\\@{host}/",
        "https://{host}/ x",
        "https://{host}/\u8def",
        "https://{host}/#part",
        "https://{host}.elsewhere.example/",
        "https://[::1/",
        "ftp://{host}/",
        "https://{host}/" + "a" * 500,
        "https://127.1:{port}/",
        "https://2130706433:{port}/",
        "https://169.254.169.254/latest/",
    ],
)
def test_an_address_that_is_not_on_the_list_is_refused(hooked, receiver, address):
    with pytest.raises(RuleBroken) as refused:
        hooked(address=address.format(host=receiver.host, port=receiver.port))
    assert refused.value.field == "address"
    assert Hook.objects.count() == 0


def test_without_a_list_nothing_goes_anywhere(hooked, receiver, settings):
    hook = hooked()
    settings.CASELIB_HOOK_HOSTS = frozenset()
    factories.published()
    hooks_send()
    assert receiver.got == []
    assert "不在允许推送的主机里" in hook.deliveries.get().error


def test_a_listed_name_that_leads_to_this_machine_is_not_followed(hooked, receiver, settings):
    settings.CASELIB_HOOK_HOSTS = frozenset({f"localhost:{receiver.port}"})
    hook = hooked(address=f"https://localhost:{receiver.port}/")
    factories.published()
    hooks_send()
    assert receiver.got == []
    assert "指向本机" in hook.deliveries.get().error


def test_the_same_address_twice_is_one(hooked, receiver):
    hooked()
    with pytest.raises(RuleBroken):
        hooked()
    hooked(matter=factories.matter())
    with pytest.raises(RuleBroken):
        hooked(matter=factories.matter())
    assert Hook.objects.count() == 2


def test_a_system_has_ten_addresses_at_the_most(hooked, receiver):
    for number in range(10):
        hooked(address=f"https://{receiver.host}/{number}")
    with pytest.raises(RuleBroken):
        hooked(address=f"https://{receiver.host}/more")
    assert Hook.objects.count() == 10


def test_who_does_not_look_after_the_system_changes_nothing(hooked, receiver, system):
    hook = hooked()
    deeds = [
        lambda scope: hook_create(system, scope=scope, address=receiver.address, events=["changed"]),
        lambda scope: hook_save(hook, scope=scope, address=receiver.address, events=["changed"], seen=hook.mark),
        lambda scope: hook_switch(hook, scope=scope, active=False),
        lambda scope: hook_rekey(hook, scope=scope),
        lambda scope: hook_test(hook, scope=scope),
        lambda scope: delivery_replay(Delivery(hook=hook), scope=scope),
    ]
    strangers = [factories.user(role, within=system.department) for role in Role if role != Role.DEPARTMENT_ADMIN]
    strangers = [one for one in strangers if not scope_of(one).has_role(Role.SECURITY_ADMIN)]
    strangers.append(factories.user(Role.DEPARTMENT_ADMIN))
    before = AuditEvent.objects.filter(action__startswith="hook.").count()
    for stranger in strangers:
        for deed in deeds:
            with pytest.raises(NotVisible):
                deed(scope_of(stranger))
    assert AuditEvent.objects.filter(action__startswith="hook.").count() == before


def test_the_security_administrator_stops_and_does_nothing_else(hooked, receiver):
    hook = hooked()
    security = scope_of(factories.user(Role.SECURITY_ADMIN))
    hook_switch(hook, scope=security, active=False)
    hook.refresh_from_db()
    assert hook.paused == Paused.BY_HAND
    for deed in (lambda: hook_switch(hook, scope=security, active=True), lambda: hook_rekey(hook, scope=security)):
        with pytest.raises(NotAllowed):
            deed()


# --- the address in its room ---


def test_a_new_secret_signs_the_next_message(hooked, receiver, keeper):
    hook = hooked()
    secret = hook_rekey(hook, scope=keeper)
    hook_test(hook, scope=keeper)
    hooks_send()
    (got,) = receiver.got
    moment, mark = re.fullmatch(r"t=(\d+),v1=(\w+)", got.headers["Caselib-Signature"]).groups()
    assert mark == hmac.new(secret.encode(), f"{moment}.".encode() + got.body, hashlib.sha256).hexdigest()
    assert got.message == got.message | {"event": TEST, "precedent": None}


def test_the_secret_stands_neither_in_the_database_nor_in_the_trail(hooked, receiver, keeper):
    hook = hooked()
    again = hook_rekey(hook, scope=keeper)
    hook.refresh_from_db()
    trail = str(list(AuditEvent.objects.filter(action__startswith="hook.").values()))
    assert not {secret for secret in (hook.plain, again) if secret in hook.secret or secret in trail}
    assert "key=theirs" not in trail


def test_a_secret_sealed_with_an_older_key_is_sealed_anew_on_its_way(hooked, receiver, keeper, settings):
    settings.CASELIB_TICKET_KEYS = ["a" * 32]
    hook = hooked()
    settings.CASELIB_TICKET_KEYS = ["b" * 32, "a" * 32]
    hook_test(hook, scope=keeper)
    hooks_send()
    settings.CASELIB_TICKET_KEYS = ["b" * 32]
    hook.refresh_from_db()
    assert (len(receiver.got), is_sealed_with_first(hook.secret)) == (1, True)


def test_a_secret_that_no_key_opens_pauses_the_address_and_keeps_what_waits(hooked, receiver, keeper, settings):
    settings.CASELIB_TICKET_KEYS = ["a" * 32]
    hook = hooked()
    hook_test(hook, scope=keeper)
    settings.CASELIB_TICKET_KEYS = ["b" * 32]
    hooks_send()
    hook.refresh_from_db()
    assert (hook.paused, states(hook), receiver.got) == (Paused.SEALED, [("test", "waiting")], [])


def test_a_test_needs_an_address_that_is_not_paused(hooked, receiver, keeper):
    hook = hook_switch(hooked(), scope=keeper, active=False)
    with pytest.raises(StaleState):
        hook_test(hook, scope=keeper)
    assert Delivery.objects.count() == 0


def test_saving_what_is_there_writes_nothing(hooked, receiver, keeper):
    hook = hooked()
    hook_save(hook, scope=keeper, address=receiver.address, events=list(Event), seen="")
    assert not AuditEvent.objects.filter(action="hook.saved").exists()
    hook_save(hook, scope=keeper, address=f"https://{receiver.host}/new", events=["withdrawn"], seen=hook.mark)
    hook.refresh_from_db()
    assert (hook.address, hook.events) == (f"https://{receiver.host}/new", ["withdrawn"])


def test_old_messages_go_and_what_was_given_up_stays(hooked, receiver):
    hook = hooked()
    receiver.answers = [200, 410]
    with time_machine.travel(NOW, tick=False):
        factories.published()
        factories.published()
        hooks_send()
    assert deliveries_prune(older_than=NOW) == 0
    assert deliveries_prune(older_than=NOW + dt.timedelta(days=1)) == 1
    assert states(hook) == [("published", "failed")]


def test_the_command_sends_all_of_it_once(hooked, receiver, capsys):
    hook = hooked()
    for number in range(3):
        factories.published(title=f"第{number}")
    with pytest.raises(SystemExit) as ended:
        call_command("send_hooks", "--once")
    assert (ended.value.code, len(receiver.got)) == (0, 3)
    assert Known.objects.filter(hook=hook).exclude(digest="").count() == 3
    assert "送到 3 条" in capsys.readouterr().out


def test_a_department_that_closed_is_told_nothing(hooked, receiver, hall):
    hooked()
    Department.objects.filter(pk=hall.pk).update(is_active=False)
    factories.published()
    hooks_send(sweep=True)
    assert receiver.got == []


def test_the_program_counts_by_the_calendar_of_now_in_each_turn():
    day = dt.date(2026, 3, 2)
    workdays.hold(workdays.Calendar({day: (False, "停电")}))
    with pytest.raises(SystemExit):
        call_command("send_hooks", "--once")
    assert workdays.is_working_day(day)
