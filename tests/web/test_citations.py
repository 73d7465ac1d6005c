"""引用: an editor types or pastes citations into a draft; what is not found waits in a queue."""

import datetime as dt

import pytest
from django.test import Client

from caselib.audit.models import AuditEvent
from caselib.orgs.models import Role
from caselib.policies.models import Level, PolicyStatus
from caselib.policies.services import ClauseFacts, PolicyFacts, VersionFacts, policy_create, policy_version_add
from caselib.precedents.models import Citation, Relation, UnresolvedCitation
from caselib.precedents.services import revision_save, revision_submit
from tests import factories

pytestmark = pytest.mark.django_db
ATTACKS = [
    "《<script>alert(1)</script>条例》第五条",
    "\x00第三十三条",
    "《" * 9000,
    "\u202e登记条例33",
    "٣٣",
    "登记条例99999999999",
]


def policy(title: str, *articles: int, short: str = "", start=dt.date(2022, 3, 1), end=None, label="2021", number=""):
    facts = PolicyFacts(
        title=title, level=Level.ADMINISTRATIVE_REGULATION, region=factories.region(), doc_number=number,
        short_titles=(short,) if short else (), status=PolicyStatus.IN_FORCE,
    )  # fmt: skip
    made = policy_create(facts, actor=None)
    clauses = [ClauseFacts(label=f"第{n}条", ref=str(n), gist=f"{title}第{n}条的大意") for n in articles]
    policy_version_add(
        made, VersionFacts(label=label, effective_from=start, effective_to=end), clauses=clauses, actor=None
    )
    return made


@pytest.fixture
def home():
    return factories.department()


@pytest.fixture
def editor(home):
    return factories.user(Role.EDITOR, within=home)


@pytest.fixture
def client(editor):
    client = Client()
    client.force_login(editor)
    return client


@pytest.fixture
def draft(home, editor):
    return factories.draft(owner=home, author=editor)


@pytest.fixture
def register():
    return policy("中华人民共和国市场主体登记管理条例", 33, 34, short="登记条例")


def address(draft, rest: str = "") -> str:
    return f"/p/{draft.precedent.code}/citations/{rest}"


def text_of(response) -> str:
    return response.content.decode()


def tokens(response) -> list[str]:
    return [each.token for each in response.context["found"].offers]


def add(client, draft, text: str, *picks: str, **more):
    posted = {"text": text, "box": "paste", "lock_version": draft.lock_version, "pick": picks, **more}
    return client.post(address(draft, "add/"), posted)


def cited(draft) -> list[tuple[str, str]]:
    rows = Citation.objects.filter(revision=draft).order_by("position")
    return [(row.relation, row.locator or (row.clause.label if row.clause else "")) for row in rows]


def test_a_typed_clause_is_shown_and_added_as_basis(client, draft, register):
    shown = client.get(address(draft), {"typed": "登记条例33"})
    assert "中华人民共和国市场主体登记管理条例第33条的大意" in text_of(shown)
    response = add(client, draft, "登记条例33", *tokens(shown))
    assert response.status_code == 302
    assert cited(draft) == [(Relation.BASIS, "第33条")]
    assert AuditEvent.objects.filter(action="precedent.citations_changed").count() == 1


def test_a_pasted_sentence_adds_what_was_ticked_and_queues_what_was_not_found(client, draft, register):
    text = "王先生（13800138000）来问，按登记条例第33条和《没有的办法》第五条办。"
    shown = client.post(address(draft, "find/"), {"text": text})
    assert shown.status_code == 200
    assert not UnresolvedCitation.objects.exists()
    (token,) = tokens(shown)
    page = client.post(
        address(draft, "add/"),
        {
            "text": text,
            "box": "paste",
            "lock_version": draft.lock_version,
            "pick": token,
            f"relation~{token}": "exception",
        },
        follow=True,
    )
    assert "加了 1 条引用；1 条记到“未解决的引用”" in text_of(page)
    assert cited(draft) == [(Relation.EXCEPTION, "第33条")]
    entry = UnresolvedCitation.objects.get()
    assert (entry.words, entry.why) == ("《没有的办法》第五条", "unknown_policy")


def test_nothing_of_the_pasted_text_but_the_cited_words_is_kept_and_those_are_masked(client, draft):
    text = "张三住在某处，按《张某13800138000办法》第五条办"
    add(client, draft, text)
    entry = UnresolvedCitation.objects.get()
    assert "13800138000" not in entry.words
    assert "住在某处" not in entry.words
    kept = str(list(AuditEvent.objects.values_list("after", "object_label")))
    assert "13800138000" not in kept


