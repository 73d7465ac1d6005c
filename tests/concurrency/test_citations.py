"""Eight editors work on the citations of one draft, or on one entry of the queue, in the same moment."""

import pytest

from caselib.orgs.models import Role
from caselib.policies.validity import Validity, ValidityWord
from caselib.precedents.citation_edits import Chosen, citations_add, unresolved_cite
from caselib.precedents.citing import Proposal, Unresolved
from caselib.precedents.models import Citation, Relation, Revision, UnresolvedCitation
from caselib.precedents.unresolved import citations_dismiss, citations_queue
from tests import factories

from .test_transitions import THREADS, all_at_once, shared_database  # noqa: F401 - the fixture is used by name

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_database")]
LEFT = [Unresolved("《没有的办法》第五条", "unknown_policy", "")]


def chosen(article: int) -> Chosen:
    clause = factories.clause(article)
    return Chosen(Proposal("", clause.version, clause, "", "", Validity(ValidityWord.OK, "")), Relation.BASIS)


@pytest.fixture
def home():
    return factories.department()


@pytest.fixture
def editors(home):
    return [factories.user(Role.EDITOR, within=home) for _ in range(THREADS)]


def test_one_of_eight_editors_adds_and_nothing_of_the_others_is_half_there(home, editors):
    draft = factories.draft(owner=home, author=editors[0])
    picks = [chosen(n + 1) for n in range(THREADS)]

    def add(number: int) -> None:
        mine = Revision.objects.get(pk=draft.pk)
        citations_add(mine, [picks[number]], left=LEFT, lock_version=draft.lock_version, editor=editors[number])

    assert all_at_once(add) == {"won": 1, "StaleState": THREADS - 1}
    assert Citation.objects.filter(revision=draft).count() == 1
    assert UnresolvedCitation.objects.count() == 1


def test_eight_who_queue_the_same_words_make_one_entry(home, editors):
    draft = factories.draft(owner=home, author=editors[0])
    results = all_at_once(lambda number: citations_queue(draft, LEFT, actor=editors[number]))
    assert results == {"won": THREADS}
    assert UnresolvedCitation.objects.count() == 1


def test_an_entry_is_settled_once_and_starts_one_revision(home, editors):
    precedent = factories.published(owner=home)
    citations_queue(precedent.live_revision, LEFT, actor=None)
    entry, pick = UnresolvedCitation.objects.get(), chosen(1)

    def settle(number: int) -> None:
        mine = UnresolvedCitation.objects.select_related("revision__precedent").get(pk=entry.pk)
        if number % 2:
            unresolved_cite(mine, pick, editor=editors[number])
        else:
            citations_dismiss([mine], reason="不是依据", actor=editors[number])

    results = all_at_once(settle)
    assert results["won"] == 1
    assert results["StaleState"] == THREADS - 1
    entry.refresh_from_db()
    cited = Citation.objects.filter(revision__precedent=precedent).count()
    assert cited == (1 if entry.closed_how.startswith("已引用") else 0)
    assert precedent.revisions.count() == 1 + cited
