"""What the results page says about how a question was read, and that each of it can be taken back."""

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from caselib.orgs.models import NATION, Role
from caselib.orgs.services import region_save
from caselib.policies.models import Level
from caselib.policies.services import ClauseFacts, PolicyFacts, VersionFacts, policy_create, policy_version_add
from caselib.precedents.models import Relation
from caselib.precedents.visibility import Audience
from caselib.search.understanding.asking import read_question, steps_of
from tests import factories

from .test_results import HOSTILE

ADDRESS = reverse("search:results")


def place(full_name, name, parent=None):
    return region_save(full_name=full_name, name=name, parent=parent, code="", actor=None)


@pytest.fixture
def regions(db):
    place(NATION, NATION)
    city = place("上海市", "上海市")
    return {"虹口区": place("上海市虹口区", "虹口区", city), "嘉定区": place("上海市嘉定区", "嘉定区", city)}


def law(title, number, *articles, short=()):
    policy = policy_create(
        PolicyFacts(
            title=title,
            level=Level.ADMINISTRATIVE_REGULATION,
            region=factories.region("国家"),
            doc_number=number,
            short_titles=short,
        ),
        actor=None,
    )
    clauses = [ClauseFacts(label=f"第{article}条", ref=str(article)) for article in articles]
    return policy_version_add(policy, VersionFacts(label="现行"), clauses=clauses, actor=None)


def clause_of(version, article):
    return version.clauses.get(ref=str(article))


@pytest.fixture
def clerk(index, client):
    client.force_login(factories.user(Role.WINDOW), backend="django.contrib.auth.backends.ModelBackend")
    return client


def titles(page) -> list[str]:
    return [row.plain_title for row in page.context["results"].rows]


def told(page):
    return page.context["results"].told


def link(page, label: str) -> dict[str, list[str]]:
    """The parameters of the link with that text."""
    html = page.content.decode()
    before = html[: html.index(f">{label}</a>")]
    address = before[before.rindex('href="') + 6 :].split('"')[0].replace("&amp;", "&")
    return parse_qs(urlsplit(address).query)


# --- filters ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def years(regions, index):
    factories.published(title="甲：执照补办", occurred="2025-03", region=regions["虹口区"])
    factories.published(title="乙：执照补办", occurred="2023-03", region=regions["虹口区"])
    factories.published(title="丙：执照补办", occurred="2025-05", region=regions["嘉定区"])
    index.refresh()


@time_machine.travel(dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC), tick=False)
def test_last_year_narrows_and_says_so(years, clerk):
    page = clerk.get(ADDRESS, {"q": "去年 执照"})
    assert sorted(titles(page)) == ["丙：执照补办", "甲：执照补办"]
    assert "已按 2025 年 筛选" in page.content.decode()


def test_taking_a_filter_back_looks_for_the_words_and_keeps_the_rest(years, clerk):
    page = clerk.get(ADDRESS, {"q": "2025年 执照", "sort": "newest", "theme": "无"})
    undo = link(page, "撤销")
    assert undo == {"q": ["2025年 执照"], "sort": ["newest"], "theme": ["无"], "typed": ["filters"]}
    undone = clerk.get(ADDRESS, {"q": "2025年 执照", "typed": "filters"})
    assert len(titles(undone)) == 3
    assert told(undone).filtered == ()
    assert "typed" not in link(undone, "恢复识别")


def test_a_filter_that_leaves_nothing_falls_away_with_a_word(years, clerk):
    page = clerk.get(ADDRESS, {"q": "2019年 执照"})
    assert len(titles(page)) == 3
    assert "2019 年没有符合的案例，已按全部查找。" in page.content.decode()


def test_what_is_chosen_on_the_page_stands_above_what_was_read(years, clerk):
    assert titles(clerk.get(ADDRESS, {"q": "2025年 执照", "year": "2023"})) == ["乙：执照补办"]


def test_a_place_comes_first_and_hides_nothing(years, clerk):
    page = clerk.get(ADDRESS, {"q": "嘉定 执照"})
    assert titles(page)[0] == "丙：执照补办"
    assert len(titles(page)) == 3
    assert "嘉定区的有就排在前面" in page.content.decode()


def test_a_year_and_a_place_alone_are_a_list(years, clerk):
    assert titles(clerk.get(ADDRESS, {"q": "2025年 虹口"})) == ["甲：执照补办"]


