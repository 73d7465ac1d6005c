"""The states of a revision: one table of what may follow what, and one door through which every change goes."""

from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext

from caselib.core.errors import RuleBroken, StaleState

from .models import Precedent, Revision, RevisionState


class Deed(StrEnum):
    SAVE = "save"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    RETURN = "return"
    REJECT = "reject"
    APPROVE = "approve"
    SUPERSEDE = "supersede"


S = RevisionState
TRANSITIONS: dict[tuple[RevisionState, Deed], RevisionState] = {
    (S.DRAFT, Deed.SAVE): S.DRAFT,
    (S.DRAFT, Deed.SUBMIT): S.SUBMITTED,
    (S.DRAFT, Deed.WITHDRAW): S.WITHDRAWN,
    (S.CHANGES_REQUESTED, Deed.SAVE): S.CHANGES_REQUESTED,
    (S.CHANGES_REQUESTED, Deed.SUBMIT): S.SUBMITTED,
    (S.CHANGES_REQUESTED, Deed.WITHDRAW): S.WITHDRAWN,
    (S.SUBMITTED, Deed.WITHDRAW): S.DRAFT,
    (S.SUBMITTED, Deed.RETURN): S.CHANGES_REQUESTED,
    (S.SUBMITTED, Deed.REJECT): S.REJECTED,
    (S.SUBMITTED, Deed.APPROVE): S.APPROVED,
    (S.APPROVED, Deed.SUPERSEDE): S.SUPERSEDED,
}
DEED_LABELS = {
    Deed.SAVE: "保存",
    Deed.SUBMIT: "提交审核",
    Deed.WITHDRAW: "撤回",
    Deed.RETURN: "退回修改",
    Deed.REJECT: "不予通过",
    Deed.APPROVE: "通过",
    Deed.SUPERSEDE: "由新版替代",
}


def apply(revision: Revision, deed: Deed, *, lock_version: int, **values: Any) -> Revision:
    """Moves the revision on by compare-and-swap and sets `values` with it. Call it inside `transaction.atomic`.

    `lock_version` is the one that the caller read the text at. Updates the passed object.
    Raises RuleBroken when the table knows no such move, StaleState when somebody moved or saved first.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("workflow.apply needs a transaction around it")
    state = RevisionState(revision.state)
    target = TRANSITIONS.get((state, deed))
    if target is None:
        raise RuleBroken(
            gettext("这一版现在是“{label}”，不能{deed_labels}。").format(
                label=state.label, deed_labels=DEED_LABELS[deed]
            ),
            code="no_such_transition",
            field="state",
        )
    # The precedent before its texts, as everywhere: two who take them in two orders wait for each other for ever.
    Precedent.objects.select_for_update(of=("self",)).only("pk").get(pk=revision.precedent_id)
    won = Revision.objects.filter(pk=revision.pk, state=state, lock_version=lock_version).update(
        state=target, lock_version=F("lock_version") + 1, **values
    )
    if not won:
        raise StaleState(gettext("有人先改了这一版，您写的内容没有覆盖它。打开最新的一版比一比，再决定怎么合。"))
    for name, value in {"state": target, "lock_version": lock_version + 1, **values}.items():
        setattr(revision, name, value)
    return revision
