"""Eight people take a gap, answer, conclude or ask in the same moment: one wins, the others are told, no word is lost."""

import pytest

from caselib.consulting.asking import NewConsultation, consultation_ask
from caselib.consulting.models import Consultation, Party, Saying
from caselib.consulting.services import consultation_answer, consultation_conclude
from caselib.core.ids import new_code
from caselib.desk.writing.from_gap import draft_begin_from_gap
from caselib.orgs.models import Role, User
from caselib.orgs.scope import scope_of
from caselib.precedents.models import Precedent
from caselib.search.gaps.closing import gap_answer
from caselib.search.gaps.services import gap_file
from caselib.search.gaps.working import gap_join, gap_take
from caselib.search.models import KnowledgeGap
from tests import factories
from tests.services.deeds_of_asking import asked

from .test_transitions import THREADS, all_at_once, shared_database  # noqa: F401 - the fixture is used by name

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_database")]
QUESTION = "没有答案的事"


@pytest.fixture
def home():
    return factories.department()


def people(home, role=Role.EDITOR):
    return [scope_of(factories.user(role, within=home)) for _ in range(THREADS)]


def filed(home, text=QUESTION) -> KnowledgeGap:
    return gap_file(text, scope=scope_of(factories.user(Role.WINDOW, within=home))).gap


def test_one_of_eight_takes_a_gap(home):
    gap, scopes = filed(home), people(home)
    assert all_at_once(lambda n: gap_take(gap, scope=scopes[n])) == {"won": 1, "StaleState": THREADS - 1}


def test_one_of_eight_answers_a_gap_with_words(home):
    gap, scopes = filed(home), people(home)
    results = all_at_once(lambda n: gap_answer(gap, words=f"第{n}种说法", basis="没有明文", scope=scopes[n]))
    assert results == {"won": 1, "StaleState": THREADS - 1}


def test_eight_drafts_of_one_gap_are_one(home):
    gap, scope = filed(home), people(home)[0]
    author = User.objects.get(pk=scope.user_id)
    deed = lambda n: draft_begin_from_gap(gap, department=home, scope=scope, author=author)  # noqa: E731
    assert all_at_once(deed) == {"won": THREADS}
    assert Precedent.objects.count() == 1


def test_filings_while_a_gap_is_joined_are_counted_in_one_of_the_two(home):
    whole, same = filed(home, "整条的问法"), filed(home, "另一条的问法")
    editor, clerks = people(home)[0], people(home, Role.WINDOW)

    def deed(number: int) -> None:
        if number:
            gap_file("另一条的问法", scope=clerks[number])
        else:
            gap_join(same, into=whole, scope=editor)

    assert all_at_once(deed) == {"won": THREADS}
    whole.refresh_from_db()
    assert whole.times == 2 + THREADS - 1
    assert KnowledgeGap.objects.filter(state=KnowledgeGap.State.OPEN).count() == 1


def test_one_of_eight_colleagues_speaks_first(home):
    made, scopes = asked(lead=home), people(home)
    party = Party.objects.select_related("department").get(consultation=made)
    deed = lambda n: consultation_answer(party, words=f"第{n}种", basis="", lock_version=0, scope=scopes[n])  # noqa: E731
    assert all_at_once(deed) == {"won": 1, "StaleState": THREADS - 1}
    assert Saying.objects.count() == 1


def test_eight_departments_answer_and_every_word_is_kept():
    homes = [factories.department() for _ in range(THREADS)]
    made = asked(lead=homes[0], others=tuple(homes[1:]))
    parties = list(made.parties.select_related("department").order_by("pk"))
    scopes = [scope_of(factories.user(Role.EDITOR, within=party.department)) for party in parties]
    deed = lambda n: consultation_answer(parties[n], words="可以", basis="", lock_version=0, scope=scopes[n])  # noqa: E731
    assert all_at_once(deed) == {"won": THREADS}
    made.refresh_from_db()
    assert (Saying.objects.count(), made.lock_version) == (THREADS, THREADS)


def test_one_of_eight_concludes(home):
    made, scopes = asked(lead=home), people(home)
    results = all_at_once(
        lambda n: consultation_conclude(made, words=f"第{n}种", basis="", lock_version=0, scope=scopes[n])
    )
    assert results == {"won": 1, "StaleState": THREADS - 1}


def test_eight_clicks_ask_once(home):
    scope, code = scope_of(factories.user(Role.WINDOW)), new_code()
    results = all_at_once(lambda n: consultation_ask(NewConsultation(QUESTION, home), scope=scope, code=code))
    assert results == {"won": THREADS}
    assert (Consultation.objects.count(), Party.objects.count()) == (1, 1)
