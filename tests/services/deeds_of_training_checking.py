"""The deeds of checking a training pack, with personal data in everything that people type; as in `deeds`."""

from collections.abc import Callable

from caselib.audit.actions import Action
from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope, scope_of
from caselib.training.checking.adopting import lessons_adopt
from caselib.training.checking.deciding import version_publish, version_return
from caselib.training.checking.opening import version_discard, version_revise
from caselib.training.checking.submitting import version_submit, version_withdraw
from caselib.training.models import Pack, PackVersion
from tests import factories, training_rows

from .deeds import planted


def _trainer(pack: Pack) -> ViewerScope:
    return scope_of(factories.user(Role.TRAINER, within=pack.owner_department))


def _revised() -> PackVersion:
    pack = training_rows.published_pack()
    return version_revise(pack, scope=_trainer(pack))


def _submitted() -> PackVersion:
    version = _revised()
    return version_submit(version, lock_version=0, change_note=planted("换了案例"), scope=scope_of(version.author))


def _decided(decide: Callable[..., PackVersion]) -> None:
    version = _submitted()
    read = {"lock_version": version.lock_version, "digest_seen": version.content_digest}
    decide(version, comment=planted("看过"), scope=_trainer(version.pack), **read)


def _discarded() -> None:
    version = _revised()
    version_discard(version, lock_version=0, scope=scope_of(version.author))


def _withdrawn() -> None:
    version = _submitted()
    version_withdraw(version, lock_version=version.lock_version, scope=scope_of(version.author))


def _adopted() -> None:
    pack = training_rows.published_pack()
    training_rows.newer(pack.live_version.lessons.get().precedent)
    lessons_adopt(pack, scope=_trainer(pack))


CHECKING: dict[Action, Callable[[], object]] = {
    Action.PACK_REVISED: _revised,
    Action.PACK_DISCARDED: _discarded,
    Action.PACK_SUBMITTED: _submitted,
    Action.PACK_WITHDRAWN: _withdrawn,
    Action.PACK_PUBLISHED: lambda: _decided(version_publish),
    Action.PACK_RETURNED: lambda: _decided(version_return),
    Action.PACK_ADOPTED: _adopted,
}
