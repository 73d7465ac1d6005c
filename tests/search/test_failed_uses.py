"""A precedent that departments followed in vain stands behind its equal, and the result says so."""

import pytest

from caselib.orgs.models import Role
from caselib.orgs.scope import scope_of
from caselib.reuse.models import Outcome
from caselib.reuse.services import reuse_undo
from caselib.search.indexing import documents_of
from caselib.search.selectors import results_for_page
from tests import factories
from tests.services.reporting import clerk, failed, revised

pytestmark = pytest.mark.django_db


def fails(precedent) -> tuple[str, ...]:
    (document,) = documents_of([precedent.pk])
    return document.facets["fails"]


def test_the_index_counts_departments_of_the_live_text():
    assert Outcome.FAILED == "failed"  # as the index asks for it, which knows nothing of this package
    precedent, scope = factories.published(), clerk()
    department = factories.department()
    for _ in range(2):
        failed(precedent, point="", note="办不了", scope=clerk(within=department))
    assert fails(precedent) == ("1",)
    used = failed(precedent, point="", note="办不了", scope=scope)
    assert fails(precedent) == ("2",)
    reuse_undo(used, scope=scope)
    assert fails(precedent) == ("1",)
    revised(precedent, script="新的口径。")
    assert fails(precedent) == ("0",)


def test_many_at_once_are_counted_like_one():
    few, many = factories.published(), factories.published()
    failed(many, point="", note="办不了")
    found = {document.order: document.facets["fails"] for document in documents_of([few.pk, many.pk])}
    assert found == {few.pk: ("0",), many.pk: ("1",)}


def test_the_one_that_failed_stands_behind_its_equal_and_says_why(index):
    text = {
        "title": "临时仓库消防手续",
        "gist": "消防手续先办。",
        "resolution": "先办消防手续。",
        "problem": "仓库消防手续办不了。",
    }
    made = {precedent.pk: precedent for precedent in (factories.published(**text) for _ in range(2))}
    index.refresh()
    scope = scope_of(factories.user(Role.WINDOW))
    first, second = [row.pk for row in results_for_page(scope=scope, text="仓库消防手续").rows]
    for _ in range(2):
        failed(made[first], point="", note="办不了")
    index.refresh()
    rows = results_for_page(scope=scope, text="仓库消防手续").rows
    assert [row.pk for row in rows] == [second, first]
    assert "2 个部门照办未成，排后一点" in rows[1].why
    assert not any("照办未成" in why for why in rows[0].why)
