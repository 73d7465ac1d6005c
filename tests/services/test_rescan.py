"""The library looked through again, what readers see meanwhile, the way in of many, and tiers."""

import datetime as dt
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from caselib.audit.models import AuditEvent
from caselib.core import clock, personal_data
from caselib.core.errors import RuleBroken, StaleState
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents import rescan
from caselib.precedents.attaching import attachment_add
from caselib.precedents.browsing import rows_for_home
from caselib.precedents.bulk import NewPrecedent, precedents_import
from caselib.precedents.content import Alternative, CitationSpec, Flexibility, HandlingStep, Material, Outcome
from caselib.precedents.deciding import revision_approve
from caselib.precedents.instead import other_ways_of
from caselib.precedents.keeping import precedent_retire, precedent_verify
from caselib.precedents.models import (
    Attachment,
    Doubt,
    DoubtKind,
    Kind,
    Precedent,
    PrivacyScan,
    Relation,
    Revision,
    Tier,
)
from caselib.precedents.overrides import override_ask, override_decide
from caselib.precedents.privacy import hits_of, outgoing
from caselib.precedents.relying import relying_on
from caselib.precedents.rescan import scan, scan_if_rules_changed
from caselib.precedents.sections import places_in_bulk, places_of, with_texts
from caselib.precedents.selectors import precedent_for_page
from caselib.precedents.services import revision_submit
from caselib.precedents.tiers import precedent_tier_set
from caselib.precedents.visibility import PrecedentStatus
from caselib.search.outbox import rebuild
from caselib.search.selectors import results_for_page
from caselib.search.suggestions import store
from caselib.search.suggestions.selectors import suggestions_for
from tests import factories
from tests.search.conftest import index
from tests.services.clean_house import CITIZEN, OTHER_PHONE, PHONE, PNG, gate, hit_of, home, leaky

__all__ = ["gate", "index"]
pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 7, 1, 2, tzinfo=dt.UTC)
TODAY = dt.date(2026, 7, 1)


# -- what leaves


def everywhere(words: str) -> dict:
    """Values of a content with these words in every kind of place."""
    return {
        "title": words, "gist": words, "problem": f"{words}和{words}", "script": f"打{words}",
        "requester_wording": ("好的", words), "tags": (words[:32],), "partner_orgs": (words,),
        "handling_steps": (HandlingStep(what=words, who=words),), "applies_when": (words,),
        "materials": (Material("执照", correct_sample=words, common_mistake=words),),
        "alternatives": (Alternative(words, words, words),), "outcome": Outcome(before=words),
        "flexibility": Flexibility(basis=words),
    }  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        PHONE,
        CITIZEN,
        f"{CITIZEN}，{PHONE}",
        "１３８-００１３-８０００",
        f"{PHONE}\n{OTHER_PHONE}",
        "上海市某路123弄45号678室",
    ],
)
def test_nothing_that_leaves_blocks(words):
    clause = factories.clause()
    spec = CitationSpec(version=clause.version, clause=clause, relation=Relation.BASIS, note=words)
    content = factories.content(**everywhere(words), citations=(spec,))
    assert any(hit.blocks for hit in hits_of(content))
    left = outgoing(content, precedent=None)
    assert not any(hit.blocks for hit in hits_of(left))
    assert outgoing(left, precedent=None) == left


def test_what_holds_nothing_leaves_as_it_is():
    content = factories.content(problem="2026-07-01 办了 3 次，事项编码 11310109MB2F30559X4310199001000。")
    assert outgoing(content, precedent=None) == content


def test_what_two_people_let_through_leaves():
    made = leaky()
    override = override_ask(made.precedent, hit_of(made), claim="公开的", actor=made.person(Role.EDITOR))
    override_decide(override, allow=True, reason="查过", by=made.person(Role.REVIEWER))
    content = factories.content(script=f"{PHONE}，{OTHER_PHONE}")
    assert outgoing(content, precedent=made.precedent).script == f"{PHONE}，〔手机号〕"


