"""What the window of a hall may not see is in no byte of the hall's pack: status x audience x department, and personal data."""

import io
import zipfile
from pathlib import Path

import pytest
from django.test import Client

from caselib.audit.actions import Action
from caselib.audit.models import AuditEvent
from caselib.offline.halls import Hall, hall_of_department, hall_of_region
from caselib.offline.services import pack_export
from caselib.orgs.models import Role
from caselib.precedents.models import Revision
from caselib.precedents.visibility import FINDABLE
from tests import factories
from tests.services.clean_house import CITIZEN, OTHER_PHONE, PHONE, leaky

from . import test_every_surface

pytestmark = pytest.mark.django_db
# One hall for all of it, built as for the addresses of the site.
hall = test_every_surface.hall


def bytes_of(folder: Path, made_for: Hall) -> bytes:
    pack_export(folder, hall=made_for, days=7, actor=None)
    return b"\n".join(
        path.relative_to(folder).as_posix().encode() + path.read_bytes() for path in folder.rglob("*") if path.is_file()
    )


def places(hall) -> dict[str, tuple[Hall, bool]]:
    """Packs by name, each with whether it is made for the owning department."""
    stranger = next(each for each in hall.viewers if not each.is_own).user.memberships.get().department
    return {
        "owner": (hall_of_department(hall.owner), True),
        "elsewhere": (hall_of_department(stranger), False),
        "region": (hall_of_region(hall.owner.region), False),
    }


@pytest.mark.parametrize("place", ["owner", "elsewhere", "region"])
def test_a_pack_holds_what_its_window_finds_and_not_a_word_of_anything_else(hall, tmp_path, place):
    made_for, is_own = places(hall)[place]
    found = bytes_of(tmp_path / "pack", made_for)
    wrong = []
    for planted in hall.planted:
        belongs = planted.status in FINDABLE and (is_own or planted.audience == "library")
        if planted.live and (planted.live.encode() in found) != belongs:
            wrong.append((planted.status, planted.audience, "live", belongs))
        if (planted.precedent.code.encode() in found) != belongs:
            wrong.append((planted.status, planted.audience, "code", belongs))
        # What is being written, claimed, remarked or left aside leaves with nobody.
        if planted.draft and planted.draft.encode() in found:
            wrong.append((planted.status, planted.audience, "draft"))
    assert wrong == []
    assert hall.ticket_word.encode() not in found
    assert hall.import_word.encode() not in found


def test_a_pack_shows_no_more_than_the_search_of_a_window_clerk(hall, tmp_path):
    clerk = next(each for each in hall.viewers if each.is_own and each.role == Role.WINDOW)
    hidden = hall.hidden_from(clerk)
    found = bytes_of(tmp_path / "pack", hall_of_department(hall.owner)).decode(errors="replace")
    assert hidden.search(found) is None


def test_what_is_meant_for_a_region_is_in_the_packs_of_that_region_alone(tmp_path):
    city = factories.region("上海市")
    here, there = factories.region("上海市虹口区", parent=city), factories.region("上海市嘉定区", parent=city)
    owner = factories.department(within=here)
    made = factories.published(owner=owner, audience="region", title="只给本区看 qzregion")
    word = b"qzregion"
    neighbour = factories.department(within=here)
    assert word in bytes_of(tmp_path / "a", hall_of_department(neighbour))
    assert word in bytes_of(tmp_path / "b", hall_of_region(here))
    assert word not in bytes_of(tmp_path / "c", hall_of_department(factories.department(within=there)))
    assert word not in bytes_of(tmp_path / "d", hall_of_region(there))
    assert made.number


def test_personal_data_in_live_texts_leaves_with_no_pack(tmp_path):
    made = leaky()
    Revision.objects.filter(pk=made.precedent.live_revision_id).update(
        gist=f"打 {OTHER_PHONE}。",
        requester_wording=[f"我的身份证 {CITIZEN}"],
        handling_steps=[{"what": f"联系 {PHONE}", "who": "", "day": None}],
        materials=[{"name": f"身份证 {CITIZEN}", "required": True, "deferrable": False, "correct_sample": "", "common_mistake": ""}],
        applies_when=[f"打得通 {PHONE}"],
    )  # fmt: skip
    found = bytes_of(tmp_path / "pack", hall_of_department(made.owner)).decode()
    for item in (PHONE, OTHER_PHONE, CITIZEN):
        assert item not in found
    assert "〔手机号〕" in found
    assert made.precedent.code in found


DESK = "/desk/offline/"


def client_of(role: Role, *, within=None) -> Client:
    client = Client()
    client.force_login(factories.user(role, within=within))
    return client


def unpacked(response) -> zipfile.ZipFile:
    assert response.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


@pytest.mark.parametrize("role", Role)
def test_the_administrator_of_a_department_takes_its_pack_and_nobody_else_does(role):
    owner = factories.department()
    client = client_of(role, within=owner)
    admins = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
    wanted = 200 if role == Role.DEPARTMENT_ADMIN else 404 if role in admins else 403
    assert client.get(DESK).status_code == wanted
    assert client.post(f"{DESK}take/", {"department": owner.pk, "days": "7"}).status_code == wanted
    assert AuditEvent.objects.filter(action=Action.OFFLINE_EXPORTED).count() == (wanted == 200)
    assert Client().get(DESK).status_code == 302


@pytest.mark.parametrize("typed", ["{other}", "0", "", "x", "9" * 40, "{own} ", "-1"])
def test_a_pack_of_another_department_is_refused_whatever_was_sent(typed):
    owner, other = factories.department(), factories.department()
    sent = typed.format(other=other.pk, own=owner.pk)
    response = client_of(Role.DEPARTMENT_ADMIN, within=owner).post(f"{DESK}take/", {"department": sent, "days": "7"})
    assert response.status_code == (200 if "own" in typed else 403)


def test_the_zip_holds_what_the_window_sees_and_not_what_its_administrator_does(hall):
    admin = next(each for each in hall.viewers if each.is_own and each.role == Role.DEPARTMENT_ADMIN)
    packed = unpacked(admin.client.post(f"{DESK}take/", {"department": hall.owner.pk, "days": "7"}))
    found = b"".join(packed.read(name) for name in packed.namelist())
    for planted in hall.planted:
        assert not planted.draft or planted.draft.encode() not in found
        if planted.live:
            assert (planted.live.encode() in found) == (planted.status in FINDABLE)


def test_no_copy_of_a_pack_stays_on_the_server(settings):
    owner = factories.department()
    factories.published(owner=owner)
    response = client_of(Role.DEPARTMENT_ADMIN, within=owner).post(
        f"{DESK}take/", {"department": owner.pk, "days": "7"}
    )
    assert unpacked(response).testzip() is None
    left = [path.name for path in (Path(settings.CASELIB_DATA_DIR) / "offline").iterdir()]
    assert left == ["making.lock"]
