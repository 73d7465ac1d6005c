"""The index of policies follows the database: marks, rebuild, reconcile, words, damage."""

import datetime as dt
import io
import shutil

import pytest
from django.core.management import CommandError, call_command

from caselib.core.marks import pending
from caselib.orgs.services import department_save
from caselib.policies.marks import TOPIC
from caselib.policies.models import Clause, Policy, PolicyStatus
from caselib.policies.services import clause_add
from caselib.policies.standing import (
    StatusFacts,
    policy_version_close,
    status_fact_confirm,
    status_fact_withdraw,
)
from caselib.search import outbox
from caselib.search.engine.port import IndexNotWritten, IndexUnavailable
from caselib.search.live import live_engine, policy_engine
from caselib.search.policies import keeping
from caselib.search.policies.documents import key_of, pks_of
from caselib.search.policies.selectors import UNREADABLE_NOTE
from tests import factories
from tests.search.engines import document

from .conftest import article, titles, version

pytestmark = pytest.mark.django_db


@pytest.fixture
def policy(shelf) -> Policy:
    added = shelf.add("甲条例", (version(), [article(1, "可以歇业。")]), doc_number="国务院令第746号")
    shelf.refresh()
    return added


def run(*command: str) -> str:
    out = io.StringIO()
    call_command(*command, stdout=out, stderr=out)
    return out.getvalue()


def test_every_change_of_a_policy_leaves_a_mark(policy):
    added = policy.versions.get()
    fact = None

    def confirm():
        nonlocal fact
        fact = status_fact_confirm(policy, StatusFacts(status=PolicyStatus.REPEALED), actor=None)

    changes = [
        lambda: clause_add(added, article(2, "另一条。"), actor=None),
        confirm,
        lambda: status_fact_withdraw(fact, reason="看错了", actor=None),
        lambda: policy_version_close(added, on=dt.date(2026, 1, 1), actor=None),
    ]
    for change in changes:
        change()
        assert list(pending(TOPIC).values_list("object_id", flat=True)) == [policy.pk]
        assert keeping.drain() == 1
        assert keeping.drift().count == 0


def test_a_fact_that_leaves_the_status_as_it_is_leaves_no_mark(policy):
    status_fact_confirm(
        policy, StatusFacts(status=PolicyStatus.IN_FORCE, from_on=dt.date(2021, 1, 1), source="公报"), actor=None
    )
    assert not pending(TOPIC).exists()


def test_what_is_in_the_index_as_it_should_be_is_not_written_again(policy, monkeypatch):
    written = []
    engine = policy_engine()
    write = type(engine).write

    def counted(self, *, upserts=(), deletes=()):
        written.extend(document.key for document in upserts)
        write(self, upserts=upserts, deletes=deletes)

    monkeypatch.setattr(type(engine), "write", counted)
    added = clause_add(policy.versions.get(), article(2, "另一条。"), actor=None)
    keeping.drain()
    assert written == [key_of(policy.pk, added.pk)]


def test_a_change_during_the_work_stays_pending(policy, monkeypatch):
    apply = keeping._apply
    changed = []

    def changed_meanwhile(policies):
        apply(policies)
        if not changed:
            changed.append(clause_add(policy.versions.get(), article(3, "其间加的。"), actor=None))

    clause_add(policy.versions.get(), article(2, "另一条。"), actor=None)
    monkeypatch.setattr(keeping, "_apply", changed_meanwhile)
    keeping.drain()
    assert not pending(TOPIC).exists()
    assert keeping.drift().count == 0


def test_a_change_during_a_rebuild_is_in_the_new_index(shelf, policy, monkeypatch):
    counted = keeping._counted

    def changed_meanwhile(documents, report):
        yield from counted(documents, report)
        clause_add(policy.versions.get(), article(2, "其间加的。"), actor=None)
        shelf.add("乙条例")

    monkeypatch.setattr(keeping, "_counted", changed_meanwhile)
    assert keeping.rebuild() == 2
    assert policy_engine().count() == 4
    assert keeping.drift().count == 0


