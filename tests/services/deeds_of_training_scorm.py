"""The deeds of training packages and of results that flow back, with personal data in what people type; as in `deeds`."""

from collections.abc import Callable

from caselib.audit.actions import Action
from caselib.core import clock
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.training.insight.flowing import noted_after
from caselib.training.models import Response
from caselib.training.scorm.services import pack_take_out
from caselib.training.visibility import visible_pack
from tests import factories, training_rows

from .deeds import planted
from .missed import answered


def _unclear() -> None:
    text = training_rows.question(precedent=factories.published(), stem=planted("怎么办")).latest
    answered(text, wrong=5, right=0)
    noted_after(list(Response.objects.all()), now=clock.now())


def _taken_out() -> None:
    pack = training_rows.published_pack(title=planted("容缺")[:60], goal=planted("目标"))
    scope = scope_of(factories.user(Role.TRAINER, within=pack.owner_department))
    pack_take_out(visible_pack(scope, pack.code), scope=scope)


TRAINING_SCORM: dict[Action, Callable[[], object]] = {
    Action.SECTION_UNCLEAR: _unclear,
    Action.PACK_EXPORTED: _taken_out,
}
