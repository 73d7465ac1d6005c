"""What search tells whom: rows, totals, facet counts, families and reasons, over role x place x audience x status.

All precedents tell the same story with the same facts, so each is a near-duplicate of each, close to the question by
meaning, and stands in every family and count that lets it in.
"""

import numpy as np
import pytest

from caselib.orgs.scope import NOBODY
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import FINDABLE
from caselib.search import ranking
from caselib.search.fields import FACET_NAMES
from caselib.search.outbox import rebuild
from caselib.search.selectors import results_for_page
from caselib.search.semantic.snapshot import Closeness

from .test_visibility import built

pytestmark = pytest.mark.django_db
QUESTION = "前租户联系不上，住所被占用，营业执照办不下来"


@pytest.fixture
def world(index, monkeypatch):
    made = built()
    rebuild()
    orders = np.array(sorted(Precedent.objects.values_list("pk", flat=True)), np.int64)
    scores = np.linspace(0.8, 0.9, len(orders), dtype=np.float32)
    # As close by meaning as can be, drafts and retired ones too: vectors know no audience.
    monkeypatch.setattr(ranking, "closeness", lambda *texts: Closeness(orders, scores, 0.5, 0.9))
    return made


@pytest.mark.parametrize("text", [QUESTION, "", "营业执照", "yyzz"])
def test_rows_totals_and_facets_tell_of_nothing_but_what_the_viewer_may_see(world, text):
    for viewer, scope in [*world.viewers.items(), ("nobody", NOBODY)]:
        may_see = set(Precedent.objects.visible_to(scope).filter(status__in=FINDABLE).values_list("pk", flat=True))
        page = results_for_page(scope=scope, text=text, per_page=50)
        assert {row.pk for row in page.rows} <= may_see, viewer
        assert page.total == len(page.rows), viewer
        for group in page.facets:
            assert group.name in FACET_NAMES
            assert all(value.count <= len(page.rows) for value in group.values), (viewer, group.name)
    everything = results_for_page(scope=scope_with_most(world), text=QUESTION, per_page=50)
    assert len(everything.rows) == len(FINDABLE) * 3, "the question finds all that its viewer may see"


def scope_with_most(world):
    return max(world.viewers.values(), key=lambda scope: Precedent.objects.visible_to(scope).count())


def test_families_and_reasons_name_only_what_the_viewer_may_see(world):
    told = 0
    for viewer, scope in world.viewers.items():
        visible = set(Precedent.objects.visible_to(scope).filter(status__in=FINDABLE).values_list("code", flat=True))
        for row in results_for_page(scope=scope, text=QUESTION).rows:
            if row.family is not None:
                told += 1
                assert {member.code for member in row.family.members} <= visible, viewer
    assert told, "near-duplicates that may be seen stand in families"


def test_what_is_hidden_moves_no_share_that_is_shown(world):
    """The best score for words is of those that the viewer may see: or a hidden one would lower all shares."""
    scopes = [scope for (role, place), scope in world.viewers.items() if place == "elsewhere" and scope.reads_content]
    before = results_for_page(scope=scopes[0], text=QUESTION)
    Precedent.objects.exclude(pk__in=[row.pk for row in before.rows]).update(status="draft")
    rebuild()
    after = results_for_page(scope=scopes[0], text=QUESTION)
    assert [row.pk for row in after.rows] == [row.pk for row in before.rows]
    assert before.fits is after.fits
