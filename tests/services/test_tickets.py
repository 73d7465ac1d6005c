"""Source tickets: registered once, corrected by who was not overtaken, taken round the loop, and never told of in the trail."""

import datetime as dt
import json

import pytest

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.audit.services import broken_events
from caselib.cases import services
from caselib.cases.entry import TicketFacts
from caselib.cases.models import Stage, Ticket
from caselib.cases.selectors import ticket_for_page
from caselib.cases.services import (
    ticket_analyse,
    ticket_archive,
    ticket_entry_add,
    ticket_entry_remove,
    ticket_evaluate,
    ticket_register,
    ticket_save,
    ticket_take,
    ticket_text_shown,
)
from caselib.core.errors import NotVisible, RuleBroken, StaleState
from caselib.core.ids import new_code
from caselib.orgs.models import Role
from tests import factories

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 12)
TEXT = """诉求人：张建国，联系电话：138 0013 8000，身份证号 310101199001010012
市民王女士3月12日来电称：“我在四川北路1234弄5号开了张记小吃店，跑了三趟都没办成。”
2026年3月13日 窗口人员李明：联系房东陈某某。
3月15日 转市场监管局核实，电话021-52345678。"""
SECRETS = (
    "张建国",
    "13800138000",
    "138 0013 8000",
    "310101199001010012",
    "王女士",
    "四川北路",
    "张记",
    "李明",
    "52345678",
    "HK-00871",
)


@pytest.fixture
def house():
    return factories.department("综合窗口")


@pytest.fixture
def clerk(house):
    return factories.user(Role.WINDOW, within=house)


@pytest.fixture
def editor(house):
    return factories.user(Role.EDITOR, within=house)


def facts(house, **values) -> TicketFacts:
    return TicketFacts(**{"department": house, "received_on": DAY, "text": TEXT, **values})


def test_a_registered_ticket_holds_its_text_its_days_and_who_registered_it(house, clerk):
    ticket = ticket_register(facts(house, source_system="12345", source_number="HK-00871"), actor=clerk)
    assert ticket.text == TEXT
    assert [(entry.day, entry.who, entry.what) for entry in ticket.entries.all()] == [
        (dt.date(2026, 3, 13), "窗口人员", "联系房东陈某某。"),
        (dt.date(2026, 3, 15), "", "转市场监管局核实，电话021-52345678。"),
    ]
    step = ticket.steps.get()
    assert (step.stage, step.by, step.by_name) == (Stage.REGISTERED, clerk, str(clerk))


def test_what_stands_in_the_open_holds_no_personal_data(house, clerk):
    ticket = ticket_register(
        facts(house, title="张建国女士要办执照 13800138000", matter_words="帮张建国办"), actor=clerk
    )
    stored = json.dumps(list(Ticket.objects.values("title", "matter_words", "source_system")), ensure_ascii=False)
    stored += json.dumps(list(ticket.entries.values("who")), ensure_ascii=False)
    assert not [secret for secret in SECRETS if secret in stored]


def test_a_title_is_made_of_the_text_in_neutral_words(house, clerk):
    title = ticket_register(facts(house), actor=clerk).title
    assert title
    assert not [secret for secret in SECRETS if secret in title]


def test_the_same_number_is_registered_once(house, clerk):
    ticket_register(facts(house, source_system="12345", source_number="HK-00871"), actor=clerk)
    with pytest.raises(RuleBroken) as caught:
        ticket_register(facts(house, source_system="12345", source_number="HK-00871"), actor=clerk)
    assert (caught.value.code, caught.value.field) == ("already_there", "source_number")
    ticket_register(facts(house, source_system="综窗", source_number="HK-00871"), actor=clerk)
    assert Ticket.objects.count() == 2


def test_tickets_without_a_number_are_many(house, clerk):
    for _ in range(2):
        ticket_register(facts(house), actor=clerk)
    assert Ticket.objects.count() == 2


def test_a_button_pressed_twice_makes_one_ticket(house, clerk, editor):
    code = new_code()
    first = ticket_register(facts(house), actor=clerk, code=code)
    assert ticket_register(facts(house), actor=clerk, code=code).pk == first.pk
    with pytest.raises(StaleState):
        ticket_register(facts(house), actor=editor, code=code)


def test_a_save_keeps_the_text_unless_another_is_given(house, clerk):
    ticket = ticket_register(facts(house), actor=clerk)
    title = ticket.title
    ticket_save(ticket, facts(house, text="", visits=4), lock_version=0, actor=clerk)
    assert (ticket.text, ticket.title, ticket.visits) == (TEXT, title, 4)
    ticket_save(ticket, facts(house, text="另一段原文"), lock_version=1, actor=clerk)
    assert (ticket.text, ticket.title) == ("另一段原文", "另一段原文")


