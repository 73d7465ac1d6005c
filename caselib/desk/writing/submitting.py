"""A draft goes to its review, comes back, or is given up."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext

from caselib.core.errors import RuleBroken
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope
from caselib.precedents.content import content_of
from caselib.precedents.models import Kind, Precedent, Revision, RevisionState
from caselib.precedents.scarcity import refuse_another
from caselib.precedents.services import revision_submit, revision_withdraw

from .form import CHANGE_NOTE
from .starting import kind_of


@transaction.atomic
def draft_submit(
    revision: Revision, *, lock_version: int, scope: ViewerScope, actor: User, now: dt.datetime
) -> Revision:
    """Asks for a review. A change of a published text says why; one more about the same question says why it stands beside.

    Raises RuleBroken, StaleState as `revision_submit` does, whose writes it writes.
    """
    precedent, content = revision.precedent, content_of(revision)
    if precedent.live_revision_id and not revision.change_note:
        raise RuleBroken(
            gettext("还没写为什么改。写一句，审核人先看它；别的都存好了。"), code="required", field=CHANGE_NOTE
        )
    refuse_another(content, scope=scope, precedent=precedent)
    if not precedent.live_revision_id and precedent.kind in (Kind.PRECEDENT, Kind.ROUTING_CARD):
        # Before it is published what it says decides what it is.
        Precedent.objects.filter(pk=precedent.pk, live_revision=None).update(kind=kind_of(content))
    return revision_submit(revision, lock_version=lock_version, actor=actor, now=now)


def draft_take_back(revision: Revision, *, lock_version: int, actor: User) -> Revision:
    """撤回: what waits for a review is a draft again. Raises RuleBroken for any other, so that two presses do not give it up."""
    if revision.state != RevisionState.SUBMITTED:
        raise RuleBroken(
            gettext("这一稿现在是“{state}”，不用撤回。").format(state=revision.get_state_display()),
            code="not_submitted",
            field="state",
        )
    return revision_withdraw(revision, lock_version=lock_version, actor=actor)


def draft_give_up(revision: Revision, *, lock_version: int, actor: User) -> Revision:
    """放弃草稿: the text stays in the history. Raises RuleBroken for what waits for a review."""
    if revision.state == RevisionState.SUBMITTED:
        raise RuleBroken(gettext("这一稿正在等审核。要放弃，先撤回。"), code="submitted", field="state")
    return revision_withdraw(revision, lock_version=lock_version, actor=actor)
