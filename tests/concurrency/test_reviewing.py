"""Eight people submit, withdraw, approve or remark in the same moment, many times over: one of them each time."""

import pytest

from caselib.audit.models import AuditEvent
from caselib.audit.services import broken_events
from caselib.orgs.models import Role
from caselib.precedents.commenting import comment_add, comment_answer
from caselib.precedents.deciding import revision_approve, revision_return
from caselib.precedents.models import Precedent, ReviewComment, ReviewDecision, Revision, RevisionState
from caselib.precedents.services import revision_submit, revision_withdraw
from tests import factories
from tests.services.texts_in_review import House

from .test_transitions import THREADS, all_at_once, shared_database

__all__ = ["shared_database"]
ROUNDS = 20


@pytest.fixture
def house(shared_database) -> House:
    return House()


@pytest.fixture
def reviewers(house):
    return [factories.user(Role.REVIEWER, within=house.owner) for _ in range(THREADS)]


def readings(revision: Revision) -> list[Revision]:
    """The text as eight people have read it."""
    return [Revision.objects.select_related("precedent").get(pk=revision.pk) for _ in range(THREADS)]


def test_eight_submissions_are_one(house):
    for _ in range(ROUNDS):
        revision = house.draft()
        read = readings(revision)
        results = all_at_once(
            lambda number, read=read: revision_submit(
                read[number], lock_version=read[number].lock_version, actor=house.author
            )
        )
        assert results == {"won": 1, "StaleState": THREADS - 1}
    assert AuditEvent.objects.filter(action="precedent.revision_submitted").count() == ROUNDS


def test_eight_who_take_it_back_are_one(house):
    for _ in range(ROUNDS):
        revision = house.submitted()
        read = readings(revision)
        results = all_at_once(
            lambda number, read=read: revision_withdraw(
                read[number], lock_version=read[number].lock_version, actor=house.author
            )
        )
        assert results == {"won": 1, "StaleState": THREADS - 1}
        assert Revision.objects.get(pk=revision.pk).state == RevisionState.DRAFT


def test_eight_approvals_are_one(house, reviewers):
    for turn in range(ROUNDS):
        revision = house.submitted()
        read = readings(revision)
        results = all_at_once(
            lambda number, read=read: revision_approve(
                read[number], **(house.read(read[number]) | {"reviewer": reviewers[number]})
            )
        )
        assert results == {"won": 1, "StaleState": THREADS - 1}
        assert ReviewDecision.objects.count() == Precedent.objects.exclude(number=None).count() == turn + 1
    assert not list(broken_events())


def test_eight_clicks_of_one_reviewer_are_one_decision_and_no_error(house):
    revision = house.submitted()
    read = readings(revision)
    assert all_at_once(lambda number: revision_approve(read[number], **house.read(read[number]))) == {"won": THREADS}
    assert ReviewDecision.objects.count() == 1
    assert AuditEvent.objects.filter(action="precedent.revision_approved").count() == 1


def test_approving_returning_and_taking_back_at_once_end_in_one_of_them(house, reviewers):
    for turn in range(ROUNDS):
        revision = house.submitted()
        read = readings(revision)

        def deed(number: int, read=read) -> None:
            text = read[number]
            if number % 3 == 0:
                revision_withdraw(text, lock_version=text.lock_version, actor=house.author)
            else:
                decide = revision_approve if number % 3 == 1 else revision_return
                decide(text, **(house.read(text) | {"reviewer": reviewers[number]}))

        assert all_at_once(deed) == {"won": 1, "StaleState": THREADS - 1}, turn
        found = Revision.objects.select_related("precedent").get(pk=revision.pk)
        is_live = found.precedent.live_revision_id == found.pk
        assert is_live is (found.state == RevisionState.APPROVED) is (found.precedent.number is not None)
        assert found.decisions.count() == (0 if found.state == RevisionState.DRAFT else 1)
    assert not list(broken_events())


def test_eight_clicks_on_a_remark_are_one_remark(house):
    revision = house.submitted()
    said = {"section": "gist", "text": "写清楚", "reviewer": house.reviewer, "digest_seen": revision.content_digest}
    read = readings(revision)
    assert all_at_once(lambda number: comment_add(read[number], **said)) == {"won": THREADS}
    assert ReviewComment.objects.count() == 1


def test_eight_answers_of_eight_people_are_one(house):
    revision = house.submitted()
    said = {"section": "gist", "text": "写清楚", "reviewer": house.reviewer, "digest_seen": revision.content_digest}
    asked = comment_add(revision, **said)
    people = [factories.user(Role.EDITOR, within=house.owner) for _ in range(THREADS)]

    def answer(number: int) -> None:
        comment_answer(ReviewComment.objects.get(pk=asked.pk), text=f"答复 {number}", actor=people[number])

    assert all_at_once(answer) == {"won": 1, "StaleState": THREADS - 1}
