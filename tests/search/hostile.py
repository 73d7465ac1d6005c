"""Strings that nobody means well with, and what a page must never show of them.

`python -m tests.search.hostile 100000` throws that many at the results of a throw-away library and prints how long they
took; every two hundredth goes through the pages. It ends with 1 when one failed or was shown as more than text.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

MEGABYTE = 1_000_000
# Nothing of ours is called so: an element or attribute of this name was typed.
CANARY = "zq7x"
_PIECES = (
    "第三十三条", "第", "条", "款", "国发〔2022〕", "〔2022〕5号", "令第", "号", "[2022", "GB/T 1", "310109-2026-D03-", "110101",
    "138", "0021-",
    "公司法", "登记管理条例", "《", "》", "去年", "近两年", "虹口", "上海市", "注消", "抵压", "没有", "有没有", "前租户失联",
    "红本本", "护照", "多少钱",
    "微信", "VX:a", "@", "QQ", "住", "弄", "号楼", "室", "张", "先生", "元", "岁", "沪A", "qzh", "yingyezhizhao", "xx", "***",
    "①", "１", "²", "٣",
    " ", "\t", "\n", "\u3000", "\u200b", "\u202e", "\u2066", "\u0301", "\u0316", "\ufdfa", "\ud800", "\udfff", "\x00", "\x1b",
    "\x7f", "\ufffe", "😀",
    "👩‍👩‍👧", "🇨🇳", "𠮷", "ß", "İ", "ﬁ", "ς", "(", ")", "[", "]", "{", "}", "<", ">", '"', "'", "&", "%", "\\", "/", "*",
    "?", "+", "-", "^", "~",
)  # fmt: skip
MARKUP = (
    f"<{CANARY}>", f"</title><{CANARY}>", f"</script><{CANARY}>", f'"><{CANARY} a="', f"'><{CANARY}>", f"<svg {CANARY}=1>",
    f'" {CANARY}=1 x="', f"' {CANARY}=1 x='", f"<img src=x {CANARY}=1>", f"&lt;{CANARY}&gt;", f"<!--<{CANARY}>-->", f"]]><{CANARY}>",
    f"<scr<script>ipt {CANARY}>", f"<mark {CANARY}>", f"营业执照<{CANARY}>营业执照", f"javascript:{CANARY}()", f"＜{CANARY}＞",
)  # fmt: skip
SYNTAX = (
    "{{ request.user.password }}", "{% include 'base.html' %}", "{# x #}", "${7*7}", "#{7*7}", "%s%n%d", "{0.__class__}", "' OR 1=1 --",
    "'); DROP TABLE search_searchlogentry; --", "1 UNION SELECT * FROM orgs_user", "\\' OR ''='", "title:执照 AND NOT audience:x",
    "audience:*",
    "*:*", "执照~2", "[a TO z]", "../../../../etc/passwd", "%00", "%ed%a0%80", "\r\nSet-Cookie: a=b", "null", "NaN", "-0",
    "1e999", "0x41",
)  # fmt: skip
# For the patterns of core.text, understanding, personal_data and the lexicon: much that almost matches.
_BOMBS = (
    "第三十三条", "第1条第1款", "第十", "第 ", "条", "十", "零", "1", "1 ", "1-", "12.", "1·", "0 0 ", "a", "a-", "a.", "a/",
    "a ", "a'", "A1", "Xx", "x9 ",
    "(", "[", "〔", "【", "((", "[2022", "[2022]", "〔2022〕", "号", "令", "国令", "国务院令第", "发2022", "发 2022 ",
    "公告2022年", "gb", "gb1", "db3",
    "国", "办", "的", "中华人民共和国", "上海", "市", "省", "区", "年", "去年", "近", "近两年", "2022", "2022年", "二〇二二",
    "年1月", "月1日", "《", "《》",
    "110101-", "110101-2020-", "110101-2020-a", "-", "--", "—", "_", "*", "**", "1*", "138*", "13800", "1 3 8 ", "021-", "86",
    "6222", "62 ", "@", "a@", "a@a.",
    "[at]", " at ", "微信", "微信号", "VX", "qq", "QQ1", "1弄", "1弄1号", "弄1", "号楼1", "座1", "1室", "1栋1", "村1", "组",
    "医院", "病区1", "沪A", "沪",
    "1元", "1.1", "1,1", "1岁", "生日", "出生1", "1月", "张某", "张", "老", "先生", "联系人", "联系人:张", "路", "街道", "护照",
    "E1", "C1", "工单", "工单号", "军",
    "(2022)", "(2022)沪", "91", "9131", "注消", "没有", "有没有", "没", "失联", "前租户", "不配合", "要", "多少", "qi", "xian",
    "zh", "q", "①", "①a", "²", "１",
    "\u0301", "\u0301\u0316", "\u05b0", "\U0001d165", "\ufdfa", "\u200d", "\u200b", "\u202e", "\ud800", "\x00", "\n", "\n\n",
    "\t", " ", "\u3000", "😀", "👩‍", "🇨", "𠮷",
    "<", "<b", "&", '"', "\\", "{{", "{%", "%", "%s", "+", "?", ":", ";", "，", "。", "/", ".",
)  # fmt: skip


def of_pieces(rng: random.Random) -> str:
    return "".join(rng.choice(_PIECES) for _ in range(rng.randint(1, 60)))


def of_any_characters(rng: random.Random) -> str:
    top = rng.choice((0x80, 0x400, 0x3000, 0xA000, 0x10000, 0x110000))
    return "".join(chr(rng.randrange(top)) for _ in range(rng.randint(1, 300)))


def of_chinese(rng: random.Random) -> str:
    return "".join(chr(rng.randrange(0x4E00, 0x9FA6)) for _ in range(rng.randint(1, rng.choice((8, 60, 400, 2500)))))


def of_markup(rng: random.Random) -> str:
    return "".join(rng.choice((rng.choice(MARKUP), rng.choice(_PIECES), "营业执照")) for _ in range(rng.randint(1, 6)))


def of_syntax(rng: random.Random) -> str:
    return " ".join(rng.choice(SYNTAX) for _ in range(rng.randint(1, 3)))


def bomb(rng: random.Random, *, length: int) -> str:
    """One or two pieces again and again, with something at an end that keeps the whole from matching."""
    piece = "".join(rng.choice(_BOMBS) for _ in range(rng.choice((1, 1, 1, 2, 2, 3))))
    begin, end = (rng.choice(("", "", rng.choice(_PIECES))) for _ in range(2))
    return f"{begin}{piece * (length // len(piece) + 1)}"[:length] + end


def of_repeats(rng: random.Random) -> str:
    return bomb(rng, length=rng.choice((20, 60, 61, 200, 2000, 2001, 20_000)))


def of_paste(rng: random.Random) -> str:
    """A megabyte."""
    made = rng.choice((of_pieces, of_chinese, of_markup, of_any_characters))(rng)
    return (made * (MEGABYTE // len(made) + 1))[:MEGABYTE] if rng.random() < 0.5 else bomb(rng, length=MEGABYTE)


_SHAPES: tuple[tuple[Callable[[random.Random], str], int], ...] = (
    (of_pieces, 250), (of_any_characters, 150), (of_chinese, 150), (of_markup, 150), (of_syntax, 50), (of_repeats, 247), (of_paste, 3),
)  # fmt: skip


def hostile_texts(count: int, *, seed: int) -> Iterator[str]:
    """That many strings, the same ones for the same seed. Three in a thousand are a megabyte."""
    rng = random.Random(seed)  # noqa: S311 (nothing is kept secret with it)
    shapes, weights = zip(*_SHAPES, strict=True)
    for shape in rng.choices(shapes, weights, k=count):
        yield shape(rng)


class _Injected(HTMLParser):
    """Collects what is more than text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if f" {tag} " not in _ELEMENTS:
            self.found.append(f"<{tag}>")
        if tag == "script" and not (names.get("src") or "").startswith("/static/"):
            self.found.append("<script>")
        for name, value in attrs:
            is_script = (value or "").strip().lower().startswith(("javascript:", "data:", "vbscript:"))
            leads = name in {"href", "src", "action", "formaction"} and is_script
            if name.startswith("on") or name == "style" or CANARY in name or leads:
                self.found.append(f"<{tag} {name}>")


