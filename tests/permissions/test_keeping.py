"""Who keeps precedents clean, who is sent a file, and that what was taken off view is nowhere at once."""

import itertools

import pytest
from django.test import Client

from caselib.core import clock
from caselib.following.services import follow
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.attaching import attachment_add
from caselib.precedents.browsing import counts_by_cause, counts_by_matter, rows_for_home
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import Attachment, AttachmentData, Precedent
from caselib.precedents.overrides import override_ask
from caselib.precedents.rescan import scan
from caselib.precedents.visibility import DRAFT_ROLES, Audience
from caselib.precedents.withholding import precedent_withhold
from caselib.search.outbox import drain, rebuild
from caselib.search.selectors import results_for_page
from caselib.search.similar import similar_to
from caselib.search.suggestions import store
from caselib.search.suggestions.selectors import suggestions_for
from tests import factories
from tests.services.clean_house import PHONE, PNG, gate, hit_of, home
from tests.web.test_keeping import with_picture

__all__ = ["gate"]
pytestmark = pytest.mark.django_db
EDIT, SECOND = {Role.EDITOR, Role.DEPARTMENT_ADMIN}, {Role.REVIEWER, Role.DEPARTMENT_ADMIN}
DRAFTS = set(DRAFT_ROLES)
CONTENT = DRAFTS | {Role.WINDOW, Role.TRAINER}
PAGES = {"withhold": DRAFTS, "findings": DRAFTS, "attach": EDIT, "retire": SECOND, "tier": SECOND}
DEEDS = {
    "withhold": ({"reason": "有手机号"}, DRAFTS),
    "attach": ({}, EDIT),
    "attach/use": ({}, EDIT),
    "attach/nothere/remove": ({}, EDIT),
    "findings/ask": ({"claim": "公开"}, EDIT),
    "blank": ({"sure": "yes"}, {Role.DEPARTMENT_ADMIN}),
    "retire": ({"reason": "过时"}, SECOND),
    "tier": ({"tier": "reference"}, SECOND),
}
DONE = (200, 302, 409, 422)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("role", Role)
def test_pages_and_deeds_are_for_the_owning_department(role):
    made = home()
    for own in (False, True):
        client = client_of(factories.user(role, within=made.owner if own else factories.department()))
        refused = 403 if role in CONTENT else 404
        for page, roles in PAGES.items():
            status = client.get(f"/desk/keep/{made.precedent.code}/{page}/").status_code
            assert status == (200 if own and role in roles else refused), (page, own)
        # Deeds of who may come last: one of them takes it off view.
        for deed, (form, roles) in reversed(DEEDS.items()):
            if not (own and role in roles):
                status = client.post(f"/desk/keep/{made.precedent.code}/{deed}/", form).status_code
                assert status == refused, (deed, own)


@pytest.mark.parametrize(
    ("deed", "role"), [(deed, role) for deed, (_, roles) in DEEDS.items() for role in sorted(roles)]
)
def test_who_may_does(deed, role):
    made = home()
    response = client_of(made.person(role)).post(f"/desk/keep/{made.precedent.code}/{deed}/", DEEDS[deed][0])
    assert response.status_code in DONE


@pytest.mark.parametrize("role", Role)
def test_what_is_hidden_has_no_page_here(role):
    made = home(audience=Audience.DEPARTMENT)
    client = client_of(factories.user(role, within=factories.department()))
    for page in PAGES:
        assert client.get(f"/desk/keep/{made.precedent.code}/{page}/").status_code == 404
        assert client.post(f"/desk/keep/{made.precedent.code}/{page}/", {"reason": "x"}).status_code in (404, 405)


@pytest.mark.parametrize("role", Role)
def test_the_desk_of_claims_is_for_who_decides_in_some_department(role):
    response = client_of(factories.user(role)).get("/desk/keep/overrides/")
    assert response.status_code == (200 if role in SECOND else 403)


@pytest.mark.parametrize("address", ["/desk/keep/overrides/", "/desk/keep/x/withhold/", "/desk/keep/file/x/"])
def test_nobody_gets_in_without_signing_in(address):
    assert Client().get(address)["Location"].startswith("/account/sign-in/")


