"""What a system tells the library goes through the services of the pages, once however often it is sent."""

import pytest

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.cases.models import TEXT_LENGTH, Ticket
from caselib.connect.clients.models import Deed, KeptAnswer
from caselib.orgs.models import Role
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.visibility import Audience
from caselib.reuse.models import ReuseRecord
from caselib.search.models import KnowledgeGap
from tests import factories

from .calls import problem, system

pytestmark = pytest.mark.django_db
TICKET = {"source_system": "综窗平台", "source_number": "HK-2026-0001", "text": "群众说前租户没注销，张三13800138000。"}


def test_a_ticket_comes_in_sealed_into_the_department_of_the_system():
    caller = system()
    answer = caller.post("tickets", {**TICKET, "received_on": "2026年3月12日", "channel": "热线", "visits": "３"})
    assert answer.status_code == 201, answer.content
    told = answer.json()
    ticket = Ticket.objects.get(code=told["code"])
    assert (ticket.department, ticket.registered_by) == (caller.client.department, caller.client.account)
    assert (ticket.channel, ticket.visits, ticket.received_on.isoformat()) == ("12345", 3, "2026-03-12")
    assert "13800138000" not in str(Ticket.objects.values().get())
    assert ticket.text == TICKET["text"]
    assert "13800138000" not in answer.content.decode()
    event = AuditEvent.objects.get(action=Action.TICKET_REGISTERED)
    assert event.account == str(caller.client.account_id)
    assert event.actor_name == caller.client.name


def test_the_same_ticket_sent_again_is_that_ticket_and_changes_nothing():
    caller = system()
    first = caller.post("tickets", TICKET).json()
    for _ in range(3):
        again = caller.post("tickets", {**TICKET, "source_number": "ＨＫ-２０２６-0001", "text": "另一段原文"})
        assert (again.status_code, again.json()["created"]) == (200, False)
        assert again.json()["code"] == first["code"]
    assert Ticket.objects.get().text == TICKET["text"]


def test_of_a_ticket_of_another_department_only_the_taken_number_is_told():
    system().post("tickets", TICKET)
    told = problem(system().post("tickets", TICKET), 409, "already_there")
    assert Ticket.objects.get().code not in str(told)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * (TEXT_LENGTH + 1)}, "text"),
        ({"text": " \u200b\n "}, "text"),
        ({"source_number": "\u200b"}, "source_number"),
        ({"source_number": "9" * 65}, "source_number"),
        ({"source_system": ""}, "source_system"),
        ({"received_on": "2099-01-01"}, "received_on"),
        ({"received_on": "2026-02-30"}, "received_on"),
        ({"channel": "信鸽"}, "channel"),
        ({"visits": 100}, "visits"),
        ({"visits": -1}, "visits"),
        ({"visits": 1.5}, "visits"),
        ({"visits": True}, "visits"),
        ({"visits": "几次"}, "visits"),
        ({"is_supervised": "是"}, "is_supervised"),
        ({"department": "别的局"}, "department"),
        ({"title": ["x"]}, "title"),
    ],
)
def test_what_is_wrong_with_a_ticket_is_told_by_field_and_nothing_is_stored(change, field):
    told = problem(system().post("tickets", {**TICKET, **change}), 422, "invalid")
    assert [each["field"] for each in told["errors"]] == [field]
    assert told["errors"][0]["message"].endswith("。")
    assert not Ticket.objects.exists()


def test_two_megabytes_of_text_are_refused_before_they_are_read():
    told = problem(system().post("tickets", {**TICKET, "text": "长" * 700_000}), 413, "too_large")
    assert "20,000" in told["detail"]
    assert not Ticket.objects.exists()


