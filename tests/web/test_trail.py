"""The auditor's pages: what is asked for is shown, what is typed stays, and a file holds what it says."""

import csv
import datetime as dt
import hashlib
import io
import json

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils.html import escape

from caselib.audit import exporting, selectors
from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.audit.services import record
from caselib.audit.verifying import nightly_check
from caselib.orgs.models import Role, User
from tests import factories

pytestmark = pytest.mark.django_db
PAGE, EXPORT = "/desk/trail/", "/desk/trail/export/"
HOSTILE = "<script>alert(1)</script>{{ 7 }}{% now %}\"'&"
FORMULA = '=HYPERLINK("http://192.0.2.1","x")'


@pytest.fixture
def auditor() -> Client:
    client = Client()
    client.force_login(factories.user(Role.AUDIT_ADMIN, username="watch"))
    return client


def text(response) -> str:
    return response.content.decode()


def event(at: str = "2026-07-01 12:00", *, label: str = "某地", actor: User | None = None, **values) -> AuditEvent:
    """An event at that time of the hall about something called so."""
    moment = dt.datetime.fromisoformat(f"{at}+08:00")
    thing = factories.department()
    thing.name = label
    with time_machine.travel(moment, tick=False):
        return record(values.pop("action", Action.DEPARTMENT_SAVED), thing, actor=actor, **values)


def shown(client: Client, **asked) -> set[int]:
    response = client.get(PAGE, asked)
    assert response.status_code == 200
    return {row.event.pk for row in response.context["rows"]}


# --- what is asked for ---


def test_the_newest_deed_comes_first(auditor):
    one, two = event(), event()
    rows = auditor.get(PAGE).context["rows"]
    keys = [row.event.pk for row in rows]
    assert keys == sorted(keys, reverse=True)
    assert keys.index(two.pk) < keys.index(one.pk)


def test_days_are_those_of_the_hall_and_both_of_them_count(auditor):
    before, first, last, after = (
        event(at) for at in ("2026-06-30 23:59", "2026-07-01 00:00", "2026-07-02 23:59", "2026-07-03 00:00")
    )
    ours = {each.pk for each in (before, first, last, after)}
    assert shown(auditor, since="2026-07-01", until="2026年7月2日") & ours == {first.pk, last.pk}
    assert shown(auditor, since="2026-07-03") & ours == {after.pk}
    assert shown(auditor, until="2026-06-30") & ours == {before.pk}


def test_a_clock_that_was_set_back_hides_nothing(auditor):
    ours = [
        event(at, label="甲") for at in ("2026-07-01 10:00", "2026-06-01 10:00", "2026-07-01 11:00", "2026-06-01 11:00")
    ]
    assert shown(auditor, label="甲", since="2026-07-01") == {ours[0].pk, ours[2].pk}
    assert shown(auditor, label="甲", since="2026-05-31", until="2026-06-01") == {ours[1].pk, ours[3].pk}


def test_a_kind_of_deed_and_a_group_of_kinds_are_found(auditor):
    saved, closed = event(), event(action=Action.GAP_CLOSED)
    assert shown(auditor, kind="gap.closed") == {closed.pk}
    assert shown(auditor, kind="gaps") == {closed.pk}
    places = shown(auditor, kind="places")
    assert saved.pk in places and closed.pk not in places


def test_a_person_is_found_by_account_and_by_the_name_at_that_time(auditor):
    person = factories.user(username="zhang")
    old = event(actor=person)
    User.objects.filter(pk=person.pk).update(display_name="改过的名字")
    new = event(actor=User.objects.get(pk=person.pk))
    assert shown(auditor, who="zhang") == {old.pk, new.pk}
    assert shown(auditor, who=person.display_name) == {old.pk}
    person.delete()
    assert shown(auditor, who="改过的名字") == {new.pk}
    assert old.pk not in shown(auditor, who="系统")


def test_an_object_is_found_by_kind_by_key_and_by_a_part_of_what_it_is_called(auditor):
    one, two = event(label="沪虹2026民政0001"), event(label="100%_好")
    assert shown(auditor, label="2026民政") == {one.pk}
    assert shown(auditor, label="0%_") == {two.pk}
    assert shown(auditor, label="%") == {two.pk}
    both = shown(auditor, type="orgs.Department", key=one.object_id)
    assert one.pk in both and two.pk not in both
    assert not shown(auditor, type="precedents.Precedent")


