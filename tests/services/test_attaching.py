"""Attachments: in through the gate, out to who reads the text that uses them, away for good."""

import json

import pytest

from caselib.audit.models import AuditEvent
from caselib.core.errors import RuleBroken, StaleState
from caselib.orgs.models import Role
from caselib.precedents import attaching
from caselib.precedents.attaching import (
    attachment_add,
    attachment_remove,
    attachment_use,
    papers_of,
)
from caselib.precedents.content import Material
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import Attachment, AttachmentData, Revision
from tests.services.clean_house import CITIZEN, PHONE, PNG, gate, home

__all__ = ["gate"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gate")]


@pytest.fixture
def made():
    made = home()
    made.editor = made.person(Role.EDITOR)
    return made


def add(made, data: bytes = PNG, name: str = "样例.png") -> Attachment:
    return attachment_add(made.precedent, data, name, actor=made.editor)


def test_a_file_is_kept_as_it_left_the_gate_with_what_a_person_should_know(made):
    kept = add(made)
    assert (kept.name, kept.media_type, kept.size, kept.warnings) == (
        "样例.png",
        "image/png",
        len(PNG),
        ["图片里的字没有认"],
    )
    assert bytes(kept.stored.data) == PNG


def test_the_same_file_twice_is_one(made):
    assert add(made) == add(made, name="又一次.png")
    assert AuditEvent.objects.filter(action="precedent.attachment_added").count() == 1


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [(f"他的证件 {CITIZEN}".encode(), "说明.pdf", "身份证号"), (b"clean", f"{PHONE}.pdf", "手机号")],
    ids=["in its text", "in its name"],
)
def test_a_file_that_tells_of_a_person_is_refused_by_kind_and_nothing_of_it_is_kept(made, data, name, kind, caplog):
    with pytest.raises(RuleBroken, match=kind) as error:
        add(made, data, name)
    assert not Attachment.objects.exists()
    assert not AttachmentData.objects.exists()
    for words in (CITIZEN, PHONE):
        assert words not in error.value.message + caplog.text


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.png"),
        ("C:\\文件\\样例.exe", "样例.png"),
        ("样\x00例\n.png", "样例.png"),
        ("", "附件.png"),
        ("...", "附件.png"),
        ("长" * 300, "长" * 96 + ".png"),
    ],
)
def test_a_name_has_no_folders_and_says_the_type_that_the_content_has(made, name, kept):
    assert add(made, name=name).name == kept


def test_there_is_room_for_twenty(made):
    for number in range(attaching.MOST):
        add(made, PNG + bytes([number]))
    with pytest.raises(RuleBroken, match="最多 20 个"):
        add(made, PNG + b"one more")


def test_what_is_too_large_after_cleaning_is_refused(made, monkeypatch):
    monkeypatch.setattr(attaching, "LARGEST", len(PNG))
    add(made)
    with pytest.raises(RuleBroken, match="5 MB"):
        add(made, PNG + b"!")


def test_what_is_out_of_use_takes_no_more(made):
    precedent_retire(made.precedent, reason="过时", actor=made.person(Role.REVIEWER))
    with pytest.raises(RuleBroken, match="出库"):
        add(made)


def test_the_trail_names_a_file_by_code_and_digest_alone(made):
    attachment_remove(add(made, name="老李的照片.png"), actor=made.editor)
    told = json.dumps([[row.before, row.after] for row in AuditEvent.objects.all()], ensure_ascii=False)
    assert "老李" not in told
    assert AuditEvent.objects.filter(action="precedent.attachment_removed").exists()


def test_a_removed_file_is_erased_and_its_line_stays(made):
    kept = add(made)
    attachment_remove(kept, actor=made.editor)
    attachment_remove(kept, actor=made.editor)
    assert not AttachmentData.objects.exists()
    assert Attachment.objects.get().removed_at is not None
    assert AuditEvent.objects.filter(action="precedent.attachment_removed").count() == 1
    assert add(made) != kept


def drafted(made) -> Revision:
    return made.draft(editor=made.editor, materials=(Material("营业执照"), Material("租赁合同")))


def test_a_picture_stands_beside_its_material(made):
    kept, draft = add(made), drafted(made)
    chosen = {"sample_picture": kept.code, "mistake_picture": ""}
    attachment_use(draft, material=1, pictures=chosen, lock_version=draft.lock_version, actor=made.editor)
    papers = papers_of(made.precedent, Revision.objects.get(pk=draft.pk))
    assert [[(p.code, p.is_good, p.is_picture) for p in paper.pictures] for paper in papers] == [
        [],
        [(kept.code, True, True)],
    ]


def test_a_picture_is_not_put_beside_a_text_that_somebody_saved_meanwhile(made):
    kept, draft = add(made), drafted(made)
    pictures = {"sample_picture": kept.code}
    lock = draft.lock_version
    attachment_use(draft, material=0, pictures=pictures, lock_version=lock, actor=made.editor)
    with pytest.raises(StaleState):
        attachment_use(draft, material=1, pictures=pictures, lock_version=lock, actor=made.editor)


@pytest.mark.parametrize(
    "wrong",
    [{"material": 2}, {"material": -1}, {"pictures": {"title": "x"}}, {"pictures": {"sample_picture": "nothere12345"}}],
)
def test_what_is_not_there_is_not_put_anywhere(made, wrong):
    draft = drafted(made)
    deed = {"material": 0, "pictures": {"sample_picture": add(made).code}, **wrong}
    with pytest.raises(RuleBroken):
        attachment_use(draft, **deed, lock_version=draft.lock_version, actor=made.editor)


def test_a_picture_of_another_precedent_is_not_used_here(made):
    other = home()
    other.editor = other.person(Role.EDITOR)
    draft = drafted(made)
    with pytest.raises(RuleBroken, match="没有这个附件"):
        attachment_use(
            draft,
            material=0,
            pictures={"sample_picture": add(other).code},
            lock_version=draft.lock_version,
            actor=made.editor,
        )


def test_what_a_text_uses_is_not_removed(made):
    kept, draft = add(made), drafted(made)
    attachment_use(
        draft, material=0, pictures={"sample_picture": kept.code}, lock_version=draft.lock_version, actor=made.editor
    )
    with pytest.raises(RuleBroken, match="还在用"):
        attachment_remove(kept, actor=made.editor)
