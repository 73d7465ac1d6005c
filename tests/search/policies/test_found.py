"""What is found, in which order, and which clause it opens at."""

import pytest

from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.policies.models import Clause, PolicyStatus
from caselib.policies.services import clause_counterpart_set
from caselib.policies.standing import StatusFacts, status_fact_confirm
from caselib.search.policies.selectors import policies_for_page
from tests import factories

from .conftest import article, clauses, titles, version

pytestmark = pytest.mark.django_db


def test_a_number_in_any_spelling_comes_first_although_others_mention_it(shelf, found):
    shelf.add("甲条例", (version(), [article(1, "依照国务院令第746号办理登记。")]))
    shelf.add("乙条例", doc_number="国务院令第746号")
    shelf.refresh()
    for number in ("国务院令第746号", "国令746", "国务院令第 746 号"):
        assert titles(found(number))[0] == "乙条例"


def test_a_number_that_is_slightly_wrong_is_read_as_the_one_that_is_meant_and_told(shelf, found):
    shelf.add("告知承诺制指导意见", doc_number="国办发〔2020〕42号")
    shelf.refresh()
    page = found("国发〔2020〕42号")
    assert titles(page) == ["告知承诺制指导意见"]
    assert page.told.policies[0].typed == "国发〔2020〕42号"


def test_a_short_title_comes_before_titles_that_hold_its_words(shelf, found):
    shelf.add("公司登记管理若干规定", (version(), [article(1, "公司法公司法公司法的登记。")]))
    shelf.add("中华人民共和国公司法", short_titles=("公司法",))
    shelf.refresh()
    assert titles(found("公司法"))[0] == "中华人民共和国公司法"
    assert titles(found("gongsifa"))[0] == "中华人民共和国公司法"


def test_an_article_opens_in_the_version_in_force_and_names_the_others(shelf, found):
    policy = shelf.add(
        "婚姻登记条例",
        (version("2003", 2003, 2020), [article(4, "到户口所在地登记。"), article(7, "当场登记。")]),
        (version("2020", 2020), [article(7, "不限户口所在地。")]),
    )
    old, new = Clause.objects.get(ref="4"), Clause.objects.get(version__label="2020")
    clause_counterpart_set(new, old)
    shelf.refresh()
    page = found("婚姻登记条例7")
    assert clauses(page) == ["2020 第7条"]
    hit = page.rows[0].clauses[0]
    assert hit.validity is None
    assert [(other.word, other.clause.label) for other in hit.others] == [("旧版", "第4条"), ("旧版", "第7条")]
    assert page.rows[0].policy == policy


def test_an_article_that_only_an_ended_version_has_is_shown_as_such(shelf, found):
    shelf.add("婚姻登记条例", (version("2003", 2003, 2020), [article(9, "收费九元。")]), (version("2020", 2020), []))
    shelf.refresh()
    hit = found("婚姻登记条例第九条").rows[0].clauses[0]
    assert hit.version.label == "2003"
    assert hit.validity.label == "旧版，用到 2019-12-31"


def test_an_article_that_is_not_entered_is_told(shelf, found):
    shelf.add("婚姻登记条例", (version(), [article(9, "收费九元。")]))
    shelf.refresh()
    row = found("婚姻登记条例第88条").rows[0]
    assert row.clauses == ()
    assert row.lacking_words == ("第88条",)


def test_an_item_is_shown_by_the_article_that_holds_it(shelf, found):
    shelf.add("婚姻登记条例", (version(), [article(9, "下列情形不予登记。")]))
    shelf.refresh()
    row = found("婚姻登记条例第九条第二款").rows[0]
    assert [hit.clause.ref for hit in row.clauses] == ["9"]
    assert row.lacking == ()


def test_an_article_of_several_policies_that_may_be_meant_is_shown_in_each(shelf, found):
    for place in ("北京市", "青岛市"):
        shelf.add(f"{place}优化营商环境条例", (version(), [article(1, "营商环境。"), article(33, "简化注销。")]))
    shelf.refresh()
    page = found("营商环境条例第33条")
    assert [clauses(page, place) for place in (0, 1)] == [["2021 第33条"], ["2021 第33条"]]


