"""Taking a hand-out: decided and written down before anything of it is sent."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import masked, record
from caselib.core.errors import RuleBroken
from caselib.orgs.models import User
from caselib.orgs.scope import ViewerScope

from .choosing import EDITIONS, FORMS, SLIDES, WORD, Ask, Choice
from .material import material_of
from .shapes import Material
from .slides import slides_of
from .word import document_of


@transaction.atomic
def handout_begin(choice: Choice, ask: Ask, *, scope: ViewerScope, actor: User, on: dt.date) -> Material:
    """What is handed out, gathered and noted in the trail: who, which version, how many lessons, in which form.

    `choice`: from `choice_for`, which asked whether the viewer may. Raises RuleBroken for an unknown form (`form`) or module
    (`module`), and where there is no lesson. Writes AuditEvent pack.exported.
    """
    if ask.form not in FORMS:
        raise RuleBroken(gettext("选一种格式再导出。"), code="unknown", field="form")
    material = told_of(choice, ask, scope=scope, on=on)
    after = masked(
        {
            "form": gettext(FORMS[ask.form]),
            "title": material.title,
            "revision": material.version,
            "count": len(material.lessons),
            "left_out": bool(material.hidden or material.unasked),
            "module": material.only,
            "answers": ask.answers,
            "edition": gettext(EDITIONS[ask.edition]),
        }
    )
    record(Action.PACK_EXPORTED, choice.pack, actor=actor, after=after)
    return material


def told_of(choice: Choice, ask: Ask, *, scope: ViewerScope, on: dt.date) -> Material:
    """What a page to print shows; nothing is written. Raises RuleBroken for an unknown module, and where there is no lesson."""
    material = material_of(
        choice.version, scope, on=on, answers=ask.answers, for_trainers=ask.for_trainers, module=ask.module
    )
    if not material.modules and ask.module:
        raise RuleBroken(gettext("这个单元已经不在这一版里。重新选哪些课。"), code="unknown", field="module")
    if not material.lessons:
        raise RuleBroken(gettext("还没有课，导出来是空的。先加课。"), code="empty", field="module")
    return material


_MADE = {WORD: document_of, SLIDES: slides_of}


def handout_file(material: Material, form: str) -> bytes:
    """The file of a form that is one."""
    return _MADE[form](material, hall=settings.CASELIB_SITE_NAME)
