"""What kind of case one is (容缺受理, 依法办不了, 部门推诿): as a request for cases asks for it, and as the index keeps it."""

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from caselib.precedents.models import Kind, Measure, Precedent, ResultType, Revision

from .reader import Lexicon, lines_of, parse

# The facet that holds the traits of a precedent.
TRAITS = "traits"
# A longer text tells a story; nobody asks for cases in so many words.
LONGEST = 60
_ASKED, _TOLD = "asked", "told"
# Before a trait that only the story tells, not title, tags, causes or what was declared.
_BY_THE_WAY = "~"
# What the data says itself, whatever the text says.
_BY_RESULT = {
    ResultType.LAWFULLY_IMPOSSIBLE: "依法办不了",
    ResultType.GUIDANCE: "给了指引",
    ResultType.OUT_OF_SCOPE: "分流转办",
}
# 没有先例 and 先例可循 tell why something was refused; 刑事案件 and 我的案子 are somebody's own.
_SURE = r"案例|例子|实例|事例|(?<![没无有])先例(?!可)"
_LIKELY = r"(?<=的)案[子件]|类似(?:的)?(?:情况|情形|事)"
_LEARNERS = r"新人|新员工|新同事|新来的|新入职的?|年轻人|窗口人员|学员|大家"
_TRAINING = r"培训|教学|讲课|上课|讲解|备课|带教"
_COUNT = r"(?:[一二两三四五几]|一些|些)[件个类种则]?"
# The words around what the cases are about, each to be left out wherever it stands.
_FRAME = re.compile(
    rf"(?:的)?(?:{_SURE}|{_LIKELY})(?:的)?"
    rf"|(?:给|带|教|讲给)?(?:{_LEARNERS})们?(?:做个?|用来)?(?:{_TRAINING}|学习|练手|对比|看看?|参考)?用?的?"
    rf"|(?:{_TRAINING})(?:用|时用|素材|材料)的?"
    rf"|(?:帮我|请|想|想要|给我)?(?:找|挑|选|列|举|看|看看|学|学习|了解|要)(?:{_COUNT})(?:来)?(?:学习|学|讲|看|练)?"
    r"|(?:有|还有)?(?:哪些|哪几件|哪几个)|有没有|有吗|汇总|盘点|合集|对比|比较着看|几种情[形况]|各种情[形况]|不同情[形况]"
    r"|类似的?|典型的?|经典的?|帮我|^想看|^要|^讲|[,:、]讲"
)
# That cases are asked for, and not what happened to somebody is told.
_REQUEST = re.compile(
    rf"{_SURE}|(?:给|带|教)(?:{_LEARNERS})|新人(?:{_TRAINING}|学习)|(?:{_TRAINING})用|踩过的坑|(?:找|挑)(?:{_COUNT})(?:来)?(?:学|讲|看)"
    r"|的(?:对比|汇总|盘点|合集)$"
)
_LIKELY_REQUEST = re.compile(rf"{_LIKELY}|哪几件|几种情[形况]|不同情[形况]")
_OWN = re.compile("(?<![给帮])[我咱俺]")
# Nobody tells what happened to himself like this: 互相踢皮球，最后开会才定的.
_HEADLINE = ("的", "情形", "情况", "做法")
_STORY = re.compile(r"[我咱俺你您他她吗呢?]|怎么|哪|能不能|可以|是不是")
_EDGES = " ,.:;、。?!的"


@dataclass(frozen=True, slots=True)
class Request:
    """A request for cases of a kind. `rest`: what they are about, without the words around it; empty for no request."""

    traits: tuple[str, ...] = ()
    rest: str = ""

    def __bool__(self) -> bool:
        return bool(self.rest)


NO_REQUEST = Request()


@functools.cache
def lexicon() -> Lexicon:
    """The traits that come with the product."""
    return parse(lines_of("traits.txt"))


def request_of(text: str, *, rest: str) -> Request:
    """What a question asks of cases. About 0.1 ms for a request, next to nothing for any other question.

    `text`: the question, `rest`: what of it is left to look for, both in normal form.
    """
    if len(text) > LONGEST:
        return NO_REQUEST
    is_said = bool(_REQUEST.search(text) or (_LIKELY_REQUEST.search(text) and not _OWN.search(text)))
    if not is_said and (not text.endswith(_HEADLINE) or _STORY.search(text)):
        return NO_REQUEST
    traits = tuple(fact.value for fact in lexicon().read(rest) if fact.dimension == _ASKED)
    if not is_said and not traits:
        return NO_REQUEST
    about = " ".join(filter(None, (part.strip(_EDGES) for part in _FRAME.split(rest))))
    return Request(traits, about or rest)


def trait_token(trait: str) -> str:
    """A trait as an exact token of the index, told plainly or by the way."""
    return f"trait:{trait.removeprefix(_BY_THE_WAY)}"


def preferred_traits(traits: Iterable[str], *, plain: float, by_the_way: float) -> dict[str, float]:
    """What the traits that a request asks for are worth, by value of the facet."""
    return {
        value: worth for trait in traits for value, worth in ((trait, plain), (f"{_BY_THE_WAY}{trait}", by_the_way))
    }


def traits_of(precedent: Precedent) -> tuple[str, ...]:
    """The traits of a precedent's live text. Needs what `search.indexing` loads."""
    revision = precedent.live_revision
    plain = dict.fromkeys([*_declared(precedent, revision), *_told(_headings(revision))])
    by_the_way = [f"{_BY_THE_WAY}{trait}" for trait in _told(_story(revision)) if trait not in plain]
    return (*plain, *by_the_way)


def _told(texts: Iterable[str]) -> Iterator[str]:
    for fact in lexicon().read("\n".join(texts), meant_only=True):
        if fact.dimension == _TOLD:
            yield fact.value


def _declared(precedent: Precedent, revision: Revision) -> Iterator[str]:
    if revision.result_type in _BY_RESULT:
        yield _BY_RESULT[ResultType(revision.result_type)]
    if precedent.kind == Kind.ROUTING_CARD:
        yield "分流转办"
    if revision.deferred_material:
        yield "容缺受理"
    if revision.measure == Measure.LASTING:
        yield "固化推广"
    if revision.alternatives:
        yield "换路办成"


def _headings(revision: Revision) -> Iterator[str]:
    yield from (revision.title, revision.lasting_rule)
    yield from (cause.name for cause in revision.causes.all())
    yield from (tag.name for tag in revision.tags.all())


def _story(revision: Revision) -> Iterator[str]:
    yield from (revision.gist, revision.blocker, revision.resolution)
