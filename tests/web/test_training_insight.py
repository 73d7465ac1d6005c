"""覆盖和难点: what trainers see of lessons that lack, of questions that most people miss, and of precedents to teach side by side."""

import pytest
from django.test import Client

from caselib.orgs.models import Role
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import ResultType
from tests import factories, training_rows
from tests.search.conftest import index
from tests.services.missed import answered

__all__ = ["index"]
pytestmark = pytest.mark.django_db
MAP, TEACH = "/training/map/", "/training/map/teach/"


def signed_in(role: Role = Role.TRAINER, **values) -> Client:
    client = Client()
    client.force_login(factories.user(role, **values))
    return client


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


@pytest.mark.parametrize("address", [MAP, f"{MAP}?of=bare", f"{MAP}?of=hard", TEACH])
def test_others_than_trainers_are_told_why_not(address):
    assert "培训老师" in page(signed_in(Role.WINDOW), address, 403)
    assert page(signed_in(Role.DEPARTMENT_ADMIN), address)


@pytest.mark.parametrize(
    ("of", "told"), [("", "还没有按事项归类的案例"), ("bare", "您看得到的案例都有课了"), ("hard", "没有多数人答错的题")]
)
def test_an_empty_library_says_what_will_stand_there(of, told):
    assert told in page(signed_in(), f"{MAP}?of={of}")


def test_a_precedent_leaves_the_list_when_a_published_lesson_teaches_it():
    precedent = factories.published(matter=factories.matter())
    client = signed_in(within=precedent.owner_department)
    assert precedent.live_revision.title in page(client, f"{MAP}?of=bare&matter={precedent.matter.code}")
    assert "1 件 0 课" in page(client, MAP)
    pack = training_rows.pack(owner=precedent.owner_department)
    training_rows.case(training_rows.open_version(pack), precedent)
    assert "1 件 0 课" in page(client, MAP)
    training_rows.publish(pack)
    assert "1 件 1 课" in page(client, MAP)
    assert precedent.live_revision.title not in page(client, f"{MAP}?of=bare")


def test_hidden_precedents_count_nowhere():
    precedent = factories.published(matter=factories.matter(), audience="department")
    client = signed_in()
    assert "还没有按事项归类的案例" in page(client, MAP)
    assert precedent.live_revision.title not in page(client, f"{MAP}?of=bare&sort=newest")
    assert "没有找到这个案例" in page(client, f"{TEACH}?like={precedent.code}", 404)


def test_most_missed_questions_stand_with_their_numbers_and_without_learners():
    text = training_rows.question(precedent=factories.published(), stem="哪个条件说了算？").latest
    learners = answered(text, wrong=4, right=1)
    shown = page(signed_in(), f"{MAP}?of=hard")
    assert "哪个条件说了算？" in shown and "5 人里" in shown
    assert not any(learner.display_name in shown for learner in learners)


def test_what_few_answered_or_half_got_right_is_no_hard_question():
    few, easy = (training_rows.question(precedent=factories.published(), stem=stem).latest for stem in ("少人", "容易"))
    answered(few, wrong=4, right=0)
    answered(easy, wrong=2, right=3)
    assert "没有多数人答错的题" in page(signed_in(), f"{MAP}?of=hard")


@pytest.mark.parametrize(
    "asked", ["page=99999999999999", "sort=%00", "of=nothing", "of=bare&matter=%00&cause=😀", "page=１"]
)
def test_what_an_address_says_breaks_nothing(asked):
    factories.published(matter=factories.matter())
    assert "覆盖和难点" in page(signed_in(), f"{MAP}?{asked}")


def test_the_near_one_with_another_end_stands_beside_and_leads_to_a_question(index):
    matter = factories.matter()
    one = factories.published(matter=matter)
    other = factories.published(matter=matter, result_type=ResultType.GUIDANCE)
    index.refresh()
    shown = page(signed_in(), f"{TEACH}?like={one.number}")
    assert other.live_revision.title in shown and "指引" in shown
    assert f"/training/bank/from/{one.code}/?with={other.code}" in shown
    precedent_retire(other, reason="不用了", actor=None)
    assert other.live_revision.title not in page(signed_in(), f"{TEACH}?like={one.code}")
    assert "没有找到这个案例" in page(signed_in(), f"{TEACH}?like={other.code}", 404)


def test_what_was_typed_stands_in_the_form_again(index):
    shown = page(signed_in(), f"{TEACH}?like=%3Cb%3E{'长' * 90}", 404)
    assert "&lt;b&gt;长" in shown and "没有找到这个案例" in shown


def test_the_page_of_a_precedent_leads_trainers_there_and_nobody_else():
    precedent = factories.published()
    address = f"/p/{precedent.code}/"
    assert "teach/?like=" in page(signed_in(), address)
    assert "teach/?like=" not in page(signed_in(Role.EDITOR), address)
