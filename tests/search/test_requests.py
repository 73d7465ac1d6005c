"""Requests for cases of a kind, as trainers ask: what is read from them, and what it does to the results."""

import pytest
from django.urls import reverse

from caselib.core.text import normalise
from caselib.orgs.models import Role
from caselib.precedents.content import Alternative, DeferredMaterial, Flexibility
from caselib.precedents.models import Measure, ResultType
from caselib.search.lexicon.traits import lexicon, request_of
from caselib.search.understanding import Step, understand
from tests import factories

from .test_understood_line import link, titles, told

ADDRESS = reverse("search:results")


@pytest.fixture
def clerk(index, client):
    client.force_login(factories.user(Role.WINDOW), backend="django.contrib.auth.backends.ModelBackend")
    return client


def asked(text: str):
    plain = normalise(text)
    return request_of(plain, rest=plain)


@pytest.mark.parametrize(
    ("text", "traits", "about"),
    [
        ("给新员工培训用：容缺受理的案例有哪些", ("容缺受理",), "容缺受理"),
        ("帮我找几个跨部门的案例", ("部门推诿",), "跨部门"),
        ("食品许可依法办不了的例子", ("依法办不了",), "食品许可依法办不了"),
        ("工伤认定有没有类似的案例", (), "工伤认定"),
        ("两边踢皮球，最后开会才定的", ("部门推诿", "会商协调"), "两边踢皮球,最后开会才定"),
    ],
)
def test_the_kind_of_case_is_read_and_the_words_around_it_are_no_topic(text, traits, about):
    assert (asked(text).traits, asked(text).rest) == (traits, about)


@pytest.mark.parametrize(
    "text",
    [
        "没有先例怎么办",
        "派出所说没先例可循，不给办",
        "民事案件还没判，房子能先过户吗",
        "我的案子还在法院，社保能交吗",
        "我也是类似情况，材料不齐能先办吗",
        "容缺受理",
        "我想看看几种情况，材料缺了能不能先收",
        "",
    ],
)
def test_who_tells_his_own_trouble_asks_for_no_kind_of_case(text):
    assert not asked(text)


def test_every_trait_that_can_be_asked_can_be_told():
    asked_values, told_values = lexicon().values["asked"], lexicon().values["told"]
    assert set(asked_values) == set(told_values)


def test_what_was_typed_can_be_looked_for_as_it_is():
    text = "容缺受理的案例"
    assert understand(text).request.traits == ("容缺受理",)
    assert not understand(text, typed=frozenset({Step.TRAITS})).request
    assert not understand(text, expand=False).request


def test_a_case_of_the_kind_comes_before_one_that_shares_more_words(index, clerk):
    factories.published(title="案例：食品许可先打电话问对比表", problem="食品许可，案例对比。")
    factories.published(
        title="健康证明三日后送到",
        problem="开饭店要食品许可。",
        deferred_material=(DeferredMaterial("健康证明", "不影响审查", "事后核对", "三日", "撤回受理"),),
        flexibility=Flexibility("见依据条款", "其余材料", "登记部门"),
    )
    index.refresh()
    assert titles(clerk.get(ADDRESS, {"q": "食品许可容缺的案例，做个对比"}))[0] == "健康证明三日后送到"


# What a text that says no has to say besides; none of it is looked for.
NO_WAY = {"script": "这件办不了。", "alternatives": (Alternative("这样办", "没有别的路"),)}


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("注销依法办不了的案例", {"result_type": ResultType.LAWFULLY_IMPOSSIBLE, **NO_WAY}),
        ("注销给了指引的案例", {"result_type": ResultType.GUIDANCE}),
        ("注销改成长期规矩的案例", {"measure": Measure.LASTING, "lasting_rule": "以后照此办理。"}),
        ("注销找错部门的案例", {"tags": ("找不到窗口/层级",)}),
    ],
)
def test_what_the_case_declares_of_itself_tells_its_kind(index, clerk, question, values):
    for number in range(3):
        factories.published(title=f"公司注销案例{number}", problem="公司注销。")
    factories.published(title="公司注销之四", problem="公司注销。", **values)
    index.refresh()
    assert titles(clerk.get(ADDRESS, {"q": question}))[0] == "公司注销之四"


def test_the_page_says_what_was_understood_and_takes_it_back(index, clerk):
    factories.published(title="公司注销依法不能受理", problem="公司注销。")
    index.refresh()
    page = clerk.get(ADDRESS, {"q": "公司注销依法办不了的案例"})
    html = page.content.decode()
    assert "按“公司注销依法办不了”找案例，“依法办不了”一类的排在前面。" in html
    assert "属于“依法办不了”一类" in html
    assert link(page, "按原话查找") == {"q": ["公司注销依法办不了的案例"], "typed": ["traits"]}
    undone = clerk.get(ADDRESS, {"q": "公司注销依法办不了的案例", "typed": "traits"})
    assert told(undone).about == ""
    assert "一类" not in undone.content.decode()


def test_what_was_typed_is_shown_as_text(index, clerk):
    factories.published(title="注销")
    index.refresh()
    page = clerk.get(ADDRESS, {"q": "<b>注销</b>的案例"})
    assert "<b>注销" not in page.content.decode()


def test_a_kind_of_case_is_never_answered_by_nothing_fits(index, clerk):
    factories.published(title="两个窗口互相推诿", problem="跑了五趟。")
    index.refresh()
    results = clerk.get(ADDRESS, {"q": "踢皮球、没人管、两头跑的案例汇总"}).context["results"]
    assert results.rows
    assert results.fits
