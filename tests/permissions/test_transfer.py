"""Who may bring in, who may take out in which form, and whose dry runs are whose."""

import pytest
from django.test import Client

from caselib.exchange.models import ImportBatch
from caselib.orgs.models import Role
from caselib.precedents.models import Precedent
from tests import factories
from tests.services.test_transfer_in import book
from tests.web.test_transfer import HOME, Counter

pytestmark = pytest.mark.django_db
ADMINS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
BRINGERS = (Role.EDITOR, Role.DEPARTMENT_ADMIN)
TABLES = (*BRINGERS, Role.REVIEWER, Role.TRAINER)


@pytest.mark.parametrize("role", Role)
def test_who_enters_and_who_brings_in(role):
    counter = Counter(role)
    assert counter.client.get(HOME).status_code == (404 if role in ADMINS else 200)
    wanted = 302 if role in BRINGERS else 404 if role in ADMINS else 403
    assert counter.bring(book(["A1", "甲", ""])).status_code == wanted
    assert counter.client.get(f"{HOME}in/sample/").status_code == (200 if wanted == 302 else wanted)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("form", ["docx", "xlsx", "jsonl"])
def test_who_takes_out_in_which_form(role, form):
    counter, code = Counter(role), factories.published().code
    response = counter.client.post(f"{HOME}out/send/", {"what": "codes", "code": code, "form": form})
    allowed = role not in ADMINS and (form == "docx" or role in TABLES)
    assert response.status_code == (404 if role in ADMINS else 200 if allowed else 403)


def test_nobody_gets_nothing():
    for address in (HOME, f"{HOME}in/sample/", f"{HOME}out/"):
        assert Client().get(address).status_code in (302, 404)


@pytest.mark.parametrize("deed", ["", "confirm/", "mask/", "discard/", "refused/"])
def test_a_dry_run_of_another_is_not_there(deed):
    batch = Counter().staged(book(["A1", "甲", ""]))
    for other in (Counter(), Counter(Role.DEPARTMENT_ADMIN), Counter(Role.SYSTEM_ADMIN)):
        ask = other.client.get if deed in ("", "refused/") else other.client.post
        assert ask(f"{HOME}in/{batch.code}/{deed}").status_code == 404
        assert ask(f"{HOME}in/zzzzzzzzzzzz/{deed}").status_code == 404
    assert not Precedent.objects.exists() and ImportBatch.objects.get().state == "staged"


def test_a_colleague_does_not_see_it_and_the_administrator_looks_and_discards_only():
    maker = Counter()
    batch = maker.staged(book(["A1", "甲", ""], ["A2", "", ""]))
    for role, seen in ((Role.EDITOR, 404), (Role.REVIEWER, 404), (Role.DEPARTMENT_ADMIN, 200)):
        other = Client()
        other.force_login(factories.user(role, within=maker.home))
        assert other.get(f"{HOME}in/{batch.code}/").status_code == seen
        for deed in ("confirm", "mask"):
            assert other.post(f"{HOME}in/{batch.code}/{deed}/").status_code == (403 if seen == 200 else 404)
        assert other.get(f"{HOME}in/{batch.code}/refused/").status_code == (403 if seen == 200 else 404)
    assert other.post(f"{HOME}in/{batch.code}/discard/").status_code == 302


def test_drafts_are_made_only_for_a_department_in_which_one_edits():
    counter = Counter()
    response = counter.bring(book(["A1", "甲", ""]), department=str(factories.department().pk))
    assert response.status_code == 403
    assert not ImportBatch.objects.exists()


def test_who_lost_the_role_meanwhile_imports_nothing():
    counter = Counter()
    batch = counter.staged(book(["A1", "甲", ""]))
    counter.user.memberships.update(role=Role.WINDOW)
    assert counter.act(batch, "confirm", digest=batch.plan_digest).status_code == 403
    assert not Precedent.objects.exists()
