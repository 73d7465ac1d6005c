"""No address of the site tells of a text to somebody who may not read it: every address x role x department x status x audience.

The addresses are collected from the site itself: one that is new fails here until it says how it is asked, or why it is not.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from caselib.orgs.models import CONTENT_ROLES, Role
from caselib.search.outbox import drain

from . import api_surface
from .secrets import Hall, Planted, Viewer, built

pytestmark = pytest.mark.django_db

Values = dict[str, object]


def _code(planted: Planted) -> Values:
    return {"code": planted.precedent.code}


def _key(name: str, of: str) -> Callable[[Planted], Values | None]:
    return lambda planted: {name: planted.keys[of]} if of in planted.keys else None


_ABOUT_ONE = """
    pages:precedent pages:slip pages:citations pages:citations_suggest pages:citations_start pages:citations_find pages:citations_add
    pages:verify desk:writing:revise desk:writing:autosave desk:writing:siblings desk:writing:beside desk:writing:cite
    desk:writing:draft desk:writing:submit desk:writing:withdraw desk:writing:preview desk:reviewing:history
    desk:reviewing:compare desk:reviewing:restore desk:reviewing:review desk:reviewing:comment desk:keeping:attach
    desk:keeping:attach_use desk:keeping:findings desk:keeping:override_ask desk:keeping:withhold desk:keeping:restore
    desk:keeping:blank desk:keeping:retire desk:keeping:tier reuse:record reuse:undo
    personal:star personal:note personal:put personal:put_into
    reuse:how reuse:used_by reuse:report training:bank:proposals
"""
# What takes a precedent, or a row that belongs to one. None: this one has no such row.
ABOUT_ONE: dict[str, Callable[[Planted], Values | None]] = {
    **dict.fromkeys(
        _ABOUT_ONE.split(),
        _code,
    ),
    "pages:citations_change": lambda planted: {"code": planted.precedent.code, "position": 0},
    "pages:by_number": lambda planted: {"number": planted.precedent.number} if planted.precedent.number else None,
    "pages:unresolved_cite": _key("key", "unresolved"),
    "pages:unresolved_dismiss": _key("key", "unresolved"),
    "desk:reviewing:answer": _key("key", "comment"),
    "desk:reviewing:withdraw": _key("key", "comment"),
    "desk:keeping:override_decide": _key("pk", "override"),
    **dict.fromkeys(
        (f"desk:reports:{name}" for name in ("report", "take", "revise", "accept", "decline", "restore")),
        _key("key", "report"),
    ),
    "desk:keeping:attachment": _key("code", "file"),
    "desk:keeping:attach_remove": lambda planted: (
        {"code": planted.precedent.code, "file": planted.keys["file"]} if "file" in planted.keys else None
    ),
}
ABOUT_A_TICKET = {"desk:writing:from_ticket"} | {
    f"desk:tickets:{name}"
    for name in ["ticket", "text", "edit", "entry_add", "analyse", "evaluate", "settle", "feed_back", "archive"]
}
_ABOUT_MANY = """
    pages:home pages:unresolved pages:verify_desk pages:policies pages:policy_desk pages:matters search:case
    search:synonyms:desk search:gaps:desk search:gaps:missed search:gaps:mine search:gaps:new consulting:list
    consulting:new search:tuning:desk search:tuning:relevance search:tuning:trial desk:work:home
    desk:writing:new desk:reviewing:queue desk:keeping:overrides desk:tickets:desk desk:tickets:new desk:tickets:import
    desk:vocabularies:home desk:transfer:home desk:offline:home desk:reports:desk following:notices
    personal:favourites personal:notes personal:recent personal:folders searches:list reuse:mine
    training:building:list training:building:new
    training:checking:queue training:checking:changes
    training:insight:map training:insight:teach
    training:bank:list training:bank:new
    training:people:home training:people:marking training:repeating:home
    personal:favourites personal:notes personal:recent personal:folders searches:list reuse:mine training:learning:home
