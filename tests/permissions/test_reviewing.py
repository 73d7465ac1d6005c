"""Who sees the queue, the texts in review, remarks and history: role by department, each address."""

import pytest
from django.test import Client

from caselib.orgs.models import Role
from caselib.precedents.commenting import comment_add
from caselib.precedents.keeping import precedent_retire
from caselib.precedents.models import ReviewComment, ReviewDecision, Revision
from caselib.precedents.visibility import Audience, PrecedentStatus
from caselib.precedents.withholding import precedent_withhold
from tests import factories
from tests.services.texts_in_review import House, fresh

pytestmark = pytest.mark.django_db
QUEUE = {Role.REVIEWER, Role.DEPARTMENT_ADMIN}
DRAFTS = QUEUE | {Role.EDITOR}
WRITES = {Role.EDITOR, Role.DEPARTMENT_ADMIN}
CONTENT = DRAFTS | {Role.WINDOW, Role.TRAINER}
SECRET = "只给本部门看的标题"


@pytest.fixture
def house() -> House:
    return House()


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def visitor(house: House, role: Role, own: bool) -> Client:
    return signed_in(factories.user(role, within=house.owner if own else factories.department()))


def posted(revision: Revision, verdict: str) -> dict:
    return {
        "verdict": verdict,
        "comment": "核对过",
        "significance": "minor",
        "lock": revision.lock_version,
        "digest": revision.content_digest,
    }


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
def test_the_queue_is_for_who_reviews_and_shows_the_own_departments_alone(house, role, own):
    house.submitted(title=SECRET)
    response = visitor(house, role, own).get("/desk/review/")
    assert response.status_code == (200 if role in QUEUE else 403)
    assert (SECRET in response.content.decode()) is (own and role in QUEUE)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
@pytest.mark.parametrize("is_change", [True, False], ids=["change", "first"])
def test_a_text_in_review_is_for_who_writes_and_reviews_there(house, role, own, is_change):
    revision = house.changed(gist=SECRET) if is_change else house.submitted(gist=SECRET)
    response = visitor(house, role, own).get(f"/desk/review/{revision.precedent.code}/")
    refused = 403 if is_change and role in CONTENT else 404
    assert response.status_code == (200 if own and role in DRAFTS else refused)
    assert (SECRET in response.content.decode()) is (own and role in DRAFTS)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
@pytest.mark.parametrize("verdict", ["approve", "return", "reject"])
def test_only_a_reviewer_of_the_department_decides(house, role, own, verdict):
    revision = house.changed()
    client = visitor(house, role, own)
    response = client.post(f"/desk/review/{revision.precedent.code}/", posted(revision, verdict))
    allowed = own and role is Role.REVIEWER
    assert response.status_code == (302 if allowed else 403 if role in CONTENT else 404)
    assert ReviewDecision.objects.filter(revision=revision).exists() is allowed


@pytest.mark.parametrize("hand", ["author", "last_editor"])
def test_who_wrote_or_edited_the_text_does_not_decide_about_it(house, hand):
    revision = house.submitted()
    Revision.objects.filter(pk=revision.pk).update(**{hand: house.reviewer})
    response = signed_in(house.reviewer).post(
        f"/desk/review/{revision.precedent.code}/", posted(fresh(revision), "approve")
    )
    assert response.status_code == 403 and "另一个人" in response.content.decode()
    assert not ReviewDecision.objects.exists()


@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
def test_a_text_takes_the_place_of_another_only_where_its_reviewer_may_retire_that_one(house, own):
    other = factories.published(owner=house.owner if own else factories.department())
    revision = house.submitted(supersedes=other, why_another="同一件事")
    client = signed_in(house.reviewer)
    page = client.get(f"/desk/review/{revision.precedent.code}/").content.decode()
    assert other.number in page and "会出库" in page
    assert ('value="approve" disabled' in page) is not own
    response = client.post(f"/desk/review/{revision.precedent.code}/", posted(revision, "approve"))
    assert response.status_code == (302 if own else 403)
    other.refresh_from_db()
    assert (other.status == PrecedentStatus.RETIRED) is own
    assert ReviewDecision.objects.filter(revision=revision).exists() is own


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
def test_remarks_are_written_by_reviewers_answered_by_writers_and_taken_back_by_nobody_else(house, role, own):
    revision = house.changed()
    said = {"section": "gist", "text": "写清楚", "digest": revision.content_digest}
    client = visitor(house, role, own)
    response = client.post(f"/desk/review/{revision.precedent.code}/comment/", said)
    assert response.status_code == (302 if own and role is Role.REVIEWER else 403 if role in CONTENT else 404)
    mine = ReviewComment.objects.count()
    remark = comment_add(revision, section="", text="整篇", reviewer=house.second, digest_seen=revision.content_digest)
    withdraw = client.post(f"/desk/review/comment/{remark.pk}/withdraw/")
    assert withdraw.status_code == (403 if own and role in DRAFTS else 404)
    answer = client.post(f"/desk/review/comment/{remark.pk}/answer/", {"answer": "写了"})
    may_answer = own and role in WRITES
    assert answer.status_code == (302 if may_answer else 403 if own and role in DRAFTS else 404)
    remark.refresh_from_db()
    assert ((remark.answer == "写了"), remark.withdrawn_at) == (may_answer, None)
    assert mine == (1 if own and role is Role.REVIEWER else 0)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
