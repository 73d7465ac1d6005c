"""Files of tickets: each row told apart before anything is written, hostile ones refused in words, twice the same number once."""

import datetime as dt
import json
import time

import pytest
import time_machine

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.cases import importing
from caselib.cases.feedback import FeedbackState, feedback_of
from caselib.cases.importing import MOST_ROWS, Table, table_of, table_of_file
from caselib.cases.models import Ticket, TicketImport
from caselib.cases.selectors import lists_for_entry
from caselib.cases.staging import Fate, Plan, import_run, import_stage, staged_plan
from caselib.core import clock
from caselib.core.errors import NotVisible, RuleBroken
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from tests import factories

pytestmark = pytest.mark.django_db
HEAD = "来源系统,来源编号,受理日期,原文,跑动次数,事项\n"
ROW = "综窗,A-{},2026-03-12,群众说上家没注销,2,企业设立登记\n"
CSV = HEAD + "".join(ROW.format(n) for n in range(3))


@pytest.fixture
def house():
    return factories.department("综合窗口")


@pytest.fixture
def editor(house):
    return factories.user(Role.EDITOR, within=house)


def read(data: str | bytes) -> Table:
    return table_of_file(data if isinstance(data, bytes) else data.encode())


def staged(editor, house, data: str, *, system: str = "") -> TicketImport:
    return import_stage(table_of(data, field="rows"), department=house, source_system=system, actor=editor)


def plan(editor, one: TicketImport) -> Plan:
    return staged_plan(one, lists=lists_for_entry(scope_of(editor), imports=True), now=clock.now())


def run(editor, one: TicketImport) -> int:
    return import_run(one, lists=lists_for_entry(scope_of(editor), imports=True), actor=editor)


@pytest.mark.parametrize(
    "data",
    [
        CSV.encode(),
        b"\xef\xbb\xbf" + CSV.encode(),
        CSV.encode("gb18030"),
        CSV.encode("utf-16"),
        CSV.replace(",", "\t").encode("gb18030"),
        CSV.replace("\n", "\r\n").encode(),
        json.dumps(
            [
                {
                    "来源系统": "综窗",
                    "来源编号": f"A-{n}",
                    "受理日期": "2026-03-12",
                    "原文": "群众说上家没注销",
                    "跑动次数": 2,
                    "事项": "企业设立登记",
                }
                for n in range(3)
            ]
        ).encode(),
        "\n".join(
            json.dumps(
                {
                    "source_system": "综窗",
                    "source_number": f"A-{n}",
                    "received_on": "2026-03-12",
                    "text": "群众说上家没注销",
                    "visits": "2",
                    "matter": "企业设立登记",
                },
                ensure_ascii=False,
            )
            for n in range(3)
        ).encode("gb18030"),
    ],
    ids=["utf-8", "mark", "gb18030", "utf-16", "tabs", "crlf", "array", "lines"],
)
def test_every_form_of_a_table_reads_the_same(data):
    table = read(data)
    assert [row.typed["source_number"] for row in table.rows] == ["A-0", "A-1", "A-2"]
    first = table.rows[0].typed
    assert (first["text"], first["visits"], first["matter"]) == ("群众说上家没注销", "2", "企业设立登记")


def test_a_cell_may_hold_lines_and_commas():
    table = read(HEAD + '综窗,A-1,2026-03-12,"一，二,三\n第二行 ""引用""",1,\n')
    assert table.rows[0].typed["text"] == '一，二,三\n第二行 "引用"'


def test_a_formula_is_text_and_kept_noughts_are_a_number():
    table = read(HEAD + '=cmd|calc,"=""00123""",2026-03-12,=1+1,1,\n')
    assert table.rows[0].typed["source_number"] == "00123"
    assert table.rows[0].typed["text"] == "=1+1"


def test_a_day_with_a_time_is_a_day():
    assert read(HEAD + "综窗,A-1,2026/3/12 9:05:00,x,1,\n").rows[0].typed["received_on"] == "2026/3/12"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (HEAD.encode(), "empty"),
        (b"PK\x03\x04" + b"x" * 100, "not_text"),
        (b"MZ\x90\x00" + bytes(100), "not_text"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "not_text"),
        (bytes(range(256)) * 10, "not_text"),
        (CSV.encode() + b"\x00", "not_text"),
        ("姓名,年龄\n张,3\n".encode(), "no_head"),
        ((HEAD + '综窗,A-1,2026-03-12,"没有配对,1,\n' + CSV * 20).encode(), "bad_quotes"),
        ((HEAD + f"综窗,A-1,2026-03-12,{'长' * 200_001},1,\n").encode(), "bad_quotes"),
        (b"[{", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"[" + b"1" * 5_000 + b"]", "not_json"),
        ((HEAD + "".join(ROW.format(n) for n in range(50_000))).encode(), "too_many"),
    ],
    ids=[
        "nothing", "blank", "head alone", "zip", "program", "old office", "bytes", "nul", "other table", "open quote",
        "huge cell", "cut json", "deep json", "huge figure", "50,000 rows",
    ],
)  # fmt: skip
def test_what_is_no_table_of_tickets_is_refused_in_words(data, code):
    with pytest.raises(RuleBroken) as caught:
        read(data)
    assert caught.value.code == code
    assert caught.value.field == "file"


