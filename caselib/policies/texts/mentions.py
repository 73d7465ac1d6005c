"""Articles as a sentence mentions them: 第三十三条第二款、第三款, 第33、34条, 第二百三十二条至第二百三十四条, 第（一）（三）项.

Works on text in normal form. Each step matches a bounded piece at one place, so that time grows with the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from caselib.core.text import chinese_int, chinese_numeral

_NUM = r"(\d{1,4}|[零〇一二两三四五六七八九十百千]{1,9})"
_SMALL = r"(\d{1,3}|[一二三四五六七八九十百]{1,5})"
_ARTICLE = re.compile(rf"\s?(第)?\s?{_NUM}\s?条(?:\s?之\s?(\d{{1,2}}|[一二三四五六七八九十]{{1,3}})(?![\d般切定律]))?")
# 第33、34条, 第三十三至三十五条: the first number leaves its 条 to the last.
_NUMBER_OF_LIST = re.compile(
    rf"\s?第?\s?{_NUM}(?=\s?(?:[、,和及与]|至|到|-|—)\s?第?\s?(?:\d|[零〇一二两三四五六七八九十百千]))"
)
_PARAGRAPH = re.compile(rf"\s?第?\s?{_SMALL}\s?款")
_ITEM = re.compile(rf"\s?第?\s?\(?\s?{_SMALL}\s?\)?\s?项")
# 第(一)、(三)项 and 第(一)至(三)项.
_ITEM_OF_LIST = re.compile(rf"\s?第?\s?\(\s?{_SMALL}\s?\)(?=\s?(?:[、,和及与]|至|到|-|—)?\s?第?\s?\()")
_SUBITEM = re.compile(rf"\s?第?\s?{_SMALL}\s?目")
_JOIN = re.compile(r"\s?(?:[、,和及与或]|以及|或者)\s?")
_UP_TO = re.compile(r"\s?(?:至|到|—|-)\s?")
# 登记条例33 and 登记条例33/2/3, right behind a name.
_BARE = re.compile(r"\s?(\d{1,4})(-\d{1,2})?((?:/\d{1,3}){0,3})(?![\d/.]|\s?[条号年月日天%个名次项款元万])")
# The civil code has 1,260; 公司法 2023 is a year.
_LAST_ARTICLE = 1_300
# Nobody lists more; a range that is longer is told by its two ends.
_LONGEST_RANGE = 100
_LONGEST_LIST = 60


@dataclass(frozen=True, slots=True)
class Place:
    """One article, paragraph, item or part, in figures; 0 where it was not named."""

    article: int
    later: int = 0
    paragraph: int = 0
    item: int = 0
    subitem: int = 0

    @property
    def ref(self) -> str:
        """条-之/款/项/目; an item without a named paragraph belongs to the first."""
        article = f"{self.article}-{self.later}" if self.later else str(self.article)
        parts = [self.paragraph or (1 if self.item else 0), self.item, self.subitem]
        while parts and not parts[-1]:
            parts.pop()
        return "/".join([article, *map(str, parts)])


@dataclass(frozen=True, slots=True)
class Mention:
    """Places that stand in a text from `start` to `end`; more than one for a range."""

    start: int
    end: int
    places: tuple[Place, ...]


def ref_label(ref: str) -> str:
    """What a law calls such a place: 33-1/2/3 is 第三十三条之一第二款第（三）项."""
    article, *below = ref.split("/")
    number, _, later = article.partition("-")
    label = f"第{chinese_numeral(int(number))}条" + (f"之{chinese_numeral(int(later))}" if later else "")
    forms = ("第{}款", "第（{}）项", "第{}目")
    return label + "".join(
        form.format(chinese_numeral(int(part))) for form, part in zip(forms, below, strict=False) if part != "0"
    )


def mentions(text: str, start: int, end: int, *, is_behind_name: bool) -> Iterator[Mention]:
    """The articles between two places of a text. `is_behind_name`: whether a law is named right before `start`, so that
    the first one needs no 第: 公司法32条, 登记条例33."""
    at = start
    if is_behind_name and (bare := _BARE.match(text, at, end)) and not _NUMBER_OF_LIST.match(text, at, end):
        article = int(bare[1])
        below = [int(part) for part in bare[3].split("/")[1:]] + [0, 0, 0]
        if 0 < article <= _LAST_ARTICLE:
            yield Mention(_begin(bare), bare.end(), (Place(article, int((bare[2] or "-0")[1:]), *below[:3]),))
            at = bare.end()
    while at < end:
        # Any article but the first behind a name begins with 第.
        if not (is_behind_name and at == start):
            at = text.find("第", at, end)
            if at < 0:
                return
        found = list(_sequence(text, at, end))
        yield from found
        at = found[-1].end if found else at + 1


def _sequence(text: str, at: int, end: int) -> Iterator[Mention]:
    """Articles with what is below them, as far as they are joined: A、B和C, A至B."""
    last: Place | None = None
    joined = ""
    for _ in range(_LONGEST_LIST):
        found = _one(text, at, end, last)
        if found is None:
            return
        match_start, at, place = found
        yield Mention(match_start, at, _range(last, place) if joined == "to" and last else (place,))
        last = place
        if join := _UP_TO.match(text, at, end):
            joined, at = "to", join.end()
        elif join := _JOIN.match(text, at, end):
            joined, at = "and", join.end()
        elif _ITEM.match(text, at, end) or _ITEM_OF_LIST.match(text, at, end):
            # 第(一)(三)项
            joined = "and"
        else:
            return


def _one(text: str, at: int, end: int, last: Place | None) -> tuple[int, int, Place] | None:
    """(from, to, place): an article, or a paragraph or item of the last one."""
    for pattern in (_ARTICLE, _NUMBER_OF_LIST):
        match = pattern.match(text, at, end)
        if pattern is _NUMBER_OF_LIST and match and not _has_article_ahead(text, match.end(), end):
            continue
        if match and (number := chinese_int(match[match.lastindex and 2 if pattern is _ARTICLE else 1])):
            later = (chinese_int(match[3]) or 0) if pattern is _ARTICLE and match[3] else 0
            to, place = _below(text, match.end(), end, Place(number, later))
            return _begin(match), to, place
    if last is None:
        return None
    begin = at
    to, place = _below(text, at, end, Place(last.article, last.later))
    if to == begin:
        return None
    if not place.paragraph:
        place = Place(last.article, last.later, last.paragraph, place.item or last.item, place.subitem)
    return begin, to, place


def _has_article_ahead(text: str, at: int, end: int) -> bool:
    """Whether a list of numbers ends with 条."""
    for _ in range(_LONGEST_LIST):
        join = _JOIN.match(text, at, end) or _UP_TO.match(text, at, end)
        if join is None:
            return False
        if _ARTICLE.match(text, join.end(), end):
            return True
        number = _NUMBER_OF_LIST.match(text, join.end(), end)
        if number is None:
            return False
        at = number.end()
    return False


def _below(text: str, at: int, end: int, place: Place) -> tuple[int, Place]:
    """What is named below an article, and where that ends."""
    numbers = [0, 0, 0]
    for level, patterns in enumerate(((_PARAGRAPH,), (_ITEM, _ITEM_OF_LIST), (_SUBITEM,))):
        match = next((found for pattern in patterns if (found := pattern.match(text, at, end))), None)
        if match and (number := chinese_int(match[1])):
            numbers[level], at = number, match.end()
    return at, Place(place.article, place.later, *numbers)


def _range(first: Place, last: Place) -> tuple[Place, ...]:
    """What lies between two places, without the first, which was told already."""
    if (first.later, last.later) == (0, 0) and first.article < last.article <= first.article + _LONGEST_RANGE:
        if first.paragraph or last.paragraph or last.item:
            return (last,)
        return tuple(Place(number) for number in range(first.article + 1, last.article + 1))
    same_article = (first.article, first.later) == (last.article, last.later)
    if same_article and first.paragraph == last.paragraph and 0 < first.item < last.item:
        numbers = range(first.item + 1, last.item + 1)
        return tuple(Place(last.article, last.later, last.paragraph, number) for number in numbers)
    if same_article and not first.item and not last.item and 0 < first.paragraph < last.paragraph:
        return tuple(
            Place(last.article, last.later, number) for number in range(first.paragraph + 1, last.paragraph + 1)
        )
    return (last,)


def _begin(match: re.Match[str]) -> int:
    return match.start() + len(match[0]) - len(match[0].lstrip())