@pytest.mark.parametrize("status", ["live", "unused", "withheld", "retired", "department", "removed"])
def test_a_file_is_sent_to_who_may_read_a_text_that_uses_it(gate, status):
    """Role by department by what became of the precedent and of the file."""
    made, kept = with_picture()
    editor = made.person(Role.EDITOR)
    if status == "unused":
        kept = attachment_add(made.precedent, PNG + b"2", "没用上.png", actor=editor)
    elif status == "withheld":
        precedent_withhold(made.precedent, reason="脸", actor=editor)
    elif status == "retired":
        precedent_retire(made.now(), reason="过时", actor=made.person(Role.REVIEWER))
    elif status == "department":
        Precedent.objects.filter(pk=made.precedent.pk).update(audience=Audience.DEPARTMENT)
    elif status == "removed":
        Attachment.objects.filter(pk=kept.pk).update(removed_at=clock.now())
    elsewhere = factories.department()
    for role, own in itertools.product(Role, (True, False)):
        client = client_of(factories.user(role, within=made.owner if own else elsewhere))
        reads = {
            "live": role in CONTENT,
            "unused": own and role in DRAFTS,
            "withheld": own and role in DRAFTS,
            "retired": role in CONTENT,
            "department": own and role in CONTENT,
            "removed": False,
        }[status]
        answer = client.get(f"/desk/keep/file/{kept.code}/").status_code
        assert answer == (200 if reads else 404), (role, own)


def test_a_file_of_a_draft_is_not_sent_to_readers(gate):
    draft = factories.draft(owner=(owner := factories.department()), author=factories.user(Role.EDITOR, within=owner))
    kept = attachment_add(draft.precedent, PNG, "草稿.png", actor=draft.author)
    assert client_of(factories.user(Role.WINDOW, within=owner)).get(f"/desk/keep/file/{kept.code}/").status_code == 404
    assert client_of(draft.author).get(f"/desk/keep/file/{kept.code}/").status_code == 200


# -- off view at once, before any worker runs

SECRET = "泄露了的标题"


def surfaces(scope, client: Client, precedent, clause, matter, neighbour) -> dict[str, str]:
    """Everything that may name a precedent, as text."""
    live = neighbour.live_revision
    found = {
        "search": " ".join(row.plain_title for row in results_for_page(scope=scope, text=SECRET).rows),
        "all": " ".join(row.plain_title for row in results_for_page(scope=scope, text="").rows),
        "suggest": str(suggestions_for(scope, SECRET[:4])),
        "similar": str(similar_to(neighbour, live, scope=scope, tags=())),
        "lists": str([row.revision.title for row in rows_for_home(scope, on=clock.today()).recent]),
    }
    pages = {
        "home": "/",
        "results": f"/search/?q={SECRET}",
        "matter": f"/matters/{matter.code}/",
        "policy": f"/policies/{clause.version.policy.code}/",
        "clause": f"/clauses/{clause.code}/",
        "offered": f"/search/suggest?q={SECRET[:4]}",
        "notices": "/notices/",
        "neighbour": f"/p/{neighbour.code}/",
        "itself": f"/p/{precedent.code}/",
    }
    for name, address in pages.items():
        page = client.get(address, follow=True).content.decode()
        # The page of a search repeats what was asked.
        found[name] = page.replace(f'value="{SECRET}"', "") if name != "results" else page.split("<main", 1)[-1]
    return found


@pytest.fixture
def shown(index):
    owner = factories.department()
    clause, matter = factories.clause(), factories.matter()
    same = {"matter": matter, "theme": matter.theme, "citations": (factories.citation(clause),)}
    precedent = factories.published(owner=owner, title=SECRET, **same)
    neighbour = factories.published(owner=owner, title="旁边的一件", **same)
    rebuild()
    store.rebuild()
    return owner, precedent, clause, matter, neighbour


def test_what_was_taken_off_view_is_nowhere_before_any_worker_runs(shown):
    owner, precedent, clause, matter, neighbour = shown
    readers = [factories.user(Role.WINDOW, within=owner), factories.user(Role.EDITOR, within=factories.department())]
    before = [surfaces(scope_of(each), client_of(each), precedent, clause, matter, neighbour) for each in readers]
    named = {name for found in before for name, page in found.items() if SECRET in page}
    assert {"search", "all", "suggest", "home", "matter", "policy", "itself", "lists"} <= named

    precedent_withhold(precedent, reason="标题里有人", actor=factories.user(Role.EDITOR, within=owner))

    for each in readers:
        scope, client = scope_of(each), client_of(each)
        for name, page in surfaces(scope, client, precedent, clause, matter, neighbour).items():
            if name != "results":
                assert SECRET not in page, name
        assert client.get(f"/p/{precedent.code}/").status_code == 404
        assert client.get(f"/n/{precedent.number}/").status_code == 404
        assert sum(counts_by_matter(scope).values()) == 1
        assert set(counts_by_cause(scope).values()) <= {1}
        assert results_for_page(scope=scope, text="").total == 1


def test_who_mends_it_reads_it_and_no_list_shows_it(shown):
    owner, precedent, clause, matter, neighbour = shown
    precedent_withhold(precedent, reason="标题里有人", actor=factories.user(Role.EDITOR, within=owner))
    drain()
    for role in sorted(DRAFTS):
        person = factories.user(role, within=owner)
        found = surfaces(scope_of(person), client_of(person), precedent, clause, matter, neighbour)
        assert SECRET in found["itself"]
        for name in ("search", "all", "suggest", "similar", "lists", "home", "matter", "policy"):
            assert SECRET not in found[name], name


