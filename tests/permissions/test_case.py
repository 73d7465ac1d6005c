"""Search by case tells nobody of a precedent that he may not open; administrators who read no content get no text read."""

import pytest
from django.test import Client

from caselib.orgs.models import CONTENT_ROLES, Role
from caselib.orgs.scope import NOBODY
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import FINDABLE
from caselib.search.case import case_for_page
from caselib.search.outbox import rebuild
from tests import factories

from .test_visibility import built

pytestmark = pytest.mark.django_db
TICKET = (
    "您好，麻烦登记一下。" * 20
    + "同一铺位上前一家企业的登记没有注销，前租户联系不上，住所被占用，营业执照受理不了。谢谢。"
)


@pytest.fixture
def world(index):
    made = built()
    rebuild()
    return made


def test_rows_and_totals_are_those_that_the_viewer_may_see(world):
    shown = 0
    for viewer, scope in [*world.viewers.items(), ("nobody", NOBODY)]:
        allowed = Precedent.objects.visible_to(scope).filter(status__in=FINDABLE)
        found = case_for_page(scope=scope, text=TICKET)
        rows = found.results.rows if found.results else ()
        assert {row.pk for row in rows} == set(allowed.values_list("pk", flat=True)), viewer
        assert (found.results.total if found.results else 0) == len(rows), viewer
        shown += len(rows)
    assert shown


def test_who_reads_no_content_sees_why_and_nothing_is_read_or_asked(world, django_assert_num_queries):
    for role in Role:
        client = Client()
        client.force_login(factories.user(role))
        for page in (client.get("/search/case/"), client.post("/search/case/", {"text": TICKET})):
            assert page.status_code == 200
            assert ("这个账号只做管理" in page.content.decode()) is (role not in CONTENT_ROLES)
            assert ("<textarea" in page.content.decode()) is (role in CONTENT_ROLES)
        assert bool(page.context["case"].has_understood) is (role in CONTENT_ROLES)
    with django_assert_num_queries(0):
        case_for_page(scope=NOBODY, text=TICKET)


def test_nobody_is_asked_to_sign_in_first():
    assert Client().post("/search/case/", {"text": TICKET}).status_code == 302
