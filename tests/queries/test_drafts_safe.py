"""A save while typing, what stands beside a draft, and the page of siblings ask the database as often for two as for twenty."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from caselib.core import clock
from caselib.precedents.content import HandlingStep
from caselib.precedents.siblings import sibling_keep
from tests import factories
from tests.search.conftest import index
from tests.web.test_drafts_safe import client, draft, editor, form_of, home, now_of

__all__ = ["client", "draft", "editor", "home", "index"]
pytestmark = pytest.mark.django_db
MOST_OF_A_SAVE, MOST_BESIDE, MOST_OF_ONE_SIBLING = 48, 30, 14


def asked(deed) -> int:
    with CaptureQueriesContext(connection) as captured:
        response = deed()
    assert response.status_code == 200
    return len(captured)


def test_a_save_costs_the_same_for_two_rows_and_for_twenty(client, home, editor):
    counts = []
    for size in (2, 20):
        steps = tuple(HandlingStep(f"第 {n} 步") for n in range(size))
        cited = tuple(factories.citation(factories.clause(n + 1)) for n in range(size))
        draft = factories.draft(owner=home, author=editor, handling_steps=steps, citations=cited)
        where = f"/desk/write/{draft.precedent.code}/autosave/"
        client.post(where, form_of(draft, editor, problem="第一次"))
        form = form_of(now_of(draft), editor, problem="第二次")
        counts.append(asked(lambda where=where, form=form: client.post(where, form)))
        unchanged = form_of(now_of(draft), editor)
        counts.append(asked(lambda where=where, form=unchanged: client.post(where, form)))
    assert counts[:2] == counts[2:]
    assert counts[1] < counts[0] <= MOST_OF_A_SAVE


def test_what_stands_beside_costs_the_same_for_one_and_for_five(index, client, home, editor):
    matter = factories.matter()
    draft = factories.draft(owner=home, author=editor, matter=matter)
    where = f"/desk/write/{draft.precedent.code}/beside/"
    counts = []
    for size in (2, 4):
        for _ in range(2):
            factories.published(matter=matter)
        index.refresh()
        client.get(where)
        counts.append(asked(lambda: client.get(where)))
        assert client.get(where).content.decode().count("data-set") == size
    assert counts[0] == counts[1] <= MOST_BESIDE


def test_each_sibling_costs_the_same(client, draft, editor):
    where = f"/desk/write/{draft.precedent.code}/siblings/"
    counts = []
    for size in (0, 2, 20):
        for n in range(size):
            typed = {"problem": [f"第 {n} 份"]}
            sibling_keep(draft, typed=typed, based_on=0, window=f"{size}-{n}", author=editor, now=clock.now())
        counts.append(asked(lambda: client.get(where)))
    per_sibling = (counts[2] - counts[1]) / 20
    assert per_sibling == (counts[1] - counts[0]) / 2
    assert per_sibling <= MOST_OF_ONE_SIBLING
