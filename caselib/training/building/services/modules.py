"""单元: added, renamed, moved and taken away. Where one should stand is named and not how far, so that a double click moves it once."""

from django.db import transaction
from django.utils.translation import gettext

from caselib.core.errors import RuleBroken, StaleState
from caselib.core.ids import is_code
from caselib.orgs.scope import ViewerScope

from ...models import Module, Pack, PackVersion
from ..limits import LONGEST_TITLE, MOST_MODULES
from ..typed import line_kept
from .holding import arranged, module_of, version_held

FIRST_MODULE = "第一单元"


@transaction.atomic
def module_add(pack: Pack, title: str, *, key: str, scope: ViewerScope) -> Module:
    """An empty module at the end. `key`: of the form, so that pressing twice adds one.

    Raises RuleBroken without a title and for more than 40, NotVisible, NotAllowed, StaleState. Writes Module, AuditEvent
    pack.arranged.
    """
    version = version_held(pack, scope)
    modules = list(version.modules.order_by("position", "pk"))
    if found := next((module for module in modules if module.key == key), None):
        return found
    if len(modules) >= MOST_MODULES:
        raise RuleBroken(
            gettext("没有加：一个培训包最多 {most} 个单元。合并几个，或者分成两个培训包。").format(most=MOST_MODULES),
            code="too_many",
            field="module_title",
        )
    title = _title(title, "module_title")
    keyed = {"key": key} if is_code(key) else {}
    made = Module.objects.create(version=version, position=len(modules), title=title, **keyed)
    arranged(version, scope, after={"added": title})
    return made


@transaction.atomic
def module_rename(pack: Pack, key: str, title: str, *, was: str, scope: ViewerScope) -> Module:
    """`was`: the title that stood there when it was read. Raises RuleBroken, StaleState where somebody was first."""
    version = version_held(pack, scope)
    module, title = module_of(version, key), _title(title, f"title-{key}")
    if module.title == title:
        return module
    if module.title != was:
        raise StaleState(
            gettext("没有改名：有人先改成了“{title}”。您写的还在框里，要用再存一次。").format(title=module.title)
        )
    module.title = title
    module.save(update_fields=["title"])
    arranged(version, scope, before={"title": was}, after={"title": title})
    return module


@transaction.atomic
def module_move(pack: Pack, key: str, *, before: str, scope: ViewerScope) -> None:
    """Puts it in front of the module `before`, or at the end for none. Raises StaleState where one of both is gone."""
    version = version_held(pack, scope)
    module = module_of(version, key)
    others = [each for each in version.modules.order_by("position", "pk") if each.key != key]
    at = len(others)
    if before:
        at = next((index for index, each in enumerate(others) if each.key == before), -1)
        if at < 0:
            raise StaleState(gettext("没有移：要放到它前面的单元刚刚被删掉了。看看现在的再来。"))
    others.insert(at, module)
    if positioned(others):
        arranged(version, scope, after={"moved": module.title, "position": at + 1})


@transaction.atomic
def module_delete(pack: Pack, key: str, *, scope: ViewerScope) -> bool:
    """Takes an empty module away; False where it is gone already. Raises RuleBroken where lessons stand in it, and for the last."""
    version = version_held(pack, scope)
    modules = list(version.modules.order_by("position", "pk"))
    module = next((each for each in modules if each.key == key), None)
    if module is None:
        return False
    if count := module.lessons.count():
        raise RuleBroken(
            gettext("没有删：“{title}”里还有 {count} 课。先移走或者删掉这些课。").format(
                title=module.title, count=count
            ),
            code="not_empty",
            field=f"m-{key}",
        )
    if len(modules) == 1:
        raise RuleBroken(gettext("没有删：至少留一个单元，课要放在里面。"), code="last_module", field=f"m-{key}")
    modules.remove(module)
    module.delete()
    positioned(modules)
    arranged(version, scope, before={"removed": module.title})
    return True


def positioned(rows: list) -> bool:
    """Numbers modules or lessons or questions in this order, without gaps; whether any had to move. At most 1 query."""
    moved = [row for at, row in enumerate(rows) if row.position != at]
    for at, row in enumerate(rows):
        row.position = at
    if moved:
        type(moved[0]).objects.bulk_update(moved, ["position"])
    return bool(moved)


def a_module_of(version: PackVersion, key: str) -> Module:
    """The module that was chosen; for no key the last one, made where there is none."""
    if key:
        return module_of(version, key)
    last = version.modules.order_by("position", "pk").last()
    return last or Module.objects.create(version=version, title=FIRST_MODULE)


def _title(typed: str, field: str) -> str:
    return line_kept(typed, name="单元名称", field=field, longest=LONGEST_TITLE, required=True)
