"""Text as the rules read it: one kind of digit, upper case, simplified, without what cannot be seen.

Rules count characters of this reading; `Reading.span` leads back to the text as it was given.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from caselib.core.text import normalise

_GONE = "\x00"
# Combining marks, format marks such as zero-width blanks, controls, unpaired surrogates: nobody sees them.
_UNSEEN = frozenset({"Mn", "Me", "Cf", "Cc", "Cs"})
_BLANK = frozenset("\n\t")
# ①③⑧… is a number in disguise, a single ① the mark of a list: only three close together are read as digits.
_MARK = "[⓪①-⑨⑴-⑼⒈-⒐❶-❾➀-➈➊-➒⓵-⓽⓿⁰¹²³⁴-⁹₀-₉]"
_ENCLOSED = re.compile(rf"{_MARK}(?:[A-Z0-9]{{0,12}}{_MARK}){{2,}}")
_ONE_ENCLOSED = re.compile(_MARK)
# A numeral that ends a word belongs to no number that follows: 周一138… and 统一社会信用代码91….
_ENDS_WORD = re.compile("(?<=[周期第统唯之其万逐单每])[一二三四五六七八九两]")
_SPOKEN = str.maketrans("〇零○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两", "0001234567891" + "1234567892")
# What may stand between the digits of one number; at most three of them.
GAP = "[ *\t\\-‐‑‒–—―−_·・•]{0,3}"
_SPOKEN_RUN = re.compile(rf"[0-9](?:{GAP}[0-9]){{4,}}")


# Blanks of a web page, pasted as they are written there.
_ENTITY = re.compile("&(?:NBSP|ENSP|EMSP|THINSP|ZWNJ|ZWJ|SHY|#(?:32|160|173|8203|8288|X20|XA0|XAD|X200B|X2060|XFEFF));")


class _FoldTable(dict[int, str]):
    """What becomes of each character, one for one; worked out when a character is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if character == "\r":
            folded = "\n"
        elif character in _BLANK:
            folded = character
        elif category in _UNSEEN:
            folded = _GONE
        elif category == "Nd":
            folded = str(unicodedata.decimal(character))
        elif category == "No":
            folded = character
        else:
            normal = normalise(character).upper()
            folded = normal if len(normal) == 1 else character
        self[code] = folded
        return folded


_FOLD = _FoldTable()


@dataclass(frozen=True, slots=True)
class Reading:
    """`text`: normal form; `spoken`: the same with Chinese numerals as digits; both of one length.

    `places`: for each character of them its place in the text as given, or None where nothing was dropped.
    """

    text: str
    spoken: str
    places: Sequence[int] | None

    @property
    def views(self) -> tuple[str, ...]:
        """What to look for numbers in: `spoken` only where Chinese numerals make up a number of some length.

        Both, because in 周一138… the numeral belongs to the day and not to the number.
        """
        for run in _SPOKEN_RUN.finditer(self.spoken):
            if self.text[run.start() : run.end()] != run[0]:
                return (self.text, self.spoken)
        return (self.text,)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the text as given that these characters stand for."""
        if self.places is None:
            return start, end
        return self.places[start], self.places[end - 1] + 1

    def near(self, words: re.Pattern[str], start: int, end: int, *, before: int = 14, after: int = 8) -> bool:
        """Whether one of the words stands within so many characters before or behind."""
        return bool(
            words.search(self.text, max(0, start - before), start)
            or (after and words.search(self.text, end, end + after))
        )


def read(text: str) -> Reading:
    """Takes time in proportion to the length of the text."""
    folded = _ENTITY.sub(_gone, text.translate(_FOLD))
    places = None
    if _GONE in folded:
        places = [place for place, character in enumerate(folded) if character != _GONE]
        folded = folded.replace(_GONE, "")
    folded = _ENCLOSED.sub(_without_rings, folded)
    return Reading(text=folded, spoken=_ENDS_WORD.sub("#", folded).translate(_SPOKEN), places=places)


def _without_rings(run: re.Match[str]) -> str:
    return _ONE_ENCLOSED.sub(lambda mark: str(unicodedata.digit(mark[0])), run[0])


def _gone(entity: re.Match[str]) -> str:
    return _GONE * len(entity[0])
