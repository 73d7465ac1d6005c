"""Taken off view while a text waits for its review: an approval of what was written before does not bring it back."""

import pytest
from django.test import Client

from caselib.core.errors import RuleBroken
from caselib.orgs.models import Role
from caselib.precedents.models import Precedent, RevisionState
from caselib.precedents.services import revision_submit
from caselib.precedents.visibility import PrecedentStatus
from caselib.precedents.withholding import precedent_restore_view, precedent_withhold
from tests.services.texts_in_review import House, fresh

pytestmark = pytest.mark.django_db
WHY = "有人认得出当事人"


class Withheld(House):
    def __post_init__(self) -> None:
        super().__post_init__()
        self.manager = self.person(Role.DEPARTMENT_ADMIN)
        self.change = self.changed()
        precedent_withhold(self.change.precedent, reason=WHY, actor=self.manager)

    @property
    def status(self) -> str:
        return Precedent.objects.get(pk=self.change.precedent_id).status

    def page(self, user, room: str) -> str:
        client = Client()
        client.force_login(user)
        return client.get(f"/desk/{room}/{self.change.precedent.code}/").content.decode()


@pytest.fixture
def house(db) -> Withheld:
    return Withheld()


def test_a_text_from_before_does_not_lift_it(house):
    with pytest.raises(RuleBroken) as refused:
        house.approve(house.change)
    assert refused.value.code == "withheld"
    assert (house.status, fresh(house.change).state) == (PrecedentStatus.WITHHELD, RevisionState.SUBMITTED)


def test_a_text_that_was_submitted_again_lifts_it(house):
    returned = house.send_back(fresh(house.change))
    revision_submit(returned, lock_version=returned.lock_version, actor=house.author)
    house.approve(fresh(house.change))
    assert house.status == PrecedentStatus.PUBLISHED


def test_after_a_false_alarm_the_text_is_approved_as_it_is(house):
    precedent_restore_view(house.change.precedent, reason="看错了", actor=house.reviewer)
    house.approve(fresh(house.change))
    assert house.status == PrecedentStatus.PUBLISHED


def test_who_reviews_it_reads_that_it_is_off_view_and_why(house):
    page = house.page(house.reviewer, "review")
    assert "已紧急下架" in page and WHY in page and "下架以前提交的" in page
    house.send_back(fresh(house.change))
    again = fresh(house.change)
    revision_submit(again, lock_version=again.lock_version, actor=house.author)
    page = house.page(house.reviewer, "review")
    assert WHY in page and "重新上架" in page and "下架以前提交的" not in page


def test_who_writes_it_reads_that_it_is_off_view_and_why(house):
    house.send_back(fresh(house.change))
    page = house.page(house.author, "write")
    assert "已紧急下架" in page and WHY in page
    assert "大家看到的还是" not in page
