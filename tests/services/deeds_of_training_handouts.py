"""The deeds of `deeds` that concern hand-outs of training."""

from collections.abc import Callable

from caselib.audit.actions import Action
from caselib.core import clock
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.training.handouts.choosing import Ask, choice_for
from caselib.training.handouts.services import handout_begin
from tests import factories
from tests import training_rows as rows

from .deeds import planted


def _exported() -> None:
    home = factories.department()
    trainer = factories.user(Role.TRAINER, within=home)
    pack = rows.pack(owner=home, title=planted("专题"))
    version = rows.open_version(pack)
    module = version.modules.get()
    module.title = planted("单元")
    module.save()
    rows.note(version)
    rows.publish(pack)
    scope = scope_of(trainer)
    ask = Ask(module=module.key)
    handout_begin(choice_for(scope, pack.code), ask, scope=scope, actor=trainer, on=clock.today())


HANDOUTS: dict[Action, Callable[[], object]] = {Action.PACK_EXPORTED: _exported}
