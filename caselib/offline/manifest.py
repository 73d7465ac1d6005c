"""The manifest of a pack: every file by its SHA-256, for whom and until when it holds, and a signature over all of it.

Ed25519 (RFC 8032): whoever has the public key can check a pack and only the site can make one. The private key is derived
from SECRET_KEY, so that there is no second secret to keep; with a new SECRET_KEY older packs are checked with the key noted then.
"""

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NAME = "manifest.json"
SCHEMA = "caselib.offline/1"
_CONTEXT = b"caselib.offline.signing/1"
# More than any pack has; a manifest that was made up must not fill memory.
_LARGEST = 64 * 1024 * 1024


def _private_key() -> Ed25519PrivateKey:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_CONTEXT).derive(settings.SECRET_KEY.encode())
    return Ed25519PrivateKey.from_private_bytes(derived)


def public_key() -> str:
    """The key with which packs of this site are checked: 64 hexadecimal digits."""
    return _private_key().public_key().public_bytes_raw().hex()


def signed(facts: Mapping[str, Any]) -> bytes:
    """The manifest as it is written: the facts, the public key and the signature over both."""
    plain = {"schema": SCHEMA, **facts, "key": public_key()}
    signature = base64.b64encode(_private_key().sign(_canonical(plain))).decode()
    return json.dumps({**plain, "signature": signature}, ensure_ascii=False, indent=1).encode() + b"\n"


def _canonical(plain: Mapping[str, Any]) -> bytes:
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_in(folder: Path) -> Iterator[str]:
    """Every file below the folder but the manifest, as paths with /. Links are named and not followed."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_dir():
            name = path.relative_to(folder).as_posix()
            if name != NAME:
                yield name


def manifest_read(folder: Path) -> dict[str, Any] | None:
    """The manifest of a pack, unchecked; None for a folder that holds none of ours."""
    try:
        path = folder / NAME
        if path.is_symlink() or path.stat().st_size > _LARGEST:
            return None
        plain = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return plain if isinstance(plain, dict) and plain.get("schema") == SCHEMA else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a pack. `is_signed`: whether the manifest is as it was issued; the lists name files."""

    manifest: Mapping[str, Any]
    is_signed: bool
    missing: tuple[str, ...]
    changed: tuple[str, ...]
    added: tuple[str, ...]
    is_expired: bool

    @property
    def is_whole(self) -> bool:
        return self.is_signed and not (self.missing or self.changed or self.added)


def pack_verify(folder: Path, *, today: dt.date, key: str = "") -> Verdict | None:
    """Checks every file of a pack; None for a folder that is none. `key`: public key, else that of this site."""
    manifest = manifest_read(folder)
    if manifest is None:
        return None
    named = manifest.get("files")
    named = named if isinstance(named, dict) else {}
    files = {name: value for name, value in named.items() if _is_within(name)}
    there = set(files_in(folder))
    kept = [name for name in files if name in there]
    changed = [name for name in kept if not _is_plain(folder / name) or digest_of(folder / name) != files[name]]
    return Verdict(
        manifest=manifest,
        is_signed=len(files) == len(named) and _is_signed(manifest, key or public_key()),
        missing=tuple(sorted(set(files) - there)),
        changed=tuple(changed),
        added=tuple(sorted(there - set(files))),
        is_expired=_day(manifest.get("valid_until")) < today,
    )


def _is_plain(path: Path) -> bool:
    """Whether it is a file itself: a link leads elsewhere, and a pipe keeps whoever reads it waiting."""
    return path.is_file() and not path.is_symlink()


def _is_within(name: str) -> bool:
    """Whether a name stays below the folder: a manifest may be made up."""
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and "\0" not in name


def _is_signed(manifest: Mapping[str, Any], key: str) -> bool:
    plain = {name: value for name, value in manifest.items() if name != "signature"}
    try:
        signature = base64.b64decode(str(manifest.get("signature")), validate=True)
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, _canonical(plain))
    except (InvalidSignature, ValueError):
        return False
    return True


def _day(written: Any) -> dt.date:
    try:
        return dt.date.fromisoformat(str(written))
    except ValueError:
        return dt.date.min
