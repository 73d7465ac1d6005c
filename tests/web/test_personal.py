"""我的案例 as pages: one click, forms that keep what was typed, two windows, nothing told of what is hidden."""

import html
import re

import pytest
from django.test import Client

from caselib.following.models import SavedSearch
from caselib.orgs.models import Role
from caselib.personal.models import Favourite, Folder, PrivateNote, RecentOpening
from caselib.personal.recent import openings
from tests import factories

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\"'><img src=x>"
PHONE = "13800138000"


@pytest.fixture
def reader():
    return factories.user(Role.WINDOW)


@pytest.fixture
def client(reader) -> Client:
    client = Client()
    client.force_login(reader)
    return client


def shown(response) -> str:
    return response.content.decode()


def test_one_click_keeps_a_precedent_and_leads_back(reader):
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader)
    precedent = factories.published()
    address = f"/p/{precedent.code}/?from=x"
    page = client.get(address)
    assert f'action="/mine/star/{precedent.code}/"' in shown(page)
    assert client.post(f"/mine/star/{precedent.code}/", {"on": "1"}).status_code == 403, "without the token"
    for on, told in (("1", "已收藏"), ("1", "已收藏"), ("0", 'value="1"'), ("0", 'value="1"')):
        posted = {"on": on, "next": address, "csrfmiddlewaretoken": str(page.context["csrf_token"])}
        response = client.post(f"/mine/star/{precedent.code}/", posted, follow=True)
        assert response.redirect_chain == [(address, 302)]
        assert told in shown(response)
        assert Favourite.objects.count() == int(on)


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "pages:home", ""])
def test_the_star_leads_to_no_other_site(client, away):
    response = client.post(f"/mine/star/{factories.published().code}/", {"on": "1", "next": away})
    assert response["Location"] == "/mine/"


def test_each_result_has_its_star_and_one_form_serves_them_all(client, index):
    precedent = factories.published()
    index.refresh()
    assert f'form="star" name="add" value="{precedent.code}"' in shown(client.get("/search/?q=注销"))
    client.post("/mine/star/", {"add": precedent.code, "next": "/search/?q=注销"})
    page = shown(client.get("/search/?q=注销"))
    assert page.count('<form id="star"') == 1
    assert f'form="star" name="drop" value="{precedent.code}"' in page
    client.post("/mine/star/", {"drop": precedent.code})
    assert Favourite.objects.count() == 0


def test_a_note_is_folded_on_the_page_and_warns_in_place(client):
    precedent = factories.published()
    response = client.post(f"/mine/notes/{precedent.code}/", {"note": f"{HOSTILE} {PHONE}", "lock": "0"}, follow=True)
    assert response.redirect_chain == [(f"/p/{precedent.code}/#keep", 302)]
    assert html.escape(HOSTILE) in shown(response) and "<script>alert" not in shown(response)
    assert "有个人信息（手机号），只您看得到；建议删。" in shown(response)
    assert '<details class="keep no-print" id="keep">' in shown(response)


def test_the_second_window_gets_both_texts_and_saves_over_the_first_only_when_told_to(client):
    precedent = factories.published()
    client.post(f"/mine/notes/{precedent.code}/", {"note": "第一份", "lock": "0"})
    response = client.post(f"/mine/notes/{precedent.code}/", {"note": "第二份", "lock": "0"})
    assert response.status_code == 409
    assert "第一份" in shown(response) and "\n第二份</textarea>" in shown(response)
    assert PrivateNote.objects.get().text == "第一份"
    lock = re.search(r'name="lock" value="(\d+)"', shown(response))[1]
    assert client.post(f"/mine/notes/{precedent.code}/", {"note": "合成", "lock": lock}).status_code == 302
    assert PrivateNote.objects.get().text == "合成"


def test_a_note_that_is_too_long_is_given_back_whole(client):
    precedent, long = factories.published(), "长" * 2001
    response = client.post(f"/mine/notes/{precedent.code}/", {"note": long, "lock": "０"})
    assert response.status_code == 422
    assert long in shown(response)
    assert client.post(f"/mine/notes/{precedent.code}/", {"note": "长" * 200_000}).status_code == 422
    assert PrivateNote.objects.count() == 0


def test_opening_a_precedent_writes_nothing_and_shows_under_recent(client, reader):
    precedent = factories.published(title="看过一眼的")
    openings.taken()
    client.get(f"/p/{precedent.code}/")
    assert RecentOpening.objects.count() == 0
    openings.flush()
    assert "看过一眼的" in shown(client.get("/mine/recent/"))
    other = Client()
    other.force_login(factories.user(Role.WINDOW))
    assert "看过一眼的" not in shown(other.get("/mine/recent/"))
    client.post("/mine/recent/clear/")
    assert "看过一眼的" not in shown(client.get("/mine/recent/"))


