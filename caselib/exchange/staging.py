"""A file between its dry run and its confirmation: kept beside the database, by a name nobody can guess, for a day."""

import re
import secrets
import time
from pathlib import Path

from django.conf import settings

from caselib.core.errors import RuleBroken

_TOKEN = re.compile(r"[0-9a-f]{32}")
_KIND = re.compile(r"[a-z]+")
# Seconds.
_KEPT = 24 * 3600
# Of one account at a time: a dry run that nobody confirmed is not kept beside twenty later ones.
_MOST = 5
EXPIRED = "预检的结果过期了，什么都没有写。把文件再传一次。"


def stage(data: bytes, *, kind: str, user_id: int) -> str:
    """Keeps the file and returns the token by which this account gets it back.

    `kind`: what it is for, in small letters. Removes what is older than a day, and the oldest of more than five.
    """
    folder = _folder()
    for old in folder.glob(f"{kind}-*.bin"):
        if old.stat().st_mtime < time.time() - _KEPT:
            old.unlink(missing_ok=True)
    mine = sorted(folder.glob(f"{kind}-{user_id}-*.bin"), key=lambda path: path.stat().st_mtime)
    for old in mine[: max(0, len(mine) - _MOST + 1)]:
        old.unlink(missing_ok=True)
    token = secrets.token_hex(16)
    path = _path(token, kind, user_id)
    path.touch(mode=0o600)
    path.write_bytes(data)
    return token


def staged(token: str, *, kind: str, user_id: int) -> bytes:
    """The file that this account staged. Raises RuleBroken when there is none any more."""
    if not _TOKEN.fullmatch(token):
        raise RuleBroken(EXPIRED, code="expired", field="file")
    try:
        return _path(token, kind, user_id).read_bytes()
    except FileNotFoundError as error:
        raise RuleBroken(EXPIRED, code="expired", field="file") from error


def drop(token: str, *, kind: str, user_id: int) -> None:
    """Forgets a staged file."""
    if _TOKEN.fullmatch(token):
        _path(token, kind, user_id).unlink(missing_ok=True)


def _folder() -> Path:
    folder = Path(settings.CASELIB_DATA_DIR) / "staged"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _path(token: str, kind: str, user_id: int) -> Path:
    if not _KIND.fullmatch(kind):
        raise ValueError(f"{kind} is no kind of file")
    return _folder() / f"{kind}-{user_id}-{token}.bin"
