"""What hall business a text is about (护照, 养犬登记, 公司注销), and what a question wants to know (多少钱, 几天)."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from caselib.precedents.models import Precedent

from .reader import Lexicon, lines_of, parse

# The facet that holds the subjects of a precedent.
SUBJECTS = "subjects"
_SUBJECT, _NEED = "subject", "need"


@dataclass(frozen=True, slots=True)
class Topic:
    """`subjects` in the order of the text, without broad ones (银行, 盖章); `needs`: what is asked about them."""

    subjects: tuple[str, ...]
    needs: frozenset[str]


@functools.cache
def lexicon() -> Lexicon:
    """The subjects that come with the product."""
    return parse(lines_of("subjects.txt"))


def topic_of(text: str) -> Topic:
    """What a text is about. About 0.5 ms for a sentence."""
    facts = lexicon().read(text)
    return Topic(
        tuple(fact.value for fact in facts if fact.dimension == _SUBJECT and not _is_broad(fact.value)),
        frozenset(fact.value for fact in facts if fact.dimension == _NEED),
    )


def _is_broad(subject: str) -> bool:
    """A word that stands in nearly every case (预约, 复印件) or belongs to many subjects (驾驶证) tells none of them."""
    return subject.endswith("(泛)") or subject.startswith("办事-")


def subjects_of(precedent: Precedent) -> tuple[str, ...]:
    """The subjects of a precedent's live text. Needs what `search.indexing` loads."""
    return topic_of("\n".join(_texts(precedent))).subjects


def _texts(precedent: Precedent) -> Iterable[str]:
    revision = precedent.live_revision
    yield from (revision.title, revision.problem, revision.blocker, *revision.applies_when, *revision.requester_wording)
    yield from (tag.name for tag in revision.tags.all())
    yield from (matter.name for matter in filter(None, (revision.matter, *revision.more_matters.all())))