def test_a_file_over_the_bound_is_not_read(monkeypatch):
    monkeypatch.setattr(importing, "MOST_BYTES", 10)
    with pytest.raises(RuleBroken, match="没有读"):
        read(CSV)


def test_a_broken_line_of_json_is_named_and_the_others_are_read():
    table = read('{"source_number": "A-1", "text": "x"}\n{oops\n[1]\n{"source_number": "A-2", "text": {"a": 1}}')
    assert [(row.place, bool(row.wrong)) for row in table.rows] == [(1, False), (2, True), (3, True), (4, False)]


def test_a_row_with_a_cell_that_is_no_ticket_is_refused_alone():
    rows = [{"source_number": "A-1", "text": "长" * 300_000}, {"source_number": "A-2", "text": "x"}]
    assert [bool(row.wrong) for row in read(json.dumps(rows)).rows] == [True, False]


def test_as_many_rows_as_allowed_are_read():
    assert len(read(HEAD + "".join(ROW.format(n) for n in range(MOST_ROWS))).rows) == MOST_ROWS


def test_the_dry_run_tells_new_there_and_refused_and_writes_no_ticket(house, editor):
    factories.matter("企业设立登记")
    factories.ticket(within=house, source_system="综窗", source_number="A-1")
    rows = (
        ROW.format(0) + ROW.format(1) + ROW.format(0) + "综窗,,2026-03-12,没有编号,1,\n综窗,B-1,昨天,日期不对,很多,\n"
        "综窗,B-2,2026-03-12,,1,\n综窗,B-3,2999-01-01,x,1,\n综窗,B-4,2026-03-12,一,二,三,四\n"
    )
    one = staged(editor, house, HEAD.replace("事项", "事项,颜色") + rows.replace("四", "四,五,六"))
    found = plan(editor, one)
    assert [row.fate for row in found.rows] == [Fate.NEW, Fate.THERE, *[Fate.REFUSED] * 6]
    reasons = [row.why for row in found.rows]
    assert "第 2 行" in reasons[2]
    assert "没有来源编号" in reasons[3]
    assert "日期" in reasons[4] and "跑动次数" in reasons[4]
    assert "原文" in reasons[5]
    assert "今天以后" in reasons[6]
    assert "格" in reasons[7]
    assert found.unknown == ("颜色",)
    assert found.rows[0].facts.matter.name == "企业设立登记"
    assert Ticket.objects.count() == 1


def test_importing_registers_what_is_new_and_forgets_the_rows(house, editor):
    one = staged(editor, house, CSV)
    assert run(editor, one) == 3
    one.refresh_from_db()
    assert (one.sealed_rows, one.made) == ("", 3)
    ticket = Ticket.objects.get(source_number="A-1")
    assert (ticket.text, ticket.visits, ticket.department, ticket.registered_by) == (
        "群众说上家没注销",
        2,
        house,
        editor,
    )
    assert ticket.steps.count() == 1
    assert AuditEvent.objects.filter(action=Action.TICKET_REGISTERED).count() == 3
    assert AuditEvent.objects.get(action=Action.TICKET_IMPORT_STAGED).after == {"rows": 3}
    assert AuditEvent.objects.get(action=Action.TICKETS_IMPORTED).after == {"new": 3, "there": 0, "refused": 0}


def test_importing_twice_makes_each_ticket_once_and_leaves_those_there_as_they_are(house, editor):
    one = staged(editor, house, CSV)
    assert [run(editor, one), run(editor, one)] == [3, 3]
    again = staged(editor, house, CSV.replace("上家没注销", "改过的原文"))
    assert plan(editor, again).count(Fate.THERE) == 3
    assert run(editor, again) == 0
    assert Ticket.objects.count() == 3
    assert {ticket.text for ticket in Ticket.objects.all()} == {"群众说上家没注销"}


def test_the_system_of_the_form_counts_where_the_row_names_none(house, editor):
    run(editor, staged(editor, house, "来源编号,原文\nA-1,x\n", system="12345"))
    assert Ticket.objects.get().source_system == "12345"