def test_a_use_is_recorded_once_however_often_its_call_is_sent():
    caller, precedent = system(), factories.published()
    answers = [caller.reuse(precedent.code, note="照第二步办的") for _ in range(10)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    record = ReuseRecord.objects.get()
    assert (record.user, record.department) == (caller.client.account, caller.client.department)
    assert AuditEvent.objects.get(action=Action.REUSE_RECORDED).account == str(caller.client.account_id)
    precedent.refresh_from_db()
    assert precedent.reuse_count == 1


def test_a_key_is_for_one_thing_of_one_system():
    caller, precedent = system(), factories.published()
    caller.reuse(precedent.number)
    told = problem(caller.reuse(precedent.code, "failed"), 409, "key_used")
    assert "什么都没做" in told["detail"]
    assert caller.reuse(precedent.code).status_code == 201
    assert system().reuse(precedent.code).status_code == 201
    assert ReuseRecord.objects.count() == 2


def test_a_use_names_the_point_the_text_and_the_case_and_two_cases_are_two_uses():
    caller, precedent = system(), factories.published(not_when=("前租户失联",))
    told = {"note": "前租户找不到", "point": "not_when:1", "version": "１"}
    for number, case in enumerate(("ZC26000001", "ZC26000002", "ＺＣ26000001")):
        answer = caller.reuse(precedent.code, "not_applicable", key=f"key-0000{number}", case_number=case, **told)
        assert answer.status_code == 201, answer.content
    records = ReuseRecord.objects.all()
    assert [record.point for record in records] == ["not_when:1", "not_when:1"]
    assert "ZC26000001" not in str(list(ReuseRecord.objects.values()))
    for wrong in ({"point": "steps:99"}, {"case_number": "1"}):
        refused = caller.reuse(precedent.code, "failed", key="key-of-a-slip", **wrong)
        assert problem(refused, 422, "rule_broken")["field"] in wrong
    for wrong in ({"version": 0}, {"version": 10**18}, {"version": "x"}):
        problem(caller.reuse(precedent.code, "failed", key="key-of-a-slip", **wrong), 422, "invalid")


def test_a_gap_says_how_urgent_it_is():
    caller = system()
    caller.post("gaps", {"question": "要开飞艇驾校", "urgency": "waiting"})
    assert KnowledgeGap.objects.get().urgency == "waiting"
    problem(caller.post("gaps", {"question": "要开飞艇驾校", "urgency": "now"}), 422, "invalid")


@pytest.mark.parametrize("key", ["", "short", "a" * 65, "with blank", "键键键键键键键键", "x\x00yyyyyyy"])
def test_a_use_without_a_proper_key_is_refused(key):
    caller, precedent = system(), factories.published()
    problem(caller.reuse(precedent.code, key=key), 422, "invalid")
    problem(caller.post(f"precedents/{precedent.code}/reuse", {"outcome": "worked"}), 422, "invalid")
    assert not ReuseRecord.objects.exists()


def test_a_refused_use_keeps_no_key():
    caller, precedent = system(), factories.published()
    precedent_retire(precedent, reason="政策变了", actor=factories.user(Role.REVIEWER))
    assert problem(caller.reuse(precedent.code), 422, "rule_broken")["rule"] == "not_in_use"
    problem(caller.reuse(precedent.code, "fine"), 422, "invalid")
    hidden = factories.published(audience=Audience.DEPARTMENT)
    problem(caller.reuse(hidden.code), 404, "not_found")
    assert not KeptAnswer.objects.exists()


def test_a_gap_is_filed_masked_and_once_for_a_system():
    caller, matter = system(), factories.matter()
    asked = {"question": "张三13800138000要开飞艇驾校", "matter": matter.code}
    first, again = caller.post("gaps", asked), caller.post("gaps", asked)
    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.json()["created"], again.json()["created"], again.json()["times"]) == (True, False, 1)
    assert "13800138000" not in first.content.decode()
    assert KnowledgeGap.objects.get().matter == matter
    assert AuditEvent.objects.get(action=Action.GAP_FILED).account == str(caller.client.account_id)
    assert system().post("gaps", asked).json()["times"] == 2
    assert problem(caller.post("gaps", {"question": "？？"}), 422, "rule_broken")["rule"] == "empty"
    problem(caller.post("gaps", {"question": "x", "matter": "nosuch"}), 404, "not_found")


def test_each_deed_needs_to_be_granted():
    reader, precedent = system(Deed.READ), factories.published()
    for path, told in (("tickets", TICKET), ("gaps", {"question": "x"})):
        problem(reader.post(path, told), 403, "deed_not_granted")
    problem(reader.reuse(precedent.code), 403, "deed_not_granted")
    problem(system(Deed.TICKETS).get("search"), 403, "deed_not_granted")
    assert system(Deed.TICKETS).post("tickets", TICKET).status_code == 201
