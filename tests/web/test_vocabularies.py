"""The room of vocabularies: lists, forms that lose nothing, merging with a look before, Excel in and out, the picker."""

import html
import json
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from caselib.catalog.causes import ClassFacts, SchemeFacts, scheme_create
from caselib.catalog.matters import MatterFacts, matter_create, matter_edit, matter_switch
from caselib.catalog.models import Cause, Matter, Scheme, Tag
from caselib.catalog.services import tags_named
from caselib.catalog.tags import tag_create
from caselib.orgs.models import Department, Region, Role
from tests import factories

pytestmark = pytest.mark.django_db
ROOM = "/desk/words/"
MARKUP = "<script>alert(1)</script>甲"


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(factories.user(Role.DEPARTMENT_ADMIN))
    return client


def text_of(response) -> str:
    return html.unescape(response.content.decode())


def made(name: str = "企业设立登记", **values) -> Matter:
    return matter_create(MatterFacts(name=name, theme=factories.theme(), **values), actor=None)


def form(matter: Matter | None = None, **values: str) -> dict[str, str]:
    sent = {"name": "企业设立登记", "theme": str(factories.theme().pk), "lock_version": "0"}
    return sent | ({"lock_version": str(matter.lock_version)} if matter else {}) | values


def book(*rows) -> SimpleUploadedFile:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    stream = BytesIO()
    workbook.save(stream)
    return SimpleUploadedFile("事项.xlsx", stream.getvalue())


# -- lists -----------------------------------------------------------------------------------------------------------


def test_the_room_leads_to_every_vocabulary_with_its_count(client):
    made()
    tags_named(["VAT", "ｖａｔ"], actor=None)
    page = text_of(client.get(ROOM))
    for slug in ("matters", "causes", "schemes", "tags", "departments", "regions"):
        assert f'href="{ROOM}{slug}/"' in page
    assert "写法相近 2" in page
    assert "没人用 2" in page


@pytest.mark.parametrize("wanted", ["企业设立", "办执照", "qysldj", "qiyeshel", "企業設立", "市场监督", "000131002000"])
def test_a_matter_is_found_by_whatever_it_is_called(client, wanted):
    made(aliases=["办执照"], department_kind="市场监督管理局", basic_code="000131002000")
    made("歇业备案")
    page = text_of(client.get(f"{ROOM}matters/", {"q": wanted}))
    assert "企业设立登记</a>" in page
    assert "歇业备案</a>" not in page


def test_a_list_says_how_often_an_entry_is_used_and_who_changed_it_last(client):
    matter = made()
    factories.published(matter=matter)
    factories.draft(matter=matter)
    actor = factories.user(Role.DEPARTMENT_ADMIN)
    matter_edit(
        matter.pk, MatterFacts(name=matter.name, theme=matter.theme, audience="法人"), lock_version=1, actor=actor
    )
    page = text_of(client.get(f"{ROOM}matters/"))
    assert '案例 <b class="num">1</b> 件' in page
    assert '草稿 <b class="num">1</b> 件' in page
    assert str(actor) in page


def test_empty_and_huge_lists_and_pages_beyond_the_end(client):
    assert "一条也没有" in text_of(client.get(f"{ROOM}matters/"))
    assert "没有对上的" in text_of(client.get(f"{ROOM}matters/", {"q": "没有这个"}))
    Matter.objects.bulk_create([Matter(name=f"第{n:04d}事项", theme=factories.theme()) for n in range(650)])
    page = text_of(client.get(f"{ROOM}matters/", {"page": "99999999"}))
    assert "第 22 页，共 22 页 · 650 项" in page
    assert client.get(f"{ROOM}matters/", {"q": "长" * 5000, "state": "<b>", "page": "-1"}).status_code == 200


def test_regions_stand_as_a_tree(client):
    city = factories.region("甲市")
    district = factories.region("甲市乙区", parent=city)
    factories.region("甲市乙区丙街道", parent=district)
    page = text_of(client.get(f"{ROOM}regions/"))
    assert page.index("wordlist--0") < page.index("wordlist--1") < page.index("wordlist--2")


# -- forms -----------------------------------------------------------------------------------------------------------


