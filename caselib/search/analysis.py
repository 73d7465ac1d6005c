"""From text to tokens: one way for index and query, so that a word that is written down is a word that can be found.

These kinds of tokens are made. `words`: the general dictionary of jieba with our own beside it, each word with all
dictionary words inside it, and the words of this library (see `caselib.search.dictionary`). `grams`: pairs of
neighbouring Chinese characters, so that finding never depends on a dictionary. `exact`: document numbers, articles and
library numbers in normal form, taken out before segmentation, which would tear them apart. Short zones such as titles
get `sounds` as well: see `caselib.search.sounds`.
"""

import functools
import hashlib
import logging
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata, resources
from operator import add
from pathlib import Path

from django.conf import settings

from caselib.core.text import (
    INSERTED_ARTICLE,
    LIBRARY_NUMBER,
    article_refs,
    document_numbers,
    library_numbers,
    normalise,
)

from . import sounds
from .dictionary import NO_WORDS, Dictionary

# Raise it when the same text yields other tokens or other facets than before: indexes made earlier then ask to be built again.
RULES_VERSION = 8

_DATA = resources.files("caselib.search").joinpath("data")
_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\u3007]+")
_NOT_CHINESE = re.compile("[^\u3400-\u4dbf\u4e00-\u9fff\u3007]+")
_LATIN = re.compile(r"[a-z0-9]+(?:[._/-][a-z0-9]+)*")
_LATIN_PART = re.compile(r"[a-z]+|\d+")
_NUMERAL = r"(?:\d{1,4}|[零〇一二两三四五六七八九十百千]{1,9})"
# What `exact` tokens were made from: cut out, for segmented numerals are noise that matches every other article.
_REFERENCE = re.compile(
    rf"第\s*{_NUMERAL}\s*条(?:{INSERTED_ARTICLE})?(?:\s*第?\s*{_NUMERAL}\s*款)?(?:\s*第?\s*\(?\s*{_NUMERAL}\s*\)?\s*项)?"
    r"|[(\[]\s*\d{4}\s*[)\]]\s*第?\s*\d{1,5}\s*号"
    r"|令\s*第?\s*\d{1,4}\s*号"
    r"|\b\d{6}-\d{4}-[a-z0-9]{2,6}-\d{4}\b"
)
# Where a document number can stand: some characters before 号, or after the code of a standard.
_NEAR_NUMBER = re.compile(r"[^号]{0,48}号|(?:gb|db).{0,30}")
_NUMBER_SIGNS = ("号", "gb", "db")
_LONGEST_TOKEN = 40


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text, repeats included, in the order of the text."""

    words: tuple[str, ...]
    grams: tuple[str, ...]
    exact: tuple[str, ...]
    sounds: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words or self.grams or self.exact)


@dataclass(frozen=True, slots=True)
class Segmenter:
    """Cuts Chinese text into dictionary words. `known` tells whether a word stands in the dictionary."""

    name: str
    cut: Callable[[str], list[str]]
    known: Callable[[str], bool]


def _lines(name: str) -> Iterator[str]:
    for line in _DATA.joinpath(name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()


def own_words() -> list[tuple[str, int]]:
    """Our dictionary: (word, frequency), the frequency high enough that the segmenter keeps the word whole."""
    return [(word, int(frequency)) for word, frequency in (line.split() for line in _lines("words.txt"))]


@functools.cache
def stop_words() -> frozenset[str]:
    return frozenset(word for line in _lines("stop_words.txt") for word in line.split())


def _no_words() -> Dictionary:
    return NO_WORDS


_live_dictionary: Callable[[], Dictionary] = _no_words


def follow(source: Callable[[], Dictionary]) -> None:
    """Names where the dictionary of the live index comes from; asked for every text that is read without one."""
    global _live_dictionary
    _live_dictionary = source


def fingerprint(dictionary: Dictionary | None = None) -> str:
    """What the tokens depend on, as 16 hexadecimal digits. An index made with another one has to be built again.

    `dictionary`: the words of the library; None for those of the live index, so that only the product's own rules differ.
    """
    words = _live_dictionary() if dictionary is None else dictionary
    return hashlib.sha256(f"{_product_fingerprint(RULES_VERSION)} {words.digest}".encode()).hexdigest()[:16]


@functools.cache
def _product_fingerprint(rules: int) -> str:
    digest = hashlib.sha256(f"{rules} jieba {metadata.version('jieba')}".encode())
    # Facts and subjects are no tokens of the text, but stand in the index beside them.
    for name in ("words.txt", "stop_words.txt", "facts.txt", "subjects.txt", "traits.txt"):
        digest.update(_DATA.joinpath(name).read_bytes())
    return digest.hexdigest()


@functools.lru_cache(maxsize=100_000)
def is_kept_whole(word: str) -> bool:
    """Whether the segmenter finds a word in normal form by itself, so that no library needs to name it."""
    return word in _words(word, NO_WORDS)


def cache_folder() -> Path:
    """Where jieba keeps its parsed dictionary. It is unmarshalled, so nobody else may write there."""
    folder = Path(settings.CASELIB_DATA_DIR) / "cache"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def reference_segmenter() -> Segmenter:
    """jieba itself. About 0.7 s and 80 MB to load."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.tmp_dir = str(cache_folder())
    tokenizer.initialize()
    for word, frequency in own_words():
        tokenizer.add_word(word, frequency)
    # No HMM: what it guesses differs with the neighbours, so a word in a question and in a text may part; bigrams
    # find what no dictionary knows.
    return Segmenter("jieba", lambda text: tokenizer.lcut(text, HMM=False), lambda word: bool(tokenizer.FREQ.get(word)))


