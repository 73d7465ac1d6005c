"""The dictionary that this library's names would make today: synonyms, matters, departments and short titles of policies.

Other names of matters and tags are left to the segmenter: as words of their own they were measured to cost more first
results than they gain (docs/search.md).
"""

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from caselib.catalog.models import Matter
from caselib.core.text import normalise
from caselib.orgs.models import Department
from caselib.policies.models import Policy
from caselib.search.analysis import is_kept_whole, stop_words
from caselib.search.dictionary import MOST_WORDS, Dictionary, is_word
from caselib.search.synonyms import site_words


def library_dictionary() -> Dictionary:
    """The same content gives the same words, in whatever order it was written. 4 queries; 40,000 names in about 1 s.

    What the segmenter keeps whole by itself is left out. Of too many words synonyms stay first: without their word in the
    dictionary they find nothing.
    """
    stops = stop_words()
    needed = (word for word in _names() if is_word(word) and word not in stops and not is_kept_whole(word))
    return Dictionary.of(islice(dict.fromkeys(needed), MOST_WORDS))


def _names() -> Iterator[str]:
    """All names in normal form, the most needed first, each kind in its own order."""
    yield from sorted(site_words())
    yield from _normal(Matter.objects.values_list("name", flat=True))
    departments = Department.objects.values_list("short_names", "former_names")
    yield from _normal(chain.from_iterable((*short, *former) for short, former in departments))
    yield from _normal(chain.from_iterable(Policy.objects.values_list("short_titles", flat=True)))


def _normal(names: Iterable[str]) -> list[str]:
    return sorted({normalise(str(name)).strip() for name in names})