def test_a_matter_is_made_changed_and_renamed(client):
    response = client.post(
        f"{ROOM}matters/new/", form(aliases="办执照，开公司\n注册公司", key_matter="国家", key_batch="第一批")
    )
    matter = Matter.objects.get()
    assert response["Location"] == f"{ROOM}matters/{matter.pk}/"
    assert (matter.aliases, matter.key_matter, matter.key_batch) == (["办执照", "开公司", "注册公司"], "国家", "第一批")
    client.post(f"{ROOM}matters/{matter.pk}/", form(matter, name="经营主体设立登记"))
    page = text_of(client.get(f"{ROOM}matters/{matter.pk}/"))
    assert "名称：企业设立登记 → 经营主体设立登记" in page
    assert "企业设立登记" in page


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"name": "长" * 20_000}, "最多 64 个"),
        ({"name": ""}, "“名称”还没写"),
        ({"theme": ""}, "“主题”还没选"),
        ({"theme": "x"}, "“主题”还没选"),
        ({"basic_code": "12"}, "是 12 位，您写了 2 位"),
        ({"name": "歇业备案"}, "已经有事项“歇业备案”"),
    ],
)
def test_what_is_refused_comes_back_as_it_was_typed_with_the_reason(client, values, told):
    made("歇业备案")
    sent = form(aliases=f"{MARKUP}\n第二个", materials="身份证", **values)
    response = client.post(f"{ROOM}matters/new/", sent)
    assert response.status_code == 422
    assert told in text_of(response)
    assert MARKUP in text_of(response)
    assert "<script>alert" not in response.content.decode()
    assert sent["name"] in text_of(response)
    assert Matter.objects.count() == 1


def test_who_saves_second_keeps_every_word_and_may_save_over_it(client):
    matter = made()
    matter_edit(
        matter.pk, MatterFacts(name=matter.name, theme=matter.theme, audience="法人"), lock_version=1, actor=None
    )
    response = client.post(f"{ROOM}matters/{matter.pk}/", form(matter, department_kind="我写的部门"))
    page = text_of(response)
    assert response.status_code == 409
    assert "我写的部门" in page
    assert "服务对象：空 → 法人" in page
    assert (
        client.post(f"{ROOM}matters/{matter.pk}/", form(department_kind="我写的部门", lock_version="2")).status_code
        == 302
    )


@pytest.mark.parametrize("version", ["", "abc", "-1", "９", "99999999999999999999"])
def test_a_version_that_was_never_shown_is_stale(client, version):
    matter = made()
    sent = form(name="别的名称", lock_version=version)
    assert client.post(f"{ROOM}matters/{matter.pk}/", sent).status_code == 409
    assert (
        client.post(f"{ROOM}matters/{matter.pk}/switch/", {"active": "0", "lock_version": version}).status_code == 409
    )
    assert client.post(f"{ROOM}matters/{matter.pk}/delete/", {"lock_version": version}).status_code == 409


def test_switching_and_deleting_say_what_they_did_or_why_not(client):
    matter = factories.matter()
    factories.published(matter=matter)
    address = f"{ROOM}matters/{matter.pk}/"
    response = client.post(f"{address}delete/", {"lock_version": "0"})
    assert response.status_code == 422
    assert "还在用，没有删" in text_of(response)
    client.post(f"{address}switch/", {"active": "0", "lock_version": "0"})
    assert "停用了" in text_of(client.get(address))
    client.post(f"{address}switch/", {"active": "1", "lock_version": "1"})
    assert Matter.objects.get(pk=matter.pk).is_active
    free = made("没人用的")
    response = client.post(f"{ROOM}matters/{free.pk}/delete/", {"lock_version": "1"}, follow=True)
    assert "删了“没人用的”" in text_of(response)


