"""What a pasted ticket asks: the sentences that tell the trouble, without salutations, ticket numbers and telephones.

A long text blurs a question: its labels, thanks and promises to call back are words as good as the trouble's own.
Whatever the text is, reading it takes some 50 ms at most.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from caselib.core.text import clean, normalise
from caselib.orgs.scope import ViewerScope
from caselib.search.analysis import tokenize
from caselib.search.engine.port import WORDS, EngineError
from caselib.search.lexicon.facts import AskedFacts, facts_asked
from caselib.search.lexicon.reader import Fact, lexicon
from caselib.search.lexicon.subjects import topic_of
from caselib.search.scopes import words_seen

# More of a text than this is not read.
LONGEST = 20_000
# A text up to this length is a question by itself.
PLAIN = 150
# So many sentences are compared by meaning, in one piece that a model takes. Measured: see docs/search.md.
MOST_TELLING = 4
# A sentence is parted at its commas where it is longer than the first, anywhere where it is longer than the second.
_LONG, _LONGEST_SENTENCE = 48, 80
_SHORTEST = 5
# A text of more pieces than this is a list or noise; the first pieces stand for it.
_MOST_PIECES = 400
# So many are read for facts and subjects, those with the rarest words: 20 µs a character.
_MOST_READ = 30
_LEADING_WORDS = 6
# A word that stands in more of the library than this says little; one that stands nowhere finds nothing.
_COMMON = 0.2
# What a fact, a subject and the rarest of words tell, against each other.
_FACT, _SOFT_FACT, _SUBJECT, _WORD = 1.0, 0.4, 1.0, 0.5
_COUNTED_WORDS = 8
_ASIDE_FACTOR, _STUCK_FACTOR = 0.25, 1.3
# See AskedFacts; between 0.15 and 0.5 the same is found.
_FACT_SHARE = 0.3

_ENDS = re.compile(r"[。!?;\n\r…~|]+|(?=[【\[])|(?<=[】\]])")
_COMMAS = re.compile(r"[,、:]+")
_EDGES = " ,.:、()-“”\"'"
_MARKUP = re.compile(r"<[^<>\n]{0,200}>|&[a-z]{2,8};|https?://[^\s,。]{1,200}")
# Numbers of tickets and telephones, also masked ones, times and dates.
_NUMBERS = re.compile(r"[a-z]{0,4}[\d*#][\d*#-]{5,40}[\d*#]|\d{1,2}:\d{2}(?::\d{2})?|\d{4}-\d{1,2}-\d{1,2}")
_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
# Who speaks, or the name of a field of a form.
_LABEL = re.compile(
    r"^\s*(?:话务员|坐席|客服|接线员|市民|群众|来电人|诉求人|反映人|当事人|投诉人|留言人|申请人|窗口(?:工作)?(?:人员)?|工作人员"
    r"|诉求(?:内容|描述)?|(?:主要)?内容|具体诉求|反映(?:内容)?|事项|标题|主题|备注|情况说明|问题描述|网络留言|热线记录|留言|来信)"
    r"(?:\([^)]{0,12}\))?\s*:"
)
# Fields of a form, courtesies, and what is said about the ticket instead of the trouble.
_ASIDE = re.compile(
    r"您好|你好|老师好|谢|打扰|辛苦|再见|祝您|贵姓|免贵|评价|满意度|微信|截图|匿名|不留名|略\)|已隐去|已打码|稍等|不好意思|听得到"
    r"|联系(?:电话|方式|号码|人)|回访|回电|来电|电话见|工单|编号|工号|受理(?:时间|人员|部门)|派单|抄送|承办(?:单位|人|部门)|经办"
    r"|紧急程度|是否保密|附件|附:|时限|办理(?:要求|情况)|请(?:贵|领导|尽快|研判|研究|跟进|协调|明确|及时|讲|说|问有什么)"
    r"|(?:答复|回复|回访)(?:要求|时限)|个工作日内(?:与|回复|联系|答复)|登记(?:一下|下来)|记录下来|快一点|很急|急死|太急|好几趟|态度"
)
# Where it is stuck, and what is asked for.
_STUCK = re.compile(
    r"不让|不给|不行|不能|不了|没法|没办法|无法|不予|不肯|不同意|不过去|不通过|通不过|退回|退我|打回|退件|驳回|必须|非要|一定要|需要|要求"
    r"|才(?:能|行|给|肯|可以)|查不到|找不到|没有|不符|不一致|对不上|不全|异常|锁|冻结|过期|失效|丢|没了|说(?:要|是|不|没)|能不能|能否"
    r"|是否|可不可以|怎么"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """`place` counts in the order of the text, whose line ends and labels `text` lacks; it is in normal form.

    `factor`: below 1 for what is said by the way, above 1 for what tells where it is stuck.
    """

    place: int
    text: str
    words: frozenset[str] = frozenset()
    facts: tuple[Fact, ...] = ()
    subjects: tuple[str, ...] = ()
    factor: float = 1.0

    @property
    def is_aside(self) -> bool:
        return self.factor < _STUCK_FACTOR * _ASIDE_FACTOR + 1e-6


@dataclass(frozen=True, slots=True)
class Essence:
    """`telling`: the sentences that tell most, the first of them most. `read`: all that were read, in the text's order."""

    telling: tuple[Sentence, ...] = ()
    read: tuple[Sentence, ...] = ()

    @property
    def text(self) -> str:
        """What to ask with: some 1,500 characters at most."""
        return "。".join(one.text for one in self.read)

    @property
    def core(self) -> str:
        """What it comes down to, for comparing by meaning: the most telling sentence first, so that a cut spares it."""
        return "。".join(one.text for one in self.telling)

    @property
    def facts(self) -> tuple[tuple[Fact, Sentence], ...]:
        """Each fact once, in the order of the text, with the sentence that tells it."""
        found: dict[tuple[str, str], tuple[Fact, Sentence]] = {}
        for one in self.read:
            for fact in () if one.is_aside else one.facts:
                found.setdefault((fact.dimension, fact.value), (fact, one))
        return tuple(found.values())

    @property
    def asked_facts(self) -> AskedFacts:
        """The facts as a question asks for them; a ticket tells many by the way, so each counts less."""
        return AskedFacts(tuple(fact for fact, _ in self.facts), _FACT_SHARE)