def test_a_request_and_an_address_are_found(auditor):
    auditor.post("/account/contrast/", {"high": "1"})
    client = Client(REMOTE_ADDR="192.0.2.9")
    factories.user(Role.WINDOW, username="clerk")
    client.post("/account/sign-in/", {"username": "clerk", "password": "a-long-test-password"})
    found = AuditEvent.objects.get(action=Action.SIGNED_IN, ip="192.0.2.9")
    assert shown(auditor, ip="192.0.2.9") == {found.pk}
    assert shown(auditor, request=found.request_id.upper()) == {found.pk}


def test_all_conditions_hold_together(auditor):
    person = factories.user(username="zhang")
    wanted = event("2026-07-01 09:00", label="甲", actor=person)
    event("2026-07-02 09:00", label="甲", actor=person)
    event("2026-07-01 09:00", label="乙", actor=person)
    event("2026-07-01 09:00", label="甲")
    asked = {"since": "2026-07-01", "until": "2026-07-01", "who": "zhang", "label": "甲", "kind": "places"}
    assert shown(auditor, **asked) == {wanted.pk}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"since": "2026-02-30"}, "since"),
        ({"until": "昨天"}, "until"),
        ({"since": "2026-07-02", "until": "2026-07-01"}, "until"),
        ({"kind": "made.up"}, "kind"),
        ({"type": HOSTILE}, "type"),
    ],
)
def test_what_cannot_be_read_is_named_and_everything_typed_stays(auditor, asked, field):
    event(label="不该出现")
    response = auditor.get(PAGE, {**asked, "who": HOSTILE})
    page = text(response)
    assert response.status_code == 422
    assert f'href="#f-{field}"' in page and "没有查" in page
    assert f'value="{escape(HOSTILE)}"' in page
    assert "不该出现" not in page


@pytest.mark.parametrize(
    "name", ["since", "until", "kind", "who", "type", "key", "label", "request", "ip", "older", "newer"]
)
@pytest.mark.parametrize("value", [HOSTILE, "\x00", "9" * 40, "'; DROP TABLE x --", "%00", "-1", "１２"])
def test_hostile_conditions_are_text(auditor, name, value):
    response = auditor.get(PAGE, {name: value})
    assert response.status_code in (200, 422)
    assert "<script>alert" not in text(response)


def test_an_impossible_key_is_no_page(auditor):
    assert auditor.get(f"{PAGE}{'9' * 40}/").status_code == 404


# --- pages by key ---


def test_every_event_is_on_one_page_and_the_conditions_stay(auditor, monkeypatch):
    monkeypatch.setattr(selectors, "PER_PAGE", 3)
    ours = [event(label="甲").pk for _ in range(8)]
    asked, seen = {"label": "甲"}, []
    address = f"{PAGE}?label=甲"
    while address:
        response = auditor.get(address)
        seen += [row.event.pk for row in response.context["rows"]]
        older = response.context["found"].older
        address = f"{PAGE}?{response.context['asked']}&older={older}" if older else ""
        assert not older or f"older={older}" in text(response)
    assert seen == ours[::-1]
    back = auditor.get(PAGE, {**asked, "newer": ours[2]}).context["found"]
    assert [each.pk for each in back.events] == ours[3:6][::-1]
    assert (back.newer, back.older) == (ours[5], ours[3])
    first = auditor.get(PAGE, {**asked, "newer": ours[5]}).context["found"]
    assert [each.pk for each in first.events] == ours[6:][::-1] and not first.newer


def test_what_comes_meanwhile_moves_nothing(auditor, monkeypatch):
    monkeypatch.setattr(selectors, "PER_PAGE", 2)
    ours = [event(label="甲").pk for _ in range(4)]
    older = auditor.get(PAGE, {"label": "甲"}).context["found"].older
    event(label="甲")
    rows = auditor.get(PAGE, {"label": "甲", "older": older}).context["rows"]
    assert [row.event.pk for row in rows] == ours[:2][::-1]


def test_the_count_is_whole_or_says_that_there_are_more(auditor, monkeypatch):
    monkeypatch.setattr(selectors, "MOST_COUNTED", 60)
    for _ in range(60):
        record(Action.REGION_SAVED, factories.region("甲"))
    AuditEvent.objects.exclude(object_label="甲").delete()
    event(label="乙")
    assert "共 1 条" in text(auditor.get(PAGE, {"label": "乙"}))
    assert "60 条以上" in text(auditor.get(PAGE))


# --- one event ---


