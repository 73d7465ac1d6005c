"""Many matters at once, as a file brings them: what each row would do, and doing it. Planning writes nothing."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record_many
from caselib.audit.words import kept_of_many
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.marks import mark_vocabulary, vocabulary_turn
from caselib.core.words import changed, word_key

from .matters import MatterFacts, facts_checked, with_old_name
from .models import Matter, MatterTheme

STALE_PLAN = "预检之后事项改过，结果和刚才看到的不一样，什么都没有写。下面是重新预检的结果，看过再确认。"
NEW, CHANGED, UNCHANGED, REFUSED = "new", "changed", "unchanged", "refused"
# A field of the file may stay empty: it says nothing, and what is stored stays.
TEXTS = ("department_kind", "audience", "basic_code", "impl_code", "key_matter", "key_batch")
LISTS = ("aliases", "materials")
# Columns of a file by names of the model.
LABELS = {
    "name": "事项名称", "theme": "主题", "department_kind": "哪类部门办", "aliases": "别名", "audience": "服务对象",
    "materials": "材料", "basic_code": "基本编码", "impl_code": "实施编码", "key_matter": "重点事项", "key_batch": "批次",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MatterLine:
    """One row of a file. `code`: of the matter, where the file names it; `troubles`: what could not be read of it."""

    number: int
    name: str
    theme: str = ""
    code: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    troubles: Sequence[str] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One value that would change, before and after, as people read it."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a row. `what`: new, changed, unchanged or refused; `reason` of a refused one."""

    number: int
    what: str
    name: str
    changes: tuple[Change, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    key: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """`digest` stands for all that would be written: equal digests mean equal results."""

    outcomes: tuple[Outcome, ...]
    digest: str

    def of(self, what: str) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.what == what)

    @property
    def writes(self) -> bool:
        return any(outcome.what in (NEW, CHANGED) for outcome in self.outcomes)


class _Catalogue:
    """All matters and themes as they are, and what earlier rows of the file would make of them. 2 queries."""

    def __init__(self) -> None:
        self.themes = {word_key(theme.name): theme for theme in MatterTheme.objects.all()}
        rows = list(Matter.objects.select_related("theme", "merged_into"))
        self.by_code = {row.code: row for row in rows}
        self.by_name = {word_key(row.name): row for row in rows}
        self.by_alias = {word_key(alias): row for row in rows if row.merged_into is None for alias in row.aliases}
        self.impl_codes = {row.impl_code: row.pk for row in rows if row.impl_code}
        self.taken_by_row: dict[str, int] = {}
        self.codes_by_row: dict[str, int] = {}
        self.done: dict[int, int] = {}


def plan_of(lines: Iterable[MatterLine]) -> Plan:
    """What these rows would do now. 2 queries; 20,000 rows in some 4 s."""
    catalogue = _Catalogue()
    outcomes = tuple(_outcome(line, catalogue) for line in lines)
    plain = [
        [
            [each.number, each.what, each.key, each.reason],
            [[name, str(value)] for name, value in each.values.items()],
            # What it would replace was seen as well.
            [[change.label, change.before] for change in each.changes],
        ]
        for each in outcomes
    ]
    return Plan(outcomes, hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest())


@transaction.atomic
def matters_import(lines: Sequence[MatterLine], *, digest: str, actor: Any | None) -> Plan:
    """Carries out what the dry run of these rows showed, and nothing else. Returns it.

    Raises StaleState when something else would come of it by now. Writes Matter, an AuditEvent for each row: matter.imported
    for a new one, matter.saved for a changed one; marks the vocabulary. 20,000 rows in some 10 s.
    """
    vocabulary_turn()
    plan = plan_of(lines)
    if plan.digest != digest:
        raise StaleState(STALE_PLAN)
    if not plan.writes:
        return plan
    made, told = [], []
    for outcome in plan.of(NEW):
        matter = Matter()
        told.append(kept_of_many(changed(matter, dict(outcome.values))[1]))
        made.append(matter)
    Matter.objects.bulk_create(made, batch_size=200)
    record_many(Action.MATTERS_IMPORTED, made, actor=actor, after=told)
    _change(plan.of(CHANGED), actor=actor)
    mark_vocabulary()
    return plan


def _change(outcomes: Sequence[Outcome], *, actor: Any | None) -> None:
    rows, before, after = [], [], []
    for start in range(0, len(outcomes), 500):
        batch = outcomes[start : start + 500]
        present = Matter.objects.select_for_update().in_bulk([outcome.key for outcome in batch])
        for outcome in batch:
            old, new = changed(present[outcome.key], dict(outcome.values))
            rows.append(present[outcome.key])
            before.append(kept_of_many(old))
            after.append(kept_of_many(new))
    Matter.objects.bulk_update(rows, ["name", "theme", *TEXTS, *LISTS, "lock_version"], batch_size=100)
    record_many(Action.MATTER_SAVED, rows, actor=actor, before=before, after=after)


