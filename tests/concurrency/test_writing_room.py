"""Eight presses of one button in the same moment: one draft, one submission, and no word lost."""

import pytest
from django.test import Client

from caselib.core import clock
from caselib.desk.writing.starting import Start, draft_begin, draft_begin_from, revision_open
from caselib.orgs.models import Role
from caselib.precedents.models import Precedent, RevisionState, SiblingDraft
from tests import factories

from .test_transitions import THREADS, all_at_once, shared_database  # noqa: F401 - the fixture is used by name

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_database")]


def test_eight_presses_begin_one_draft():
    department, editor = factories.department(), factories.user(Role.EDITOR)
    start, now = Start("新的一件"), clock.now()
    results = all_at_once(lambda n: draft_begin(start, matter=None, department=department, author=editor, now=now))
    assert results == {"won": THREADS}
    assert Precedent.objects.count() == 1


def test_one_ticket_makes_one_draft_however_many_press():
    department = factories.department()
    editors = [factories.user(Role.EDITOR, within=department) for _ in range(THREADS)]
    content = factories.content()
    results = all_at_once(lambda n: draft_begin_from(content, ticket="abc", department=department, author=editors[n]))
    assert results == {"won": THREADS}
    assert Precedent.objects.count() == 1


def test_eight_who_open_a_revision_find_the_same_one():
    published = factories.published()
    editors = [factories.user(Role.EDITOR, within=published.owner_department) for _ in range(THREADS)]
    results = all_at_once(lambda n: revision_open(published, author=editors[n]))
    assert results == {"won": THREADS}
    assert published.revisions.count() == 2


def test_eight_submissions_of_one_form_are_one():
    department = factories.department()
    editor = factories.user(Role.EDITOR, within=department)
    draft = factories.draft(owner=department, author=editor)
    clients = [Client() for _ in range(THREADS)]
    for client in clients:
        client.force_login(editor)
    typed = {"lock_version": "0", "revision": "1", "gist": "最后改的要旨", "window": "w"}

    def press(n: int) -> None:
        response = clients[n].post(f"/desk/write/{draft.precedent.code}/submit/", typed)
        assert response.status_code in (302, 409), response.status_code

    all_at_once(press)
    draft.refresh_from_db()
    assert (draft.state, draft.gist) == (RevisionState.SUBMITTED, "最后改的要旨")
    # Whatever came too late says the same, and who compares sees that.
    assert all(row.typed["gist"] == ["最后改的要旨"] for row in SiblingDraft.objects.all())
