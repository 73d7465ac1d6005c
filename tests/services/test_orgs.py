import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from caselib.audit.models import AuditEvent
from caselib.core.errors import RuleBroken
from caselib.orgs.models import ADMIN_ROLES, CONTENT_ROLES, Membership, Role
from caselib.orgs.scope import NOBODY, scope_of
from caselib.orgs.services import account_create, department_save, membership_grant, region_save
from tests import factories

pytestmark = pytest.mark.django_db


def test_scope_holds_departments_roles_and_regions_up_to_the_top():
    city = factories.region("上海市")
    district = factories.region("上海市虹口区", parent=city)
    elsewhere = factories.region("上海市嘉定区", parent=city)
    here, there = factories.department(within=district), factories.department(within=elsewhere)
    person = factories.user(Role.WINDOW, Role.EDITOR, within=here)
    membership_grant(user=person, department=there, role=Role.REVIEWER, actor=None)

    scope = scope_of(person)

    assert scope.departments == {
        here.pk: frozenset({Role.WINDOW, Role.EDITOR}),
        there.pk: frozenset({Role.REVIEWER}),
    }
    assert scope.region_ids == {city.pk, district.pk, elsewhere.pk}
    assert (scope.home_department_id, scope.home_region_id) == (here.pk, district.pk)
    assert scope.departments_with(Role.EDITOR) == {here.pk}
    assert scope.departments_with(Role.EDITOR, Role.REVIEWER) == {here.pk, there.pk}
    assert scope.has_role(Role.REVIEWER)
    assert not scope.has_role(Role.TRAINER)


def test_scope_is_read_with_one_query(django_assert_num_queries):
    person = factories.user(*CONTENT_ROLES)
    with django_assert_num_queries(1):
        scope_of(person)


def test_nobody_and_closed_accounts_have_no_scope():
    closed = factories.user(Role.EDITOR)
    closed.is_active = False

    assert scope_of(AnonymousUser()) == NOBODY
    assert scope_of(closed) == NOBODY
    assert not NOBODY.reads_content


@pytest.mark.parametrize("role", Role)
def test_administrators_read_no_content_and_everybody_else_does(role):
    assert scope_of(factories.user(role)).reads_content == (role in CONTENT_ROLES)


@pytest.mark.parametrize("first", sorted(ADMIN_ROLES))
@pytest.mark.parametrize("second", sorted(set(Role)))
def test_administrator_gets_no_second_role(first, second):
    person, home = factories.user(first), factories.department()
    with pytest.raises(RuleBroken) as error:
        membership_grant(user=person, department=home, role=second, actor=None)
    assert error.value.code == "roles_not_separated"


@pytest.mark.parametrize("role", sorted(ADMIN_ROLES))
def test_content_role_keeps_administration_away(role):
    person = factories.user(Role.WINDOW)
    with pytest.raises(RuleBroken):
        membership_grant(user=person, department=factories.department(), role=role, actor=None)


def test_database_keeps_two_administrator_roles_apart():
    person, home = factories.user(Role.SYSTEM_ADMIN), factories.department()
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=person, department=home, role=Role.AUDIT_ADMIN)


def test_granting_twice_is_one_membership_and_one_event():
    person, home = factories.user(), factories.department()
    for _ in range(2):
        membership_grant(user=person, department=home, role=Role.EDITOR, actor=None)

    assert person.memberships.count() == 1
    assert AuditEvent.objects.filter(action="account.membership_granted").count() == 1


@pytest.mark.parametrize("password", ["short", "1234567890", "password12", "window-staff"])
def test_weak_password_is_refused_with_the_reason(password):
    with pytest.raises(RuleBroken, match="密码不够安全") as error:
        account_create(username="window-staff", display_name="窗口人员", password=password, actor=None)
    assert error.value.code == "weak_password"


def test_username_is_taken_once():
    account_create(username="a", display_name="甲", password="a-long-one-2024", actor=None)
    with pytest.raises(RuleBroken, match="已经有了"):
        account_create(username="a", display_name="乙", password="a-long-one-2024", actor=None)


def test_moving_a_region_moves_everything_below_it():
    top, other = factories.region("甲省"), factories.region("乙省")
    middle = factories.region("甲省丙市", parent=top)
    low = factories.region("甲省丙市丁区", parent=middle)

    region_save(full_name=middle.full_name, name=middle.name, parent=other, actor=None)
    low.refresh_from_db()

    assert low.ancestor_ids == (other.pk, middle.pk, low.pk)


def test_region_cannot_go_below_itself():
    top = factories.region("甲省")
    low = factories.region("甲省乙市", parent=top)
    with pytest.raises(RuleBroken) as error:
        region_save(full_name=top.full_name, name=top.name, parent=low, actor=None)
    assert error.value.code == "region_loop"


def test_saving_the_same_again_writes_nothing():
    values = {"region": factories.region(), "code": "D77", "name": "某局", "short_names": ["局"], "actor": None}
    first = department_save(**values)
    events = AuditEvent.objects.count()

    assert department_save(**values) == first
    assert AuditEvent.objects.count() == events