def fast_segmenter() -> Segmenter | None:
    """The same in native code, ten times as fast; None where it is not installed.

    That it yields the same tokens is kept by tests/search/test_analysis.py.
    """
    try:
        import rjieba
    except ImportError:
        return None
    # The dictionary that the module has read for itself: an instance of ours would be a second one, 24 MB and 0.2 s.
    for word, frequency in own_words():
        rjieba.add_word(word, frequency, None)
    return Segmenter("rjieba", lambda text: rjieba.cut(text, False), rjieba.has_word)


_segmenter: Segmenter | None = None
_loading = threading.Lock()


def segmenter() -> Segmenter:
    """The segmenter of this process, loaded once."""
    global _segmenter
    if _segmenter is None:
        with _loading:
            if _segmenter is None:
                _segmenter = fast_segmenter() or reference_segmenter()
    return _segmenter


def preload() -> None:
    """Loads dictionary and tables, so that the first question of a fresh worker is as fast as the next ones."""
    tokenize("营业执照遗失，怎么补办？沪府办规〔2024〕2号第三条", short=True)


@functools.lru_cache(maxsize=100_000)
def _inner_words(word: str) -> tuple[str, ...]:
    """Every dictionary word inside a longer one. jieba's search mode stops at three characters."""
    known, stops = segmenter().known, stop_words()
    size = len(word)
    inner = (word[start : start + length] for length in range(2, size) for start in range(size - length + 1))
    return tuple(part for part in inner if part not in stops and known(part))


@functools.cache
def _stop_pairs() -> frozenset[str]:
    """Pairs of characters that say nothing: stop words, and any two characters that are stop words alone."""
    single = [word for word in stop_words() if len(word) == 1]
    return stop_words() | {first + second for first in single for second in single}


def _words(text: str, dictionary: Dictionary) -> list[str]:
    stops = stop_words()
    found = []
    for word in segmenter().cut(_NOT_CHINESE.sub(" ", text)):
        if word in stops or word == " ":
            continue
        found.append(word)
        if len(word) > 2:
            found.extend(_inner_words(word))
    if dictionary.words:
        for run in _CHINESE.findall(text):
            found.extend(dictionary.within(run))
    for word in _LATIN.findall(text):
        found.append(word[:_LONGEST_TOKEN])
        parts = _LATIN_PART.findall(word)
        if 1 < len(parts) < 8:
            found.extend(part[:_LONGEST_TOKEN] for part in parts)
    return found


def _grams(text: str, *, singles: bool) -> list[str]:
    stops = _stop_pairs()
    found: list[str] = []
    for run in _CHINESE.findall(text):
        if len(run) == 1 or singles:
            found.extend(run)
        found.extend([pair for pair in map(add, run, run[1:]) if pair not in stops])
    return found


def _exact(text: str) -> list[str]:
    # The sign that each kind cannot be without is looked for first: most texts have none, and the patterns are slow.
    found = []
    if any(sign in text for sign in _NUMBER_SIGNS) and (around := _NEAR_NUMBER.findall(text)):
        found.extend(f"doc:{number}" for number in document_numbers("\n".join(around)))
    if "条" in text:
        for reference in article_refs(text):
            steps = reference.split("/")
            # 第三十三条第二款 is also found by 第三十三条.
            found.extend("art:" + "/".join(steps[: depth + 1]) for depth in range(len(steps)))
    if LIBRARY_NUMBER.search(text):
        found.extend(f"no:{number}" for number in library_numbers(text))
    return found


def tokenize(text: str, *, short: bool = False, dictionary: Dictionary | None = None) -> Tokens:
    """The tokens of a text, for the index and for a query alike.

    `short` adds what only titles, tags and names get: each Chinese character alone to `grams`, so that a query of one
    character finds something, and `sounds`; both without every body in the index.
    """
    plain = normalise(text)
    exact = _exact(plain)
    rest = _REFERENCE.sub(" ", plain)
    return Tokens(
        words=tuple(_words(rest, _live_dictionary() if dictionary is None else dictionary)),
        grams=tuple(_grams(rest, singles=short)),
        exact=tuple(exact),
        sounds=tuple(sounds.tokens_of(rest)) if short else (),
    )
