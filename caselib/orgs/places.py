"""Regions and departments as editors keep them. Each write is atomic, audited, by compare-and-swap; none asks who may.

Who is of a department, which precedents it owns and its numbers hang on its code and region: both stay as they were made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.audit.words import kept
from caselib.core.errors import NotVisible, RuleBroken
from caselib.core.marks import mark_vocabulary, vocabulary_turn
from caselib.core.words import (
    changed,
    code_checked,
    differs,
    line_checked,
    locked,
    name_checked,
    names_checked,
    refuse_stale,
    refuse_used,
    word_key,
)

from .models import NATION, Department, Region

NAME_LENGTH = 64
REGION_CODE = 6
DEPARTMENT_CODE = range(2, 7)
PATH_LENGTH = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionFacts:
    """What an editor says of a region. `code`: GB/T 2260, six figures, empty for streets and zones."""

    full_name: str
    name: str
    parent: Region | None
    code: str = ""
    code_verified: bool = False


@transaction.atomic
def region_create(facts: RegionFacts, *, actor: Any | None) -> Region:
    """Adds a region. Raises RuleBroken. Writes AuditEvent region.saved."""
    vocabulary_turn()
    values = _region_checked(facts)
    _refuse_region_taken(values, but=None)
    region = Region()
    _, after = changed(region, values)
    region.save()
    _path_kept(region)
    mark_vocabulary()
    record(Action.REGION_SAVED, region, actor=actor, after=kept(after))
    return region


@transaction.atomic
def region_edit(key: int, facts: RegionFacts, *, lock_version: int, actor: Any | None) -> Region:
    """Changes a region or moves it with all that is below it. Saving what is there writes nothing.

    Raises RuleBroken, also for a loop; NotVisible, StaleState. Writes AuditEvent region.saved; marks the vocabulary.
    """
    vocabulary_turn()
    region = locked(Region, key)
    values = _region_checked(facts)
    parent = values["parent"]
    if parent is not None and region.pk in parent.ancestor_ids:
        raise RuleBroken(
            gettext("“{region}”不能归到自己或自己的下级“{parent}”。").format(region=region, parent=parent),
            code="region_loop",
            field="parent",
        )
    if region.full_name == NATION and (values["full_name"] != NATION or parent is not None):
        raise RuleBroken(gettext("“国家”是所有地方的上级，名称和位置不改。"), code="nation", field="full_name")
    if not differs(region, values):
        return region
    refuse_stale(region, lock_version)
    _refuse_region_taken(values, but=region.pk)
    before, after = changed(region, values)
    region.save()
    _path_kept(region)
    mark_vocabulary()
    record(Action.REGION_SAVED, region, actor=actor, before=kept(before), after=kept(after))
    return region


@transaction.atomic
def region_switch(key: int, *, active: bool, lock_version: int, actor: Any | None) -> Region:
    """Offers a region, or not any more; where it is used it stays. Raises RuleBroken, StaleState. Writes AuditEvent."""
    region = locked(Region, key)
    if region.full_name == NATION and not active:
        raise RuleBroken(gettext("“国家”不能停用：全国的政策都挂在它下面。"), code="nation")
    return _switched(region, active=active, lock_version=lock_version, action=Action.REGION_SAVED, actor=actor)


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentFacts:
    """What an editor says of a department. `region` and `code` count when it is made and never again."""

    name: str
    region: Region | None = None
    code: str = ""
    short_names: Sequence[str] = ()
    former_names: Sequence[str] = ()
    topics: Sequence[str] = ()
    note: str = ""


@transaction.atomic
def department_create(facts: DepartmentFacts, *, actor: Any | None) -> Department:
    """Adds a department. Raises RuleBroken, also for a taken name or code. Writes AuditEvent department.saved."""
    vocabulary_turn()
    if facts.region is None:
        raise RuleBroken(gettext("“所在区划”还没选。"), code="required", field="region")
    code = code_checked(facts.code, lengths=DEPARTMENT_CODE, label="代码", field="code")
    if not code:
        raise RuleBroken(gettext("“代码”还没写。入库编号里要用它。"), code="required", field="code")
    values = {**_department_checked(facts), "region": facts.region, "code": code}
    _refuse_department_taken(values["name"], region=facts.region, code=code, but=None)
    department = Department()
    _, after = changed(department, values)
    department.save()
    mark_vocabulary()
    record(Action.DEPARTMENT_SAVED, department, actor=actor, after=kept(after))
    return department


@transaction.atomic
def department_edit(key: int, facts: DepartmentFacts, *, lock_version: int, actor: Any | None) -> Department:
    """Changes a department; a name that goes becomes a former name. Saving what is there writes nothing.

    Raises RuleBroken, NotVisible, StaleState. Writes AuditEvent department.saved; marks the vocabulary.
    """
    vocabulary_turn()
    department = locked(Department, key)
    values = _department_checked(facts)
    known = {word_key(name) for name in (values["name"], *values["former_names"])}
    if word_key(department.name) not in known:
        values["former_names"].append(department.name)
    if not differs(department, values):
        return department
    refuse_stale(department, lock_version)
    _refuse_department_taken(values["name"], region=department.region, code="", but=department.pk)
    before, after = changed(department, values)
    department.save()
    mark_vocabulary()
    record(Action.DEPARTMENT_SAVED, department, actor=actor, before=kept(before), after=kept(after))
    return department


@transaction.atomic
def department_switch(key: int, *, active: bool, lock_version: int, actor: Any | None) -> Department:
    """Offers a department, or not any more; its people and precedents stay. Raises StaleState. Writes AuditEvent."""
    department = locked(Department, key)
    action = Action.DEPARTMENT_SAVED
    return _switched(department, active=active, lock_version=lock_version, action=action, actor=actor)


@transaction.atomic
def place_delete(row: Region | Department, *, lock_version: int, actor: Any | None) -> None:
    """Takes away a region or department that nothing points to. Raises RuleBroken for one in use, StaleState.

    Writes AuditEvent word.deleted; marks the vocabulary.
    """
    vocabulary_turn()
    row = locked(type(row), row.pk)
    refuse_stale(row, lock_version)
    refuse_used(row)
    record(Action.WORD_DELETED, row, actor=actor, before=kept({"name": str(row), "code": row.code}))
    row.delete()
    mark_vocabulary()


def _switched(row: Any, *, active: bool, lock_version: int, action: Action, actor: Any | None) -> Any:
    if row.is_active == active:
        return row
    refuse_stale(row, lock_version)
    before, after = changed(row, {"is_active": active})
    row.save()
    record(action, row, actor=actor, before=kept(before), after=kept(after))
    return row


def _region_checked(facts: RegionFacts) -> dict[str, Any]:
    code = code_checked(facts.code, lengths=[REGION_CODE], label="区划代码", field="code", digits=True)
    if facts.code_verified and not code:
        raise RuleBroken(gettext("没写代码，就没有什么可核对的。"), code="nothing_verified", field="code_verified")
    return {
        "full_name": name_checked(facts.full_name, most=128, label="全称", field="full_name"),
        "name": name_checked(facts.name, most=NAME_LENGTH, label="简称"),
        "parent": facts.parent,
        "code": code,
        "code_verified": facts.code_verified,
    }


def _refuse_region_taken(values: dict[str, Any], *, but: int | None) -> None:
    for full_name, code in Region.objects.exclude(pk=but).values_list("full_name", "code"):
        if word_key(full_name) == word_key(values["full_name"]):
            raise RuleBroken(
                gettext("已经有区划“{full_name}”。").format(full_name=full_name), code="name_taken", field="full_name"
            )
        if code and code == values["code"]:
            raise RuleBroken(
                gettext("代码 {code} 是“{full_name}”的。").format(code=code, full_name=full_name),
                code="code_taken",
                field="code",
            )


def _path_kept(region: Region) -> None:
    """The path of the region, and of all below it, as its parent has it now."""
    old = region.path
    path = f"{region.parent.path if region.parent else '/'}{region.pk}/"
    if path == old:
        return
    below = list(Region.objects.filter(path__startswith=old).exclude(pk=region.pk)) if old else []
    for row in below:
        row.path = path + row.path.removeprefix(old)
    if max(len(row_path) for row_path in (path, *(row.path for row in below))) > PATH_LENGTH:
        raise RuleBroken(gettext("区划的层次太多了，放不下。"), code="too_deep", field="parent")
    region.path = path
    region.save(update_fields=["path"])
    Region.objects.bulk_update(below, ["path"], batch_size=500)


def _department_checked(facts: DepartmentFacts) -> dict[str, Any]:
    name = name_checked(facts.name, most=NAME_LENGTH, label="名称")
    former = names_checked(facts.former_names, most=NAME_LENGTH, label="曾用名", field="former_names")
    return {
        "name": name,
        "short_names": names_checked(facts.short_names, most=NAME_LENGTH, label="简称", field="short_names"),
        "former_names": [old for old in former if word_key(old) != word_key(name)],
        "topics": names_checked(facts.topics, most=NAME_LENGTH, label="管什么", field="topics"),
        "note": line_checked(facts.note, most=200, label="说明", field="note"),
    }


def _refuse_department_taken(name: str, *, region: Region, code: str, but: int | None) -> None:
    for other in Department.objects.filter(region=region).exclude(pk=but):
        if word_key(other.name) == word_key(name):
            raise RuleBroken(
                gettext("“{region}”已经有部门“{other}”。").format(region=region, other=other),
                code="name_taken",
                field="name",
            )
        if code and other.code == code:
            raise RuleBroken(
                gettext("代码 {code} 是“{other}”的。").format(code=code, other=other), code="code_taken", field="code"
            )


def region_at(key: object) -> Region | None:
    """The region of a key as a form sends it; None for none. Raises NotVisible for one that is not there. 1 query."""
    text = str(key or "")
    if not text:
        return None
    region = (
        Region.objects.filter(pk=int(text)).first() if text.isascii() and text.isdigit() and len(text) < 16 else None
    )
    if region is None:
        raise NotVisible()
    return region
