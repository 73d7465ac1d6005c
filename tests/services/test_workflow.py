"""The states of a revision, and the rules that hold whoever calls the services."""

import datetime as dt
import itertools

import pytest
from django.db import IntegrityError, transaction

from caselib.audit.models import AuditEvent
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.models import DirtyMark
from caselib.orgs.models import Role
from caselib.orgs.services import membership_grant
from caselib.precedents import workflow
from caselib.precedents.content import content_of
from caselib.precedents.deciding import revision_approve, revision_reject, revision_return
from caselib.precedents.keeping import precedent_doubt, precedent_retire, precedent_verify
from caselib.precedents.models import NumberSeries, Precedent, ReviewDecision, Revision, RevisionState, Verification
from caselib.precedents.numbers import next_numbers
from caselib.precedents.services import (
    precedent_create,
    revision_save,
    revision_start,
    revision_submit,
    revision_withdraw,
)
from caselib.precedents.visibility import PrecedentStatus
from caselib.precedents.workflow import TRANSITIONS, Deed
from tests import factories

pytestmark = pytest.mark.django_db


class House:
    """A department with an editor, two reviewers and an administrator."""

    def __init__(self) -> None:
        self.department = factories.department()
        self.editor = factories.user(Role.EDITOR, within=self.department)
        self.reviewer = factories.user(Role.REVIEWER, within=self.department)
        self.second_reviewer = factories.user(Role.REVIEWER, within=self.department)

    def draft(self, **values) -> Revision:
        return factories.draft(owner=self.department, author=self.editor, **values)

    def submitted(self, **values) -> Revision:
        revision = self.draft(**values)
        return revision_submit(revision, lock_version=revision.lock_version, actor=self.editor)

    def approve(self, revision: Revision, **values) -> Precedent:
        return revision_approve(
            revision,
            **{
                "lock_version": revision.lock_version,
                "reviewer": self.reviewer,
                "digest_seen": revision.content_digest,
                "comment": "核对过，可以入库",
                **values,
            },
        )

    def published(self, **values) -> Precedent:
        return self.approve(self.submitted(**values))


@pytest.fixture
def house() -> House:
    return House()


# --- the table -------------------------------------------------------------------------------------------------------

EVERY_MOVE = list(itertools.product(RevisionState, Deed))


@pytest.mark.parametrize(("state", "deed"), EVERY_MOVE, ids=lambda value: value.value)
def test_moves_of_the_table_work_and_all_others_are_refused(house, state, deed):
    revision = house.draft()
    Revision.objects.filter(pk=revision.pk).update(state=state)
    revision.refresh_from_db()
    target = TRANSITIONS.get((state, deed))

    if target is None:
        with pytest.raises(RuleBroken) as error, transaction.atomic():
            workflow.apply(revision, deed, lock_version=revision.lock_version)
        assert error.value.code == "no_such_transition"
        revision.refresh_from_db()
        assert (revision.state, revision.lock_version) == (state, 0)
        return
    with transaction.atomic():
        workflow.apply(revision, deed, lock_version=revision.lock_version)
    assert (revision.state, revision.lock_version) == (target, 1)
    revision.refresh_from_db()
    assert (revision.state, revision.lock_version) == (target, 1)


@pytest.mark.parametrize("state", [RevisionState.SUPERSEDED, RevisionState.REJECTED, RevisionState.WITHDRAWN])
def test_final_states_have_no_way_out(state):
    assert not [deed for from_state, deed in TRANSITIONS if from_state == state]


def test_published_text_can_only_be_superseded():
    assert [deed for state, deed in TRANSITIONS if state == RevisionState.APPROVED] == [Deed.SUPERSEDE]


@pytest.mark.django_db(transaction=True)
def test_a_move_without_a_transaction_around_it_is_a_fault_of_the_program(house):
    revision = house.draft()
    with pytest.raises(RuntimeError):
        workflow.apply(revision, Deed.SUBMIT, lock_version=0)


