"""Near-duplicates: found as one family, told apart by what decides, and none that contradicts the question stands first."""

import pytest

from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.search.families import Sibling, contradicts, families_of, fulfils
from caselib.search.lexicon.facts import facts_asked
from caselib.search.selectors import results_for_page
from tests import factories

STORY = "房东的铺子租给了新店，地址上前一家的营业执照还没有注销，新店报登记时系统提示地址被占用，执照办不下来。"


def sibling(place: int, *, story: str = STORY, matter: str = "", **values) -> Sibling:
    defaults = {"applies_when": (), "not_when": (), "fits": (), "unfits": ()}
    return Sibling(place=place, code=f"c{place}", title=f"第{place}件", story=story, matter=matter, **defaults | values)


def places(families) -> list[list[int]]:
    return [[member.place for member in family.members] for family in families]


NOTHING = facts_asked("")


def test_the_same_story_makes_a_family_and_another_story_none():
    other = sibling(2, story="老人卧床不能到场，社保待遇资格没有认证，养老金停发，想请人上门核实。")
    assert places(families_of([sibling(1), other, sibling(3)], NOTHING)) == [[1, 3]]


def test_within_one_matter_less_in_common_is_enough_where_conditions_part():
    lost, dead = {"fits": ("participant=失联",)}, {"fits": ("participant=去世",)}
    half = "地址被占用，执照办不下来。来的是连锁企业，商场统一报装，十几个铺面等着同一天开门，名单由商场交来。"
    assert not families_of([sibling(1, **lost), sibling(2, story=half, **dead)], NOTHING)
    within = [sibling(1, matter="设立", **lost), sibling(2, matter="设立", story=half, **dead)]
    assert places(families_of(within, NOTHING)) == [[1, 2]]


def test_within_one_matter_conditions_that_do_not_part_make_no_family_of_two_stories():
    little = "地址被占用，执照办不下来。来的是连锁企业，商场统一报装，十几个铺面等着同一天开门，名单由商场交来。"
    one = sibling(1, matter="设立", fits=("participant=失联",))

    def with_little(*fits: str) -> Sibling:
        return sibling(2, matter="设立", story=little, fits=fits)

    assert not families_of([one, with_little("participant=失联")], NOTHING)
    assert not families_of([one, with_little("outlet-count=集中开业")], NOTHING)
    assert not families_of([sibling(1, matter="设立", fits=("action=注销",)), with_little("action=补办")], NOTHING)
    assert places(families_of([one, sibling(2, matter="设立", fits=("participant=失联",))], NOTHING)) == [[1, 2]]


def test_a_family_shows_what_the_question_speaks_of_and_who_says_so():
    asked = facts_asked("前租户失联了")
    family = families_of(
        [
            sibling(1, fits=("participant=失联", "applicant=企业")),
            sibling(2, fits=("participant=不配合", "applicant=企业")),
        ],
        asked,
    )[0]
    point = family.points[0]
    assert point.question == "需要到场或签字的人现在怎么样"
    assert [(cell.text, cell.is_asked, cell.is_against) for cell in point.cells] == [
        ("失联", True, False),
        ("不配合", False, True),
    ]
    assert "来办事的是什么主体" not in [point.question for point in family.points], "what is alike decides nothing"


def test_without_facts_the_own_conditions_are_shown_in_words():
    family = families_of(
        [sibling(1, applies_when=("都要", "铺面空着")), sibling(2, applies_when=("都要", "铺面还在营业"))], NOTHING
    )[0]
    assert [[cell.text for cell in point.cells] for point in family.points] == [["铺面空着", "铺面还在营业"]]


@pytest.mark.parametrize(
    ("fits", "unfits", "is_against", "is_fulfilled"),
    [
        (("participant=失联",), (), False, True),
        (("participant=去世",), (), True, False),
        (("participant=去世", "participant=失联"), (), False, True),
        ((), ("participant=失联",), True, False),
        ((), (), False, False),
        (("applicant=企业",), (), False, False),
    ],
)
def test_a_condition_contradicts_only_where_nothing_of_it_fits(fits, unfits, is_against, is_fulfilled):
    asked = facts_asked("股东失联，我是个体户").by_dimension
    one = sibling(1, fits=fits, unfits=unfits)
    assert contradicts(one, asked) is is_against
    assert fulfils(one, asked) is is_fulfilled


@pytest.fixture
def account(index):
    return factories.user(Role.WINDOW)


@pytest.fixture
def clerk(account):
    return scope_of(account)


@pytest.fixture
def twins(clerk, index):
    """Two that share the story; the words of the question stand more often in the one that does not fit."""
    story = {"gist": "前租户的执照占着地址。", "problem": STORY, "resolution": "核实后办理。"}
    factories.published(
        title="前租户执照没注销，前租户的执照注销，前租户",
        blocker="前租户联系不上的另看，前租户执照没注销",
        applies_when=("前租户不肯注销",),
        not_when=("前租户联系不上",),
        **story,
    )
    factories.published(title="前租户失联后执照的注销", blocker="人找不到", applies_when=("前租户失联",), **story)
    index.refresh()


def test_the_sibling_whose_condition_fits_stands_first(clerk, twins):
    page = results_for_page(scope=clerk, text="前租户执照没注销，前租户联系不上")
    assert page.rows[0].plain_title == "前租户失联后执照的注销"
    assert any("失联" in reason for reason in page.rows[0].why)
    assert page.rows[1].against


def test_the_page_shows_the_family_once_and_why_each_result_is_there(clerk, twins, client, account):
    client.force_login(account)
    html = client.get("/search/", {"q": "前租户执照没注销，前租户联系不上"}).content.decode()
    assert html.count("同一问题有 2 件") == 1
    assert html.count("为什么排这里") == 2
    assert "先核对：" in html


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("火化证丢了", False),  # two characters of a paper
        ("老人已经去世，火化证丢了", False),
        ("我爸走了", True),
        ("急诊发票丢了", False),  # said by the way
        ("公司写我走了", False),
    ],
)
def test_a_conflict_is_told_where_the_question_says_it_in_so_many_words(text, is_told):
    assert bool(facts_asked(text).plain) is is_told


def test_no_conflict_is_told_for_a_word_by_the_way(clerk, index):
    factories.published(title="骨灰证丢了补开", problem="骨灰证丢了", applies_when=("家属愿意配合",))
    index.refresh()
    assert results_for_page(scope=clerk, text="火化时骨灰证丢了").rows[0].against == ()
    assert results_for_page(scope=clerk, text="老人走了，骨灰证丢了").rows[0].against


def test_what_hits_say_is_escaped(clerk, index, client, account):
    factories.published(title="<b>失联</b>", problem="股东失联", applies_when=("<script>股东失联</script>",))
    factories.published(title="<i>失联</i>", problem="股东失联", applies_when=("<script>股东去世</script>",))
    index.refresh()
    client.force_login(account)
    html = client.get("/search/", {"q": "股东失联 <script>"}).content.decode()
    assert "<script>股东" not in html
    assert "<b>失联" not in html


def test_each_result_says_why_it_is_there_without_a_fact_or_a_model_too(clerk, twins):
    page = results_for_page(scope=clerk, text="执照")
    assert page.rows
    assert all(any("写到了" in reason for reason in row.why) for row in page.rows)
