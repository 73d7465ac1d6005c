"""What of a version may not be shown to a viewer because it tells of a precedent that the viewer may not read.

A lesson keeps its title for who may write the pack, who typed it; a question about such a precedent is kept from everybody.
"""

from dataclasses import dataclass

from django.db.models import Case, Q, Value, When

from caselib.orgs.scope import ViewerScope
from caselib.precedents.visibility import PrecedentStatus

from ..audiences import q_wide_enough
from ..models import Lesson, QuestionText
from ..telling import codes_named, readable_precedents, told_of
from .contents import Contents


@dataclass(frozen=True, slots=True)
class Veil:
    """`readable`: keys of the precedents that the viewer may read, `codes`: their codes, `retired`: keys of those out of use, `narrow`:
    keys of those that not everybody may read for whom the pack is meant. `writes`: whether the viewer may write the pack."""

    readable: frozenset[int]
    codes: frozenset[str]
    retired: frozenset[int]
    narrow: frozenset[int]
    writes: bool

    def hides(self, lesson: Lesson) -> bool:
        """Whether the precedent of the lesson is hidden, whoever typed the title."""
        return lesson.precedent_id is not None and lesson.precedent_id not in self.readable

    def hides_words(self, lesson: Lesson) -> bool:
        """Whether title and note of the lesson are hidden."""
        return self.hides(lesson) and not self.writes

    def hides_text(self, text: QuestionText) -> bool:
        about = text.question.precedent_id
        return (about is not None and about not in self.readable) or bool(codes_named(text) - self.codes)

    def is_retired(self, text: QuestionText) -> bool:
        return text.question.precedent_id in self.retired


def veil_of(*contents: Contents | None, scope: ViewerScope, writes: bool) -> Veil:
    """What of these versions of one pack the viewer may read. Needs `pack.owner_department.region`. 1 query."""
    keys: set[int] = set()
    codes: set[str] = set()
    read = [each for each in contents if each is not None]
    for each in read:
        keys.update(lesson.lesson.precedent_id for lesson in each.lessons if lesson.lesson.precedent_id)
        told = told_of(each.texts)
        keys |= told[0]
        codes |= told[1]
    visible = readable_precedents(scope)
    wide = Case(When(q_wide_enough(read[0].version.pack), then=Value(True)), default=Value(False))
    rows = visible.filter(Q(pk__in=keys) | Q(code__in=codes)).annotate(is_wide=wide)
    found = list(rows.values_list("pk", "code", "status", "is_wide"))
    return Veil(
        readable=frozenset(pk for pk, *_ in found),
        codes=frozenset(code for _, code, *_ in found),
        retired=frozenset(pk for pk, _, status, _ in found if status == PrecedentStatus.RETIRED),
        narrow=frozenset(pk for pk, *_, is_wide in found if not is_wide),
        writes=writes,
    )
