"""What Word, WPS and tables bring along is gone, and what people wrote stays."""

import time

import pytest

from caselib.core.pasted import tidy, tidy_entries, tidy_line

WORD = (
    "<!--[if gte mso 9]><xml><w:View>Normal</w:View></xml><![endif]-->"
    "<style>p.MsoNormal{mso-pagination:none}</style>"
    '<p class="MsoNormal" style="mso-margin-top:0"><span lang=EN-US>主件齐全&nbsp;，</span>差原件<o:p></o:p></p>'
    '<p class="MsoNormal">先受理<o:p></o:p></p>'
)


def test_word_markup_leaves_its_words() -> None:
    assert tidy(WORD) == "主件齐全 ，差原件\n先受理"


@pytest.mark.parametrize(
    "text", ["1 < 2 且 3 > 2", "<3", "x<y>z", "<script>alert(1)</script>", "if a<b: c>d", "<p>手写</p>"]
)
def test_text_that_no_word_processor_made_stays(text: str) -> None:
    assert tidy(text) == text


@pytest.mark.parametrize("bullet", ["\uf0b7\t", "\uf0a7 ", "·  ", "●", "□\u3000", "  • "])
def test_bullets_of_word_become_a_list(bullet: str) -> None:
    assert tidy(f"要带：\n{bullet}营业执照\n{bullet}身份证") == "要带：\n- 营业执照\n- 身份证"


def test_cells_of_a_table_stay_apart() -> None:
    assert tidy("材料\t份数\n执照\t1") == "材料\u3000份数\n执照\u30001"


def test_indents_do_not_become_blocks_of_code() -> None:
    assert tidy("\u3000\u3000一名商户\n\t要注销") == "一名商户\n要注销"


def test_a_line_is_one_line() -> None:
    assert tidy_line("\uf0b7 前租户\n未注销\t办不了 ") == "前租户 未注销 办不了"


@pytest.mark.parametrize(
    ("pasted", "entries"),
    [
        ("1．营业执照\n2．身份证", ["营业执照", "身份证"]),
        ("1.营业执照\r\n\r\n2. 身份证\n", ["营业执照", "身份证"]),
        ("（一）本人到场\n（二）能核验", ["本人到场", "能核验"]),
        ("一、本人到场\n二、能核验", ["本人到场", "能核验"]),
        ("①本人到场\n②能核验", ["本人到场", "能核验"]),
        ("·本人到场\n·能核验", ["本人到场", "能核验"]),
        ("3.5 万元以下\n2026.7.1 以前", ["3.5 万元以下", "2026.7.1 以前"]),
        ("十二人以上\n三人以下", ["十二人以上", "三人以下"]),
        ("1．只有一条", ["1．只有一条"]),
        ("\n \n", []),
    ],
)
def test_a_pasted_list_becomes_entries(pasted: str, entries: list[str]) -> None:
    assert tidy_entries(pasted) == entries


def test_emoji_and_rare_characters_stay() -> None:
    assert tidy("好👍🏽，𠮷、\ue123") == "好👍🏽，𠮷、\ue123"


@pytest.mark.parametrize(
    "piece",
    ["<!--", "<style>", "<o:p ", "<![", "<a mso-", "\uf0b7", "</", "&lt;", "\n\n\n", "\t", "<p class=MsoNormal"],
)
def test_a_hostile_paste_takes_no_time(piece: str) -> None:
    start = time.perf_counter()
    tidy(f"mso-x <o:p>{piece * (400_000 // len(piece))}")
    assert time.perf_counter() - start < 2
