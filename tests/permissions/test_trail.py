"""The trail is for the auditor alone; for everybody else there is no such page."""

import pytest
from django.test import Client

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.audit.services import record
from caselib.orgs.models import Role
from tests import factories

pytestmark = pytest.mark.django_db
SECRET = "只有审计看得到的名称"


def signed_in(role: Role | None) -> Client:
    client = Client()
    client.force_login(factories.user(*([role] if role else [])))
    return client


def event() -> AuditEvent:
    return record(Action.REGION_SAVED, factories.region(SECRET))


@pytest.mark.parametrize("role", [*Role, None])
def test_only_the_auditor_reads_the_trail_and_takes_it_out(role):
    client, address = signed_in(role), f"/desk/trail/{event().pk}/"
    allowed = role == Role.AUDIT_ADMIN
    for page in ("/desk/trail/", address, "/desk/trail/?who=x"):
        response = client.get(page)
        assert response.status_code == (200 if allowed else 404)
    assert (SECRET in client.get(address).content.decode()) is allowed
    for form in ("csv", "jsonl"):
        response = client.post("/desk/trail/export/", {"form": form})
        assert response.status_code == (200 if allowed else 404)
    assert AuditEvent.objects.filter(action=Action.TRAIL_EXPORTED).exists() is allowed


@pytest.mark.parametrize("role", [*Role, None])
def test_the_way_there_is_shown_to_the_auditor_alone(role):
    page = signed_in(role).get("/").content.decode()
    assert ('href="/desk/trail/"' in page) is (role == Role.AUDIT_ADMIN)
    assert ("看审计记录" in page) is (role == Role.AUDIT_ADMIN)


def test_an_event_that_is_not_there_and_one_that_may_not_be_seen_look_the_same():
    there = event()
    refused = signed_in(Role.SYSTEM_ADMIN)
    pages = [refused.get(f"/desk/trail/{pk}/").content for pk in (there.pk, there.pk + 1000)]
    strip = [page.replace(str(there.pk).encode(), b"") for page in pages]
    assert len({page.count(b"404") for page in strip}) == 1
    assert signed_in(Role.AUDIT_ADMIN).get(f"/desk/trail/{there.pk + 1000}/").status_code == 404


def test_the_auditor_gets_to_no_content_from_here():
    auditor = signed_in(Role.AUDIT_ADMIN)
    published = factories.published(title="出现在别处的标题")
    assert auditor.get(f"/p/{published.code}/").status_code == 404
    for each in AuditEvent.objects.all():
        assert f"/p/{published.code}" not in auditor.get(f"/desk/trail/{each.pk}/").content.decode()


@pytest.mark.parametrize("address", ["/desk/trail/", "/desk/trail/1/", "/desk/trail/export/"])
def test_nobody_gets_in_without_signing_in(address):
    for response in (Client().get(address), Client().post(address, {"form": "csv"})):
        assert response.status_code == 302
        assert response["Location"].startswith("/account/sign-in/")


@pytest.mark.parametrize("address", ["/desk/trail/", "/desk/trail/1/"])
def test_nothing_is_written_or_deleted_here(address):
    auditor = signed_in(Role.AUDIT_ADMIN)
    event()
    for send in (auditor.post, auditor.put, auditor.delete, auditor.patch):
        assert send(address).status_code == 405


def test_taking_it_out_is_asked_for_by_a_form_of_the_site():
    auditor = Client(enforce_csrf_checks=True)
    auditor.force_login(factories.user(Role.AUDIT_ADMIN))
    assert auditor.get("/desk/trail/export/").status_code == 405
    assert auditor.post("/desk/trail/export/", {"form": "csv"}).status_code == 403
