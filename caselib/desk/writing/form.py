"""The form of a draft as plain names and values, and the text that it makes: what a browser sends, read without ever failing.

Names: a field of the text is its own name. A list of words is the same name several times; an empty value among them says
that the list was in the form. A record of a list is `materials-<n>-name`, with any `n`, in the order of `n`; `materials` alone
says that the list was in the form. One record is `flexibility-basis`. Vocabulary rows stand by their names. What is not
in the form at all stays as it is.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from caselib.core.errors import RuleBroken
from caselib.precedents.content import (
    ALL_TEXT_FIELDS,
    DATE_FIELDS,
    RECORD_FIELDS,
    STRING_LIST_FIELDS,
    RevisionContent,
    checked,
)
from caselib.precedents.models import Precedent
from caselib.precedents.naming import category_key, precedent_key
from caselib.precedents.services import checked_note

from . import reading, records
from .reading import Form, Typed, Typing

__all__ = ["CHANGE_NOTE", "Form", "Read", "Typed", "read_typed", "typed_of"]

CHANGE_NOTE = "change_note"


@dataclass(frozen=True, slots=True)
class Read:
    """What a form holds. `content` is fit to be saved: what breaks a rule has the value from before there, and a sentence in
    `problems` under the name of its input. `change_note` is None where the form does not ask for it."""

    content: RevisionContent
    problems: dict[str, str] = field(default_factory=dict)
    change_note: str | None = None


def read_typed(typed: Typed, *, current: RevisionContent, precedent: Precedent | None) -> Read:
    """The text that a form makes of `current`. Raises nothing; citations stay as they are, they have a page of their own.

    At most 2 queries for matters and 1 for each other vocabulary, and only where a name was changed.
    """
    form = Typing(Form(typed), current, {})
    found: dict[str, Any] = {}
    found |= reading.texts(form)
    found |= reading.lists(form)
    found |= reading.dates_and_numbers(form)
    found |= reading.rows(form, precedent)
    found |= records.lists(form)
    found |= records.singles(form)
    content = _checked(dataclasses.replace(current, **found), form)
    return Read(_followed(content, current), form.problems, _note(form))


def _note(form: Typing) -> str | None:
    if CHANGE_NOTE not in form.form:
        return None
    try:
        return checked_note(form.form.last(CHANGE_NOTE))
    except RuleBroken as error:
        form.problems[CHANGE_NOTE] = error.message
        return None


def _checked(content: RevisionContent, form: Typing) -> RevisionContent:
    """The content with each field that breaks a rule of the text put back to what it was."""
    content, problem = _dates_in_order(content, form.current)
    if problem:
        form.problems.setdefault("applies_until", problem)
    for _ in dataclasses.fields(content):
        try:
            return checked(content)
        except RuleBroken as error:
            form.problems.setdefault(error.field, error.message)
            before = getattr(form.current, error.field)
            if getattr(content, error.field) == before:
                break
            content = dataclasses.replace(content, **{error.field: before})
    # Only a text that no rule of today would take is left here; nothing of it is written over.
    return form.current


def _followed(content: RevisionContent, before: RevisionContent) -> RevisionContent:
    """A condition that was reworded in its place takes along where one goes when it fails."""
    reworded = {}
    for name in ("applies_when", "not_when"):
        old, new = getattr(before, name), getattr(content, name)
        pairs = zip(old, new, strict=False)
        reworded |= {was: now for was, now in pairs if was != now and was not in new and now not in old}
    detours = tuple(
        dataclasses.replace(each, condition=reworded.get(each.condition, each.condition)) for each in content.detours
    )
    return dataclasses.replace(content, detours=detours)


def _dates_in_order(content: RevisionContent, current: RevisionContent) -> tuple[RevisionContent, str]:
    start, end = content.applies_from, content.applies_until
    if not (start and end and end <= start):
        return content, ""
    kept = {name: getattr(current, name) for name in DATE_FIELDS}
    return dataclasses.replace(content, **kept), "过渡期的结束日早于开始日，两个日期都没有改。核对后再存。"


def typed_of(content: RevisionContent, *, change_note: str | None = None) -> dict[str, list[str]]:
    """The form that makes this text: `read_typed` of it is the text again."""
    typed = {name: [str(getattr(content, name))] for name in ALL_TEXT_FIELDS}
    typed |= {name: ["", *getattr(content, name)] for name in (*STRING_LIST_FIELDS, "tags")}
    typed |= {name: [day.isoformat() if (day := getattr(content, name)) else ""] for name in DATE_FIELDS}
    typed["visits"] = ["" if content.visits is None else str(content.visits)]
    typed |= {name: [_name(getattr(content, name))] for name in ("matter", "theme")}
    typed["region"] = [content.region.full_name if content.region else ""]
    typed["supersedes"] = [precedent_key(content.supersedes) if content.supersedes else ""]
    for name in ("more_matters", "causes"):
        typed[name] = ["", *(row.name for row in getattr(content, name))]
    typed["categories"] = ["", *map(category_key, content.categories)]
    for name in RECORD_FIELDS:
        typed |= {name: [""]} | records.typed_list(name, getattr(content, name))
    for name in records.SINGLES:
        typed |= records.typed_single(name, getattr(content, name))
    return typed if change_note is None else typed | {CHANGE_NOTE: [change_note]}


def _name(row: Any) -> str:
    return row.name if row else ""


def merged(typed: Mapping[str, Sequence[str]], content: RevisionContent) -> dict[str, list[str]]:
    """What was typed, and for what was not in the form what the text says."""
    return typed_of(content) | {name: list(values) for name, values in typed.items()}
