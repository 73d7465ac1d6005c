"""What one keeps asks the database as often for two as for twenty; the page of a precedent pays one query for it."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.core import clock
from caselib.following.models import SearchNews
from caselib.following.searches.asked import asked_from
from caselib.following.searches.services import search_save
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.personal.favourites import favourite_add
from caselib.personal.folder_items import item_add
from caselib.personal.folders import FolderFacts, folder_create
from caselib.personal.models import Folder
from caselib.personal.notes import note_save
from caselib.personal.recent import Opened, openings_write
from caselib.personal.selectors import keep_for_page
from tests import factories
from tests.search.conftest import index  # noqa: F401 - the fixture is used by name

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("index")]


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def keeper(count: int) -> tuple[Client, str]:
    """Somebody with so many of everything, signed in, and the code of a folder with so many lines."""
    user = factories.user(Role.WINDOW)
    scope, client = scope_of(user), Client()
    client.force_login(user)
    for n in range(count):
        precedent = factories.published(theme=factories.theme(f"主题{n}"))
        favourite_add(precedent, scope=scope)
        note_save(precedent, f"第 {n} 条", lock_version=0, scope=scope)
        openings_write([Opened(user.pk, precedent.pk, clock.now())])
        for department in (None, scope.home_department_id):
            folder = folder_create(FolderFacts(f"夹{n}", "", department), scope=scope)
            item_add(folder, precedent, scope=scope)
        asked = asked_from(QueryDict(f"q=第{n}问&theme=主题{n}"))
        search, _ = search_save(user, asked, name="", frequency="daily", scope=scope)
        SearchNews.objects.create(search=search, precedent=precedent, kind="new", at=clock.now())
    full = Folder.objects.filter(department=scope.home_department_id).first()
    for each in user.favourites.select_related("precedent"):
        item_add(full, each.precedent, scope=scope)
    return client, full.code


def test_two_and_twenty_take_the_same():
    (few, few_code), (many, many_code) = keeper(2), keeper(20)
    pages = (
        "/mine/",
        "/mine/?q=第&order=title",
        "/mine/notes/?q=第",
        "/mine/recent/",
        "/mine/folders/",
        "/mine/searches/",
        "/notices/",
    )
    for address in pages:
        queries(few, address)
        count = queries(few, address)
        assert queries(many, address) == count, address
        assert count <= 21, address
    assert queries(few, f"/mine/folders/{few_code}/") == queries(many, f"/mine/folders/{many_code}/") <= 11


def test_the_page_of_a_precedent_pays_one_query():
    precedent, scope = factories.published(), scope_of(factories.user(Role.WINDOW))
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            keep_for_page(precedent, scope)
    assert len(captured) == 1


def test_put_into_a_folder_takes_the_same_for_two_and_twenty():
    (few, _), (many, _) = keeper(2), keeper(20)
    code = factories.published().code
    queries(few, f"/mine/put/{code}/")
    assert queries(few, f"/mine/put/{code}/") == queries(many, f"/mine/put/{code}/")