def test_an_event_shows_before_and_after_side_by_side_and_escaped(auditor):
    found = event(
        label=HOSTILE,
        before={"title": "旧的", "role": "window", HOSTILE: HOSTILE, "note": "同样"},
        after={
            "title": "新的",
            "role": "editor",
            "note": "同样",
            "words": ["甲", "乙"],
            "on": True,
            "deep": {"a": [HOSTILE]},
        },
    )
    response = auditor.get(f"{PAGE}{found.pk}/")
    page = text(response)
    assert "<script>alert" not in page and escape(HOSTILE) in page
    lines = {line.label: line for line in response.context["lines"]}
    assert (lines["标题"].before.text, lines["标题"].after.text) == ("旧的", "新的")
    assert lines["标题"].is_changed and not lines["说明"].is_changed
    assert (lines["角色"].before.text, lines["角色"].after.text) == ("窗口人员", "编辑")
    assert lines["词"].after.text == "甲、乙" and lines["打开"].after.text == "是"
    assert lines["词"].before.is_absent and HOSTILE in lines


def test_a_long_value_is_folded_and_whole(auditor):
    found = event(after={"note": "长" * 500})
    page = text(auditor.get(f"{PAGE}{found.pk}/"))
    assert "<details><summary>" + "长" * 60 + "…" in page
    assert "长" * 500 in page


@pytest.mark.parametrize("written", ['"text"', "[1, 2]", "null", '{"title": null}', "7"])
def test_an_event_that_somebody_wrote_over_is_shown_all_the_same(auditor, written):
    found = event(label="甲", after={"title": "x"})
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditevent SET after = %s WHERE id = %s", [written, found.pk])
    response = auditor.get(f"{PAGE}{found.pk}/")
    assert response.status_code == 200
    assert "这一条被改过" in text(response)


def test_the_place_in_the_chain_is_shown_and_whether_it_holds(auditor):
    thing = factories.region()
    one, two, three = (record(Action.REGION_SAVED, thing) for _ in range(3))
    page = text(auditor.get(f"{PAGE}{two.pk}/"))
    assert one.hash in page and two.hash in page
    assert f"{PAGE}{one.pk}/" in page and f"{PAGE}{three.pk}/" in page
    assert "没有被改过" in page
    AuditEvent.objects.filter(pk=one.pk).delete()
    assert "接不上" in text(auditor.get(f"{PAGE}{two.pk}/"))
    AuditEvent.objects.filter(pk=three.pk).delete()
    assert "链尾对不上" in text(auditor.get(f"{PAGE}{two.pk}/"))


def test_an_event_leads_to_those_of_its_request_and_of_its_object(auditor):
    factories.user(Role.WINDOW, username="clerk")
    for _ in range(2):
        Client().post("/account/sign-in/", {"username": "clerk", "password": "a-long-test-password"})
    one, two = AuditEvent.objects.filter(action=Action.SIGNED_IN, actor__username="clerk")
    AuditEvent.objects.filter(pk__in=[one.pk, two.pk]).update(request_id="abc123")
    context = auditor.get(f"{PAGE}{one.pk}/").context
    assert [row.event.pk for row in context["same_request"]] == [two.pk]
    assert [row.event.pk for row in context["same_object"]] == [two.pk]


# --- the last check ---


def test_the_page_tells_of_the_last_check(auditor):
    assert "还没有核对过" in text(auditor.get(PAGE))
    with time_machine.travel(dt.datetime(2026, 7, 1, 18, 10, tzinfo=dt.UTC), tick=False):
        read = nightly_check(now=dt.datetime(2026, 7, 1, 18, 10, tzinfo=dt.UTC)).events
    auditor_again = Client()
    with time_machine.travel(dt.datetime(2026, 7, 2, 2, tzinfo=dt.UTC), tick=False):
        auditor_again.force_login(factories.user(Role.AUDIT_ADMIN))
        page = text(auditor_again.get(PAGE))
        assert "今天" in page and "02:10" in page and f"从头读了 {read} 条，完整" in page
    with time_machine.travel(dt.datetime(2026, 7, 6, 2, tzinfo=dt.UTC), tick=False):
        auditor_again.force_login(factories.user(Role.AUDIT_ADMIN))
        assert "这以后没有再核对" in text(auditor_again.get(PAGE))


def test_the_page_names_what_the_last_check_found_broken(auditor):
    broken = event()
    AuditEvent.objects.filter(pk=broken.pk).update(ip="192.0.2.1")
    nightly_check(now=dt.datetime.now(dt.UTC))
    page = text(auditor.get(PAGE))
    assert "核对出 1 处对不上" in page and f'href="{PAGE}{broken.pk}/"' in page


# --- files ---


