"""The desk on which policies are entered: each step, each refusal with what was typed, and nothing lost."""

import io

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from caselib.core.text import chinese_numeral
from caselib.orgs.models import Role
from caselib.policies.models import Policy, PolicyVersion, VersionDraft
from caselib.policies.texts import reading
from caselib.precedents.models import Doubt
from tests import factories
from tests.services.test_policy_drafts import NEW, OLD
from tests.services.test_signal import resting_on

pytestmark = pytest.mark.django_db
NEW_POLICY = "/desk/policies/new/"


@pytest.fixture
def editor() -> Client:
    return signed_in(factories.user(Role.EDITOR))


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def facts(**values: str) -> dict[str, str]:
    usual = {
        "title": "示例登记条例",
        "doc_number": "国务院令第990号",
        "level": "administrative_regulation",
        "region": factories.region().full_name,
        "label": "2020",
        "effective_from": "2020年1月1日",
        "verified": "search",
        "lock_version": "0",
    }
    return {**usual, **values}


def started(client: Client, **values: str) -> VersionDraft:
    response = client.post(NEW_POLICY, facts(**values))
    assert response.status_code == 302, response.content.decode()
    return VersionDraft.objects.get(code=response["Location"].split("/")[-3])


def address(draft: VersionDraft, step: str = "") -> str:
    return f"/desk/policies/drafts/{draft.code}/{step}"


def posted_text(client: Client, draft: VersionDraft, text: str, **values):
    draft.refresh_from_db()
    posted = {"text": text, "do": "split", "lock_version": draft.lock_version, **values}
    return client.post(address(draft, "text/"), posted)


def saved(client: Client, text: str = OLD, **values: str) -> PolicyVersion:
    draft = started(client, **values)
    posted_text(client, draft, text)
    draft.refresh_from_db()
    response = client.post(address(draft, "impact/"), {"lock_version": draft.lock_version})
    assert response.status_code == 302, response.content.decode()
    draft.refresh_from_db()
    return draft.version


def next_version(client: Client, policy: Policy, text: str = NEW) -> VersionDraft:
    draft = started(client, policy=policy.code, label="2026", effective_from="2026-07-01", doc_number="")
    posted_text(client, draft, text)
    draft.refresh_from_db()
    return draft


def content(response) -> str:
    return response.content.decode()


def document(*paragraphs: str) -> Document:
    made = Document()
    for paragraph in paragraphs:
        made.add_paragraph(paragraph)
    return made


def uploaded(made: Document, name: str = "条例.docx") -> SimpleUploadedFile:
    held = io.BytesIO()
    made.save(held)
    return SimpleUploadedFile(name, held.getvalue())


# --- the whole way ---


def test_a_policy_from_nothing_to_its_page(editor):
    draft = started(editor)
    response = posted_text(editor, draft, OLD, do="next")
    page = editor.get(response["Location"], follow=True)
    assert page.request["PATH_INFO"] == address(draft, "impact/")
    assert "时效先标“时效待核”" in content(page)
    response = editor.post(address(draft, "impact/"), {"lock_version": "1"}, follow=True)
    assert "录好了" in content(response)
    assert "申请人遗失营业执照的" in content(response)


def test_a_new_version_from_text_to_the_tasks_of_the_owners(editor):
    first = saved(editor)
    resting_on(first.clauses.get(ref="2"))
    draft = next_version(editor, first.policy)
    page = editor.get(address(draft, "clauses/"))
    assert "还有 2 条没有确认" in content(page)
    assert "<del>二十</del>" in content(page)
    response = editor.post(address(draft, "clauses/"), {"do": "all", "lock_version": draft.lock_version})
    assert response["Location"] == address(draft, "impact/")
    page = editor.get(response["Location"])
    assert "1 件案例要复核" in content(page)
    assert "用到" in content(page)
    draft.refresh_from_db()
    response = editor.post(address(draft, "impact/"), {"lock_version": draft.lock_version}, follow=True)
    assert "1 个部门的 1 件案例开了待复核" in content(response)
    assert Doubt.objects.count() == 1