def _outcome(line: MatterLine, catalogue: _Catalogue) -> Outcome:
    try:
        if line.troubles:
            raise RuleBroken("".join(line.troubles), code="unreadable")
        matter = _meant(line, catalogue)
        values = facts_checked(_facts(line, matter, catalogue))
        if matter is not None:
            values["aliases"] = with_old_name(values["aliases"], old=matter.name, new=values["name"])
        _refuse_taken(line, values, matter, catalogue)
    except RuleBroken as error:
        return Outcome(line.number, REFUSED, line.name[:64], reason=error.message, notes=tuple(line.notes))
    catalogue.taken_by_row[word_key(values["name"])] = line.number
    if values["impl_code"]:
        catalogue.codes_by_row[values["impl_code"]] = line.number
    if matter is None:
        return Outcome(line.number, NEW, values["name"], notes=tuple(line.notes), values=values)
    catalogue.done[matter.pk] = line.number
    changes = tuple(
        Change(LABELS[name], _shown(getattr(matter, name)), _shown(value))
        for name, value in values.items()
        if getattr(matter, name) != value
    )
    what = CHANGED if changes else UNCHANGED
    return Outcome(line.number, what, matter.name, changes, notes=tuple(line.notes), values=values, key=matter.pk)


def _meant(line: MatterLine, catalogue: _Catalogue) -> Matter | None:
    """The matter that a row is about: by its number, else by its name; None for a new one."""
    if line.code:
        matter = catalogue.by_code.get(line.code)
        if matter is None:
            raise RuleBroken(
                gettext("没有编号“{value}”。新增的事项不写编号。").format(value=line.code[:20]), code="unknown_code"
            )
    else:
        matter = catalogue.by_name.get(word_key(line.name))
        other = catalogue.by_alias.get(word_key(line.name))
        if matter is None and other is not None:
            raise RuleBroken(
                gettext("“{value}”是“{other}”的别名。是同一件事就写那个名称。").format(
                    value=line.name[:64], other=other
                ),
                code="alias_taken",
            )
    if matter is not None and matter.merged_into is not None:
        raise RuleBroken(
            gettext("“{matter}”已经并入“{merged_into}”，不再改它。").format(
                matter=matter, merged_into=matter.merged_into
            ),
            code="merged",
        )
    if matter is not None and matter.pk in catalogue.done:
        raise RuleBroken(
            gettext("和第 {value} 行是同一个事项，只看那一行。").format(value=catalogue.done[matter.pk]), code="twice"
        )
    return matter


def _facts(line: MatterLine, matter: Matter | None, catalogue: _Catalogue) -> MatterFacts:
    """What the row says, and where it says nothing what is stored."""
    theme = catalogue.themes.get(word_key(line.theme)) if line.theme else matter.theme if matter else None
    if line.theme and theme is None:
        raise RuleBroken(
            gettext("没有主题“{value}”。从样表第二张里的主题选。").format(value=line.theme[:32]), code="unknown_theme"
        )
    if theme is None:
        raise RuleBroken(gettext("新事项要写主题。"), code="required")
    values: dict[str, Any] = {name: line.texts.get(name) or (getattr(matter, name) if matter else "") for name in TEXTS}
    values |= {name: line.lists.get(name) or (getattr(matter, name) if matter else ()) for name in LISTS}
    return MatterFacts(name=line.name or (matter.name if matter else ""), theme=theme, **values)


def _refuse_taken(line: MatterLine, values: Mapping[str, Any], matter: Matter | None, catalogue: _Catalogue) -> None:
    own = matter.pk if matter else None
    key, code = word_key(values["name"]), values["impl_code"]
    other = catalogue.by_name.get(key)
    if other is not None and other.pk != own:
        raise RuleBroken(gettext("“{values}”是另一个事项的名称。").format(values=values["name"]), code="name_taken")
    if key in catalogue.taken_by_row:
        raise RuleBroken(
            gettext("和第 {value} 行是同一个名称，只看那一行。").format(value=catalogue.taken_by_row[key]), code="twice"
        )
    if code and catalogue.impl_codes.get(code, own) != own:
        raise RuleBroken(gettext("实施编码 {code} 是另一个事项的。").format(code=code), code="code_taken")
    if code in catalogue.codes_by_row:
        raise RuleBroken(
            gettext("实施编码和第 {value} 行重复。").format(value=catalogue.codes_by_row[code]), code="code_taken"
        )
    for alias in values["aliases"]:
        named = catalogue.by_name.get(word_key(alias))
        if named is not None and named.pk != own and named.merged_into is None:
            raise RuleBroken(gettext("别名“{alias}”是另一个事项的名称。").format(alias=alias), code="alias_taken")


def _shown(value: Any) -> str:
    return "、".join(value) if isinstance(value, list) else str(value)
