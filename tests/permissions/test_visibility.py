"""Who sees which precedent: role x place x audience x status, said once more in the simplest words and compared.

The database condition (`q_visible`) and the tokens of the search index (`audience_of`, `audiences_for`) are two
spellings of one rule; every cell of the matrix asks both.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction

from caselib.core.errors import NotAllowed, NotVisible
from caselib.orgs.models import CONTENT_ROLES, Department, Role
from caselib.orgs.scope import NOBODY, ViewerScope, scope_of
from caselib.precedents.access import may_edit, may_retire, may_review
from caselib.precedents.keeping import precedent_doubt, precedent_retire
from caselib.precedents.models import Precedent
from caselib.precedents.services import revision_submit
from caselib.precedents.visibility import (
    DRAFT_ROLES,
    FINDABLE,
    READABLE,
    Audience,
    PrecedentStatus,
    audience_of,
    audiences_for,
)
from caselib.precedents.withholding import precedent_withhold
from tests import factories

pytestmark = pytest.mark.django_db

# Where the viewer's department lies, seen from the department that owns the precedent.
PLACES = ("own", "neighbour", "below", "above", "elsewhere")


@dataclass
class World:
    """A city with two districts, and for the owner's district a street below it."""

    departments: dict[str, Department]
    viewers: dict[tuple[Role, str], ViewerScope]
    precedents: dict[tuple[str, str], Precedent]


def precedent_in(status: str, audience: str, owner: Department) -> Precedent:
    """A precedent that came to its status through the services."""
    if status in (PrecedentStatus.DRAFT, PrecedentStatus.IN_REVIEW):
        revision = factories.draft(owner=owner, author=factories.user(Role.EDITOR, within=owner), audience=audience)
        if status == PrecedentStatus.IN_REVIEW:
            revision_submit(revision, lock_version=revision.lock_version, actor=revision.author)
        return Precedent.objects.get(pk=revision.precedent_id)
    precedent = factories.published(owner=owner, audience=audience)
    if status == PrecedentStatus.NEEDS_REVERIFICATION:
        precedent_doubt(precedent, reason="所引条例已修改", actor=None)
    if status == PrecedentStatus.RETIRED:
        precedent_retire(precedent, reason="政策变了", actor=factories.user(Role.REVIEWER, within=owner))
    if status == PrecedentStatus.WITHHELD:
        precedent_withhold(precedent, reason="有人的手机号", actor=factories.user(Role.EDITOR, within=owner))
    return Precedent.objects.get(pk=precedent.pk)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Built once: every test works in a savepoint above it, and all of it is rolled back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield built()
        transaction.set_rollback(True)


def built() -> World:
    city = factories.region("上海市")
    district = factories.region("上海市虹口区", parent=city)
    street = factories.region("上海市虹口区某街道", parent=district)
    other = factories.region("上海市嘉定区", parent=city)
    places = {"own": district, "neighbour": district, "below": street, "above": city, "elsewhere": other}
    departments = {place: factories.department(within=region) for place, region in places.items()}
    return World(
        departments=departments,
        viewers={
            (role, place): scope_of(factories.user(role, within=departments[place]))
            for role, place in itertools.product(Role, PLACES)
        },
        precedents={
            (status, audience): precedent_in(status, audience, departments["own"])
            for status, audience in itertools.product(PrecedentStatus.values, Audience.values)
        },
    )


def expected(role: Role, place: str, status: str, audience: str) -> bool:
    """The rule in its simplest words."""
    if role not in CONTENT_ROLES:
        return False
    if status in (PrecedentStatus.DRAFT, PrecedentStatus.IN_REVIEW, PrecedentStatus.WITHHELD):
        return place == "own" and role in DRAFT_ROLES
    reach = {
        Audience.LIBRARY: PLACES,
        # Whoever works in the owner's region or in a part of it; not the city above, not another district.
        Audience.REGION: ("own", "neighbour", "below"),
        Audience.DEPARTMENT: ("own",),
    }
    return place in reach[audience]


def test_every_viewer_sees_what_the_rule_says_and_nothing_else(world):
    for (role, place), scope in world.viewers.items():
        seen = set(Precedent.objects.visible_to(scope))
        for (status, audience), precedent in world.precedents.items():
            cell = (role.value, place, status, audience)
            assert (precedent in seen) == expected(role, place, status, audience), cell


def test_index_tokens_and_database_agree_in_every_cell(world):
    for scope in [*world.viewers.values(), NOBODY]:
        tokens = audiences_for(scope)
        seen = set(Precedent.objects.visible_to(scope).findable())
        by_token = {row for row in world.precedents.values() if row.status in FINDABLE and audience_of(row) in tokens}
        assert by_token == seen


