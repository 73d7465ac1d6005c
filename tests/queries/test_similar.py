"""Similar precedents cost the page of a precedent the same for one and for five, and one query more than none."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.orgs.models import Role
from caselib.precedents.deciding import revision_approve
from caselib.precedents.keeping import precedent_doubt
from caselib.precedents.services import revision_start, revision_submit
from tests import factories
from tests.search.conftest import index

__all__ = ["index"]
pytestmark = pytest.mark.django_db
MOST = 12


def test_the_page_asks_the_same_for_one_and_for_five_similar_ones(index):
    client = Client()
    client.force_login(factories.user(Role.WINDOW))
    owner = factories.department()
    counts = []

    def count(shown: int, code: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            page = client.get(f"/p/{code}/").content.decode()
        assert page.count("list__main") == shown
        return len(captured)

    first = factories.published(owner=owner, citations=(factories.citation(factories.clause()),))
    index.refresh()
    alone = count(0, first.code)
    for number in range(1, 6):
        precedent_doubt(factories.published(owner=owner), reason=f"第 {number} 点", actor=None)
        if number in (1, 5):
            index.refresh()
            counts.append(count(number, first.code))
    assert counts[0] == counts[1] == alone + 2
    assert counts[0] <= 12
    precedent_doubt(first, reason="待核", actor=None)
    assert count(5, first.code) <= MOST


def publish_again(precedent) -> None:
    editor = factories.user(Role.EDITOR, within=precedent.owner_department)
    draft = revision_start(precedent, author=editor)
    draft = revision_submit(draft, lock_version=draft.lock_version, actor=editor)
    reviewer = factories.user(Role.REVIEWER, within=precedent.owner_department)
    revision_approve(
        draft,
        lock_version=draft.lock_version,
        reviewer=reviewer,
        digest_seen=draft.content_digest,
        comment="可以入库",
    )


def test_the_trail_of_a_precedent_asks_once_for_two_and_for_many_versions():
    client = Client()
    client.force_login(factories.user(Role.WINDOW))
    counts = []
    precedent = factories.published()
    for versions in (2, 8):
        while precedent.revisions.count() < versions:
            publish_again(precedent)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(f"/p/{precedent.code}/").content.decode()
        assert page.count("版发布") == versions
        counts.append(len(captured))
    assert counts[0] == counts[1]
