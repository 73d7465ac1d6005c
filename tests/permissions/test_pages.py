"""No page shows a row that the viewer may not see: not by its address, not in a list, not in a count."""

import pytest
from django.test import Client

from caselib.orgs.models import Role
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.visibility import Audience
from tests import factories

pytestmark = pytest.mark.django_db
SECRET = "只给本部门看的标题"


@pytest.fixture
def place():
    """An owner in one district, a colleague and a stranger from another district of the same city."""
    city = factories.region("上海市")
    owner = factories.department(within=factories.region("上海市虹口区", parent=city))
    elsewhere = factories.department(within=factories.region("上海市青浦区", parent=city))
    return owner, factories.user(Role.WINDOW, within=owner), factories.user(Role.WINDOW, within=elsewhere)


def see(user, address: str) -> tuple[int, str]:
    client = Client()
    client.force_login(user)
    response = client.get(address)
    return response.status_code, response.content.decode()


def everything(precedent, clause, matter) -> list[str]:
    return ["/", f"/policies/{clause.version.policy.code}/", f"/matters/{matter.code}/", "/matters/", "/policies/"]


@pytest.mark.parametrize("audience", [Audience.REGION, Audience.DEPARTMENT])
def test_a_limited_precedent_is_on_no_page_of_a_stranger(place, audience):
    owner, colleague, stranger = place
    clause, matter = factories.clause(), factories.matter()
    precedent = factories.published(
        owner=owner, audience=audience, title=SECRET, matter=matter, theme=matter.theme, tags=("秘密标签",),
        citations=(factories.citation(clause),),
    )  # fmt: skip
    for user, status, shown in ((colleague, 200, True), (stranger, 404, False)):
        for address in (f"/p/{precedent.code}/", f"/n/{precedent.number}/"):
            assert see(user, address)[0] in ({302, 200} if status == 200 else {404})
        pages = [see(user, address)[1] for address in everything(precedent, clause, matter)]
        assert [SECRET in page for page in pages[:3]] == [shown] * 3
        assert ("秘密标签" in pages[0]) is shown
        assert ("1 件" in pages[3]) is shown


@pytest.mark.parametrize(
    ("role", "same_department", "status"),
    [(Role.EDITOR, True, 200), (Role.REVIEWER, True, 200), (Role.DEPARTMENT_ADMIN, True, 200),
     (Role.WINDOW, True, 404), (Role.TRAINER, True, 404), (Role.EDITOR, False, 404), (Role.SYSTEM_ADMIN, True, 404)],
)  # fmt: skip
def test_a_draft_is_there_only_for_those_who_write_and_review_in_its_department(place, role, same_department, status):
    owner, _, _ = place
    revision = factories.draft(owner=owner, author=factories.user(Role.EDITOR, within=owner), title=SECRET)
    viewer = factories.user(role, within=owner if same_department else factories.department())
    assert see(viewer, f"/p/{revision.precedent.code}/")[0] == status
    assert SECRET not in see(viewer, "/")[1]


def test_what_does_not_exist_and_what_is_hidden_look_the_same(place):
    owner, _, stranger = place
    hidden = factories.published(owner=owner, audience=Audience.DEPARTMENT)
    pages = [see(stranger, f"/p/{code}/") for code in (hidden.code, "nothing234")]
    plain = [page.replace(hidden.code, "").replace("nothing234", "") for _, page in pages]
    # The token against forged requests differs from page to page.
    without_token = [[line for line in page.splitlines() if "csrfmiddlewaretoken" not in line] for page in plain]
    assert [status for status, _ in pages] == [404, 404]
    assert without_token[0] == without_token[1]


def test_a_hidden_successor_is_not_named(place):
    owner, _, stranger = place
    old = factories.published(owner=owner)
    new = factories.published(owner=owner, audience=Audience.DEPARTMENT)
    precedent_retire(old, reason="有了新的办法", actor=None, successor=new)
    status, page = see(stranger, f"/p/{old.code}/")
    assert status == 200
    assert new.code not in page
    assert str(new.number) not in page


@pytest.mark.parametrize("deed", ["record", "undo"])
def test_reuse_of_a_hidden_precedent_is_not_found(place, deed):
    owner, _, stranger = place
    hidden = factories.published(owner=owner, audience=Audience.DEPARTMENT)
    client = Client()
    client.force_login(stranger)
    assert client.post(f"/reuse/{hidden.code}/{deed}/", {"outcome": "worked"}).status_code == 404


@pytest.mark.parametrize(
    "address", ["/", "/policies/", "/matters/", "/p/x/", "/n/x/", "/policies/x/", "/matters/x/", "/search/suggest"]
)
def test_everything_asks_for_sign_in(address):
    response = Client().get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/account/sign-in/")
