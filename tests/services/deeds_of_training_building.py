"""The deeds of `deeds` by which training packs are built."""

from collections.abc import Callable

from caselib.audit.actions import Action
from caselib.core.ids import new_code
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope, scope_of
from caselib.training.building.digests import facts_digest, lesson_digest
from caselib.training.building.services.lessons import LessonFacts, lesson_add_note, lesson_save
from caselib.training.building.services.packs import PackFacts, pack_create, pack_settings_save
from caselib.training.building.services.people import pack_editor_add
from caselib.training.building.services.standing import pack_archive, pack_restore
from caselib.training.models import Pack
from tests import factories

from .deeds import planted


def _begun() -> tuple[Pack, ViewerScope]:
    scope = scope_of(factories.user(Role.TRAINER))
    facts = PackFacts(planted("容缺"), goal=planted("会判断"), intro=planted("先看"))
    return pack_create(facts, code=new_code(), scope=scope), scope


def _saved() -> None:
    pack, scope = _begun()
    facts = PackFacts(planted("新名"), goal=planted("别的"), intro=planted("再看"))
    pack_settings_save(pack, facts, was=facts_digest(pack.versions.get()), scope=scope)


def _arranged() -> None:
    pack, scope = _begun()
    made = lesson_add_note(pack, planted("讲解"), module="", key=new_code(), scope=scope)
    facts = LessonFacts(planted("标题"), planted("正文"))
    lesson_save(pack, made.key, facts, was=lesson_digest(made), scope=scope)


def _invited() -> None:
    pack, scope = _begun()
    pack_editor_add(pack, factories.user(Role.EDITOR).username, scope=scope)


def _archived() -> tuple[Pack, ViewerScope]:
    pack, scope = _begun()
    return pack_archive(pack, planted("不用了"), scope=scope), scope


def _restored() -> None:
    pack, scope = _archived()
    pack_restore(pack, scope=scope)


BUILDING: dict[Action, Callable[[], object]] = {
    Action.PACK_CREATED: _begun,
    Action.PACK_SAVED: _saved,
    Action.PACK_ARRANGED: _arranged,
    Action.PACK_EDITORS_SET: _invited,
    Action.PACK_ARCHIVED: _archived,
    Action.PACK_RESTORED: _restored,
}