def test_classes_of_a_scheme_are_rows_of_its_form(client):
    sent = {"name": "四类", "is_active": "1", "lock_version": "0"}
    sent |= {"class-0-name": "跑了几次", "class-0-visits": "２", "class-0-active": "1"}
    sent |= {"class-2-name": "外地能办", "class-2-reference": "1", "class-2-active": "1"}
    assert client.post(f"{ROOM}schemes/new/", sent).status_code == 302
    scheme = Scheme.objects.get()
    rows = list(scheme.categories.all())
    assert [(row.name, row.min_visits, row.needs_reference) for row in rows] == [
        ("跑了几次", 2, False),
        ("外地能办", None, True),
    ]
    sent = {"name": "四类", "lock_version": "1", "class-0-key": str(rows[1].pk), "class-0-name": "外地能办"}
    sent |= {"class-1-key": str(rows[0].pk), "class-1-name": "", "class-2-name": "丙", "class-2-visits": "两次"}
    response = client.post(f"{ROOM}schemes/{scheme.pk}/", sent)
    assert response.status_code == 422
    assert "写一个数" in text_of(response)
    client.post(f"{ROOM}schemes/{scheme.pk}/", sent | {"class-2-visits": ""})
    assert [row.name for row in scheme.categories.all()] == ["外地能办", "丙"]
    assert not Scheme.objects.get().is_active


def test_a_placeholder_scheme_stays_off_without_classes(client):
    scheme = scheme_create(SchemeFacts(name="嘉定四类", is_active=False, note="名称待确认"), actor=None)
    assert "还没有类别" in text_of(client.get(f"{ROOM}schemes/", {"state": "off"}))
    assert client.get(f"{ROOM}schemes/{scheme.pk}/").status_code == 200


def test_causes_are_ordered_and_departments_and_regions_made(client):
    client.post(f"{ROOM}causes/new/", {"name": "甲因", "place": ""})
    client.post(f"{ROOM}causes/new/", {"name": "乙因", "place": "1"})
    assert [cause.name for cause in Cause.objects.all()] == ["乙因", "甲因"]
    assert client.post(f"{ROOM}causes/new/", {"name": "丙因", "place": "x"}).status_code == 422
    city = factories.region("甲市")
    client.post(
        f"{ROOM}regions/new/", {"full_name": "甲市乙区", "name": "乙区", "parent": str(city.pk), "code": "３１０１０９"}
    )
    district = Region.objects.get(full_name="甲市乙区")
    assert (district.code, district.parent) == ("310109", city)
    sent = {"name": "市场监管局", "region": str(district.pk), "code": "d06", "former_names": "工商局"}
    client.post(f"{ROOM}departments/new/", sent)
    made = Department.objects.get(name="市场监管局")
    assert (made.code, made.former_names) == ("D06", ["工商局"])
    client.post(
        f"{ROOM}departments/{made.pk}/", {"name": "行政审批局", "lock_version": "1", "code": "D99", "region": ""}
    )
    made.refresh_from_db()
    assert (made.name, made.former_names, made.code, made.region) == ("行政审批局", ["市场监管局"], "D06", district)


# -- the picker ------------------------------------------------------------------------------------------------------


def test_the_picker_works_without_script_and_keeps_what_was_typed(client):
    city = factories.region("甲市")
    factories.region("乙市")
    sent = {"name": "新的局", "region": "", "region_q": "jia", "find": "region"}
    page = text_of(client.post(f"{ROOM}departments/new/", sent))
    assert f'<option value="{city.pk}">甲市</option>' in page
    assert "乙市</option>" not in page
    assert 'value="新的局"' in page
    assert not Department.objects.filter(name="新的局").exists()


def test_what_was_typed_into_a_picker_and_not_chosen_is_not_dropped_without_a_word(client):
    factories.region("甲市")
    sent = {"full_name": "甲市乙区", "name": "乙区", "parent": "", "parent_q": "甲"}
    response = client.post(f"{ROOM}regions/new/", sent)
    assert response.status_code == 422
    assert "还没从列表里选定" in text_of(response)
    assert not Region.objects.filter(full_name="甲市乙区").exists()
    assert client.post(f"{ROOM}regions/new/", sent | {"parent": "99999999"}).status_code == 404


def picked(client: Client, kind: str, wanted: str) -> list[dict[str, str]]:
    response = client.get(f"{ROOM}pick/", {"kind": kind, "q": wanted})
    assert response["Cache-Control"] == "private, max-age=15"
    return json.loads(response.content)