def test_an_article_that_is_not_entered_is_cited_by_its_number_and_that_is_said(client, draft, register):
    shown = client.get(address(draft), {"typed": "登记条例第五十条第二款"})
    assert "这一条还没有录入，只记条号" in text_of(shown)
    add(client, draft, "登记条例第五十条第二款", *tokens(shown))
    assert cited(draft) == [(Relation.BASIS, "第五十条第二款")]


def test_a_paragraph_of_an_article_entered_in_one_piece_is_cited_in_that_article(client, draft, register):
    shown = client.get(address(draft), {"typed": "登记条例33/2"})
    add(client, draft, "登记条例33/2", *tokens(shown))
    row = Citation.objects.get(revision=draft)
    assert (row.clause.ref, row.locator) == ("33", "第三十三条第二款")


def test_the_same_place_is_cited_once_in_each_relation(client, draft, register):
    shown = client.get(address(draft), {"typed": "登记条例33"})
    (token,) = tokens(shown)
    add(client, draft, "登记条例33", token)
    draft.refresh_from_db()
    page = add(client, draft, "登记条例33、登记条例第三十三条", token)
    assert page.status_code == 302
    assert cited(draft) == [(Relation.BASIS, "第33条")]
    draft.refresh_from_db()
    add(client, draft, "登记条例33", token, **{f"relation~{token}": "conflict"})
    assert [relation for relation, _ in cited(draft)] == ["basis", "conflict"]


def test_who_comes_second_is_told_and_keeps_the_ticks(client, draft, register, editor):
    shown = client.get(address(draft), {"typed": "登记条例33"})
    (token,) = tokens(shown)
    revision_save(draft, factories.content(title="别人先保存的"), lock_version=draft.lock_version, editor=editor)
    posted = {
        "text": "登记条例33和《没有的办法》第五条",
        "lock_version": 0,
        "pick": token,
        f"relation~{token}": "compare",
    }
    late = client.post(address(draft, "add/"), posted)
    page = text_of(late)
    assert late.status_code == 409
    assert "您勾选的都还在下面" in page
    (offer,) = late.context["found"].offers
    assert (offer.is_ticked, offer.relation) == (True, "compare")
    assert not Citation.objects.exists()
    assert not UnresolvedCitation.objects.exists()
    posted["lock_version"] = late.context["page"].revision.lock_version
    assert client.post(address(draft, "add/"), posted).status_code == 302
    assert cited(draft) == [("compare", "第33条")]


def test_relation_note_and_mark_are_changed_and_a_citation_is_removed(client, draft, register):
    token = tokens(client.get(address(draft), {"typed": "登记条例33"}))[0]
    add(client, draft, "登记条例33", token)
    draft.refresh_from_db()
    posted = {
        "lock_version": draft.lock_version,
        "relation": "compare",
        "note": " 只看 第二款 ",
        "verified": "1",
        "do": "save",
    }
    assert client.post(address(draft, "0/"), posted).status_code == 302
    row = Citation.objects.get(revision=draft)
    assert (row.relation, row.note, row.is_verified) == ("compare", "只看 第二款", True)
    assert client.post(address(draft, "0/"), {**posted, "do": "remove"}).status_code == 409
    draft.refresh_from_db()
    client.post(address(draft, "0/"), {"lock_version": draft.lock_version, "do": "remove"})
    assert cited(draft) == []


@pytest.mark.parametrize("position", [1, 999])
def test_a_citation_that_is_not_there_is_a_conflict(client, draft, position):
    posted = {"lock_version": draft.lock_version, "do": "remove"}
    assert client.post(address(draft, f"{position}/"), posted).status_code == 409


def test_the_text_of_the_day_of_the_case_is_offered(client, home, editor):
    old = policy("旧时登记条例", 5, start=dt.date(2010, 1, 1), end=dt.date(2022, 3, 1), label="2010")
    facts = VersionFacts(label="2021", effective_from=dt.date(2022, 3, 1))
    policy_version_add(old, facts, clauses=[ClauseFacts(label="第7条", ref="7")], actor=None)
    draft = factories.draft(owner=home, author=editor, occurred="2021-05")
    today = client.get(address(draft), {"typed": "旧时登记条例5"})
    then = client.get(address(draft), {"typed": "旧时登记条例5", "day": "then"})
    assert "当时的文本（2021年5月）" in text_of(today)
    (now,), (before,) = today.context["found"].offers, then.context["found"].offers
    assert (now.proposal.version.label, now.proposal.clause) == ("2021", None)
    assert (before.proposal.version.label, before.proposal.clause.label) == ("2010", "第5条")
    assert "旧版，用到 2022-02-28" in text_of(then)


