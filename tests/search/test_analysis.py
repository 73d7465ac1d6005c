import json
from pathlib import Path

import pytest

from caselib.core.text import document_numbers
from caselib.search import analysis
from caselib.search.analysis import Tokens, fast_segmenter, own_words, reference_segmenter, tokenize

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


def test_native_segmenter_yields_the_tokens_of_jieba():
    fast, reference = fast_segmenter(), reference_segmenter()
    assert fast is not None
    texts = SENTENCES + [word for word, _ in own_words()] + _starter_texts()
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
    analysis.fingerprint.cache_clear()
    monkeypatch.setattr(analysis, "RULES_VERSION", analysis.RULES_VERSION + 1)
    try:
        assert analysis.fingerprint() != before
    finally:
        analysis.fingerprint.cache_clear()


def test_fingerprint_is_fit_for_json():
    assert json.loads(json.dumps(analysis.fingerprint())) == analysis.fingerprint()