def test_every_place_is_written_over_and_read_in_bulk_alike():
    content = factories.content(**everywhere("话"))
    changed = with_texts(content, lambda place: "换")
    assert {place.text for place in places_of(changed)} == {"换"}
    revision = factories.draft(**everywhere("话")).precedent.revisions.get()
    stored = places_in_bulk([revision.pk])[revision.pk]
    names = {(place.field, place.index, place.part) for place in places_of(content)}
    assert {(place.field, place.index, place.part) for place in stored} == names


# -- looking through the library


def test_what_is_found_becomes_one_task_that_names_kinds_and_places_alone():
    made = leaky()
    found = scan(now=NOW)
    assert (found.texts, found.found, found.opened) == (1, 1, 1)
    doubt = Doubt.objects.get()
    assert (doubt.kind, doubt.precedent) == (DoubtKind.PRIVACY, made.precedent)
    assert "口径有手机号" in doubt.reason
    assert PHONE not in doubt.reason
    assert made.now().status == PrecedentStatus.NEEDS_REVERIFICATION
    assert scan(now=NOW).opened == 0
    told = json.dumps([row.after for row in AuditEvent.objects.all()], ensure_ascii=False)
    assert PHONE not in told


def test_a_dry_run_writes_nothing():
    leaky()
    events = AuditEvent.objects.count()
    assert scan(now=NOW, dry_run=True).found == 1
    assert (Doubt.objects.count(), AuditEvent.objects.count()) == (0, events)


def test_names_and_texts_of_attachments_are_looked_through(gate):
    made = home()
    kept = attachment_add(made.precedent, PNG, "样例.png", actor=made.person(Role.EDITOR))
    Attachment.objects.filter(pk=kept.pk).update(name=f"{PHONE}.png")
    found = scan(now=NOW)
    assert (found.attachments, found.found) == (1, 1)
    assert "附件" in Doubt.objects.get().reason


def test_what_was_let_through_opens_no_task():
    made = leaky()
    override = override_ask(made.precedent, hit_of(made), claim="公开的", actor=made.person(Role.EDITOR))
    override_decide(override, allow=True, reason="查过", by=made.person(Role.REVIEWER))
    assert scan(now=NOW).found == 0


def test_what_is_out_of_use_is_named_for_people_and_hidden_for_readers():
    made = leaky()
    precedent_retire(made.precedent, reason="过时", actor=made.person(Role.REVIEWER))
    assert scan(now=NOW).retired == (made.precedent.number,)
    page = precedent_for_page(scope_of(made.person(Role.WINDOW)), on=TODAY, code=made.precedent.code)
    assert "〔手机号〕" in page.revision.script


def test_readers_see_it_hidden_until_a_clean_text_was_verified():
    made = leaky()
    scan(now=NOW)
    reader = scope_of(made.person(Role.WINDOW))
    page = precedent_for_page(reader, on=TODAY, code=made.precedent.code)
    assert PHONE not in page.revision.script
    assert "〔手机号〕" in page.revision.script
    with pytest.raises(RuleBroken, match="口径有手机号"):
        precedent_verify(made.now(), by=made.person(Role.REVIEWER), note="看过")
    editor = made.person(Role.EDITOR)
    revision = made.draft(editor=editor, script="打大厅的电话。")
    revision_submit(revision, lock_version=revision.lock_version, actor=editor)
    revision_approve(
        revision, lock_version=revision.lock_version, reviewer=made.person(Role.REVIEWER),
        digest_seen=revision.content_digest, comment="换掉了",
    )  # fmt: skip
    precedent_verify(made.now(), by=made.person(Role.REVIEWER), note="换掉了")
    assert made.now().status == PrecedentStatus.PUBLISHED
    assert not Doubt.objects.open().exists()


def test_lists_hide_it_as_well():
    made = leaky()
    Revision.objects.filter(pk=made.precedent.live_revision_id).update(title=f"{PHONE} 的事")
    scan(now=NOW)
    (row,) = rows_for_home(scope_of(made.person(Role.WINDOW)), on=TODAY).recent
    assert row.revision.title == "〔手机号〕 的事"
    assert Revision.objects.get(pk=row.revision.pk).title == f"{PHONE} 的事"