"""
# Lists and other pages about many: what stands behind the question mark reaches as much as it can.
ABOUT_MANY: dict[str, str] = {
    **dict.fromkeys(
        _ABOUT_MANY.split(),
        "",
    ),
    "search:results": "?q=前租户",
    "search:suggest": "?q=qz",
    "desk:transfer:take": "?q=前租户",
    "desk:writing:list": "?of=department",
    "searches:new": "?q=前租户",
    "desk:vocabularies:pick": "?kind=tag&q=qz",
    "embed:search": "?q=前租户",
    "desk:hooks:home": "",
}
NOT_ASKED = {
    "account, has no text": "orgs:sign_in orgs:sign_out orgs:contrast desk:writing:token following:mail following:read",
    "what somebody keeps, asked by name in tests/permissions/test_personal.py": """personal:star_listed personal:unstar
        personal:note_drop personal:recent_clear personal:folder personal:folder_new personal:folder_edit
        personal:folder_delete personal:folder_keeper personal:folder_item searches:save searches:open searches:edit
        searches:delete following:follow_tag""",
    "the desk of policies, whose drafts name no precedent": """pages:policy_new pages:draft_facts pages:draft_text
        pages:draft_clauses pages:draft_discard pages:draft_impact pages:policy_status pages:policy_status_withdraw
        pages:policy_checked pages:policy_relations""",
    "learners, their answers and sheets, in tests/permissions/test_training_people.py": """training:people:pack
        training:people:assign training:people:withdraw training:people:hard training:people:learner training:people:mark
        training:people:certificate training:repeating:answer""",
    "texts of policies, which all readers read": "pages:compare pages:on_day pages:clauses_compared",
    "words of searching, which hold no precedent": """search:synonyms:add search:synonyms:import search:synonyms:confirm
        search:synonyms:export search:synonyms:edit search:synonyms:switch search:gaps:file search:gaps:close
        search:tuning:relevance_add search:tuning:relevance_first search:tuning:relevance_import
        search:tuning:relevance_export search:tuning:relevance_edit search:tuning:relevance_delete
        search:tuning:trial_words search:tuning:trial_weights""",
    "one gap or consultation, in tests/permissions/test_gaps.py and test_consulting.py": """search:gaps:gap search:gaps:take
        search:gaps:release search:gaps:sort search:gaps:join search:gaps:part desk:writing:from_gap consulting:consultation
        consulting:answer consulting:conclude consulting:lead consulting:withdraw desk:writing:from_consultation""",
    "imports of one's own and what is sent, in tests/permissions/test_transfer.py": """
        desk:transfer:batch desk:transfer:send desk:transfer:bring
        desk:transfer:confirm desk:transfer:mask desk:transfer:discard desk:transfer:refused desk:transfer:sample""",
    "one's own pack of the library, in tests/permissions/test_offline_pack.py": "desk:offline:take",
    "hand-outs of a pack, in tests/permissions/test_training_handouts.py": """training:handouts:pack training:handouts:send
        training:handouts:print""",
    "sheets of matters": """desk:vocabularies:import desk:vocabularies:import_confirm desk:vocabularies:import_refused
        desk:vocabularies:sample desk:vocabularies:export desk:tickets:sample""",
    "one entry of a vocabulary; its desk is asked": """desk:vocabularies:aliases desk:vocabularies:new
        desk:vocabularies:entry desk:vocabularies:switch desk:vocabularies:delete desk:vocabularies:merge""",
    "the calendar, in which days stand and nothing else": """desk:calendar:year desk:calendar:notice desk:calendar:day
        desk:calendar:withdraw""",
    "asked by systems with their tokens below": """api:search api:suggest api:precedent api:policies api:policy
        api:clauses_on api:clause api:matters api:matter api:ticket_in api:reuse api:gap api:embed_ticket""",
    "what the interface is, without anything of the library": "api:openapi api:docs api:nothing",
    "systems and their tokens, in tests/permissions/test_systems.py": """desk:systems:home desk:systems:new
        desk:systems:system desk:systems:save desk:systems:switch desk:systems:issue desk:systems:rotate
        desk:systems:revoke""",
    "the trail, asked by name below": "desk:trail:events desk:trail:export desk:trail:event",
    "one training pack, in tests/permissions/test_training_guard.py": "training:scorm:pack",
    "one pack, lesson or attempt of a learner, in tests/permissions/test_training_learning.py": """training:learning:pack
        training:learning:lesson training:learning:save training:learning:attempt""",
    "asked by name in tests/hooks/test_room.py": """desk:hooks:new desk:hooks:hook desk:hooks:save desk:hooks:switch
        desk:hooks:test desk:hooks:rekey desk:hooks:replay desk:hooks:feed desk:hooks:feed_end""",
    "for systems, asked in tests/permissions/test_systems_told.py": "feeds:precedents",
    "one training pack, in tests/permissions/test_training_building.py": """training:building:pack training:building:add
        training:building:settings training:building:people training:building:lesson""",
    "one pack and its versions, in tests/permissions/test_training_checking.py": """training:checking:version
        training:checking:history training:checking:past training:checking:submit training:checking:withdraw
        training:checking:revise training:checking:discard training:checking:adopt""",
    "one question of the bank, in tests/permissions/test_training_bank.py": "training:bank:question",
    "asked by name below": """pages:policy pages:clause pages:clause_by_code pages:impact pages:matter following:follow
        desk:vocabularies:list desk:tickets:preview desk:tickets:entry_remove""",
}


def names_of_the_site(patterns=None, space: str = "") -> Iterator[str]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from names_of_the_site(
                pattern.url_patterns, space + (f"{pattern.namespace}:" if pattern.namespace else "")
            )
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"


@pytest.fixture(scope="module")
def hall(django_db_setup, django_db_blocker) -> Iterator[Hall]:
    """Built once: every test works in a savepoint above it, and all of it is rolled back at the end."""
    from tests.search.conftest import Index
    from tests.services.clean_house import gate

    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patched:
        gate.__wrapped__(patched)
        Index().remove()
        from caselib.search.live import live_engine, policy_engine

        live_engine().create()
        policy_engine().create()
        made = built()
        drain()
        yield made
        transaction.set_rollback(True)
    Index().remove()


def told(response: HttpResponse) -> str:
    """Everything that an answer says, its headers too."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode(errors="replace") + "\n".join(f"{name}: {value}" for name, value in response.items())


