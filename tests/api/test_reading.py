"""What a system reads is what the window of its department reads on the pages, and no word more."""

import datetime as dt
import json

import pytest
import time_machine
from django.test import Client as Http

from caselib.connect.clients.models import Client
from caselib.orgs.models import Role, User
from caselib.policies.models import Clause
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import Revision
from caselib.precedents.visibility import Audience
from tests import factories

from .calls import problem, system

pytestmark = pytest.mark.django_db


def found(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["code"] for row in response.json()["results"]]


def test_search_finds_what_the_page_finds_in_the_same_order_with_signal_and_link(index):
    for title in ("前租户没有注销，执照办不了", "租的房子里还有一家公司的执照", "开一家面馆要办什么"):
        factories.published(title=title)
    index.refresh()
    caller = system()
    page = Http()
    page.force_login(factories.user(Role.WINDOW, within=caller.client.department))
    answer = caller.get("search", {"q": "前租户的执照没注销"})
    told = answer.json()
    assert told["schema"] == "caselib.search/1"
    shown = page.get("/search/", {"q": "前租户的执照没注销"}).context["results"]
    assert found(answer) == [row.code for row in shown.rows]
    assert told["total"] == shown.total >= 2
    assert told["fits"] == shown.fits
    first = told["results"][0]
    assert first["signal"] == {"code": "ok", "label": "可用", "reasons": []}
    assert first["url"] == f"http://testserver/p/{first['code']}/"


def test_search_pages_are_bounded_and_lead_on(index):
    for n in range(5):
        factories.published(title=f"前租户没有注销，第{n}件")
    index.refresh()
    caller = system()
    first = caller.get("search", {"q": "前租户注销", "per_page": "２"})
    second = caller.get(first.json()["next"].removeprefix("/api/v1/"))
    assert first.json()["pages"] == 3
    assert len(set(found(first) + found(second))) == 4
    for wrong in ({"page": 0}, {"page": 51}, {"per_page": 51}, {"page": "x"}, {"page": "9" * 40}, {"page": "-1"}):
        told = problem(caller.get("search", {"q": "租户", **wrong}), 422, "invalid")
        assert told["errors"][0]["field"] in wrong


def test_a_matter_narrows_by_its_name_and_is_known_by_each_of_its_codes(index):
    matter = factories.matter("企业注销登记", basic_code="000131001000")
    precedent = factories.published(title="公章丢了怎么注销", matter=matter)
    index.refresh()
    caller = system()
    for code in (matter.code, "000131001000", "０００１３１００１０００"):
        assert found(caller.get("search", {"matter": code})) == [precedent.code]
        told = caller.get(f"matters/{code}").json()
        assert told["matter"]["name"] == "企业注销登记"
        assert [row["code"] for row in told["precedents"]] == [precedent.code]
    problem(caller.get("search", {"matter": "nosuch"}), 404, "not_found")
    assert caller.get("matters", {"q": "注销"}).json()["matters"][0]["code"] == matter.code


def test_suggestions_are_those_of_the_search_box(index):
    factories.published(title="营业执照遗失怎么补")
    index.refresh()
    told = system().get("suggest", {"q": "yyzz"}).json()
    assert [each["text"] for each in told["suggestions"]] == ["营业执照遗失怎么补"]
    assert told["suggestions"][0]["kind"] == "precedent"


def test_a_precedent_is_the_record_of_the_documented_schema():
    clause = factories.clause(33, effective_from=dt.date(2020, 1, 1))
    precedent = factories.published(title="前租户没注销", citations=(factories.citation(clause),))
    caller = system()
    told = caller.get(f"precedents/{precedent.code}").json()
    assert told["schema"] == "caselib.precedent/1"
    assert told["content"]["title"] == "前租户没注销"
    assert told["content"]["citations"][0]["clause"] == "33"
    assert told["signal"]["on"] == dt.datetime.now(dt.timezone(dt.timedelta(hours=8))).date().isoformat()
    assert told["url"].endswith(f"/p/{precedent.code}/")
    by_number = caller.get(f"precedents/{precedent.number}")
    assert by_number.json() == told
    wide = precedent.number.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"}).lower()
    assert caller.get(f"precedents/{wide}").json() == told


