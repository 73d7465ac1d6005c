"""The list, the form and the preview of a draft ask the database a fixed number of times."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.catalog.models import Category
from caselib.catalog.services import scheme_save
from caselib.orgs.models import Role
from caselib.precedents.content import DeferredMaterial, HandlingStep, Material
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def department():
    return factories.department()


@pytest.fixture
def editor(department):
    return factories.user(Role.EDITOR, within=department)


def queries(user, address: str) -> int:
    client = Client()
    client.force_login(user)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def full(count: int, department, editor):
    """A draft with so many rows of everything."""
    scheme_save(key="form", name="形式", is_active=True, categories=[f"第{n}类" for n in range(20)], actor=None)
    return factories.draft(
        owner=department,
        author=editor,
        matter=factories.matter(),
        more_matters=tuple(factories.matter(f"第{n}个事项") for n in range(count)),
        causes=tuple(factories.cause(f"第{n}个原因") for n in range(count)),
        categories=tuple(Category.objects.all()[:count]),
        tags=tuple(f"标签{n}" for n in range(count)),
        requester_wording=tuple(f"第{n}句，电话 13912345{n:03d}" for n in range(count)),
        handling_steps=tuple(HandlingStep(f"第{n}步") for n in range(count)),
        materials=tuple(Material(f"第{n}件") for n in range(count)),
        deferred_material=tuple(DeferredMaterial(f"第{n}件") for n in range(count)),
        citations=tuple(factories.citation(factories.clause()) for _ in range(count)),
    )


def test_the_list_takes_the_same_for_two_and_for_twenty(department, editor):
    for _ in range(2):
        factories.draft(owner=department, author=editor)
    few = queries(editor, "/desk/write/")
    for _ in range(18):
        factories.draft(owner=department, author=editor, matter=factories.matter())
    assert queries(editor, "/desk/write/") == few
    # Session, account, memberships, what the frame counts, and three of the list.
    assert few <= 11


@pytest.mark.parametrize("path", ["", "preview/", "?add=materials"])
def test_a_draft_takes_the_same_for_two_and_for_twenty_rows(path, department, editor):
    few = full(2, department, editor)
    many = full(20, department, editor)
    counts = {queries(editor, f"/desk/write/{draft.precedent.code}/{path}") for draft in (few, many)}
    assert len(counts) == 1
    assert counts.pop() <= 36


def test_saving_takes_the_same_for_two_and_for_twenty_rows(department, editor):
    client = Client()
    client.force_login(editor)
    counts = set()
    for count in (2, 20):
        draft = full(count, department, editor)
        typed = {"lock_version": "0", "revision": "1", "gist": "新的要旨", "account": str(editor.pk)}
        with CaptureQueriesContext(connection) as captured:
            assert client.post(f"/desk/write/{draft.precedent.code}/", typed).status_code == 302
        counts.add(len(captured))
    assert len(counts) == 1
