"""A library in which people use texts and report them: what the tests of both start with."""

import dataclasses

from caselib.orgs.models import Role, User
from caselib.orgs.scope import ViewerScope, scope_of
from caselib.precedents.content import content_of
from caselib.precedents.deciding import revision_approve
from caselib.precedents.models import Precedent, Revision
from caselib.precedents.services import revision_save, revision_start, revision_submit
from caselib.reuse.models import Report
from caselib.reuse.reports.filing import Filed, report_file
from caselib.reuse.services import reuse_record
from tests import factories


def clerk(role: Role = Role.WINDOW, **values: object) -> ViewerScope:
    """Somebody of another department."""
    return scope_of(factories.user(role, **values))


def failed(precedent: Precedent, *, point: str = "applies_when:1", scope: ViewerScope | None = None, **values: object):
    return reuse_record(precedent, scope=scope or clerk(), outcome="failed", point=point, **values)


def reported(precedent: Precedent, *, kind: str = "wrong", scope: ViewerScope | None = None, **values: object) -> Filed:
    given = {"section": "fits", "text": "这一条写反了"} | values
    return report_file(precedent, scope=scope or clerk(), kind=kind, **given)


def report(precedent: Precedent, **values: object) -> Report:
    return reported(precedent, **values).report


def own(precedent: Precedent, role: Role) -> User:
    """Somebody of the owning department."""
    return factories.user(role, within=precedent.owner_department)


def submitted(precedent: Precedent, *, draft: Revision | None = None, **changes: object) -> Revision:
    """A revision with these values in place of those of the live text, waiting for a review."""
    editor = own(precedent, Role.EDITOR)
    draft = draft or revision_start(precedent, author=editor)
    content = dataclasses.replace(content_of(draft), **changes)
    draft = revision_save(draft, content, lock_version=draft.lock_version, editor=editor)
    return revision_submit(draft, lock_version=draft.lock_version, actor=editor)


def decision(text: Revision) -> dict[str, object]:
    """What approves that text."""
    precedent = text.precedent
    reviewer = own(precedent, Role.REVIEWER)
    return {
        "lock_version": text.lock_version,
        "reviewer": reviewer,
        "digest_seen": text.content_digest,
        "comment": "核对过",
        "significance": "substantial",
    }


def revised(precedent: Precedent, **changes: object) -> Revision:
    """The precedent with another live text."""
    text = submitted(precedent, **changes)
    revision_approve(text, **decision(text))
    precedent.refresh_from_db()
    return precedent.live_revision