def test_before_a_text_is_pasted_nothing_is_called_doubtful(editor):
    draft = started(editor)
    assert "要看一看" not in content(editor.get(address(draft, "text/")))
    posted_text(editor, draft, "没有条也没有层次的一段话。")
    assert "要看一看" in content(editor.get(address(draft, "text/")))


def test_saving_twice_makes_one_version_and_says_so(editor):
    draft = started(editor)
    posted_text(editor, draft, OLD)
    for told in ("录好了", "没有再录一份"):
        response = editor.post(address(draft, "impact/"), {"lock_version": "1"}, follow=True)
        assert told in content(response)
    assert PolicyVersion.objects.count() == 1
    assert editor.get(address(draft, "impact/")).status_code == 302
    assert editor.get(address(draft, "text/")).status_code == 409


def test_a_press_that_comes_twice_starts_one_draft(editor):
    for _ in range(2):
        assert editor.post(NEW_POLICY, facts(code="abcdefghjk")).status_code == 302
    assert VersionDraft.objects.count() == 1


# --- facts ---


def test_everything_that_is_wrong_is_told_and_everything_typed_is_still_there(editor):
    response = editor.post(NEW_POLICY, facts(label="", effective_from="明年七月", note="从官网抄来"))
    assert response.status_code == 422
    page = content(response)
    assert "没有保存，有 2 处要改" in page
    assert 'value="明年七月"' in page
    assert 'value="从官网抄来"' in page
    assert "“明年七月”看不出是哪一天" in page
    assert 'href="#f-effective_from"' in page
    assert not VersionDraft.objects.exists()


def test_an_end_before_the_start_is_refused(editor):
    response = editor.post(NEW_POLICY, facts(last_day="2019-12-31"))
    assert response.status_code == 422
    assert "早于施行日" in content(response)


def test_overlapping_versions_are_refused_before_the_text(editor):
    first = saved(editor, last_day="2026-12-31")
    response = editor.post(
        NEW_POLICY, facts(policy=first.policy.code, label="2026", effective_from="2026-07-01", doc_number="")
    )
    assert response.status_code == 422
    assert "重叠" in content(response)


def test_a_wrong_pair_offers_the_likely_one_by_one_click(editor):
    title = "国务院关于加快推进政务服务标准化规范化便利化的指导意见"
    known = saved(editor, title=title, doc_number="国发〔2022〕5号").policy
    typed = facts(title=title, doc_number="国办发〔2022〕5号", label="2026", note="我写的说明")
    response = editor.post(NEW_POLICY, typed)
    assert response.status_code == 422
    assert f'name="use" value="{known.code}"' in content(response)
    response = editor.post(NEW_POLICY, {**typed, "use": known.code})
    assert response.status_code == 200
    page = content(response)
    assert "录入新版本" in page
    assert f'name="policy" value="{known.code}"' in page
    assert 'value="我写的说明"' in page
    assert 'id="f-doc_number" name="doc_number" value=""' in page


def test_two_who_enter_the_same_policy_are_told(editor):
    other = factories.user(Role.EDITOR)
    started(signed_in(other))
    draft = started(editor)
    for step in ("", "text/"):
        assert f"{other}正在录入同一部政策" in content(editor.get(address(draft, step)))
    desk = content(editor.get("/desk/policies/"))
    assert f"{other}在录" in desk


def test_who_saves_facts_second_keeps_what_was_typed(editor):
    draft = started(editor)
    editor.post(address(draft), facts(note="先存的"))
    response = editor.post(address(draft), facts(note="后存的"))
    assert response.status_code == 409
    assert 'value="后存的"' in content(response)
    assert "有人先存了" in content(response)
    # Pressing once more, having been told, counts.
    assert editor.post(address(draft), facts(note="后存的", lock_version="1")).status_code == 302
    assert VersionDraft.objects.get().facts["note"] == "后存的"


# --- text ---


