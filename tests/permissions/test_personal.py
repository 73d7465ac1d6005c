"""Whose favourites, notes, folders and searches are whose: for everybody else there are none."""

import re

import pytest
from django.http import QueryDict
from django.test import Client

from caselib.catalog.services import tags_named
from caselib.following.models import Follow, SavedSearch
from caselib.following.searches.asked import asked_from
from caselib.following.searches.services import search_save
from caselib.orgs.models import CONTENT_ROLES, Role
from caselib.orgs.scope import scope_of
from caselib.personal.favourites import favourite_add
from caselib.personal.folder_items import item_add
from caselib.personal.folders import FolderFacts, folder_create
from caselib.personal.models import Favourite, Folder, FolderItem, PrivateNote
from caselib.personal.notes import note_save
from caselib.precedents.visibility import Audience
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("index")]
SECRET = "qzsecret"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def home():
    return factories.department()


@pytest.fixture
def mine(home):
    """One who kept one of each."""
    user = factories.user(Role.WINDOW, within=home)
    scope, precedent = scope_of(user), factories.published()
    favourite_add(precedent, scope=scope)
    note_save(precedent, f"{SECRET}笔记", lock_version=0, scope=scope)
    for name, department in ((f"{SECRET}私的", None), (f"{SECRET}共享", home.pk)):
        item_add(folder_create(FolderFacts(name, "", department), scope=scope), precedent, scope=scope, remark=SECRET)
    search_save(user, asked_from(QueryDict("q=前租户")), name=f"{SECRET}搜索", frequency="daily", scope=scope)
    return user


PAGES = ("/mine/", "/mine/notes/", "/mine/recent/", "/mine/folders/", "/mine/searches/", "/mine/searches/new/?q=a")


@pytest.mark.parametrize("role", Role)
def test_pages_are_for_who_reads_content(role, index):
    client = signed_in(factories.user(role))
    precedent = factories.published()
    allowed = role in CONTENT_ROLES
    for address in PAGES:
        assert client.get(address).status_code == (200 if allowed else 403), address
    assert ('href="/mine/"' in client.get("/").content.decode()) is allowed
    assert client.get(f"/mine/put/{precedent.code}/").status_code == (200 if allowed else 403)
    posted = [
        client.post(f"/mine/star/{precedent.code}/", {"on": "1"}), client.post(f"/mine/notes/{precedent.code}/", {"note": "记"}),
        client.post("/mine/folders/new/", {"name": "夹"}), client.post("/mine/searches/save/", {"address": "q=a", "frequency": "off"}),
        client.post("/mine/recent/clear/"), client.post("/notices/tag/", {"tag": "x"}),
    ]  # fmt: skip
    rows = (Favourite, PrivateNote, Folder, SavedSearch)
    assert [model.objects.count() for model in rows] == ([1] * 4 if allowed else [0] * 4)
    assert {each.status_code for each in posted} == ({302, 422} if allowed else {403})


