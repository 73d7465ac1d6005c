"""The room of offline packs: what was typed stays, refusals say why, and a download is a pack that holds."""

import datetime as dt
import errno
import io
import zipfile

import pytest
from django.test import Client

from caselib.offline import services, zipping
from caselib.offline.manifest import pack_verify
from caselib.orgs.models import Role
from tests import factories

pytestmark = pytest.mark.django_db
DESK = "/desk/offline/"


@pytest.fixture
def owner():
    return factories.published().owner_department


@pytest.fixture
def client(owner) -> Client:
    client = Client()
    client.force_login(factories.user(Role.DEPARTMENT_ADMIN, within=owner))
    return client


def taken(client: Client, owner, days: str = "7"):
    return client.post(f"{DESK}take/", {"department": owner.pk, "days": days})


def test_what_is_downloaded_is_a_whole_pack_of_the_department(client, owner, tmp_path):
    response = taken(client, owner)
    assert response["Content-Type"] == "application/zip"
    assert f"offline-{owner.code}-" in response["Content-Disposition"]
    zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))).extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    verdict = pack_verify(folder, today=dt.date.today())
    assert verdict.is_whole
    assert verdict.manifest["count"] == 1


@pytest.mark.parametrize("days", ["0", "91", "", "x", "-1", "1.5", "9" * 30])
def test_days_out_of_range_are_told_with_what_was_typed(client, owner, days):
    response = taken(client, owner, days)
    assert response.status_code == 422
    page = response.content.decode()
    assert "有效期写 1 到 90 天" in page
    assert f'value="{days[:10]}"' in page
    assert 'aria-invalid="true"' in page


def test_full_width_digits_are_digits(client, owner):
    assert taken(client, owner, "７").status_code == 200


def test_a_library_that_is_too_large_for_a_page_is_left_to_the_command(client, owner, monkeypatch):
    monkeypatch.setattr(zipping, "MOST_AT_ONCE", 0)
    response = taken(client, owner)
    assert response.status_code == 422
    assert "manage.py export_offline" in response.content.decode()


def test_one_pack_is_made_at_a_time(client, owner, settings):
    from pathlib import Path

    place = Path(settings.CASELIB_DATA_DIR) / "offline"
    place.mkdir(exist_ok=True)
    with zipping._one_at_a_time(place):
        response = taken(client, owner)
    assert response.status_code == 422
    assert "半分钟后再点一次" in response.content.decode()
    assert taken(client, owner).status_code == 200


def test_a_full_disk_is_a_sentence(client, owner, monkeypatch):
    def full(self, path, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(services._Maker, "_write", full)
    response = taken(client, owner)
    assert response.status_code == 422
    assert "磁盘满了" in response.content.decode()
