"""Eight people file the same gap, or close it, in the same moment: one gap, each counted once, one decision."""

import pytest

from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.search.gaps.services import gap_close, gap_file
from caselib.search.models import KnowledgeGap
from tests import factories

from .test_transitions import THREADS, all_at_once, shared_database  # noqa: F401 - the fixture is used by name

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_database")]
QUESTION = "没有答案的事"


def test_eight_people_make_one_gap_that_counts_eight():
    home = factories.department()
    scopes = [scope_of(factories.user(Role.WINDOW, within=home)) for _ in range(THREADS)]
    results = all_at_once(lambda number: gap_file(QUESTION, scope=scopes[number]))
    assert results == {"won": THREADS}
    assert KnowledgeGap.objects.get().times == THREADS


def test_eight_clicks_of_one_person_count_once():
    scope = scope_of(factories.user(Role.WINDOW))
    assert all_at_once(lambda number: gap_file(QUESTION, scope=scope)) == {"won": THREADS}
    assert KnowledgeGap.objects.get().times == 1


def test_one_of_eight_editors_closes():
    home = factories.department()
    gap = gap_file(QUESTION, scope=scope_of(factories.user(Role.WINDOW, within=home))).gap
    scopes = [scope_of(factories.user(Role.EDITOR, within=home)) for _ in range(THREADS)]
    results = all_at_once(lambda number: gap_close(gap, scope=scopes[number], reason=f"第{number}个理由"))
    assert results == {"won": 1, "StaleState": THREADS - 1}
