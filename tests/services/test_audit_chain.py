"""What the check of the trail finds, each attack by raw SQL: a row changed, taken, swapped, put in, the end cut off."""

import datetime as dt
import json

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from caselib.audit import chain
from caselib.audit.actions import Action
from caselib.audit.chain import GENESIS, Fault, Tally, breaks, digest
from caselib.audit.models import AuditEvent, AuditHead
from caselib.audit.services import record, record_many
from caselib.audit.verifying import last_check, nightly_check
from tests import factories

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 7, 1, 18, 10, tzinfo=dt.UTC)  # 2026-07-02 02:10 in the hall


@pytest.fixture
def trail() -> list[AuditEvent]:
    """Twelve events in a chain and more, some of people, some of the system."""
    person, thing = factories.user(), factories.region()
    for n in range(10):
        record(Action.REGION_SAVED, thing, actor=person if n % 2 else None, before={"n": n}, after={"n": n + 1.5})
    return list(AuditEvent.objects.order_by("pk"))


def found(**asked) -> list[tuple[int, Fault]]:
    return [(each.pk, each.fault) for each in breaks(Tally(), **asked)]


def sql(text: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


COLUMNS = {
    "at": "2020-01-01 00:00:00",
    "actor_name": "别人",
    "action": "region.other",
    "object_type": "orgs.Other",
    "object_id": "0",
    "object_label": "别的",
    "before": '{"n": 0}',
    "after": '{"n": 0}',
    "request_id": "0",
    "ip": "192.0.2.1",
    "account": "0",
    "previous_hash": "f" * 64,
    "hash": "f" * 64,
}


def test_every_column_is_tried():
    columns = {field.column for field in AuditEvent._meta.concrete_fields}
    assert columns == {*COLUMNS, "id", "actor_id"}


@pytest.mark.parametrize("column", COLUMNS)
def test_a_change_of_any_column_shows_at_that_row(trail, column):
    row = trail[5]
    sql(f"UPDATE audit_auditevent SET {connection.ops.quote_name(column)} = %s WHERE id = %s", COLUMNS[column], row.pk)  # noqa: S608
    assert (row.pk, Fault.CHANGED) in found()
    assert {pk for pk, _ in found()} <= {row.pk, trail[6].pk}


def test_the_deed_of_one_account_cannot_be_put_on_another(trail):
    row, other = trail[-1], factories.user()
    end = AuditHead.objects.get().hash
    assert row.actor_id is not None
    sql("UPDATE audit_auditevent SET actor_id = %s WHERE id = %s", other.pk, row.pk)
    assert found() == [(row.pk, Fault.ACCOUNT)]
    sql("UPDATE audit_auditevent SET actor_id = %s WHERE id = %s", row.actor_id, row.pk)
    system = next(event for event in trail if event.actor_id is None)
    sql("UPDATE audit_auditevent SET actor_id = %s WHERE id = %s", other.pk, system.pk)
    assert found() == [(system.pk, Fault.ACCOUNT)]
    assert AuditHead.objects.get().hash == end


def test_events_of_before_accounts_were_noted_still_hold(trail):
    AuditEvent.objects.all().delete()
    previous = GENESIS
    for event in trail:
        event.account, event.previous_hash = "", previous
        event.hash = previous = digest(event)
    AuditEvent.objects.bulk_create(trail)
    AuditHead.objects.update(hash=previous)
    assert found() == []
    # Blanking it in an event that has one is a change like any other.
    record(Action.REGION_SAVED, factories.region())
    newest = AuditEvent.objects.order_by("pk").last()
    sql("UPDATE audit_auditevent SET account = '' WHERE id = %s", newest.pk)
    assert found() == [(newest.pk, Fault.CHANGED)]


def test_a_row_moved_to_another_key_shows(trail):
    sql("UPDATE audit_auditevent SET id = %s WHERE id = %s", trail[-1].pk + 1000, trail[5].pk)
    assert (trail[6].pk, Fault.LINK) in found()


def test_a_missing_row_shows_at_the_one_after_it(trail):
    sql("DELETE FROM audit_auditevent WHERE id = %s", trail[5].pk)
    assert found() == [(trail[6].pk, Fault.LINK)]


def test_the_first_row_missing_shows(trail):
    sql("DELETE FROM audit_auditevent WHERE id = %s", trail[0].pk)
    assert found() == [(trail[1].pk, Fault.LINK)]


def test_two_rows_that_changed_places_show(trail):
    one, two = trail[4].pk, trail[7].pk
    for old, new in ((one, -1), (two, one), (-1, two)):
        sql("UPDATE audit_auditevent SET id = %s WHERE id = %s", new, old)
    assert {pk for pk, fault in found() if fault is Fault.LINK} == {one, trail[5].pk, two, trail[8].pk}


def test_a_row_put_in_between_shows(trail):
    sql("UPDATE audit_auditevent SET id = id + 1000 WHERE id > %s", trail[5].pk)
    forged = AuditEvent.objects.get(pk=trail[5].pk)
    forged.pk, forged.actor_name, forged.previous_hash = trail[5].pk + 1, "别人", trail[5].hash
    forged.hash = digest(forged)
    forged.save(force_insert=True)
    assert found() == [(trail[6].pk + 1000, Fault.LINK)]


def test_rows_put_behind_the_end_show(trail):
    forged = AuditEvent.objects.get(pk=trail[-1].pk)
    forged.pk, forged.previous_hash = None, trail[-1].hash
    forged.hash = digest(forged)
    forged.save(force_insert=True)
    assert found() == [(forged.pk, Fault.HEAD)]


def test_an_end_that_was_cut_off_shows(trail):
    sql("DELETE FROM audit_auditevent WHERE id > %s", trail[5].pk)
    assert found() == [(trail[5].pk, Fault.HEAD)]


def test_a_trail_that_was_emptied_shows(trail):
    sql("DELETE FROM audit_auditevent")
    assert found() == [(0, Fault.HEAD)]


def test_an_end_that_was_taken_away_shows(trail):
    sql("DELETE FROM audit_audithead")
    assert found() == [(trail[-1].pk, Fault.HEAD)]


def test_a_trail_without_events_is_whole():
    assert found() == []


def test_a_time_that_is_none_is_named_and_the_rest_is_read(trail):
    if connection.vendor != "sqlite":
        pytest.skip("Other databases hold no time that is none.")
    sql("UPDATE audit_auditevent SET at = 'yesterday' WHERE id = %s", trail[5].pk)
    sql("UPDATE audit_auditevent SET ip = 'x' WHERE id = %s", trail[8].pk)
    assert found() == [(trail[5].pk, Fault.UNREADABLE), (trail[8].pk, Fault.CHANGED)]


def test_what_was_cut_and_made_consistent_shows_only_by_a_hash_noted_earlier(trail):
    noted = trail[-1].hash
    sql("DELETE FROM audit_auditevent WHERE id > %s", trail[5].pk)
    AuditHead.objects.update(hash=trail[5].hash)
    assert found() == []
    assert found(expect=noted) == [(trail[5].pk, Fault.EXPECTED)]
    assert found(expect=trail[3].hash) == []


def test_the_trail_can_be_read_on_from_an_event(trail):
    sql("DELETE FROM audit_auditevent WHERE id = %s", trail[1].pk)
    tally = Tally()
    assert list(breaks(tally, since=trail[5].pk, expect=trail[5].hash)) == []
    assert tally.events == len(trail) - 5
    assert found(since=trail[5].pk, expect=trail[4].hash) == [(trail[5].pk, Fault.EXPECTED)]
    assert found(since=trail[1].pk) == [(trail[1].pk, Fault.START)]


def test_it_is_read_in_batches_and_what_comes_meanwhile_is_no_fault(trail, monkeypatch):
    monkeypatch.setattr(chain, "BATCH", 3)
    reading = breaks(Tally(), expect="0" * 63 + "1")
    original = chain._along

    def and_somebody_works(*args, **kwargs):
        record(Action.REGION_SAVED, factories.region())
        yield from original(*args, **kwargs)

    monkeypatch.setattr(chain, "_along", and_somebody_works)
    assert [each.fault for each in reading] == [Fault.EXPECTED]


def test_many_events_of_one_deed_are_linked(trail):
    things = [factories.region(f"上海市第{n}区") for n in range(3)]
    record_many(Action.REGION_SAVED, things, actor=factories.user(), after=[{} for _ in things])
    assert found() == []


# --- the command ---


def test_the_command_says_how_many_and_the_hash_to_note(trail, capsys):
    call_command("audit_verify")
    out = capsys.readouterr().out
    assert f"读了 {len(trail)} 条" in out and "完整" in out and trail[-1].hash in out
    assert "--expect" in out


def test_the_command_names_each_broken_event_and_ends_with_one(trail, capsys):
    sql("UPDATE audit_auditevent SET ip = 'x' WHERE id IN (%s, %s)", trail[2].pk, trail[4].pk)
    with pytest.raises(SystemExit) as ended:
        call_command("audit_verify")
    out = capsys.readouterr().out
    assert ended.value.code == 1
    assert all(f"第 {trail[n].pk} 条" in out for n in (2, 4))
    assert "有 2 处不对" in out and Fault.CHANGED.label in out


def test_the_command_takes_a_noted_hash_and_a_place_to_go_on_from(trail, capsys):
    call_command("audit_verify", expect=trail[3].hash)
    call_command("audit_verify", since=trail[5].pk)
    with pytest.raises(SystemExit):
        call_command("audit_verify", expect="a" * 64)
    for wrong in ({"expect": "abc"}, {"since": -1}):
        with pytest.raises(CommandError, match="什么也没有核对"):
            call_command("audit_verify", **wrong)


# --- every night ---


def night(days: int = 0):
    return nightly_check(now=NOW + dt.timedelta(days=days))


@pytest.fixture
def at_night():
    """Moves the clock to a night, since the event of a check bears the time at which it was written."""

    def check(days: int = 0):
        with time_machine.travel(NOW + dt.timedelta(days=days), tick=False):
            return night(days)

    return check


def test_the_first_night_reads_all_and_notes_the_result_in_the_chain(trail, at_night):
    check = at_night()
    assert (check.events, check.broken, check.is_whole) == (len(trail), 0, True)
    assert last_check() == check
    assert check.through == trail[-1].pk and check.hash == trail[-1].hash
    assert found() == []


def test_a_second_time_in_a_day_finds_nothing_to_do(trail, at_night):
    at_night()
    count = AuditEvent.objects.count()
    assert at_night() is None
    assert AuditEvent.objects.count() == count


def test_later_nights_go_on_where_the_last_one_ended_and_once_a_week_from_the_beginning(trail, at_night):
    checks = [at_night(days) for days in range(9)]
    assert [check.is_whole for check in checks] == [True, *[False] * 6, True, False]
    # The event it went on from, and the check of the night before.
    assert [check.events for check in checks[1:7]] == [2] * 6
    assert not any(check.broken for check in checks)


def test_a_broken_trail_is_told_and_read_from_the_beginning_until_it_is_mended(trail, at_night):
    at_night()
    sql("UPDATE audit_auditevent SET ip = 'x' WHERE id = %s", trail[-1].pk)
    check = at_night(1)
    assert (check.broken, check.is_whole) == (1, False)
    assert [(each.pk, each.fault) for each in last_check().named] == [(trail[-1].pk, Fault.CHANGED)]
    assert at_night(2).is_whole and last_check().broken
    sql("UPDATE audit_auditevent SET ip = '' WHERE id = %s", trail[-1].pk)
    assert not at_night(3).broken


def test_an_end_cut_off_over_the_last_check_shows_at_night(trail, at_night):
    at_night()
    sql("DELETE FROM audit_auditevent WHERE id >= %s", trail[-2].pk)
    assert at_night(1).broken


def test_a_result_that_somebody_wrote_over_counts_as_broken(trail, at_night):
    at_night()
    for written in ("[]", '{"named": [1, {"pk": "x", "fault": "y"}], "whole_at": "never"}', json.dumps({"broken": -1})):
        sql("UPDATE audit_auditevent SET after = %s WHERE action = 'trail.checked'", written)
        assert last_check().broken == 1
    assert at_night(1).is_whole