@pytest.mark.parametrize("role", [Role.WINDOW, Role.EDITOR, Role.DEPARTMENT_ADMIN])
@pytest.mark.parametrize("is_colleague", [True, False])
def test_what_is_private_is_there_for_nobody_else(mine, home, index, role, is_colleague):
    client = signed_in(factories.user(role, within=home if is_colleague else None))
    private, shared = Folder.objects.get(owner=mine), Folder.objects.get(owner=None)
    search, star, note = SavedSearch.objects.get(), Favourite.objects.get(), PrivateNote.objects.get()
    item = private.items.get()
    gone = [
        *(client.post(f"/mine/searches/{search.pk}/{deed}/", {"name": "x", "frequency": "off"}) for deed in ("open", "edit", "delete")),
        client.get(f"/mine/folders/{private.code}/"),
        *(client.post(f"/mine/folders/{private.code}/{deed}/", {"name": "x", "to": "1"}) for deed in ("edit", "delete", "keeper", item.pk)),
        client.post(f"/mine/put/{item.precedent.code}/into/", {"folder": private.code}),
    ]  # fmt: skip
    assert {each.status_code for each in gone} == {404}
    for address in (f"/mine/unstar/{star.pk}/", f"/mine/notes/{note.pk}/drop/"):
        assert client.post(address).status_code == 302
    assert [model.objects.count() for model in (Favourite, PrivateNote, SavedSearch, FolderItem)] == [1, 1, 1, 2]
    told = "".join(client.get(address).content.decode() for address in (*PAGES, f"/p/{item.precedent.code}/"))
    assert ("qzsecret共享" in told) is is_colleague
    assert not any(f"{SECRET}{word}" in told for word in ("笔记", "私的", "搜索"))
    page = client.get(f"/mine/folders/{shared.code}/")
    assert page.status_code == (200 if is_colleague else 404)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [(Role.WINDOW, False), (Role.REVIEWER, False), (Role.EDITOR, True), (Role.DEPARTMENT_ADMIN, True)],
)
def test_a_shared_folder_is_changed_by_editors_and_refused_to_others_with_the_reason(mine, home, role, allowed):
    client = signed_in(factories.user(role, within=home))
    shared = Folder.objects.get(owner=None)
    item = shared.items.get()
    answered = [
        client.post(f"/mine/folders/{shared.code}/edit/", {"name": "改名", "department": home.pk, "lock": "0"}),
        client.post(f"/mine/folders/{shared.code}/{item.pk}/", {"remark": "改了", "was": SECRET}),
        client.post(f"/mine/folders/{shared.code}/keeper/", {"to": mine.pk}),
        client.post(f"/mine/folders/{shared.code}/{item.pk}/", {"deed": "remove"}),
        client.post(f"/mine/folders/{shared.code}/delete/"),
    ]
    assert {each.status_code for each in answered} == ({302} if allowed else {403})
    assert Folder.objects.filter(pk=shared.pk).exists() is not allowed
    if not allowed:
        assert "保管" in answered[0].content.decode()


def test_nothing_of_a_hidden_precedent_can_be_kept_or_is_told(mine, home, index):
    hidden = factories.published(title=f"{SECRET}标题", audience=Audience.DEPARTMENT)
    client = signed_in(mine)
    for address in (f"/mine/star/{hidden.code}/", f"/mine/notes/{hidden.code}/", f"/mine/put/{hidden.code}/into/"):
        assert client.post(address, {"on": "1", "note": "a", "name": "b"}).status_code == 404
    assert client.post("/mine/star/", {"add": hidden.code}).status_code == 404
    assert client.get(f"/mine/put/{hidden.code}/").status_code == 404
    assert f"{SECRET}标题" not in "".join(client.get(address).content.decode() for address in PAGES)


def test_a_tag_is_followed_by_name_or_key_and_an_unknown_one_is_none(mine):
    (tag,) = tags_named(["前租户"], actor=None)
    client = signed_in(mine)
    assert client.post("/notices/tag/", {"tag": " 前租户 "}).status_code == 302
    assert client.post("/notices/tag/", {"tag": "没有这个"}).status_code == 422
    for code in ("0", "x", "９", "9" * 30):
        assert client.post(f"/notices/tag/{code}/", {"on": "1"}).status_code == 404
    response = client.post(f"/notices/tag/{tag.pk}/", {"on": "0"})
    assert response["Location"].startswith("/search/?q=")
    assert Follow.objects.count() == 0


@pytest.mark.parametrize("address", [*PAGES, "/mine/star/x/", "/mine/folders/x/", "/mine/searches/1/open/"])
def test_nobody_gets_in_without_signing_in(address):
    for response in (Client().get(address), Client().post(address)):
        assert response.status_code == 302
        assert response["Location"].startswith("/account/sign-in/")


def test_a_note_about_what_went_out_of_sight_is_given_back_and_tells_nothing(home):
    hidden = factories.published(title="别的部门的办法", audience=Audience.DEPARTMENT)
    client = Client()
    client.force_login(factories.user(Role.WINDOW, within=home))
    pages = [client.post(f"/mine/notes/{code}/", {"note": "写了半天<b>"}) for code in (hidden.code, "aaaaaaaaaaaa")]
    assert [page.status_code for page in pages] == [404, 404]
    told = {re.sub(r'value="[^"]*"', "", page.content.decode()) for page in pages}
    assert len(told) == 1
    assert "写了半天&lt;b&gt;</textarea>" in told.pop()
    assert not PrivateNote.objects.exists()
