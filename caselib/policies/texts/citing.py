"""From a sentence with citations to what it cites: 《市场主体登记管理条例》第三十三条第二款、第三十四条, 登记条例33.

Each article belongs to the law named before it. What is not clear is told with its reason, so that it can wait for a
person; nothing is dropped.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from caselib.core.text import chinese_numeral, normalised_with_places

from .mentions import Mention, Place, mentions
from .missing import missing_names, missing_number
from .names import PolicyTable, longest_name, plain_name
from .numbers import Meant, meant_by, without_issuer, written_numbers

# 《独生子女父母光荣证》 is quoted as well; what is no kind of policy counts as one only where an article of it is cited.
_KIND_AT_END = re.compile(
    r"(?:法典?|条例|办法|规定|细则|规则|意见|决定|决议|通知|公告|通告|指引|指南|方案|标准|规范|解释|纲要|要点|规程|规划|批复|函|令|章程|清单)"
    r"(?:\([^()]{0,40}\))?$"
)
_ARTICLE_NEXT = re.compile(r"\s?第?\s?(?:\d{1,4}|[零〇一二两三四五六七八九十百千]{1,9})\s?条")
# Nobody cites more laws in one text; a pasted book is cut here.
MOST_LAWS = 300
MOST_CHARACTERS = 50_000
_QUOTED = re.compile(r"《([^《》]{1,200})》")
_OWN = re.compile(r"本(?:法|条例|办法|规定|细则|规则|决定|意见|通知)(?![人院定官律庭])")
_SAME = re.compile(
    r"[该同](?:法|条例|办法|规定|细则|规则|决定|意见|通知)(?![人院定官律庭])|前述(?:法律|条例|办法|规定)"
)
# 国办发〔2022〕5号、公司法 are two, 公司法（主席令第15号） is one.
_BETWEEN_TWO = re.compile(r"[、,;。:!?和与及\n]")
# 公司法 is not what 公司法实施细则 and 公司法司法解释(二) name.
_GOES_ON = re.compile(r"(?:的?(?:实施|若干|适用)?(?:细则|办法|条例|规定|解释)|司法解释|实施|草案)")


class Why(StrEnum):
    FOUND = "found"
    UNKNOWN_POLICY = "unknown_policy"
    AMBIGUOUS = "ambiguous"
    WRONG_NUMBER = "wrong_number"
    NO_SUCH_CLAUSE = "no_such_clause"


@dataclass(frozen=True, slots=True)
class Cited:
    """One thing that is cited, at `span` of the text (from, to); for an article the span of the article alone.

    `policy`: its code, or None. `ref`: 条-之/款/项/目, or empty for the whole policy; `label`: of a head (二、（三）) where
    the policy has heads and no articles. `named`: what names the policy, as typed. `candidates`: codes that may be meant.
    """

    span: tuple[int, int]
    policy: str | None
    ref: str
    why: Why
    candidates: tuple[str, ...] = ()
    named: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class _Law:
    """A law named in the text, in places of the normal form."""

    start: int
    end: int
    why: Why
    codes: tuple[str, ...] = ()
    is_number: bool = False
    is_same: bool = False
    # Quoted, but no policy: no name inside of it is read.
    is_nothing: bool = False

    @property
    def policy(self) -> str | None:
        return self.codes[0] if self.why is Why.FOUND else None


def cited(
    text: str, *, table: PolicyTable, clauses: Mapping[str, Collection[str]] | None = None, own: str | None = None
) -> list[Cited]:
    """What a text cites, in its order.

    `clauses`: for policies whose clauses are known, their refs, and the labels of heads. `own`: the policy in which the
    text stands, for 本法. Reads the first 50,000 characters.
    """
    return placed(named_in(text, table=table, own=own), clauses or {})


@dataclass(frozen=True, slots=True)
class Named:
    """What is cited as it was read, before anybody looks whether the policy has such places; none for the whole of it."""

    whole: Cited
    places: tuple[Place, ...] = ()


def named_in(text: str, *, table: PolicyTable, own: str | None = None) -> list[Named]:
    """The first half of `cited`, which needs no clauses: for who learns from it whose clauses to load."""
    source, places = normalised_with_places(text[:MOST_CHARACTERS])
    found: list[Named] = []
    for law, mention in _bound(source, _laws(source, table, own)):
        start, end = (mention.start, mention.end) if mention else (law.start, law.end)
        whole = Cited(
            span=(places[start], places[end]),
            policy=law.policy if law else None,
            ref="",
            why=law.why if law else Why.UNKNOWN_POLICY,
            candidates=law.codes if law and law.why is not Why.FOUND else (),
            named=text[places[law.start] : places[law.end]] if law else "",
        )
        found.append(Named(whole, mention.places if mention else ()))
    return found


def placed(found: Iterable[Named], clauses: Mapping[str, Collection[str]]) -> list[Cited]:
    """The second half of `cited`."""
    held = _Held(clauses)
    return [
        each
        for named in found
        for each in ([held.checked(named.whole, place) for place in named.places] or [named.whole])
    ]


def _bound(source: str, laws: Sequence[_Law]) -> Iterator[tuple[_Law | None, Mention | None]]:
    """Each article with the law before it, and each law that no article follows with None."""
    starts = [0, *(law.end for law in laws)]
    ends = [*(law.start for law in laws), len(source)]
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        law = laws[number - 1] if number else None
        articles = list(mentions(source, start, end, is_behind_name=law is not None))
        if law is not None and not articles and not law.is_same:
            yield law, None
        yield from ((law, mention) for mention in articles)


class _Held:
    """The clauses that policies are known to have, by policy and article; each policy is looked through once."""

    def __init__(self, clauses: Mapping[str, Collection[str]]) -> None:
        self._clauses = clauses
        self._below: dict[str, dict[str, list[str]]] = {}

    def checked(self, whole: Cited, place: Place) -> Cited:
        """The place as the policy really has it, or told that it has none such."""
        each = replace(whole, ref=place.ref)
        if each.policy is None or each.policy not in self._clauses:
            return each
        held = self._clauses[each.policy]
        head = f"{chinese_numeral(place.article)}、" + (f"（{chinese_numeral(place.item)}）" if place.item else "")
        if each.ref in held:
            return each
        if head in held:
            return replace(each, ref="", label=head)
        ref = self._nearest(each.policy, place)
        return replace(each, ref=ref) if ref else replace(each, why=Why.NO_SUCH_CLAUSE)

    def _nearest(self, policy: str, place: Place) -> str:
        """The ref under which a place that is not held as written is held after all, or empty."""
        article = Place(place.article, place.later).ref
        if article not in self._clauses[policy]:
            return ""
        below = self._of(policy).get(article, [])
        if not below:
            # Its paragraphs were never entered: the article is there, and what was cited of it stays.
            return place.ref
        if place.item and not place.paragraph:
            # 第三十三条第(三)项 of an article whose items stand in its second paragraph.
            fitting = [ref for ref in below if ref.split("/")[2:] == place.ref.split("/")[2:]]
            return fitting[0] if len(fitting) == 1 else ""
        is_only_paragraph = place.paragraph == 1 and not place.item and f"{article}/2" not in below
        return article if is_only_paragraph else ""

    def _of(self, policy: str) -> dict[str, list[str]]:
        if policy not in self._below:
            below = self._below[policy] = {}
            for ref in self._clauses[policy]:
                article, inner, _ = ref.partition("/")
                if inner:
                    below.setdefault(article, []).append(ref)
        return self._below[policy]


def _laws(source: str, table: PolicyTable, own: str | None) -> list[_Law]:
    """The laws that are named, from left to right, each place taken once."""
    laws: list[_Law] = []
    for found in (_quoted(source, table), _numbers(source, table), _names(source, table), _words(source, own)):
        laws = _merged(laws, found)
    known = tuple(table.names)
    taken = [(law.start, law.end) for law in laws]
    missing = (
        _Law(max(0, each.start - len(each.shown) + 2), each.end, Why.UNKNOWN_POLICY)
        for each in missing_names(source, known=known, taken=taken)
    )
    named = [law for law in _merged(laws, missing) if not law.is_nothing]
    return list(_referring(_paired(named, source)))


def _merged(laws: Sequence[_Law], more: Iterable[_Law]) -> list[_Law]:
    """Both in order, without those of the second that overlap the first."""
    merged: list[_Law] = []
    end = 0
    ranked = sorted(
        [*((law.start, 0, law) for law in laws), *((law.start, 1, law) for law in more)], key=lambda e: e[:2]
    )
    first = iter([*laws, None])
    ahead = next(first)
    for _, is_more, law in ranked:
        while ahead is not None and ahead.start < law.start:
            ahead = next(first)
        if is_more and (law.start < end or (ahead is not None and ahead.start < law.end)):
            continue
        merged.append(law)
        end = law.end
    return merged[:MOST_LAWS]


def _quoted(source: str, table: PolicyTable) -> Iterator[_Law]:
    for match in _QUOTED.finditer(source):
        codes = table.names.get(plain_name(match[1]), ())
        number = next((law for law in _numbers(match[1], table)), None) if not codes else None
        if number is None:
            is_policy = codes or _KIND_AT_END.search(match[1]) or _ARTICLE_NEXT.match(source, match.end())
            yield replace(_law(match.start(), match.end(), codes), is_nothing=not is_policy)


def _numbers(source: str, table: PolicyTable) -> Iterator[_Law]:
    meanings: dict[tuple[str, str, int], Meant | None] = {}
    for written in written_numbers(source):
        # The same number again costs nothing: each is held against all that are known.
        key = (written.code, written.year, written.serial)
        if key not in meanings:
            meanings[key] = meant_by(replace(written, start=0), table.numbers, near=True)
        at_start = meanings[key]
        meant = replace(at_start, start=written.start + at_start.start) if at_start else None
        start, is_known = written.start, meant is not None
        if meant is None and not written.year:
            meant = meant_by(without_issuer(written), table.numbers, near=False)
        lacks = missing_number(written, source) if not is_known else None
        if lacks is not None:
            yield _Law(lacks.start, written.end, Why.UNKNOWN_POLICY, is_number=True)
        elif meant is not None:
            start = meant.start
            codes = tuple(dict.fromkeys(number.policy for number in meant.numbers))
            law = _law(start, written.end, codes, is_number=True)
            yield law if meant.is_exact else replace(law, why=Why.WRONG_NUMBER)


def _names(source: str, table: PolicyTable) -> Iterator[_Law]:
    at = 0
    while at < len(source):
        name = longest_name(source, at, table)
        if name and not _GOES_ON.match(source, at + len(name)):
            yield _law(at, at + len(name), table.names[name])
        at += len(name) or 1


def _words(source: str, own: str | None) -> Iterator[_Law]:
    """本法 and 该条例."""
    for match in _OWN.finditer(source):
        yield _law(match.start(), match.end(), (own,) if own else ())
    for match in _SAME.finditer(source):
        yield _Law(match.start(), match.end(), Why.UNKNOWN_POLICY, is_same=True)


def _law(start: int, end: int, codes: tuple[str, ...], *, is_number: bool = False) -> _Law:
    why = {0: Why.UNKNOWN_POLICY, 1: Why.FOUND}.get(len(codes), Why.AMBIGUOUS)
    return _Law(start, end, why, codes, is_number)


def _referring(laws: Iterable[_Law]) -> Iterator[_Law]:
    """该条例 means the law named before it."""
    before: _Law | None = None
    for law in laws:
        if law.is_same and before is not None:
            yield replace(before, start=law.start, end=law.end, is_same=True)
            continue
        if not law.is_same:
            before = law
        yield law


def _paired(laws: Sequence[_Law], source: str) -> list[_Law]:
    """A title and a number right beside each other name one law; if they are those of two, the number is wrong."""
    paired: list[_Law] = []
    for law in laws:
        last = paired[-1] if paired else None
        is_apart = last is None or law.start - last.end > 2 or _BETWEEN_TWO.search(source, last.end, law.start)
        if last is None or is_apart or law.is_number == last.is_number or law.is_same or last.is_same:
            paired.append(law)
            continue
        shared = tuple(code for code in last.codes if code in law.codes)
        codes = shared or tuple(dict.fromkeys((*last.codes, *law.codes)))
        both = _law(last.start, law.end, codes)
        is_wrong = codes and (not shared or Why.WRONG_NUMBER in (last.why, law.why))
        paired[-1] = replace(both, why=Why.WRONG_NUMBER) if is_wrong else both
    return paired