def test_who_was_overtaken_writes_nothing(house, clerk):
    ticket = ticket_register(facts(house), actor=clerk)
    ticket_save(ticket, facts(house, text="", visits=1), lock_version=0, actor=clerk)
    with pytest.raises(StaleState):
        ticket_save(ticket, facts(house, text="", visits=2), lock_version=0, actor=clerk)
    assert Ticket.objects.get().visits == 1


def test_a_save_cannot_take_the_number_of_another_ticket(house, clerk):
    ticket_register(facts(house, source_system="12345", source_number="A-1000"), actor=clerk)
    ticket = ticket_register(facts(house), actor=clerk)
    with pytest.raises(RuleBroken):
        ticket_save(
            ticket, facts(house, text="", source_system="12345", source_number="A-1000"), lock_version=0, actor=clerk
        )


def test_the_loop_goes_through_its_four_steps(house, clerk, editor):
    ticket, cause = ticket_register(facts(house), actor=clerk), factories.cause()
    ticket_analyse(ticket, causes=[cause], words="上家没注销", lock_version=0, actor=editor)
    assert ticket.stage == Stage.ANALYSED
    ticket_evaluate(ticket, words="办成了", lock_version=1, actor=editor)
    ticket_archive(ticket, lock_version=2, actor=editor)
    assert (ticket.stage, ticket.archived_at is not None) == (Stage.ARCHIVED, True)
    assert [step.get_stage_display() for step in ticket.steps.all()] == ["受理登记", "分析研判", "跟踪评估", "备案归档"]
    assert {step.by_name for step in ticket.steps.all()} == {str(clerk), str(editor)}


@pytest.mark.parametrize(
    ("analysed", "evaluated", "missing"),
    [(False, False, "还缺：分析研判（原因）、跟踪评估（成效）"), (True, False, "还缺：跟踪评估（成效）")],
)
def test_archiving_names_what_is_missing(house, clerk, editor, analysed, evaluated, missing):
    ticket = ticket_register(facts(house), actor=clerk)
    if analysed:
        ticket_analyse(ticket, causes=[factories.cause()], words="x", lock_version=0, actor=editor)
    with pytest.raises(RuleBroken, match=missing):
        ticket_archive(ticket, lock_version=ticket.lock_version, actor=editor)
    assert not Ticket.objects.get().is_archived


def test_an_analysis_needs_a_cause_and_words_and_an_evaluation_an_analysis(house, clerk, editor):
    ticket = ticket_register(facts(house), actor=clerk)
    with pytest.raises(RuleBroken, match="原因"):
        ticket_analyse(ticket, causes=[], words="x", lock_version=0, actor=editor)
    with pytest.raises(RuleBroken, match="没有保存"):
        ticket_analyse(ticket, causes=[factories.cause()], words=" \n", lock_version=0, actor=editor)
    with pytest.raises(RuleBroken, match="还没有分析研判"):
        ticket_evaluate(ticket, words="办成了", lock_version=0, actor=editor)
    with pytest.raises(RuleBroken, match="最多"):
        ticket_analyse(ticket, causes=[factories.cause()], words="长" * 4001, lock_version=0, actor=editor)
    assert Ticket.objects.get().lock_version == 0


def test_an_archived_ticket_is_not_changed_any_more(house):
    ticket = factories.archived_ticket(within=house)
    editor = factories.user(Role.EDITOR, within=house)
    deeds = [
        lambda: ticket_save(ticket, facts(house, visits=9), lock_version=ticket.lock_version, actor=editor),
        lambda: ticket_analyse(
            ticket, causes=[factories.cause()], words="x", lock_version=ticket.lock_version, actor=editor
        ),
        lambda: ticket_evaluate(ticket, words="x", lock_version=ticket.lock_version, actor=editor),
        lambda: ticket_archive(ticket, lock_version=ticket.lock_version, actor=editor),
        lambda: ticket_entry_add(ticket, day=DAY, who="", what="x", actor=editor),
    ]
    for deed in deeds:
        with pytest.raises((StaleState, RuleBroken)):
            deed()


def test_a_day_is_added_with_a_role_and_taken_out_again(house, clerk):
    ticket = ticket_register(facts(house, text="没有日期的原文"), actor=clerk)
    entry = ticket_entry_add(ticket, day=DAY, who="李建国", what="电话 13800138000 联系", actor=clerk)
    assert (entry.who, entry.what) == ("经办人", "电话 13800138000 联系")
    for wrong in ("", " ", "长" * 2001):
        with pytest.raises(RuleBroken):
            ticket_entry_add(ticket, day=DAY, who="", what=wrong, actor=clerk)
    for _ in range(2):
        ticket_entry_remove(ticket, entry.pk, actor=clerk)
    assert not ticket.entries.exists()


