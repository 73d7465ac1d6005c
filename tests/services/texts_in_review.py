"""A department with a text in review: what the tests of reviewing start with."""

import dataclasses
from dataclasses import dataclass, field

from caselib.orgs.models import Department, Role, User
from caselib.orgs.scope import ViewerScope, scope_of
from caselib.precedents.content import content_of
from caselib.precedents.deciding import revision_approve, revision_return
from caselib.precedents.models import Precedent, Revision
from caselib.precedents.services import revision_save, revision_start, revision_submit
from tests import factories

# Three clues in one paragraph, and what stops a text by itself.
CLUES = "2026年3月4日，住在曲阳路的王女士的儿子来过窗口。"
MOBILE = "联系电话 13812345678。"


@dataclass
class House:
    owner: Department = field(default_factory=factories.department)

    def __post_init__(self) -> None:
        self.author = factories.user(Role.EDITOR, within=self.owner)
        self.reviewer = factories.user(Role.REVIEWER, within=self.owner)
        self.second = factories.user(Role.REVIEWER, within=self.owner)

    def person(self, *roles: Role) -> User:
        return factories.user(*roles, within=self.owner)

    def scope(self, user: User | None = None) -> ViewerScope:
        return scope_of(User.objects.get(pk=(user or self.reviewer).pk))

    def draft(self, **values) -> Revision:
        return factories.draft(owner=self.owner, author=self.author, **values)

    def submitted(self, **values) -> Revision:
        revision = self.draft(**values)
        return revision_submit(revision, lock_version=revision.lock_version, actor=self.author)

    def changed(self, precedent: Precedent | None = None, *, note: str = "规定改了", **values) -> Revision:
        """A change of a published text, in review."""
        precedent = precedent or self.published()
        revision = revision_start(precedent, author=self.author)
        content = dataclasses.replace(content_of(revision), **(values or {"gist": "改过的要旨。"}))
        revision_save(revision, content, lock_version=revision.lock_version, editor=self.author, change_note=note)
        return revision_submit(revision, lock_version=revision.lock_version, actor=self.author)

    def published(self, **values) -> Precedent:
        return self.approve(self.submitted(**values))

    def approve(self, revision: Revision, **values) -> Precedent:
        return revision_approve(revision, **(self.read(revision) | values))

    def send_back(self, revision: Revision, **values) -> Revision:
        return revision_return(revision, **(self.read(revision) | values))

    def read(self, revision: Revision) -> dict:
        """What a decision says of the text that the reviewer has just read."""
        return {
            "lock_version": revision.lock_version,
            "reviewer": self.reviewer,
            "digest_seen": revision.content_digest,
            "comment": "核对过",
        }


def fresh(revision: Revision) -> Revision:
    return Revision.objects.select_related("precedent__owner_department").get(pk=revision.pk)
