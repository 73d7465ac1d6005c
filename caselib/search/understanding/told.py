"""What the page says about how a question was read, in one quiet line, each part with what takes it back."""

from dataclasses import dataclass, replace

from . import PolicyMeant, Question, Step


@dataclass(frozen=True, slots=True)
class Told:
    """`filtered` and `preferred`: years and places that were read. `policies`: those that the question names; `missing`:
    those that it names and the library does not hold. `spelled`: letters that were looked for by sound as well. `traits`:
    the kinds of case that come first; `about`: what a request for cases was taken to be about, where that is not all of it.

    `read_as`: the question as it was corrected. `suggestion`: the question that may have been meant. `guessed`: whether
    a number was looked for that differs from the typed one. `without_…`: the steps for the address (`typed=`) that switch
    one step off as well. `off`: the steps that are switched off now.
    """

    filtered: tuple[str, ...] = ()
    preferred: tuple[str, ...] = ()
    policies: tuple[PolicyMeant, ...] = ()
    missing: tuple[str, ...] = ()
    spelled: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    about: str = ""
    read_as: str = ""
    suggestion: str = ""
    off: tuple[str, ...] = ()
    without_filters: tuple[str, ...] = ()
    without_numbers: tuple[str, ...] = ()
    without_spelling: tuple[str, ...] = ()
    without_sounds: tuple[str, ...] = ()
    without_traits: tuple[str, ...] = ()

    @property
    def guessed(self) -> bool:
        return any(policy.typed for policy in self.policies)

    def __bool__(self) -> bool:
        read = (self.filtered, self.preferred, self.policies, self.missing, self.spelled, self.traits, self.about)
        return any(read) or bool(self.read_as or self.suggestion or self.off)


def told_of(question: Question, *, typed: frozenset[Step]) -> Told:
    """How a question was read. `typed`: the steps that are switched off."""

    def without(step: Step) -> tuple[str, ...]:
        return tuple(sorted(typed | {step}))

    return Told(
        filtered=question.filtered,
        preferred=question.preferred,
        policies=tuple(replace(policy, typed=_as_printed(policy.typed)) for policy in question.policies),
        missing=question.missing,
        spelled=question.spelled,
        traits=question.request.traits,
        about=question.request.rest,
        read_as=question.read_as,
        suggestion=question.suggestion.text if question.suggestion else "",
        off=tuple(sorted(typed)),
        without_filters=without(Step.FILTERS),
        without_numbers=without(Step.NUMBERS),
        without_spelling=without(Step.SPELLING),
        without_sounds=without(Step.SOUNDS),
        without_traits=without(Step.TRAITS),
    )


def _as_printed(number: str) -> str:
    """国办发[2022]5号 with the brackets that numbers have in print."""
    return number.replace("[", "〔").replace("]", "〕")