def test_a_precedent_out_of_use_says_so_with_the_reason():
    precedent = factories.published()
    precedent_retire(precedent, reason="政策变了", actor=factories.user(Role.REVIEWER))
    told = system().get(f"precedents/{precedent.code}").json()
    assert (told["signal"]["code"], told["signal"]["word"]) == ("stop", "停用")
    assert "政策变了" in "".join(told["signal"]["reasons"])


def test_personal_data_found_after_publication_leaves_in_no_answer(index):
    """As rules that are newer than the text would find it, before the scan came by."""
    precedent = factories.published(title="前租户没注销", gist="找前租户。")
    leaky = "打13800138000问前租户。"
    Revision.objects.filter(pk=precedent.live_revision_id).update(gist=leaky, title="前租户13800138000没注销")
    index.refresh()
    caller = system()
    answers = [
        caller.get("search", {"q": "前租户"}),
        caller.get(f"precedents/{precedent.code}"),
        caller.get("suggest", {"q": "前租户"}),
        caller.get(f"matters/{factories.matter().code}"),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert "13800138000" not in answer.content.decode()
    assert found(answers[0]) == [precedent.code]


@pytest.fixture
def law() -> tuple[Clause, Clause]:
    """第33条 in a version until the end of 2023 and in the next one."""
    old = factories.clause(
        33, title="登记管理条例", effective_from=dt.date(2020, 1, 1), effective_to=dt.date(2024, 1, 1)
    )
    from caselib.policies.services import ClauseFacts, VersionFacts, policy_version_add

    facts = ClauseFacts(label="第三十三条", ref="33", text="公示期十日。")
    version = policy_version_add(
        old.version.policy,
        VersionFacts(label="2024", effective_from=dt.date(2024, 1, 1)),
        clauses=[facts, ClauseFacts(label="第三十三条第二款", ref="33/2", text="材料齐全的当场办。")],
        actor=None,
    )
    return old, version.clauses.get(ref="33")


def test_a_clause_is_answered_as_it_was_on_a_day(law):
    old, _ = law
    caller, code = system(), old.version.policy.code
    before = caller.get(f"policies/{code}/clauses", {"on": "2023年12月31日", "article": "第三十三条"}).json()
    after = caller.get(f"policies/{code}/clauses", {"on": "２０２４-０１-０１", "article": "33"}).json()
    assert [each["code"] for each in before["clauses"]] == [old.code]
    assert [each["ref"] for each in after["clauses"]] == ["33", "33/2"]
    assert (before["version"]["label"], after["version"]["label"]) == ("2021", "2024")
    assert after["clauses"][0]["text"] == "公示期十日。"
    nothing = caller.get(f"policies/{code}/clauses", {"on": "2019-12-31"}).json()
    assert (nothing["version"], nothing["clauses"], nothing["why"]) == (None, [], "那一天还没有施行。")
    missing = caller.get(f"policies/{code}/clauses", {"article": "第九百条"}).json()
    assert missing["why"] == "那一天的文本里没有这一条。"


def test_a_clause_by_its_code_is_followed_to_the_day_that_is_asked_for(law):
    old, _ = law
    told = system().get(f"clauses/{old.code}", {"on": "2023-05-01"}).json()
    assert [each["code"] for each in told["clauses"]] == [old.code]
    for wrong in ("2023-02-30", "昨天", "0000-00-00", "x" * 40):
        refused = problem(system().get(f"clauses/{old.code}", {"on": wrong}), 422, "rule_broken")
        assert (refused["rule"], refused["field"]) == ("no_day", "on")


def test_a_policy_tells_its_versions_and_what_nobody_checked(law):
    old, _ = law
    caller, policy = system(), old.version.policy
    told = caller.get(f"policies/{policy.code}").json()
    assert [version["label"] for version in told["versions"]] == ["2021", "2024"]
    assert told["version"]["label"] == "2024"
    assert "title" in told["unsure"]
    assert caller.get(f"policies/{policy.code}", {"version": "2021"}).json()["version"]["label"] == "2021"
    listed = caller.get("policies", {"q": policy.doc_number}).json()
    assert [each["code"] for each in listed["policies"]] == [policy.code]


def test_what_is_not_there_and_what_is_hidden_get_the_same_answer():
    caller = system()
    hidden = factories.published(audience=Audience.DEPARTMENT)
    draft = factories.draft().precedent
    paths = [
        f"precedents/{each}" for each in (hidden.code, hidden.number, draft.code, "2345678abc", "x", "..", "%00", "令")
    ]
    paths += [
        "policies/nosuch",
        "policies/nosuch/clauses",
        "clauses/nosuch",
        "matters/nosuch",
        "nothing",
        "search/",
        "",
    ]
    told = [problem(caller.get(path), 404, "not_found")["detail"] for path in paths]
    assert len({detail for path, detail in zip(paths, told, strict=True) if path.startswith("precedents")}) <= 2
    own = system(within=hidden.owner_department)
    assert own.get(f"precedents/{hidden.code}").status_code == 200


def test_reading_writes_nothing_but_the_day_of_use(index):
    precedent = factories.published()
    index.refresh()
    caller = system()
    caller.get("suggest", {"q": "x"})
    from django.db import connection

    writes = []

    def watched(execute, sql, *rest):
        if not sql.lstrip("(").startswith(("SELECT", "SAVEPOINT", "RELEASE")):
            writes.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(watched):
        for path in ("search?q=租户", "suggest?q=租户", f"precedents/{precedent.code}", "policies", "matters"):
            assert caller.get(path).status_code == 200
    assert writes == []


def test_an_answer_that_is_the_same_is_not_sent_again():
    precedent = factories.published()
    caller = system()
    path = f"precedents/{precedent.code}"
    first = caller.get(path)
    assert first["Cache-Control"] == "private, no-cache"
    assert "Authorization" in first["Vary"]
    for known in (first["ETag"], f"W/{first['ETag']}", f'"other", {first["ETag"]}', "*"):
        again = caller.get(path, **{"If-None-Match": known})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    for other in ('"other"', "nonsense", "", '"'):
        assert caller.get(path, **{"If-None-Match": other}).status_code == 200
    precedent_retire(precedent, reason="政策变了", actor=factories.user(Role.REVIEWER))
    assert caller.get(path, **{"If-None-Match": first["ETag"]}).status_code == 200


def test_the_signal_of_tomorrow_is_another_answer():
    with time_machine.travel(dt.datetime(2026, 11, 30, 2, tzinfo=dt.UTC), tick=False):
        precedent = factories.published(applies_until=dt.date(2026, 12, 1))
        caller = system()
        first = caller.get(f"precedents/{precedent.code}")
    with time_machine.travel(dt.datetime(2026, 12, 1, 2, tzinfo=dt.UTC), tick=False):
        second = caller.get(f"precedents/{precedent.code}", **{"If-None-Match": first["ETag"]})
    assert first.json()["signal"]["code"] != "stop"
    assert second.json()["signal"]["code"] == "stop"


def test_nobody_signed_in_gets_an_answer_without_a_token_and_no_cookie_helps():
    browser = Http()
    browser.force_login(factories.user(Role.EDITOR))
    problem(browser.get("/api/v1/search"), 401, "no_token")
    assert User.objects.filter(client__isnull=False).count() == Client.objects.count()
    assert json.loads(browser.get("/api/v1/openapi.json").content)["openapi"].startswith("3.")
