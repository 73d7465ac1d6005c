"""Eight people import the same file, register the same number or save the same ticket in the same moment: one wins."""

import datetime as dt

import pytest

from caselib.audit.services import broken_events
from caselib.cases.entry import TicketFacts
from caselib.cases.importing import table_of
from caselib.cases.models import Stage, Ticket, TicketStep
from caselib.cases.selectors import lists_for_entry
from caselib.cases.services import ticket_archive, ticket_register, ticket_save
from caselib.cases.staging import import_run, import_stage
from caselib.core.ids import new_code
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from tests import factories

from .test_transitions import THREADS, all_at_once, shared_database  # noqa: F401 - the fixture is used by name

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_database")]
ROWS = "来源系统,来源编号,原文\n" + "".join(f"综窗,A-{n},2026-03-13 窗口：联系{n}\n" for n in range(20))


def facts(house, **values) -> TicketFacts:
    return TicketFacts(**{"department": house, "received_on": dt.date(2026, 3, 12), "text": "上家没注销", **values})


def test_eight_who_import_the_same_file_make_one_ticket_of_each_row():
    house = factories.department()
    editors = [factories.user(Role.EDITOR, within=house) for _ in range(THREADS)]
    lists = lists_for_entry(scope_of(editors[0]), imports=True)
    table = table_of(ROWS, field="rows")
    staged = [import_stage(table, department=house, source_system="", actor=editor) for editor in editors]
    made = [0] * THREADS

    def run(n: int) -> None:
        made[n] = import_run(staged[n], lists=lists, actor=editors[n])

    assert all_at_once(run) == {"won": THREADS}
    assert sum(made) == Ticket.objects.count() == TicketStep.objects.count() == 20
    assert all(ticket.entries.count() == 1 for ticket in Ticket.objects.all())
    assert list(broken_events()) == []


def test_eight_presses_of_import_do_it_once():
    house = factories.department()
    editor = factories.user(Role.EDITOR, within=house)
    lists = lists_for_entry(scope_of(editor), imports=True)
    staged = import_stage(table_of(ROWS, field="rows"), department=house, source_system="", actor=editor)
    assert all_at_once(lambda n: import_run(staged, lists=lists, actor=editor)) == {"won": THREADS}
    assert Ticket.objects.count() == 20


def test_eight_who_register_the_same_number_make_one_ticket():
    house = factories.department()
    clerks = [factories.user(Role.WINDOW, within=house) for _ in range(THREADS)]
    same = facts(house, source_system="综窗", source_number="A-1")
    results = all_at_once(lambda n: ticket_register(same, actor=clerks[n]))
    assert results == {"won": 1, "RuleBroken": THREADS - 1}
    assert Ticket.objects.count() == 1


def test_eight_presses_of_register_make_one_ticket():
    house, code = factories.department(), new_code()
    clerk = factories.user(Role.WINDOW, within=house)
    results = all_at_once(lambda n: ticket_register(facts(house), actor=clerk, code=code))
    assert results == {"won": THREADS}
    assert Ticket.objects.count() == 1


def test_one_of_eight_saves():
    house = factories.department()
    ticket, editor = factories.ticket(within=house), factories.user(Role.EDITOR, within=house)
    copies = [Ticket.objects.get(pk=ticket.pk) for _ in range(THREADS)]
    results = all_at_once(
        lambda n: ticket_save(copies[n], facts(house, title=f"题目{n}"), lock_version=0, actor=editor)
    )
    assert results == {"won": 1, "StaleState": THREADS - 1}


def test_a_save_and_an_archive_of_one_ticket_do_not_both_happen():
    house = factories.department()
    ticket, editor = factories.archived_ticket(within=house), factories.user(Role.EDITOR, within=house)
    Ticket.objects.filter(pk=ticket.pk).update(stage=Stage.EVALUATED, archived_at=None, lock_version=5)
    copies = [Ticket.objects.get(pk=ticket.pk) for _ in range(THREADS)]

    def deed(n: int) -> None:
        if n % 2:
            ticket_archive(copies[n], lock_version=5, actor=editor)
        else:
            ticket_save(copies[n], facts(house, title=f"题目{n}"), lock_version=5, actor=editor)

    assert all_at_once(deed) == {"won": 1, "StaleState": THREADS - 1}