def test_new_rules_look_through_the_library_once(monkeypatch):
    leaky()
    assert scan_if_rules_changed(now=NOW).found == 1
    assert scan_if_rules_changed(now=NOW) is None
    monkeypatch.setattr(personal_data, "RULES_DIGEST", "another")
    assert scan_if_rules_changed(now=NOW).texts == 1
    assert PrivacyScan.objects.count() == 2


def test_a_scan_that_was_stopped_goes_on_where_it_was(monkeypatch):
    monkeypatch.setattr(rescan, "BATCH", 2)
    for _ in range(5):
        home()
    first = scan_if_rules_changed(now=NOW, interrupted=lambda: True)
    assert (first.texts, first.is_whole) == (2, False)
    assert scan_if_rules_changed(now=NOW).texts == 3
    assert PrivacyScan.objects.get().scanned == 5
    assert AuditEvent.objects.filter(action="privacy.scanned").count() == 1


def test_the_command_says_what_it_found(capsys):
    leaky()
    call_command("privacy_scan", "--dry-run")
    call_command("privacy_scan")
    call_command("privacy_scan")
    told = capsys.readouterr().out
    assert "有个人信息的 1 件；什么都没有写入" in told
    assert "新开待复核任务 1 个" in told
    assert "规则没有变" in told
    assert PHONE not in told


# -- many at once


def test_an_import_that_publishes_names_lines_and_kinds_and_brings_nothing_in():
    owner = factories.department()
    clean = NewPrecedent(factories.content(), owner, line=1)
    bad = NewPrecedent(factories.content(problem=f"他说 {PHONE}"), owner, line=2)
    with pytest.raises(RuleBroken, match="第 2 行：问题描述有手机号") as error:
        precedents_import([clean, bad], publish=True, actor=None, now=clock.now())
    assert PHONE not in error.value.message
    assert not Precedent.objects.exists()
    precedents_import([clean, bad], publish=False, actor=None, now=clock.now())
    assert Precedent.objects.filter(status=PrecedentStatus.DRAFT).count() == 2


# -- tiers


def test_exemplary_says_who_conferred_it_and_when():
    made = home()
    admin = made.person(Role.DEPARTMENT_ADMIN)
    set_ = {
        "tier": Tier.EXEMPLARY,
        "conferred_by": "市政务服务办",
        "on": dt.date(2026, 6, 1),
        "actor": admin,
        "now": NOW,
    }
    done = precedent_tier_set(made.precedent, **set_)
    precedent_tier_set(made.precedent, **set_)
    assert (done.tier, done.tier_conferred_by, done.tier_conferred_on) == (
        "exemplary",
        "市政务服务办",
        dt.date(2026, 6, 1),
    )
    assert AuditEvent.objects.filter(action="precedent.tier_set").count() == 1
    done = precedent_tier_set(made.precedent, tier=Tier.REFERENCE, actor=admin)
    assert (done.tier, done.tier_conferred_by, done.tier_conferred_on) == ("reference", "", None)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"conferred_by": " "}, "谁评的"),
        ({"on": dt.date(2026, 7, 2)}, "今天以后"),
        ({"tier": "best"}, "选一个"),
        ({"conferred_by": "长" * 101}, "最多"),
    ],
)
def test_what_is_no_conferment_is_refused(values, told):
    made = home()
    wanted = {"tier": Tier.EXEMPLARY, "conferred_by": "市政务服务办", "actor": made.person(Role.REVIEWER), "now": NOW}
    with pytest.raises(RuleBroken, match=told):
        precedent_tier_set(made.precedent, **{**wanted, **values})


