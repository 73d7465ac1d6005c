"""What people write is shown as HTML; no text may do more than be read. The attacks are those that other wikis met."""

import re
import time
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caselib.core.markdown import ATTRIBUTES, CLASSES, SCHEMES, TAGS, to_html

ATTACKS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src=javascript:alert(1)>",
    "<form action=https://evil.example><button>登录</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<style>body{background:url(https://evil.example/x)}</style>",
    "<p style='position:fixed;inset:0'>盖住</p>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example/>",
    "<a href=\"javascript:alert(1)\">点</a>",
    "<a href=' java&#x0A;script:alert(1)'>点</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>点</a>",
    "<a href='vbscript:msgbox(1)'>点</a>",
    "<a onclick=alert(1) href=#>点</a>",
    "[点](javascript:alert(1))",
    "[点](JaVaScRiPt:alert(1))",
    "[点](java&#115;cript:alert(1))",
    "[点](javascript&colon;alert(1))",
    "[点](\x01javascript:alert(1))",
    "[点](data:text/html,<script>alert(1)</script>)",
    "[点][x]\n\n[x]: javascript:alert(1)",
    "![图](javascript:alert(1))",
    "![图](https://evil.example/pixel.png)",
    "<javascript:alert(1)>",
    "[点](https://good.example \"x\\\" onmouseover=alert(1) \\\"\")",
    "[点](https://good.example\" onmouseover=\"alert(1))",
    "`<script>alert(1)</script>`",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "| a |\n| - |\n| <img src=x onerror=alert(1)> |",
    "<!-- --!><script>alert(1)</script> -->",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<a name=getElementById></a><img name=cookie>",
    "<x style=animation-name:x onanimationstart=alert(1)></x>",
    "\x00<script\x00>alert(1)</script>",
]  # fmt: skip


class _Allowed(HTMLParser):
    """Fails on any element, attribute or address scheme that is not on the list."""

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS
        for name, value in attrs:
            assert name in ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set()) | (
                {"class"} if tag in CLASSES else set()
            )
            if name == "class":
                assert set((value or "").split()) <= CLASSES[tag]
            if name == "href":
                scheme, colon, _ = (value or "").partition(":")
                assert not colon or scheme.lower() in SCHEMES or "/" in scheme or "#" in scheme

    def handle_comment(self, data):
        raise AssertionError("a comment came through")

    handle_startendtag = handle_starttag


def linked(text: str) -> str:
    return to_html(text, number_address=lambda number: f"/n/{number}/")


def assert_only_what_is_allowed(html: str) -> None:
    parser = _Allowed(convert_charrefs=True)
    parser.feed(html)
    parser.close()


@pytest.mark.parametrize(
    "html",
    ["<script>x</script>", '<p onclick="x">a</p>', '<a href="javascript:x">a</a>', "<!-- x -->", "<img src=x>"],
    ids=["element", "attribute", "scheme", "comment", "image"],
)
def test_the_check_itself_fails_on_what_is_not_allowed(html):
    with pytest.raises(AssertionError):
        assert_only_what_is_allowed(html)


@pytest.mark.parametrize("attack", ATTACKS)
def test_attack_is_text_or_nothing(attack):
    assert_only_what_is_allowed(to_html(attack))


@pytest.mark.parametrize("attack", ATTACKS)
def test_attack_within_other_text_is_text_or_nothing(attack):
    text = f"# 标题\n\n- 项目 {attack}\n\n> {attack}\n\n正文 **{attack}** 见 310109-2026-SJ-0001"
    assert_only_what_is_allowed(to_html(text))
    assert_only_what_is_allowed(linked(text))


@given(st.text(alphabet="<>&\"'/=:;()[]!`*_#|-\\ \njavscriptonel", max_size=80))
def test_no_text_makes_more_than_is_allowed(text):
    assert_only_what_is_allowed(to_html(text))


def test_headings_begin_below_those_of_the_page():
    assert to_html("# 一\n\n## 二\n\n###### 六") == "<h3>一</h3>\n<h4>二</h4>\n<h5>六</h5>"


def test_lists_tables_and_line_breaks_are_kept():
    html = to_html("一\n二\n\n1. 甲\n2. 乙\n\n| a | b |\n| - | - |\n| 1 | 2 |")
    for part in ("一<br>", "<ol>", "<li>甲</li>", "<table>", "<td>2</td>"):
        assert part in html


def test_link_to_another_site_hands_over_no_referrer():
    assert 'rel="noopener noreferrer"' in to_html("[条例](https://www.gov.cn/x)")


@pytest.mark.parametrize(
    "text",
    [
        "若 x<y 且 y>z，则办",
        "#1 号楼",
        "> 5 万元",
        "3*5*7 平方米",
        "2026. 年",
        "（1）执照",
        "1．执照",
        "1、执照",
        "-5 度",
        "一栏\n---\n二栏",
        "    四格",
        "![图](javascript:alert(1))",
        "<b>手写</b>",
        "C:\\temp",
        "a_b_c",
    ],
)
def test_what_people_write_without_meaning_a_sign_keeps_its_letters(text):
    html = to_html(text)
    plain = unescape(re.sub(r"<[^>]+>", "", html))
    assert "".join(plain.split()) == "".join(text.split()).replace("---", "")


@pytest.mark.parametrize("text", ["第一行\n第二行", "第一段\n\n第二段", "第一行\n第二行 **粗**"])
def test_a_break_is_a_break_with_signs_and_without(text):
    html = to_html(text)
    assert ("<br>" in html) is ("\n\n" not in text)
    assert html.count("<p>") == 1 + text.count("\n\n")


def test_a_list_needs_no_empty_line_before_it():
    assert to_html("要带：\n- 执照\n- 公章").count("<li>") == 2


def test_a_list_keeps_the_number_that_it_begins_with():
    assert '<ol start="3">' in to_html("3. 第三\n4. 第四")


def test_a_library_number_is_a_link_and_nothing_else_becomes_one():
    html = linked("见 310109-2026-SJ-0001（**310109-2026-SJ-0002**）")
    assert html.count('<a class="num" href="/n/310109-2026-SJ-000') == 2
    for text in ("`310109-2026-SJ-0001`", "[条例](https://a.cn/310109-2026-SJ-0001)"):
        assert "/n/" not in linked(text)


def test_a_number_within_a_link_is_no_second_link():
    assert linked("[见 310109-2026-SJ-0001](https://a.cn)").count("<a") == 1


@pytest.mark.parametrize(
    "piece",
    ["*a ", "[a](", "`", "> ", "#", "|a|\n|-|\n", "1. a\n", "_", "**", "<a ", "![", "[a]: ", "- a\n", "  - a\n", "&#", "]", ":",
     "310109-2026-SJ-0001 ", "http://", "\\"],
)  # fmt: skip
def test_a_text_that_is_made_of_signs_takes_no_time(piece):
    for text in ((piece * 20_000)[:20_000], piece * 400):
        start = time.perf_counter()
        linked(text)
        assert time.perf_counter() - start < 2


def test_without_links_only_their_words_stay():
    html = to_html("看[条例](https://example.org/x) **第三条** <https://example.org>", links=False)
    assert html == "<p>看条例 <strong>第三条</strong> https://example.org</p>"