def test_token_of_a_precedent_names_one_audience(world):
    owner = world.departments["own"]
    tokens = {audience: audience_of(row) for (_, audience), row in world.precedents.items()}
    assert tokens == {
        Audience.LIBRARY: "all",
        Audience.REGION: f"region:{owner.region_id}",
        Audience.DEPARTMENT: f"dept:{owner.pk}",
    }


def test_hidden_and_missing_cannot_be_told_apart(world):
    hidden = world.precedents[PrecedentStatus.DRAFT, Audience.LIBRARY]
    scope = world.viewers[Role.WINDOW, "own"]
    messages = []
    for code in (hidden.code, "nosuchcode"):
        with pytest.raises(NotVisible) as error:
            Precedent.objects.get_visible(scope, code=code)
        messages.append(error.value.message)
    assert messages[0] == messages[1]


def test_nobody_sees_nothing(world):
    assert not Precedent.objects.visible_to(NOBODY).exists()
    assert audiences_for(NOBODY) == frozenset()


def test_lists_and_search_leave_retired_ones_out_but_their_address_still_answers(world):
    scope = world.viewers[Role.WINDOW, "own"]
    retired = world.precedents[PrecedentStatus.RETIRED, Audience.LIBRARY]
    assert retired not in Precedent.objects.visible_to(scope).findable()
    assert Precedent.objects.get_visible(scope, code=retired.code) == retired
    assert set(READABLE) - set(FINDABLE) == {PrecedentStatus.RETIRED}


def test_membership_in_two_departments_sees_the_sum_of_both(world):
    elsewhere = world.departments["elsewhere"]
    person = factories.user(Role.WINDOW, within=world.departments["own"])
    factories.membership_grant(user=person, department=elsewhere, role=Role.EDITOR, actor=None)
    draft_there = factories.draft(owner=elsewhere).precedent
    draft_here = world.precedents[PrecedentStatus.DRAFT, Audience.LIBRARY]

    seen = set(Precedent.objects.visible_to(scope_of(person)))

    assert draft_there in seen
    assert draft_here not in seen
    assert world.precedents[PrecedentStatus.PUBLISHED, Audience.DEPARTMENT] in seen


def test_deciding_who_sees_it_costs_no_query_beyond_the_rows(world, django_assert_num_queries):
    scope = world.viewers[Role.EDITOR, "own"]
    with django_assert_num_queries(1):
        list(Precedent.objects.visible_to(scope))


DEEDS = {
    "edit": (may_edit, {Role.EDITOR, Role.DEPARTMENT_ADMIN}),
    "retire": (may_retire, {Role.REVIEWER, Role.DEPARTMENT_ADMIN}),
    "review": (lambda scope, precedent: may_review(scope, precedent.revisions.get()), {Role.REVIEWER}),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_deeds_belong_to_roles_of_the_owning_department(world, deed):
    ask, roles = DEEDS[deed]
    precedent = world.precedents[PrecedentStatus.IN_REVIEW, Audience.LIBRARY]
    for (role, place), scope in world.viewers.items():
        assert bool(ask(scope, precedent)) == (place == "own" and role in roles), (role, place)


@pytest.mark.parametrize("deed", DEEDS)
def test_denial_gives_its_reason(world, deed):
    ask, _ = DEEDS[deed]
    precedent = world.precedents[PrecedentStatus.IN_REVIEW, Audience.LIBRARY]
    answer = ask(world.viewers[Role.WINDOW, "own"], precedent)
    with pytest.raises(NotAllowed, match="只有") as error:
        answer.require()
    assert error.value.message.endswith("。")


def test_allowed_deed_asks_nothing_more(world):
    precedent = world.precedents[PrecedentStatus.DRAFT, Audience.LIBRARY]
    answer = may_edit(world.viewers[Role.EDITOR, "own"], precedent)
    assert answer
    assert answer.require() is None


@pytest.mark.parametrize("part", ["author", "last_editor"])
def test_reviewer_does_not_review_the_own_text(world, part):
    precedent = world.precedents[PrecedentStatus.IN_REVIEW, Audience.LIBRARY]
    reviewer = factories.user(Role.REVIEWER, within=world.departments["own"])
    revision = precedent.revisions.get()
    assert may_review(scope_of(reviewer), revision)

    setattr(revision, part, reviewer)
    assert not may_review(scope_of(reviewer), revision)
