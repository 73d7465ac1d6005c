"""不是个人信息: claimed by one, decided by another, and of the words themselves nothing is kept."""

import json
import logging

import pytest
from django.db import IntegrityError, transaction

from caselib.audit.models import AuditEvent
from caselib.core.errors import RuleBroken, StaleState
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.content import content_of
from caselib.precedents.guarding import may_decide_override
from caselib.precedents.models import Doubt, DoubtKind, PrivacyOverride
from caselib.precedents.overrides import (
    finding_at,
    findings_of,
    override_ask,
    override_decide,
    overrides_desk,
)
from caselib.precedents.privacy import hits_of
from caselib.precedents.services import revision_save, revision_submit
from caselib.waiting import counts_waiting
from tests import factories
from tests.services.clean_house import OTHER_PHONE, PHONE, hit_of, home, leaky

pytestmark = pytest.mark.django_db
Decision = PrivacyOverride.Decision


@pytest.fixture
def made():
    made = home()
    made.author = made.person(Role.EDITOR)
    made.revision = made.draft(editor=made.author, script=f"请打 {PHONE}。")
    return made


def asked(made, claim: str = "大厅对外公布的电话") -> PrivacyOverride:
    return override_ask(made.precedent, hit_of(made), claim=claim, actor=made.author)


def test_a_claim_that_a_second_person_allows_lets_exactly_these_words_pass(made):
    with pytest.raises(RuleBroken) as error:
        revision_submit(made.revision, lock_version=made.revision.lock_version, actor=made.author)
    assert error.value.code == "personal_data"
    assert PHONE not in error.value.message
    override_decide(asked(made), allow=True, reason="查过公告", by=made.person(Role.REVIEWER))
    revision_submit(made.revision, lock_version=made.revision.lock_version, actor=made.author)


def test_other_words_of_the_same_kind_still_block(made):
    override_decide(asked(made), allow=True, reason="查过公告", by=made.person(Role.REVIEWER))
    other = factories.content(script=f"请打 {PHONE}，或者 {OTHER_PHONE}。")
    hits = hits_of(other, precedent=made.precedent)
    assert [(hit.words, hit.blocks) for hit in hits] == [(PHONE, False), (OTHER_PHONE, True)]


def test_what_is_allowed_in_one_precedent_blocks_in_another(made):
    override_decide(asked(made), allow=True, reason="查过公告", by=made.person(Role.REVIEWER))
    (hit,) = hits_of(factories.content(script=PHONE), precedent=home().precedent)
    assert hit.blocks


def test_the_same_words_in_another_width_are_the_same_claim(made):
    override_decide(asked(made), allow=True, reason="查过公告", by=made.person(Role.REVIEWER))
    wide = "１３８-００１３-８０００"
    assert not any(hit.blocks for hit in hits_of(factories.content(script=wide), precedent=made.precedent))


def test_claimed_twice_is_one_claim_and_one_event(made):
    assert asked(made) == asked(made, "换个说法")
    assert AuditEvent.objects.filter(action="precedent.override_asked").count() == 1


def test_refused_words_block_and_cannot_be_claimed_again(made):
    override_decide(asked(made), allow=False, reason="是来办事的人的", by=made.person(Role.REVIEWER))
    with pytest.raises(RuleBroken, match="是来办事的人的"):
        asked(made)
    with pytest.raises(RuleBroken):
        revision_submit(made.revision, lock_version=made.revision.lock_version, actor=made.author)


@pytest.mark.parametrize("empty", ["", "  \n "])
def test_neither_claim_nor_decision_goes_without_a_reason(made, empty):
    with pytest.raises(RuleBroken):
        asked(made, empty)
    override = asked(made)
    with pytest.raises(RuleBroken):
        override_decide(override, allow=True, reason=empty, by=made.person(Role.REVIEWER))


def test_neither_the_claimer_nor_the_last_editor_decides(made):
    override = asked(made)
    with pytest.raises(RuleBroken, match="另一个人"):
        override_decide(override, allow=True, reason="我说行", by=made.author)
    second = made.person(Role.DEPARTMENT_ADMIN)
    revision_save(made.revision, content_of(made.revision), lock_version=made.revision.lock_version, editor=second)
    with pytest.raises(RuleBroken, match="另一个人"):
        override_decide(override, allow=True, reason="我说行", by=second)


def test_the_database_itself_refuses_the_claimer(made):
    override = asked(made)
    with pytest.raises(IntegrityError), transaction.atomic():
        PrivacyOverride.objects.filter(pk=override.pk).update(decided_by=made.author)


def test_twice_the_same_decision_is_one_and_the_opposite_comes_too_late(made):
    override, reviewer = asked(made), made.person(Role.REVIEWER)
    override_decide(override, allow=True, reason="查过", by=reviewer)
    override_decide(override, allow=True, reason="查过", by=reviewer)
    assert AuditEvent.objects.filter(action="precedent.override_decided").count() == 1
    with pytest.raises(StaleState, match="先定了"):
        override_decide(override, allow=False, reason="不行", by=made.person(Role.DEPARTMENT_ADMIN))
    override.refresh_from_db()
    assert override.decision == Decision.ALLOWED