def test_a_text_is_split_beside_itself_with_what_is_doubtful(editor):
    draft = started(editor)
    posted_text(editor, draft, "某条例\n第一章　总则\n第一条　甲。\n第三条　丙。\n（一）子项；\n（三）另一子项。")
    page = content(editor.get(address(draft, "text/")))
    assert "“第一条”之后是“第三条”" in page
    assert 'href="#l-4" data-line="4"' in page
    assert 'id="l-4"' in page
    assert "第一章 总则" in page
    assert "第三条第（三）项" in page


@pytest.mark.parametrize("name", ["条例.txt", "条例.md"])
def test_a_text_file_is_read(editor, name):
    draft = started(editor)
    file = SimpleUploadedFile(name, OLD.encode())
    assert posted_text(editor, draft, "", do="read", file=file).status_code == 302
    draft.refresh_from_db()
    assert draft.text.strip() == OLD


def test_a_document_with_a_table_is_read_with_its_cells(editor):
    draft = started(editor)
    made = document("某条例", "第一条　收费标准如下：")
    table = made.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "补领", "二十元"
    made.add_paragraph("第二条　施行。")
    posted_text(editor, draft, "", do="read", file=uploaded(made))
    draft.refresh_from_db()
    assert "补领\t二十元" in draft.text
    assert "2 条" in content(editor.get(address(draft, "text/")))


def test_tracked_changes_are_told_on_the_page(editor):
    draft = started(editor)
    made = document("第一条　公示期为")
    paragraph = made.paragraphs[0]._p
    for tag, kind, words in (("w:del", "w:delText", "二十日"), ("w:ins", "w:t", "十日")):
        change, run, text = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(kind)
        change.set(qn("w:id"), "1")
        text.text = words
        run.append(text)
        change.append(run)
        paragraph.append(change)
    posted_text(editor, draft, "", do="read", file=uploaded(made))
    page = content(editor.get(address(draft, "text/")))
    assert "没有接受的修订：1 处插入已保留，1 处删除已去掉" in page
    draft.refresh_from_db()
    assert draft.text.strip() == "第一条　公示期为十日"


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (SimpleUploadedFile("扫描.pdf", b"%PDF-1.7 x"), "PDF"),
        (SimpleUploadedFile("坏.docx", b"PK\x03\x04 broken"), "已损坏"),
        (SimpleUploadedFile("空.txt", b" "), "文件是空的"),
    ],
)
def test_a_file_that_is_refused_leaves_the_text_as_it_was_typed(editor, file, told):
    draft = started(editor)
    posted_text(editor, draft, OLD)
    file.seek(0)
    response = posted_text(editor, draft, "我正在改的文字", do="read", file=file)
    assert response.status_code == 422
    assert told in content(response)
    assert "我正在改的文字</textarea>" in content(response)
    draft.refresh_from_db()
    assert draft.text == OLD


def test_a_file_does_not_take_the_place_of_a_text_unless_that_is_meant(editor):
    draft = started(editor)
    file = SimpleUploadedFile("条例.txt", NEW.encode())
    response = posted_text(editor, draft, "手工录了半天", do="read", file=file)
    assert response.status_code == 422
    assert "手工录了半天</textarea>" in content(response)
    file.seek(0)
    assert posted_text(editor, draft, "手工录了半天", do="read", file=file, replace="1").status_code == 302
    draft.refresh_from_db()
    assert draft.text.strip() == NEW


