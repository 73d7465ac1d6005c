"""Knowing when nothing fits: said first, the nearest for reference, the gap filed in one click; codes and filters are let alone."""

import math
from dataclasses import replace

import pytest

from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.precedents.models import Kind, Precedent
from caselib.search.confidence import MOST_LENGTH, WITH_MEANING, WITH_WORDS, score
from caselib.search.outbox import rebuild
from caselib.search.selectors import results_for_page
from tests import factories

NOBODY_ANSWERS = "想办烟草专卖零售许可证要多少钱，几天能办好"


@pytest.fixture
def account(index):
    return factories.user(Role.WINDOW)


@pytest.fixture
def clerk(account):
    return scope_of(account)


@pytest.fixture
def library(clerk, index):
    """Enough that words have a rarity."""
    for number, matter in enumerate(
        ["营业执照遗失补办", "驾驶证逾期换证", "公积金贷款还清后抵押注销", "食品经营许可延续"]
    ):
        factories.published(title=f"{matter}的办法", problem=f"{matter}时缺一样材料，许可证办不下来。", gist=matter)
        factories.published(title=f"{matter}（第{number}种情形）", problem=f"{matter}时人在外地。", gist=matter)
    index.refresh()


def asked(clerk, text, **options):
    return results_for_page(scope=clerk, text=text, **options)


def test_a_question_on_another_subject_is_told_that_nothing_fits_and_keeps_the_nearest(clerk, library):
    page = asked(clerk, NOBODY_ANSWERS)
    assert page.rows
    assert not page.fits


def test_a_question_with_its_answer_fits(clerk, library):
    page = asked(clerk, "营业执照遗失了怎么补办，缺一样材料")
    assert page.fits
    assert "营业执照遗失补办" in page.rows[0].plain_title


@pytest.mark.parametrize("options", [{"filters": {"result_type": ["solved"]}}, {"sort": "newest"}])
def test_what_the_person_chose_is_not_judged(clerk, library, options):
    page = asked(clerk, NOBODY_ANSWERS, **options)
    assert page.fits is bool(page.rows)


def test_a_number_of_the_library_is_not_judged(clerk, library):
    number = Precedent.objects.first().number
    assert asked(clerk, number).fits


@pytest.mark.parametrize("text", ["yyzz", "zhuxiao", "1"])
def test_pinyin_and_codes_are_not_judged(clerk, library, text):
    assert not asked(clerk, text).signs


def test_nothing_at_all_still_is_nothing(clerk, index):
    assert not asked(clerk, NOBODY_ANSWERS).fits


def test_the_page_says_it_first_and_offers_to_file_the_gap(clerk, library, client, account):
    client.force_login(account)
    html = client.get("/search/", {"q": NOBODY_ANSWERS}).content.decode()
    assert html.index("没有找到能照着办的案例") < html.index("最接近的，仅供参考") < html.index('aria-label="案例"')
    assert "记为知识缺口" in html


def test_a_routing_card_in_front_says_whose_matter_it_is(clerk, library, index, client, account):
    card = factories.published(
        title="小区停车难归谁管", problem="小区停车难，车位不够，邻居占车位。", gist="小区停车难归物业和业委会。"
    )
    Precedent.objects.filter(pk=card.pk).update(kind=Kind.ROUTING_CARD)
    rebuild()
    page = asked(clerk, "小区停车难，车位不够归谁管")
    assert page.is_routed
    client.force_login(account)
    assert "这件事可能不归大厅办" in client.get("/search/", {"q": "小区停车难，车位不够归谁管"}).content.decode()


def test_a_routing_card_on_another_subject_is_no_answer(clerk, library, index):
    card = factories.published(
        title="小区停车难归谁管", problem="小区停车难，车位不够，物业不管。", gist="小区停车难归物业和业委会。"
    )
    Precedent.objects.filter(pk=card.pk).update(kind=Kind.ROUTING_CARD)
    rebuild()
    page = asked(clerk, "小区楼上漏水，物业不管归谁管")
    assert page.rows[0].kind == Kind.ROUTING_CARD.label
    # Whatever the words alone would say of it.
    page = replace(page, signs=page.signs | {"constant": 1.0, "covered": 100.0})
    assert not page.fits
    assert not page.is_routed
    assert replace(page, signs=page.signs | {"subject_first": 1.0}).is_routed


def test_both_scores_know_the_same_signs_but_for_meaning():
    assert set(WITH_MEANING) - set(WITH_WORDS) == {"closest", "first_close", "stands_out"}
    assert score({"closest": 1.0}) != score({"covered": 1.0})


def test_a_long_story_about_something_else_passes_no_more_than_a_short_one(clerk, library):
    signs = [asked(clerk, f"{NOBODY_ANSWERS}。" * times).signs for times in (2, 6)]
    assert signs[0]["length"] == signs[1]["length"] == pytest.approx(math.log(MOST_LENGTH))
    assert not asked(clerk, f"{NOBODY_ANSWERS}。" * 6).fits


def test_the_precedent_that_bears_a_number_stands_before_those_that_mention_it(clerk, index):
    wanted = factories.published(title="驾驶证换证")
    mentioned = f"另见 {wanted.number}。" * 8
    factories.published(
        title=f"看 {wanted.number}", problem=mentioned, not_when=(mentioned,), gist=f"见 {wanted.number}"
    )
    index.refresh()
    assert asked(clerk, wanted.number).rows[0].plain_title == "驾驶证换证"
    assert len(asked(clerk, wanted.number).rows) == 2
