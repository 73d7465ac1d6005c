"""Who may hand out a pack: every role, in the department that owns it and in another one, for packs of every state."""

import pytest
from django.test import Client

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.core import clock
from caselib.orgs.models import Role
from caselib.precedents.visibility import Audience
from caselib.training.choices import PackStatus
from caselib.training.models import Pack, PackEditor
from tests import factories
from tests import training_rows as rows

pytestmark = pytest.mark.django_db
TAKES = {Role.TRAINER, Role.DEPARTMENT_ADMIN}
# Who reads no content sees no pack at all.
BLIND = {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}


class Hall:
    def __init__(self) -> None:
        self.home = factories.department()
        self.packs = {
            "published": self._pack(),
            "own only": self._pack(audience=Audience.DEPARTMENT),
            "draft": self._pack(is_published=False),
            "archived": self._pack(),
        }
        Pack.objects.filter(pk=self.packs["archived"].pk).update(status=PackStatus.ARCHIVED, archived_at=clock.now())

    def _pack(self, *, is_published: bool = True, **values) -> Pack:
        made = rows.pack(owner=self.home, title="qzpack", **values)
        rows.note(rows.open_version(made), title="qzlesson")
        return rows.publish(made) if is_published else made


def expected(role: Role, *, is_own: bool, what: str) -> int:
    if role in BLIND:
        return 404
    checks = role in TAKES | {Role.REVIEWER}
    seen = what == "published" or (is_own and (what == "own only" or checks))
    if not seen:
        return 404
    return 200 if role in TAKES else 403


@pytest.mark.parametrize("role", list(Role))
def test_every_role_gets_what_it_may_and_not_a_word_besides(role):
    hall = Hall()
    for is_own in (True, False):
        user = factories.user(role, within=hall.home if is_own else factories.department())
        client = Client()
        client.force_login(user)
        for what, pack in hall.packs.items():
            status = expected(role, is_own=is_own, what=what)
            address = f"/training/out/{pack.code}/"
            answers = [
                client.get(address),
                client.get(f"{address}print/"),
                client.post(f"{address}send/", {"form": "docx"}),
            ]
            assert [each.status_code for each in answers] == [status] * 3, (role, is_own, what)
            if status != 200:
                assert not any("qzlesson" in each.content.decode(errors="replace") for each in answers)
    sent = AuditEvent.objects.filter(action=Action.PACK_EXPORTED).count()
    assert sent == sum(expected(role, is_own=own, what=what) == 200 for own in (True, False) for what in hall.packs)


def test_who_writes_along_takes_it_and_who_was_taken_off_does_not():
    hall = Hall()
    editor = factories.user(Role.EDITOR)
    client = Client()
    client.force_login(editor)
    address = f"/training/out/{hall.packs['draft'].code}/"
    assert client.get(address).status_code == 404
    joined = PackEditor.objects.create(
        pack=hall.packs["draft"], user=editor, added_at=clock.now(), added_by_name="老师"
    )
    assert client.post(f"{address}send/", {"form": "pptx"}).status_code == 200
    joined.delete()
    assert client.post(f"{address}send/", {"form": "pptx"}).status_code == 404


def test_nobody_takes_what_is_not_published_yet_but_who_writes_it():
    """A reviewer of the department sees the draft; with the role of a trainer elsewhere still none of it leaves."""
    hall = Hall()
    reviewer = factories.user(Role.REVIEWER, within=hall.home)
    from caselib.orgs.services import membership_grant

    membership_grant(user=reviewer, department=factories.department(), role=Role.TRAINER, actor=None)
    client = Client()
    client.force_login(reviewer)
    answer = client.get(f"/training/out/{hall.packs['draft'].code}/")
    assert answer.status_code == 403 and "还没有发布" in answer.content.decode()


def test_who_is_signed_out_is_asked_to_sign_in():
    hall = Hall()
    answer = Client().get(f"/training/out/{hall.packs['published'].code}/")
    assert answer.status_code == 302 and "/account/sign-in/" in answer["Location"]