def test_a_write_that_fails_keeps_the_marks_with_the_reason(policy, monkeypatch):
    def full(*_, **__):
        raise IndexNotWritten("磁盘空间不足")

    clause_add(policy.versions.get(), article(2, "另一条。"), actor=None)
    monkeypatch.setattr(type(policy_engine()), "write", full)
    with pytest.raises(IndexNotWritten):
        keeping.drain()
    assert pending(TOPIC).get().last_error == "磁盘空间不足"
    # The web process goes on: the person's change is saved.
    keeping.drain_after_commit()


@pytest.mark.django_db(transaction=True)
def test_the_listener_works_after_the_commit(shelf):
    shelf.add("甲条例", (version(), [article(1, "可以歇业。")]))
    assert policy_engine().count() == 2
    assert not pending(TOPIC).exists()


def test_marks_are_left_to_the_worker_where_one_runs(policy, settings):
    settings.CASELIB_INDEX_INLINE = False
    clause_add(policy.versions.get(), article(2, "另一条。"), actor=None)
    keeping.drain_after_commit()
    assert pending(TOPIC).count() == 1
    with pytest.raises(SystemExit) as ended:
        run("index_worker", "--once")
    assert ended.value.code == 0
    assert not pending(TOPIC).exists()


def test_a_small_library_without_index_of_policies_gets_one_when_something_changes(policy):
    shutil.rmtree(policy_engine().store.root)
    keeping.drain_after_commit()
    assert policy_engine().count() == 2


def test_new_words_of_the_library_reach_both_indexes(policy, monkeypatch):
    owner = factories.department("甲局")
    department_save(region=owner.region, code=owner.code, name="甲局", short_names=("数据跑腿办",), actor=None)
    keeping.follow_names()
    assert "数据跑腿办" in live_engine().dictionary().words_set
    assert policy_engine().dictionary() == live_engine().dictionary()
    assert not keeping.is_outdated()


def test_rebuild_command_builds_both_and_reconcile_compares_both(policy):
    assert "政策和条款共 2 条" in run("search_rebuild")
    assert "0 处出入" in run("search_reconcile")
    Clause.objects.update(gist="从旁改的。")
    other = policy_engine()
    other.write(deletes=[key_of(policy.pk)])
    with pytest.raises(CommandError, match="政策索引与数据库有 2 处出入"):
        run("search_reconcile")
    assert "政策索引已改正" in run("search_reconcile", "--repair")
    assert keeping.drift().count == 0


def test_a_document_that_belongs_to_nothing_is_taken_out(policy):
    policy_engine().write(upserts=[document(7, "不是政策")])
    found = keeping.drift()
    assert found.surplus == ("thing.7",)
    keeping.repair(found)
    assert keeping.drift().count == 0


@pytest.mark.parametrize("damage", ["missing", "pointer", "arrays"])
def test_without_a_readable_index_names_and_numbers_are_matched_with_a_note(policy, found, damage):
    root = policy_engine().store.root
    if damage == "missing":
        shutil.rmtree(root)
    elif damage == "pointer":
        (root / "current").write_bytes(b"g999999-0 1\n")
    else:
        live = policy_engine().store.live()
        copy = live.with_name("g000099-abc")
        shutil.copytree(live, copy)
        for path in copy.glob("*.arr"):
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        (root / "current").write_bytes(f"{copy.name} 1\n".encode())
    with pytest.raises(IndexUnavailable):
        policy_engine().count()
    for text in ("甲条例", "国令746", "条例"):
        page = found(text)
        assert titles(page) == ["甲条例"]
        assert page.notes == (UNREADABLE_NOTE,)
        assert not page.from_index
    assert [hit.clause.ref for hit in found("甲条例第一条").rows[0].clauses] == ["1"]
    assert titles(found("没有这样的")) == []
    outbox.drain()
    keeping.drain_after_commit()
    assert found("歇业").from_index
    assert titles(found("歇业")) == ["甲条例"]


@pytest.mark.parametrize(
    "key", ["", "policies", "policies.1", "policies.1.x", "precedents.precedent.1", "policies.1.2.3"]
)
def test_a_key_of_something_else_is_no_policy(key):
    assert pks_of(key) == (0, 0)