def test_a_page_puts_each_piece_into_neutral_words_at_its_own_place(house, clerk, editor):
    ticket = ticket_register(facts(house), actor=clerk)
    ticket_entry_add(
        ticket, day=dt.date(2026, 3, 16), who="", what="一行\n\n张建国的第二行\n卡号6222020000\n000000000", actor=clerk
    )
    ticket_analyse(ticket, causes=[factories.cause()], words="张建国说\n没注销", lock_version=0, actor=editor)
    page = ticket_for_page(ticket, is_open=False)
    assert [entry.what for entry in page.entries] == [
        "联系房东。", "转市场监管局核实，电话（电话略）。", "一行\n\n市民的第二行\n卡号（卡号略）\n",
    ]  # fmt: skip
    assert page.steps[1].words == "市民说\n没注销"
    assert (page.text, page.text_length) == ("", len(TEXT))
    opened = ticket_for_page(ticket, is_open=True)
    assert opened.entries[2].what.endswith("000000000")
    assert opened.text == TEXT


def test_days_of_one_ticket_have_an_end(house, clerk, monkeypatch):
    monkeypatch.setattr(services, "MOST_ENTRIES", 1)
    ticket = ticket_register(facts(house, text="没有日期"), actor=clerk)
    ticket_entry_add(ticket, day=DAY, who="", what="一", actor=clerk)
    with pytest.raises(RuleBroken, match="最多 1 条"):
        ticket_entry_add(ticket, day=DAY, who="", what="二", actor=clerk)


def test_a_look_at_the_text_is_one_event(house, clerk, editor):
    ticket = ticket_register(facts(house), actor=clerk)
    assert ticket_text_shown(ticket, actor=editor) == TEXT
    event = AuditEvent.objects.get(action=Action.TICKET_TEXT_SHOWN)
    assert (event.actor, event.object_id) == (editor, str(ticket.pk))


def test_taking_a_ticket_for_a_draft_is_noted(house, clerk, editor):
    ticket = ticket_register(facts(house), actor=clerk)
    drafted = ticket_take(ticket, actor=editor, on=DAY)
    assert "某个体工商户" in drafted.problem
    assert Ticket.objects.get().drafted_at is not None
    assert AuditEvent.objects.filter(action=Action.TICKET_DRAFTED).count() == 1


def test_the_trail_holds_nothing_of_what_a_ticket_says(house, clerk, editor):
    ticket = ticket_register(
        facts(house, title="张建国办执照", source_system="12345", source_number="HK-00871"), actor=clerk
    )
    ticket_save(ticket, facts(house, title="王女士办执照"), lock_version=0, actor=clerk)
    ticket_entry_add(ticket, day=DAY, who="李明", what="打 13800138000", actor=clerk)
    ticket_analyse(ticket, causes=[factories.cause()], words="张建国的铺位", lock_version=1, actor=editor)
    ticket_evaluate(ticket, words="张建国满意", lock_version=2, actor=editor)
    ticket_text_shown(ticket, actor=editor)
    ticket_take(ticket, actor=editor, on=DAY)
    ticket_archive(ticket, lock_version=3, actor=editor, words="张建国")
    trail = json.dumps(list(AuditEvent.objects.values()), ensure_ascii=False, default=str)
    assert not [secret for secret in SECRETS if secret in trail]
    assert list(AuditEvent.objects.filter(object_type="cases.Ticket").values_list("action", flat=True)) == [
        Action.TICKET_REGISTERED, Action.TICKET_SAVED, Action.TICKET_ENTRIES_SAVED, Action.TICKET_ANALYSED,
        Action.TICKET_EVALUATED, Action.TICKET_TEXT_SHOWN, Action.TICKET_DRAFTED, Action.TICKET_ARCHIVED,
    ]  # fmt: skip
    assert list(broken_events()) == []


def test_nothing_can_be_drafted_of_a_ticket_whose_content_is_gone(house, editor):
    ticket = factories.archived_ticket(within=house)
    Ticket.objects.filter(pk=ticket.pk).update(pruned_at=ticket.archived_at, sealed_text="", title="", source_number="")
    ticket.refresh_from_db()
    with pytest.raises(NotVisible, match="按期删除"):
        ticket_take(ticket, actor=editor, on=DAY)
