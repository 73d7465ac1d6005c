"""The pages that keep precedents clean: what is shown, what comes back when it goes wrong, and how a file leaves."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from caselib.orgs.models import Role
from caselib.precedents.attaching import attachment_add, attachment_use
from caselib.precedents.content import Material
from caselib.precedents.deciding import revision_approve
from caselib.precedents.models import Attachment, PrivacyOverride
from caselib.precedents.services import revision_submit
from caselib.precedents.visibility import PrecedentStatus
from tests import factories
from tests.services.clean_house import OTHER_PHONE, PHONE, PNG, Home, gate, home

__all__ = ["gate"]
pytestmark = pytest.mark.django_db


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(response) -> str:
    return response.content.decode()


def with_picture(**values) -> tuple[Home, Attachment]:
    """A published text with a picture beside its material."""
    made = home()
    editor = made.person(Role.EDITOR)
    kept = attachment_add(made.precedent, PNG, "执照.png", actor=editor)
    draft = made.draft(editor=editor, materials=(Material("营业执照"),), **values)
    draft = attachment_use(
        draft, material=0, pictures={"sample_picture": kept.code}, lock_version=draft.lock_version, actor=editor
    )
    revision_submit(draft, lock_version=draft.lock_version, actor=editor)
    revision_approve(
        draft, lock_version=draft.lock_version, reviewer=made.person(Role.REVIEWER),
        digest_seen=draft.content_digest, comment="好",
    )  # fmt: skip
    return made, kept


# -- overrides


def test_from_the_finding_to_the_decision():
    made = home()
    editor, reviewer = client_of(author := made.person(Role.EDITOR)), client_of(made.person(Role.REVIEWER))
    made.draft(editor=author, script=f"请打 {PHONE}。")
    address = f"/desk/keep/{made.precedent.code}/findings/"
    page = text(editor.get(address))
    assert f"<mark>{PHONE}</mark>" in page
    mark = page.split('name="mark" value="')[1].split('"')[0]
    form = {"kind": "mobile", "mark": mark, "claim": "大厅公布的电话"}
    assert editor.post(f"{address}ask/", form).status_code == 302
    desk = text(reviewer.get("/desk/keep/overrides/"))
    assert f"<mark>{PHONE}</mark>" in desk
    assert "大厅公布的电话" in desk
    pk = PrivacyOverride.objects.get().pk
    decision = {"verdict": "allow", "reason": "看过公告", "seen": "asked"}
    assert reviewer.post(f"/desk/keep/overrides/{pk}/decide/", decision).status_code == 302
    assert "没有等着定的" in text(reviewer.get("/desk/keep/overrides/"))
    assert "可以留" in text(editor.get(address))


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"verdict": "allow", "reason": ""}, 422),
        ({"verdict": "", "reason": "看过"}, 422),
        ({"verdict": "allow", "reason": "看过", "seen": "refused"}, 409),
    ],
)
def test_a_decision_that_does_not_hold_comes_back_with_what_was_typed(form, status):
    made = home()
    editor = client_of(author := made.person(Role.EDITOR))
    made.draft(editor=author, script=PHONE)
    address = f"/desk/keep/{made.precedent.code}/findings/"
    mark = text(editor.get(address)).split('name="mark" value="')[1].split('"')[0]
    editor.post(f"{address}ask/", {"kind": "mobile", "mark": mark, "claim": "公布的"})
    pk = PrivacyOverride.objects.get().pk
    response = client_of(made.person(Role.REVIEWER)).post(f"/desk/keep/overrides/{pk}/decide/", form)
    assert response.status_code == status
    assert f'value="{form["reason"]}"' in text(response)


def test_a_claim_of_words_that_are_gone_is_stale_and_kept():
    made = home()
    editor = client_of(author := made.person(Role.EDITOR))
    made.draft(editor=author, script=PHONE)
    form = {"kind": "mobile", "mark": "0" * 64, "claim": "公布的"}
    assert editor.post(f"/desk/keep/{made.precedent.code}/findings/ask/", form).status_code == 409


def test_what_was_found_is_escaped():
    made = home()
    editor = client_of(author := made.person(Role.EDITOR))
    made.draft(editor=author, script=f"<script>alert(1)</script>{PHONE}<b>")
    page = text(editor.get(f"/desk/keep/{made.precedent.code}/findings/"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


# -- attachments


def upload(client: Client, made: Home, data: bytes = PNG, name: str = "执照.png"):
    return client.post(f"/desk/keep/{made.precedent.code}/attach/", {"file": SimpleUploadedFile(name, data)})


def test_a_file_is_added_chosen_and_removed(gate):
    made = home()
    author = made.person(Role.EDITOR)
    client = client_of(author)
    draft = made.draft(editor=author, materials=(Material("营业执照"),))
    assert upload(client, made).status_code == 302
    kept = Attachment.objects.get()
    address = f"/desk/keep/{made.precedent.code}/attach/"
    page = text(client.get(address))
    assert "执照.png" in page
    assert "图片里的字没有认" in page
    form = {"material": 0, "lock_version": draft.lock_version, "sample_picture": kept.code, "mistake_picture": ""}
    assert client.post(f"{address}use/", form).status_code == 302
    assert client.post(f"{address}use/", form).status_code == 409
    assert client.post(f"{address}{kept.code}/remove/").status_code == 422
    form |= {"lock_version": draft.lock_version + 1, "sample_picture": ""}
    assert client.post(f"{address}use/", form).status_code == 302
    assert client.post(f"{address}{kept.code}/remove/").status_code == 302
    assert client.get(f"/desk/keep/file/{kept.code}/").status_code == 404


@pytest.mark.parametrize(
    ("data", "name", "told"), [(PHONE.encode(), "a.pdf", "手机号"), (b"x", f"{PHONE}.pdf", "手机号")]
)
def test_a_refused_file_says_why_and_not_what(gate, data, name, told):
    made = home()
    response = upload(client_of(made.person(Role.EDITOR)), made, data, name)
    assert response.status_code == 422
    assert told in text(response)
    assert PHONE not in text(response)
    assert not Attachment.objects.exists()


def test_no_file_and_one_that_was_too_large_to_read_say_so(gate, settings):
    made = home()
    client = client_of(made.person(Role.EDITOR))
    assert "还没有选文件" in text(client.post(f"/desk/keep/{made.precedent.code}/attach/"))
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    assert "没有读" in text(upload(client, made, b"x" * 100))


def test_a_picture_stands_beside_its_material_with_words_for_who_does_not_see_it(gate):
    made, kept = with_picture()
    page = text(client_of(made.person(Role.WINDOW)).get(f"/p/{made.precedent.code}/"))
    assert f'<img src="/desk/keep/file/{kept.code}/" alt="营业执照：正确样例图" loading="lazy"' in page


def test_a_file_leaves_so_that_nothing_in_it_can_run(gate):
    made, kept = with_picture()
    response = client_of(made.person(Role.WINDOW)).get(f"/desk/keep/file/{kept.code}/")
    assert response.content == PNG
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "private, no-cache"


def test_a_document_is_saved_and_never_opened_in_the_page(gate):
    made = home()
    author = made.person(Role.EDITOR)
    kept = attachment_add(made.precedent, b"<html>", '坏"名;\n字.html', actor=author)
    response = client_of(author).get(f"/desk/keep/file/{kept.code}/")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert "\n" not in response["Content-Disposition"]


def test_a_browser_that_has_it_still_has_to_ask(gate):
    made, kept = with_picture()
    reader = client_of(made.person(Role.WINDOW))
    address = f"/desk/keep/file/{kept.code}/"
    etag = reader.get(address)["ETag"]
    assert reader.get(address, headers={"if-none-match": etag}).status_code == 304
    client_of(made.person(Role.EDITOR)).post(f"/desk/keep/{made.precedent.code}/withhold/", {"reason": "脸"})
    assert reader.get(address, headers={"if-none-match": etag}).status_code == 404


def picture(words: str = "") -> bytes:
    """A photograph as a telephone writes it, with the place where it was taken."""
    made = Image.new("RGB", (80, 60), "white")
    exif = Image.Exif()
    exif[0x010E] = "GPS 31.2, 121.4"
    stored = BytesIO()
    made.save(stored, "JPEG", exif=exif, comment=words.encode())
    return stored.getvalue()


def test_through_the_real_gate_a_photograph_leaves_without_where_it_was_taken():
    made = home()
    author = made.person(Role.EDITOR)
    client = client_of(author)
    assert upload(client, made, picture(), "IMG.PNG").status_code == 302
    kept = Attachment.objects.get()
    assert (kept.media_type, kept.name) == ("image/jpeg", "IMG.jpg")
    sent = client.get(f"/desk/keep/file/{kept.code}/").content
    assert b"GPS" not in sent
    assert Image.open(BytesIO(sent)).size == (80, 60)


@pytest.mark.parametrize(
    "data", [b"MZ program", b"", b"<svg onload=alert(1)>", b"%PDF-1.4 broken", b"PK\x03\x04 broken"]
)
def test_through_the_real_gate_what_is_no_file_of_ours_is_refused_and_nothing_kept(data):
    made = home()
    response = upload(client_of(made.person(Role.EDITOR)), made, data, "照片.png")
    assert response.status_code == 422
    assert not Attachment.objects.exists()


# -- off view, out of use, exemplary


def test_taken_off_view_and_brought_back_by_another():
    made = home()
    first, second = client_of(made.person(Role.EDITOR)), client_of(made.person(Role.REVIEWER))
    address = f"/desk/keep/{made.precedent.code}/withhold/"
    assert first.post(address, {"reason": "口径里有手机号"}).status_code == 302
    page = text(second.get(address))
    assert "口径里有手机号" in page
    assert "已紧急下架" in text(first.get(f"/p/{made.precedent.code}/"))
    back = f"/desk/keep/{made.precedent.code}/restore/"
    assert first.post(back, {"reason": "看错了"}).status_code == 403
    assert second.post(back, {"reason": ""}).status_code == 422
    assert second.post(back, {"reason": "核对过"}).status_code == 302
    assert second.post(back, {"reason": "核对过"}).status_code == 409
    assert made.now().status == PrecedentStatus.PUBLISHED


def test_without_a_reason_nothing_happens_and_the_form_comes_back():
    made = home()
    for deed in ("withhold", "retire", "tier"):
        form = {"reason": " ", "tier": "exemplary"}
        response = client_of(made.person(Role.DEPARTMENT_ADMIN)).post(f"/desk/keep/{made.precedent.code}/{deed}/", form)
        assert response.status_code == 422
        assert 'role="alert"' in text(response)
    assert made.now().status == PrecedentStatus.PUBLISHED


def test_old_texts_are_blanked_only_by_who_knows_what_that_means():
    made = home()
    admin = client_of(made.person(Role.DEPARTMENT_ADMIN))
    address = f"/desk/keep/{made.precedent.code}/blank/"
    response = admin.post(address, {"words": "老李"})
    assert response.status_code == 422
    assert "老李" in text(response)
    assert admin.post(address, {"words": "老李", "sure": "yes"}).status_code == 302


def test_out_of_use_its_page_says_so_and_leads_to_what_follows():
    made = home()
    other = factories.published(owner=made.owner)
    client = client_of(made.person(Role.REVIEWER))
    address = f"/desk/keep/{made.precedent.code}/retire/"
    response = client.post(address, {"reason": "办法变了", "successor": "HK-0000"})
    assert response.status_code == 422
    assert "办法变了" in text(response)
    assert client.post(address, {"reason": "办法变了", "successor": other.number}).status_code == 302
    page = text(client_of(made.person(Role.WINDOW)).get(f"/p/{made.precedent.code}/"))
    assert "办法变了" in page
    assert f"/p/{other.code}/" in page
    assert client.post(address, {"reason": "再来"}).status_code == 409


def test_exemplary_is_shown_with_who_conferred_it():
    made = home()
    client = client_of(made.person(Role.REVIEWER))
    address = f"/desk/keep/{made.precedent.code}/tier/"
    form = {"tier": "exemplary", "conferred_by": "市政务服务办", "on": "2026年6月1日"}
    assert client.post(address, {**form, "on": "六月"}).status_code == 422
    assert client.post(address, form).status_code == 302
    page = text(client_of(made.person(Role.WINDOW)).get(f"/p/{made.precedent.code}/"))
    assert "典型案例" in page
    assert "市政务服务办" in page


def test_no_page_of_the_room_writes_when_it_is_read():
    made = home()
    client = client_of(made.person(Role.DEPARTMENT_ADMIN))
    for address in ("use/", f"{PHONE}/remove/"):
        assert client.get(f"/desk/keep/{made.precedent.code}/attach/{address}").status_code == 405
    for address in ("restore/", "blank/", "findings/ask/"):
        assert client.get(f"/desk/keep/{made.precedent.code}/{address}").status_code == 405
    assert OTHER_PHONE not in text(client.get(f"/desk/keep/{made.precedent.code}/withhold/"))
