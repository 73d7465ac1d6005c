"""A composed query answers as the ordinary one does, whoever asks and for whichever keys."""

import datetime as dt

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from caselib.core import prepared
from caselib.orgs.models import Role
from caselib.orgs.scope import NOBODY, scope_of
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import Audience
from tests import factories

pytestmark = pytest.mark.django_db


def visible(scope):
    def build(keys):
        rows = Precedent.objects.visible_to(scope).filter(pk__in=keys).order_by("pk")
        return rows.values_list("pk", "code", "reverify_due_on", "live_revision__requester_wording", "published_at")

    return build


def asked(scope, keys):
    return prepared.rows_of("test", keys, shape=scope.shape, build=visible(scope))


@pytest.fixture
def library():
    made = [factories.published() for _ in range(3)]
    made[1].audience = Audience.DEPARTMENT
    made[1].save()
    made[2].reverify_due_on = dt.date(2026, 1, 2)
    made[2].save()
    return made


def test_each_viewer_is_answered_with_the_conditions_of_that_viewer(library):
    owner, other = library[1].owner_department, factories.department()
    viewers = [scope_of(factories.user(Role.WINDOW, within=home)) for home in (owner, other)]
    keys = [precedent.pk for precedent in library]
    for _ in range(2):
        for scope, seen in zip(viewers, (3, 2), strict=True):
            assert asked(scope, keys) == list(visible(scope)(keys))
            assert len(asked(scope, keys)) == seen
    assert asked(NOBODY, keys) == []


def test_values_come_as_the_ordinary_query_gives_them(library):
    scope = scope_of(factories.user(Role.WINDOW))
    row = asked(scope, [library[2].pk])[0]
    assert row[2] == dt.date(2026, 1, 2)
    assert isinstance(row[3], list)
    assert row[4].tzinfo is not None


def test_any_number_of_keys_is_asked_in_one_query(library):
    scope = scope_of(factories.user(Role.WINDOW))
    for keys in ([], [library[0].pk], [library[0].pk] * 5, list(range(1, prepared.WIDTH)), list(range(1, 200))):
        with CaptureQueriesContext(connection) as queries:
            assert asked(scope, keys) == list(visible(scope)(keys))
        assert len(queries) == (2 if keys else 0)


def test_the_first_keys_are_not_asked_again(library):
    scope = scope_of(factories.user(Role.WINDOW))
    for precedent in library[:1] + library[2:]:
        assert [row[0] for row in asked(scope, [precedent.pk])] == [precedent.pk]


def test_a_query_that_does_not_ask_by_keys_is_asked_the_ordinary_way(library):
    rows = prepared.rows_of("all", [1, 2], shape=None, build=lambda keys: Precedent.objects.values_list("pk"))
    assert len(rows) == 3


def by_code(scope):
    related = ("owner_department", "live_revision__region", "replaced_by")
    return lambda code: Precedent.objects.visible_to(scope).select_related(*related).filter(code=code).order_by()


def test_instances_come_with_what_is_loaded_along_as_the_ordinary_query_gives_them(library):
    scope = scope_of(factories.user(Role.WINDOW))
    for precedent in library[:1] + library[2:]:
        with CaptureQueriesContext(connection) as queries:
            (row,) = prepared.objects_of("test", precedent.code, shape=scope.shape, build=by_code(scope))
            names = (row.owner_department.name, row.live_revision.title, row.live_revision.region, row.replaced_by)
        assert len(queries) == 1
        (plain,) = by_code(scope)(precedent.code)
        assert names == (
            plain.owner_department.name, plain.live_revision.title, plain.live_revision.region, plain.replaced_by
        )  # fmt: skip
        for one, other in ((row, plain), (row.live_revision, plain.live_revision)):
            assert {name: value for name, value in vars(one).items() if name != "_state"} == {
                name: value for name, value in vars(other).items() if name != "_state"
            }
            assert (one._state.db, one._state.adding) == ("default", False)


def test_instances_of_hidden_rows_are_not_made(library):
    owner = library[1].owner_department
    for scope, seen in ((scope_of(factories.user(Role.WINDOW, within=owner)), 1), (scope_of(factories.user()), 0)):
        for _ in range(2):
            found = prepared.objects_of("test", library[1].code, shape=scope.shape, build=by_code(scope))
            assert len(found) == seen
    assert prepared.objects_of("test", library[0].code, shape=NOBODY.shape, build=by_code(NOBODY)) == []


def test_deferred_columns_and_annotations_are_kept(library):
    def build(pk):
        return Precedent.objects.filter(pk=pk).only("code").annotate(kept=F("reuse_count") + 1)

    for precedent in library:
        (row,) = prepared.objects_of("some", precedent.pk, shape=None, build=build)
        assert (row.code, row.kept) == (precedent.code, 1)
        assert "status" in row.get_deferred_fields()


def test_each_key_goes_to_its_own_condition(library):
    def build(pk, code, department):
        return Precedent.objects.filter(pk=pk, code=code, owner_department=department).values_list("pk")

    one, other = library[0], library[2]
    for row in (one, other):
        assert prepared.values_of("three", row.pk, row.code, row.owner_department_id, shape=None, build=build)
        swapped = one if row is other else other
        assert not prepared.values_of("three", row.pk, swapped.code, row.owner_department_id, shape=None, build=build)


def test_a_text_that_looks_like_a_number_is_a_text(library):
    Precedent.objects.filter(pk=library[0].pk).update(external_id="17")
    for key in (17, "17", "x' OR '1'='1"):
        asked_for = prepared.values_of(
            "outside", key, shape=None, build=lambda key: Precedent.objects.filter(external_id=key).values_list("pk")
        )
        assert len(asked_for) == (0 if key != "17" and isinstance(key, str) else 1)


def test_keys_may_be_words(library):
    def build(codes):
        return Precedent.objects.filter(code__in=codes).order_by("pk").values_list("pk")

    for precedent in library:
        assert prepared.rows_of("codes", [precedent.code], shape=None, build=build, width=1) == [(precedent.pk,)]
    codes = [precedent.code for precedent in library]
    assert [pk for (pk,) in prepared.rows_of("codes", codes, shape=None, build=build, width=1)] == [
        precedent.pk for precedent in library
    ]
    assert prepared.rows_of("codes", ["%s ?' --"], shape=None, build=build, width=1) == []