def test_one_of_several_policies_is_ticked_and_does_not_wait_then(client, draft):
    policy("甲市排水条例", 5, short="排水条例")
    policy("乙市排水条例", 5, short="排水条例")
    shown = client.post(address(draft, "find/"), {"text": "按排水条例第五条办"})
    (missed,) = shown.context["found"].missed
    assert "可能是《甲市排水条例》、《乙市排水条例》" in text_of(shown)
    add(client, draft, "按排水条例第五条办", missed.offers[1].token)
    assert Citation.objects.get(revision=draft).version.policy.title == "乙市排水条例"
    assert not UnresolvedCitation.objects.exists()


def test_a_published_text_is_changed_in_a_revision_only(client, home):
    precedent = factories.published(owner=home)
    where = f"/p/{precedent.code}/citations/"
    page = text_of(client.get(where))
    assert "开始修订" in page
    assert "加上勾选的" not in page
    assert client.get(f"{where}start/").status_code == 405
    refused = client.post(f"{where}add/", {"text": "第五条", "lock_version": 0})
    assert refused.status_code == 422
    assert client.post(f"{where}start/").status_code == 302
    assert "粘贴一段话" in text_of(client.get(where))
    assert client.post(f"{where}start/").status_code == 409


def test_a_text_that_waits_for_a_review_is_frozen(client, draft, editor, register):
    revision_submit(draft, lock_version=draft.lock_version, actor=editor)
    assert "正在等审核" in text_of(client.get(address(draft)))
    assert add(client, draft, "登记条例33").status_code == 422
    assert not Citation.objects.exists()


def test_what_is_too_long_is_refused_and_kept(client, draft):
    response = client.post(address(draft, "find/"), {"text": "登记条例33" * 4000})
    assert response.status_code == 422
    assert "最多 20000 个" in text_of(response)
    assert "登记条例33登记条例33" in text_of(response)
    assert add(client, draft, "长" * 20_001).status_code == 422


@pytest.mark.parametrize("text", ATTACKS)
def test_hostile_text_is_read_escaped_and_survived(client, draft, register, text):
    for response in (
        client.get(address(draft), {"typed": text[:300]}),
        client.get(address(draft, "suggest"), {"q": text}),
        client.post(address(draft, "find/"), {"text": text}),
        add(client, draft, text, "x~y~z", "~~~", "", **{"relation~": "nothing", "day": "never", "box": "<b>"}),
    ):
        assert response.status_code in (200, 302, 422)
        assert "<script>alert" not in text_of(response)
    page = text_of(client.get("/desk/citations/"))
    assert "<script>alert" not in page


@pytest.mark.parametrize("lock_version", ["", "x", "-1", "9" * 30, "١"])
def test_a_state_that_nobody_saw_loses(client, draft, register, lock_version):
    token = tokens(client.get(address(draft), {"typed": "登记条例33"}))[0]
    posted = {"text": "登记条例33", "lock_version": lock_version, "pick": token}
    assert client.post(address(draft, "add/"), posted).status_code == 409


def test_suggestions_name_policy_version_clause_and_gist(client, draft, register):
    exact = text_of(client.get(address(draft, "suggest"), {"q": "登记条例33"}))
    assert 'role="option"' in exact
    assert "第33条" in exact
    assert "现行有效" in exact
    part = text_of(client.get(address(draft, "suggest"), {"q": "主体登记管理34"}))
    assert "第34条" in part
    whole = text_of(client.get(address(draft, "suggest"), {"q": "登记条例"}))
    assert whole.count('role="option"') == 3
    assert text_of(client.get(address(draft, "suggest"), {"q": "zz"})) == ""


def test_a_suggestion_leads_to_its_clause(client, draft, register):
    page = text_of(client.get(address(draft, "suggest"), {"q": "主体登记管理34"}))
    to = page.partition('data-to="')[2].partition('"')[0].replace("&amp;", "&")
    (offer,) = client.get(to).context["found"].offers
    assert offer.proposal.clause.ref == "34"


def queue(client, draft, text: str = "按《没有的办法》第五条办") -> UnresolvedCitation:
    add(client, draft, text)
    return UnresolvedCitation.objects.latest("pk")


def test_the_queue_groups_the_same_words_with_why_and_hint(client, draft, home, editor):
    queue(client, draft)
    other = factories.draft(owner=home, author=editor)
    queue(client, other)
    page = text_of(client.get("/desk/citations/"))
    assert page.count("《没有的办法》第五条</b>") == 1
    assert "2 件案例" in page
    assert "库里没有这部政策" in page
    assert draft.title in page
    assert other.title in page


