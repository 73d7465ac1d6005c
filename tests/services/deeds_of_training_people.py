"""The deeds of `deeds` that concern who is to learn what."""

from collections.abc import Callable

from caselib.audit.actions import Action
from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.training.models import Assignment
from caselib.training.people.assigning import NewAssignment, training_assign, training_unassign
from tests import factories, training_rows

from .deeds import planted


def _assigned() -> Assignment:
    pack = training_rows.published_pack(lessons=0)
    trainer = scope_of(factories.user(Role.TRAINER, within=pack.owner_department))
    asked = NewAssignment(departments=(pack.owner_department_id,), note=planted("留言"))
    training_assign(pack, asked, scope=trainer)
    return Assignment.objects.get(pack=pack)


def _unassigned() -> None:
    assignment = _assigned()
    owner = assignment.pack.owner_department
    training_unassign(assignment, scope=scope_of(factories.user(Role.TRAINER, within=owner)))


PEOPLE: dict[Action, Callable[[], object]] = {
    Action.TRAINING_ASSIGNED: _assigned,
    Action.TRAINING_UNASSIGNED: _unassigned,
}
