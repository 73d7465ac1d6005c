"""From words to proposals: policy, version of the day, clause of that version; and why something was not found."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from caselib.policies.known import policy_table
from caselib.policies.models import Level, PolicyStatus
from caselib.policies.services import (
    ClauseFacts,
    PolicyFacts,
    VersionFacts,
    clause_counterpart_set,
    policy_create,
    policy_version_add,
)
from caselib.precedents.citing import read_all, read_citations
from caselib.precedents.models import UnresolvedCitation
from caselib.precedents.unresolved import citations_dismiss, kept_words
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 7, 1)
CHANGE = dt.date(2024, 7, 1)


def policy(title: str, *, number: str = "", short: tuple[str, ...] = ()):
    facts = PolicyFacts(
        title=title, level=Level.LAW, region=factories.region("国家"), doc_number=number, short_titles=short,
        status=PolicyStatus.IN_FORCE,
    )  # fmt: skip
    return policy_create(facts, actor=None)


def version(of, label: str, *refs: str, start: dt.date | None = dt.date(2020, 1, 1), end: dt.date | None = None):
    clauses = [ClauseFacts(label=f"第{ref}条", ref=ref, gist="大意") for ref in refs]
    facts = VersionFacts(label=label, effective_from=start, effective_to=end)
    return policy_version_add(of, facts, clauses=clauses, actor=None)


@pytest.fixture
def law():
    """A law that was renumbered: what was 2 is 3 now, and 5 went."""
    made = policy("中华人民共和国网络法", short=("网络法",), number="主席令第53号")
    old = version(made, "2017", "1", "2", "3", "4", "5", end=CHANGE)
    new = version(made, "2024", "1", "2", "3", "4", start=CHANGE)
    clause_counterpart_set(old.clauses.get(ref="2"), new.clauses.get(ref="3"))
    return made


def one(text: str, on: dt.date = TODAY):
    read = read_citations(text, on=on)
    assert not read.unresolved
    (proposal,) = read.proposals
    return proposal


def missed(text: str, on: dt.date = TODAY):
    read = read_citations(text, on=on)
    assert not read.proposals
    (unresolved,) = read.unresolved
    return unresolved


def test_the_version_is_the_one_of_the_day_and_the_clause_is_of_that_version(law):
    for day, label in ((CHANGE - dt.timedelta(days=1), "2017"), (CHANGE, "2024"), (TODAY, "2024")):
        found = one("网络法第二条", on=day)
        assert (found.version.label, found.clause.version.label, found.clause.ref) == (label, label, "2")


def test_a_clause_that_the_version_never_had_is_not_taken_from_another(law):
    found = missed("网络法第五条")
    assert found.why == "no_such_clause"
    assert "《中华人民共和国网络法》（2024）没有第五条，录入到第四条" in found.hint
    assert "“2017”版有第五条" in found.hint
    assert one("网络法第五条", on=dt.date(2020, 1, 1)).clause.ref == "5"


def test_a_paragraph_that_an_article_does_not_have_is_told():
    made = policy("某某登记条例")
    version(made, "2020", "1", "1/1", "1/2")
    assert one("某某登记条例第一条第二款").clause.ref == "1/2"
    assert missed("某某登记条例第一条第三款").why == "no_such_clause"


def test_of_a_text_with_gaps_nobody_knows_what_it_lacks():
    version(policy("某某登记条例"), "2020", "3", "33")
    found = one("某某登记条例第五条")
    assert (found.clause, found.locator) == (None, "第五条")
    assert found.caution == "这一条还没有录入，只记条号"


def test_where_a_clause_went_is_told_with_one_that_is_not_entered():
    made = policy("某某登记条例")
    old, new = version(made, "旧", "21", end=CHANGE), version(made, "新", "23", start=CHANGE)
    clause_counterpart_set(old.clauses.get(), new.clauses.get())
    found = one("某某登记条例第二十一条")
    assert found.clause is None
    assert "“旧”版有第二十一条，在这一版是第23条" in found.caution


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (None, None, "施行日待核"),
        (dt.date(2010, 1, 1), dt.date(2015, 1, 1), "这一版用到 2014-12-31"),
        (dt.date(2030, 1, 1), None, "2030-01-01 起施行"),
    ],
)
def test_a_version_that_does_not_simply_apply_is_offered_with_a_word(start, end, words):
    version(policy("某某登记条例"), "唯一", "1", start=start, end=end)
    assert words in one("某某登记条例第一条").caution


def test_a_policy_without_any_version_cannot_be_cited_yet():
    policy("某某登记条例")
    found = missed("某某登记条例第一条")
    assert found.why == "unknown_policy"
    assert "还没有录入它的任何版本" in found.hint


def test_a_number_with_the_title_of_another_is_told_with_what_is_likely(law):
    version(policy("国务院关于某事的意见", number="国发〔2022〕5号"), "2022", "1")
    found = missed("国发〔2022〕5号《中华人民共和国网络法》第一条")
    assert found.why == "wrong_number"
    assert {choice.title for choice in found.choices} == {"国务院关于某事的意见", "中华人民共和国网络法"}


def test_an_article_without_a_law_says_that_the_name_is_missing():
    found = missed("按第五条办理")
    assert not found.is_named
    assert "没有写明是哪部政策" in found.hint


def test_the_texts_of_several_precedents_do_not_run_into_each_other(law):
    first, second = read_all(["按网络法第一条", "第二条"], on=TODAY)
    assert len(first.proposals) == 1
    assert not second.proposals


def test_a_policy_that_was_entered_is_known_at_once(law):
    assert missed("新近条例第一条").why == "unknown_policy"
    made = policy("新近条例")
    version(made, "2026", "1")
    assert one("新近条例第一条").clause.ref == "1"
    former = VersionFacts(label="前身", title="从前条例", effective_to=dt.date(2019, 1, 1))
    policy_version_add(made, former, actor=None)
    assert one("从前条例第一条").version.label == "2026"


def test_the_table_is_read_once_while_no_policy_changes(law):
    table = policy_table()
    factories.published()
    assert policy_table() is table
    with CaptureQueriesContext(connection) as captured:
        policy_table()
    assert len(captured) == 1


def test_a_paste_with_twenty_policies_asks_as_often_as_one_with_two(law):
    for n in range(20):
        version(policy(f"第{n}号办法", short=(f"{n:02d}号管理办法",)), "2020", "1", "2")
    counts = []
    for size in (2, 20):
        text = "、".join(f"《第{n}号办法》第{k}条" for n in range(size) for k in (1, 9))
        read_citations(text, on=TODAY)
        with CaptureQueriesContext(connection) as captured:
            read = read_citations(text, on=TODAY)
        assert len(read.proposals) == 2 * size
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 5


@given(st.text(alphabet="《》第三十条款项、，。33/2国发〔2022〕5号网络法本该\ud800\x00\u202e", max_size=200))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_survived_and_what_is_kept_is_short(law, text):
    read = read_citations(text, on=TODAY)
    assert all(len(kept_words(each.words)) <= 300 for each in read.unresolved)
    assert all(len(each.locator) <= 64 for each in read.proposals)


@pytest.fixture
def texts(law):
    """A precedent whose words cite what it does not list, and what nobody knows."""
    clause = law.versions.get(label="2017").clauses.get(ref="2")
    return factories.published(
        resolution="按网络法第三条、第四条和《没有的办法》第五条办，另见国办发〔2031〕7号。",
        citations=(factories.citation(clause),),
    )


def said(**options) -> str:
    out = StringIO()
    call_command("read_citations", stdout=out, **options)
    return out.getvalue()


def test_published_texts_are_read_for_what_they_do_not_list(texts):
    told = said(dry_run=True)
    # Article 3 of today is article 2 of the version that it lists.
    assert "第4条" in told
    assert "第3条" not in told
    assert "文字里有、引用表里没有 1 处；没认出 2 处，新放进队列 0 处。" in told
    assert not UnresolvedCitation.objects.exists()


def test_reading_texts_again_queues_nothing_twice_and_nothing_that_was_settled(texts):
    assert "新放进队列 2 处" in said()
    entries = list(UnresolvedCitation.objects.order_by("words"))
    assert {entry.words for entry in entries} == {"《没有的办法》第五条", "国办发〔2031〕7号"}
    assert "新放进队列 0 处" in said()
    citations_dismiss(entries[:1], reason="不是依据", actor=factories.user())
    assert "新放进队列 0 处" in said()
