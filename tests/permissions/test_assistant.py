"""What an assistant is told is what its account may see at that moment: every tool x role x department x status x audience."""

import json

import pytest

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.connect.assistant.asking import asked
from caselib.connect.assistant.services import session_open
from caselib.core.errors import NotAllowed
from caselib.orgs.models import CONTENT_ROLES, Role, User
from caselib.precedents.visibility import READABLE
from tests import factories
from tests.services.clean_house import PHONE, leaky

from . import test_every_surface

pytestmark = pytest.mark.django_db
# One hall for all of it, built as for the addresses of the site.
hall = test_every_surface.hall


def told(said) -> str:
    return said.text + json.dumps(said.plain, ensure_ascii=False)


def questions(hall) -> list[tuple[str, dict]]:
    policy = hall.clause.version.policy
    return [
        ("search", {"question": "前租户没有注销，执照受理不了", "limit": 10}),
        ("search", {"question": "先帮前租户注销", "matter": hall.matter.name, "limit": 10}),
        *(("search", {"question": word}) for each in hall.planted for word in (each.live, each.draft) if word),
        ("clause_at", {"policy": policy.title, "article": "第33条"}),
        ("impact", {"policy": policy.doc_number}),
    ]


def test_no_answer_tells_of_a_text_that_the_account_may_not_read(hall):
    wrong = []
    for viewer in hall.viewers:
        hidden = hall.hidden_from(viewer)
        for tool, sent in questions(hall):
            # What was asked for may be said back to who asked; nothing else of it may.
            answer = told(asked(viewer.user.pk, tool, sent)).replace(str(sent.get("question")), "")
            if found := hidden.search(answer):
                wrong.append((viewer.role.value, viewer.is_own, tool, sent, found[0]))
    assert wrong == []


def test_a_precedent_is_given_to_who_reads_it_and_only_once_it_is_published(hall):
    wrong = []
    for viewer in hall.viewers:
        for planted in hall.planted:
            for number in filter(None, (planted.precedent.number, planted.precedent.code)):
                said = asked(viewer.user.pk, "precedent", {"number": number})
                sees = viewer.sees(planted) and planted.status in READABLE
                code = said.plain.get("error", {}).get("code", "")
                wanted = "" if sees else "not_found" if viewer.role in CONTENT_ROLES else "not_allowed"
                if code != wanted or (sees and planted.live not in told(said)):
                    wrong.append((viewer.role.value, viewer.is_own, planted.status, planted.audience, code))
                # The text that is being written leaves with nobody, not even with who writes it.
                assert not planted.draft or planted.draft not in told(said)
    assert wrong == []


def test_what_is_hidden_and_what_is_not_there_get_the_same_answer(hall):
    stranger = next(each for each in hall.viewers if not each.is_own and each.role == Role.WINDOW)
    hidden = next(each for each in hall.planted if each.live and not stranger.sees(each))
    answers = [
        asked(stranger.user.pk, "precedent", {"number": number}) for number in (hidden.precedent.code, "2345678abc")
    ]
    assert answers[0] == answers[1]


def test_accounts_that_only_administer_read_nothing_with_any_tool(hall):
    for viewer in hall.viewers:
        codes = {asked(viewer.user.pk, *each).plain.get("error", {}).get("code") for each in questions(hall)}
        assert (codes == {"not_allowed"}) == (viewer.role not in CONTENT_ROLES), viewer.role


def test_the_list_of_impact_is_for_who_works_on_the_library(hall):
    sent = {"policy": hall.clause.version.policy.title}
    for viewer in hall.viewers:
        said = asked(viewer.user.pk, "impact", sent)
        assert said.is_error == (viewer.role not in (Role.EDITOR, Role.DEPARTMENT_ADMIN)), viewer.role
    editor = next(each for each in hall.viewers if each.is_own and each.role == Role.EDITOR)
    numbers = {each["number"] for each in asked(editor.user.pk, "impact", sent).plain["precedents"]}
    assert numbers >= {each.precedent.number for each in hall.planted if each.status == "published"}


def test_a_closed_account_and_a_role_that_was_taken_away_are_refused_at_the_next_question(index):
    precedent = factories.published()
    account = factories.user(Role.WINDOW, within=precedent.owner_department)
    sent = {"number": precedent.number}
    assert not asked(account.pk, "precedent", sent).is_error
    account.memberships.all().delete()
    assert asked(account.pk, "precedent", sent).plain["error"]["code"] == "not_allowed"
    reader = factories.user(Role.TRAINER)
    assert not asked(reader.pk, "precedent", sent).is_error
    User.objects.filter(pk=reader.pk).update(is_active=False)
    assert asked(reader.pk, "precedent", sent).plain["error"]["code"] == "not_allowed"
    assert asked(10**9, "precedent", sent).plain["error"]["code"] == "not_allowed"


def test_who_moved_to_another_department_asks_with_its_eyes(index):
    precedent = factories.published(audience="department")
    account = factories.user(Role.WINDOW, within=precedent.owner_department)
    assert not asked(account.pk, "precedent", {"number": precedent.number}).is_error
    account.memberships.update(department=factories.department())
    assert asked(account.pk, "precedent", {"number": precedent.number}).plain["error"]["code"] == "not_found"


def test_personal_data_in_a_live_text_leaves_with_no_tool(index):
    precedent = leaky(title="前租户没有注销怎么办").precedent
    index.refresh()
    editor = factories.user(Role.EDITOR, within=precedent.owner_department)
    for tool, sent in (("precedent", {"number": precedent.number}), ("search", {"question": "前租户没有注销"})):
        said = asked(editor.pk, tool, sent)
        assert "〔手机号〕" in told(said), tool
        assert PHONE not in told(said), tool


def test_a_session_is_opened_in_the_name_of_an_account_that_reads_and_stands_in_the_trail(db):
    account = factories.user(Role.WINDOW)
    session_open(account.username)
    event = AuditEvent.objects.get(action=Action.ASSISTANT_OPENED)
    assert event.actor == account
    closed = factories.user(Role.WINDOW)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    for username in (
        "nobody-here",
        closed.username,
        factories.user(Role.SYSTEM_ADMIN).username,
        factories.user().username,
    ):
        with pytest.raises(NotAllowed):
            session_open(username)
    assert AuditEvent.objects.filter(action=Action.ASSISTANT_OPENED).count() == 1
