"""What tickets say cannot be read in the database; keys change without losing a word; a wrong key says so."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.cases import staging
from caselib.cases.importing import table_of
from caselib.cases.models import Ticket, TicketImport
from caselib.cases.sealing import SealedForGood, is_sealed_with_first, seal, unseal
from caselib.cases.services import ticket_analyse
from caselib.orgs.models import Role
from tests import factories

pytestmark = pytest.mark.django_db
OLD, NEW = "o" * 40, "n" * 40
SECRET = "张建国在四川北路"
TEXT = f"{SECRET}，电话13800138000\n2026-03-13 窗口：{SECRET}又来了"


@pytest.fixture
def everything(settings):
    """A ticket with days and an analysis, and a staged import, sealed with the old key."""
    settings.CASELIB_TICKET_KEYS = [OLD]
    house = factories.department()
    editor = factories.user(Role.EDITOR, within=house)
    ticket = factories.ticket(within=house, text=TEXT)
    ticket_analyse(ticket, causes=[factories.cause()], words=SECRET, lock_version=0, actor=editor)
    table = table_of(f"来源编号,来源系统,原文\nA-1,综窗,{SECRET}", field="rows")
    staging.import_stage(table, department=house, source_system="", actor=editor)
    return ticket


def rows_as_stored() -> str:
    with connection.cursor() as cursor:
        stored = []
        for table in ("ticket", "ticketentry", "ticketstep", "ticketimport"):
            cursor.execute(f"SELECT * FROM cases_{table}")  # noqa: S608 (names of this test)
            stored.append(str(cursor.fetchall()))
    return "".join(stored)


def test_no_column_holds_the_text(everything):
    stored = rows_as_stored()
    assert SECRET not in stored
    assert "13800138000" not in stored
    assert everything.text == TEXT


def test_sealing_the_same_twice_gives_two_tokens_and_nothing_stays_nothing():
    assert seal(TEXT) != seal(TEXT)
    assert (seal(""), unseal("")) == ("", "")
    assert unseal(seal(TEXT)) == TEXT


def test_an_older_key_still_opens_and_the_first_seals(everything, settings):
    settings.CASELIB_TICKET_KEYS = [NEW, OLD]
    assert Ticket.objects.get().text == TEXT
    assert is_sealed_with_first(seal("x"))
    assert not is_sealed_with_first(everything.sealed_text)


def test_a_site_that_gets_keys_of_its_own_lists_its_secret_as_the_old_one(settings):
    settings.CASELIB_TICKET_KEYS = []
    token = seal(TEXT)
    settings.CASELIB_TICKET_KEYS = [NEW, settings.SECRET_KEY]
    assert unseal(token) == TEXT


def test_a_wrong_key_says_what_to_do(everything, settings):
    settings.CASELIB_TICKET_KEYS = [NEW]
    with pytest.raises(SealedForGood, match="密钥") as caught:
        _ = Ticket.objects.get().text
    assert caught.value.status == 503
    assert "原文还在" in caught.value.message


def test_resealing_lets_the_old_key_go(everything, settings, capsys):
    settings.CASELIB_TICKET_KEYS = [NEW, OLD]
    call_command("tickets_reseal")
    settings.CASELIB_TICKET_KEYS = [NEW]
    ticket = Ticket.objects.get()
    assert ticket.text == TEXT
    assert [entry.what for entry in ticket.entries.all()] == [f"{SECRET}又来了"]
    assert SECRET in [step.words for step in ticket.steps.all()]
    assert SECRET in unseal(TicketImport.objects.get().sealed_rows)
    assert AuditEvent.objects.filter(action=Action.TICKET_RESEALED).count() == 1
    call_command("tickets_reseal")
    assert "重新封了 0 处" in capsys.readouterr().out
    assert AuditEvent.objects.filter(action=Action.TICKET_RESEALED).count() == 1


def test_resealing_leaves_what_no_key_opens_and_says_so(everything, settings):
    settings.CASELIB_TICKET_KEYS = [NEW]
    before = rows_as_stored()
    with pytest.raises(CommandError, match="解不开"):
        call_command("tickets_reseal")
    assert rows_as_stored() == before
