import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from caselib.orgs.models import Role
from caselib.orgs.scope import NOBODY, scope_of
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.visibility import Audience
from caselib.search.outbox import rebuild
from caselib.search.selectors import OUTDATED_NOTE, results_for_page
from caselib.search.understanding import CUT_NOTE, NO_WORDS_NOTE
from tests import factories

HOSTILE = [
    '"((*[',
    "((",
    "[2020 TO",
    "a:b",
    "OR",
    "AND NOT",
    "*税*",
    "title:注销",
    "audience:dept:1",
    "<script>alert(1)</script>",
    "'; DROP TABLE precedents_precedent; --",
    "{{ 7 }}{% csrf_token %}",
    "%s%d%n",
    "../../etc/passwd",
    "\x00\x01\ud800",
    "‮abc",
    "😀" * 50,
    "ﬁ①㍿",
    "，。、",
    "注销" * 10_000,
]


@pytest.fixture
def clerk(index):
    return scope_of(factories.user(Role.WINDOW))


def found(scope, text="", **options):
    return results_for_page(scope=scope, text=text, **options)


def titles(results) -> list[str]:
    return [row.plain_title for row in results.rows]


def facet(results, name) -> dict[str, int]:
    return {value.value: value.count for group in results.facets if group.name == name for value in group.values}


def test_a_published_precedent_is_found_by_its_words(index, clerk):
    factories.published(title="营业执照遗失后补办")
    factories.published(title="居住证积分怎么算", problem="积分", gist="积分", blocker="积分", resolution="积分")
    index.refresh()
    results = found(clerk, "执照丢了，想补办营业执照")
    assert titles(results)[0] == "营业执照遗失后补办"
    assert results.from_index
    assert results.notes == ()


def test_draft_is_not_found_and_retired_is_no_longer_found(index, clerk):
    factories.draft(title="草稿里的公积金")
    precedent = factories.published(title="公积金提取")
    index.refresh()
    assert titles(found(clerk, "公积金")) == ["公积金提取"]
    editor = factories.user(Role.EDITOR, within=precedent.owner_department)
    precedent_retire(precedent, actor=editor, reason="政策已变")
    # The database decides even before the index has heard of it.
    assert found(clerk, "公积金").total == 0
    index.refresh()
    assert found(clerk, "公积金").total == 0


def test_hidden_precedents_leave_no_trace_in_hits_totals_and_facets(index):
    home, other = factories.department("甲局"), factories.department("乙局")
    factories.published(owner=home, title="公开的公积金案例")
    factories.published(
        owner=other, title="内部的公积金案例", audience=Audience.DEPARTMENT, causes=(factories.cause("内部原因"),)
    )
    index.refresh()
    mine = scope_of(factories.user(Role.WINDOW, within=home))
    theirs = scope_of(factories.user(Role.WINDOW, within=other))
    for text in ("公积金案例", "", "内部原因"):
        results = found(mine, text)
        assert "内部的公积金案例" not in titles(results)
        assert results.total == len(results.rows)
        assert "乙局" not in facet(results, "department")
        assert "内部原因" not in facet(results, "cause")
        assert "内部的公积金案例" in titles(found(theirs, text))
    assert found(mine, "公积金", filters={"department": ["乙局"]}).total == 0
    assert found(NOBODY, "公积金").total == 0


def test_facets_count_all_hits_and_ignore_their_own_choice(index, clerk):
    for name, count in (("材料缺失", 3), ("系统问题", 2)):
        cause = factories.cause(name)
        for _ in range(count):
            factories.published(title="补办执照", causes=(cause,))
    index.refresh()
    results = found(clerk, "执照", per_page=2)
    assert facet(results, "cause") == {"材料缺失": 3, "系统问题": 2}
    narrowed = found(clerk, "执照", filters={"cause": ["系统问题"]})
    assert narrowed.total == 2
    assert facet(narrowed, "cause") == {"材料缺失": 3, "系统问题": 2}
    assert [value.value for _, value in narrowed.selected] == ["系统问题"]
    both = found(clerk, "执照", filters={"cause": ["系统问题", "材料缺失"]})
    assert both.total == 5


def test_unknown_filters_and_sorts_change_nothing(index, clerk):
    factories.published(title="补办执照")
    index.refresh()
    results = found(clerk, "执照", filters={"no_such": ["x"]}, sort="no such", page="abc")
    assert results.total == 1
    assert next(choice.value for choice in results.sorts if choice.selected) == "relevance"


def test_newest_and_most_reused_order_all_hits(index, clerk):
    from caselib.precedents.services import precedent_reuse_counted

    first = factories.published(title="补办执照一")
    factories.published(title="补办执照二")
    precedent_reuse_counted(first, by=5)
    index.refresh()
    assert titles(found(clerk, "执照", sort="newest")) == ["补办执照二", "补办执照一"]
    assert titles(found(clerk, "执照", sort="reused")) == ["补办执照一", "补办执照二"]


