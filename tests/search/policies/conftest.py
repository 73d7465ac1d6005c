import datetime as dt
from collections.abc import Callable, Iterator

import pytest

from caselib.orgs.models import Role
from caselib.orgs.scope import ViewerScope, scope_of
from caselib.policies.models import Level, Policy, PolicyStatus
from caselib.policies.services import ClauseFacts, PolicyFacts, VersionFacts, policy_create, policy_version_add
from caselib.search.live import policy_engine
from caselib.search.policies import keeping
from caselib.search.policies.selectors import PoliciesPage, policies_for_page
from tests import factories


class Shelf:
    """The policies of one test, with their index."""

    engine = staticmethod(policy_engine)

    def add(self, title: str, *versions: tuple[VersionFacts, list[ClauseFacts]], **facts) -> Policy:
        values = {"level": Level.LAW, "region": factories.region("国家"), "status": PolicyStatus.IN_FORCE} | facts
        policy = policy_create(PolicyFacts(title=title, **values), actor=None)
        for version, clauses in versions:
            policy_version_add(policy, version, clauses=clauses, actor=None)
        return policy

    def refresh(self) -> int:
        """Works off what the test's changes left to do, as the worker does."""
        return keeping.drain()


def version(label: str = "2021", start: int = 2021, end: int | None = None) -> VersionFacts:
    """A version from the first of January of a year to that of another."""
    until = dt.date(end, 1, 1) if end else None
    return VersionFacts(label=label, effective_from=dt.date(start, 1, 1), effective_to=until)


def article(number: int, gist: str, **facts) -> ClauseFacts:
    return ClauseFacts(label=f"第{number}条", ref=str(number), gist=gist, **facts)


@pytest.fixture
def shelf(index) -> Iterator[Shelf]:
    """An empty index of policies beside that of the precedents."""
    keeping.rebuild()
    yield Shelf()


@pytest.fixture
def clerk(db) -> ViewerScope:
    return scope_of(factories.user(Role.WINDOW))


@pytest.fixture
def found(clerk) -> Callable[..., PoliciesPage]:
    """What a clerk finds."""
    return lambda text="", **options: policies_for_page(scope=clerk, text=text, **options)


def titles(page: PoliciesPage) -> list[str]:
    return [row.policy.title for row in page.rows]


def clauses(page: PoliciesPage, place: int = 0) -> list[str]:
    return [f"{hit.version.label} {hit.clause.label}" for hit in page.rows[place].clauses]
