"""登记条例33 names an article; a year, a count and whatever stands behind no policy do not."""

import pytest

from caselib.policies.texts.names import NO_POLICIES, KnownPolicy, PolicyTable
from caselib.search.policies.asking import with_articles

TABLE = PolicyTable.of(
    [
        KnownPolicy("reg", "中华人民共和国市场主体登记管理条例", ("国务院令第746号",), ("登记管理条例",)),
        KnownPolicy("law", "中华人民共和国公司法", (), ("公司法",)),
    ]
)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("登记条例33", "登记条例第33条"),
        ("登记条例 33", "登记条例 第33条"),
        ("《公司法》232 怎么理解", "《公司法》第232条 怎么理解"),
        ("公司法二百三十二", "公司法第二百三十二条"),
        ("公司法第232", "公司法第232条"),
        ("国务院令第746号 33", "国务院令第746号 第33条"),
        ("公司法10、登记条例33", "公司法第10条、登记条例第33条"),
    ],
)
def test_a_bare_number_behind_a_policy_is_its_article(typed, read):
    assert with_articles(typed, TABLE) == read


@pytest.mark.parametrize(
    "typed",
    [
        "公司法2023",
        "公司法3人以上",
        "公司法一人公司",
        "公司法第33条",
        "排水33",
        "33",
        "公司法",
        "公司法20个工作日",
        "公司法33" + "长" * 200,
    ],
)
def test_what_names_no_article_stays_as_it_was_typed(typed):
    assert with_articles(typed, TABLE) == typed


def test_without_policies_nothing_is_read():
    assert with_articles("公司法33", NO_POLICIES) == "公司法33"
