"""A precedent that was taken out of use stays out of use, whatever was under way."""

import pytest

from caselib.core.errors import RuleBroken
from caselib.orgs.models import Role
from caselib.precedents.deciding import revision_approve
from caselib.precedents.keeping import precedent_doubt, precedent_retire, precedent_verify
from caselib.precedents.services import revision_start, revision_submit
from caselib.precedents.visibility import PrecedentStatus
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return factories.department()


@pytest.fixture
def precedent(owner):
    return factories.published(owner=owner)


@pytest.fixture
def editor(owner):
    return factories.user(Role.EDITOR, within=owner)


@pytest.fixture
def reviewer(owner):
    return factories.user(Role.REVIEWER, within=owner)


def approved(revision, reviewer):
    return revision_approve(
        revision,
        lock_version=revision.lock_version,
        reviewer=reviewer,
        digest_seen=revision.content_digest,
        comment="核对过，可以入库",
    )


def test_approving_a_revision_that_was_under_way_does_not_bring_it_back(precedent, editor, reviewer):
    revision = revision_start(precedent, author=editor)
    revision_submit(revision, lock_version=revision.lock_version, actor=editor)
    precedent_retire(precedent, reason="政策废止", actor=reviewer)
    with pytest.raises(RuleBroken, match="已经出库"):
        approved(revision, reviewer)
    precedent.refresh_from_db()
    assert precedent.status == PrecedentStatus.RETIRED
    assert precedent.live_revision_id != revision.pk


def test_a_draft_of_a_retired_precedent_is_not_submitted(precedent, editor, reviewer):
    revision = revision_start(precedent, author=editor)
    precedent_retire(precedent, reason="政策废止", actor=reviewer)
    with pytest.raises(RuleBroken, match="已经出库"):
        revision_submit(revision, lock_version=revision.lock_version, actor=editor)


def test_a_retired_precedent_is_neither_revised_nor_doubted(precedent, editor, reviewer):
    precedent_retire(precedent, reason="政策废止", actor=reviewer)
    with pytest.raises(RuleBroken, match="已经出库"):
        revision_start(precedent, author=editor)
    with pytest.raises(RuleBroken, match="已经出库"):
        precedent_doubt(precedent, reason="条文变了", actor=editor)


def test_nothing_takes_its_own_place(precedent, reviewer):
    with pytest.raises(RuleBroken, match="不能是它自己"):
        precedent_retire(precedent, reason="重复", actor=reviewer, successor=precedent)


def test_open_points_outlive_a_new_revision_until_somebody_verifies_it(precedent, editor, reviewer):
    precedent_doubt(precedent, reason="所引条款改了", actor=editor)
    revision = revision_start(precedent, author=editor)
    revision_submit(revision, lock_version=revision.lock_version, actor=editor)
    assert approved(revision, reviewer).status == PrecedentStatus.NEEDS_REVERIFICATION
    precedent.refresh_from_db()
    precedent_verify(precedent, by=reviewer, note="对照过现行文本")
    precedent.refresh_from_db()
    assert precedent.status == PrecedentStatus.PUBLISHED
