"""Who reads the calendar and who keeps it: every role at every address."""

import pytest
from django.test import Client

from caselib.core.models import CalendarDay
from caselib.orgs.models import CONTENT_ROLES, Role
from tests import factories

pytestmark = pytest.mark.django_db
ROOM = "/desk/calendar/"
READ = CONTENT_ROLES | {Role.SYSTEM_ADMIN}
KEEP = {Role.DEPARTMENT_ADMIN, Role.SYSTEM_ADMIN}
ADDRESSES = [
    ("", "get", READ, 200),
    ("notice/", "get", KEEP, 200),
    ("notice/", "post", KEEP, 422),
    ("day/", "get", KEEP, 200),
    ("day/", "post", KEEP, 422),
    ("withdraw/", "post", KEEP, 302),
]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("part", "method", "who", "status"), ADDRESSES)
def test_a_role_at_an_address_of_the_room(role, part, method, who, status):
    client = Client()
    client.force_login(factories.user(role))
    response = getattr(client, method)(f"{ROOM}{part}")
    assert response.status_code == (status if role in who else 403 if role in READ else 404)
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize(("part", "method"), [(part, method) for part, method, *_ in ADDRESSES])
def test_who_is_not_signed_in_is_asked_to(part, method):
    assert getattr(Client(), method)(f"{ROOM}{part}").status_code == 302


def test_who_only_reads_is_offered_no_button_and_told_who_enters():
    client = Client()
    client.force_login(factories.user(Role.WINDOW))
    page = client.get(ROOM).content.decode()
    assert "粘贴通知" not in page and "录一天" not in page
    assert "节假日由部门管理员和系统管理员录入" in client.get(f"{ROOM}day/").content.decode()