def test_the_picker_offers_what_is_active_by_name_alias_pinyin_and_initials(client):
    matter = made(aliases=["办执照"])
    matter_switch(made("企业设立备案").pk, active=False, lock_version=1, actor=None)
    for wanted in ("企业设立", "办执照", "bzz", "qysl", "qiyeshel", "企业设lidengj"):
        found = picked(client, "matter", wanted)
        assert [row["value"] for row in found] == [str(matter.pk)], wanted
        assert found[0]["label"] == "企业设立登记"
    assert "也叫 办执照" in picked(client, "matter", "办执照")[0]["hint"]
    assert picked(client, "matter", "完全没有") == []


def test_a_merged_tag_that_is_typed_offers_its_successor(client):
    old, new = tag_create(name="加急", actor=None), tag_create(name="急办", actor=None)
    Tag.objects.filter(pk=old.pk).update(merged_into=new)
    assert [row["value"] for row in picked(client, "tag", "加急")] == ["急办"]


@pytest.mark.parametrize("wanted", ["", "'", "<b>", "%", "\x00", "a" * 5000, "🏢", "q", "１", "\ud800"])
def test_the_picker_fails_for_nothing_that_is_typed(client, wanted):
    made()
    assert isinstance(picked(client, "matter", wanted.encode("utf-8", "replace").decode()), list)


def test_the_picker_offers_the_nearest_first_and_twenty_at_the_most(client):
    for n in range(30):
        made(f"旧企业设立第{n}种")
    made("企业设立登记")
    found = picked(client, "matter", "企业设立")
    assert len(found) == 20
    assert found[0]["label"] == "企业设立登记"


# -- merging ---------------------------------------------------------------------------------------------------------


def test_merging_is_looked_at_first_and_says_how_many_follow(client):
    old, new = made("开店"), made("个体工商户设立登记")
    factories.published(matter=old)
    address = f"{ROOM}matters/{old.pk}/merge/"
    page = text_of(client.get(address, {"into": str(new.pk)}))
    assert "这 1 件案例和 0 件草稿改归“个体工商户设立登记”" in page
    assert Matter.objects.get(pk=old.pk).merged_into is None
    response = client.post(address, {"into": str(new.pk), "lock_version": "1"}, follow=True)
    assert "并好了：1 件案例改归" in text_of(response)
    assert "它已经并入" in text_of(client.get(f"{ROOM}matters/{old.pk}/"))
    # The second click is told, and nothing happens twice.
    assert client.post(address, {"into": str(new.pk), "lock_version": "1"}).status_code in (409, 422)
    # Readers at the old address see the successor.
    assert "<h1>个体工商户设立登记</h1>" in text_of(client.get(f"/matters/{old.code}/"))


@pytest.mark.parametrize("into", ["", "x", "9999999", "own"])
def test_merging_into_nothing_or_itself_is_refused(client, into):
    matter = made()
    sent = {"into": str(matter.pk) if into == "own" else into, "lock_version": "1"}
    response = client.post(f"{ROOM}matters/{matter.pk}/merge/", sent)
    assert response.status_code == (200 if into == "" else 422)
    assert Matter.objects.get().merged_into is None


def test_tags_merge_by_name_and_twins_are_pointed_out(client):
    tags_named(["VAT退税", "ｖａｔ退税"], actor=None)
    old, new = Tag.objects.get(name="ｖａｔ退税"), Tag.objects.get(name="VAT退税")
    assert "只差全角半角" in text_of(client.get(f"{ROOM}tags/", {"state": "twins"}))
    assert "只差全角半角" in text_of(client.get(f"{ROOM}tags/{old.pk}/"))
    client.post(f"{ROOM}tags/{old.pk}/merge/", {"into": "VAT退税", "lock_version": "0"})
    assert Tag.objects.get(pk=old.pk).merged_into == new


# -- Excel -----------------------------------------------------------------------------------------------------------


