"""What a question says, as a value: checked and masked here, stored by `services`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from caselib.catalog.models import Cause, Matter
from caselib.core.errors import RuleBroken
from caselib.core.personal_data import mask
from caselib.core.text import clean
from caselib.policies.models import Clause
from caselib.precedents.models import Revision
from caselib.search.questions import kept_note, kept_words, masked_told

from ..choices import Aspect, QuestionKind
from ..models import QuestionText
from ..questions.kinds import body_checked

LONGEST_STEM = 1_000
LONGEST_EXPLANATION = 2_000
LONGEST_LOCATOR = 100
# What of a part of a body was typed by a person. The other names hold codes and numbers.
_WORDS = frozenset({"text", "why", "when", "sample"})


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionFacts:
    """What a question says. `body`: as `questions.kinds` describes it for the kind; `revision`: the published text of its precedent
    that it was written against; `clause`, `locator`: what the explanation cites."""

    kind: str
    stem: str
    body: Mapping[str, Any] = field(default_factory=dict)
    explanation: str = ""
    clause: Clause | None = None
    locator: str = ""
    aspect: str = Aspect.OTHER
    matter: Matter | None = None
    cause: Cause | None = None
    revision: Revision | None = None

    def is_said_by(self, text: QuestionText) -> bool:
        """Whether a stored text says the same against the same revision."""
        said = (self.kind, self.stem, self.body, self.explanation, self.locator)
        cited = (self.clause.pk if self.clause else None, self.revision.pk if self.revision else None)
        return said == (text.kind, text.stem, text.body, text.explanation, text.locator) and cited == (
            text.clause_id,
            text.revision_id,
        )


def kept_facts(facts: QuestionFacts) -> QuestionFacts:
    """The facts as they are stored: masked, of bounded length, with a body that can be answered. Raises RuleBroken."""
    if facts.kind not in QuestionKind.values or facts.aspect not in Aspect.values:
        raise RuleBroken(gettext("没有存：选一个题型，再选问的是哪一方面。写的都在。"), code="kind", field="kind")
    stem = _words(facts.stem, "题目", "stem", LONGEST_STEM)
    if not stem:
        raise RuleBroken(gettext("没有存：还没有写题目。写的都在。"), code="required", field="stem")
    if len(facts.locator) > LONGEST_LOCATOR:
        raise _too_long("依据", "locator", LONGEST_LOCATOR, len(facts.locator))
    body = body_checked(facts.kind, facts.body)
    return QuestionFacts(
        kind=facts.kind,
        stem=stem,
        # Masking may make a line longer, and two lines alike.
        body=body_checked(facts.kind, masked_body(body)),
        explanation=_words(facts.explanation, "讲解", "explanation", LONGEST_EXPLANATION),
        clause=facts.clause,
        locator=kept_note(facts.locator, longest=LONGEST_LOCATOR),
        aspect=facts.aspect,
        matter=facts.matter,
        cause=facts.cause,
        revision=facts.revision,
    )


def masked_body(value: Any, name: str = "") -> Any:
    """A body with the personal data in its words replaced by what it was. Codes and keys stay."""
    if isinstance(value, Mapping):
        return {key: masked_body(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [masked_body(each, name) for each in value]
    return mask(value) if name in _WORDS and isinstance(value, str) else value


def _words(typed: str, name: str, field_name: str, longest: int) -> str:
    if len(typed) > longest:
        raise _too_long(name, field_name, longest, len(typed))
    return kept_words(clean(typed))[:longest]


def _too_long(name: str, field_name: str, longest: int, count: int) -> RuleBroken:
    told = gettext("没有存：{name}最多 {longest:,} 个字，现在 {count:,} 个。写的都在。")
    return RuleBroken(told.format(name=name, longest=longest, count=count), code="too_long", field=field_name)


def masked_told_of(*typed: str) -> str:
    """What to tell whoever typed words of which some are masked; empty where none are."""
    return next((told for words in typed if (told := masked_told(words))), "")
