"""The records of a text: entries of its lists, and the two that stand alone. Values, checked and stored by `content`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HandlingStep:
    """处理过程. `day` counts from the day on which it was reported, 0 is that day; None where the source does not say."""

    what: str
    who: str = ""
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """材料. `sample_picture` and `mistake_picture` are codes of attachments of the same precedent."""

    name: str
    required: bool = True
    deferrable: bool = False
    correct_sample: str = ""
    common_mistake: str = ""
    sample_picture: str = ""
    mistake_picture: str = ""


@dataclass(frozen=True, slots=True)
class DeferredMaterial:
    """容缺: one paper that may come later. `supplied` is None where nobody noted whether it came."""

    item: str
    why_minor: str = ""
    verification: str = ""
    deadline: str = ""
    consequence: str = ""
    supplied: bool | None = None


@dataclass(frozen=True, slots=True)
class Flexibility:
    """授权边界 of a flexible handling: on what basis, what stays mandatory (for 急办: what was not waived), who approved."""

    basis: str = ""
    still_mandatory: str = ""
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class Alternative:
    """替代政策: from what does not fit to what may."""

    wanted: str
    instead: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Detour:
    """不符合时去哪: what to do where one condition fails.

    `condition`: a line of `applies_when` or `not_when`, word for word; `target`: the library number of a precedent or the
    number of a document that is cited, empty where the words are all there is.
    """

    condition: str
    instead: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Entrance:
    """办理入口: where it is handed in, as link text and address."""

    label: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """成效: a figure before and after, as text, with its unit."""

    before: str = ""
    after: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    date: str = ""
    address: str = ""