def test_every_address_of_the_site_is_asked_or_has_a_reason():
    known = {
        *ABOUT_ONE,
        *ABOUT_A_TICKET,
        *ABOUT_MANY,
        *(name for names in NOT_ASKED.values() for name in names.split()),
    }
    assert set(names_of_the_site()) - known == set()
    assert known - set(names_of_the_site()) == set()


def test_every_address_about_a_precedent_keeps_silent_to_who_may_not_read_it(hall):
    wrong = []
    # From who writes and reviews here nothing is hidden: what those may do is in the matrices of the rooms.
    for viewer in (
        each for each in hall.viewers if not each.sees_drafts() and (each.is_own or each.role in CONTENT_ROLES)
    ):
        hidden = hall.hidden_from(viewer)
        for planted in hall.planted:
            for name, values in ABOUT_ONE.items():
                if (kwargs := values(planted)) is None:
                    continue
                address = reverse(name, kwargs=kwargs)
                cell = (viewer.role.value, viewer.is_own, planted.status, planted.audience.value, name)
                wrong += _asked(viewer, planted, address, name, cell, hidden)
    assert wrong == []


def test_the_words_do_stand_where_they_may_be_read(hall):
    """Else all the silence above would say nothing."""
    editor = next(each for each in hall.viewers if each.is_own and each.role == Role.EDITOR)
    for planted in hall.planted:
        pages = ("pages:precedent", "desk:writing:draft", "desk:reviewing:history", "desk:writing:siblings")
        shown = "".join(told(editor.client.get(reverse(name, kwargs=_code(planted)))) for name in pages)
        for word in filter(None, (planted.live, planted.draft)):
            assert word in shown, (planted.status, word)


# These ask for the role before they look for the row: the answer is the same for every key.
ROLE_FIRST = {
    *("pages:unresolved_cite", "pages:unresolved_dismiss"),
    *("personal:star", "personal:note", "personal:put", "personal:put_into"),
    "training:bank:proposals",
    *(f"desk:reports:{name}" for name in ("report", "take", "revise", "accept", "decline", "restore")),
}
# (name, method) that an address does not answer to, whoever asks: asked once is enough.
_ODD: set[tuple[str, str]] = set()


def _asked(
    viewer: Viewer, planted: Planted, address: str, name: str, cell: tuple, hidden: re.Pattern
) -> Iterator[tuple]:
    sees = viewer.sees(planted)
    for method in ("GET",) if sees else ("GET", "POST"):
        if (name, method) in _ODD:
            continue
        ask = viewer.client.get if method == "GET" else viewer.client.post
        response = ask(address, {"account": viewer.user.pk} if method == "POST" else {})
        if response.status_code == 405:
            _ODD.add((name, method))
            continue
        if found := hidden.search(told(response)):
            yield (*cell, method, "tells", found[0])
        if response.status_code not in ((200, 302, 403, 404) if sees else (404,)) and not (
            response.status_code == 403 and name in ROLE_FIRST
        ):
            yield (*cell, method, response.status_code)


def test_no_list_tells_of_what_its_reader_may_not_read(hall):
    wrong = []
    for viewer in hall.viewers:
        hidden = hall.hidden_from(viewer)
        for address in addresses_about_many(hall):
            response = viewer.client.get(address)
            assert response.status_code in (200, 302, 403, 404), address
            if found := hidden.search(told(response)):
                wrong.append((viewer.role.value, viewer.is_own, address, found[0]))
    assert wrong == []