def test_a_row_of_a_department_that_is_not_the_viewers_is_refused(house, editor):
    factories.department("别的部门")
    found = plan(
        editor, staged(editor, house, "来源系统,来源编号,原文,部门\n综窗,A-1,x,别的部门\n综窗,A-2,x,综合窗口\n")
    )
    assert [row.fate for row in found.rows] == [Fate.REFUSED, Fate.NEW]


def test_what_other_systems_call_a_channel_is_understood_and_what_is_none_is_named(house, editor):
    rows = "来源系统,来源编号,原文,渠道,诉求人\n综窗,A-1,x,窗口,个体户\n综窗,A-2,x,12345热线,\n综窗,A-3,x,飞鸽,\n"
    found = plan(editor, staged(editor, house, rows))
    assert [row.facts.channel for row in found.rows[:2]] == ["window", "12345"]
    assert found.rows[0].facts.requester_type == "sole_trader"
    assert "飞鸽" in found.rows[2].why


def test_full_width_and_small_letters_are_the_same_number(house, editor):
    run(editor, staged(editor, house, "来源系统,来源编号,原文\n综窗,ａ-１,x\n"))
    found = plan(editor, staged(editor, house, "来源系统,来源编号,原文\n综窗,A-1,x\n"))
    assert [row.fate for row in found.rows] == [Fate.THERE]


def test_staged_rows_are_over_after_a_day(house, editor):
    one = staged(editor, house, CSV)
    with time_machine.travel(clock.now() + dt.timedelta(hours=25)), pytest.raises(NotVisible, match="过期"):
        run(editor, one)
    assert not Ticket.objects.exists()


def test_two_thousand_rows_are_staged_and_imported_in_bearable_time(house, editor):
    start = time.perf_counter()
    one = staged(editor, house, HEAD + "".join(ROW.format(n) for n in range(MOST_ROWS)))
    assert run(editor, one) == MOST_ROWS
    assert time.perf_counter() - start < 30


# --- 办结 and 反馈 ---

DONE_HEAD = "来源系统,来源编号,受理日期,原文,办结日期,办结方式,反馈时间\n"


def done_row(settled: str, how: str = "", fed_back: str = "", *, number: str = "B-1") -> str:
    return f"综窗,{number},2025-09-28,群众说上家没注销,{settled},{how},{fed_back}\n"


def test_what_was_settled_and_told_before_comes_along(editor, house):
    rows = [
        done_row("2025-09-30", fed_back="2025-10-09 16:20:33"),
        done_row("2025年9月30日", "提出意见", "2025-10-10", number="B-2"),
        done_row("2025-09-30", number="B-3"),
        done_row("", number="B-4"),
    ]
    assert run(editor, staged(editor, house, DONE_HEAD + "".join(rows))) == 4
    made = {row.source_number: row for row in Ticket.objects.all()}
    told = feedback_of(made["B-1"], on=dt.date(2025, 12, 1))
    assert (made["B-1"].feedback_due_on, told.state) == (dt.date(2025, 10, 9), FeedbackState.IN_TIME)
    late = feedback_of(made["B-2"], on=dt.date(2025, 12, 1))
    assert (made["B-2"].settled_how, late.state, late.words) == (
        "opinion",
        FeedbackState.OVER_TIME,
        "超时反馈，晚了 1 个工作日",
    )
    assert feedback_of(made["B-3"], on=dt.date(2025, 12, 1)).state == FeedbackState.LATE
    assert made["B-4"].settled_at is None
    events = AuditEvent.objects.filter(action=Action.TICKET_REGISTERED)
    assert sorted(event.after.get("due_on", "") for event in events) == ["", *["2025-10-09"] * 3]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (done_row("2025-09-27"), "早于受理日期"),
        (done_row("2099-01-01"), "在今天以后"),
        (done_row("上周"), "不是日期"),
        (done_row("2025-09-30", "算了"), "没有“算了”"),
        (done_row("2025-09-30", fed_back="2025-09-29"), "反馈早于办结"),
        (done_row("", fed_back="2025-09-30"), "还要写办结日期"),
        (done_row("", "办结"), "还要写办结日期"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(editor, house, row, why):
    found = plan(editor, staged(editor, house, DONE_HEAD + row))
    assert [one.fate for one in found.rows] == [Fate.REFUSED]
    assert why in found.rows[0].why


def test_what_was_settled_today_is_not_settled_later_than_now(editor, house):
    with time_machine.travel(dt.datetime(2025, 9, 28, 1, tzinfo=dt.UTC), tick=False):
        run(editor, staged(editor, house, DONE_HEAD + done_row("2025-09-28", fed_back="2025-09-28")))
        made = Ticket.objects.get()
        assert made.settled_at == made.fed_back_at == clock.now()
