"""Two versions side by side, and what the rule was on a day."""

import datetime as dt
import json

import pytest
import time_machine
from django.test import Client

from caselib.orgs.models import Role
from caselib.policies.comparing import Change, comparison_of
from caselib.policies.models import Clause, Policy, PolicyStatus, PolicyVersion, RelationKind
from caselib.policies.services import (
    ClauseFacts,
    VersionFacts,
    clause_counterpart_set,
    policy_relate,
    policy_version_add,
)
from caselib.policies.standing import StatusFacts, status_fact_confirm
from caselib.precedents.signal import Word
from tests import factories
from tests.services.test_signal import policy, resting_on, signal

pytestmark = pytest.mark.django_db

FIRST, SECOND = dt.date(2017, 6, 1), dt.date(2026, 1, 1)


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(factories.user(Role.WINDOW))
    return client


def version(
    of: Policy, label: str, *clauses: tuple[str, str, Clause | None], since: dt.date, until: dt.date | None = None
):
    """(number, text, the clause it carries on) each."""
    facts = [
        ClauseFacts(label=f"第{number}条", ref=number, text=text, stable_key=before.stable_key if before else "")
        for number, text, before in clauses
    ]
    dates = VersionFacts(label=label, effective_from=since, effective_to=until)
    return policy_version_add(of, dates, clauses=facts, actor=None)


def article(of: PolicyVersion, number: str) -> Clause:
    return of.clauses.get(ref=number)


def network_law() -> tuple[PolicyVersion, PolicyVersion]:
    """Logs move from 21 to 23; 22 is reworded; 30 goes; 40 is new; 50 stays."""
    of = policy("网络安全法")
    old = version(
        of,
        "2016",
        ("21", "网络日志留存不少于六个月。", None),
        ("22", "罚款一万元以上。", None),
        ("30", "旧的一条。", None),
        ("50", "附则。", None),
        since=FIRST,
        until=SECOND,
    )
    new = version(
        of,
        "2025",
        ("22", "罚款五万元以上。", article(old, "22")),
        ("23", "网络日志留存不少于六个月。", article(old, "21")),
        ("40", "新的一条。", None),
        ("50", "附则。", article(old, "50")),
        since=SECOND,
    )
    return old, new


def test_a_clause_that_only_moved_is_known_again() -> None:
    old, new = network_law()
    found = {
        (pair.old.ref if pair.old else "", pair.new.ref if pair.new else ""): pair.change
        for pair in comparison_of(old, new).pairs
    }
    assert found == {
        ("21", "23"): Change.MOVED,
        ("22", "22"): Change.REWORDED,
        ("30", ""): Change.GONE,
        ("", "40"): Change.ADDED,
        ("50", "50"): Change.SAME,
    }


def test_only_the_amount_is_marked() -> None:
    (pair,) = [pair for pair in comparison_of(*network_law()).pairs if pair.change is Change.REWORDED]
    assert [(mark.change, mark.text) for mark in pair.marks if mark.change != "kept"] == [
        ("removed", "一万"),
        ("added", "五万"),
    ]


@pytest.mark.parametrize("later", ["公示。", "公示十日。"])
def test_two_gists_alike_or_not_tell_nothing_about_the_texts(later: str) -> None:
    of = policy()
    gist = ClauseFacts(label="第1条", ref="1", gist="公示。")
    old = policy_version_add(
        of, VersionFacts(label="旧", effective_from=FIRST, effective_to=SECOND), clauses=[gist], actor=None
    )
    after = ClauseFacts(label="第1条", ref="1", gist=later, stable_key=old.clauses.get().stable_key)
    new = policy_version_add(of, VersionFacts(label="新", effective_from=SECOND), clauses=[after], actor=None)
    assert [pair.change for pair in comparison_of(old, new).pairs] == [Change.UNCLEAR]


