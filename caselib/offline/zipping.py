"""A pack as one file to take away: built, packed and forgotten, so that no copy of it lies on the server and grows old."""

import datetime as dt
import fcntl
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext

from caselib.core import clock
from caselib.core.errors import RuleBroken
from caselib.orgs.models import User

from .halls import Hall
from .placing import built_beside
from .services import Pack, days_checked, pack_build, pack_noted
from .sheets import shelf_of

# What a page may make while somebody waits, some 20 seconds; larger ones are made by the command.
MOST_AT_ONCE = 2_000
NOT_KEPT = "服务器上不留离线包，再点一次就是新的。"


@dataclass(frozen=True, slots=True)
class Zipped:
    """`file`: open at its beginning, gone from the disk when it is closed; `name`: what the download is called."""

    pack: Pack
    file: BinaryIO
    name: str


def pack_zip(hall: Hall, *, days: int, actor: User, now: dt.datetime | None = None) -> Zipped:
    """A pack for a hall as a zip file. Written into the trail before the first byte is sent.

    Raises RuleBroken: days out of range, too many precedents, another pack being made, a disk that is full.
    Writes AuditEvent offline.exported.
    """
    now = now or clock.now()
    days_checked(days)
    count = len(shelf_of(hall.scope, on=clock.day_of(now)).keys)
    if count > MOST_AT_ONCE:
        raise RuleBroken(
            gettext(
                "有 {count} 件案例，网页上一次最多做 {most_at_once} 件。请系统管理员在服务器上运行 manage.py export_offline。"
            ).format(count=count, most_at_once=MOST_AT_ONCE),
            code="too_many",
            field="department",
        )
    place = Path(settings.CASELIB_DATA_DIR) / "offline"
    with built_beside(place / "pack", kept=NOT_KEPT) as building, _one_at_a_time(place):
        pack = pack_build(building, hall=hall, days=days, now=now)
        name = f"offline-{hall.code or hall.place.pk}-{pack.issued_on:%Y%m%d}"
        file = _zipped(building, name)
    pack_noted(pack, hall=hall, days=days, actor=actor)
    return Zipped(pack, file, f"{name}.zip")


@contextmanager
def _one_at_a_time(place: Path) -> Iterator[None]:
    """Ten administrators at once must not take every processor from the counters."""
    with (place / "making.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RuleBroken(
                gettext("正在做另一份离线包，半分钟后再点一次。"), code="busy", field="department"
            ) from error
        yield


def _zipped(folder: Path, name: str) -> BinaryIO:
    """All files of a folder below one folder of that name. The file has no name on the disk."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (who sends it closes it)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                with (
                    path.open("rb") as source,
                    packed.open(f"{name}/{path.relative_to(folder).as_posix()}", "w") as sink,
                ):
                    shutil.copyfileobj(source, sink)
    file.seek(0)
    return file
