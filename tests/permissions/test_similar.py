"""Similar precedents tell nobody of one that he may not open: role x place x audience x status, drafts and texts too."""

import numpy as np
import pytest
from django.test import Client

from caselib.orgs.models import Role, User
from caselib.orgs.scope import NOBODY
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import FINDABLE, Audience, PrecedentStatus
from caselib.search import similar as module
from caselib.search.outbox import rebuild
from caselib.search.semantic.snapshot import Closeness
from caselib.search.similar import similar_to, similar_to_text

from .test_visibility import built

pytestmark = pytest.mark.django_db
# More than there are in the world.
ALL = 50


@pytest.fixture
def world(index, monkeypatch):
    """The world of the visibility matrix, whose precedents all tell the same trouble and are as close as can be."""
    made = built()
    rebuild()
    orders = np.array(sorted(Precedent.objects.values_list("pk", flat=True)), np.int64)
    scores = np.linspace(0.8, 0.9, len(orders), dtype=np.float32)
    monkeypatch.setattr(module, "closeness_of_object", lambda pk: Closeness(orders, scores, 0.5, 0.9))
    return made


def may_find(scope) -> set[int]:
    visible = Precedent.objects.visible_to(scope).filter(status__in=FINDABLE)
    return set(visible.values_list("pk", flat=True))


def test_exactly_what_the_viewer_finds_is_similar_and_never_itself(world):
    shown = 0
    for viewer, scope in [*world.viewers.items(), ("nobody", NOBODY)]:
        allowed = may_find(scope)
        for cell, precedent in world.precedents.items():
            revision = precedent.live_revision or precedent.revisions.get()
            rows = {one.row.pk for one in similar_to(precedent, revision, scope=scope, most=ALL)}
            assert rows == allowed - {precedent.pk}, (viewer, cell)
            shown += len(rows)
    assert shown


def test_a_text_that_is_written_finds_exactly_what_its_author_finds(world):
    text = world.precedents[PrecedentStatus.PUBLISHED, Audience.LIBRARY].live_revision
    for viewer, scope in [*world.viewers.items(), ("nobody", NOBODY)]:
        rows = similar_to_text(title=text.title, problem=text.problem, scope=scope, most=ALL)
        assert {one.row.pk for one in rows} == may_find(scope), viewer


def test_what_was_hidden_or_taken_out_is_gone_before_the_index_knows(world):
    scope = world.viewers[Role.WINDOW, "elsewhere"]
    first = world.precedents[PrecedentStatus.PUBLISHED, Audience.LIBRARY]
    other = world.precedents[PrecedentStatus.NEEDS_REVERIFICATION, Audience.LIBRARY]
    assert [one.row.pk for one in similar_to(first, first.live_revision, scope=scope)] == [other.pk]
    for change in (
        {"audience": Audience.DEPARTMENT},
        {"status": PrecedentStatus.RETIRED, "audience": Audience.LIBRARY},
    ):
        Precedent.objects.filter(pk=other.pk).update(**change)
        assert similar_to(first, first.live_revision, scope=scope) == ()


def test_the_page_says_nothing_where_all_that_is_similar_is_hidden(world):
    first = world.precedents[PrecedentStatus.PUBLISHED, Audience.LIBRARY]
    other = world.precedents[PrecedentStatus.NEEDS_REVERIFICATION, Audience.LIBRARY]
    client = Client()
    client.force_login(User.objects.get(pk=world.viewers[Role.WINDOW, "elsewhere"].user_id))
    assert "相近的案例" in client.get(f"/p/{first.code}/").content.decode()
    Precedent.objects.filter(pk=other.pk).update(audience=Audience.DEPARTMENT)
    assert "相近" not in client.get(f"/p/{first.code}/").content.decode()
