"""A text for the seam between two rules leaves the default results when the seam closes, and stays as history."""

import datetime as dt

import pytest
import time_machine

from caselib.core import clock
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.models import Precedent
from caselib.precedents.signal import Word
from caselib.precedents.stale import flag
from caselib.search.selectors import results_for_page
from tests import factories

OPENS, CLOSES = dt.date(2026, 5, 1), dt.date(2026, 7, 1)
DURING = dt.datetime(2026, 6, 30, 23, 59, tzinfo=dt.timezone(dt.timedelta(hours=8)))
AFTER = dt.datetime(2026, 7, 1, 0, 1, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture
def clerk(index):
    return scope_of(factories.user(Role.WINDOW))


@pytest.fixture
def seam(index):
    """A precedent of the seam and one of always, both found by 容缺."""
    with time_machine.travel(DURING, tick=False):
        made = factories.published(title="新旧办法之间容缺受理", applies_from=OPENS, applies_until=CLOSES)
        factories.published(title="平常的容缺受理")
        index.refresh()
    return made


def titles(clerk, **filters) -> set[str]:
    return {row.plain_title for row in results_for_page(scope=clerk, text="容缺受理", filters=filters).rows}


BOTH, ALWAYS = {"新旧办法之间容缺受理", "平常的容缺受理"}, {"平常的容缺受理"}


def test_it_is_found_while_the_seam_is_open(clerk, seam):
    with time_machine.travel(DURING, tick=False):
        found = results_for_page(scope=clerk, text="容缺受理")
    assert {row.plain_title for row in found.rows} == BOTH
    assert "era" not in {group.name for group in found.facets}


def test_two_minutes_later_it_is_gone_although_the_index_has_not_heard(clerk, seam):
    with time_machine.travel(AFTER, tick=False):
        found = results_for_page(scope=clerk, text="容缺受理")
    assert {row.plain_title for row in found.rows} == ALWAYS
    assert found.total == 1


def test_after_the_night_it_is_history_that_can_be_chosen(clerk, seam, index):
    with time_machine.travel(AFTER, tick=False):
        assert flag(now=clock.now(), on=clock.today()).seams == 1
        index.refresh()
        assert titles(clerk) == ALWAYS
        (group,) = [group for group in results_for_page(scope=clerk, text="容缺受理").facets if group.name == "era"]
        assert [(value.value, value.count) for value in group.values] == [("now", 1), ("past", 1)]
        (row,) = results_for_page(scope=clerk, text="容缺受理", filters={"era": ["past"]}).rows
        assert row.plain_title == "新旧办法之间容缺受理"
        assert row.signal.word is Word.STOP and "2026-06-30" in row.signal.reasons[0]
        assert titles(clerk, era=["now", "past"]) == BOTH


def test_without_an_index_the_database_keeps_to_the_same(clerk, seam, index):
    index.remove()
    with time_machine.travel(AFTER, tick=False):
        assert titles(clerk) == ALWAYS
        assert titles(clerk, era=["past"]) == {"新旧办法之间容缺受理"}
    with time_machine.travel(DURING, tick=False):
        assert titles(clerk) == BOTH


def test_its_page_stays_at_its_address(client, seam):
    client.force_login(factories.user(Role.WINDOW))
    with time_machine.travel(AFTER, tick=False):
        page = client.get(f"/p/{seam.code}/")
    assert page.status_code == 200 and "过渡期的办法" in page.content.decode()
    assert Precedent.objects.get(pk=seam.pk).applies_until == CLOSES
