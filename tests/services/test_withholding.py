"""紧急下架: off view at once, back by a second person or with a clean text, and erased from old texts."""

import json

import pytest

from caselib.audit.models import AuditEvent
from caselib.audit.services import broken_events
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.models import DirtyMark
from caselib.orgs.models import Role
from caselib.precedents.blanking import texts_blank
from caselib.precedents.content import content_of, digest
from caselib.precedents.deciding import revision_approve, revision_return
from caselib.precedents.keeping import precedent_doubt, precedent_retire
from caselib.precedents.models import ReviewDecision, Revision, RevisionState, SiblingDraft
from caselib.precedents.services import revision_save, revision_start, revision_submit, revision_withdraw
from caselib.precedents.visibility import PrecedentStatus
from caselib.precedents.withholding import precedent_restore_view, precedent_withhold
from tests import factories
from tests.services.clean_house import CITIZEN, PHONE, home, leaky

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return home()


def test_it_is_off_view_at_once_with_its_number_and_the_trail(made):
    actor = made.person(Role.EDITOR)
    DirtyMark.objects.all().delete()
    precedent_withhold(made.precedent, reason="口径里有手机号", actor=actor)
    now = made.now()
    assert (now.status, now.number) == (PrecedentStatus.WITHHELD, made.precedent.number)
    assert (now.withheld_by, now.withheld_by_name) == (actor, str(actor))
    assert DirtyMark.objects.filter(object_id=now.pk).exists()
    event = AuditEvent.objects.get(action="precedent.withheld")
    assert event.after == {"status": "withheld", "reason": "口径里有手机号"}


def test_the_reason_is_kept_without_what_leaked(made):
    precedent_withhold(made.precedent, reason=f"有 {PHONE}", actor=made.person(Role.EDITOR))
    told = json.dumps([row.after for row in AuditEvent.objects.all()], ensure_ascii=False)
    assert PHONE not in told + made.now().withheld_reason


def test_withheld_twice_is_once(made):
    first, second = made.person(Role.EDITOR), made.person(Role.REVIEWER)
    precedent_withhold(made.precedent, reason="有手机号", actor=first)
    assert precedent_withhold(made.precedent, reason="我也看到了", actor=second).withheld_by == first
    assert AuditEvent.objects.filter(action="precedent.withheld").count() == 1


@pytest.mark.parametrize("empty", ["", "   "])
def test_it_takes_a_reason(made, empty):
    with pytest.raises(RuleBroken):
        precedent_withhold(made.precedent, reason=empty, actor=made.person(Role.EDITOR))


def test_a_draft_needs_no_take_down():
    draft = factories.draft().precedent
    with pytest.raises(StaleState):
        precedent_withhold(draft, reason="有手机号", actor=factories.user(Role.EDITOR))


def test_who_took_it_off_does_not_bring_it_back(made):
    actor = made.person(Role.REVIEWER)
    precedent_withhold(made.precedent, reason="看错了", actor=actor)
    with pytest.raises(RuleBroken, match="另一个人"):
        precedent_restore_view(made.precedent, reason="我看错了", actor=actor)
    back = precedent_restore_view(made.precedent, reason="核对过，没有", actor=made.person(Role.REVIEWER))
    assert (back.status, back.withheld_at, back.withheld_by, back.withheld_reason) == ("published", None, None, "")
    with pytest.raises(StaleState):
        precedent_restore_view(made.precedent, reason="再来", actor=made.person(Role.REVIEWER))


def test_it_does_not_come_back_with_what_leaked():
    made = leaky()
    precedent_withhold(made.precedent, reason="有手机号", actor=made.person(Role.EDITOR))
    with pytest.raises(RuleBroken, match="不能原样恢复"):
        precedent_restore_view(made.precedent, reason="没事", actor=made.person(Role.REVIEWER))


def test_it_comes_back_to_what_it_was(made):
    precedent_doubt(made.precedent, reason="条例改了", actor=None)
    precedent_withhold(made.precedent, reason="看错了", actor=made.person(Role.EDITOR))
    back = precedent_restore_view(made.precedent, reason="没有", actor=made.person(Role.REVIEWER))
    assert back.status == PrecedentStatus.NEEDS_REVERIFICATION


def cleaned(made, **values):
    editor = made.person(Role.EDITOR)
    revision = made.draft(editor=editor, **values)
    revision_submit(revision, lock_version=revision.lock_version, actor=editor)
    return revision_approve(
        revision,
        lock_version=revision.lock_version,
        reviewer=made.person(Role.REVIEWER),
        digest_seen=revision.content_digest,
        comment="换掉了",
    )


def test_a_cleaned_text_brings_it_back():
    made = leaky()
    precedent_withhold(made.precedent, reason="有手机号", actor=made.person(Role.EDITOR))
    back = cleaned(made)
    assert (back.status, back.withheld_at, back.withheld_reason) == (PrecedentStatus.PUBLISHED, None, "")
    assert made.now().withheld_by is None


def test_its_draft_in_review_and_sent_back_leaves_it_off_view(made):
    precedent_withhold(made.precedent, reason="有手机号", actor=made.person(Role.EDITOR))
    editor = made.person(Role.EDITOR)
    revision = made.draft(editor=editor)
    revision_submit(revision, lock_version=revision.lock_version, actor=editor)
    assert made.now().status == PrecedentStatus.WITHHELD
    revision_return(
        revision,
        lock_version=revision.lock_version,
        reviewer=made.person(Role.REVIEWER),
        digest_seen=revision.content_digest,
        comment="还有一处",
    )
    assert made.now().status == PrecedentStatus.WITHHELD


