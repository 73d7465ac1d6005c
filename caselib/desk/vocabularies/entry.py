"""The page of one entry: its form, or what it says for who only reads; how much it is used; what became of it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from caselib.audit.actions import LABELS, Action
from caselib.audit.latest import changes_of
from caselib.audit.models import AuditEvent
from caselib.catalog.models import Matter, Scheme
from caselib.catalog.tags import twins
from caselib.core.answers import Denied
from caselib.core.errors import NotVisible, RuleBroken
from caselib.orgs.scope import ViewerScope
from caselib.precedents.usage import NO_USE, Usage

from .access import may_keep_words
from .fields import PICK, TEXT, Field, with_errors
from .kinds import Kind
from .kinds.schemes import ClassRow, class_rows
from .kinds.tags import warning_of

_LONGEST_DETAIL = 200


@dataclass(frozen=True, slots=True)
class HistoryLine:
    at: dt.datetime
    who: str
    what: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryScreen:
    """`row`: None for a new entry. `reason`: why the viewer only reads, or empty. `aliases`: of a matter that the viewer
    may only give other names, None for no such form. `classes`: rows of a scheme, None for other kinds."""

    kind: Kind
    row: Any | None
    fields: tuple[Field, ...]
    lock_version: int
    reason: str
    usage: Usage
    history: tuple[HistoryLine, ...]
    error: str = ""
    stale: str = ""
    warning: str = ""
    merged_into: Any | None = None
    address: str = ""
    classes: tuple[ClassRow, ...] | None = None
    class_error: str = ""
    aliases: Field | None = None

    @property
    def is_active(self) -> bool:
        return self.row is not None and self.kind.is_active(self.row)

    @property
    def title(self) -> str:
        return str(self.row) if self.row else f"新建{self.kind.title}"


def row_at(kind: Kind, key: int) -> Any:
    """Raises NotVisible. 1 query."""
    row = kind.listing.load([key]).get(key)
    if row is None:
        raise NotVisible()
    return row


def entry_screen(
    kind: Kind,
    row: Any | None,
    *,
    scope: ViewerScope,
    typed: Mapping[str, str] | None = None,
    error: RuleBroken | None = None,
    stale: str = "",
) -> EntryScreen:
    """`typed`: what stands in a form that was refused; None for what is stored. About 6 queries."""
    shown = kind.typed_of(row) if typed is None else typed
    answer = kind.may_keep(scope)
    errors = {error.field: error.message} if error else {}
    fields = with_errors(kind.fields(shown, row), errors)
    is_scheme = kind.model is Scheme
    merged_into = getattr(row, "merged_into", None)
    usage = kind.listing.usage([row.pk]).get(row.pk, NO_USE) if row else NO_USE
    return EntryScreen(
        kind=kind,
        row=row,
        fields=fields,
        lock_version=row.lock_version if row else 0,
        reason=answer.reason if isinstance(answer, Denied) else "",
        usage=usage,
        history=tuple(_line(event, kind) for event in changes_of(row)) if row else (),
        error=error.message if error else "",
        stale=stale,
        warning=warning_of(twins().get(row.pk, ())) if row and kind.slug == "tags" else "",
        merged_into=merged_into,
        address=_address(row),
        classes=class_rows(shown) if is_scheme else None,
        class_error=errors.get("classes", "") if is_scheme else "",
        aliases=_aliases(row, shown, errors, scope)
        if kind.model is Matter and not answer and not merged_into
        else None,
    )


def _aliases(
    row: Matter | None, shown: Mapping[str, str], errors: Mapping[str, str], scope: ViewerScope
) -> Field | None:
    if row is None or not may_keep_words(scope):
        return None
    hint = "一行一个。群众怎么叫，就怎么写。"
    return Field("aliases", "别名", TEXT, shown["aliases"], hint=hint, error=errors.get("aliases", ""))


def _address(row: Any | None) -> str:
    """Where readers meet it; empty for what has no page."""
    return reverse("pages:matter", args=[row.code]) if isinstance(row, Matter) else ""


def refuse_unpicked(fields: Sequence[Field], typed: Mapping[str, str]) -> None:
    """Raises RuleBroken where somebody typed into a picker and chose nothing: saving would drop it without a word."""
    for each in fields:
        wanted = typed.get(f"{each.name}_q", "").strip()
        if each.kind == PICK and wanted and not typed.get(each.name):
            raise RuleBroken(
                gettext("“{label}”写了“{wanted}”，还没从列表里选定。").format(label=each.label, wanted=wanted[:20]),
                code="not_picked",
                field=each.name,
            )


def _line(event: AuditEvent, kind: Kind) -> HistoryLine:
    known = event.action in list(Action)
    names = [name for name in event.after if name in kind.facts]
    what = "新建" if not event.before and names else LABELS[Action(event.action)] if known else event.action
    details = () if not event.before else tuple(_detail(kind, name, event) for name in names)
    return HistoryLine(event.at, event.actor_name, what, details)


def _detail(kind: Kind, name: str, event: AuditEvent) -> str:
    old, new = event.before.get(name), event.after[name]
    if isinstance(new, list) and not isinstance(old, list):
        old = []
    if isinstance(new, list):
        added = [_plain(each) for each in new if each not in old]
        removed = [_plain(each) for each in old if each not in new]
        parts = [f"加 {'、'.join(added)}"] if added else []
        parts += [f"去 {'、'.join(removed)}"] if removed else []
        return f"{kind.facts[name]}：{'；'.join(parts) or '换了次序'}"[:_LONGEST_DETAIL]
    return f"{kind.facts[name]}：{_plain(old) or '空'} → {_plain(new) or '空'}"[:_LONGEST_DETAIL]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        visits = f"，跑 {value['min_visits']} 次以上" if value.get("min_visits") else ""
        marks = (
            visits,
            "，要写参照" if value.get("needs_reference") else "",
            "" if value.get("is_active", True) else "，停用",
        )
        return f"{value.get('name', '')}{''.join(marks)}"
    return "" if value is None else str(value)
