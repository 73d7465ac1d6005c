"""Words that say the same in halls: looked for beside what was asked, with less weight, at the time of the question only.

Stored texts are never rewritten, so a group that was wrong is gone with the next question. `current()` is what counts.
"""

from .groups import MOST_GROUPS, MOST_WORDS, Group, Synonyms
from .parsing import Problem, built_in, parse
from .site import current, forget, hold, site_words, trying
from .torn import all_parts, torn_words_in

__all__ = [
    "MOST_GROUPS",
    "MOST_WORDS",
    "Group",
    "Problem",
    "Synonyms",
    "all_parts",
    "built_in",
    "current",
    "forget",
    "hold",
    "parse",
    "site_words",
    "torn_words_in",
    "trying",
]