@pytest.mark.parametrize("values", [{"kind": Kind.CAUSE_SAMPLE}, {"result_type": "unsolved"}])
def test_neither_a_sample_nor_what_nobody_could_solve_is_exemplary(values):
    made = home(**values)
    with pytest.raises(RuleBroken, match="不评典型"):
        precedent_tier_set(made.precedent, tier=Tier.EXEMPLARY, conferred_by="市", actor=made.person(Role.REVIEWER))


def test_what_turns_out_unsolved_is_exemplary_no_more():
    made = home()
    precedent_tier_set(made.precedent, tier=Tier.EXEMPLARY, conferred_by="市", actor=made.person(Role.REVIEWER))
    editor = made.person(Role.EDITOR)
    revision = made.draft(editor=editor, result_type="unsolved")
    revision_submit(revision, lock_version=revision.lock_version, actor=editor)
    revision_approve(
        revision, lock_version=revision.lock_version, reviewer=made.person(Role.REVIEWER),
        digest_seen=revision.content_digest, comment="没办成",
    )  # fmt: skip
    assert (made.now().tier, made.now().tier_conferred_by) == ("reference", "")


def test_what_is_out_of_use_is_not_conferred_anything():
    made = home()
    precedent_retire(made.precedent, reason="过时", actor=made.person(Role.REVIEWER))
    with pytest.raises(StaleState):
        precedent_tier_set(made.precedent, tier=Tier.EXEMPLARY, conferred_by="市", actor=made.person(Role.REVIEWER))


def test_the_database_knows_no_exemplary_without_who_conferred_it():
    made = home()
    with pytest.raises(IntegrityError), transaction.atomic():
        Precedent.objects.filter(pk=made.precedent.pk).update(tier=Tier.EXEMPLARY)


def test_pages_that_name_other_ways_and_who_relies_leave_it_out():
    clause, matter = factories.clause(), factories.matter()
    relation = Relation.ALTERNATIVE
    cited = (factories.citation(clause, relation, note="另一条"),)
    made = home(matter=matter, theme=matter.theme, alternatives=(Alternative("甲", "乙"),), citations=cited)
    scope = scope_of(made.person(Role.WINDOW))
    assert other_ways_of(matter, scope).ways
    Revision.objects.filter(pk=made.precedent.live_revision_id).update(
        alternatives=[{"wanted": "甲", "instead": f"打 {PHONE}", "reason": ""}]
    )
    made.precedent.live_revision.citations.update(note=f"问 {OTHER_PHONE}")
    scan(now=NOW)
    assert PHONE not in str(other_ways_of(matter, scope))
    assert OTHER_PHONE not in str(other_ways_of(matter, scope))
    assert OTHER_PHONE not in str(relying_on(clause.version, scope, on=TODAY))
    page = precedent_for_page(scope, on=TODAY, code=made.precedent.code)
    assert OTHER_PHONE not in str(page.citations)


def test_search_and_suggestions_hide_it(index):
    made = leaky()
    Revision.objects.filter(pk=made.precedent.live_revision_id).update(title=f"补证照找 {PHONE}", gist=f"打 {PHONE}")
    rebuild()
    store.rebuild()
    scope = scope_of(made.person(Role.WINDOW))
    assert PHONE in str(results_for_page(scope=scope, text="补证照").rows)
    assert "补证照找" in str(suggestions_for(scope, "补证照"))
    scan(now=NOW)
    assert PHONE not in str(results_for_page(scope=scope, text="补证照").rows)
    assert "补证照找" not in str(suggestions_for(scope, "补证照"))


def test_a_file_that_is_imported_and_published_is_refused_by_line(tmp_path, capsys):
    factories.department()
    file = tmp_path / "cases.jsonl"
    rows = [{"id": "1", "title": "一件"}, {"id": "2", "title": "又一件", "problem": f"找 {PHONE}"}]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    with pytest.raises(CommandError, match="第 2 行：问题描述有手机号"):
        call_command("import_precedents", str(file), "--publish")
    assert not Precedent.objects.exists()
    call_command("import_precedents", str(file))
    assert Precedent.objects.count() == 2
    assert PHONE not in capsys.readouterr().out
