"""A department whose precedent rests on a clause that changed today: what the tests of re-verification start with."""

import datetime as dt
from dataclasses import dataclass

from caselib.orgs.models import NATION, Department, Role, User
from caselib.orgs.scope import scope_of
from caselib.policies.models import Clause, Policy
from caselib.policies.services import ClauseFacts, VersionFacts
from caselib.precedents.impact import NewVersion, version_enter
from caselib.precedents.models import Precedent
from caselib.precedents.verifying import Told
from tests import factories
from tests.services.test_signal import policy

NOW = dt.datetime(2026, 7, 1, 2, tzinfo=dt.UTC)
TODAY = dt.date(2026, 7, 1)
OLD_TEXT, NEW_TEXT = "公示期二十日，期满无异议的登记。", "公示期十日，期满无异议的登记。"


@dataclass
class House:
    """`old` and `new`: the clause before and after today."""

    owner: Department
    precedent: Precedent
    of: Policy
    old: Clause
    new: Clause

    def person(self, role: Role) -> User:
        return factories.user(role, within=self.owner)


def department_in_the_country() -> Department:
    """One whose hall stands where the rules of the whole country hold."""
    return factories.department(within=factories.region("上海市静安区", parent=factories.region(NATION)))


def entered(of: Policy, label: str, text: str, *, since: dt.date, follows: dict[int, Clause] | None = None) -> Clause:
    """The only clause of a new version."""
    clauses = (ClauseFacts(label="第一条", ref="1", text=text),)
    facts = VersionFacts(label=label, effective_from=since)
    return version_enter(of, NewVersion(facts=facts, clauses=clauses, follows=follows or {}), actor=None).clauses.get()


def house_with_task(*, old_text: str = OLD_TEXT, new_text: str = NEW_TEXT, count: int = 1, **values) -> House:
    """`count` precedents of one department, the last of them is the one to check."""
    of = policy(f"登记条例{Policy.objects.count()}")
    old = entered(of, "旧", old_text, since=dt.date(2020, 1, 1))
    owner = values.pop("owner", None) or department_in_the_country()
    values.setdefault("citations", (factories.citation(old),))
    for _ in range(count):
        precedent = factories.published(owner=owner, **values)
    new = entered(of, "新", new_text, since=TODAY, follows={0: old})
    precedent.refresh_from_db()
    return House(owner, precedent, of, old, new)


def told(house: House, outcome: str, **values) -> Told:
    """A form as it is sent by who has just read the page."""
    precedent = Precedent.objects.select_related("live_revision").get(pk=house.precedent.pk)
    last = precedent.verifications.order_by("-pk").values_list("pk", flat=True).first() or 0
    read = {
        "digest": precedent.live_revision.content_digest,
        "points": frozenset(precedent.doubts.open().values_list("pk", flat=True)),
        "last": last,
    }
    return Told(outcome=outcome, **{**read, **values})


def scope(user: User):
    return scope_of(User.objects.get(pk=user.pk))