def test_clauses_of_two_documents_are_matched_by_the_links_of_a_person() -> None:
    before, law = policy("办法"), policy("法")
    old = version(before, "1", ("37", "甲", None), ("38", "乙", None), since=FIRST)
    new = version(law, "1", ("26", "丙", None), since=SECOND)
    clause_counterpart_set(article(old, "37"), article(new, "26"))
    clause_counterpart_set(article(old, "38"), article(new, "26"))
    pairs = comparison_of(old, new).pairs
    assert [(pair.change, pair.old.ref) for pair in pairs if pair.old] == [(Change.REWORDED, "37"), (Change.GONE, "38")]


def test_the_page_shows_who_cites_a_changed_clause_and_hides_what_stayed(client: Client) -> None:
    old, new = network_law()
    found = resting_on(article(old, "22"))
    page = client.get(f"/policies/{old.policy.code}/compare/").content.decode()
    assert found.live_revision.title in page
    assert "<del>" in page and "<ins>" in page
    assert "附则。" not in page and "另有 1 条没有变" in page
    assert "附则。" in client.get(f"/policies/{old.policy.code}/compare/?all=1&from=1&to=2").content.decode()
    assert new.label in page


def test_a_comparison_of_two_documents_is_a_page_of_its_own(client: Client) -> None:
    before, law = policy("办法"), policy("法")
    version(before, "1", ("37", "甲", None), since=FIRST)
    version(law, "1", ("26", "丙", None), since=SECOND)
    policy_relate(before, law, relation="后继法律", kind=RelationKind.SUCCESSOR, actor=None)
    page = client.get(f"/policies/{before.code}/compare/?with={law.code}").content.decode()
    assert "甲" in page and "丙" in page


@pytest.mark.parametrize("query", ["?from=1&to=1", "?from=9&to=8&with=nothing", "?with=%F0%9F%98%80"])
def test_what_cannot_be_compared_is_not_found(client: Client, query: str) -> None:
    old, _ = network_law()
    answer = client.get(f"/policies/{old.policy.code}/compare/{query}")
    assert answer.status_code == 404


def test_one_version_alone_has_nothing_to_compare(client: Client) -> None:
    of = policy()
    version(of, "1", ("1", "甲", None), since=FIRST)
    answer = client.get(f"/policies/{of.code}/compare/")
    assert answer.status_code == 404 and "还没有可以对照的" in answer.content.decode()
    assert "版本对照" not in client.get(f"/policies/{of.code}/").content.decode()


def test_markup_in_a_text_of_law_stays_text(client: Client) -> None:
    of = policy()
    old = version(of, "旧", ("1", "<script>alert(1)</script>甲", None), since=FIRST, until=SECOND)
    version(of, "新", ("1", "<script>alert(1)</script>乙", article(old, "1")), since=SECOND)
    page = client.get(f"/policies/{of.code}/compare/").content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page


# --- the rule on a day ---


def asked(client: Client, of: Policy, day: str, clause: str = "") -> dict:
    address = f"/policies/{of.code}/clauses/{clause}/" if clause else f"/policies/{of.code}/on/"
    return json.loads(client.get(address, {"on": day, "format": "json"}).content)


@pytest.mark.parametrize(
    ("day", "label", "articles"),
    [
        ("2017-06-01", "2016", ["21", "22", "30", "50"]),
        ("2025-12-31", "2016", ["21", "22", "30", "50"]),
        ("2026年1月1日", "2025", ["22", "23", "40", "50"]),
        ("２０２６．１．１", "2025", ["22", "23", "40", "50"]),
    ],
)
def test_each_day_has_its_text(client: Client, day: str, label: str, articles: list[str]) -> None:
    old, _ = network_law()
    found = asked(client, old.policy, day)
    assert (found["version"]["label"], [each["ref"] for each in found["clauses"]]) == (label, articles)


def test_a_clause_is_followed_to_where_it_stood_on_that_day(client: Client) -> None:
    old, new = network_law()
    logs = article(new, "23")
    assert [each["label"] for each in asked(client, old.policy, "2020-01-01", logs.code)["clauses"]] == ["第21条"]
    assert [each["label"] for each in asked(client, old.policy, "2026-05-01", article(old, "21").code)["clauses"]] == [
        "第23条"
    ]
    gone = asked(client, old.policy, "2026-05-01", article(old, "30").code)
    assert (gone["clauses"], gone["why"]) == ([], "那一天的文本里没有这一条。")


