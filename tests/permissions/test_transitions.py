"""Every move of a text for every role: own or other department, own text or another's, in every state.

The table of what is allowed is written here once more in words, apart from the table that the program keeps.
"""

import itertools

import pytest
from django.db import transaction

from caselib.core.errors import NotAllowed, NotVisible, RuleBroken
from caselib.orgs.models import CONTENT_ROLES, Role, User
from caselib.orgs.scope import scope_of
from caselib.precedents import workflow
from caselib.precedents.access import may_comment, may_edit, may_review
from caselib.precedents.commenting import comment_add
from caselib.precedents.content import content_of
from caselib.precedents.deciding import revision_approve, revision_reject, revision_return
from caselib.precedents.models import Precedent, Revision, RevisionState
from caselib.precedents.selectors import visible_precedent
from caselib.precedents.services import revision_save, revision_submit, revision_withdraw
from caselib.precedents.workflow import TRANSITIONS, Deed
from tests import factories

pytestmark = pytest.mark.django_db

WRITES = {Role.EDITOR, Role.DEPARTMENT_ADMIN}
DECIDES = {Role.REVIEWER}
SEES_DRAFTS = WRITES | DECIDES
S = RevisionState
# From which states each deed leads on, in words: what the program must do, whatever its own table says.
FROM = {
    Deed.SAVE: {S.DRAFT, S.CHANGES_REQUESTED},
    Deed.SUBMIT: {S.DRAFT, S.CHANGES_REQUESTED},
    Deed.WITHDRAW: {S.DRAFT, S.CHANGES_REQUESTED, S.SUBMITTED},
    Deed.RETURN: {S.SUBMITTED},
    Deed.REJECT: {S.SUBMITTED},
    Deed.APPROVE: {S.SUBMITTED},
    Deed.SUPERSEDE: {S.APPROVED},
}
DECISIONS = {Deed.RETURN: revision_return, Deed.REJECT: revision_reject, Deed.APPROVE: revision_approve}
# Nobody supersedes a text: the approval of the next one does.
BY_PEOPLE = [deed for deed in Deed if deed is not Deed.SUPERSEDE]


def test_the_table_of_the_program_is_the_one_in_words():
    assert {deed: {state for state, of in TRANSITIONS if of is deed} for deed in Deed} == FROM


def done(deed: Deed, code: str, user: User) -> None:
    """The deed the way a view does it: what is visible, what is allowed, what the service makes of it."""
    scope = scope_of(user)
    precedent = visible_precedent(scope, code=code)
    revision = precedent.revisions.select_related("precedent__owner_department").last()
    if deed in DECISIONS:
        may_review(scope, revision).require()
        DECISIONS[deed](
            revision,
            lock_version=revision.lock_version,
            reviewer=user,
            digest_seen=revision.content_digest,
            comment="核对过",
        )
        return
    may_edit(scope, precedent).require()
    if deed is Deed.SAVE:
        revision_save(revision, content_of(revision), lock_version=revision.lock_version, editor=user)
    elif deed is Deed.SUBMIT:
        revision_submit(revision, lock_version=revision.lock_version, actor=user)
    else:
        revision_withdraw(revision, lock_version=revision.lock_version, actor=user)


def expected(state: RevisionState, deed: Deed, role: Role, *, own: bool, author: bool) -> type[Exception] | None:
    if not (own and role in SEES_DRAFTS):
        return NotVisible
    if role not in (DECIDES if deed in DECISIONS else WRITES):
        return NotAllowed
    if deed in DECISIONS and author:
        return NotAllowed
    return None if state in FROM[deed] else RuleBroken


@pytest.mark.parametrize("deed", BY_PEOPLE, ids=lambda deed: deed.value)
@pytest.mark.parametrize("state", RevisionState, ids=lambda state: state.value)
def test_every_deed_in_every_state_for_every_role(state, deed):
    owner, elsewhere = factories.department(), factories.department()
    revision = factories.draft(owner=owner, author=factories.user(Role.EDITOR, within=owner))
    code = revision.precedent.code
    Revision.objects.filter(pk=revision.pk).update(state=state)
    for role, own in itertools.product(Role, (True, False)):
        user = factories.user(role, within=owner if own else elsewhere)
        for author in (False, True):
            wanted = expected(state, deed, role, own=own, author=author)
            where = (state, deed, role, "own" if own else "other", "author" if author else "not author")
            raised: type[Exception] | None = None
            with transaction.atomic():
                if author:
                    Revision.objects.filter(pk=revision.pk).update(author=user, last_editor=user)
                before = Revision.objects.values().get(pk=revision.pk)
                try:
                    done(deed, code, user)
                except (NotVisible, NotAllowed, RuleBroken) as error:
                    raised = type(error)
                after = Revision.objects.values().get(pk=revision.pk)
                transaction.set_rollback(True)
            assert raised is wanted, where
            if wanted is None:
                assert after["state"] == TRANSITIONS[state, deed], where
            else:
                assert after == before, where


@pytest.mark.parametrize("deed", DECISIONS, ids=lambda deed: deed.value)
@pytest.mark.parametrize("hand", ["author", "last_editor"])
def test_all_roles_together_do_not_make_a_second_person(deed, hand):
    owner = factories.department()
    person = factories.user(*sorted(CONTENT_ROLES), within=owner)
    revision = factories.draft(owner=owner, author=factories.user(Role.EDITOR, within=owner))
    revision_submit(revision, lock_version=revision.lock_version, actor=revision.author)
    Revision.objects.filter(pk=revision.pk).update(**{hand: person})
    with pytest.raises(NotAllowed):
        done(deed, revision.precedent.code, person)
    # Whoever goes past the question is stopped by the service all the same.
    found = Revision.objects.get(pk=revision.pk)
    with pytest.raises(RuleBroken) as wrong:
        DECISIONS[deed](
            found,
            lock_version=found.lock_version,
            reviewer=person,
            digest_seen=found.content_digest,
            comment="核对过",
        )
    assert wrong.value.code == "four_eyes"


@pytest.mark.parametrize("state", RevisionState, ids=lambda state: state.value)
def test_only_an_approval_supersedes(state):
    revision = factories.draft()
    Revision.objects.filter(pk=revision.pk).update(state=state)
    revision.refresh_from_db()
    if state is S.APPROVED:
        with transaction.atomic():
            assert workflow.apply(revision, Deed.SUPERSEDE, lock_version=0).state == S.SUPERSEDED
        return
    with pytest.raises(RuleBroken), transaction.atomic():
        workflow.apply(revision, Deed.SUPERSEDE, lock_version=0)


@pytest.mark.parametrize("state", RevisionState, ids=lambda state: state.value)
@pytest.mark.parametrize("role", Role)
def test_who_remarks_on_a_text_in_which_state(role, state):
    owner = factories.department()
    revision = factories.draft(owner=owner, author=factories.user(Role.EDITOR, within=owner))
    Revision.objects.filter(pk=revision.pk).update(state=state)
    found = Revision.objects.select_related("precedent__owner_department").get(pk=revision.pk)
    for within, author in itertools.product((owner, factories.department()), (False, True)):
        user = factories.user(role, within=within)
        found.author = user if author else revision.author
        allowed = role in DECIDES and within == owner and state is S.SUBMITTED and not author
        assert bool(may_comment(scope_of(user), found)) is allowed
    if state is not S.SUBMITTED:
        with pytest.raises(Exception, match="批注没有记"):
            comment_add(
                found,
                section="",
                text="写清楚",
                reviewer=factories.user(Role.REVIEWER, within=owner),
                digest_seen=found.content_digest,
            )
    assert Precedent.objects.count() == 1
