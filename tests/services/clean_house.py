"""A department with a text in which something was planted: what the tests of the privacy gate's keepers start with."""

from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from caselib.orgs.models import Department, Role, User
from caselib.precedents import attaching
from caselib.precedents.content import content_of
from caselib.precedents.models import Precedent, Revision
from caselib.precedents.overrides import finding_at, findings_of
from caselib.precedents.services import revision_save, revision_start
from tests import factories

# A number of the test range of no operator, and a made-up citizen number with a true check digit.
PHONE, OTHER_PHONE, CITIZEN = "13800138000", "13900139001", "11010519491231002X"


@dataclass
class Home:
    owner: Department
    precedent: Precedent

    def person(self, role: Role) -> User:
        return factories.user(role, within=self.owner)

    def draft(self, *, editor: User | None = None, **values: object) -> Revision:
        """An open revision with these values in place of those of the live text."""
        editor = editor or self.person(Role.EDITOR)
        revision = revision_start(self.precedent, author=editor)
        content = factories.content(**values)
        return revision_save(revision, content, lock_version=revision.lock_version, editor=editor)

    def now(self) -> Precedent:
        return Precedent.objects.get(pk=self.precedent.pk)


def home(**values: object) -> Home:
    owner = factories.department()
    return Home(owner, factories.published(owner=owner, **values))


def leaky(**values: object) -> Home:
    """A published text that holds a phone number: it went live before the rules knew of it."""
    made = home(**values)
    Revision.objects.filter(pk=made.precedent.live_revision_id).update(script=f"打 {PHONE} 找他。")
    live = Revision.objects.get(pk=made.precedent.live_revision_id)
    assert PHONE in content_of(live).script
    return made


def hit_of(made: Home):
    (line,) = findings_of(made.precedent)
    return finding_at(made.precedent, kind=line.hit.finding.kind.value, mark=line.hit.mark)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate of files that takes everything as it is: what it does itself is tested where it lives."""

    def received(data: bytes, name: str) -> SimpleNamespace:
        is_picture = data.startswith(b"\x89PNG")
        kind, extension = ("image/png", ".png") if is_picture else ("application/pdf", ".pdf")
        text = "" if is_picture else data.decode()
        warnings = ("图片里的字没有认",) if is_picture else ()
        return SimpleNamespace(media_type=kind, extension=extension, data=data, text=text, warnings=warnings)

    monkeypatch.setattr(attaching, "received", received)


PNG = b"\x89PNG a picture"