def test_what_followers_were_told_of_is_gone_from_their_notices_and_their_mail(shown):
    owner, _, clause, matter, _ = shown
    reader = factories.user(Role.WINDOW, within=owner)
    follow(reader, matter, scope=scope_of(reader))
    follow(reader, clause.version.policy, scope=scope_of(reader))
    told = {"matter": matter, "theme": matter.theme, "citations": (factories.citation(clause),)}
    precedent = factories.published(owner=owner, title="又一件泄露了的", **told)
    client = client_of(reader)
    assert "又一件泄露了的" in client.get("/notices/").content.decode()
    precedent_withhold(precedent, reason="标题里有人", actor=factories.user(Role.EDITOR, within=owner))
    assert "又一件泄露了的" not in client.get("/notices/").content.decode()


def test_the_number_of_a_hidden_successor_is_not_told():
    made = home()
    hidden = factories.published(owner=factories.department(), audience=Audience.DEPARTMENT)
    precedent_retire(made.precedent, reason="过时", actor=made.person(Role.REVIEWER), successor=hidden)
    page = client_of(made.person(Role.REVIEWER)).get(f"/desk/keep/{made.precedent.code}/retire/").content.decode()
    assert hidden.number not in page
    assert hidden.code not in page


@pytest.mark.parametrize("role", Role)
def test_a_claim_is_decided_by_a_second_person_of_the_owning_department(role):
    made = home()
    author = made.person(Role.EDITOR)
    made.draft(editor=author, script=f"请打 {PHONE}。")
    claim = override_ask(made.precedent, hit_of(made), claim="公布的", actor=author)
    form = {"verdict": "refuse", "reason": "看过", "seen": "asked"}
    for own in (False, True):
        client = client_of(factories.user(role, within=made.owner if own else factories.department()))
        allowed = own and role in SECOND
        refused = 403 if role in CONTENT else 404
        response = client.post(f"/desk/keep/overrides/{claim.pk}/decide/", form)
        assert response.status_code == (302 if allowed else refused), own
        page = client.get("/desk/keep/overrides/").content.decode()
        assert (PHONE in page) is allowed


@pytest.mark.parametrize("part", ["claimed_by", "last_editor"])
def test_who_claimed_it_or_edited_last_does_not_decide_whatever_the_role(part):
    made = home()
    author, admin = made.person(Role.EDITOR), made.person(Role.DEPARTMENT_ADMIN)
    made.draft(editor=admin if part == "last_editor" else author, script=f"请打 {PHONE}。")
    claimer = admin if part == "claimed_by" else author
    claim = override_ask(made.precedent, hit_of(made), claim="公布的", actor=claimer)
    form = {"verdict": "allow", "reason": "看过", "seen": "asked"}
    assert client_of(admin).post(f"/desk/keep/overrides/{claim.pk}/decide/", form).status_code == 403
    other = client_of(made.person(Role.DEPARTMENT_ADMIN))
    assert other.post(f"/desk/keep/overrides/{claim.pk}/decide/", form).status_code == 302


def test_a_claim_in_what_is_hidden_is_not_there():
    made = home(audience=Audience.DEPARTMENT)
    author = made.person(Role.EDITOR)
    made.draft(editor=author, script=f"请打 {PHONE}。")
    claim = override_ask(made.precedent, hit_of(made), claim="公布的", actor=author)
    client = client_of(factories.user(Role.REVIEWER))
    assert client.post(f"/desk/keep/overrides/{claim.pk}/decide/", {"verdict": "allow"}).status_code == 404


@pytest.mark.parametrize("where", ["name", "text"])
@pytest.mark.parametrize("is_retired", [False, True])
def test_a_file_in_which_personal_data_was_found_later_is_not_sent_to_readers(gate, where, is_retired):
    made, kept = with_picture()
    if where == "name":
        Attachment.objects.filter(pk=kept.pk).update(name=f"{PHONE}.png")
    else:
        AttachmentData.objects.filter(attachment=kept).update(text=f"电话 {PHONE}")
    scan(now=clock.now())
    if is_retired:
        precedent_retire(made.now(), reason="过时", actor=made.person(Role.REVIEWER))
    reader, editor = client_of(factories.user(Role.WINDOW)), client_of(made.person(Role.EDITOR))
    assert reader.get(f"/desk/keep/file/{kept.code}/").status_code == 404
    assert kept.code not in reader.get(f"/p/{made.precedent.code}/").content.decode()
    assert editor.get(f"/desk/keep/file/{kept.code}/").status_code == 200
