"""Content of tickets goes when its purpose is over; the row, its loop and its way to a precedent stay."""

import datetime as dt

import pytest
import time_machine
from django.core.management import call_command

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.cases.importing import table_of
from caselib.cases.models import PRUNED, Ticket, TicketEntry, TicketImport
from caselib.cases.pruning import Pruned, tickets_prune
from caselib.cases.selectors import lists_for_entry
from caselib.cases.staging import Fate, import_stage, plan_of
from caselib.core import clock
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.search.management.commands.index_worker import Command
from caselib.search.models import SearchLogEntry
from tests import factories

pytestmark = pytest.mark.django_db
ARCHIVED = dt.datetime(2026, 3, 12, 10, 0, tzinfo=dt.UTC)
JUST = dt.timedelta(minutes=1)
YEAR = dt.timedelta(days=365)


@pytest.fixture
def ticket():
    return factories.archived_ticket(
        now=ARCHIVED,
        text="上家没注销\n2026-03-13 窗口：联系出租方",
        source_system="综窗",
        source_number="A-1",
        title="题目",
    )


def test_a_ticket_is_emptied_a_year_after_archiving_and_not_before(ticket):
    assert tickets_prune(now=ARCHIVED + YEAR - JUST) == Pruned(0, 0)
    assert tickets_prune(now=ARCHIVED + YEAR + JUST) == Pruned(1, 0)
    ticket.refresh_from_db()
    assert (ticket.text, ticket.title, ticket.source_number, ticket.label) == ("", "", "", PRUNED)
    assert not TicketEntry.objects.exists()
    assert [step.words for step in ticket.steps.all()] == [""] * 4
    assert [cause.name for cause in ticket.causes.all()] == ["材料缺失"]
    assert (ticket.is_archived, ticket.received_on) == (True, dt.date(2026, 3, 12))


def test_days_are_a_setting(ticket, settings):
    settings.CASELIB_TICKET_DAYS = 30
    assert tickets_prune(now=ARCHIVED + dt.timedelta(days=31), dry_run=True).tickets == 1


def test_an_open_ticket_is_never_emptied():
    factories.ticket()
    assert tickets_prune(now=ARCHIVED + 20 * YEAR) == Pruned(0, 0)


def test_a_dry_run_writes_nothing(ticket):
    assert tickets_prune(now=ARCHIVED + 2 * YEAR, dry_run=True) == Pruned(1, 0)
    ticket.refresh_from_db()
    assert (ticket.title, ticket.pruned_at) == ("题目", None)


def test_twice_does_it_once_and_leaves_one_event(ticket):
    for _ in range(2):
        tickets_prune(now=ARCHIVED + 2 * YEAR)
    event = AuditEvent.objects.get(action=Action.TICKET_PRUNED)
    assert (event.object_id, event.actor_name) == (str(ticket.pk), "系统")


def test_an_old_file_does_not_bring_a_deleted_ticket_back(ticket):
    tickets_prune(now=ARCHIVED + 2 * YEAR)
    editor = factories.user(Role.EDITOR, within=ticket.department)
    lists = lists_for_entry(scope_of(editor), imports=True)
    table = table_of("来源系统,来源编号,原文\n综窗,A-1,x\n", field="rows")
    plan = plan_of(table, department=ticket.department, source_system="", lists=lists, today=dt.date(2026, 11, 1))
    assert [row.fate for row in plan.rows] == [Fate.THERE]


def test_staged_imports_go_when_their_day_is_over():
    editor = factories.user(Role.EDITOR)
    house = editor.memberships.get().department
    with time_machine.travel(ARCHIVED, tick=False):
        import_stage(
            table_of("来源编号,原文\nA-1,x\n", field="rows"), department=house, source_system="综窗", actor=editor
        )
    assert tickets_prune(now=ARCHIVED + dt.timedelta(hours=23)).imports == 0
    assert tickets_prune(now=ARCHIVED + dt.timedelta(hours=24)).imports == 1
    assert not TicketImport.objects.exists()
    assert AuditEvent.objects.filter(action=Action.TICKET_IMPORT_PRUNED).count() == 1


def test_one_command_prunes_tickets_imports_and_the_search_log(ticket, capsys):
    with time_machine.travel(ARCHIVED + 2 * YEAR):
        old = clock.now() - dt.timedelta(days=400)
        SearchLogEntry.objects.create(at=old, question="旧", question_key="旧", total=0, fits=False)
        call_command("prune", "--dry-run")
        told = capsys.readouterr().out
        assert ticket.code in told
        assert "会删除归档超过 365 天的工单内容：1 件" in told
        assert "检索记录：1 条" in told
        assert (Ticket.objects.filter(pruned_at=None).count(), SearchLogEntry.objects.count()) == (1, 1)
        call_command("prune")
    assert (Ticket.objects.filter(pruned_at=None).count(), SearchLogEntry.objects.count()) == (0, 0)
    assert "题目" not in told


def test_the_night_of_the_worker_prunes_as_well(ticket):
    with time_machine.travel(ARCHIVED + 2 * YEAR):
        Command()._night()
    ticket.refresh_from_db()
    assert ticket.pruned_at is not None
