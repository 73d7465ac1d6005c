"""Personal data that is found in a text after it went live stands in nothing that a reader reads or is sent."""

import pytest
from django.test import Client

from caselib.core import clock
from caselib.core.marks import mark_dirty
from caselib.following.notices import notices_of
from caselib.following.selectors import keys_concerning
from caselib.following.services import follow
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import Citation, Revision
from caselib.precedents.rescan import scan
from caselib.search.gaps.services import gap_close, gap_file
from caselib.search.outbox import drain
from tests import factories
from tests.services.clean_house import PHONE, Home
from tests.web.test_tuning import asked

pytestmark = pytest.mark.django_db
FIELDS = ("title", "gist", "problem", "script", "resolution", "blocker", "lead_org", "matter_note", "requester_type")


@pytest.fixture
def leaked(index):
    """A text into which numbers came past the gate, found by the scan, and a reader who follows its matter."""
    owner, clause, matter = factories.department(), factories.clause(), factories.matter()
    reader = factories.user(Role.WINDOW, within=factories.department())
    follow(reader, matter, scope=scope_of(reader))
    about = {"matter": matter, "theme": matter.theme, "citations": (factories.citation(clause, note="据此"),)}
    made = Home(owner, factories.published(owner=owner, **about))
    neighbour = factories.published(owner=owner, **about)
    live = made.precedent.live_revision_id
    Revision.objects.filter(pk=live).update(**dict.fromkeys(FIELDS, f"前租户没有注销 {PHONE}"))
    Revision.objects.filter(pk=live).update(partner_orgs=[f"街道 {PHONE}"], requester_wording=[f"说 {PHONE}"])
    Citation.objects.filter(revision=live).update(note=f"据 {PHONE}")
    mark_dirty("precedent", [made.precedent.pk])
    scan(now=clock.now())
    drain()
    return made, neighbour, clause, matter, reader


def surfaces_of(made, neighbour, clause, matter) -> list[str]:
    code, policy = made.precedent.code, clause.version.policy.code
    return [
        "/", f"/p/{code}/", f"/p/{neighbour.code}/", "/matters/", f"/matters/{matter.code}/", f"/policies/{policy}/",
        f"/policies/{policy}/clauses/{clause.ref}/", "/search/?q=前租户", "/search/?q=", "/search/suggest?q=前租户",
        "/search/suggest?q=1380013", "/notices/", f"/desk/review/history/{code}/",
    ]  # fmt: skip


@pytest.mark.parametrize("is_retired", [False, True])
def test_no_page_that_a_reader_reads_shows_it(leaked, is_retired):
    made, neighbour, clause, matter, reader = leaked
    if is_retired:
        precedent_retire(made.now(), reason="过时", actor=made.person(Role.REVIEWER))
        drain()
    client = Client()
    client.force_login(reader)
    pages = {address: client.get(address).content.decode() for address in surfaces_of(made, neighbour, clause, matter)}
    pages["case"] = client.post("/search/case/", {"text": "前租户没有注销，受理不了"}).content.decode()
    assert [address for address, page in pages.items() if PHONE in page] == []
    assert "〔手机号〕" in pages[f"/p/{made.precedent.code}/"]


@pytest.mark.parametrize("is_retired", [False, True])
def test_the_daily_mail_does_not_carry_it_out(leaked, is_retired):
    made, _, _, _, reader = leaked
    if is_retired:
        precedent_retire(made.now(), reason="过时", actor=made.person(Role.REVIEWER))
    scope = scope_of(reader)
    told = notices_of(keys_concerning(reader.pk, scope, after=0), user=reader.pk, scope=scope)
    assert made.precedent.code in str(told)
    assert PHONE not in str(told)


def test_the_desks_of_other_departments_do_not_show_it(leaked):
    made, *_ = leaked
    editor = factories.user(Role.EDITOR, within=factories.department())
    scope = scope_of(editor)
    question = gap_file("铺位上前一家没注销怎么办照", scope=scope_of(factories.user(Role.WINDOW))).gap
    gap_close(question, scope=scope, number=made.precedent.number)
    asked("补办执照", opened=made.precedent)
    client = Client()
    client.force_login(editor)
    pages = {
        page: client.get(page).content.decode() for page in ("/search/gaps/?state=answered", "/search/tuning/?least=1")
    }
    for address, page in pages.items():
        assert made.precedent.code in page, address
        assert PHONE not in page, address


def test_who_mends_it_still_reads_it_in_the_history(leaked):
    made, *_ = leaked
    client = Client()
    client.force_login(made.person(Role.EDITOR))
    assert PHONE in client.get(f"/desk/review/history/{made.precedent.code}/").content.decode()
