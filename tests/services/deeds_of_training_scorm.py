"""The deeds of training packages and of results that flow back, with personal data in what people type; as in `deeds`."""

from collections.abc import Callable

from caselib.audit.actions import Action
from caselib.core import clock
from caselib.training.insight.flowing import noted_after
from caselib.training.models import Response
from tests import factories, training_rows

from .deeds import planted
from .missed import answered


def _unclear() -> None:
    text = training_rows.question(precedent=factories.published(), stem=planted("怎么办")).latest
    answered(text, wrong=5, right=0)
    noted_after(list(Response.objects.all()), now=clock.now())


TRAINING_SCORM: dict[Action, Callable[[], object]] = {Action.SECTION_UNCLEAR: _unclear}
