"""办结 and 反馈 on the page of a ticket and in the list."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from caselib.cases.models import Ticket
from caselib.orgs.models import Role
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/desk/tickets/"
SETTLED = dt.datetime(2025, 9, 30, 8, 20, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(SETTLED, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ticket():
    return factories.ticket(received_on=dt.date(2025, 9, 28), title="前租户没注销")


def client_of(ticket: Ticket, role: Role = Role.EDITOR) -> Client:
    client = Client()
    client.force_login(factories.user(role, within=ticket.department))
    return client


def page(client: Client, ticket: Ticket) -> str:
    return client.get(f"{LIST}{ticket.code}/").content.decode()


def post(client: Client, ticket: Ticket, part: str, **values):
    ticket.refresh_from_db()
    return client.post(f"{LIST}{ticket.code}/{part}/", {"lock_version": ticket.lock_version, **values})


def test_an_editor_notes_the_end_and_the_window_that_people_were_told(ticket, clock):
    editor, window = client_of(ticket), client_of(ticket, Role.WINDOW)
    assert "还没办结，也没提出意见" in page(editor, ticket)
    assert 'name="at" value="2025-09-30 16:20"' in page(editor, ticket)
    assert post(editor, ticket, "settle", how="done", at="2025-09-30 16:20").status_code == 302
    shown = page(window, ticket)
    assert "剩 1 个工作日，10月9日到期" in shown
    assert "怎样结的" not in shown, "the window does not settle"
    clock.move_to(dt.datetime(2025, 10, 11, 1, tzinfo=dt.UTC))
    # Sessions ended meanwhile.
    window = client_of(ticket, Role.WINDOW)
    assert "超期 2 个工作日" in page(window, ticket)
    assert post(window, ticket, "feedback", at="2025年10月9日 9:00").status_code == 302
    assert "按时反馈" in page(window, ticket)
    assert post(window, ticket, "feedback", at="２０２５-10-11 08:00").status_code == 302
    assert "超时反馈，晚了 2 个工作日" in page(window, ticket)
    assert post(window, ticket, "feedback", do="withdraw", at="x").status_code == 302
    assert Ticket.objects.get().fed_back_at is None


@pytest.mark.parametrize("typed", ["明天", "2025-09-30", "9" * 20_000, "2026-09-30 10:00"])
def test_a_refused_moment_keeps_what_was_typed_and_says_why(ticket, typed):
    editor = client_of(ticket)
    response = post(editor, ticket, "settle", how="opinion", at=typed)
    body = response.content.decode()
    assert response.status_code == 422
    assert "没有保存：" in body
    assert f'value="{typed}"' in body
    assert '<option value="opinion" selected>' in body


def test_a_nul_byte_is_no_moment(ticket):
    assert post(client_of(ticket), ticket, "settle", how="done", at="2025\x00").status_code == 422


def test_the_second_tab_is_told_and_changes_nothing(ticket):
    editor = client_of(ticket)
    post(editor, ticket, "settle", how="done")
    response = editor.post(f"{LIST}{ticket.code}/settle/", {"lock_version": 0, "how": "opinion"})
    assert response.status_code == 409
    assert "有人先改了这件工单" in response.content.decode()
    assert Ticket.objects.get().settled_how == "done"


def test_the_list_says_which_are_late_and_is_narrowed_to_them(ticket, clock):
    editor = client_of(ticket)
    other = factories.ticket(within=ticket.department, received_on=dt.date(2025, 9, 28), title="没办结的一件")
    post(editor, ticket, "settle", how="done")
    clock.move_to(dt.datetime(2025, 10, 10, 1, tzinfo=dt.UTC))
    # Sessions ended meanwhile.
    editor = client_of(ticket)
    shown = editor.get(LIST).content.decode()
    assert "超期没反馈" in shown and "超期 1 个工作日" in shown
    narrowed = editor.get(LIST, {"feedback": "late"}).content.decode()
    assert ticket.title in narrowed and other.title not in narrowed
    assert ticket.title not in editor.get(LIST, {"feedback": "in_time"}).content.decode()
    assert other.title in editor.get(LIST, {"feedback": "<x>"}).content.decode(), "no such filter is no filter"


def test_a_year_without_a_calendar_is_told_beside_the_day(ticket):
    Ticket.objects.update(
        settled_how="done", settled_at=timezone.now(), feedback_due_on=dt.date(2090, 3, 1), fed_back_at=None
    )
    sentence = "2090年的节假日安排还没有录入，日期可能变。"
    client = client_of(ticket)
    assert page(client, ticket).count(sentence) == 1
    assert client.get(LIST).content.decode().count(sentence) == 1