# --- the way of a text -----------------------------------------------------------------------------------------------


def test_approved_text_is_live_numbered_dated_and_marked_for_the_index(house):
    moment = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)
    revision = house.submitted()
    precedent = house.approve(revision, now=moment)

    precedent.refresh_from_db()
    assert precedent.status == PrecedentStatus.PUBLISHED
    assert precedent.live_revision == revision
    assert precedent.number == f"000000-2026-{house.department.code}-0001"
    assert precedent.published_at == precedent.changed_at == moment
    assert precedent.reverify_due_on == dt.date(2027, 3, 1)
    assert DirtyMark.objects.get().object_id == precedent.pk
    decision = ReviewDecision.objects.get()
    assert (decision.verdict, decision.reviewer, decision.digest_seen) == (
        "approve",
        house.reviewer,
        revision.content_digest,
    )
    assert AuditEvent.objects.filter(action="precedent.revision_approved").count() == 1


def test_drafts_and_submitted_texts_leave_the_index_alone(house):
    house.submitted()
    assert not DirtyMark.objects.exists()


@pytest.mark.parametrize("field", ["gist", "problem", "blocker", "causes", "resolution", "applies_when", "not_when"])
def test_text_without_a_mandatory_field_is_not_submitted_and_stays_a_draft(house, field):
    revision = house.draft(**{field: () if field in ("causes", "applies_when", "not_when") else ""})
    with pytest.raises(RuleBroken) as error:
        revision_submit(revision, lock_version=revision.lock_version, actor=house.editor)
    revision.refresh_from_db()
    assert (error.value.code, error.value.field, revision.state) == ("incomplete", field, RevisionState.DRAFT)


def test_submitted_text_is_frozen(house):
    revision = house.submitted()
    with pytest.raises(RuleBroken) as error:
        revision_save(
            revision, factories.content(title="另一个"), lock_version=revision.lock_version, editor=house.editor
        )
    assert error.value.code == "no_such_transition"


def test_returned_text_can_be_changed_and_submitted_again(house):
    revision = house.submitted()
    revision_return(
        revision,
        lock_version=revision.lock_version,
        reviewer=house.reviewer,
        digest_seen=revision.content_digest,
        comment="写清不适用情形",
    )
    assert (revision.state, revision.precedent.status) == (RevisionState.CHANGES_REQUESTED, PrecedentStatus.DRAFT)

    revision_save(revision, factories.content(), lock_version=revision.lock_version, editor=house.editor)
    revision_submit(revision, lock_version=revision.lock_version, actor=house.editor)
    assert house.approve(revision).status == PrecedentStatus.PUBLISHED


@pytest.mark.parametrize("decide", [revision_return, revision_reject])
def test_refusal_without_a_reason_is_refused(house, decide):
    revision = house.submitted()
    with pytest.raises(RuleBroken) as error:
        decide(
            revision,
            lock_version=revision.lock_version,
            reviewer=house.reviewer,
            digest_seen=revision.content_digest,
            comment=" ",
        )
    revision.refresh_from_db()
    assert (error.value.field, revision.state) == ("comment", RevisionState.SUBMITTED)


def test_withdrawn_text_is_a_draft_again(house):
    revision = house.submitted()
    revision_withdraw(revision, lock_version=revision.lock_version, actor=house.editor)
    assert (revision.state, Precedent.objects.get().status) == (RevisionState.DRAFT, PrecedentStatus.DRAFT)


# --- four eyes -------------------------------------------------------------------------------------------------------

DECISIONS = [revision_approve, revision_return, revision_reject]


def decided(decide, revision, reviewer):
    return decide(
        revision,
        lock_version=revision.lock_version,
        reviewer=reviewer,
        digest_seen=revision.content_digest,
        comment="看过了",
    )


