"""What the buttons inside the form do to what was typed, before it is saved: rows added and taken out, words replaced."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from caselib.core.personal_data import Finding, find
from caselib.precedents.content import RECORD_FIELDS, RevisionContent
from caselib.precedents.models import Precedent
from caselib.precedents.privacy import Hit, hits_of
from caselib.precedents.sections import Place, places_of

from .findings import key_of, replaced
from .form import read_typed, typed_of
from .reading import WORD_LISTS

BUTTONS = ("add", "remove", "also", "replace", "claim")
_GONE = "文字改过了，没有替换。看看现在标出来的地方。"


@dataclass(frozen=True, slots=True)
class Changed:
    """The form after the deed. `anchor`: the field to come back to; `opens`: the list in which one more row is shown;
    `problem`: why nothing was done."""

    typed: dict[str, list[str]]
    anchor: str = ""
    opens: str = ""
    problem: str = ""


def pressed(typed: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    """(which button, its value): the first that was sent, or two empty words."""
    return next(((name, typed[name][-1]) for name in BUTTONS if typed.get(name)), ("", ""))


def changed(typed: Mapping[str, Sequence[str]], *, current: RevisionContent, precedent: Precedent) -> Changed:
    """What was typed with what the button does to it. Raises nothing."""
    form = {name: list(values) for name, values in typed.items() if name not in BUTTONS}
    button, value = pressed(typed)
    if button == "add" and value in (*RECORD_FIELDS, *WORD_LISTS):
        return Changed(form, anchor=f"f-{value}", opens=value)
    if button == "remove":
        return _removed(form, value)
    if button == "also":
        name, _, entry = value.partition("|")
        form[name] = [*form.get(name, typed_of(current).get(name, [""])), entry]
        return Changed(form, anchor=f"f-{name}")
    if button == "replace":
        return _replaced(form, value, current=current, precedent=precedent)
    return Changed(form)


def _removed(form: dict[str, list[str]], value: str) -> Changed:
    """Takes out the row of that number; `materials-2`, or `applies_when-0` for the first of the entries."""
    name, _, number = value.rpartition("-")
    if not (number.isascii() and number.isdigit()):
        return Changed(form)
    if name in RECORD_FIELDS:
        kept = {key: values for key, values in form.items() if not key.startswith(f"{name}-{int(number)}-")}
        return Changed(kept | {name: [""]}, anchor=f"f-{name}")
    if name in WORD_LISTS:
        # An empty value stands before the entries: it says that the list is in the form.
        entries = form.get(name, [""])
        form[name] = [entry for at, entry in enumerate(entries) if at != int(number) + 1]
        return Changed(form, anchor=f"f-{name}")
    return Changed(form)


def _replaced(form: dict[str, list[str]], value: str, *, current: RevisionContent, precedent: Precedent) -> Changed:
    """Puts neutral words in the place of a finding, in what was typed. The place is looked for again: nothing else is touched."""
    key, _, choice = value.rpartition("|")
    read = read_typed(form, current=current, precedent=precedent)
    place, finding = _at(read.content, key)
    text = replaced(place.text, finding, choice) if place and finding else None
    if place is None or text is None:
        return Changed(form, problem=_GONE)
    if any(name.partition("-")[0] == place.field for name in read.problems):
        return Changed(form, problem=_GONE)
    content = dataclasses.replace(read.content, **{place.field: _with(read.content, place, text)})
    rest = {name: values for name, values in form.items() if not _is_of(name, place.field)}
    return Changed(rest | _inputs(content, place.field), anchor=f"f-{place.field}")


def _at(content: RevisionContent, key: str) -> tuple[Place | None, Finding | None]:
    """The place of that key in a text and what is found there now."""
    for place in places_of(content):
        if not key.startswith(f"{place.field}|{place.index}|{place.part}|"):
            continue
        for finding in find(place.text):
            if key == key_of(Hit(place, finding, "")):
                return place, finding
    return None, None


def _with(content: RevisionContent, place: Place, text: str) -> Any:
    """The value of a field with other words at one place of it."""
    value = getattr(content, place.field)
    if place.index >= 0:
        entry = dataclasses.replace(value[place.index], **{place.part: text}) if place.part else text
        return (*value[: place.index], entry, *value[place.index + 1 :])
    return dataclasses.replace(value, **{place.part: text}) if place.part else text


def _inputs(content: RevisionContent, name: str) -> dict[str, list[str]]:
    """The inputs of one field."""
    return {key: values for key, values in typed_of(content).items() if _is_of(key, name)}


def _is_of(key: str, name: str) -> bool:
    return key == name or key.startswith(f"{name}-")


def claimed(content: RevisionContent, precedent: Precedent, key: str) -> Hit | None:
    """The finding of that key in a text, for who says that it is no personal data. 1 query."""
    return next((hit for hit in hits_of(content, precedent=precedent) if key_of(hit) == key), None)
