"""The starter library on 2026-06-30 and on 2026-07-01: every policy and every precedent against what their files say."""

import datetime as dt
import html
import re
from typing import Any

import pytest
import time_machine
from django.test import Client

from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope
from caselib.policies.models import Policy
from caselib.policies.selectors import validity_by_policy
from caselib.precedents.models import Precedent
from caselib.precedents.selectors import rows_of
from caselib.precedents.signal import Kind, Signal, Word
from tests import factories
from tests.services.test_starter import CASES, DRAFTS, POLICIES, output  # noqa: F401 - the fixture is used by name

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("output")]

EVE, DAY = dt.date(2026, 6, 30), dt.date(2026, 7, 1)
NEAR = dt.timedelta(days=30)
CARRYING = {"basis", "explains", "exception"}
# Their clauses are linked to those of the Social Assistance Act, which is a later document and no version of theirs.
HAVE_AN_HEIR = {"S-06", "N-46"}


def day_of(version: dict[str, Any], name: str) -> dt.date | None:
    return dt.date.fromisoformat(version[name]) if name in version else None


def is_over(version: dict[str, Any], day: dt.date) -> bool:
    last = day_of(version, "last_day")
    return last is not None and last < day


def is_ahead(version: dict[str, Any], day: dt.date) -> bool:
    begins = day_of(version, "effective_from")
    return begins is not None and begins > day


def policy_in_file(file: dict[str, Any], day: dt.date) -> str:
    """The word that follows from the dates and the status of the file, by the version that a reader meets first."""
    versions = file["versions"]
    begun = [each for each in versions if not is_ahead(each, day)] or versions
    in_force = [each for each in begun if "effective_from" in each and not is_over(each, day)]
    met = (in_force or begun)[-1]
    if file["status"] in ("repealed", "replaced", "expired"):
        return "stop"
    is_sure = file["status"] == "in_force" and "effective_from" in met
    return "ok" if is_sure and not is_over(met, day) and not is_ahead(met, day) else "care"


def is_doubtful_in_file(key: str, day: dt.date) -> bool:
    """Whether the files know of anything against following a precedent on a day."""
    case = CASES[key]
    lines = case.get("citations", [])
    if case.get("doubts") or any("doubt" in line for line in lines) or key in HAVE_AN_HEIR:
        return True
    for line in lines:
        if line["relation"] not in CARRYING:
            continue
        policy = POLICIES[line["policy"]]
        (version,) = [each for each in policy["versions"] if each["label"] == line["version"]]
        ends_soon = is_over(version, day + NEAR)
        if ends_soon or is_ahead(version, day) or policy["status"] in ("repealed", "replaced", "expired"):
            return True
    return False


def policy_words(day: dt.date) -> dict[str, str]:
    policies = list(Policy.objects.all())
    found = validity_by_policy(policies, on=day)
    return {policy.external_id.removeprefix("starter:"): str(found[policy.pk].word) for policy in policies}


def signals(day: dt.date) -> dict[str, Signal]:
    """As somebody reads them who stands nowhere."""
    everywhere = ViewerScope(departments={0: frozenset({Role.WINDOW})})
    rows = rows_of(Precedent.objects.findable(), everywhere, on=day)
    return {row.precedent.external_id.removeprefix("starter:"): row.signal for row in rows}


@pytest.mark.parametrize("day", [EVE, DAY])
def test_every_policy_has_the_word_of_its_file(day: dt.date) -> None:
    assert policy_words(day) == {key: policy_in_file(file, day) for key, file in POLICIES.items()}


def test_overnight_one_policy_of_fifty_five_comes_into_force_and_no_other_changes() -> None:
    eve, day = policy_words(EVE), policy_words(DAY)
    assert len(eve) == len(day) == 55
    assert {key: (eve[key], day[key]) for key in eve if eve[key] != day[key]} == {"P21": ("care", "ok")}
    assert {key: word for key, word in day.items() if word != "ok"} == {
        "P04": "care",  # 已被修改
        "P11": "care",  # the day from which it applies is not known
        "P22": "care",  # 时效待核
        "P32": "stop",  # 已到期
        "P48": "care",
        "P52": "care",
    }


@pytest.mark.parametrize("day", [EVE, DAY])
def test_every_published_precedent_has_the_signal_that_its_files_give_cause_for(day: dt.date) -> None:
    found = signals(day)
    assert found.keys() == CASES.keys() - DRAFTS
    doubtful = {key for key in found if is_doubtful_in_file(key, day)}
    assert {key for key, signal in found.items() if signal.word is Word.CARE} == doubtful
    assert {key for key, signal in found.items() if signal.word is Word.STOP} == set()
    assert all(signal.reasons for signal in found.values() if signal.word is not Word.OK)


def test_overnight_the_act_is_no_announcement_any_more_for_the_two_that_rest_on_the_measures() -> None:
    eve, day = signals(EVE), signals(DAY)
    assert {key for key in eve if eve[key] != day[key]} == HAVE_AN_HEIR
    for key in HAVE_AN_HEIR:
        before = [point for point in eve[key].points if point not in day[key].points]
        after = [point for point in day[key].points if point not in eve[key].points]
        assert {point.kind for point in before} == {Kind.SOON} and {point.kind for point in after} == {Kind.HEIR}
        assert all("《中华人民共和国社会救助法》" in point.text for point in (*before, *after))


@pytest.mark.parametrize(("day", "shown"), [(EVE, "2026-07-01 起施行"), (DAY, "现行有效")])
def test_the_list_of_policies_says_so_on_its_day(client: Client, day: dt.date, shown: str) -> None:
    client.force_login(factories.user(Role.WINDOW))
    # Half past midnight in the hall is still the day before by UTC.
    with time_machine.travel(
        dt.datetime(day.year, day.month, day.day, 0, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    ):
        page = html.unescape(client.get("/policies/", {"q": "中华人民共和国社会救助法"}).content.decode())
    words = re.sub(r"<[^>]+>", " ", page)
    assert shown in words