def test_taking_back_what_readers_see_opens_a_task():
    made = leaky()
    made.author = made.person(Role.EDITOR)
    override = override_decide(asked(made), allow=True, reason="查过", by=made.person(Role.REVIEWER))
    assert not Doubt.objects.exists()
    override_decide(override, allow=False, reason="查错了", by=made.person(Role.REVIEWER), seen=Decision.ALLOWED)
    assert Doubt.objects.get().kind == DoubtKind.PRIVACY


def test_only_what_stops_a_text_can_be_claimed(made):
    warn = next(hit for hit in hits_of(factories.content(script="张女士来电")) if not hit.blocks)
    with pytest.raises(RuleBroken, match="不用放行"):
        override_ask(made.precedent, warn, claim="公开的", actor=made.author)


def test_a_finding_that_is_gone_from_the_text_cannot_be_claimed(made):
    hit = hit_of(made)
    revision_save(made.revision, factories.content(), lock_version=made.revision.lock_version, editor=made.author)
    with pytest.raises(StaleState):
        finding_at(made.precedent, kind=hit.finding.kind.value, mark=hit.mark)


def test_the_words_are_in_no_row_and_no_log_though_somebody_types_them_into_the_reason(made, caplog):
    with caplog.at_level(logging.DEBUG):
        override = asked(made, f"{PHONE} 是热线")
        override_decide(override, allow=True, reason=f"{PHONE} 查过", by=made.person(Role.REVIEWER))
    told = json.dumps(
        [[row.before, row.after, row.object_label] for row in AuditEvent.objects.all()], ensure_ascii=False
    )
    rows = [*PrivacyOverride.objects.values_list("claim", "reason", "mark").first()]
    without_sql = [record.getMessage() for record in caplog.records if record.name != "django.db.backends"]
    for text in (told, *rows, *without_sql):
        assert PHONE not in text
    after = AuditEvent.objects.get(action="precedent.override_asked").after
    assert {"kind", "field", "offset", "mark"} <= after.keys()


def test_the_desk_counts_what_the_viewer_may_decide(made):
    asked(made)
    assert counts_waiting(scope_of(made.person(Role.REVIEWER))).get("overrides", 0) == 1
    assert counts_waiting(scope_of(made.person(Role.DEPARTMENT_ADMIN))).get("overrides", 0) == 1
    for nobody in (made.author, made.person(Role.WINDOW), factories.user(Role.REVIEWER)):
        assert counts_waiting(scope_of(nobody)).get("overrides", 0) == 0


def test_the_desk_shows_the_sentence_of_now(made):
    asked(made)
    reviewer = scope_of(made.person(Role.REVIEWER))
    (line,) = overrides_desk(reviewer, page=1).waiting
    assert (line.sentence.before, line.sentence.words, line.sentence.after) == ("请打 ", PHONE, "。")
    revision_save(made.revision, factories.content(), lock_version=made.revision.lock_version, editor=made.author)
    (line,) = overrides_desk(reviewer, page=1).waiting
    assert line.sentence is None


def test_findings_are_listed_each_words_once(made):
    revision_save(
        made.revision,
        factories.content(script=f"{PHONE}，{PHONE}", problem=OTHER_PHONE),
        lock_version=made.revision.lock_version,
        editor=made.author,
    )
    assert sorted(line.hit.words for line in findings_of(made.precedent)) == [PHONE, OTHER_PHONE]


def test_words_that_are_gone_are_not_let_through_unseen(made):
    """Else they could come back into another sentence, which nobody has judged."""
    claim, reviewer = asked(made), made.person(Role.REVIEWER)
    clean = factories.content(script="请到窗口问。")
    revision_save(made.revision, clean, lock_version=made.revision.lock_version, editor=made.author)
    with pytest.raises(StaleState):
        override_decide(claim, allow=True, reason="查过公告", by=reviewer)
    assert PrivacyOverride.objects.get().decision == Decision.ASKED
    override_decide(claim, allow=False, reason="已经改掉", by=reviewer)
    assert PrivacyOverride.objects.get().decision == Decision.REFUSED


def test_the_author_is_no_second_person_where_a_colleague_saved_last_and_claimed(made):
    factories.membership_grant(user=made.author, department=made.owner, role=Role.REVIEWER, actor=None)
    colleague = made.person(Role.EDITOR)
    text = content_of(made.revision)
    revision_save(made.revision, text, lock_version=made.revision.lock_version, editor=colleague)
    claim = override_ask(made.precedent, hit_of(made), claim="大厅公布的", actor=colleague)
    with pytest.raises(RuleBroken, match="另一个人"):
        override_decide(claim, allow=True, reason="查过公告", by=made.author)
    assert not may_decide_override(scope_of(made.author), claim, text=made.revision)
