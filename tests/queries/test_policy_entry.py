"""The desk of policies asks the database a fixed number of times, however many clauses, drafts and facts there are."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.core.text import chinese_numeral
from caselib.orgs.models import Role
from caselib.policies import drafts
from caselib.policies.entry import typed_of
from caselib.policies.standing import StatusFacts, status_fact_confirm
from tests import factories
from tests.services.test_policy_drafts import entered, of
from tests.services.test_signal import resting_on

pytestmark = pytest.mark.django_db


def law(articles: int, changed: str = "") -> str:
    rows = (
        f"第{chinese_numeral(n)}条　对第{n}类申请，登记机关应当在{n}日内办结{changed}。" for n in range(1, articles + 1)
    )
    return "\n".join(["某条例", *rows])


@pytest.fixture
def editor():
    return factories.user(Role.EDITOR)


@pytest.fixture
def client(editor):
    client = Client()
    client.force_login(editor)
    return client


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def next_draft(editor, articles: int, precedents: int, number: int):
    first = entered(law(articles), editor, title=f"第{number}部条例", doc_number=f"国务院令第{number}号").version
    for n in range(precedents):
        resting_on(of(first, n % articles + 1))
    facts = {**typed_of(first.policy), "label": "2026", "effective_from": "2026-07-01", "verified": "search"}
    draft = drafts.draft_start(facts, policy=first.policy, actor=editor)
    return drafts.draft_text_save(draft, law(articles, "并告知"), warnings=[], lock_version=0, actor=editor)


@pytest.mark.parametrize("step", ["", "text/", "clauses/", "impact/"])
def test_each_step_takes_the_same_for_two_and_for_two_hundred_clauses(client, editor, step):
    few, many = next_draft(editor, 2, 2, 901), next_draft(editor, 200, 20, 902)
    count = queries(client, f"/desk/policies/drafts/{few.code}/{step}")
    assert queries(client, f"/desk/policies/drafts/{many.code}/{step}") == count


def test_the_desk_takes_the_same_for_two_and_for_twenty_of_everything(client, editor):
    counts = []
    for number in (2, 18):
        for n in range(number):
            next_draft(editor, 2, 0, 1000 + 100 * number + n)
        counts.append(queries(client, "/desk/policies/"))
    assert counts[0] == counts[1]


def test_the_page_of_facts_takes_the_same_for_two_and_for_twenty(client, editor):
    policy = entered(law(2), editor).version.policy
    clauses = tuple(policy.versions.get().clauses.all())
    counts = []
    for days in (range(1, 3), range(3, 21)):
        for day in days:
            facts = StatusFacts(
                status="partly_repealed", clauses=clauses, by_note=f"第{day}个决定", from_on=f"2026-01-{day:02}"
            )
            status_fact_confirm(policy, facts, actor=editor)
        counts.append(queries(client, f"/policies/{policy.code}/status/"))
    assert counts[0] == counts[1]