def test_where_a_place_has_nothing_of_a_year_the_year_holds_and_what_is_near_comes_first(years, index, clerk):
    city = factories.region("上海市")
    factories.published(title="丁：执照补办", occurred="2025-04", region=city)
    factories.published(title="戊：执照补办", occurred="2023-06", region=factories.region("国家"))
    index.refresh()
    page = clerk.get(ADDRESS, {"q": "2023年 嘉定"})
    assert titles(page) == ["戊：执照补办", "乙：执照补办"]
    assert told(page).filtered == ("2023 年",)
    assert told(page).preferred == ("嘉定区",)
    assert "嘉定区没有 2023 年的案例：仍按 2023 年筛选，不再限于嘉定区" in page.content.decode()


def test_a_year_of_which_there_is_nothing_falls_and_the_place_holds(years, clerk):
    page = clerk.get(ADDRESS, {"q": "2019年 嘉定"})
    assert titles(page) == ["丙：执照补办"]
    assert told(page).filtered == ("嘉定区",)
    assert "没有 2019 年的案例：仍限于嘉定区，不再按年份筛选。" in page.content.decode()
    page = clerk.get(ADDRESS, {"q": "2019年 嘉定 执照"})
    assert titles(page)[0] == "丙：执照补办"
    assert len(titles(page)) == 3
    assert told(page).preferred == ("嘉定区",)


def test_a_place_beside_a_topic_finds_no_more_than_the_topic(years, index, clerk):
    factories.published(title="生育津贴", problem="嘉定区的产妇来问。")
    index.refresh()
    assert sorted(titles(clerk.get(ADDRESS, {"q": "嘉定 执照"}))) == sorted(titles(clerk.get(ADDRESS, {"q": "执照"})))


def test_sorting_keeps_a_step_that_is_off(years, clerk):
    page = clerk.get(ADDRESS, {"q": "2025年 执照", "typed": "filters"}).content.decode()
    assert page.count('<input type="hidden" name="typed" value="filters">') == 2


# --- references ------------------------------------------------------------------------------------------------------


def test_a_policy_that_is_not_there_is_told_and_finds_only_what_names_it(laws, index, clerk):
    factories.published(title="援引", problem="按市监〔2021〕1号和民法典第1127条办理。")
    factories.published(title="无关", problem="市监部门1号窗口，另一部法第1127条。")
    index.refresh()
    for asked, shown in (("市监〔2021〕1号", "市监〔2021〕1号"), ("民法典1127条", "《民法典》")):
        page = clerk.get(ADDRESS, {"q": asked})
        assert titles(page) == ["援引"]
        assert f"库里没有这个文件（{shown}）。" in page.content.decode()


@pytest.fixture
def laws(index):
    business = law("优化营商环境条例", "国务院令第722号", 33, 37)
    notice = law("国务院关于政务服务的指导意见", "国发〔2022〕5号", 1)
    other = law("某地排水办法", "", 37)
    rests = factories.citation(clause_of(business, 37))
    compares = factories.citation(clause_of(business, 37), Relation.COMPARE)
    factories.published(title="对照三十七条", citations=(compares,))
    factories.published(title="依据三十七条", citations=(rests,))
    factories.published(title="依据三十三条", citations=(factories.citation(clause_of(business, 33)),))
    factories.published(title="别的三十七条", citations=(factories.citation(clause_of(other, 37)),))
    factories.published(title="依据意见", citations=(factories.citation(clause_of(notice, 1)),))
    index.refresh()
    return {"business": business.policy, "notice": notice.policy}


@pytest.mark.parametrize("text", ["优化营商环境条例37条", "国令722号第三十七条", "《优化营商环境条例》第三十七条"])
def test_who_rests_on_the_article_comes_first(laws, clerk, text):
    page = clerk.get(ADDRESS, {"q": text})
    assert titles(page)[:3] == ["依据三十七条", "对照三十七条", "依据三十三条"]


def test_the_policy_that_was_named_is_a_link(laws, clerk):
    html = clerk.get(ADDRESS, {"q": "优化营商环境条例37条"}).content.decode()
    address = reverse("pages:policy", args=[laws["business"].code])
    assert f'政策：<a href="{address}">《优化营商环境条例》</a>第37条' in html


def test_a_slightly_wrong_number_finds_the_policy_and_says_so(laws, clerk):
    page = clerk.get(ADDRESS, {"q": "国办发〔2022〕5号"})
    assert titles(page)[0] == "依据意见"
    html = page.content.decode()
    assert "没有国办发〔2022〕5号，按国发〔2022〕5号（" in html
    assert "《国务院关于政务服务的指导意见》" in html
    only = clerk.get(ADDRESS, {k: v[0] for k, v in link(page, "只按原号").items()})
    assert told(only).policies == ()
    assert "依据意见" not in titles(only)


