"""The room of vocabularies asks the database the same for two entries and for twenty, used by two texts or by twenty."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caselib.catalog.causes import ClassFacts, SchemeFacts, scheme_create
from caselib.catalog.models import Matter, Tag
from caselib.catalog.tags import tag_create
from caselib.orgs.models import Role
from tests import factories

pytestmark = pytest.mark.django_db
MOST = 16


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(factories.user(Role.DEPARTMENT_ADMIN, within=factories.department("管理处", code="ZZ")))
    return client


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def add(first: int, count: int) -> None:
    city = factories.region("甲市")
    for n in range(first, first + count):
        matter, cause = factories.matter(f"第{n}事项", aliases=[f"俗{n}"]), factories.cause(f"原因{n}")
        scheme = scheme_create(
            SchemeFacts(name=f"方案{n}", classes=[ClassFacts(name="甲"), ClassFacts(name="乙")]), actor=None
        )
        owner = factories.department(within=factories.region(f"甲市第{n}区", parent=city))
        tag_create(name=f"闲{n}", synonyms=[f"同义{n}"], actor=None)
        factories.draft(
            owner=owner,
            region=owner.region,
            matter=matter,
            causes=(cause,),
            tags=(f"标签{n}", f"ｔａｇ{n}", f"tag{n}"),
            categories=tuple(scheme.categories.all()),
        )


@pytest.mark.parametrize(
    "address",
    ["", "matters/", "matters/?q=第", "matters/?state=all", "causes/", "schemes/", "tags/", "tags/?state=twins",
     "departments/", "regions/", "regions/?q=qu", "pick/?kind=matter&q=di", "pick/?kind=region&q=qu",
     "pick/?kind=tag&q=bq", "matters/new/", "departments/new/", "matters/export/"],
)  # fmt: skip
def test_lists_take_the_same_for_two_and_for_twenty(client, address):
    add(0, 2)
    client.get(f"/desk/words/{address}")
    few = queries(client, f"/desk/words/{address}")
    add(2, 18)
    assert queries(client, f"/desk/words/{address}") == few
    assert few <= MOST


def test_an_entry_takes_the_same_however_often_it_is_used(client):
    add(0, 2)
    addresses = [
        f"matters/{Matter.objects.get(name='第0事项').pk}/",
        f"matters/{Matter.objects.get(name='第0事项').pk}/merge/?into={Matter.objects.get(name='第1事项').pk}",
        f"tags/{Tag.objects.get(name='标签0').pk}/",
    ]
    few = [queries(client, f"/desk/words/{address}") for address in addresses]
    add(2, 18)
    assert [queries(client, f"/desk/words/{address}") for address in addresses] == few
    assert max(few) <= MOST