def test_what_was_out_of_use_can_be_taken_off_view_and_stays_out_of_use_when_it_comes_back(made):
    precedent_retire(made.precedent, reason="过时", actor=made.person(Role.REVIEWER))
    precedent_withhold(made.precedent, reason="有手机号", actor=made.person(Role.EDITOR))
    assert made.now().status == PrecedentStatus.WITHHELD
    assert cleaned(made).status == PrecedentStatus.RETIRED


def test_what_is_off_view_is_not_put_out_of_use_where_readers_would_read_it(made):
    precedent_withhold(made.precedent, reason="有手机号", actor=made.person(Role.EDITOR))
    with pytest.raises(StaleState):
        precedent_retire(made.precedent, reason="过时", actor=made.person(Role.REVIEWER))


def everything_stored(made) -> str:
    """Every row that may hold words of the precedent's texts."""
    texts = [json.dumps(content_of(row).__repr__(), ensure_ascii=False) for row in made.precedent.revisions.all()]
    seen = list(ReviewDecision.objects.values_list("content_seen", flat=True))
    typed = list(SiblingDraft.objects.values_list("typed", flat=True))
    return json.dumps([texts, seen, typed], ensure_ascii=False)


def test_what_leaked_is_erased_from_old_texts_opinions_and_drafts_beside():
    made = leaky()
    old = Revision.objects.get(pk=made.precedent.live_revision_id)
    cleaned(made)
    discarded = made.draft(problem=f"{CITIZEN}，家里的老李", tags=(f"联系{PHONE}",))
    revision_withdraw(discarded, lock_version=discarded.lock_version, actor=discarded.author)
    ReviewDecision.objects.update(content_seen={"problem": [f"打 {PHONE}", "老李说的"]})
    SiblingDraft.objects.create(
        revision=discarded, typed={"problem": [PHONE]}, based_on=1, author_name="甲", saved_at=clock.now()
    )
    before = Revision.objects.get(pk=old.pk).content_digest

    done = texts_blank(made.precedent, words=["老李"], actor=made.person(Role.DEPARTMENT_ADMIN))

    kept = everything_stored(made)
    assert all(words not in kept for words in (PHONE, CITIZEN, "老李"))
    assert "〔手机号〕" in kept
    assert "〔已抹去〕" in kept
    assert done.texts == 2
    for row in made.precedent.revisions.filter(state__in=["superseded", "withdrawn"]):
        assert row.content_digest == digest(content_of(row))
    event = AuditEvent.objects.filter(action="precedent.texts_blanked", object_type="precedents.Revision").get(
        object_id=str(old.pk)
    )
    assert event.after["before"] == before != event.after["after"]
    assert event.after["kinds"] == ["mobile"]
    told = json.dumps([[row.before, row.after] for row in AuditEvent.objects.all()], ensure_ascii=False)
    assert all(words not in told for words in (PHONE, CITIZEN, "老李"))
    assert not list(broken_events())


def test_what_readers_and_writers_have_before_them_is_not_blanked(made):
    live = made.precedent.live_revision
    draft = made.draft(problem="老王来过")
    with pytest.raises(RuleBroken, match="现在的文字里还有"):
        texts_blank(made.precedent, words=["老王"], actor=made.person(Role.DEPARTMENT_ADMIN))
    done = texts_blank(made.precedent, actor=made.person(Role.DEPARTMENT_ADMIN))
    assert done.texts == 0
    live.refresh_from_db()
    draft.refresh_from_db()
    assert (live.state, draft.problem) == (RevisionState.APPROVED, "老王来过")


def test_one_character_is_no_word_to_blank(made):
    with pytest.raises(RuleBroken, match="至少"):
        texts_blank(made.precedent, words=["王"], actor=made.person(Role.DEPARTMENT_ADMIN))


def test_blanked_twice_changes_nothing_more():
    made = leaky()
    cleaned(made)
    admin = made.person(Role.DEPARTMENT_ADMIN)
    assert texts_blank(made.precedent, actor=admin).texts == 1
    assert texts_blank(made.precedent, actor=admin).texts == 0


def test_an_old_text_that_was_blanked_can_be_restored_as_a_draft():
    made = leaky()
    old = Revision.objects.get(pk=made.precedent.live_revision_id)
    cleaned(made)
    texts_blank(made.precedent, actor=made.person(Role.DEPARTMENT_ADMIN))
    again = revision_start(made.now(), author=made.person(Role.EDITOR), like=Revision.objects.get(pk=old.pk))
    assert "〔手机号〕" in again.script
    revision_save(again, content_of(again), lock_version=again.lock_version, editor=again.author)


def test_what_a_reviewer_and_an_editor_said_of_a_change_is_blanked_too(made):
    editor, reviewer = made.person(Role.EDITOR), made.person(Role.REVIEWER)
    revision = revision_start(made.precedent, author=editor)
    text = factories.content(script="照实说。")
    revision = revision_save(
        revision, text, lock_version=revision.lock_version, editor=editor, change_note="删掉赵老李家"
    )
    revision_submit(revision, lock_version=revision.lock_version, actor=editor)
    revision_approve(
        revision,
        lock_version=revision.lock_version,
        reviewer=reviewer,
        digest_seen=revision.content_digest,
        comment=f"赵老李家删了，电话 {PHONE} 也删了",
    )
    done = texts_blank(made.precedent, words=["赵老李家"], actor=made.person(Role.DEPARTMENT_ADMIN))
    assert done.others == 2
    decision = ReviewDecision.objects.get(revision=revision)
    assert "赵老李家" not in decision.comment + Revision.objects.get(pk=revision.pk).change_note
    assert PHONE not in decision.comment
