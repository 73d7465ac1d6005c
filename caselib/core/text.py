"""Text in normal form: what search, import and comparison work on. Stored text is never rewritten with it.

Document numbers (文号) become `代字|年|号` or `机关令||号`; article references (条款) become `条/款/项`, with `-` for an article
that was put in later: 第三十三条之一 is `33-1`.
"""

import functools
import re
import unicodedata
from importlib import resources

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = r"(?:\d{1,4}|[零〇一二两三四五六七八九十百千]{1,9})"

# A blank, a zero-width mark or a soft hyphen inside a number is debris of copying, not meaning.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@functools.cache
def _simplified() -> dict[int, str]:
    """Traditional to simplified by single characters, from OpenCC's table (the first reading wins)."""
    table: dict[int, str] = {}
    lines = resources.files("opencc").joinpath("dictionary/TSCharacters.txt").read_text(encoding="utf-8")
    for line in lines.splitlines():
        traditional, _, readings = line.partition("\t")
        if len(traditional) == 1 and readings:
            table[ord(traditional)] = readings.split(" ")[0]
    return table


def is_traditional(character: str) -> bool:
    """Whether the normal form has another character in its place."""
    return ord(character) in _simplified()


# Unicode's own bound (UAX 15, stream-safe text): no writing of the world needs more marks on one letter.
_MOST_COMBINING = 30


@functools.cache
def _piled_up(last: int) -> re.Pattern[str]:
    """More combining marks in a row than any letter has, as many as are kept as a group. `last`: the highest mark."""
    marks = "".join(chr(code) for code in range(0x300, last + 1) if unicodedata.combining(chr(code)))
    return re.compile(f"([{marks}][{marks}]{{{_MOST_COMBINING - 1}}})[{marks}]+")


def _without_piles(text: str) -> str:
    """The text with at most 30 combining marks in a row: putting more in their order takes the square of their number."""
    if len(text) < 4 * _MOST_COMBINING or text.isascii():
        return text
    # A class that reaches beyond the first 65,536 characters is fifty times as slow to look through.
    return _piled_up(0xFFFF if max(text) <= "\uffff" else 0x1F000).sub(r"\1", text)


def clean(text: str) -> str:
    """Drops what nobody typed on purpose: control characters, unpaired surrogates, zero-width marks, more than 30
    combining marks on one letter. Keeps line breaks."""
    return _without_piles(_INVISIBLE.sub("", _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))))


def normalise(text: str) -> str:
    """NFKC, simplified characters, lower case, one kind of bracket around years. For comparing, not for showing."""
    folded = unicodedata.normalize("NFKC", clean(text)).translate(_simplified()).lower()
    return folded.replace("〔", "[").replace("〕", "]").replace("【", "[").replace("】", "]")


def normalised_with_places(text: str) -> tuple[str, list[int]]:
    """(normal form, for each of its characters the place in `text` of the one it came from, and the end).

    A letter and the marks on it are one; otherwise each character is put into normal form by itself.
    """
    written: list[str] = []
    places: list[int] = []
    known: dict[str, str] = {}
    start = 0
    for at in range(1, len(text) + 1):
        if at < len(text) and unicodedata.combining(text[at]):
            continue
        piece = text[start:at]
        plain = known.get(piece)
        if plain is None:
            plain = known[piece] = normalise(piece)
        written.append(plain)
        places.extend([start] * len(plain))
        start = at
    return "".join(written), [*places, len(text)]


def chinese_int(text: str) -> int | None:
    """三十三 or 33 as an int; None for what is no number."""
    if text.isascii() and text.isdigit():
        return int(text)
    total, digit = 0, 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character] if not digit else digit * 10 + _DIGITS[character]
        elif character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            return None
    return total + digit if text else None


def chinese_numeral(number: int) -> str:
    """1 to 9,999 as 一, 十二, 一百零一, 一千二百; `chinese_int` reads it back."""
    written, has_gap = "", False
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if not digit:
            has_gap = bool(written)
            continue
        written += ("零" if has_gap else "") + "零一二三四五六七八九"[digit] + sign
        has_gap = False
    return written.removeprefix("一") if written.startswith("一十") else written