def essence_of(text: str) -> str:
    """What to ask in place of a text that is longer than PLAIN; a shorter one as it is."""
    return text if len(text) <= PLAIN else read_essence(text).text


def read_essence(text: str, *, scope: ViewerScope | None = None) -> Essence:
    """The sentences of a text that tell most. Never fails for any text; empty only for one without a letter or digit.

    Asks the index how rare words are in what the viewer `scope` may see; without an index all count alike.
    """
    plain = normalise(clean(text[:LONGEST]))
    pieces = list(_pieces(plain))
    if not pieces:
        rest = " ".join(plain.split())[:_LONGEST_SENTENCE]
        only = (Sentence(1, rest),) if any(map(str.isalnum, rest)) else ()
        return Essence(only, only)
    weights = _weights({word for one in pieces for word in one.words}, scope)
    leading = sorted(pieces, key=lambda one: -one.factor * sum(_best(one.words, weights)))
    read = [
        replace(one, facts=facts_asked(one.text).facts, subjects=topic_of(one.text).subjects)
        for one in leading[:_MOST_READ]
    ]
    return Essence(tuple(_most_telling(read, weights)), tuple(sorted(read, key=lambda one: one.place)))


def _pieces(text: str) -> Iterator[Sentence]:
    """The sentences and parts of sentences of a text in normal form, each once."""
    seen: set[str] = set()
    for raw in _ENDS.split(_MARKUP.sub(" ", text)):
        for piece in _parted(_NUMBERS.sub(" ", _LABEL.sub("", raw))):
            told = " ".join(piece.split()).strip(_EDGES)
            if len(told) < _SHORTEST or told in seen or not _CHINESE.search(told):
                continue
            seen.add(told)
            factor = (_ASIDE_FACTOR if _ASIDE.search(piece) else 1.0) * (_STUCK_FACTOR if _STUCK.search(told) else 1.0)
            words = frozenset(word for word in tokenize(told).words if len(word) > 1)
            yield Sentence(len(seen), told, words=words, factor=factor)
            if len(seen) == _MOST_PIECES:
                return


def _parted(sentence: str) -> Iterator[str]:
    """A sentence in pieces that are short enough to tell one thing."""
    if len(sentence) <= _LONG:
        yield sentence
        return
    held = ""
    for part in _COMMAS.split(sentence):
        if held and len(held) + len(part) > _LONG:
            yield held
            held = ""
        held = f"{held},{part}" if held else part
        while len(held) > _LONGEST_SENTENCE:
            yield held[:_LONGEST_SENTENCE]
            held = held[_LONGEST_SENTENCE:]
    yield held


def _weights(words: Iterable[str], scope: ViewerScope | None) -> Mapping[str, float]:
    """How rare each word is in the library, 0 to 1; 0 as well for one that stands nowhere."""
    words = list(words)
    try:
        counts, size = words_seen(scope, [(WORDS, word) for word in words])
    except EngineError:
        return dict.fromkeys(words, 0.5)
    most, scale = max(2.0, size * _COMMON), math.log(size + 2)
    return {
        word: math.log((size + 1) / count) / scale if 0 < count < most else 0.0
        for word, count in zip(words, counts, strict=True)
    }


def _best(words: Iterable[str], weights: Mapping[str, float]) -> list[float]:
    return sorted((weights[word] for word in words), reverse=True)[:_LEADING_WORDS]


def _tells(one: Sentence, weights: Mapping[str, float]) -> dict[tuple[str, str], float]:
    """What a sentence tells, with how much each of it is worth."""
    soft = lexicon().soft
    told = {(fact.dimension, fact.value): _SOFT_FACT if fact.dimension in soft else _FACT for fact in one.facts}
    told |= {("", subject): _SUBJECT for subject in one.subjects}
    rarest = sorted(one.words, key=lambda word: (-weights[word], word))[:_COUNTED_WORDS]
    return told | {("word", word): _WORD * weights[word] for word in rarest}


def _most_telling(read: Sequence[Sentence], weights: Mapping[str, float]) -> Iterator[Sentence]:
    """One sentence after another, each time the one that adds most to what is told already."""
    left = {one.place: (one, _tells(one, weights)) for one in read}
    told: set[tuple[str, str]] = set()

    def adds(place: int) -> tuple[float, int]:
        one, tells = left[place]
        return one.factor * sum(worth for what, worth in tells.items() if what not in told), -place

    for _ in range(min(MOST_TELLING, len(left))):
        one, tells = left.pop(max(left, key=adds))
        told.update(tells)
        yield one