def test_matters_come_in_after_a_dry_run_that_writes_nothing(client, settings, tmp_path):
    settings.CASELIB_DATA_DIR = tmp_path
    factories.theme("市场监管")
    made("企业设立登记")
    rows = (["企业设立登记", None, "办执照", 1], ["歇业备案", "市场监管", None, 2], [MARKUP, "火星"])
    upload = book(["事项名称", "主题", "别名", "没用的"], *rows)
    response = client.post(f"{ROOM}matters/import/", {"file": upload})
    page = text_of(response)
    assert "没用上的列：没用的" in page
    assert "没有主题“火星”" in page
    assert "<script>alert" not in response.content.decode()
    assert Matter.objects.count() == 1
    token, digest = response.context["token"], response.context["plan"].digest
    refused = client.get(f"{ROOM}matters/import/{token}/refused/")
    assert load_workbook(BytesIO(refused.content)).active["A2"].value == "4"
    other = Client()
    other.force_login(factories.user(Role.DEPARTMENT_ADMIN))
    assert other.post(f"{ROOM}matters/import/confirm/", {"token": token, "digest": digest}).status_code == 422
    done = client.post(f"{ROOM}matters/import/confirm/", {"token": token, "digest": digest}, follow=True)
    assert "导入好了：新增 1 项，改动 1 项" in text_of(done)
    again = client.post(f"{ROOM}matters/import/confirm/", {"token": token, "digest": digest})
    assert again.status_code == 422
    assert "预检的结果过期了" in text_of(again)


def test_a_confirmation_after_somebody_changed_something_shows_the_dry_run_again(client, settings, tmp_path):
    settings.CASELIB_DATA_DIR = tmp_path
    factories.theme("市场监管")
    report = client.post(f"{ROOM}matters/import/", {"file": book(["事项名称", "主题"], ["歇业备案", "市场监管"])})
    made("歇业备案")
    sent = {"token": report.context["token"], "digest": report.context["plan"].digest}
    response = client.post(f"{ROOM}matters/import/confirm/", sent)
    assert response.status_code == 409
    assert "什么都没有写" in text_of(response)
    assert response.context["token"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"MZ renamed", "这不是 Excel 文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版的 .xls"),
        (b"PK\x03\x04broken", "打不开"),
        (b"", "这不是 Excel 文件"),
    ],
)
def test_another_file_is_refused_in_words(client, content, told):
    response = client.post(f"{ROOM}matters/import/", {"file": SimpleUploadedFile("事项.xlsx", content or b" ")})
    assert response.status_code == 422
    assert told in text_of(response)
    assert "什么都没有写" in text_of(response)


def test_no_file_and_one_that_is_too_large_are_told(client, settings):
    assert "还没有选文件" in text_of(client.post(f"{ROOM}matters/import/", {}))
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = client.post(f"{ROOM}matters/import/", {"file": SimpleUploadedFile("大.xlsx", b"x" * 2000)})
    assert response.status_code == 422
    assert "超过 20 MB" in text_of(response)


def test_sample_and_export_are_workbooks(client):
    made("=1+1")
    for name in ("sample", "export"):
        response = client.get(f"{ROOM}matters/{name}/")
        assert response["Content-Type"].startswith("application/vnd.openxmlformats")
        sheet = load_workbook(BytesIO(response.content)).worksheets[0]
        assert sheet["A1"].value == "事项名称"
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "PATCH"])
def test_pages_are_read_or_posted_to(client, method):
    for address in ("", "matters/", "matters/new/", "matters/import/", "pick/"):
        assert client.generic(method, f"{ROOM}{address}").status_code == 405


def test_a_class_is_counted_where_it_is_used(client):
    scheme = scheme_create(SchemeFacts(name="四类", classes=[ClassFacts(name="甲")]), actor=None)
    factories.published(categories=(scheme.categories.get(),))
    assert "案例 1 件" in text_of(client.get(f"{ROOM}schemes/{scheme.pk}/"))


def test_readers_are_told_of_a_key_matter_and_of_one_that_is_off(client):
    matter = made(key_matter="国家", key_batch="第一批")
    assert "国家重点事项 第一批" in text_of(client.get(f"/matters/{matter.code}/"))
    assert "企业设立登记" in text_of(client.get(f"{ROOM}matters/", {"state": "key"}))
    matter_switch(matter.pk, active=False, lock_version=1, actor=None)
    assert '<span class="tag tag--line">停用</span>' in text_of(client.get(f"/matters/{matter.code}/"))
    assert "企业设立登记" not in text_of(client.get("/matters/"))
