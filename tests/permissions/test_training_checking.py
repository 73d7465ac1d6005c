"""Who sees what of a pack is not published, who decides about it, and that nothing of a hidden precedent comes out through it."""

import pytest
from django.db import transaction
from django.test import Client

from caselib.orgs.models import CONTENT_ROLES, Role
from caselib.orgs.scope import scope_of
from caselib.precedents.models import Precedent
from caselib.precedents.visibility import Audience, PrecedentStatus
from caselib.training.checking.opening import version_revise
from caselib.training.models import Pack, PackEditor, PackVersion
from tests import factories, training_rows

pytestmark = pytest.mark.django_db
CHECKS = {Role.TRAINER, Role.REVIEWER, Role.DEPARTMENT_ADMIN}
WRITES = {Role.TRAINER, Role.DEPARTMENT_ADMIN}
INVITED = CHECKS | {Role.EDITOR}
SECRET = "qzsecretword"


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def pack() -> Pack:
    """Published for all, and handed in again with a word that is not published."""
    made = training_rows.published_pack()
    author = factories.user(Role.TRAINER, within=made.owner_department)
    version = version_revise(made, scope=scope_of(author))
    version.lessons.update(note=SECRET)
    training_rows.submitted(made)
    return made


READ = ("", "versions/", "versions/2/", "versions/1/")


@pytest.mark.parametrize("place", ["own", "elsewhere"])
def test_who_reads_and_who_decides(pack, place):
    for role in Role:
        # Each finds the pack as it was.
        with transaction.atomic():
            _asked(pack, role, is_own=place == "own")
            pack.refresh_from_db()
            decided = pack.live_version.number == 2
            transaction.set_rollback(True)
        assert decided is (place == "own" and role in CHECKS), role


def _asked(pack: Pack, role: Role, *, is_own: bool) -> None:
    client = client_of(factories.user(role, within=pack.owner_department if is_own else None))
    version = training_rows.open_version(pack)
    address = f"/training/check/{pack.code}/"
    reads, writes = is_own and role in CHECKS, is_own and role in WRITES
    silent = 403 if role in CONTENT_ROLES else 404
    for page in READ:
        response = client.get(address + page)
        assert response.status_code == (200 if reads else silent), (role, page)
        assert (SECRET in response.content.decode()) is (reads and page in ("", "versions/2/")), (role, page)
    assert client.get(f"{address}submit/").status_code == (200 if writes else silent), role
    told = {"lock": "9", "version": "2"}
    for deed, refused in (("submit", 409), ("discard", 422), ("adopt", 422), ("revise", 302)):
        response = client.post(f"{address}{deed}/", told)
        assert response.status_code == (refused if writes else silent), (role, deed)
    if not writes:
        assert client.post(f"{address}withdraw/", told).status_code == silent, role
    said = {"lock": str(version.lock_version), "digest": version.content_digest, "version": "2", "verdict": "publish"}
    assert client.post(address, said).status_code == (302 if reads else silent), role
    version.refresh_from_db()
    assert (version.state == "published") is reads, role


def test_the_lists_are_for_who_checks_or_writes(pack):
    for role in Role:
        client = client_of(factories.user(role))
        for page in ("", "changes/"):
            response = client.get(f"/training/check/{page}")
            assert response.status_code == (200 if role in INVITED else 403), (role, page)
            assert pack.live_version.title not in response.content.decode()


@pytest.mark.parametrize("wrote", ["author", "last_editor"])
def test_who_wrote_it_reads_and_decides_nothing(pack, wrote):
    version = training_rows.open_version(pack)
    person = factories.user(Role.REVIEWER, within=pack.owner_department)
    PackEditor.objects.create(pack=pack, user=person, added_at=pack.created_at, added_by_name="甲")
    PackVersion.objects.filter(pk=version.pk).update(**{wrote: person})
    client = client_of(person)
    page = client.get(f"/training/check/{pack.code}/").content.decode()
    assert "要由另一个人审" in page and 'name="verdict"' not in page
    said = {"lock": str(version.lock_version), "digest": version.content_digest, "version": "2", "verdict": "publish"}
    assert client.post(f"/training/check/{pack.code}/", said).status_code == 403
    # A co-editor of another department writes along and never checks.
    other = factories.user(Role.REVIEWER)
    PackEditor.objects.create(pack=pack, user=other, added_at=pack.created_at, added_by_name="甲")
    client = client_of(other)
    assert client.get(f"/training/check/{pack.code}/").status_code == 200
    assert client.post(f"/training/check/{pack.code}/", said).status_code == 403


HIDDEN = ("title", "gist", "stem", "explanation", "option")


def hidden_pack(how: str) -> tuple[Pack, Precedent]:
    """Two versions with a lesson and a question about a precedent that was hidden since, and a newer text of it."""
    owner = factories.department()
    words = {name: f"qz{name}word" for name in HIDDEN}
    precedent = training_rows.shelved(owner=factories.department(), title=words["title"], gist=words["gist"])
    made = training_rows.pack(owner=owner)
    version = training_rows.open_version(made)
    body = {
        "options": [{"key": "a", "text": words["option"], "why": words["option"]}, {"key": "b", "text": "别的"}],
        "right": ["a"],
    }
    question = training_rows.question(
        precedent=precedent, body=body, stem=words["stem"], explanation=words["explanation"]
    )
    training_rows.asked(training_rows.case(version, precedent, title=words["title"], note=words["title"]), question)
    # In a note the question stands without the lesson of its precedent.
    training_rows.asked(training_rows.note(version), question)
    training_rows.publish(made)
    training_rows.newer(precedent, title=f"{words['title']} 新", gist=f"{words['gist']} 新")
    if how == "withheld":
        Precedent.objects.filter(pk=precedent.pk).update(
            status=PrecedentStatus.WITHHELD, withheld_at=made.created_at, withheld_reason="有人名"
        )
    else:
        Precedent.objects.filter(pk=precedent.pk).update(audience=Audience.DEPARTMENT)
    return made, precedent


@pytest.mark.parametrize(("how", "who"), [("withheld", Role.REVIEWER), ("narrowed", Role.TRAINER)])
def test_nothing_of_a_hidden_precedent_comes_out(how, who):
    pack, _ = hidden_pack(how)
    author = factories.user(Role.TRAINER, within=pack.owner_department)
    version = version_revise(pack, scope=scope_of(author))
    case = version.lessons.exclude(precedent=None).get()
    case.title, case.note = "qztitleword 换了名", "qztitleword 换了话"
    case.save()
    case.asked.all().delete()
    training_rows.submitted(pack)
    client = client_of(factories.user(who, within=pack.owner_department))
    address = f"/training/check/{pack.code}/"
    pages = [address, f"{address}versions/1/", f"{address}versions/2/", "/training/check/changes/"]
    pages += [f"{address}submit/"] if who is Role.TRAINER else []
    for page in pages:
        html = client.get(page).content.decode()
        for name in HIDDEN:
            # What a trainer of the pack typed as its title stays readable for who writes the pack, and nothing else.
            if name != "title" or who is Role.REVIEWER:
                assert f"qz{name}word" not in html, (page, name)
    assert "看不到" in client.get(address).content.decode()
    said = {
        "lock": "0",
        "digest": training_rows.open_version(pack).content_digest,
        "version": "2",
        "verdict": "publish",
    }
    refused = client.post(address, said)
    assert refused.status_code == 422 and "下架" in refused.content.decode()
    assert "qzstemword" not in refused.content.decode()