def addresses_about_many(hall: Hall) -> list[str]:
    policy, clause = hall.clause.version.policy, hall.clause
    return [
        *(reverse(name) + query for name, query in ABOUT_MANY.items()),
        "/search/?q=&sort=newest",
        "/search/?q=" + hall.matter.name,
        *(f"{reverse('training:insight:map')}?of={of}" for of in ("bare", "hard")),
        *(f"{reverse('training:insight:teach')}?like={each.precedent.code}" for each in hall.planted),
        reverse("search:suggest") + "?q=前租户",
        *(f"/desk/write/?of=department&state={state}" for state in ("draft", "returned", "submitted")),
        reverse("pages:policy", kwargs={"code": policy.code}),
        reverse("pages:impact", kwargs={"code": policy.code}),
        reverse("pages:clause", kwargs={"code": policy.code, "clause": clause.ref}),
        reverse("pages:clause_by_code", kwargs={"code": clause.code}),
        reverse("pages:matter", kwargs={"code": hall.matter.code}),
        *(f"/desk/words/{kind}/" for kind in ("matters", "causes", "tags", "departments", "regions")),
        "/desk/words/tags/?q=qz",
    ]


def test_a_posted_case_is_answered_from_what_the_asker_may_read(hall):
    wrong = []
    for viewer in hall.viewers:
        hidden = hall.hidden_from(viewer)
        response = viewer.client.post("/search/case/", {"text": "前租户没有注销，执照受理不了，先帮前租户注销。"})
        if found := hidden.search(told(response)):
            wrong.append((viewer.role.value, viewer.is_own, found[0]))
    assert wrong == []


def test_a_ticket_and_a_staged_import_are_there_for_their_department_alone(hall):
    addresses = [reverse(name, kwargs={"code": hall.ticket.code}) for name in sorted(ABOUT_A_TICKET)]
    addresses.append(reverse("desk:tickets:entry_remove", kwargs={"code": hall.ticket.code, "key": 1}))
    addresses.append(reverse("desk:tickets:preview", kwargs={"code": hall.staged.code}))
    wrong = []
    for viewer in hall.viewers:
        hidden, theirs = hall.hidden_from(viewer), viewer.is_own and viewer.role in TICKET_READERS
        for address in addresses:
            responses = [viewer.client.get(address)] + ([] if theirs else [viewer.client.post(address, {})])
            cell = (viewer.role.value, viewer.is_own, address)
            wrong += [(*cell, found[0]) for each in responses if (found := hidden.search(told(each)))]
            if not theirs:
                wrong += [(*cell, each.status_code) for each in responses if each.status_code not in (403, 404, 405)]
    assert wrong == []


TICKET_READERS = {Role.WINDOW, Role.EDITOR, Role.REVIEWER, Role.DEPARTMENT_ADMIN}


def test_the_trail_is_for_the_auditor_and_holds_no_text_of_anybody(hall):
    """Reasons and titles are what was done; a ticket's text, a claim's words and a remark are not."""
    for viewer in hall.viewers:
        pages = [viewer.client.get("/desk/trail/"), viewer.client.post("/desk/trail/export/", {"form": "jsonl"})]
        if viewer.role != Role.AUDIT_ADMIN:
            assert {page.status_code for page in pages} <= {403, 404}
        for page in pages:
            assert not re.search(f"{hall.ticket_word}|{hall.import_word}", told(page)), viewer.role


def test_no_answer_to_a_system_tells_of_what_the_window_of_its_department_may_not_read(hall):
    wrong, seen = [], set()
    for caller, viewer in api_surface.systems(hall):
        hidden = hall.hidden_from(viewer)
        for address in api_surface.addresses_about_many(hall):
            answer = caller.get(address)
            assert answer.status_code == 200, address
            if found := hidden.search(told(answer)):
                wrong.append((viewer.is_own, address, found[0]))
        for number, planted in enumerate(hall.planted):
            for answer in api_surface.answers_about_one(caller, planted, number):
                cell = (viewer.is_own, planted.status, planted.audience, answer.status_code)
                if found := hidden.search(told(answer)):
                    wrong.append((*cell, found[0]))
                if not viewer.sees(planted) and answer.status_code != 404:
                    wrong.append(cell)
                if viewer.sees(planted) and planted.live in told(answer):
                    seen.add(planted.live)
    assert wrong == []
    # Else all the silence above would say nothing.
    assert seen


def test_every_operation_of_the_api_is_asked_by_systems():
    asked = {*api_surface.ABOUT_MANY, *api_surface.ABOUT_ONE, *api_surface.TELLS_BACK}
    assert api_surface.operations() == asked


def test_a_ticket_of_another_department_is_told_to_no_system(hall):
    """The number is taken; whose it is, and what it says, is not told."""
    (own, _), (other, _) = api_surface.systems(hall)
    sent = {"source_system": "综窗", "source_number": "HK-1", "text": "群众说 qzsentword 受理不了。"}
    made = own.post("tickets", sent).json()
    assert made["created"] is True
    assert own.post("tickets", sent).json() == {**made, "created": False}
    answer = other.post("tickets", sent)
    assert answer.status_code == 409
    assert made["code"] not in told(answer)
    assert "qzsentword" not in told(answer)
