"""A file between its dry run and its confirmation: kept beside the database, by a name nobody can guess, for a day."""

import re
import secrets
import time
from pathlib import Path

from django.conf import settings

from caselib.core.errors import RuleBroken

_TOKEN = re.compile(r"[0-9a-f]{32}")
# Seconds.
_KEPT = 24 * 3600
EXPIRED = "预检的结果过期了，什么都没有写。把文件再传一次。"


def stage(text: str, *, user_id: int) -> str:
    """Keeps the text and returns the token by which this account gets it back. Removes what is older than a day."""
    folder = _folder()
    for old in folder.glob("synonyms-*.txt"):
        if old.stat().st_mtime < time.time() - _KEPT:
            old.unlink(missing_ok=True)
    token = secrets.token_hex(16)
    path = _path(token, user_id)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return token


def staged(token: str, *, user_id: int) -> str:
    """The text that this account staged. Raises RuleBroken when there is none any more."""
    if not _TOKEN.fullmatch(token):
        raise RuleBroken(EXPIRED, code="expired", field="file")
    try:
        return _path(token, user_id).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise RuleBroken(EXPIRED, code="expired", field="file") from error


def drop(token: str, *, user_id: int) -> None:
    """Forgets a staged text."""
    if _TOKEN.fullmatch(token):
        _path(token, user_id).unlink(missing_ok=True)


def _folder() -> Path:
    folder = Path(settings.CASELIB_DATA_DIR) / "staged"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _path(token: str, user_id: int) -> Path:
    return _folder() / f"synonyms-{user_id}-{token}.txt"