def test_pages_hold_every_hit_once_and_a_page_too_far_is_the_last(index, clerk):
    for number in range(7):
        factories.published(title=f"补办执照{number}")
    index.refresh()
    pages = [titles(found(clerk, "执照", page=number, per_page=3)) for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert len({title for page in pages for title in page}) == 7
    last = found(clerk, "执照", page="9999", per_page=3)
    assert last.page.number == 3
    assert titles(last) == pages[2]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_input_finds_or_finds_nothing_but_never_fails(index, clerk, text):
    factories.published(title="注销营业执照")
    index.refresh()
    results = found(clerk, text, filters={"theme": [text], "year": [text]}, sort=text, page=text)
    assert results.total in (0, 1)
    assert found(clerk, text).total in (0, 1)


def test_empty_question_shows_everything_newest_first(index, clerk):
    factories.published(title="先来的")
    factories.published(title="后来的")
    index.refresh()
    assert titles(found(clerk, "  ")) == ["后来的", "先来的"]


def test_one_character_finds_titles_that_hold_it(index, clerk):
    factories.published(title="退税要多久")
    index.refresh()
    assert titles(found(clerk, "税")) == ["退税要多久"]
    assert titles(found(clerk, "稅")) == ["退税要多久"]


def test_emoji_alone_is_told_to_hold_nothing_to_look_for(index, clerk):
    factories.published()
    index.refresh()
    results = found(clerk, "😀🀄")
    assert results.rows == ()
    assert NO_WORDS_NOTE in results.notes


def test_a_very_long_question_is_cut_and_says_so(index, clerk):
    factories.published(title="前租户未注销")
    index.refresh()
    results = found(clerk, "前租户未注销，怎么办？" * 2000)
    assert titles(results) == ["前租户未注销"]
    assert CUT_NOTE in results.notes


def test_document_number_in_any_spelling_finds_who_cites_it(index, clerk):
    clause = factories.clause(title="市场主体登记管理条例")
    factories.published(title="住所被占用", citations=(factories.citation(clause),))
    factories.published(title="别的事情")
    index.refresh()
    number = clause.version.policy.doc_number
    assert titles(found(clerk, number))[0] == "住所被占用"
    assert titles(found(clerk, number.replace("国务院令", "国令")))[0] == "住所被占用"


def test_library_number_finds_its_precedent(index, clerk):
    factories.published(title="甲")
    wanted = factories.published(title="乙")
    index.refresh()
    assert titles(found(clerk, wanted.number))[0] == "乙"
    assert titles(found(clerk, wanted.number.lower()))[0] == "乙"


def test_matches_are_marked_and_markup_stays_text(index, clerk):
    factories.published(title="<b>注销</b>登记", gist="<script>先注销再新办</script>")
    index.refresh()
    row = found(clerk, "注销").rows[0]
    assert ("注销", True) in row.title
    assert "".join(text for text, _ in row.title) == "<b>注销</b>登记"
    assert any(marked and "注销" in text for text, marked in row.snippet)


def test_number_of_queries_is_the_same_for_two_and_twenty_rows(index, clerk):
    clause = factories.clause()
    for number in range(2):
        factories.published(title=f"补办执照{number}", citations=(factories.citation(clause),))
    index.refresh()
    # After a deed the next question looks once whether names changed.
    found(clerk, "执照")
    with CaptureQueriesContext(
        connection,
    ) as two:
        assert len(found(clerk, "执照").rows) == 2
    for number in range(18):
        factories.published(title=f"补办执照另{number}", citations=(factories.citation(clause),))
    index.refresh()
    found(clerk, "执照")
    with CaptureQueriesContext(connection) as twenty:
        assert len(found(clerk, "执照").rows) == 20
    assert len(twenty) == len(two)
    assert len(twenty) <= 3


def test_outdated_dictionary_is_told_and_search_goes_on(index, clerk, monkeypatch):
    factories.published(title="补办执照")
    index.refresh()
    monkeypatch.setattr("caselib.search.selectors.fingerprint", lambda: "another")
    results = found(clerk, "执照")
    assert titles(results) == ["补办执照"]
    assert OUTDATED_NOTE in results.notes


def test_rebuild_finds_the_same(index, clerk):
    for number in range(5):
        factories.published(title=f"补办执照{number}")
    index.refresh()
    before = found(clerk, "执照")
    assert rebuild() == 5
    after = found(clerk, "执照")
    assert titles(after) == titles(before)
    assert [facet(after, name) for name in ("cause", "department")] == [
        facet(before, name) for name in ("cause", "department")
    ]


def test_results_are_narrowed_to_what_a_window_decides_itself(index, clerk):
    factories.published(title="遗失补办之一", decision_level="window", who_can_decide="窗口")
    factories.published(title="遗失补办之二", decision_level="district")
    factories.published(title="遗失补办之三")
    index.refresh()
    everything = found(clerk, "遗失补办")
    assert facet(everything, "decision_level") == {"window": 1, "district": 1}
    narrowed = found(clerk, "遗失补办", filters={"decision_level": ["window"]})
    assert [row.plain_title for row in narrowed.rows] == ["遗失补办之一"]
    (group,) = [group for group in narrowed.facets if group.name == "decision_level"]
    assert (group.label, group.values[0].label) == ("谁能定", "窗口可自行决定")
