"""Finding by pinyin and by initials."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from caselib.orgs.models import Role
from caselib.search import sounds
from caselib.search.engine.port import WORDS, EngineQuery
from caselib.search.engine.whoosh.engine import WhooshEngine
from caselib.search.understanding import Step, understand
from tests import factories

from .engines import document, keys


def spelled(text: str) -> list[str]:
    return [token for _, tokens in sounds.spelled(text) for token in tokens]


@pytest.mark.parametrize(
    "typed", ["qianzuhuzhuxiao", "qianzuhu'zhu xiao", "qian zu hu zhu xiao", "qian'zu'hu'zhu'xiao"], ids=str
)
def test_pinyin_is_cut_into_the_same_syllables_however_it_is_spaced(typed):
    assert spelled(typed) == ["qian_zu", "zu_hu", "hu_zhu", "zhu_xiao"]


def test_two_words_that_are_written_apart_make_no_pair_where_they_meet():
    assert spelled("jiashizheng guoqi") == ["jia_shi", "shi_zheng", "guo_qi"]


def test_letters_that_are_no_syllables_are_initials():
    assert spelled("qzhzx") == ["~qzh", "~zhz", "~hzx", "~qzhz", "~zhzx", "=qzhzx"]


def test_initials_written_apart_may_each_be_a_name_of_its_own():
    assert {"=szg", "=gq", "=szggq"} <= set(spelled("szg gq"))


def test_a_short_line_is_found_by_all_of_its_initials_and_a_sentence_is_not():
    assert "=szg" in sounds.tokens_of("商转公\n驾驶证过期怎么办呢")
    assert not [token for token in sounds.tokens_of("驾驶证过期两个月怎么办") if token.startswith("=")]
    assert not [token for token in sounds.tokens_of("商转公 2024") if token.startswith("=")]


def test_one_letter_is_nothing_that_was_spelled():
    assert spelled("a") == []


def test_characters_read_in_two_ways_are_found_by_both():
    tokens = sounds.tokens_of("长宁区银行")
    assert {"chang_ning", "zhang_ning", "yin_hang", "yin_xing", "~cnq"} <= set(tokens)


def test_lines_of_a_zone_do_not_run_into_each_other():
    assert "zhi_zhao" in sounds.tokens_of("执照\n注销")
    assert "zhao_zhu" not in sounds.tokens_of("执照\n注销")


@given(st.text(max_size=300))
def test_nothing_that_is_typed_breaks_it(text):
    assert all(token for token in spelled(text.lower()))
    assert all(token for token in sounds.tokens_of(text))


def test_a_spelled_question_says_that_it_was_read_by_sound():
    assert understand("qzhzx").spelled == ("qzhzx",)
    assert understand("前租户注销").spelled == ()


def test_letters_that_documents_hold_as_a_word_are_that_word():
    def held(terms):
        return [int(term == (WORDS, "app")) for term in terms]

    assert understand("app", frequencies=held).spelled == ()
    assert understand("apq", frequencies=held).spelled == ("apq",)


def test_sounds_can_be_switched_off():
    question = understand("qzhzx", typed=frozenset({Step.SOUNDS}))
    assert question.spelled == ()
    assert not any(term.field == "sounds" for group in question.groups for term in group.terms)


@pytest.fixture
def engine(tmp_path) -> WhooshEngine:
    titles = ("前租户未注销办不了营业执照", "公积金提取", "户口迁移")
    made = WhooshEngine(tmp_path / "index")
    made.create()
    made.write(upserts=[document(number, title) for number, title in enumerate(titles, 1)])
    return made


def first(engine: WhooshEngine, text: str) -> str:
    return keys(engine.search(EngineQuery(groups=understand(text).groups)))[0]


@pytest.mark.parametrize("typed", ["qianzuhu", "qzhwzx", "qzh", "yingyezhizhao 前租户"], ids=str)
def test_a_title_is_found_by_its_sound(engine, typed):
    assert first(engine, typed) == "thing.1"


def test_a_word_in_latin_letters_does_not_hide_what_the_chinese_words_find(engine):
    assert first(engine, "公积金 app 上提取") == "thing.2"


def test_what_is_called_so_comes_before_what_only_holds_these_initials(index, client):
    factories.published(title="驾驶证过期换证驾驶证过期", tags=("驾驶证",))
    factories.published(title="房贷换一种，利息低一些", tags=("商转公",))
    index.refresh()
    client.force_login(factories.user(Role.WINDOW), backend="django.contrib.auth.backends.ModelBackend")
    first, *_ = client.get(reverse("search:results"), {"q": "szg"}).context["results"].rows
    assert first.plain_title == "房贷换一种，利息低一些"
