import datetime as dt
import json

import pytest
from django.core.management import CommandError, call_command

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.audit.services import record
from caselib.audit.verifying import last_check
from caselib.core import clock, workdays
from caselib.core.models import CalendarDay
from caselib.orgs.models import Role
from caselib.precedents.keeping import DUE_IN
from caselib.precedents.models import DoubtKind, Precedent
from caselib.precedents.visibility import Audience
from caselib.search.live import live_engine
from caselib.search.outbox import drift
from tests import factories


@pytest.fixture
def library(index):
    row = factories.published(title="补办营业执照", external_id="S-01")
    factories.published(title="注销营业执照")
    index.refresh()
    return row


def run(capsys, *arguments: str) -> str:
    call_command(*arguments)
    return capsys.readouterr().out


def test_search_prints_number_external_id_title_and_snippet(library, capsys):
    out = run(capsys, "search", "执照丢了怎么补办")
    first = out.splitlines()[0]
    assert library.number in first
    assert "S-01" in first
    assert "补办营业执照" in first


def test_search_as_json_is_one_object_a_line(library, capsys):
    lines = run(capsys, "search", "执照", "--json", "--limit", "1").splitlines()
    assert len(lines) == 1
    entry = json.loads(lines[0])
    assert set(entry) == {"number", "external_id", "title", "score", "snippet"}
    assert entry["score"] > 0


def test_search_as_an_account_sees_what_the_account_sees(library, index, capsys):
    owner = factories.department("甲局")
    factories.published(owner=owner, title="内部营业执照", audience=Audience.DEPARTMENT)
    index.refresh()
    factories.user(Role.WINDOW, within=owner, username="insider")
    assert "内部营业执照" not in run(capsys, "search", "内部营业执照")
    assert "内部营业执照" in run(capsys, "search", "内部营业执照", "--as", "insider")
    with pytest.raises(CommandError, match="没有账号"):
        call_command("search", "执照", "--as", "nobody")


def test_search_without_a_hit_says_so(library, capsys):
    assert "没有找到" in run(capsys, "search", "ｘｙｚｑ")


def test_reconcile_is_silent_about_an_index_in_step(library, capsys):
    assert "0 处出入" in run(capsys, "search_reconcile")


def test_reconcile_works_off_what_is_pending_first(library, capsys):
    factories.published(title="刚发布")
    assert "0 处出入" in run(capsys, "search_reconcile")


def test_reconcile_names_what_differs_and_repairs_it(library, index, capsys):
    missing = factories.published(title="索引里没有的")
    index.refresh()
    live_engine().write(deletes=[f"precedents.precedent.{missing.pk}"])
    # Past the services, as a repair by hand in the database would.
    Precedent.objects.filter(pk=library.pk).update(reuse_count=7)
    surplus = factories.published(title="多出来的")
    index.refresh()
    Precedent.objects.filter(pk=surplus.pk).update(status="retired")
    with pytest.raises(CommandError) as raised:
        call_command("search_reconcile")
    assert raised.value.returncode == 1
    out = capsys.readouterr().out
    assert f"索引里缺：{missing.number}" in out
    assert f"内容不一致：{library.number}" in out
    assert f"不该在索引里：{surplus.number}" in out
    assert "已改正" in run(capsys, "search_reconcile", "--repair")
    assert drift().count == 0


def test_rebuild_makes_a_missing_index(library, index, capsys):
    index.remove()
    assert "共 2 条" in run(capsys, "search_rebuild")
    assert live_engine().count() == 2
    assert len(list(index.folder.glob("g*"))) == 1


def test_worker_builds_a_missing_index_and_works_off_marks(library, index):
    index.remove()
    factories.published(title="等着进索引的")
    with pytest.raises(SystemExit) as stopped:
        call_command("index_worker", "--once")
    assert stopped.value.code == 0
    assert live_engine().count() == 3
    assert drift().count == 0


def test_worker_rebuilds_an_index_of_another_dictionary(library, index, monkeypatch, capsys):
    before = live_engine().store.live()
    monkeypatch.setattr("caselib.search.engine.whoosh.engine.fingerprint", lambda dictionary: "another")
    monkeypatch.setattr("caselib.search.outbox.fingerprint", lambda: "another")
    with pytest.raises(SystemExit):
        call_command("index_worker", "--once")
    assert live_engine().store.live() != before
    assert live_engine().fingerprint() == "another"
    assert "正在重建" in capsys.readouterr().out


def test_the_worker_does_once_a_day_what_a_new_day_does(index):
    found = factories.published()
    index.refresh()
    Precedent.objects.filter(pk=found.pk).update(reverify_due_on=clock.today() - dt.timedelta(days=1))
    for _ in range(2):
        with pytest.raises(SystemExit):
            call_command("index_worker", "--once")
    assert [point.kind for point in found.doubts.open()] == [DoubtKind.REVIEW_DUE]


def test_the_worker_counts_by_the_calendar_of_now(index):
    """It serves no request by which it would be told: days that somebody else entered count at its next turn."""
    found = factories.published()
    index.refresh()
    Precedent.objects.filter(pk=found.pk).update(reverify_due_on=clock.today() - dt.timedelta(days=1))
    before = workdays.after_working_days(clock.today(), DUE_IN)
    off = workdays.after_working_days(clock.today(), 1)
    CalendarDay.objects.create(entry="a" * 12, on=off, is_working=False, source="通知", entered_at=clock.now())
    with pytest.raises(SystemExit):
        call_command("index_worker", "--once")
    assert found.doubts.open().get().due_on == workdays.calendar_read().after_working_days(before, 1)


def test_the_worker_checks_the_trail_and_says_what_is_broken(index, capsys):
    factories.user()
    event = record(Action.REGION_SAVED, factories.region())
    AuditEvent.objects.filter(pk=event.pk).update(ip="192.0.2.1")
    with pytest.raises(SystemExit):
        call_command("index_worker", "--once")
    assert "审计记录有 1 处对不上" in capsys.readouterr().err
    assert last_check().broken == 1
