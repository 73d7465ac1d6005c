"""Eight clicks in the same moment: one star, one line, one saved search; of eight notes one wins and no other is lost unseen."""

import pytest
from django.http import QueryDict

from caselib.following.models import SavedSearch
from caselib.following.searches import services as saving
from caselib.following.searches.asked import asked_from
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.personal.favourites import favourite_add
from caselib.personal.folder_items import item_add
from caselib.personal.folders import FolderFacts, folder_create
from caselib.personal.models import Favourite, PrivateNote
from caselib.personal.notes import note_save
from tests import factories

from .test_transitions import THREADS, all_at_once, shared_database  # noqa: F401 - the fixture is used by name

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_database")]


@pytest.fixture
def reader():
    return factories.user(Role.WINDOW)


def test_eight_clicks_are_one_star(reader):
    precedent, scope = factories.published(), scope_of(reader)
    assert all_at_once(lambda _: favourite_add(precedent, scope=scope)) == {"won": THREADS}
    assert Favourite.objects.count() == 1


def test_eight_first_notes_are_one_and_the_others_are_told(reader):
    precedent, scope = factories.published(), scope_of(reader)
    outcome = all_at_once(lambda n: note_save(precedent, f"第 {n} 份", lock_version=0, scope=scope))
    assert outcome == {"won": 1, "StaleState": THREADS - 1}
    assert PrivateNote.objects.get().lock_version == 1


def test_eight_lines_at_once_stand_in_an_order_without_gaps(reader):
    made, scope = [factories.published() for _ in range(THREADS)], scope_of(reader)
    folder = folder_create(FolderFacts("共享", "", scope.home_department_id), scope=scope)
    assert all_at_once(lambda n: item_add(folder, made[n], scope=scope)) == {"won": THREADS}
    assert list(folder.items.values_list("position", flat=True)) == list(range(THREADS))


def test_eight_clicks_save_one_search(reader, monkeypatch):
    # The index is not what this is about.
    monkeypatch.setattr(saving, "known_now", lambda *_: {})
    asked, scope = asked_from(QueryDict("q=前租户")), scope_of(reader)
    saved = all_at_once(lambda _: saving.search_save(reader, asked, name="", frequency="daily", scope=scope))
    assert saved == {"won": THREADS}
    reader.refresh_from_db()
    assert (SavedSearch.objects.count(), reader.follow_count) == (1, 1)
