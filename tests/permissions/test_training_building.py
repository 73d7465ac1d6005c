"""Who makes which training pack: role x department x what is asked, with the reason where it is refused."""

import pytest
from django.test import Client
from django.urls import reverse

from caselib.orgs.models import Role, User
from caselib.precedents.visibility import Audience
from caselib.training.choices import VersionState
from caselib.training.models import Pack, PackVersion
from tests import factories, training_rows

pytestmark = pytest.mark.django_db

ROOMS = ("pack", "add", "settings", "lesson")
WORD = "只有编的人看得到的讲解"


@pytest.fixture
def pack():
    made = training_rows.pack(title="还没发布的包")
    training_rows.note(training_rows.open_version(made), title=WORD)
    return made


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def somebody(role: Role, pack: Pack, *, is_own: bool) -> User:
    return factories.user(role, within=pack.owner_department if is_own else None)


def addresses(pack: Pack, names=ROOMS) -> list[str]:
    lesson = training_rows.open_version(pack).lessons.first()
    more = {"lesson": [lesson.key] if lesson else ["x"]}
    return [reverse(f"training:building:{name}", args=[pack.code, *more.get(name, [])]) for name in names]


def answers(user: User, pack: Pack, names=ROOMS) -> set[int]:
    """The status of each page, read and posted to; whatever is refused tells nothing of the pack."""
    client, found = client_of(user), set()
    for address in addresses(pack, names):
        for ask in (client.get, client.post):
            answer = ask(address)
            found.add(answer.status_code)
            if answer.status_code in (403, 404):
                assert WORD not in answer.content.decode()
    return found


@pytest.mark.parametrize("role", [Role.TRAINER, Role.DEPARTMENT_ADMIN])
def test_trainers_and_administrators_of_the_department_build(pack, role):
    assert answers(somebody(role, pack, is_own=True), pack) <= {200, 302, 422}
    assert answers(somebody(role, pack, is_own=True), pack, ("people",)) <= {200, 422}


@pytest.mark.parametrize("role", [Role.TRAINER, Role.DEPARTMENT_ADMIN, Role.EDITOR, Role.REVIEWER, Role.WINDOW])
def test_for_other_departments_a_draft_is_not_there(pack, role):
    assert answers(somebody(role, pack, is_own=False), pack, (*ROOMS, "people")) == {404}


@pytest.mark.parametrize(("role", "status"), [(Role.REVIEWER, 403), (Role.EDITOR, 404), (Role.WINDOW, 404)])
def test_in_the_department_who_checks_is_told_why_and_who_does_not_sees_nothing(pack, role, status):
    assert answers(somebody(role, pack, is_own=True), pack, (*ROOMS, "people")) == {status}


def test_a_published_pack_is_seen_by_its_learners_and_built_by_none_of_them():
    pack = training_rows.published_pack(title="已发布")
    for role in (Role.TRAINER, Role.WINDOW):
        assert answers(somebody(role, pack, is_own=False), pack, (*ROOMS, "people")) == {403}


@pytest.mark.parametrize("role", [Role.TRAINER, Role.EDITOR, Role.REVIEWER])
def test_who_writes_along_builds_and_does_not_keep(pack, role):
    user = somebody(role, pack, is_own=False)
    pack.editors.create(user=user, added_at=pack.created_at, added_by_name="甲")
    assert answers(user, pack) <= {200, 302, 422}
    assert answers(user, pack, ("people",)) == {403}


def test_a_window_clerk_who_was_an_editor_once_writes_along_no_more(pack):
    user = somebody(Role.WINDOW, pack, is_own=False)
    pack.editors.create(user=user, added_at=pack.created_at, added_by_name="甲")
    assert answers(user, pack) == {404}


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_who_administers_the_system_builds_nothing(pack, role):
    user = somebody(role, pack, is_own=True)
    assert answers(user, pack, (*ROOMS, "people")) == {404}
    for name in ("list", "new"):
        assert client_of(user).get(reverse(f"training:building:{name}")).status_code == 403


@pytest.mark.parametrize(
    ("role", "listed", "made"),
    [
        (Role.TRAINER, 200, 200),
        (Role.DEPARTMENT_ADMIN, 200, 200),
        (Role.EDITOR, 200, 403),
        (Role.REVIEWER, 200, 403),
        (Role.WINDOW, 403, 403),
    ],
)
def test_the_list_is_for_who_may_write_along_and_a_new_pack_for_who_trains(role, listed, made):
    client = client_of(factories.user(role))
    assert client.get(reverse("training:building:list")).status_code == listed
    assert client.get(reverse("training:building:new")).status_code == made
    assert client.post(reverse("training:building:new"), {"title": "一"}).status_code == (302 if made == 200 else 403)


def test_the_form_of_a_copy_tells_nothing_of_a_pack_that_is_hidden(pack):
    trainer = factories.user(Role.TRAINER)
    training_rows.published_pack(title="内部的包", audience=Audience.DEPARTMENT)
    client = client_of(trainer)
    assert "内部的包" not in client.get(reverse("training:building:new")).content.decode()
    for ask in (client.get, client.post):
        assert ask(reverse("training:building:new"), {"from": pack.code, "title": "一"}).status_code == 404
    assert Pack.objects.count() == 2


def test_a_form_without_its_token_moves_nothing(pack):
    client = Client(enforce_csrf_checks=True)
    client.force_login(somebody(Role.TRAINER, pack, is_own=True))
    key = training_rows.open_version(pack).lessons.get().key
    answer = client.post(reverse("training:building:pack", args=[pack.code]), {"remove": key})
    assert answer.status_code == 403 and training_rows.open_version(pack).lessons.exists()


def test_a_lesson_of_another_version_is_not_there():
    pack = training_rows.published_pack()
    old = training_rows.open_version(pack)
    key = old.lessons.get().key
    PackVersion.objects.create(
        pack=pack, number=2, title="二", state=VersionState.DRAFT, created_at=old.created_at, saved_at=old.saved_at
    )
    client = client_of(somebody(Role.TRAINER, pack, is_own=True))
    address = reverse("training:building:lesson", args=[pack.code, key])
    assert client.get(address).status_code == 404
    assert client.post(address, {"title": "改"}).status_code in (404, 409)
