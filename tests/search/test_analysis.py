import json
import time
from itertools import product
from pathlib import Path

import pytest

from caselib.core.text import document_numbers
from caselib.search import analysis
from caselib.search.analysis import Tokens, fast_segmenter, own_words, reference_segmenter, tokenize
from caselib.search.dictionary import NO_WORDS, Dictionary

SENTENCES = [
    "前租户没有注销营业执照，我在原地址办不了新执照怎么办",
    "办不成事反映窗口设在政务服务中心一楼，实行首问负责制",
    "法定代表人变更登记要带身份证原件和股东会决议",
    "容缺受理之后多久要把材料补齐，逾期算不算退件",
    "新农合断缴三年还能补缴吗，异地就医怎么备案",
    "一件事一次办、跨省通办、免申即享和告知承诺制有什么区别",
    "孩子的出生医学证明上名字写错了，派出所不给落户",
]


def test_sub_words_of_four_characters_are_emitted():
    assert {"办不成事反映窗口", "办不成事", "反映", "窗口"} <= set(tokenize("办不成事反映窗口").words)


def test_parts_of_an_own_word_are_found_by_themselves():
    assert "容缺" in tokenize("容缺受理").words


def test_document_numbers_leave_the_text_in_normal_form():
    tokens = tokenize("按沪府办规〔2024〕2号办理")
    assert "doc:沪府办规|2024|2" in tokens.exact
    assert not {"2024", "2"} & set(tokens.words)


@pytest.mark.parametrize(
    "spelling", ["国办发〔2022〕5号", "国办发[2022]5号", "国办发（2022）5号", "國辦發〔２０２２〕５號"]
)
def test_all_spellings_of_a_document_number_are_one_token(spelling):
    assert tokenize(spelling).exact == ("doc:国办发|2022|5",)


def test_an_article_is_found_by_its_paragraph_and_by_itself():
    tokens = tokenize("第三十三条第二款")
    assert tokens.exact == ("art:33", "art:33/2")
    assert tokens.words == ()


def test_an_article_that_was_put_in_later_is_one_reference():
    tokens = tokenize("第一百二十条之二第二款")
    assert tokens.exact == ("art:120-2", "art:120-2/2")
    assert not tokens.words


def test_traditional_full_width_and_case_make_no_difference():
    assert tokenize("營業執照 ＡＢＣ") == tokenize("营业执照 abc")


def test_stop_words_are_left_out_of_words_and_pairs():
    tokens = tokenize("请问怎么办理的")
    assert tokens.words == ("办理",)
    assert "怎么" not in tokens.grams


@pytest.mark.parametrize("text", ["", "   ", "😀🀄", '"((*[', "、，。！", "\x00\ud800"])
def test_text_without_words_yields_no_tokens_and_no_error(text):
    assert tokenize(text) == Tokens((), (), ())


def test_one_character_yields_a_token():
    assert tokenize("税").grams == ("税",)
    assert "税" in tokenize("税务登记", short=True).grams


def test_latin_words_with_signs_are_found_whole_and_in_parts():
    assert {"gb/t", "gb", "t"} <= set(tokenize("GB/T").words)


def test_native_segmenter_yields_the_tokens_of_jieba(monkeypatch):
    fast, reference = fast_segmenter(), reference_segmenter()
    assert fast is not None
    texts = SENTENCES + [word for word, _ in own_words()] + _starter_texts()
    library = Dictionary.of(word for text in SENTENCES for word in (text[:4], text[2:6], text[3:8]))
    assert len(library) > 15
    monkeypatch.setattr(analysis, "_segmenter", fast)
    analysis._inner_words.cache_clear()
    quick = [tokenize(text, dictionary=library) for text in texts]
    monkeypatch.setattr(analysis, "_segmenter", reference)
    analysis._inner_words.cache_clear()
    assert quick == [tokenize(text, dictionary=library) for text in texts]
    for text in texts:
        chinese = analysis._NOT_CHINESE.sub(" ", analysis.normalise(text))
        assert list(fast.cut(chinese)) == reference.cut(chinese)
        words = [word for word in reference.cut(chinese) if len(word) > 1]
        assert [bool(fast.known(word)) for word in words] == [reference.known(word) for word in words]


def _starter_texts() -> list[str]:
    folder = Path(__file__).parent.parent.parent / "fixtures"
    return [line for path in sorted(folder.rglob("*.yaml")) for line in path.read_text(encoding="utf-8").splitlines()]


def test_looking_near_the_sign_finds_the_numbers_of_the_whole_text():
    texts = [*_starter_texts(), "依据" + "很长的话" * 30 + "国办发〔2022〕5号及GB/T 44191-2024、国务院令第722号"]
    for text in texts:
        expected = [f"doc:{number}" for number in document_numbers(text)]
        assert [token for token in tokenize(text).exact if token.startswith("doc:")] == expected


def test_own_dictionary_words_are_kept_whole_by_jieba():
    cut = reference_segmenter().cut
    split = [word for word, _ in own_words() if cut(word) != [word]]
    assert split == []


def test_cache_folder_is_closed_to_others():
    assert analysis.cache_folder().stat().st_mode & 0o077 == 0


def test_fingerprint_changes_with_the_rules(monkeypatch):
    before = analysis.fingerprint()
    monkeypatch.setattr(analysis, "RULES_VERSION", analysis.RULES_VERSION + 1)
    assert analysis.fingerprint() != before


def test_fingerprint_changes_with_the_words_of_the_library_and_not_with_their_order():
    one, other = Dictionary.of(["居住证积分", "前租户"]), Dictionary.of(["前租户", "居住证积分"])
    assert analysis.fingerprint(one) == analysis.fingerprint(other)
    assert analysis.fingerprint(one) != analysis.fingerprint(Dictionary.of(["前租户"]))


def test_words_of_the_library_are_found_with_their_parts_wherever_they_stand():
    library = Dictionary.of(["办照难", "原址办照"])
    tokens = tokenize("商户反映原址办照难", dictionary=library)
    assert {"办照难", "原址办照"} <= set(tokens.words)
    assert set(tokenize("商户反映原址办照难", dictionary=NO_WORDS).words) <= set(tokens.words)


def test_a_dictionary_takes_chinese_words_of_two_to_eight_characters_once():
    library = Dictionary.of(["照", "办照难", "办照难", "sc证", "办照 难", "很长很长的一个事项名称", "\x00\ud800"])
    assert library.words == ("办照难",)


def test_a_dictionary_of_one_beginning_costs_a_text_no_more_than_one_of_many():
    begun = time.perf_counter()
    library = Dictionary.of(["办照" + "".join(tail) for tail in product("难易早晚快慢多少大小", repeat=4)])
    assert len(library) == 10_000
    library.within("办照" * 10_000)
    assert time.perf_counter() - begun < 1


def test_fingerprint_is_fit_for_json():
    assert json.loads(json.dumps(analysis.fingerprint())) == analysis.fingerprint()
