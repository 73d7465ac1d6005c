"""需要我处理: what waits for whom, as one number in the header and by kind on the desk."""

import pytest
from django.utils import timezone

from caselib.following.services import follow
from caselib.following.unread import following_of
from caselib.orgs.models import Role
from caselib.orgs.scope import NOBODY, scope_of
from caselib.orgs.services import membership_grant
from caselib.precedents.deciding import revision_return
from caselib.precedents.keeping import precedent_doubt
from caselib.precedents.models import PrivacyOverride, SiblingDraft, UnresolvedCitation
from caselib.precedents.services import revision_submit, revision_withdraw
from caselib.waiting import LABELS, counts_waiting, waiting_as_rows, waiting_count
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def department():
    return factories.department()


@pytest.fixture
def editor(department):
    return factories.user(Role.EDITOR, within=department)


@pytest.fixture
def reviewer(department):
    return factories.user(Role.REVIEWER, within=department)


def submitted(department, editor):
    revision = factories.draft(owner=department, author=editor)
    return revision_submit(revision, lock_version=revision.lock_version, actor=editor)


def test_a_submitted_text_waits_for_the_reviewers_of_its_department(department, editor, reviewer):
    revision = submitted(department, editor)
    assert counts_waiting(scope_of(reviewer))["reviews"] == 1
    assert "reviews" not in counts_waiting(scope_of(editor))
    assert counts_waiting(scope_of(factories.user(Role.REVIEWER)))["reviews"] == 0
    revision_withdraw(revision, lock_version=revision.lock_version, actor=editor)
    assert counts_waiting(scope_of(reviewer))["reviews"] == 0


def test_an_own_text_waits_for_somebody_else(department, editor):
    submitted(department, editor)
    membership_grant(user=editor, department=department, role=Role.REVIEWER, actor=None)
    assert counts_waiting(scope_of(editor))["reviews"] == 0


def test_a_text_that_an_import_brought_in_waits_for_everybody_who_reviews(department, reviewer):
    revision = factories.draft(owner=department, author=None)
    revision_submit(revision, lock_version=revision.lock_version, actor=None)
    assert counts_waiting(scope_of(reviewer))["reviews"] == 1


def test_a_text_that_was_sent_back_waits_for_who_wrote_it(department, editor, reviewer):
    revision = submitted(department, editor)
    revision_return(
        revision,
        lock_version=revision.lock_version,
        reviewer=reviewer,
        digest_seen=revision.content_digest,
        comment="写清条件",
    )
    assert counts_waiting(scope_of(editor))["changes"] == 1
    assert counts_waiting(scope_of(factories.user(Role.EDITOR, within=department)))["changes"] == 0


def test_a_finding_waits_for_a_second_person(department, editor, reviewer):
    precedent = factories.draft(owner=department, author=editor).precedent
    membership_grant(user=editor, department=department, role=Role.REVIEWER, actor=None)
    PrivacyOverride.objects.create(
        precedent=precedent, kind="mobile", field="problem", mark="m", claim="窗口电话", claimed_by=editor,
        claimed_by_name="编辑", claimed_at=timezone.now(),
    )  # fmt: skip
    assert counts_waiting(scope_of(reviewer))["overrides"] == 1
    assert counts_waiting(scope_of(editor))["overrides"] == 0


def test_two_points_of_one_precedent_count_once(department, editor):
    precedent = factories.published(owner=department)
    for reason in ("条例改了", "表格改了"):
        precedent_doubt(precedent, reason=reason, actor=None)
    assert counts_waiting(scope_of(editor))["points"] == 1


def test_the_number_in_the_header_is_the_sum(department, editor):
    precedent_doubt(factories.published(owner=department), reason="条例改了", actor=None)
    revision = factories.draft(owner=department, author=editor)
    UnresolvedCitation.objects.create(
        revision=revision, words="某办法第三条", why="unknown_policy", opened_at=timezone.now(), opened_by_name="编辑"
    )
    SiblingDraft.objects.create(
        revision=revision, typed={}, based_on=0, author=editor, author_name="编辑", saved_at=timezone.now()
    )
    scope = scope_of(editor)
    some = {kind: count for kind, count in counts_waiting(scope).items() if count}
    assert some == {"siblings": 1, "points": 1, "citations": 1}
    assert waiting_count(scope) == 3
    assert list(waiting_as_rows(scope)) == [{"number": 3}]


@pytest.mark.parametrize("role", [Role.WINDOW, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_nothing_waits_for_who_has_no_such_work_and_no_query_is_asked(role, django_assert_num_queries):
    scope = scope_of(factories.user(role))
    with django_assert_num_queries(0):
        assert counts_waiting(scope) == {}
        assert waiting_count(NOBODY) == 0


def test_all_of_it_is_one_query(department, editor, django_assert_num_queries):
    for role in (Role.REVIEWER, Role.TRAINER):
        membership_grant(user=editor, department=department, role=role, actor=None)
    scope = scope_of(editor)
    with django_assert_num_queries(1):
        assert set(counts_waiting(scope)) == set(LABELS) and len(LABELS) >= 8


def test_beside_what_is_followed_stands_the_number_of_who_asks_and_not_of_who_asked_first(department, editor, reviewer):
    """Both may do and see the same, and both follow something: the header asks for both numbers at once."""
    other = factories.user(Role.EDITOR, within=department)
    revision = submitted(department, editor)
    revision_return(
        revision, lock_version=revision.lock_version, reviewer=reviewer, digest_seen=revision.content_digest, comment="补依据"
    )  # fmt: skip
    matter, told = factories.matter(), {}
    for person in (editor, other):
        follow(person, matter, scope=scope_of(person))
    for person in (editor, other, editor):
        person.refresh_from_db()
        told[person.pk] = following_of(person, scope_of(person)).waiting
    assert told == {editor.pk: 1, other.pk: 0}