_YEARLY = re.compile(r"([\u4e00-\u9fff]{1,10})\s*[\[(]\s*(\d{4})\s*[\])]\s*第?\s*(\d{1,5})\s*号")
# Without brackets the code has to end the way such codes end, or 我2023年12号 would count.
_YEARLY_BARE = re.compile(r"([\u4e00-\u9fff]{0,8}(?:发|办|规|函|字))\s*(\d{4})\s*[ 年]\s*第?(\d{1,5})\s*号")
_ORDER = re.compile(r"([\u4e00-\u9fff]{1,20}?)令\s*第?\s*(\d{1,4})\s*号")
_NOTICE = re.compile(r"公告\s*(\d{4})\s*年\s*第?\s*(\d{1,4})\s*号")
_STANDARD = re.compile(r"(?<![a-z0-9])((?:gb|db\d{2}|db\d{4})(?:/t)?)\s*(\d{3,5}(?:\.\d+)?)\s*[-—–]\s*(\d{4})(?!\d)")
# Words that stand before an agency's code in a sentence and are no part of it.
_BEFORE_CODE = re.compile(r"^.*(?:根据|依据|按照|参照|依照|按|见|和|与|及|的|以|由|从|是|为|在|查|看|找|》)")
_AGENCY = {"国": "国务院"}


def _agency_code(text: str) -> str:
    # The state's full name holds 和, which would otherwise count as a joining word.
    text = text.rpartition("中华人民共和国")[2] or text
    return _BEFORE_CODE.sub("", text) or text


def document_numbers(text: str) -> list[str]:
    """Every document number in the text in normal form, in order, without repeats.

    >>> document_numbers("按国办发〔2022〕5号和国令第722号")
    ['国办发|2022|5', '国务院令||722']
    """
    source = normalise(text)
    found: list[tuple[int, str]] = []
    for pattern in (_YEARLY, _YEARLY_BARE):
        for match in pattern.finditer(source):
            found.append((match.start(), f"{_agency_code(match[1])}|{match[2]}|{int(match[3])}"))
    for match in _ORDER.finditer(source):
        agency = _agency_code(match[1])
        found.append((match.start(), f"{_AGENCY.get(agency, agency)}令||{int(match[2])}"))
    for match in _NOTICE.finditer(source):
        found.append((match.start(), f"公告|{match[1]}|{int(match[2])}"))
    for match in _STANDARD.finditer(source):
        found.append((match.start(), f"{match[1]}|{match[3]}|{match[2]}"))
    return list(dict.fromkeys(number for _, number in sorted(found)))


# 第三十三条之一; no such article in 第三条之一般规定.
INSERTED_ARTICLE = r"\s*之\s*(\d{1,3}|[一二三四五六七八九十]{1,3})(?![\d般切定律])"
_INSERTED = re.compile(INSERTED_ARTICLE)
_ARTICLE = re.compile(
    rf"第\s*(?P<a>{_NUMBER})\s*条|(?<![\d第])(?P<b>\d{{1,4}})\s*条|(?<![零〇一二两三四五六七八九十百千第])(?P<c>[零〇一二两三四五六七八九十百千]{{2,9}})条"
)
_PARAGRAPH = re.compile(rf"\s*第?\s*({_NUMBER})\s*款")
_ITEM = re.compile(rf"\s*第?\s*[(]?\s*({_NUMBER})\s*[)]?\s*项")


def article_refs(text: str) -> list[str]:
    """Every article reference in normal form `条[-之][/款[/项]]`, in order, without repeats.

    >>> article_refs("第三十三条第二款（三）项，另见第40条和第一百二十条之二")
    ['33/2/3', '40', '120-2']
    """
    source = normalise(text)
    found: list[str] = []
    for match in _ARTICLE.finditer(source):
        parts = [chinese_int(match["a"] or match["b"] or match["c"])]
        at, inserted = match.end(), ""
        if later := _INSERTED.match(source, at):
            at, inserted = later.end(), f"-{chinese_int(later[1])}"
        for pattern in (_PARAGRAPH, _ITEM):
            if more := pattern.match(source, at):
                parts.append(chinese_int(more[1]))
                at = more.end()
        if all(parts):
            article, *below = map(str, parts)
            found.append("/".join([article + inserted, *below]))
    return list(dict.fromkeys(found))


# No \b: a Chinese character counts as a letter, and numbers stand right behind one.
LIBRARY_NUMBER = re.compile(r"(?<![a-z0-9-])\d{6}-\d{4}-[a-z0-9]{2,6}-\d{4,}(?![a-z0-9-])")


def library_numbers(text: str) -> list[str]:
    """Every library number (入库编号) in the text, upper case as stored, without repeats."""
    return list(dict.fromkeys(found.upper() for found in LIBRARY_NUMBER.findall(normalise(text))))
