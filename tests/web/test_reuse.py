"""用完点一下: one click on the page of a precedent, and its undo."""

import pytest
from django.test import Client

from caselib.orgs.models import Role
from caselib.precedents.models import Kind
from caselib.reuse.models import ReuseRecord
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def precedent():
    return factories.published()


@pytest.fixture
def client():
    client = Client()
    client.force_login(factories.user(Role.WINDOW))
    return client


def test_a_click_is_counted_and_offers_its_undo(client, precedent):
    response = client.post(f"/reuse/{precedent.code}/record/", {"outcome": "worked"}, follow=True)
    assert response.redirect_chain == [(f"/p/{precedent.code}/#reuse", 302)]
    page = response.content.decode()
    assert "记下了：照此办成" in page
    assert '照此办成 <span class="num">1</span>' in page
    record = ReuseRecord.objects.get()
    assert f'name="record" value="{record.pk}"' in page


def test_a_double_click_is_one_use(client, precedent):
    for _ in range(2):
        client.post(f"/reuse/{precedent.code}/record/", {"outcome": "worked"})
    assert ReuseRecord.objects.count() == 1


def test_undo_takes_back_only_the_record_that_the_form_names(client, precedent):
    client.post(f"/reuse/{precedent.code}/record/", {"outcome": "worked"})
    client.post(f"/reuse/{precedent.code}/record/", {"outcome": "failed"})
    last = ReuseRecord.objects.first()
    for _ in range(2):
        client.post(f"/reuse/{precedent.code}/undo/", {"record": last.pk})
    assert list(ReuseRecord.objects.filter(undone_at=None).values_list("outcome", flat=True)) == ["worked"]


def test_somebody_elses_record_is_not_there_to_be_undone(client, precedent):
    other = Client()
    other.force_login(factories.user(Role.WINDOW))
    other.post(f"/reuse/{precedent.code}/record/", {"outcome": "worked"})
    response = client.post(f"/reuse/{precedent.code}/undo/", {"record": ReuseRecord.objects.get().pk})
    assert response.status_code == 404
    assert ReuseRecord.objects.filter(undone_at=None).count() == 1


@pytest.mark.parametrize("record", ["", "abc", "-1", "9" * 40, "²"])
def test_undo_of_nothing_is_not_found(client, precedent, record):
    assert client.post(f"/reuse/{precedent.code}/undo/", {"record": record}).status_code == 404


def test_an_outcome_that_is_none_is_refused_with_the_reason(client, precedent):
    response = client.post(f"/reuse/{precedent.code}/record/", {"outcome": "great"})
    assert response.status_code == 422
    assert "没有这个结果" in response.content.decode()
    assert not ReuseRecord.objects.exists()


def test_reading_never_writes(client, precedent):
    assert client.get(f"/reuse/{precedent.code}/record/").status_code == 405
    assert client.get(f"/reuse/{precedent.code}/undo/").status_code == 405


@pytest.mark.parametrize("kind", [Kind.ROUTING_CARD, Kind.CAUSE_SAMPLE, Kind.INTAKE_SAMPLE])
def test_what_is_no_precedent_takes_no_reuse(client, kind):
    response = client.post(f"/reuse/{factories.published(kind=kind).code}/record/", {"outcome": "worked"})
    assert response.status_code == 422
    assert "不是先例" in response.content.decode()
    assert not ReuseRecord.objects.exists()
