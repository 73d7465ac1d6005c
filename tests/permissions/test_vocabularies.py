"""Who keeps the vocabularies: tags and other names every editor, the rest administrators of a department."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from caselib.audit.models import AuditEvent
from caselib.catalog.causes import SchemeFacts, scheme_create
from caselib.catalog.models import Matter, Tag
from caselib.catalog.tags import tag_create
from caselib.desk.vocabularies.matter_sheet import sample_file
from caselib.orgs.models import ADMIN_ROLES, Role
from tests import factories

pytestmark = pytest.mark.django_db

ROOM = "/desk/words/"
KEEPERS = {Role.EDITOR, Role.DEPARTMENT_ADMIN}
SLUGS = ("matters", "causes", "schemes", "tags", "departments", "regions")


@pytest.fixture
def keys() -> dict[str, int]:
    owner = factories.department()
    return {
        "matters": factories.matter().pk,
        "causes": factories.cause().pk,
        "schemes": scheme_create(SchemeFacts(name="四类"), actor=None).pk,
        "tags": tag_create(name="急办", actor=None).pk,
        "departments": owner.pk,
        "regions": owner.region_id,
    }


def client_of(role: Role) -> Client:
    client = Client()
    client.force_login(factories.user(role))
    return client


def read(keys: dict[str, int]) -> list[str]:
    return [ROOM, *(f"{ROOM}{slug}/" for slug in SLUGS), *(f"{ROOM}{slug}/{key}/" for slug, key in keys.items())]


def writing(keys: dict[str, int], *slugs: str) -> list[tuple[str, str, dict]]:
    """(method, address, what is sent) of all that changes entries of these kinds."""
    found: list[tuple[str, str, dict]] = []
    for slug in slugs:
        entry = f"{ROOM}{slug}/{keys[slug]}/"
        found += [("get", f"{ROOM}{slug}/new/", {}), ("post", f"{ROOM}{slug}/new/", {"name": ""})]
        found += [("post", f"{entry}{deed}", {"lock_version": "99"}) for deed in ("", "switch/", "delete/")]
    return found


def only_managers(keys: dict[str, int]) -> list[tuple[str, str, dict]]:
    file = SimpleUploadedFile("a.xlsx", sample_file())
    return [
        *writing(keys, *(slug for slug in SLUGS if slug != "tags")),
        ("get", f"{ROOM}matters/{keys['matters']}/merge/", {}),
        ("post", f"{ROOM}matters/{keys['matters']}/merge/", {"into": "1"}),
        ("get", f"{ROOM}matters/import/", {}),
        ("post", f"{ROOM}matters/import/", {"file": file}),
        ("post", f"{ROOM}matters/import/confirm/", {"token": "0" * 32}),
        ("get", f"{ROOM}matters/import/{'0' * 32}/refused/", {}),
        ("get", f"{ROOM}matters/sample/", {}),
        ("get", f"{ROOM}matters/export/", {}),
    ]


def every_editor(keys: dict[str, int]) -> list[tuple[str, str, dict]]:
    return [
        *writing(keys, "tags"),
        ("get", f"{ROOM}tags/{keys['tags']}/merge/", {}),
        ("post", f"{ROOM}tags/{keys['tags']}/merge/", {"into": ""}),
        ("post", f"{ROOM}matters/{keys['matters']}/aliases/", {"aliases": "x", "lock_version": "99"}),
    ]


@pytest.mark.parametrize("role", Role)
def test_the_room_is_for_editors_and_is_not_there_for_who_only_administers(keys, role):
    client = client_of(role)
    wanted = 200 if role in KEEPERS else 404 if role in ADMIN_ROLES else 403
    for address in read(keys):
        response = client.get(address)
        assert response.status_code == wanted, address
        if wanted == 403:
            assert "告诉本部门的编辑" in response.content.decode()


@pytest.mark.parametrize("role", Role)
def test_what_all_sort_by_is_changed_by_administrators_of_departments_alone(keys, role):
    client, events = client_of(role), AuditEvent.objects.count
    client.get(ROOM)
    before = events()
    for method, address, sent in only_managers(keys):
        status = getattr(client, method)(address, sent).status_code
        if role == Role.DEPARTMENT_ADMIN:
            # Nothing that is sent here holds; what the kind does not know is not there.
            assert status in (200, 404, 409, 422), address
        else:
            assert status == (404 if role in ADMIN_ROLES else 403), address
    assert events() == before


@pytest.mark.parametrize("role", Role)
def test_tags_and_other_names_are_changed_by_every_editor(keys, role):
    client = client_of(role)
    for method, address, sent in every_editor(keys):
        status = getattr(client, method)(address, sent).status_code
        if role in KEEPERS:
            assert status in (200, 404, 409, 422), address
        else:
            assert status == (404 if role in ADMIN_ROLES else 403), address


def test_an_editor_reads_with_the_reason_and_gets_a_form_for_other_names_alone(keys):
    client = client_of(Role.EDITOR)
    page = client.get(f"{ROOM}matters/{keys['matters']}/").content.decode()
    assert "这一类由部门管理员改" in page
    assert 'name="name"' not in page
    assert 'name="aliases"' in page
    for slug in ("causes", "schemes", "departments", "regions"):
        page = client.get(f"{ROOM}{slug}/{keys[slug]}/").content.decode()
        assert "这一类由部门管理员改" in page
        assert 'name="lock_version"' not in page
    sent = {"aliases": "办执照", "lock_version": str(Matter.objects.get(pk=keys["matters"]).lock_version)}
    assert client.post(f"{ROOM}matters/{keys['matters']}/aliases/", sent).status_code == 302
    assert Matter.objects.get(pk=keys["matters"]).aliases == ["办执照"]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", ["matter", "tag", "department", "cause", "region"])
def test_who_works_with_content_picks_and_tags_only_who_edits(keys, role, kind):
    response = client_of(role).get(f"{ROOM}pick/", {"kind": kind, "q": ""})
    if role in ADMIN_ROLES:
        assert response.status_code == 404
    elif kind == "tag" and role not in KEEPERS:
        assert response.status_code == 403
    else:
        assert response.status_code == 200
        assert "private" in response["Cache-Control"]


def test_nobody_gets_in_without_signing_in_and_unknown_things_are_not_there(keys):
    for address in (*read(keys), f"{ROOM}pick/?kind=matter"):
        assert Client().get(address).status_code == 302
    client = client_of(Role.DEPARTMENT_ADMIN)
    for address in ("people/", "matters/99999999/", "pick/?kind=user", "pick/", "causes/1/merge/"):
        assert client.get(f"{ROOM}{address}").status_code == 404, address
    assert client.post(f"{ROOM}tags/{keys['tags']}/switch/").status_code == 404
    assert Tag.objects.exists()