@pytest.mark.parametrize("decide", DECISIONS)
def test_author_does_not_decide_about_the_own_text(house, decide):
    revision = house.submitted()
    with pytest.raises(RuleBroken) as error:
        decided(decide, revision, house.editor)
    assert error.value.code == "four_eyes"

    decided(decide, revision, house.reviewer)
    assert revision.state != RevisionState.SUBMITTED


@pytest.mark.parametrize("decide", DECISIONS)
def test_last_editor_does_not_decide(house, decide):
    revision = house.draft()
    revision_save(revision, factories.content(), lock_version=0, editor=house.second_reviewer)
    revision_submit(revision, lock_version=revision.lock_version, actor=house.editor)
    with pytest.raises(RuleBroken) as error:
        decided(decide, revision, house.second_reviewer)
    assert error.value.code == "four_eyes"


@pytest.mark.parametrize("column", ["author", "last_editor"])
def test_database_keeps_four_eyes_whoever_writes(house, column):
    revision = house.submitted()
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(**{column: house.reviewer, "approved_by": house.reviewer})


# --- what was read is what is decided about --------------------------------------------------------------------------


@pytest.mark.parametrize("decide", DECISIONS)
def test_decision_about_another_text_than_the_one_read_is_stale(house, decide):
    revision = house.submitted()
    with pytest.raises(StaleState):
        decide(
            revision,
            lock_version=revision.lock_version,
            reviewer=house.reviewer,
            digest_seen="0" * 64,
            comment="看过了",
        )
    revision.refresh_from_db()
    assert revision.state == RevisionState.SUBMITTED
    assert not ReviewDecision.objects.exists()


def test_text_that_was_withdrawn_changed_and_submitted_again_needs_reading_again(house):
    revision = house.submitted()
    read_at, seen = revision.lock_version, revision.content_digest
    stale = Revision.objects.get(pk=revision.pk)
    revision_withdraw(revision, lock_version=revision.lock_version, actor=house.editor)
    revision_save(revision, factories.content(), lock_version=revision.lock_version, editor=house.editor)
    revision_submit(revision, lock_version=revision.lock_version, actor=house.editor)

    with pytest.raises(StaleState):
        house.approve(stale, lock_version=read_at, digest_seen=seen)
    assert Precedent.objects.get().status == PrecedentStatus.IN_REVIEW


def test_second_decision_finds_the_first(house):
    revision = house.submitted()
    late = Revision.objects.get(pk=revision.pk)
    house.approve(revision)
    with pytest.raises(StaleState):
        house.approve(late, reviewer=house.second_reviewer)
    assert ReviewDecision.objects.count() == 1


def test_second_save_from_the_same_reading_keeps_the_first(house):
    first = house.draft()
    second = Revision.objects.get(pk=first.pk)
    revision_save(first, factories.content(title="先保存的"), lock_version=0, editor=house.editor)
    with pytest.raises(StaleState):
        revision_save(second, factories.content(title="后保存的"), lock_version=0, editor=house.editor)
    first.refresh_from_db()
    assert first.title == "先保存的"


def test_saved_text_reads_back_as_it_was_written(house):
    revision = house.draft()
    written = factories.content(
        tags=("注销", "执照"), citations=(factories.citation(factories.clause(), note="第一句"),)
    )
    revision_save(revision, written, lock_version=0, editor=house.editor)

    read = content_of(Revision.objects.get(pk=revision.pk))
    assert set(read.tags) == set(written.tags)
    assert read.citations == written.citations
    assert (read.title, read.problem, read.causes) == (written.title, written.problem, written.causes)


# --- revisions of a published precedent ------------------------------------------------------------------------------


def test_published_text_stays_live_while_its_next_revision_is_in_review(house):
    precedent = house.published()
    live = precedent.live_revision
    following = revision_start(precedent, author=house.editor)
    revision_submit(following, lock_version=following.lock_version, actor=house.editor)

    precedent.refresh_from_db()
    assert (precedent.status, precedent.live_revision) == (PrecedentStatus.PUBLISHED, live)
    number = precedent.number
    precedent = house.approve(following)
    live.refresh_from_db()
    assert (precedent.live_revision, precedent.number) == (following, number)
    assert live.state == RevisionState.SUPERSEDED


