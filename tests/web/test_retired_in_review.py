"""Taken out of use while a text is open: everybody who still works on it reads so before doing more."""

import pytest
from django.test import Client

from caselib.precedents.deciding import revision_reject
from caselib.precedents.keeping import precedent_retire
from tests.services.texts_in_review import House, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(db) -> House:
    return House()


def page(user, address: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(address).content.decode()


def test_reviewer_and_author_read_that_it_is_out_of_use(house):
    change = house.changed()
    code = change.precedent.code
    precedent_retire(change.precedent, reason="规定废止", actor=house.reviewer)
    review = page(house.reviewer, f"/desk/review/{code}/")
    assert "已经出库，这一版通过不了" in review and 'value="approve" disabled' in review
    assert "已经出库，这一稿不会发布" in page(house.author, f"/desk/write/{code}/")
    house.send_back(fresh(change))
    assert "已经出库，这一稿提交不了" in page(house.author, f"/desk/write/{code}/")


def test_of_one_in_use_nothing_of_it_is_said(house):
    change = house.changed()
    review = page(house.reviewer, f"/desk/review/{change.precedent.code}/")
    assert "已经出库" not in review and 'value="approve" disabled' not in review


def test_a_refusal_about_no_field_leads_to_none(house):
    draft = house.send_back(house.changed())
    precedent_retire(draft.precedent, reason="规定废止", actor=house.reviewer)
    client = Client()
    client.force_login(house.author)
    response = client.post(f"/desk/write/{draft.precedent.code}/submit/", {})
    assert response.status_code == 422
    assert "已经出库，不再修订" in response.content.decode() and "#f-status" not in response.content.decode()


def test_what_stands_beside_a_text_that_was_turned_down_is_not_promised_a_revision(house):
    text = house.submitted()
    revision_reject(text, **house.read(text))
    client = Client()
    client.force_login(house.author)
    typed = {"gist": "迟到的字", "lock_version": text.lock_version, "revision": 1, "window": "w"}
    assert client.post(f"/desk/write/{text.precedent.code}/", typed).status_code == 409
    beside = page(house.author, f"/desk/write/{text.precedent.code}/siblings/")
    assert "迟到的字" in beside and "复制出来新写一件" in beside and "开始修订" not in beside
