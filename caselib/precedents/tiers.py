"""典型案例: who conferred it and when; a note of what somebody else decided, not a prize of the library."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext

from caselib.audit.actions import Action
from caselib.audit.services import record
from caselib.core import clock
from caselib.core.errors import RuleBroken, StaleState
from caselib.core.marks import mark_dirty
from caselib.core.personal_data import mask
from caselib.core.text import clean
from caselib.orgs.models import User

from .models import Kind, Precedent, ResultType, Tier
from .services import TOPIC
from .visibility import FINDABLE

LONGEST = Precedent._meta.get_field("tier_conferred_by").max_length


@transaction.atomic
def precedent_tier_set(
    precedent: Precedent,
    *,
    tier: str,
    conferred_by: str = "",
    on: dt.date | None = None,
    actor: User,
    now: dt.datetime | None = None,
) -> Precedent:
    """Notes that a precedent is exemplary, conferred by whom and on which day; or that it is not any more.

    `on`: None where the day is not known. The same twice is one. Raises RuleBroken without who conferred it, for a day
    to come, for what nobody could solve and for what is no precedent; StaleState for what is not in the library.
    Writes AuditEvent precedent.tier_set; marks the index dirty.
    """
    was = Precedent.objects.select_for_update(of=("self",)).select_related("live_revision").get(pk=precedent.pk)
    if was.status not in FINDABLE:
        raise StaleState(gettext("这个案例现在不在库里，没有记。"))
    by = mask(" ".join(clean(conferred_by).split()))
    if tier not in Tier.values:
        raise RuleBroken(gettext("选一个：典型案例还是参考案例。"), code="unknown_choice", field="tier")
    if tier == Tier.EXEMPLARY:
        _refuse(was, by, on, today=clock.day_of(now or clock.now()))
    else:
        by, on = "", None
    values = {"tier": tier, "tier_conferred_by": by, "tier_conferred_on": on}
    before = {name: getattr(was, name) for name in values}
    if values != before:
        Precedent.objects.filter(pk=was.pk).update(**values)
        mark_dirty(TOPIC, [was.pk])
        record(Action.TIER_SET, was, actor=actor, before=before, after=values)
    return Precedent.objects.get(pk=was.pk)


def _refuse(precedent: Precedent, by: str, on: dt.date | None, *, today: dt.date) -> None:
    if precedent.kind != Kind.PRECEDENT:
        message = f"这是{precedent.get_kind_display()}，不评典型。"
        raise RuleBroken(message, code="no_precedent", field="tier")
    if precedent.live_revision.result_type == ResultType.UNSOLVED:
        raise RuleBroken(gettext("没办成的只留作参考，不评典型。"), code="unsolved", field="tier")
    if not by:
        raise RuleBroken(
            gettext("写清是谁评的，比如“市政务服务办 2026 年典型案例”。"), code="required", field="conferred_by"
        )
    if len(by) > LONGEST:
        raise RuleBroken(
            gettext("评定单位最多 {longest} 字，现在 {count} 字。").format(longest=LONGEST, count=len(by)),
            code="too_long",
            field="conferred_by",
        )
    if on is not None and on > today:
        raise RuleBroken(gettext("评定日期不能在今天以后。"), code="in_future", field="on")
