from hypothesis import given
from hypothesis import strategies as st

from caselib.search.snippets import ELLIPSIS, WIDTH, cover_all, snippet
from caselib.search.understanding import understand


def parts_of(text: str, question: str) -> list[tuple[str, bool]]:
    return cover_all([text], understand(question).marks)[0].parts()


def snippet_of(texts: list[str], question: str) -> list[tuple[str, bool]]:
    return snippet(cover_all(texts, understand(question).marks))


def test_the_longest_match_is_marked_whole():
    assert parts_of("请先办理营业执照的注销", "营业执照") == [
        ("请先办理", False),
        ("营业执照", True),
        ("的注销", False),
    ]


def test_full_width_case_and_traditional_are_marked():
    assert ("ＧＢ", True) in parts_of("按ＧＢ办", "gb")
    assert ("營業執照", True) in parts_of("補領營業執照", "营业执照")


def test_ends_of_neighbouring_words_are_not_marked_alone():
    assert all(not is_match for _, is_match in parts_of("用户未到场", "租户未注销"))


def test_a_word_that_no_dictionary_knows_is_marked_by_its_characters():
    assert ("鑫淼", True) in parts_of("某某鑫淼经营部", "鑫淼")


def test_the_stretch_with_the_longest_matches_is_shown():
    far = "无关的话。" * 60 + "前租户没有注销营业执照，新商户办不了。" + "无关的话。" * 60
    shown = snippet_of(["开头的概要。", far], "前租户没注销营业执照")
    text = "".join(text for text, _ in shown)
    assert "注销营业执照" in text
    assert text.startswith(ELLIPSIS)
    assert text.endswith(ELLIPSIS)
    assert len(text) <= WIDTH + 2


def test_without_a_match_the_first_text_begins():
    assert snippet_of(["", "概要" * 100], "户口") == [(("概要" * 100)[:WIDTH] + ELLIPSIS, False)]
    assert snippet_of(["", ""], "户口") == []


FEW = st.text(alphabet="办不了执照ab 1", max_size=60)


@given(st.lists(FEW, min_size=1, max_size=5), st.lists(FEW.filter(str.strip), max_size=4))
def test_texts_that_are_looked_through_together_are_covered_as_each_alone(texts, found):
    marks = sorted({mark.replace(" ", "") for mark in found}, key=len, reverse=True)
    alone = [cover_all([text], marks)[0] for text in texts]
    assert cover_all(texts, marks) == alone


def test_of_many_matches_the_first_ones_of_each_text_are_marked():
    covered = cover_all(["执照。" * 20, "开头", "执照。" * 3], ["执照"])
    assert [len(one.starts) for one in covered] == [12, 0, 3]


def test_marks_that_need_levelling_are_found_wherever_they_stand():
    for text, mark in (
        ("ＧＢ／Ｔ１", "gb/t1"),
        ("臺灣", "台湾"),
        ("①号窗口", "1号"),
        ("（五证）合一", "(五证)合一"),
        ("〔2022〕", "[2022]"),
    ):
        assert any(is_match for _, is_match in cover_all([text], [mark])[0].parts()), text


@given(st.text(max_size=200), st.text(max_size=30))
def test_parts_together_are_the_text(text, question):
    covered = cover_all([text], understand(question).marks)[0]
    assert "".join(part for part, _ in covered.parts()) == " ".join(text.split())
    assert all(first[1] != second[1] for first, second in zip(covered.parts(), covered.parts()[1:], strict=False))