def test_a_folder_from_the_page_of_a_precedent_to_the_list_as_text(client, reader):
    precedent = factories.published(title="要放进去的")
    department = reader.memberships.get().department_id
    response = client.post(
        f"/mine/put/{precedent.code}/into/", {"name": "常用", "remark": f"先看 {PHONE}", "folder": ""}
    )
    folder = Folder.objects.get()
    assert response["Location"] == f"/mine/folders/{folder.code}/"
    page = shown(client.get(response["Location"]))
    assert "要放进去的" in page and "先看 〔手机号〕" in page and PHONE not in page
    assert "像个人信息的地方已换成" in page
    item = folder.items.get()
    client.post(f"/mine/folders/{folder.code}/{item.pk}/", {"remark": HOSTILE, "was": item.remark})
    posted = {"name": "常用的", "description": HOSTILE, "department": department, "lock": "0"}
    assert client.post(f"/mine/folders/{folder.code}/edit/", posted).status_code == 302
    page = shown(client.get(f"/mine/folders/{folder.code}/"))
    assert "共享</span>" in page and "<script>alert" not in page
    assert "已经在 1 个里" in shown(client.get(f"/p/{precedent.code}/"))
    assert "已经在里面" in shown(client.get(f"/mine/put/{precedent.code}/"))


def test_what_is_refused_keeps_what_was_typed(client, reader):
    precedent = factories.published()
    for address, typed in (
        ("/mine/folders/new/", {"name": "", "description": "写了半天的说明"}),
        (f"/mine/put/{precedent.code}/into/", {"name": "", "remark": "写了半天的备注", "folder": ""}),
    ):
        response = client.post(address, typed)
        assert response.status_code == 422
        assert "写了半天的" in shown(response) and 'role="alert"' in shown(response)
    assert Folder.objects.count() == 0
    client.post("/mine/folders/new/", {"name": "一"})
    folder = Folder.objects.get()
    client.post(f"/mine/folders/{folder.code}/edit/", {"name": "二", "lock": "0"})
    response = client.post(f"/mine/folders/{folder.code}/edit/", {"name": "三", "lock": "0"})
    assert response.status_code == 409 and 'value="三"' in shown(response)


@pytest.mark.parametrize("department", ["x", "-1", "９", "9" * 30, "999999"])
def test_a_department_that_is_made_up_is_refused(client, department):
    response = client.post("/mine/folders/new/", {"name": "一", "department": department})
    assert response.status_code == 403
    assert Folder.objects.count() == 0


def test_a_search_is_saved_from_the_results_with_its_filters(client, index):
    factories.published(theme=factories.theme("主题甲"))
    index.refresh()
    page = shown(client.get("/search/?q=注销&theme=主题甲"))
    link = html.unescape(re.search(r'href="(/mine/searches/new/[^"]*)"', page)[1])
    form = shown(client.get(link))
    address = html.unescape(re.search(r'name="address" value="([^"]*)"', form)[1])
    response = client.post("/mine/searches/save/", {"address": address, "name": "", "frequency": "daily"}, follow=True)
    saved = SavedSearch.objects.get()
    assert (saved.name, "事项主题：主题甲" in shown(response)) == ("注销", True)
    opened = client.post(f"/mine/searches/{saved.pk}/open/", {"until": "x"})
    assert opened["Location"] == f"/search/?{saved.address}"
    assert client.get(opened["Location"]).status_code == 200


def test_a_search_that_is_refused_keeps_name_and_question(client, index):
    response = client.post("/mine/searches/save/", {"address": "q=注销", "name": "好名字", "frequency": "never"})
    assert response.status_code == 422
    assert "好名字" in shown(response) and "q=%E6%B3%A8%E9%94%80" in shown(response)
    client.post("/mine/searches/save/", {"address": "q=注销", "name": "好名字", "frequency": "off"})
    saved = SavedSearch.objects.get()
    response = client.post(f"/mine/searches/{saved.pk}/edit/", {"name": "", "frequency": "off"})
    assert response.status_code == 422 and 'role="alert"' in shown(response)
    assert client.post(f"/mine/searches/{saved.pk}/delete/").status_code == 302
    assert client.post(f"/mine/searches/{saved.pk}/delete/").status_code == 404


def test_a_search_with_a_filter_that_is_gone_says_so(client, index):
    client.post("/mine/searches/save/", {"address": "q=注销&theme=没有了", "name": "旧的", "frequency": "daily"})
    assert "筛选“事项主题：没有了”已经没有了" in shown(client.get("/mine/searches/"))
    assert SavedSearch.objects.count() == 1


def test_a_tag_is_followed_from_the_results_for_it(client, index):
    factories.published(tags=("前租户",))
    index.refresh()
    page = shown(client.get("/search/?q=前租户"))
    assert re.search(r'action="/notices/tag/\d+/"', page)
    assert "/notices/tag/" not in shown(client.get("/search/?q=别的词"))
    address = re.search(r'action="(/notices/tag/\d+/)"', page)[1]
    assert "不再关注" not in shown(client.post(address, {"on": "1"}, follow=True))
    assert "已关注" in shown(client.get("/search/?q=前租户"))


@pytest.mark.parametrize("asked", ["q=\x00", "q=" + "长" * 5000, "page=９", "page=-1&order=x", "order=title&q=%ff"])
def test_any_address_is_answered(client, asked):
    for address in ("/mine/", "/mine/notes/", "/mine/searches/new/"):
        assert client.get(f"{address}?{asked}").status_code == 200


def test_keys_beyond_all_numbers_are_none(client):
    for address in ("/mine/unstar/", "/mine/notes/"):
        key = "9" * 30
        tail = "drop/" if address.endswith("notes/") else ""
        assert client.post(f"{address}{key}/{tail}").status_code == 302
    assert client.post(f"/mine/searches/{'9' * 30}/open/").status_code == 404
