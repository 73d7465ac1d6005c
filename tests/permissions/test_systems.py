"""Systems belong to departments: their administrator hands out tokens, security takes away, nobody else knows of them."""

import pytest
from django.test import Client as Http
from django.urls import reverse

from caselib.connect.clients.models import Client, Token
from caselib.orgs.models import Role, User
from tests import factories

pytestmark = pytest.mark.django_db
NAME = "只有管的人看得到的平台"
MANAGES = (Role.DEPARTMENT_ADMIN,)
SEES = (Role.DEPARTMENT_ADMIN, Role.SECURITY_ADMIN)


def signed_in(role: Role | None, within=None) -> Http:
    http = Http()
    http.force_login(factories.user(*([role] if role else []), within=within if role else None))
    return http


def made() -> tuple[Client, Token]:
    client, _ = factories.system(name=NAME)
    return client, client.tokens.get()


def deeds(client: Client, token: Token) -> dict[str, tuple[str, dict]]:
    """(address, what is posted) of each deed, in an order in which all of them can be done."""
    at = {"code": client.code}
    newest = {"newest": str(client.tokens.first().pk)}
    return {
        "save": (reverse("desk:systems:save", kwargs=at), {"deeds": ["read"], "per_minute": "60", "lock_version": "0"}),
        "issue": (reverse("desk:systems:issue", kwargs=at), {"days": "90", **newest}),
        "rotate": (reverse("desk:systems:rotate", kwargs={**at, "key": token.pk}), {"hours": "24", **newest}),
        "revoke": (reverse("desk:systems:revoke", kwargs={**at, "key": token.pk}), {}),
        "switch": (reverse("desk:systems:switch", kwargs=at), {"active": "0"}),
    }


@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.parametrize("is_own", [True, False])
def test_who_reads_of_a_system(role, is_own):
    client, _ = made()
    http = signed_in(role, client.department if is_own else None)
    sees = role == Role.SECURITY_ADMIN or (role == Role.DEPARTMENT_ADMIN and is_own)
    one = http.get(reverse("desk:systems:system", kwargs={"code": client.code}))
    assert one.status_code == (200 if sees else 404)
    listed = http.get("/desk/systems/")
    assert listed.status_code == (200 if role in SEES else 404)
    assert (NAME in listed.content.decode()) is sees
    assert http.get("/desk/systems/new/").status_code == (
        200 if role in MANAGES else 403 if role == Role.SECURITY_ADMIN else 404
    )


@pytest.mark.parametrize("deed", ["save", "issue", "rotate", "revoke", "switch"])
@pytest.mark.parametrize("role", [*Role, None])
def test_who_does_what_to_a_system(role, deed):
    client, token = made()
    address, posted = deeds(client, token)[deed]
    takes_away = deed in ("revoke", "switch")
    before = Token.objects.count()
    answer = signed_in(role, client.department).post(address, posted)
    if role == Role.DEPARTMENT_ADMIN or (role == Role.SECURITY_ADMIN and takes_away):
        assert answer.status_code in (200, 302), answer.content.decode()
    else:
        assert answer.status_code == (403 if role == Role.SECURITY_ADMIN else 404)
        assert Token.objects.count() == before
        token.refresh_from_db()
        client.refresh_from_db()
        assert (token.revoked_at, client.is_active, client.is_blocked, client.per_minute) == (None, True, False, 600)
    other = signed_in(Role.DEPARTMENT_ADMIN).post(address, posted)
    assert other.status_code == 404


def test_a_token_is_reached_over_its_own_system_alone():
    (client, token), (other, _) = made(), factories.system()
    administrator = signed_in(Role.DEPARTMENT_ADMIN, other.department)
    address = reverse("desk:systems:revoke", kwargs={"code": other.code, "key": token.pk})
    assert administrator.post(address).status_code == 404
    assert client.tokens.get().revoked_at is None


def test_no_system_is_registered_for_another_department():
    administrator, elsewhere = signed_in(Role.DEPARTMENT_ADMIN), factories.department()
    posted = {"name": "某平台", "deeds": ["read"], "per_minute": "60", "department": str(elsewhere.pk)}
    administrator.post("/desk/systems/new/", posted)
    assert not Client.objects.filter(department=elsewhere).exists()
    assert not User.objects.filter(client__department=elsewhere).exists()


@pytest.mark.parametrize("role", [*Role, None])
def test_the_way_there_is_shown_to_who_may_go(role):
    http = signed_in(role)
    pages = http.get("/").content.decode() + http.get("/desk/").content.decode()
    assert ('href="/desk/systems/"' in pages) is (role in SEES)