def test_precedent_has_one_open_revision_at_a_time(house):
    precedent = house.published()
    revision_start(precedent, author=house.editor)
    with pytest.raises(StaleState):
        revision_start(precedent, author=house.second_reviewer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Revision.objects.create(precedent=precedent, number=99, title="第二份", author_name="某人", content_digest="")


def test_unpublished_precedent_has_nothing_to_revise(house):
    with pytest.raises(RuleBroken) as error:
        revision_start(house.draft().precedent, author=house.editor)
    assert error.value.code == "not_published"


def test_what_was_given_up_before_it_was_published_begins_again_where_it_stood(house):
    given_up = house.draft()
    revision_withdraw(given_up, lock_version=given_up.lock_version, actor=house.editor)
    again = revision_start(given_up.precedent, author=house.second_reviewer)
    assert (again.number, again.state, again.title) == (2, RevisionState.DRAFT, given_up.title)
    assert again.content_digest == given_up.content_digest
    assert again.author == house.second_reviewer


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_number_of_a_retired_precedent_is_never_given_again(house):
    first = house.published()
    precedent_retire(first, reason="政策变了", actor=house.reviewer)
    second = house.published()
    assert (first.number[-4:], second.number[-4:]) == ("0001", "0002")


def test_numbers_count_by_region_year_and_department(house):
    other = factories.department()
    assert next_numbers(house.department, year=2025, count=2)[-1].endswith("-0002")
    assert next_numbers(house.department, year=2026, count=1)[0].endswith("-0001")
    assert next_numbers(other, year=2025, count=1)[0].endswith("-0001")
    assert next_numbers(house.department, year=2025, count=1)[0].endswith("-0003")
    assert NumberSeries.objects.count() == 3


def test_number_of_a_publication_that_failed_is_free_again(house):
    with pytest.raises(StaleState), transaction.atomic():
        next_numbers(house.department, year=2026, count=1)
        raise StaleState("taken back")
    assert next_numbers(house.department, year=2026, count=1)[0].endswith("-0001")


@pytest.mark.parametrize(
    ("moment", "year", "due"),
    [
        (dt.datetime(2025, 12, 31, 15, 59, tzinfo=dt.UTC), "2025", dt.date(2026, 12, 31)),  # 23:59 at the hall
        (dt.datetime(2025, 12, 31, 16, 1, tzinfo=dt.UTC), "2026", dt.date(2027, 1, 1)),  # 00:01 at the hall
    ],
)
def test_year_of_a_number_turns_at_midnight_of_the_hall(house, moment, year, due):
    precedent = house.approve(house.submitted(), now=moment)
    assert precedent.number.split("-")[1] == year
    assert precedent.reverify_due_on == due


def test_external_id_is_taken_once(house):
    house.draft(external_id="A-1")
    with pytest.raises(RuleBroken) as error:
        precedent_create(factories.content(), owner_department=house.department, author=None, external_id="A-1")
    assert error.value.code == "external_id_taken"


# --- doubt, verification, retirement ---------------------------------------------------------------------------------


def test_doubt_shows_at_once_and_the_same_doubt_twice_is_one_point(house):
    precedent = house.published()
    DirtyMark.objects.all().delete()
    first = precedent_doubt(precedent, reason="所引条例已修改", actor=None)
    second = precedent_doubt(precedent, reason="所引条例已修改", actor=house.reviewer)

    precedent.refresh_from_db()
    assert first == second
    assert precedent.status == PrecedentStatus.NEEDS_REVERIFICATION
    assert DirtyMark.objects.get().object_id == precedent.pk
    assert AuditEvent.objects.filter(action="precedent.doubted").count() == 1


def test_verification_closes_the_open_points_and_notes_the_versions_seen(house):
    clause = factories.clause()
    precedent = house.published(citations=(factories.citation(clause),))
    doubt = precedent_doubt(precedent, reason="所引条例已修改", actor=None)
    moment = dt.datetime(2026, 5, 1, 9, 0, tzinfo=dt.UTC)
    precedent.refresh_from_db()
    verification = precedent_verify(precedent, by=house.reviewer, note="条款没有变", now=moment)

    precedent.refresh_from_db()
    doubt.refresh_from_db()
    assert precedent.status == PrecedentStatus.PUBLISHED
    assert precedent.reverify_due_on == dt.date(2027, 5, 1)
    assert (doubt.resolved_by, doubt.resolved_at) == (verification, moment)
    assert list(verification.versions_seen.all()) == [clause.version]


def test_same_doubt_can_come_back_after_it_was_resolved(house):
    precedent = house.published()
    precedent_doubt(precedent, reason="所引条例已修改", actor=None)
    precedent.refresh_from_db()
    precedent_verify(precedent, by=house.reviewer, note="")
    precedent_doubt(precedent, reason="所引条例已修改", actor=None)

    assert precedent.doubts.count() == 2
    assert precedent.doubts.filter(resolved_at=None).count() == 1


def test_verification_is_no_edit(house):
    precedent = house.published()
    before = (precedent.changed_at, precedent.live_revision.content_digest)
    precedent_verify(precedent, by=house.reviewer, note="")
    precedent.refresh_from_db()
    assert (precedent.changed_at, precedent.live_revision.content_digest) == before


@pytest.mark.parametrize("deed", ["doubt", "verify"])
def test_text_that_is_not_published_is_neither_doubted_nor_verified(house, deed):
    precedent = house.draft().precedent
    with pytest.raises(RuleBroken) as error:
        if deed == "doubt":
            precedent_doubt(precedent, reason="x", actor=None)
        else:
            precedent_verify(precedent, by=house.reviewer, note="")
    assert error.value.code == "not_published"
    assert not Verification.objects.exists()


def test_retired_precedent_keeps_number_text_reason_and_successor(house):
    precedent, successor = house.published(), house.published()
    retired = precedent_retire(precedent, reason=" 政策变了 ", actor=house.reviewer, successor=successor)

    assert retired.status == PrecedentStatus.RETIRED
    assert (retired.retired_reason, retired.replaced_by) == ("政策变了", successor)
    assert retired.number == precedent.number
    assert retired.live_revision is not None


def test_retirement_needs_a_reason_and_happens_once(house):
    precedent = house.published()
    with pytest.raises(RuleBroken):
        precedent_retire(precedent, reason=" ", actor=house.reviewer)
    precedent_retire(precedent, reason="政策变了", actor=house.reviewer)
    with pytest.raises(StaleState):
        precedent_retire(precedent, reason="又一次", actor=house.reviewer)
    precedent.refresh_from_db()
    assert precedent.retired_reason == "政策变了"


def test_database_refuses_a_published_precedent_without_a_live_text(house):
    precedent = house.draft().precedent
    with pytest.raises(IntegrityError), transaction.atomic():
        Precedent.objects.filter(pk=precedent.pk).update(status=PrecedentStatus.PUBLISHED)


def test_deleting_an_account_keeps_its_texts_decisions_and_names(house):
    precedent = house.published()
    for account in (house.editor, house.reviewer):
        account.delete()

    revision, decision = Revision.objects.get(), ReviewDecision.objects.get()
    assert (revision.author, revision.author_name) == (None, house.editor.display_name)
    assert (decision.reviewer, decision.reviewer_name) == (None, house.reviewer.display_name)
    assert Precedent.objects.get() == precedent


def test_person_with_both_roles_still_needs_another_reviewer(house):
    membership_grant(user=house.editor, department=house.department, role=Role.REVIEWER, actor=None)
    with pytest.raises(RuleBroken) as error:
        decided(revision_approve, house.submitted(), house.editor)
    assert error.value.code == "four_eyes"
