"""Number and title of a policy are checked as a pair: 国办发〔2022〕5号 is not the number of what 国发〔2022〕5号 says."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from caselib.core.text import document_numbers, normalise

from .numbers import Slip, slip_between

# A title with a character too many or too few. Titles of two places or years are as alike: see `_is_near`.
_NEAR = 92
_SAME_BEGINNING = 4
_WHY = {
    Slip.CODE: "机关代字不同",
    Slip.SWAPPED: "数字颠倒了",
    Slip.YEAR: "年份不同",
    Slip.SERIAL: "序号不同",
}


class Pair(StrEnum):
    """FINE: nothing known speaks against it. KNOWN: the library holds this very pair. The others are refusals."""

    FINE = "fine"
    KNOWN = "known"
    WRONG_NUMBER = "wrong_number"
    WRONG_TITLE = "wrong_title"
    SAME_TITLE = "same_title"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDocument:
    """A policy or a version of one. `doc_number` as it is shown; `number_key` its normal form, or empty."""

    code: str
    title: str
    number_key: str = ""
    doc_number: str = ""
    short_titles: tuple[str, ...] = ()
    issued_on: dt.date | None = None
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Pairing:
    """`likely`: what is meant most likely. `message`: a full sentence for a refusal, else empty; `field` names the input."""

    pair: Pair
    message: str = ""
    likely: KnownDocument | None = None
    field: str = ""

    @property
    def is_refused(self) -> bool:
        return self.pair not in (Pair.FINE, Pair.KNOWN)


def check_pair(
    doc_number: str, title: str, *, known: Iterable[KnownDocument], issued_on: dt.date | None = None, issuer: str = ""
) -> Pairing:
    """Whether a number and a title may stand together, by all that is known.

    A number that is not known with a title that is not known is fine, and so is no number at all. Orders of the
    president count anew with each congress and announcements in each agency: another year, another issuer, another one.
    """
    keys = document_numbers(doc_number)
    if not keys:
        return Pairing(Pair.FINE)
    known = list(known)
    titled = _titled(title, known)
    numbered = [each for each in known if each.number_key == keys[0] and _same_count(each, issued_on, issuer)]
    for each in numbered:
        if each.code in {other.code for other in titled}:
            return Pairing(Pair.KNOWN, likely=each)
    if others := [each for each in titled if each.number_key and each.number_key not in keys]:
        return _of_another_number(keys[0], doc_number, others, issued_on)
    if numbered:
        return Pairing(
            Pair.WRONG_TITLE,
            f"文号 {_shown(numbered[0])} 是《{numbered[0].title}》的，不是这个标题的。没有保存，请核对文号和标题是不是一对。",
            numbered[0],
            "doc_number",
        )
    return Pairing(Pair.FINE)


def title_key(title: str) -> str:
    """Equal for titles that differ only in width, script, blanks, quotation marks, the state's name or a bracket
    behind them: （2023修订）."""
    plain = re.sub(r"[\s《》〈〉<>\"“”'‘’]", "", normalise(title))
    return re.sub(r"\([^()]{0,40}\)$", "", plain).removeprefix("中华人民共和国")


def _of_another_number(key: str, typed: str, others: Sequence[KnownDocument], issued_on: dt.date | None) -> Pairing:
    slips = [(slip, each) for each in others if (slip := slip_between(key, each.number_key))]
    slip, likely = slips[0] if slips else (None, others[0])
    is_dated = issued_on is not None and likely.issued_on is not None and issued_on != likely.issued_on
    # Guides and yearly points keep their title: an honest new one has another day as well, and a number all of its own.
    if is_dated and slip in (None, Slip.YEAR):
        message = f"库里已有《{likely.title}》，文号是{_shown(likely)}。没有另建。如果这是它的新版本，请在那件政策下添加版本。"
        return Pairing(Pair.SAME_TITLE, message, likely, "title")
    why = f"（{_WHY[slip]}）" if slip else ""
    message = f"这个标题的文号是{_shown(likely)}，不是{typed.strip()}{why}。没有保存，请改正文号或标题。"
    return Pairing(Pair.WRONG_NUMBER, message, likely, "doc_number")


def _titled(title: str, known: Sequence[KnownDocument]) -> list[KnownDocument]:
    """What has that title, or short title; else what has one that differs by a slip."""
    key = title_key(title)
    if not key:
        return []
    exact = [each for each in known if key in {title_key(name) for name in (each.title, *each.short_titles)}]
    return exact or [each for each in known if _is_near(key, title_key(each.title))]


def _is_near(key: str, other: str) -> bool:
    """Much alike, with the same figures (2023年…要点) and the same beginning (who wrote it, or for which place)."""
    is_alike = key[:_SAME_BEGINNING] == other[:_SAME_BEGINNING] and fuzz.ratio(key, other) >= _NEAR
    return is_alike and re.findall(r"\d+", key) == re.findall(r"\d+", other)


def _same_count(known: KnownDocument, issued_on: dt.date | None, issuer: str) -> bool:
    """Whether the same number is the same document."""
    if known.number_key.startswith("主席令"):
        return issued_on is None or known.issued_on is None or issued_on.year == known.issued_on.year
    if known.number_key.startswith("公告"):
        return not issuer or not known.issuer or issuer == known.issuer
    return True


def _shown(known: KnownDocument) -> str:
    return known.doc_number or known.number_key.replace("||", "第").replace("|", "〔", 1).replace("|", "〕") + "号"