def test_a_file_that_is_too_large_is_left_unread_and_the_text_stays(editor, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    draft = started(editor)
    file = SimpleUploadedFile("大.txt", b"x" * 1001)
    response = posted_text(editor, draft, "我正在改的文字", do="read", file=file)
    assert response.status_code == 422
    assert "超过 20 MB" in content(response)
    assert "我正在改的文字</textarea>" in content(response)


def test_the_bounds_of_uploads_are_those_of_reading():
    assert settings.FILE_UPLOAD_MAX_MEMORY_SIZE == reading.MOST_BYTES
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE >= 4 * reading.MOST_CHARACTERS
    assert settings.FILE_UPLOAD_HANDLERS == ["caselib.core.uploads.MemoryOnlyUploadHandler"]


def test_no_text_is_refused_with_what_to_do(editor):
    draft = started(editor)
    response = posted_text(editor, draft, "  ", do="next")
    assert response.status_code == 422
    assert "里面没有文字" in content(response)
    assert editor.get(address(draft, "impact/")).status_code == 200
    response = editor.post(address(draft, "impact/"), {"lock_version": "0"})
    assert response.status_code == 422
    assert "还没有文本" in content(response)


def test_who_saves_a_text_second_keeps_every_character(editor):
    draft = started(editor)
    posted_text(editor, draft, OLD)
    response = editor.post(address(draft, "text/"), {"text": NEW, "do": "next", "lock_version": "0"})
    assert response.status_code == 409
    assert "电子营业执照与纸质营业执照" in content(response)
    assert "有人先存了" in content(response)
    draft.refresh_from_db()
    assert draft.text == OLD


def test_two_thousand_articles_stay_usable(editor):
    text = "某法\n" + "\n".join(
        (f"第{chinese_numeral(n // 50 + 1)}章　章名\n" if n % 50 == 0 else "")
        + f"第{chinese_numeral(n + 1)}条　这是第{n + 1}个规定。"
        for n in range(2000)
    )
    draft = started(editor)
    assert posted_text(editor, draft, text).status_code == 302
    page = content(editor.get(address(draft, "text/")))
    assert page.count('<details class="fold tree"') == 41
    assert page.count('<details class="fold tree" open') == 1
    assert page.count("<input") < 20
    response = editor.post(address(draft, "impact/"), {"lock_version": "1"})
    assert response.status_code == 302
    assert PolicyVersion.objects.get().clauses.count() == 2000


def test_markup_in_a_text_is_shown_and_not_run(editor):
    draft = started(editor, title="<script>alert(1)</script>条例")
    posted_text(editor, draft, "某条例</textarea><script>alert(2)</script>\n第一条　<img src=x>。")
    for step in ("", "text/", "impact/"):
        page = content(editor.get(address(draft, step)))
        assert "<script>alert" not in page
        assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in content(editor.get("/desk/policies/"))


# --- clauses ---


def test_one_page_of_decisions_is_confirmed_as_it_was_chosen(editor):
    first = saved(editor)
    draft = next_version(editor, first.policy)
    second, third = first.clauses.get(ref="2"), first.clauses.get(ref="3")
    posted = {f"to-{second.code}": "3", f"to-{third.code}": "-", "do": "page", "lock_version": draft.lock_version}
    response = editor.post(address(draft, "clauses/"), posted)
    assert response["Location"] == address(draft, "impact/")
    assert "都确认了" in content(editor.get(address(draft, "clauses/")))


def test_what_is_left_is_counted(editor):
    first = saved(editor)
    draft = next_version(editor, first.policy)
    posted = {f"to-{first.clauses.get(ref='2').code}": "3", "do": "page", "lock_version": draft.lock_version}
    response = editor.post(address(draft, "clauses/"), posted, follow=True)
    assert "还有 1 条没有确认" in content(response)
    page = content(editor.get(address(draft, "impact/")))
    assert "还有 1 条没有确认" in page
    assert "disabled" in page


def test_another_clause_is_named_by_its_number_and_a_wrong_one_is_told_beside_it(editor):
    first = saved(editor)
    draft = next_version(editor, first.policy)
    code = first.clauses.get(ref="3").code
    posted = {f"to-{code}": "other", f"other-{code}": "第九条", "do": "page", "lock_version": draft.lock_version}
    response = editor.post(address(draft, "clauses/"), posted)
    assert response.status_code == 422
    assert "新文本里没有“第九条”" in content(response)
    assert 'value="第九条"' in content(response)
    posted[f"other-{code}"] = "2"
    assert editor.post(address(draft, "clauses/"), posted).status_code == 302
    draft.refresh_from_db()
    assert draft.followed[code]["to"] == "2"


def test_a_clause_given_twice_is_refused_and_the_choices_stay(editor):
    first = saved(editor)
    draft = next_version(editor, first.policy)
    codes = [first.clauses.get(ref=ref).code for ref in ("2", "3")]
    posted = {f"to-{code}": "3" for code in codes} | {"do": "page", "lock_version": draft.lock_version}
    response = editor.post(address(draft, "clauses/"), posted)
    assert response.status_code == 422
    assert "只能有一条由它承接" in content(response)
    draft.refresh_from_db()
    assert draft.followed == {}


def test_a_choice_that_is_not_in_the_text_deletes_nothing(editor):
    first = saved(editor)
    draft = next_version(editor, first.policy)
    code = first.clauses.get(ref="2").code
    response = editor.post(
        address(draft, "clauses/"), {f"to-{code}": "77", "do": "page", "lock_version": draft.lock_version}
    )
    assert response.status_code == 422
    draft.refresh_from_db()
    assert draft.followed == {}


# --- impact ---


def test_a_cited_clause_that_vanishes_needs_a_tick(editor):
    first = saved(editor)
    resting_on(first.clauses.get(ref="3"))
    draft = next_version(editor, first.policy)
    editor.post(address(draft, "clauses/"), {"do": "all", "lock_version": draft.lock_version})
    draft.refresh_from_db()
    assert "有案例在引用的条款没有了" in content(editor.get(address(draft, "impact/")))
    response = editor.post(address(draft, "impact/"), {"lock_version": draft.lock_version})
    assert response.status_code == 422
    assert "去勾选" in content(response)
    assert PolicyVersion.objects.count() == 1
    response = editor.post(address(draft, "impact/"), {"lock_version": draft.lock_version, "lost": "1"})
    assert response.status_code == 302


def test_what_was_changed_since_it_was_looked_at_is_shown_again(editor):
    draft = started(editor)
    posted_text(editor, draft, OLD)
    response = editor.post(address(draft, "impact/"), {"lock_version": "0"})
    assert response.status_code == 409
    assert "请再看一遍影响" in content(response)
    assert not PolicyVersion.objects.exists()


def test_facts_that_do_not_hold_any_more_are_told_and_the_text_is_kept(editor):
    draft = started(editor)
    posted_text(editor, draft, OLD)
    saved(signed_in(factories.user(Role.EDITOR)))
    response = editor.post(address(draft, "impact/"), {"lock_version": "1"})
    assert response.status_code == 422
    assert "库里已有" in content(response)
    draft.refresh_from_db()
    assert (draft.text, draft.version) == (OLD, None)


# --- the desk and the rest ---


def test_a_draft_can_be_put_away(editor):
    draft = started(editor)
    response = editor.post(address(draft, "discard/"), {"lock_version": "0"}, follow=True)
    assert "放弃了草稿" in content(response)
    assert "没有草稿" in content(response)
    assert editor.get(address(draft)).status_code == 404


def test_the_desk_lists_what_nobody_checked_and_finds_the_rest_by_number(editor):
    saved(editor, title="核对过的条例", doc_number="国发〔2022〕5号", verified="text", note="官网正文")
    Policy.objects.update(status_verified="text")
    saved(editor, title="没核对的办法", doc_number="")
    page = content(editor.get("/desk/policies/"))
    assert "没核对的办法" in page
    assert "标题、日期、时效待核" in page
    assert "核对过的条例" not in page
    assert "核对过的条例" in content(editor.get("/desk/policies/", {"q": "国发2022 5号"}))


@pytest.mark.parametrize("step", ["", "text/", "clauses/", "impact/", "discard/"])
def test_an_unknown_draft_is_not_found(editor, step):
    assert editor.post(f"/desk/policies/drafts/nothing234/{step}").status_code == 404


def test_the_policy_page_offers_the_deeds_to_who_may_and_the_facts_to_all(editor):
    code = saved(editor).policy.code
    clerk = signed_in(factories.user(Role.WINDOW))
    page, seen = content(editor.get(f"/policies/{code}/")), content(clerk.get(f"/policies/{code}/"))
    assert f"/desk/policies/new/?policy={code}" in page
    assert "/desk/policies/" not in seen
    assert "还没有人确认过时效" in seen
