"""What went wrong last with the model, for the administrator: one small file that all processes of a site share.

Advisory only. A process that cannot write it goes on: nothing depends on it.
"""

import datetime as dt
import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from caselib.core import clock

from .chosen import store

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trouble:
    """`error`: a Chinese sentence. `since`: when it began, aware."""

    error: str
    since: dt.datetime


def _file() -> Path:
    return store().folder / "trouble.json"


def trouble() -> Trouble | None:
    """What is wrong, or None."""
    try:
        told = json.loads(_file().read_text(encoding="utf-8"))
        return Trouble(str(told["error"]), dt.datetime.fromisoformat(told["since"]).astimezone())
    except (OSError, ValueError, KeyError, TypeError):
        return None


def note_failure(error: str) -> None:
    """Notes that the model failed; keeps the time of the first failure of a row."""
    logger.warning("no vectors, searching by words: %s", error)
    before = trouble()
    since = before.since if before else clock.now()
    beside = _file().with_suffix(f".{os.getpid()}")
    try:
        beside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside.write_text(json.dumps({"error": error, "since": since.isoformat()}), encoding="utf-8")
        beside.replace(_file())
    except OSError:
        logger.exception("could not note that the model fails")


def note_success() -> None:
    """Notes that the model works again."""
    try:
        _file().unlink(missing_ok=True)
    except OSError:
        logger.exception("could not note that the model works again")