def test_words_of_a_clause_find_it_with_what_says_the_same_and_with_a_typo(shelf, found):
    shelf.add("甲条例", (version(), [article(1, "总则。"), article(30, "经营困难的可以歇业，须先备案，最长三年。")]))
    shelf.add("乙条例", (version(), [article(1, "另有规定。")]))
    shelf.refresh()
    for words in ("歇业备案要多久", "困难岐业备案最长三年"):
        page = found(words)
        assert titles(page) == ["甲条例"]
        assert clauses(page) == ["2021 第30条"]
    assert any(is_match for _, is_match in found("歇业备案").rows[0].clauses[0].parts)


def test_clauses_in_force_come_before_those_of_ended_versions(shelf, found):
    shelf.add(
        "甲条例",
        (version("旧", 2003, 2020), [article(3, "歇业 歇业 歇业")]),
        (version("新", 2020), [article(5, "可以歇业的情形和期限由登记机关规定。")]),
    )
    shelf.refresh()
    assert clauses(found("歇业")) == ["新 第5条"]


def test_a_clause_of_an_ended_version_names_what_it_is_called_now(shelf, found):
    shelf.add(
        "甲条例",
        (version("旧", 2003, 2020), [article(3, "可以停业整顿。")]),
        (version("新", 2020), [article(5, "可以歇业。")]),
    )
    clause_counterpart_set(Clause.objects.get(ref="3"), Clause.objects.get(ref="5"))
    shelf.refresh()
    page = found("停业整顿")
    assert clauses(page) == ["旧 第3条"]
    assert [(other.word, other.clause.label) for other in page.rows[0].clauses[0].others] == [("新版", "第5条")]


def test_a_policy_that_ended_stands_behind_one_in_force(shelf, found):
    ended = shelf.add("甲条例", (version(), [article(1, "可以歇业，须先备案。")]))
    shelf.add("乙条例", (version(), [article(1, "可以歇业，须先备案。")]))
    shelf.refresh()
    assert titles(found("歇业备案")) == ["甲条例", "乙条例"]
    status_fact_confirm(ended, StatusFacts(status=PolicyStatus.REPEALED), actor=None)
    assert shelf.refresh() == 1
    page = found("歇业备案")
    assert titles(page) == ["乙条例", "甲条例"]
    assert [row.validity.label for row in page.rows] == ["现行有效", "已废止"]


def test_a_rule_that_holds_here_comes_before_one_from_elsewhere_which_is_marked(shelf):
    city = factories.region("上海市")
    here = factories.department(within=factories.region("上海市虹口区", parent=city))
    scope = scope_of(factories.user(Role.WINDOW, within=here))
    shelf.add("甲规定", (version(), [article(1, "可以歇业，须先备案。")]), region=factories.region("浙江省"))
    shelf.add("乙规定", (version(), [article(1, "可以歇业，须先备案。")]), region=city)
    shelf.refresh()
    page = policies_for_page(scope=scope, text="歇业备案")
    assert titles(page) == ["乙规定", "甲规定"]
    assert [row.place.is_far for row in page.rows] == [False, True]
    assert page.rows[1].place.label == "外地规定 浙江省"


def test_a_place_in_the_question_brings_its_rules_first_and_is_no_word(shelf, found):
    shelf.add("浙江省排水条例", region=factories.region("浙江省"))
    shelf.add("甲条例", (version(), [article(1, "可以歇业，须先备案。")]))
    longer = article(1, "可以歇业，须先备案，另有规定的从其规定。")
    shelf.add("浙江省办事规定", (version(), [longer]), region=factories.region("浙江省"))
    shelf.refresh()
    assert titles(found("浙江歇业备案")) == ["浙江省办事规定", "甲条例"]


def test_pages_count_policies_and_not_clauses(shelf, found):
    for number in range(5):
        shelf.add(f"第{number}条例", (version(), [article(n, f"可以歇业的第{n}种情形。") for n in range(1, 6)]))
    shelf.refresh()
    page = found("歇业", per_page=2, page=2)
    assert (page.page.total, page.page.pages, len(page.rows)) == (5, 3, 2)
    assert all(0 < len(row.clauses) <= 3 for row in page.rows)
    seen = [title for number in (1, 2, 3) for title in titles(found("歇业", per_page=2, page=number))]
    assert len(set(seen)) == 5


def test_an_empty_question_finds_nothing_and_does_not_fail(shelf, found):
    shelf.add("甲条例")
    shelf.refresh()
    assert titles(found("  ")) == titles(found("，。")) == titles(found("zzzz")) == []


def test_only_the_words_as_typed_where_that_is_wanted(shelf, found):
    shelf.add("甲条例", (version(), [article(1, "补领居民身份证。")]))
    shelf.refresh()
    assert found("身份证丢了", literal=True).also == ()
