"""The page of a precedent asks the database at most twelve times: for every role, whatever state the text and the reader are in."""

import itertools

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.following import answers, unread
from caselib.following.services import follow
from caselib.orgs.models import Role, User
from caselib.orgs.scope import scope_of
from caselib.personal.favourites import favourite_add
from caselib.personal.notes import note_save
from caselib.precedents.attaching import attachment_add, attachment_use
from caselib.precedents.content import Alternative, Detour, Entrance, Material
from caselib.precedents.deciding import revision_approve
from caselib.precedents.keeping import precedent_doubt, precedent_retire
from caselib.precedents.models import Precedent
from caselib.precedents.services import revision_start, revision_submit
from caselib.precedents.withholding import precedent_withhold
from caselib.reuse.services import reuse_record
from tests import factories
from tests.search.conftest import index
from tests.services.reporting import decision, reported
from tests.unit.made_files import picture

__all__ = ["index"]
pytestmark = pytest.mark.django_db
MOST = 12
# What may be the case of the text, by name.
TEXTS = ("plain", "full", "draft open", "submitted", "doubtful", "successor", "withheld", "never published")


class House:
    """A department with its texts, one of each state, each leading away, with similar ones and a picture beside its papers."""

    def __init__(self) -> None:
        self.owner = factories.department()
        self.editor = factories.user(Role.EDITOR, within=self.owner)
        self.reviewer = factories.user(Role.REVIEWER, within=self.owner)
        self.matter = factories.matter()
        self.texts = {"plain": factories.published(owner=self.owner)}
        for name in TEXTS[1:-1]:
            self.texts[name] = self.full()
        self.texts["never published"] = factories.draft(owner=self.owner, author=self.editor, **self.values()).precedent
        draft = revision_start(self.texts["submitted"], author=self.editor)
        revision_submit(draft, lock_version=draft.lock_version, actor=self.editor)
        revision_start(self.texts["draft open"], author=self.editor)
        precedent_doubt(self.texts["doubtful"], reason="要对照新法。", actor=None)
        precedent_retire(self.texts["successor"], reason="有新的", actor=self.reviewer, successor=self.texts["plain"])
        precedent_withhold(self.texts["withheld"], reason="口径里有姓名", actor=self.editor)

    def values(self) -> dict[str, object]:
        other = self.texts["plain"]
        return {
            "not_when": ("前租户在经营异常名录", "前租户去世"),
            "detours": (
                Detour("前租户在经营异常名录", "改走", other.number),
                Detour("前租户去世", "改走", "310109-2020-D99-9999"),
            ),
            "alternatives": (Alternative("换条路", "去街道"),),
            "entrances": (Entrance("一网通办", "https://zwdt.sh.gov.cn/"),),
            "materials": (Material("营业执照"), Material("租赁合同")),
            "matter": self.matter,
            "more_matters": (factories.matter("食品经营许可"),),
            "tags": ("注销", "转让"),
            "citations": (factories.citation(factories.clause()),),
        }

    def full(self) -> Precedent:
        """Published in a second text, with a picture beside the first paper."""
        precedent = factories.published(owner=self.owner, **self.values())
        kept = attachment_add(precedent, picture(), "执照.jpg", actor=self.editor)
        draft = revision_start(precedent, author=self.editor)
        pictures = {"sample_picture": kept.code}
        draft = attachment_use(draft, material=0, pictures=pictures, lock_version=draft.lock_version, actor=self.editor)
        draft = revision_submit(draft, lock_version=draft.lock_version, actor=self.editor)
        revision_approve(draft, **decision(draft))
        precedent.refresh_from_db()
        return precedent

    def reader(self, role: Role, *, at_home: bool, busy: bool) -> User:
        """`busy`: who has used, reported, kept and noted all of them, and follows their matter."""
        person = factories.user(role, within=self.owner if at_home else None)
        scope = scope_of(person)
        if busy and scope.reads_content:
            follow(person, self.matter, scope=scope)
            for name, text in self.texts.items():
                if name in ("successor", "withheld", "never published"):
                    continue
                favourite_add(text, scope=scope)
                note_save(text, "先打电话", lock_version=0, scope=scope)
                reuse_record(text, scope=scope, outcome="adapted", note="少交一份")
                reported(text, scope=scope)
        return User.objects.get(pk=person.pk)


def asked(client: Client, address: str) -> tuple[int, int]:
    """(status, queries) as the first page of a process would ask."""
    answers.forget()
    unread.forget()
    with CaptureQueriesContext(connection) as captured:
        status = client.get(address).status_code
    return status, len(captured)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_asks_at_most_twelve_times_for_every_state_of_text_and_reader(index, role):
    house = House()
    index.refresh()
    more, seen = {}, set()
    for at_home, busy in itertools.product((False, True), repeat=2):
        client = Client()
        client.force_login(house.reader(role, at_home=at_home, busy=busy))
        for name, text in house.texts.items():
            status, count = asked(client, f"/p/{text.code}/?n1=bad&n2=bad")
            seen.add((name, status))
            if status == 200 and count > MOST:
                more[name, "own" if at_home else "other", "busy" if busy else "new"] = count
    assert more == {}
    assert ("plain", 200) in seen or not {200} & {status for _, status in seen}