def test_the_same_words_wait_once_for_a_precedent(client, draft):
    queue(client, draft)
    draft.refresh_from_db()
    queue(client, draft)
    assert UnresolvedCitation.objects.count() == 1


def test_what_was_entered_later_is_found_when_the_queue_is_read_and_nothing_is_written(client, draft):
    entry = queue(client, draft)
    assert "现在找得到了" not in text_of(client.get("/desk/citations/"))
    policy("没有的办法", 5)
    events = AuditEvent.objects.count()
    page = client.get("/desk/citations/")
    assert "现在找得到了" in text_of(page)
    entry.refresh_from_db()
    assert entry.closed_at is None
    assert AuditEvent.objects.count() == events
    (group,) = page.context["queue"].groups
    posted = {"pick": group.found[0].token, "relation": "explains"}
    assert client.post(f"/desk/citations/{entry.pk}/cite/", posted).status_code == 302
    assert cited(draft) == [("explains", "第5条")]
    entry.refresh_from_db()
    assert entry.closed_how == "已引用：解释《没有的办法》（2021）第5条"
    assert client.post(f"/desk/citations/{entry.pk}/cite/", posted).status_code == 404
    assert "已引用：解释" in text_of(client.get("/desk/citations/?state=closed"))


def test_a_clause_is_named_for_words_of_the_queue_and_starts_a_revision(client, home, register, editor):
    precedent = factories.published(owner=home)
    client.post(f"/p/{precedent.code}/citations/start/")
    draft = precedent.revisions.latest("number")
    entry = queue(client, draft)
    page = client.get("/desk/citations/", {"key": entry.pk, "typed": "登记条例34"})
    (offer,) = page.context["found"].offers
    assert "引用选定的" in text_of(page)
    posted = {"pick": offer.token, "typed": "登记条例34"}
    assert client.post(f"/desk/citations/{entry.pk}/cite/", posted).status_code == 302
    assert cited(draft) == [("basis", "第34条")]


def test_nothing_chosen_is_said_beside_the_words(client, draft):
    entry = queue(client, draft)
    response = client.post(f"/desk/citations/{entry.pk}/cite/", {"pick": "made~up~~"})
    assert response.status_code == 422
    assert "先选定是哪一条" in text_of(response)


def test_words_are_dismissed_with_a_reason_that_is_masked(client, draft, editor):
    entry = queue(client, draft)
    assert client.post(f"/desk/citations/{entry.pk}/dismiss/", {"reason": " "}).status_code == 422
    posted = {"reason": "问过13800138000，不是依据"}
    assert client.post(f"/desk/citations/{entry.pk}/dismiss/", posted).status_code == 302
    entry.refresh_from_db()
    assert entry.closed_how == "不用引用：问过〔手机号〕，不是依据"
    assert entry.closed_by_name == str(editor)
    assert client.post(f"/desk/citations/{entry.pk}/dismiss/", posted).status_code == 404
    assert "13800138000" not in str(list(AuditEvent.objects.values_list("after")))


def test_a_draft_in_review_keeps_its_words_waiting(client, draft, editor):
    entry = queue(client, draft)
    policy("没有的办法", 5)
    token = client.get("/desk/citations/").context["queue"].groups[0].found[0].token
    draft.refresh_from_db()
    revision_submit(draft, lock_version=draft.lock_version, actor=editor)
    response = client.post(f"/desk/citations/{entry.pk}/cite/", {"pick": token})
    assert response.status_code == 409
    assert "待审核" in text_of(response)
    entry.refresh_from_db()
    assert entry.closed_at is None


def test_a_rule_of_another_region_is_guarded_wherever_it_is_offered(client, draft):
    facts = PolicyFacts(
        title="浦东新区某某规定", level=Level.LOCAL_REGULATION, region=factories.region("上海市浦东新区")
    )
    version = policy_version_add(
        policy_create(facts, actor=None),
        VersionFacts(label="2022"),
        clauses=[ClauseFacts(label="第1条", ref="1")],
        actor=None,
    )
    guard = "只在东新区适用 · 您的大厅不在那里"
    shown = client.get(address(draft), {"typed": "浦东新区某某规定1"})
    assert guard in text_of(shown)
    assert guard in text_of(client.get(address(draft, "suggest"), {"q": "浦东新区某某规定1"}))
    add(client, draft, "浦东新区某某规定1", *tokens(shown))
    assert Citation.objects.get(revision=draft).version == version
    assert guard in text_of(client.get(address(draft)))