def test_a_policy_entered_a_moment_ago_is_known(laws, clerk):
    assert told(clerk.get(ADDRESS, {"q": "沪府办规〔2024〕2号"})).policies == ()
    law("上海市住所登记管理办法", "沪府办规〔2024〕2号", 3)
    assert [p.title for p in told(clerk.get(ADDRESS, {"q": "沪府办规〔2024〕2号"})).policies] == [
        "上海市住所登记管理办法"
    ]


# --- slips -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def mortgages(index):
    factories.published(title="抵押没有注销，房子过不了户", gist="先办抵押注销。")
    factories.published(title="电梯使用登记资料没移交", gist="补资料。")
    index.refresh()


def test_a_slip_is_read_as_meant_with_a_link_back(mortgages, clerk):
    page = clerk.get(ADDRESS, {"q": "抵压注肖", "sort": "relevance"})
    assert titles(page)[0] == "抵押没有注销，房子过不了户"
    assert "已按“抵押注销”查找。" in page.content.decode()
    assert "抵压注肖" in page.content.decode()
    back = link(page, "仍按原文")
    assert back == {"q": ["抵压注肖"], "sort": ["relevance"], "typed": ["spelling"]}
    assert told(clerk.get(ADDRESS, {"q": "抵压注肖", "typed": "spelling"})).read_as == ""


def test_what_may_be_a_slip_is_only_asked_about(mortgages, clerk):
    page = clerk.get(ADDRESS, {"q": "电梯使用登机"})
    assert "您是不是要找：" in page.content.decode()
    assert link(page, "电梯使用登记") == {"q": ["电梯使用登记"]}


def test_a_correction_tells_nothing_of_texts_that_the_viewer_may_not_see(index, client):
    theirs = factories.department("别的局")
    factories.published(title="抵押没有注销", owner=theirs, audience=Audience.DEPARTMENT)
    factories.published(title="执照遗失")
    index.refresh()
    for user, expected in ((factories.user(Role.WINDOW), ""), (factories.user(Role.WINDOW, within=theirs), "抵押")):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        assert told(client.get(ADDRESS, {"q": "抵压"})).read_as == expected


def test_without_an_index_nothing_is_read_that_cannot_be_told(years, index, clerk):
    index.remove()
    page = clerk.get(ADDRESS, {"q": "2025年 执照"})
    assert not told(page)
    assert len(titles(page)) == 3


def test_a_question_without_a_slip_says_nothing(mortgages, clerk):
    page = clerk.get(ADDRESS, {"q": "抵押注销"})
    assert not told(page)
    assert "您是不是要找" not in page.content.decode()


# --- all of it -------------------------------------------------------------------------------------------------------


def test_markup_in_what_is_told_is_escaped(mortgages, clerk):
    html = clerk.get(ADDRESS, {"q": "<b>抵压</b>"}).content.decode()
    assert "<b>抵" not in html


def test_reading_costs_one_query_while_nothing_changes(mortgages, db):
    read_question("抵押")
    with CaptureQueriesContext(connection) as asked:
        read_question("优化营商环境条例37条 去年 虹口 抵压")
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as empty:
        read_question(" ")
    assert len(empty) == 0


def test_unknown_steps_in_the_address_are_left_out():
    assert steps_of(["spelling", "nonsense", "<b>", ""]) == {"spelling"}


@pytest.mark.parametrize("text", [*HOSTILE, "去年 " * 5000, "国发〔2022〕5号" * 2000, "抵压" * 10_000])
def test_hostile_input_is_read(laws, regions, clerk, text):
    asked = text.encode("utf-8", "surrogatepass")
    assert clerk.get(ADDRESS, {"q": asked, "typed": asked}).status_code == 200
    assert clerk.get(ADDRESS, {"q": asked}).status_code == 200


def test_where_nothing_fits_the_policy_that_was_named_is_the_answer(clerk):
    law("国务院关于政务服务的指导意见", "国发〔2022〕5号", 1)
    html = clerk.get(ADDRESS, {"q": "国发〔2022〕5号"}).content.decode()
    assert "没有找到能照着办的案例，提到的政策在这里" in html
    assert (
        html.index("提到的政策在这里") < html.rindex("《国务院关于政务服务的指导意见》") < html.index("换成群众的原话")
    )
    assert "提到的政策在这里" not in clerk.get(ADDRESS, {"q": "沪府办规〔2024〕2号"}).content.decode()