def test_earlier_texts_are_never_shown_to_readers(house, role, own):
    precedent = house.published(gist="第一版只此一处的话。", title="第一版的标题")
    house.approve(house.changed(precedent, gist="第二版的要旨。", title="第二版的标题"))
    client = visitor(house, role, own)
    sees = own and role in DRAFTS
    history = f"/desk/review/history/{precedent.code}/"
    pages = [client.get(history), client.get(f"{history}compare/?a=1&b=2"), client.get(f"/p/{precedent.code}/")]
    readable = 200 if role in CONTENT else 404
    assert [page.status_code for page in pages] == [
        readable,
        200 if sees else 403 if role in CONTENT else 404,
        readable,
    ]
    told = "".join(page.content.decode() for page in pages)
    assert ("只此一处" in told) is sees
    if not sees:
        assert "第一版的标题" not in told and house.author.display_name not in told


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
def test_writers_of_the_department_bring_texts_back(house, role, own):
    precedent = house.published()
    house.approve(house.changed(precedent))
    response = visitor(house, role, own).post(f"/desk/review/history/{precedent.code}/restore/", {"like": "1"})
    allowed = own and role in WRITES
    assert response.status_code == (302 if allowed else 403 if role in CONTENT else 404)
    assert precedent.revisions.filter(state="draft").exists() is allowed


@pytest.mark.parametrize("role", Role)
def test_what_is_hidden_has_no_history(house, role):
    hidden = house.published(audience=Audience.DEPARTMENT)
    withheld = house.published()
    precedent_withhold(withheld, reason="有人", actor=factories.user(Role.EDITOR, within=withheld.owner_department))
    draft = house.draft().precedent
    other = visitor(house, role, own=False)
    for precedent in (hidden, withheld, draft):
        for path in (f"history/{precedent.code}/", f"history/{precedent.code}/compare/", f"{precedent.code}/"):
            assert other.get(f"/desk/review/{path}").status_code == 404
    inside = visitor(house, role, own=True)
    for precedent in (withheld, draft):
        seen = inside.get(f"/desk/review/history/{precedent.code}/").status_code
        assert seen == (200 if role in DRAFTS else 404)


def test_what_is_out_of_use_keeps_its_history_and_takes_no_new_draft(house):
    precedent = house.published()
    house.approve(house.changed(precedent))
    precedent.refresh_from_db()
    precedent_retire(precedent, reason="规定废止", actor=house.reviewer)
    client = signed_in(house.author)
    assert client.get(f"/desk/review/history/{precedent.code}/").status_code == 200
    assert client.post(f"/desk/review/history/{precedent.code}/restore/", {"like": "1"}).status_code == 422
    assert not precedent.revisions.filter(state="draft").exists()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "x/",
        "x/comment/",
        "comment/1/answer/",
        "comment/1/withdraw/",
        "history/x/",
        "history/x/compare/",
        "history/x/restore/",
    ],
)
def test_nobody_gets_in_without_signing_in(address):
    for response in (Client().get(f"/desk/review/{address}"), Client().post(f"/desk/review/{address}")):
        assert response.status_code == 302
        assert response["Location"].startswith("/account/sign-in/")


@pytest.mark.parametrize("address", ["x/comment/", "comment/1/answer/", "comment/1/withdraw/", "history/x/restore/"])
def test_reading_writes_nothing(house, address):
    assert signed_in(house.reviewer).get(f"/desk/review/{address}").status_code == 405


@pytest.mark.parametrize(
    "address", ["nothing/", "nothing/comment/", "comment/999999999999999999999/answer/", "history/nothing/"]
)
def test_what_is_not_there_is_not_found(house, address):
    client = signed_in(house.reviewer)
    method = client.get if address in ("nothing/", "history/nothing/") else client.post
    assert method(f"/desk/review/{address}").status_code == 404
