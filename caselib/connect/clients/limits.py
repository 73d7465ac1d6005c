"""How often a system may ask: a bucket of one minute's calls that fills evenly, shared by all processes of the site.

One number for each system, in a file under the data folder, which all processes have in common as they have the index: taking
a call from the bucket is a lock, eight bytes read and eight written, some 20 microseconds. In the database it would be a write
for each call, and in a cache of the process each worker would count for itself.
"""

import fcntl
import logging
import math
import os
import struct
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from .models import Client

logger = logging.getLogger(__name__)

_WINDOW = 60.0
_NUMBER = struct.Struct("<d")


@dataclass(frozen=True, slots=True)
class Allowance:
    """`is_spent`: this call is one too many. `wait`: whole seconds until one more is let in, `reset`: until the bucket is full."""

    limit: int
    remaining: int
    reset: int
    wait: int = 0

    @property
    def is_spent(self) -> bool:
        return self.wait > 0


def call_taken(client: Client, *, at: float) -> Allowance:
    """Takes one call of a system from its bucket. `at`: seconds since 1970.

    A full bucket holds `per_minute` calls and may be emptied at once; over hours it is `per_minute` at most. Where the file
    cannot be written (a full disk) the call is let in: this keeps a system from harm, and is no permission.
    """
    try:
        return _taken(_folder() / client.code, client.per_minute, at)
    except OSError as error:
        logger.warning("calls of systems are not counted: %s", error)
        return Allowance(client.per_minute, client.per_minute, 0)


def _folder() -> Path:
    folder = Path(settings.CASELIB_DATA_DIR) / "limits"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _taken(path: Path, limit: int, at: float) -> Allowance:
    """The generic cell rate algorithm: the file holds the moment at which the bucket is full again."""
    step = _WINDOW / limit
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        kept = os.pread(handle, _NUMBER.size, 0)
        stored = _NUMBER.unpack(kept)[0] if len(kept) == _NUMBER.size else 0.0
        # A clock that was set back, or a damaged file, must not lock a system out: never longer than an empty bucket takes.
        full_at = min(max(stored, at), at + _WINDOW) if math.isfinite(stored) else at
        if full_at < stored:
            os.pwrite(handle, _NUMBER.pack(full_at), 0)
        after = full_at + step
        # A thousandth of a second of tolerance for sums of fractions.
        if after - at > _WINDOW + 0.001:
            return Allowance(limit, 0, math.ceil(full_at - at), wait=max(1, math.ceil(after - at - _WINDOW)))
        os.pwrite(handle, _NUMBER.pack(after), 0)
        return Allowance(limit, int((_WINDOW - (after - at)) / step + 0.001), math.ceil(after - at))
    finally:
        os.close(handle)