def export(client: Client, form: str, **asked) -> str:
    response = client.post(EXPORT, {"form": form, **asked})
    assert response.status_code == 200 and "attachment" in response["Content-Disposition"]
    return b"".join(response.streaming_content).decode()


def test_the_table_says_what_it_is_and_holds_what_was_asked_for(auditor):
    wanted = event("2026-07-01 09:30", label="甲", actor=factories.user(username="zhang"), after={"name": "甲"})
    event(label="乙")
    told = export(auditor, "csv", label="甲", since="2026-07-01")
    assert told.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(told.removeprefix("\ufeff"))))
    assert "从 2026-07-01，对象 甲" in rows[0][0] and "共 1 条，全部在内" in rows[0][0]
    assert str(User.objects.get(username="watch")) in rows[0][0]
    assert len(rows) == 3 and all(len(row) == len(rows[1]) for row in rows[2:])
    assert rows[2][:5] == [str(wanted.pk), "2026-07-01 09:30:00", "zhang", wanted.actor_name, "保存部门"]
    assert rows[2][-1] == wanted.hash


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "  =", "\r=", "＝", "＠"])
def test_a_cell_that_begins_like_a_formula_is_text(auditor, start):
    event(label="甲", actor=None, after={})
    AuditEvent.objects.filter(object_label="甲").update(object_label=f"{start}1+1 甲", actor_name=FORMULA)
    told = export(auditor, "csv", label=f"{start}1+1 甲".strip()).removeprefix("\ufeff")
    row = list(csv.reader(io.StringIO(told, newline="")))[2]
    assert row[3] == f"'{FORMULA}" and row[8] == f"'{start}1+1 甲"


def test_what_is_too_long_for_a_cell_is_cut_there_and_whole_in_the_other_file(auditor):
    event(label="甲", after={"text": "长" * 40_000})
    assert "太长，全文见 JSON Lines" in export(auditor, "csv", label="甲")
    assert "长" * 40_000 in export(auditor, "jsonl", label="甲")


def test_the_lines_can_be_checked_by_anybodys_program(auditor):
    for n in range(3):
        event(
            label=HOSTILE, actor=factories.user(), before={"n": n, "文": [1.5, None]}, after={"a": {"z": 1, "b": True}}
        )
    head, *lines = [json.loads(line) for line in export(auditor, "jsonl").splitlines()]
    assert head["events"] == len(lines) == AuditEvent.objects.count() - 1
    assert "sha256" in head["hash_of"] and "审计记录" in head["definition"]
    following = None
    for line in lines:
        fields = [
            *(line[name] for name in ("at", "actor_name", "action", "object_type", "object_id", "object_label")),
            *(line[name] for name in ("before", "after", "request_id", "ip", "previous_hash")),
            *([line["account"]] if line["account"] else []),
        ]
        told = json.dumps(fields, ensure_ascii=False, sort_keys=True).encode()
        assert hashlib.sha256(told).hexdigest() == line["hash"]
        assert following in (None, line["hash"])
        following = line["previous_hash"]


def test_taking_it_out_is_a_deed_that_is_written_down(auditor):
    event(label="甲")
    told = export(auditor, "csv", label="甲")
    noted = AuditEvent.objects.get(action=Action.TRAIL_EXPORTED)
    assert noted.actor.username == "watch"
    assert noted.after == {"form": "csv", "conditions": "对象 甲", "events": 1, "left_out": False}
    assert noted.hash not in told


def test_more_than_a_file_holds_is_said_in_its_first_line(auditor, monkeypatch):
    monkeypatch.setattr(exporting, "MOST_EXPORTED", 2)
    ours = [event(label="甲") for _ in range(3)]
    told = export(auditor, "csv", label="甲")
    assert "只含最新的 2 条，更早的没有放进来" in told
    assert ours[0].hash not in told.splitlines()[-1] and ours[2].hash in told


@pytest.mark.parametrize("asked", [{"form": "exe"}, {}, {"form": "csv", "since": "x"}])
def test_a_form_that_cannot_be_read_takes_nothing_out(auditor, asked):
    response = auditor.post(EXPORT, {"label": HOSTILE, **asked})
    assert response.status_code == 422 and escape(HOSTILE) in text(response)
    assert not AuditEvent.objects.filter(action=Action.TRAIL_EXPORTED).exists()


def test_conditions_with_personal_data_are_not_written_down(auditor):
    export(auditor, "csv", label="13800138000")
    noted = AuditEvent.objects.get(action=Action.TRAIL_EXPORTED)
    assert "13800138000" not in json.dumps(noted.after)