def test_a_clause_that_a_partial_repeal_took_out_is_no_rule_of_the_days_after(client: Client) -> None:
    old, new = network_law()
    gone = article(new, "22")
    day = dt.date(2026, 7, 1)
    fact = StatusFacts(status=PolicyStatus.PARTLY_REPEALED, from_on=day, clauses=(gone,), source="公报")
    status_fact_confirm(old.policy, fact, actor=None)
    for asked_on, is_out in (("2026-06-30", False), ("2026-07-01", True)):
        told = {each["ref"]: each for each in asked(client, old.policy, asked_on)["clauses"]}
        assert {ref: each["repealed"] for ref, each in told.items()} == {
            "22": is_out, "23": False, "40": False, "50": False
        }  # fmt: skip
        assert told["22"]["repealed_from"] == "2026-07-01"
    page = client.get(f"/policies/{old.policy.code}/on/?on=2026-07-01").content.decode()
    assert page.count("2026-07-01 起已失效") == 1
    with time_machine.travel(dt.datetime(2026, 6, 1, 4, tzinfo=dt.UTC), tick=False):
        assert client.get(f"/policies/{old.policy.code}/").content.decode().count("2026-07-01 起失效") == 1


def test_a_later_version_that_says_a_repealed_clause_again_has_it_in_force(client: Client) -> None:
    old, new = network_law()
    fact = StatusFacts(
        status=PolicyStatus.PARTLY_REPEALED, from_on=dt.date(2020, 1, 1), clauses=(article(old, "22"),), source="公报"
    )
    status_fact_confirm(old.policy, fact, actor=None)
    told = [
        asked(client, old.policy, day, article(old, "22").code)["clauses"][0] for day in ("2021-01-01", "2026-05-01")
    ]
    assert [each["repealed"] for each in told] == [True, False]
    assert signal(resting_on(article(new, "22")), on=dt.date(2026, 5, 1)).word is Word.OK


def test_a_text_without_clauses_says_so(client: Client) -> None:
    of = policy()
    policy_version_add(of, VersionFacts(label="1", effective_from=FIRST), clauses=[], actor=None)
    assert "还没有录入条文" in client.get(f"/policies/{of.code}/on/?on=2020-01-01").content.decode()


@pytest.mark.parametrize(
    ("since", "until", "day", "why"),
    [
        (FIRST, None, "2000-01-01", "还没有施行"),
        (None, None, "2020-01-01", "施行日待核"),
        (FIRST, dt.date(2018, 1, 1), "2020-01-01", "没有录入"),
    ],
)
def test_a_day_without_an_answer_says_why(client: Client, since, until, day: str, why: str) -> None:
    of = policy()
    version(of, "1", ("1", "甲", None), since=since, until=until)
    found = asked(client, of, day)
    assert found["version"] is None and why in found["why"]


@pytest.mark.parametrize("day", ["昨天", "2026-02-30", "2026-13-01", "9" * 5000, "😀"])
def test_what_is_no_day_is_told_and_kept(client: Client, day: str) -> None:
    old, _ = network_law()
    answer = client.get(f"/policies/{old.policy.code}/on/", {"on": day})
    assert answer.status_code == 422
    assert "不是日期" in answer.content.decode()
    assert client.get(f"/policies/{old.policy.code}/on/", {"on": day, "format": "json"}).status_code == 400


def test_all_forms_of_a_clause_stand_on_its_page(client: Client) -> None:
    old, new = network_law()
    page = client.get(f"/policies/{old.policy.code}/clauses/{article(new, '23').code}/").content.decode()
    assert "第21条" in page and "第23条" in page


def test_a_clause_of_another_policy_is_not_found(client: Client) -> None:
    old, _ = network_law()
    other = version(policy("别的法"), "1", ("1", "甲", None), since=FIRST)
    for address in (
        f"/policies/{old.policy.code}/clauses/{other.clauses.get().code}/",
        "/policies/x/on/",
        "/policies/x/compare/",
    ):
        assert client.get(address).status_code == 404