_ELEMENTS = (
    " html head meta title link script body a header div small nav form label input kbd button details summary footer span main "
    "p svg use h1 h2 h3 ul ol li section b mark select option table thead tbody tr th td time dl dt dd dialog "
)


def injected(page: str) -> list[str]:
    """The elements and attributes of a page that no template of ours writes: what was typed and not escaped."""
    parser = _Injected()
    parser.feed(page)
    parser.close()
    return parser.found


def in_an_address(text: str) -> str:
    """The text as the value of a parameter; unpaired surrogates as the bytes that a broken program sends."""
    return quote(text.encode("utf-8", "surrogatepass"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.search.hostile", description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=1000, help="precedents of the throw-away library")
    parser.add_argument("--folder", type=Path, help="data folder of a library that exists already")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="caselib-hostile-") as temporary:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "caselib.settings.dev",
            "CASELIB_DATA_DIR": str(options.folder or temporary),
            "CASELIB_LOG_LEVEL": "ERROR",
            "CASELIB_EMBEDDING": "off",
        }
        from tests.search.hostile_run import run

        return run(options.count, seed=options.seed, size=0 if options.folder else options.size)


def told(times: list[float], slowest: list[tuple[float, str]]) -> Iterator[str]:
    """What is printed of seconds and of (seconds, text)."""
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    yield f"p50 {cuts[49] * 1000:.1f} ms, p99 {cuts[98] * 1000:.1f} ms, max {max(times) * 1000:.1f} ms"
    for seconds, text in slowest:
        yield f"  {seconds * 1000:.1f} ms: {len(text)} characters, {text[:40]!a}"


if __name__ == "__main__":
    sys.exit(main())
